//! Somebody who creates customers, changes them and records contacts, one request after the other, and keeps what was
//! acknowledged. Each writes about customers of their own, so that it is known what must be there.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use journeys::http::{Answer, Client, Request};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use super::ledger::{Customer, Interaction, Kept};

/// A server that is being killed is back within seconds; when it stays away something else is wrong.
const AWAY_MOST: Duration = Duration::from_secs(20);
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(5);

pub struct Writer {
    client: Client,
    rng: StdRng,
    /// Part of everything it writes, so that nothing of it is like anything else.
    name: String,
    count: usize,
    kept: Kept,
}

impl Writer {
    pub fn new(address: SocketAddr, token: &str, round: usize, thread: usize) -> Self {
        Self {
            client: Client::new(address, Some(token.to_owned())),
            rng: StdRng::seed_from_u64((round * 100 + thread) as u64),
            name: format!("{round}-{thread}"),
            count: 0,
            kept: Kept::default(),
        }
    }

    pub fn run(mut self, stop: &AtomicBool) -> Kept {
        while !stop.load(Ordering::SeqCst) {
            match self.rng.random_range(0..10) {
                0..3 => self.create(),
                3..5 => self.change(),
                _ => self.record(),
            }
        }
        self.kept
    }

    fn next(&mut self) -> String {
        self.count += 1;
        format!("{}-{}", self.name, self.count)
    }

    fn create(&mut self) {
        let text = self.next();
        let name = format!("演练客户{text}厂");
        // Numbers differ in their last eight digits, so that none looks like a duplicate.
        let phone = format!("139{:08}", self.rng.random_range(0..100_000_000));
        let body = json!({ "kind": "company", "name": name, "phone": phone, "preferences": "新",
            "allow_duplicate": true, "duplicate_reason": "演练" });
        let request = Request::post("/api/v1/customers", &body).key(&text);
        match self.deliver(&request) {
            Some(answer) => {
                let id = answer.json()["id"].as_str().expect("a new customer has an id").to_owned();
                self.kept.customers.push(Customer { id, name, preferences: vec!["新".to_owned()] });
            }
            None => self.kept.perhaps_customers.push(name),
        }
    }

    fn change(&mut self) {
        let text = self.next();
        let Some(chosen) = self.choose() else { return };
        let path = format!("/api/v1/customers/{}", self.kept.customers[chosen].id);
        let Some(before) = self.deliver(&Request::get(&path)) else { return };
        let before = before.json();
        self.kept.customers[chosen].check(&before);
        let version = format!("\"{}\"", before["version"]);
        let request = Request::patch(&path, &json!({ "preferences": text })).header("if-match", &version).key(&text);
        let done = self.deliver(&request).is_some();
        let preferences = &mut self.kept.customers[chosen].preferences;
        if done {
            preferences.clear();
        }
        preferences.push(text);
    }

    fn record(&mut self) {
        let content = format!("演练记录 {}", self.next());
        let Some(chosen) = self.choose() else { return };
        let customer = self.kept.customers[chosen].id.clone();
        let path = format!("/api/v1/customers/{customer}/interactions");
        let body = json!({ "kind": "phone", "at": jiff::Timestamp::now().to_string(), "content": content });
        match self.deliver(&Request::post(path, &body).key(&content.replace("演练记录 ", "i-"))) {
            Some(answer) => {
                let id = answer.json()["id"].as_str().expect("a new record has an id").to_owned();
                self.kept.interactions.push(Interaction { id, customer, content });
            }
            None => self.kept.perhaps_interactions.push(content),
        }
    }

    fn choose(&mut self) -> Option<usize> {
        let count = self.kept.customers.len();
        (count > 0).then(|| self.rng.random_range(0..count))
    }

    /// Sends a request and waits for its answer. When the server dies over it, either sends it again with the same key,
    /// or leaves it at that: then nobody knows whether it was done.
    fn deliver(&mut self, request: &Request) -> Option<Answer> {
        let mut away_since = None;
        let insists = self.rng.random_bool(0.5);
        loop {
            match self.client.send(request) {
                Ok(answer) if answer.is_success() => return Some(answer),
                Ok(answer) if answer.status == 503 => thread::sleep(ASK_AGAIN_AFTER),
                Ok(answer) => panic!("{} to {request:?}: {}", answer.status, answer.text()),
                Err(_) if !insists => {
                    self.wait_until_back();
                    return None;
                }
                Err(_) => thread::sleep(ASK_AGAIN_AFTER),
            }
            let since = *away_since.get_or_insert_with(Instant::now);
            assert!(since.elapsed() < AWAY_MOST, "the server does not come back");
        }
    }

    fn wait_until_back(&mut self) {
        let since = Instant::now();
        while self.client.get("/readyz").map_or(0, |answer| answer.status) != 200 {
            assert!(since.elapsed() < AWAY_MOST, "the server does not come back");
            thread::sleep(ASK_AGAIN_AFTER);
        }
    }
}
