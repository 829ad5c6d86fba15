//! Hostile strings at every door: whatever is sent in a body, in a query or as a name, the server refuses it or takes it,
//! and never stumbles. The strings are those of `hostile.json`, which says where they come from.

use axum::http::Method;
use serde_json::{Map, Value, json};

use crate::app;
use crate::testing::{Session, TestApp};

const SEEDS: &str = include_str!("hostile.json");
const NOBODY: &str = "01890000-0000-7000-8000-000000000001";
/// Each door is tried with every so many-th of them, beginning elsewhere at each.
const STRIDE: usize = 4;

fn seeds() -> Vec<String> {
    let file: Value = serde_json::from_str(SEEDS).expect("JSON");
    file["strings"].as_array().expect("a list").iter().map(|one| one.as_str().expect("a text").to_owned()).collect()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A value that fits a schema, with hostile texts wherever a text may be.
fn filled(spec: &Value, schema: &Value, text: &str, depth: usize) -> Value {
    if depth > 6 {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return filled(spec, &spec["components"]["schemas"][name], text, depth + 1);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            whole.extend(filled(spec, part, text, depth + 1).as_object().cloned().unwrap_or_default());
        }
        return Value::Object(whole);
    }
    if let Some(kinds) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        let kind = kinds.iter().find(|kind| kind["type"] != "null");
        return kind.map_or(Value::Null, |kind| filled(spec, kind, text, depth + 1));
    }
    if let Some(first) = schema["enum"].as_array().and_then(|words| words.first()) {
        return first.clone();
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or_default();
    match kind {
        "string" => match schema["format"].as_str() {
            Some("uuid") => json!(NOBODY),
            Some("date") => json!("2026-11-23"),
            Some("date-time") => json!("2026-11-22T01:00:00Z"),
            _ => json!(text),
        },
        "integer" => json!(text.len()),
        "number" => json!(1e300),
        "boolean" => json!(true),
        "array" => json!([filled(spec, &schema["items"], text, depth + 1)]),
        _ => {
            let mut object = Map::new();
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                object.insert(name.clone(), filled(spec, property, text, depth + 1));
            }
            if schema["properties"].is_null() {
                object.insert(text.to_owned(), json!(text));
            }
            Value::Object(object)
        }
    }
}

/// The address of a door, with a customer where it asks for one.
fn address(path: &str, customer: &str) -> String {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let path = if path.starts_with("/customers/{id}") { path.replacen("{id}", customer, 1) } else { path.to_owned() };
    path.split('/').map(|part| if part.starts_with('{') { NOBODY } else { part }).collect::<Vec<_>>().join("/")
}

fn stands(session: &Session<'_>, method: &Method, path: &str, body: Option<Value>) {
    let request = session.request(method.clone(), path).version(1);
    let reply = match &body {
        Some(body) => request.json(body.clone()).send(),
        None => request.send(),
    };
    assert!(
        reply.status.as_u16() < 500,
        "{method} {path} {}: {} {}",
        body.unwrap_or_default(),
        reply.status,
        reply.text()
    );
}

/// Doors that end what the test stands on: whoever asks is signed out or has another password.
const ENDING: &[&str] = &["/api/v1/logout", "/api/v1/me/password", "/api/v1/me/sessions"];

store::db_test! {
    app::MIGRATIONS;

    fn no_door_stumbles_over_a_body(db) {
        let app = TestApp::new(&db);
        let session = app.all_powerful();
        let customer = session.post("/customers", json!({ "name": "华盛机械" })).created()["id"].as_str().expect("an id").to_owned();
        let spec = serde_json::to_value(app::openapi()).expect("JSON");
        let seeds = seeds();
        let mut sent = 0;
        for (at, (path, methods)) in spec["paths"].as_object().expect("paths").iter().enumerate() {
            for (method, door) in methods.as_object().expect("methods") {
                let schema = &door["requestBody"]["content"]["application/json"]["schema"];
                let method: Method = method.to_uppercase().parse().expect("a method");
                if schema.is_null() || ENDING.iter().any(|ending| path.starts_with(ending)) {
                    continue;
                }
                for seed in seeds.iter().skip(at % STRIDE).step_by(STRIDE) {
                    stands(&session, &method, &address(path, &customer), Some(filled(&spec, schema, seed, 0)));
                    sent += 1;
                }
            }
        }
        assert!(sent > 2_000, "only {sent} were sent");
    }

    fn no_question_stumbles(db) {
        let app = TestApp::new(&db);
        let session = app.all_powerful();
        let customer = session.post("/customers", json!({ "name": "华盛机械" })).created()["id"].as_str().expect("an id").to_owned();
        let spec = serde_json::to_value(app::openapi()).expect("JSON");
        let seeds = seeds();
        for (at, (path, methods)) in spec["paths"].as_object().expect("paths").iter().enumerate() {
            let door = &methods["get"];
            let named = door["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "query");
            let names: Vec<&str> = named.filter_map(|parameter| parameter["name"].as_str()).collect();
            for seed in seeds.iter().skip(at % STRIDE).step_by(STRIDE) {
                for name in &names {
                    stands(&session, &Method::GET, &format!("{}?{name}={}", address(path, &customer), encoded(seed)), None);
                }
            }
        }
        let lists = ["/customers", "/interactions", "/todos"];
        for seed in &seeds {
            for (list, field) in lists.iter().zip(["name", "content", "title"]) {
                for op in ["contains", "eq", "in", "lt"] {
                    let value = if op == "in" { json!([seed]) } else { json!(seed) };
                    let filter = json!([[field, op, value]]).to_string();
                    stands(&session, &Method::GET, &format!("{list}?filter={}", encoded(&filter)), None);
                }
                let field = json!([[seed, "eq", seed]]).to_string();
                stands(&session, &Method::GET, &format!("{list}?filter={}", encoded(&field)), None);
            }
            stands(&session, &Method::GET, &format!("/customers/{}", encoded(seed)), None);
            stands(&session, &Method::GET, &format!("/customers/{customer}/{}", encoded(seed)), None);
        }
    }

    fn no_name_of_a_file_leads_anywhere(db) {
        let app = TestApp::new(&db);
        let session = app.all_powerful();
        let customer = session.post("/customers", json!({ "name": "华盛机械" })).created()["id"].as_str().expect("an id").to_owned();
        let path = format!("/customers/{customer}/attachments?of_kind=customer");
        for seed in seeds().iter().filter(|seed| !seed.contains(['"', '\r', '\n'])) {
            let reply = session.request(Method::POST, &path).file(&format!("{seed}.pdf"), b"%PDF-1.7\n").send();
            assert!(reply.status.as_u16() < 500, "{seed:?}: {}", reply.text());
            if let Some(id) = reply.body["id"].as_str() {
                let name = reply.body["name"].as_str().expect("a name");
                assert!(!name.contains(['/', '\\']) && !name.chars().any(char::is_control), "{name:?}");
                let file = session.get(&format!("/customers/{customer}/attachments/{id}/file"));
                assert_eq!((file.status.as_u16(), file.bytes.as_slice()), (200, &b"%PDF-1.7\n"[..]), "{seed:?}");
            }
        }
    }
}
