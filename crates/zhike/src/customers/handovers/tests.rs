use axum::http::Method;
use serde_json::{Value, json};

use super::service;
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

store::statements! {
    WAITING = postgres "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
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

    fn a_merge_within_a_hand_over_leaves_one_that_can_be_accepted(db) {
        let app = TestApp::new(&db);
        let (wang, li, sun) = (app.sign_in("wang"), app.sign_in("li"), app.sign_in("sun"));
        let ids = ["华盛机械", "华盛机械厂", "恒泰电子"].map(|name| create(&li, name));
        for id in &ids {
            hand(&app, &wang, id, "sun");
        }
        let id = text(&items(&sun, "/handovers")[0]["id"]).to_owned();
        for item in ["duties", "todos", "feedback", "facts", "records"] {
            tick(&sun, &id, json!({ "item": item, "done": true })).ok();
        }
        for customer in [&ids[0], &ids[2]] {
            tick(&sun, &id, json!({ "item": "introduction", "done": true, "customer_id": customer })).ok();
        }
        // Of the two that become one, only the one that goes was introduced.
        let version = |id: &str| wang.get(&format!("/customers/{id}")).ok()["version"].as_i64().expect("a version");
        let body = json!({ "loser_id": ids[0], "loser_version": version(&ids[0]) });
        let call = wang.request(Method::POST, &format!("/customers/{}/merges", ids[1])).version(version(&ids[1]));
        let merged = call.json(body).send().ok();
        let stands = || {
            let now = sun.get(&format!("/handovers/{id}")).ok();
            let step = now["steps"].as_array().expect("steps").iter().find(|step| step["key"] == "introduction").expect("a step").clone();
            (now["customers"].as_i64(), step["done"].as_i64(), step["of"].as_i64())
        };
        assert_eq!(stands(), (Some(2), Some(1), Some(2)));
        assert_eq!(sun.post(&format!("/handovers/{id}/accept"), json!({})).refused(409), "handover.unfinished");
        let back = wang.post(&format!("/customers/{}/merges/{}/undo", ids[1], text(&merged["id"])), json!({})).ok();
        assert_eq!((&back["state"], stands()), (&json!("undone"), (Some(3), Some(2), Some(3))));
        let body = json!({ "loser_id": ids[0], "loser_version": version(&ids[0]) });
        wang.request(Method::POST, &format!("/customers/{}/merges", ids[1])).version(version(&ids[1])).json(body).send().ok();
        tick(&sun, &id, json!({ "item": "introduction", "done": true, "customer_id": ids[1] })).ok();
        assert_eq!(stands(), (Some(2), Some(2), Some(2)));
        assert_eq!(sun.post(&format!("/handovers/{id}/accept"), json!({})).ok()["state"], "accepted");
    }

    fn what_is_gone_for_good_is_in_no_hand_over(db) {
        let app = TestApp::new(&db);
        app.sign_in("admin").post("/policies/adopt", json!({ "keys": ["R1"] })).ok();
        let (wang, li, sun, steward) = (app.sign_in("wang"), app.sign_in("li"), app.sign_in("sun"), app.sign_in("steward"));
        let ids = [create(&li, "华盛机械"), create(&li, "恒泰电子")];
        for id in &ids {
            hand(&app, &wang, id, "sun");
        }
        let id = text(&items(&sun, "/handovers")[0]["id"]).to_owned();
        tick(&sun, &id, json!({ "item": "facts", "done": true, "customer_id": ids[1] })).ok();
        let purge = |customer: &str| {
            wang.delete(&format!("/customers/{customer}")).ok();
            steward.post(&format!("/bin/{customer}/purge"), json!({ "reason": "重复录入" })).ok();
            app.run_jobs();
        };
        purge(&ids[0]);
        let now = sun.get(&format!("/handovers/{id}")).ok();
        let facts = now["steps"].as_array().expect("steps").iter().find(|step| step["key"] == "facts").expect("a step").clone();
        assert_eq!((&now["customers"], &facts["done"], &facts["of"]), (&json!(1), &json!(1), &json!(1)));
        purge(&ids[1]);
        assert_eq!(sun.get(&format!("/handovers/{id}")).ok()["state"], "withdrawn");
        assert_eq!(owed(&sun), [("孙丽".to_owned(), "cancelled".to_owned())]);
    }

    fn ticked_for_all_is_ticked_for_those_that_were_in_it(db) {
        let app = TestApp::new(&db);
        let (wang, li, sun) = (app.sign_in("wang"), app.sign_in("li"), app.sign_in("sun"));
        let ids = ["华盛机械", "恒泰电子", "瑞丰食品"].map(|name| create(&li, name));
        for id in &ids[..2] {
            hand(&app, &wang, id, "sun");
        }
        let id = text(&items(&sun, "/handovers")[0]["id"]).to_owned();
        let facts = |answer: Value| answer["steps"].as_array().expect("steps").iter().find(|step| step["key"] == "facts").expect("a step")["done"].clone();
        assert_eq!(facts(tick(&sun, &id, json!({ "item": "facts", "done": true })).ok()), 2);
        assert_eq!(facts(tick(&sun, &id, json!({ "item": "facts", "done": false, "customer_id": ids[0] })).ok()), 1);
        hand(&app, &wang, &ids[2], "sun");
        let lines: Vec<Value> = items(&sun, &format!("/handovers/{id}/customers")).iter().map(|line| line["done"].clone()).collect();
        assert_eq!(lines, [json!([]), json!(["facts"]), json!([])]);
        assert_eq!(facts(tick(&sun, &id, json!({ "item": "facts", "done": true })).ok()), 3);
        // What is taken out of the middle leaves the rest as it is.
        hand(&app, &wang, &ids[1], "wang");
        let lines: Vec<Value> = items(&sun, &format!("/handovers/{id}/customers")).iter().map(|line| line["done"].clone()).collect();
        assert_eq!(lines, [json!(["facts"]), json!(["facts"])]);
        assert_eq!(facts(tick(&sun, &id, json!({ "item": "facts", "done": false })).ok()), 0);
    }

    fn whoever_receives_can_accept_whatever_else_they_may_do(db) {
        let app = TestApp::new(&db);
        let (admin, mei) = (app.sign_in("admin"), app.sign_in("mei"));
        // A manager's reach is their departments: what they owe themselves is among it.
        admin.post("/policies/adopt", json!({ "keys": ["R1"] })).ok();
        hand(&app, &app.sign_in("wang"), &create(&app.sign_in("li"), "瑞丰食品"), "wang");
        assert_eq!(owed(&app.sign_in("wang")), [("王强".to_owned(), "open".to_owned())]);
        let id = create(&admin, "华盛机械");
        hand(&app, &admin, &id, "mei");
        let handover = text(&items(&mei, "/handovers")[0]["id"]).to_owned();
        for step in items(&mei, "/handovers")[0]["steps"].as_array().expect("steps") {
            tick(&mei, &handover, json!({ "item": step["key"], "done": true })).ok();
        }
        assert_eq!(mei.post(&format!("/handovers/{handover}/accept"), json!({})).ok()["state"], "accepted");
        // Nobody is asked to accept what they cannot even see.
        app.hire("gast", "郭杰", "总部", &[], Some("admin"));
        let other = create(&admin, "恒泰电子");
        hand(&app, &admin, &other, "gast");
        assert_eq!(items(&admin, "/handovers").len(), 2);
    }

    fn who_sees_one_customer_does_not_read_what_was_noted_about_all(db) {
        let app = TestApp::new(&db);
        let (wang, li, zhao) = (app.sign_in("wang"), app.sign_in("li"), app.sign_in("zhao"));
        let ids = [create(&li, "华盛机械"), create(&li, "恒泰电子")];
        for id in &ids {
            hand(&app, &wang, id, "sun");
        }
        let id = text(&items(&li, "/handovers")[0]["id"]).to_owned();
        li.request(Method::PUT, &format!("/handovers/{id}/note")).json(json!({ "note": "三家在谈价格" })).send().ok();
        let share = format!("/customers/{}/collaborators/{}", ids[0], app.person("zhao"));
        wang.request(Method::PUT, &share).json(json!({ "level": "read" })).send().ok();
        assert_eq!(zhao.get(&format!("/handovers/{id}")).refused(404), "not_found");
        let told = items(&zhao, &format!("/customers/{}/handovers", ids[0]));
        assert_eq!((&told[0]["from"]["name"], &told[0]["steps"]), (&json!("李雷"), &Value::Null));
        let text = json!(told).to_string();
        assert!(!text.contains("三家") && !text.contains("调岗") && told[0].get("customers").is_none(), "{text}");
        assert!(items(&wang, &format!("/customers/{}/handovers", ids[0]))[0]["steps"].is_array());
    }

    fn a_tick_at_the_same_moment_stops_no_change_of_owner(db) {
        if db.dialect() == store::Dialect::Sqlite {
            return; // One writer: there is no same moment.
        }
        let app = TestApp::new(&db);
        let (wang, li, sun) = (app.sign_in("wang"), app.sign_in("li"), app.sign_in("sun"));
        let ids = [create(&li, "华盛机械"), create(&li, "恒泰电子")];
        hand(&app, &wang, &ids[0], "sun");
        let id: uuid::Uuid = text(&items(&sun, "/handovers")[0]["id"]).parse().expect("an id");
        let (who, to) = (app.principal("sun"), app.person("sun"));
        let (said, heard) = std::sync::mpsc::channel();
        let said = std::sync::Mutex::new(said);
        let (db, other) = (app.db.clone(), app.db.clone());
        std::thread::scope(|scope| {
            let ticking = scope.spawn(move || db.write_blocking(move |tx| {
                let asked = service::Tick { item: "duties".into(), done: true, customer_id: None };
                service::tick(tx, &who.grant()?, id, &asked)?;
                said.lock().expect("unpoisoned").send(()).expect("heard");
                while other.read_blocking(|tx| Ok::<_, crate::kernel::Error>(tx.query_one(&WAITING, &[])?.get::<i64>(0)?))? == 0 {}
                Ok::<_, crate::kernel::Error>(())
            }));
            heard.recv().expect("it has ticked");
            let version = wang.get(&format!("/customers/{}", ids[1])).ok()["version"].as_i64().expect("a version");
            wang.put(&format!("/customers/{}/owner", ids[1]), version, json!({ "owner_id": to, "reason": "调岗" })).ok();
            ticking.join().expect("no panic").expect("it ticks");
        });
        assert_eq!(items(&sun, "/handovers")[0]["customers"], 2);
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
