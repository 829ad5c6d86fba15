//! What the tests of this room share: a company that runs R3, its customers, and what happens to them.

use jiff::Timestamp;
use serde_json::{Value, json};
use store::Db;
use uuid::Uuid;

use crate::kernel::Fact;
use crate::platform::access::tokens::{self, NewToken};
use crate::platform::grant::Principal;
use crate::platform::outbox;
use crate::policy::engine::sweep;
use crate::testing::{Session, TestApp};

/// A company that adopted R3 on Monday 2 November 2026, 09:30 in Shanghai.
pub fn company(db: &Db) -> TestApp {
    let app = TestApp::new(db);
    app.set_time(at("2026-11-02T01:30:00Z"));
    session(&app, "admin").post("/policies/adopt", json!({ "keys": ["R3"] })).ok();
    app.run_jobs();
    app
}

/// Somebody who stays signed in for months: a script with a token.
pub fn session<'a>(app: &'a TestApp, login: &str) -> Session<'a> {
    let who = app.principal(login);
    let new = NewToken { name: "test".to_owned(), days: None };
    let token = app.write(move |tx| tokens::create(tx, &who, who.user, &new));
    app.with_token(&token.secret.expect("a secret"))
}

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub fn id(value: &Value) -> Uuid {
    value.as_str().expect("a text").parse().expect("an id")
}

/// A customer of this salesperson.
pub fn customer(app: &TestApp, login: &str, name: &str, grade: &str) -> Uuid {
    let made = app.customer(login, json!({ "name": name, "kind": "company", "grade": grade }));
    id(&made["id"])
}

/// Something that somebody recorded at the present moment; the id of what it is about.
pub fn happened(app: &TestApp, login: &str, customer: Uuid, kind: &str, when: &str) -> Uuid {
    let who = app.principal(login);
    let (subject, kind, at) = (Uuid::now_v7(), kind.to_owned(), at(when));
    let told = move |tx: &mut store::Tx<'_>| {
        let made = fact(&who, subject, customer, &kind, at);
        // The fact of the contact carries the id of its record.
        outbox::publish(tx, &who, &Fact { id: subject, ..made })?;
        outbox::publish(tx, &who, &fact(&who, subject, customer, "contact_recorded", who.now))?;
        Ok(subject)
    };
    app.write(told)
}

/// Takes back what was recorded.
pub fn withdrawn(app: &TestApp, login: &str, customer: Uuid, subject: Uuid) {
    let who = app.principal(login);
    app.write(move |tx| {
        let fact = fact(&who, subject, customer, "contact_withdrawn", who.now);
        outbox::publish(tx, &who, &Fact { id: subject, ..fact })
    });
}

/// A fact of its own, about something of the customer's.
pub fn publish(
    tx: &mut store::Tx<'_>,
    who: &Principal,
    customer: Uuid,
    kind: &str,
    at: Timestamp,
) -> crate::kernel::Result<()> {
    outbox::publish(tx, who, &fact(who, Uuid::now_v7(), customer, kind, at))
}

/// A fact of its own, about this subject.
pub fn told(app: &TestApp, login: &str, (subject, customer): (Uuid, Uuid), kind: &str, when: Timestamp) {
    let who = app.principal(login);
    let kind = kind.to_owned();
    app.write(move |tx| outbox::publish(tx, &who, &fact(&who, subject, customer, &kind, when)));
}

fn fact(who: &Principal, subject: Uuid, customer: Uuid, kind: &str, at: Timestamp) -> Fact {
    Fact {
        id: Uuid::now_v7(),
        kind: kind.to_owned(),
        subject,
        customer: Some(customer),
        at,
        recorded_at: who.now,
        actor: Some(who.user.uuid()),
        attributes: serde_json::Map::new(),
    }
}

/// Looks at everything whose time has come.
pub fn sweep(app: &TestApp) -> usize {
    let mut total = 0;
    loop {
        let who = app.system();
        let count = app.write(move |tx| sweep::step(tx, &who));
        total += count;
        if count == 0 {
            return total;
        }
    }
}

pub fn pass_to(app: &TestApp, to: &str) {
    app.set_time(at(to));
    sweep(app);
}

/// All duties of a customer as somebody sees them.
pub fn duties(session: &Session<'_>, customer: Uuid) -> Vec<Value> {
    listed(session, &json!([["customer", "eq", customer]]))
}

pub fn listed(session: &Session<'_>, filter: &Value) -> Vec<Value> {
    let filter: String = filter.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
    let page = session.get(&format!("/duties?filter={filter}&limit=200")).ok();
    page["items"].as_array().expect("items").clone()
}

/// The duty of a customer by its rule.
pub fn duty(session: &Session<'_>, customer: Uuid, rule: &str) -> Value {
    let found: Vec<Value> = duties(session, customer).into_iter().filter(|duty| duty["rule"] == rule).collect();
    assert_eq!(found.len(), 1, "{rule}: {found:?}");
    found.into_iter().next().expect("one")
}

pub fn detail(session: &Session<'_>, duty: &Value) -> Value {
    session.get(&format!("/duties/{}", id(&duty["id"]))).ok()
}

/// `rule occurrence state` of each duty, sorted.
pub fn summary(duties: &[Value]) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let line = |duty: &Value| format!("{} {} {}", word(&duty["rule"]), word(&duty["occurrence"]), word(&duty["state"]));
    let mut lines: Vec<String> = duties.iter().map(line).collect();
    lines.sort();
    lines
}

/// `kind` of each entry of a duty's history.
pub fn history(session: &Session<'_>, duty: &Value) -> Vec<String> {
    let detail = detail(session, duty);
    let kinds = detail["history"].as_array().expect("history").iter();
    kinds.map(|item| item["kind"].as_str().expect("a kind").to_owned()).collect()
}

/// `step instant` of each step of a duty.
pub fn steps(session: &Session<'_>, duty: &Value) -> Vec<String> {
    let detail = detail(session, duty);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let list = detail["steps"].as_array().expect("steps").iter();
    list.map(|step| format!("{} {}", text(&step["key"]), text(&step["at"]))).collect()
}

/// `kind step` of each notification that somebody got, oldest first.
pub fn notices(app: &TestApp, login: &str) -> Vec<String> {
    let list = session(app, login).get("/notifications?limit=200").ok();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let items = list["items"].as_array().expect("items").iter();
    let mut lines: Vec<String> =
        items.map(|item| format!("{} {}", text(&item["kind"]), text(&item["params"]["step"]))).collect();
    lines.reverse();
    lines
}
