use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::kit::*;
use crate::app::MIGRATIONS;
use crate::testing::{Session, TestApp};

fn merged(session: &Session<'_>, survivor: Uuid, loser: Uuid) -> Value {
    let version = |id: Uuid| session.get(&format!("/customers/{id}")).ok()["version"].as_i64().expect("a version");
    let body = json!({ "loser_id": loser, "loser_version": version(loser) });
    let call = session.request(Method::POST, &format!("/customers/{survivor}/merges")).version(version(survivor));
    call.json(body).send().ok()
}

/// `met open` of the clause in November, of all departments.
fn compliance(app: &TestApp) -> (i64, i64) {
    let wang = session(app, "admin");
    let duties = listed(&wang, &json!([["rule", "eq", "vip-contact"], ["occurrence", "eq", "2026-11"]]));
    let count = |state: &str| duties.iter().filter(|duty| duty["state"] == state).count() as i64;
    (count("met"), count("open"))
}

store::db_test! {
    MIGRATIONS;

    fn one_customer_is_owed_each_clause_once(db) {
        let app = company(&db);
        let (one, other) = (customer(&app, "li", "华盛机械", "vip"), customer(&app, "sun", "恒泰电子", "vip"));
        let wang = session(&app, "wang");
        app.set_time(at("2026-11-10T02:00:00Z"));
        happened(&app, "li", one, "contact_made", "2026-11-10T01:00:00Z");
        let record = happened(&app, "sun", other, "visit_made", "2026-11-10T01:30:00Z");
        assert_eq!(compliance(&app), (0, 2));
        let merge = merged(&wang, one, other);
        let of_november = |customer: Uuid| -> Vec<(Value, Value)> {
            let filter = json!([["customer", "eq", customer], ["rule", "eq", "vip-contact"], ["occurrence", "eq", "2026-11"]]);
            listed(&wang, &filter).iter().map(|duty| (duty["state"].clone(), duty["owner"]["name"].clone())).collect()
        };
        let mut owed = of_november(one);
        owed.sort_by_key(|(state, _)| state.to_string());
        assert_eq!(owed, [(json!("cancelled"), json!("孙丽")), (json!("met"), json!("李雷"))], "by its own duty, with what was done for both");
        assert_eq!(compliance(&app), (1, 0));
        assert!(of_november(other).is_empty());
        let clock = listed(&wang, &json!([["rule", "eq", "contact-record"], ["subject", "eq", record]])).remove(0);
        assert_eq!((&clock["state"], &clock["customer"]["id"]), (&json!("met"), &json!(one)), "what is decided stays");
        assert_eq!(history(&wang, &clock), ["opened", "met"], "and its history goes with it");
        let undo = format!("/customers/{one}/merges/{}/undo", merge["id"].as_str().expect("an id"));
        wang.post(&undo, json!({})).ok();
        assert_eq!(of_november(one), [(json!("open"), json!("李雷"))]);
        assert_eq!(of_november(other), [(json!("open"), json!("孙丽"))], "owed again, and not met");
        assert_eq!(compliance(&app), (0, 2));
    }
}
