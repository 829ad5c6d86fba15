//! The room through its HTTP door, on both databases.

mod archive;
mod children;
mod custom;
mod files;
mod finding;
mod grades;
mod organisation;
mod permission;
mod rounds;

use serde_json::{Value, json};

use crate::testing::Session;

/// A company with a phone, created by `session`.
fn company(session: &Session<'_>, name: &str) -> Value {
    session.post("/customers", json!({ "name": name, "phone": "13812341234" })).created()
}

fn path(record: &Value) -> String {
    format!("/customers/{}", record["id"].as_str().expect("an id"))
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().expect("items").iter().filter_map(|item| item["name"].as_str()).collect()
}
