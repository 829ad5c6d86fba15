use axum::http::Method;
use serde_json::{Value, json};

use crate::testing::{Session, TestApp};

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn create(session: &Session<'_>, name: &str) -> String {
    text(&session.post("/customers", json!({ "name": name })).created()["id"]).to_owned()
}

fn items(session: &Session<'_>, path: &str) -> Vec<Value> {
    session.get(path).ok()["items"].as_array().expect("items").clone()
}

fn hand(app: &TestApp, session: &Session<'_>, id: &str, to: &str) {
    let version = session.get(&format!("/customers/{id}")).ok()["version"].as_i64().expect("a version");
    let body = json!({ "owner_id": app.person(to), "reason": "调岗" });
    session.put(&format!("/customers/{id}/owner"), version, body).ok();
}

fn tick(session: &Session<'_>, handover: &str, body: Value) -> crate::testing::Reply {
    session.request(Method::PUT, &format!("/handovers/{handover}/ticks")).json(body).send()
}

/// Open duties of this rule, by whoever owes them.
fn owed(session: &Session<'_>) -> Vec<(String, String)> {
    let duty = |duty: &Value| (text(&duty["owner"]["name"]).to_owned(), text(&duty["state"]).to_owned());
    let filter = "%5B%5B%22rule%22%2C%22eq%22%2C%22handover-acceptance%22%5D%5D";
    items(session, &format!("/duties?filter={filter}")).iter().map(duty).collect()
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn customers_that_change_hands_make_one_hand_over_that_is_a_duty(db) {
        let app = TestApp::new(&db);
        app.sign_in("admin").post("/policies/adopt", json!({ "keys": ["R1"] })).ok();
        let (wang, li, sun) = (app.sign_in("wang"), app.sign_in("li"), app.sign_in("sun"));
        let ids = [create(&li, "华盛机械"), create(&li, "恒泰电子")];
        for id in &ids {
            hand(&app, &wang, id, "sun");
        }
        let found = items(&sun, "/handovers");
        assert_eq!(found.len(), 1);
        let id = text(&found[0]["id"]).to_owned();
        assert_eq!((&found[0]["from"]["name"], &found[0]["to"]["name"], &found[0]["customers"]), (&json!("李雷"), &json!("孙丽"), &json!(2)));
        assert_eq!((items(&li, "/handovers").len(), items(&wang, "/handovers").len(), items(&app.sign_in("zhou"), "/handovers").len()), (1, 1, 0));
        assert_eq!(owed(&sun), [("孙丽".to_owned(), "open".to_owned())]);
        assert_eq!(items(&wang, &format!("/customers/{}/handovers", ids[0])).len(), 1);
        let accept = || sun.post(&format!("/handovers/{id}/accept"), json!({}));
        assert_eq!(accept().refused(409), "handover.unfinished");
        assert_eq!(tick(&li, &id, json!({ "item": "duties", "done": true })).refused(403), "forbidden");
        assert_eq!(tick(&sun, &id, json!({ "item": "spaceship", "done": true })).fault(), "item: unknown");
        for item in ["duties", "todos", "feedback", "facts", "records"] {
            tick(&sun, &id, json!({ "item": item, "done": true })).ok();
        }
        tick(&sun, &id, json!({ "item": "introduction", "done": true, "customer_id": ids[0] })).ok();
        let customers = items(&sun, &format!("/handovers/{id}/customers"));
        assert_eq!(customers.iter().map(|line| line["done"].as_array().map(Vec::len)).collect::<Vec<_>>(), [Some(3), Some(2)]);
        assert_eq!(accept().refused(409), "handover.unfinished", "one customer has not met them");
        tick(&sun, &id, json!({ "item": "introduction", "done": true, "customer_id": ids[1] })).ok();
        for (session, note) in [(&li, "对方喜欢普洱"), (&sun, "已约周三见面")] {
            session.request(Method::PUT, &format!("/handovers/{id}/note")).json(json!({ "note": note })).send().ok();
        }
        assert_eq!(wang.request(Method::PUT, &format!("/handovers/{id}/note")).json(json!({ "note": "x" })).send().refused(403), "forbidden");
        let accepted = accept().ok();
        assert_eq!((&accepted["state"], &accepted["giver_note"], &accepted["receiver_note"]), (&json!("accepted"), &json!("对方喜欢普洱"), &json!("已约周三见面")));
        assert_eq!(owed(&sun), [("孙丽".to_owned(), "met".to_owned())]);
        assert_eq!(accept().refused(409), "handover.closed");
        assert!(app.read(|tx| crate::platform::audit::verify(tx, None)).is_intact());
    }

    fn what_goes_back_was_never_handed_over(db) {
        let app = TestApp::new(&db);
        app.sign_in("admin").post("/policies/adopt", json!({ "keys": ["R1"] })).ok();
        let (wang, li, sun) = (app.sign_in("wang"), app.sign_in("li"), app.sign_in("sun"));
        let ids = [create(&li, "华盛机械"), create(&li, "恒泰电子")];
        let selection = json!({ "filter": [["owner", "eq", app.person("li")]] });
        let act = json!({ "act": "owner", "owner_id": app.person("sun"), "reason": "离职" });
        let bulk = wang.post("/customers/bulk", json!({ "selection": selection, "act": act })).created();
        app.run_jobs();
        assert_eq!(items(&sun, "/handovers")[0]["customers"], json!(2), "a change of many is one hand-over");
        hand(&app, &wang, &ids[0], "wang");
        let states = |session: &Session<'_>| {
            let state = |found: &Value| (text(&found["to"]["name"]).to_owned(), text(&found["state"]).to_owned(), found["customers"].as_i64());
            items(session, "/handovers").iter().map(state).collect::<Vec<_>>()
        };
        assert_eq!(states(&sun), [("王强".to_owned(), "open".to_owned(), Some(1)), ("孙丽".to_owned(), "open".to_owned(), Some(1))]);
        wang.post(&format!("/bulk_changes/{}/undo", text(&bulk["id"])), json!({})).ok();
        app.run_jobs();
        assert_eq!(states(&li), [("孙丽".to_owned(), "withdrawn".to_owned(), Some(0))]);
        assert_eq!(owed(&sun), [("孙丽".to_owned(), "cancelled".to_owned())]);
    }

    fn the_company_writes_its_own_checklist(db) {
        let app = TestApp::new(&db);
        let (admin, wang, li) = (app.sign_in("admin"), app.sign_in("wang"), app.sign_in("li"));
        let start = admin.get("/settings/handover").ok();
        assert_eq!((start["items"].as_array().map(Vec::len), &start["version"]), (Some(6), &json!(0)));
        let save = |session: &Session<'_>, version: i64, items: Value| session.put("/settings/handover", version, json!({ "items": items }));
        assert_eq!(save(&wang, 0, json!([])).refused(403), "forbidden");
        assert_eq!(save(&admin, 0, json!([{ "key": "a", "zh": " " }])).fault(), "items[0].zh: required");
        assert_eq!(save(&admin, 0, json!([{ "key": "a", "zh": "甲" }, { "key": "a", "zh": "乙" }])).fault(), "items[1].key: twice");
        assert_eq!(save(&admin, 0, json!([{ "key": "stamp", "zh": "交还印章" }])).ok()["version"], 1);
        let id = create(&li, "华盛机械");
        hand(&app, &wang, &id, "sun");
        let steps = items(&li, "/handovers")[0]["steps"].clone();
        assert_eq!((steps.as_array().map(Vec::len), &steps[0]["zh"]), (Some(1), &json!("交还印章")));
        save(&admin, 1, json!([])).ok();
        let other = create(&li, "恒泰电子");
        hand(&app, &wang, &other, "wang");
        assert_eq!(items(&li, "/handovers").len(), 1, "without a checklist none is opened");
    }
}
