//! Somebody who imports one sheet after the other while the server is being killed.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use journeys::http::{Answer, Client, Request};
use serde_json::{Value, json};

/// Customers of one sheet; each has two contacts, hence two rows.
const CUSTOMERS: usize = 1_500;
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(10);
/// From the last kill on, an import that goes on has this long to end.
const ENDS_WITHIN: Duration = Duration::from_secs(120);

/// An import that came to its end.
#[derive(Debug)]
pub struct Imported {
    /// What the names of its customers begin with.
    pub prefix: String,
    pub customers: usize,
    /// How often the server died when a part of its rows was in.
    pub cut: usize,
}

pub struct Importer<'a> {
    client: Client,
    round: usize,
    stopped: Option<Instant>,
    /// Requests that went unanswered.
    unanswered: usize,
    /// Rows of the present sheet that are in, for whoever wants to kill the server just then.
    rows_in: &'a AtomicI64,
}

impl<'a> Importer<'a> {
    pub fn new(address: SocketAddr, token: &str, round: usize, rows_in: &'a AtomicI64) -> Self {
        Self { client: Client::new(address, Some(token.to_owned())), round, stopped: None, unanswered: 0, rows_in }
    }

    /// Imports sheets until told to stop; the one under way is brought to its end.
    pub fn run(mut self, stop: &AtomicBool) -> Vec<Imported> {
        let mut done = Vec::new();
        while !stop.load(Ordering::SeqCst) {
            let number = format!("{}-{}", self.round, done.len());
            let prefix = format!("导入{number}-");
            let cut = self.import(&prefix, &number, stop);
            done.push(Imported { prefix, customers: CUSTOMERS, cut });
        }
        done
    }

    fn import(&mut self, prefix: &str, number: &str, stop: &AtomicBool) -> usize {
        let upload = Request::upload("/api/v1/imports", "customers.csv", sheet(prefix).as_bytes());
        let uploaded = self.deliver(&upload, stop).json();
        let path = format!("/api/v1/imports/{}", uploaded["id"].as_str().expect("an import has an id"));
        let mapping = json!({ "columns": columns(&uploaded), "basis": { "basis": "contract" }, "duplicates": "create", "defaults": {} });
        self.deliver(&Request::put(format!("{path}/mapping"), &mapping), stop);
        let start =
            Request::post(format!("{path}/start"), &json!({ "dry_run": false })).key(&format!("import-{number}"));
        let job = self.deliver(&start, stop).json()["job_id"].as_str().expect("a job").to_owned();
        self.wait_for(&job, stop)
    }

    /// Waits for the end of a job, and answers how often the server died in the midst of it.
    fn wait_for(&mut self, job: &str, stop: &AtomicBool) -> usize {
        let (mut in_the_midst, mut cut) = (false, 0);
        loop {
            let before = self.unanswered;
            let job = self.deliver(&Request::get(format!("/api/v1/jobs/{job}")), stop).json();
            cut += usize::from(in_the_midst && self.unanswered > before);
            in_the_midst = job["done"].as_i64() > Some(0) && job["done"].as_i64() < job["total"].as_i64();
            self.rows_in.store(job["done"].as_i64().unwrap_or(0), Ordering::SeqCst);
            match job["state"].as_str() {
                Some("done") => return cut,
                Some("failed") => panic!("the import failed: {job}"),
                _ => self.pause(stop),
            }
        }
    }

    /// Sends until there is an answer. Only what may be done twice is sent without a key.
    fn deliver(&mut self, request: &Request, stop: &AtomicBool) -> Answer {
        loop {
            match self.client.send(request) {
                Ok(answer) if answer.is_success() => return answer,
                Ok(answer) if answer.status != 503 => panic!("{} to an import: {}", answer.status, answer.text()),
                Ok(_) => self.pause(stop),
                Err(_) => {
                    self.unanswered += 1;
                    self.pause(stop);
                }
            }
        }
    }

    fn pause(&mut self, stop: &AtomicBool) {
        if stop.load(Ordering::SeqCst) {
            let since = *self.stopped.get_or_insert_with(Instant::now);
            assert!(since.elapsed() < ENDS_WITHIN, "the import does not come to its end");
        }
        thread::sleep(ASK_AGAIN_AFTER);
    }
}

fn sheet(prefix: &str) -> String {
    let mut text = "客户名称,联系人,手机,客户级别\n".to_owned();
    for customer in 0..CUSTOMERS {
        for contact in 0..2 {
            let phone = format!("137{customer:07}{contact}");
            text.push_str(&format!("{prefix}{customer}厂,联系人{contact},{phone},普通\n"));
        }
    }
    text
}

/// The columns as the server recognised them.
fn columns(uploaded: &Value) -> Vec<Value> {
    let columns = uploaded["columns"].as_array().expect("columns");
    columns.iter().map(|column| json!({ "index": column["index"], "field": column["field"] })).collect()
}
