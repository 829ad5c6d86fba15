//! The import through its HTTP door, on both databases.

mod crash;
mod flow;
mod grounds;
mod known;
mod messy;
mod problems;
mod refusals;
mod replacements;
pub mod sheets;

use axum::http::Method;
use documents::table::{Limits, TableSource};
use serde_json::{Value, json};

use crate::testing::{Reply, Session, TestApp};

/// Uploads a sheet.
pub fn upload(session: &Session<'_>, name: &str, content: &[u8]) -> Value {
    session.request(Method::POST, "/imports").file(name, content).send().created()
}

/// The mapping that was recognised.
pub fn recognised(import: &Value) -> Value {
    let column = |column: &Value| json!({ "index": column["index"], "field": column["field"] });
    import["columns"].as_array().expect("columns").iter().map(column).collect()
}

pub fn path(import: &Value) -> String {
    format!("/imports/{}", import["id"].as_str().expect("an id"))
}

pub fn put_mapping(session: &Session<'_>, import: &Value, duplicates: &str, defaults: Value) -> Reply {
    let body = json!({ "columns": recognised(import), "duplicates": duplicates, "defaults": defaults, "basis": { "basis": "contract" } });
    session.request(Method::PUT, &format!("{}/mapping", path(import))).json(body).send()
}

/// Starts the import and lets it run; the result of its job.
pub fn run(app: &TestApp, session: &Session<'_>, import: &Value, dry_run: bool) -> Value {
    let started = session.post(&format!("{}/start", path(import)), json!({ "dry_run": dry_run })).ok();
    app.run_jobs();
    let job = session.get(&format!("/jobs/{}", started["job_id"].as_str().expect("a job"))).ok();
    assert_eq!(job["state"], "done", "{job}");
    job["result"].clone()
}

/// Uploads, maps as recognised, and runs a sheet of cells divided by `|`.
pub fn import(app: &TestApp, session: &Session<'_>, text: &str, duplicates: &str) -> (Value, Value) {
    let uploaded = upload(session, "客户.csv", sheets::csv(&sheets::rows(text)).as_bytes());
    put_mapping(session, &uploaded, duplicates, json!({})).ok();
    let result = run(app, session, &uploaded, false);
    (uploaded, result)
}

/// The numbers of a result that matter most: rows taken, skipped, rejected; customers created, updated; contacts.
pub fn numbers(result: &Value) -> [i64; 6] {
    let number = |name: &str| result[name].as_i64().unwrap_or(-1);
    ["accepted", "skipped", "rejected", "created", "updated", "contacts"].map(number)
}

/// What becomes of the rows: those that begin a customer, join one above, bring one up to date, are skipped, rejected.
pub fn counts(of: &Value) -> [i64; 5] {
    let number = |name: &str| of[name].as_i64().unwrap_or(-1);
    ["created", "merged", "updated", "skipped", "rejected"].map(number)
}

/// The cells of the file of rows that were not taken.
pub fn rejected(session: &Session<'_>, import: &Value) -> Vec<Vec<String>> {
    let reply = session.get(&format!("{}/rejected", path(import)));
    assert!(reply.status.is_success(), "{}", reply.body);
    cells(reply.bytes)
}

pub fn cells(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let mut source = TableSource::open(std::io::Cursor::new(bytes), Limits::default()).expect("a table");
    let rows = source.rows().expect("rows").map(|row| row.expect("a row"));
    rows.map(|row| row.cells.iter().map(|cell| cell.text().into_owned()).collect()).collect()
}

/// The customers that somebody sees, by name.
pub fn names(session: &Session<'_>) -> Vec<String> {
    let page = session.get("/customers?sort=name&limit=200").ok();
    page["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| item["name"].as_str().expect("a name").to_owned())
        .collect()
}

/// The customer of this name.
pub fn customer(session: &Session<'_>, name: &str) -> Value {
    let page = session.get("/customers?limit=200").ok();
    let items = page["items"].as_array().expect("items").clone();
    let found = items.into_iter().find(|item| item["name"] == name).unwrap_or_else(|| panic!("no customer {name}"));
    // The list leaves out what only its page shows.
    session.get(&format!("/customers/{}", found["id"].as_str().expect("an id"))).ok()
}

pub fn contacts(session: &Session<'_>, customer: &Value) -> Vec<(String, String)> {
    let list = session.get(&format!("/customers/{}/contacts", customer["id"].as_str().expect("an id"))).ok();
    let list = list.get("items").cloned().unwrap_or(list);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    list.as_array().expect("contacts").iter().map(|c| (text(&c["name"]), text(&c["phone"]["masked"]))).collect()
}
