//! The quarterly verification as a round: how it came out, by department and person.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::path;
use crate::testing::TestApp;

store::db_test! {
    crate::app::MIGRATIONS;

    fn a_round_is_added_up_by_department_and_person(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let verify = |name: &str, items: Value| {
            let made = li.post("/customers", json!({ "name": name })).created();
            li.post(&format!("{}/verifications", path(&made)), json!({ "items": items })).created()
        };
        verify("华盛机械", json!([{ "field": "name", "result": "confirmed" }, { "field": "address", "result": "changed", "value": "一号" }]));
        verify("瑞丰食品", json!([{ "field": "name", "result": "unreachable" }]));
        app.pass(SignedDuration::from_hours(24 * 60));
        let li = app.sign_in("li");
        let made = li.post("/customers", json!({ "name": "恒泰电子" })).created();
        li.post(&format!("{}/verifications", path(&made)), json!({ "items": [{ "field": "name", "result": "confirmed" }] })).created();
        let round = app.sign_in("wang").get("/verification_rounds?quarter=2026-11-01").ok();
        assert_eq!((&round["from"], &round["to"]), (&json!("2026-10-01"), &json!("2026-12-31")));
        let row = &round["rows"][0];
        assert_eq!((&row["person"]["name"], &row["department"]["name"]), (&json!("李雷"), &json!("上海组")));
        let counts = ["rounds", "confirmed", "changed", "unreachable"].map(|name| row[name].as_i64().expect("a count"));
        assert_eq!(counts, [2, 1, 1, 1]);
        let next = app.sign_in("wang").get("/verification_rounds").ok();
        assert_eq!((next["rows"].as_array().map(Vec::len), &next["rows"][0]["rounds"]), (Some(1), &json!(1)));
        assert_eq!(app.sign_in("zhao").get("/verification_rounds?quarter=2026-11-01").ok()["rows"], json!([]));
        assert_eq!(li.get("/verification_rounds?quarter=x").refused(422), "query.invalid");
    }
}
