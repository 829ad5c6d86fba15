//! What somebody sends is not said again (C44): no refusal repeats a value, no address has a place for one, and the log
//! tells neither what was sent nor what was asked for.

use std::sync::{Arc, Mutex};

use axum::http::Method;
use serde_json::{Map, Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::app;
use crate::testing::TestApp;

/// Digits of a number that is nobody's, and stands nowhere else.
const NUMBER: &str = "13855550199";
/// Doors for working hours and rules, which say what is wrong with a file that somebody wrote: nobody stands in those.
const OF_RULES: &[&str] = &["/settings", "/calendar", "/policy/simulate"];
/// Parameters that name something of ours: an answer may say which name is none.
const OF_NAMES: &[&str] = &["sort", "period"];
const NOBODY: &str = "01890000-0000-7000-8000-000000000001";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("unpoisoned").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The parts of an object by the schema of it.
fn parts(spec: &Value, schema: &Value) -> Map<String, Value> {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return parts(spec, &spec["components"]["schemas"][name]);
    }
    let inner = ["allOf", "oneOf", "anyOf"].iter().filter_map(|key| schema[key].as_array()).flatten();
    let mut all: Map<String, Value> = inner.flat_map(|one| parts(spec, one)).collect();
    all.extend(schema["properties"].as_object().cloned().unwrap_or_default());
    all
}

store::db_test! {
    app::MIGRATIONS;

    fn no_refusal_and_no_log_repeats_what_was_sent(db) {
        let log = Log::default();
        let level = tracing::Level::INFO;
        let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_max_level(level).finish();
        tracing::subscriber::with_default(subscriber, || {
            let app = TestApp::new(&db);
            let session = app.all_powerful();
            let customer = session.post("/customers", json!({ "name": "华盛机械" })).created()["id"].clone();
            let customer = customer.as_str().expect("an id");
            let spec = serde_json::to_value(app::openapi()).expect("JSON");
            let mut refused = 0;
            let mut ask = |method: &Method, path: &str, body: Option<Value>| {
                let request = session.request(method.clone(), path).version(1);
                let reply = match body {
                    Some(body) => request.json(body).send(),
                    None => request.send(),
                };
                if reply.status.as_u16() >= 400 {
                    refused += 1;
                    assert!(!reply.text().contains(NUMBER), "{method} {path}: {}", reply.text());
                }
            };
            for (path, methods) in spec["paths"].as_object().expect("paths") {
                // A line first reached by a test without a log, just as this one began, would stay silent here too.
                tracing::callsite::rebuild_interest_cache();
                let path = path.strip_prefix("/api/v1").unwrap_or(path);
                if path.starts_with("/me/") || path == "/logout" || OF_RULES.iter().any(|door| path.starts_with(door)) {
                    continue;
                }
                let path = path.replacen("/customers/{id}", &format!("/customers/{customer}"), 1);
                let path: Vec<&str> = path.split('/').map(|part| if part.starts_with('{') { NOBODY } else { part }).collect();
                let path = path.join("/");
                for (method, door) in methods.as_object().expect("methods") {
                    let method: Method = method.to_uppercase().parse().expect("a method");
                    let names = door["parameters"].as_array().into_iter().flatten();
                    let names = names.filter(|one| one["in"] == "query").filter_map(|one| one["name"].as_str());
                    for name in names.filter(|name| !OF_NAMES.contains(name)) {
                        ask(&method, &format!("{path}?{name}={NUMBER}"), None);
                    }
                    let schema = &door["requestBody"]["content"]["application/json"]["schema"];
                    if schema.is_null() {
                        continue;
                    }
                    // Each part alone, and all of them, as a word, in a list and in an object.
                    let parts = parts(&spec, schema);
                    for wrong in [json!(NUMBER), json!([NUMBER]), json!({ "value": NUMBER })] {
                        let all: Map<String, Value> = parts.keys().map(|name| (name.clone(), wrong.clone())).collect();
                        ask(&method, &path, Some(Value::Object(all)));
                        for name in parts.keys() {
                            ask(&method, &path, Some(json!({ name: wrong })));
                        }
                        ask(&method, &path, Some(wrong));
                    }
                }
            }
            let filter: String = format!("[[\"phone\",\"eq\",\"{NUMBER}\"]]").bytes().map(|byte| format!("%{byte:02X}")).collect();
            for path in [format!("/customers?q={NUMBER}"), format!("/search?q={NUMBER}"), format!("/customers?filter={filter}")] {
                ask(&Method::GET, &path, None);
            }
            assert!(refused > 1_000, "only {refused} were refused");
        });
        let log = String::from_utf8(log.0.lock().expect("unpoisoned").clone()).expect("text");
        assert!(log.contains("refused") && log.lines().count() > 1_000, "the log was written");
        let told: Vec<&str> = log.lines().filter(|line| line.contains(NUMBER)).take(3).collect();
        assert!(told.is_empty(), "{told:#?}");
    }
}

#[test]
fn no_address_has_a_place_for_a_persons_value() {
    const PERSONAL: &[&str] =
        &["name", "phone", "mobile", "email", "wechat", "id_number", "birthday", "password", "token", "secret", "code"];
    let spec = serde_json::to_value(app::openapi()).expect("JSON");
    let mut faults = Vec::new();
    for (path, methods) in spec["paths"].as_object().expect("paths") {
        for (method, door) in methods.as_object().expect("methods") {
            for parameter in door["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap_or_default();
                if parameter["in"] != "header" && PERSONAL.contains(&name) {
                    faults.push(format!("{method} {path}: {name}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
