//! What is removed, in any room, can be restored with what hangs on it, and goes for good when its time has passed.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::jobs::{self, NewJob};

use crate::app::MIGRATIONS;
use crate::testing::{Session, TestApp};

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn customer(session: &Session<'_>, name: &str) -> String {
    let new = json!({ "name": name, "phone": "13812345678", "tags": ["甲"], "allow_duplicate": true, "duplicate_reason": "测试", "contacts": [{ "name": "张伟", "phone": "13700001111",
        "decision_maker": true }] });
    text(&session.post("/customers", new).created()["id"]).to_owned()
}

fn items(session: &Session<'_>, path: &str) -> Vec<Value> {
    session.get(path).ok()["items"].as_array().expect("items").clone()
}

/// What somebody sees in the bin: kind and title.
fn bin(session: &Session<'_>) -> Vec<(String, String)> {
    let item = |item: &Value| (text(&item["kind"]).to_owned(), text(&item["title"]).to_owned());
    items(session, "/bin").iter().map(item).collect()
}

fn pair(kind: &str, title: &str) -> (String, String) {
    (kind.to_owned(), title.to_owned())
}

fn restore(session: &Session<'_>, id: &str) -> u16 {
    session.post(&format!("/bin/{id}/restore"), json!({})).status.as_u16()
}

/// The hour strikes.
fn sweep(app: &TestApp) {
    let now = app.clock.now();
    app.write(move |tx| {
        let payload = json!({});
        let kind = "platform.bin.sweep";
        jobs::enqueue(tx, NewJob { kind, once_key: None, asked_by: None, payload, run_at: now })?;
        Ok(())
    });
    app.run_jobs();
}

/// Tables in which something still names a record.
fn tables_naming(db: &store::testing::TestDb, id: &str) -> Vec<String> {
    // SQLite keeps an id as bytes; in JSON it is text.
    let bytes = format!("{:?}", id.parse::<uuid::Uuid>().expect("an id").as_bytes());
    let id = id.replace('-', "");
    let named = |rows: &[store::Row]| {
        let text = format!("{rows:?}");
        text.contains(&bytes) || text.replace('-', "").contains(&id)
    };
    db.content(&[]).into_iter().filter(|(_, rows)| named(rows)).map(|(table, _)| table).collect()
}

/// Tables in which something still says this.
fn tables_saying(db: &store::testing::TestDb, what: &str) -> Vec<String> {
    db.content(&[]).into_iter().filter(|(_, rows)| format!("{rows:?}").contains(what)).map(|(table, _)| table).collect()
}

store::statements! {
    GIVEN_UP = "update job set state = 'failed' where kind = 'platform.bin.purge'";
    RESTRICT = "update customer set restricted_at = $2, removed_at = $2 where id = $1";
}

store::db_test! {
    MIGRATIONS;

    fn a_customer_comes_back_into_the_reach_it_had(db) {
        let app = TestApp::new(&db);
        let (wang, li, zhou) = (app.sign_in("wang"), app.sign_in("li"), app.sign_in("zhou"));
        let id = customer(&li, "华盛机械");
        wang.delete(&format!("/customers/{id}")).ok();
        assert_eq!(items(&li, "/customers?q=华盛").len(), 0);
        let seen = items(&li, "/bin");
        assert_eq!((&seen[0]["title"], &seen[0]["removed_by"]["name"]), (&json!("华盛机械"), &json!("王强")));
        assert_eq!(seen[0]["kept_until"], json!("2026-12-23T01:30:00Z"));
        assert_eq!((bin(&wang).len(), bin(&zhou).len()), (1, 0), "who could not see it does not see it here");
        assert_eq!((restore(&li, &id), restore(&zhou, &id)), (403, 404), "who may not remove it does not bring it back");
        assert_eq!(restore(&wang, &id), 204);
        assert_eq!((bin(&wang).len(), items(&li, "/customers?q=华盛").len()), (0, 1));
        assert_eq!(items(&li, &format!("/customers/{id}/contacts")).len(), 1);
        assert_eq!(restore(&wang, &id), 404);
    }

    fn a_contact_comes_back_as_it_was(db) {
        let app = TestApp::new(&db);
        let (admin, li, wang) = (app.sign_in("admin"), app.sign_in("li"), app.sign_in("wang"));
        let field = |class: &str, zh: &str| {
            let new = json!({ "entity": "contact", "kind": "text", "class": class, "zh": zh, "en": zh });
            text(&admin.post("/settings/custom_fields", new).created()["key"]).to_owned()
        };
        let (open, sealed) = (field("ordinary", "爱好"), field("personal", "证号"));
        let id = customer(&li, "华盛机械");
        let path = format!("/customers/{id}/contacts");
        let boss = items(&li, &path)[0].clone();
        let boss_id = text(&boss["id"]);
        let change = json!({ "custom": { open.clone(): "围棋", sealed.clone(): "A123" }, "primary": true, "department": "采购部" });
        let boss = li.patch(&format!("{path}/{boss_id}"), boss["version"].as_i64().expect("a version"), change).ok();
        let clerk = li.post(&path, json!({ "name": "李娜", "reports_to": boss_id })).created();
        let before = li.get(&format!("/customers/{id}")).ok()["completeness"].clone();
        li.delete(&format!("{path}/{boss_id}")).ok();
        assert_eq!(items(&li, &path).len(), 1);
        assert_ne!(li.get(&format!("/customers/{id}")).ok()["completeness"], before);
        assert_eq!(items(&li, "/customers?q=张伟").len(), 0);
        assert_eq!(bin(&li), [pair("contact", "张伟")]);
        assert_eq!(restore(&li, boss_id), 204);
        let people = items(&li, &path);
        let back = people.iter().find(|person| person["id"] == boss["id"]).expect("back").clone();
        for field in ["name", "phone", "decision_maker", "primary", "department", "custom"] {
            assert_eq!(back[field], boss[field], "{field}");
        }
        let clerk = people.iter().find(|person| person["id"] == clerk["id"]).expect("the other");
        assert_eq!(clerk["reports_to"], boss["id"]);
        let shown = wang.post(&format!("/customers/{id}/reveal"), json!({ "field": sealed, "contact_id": boss_id, "reason": "核对" })).ok();
        assert_eq!(shown["value"], "A123");
        assert_eq!(li.get(&format!("/customers/{id}")).ok()["completeness"], before);
        assert_eq!(items(&li, "/customers?q=张伟").len(), 1);
        li.delete(&format!("{path}/{boss_id}")).ok();
        wang.delete(&format!("/customers/{id}")).ok();
        assert_eq!(bin(&wang), [pair("customer", "华盛机械")], "what hangs on it comes back with it");
        let steward = app.sign_in("steward");
        assert_eq!(bin(&steward), [pair("customer", "华盛机械")], "who sees all customers does not see more of this one");
        assert_eq!(steward.post(&format!("/bin/{boss_id}/restore"), json!({})).refused(404), "not_found");
    }

    fn a_withdrawn_contact_counts_again_and_its_to_do_is_back(db) {
        let app = TestApp::new(&db);
        let (li, sun) = (app.sign_in("li"), app.sign_in("sun"));
        let id = customer(&li, "华盛机械");
        let record = json!({ "kind": "visit", "at": "2026-11-23T01:00:00Z", "content": "谈过价格", "next_plan": "寄样品" });
        let record = li.post(&format!("/customers/{id}/interactions"), record).created();
        let path = format!("/customers/{id}/interactions/{}", text(&record["id"]));
        li.delete(&path).ok();
        assert_eq!((li.get(&path).status.as_u16(), items(&li, "/todos").len()), (404, 0));
        assert!(li.get(&format!("/customers/{id}")).ok()["last_contact_at"].is_null());
        assert_eq!((bin(&li), bin(&sun).len()), (vec![pair("interaction", "谈过价格")], 0), "its to-do is part of it");
        assert_eq!(restore(&li, text(&record["id"])), 204);
        assert_eq!((li.get(&path).ok()["content"].clone(), items(&li, "/todos").len()), (json!("谈过价格"), 1));
        assert_eq!(li.get(&format!("/customers/{id}")).ok()["last_contact_at"], "2026-11-23T01:00:00Z");
        let todo = li.post("/todos", json!({ "title": "给自己的事" })).created();
        li.delete(&format!("/todos/{}", text(&todo["id"]))).ok();
        assert_eq!((bin(&li), bin(&sun).len()), (vec![pair("todo", "给自己的事")], 0));
        assert_eq!((restore(&sun, text(&todo["id"])), restore(&li, text(&todo["id"]))), (404, 204));
        assert_eq!(items(&li, "/todos").len(), 2);
    }

    fn after_its_time_nothing_of_it_is_left_but_its_history(db) {
        let app = TestApp::new(&db);
        let (wang, li) = (app.sign_in("wang"), app.sign_in("li"));
        app.sign_in("admin").post("/policies/adopt", json!({ "keys": ["R3"] })).ok();
        let (id, other) = (customer(&li, "华盛机械"), customer(&li, "恒泰电子"));
        let contact = text(&items(&li, &format!("/customers/{id}/contacts"))[0]["id"]).to_owned();
        li.post(&format!("/customers/{id}/interactions"), json!({ "kind": "visit", "at": "2026-11-23T01:00:00Z", "content": "谈过价格" })).created();
        li.post(&format!("/customers/{id}/relations"), json!({ "kind": "supplier", "other_id": other })).created();
        li.post("/todos", json!({ "title": "寄样品", "customer_id": id })).created();
        wang.request(Method::PUT, &format!("/customers/{id}/collaborators/{}", app.person("sun"))).json(json!({ "level": "read" })).send().ok();
        wang.delete(&format!("/customers/{id}")).ok();
        let kept = customer(&li, "瑞丰食品");
        app.pass(SignedDuration::from_hours(24 * 29));
        sweep(&app);
        assert_eq!(bin(&app.sign_in("wang")).len(), 1, "its time has not passed");
        app.pass(SignedDuration::from_hours(25));
        sweep(&app);
        let wang = app.sign_in("wang");
        assert_eq!((bin(&wang).len(), restore(&wang, &id)), (0, 404));
        let history = ["audit", "breach", "duty", "duty_event", "fact", "idempotency", "job", "notification", "outbox"];
        for gone in [&id, &contact] {
            let left: Vec<String> = tables_naming(&db, gone).into_iter().filter(|table| !history.contains(&table.as_str())).collect();
            assert!(left.is_empty(), "{left:?} still name it");
        }
        // Neither a name nor what was written is left: the audit holds what was done, duties whose they were.
        let texts = ["audit", "breach", "duty", "duty_event", "fact"];
        for gone in ["华盛机械", "谈过价格", "寄样品"] {
            let left: Vec<String> = tables_saying(&db, gone).into_iter().filter(|table| !texts.contains(&table.as_str())).collect();
            assert!(left.is_empty(), "{left:?} still say {gone}");
        }
        assert_eq!(wang.get(&format!("/customers/{kept}")).ok()["name"], "瑞丰食品");
        assert!(app.read(|tx| crate::platform::audit::verify(tx, None)).is_intact());
    }

    fn what_was_decided_on_is_asked_for_until_it_is_gone(db) {
        let app = TestApp::new(&db);
        let (wang, steward) = (app.sign_in("wang"), app.sign_in("steward"));
        let id = customer(&app.sign_in("li"), "华盛机械");
        wang.delete(&format!("/customers/{id}")).ok();
        steward.post(&format!("/bin/{id}/purge"), json!({ "reason": "客户要求" })).ok();
        app.write(|tx| Ok(tx.execute(&GIVEN_UP, &[])?));
        app.run_jobs();
        assert!(tables_naming(&db, &id).contains(&"customer".to_owned()), "its job was given up");
        sweep(&app);
        assert!(!tables_naming(&db, &id).contains(&"customer".to_owned()));
    }

    fn what_hangs_on_a_restricted_customer_is_named_to_nobody(db) {
        let app = TestApp::new(&db);
        let (wang, li, steward) = (app.sign_in("wang"), app.sign_in("li"), app.sign_in("steward"));
        let id = customer(&li, "华盛机械");
        let boss = text(&items(&li, &format!("/customers/{id}/contacts"))[0]["id"]).to_owned();
        li.delete(&format!("/customers/{id}/contacts/{boss}")).ok();
        assert_eq!(bin(&steward), [pair("contact", "张伟")]);
        let (uuid, now) = (id.parse::<uuid::Uuid>().expect("an id"), app.clock.now());
        app.write(move |tx| Ok(tx.execute(&RESTRICT, &[&uuid, &now])?));
        assert_eq!((bin(&steward).len(), bin(&wang).len()), (0, 0));
        let filter = "%5B%5B%22title%22%2C%22contains%22%2C%22%E5%BC%A0%22%5D%5D";
        assert_eq!(items(&steward, &format!("/bin?filter={filter}")).len(), 0);
    }

    fn before_its_time_it_goes_only_by_who_has_the_right_with_a_reason(db) {
        let app = TestApp::new(&db);
        let (wang, steward) = (app.sign_in("wang"), app.sign_in("steward"));
        let id = customer(&app.sign_in("li"), "华盛机械");
        wang.delete(&format!("/customers/{id}")).ok();
        let purge = |session: &Session<'_>, reason: &str| session.post(&format!("/bin/{id}/purge"), json!({ "reason": reason }));
        assert_eq!(purge(&wang, "客户要求").refused(403), "forbidden");
        assert_eq!(purge(&steward, " ").fault(), "reason: required");
        assert_eq!(purge(&steward, "客户要求").status.as_u16(), 204);
        assert_eq!((bin(&wang).len(), restore(&wang, &id)), (0, 404));
        let undo = wang.post(&format!("/customers/{id}/restore"), json!({}));
        assert_eq!(undo.refused(404), "not_found", "what goes for good does not come back by another way");
        app.run_jobs();
        assert!(!tables_naming(&db, &id).contains(&"customer".to_owned()));
        let filter = "%5B%5B%22action%22%2C%22eq%22%2C%22purge%22%5D%5D";
        let entry = items(&app.sign_in("auditor"), &format!("/audit?filter={filter}"))[0].clone();
        assert_eq!((&entry["actor_name"], &entry["changes"]["reason"]), (&json!("数据"), &json!("客户要求")));
    }

    fn the_company_says_how_long_it_is_kept(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        let wang = app.sign_in("wang");
        let id = customer(&app.sign_in("li"), "华盛机械");
        wang.delete(&format!("/customers/{id}")).ok();
        let mut settings = admin.get("/settings").ok();
        let version = settings["version"].as_i64().expect("a version");
        settings["bin_days"] = json!(0);
        assert_eq!(admin.put("/settings", version, settings.clone()).fault(), "bin_days: number.out_of_range");
        settings["bin_days"] = json!(7);
        admin.put("/settings", version, settings).ok();
        assert_eq!(items(&wang, "/bin")[0]["kept_until"], json!("2026-11-30T01:30:00Z"));
    }

    fn nothing_goes_for_good_while_somebody_waits_for_an_answer(db) {
        let app = TestApp::new(&db);
        let (wang, li, steward) = (app.sign_in("wang"), app.sign_in("li"), app.sign_in("steward"));
        let id = customer(&li, "华盛机械");
        let contact = text(&items(&li, &format!("/customers/{id}/contacts"))[0]["id"]).to_owned();
        let body = json!({ "contact_id": contact, "kind": "restrict", "asker": "oneself", "channel": "phone", "content": "请不要再用" });
        let request = steward.post(&format!("/customers/{id}/subject_requests"), body).created();
        let at = format!("/customers/{id}/subject_requests/{}", text(&request["id"]));
        wang.delete(&format!("/customers/{id}")).ok();
        let purge = || steward.post(&format!("/bin/{id}/purge"), json!({ "reason": "清理" }));
        assert_eq!(purge().refused(409), "bin.held");
        app.pass(SignedDuration::from_hours(24 * 31));
        sweep(&app);
        assert_eq!(items(&app.sign_in("admin"), "/bin").len(), 1, "its time has passed, and it is still there");
        let steward = app.sign_in("steward");
        let answer = json!({ "fulfilled": false, "answer": "身份无法核实" });
        steward.request(Method::POST, &format!("{at}/answer")).version(1).json(answer).send().ok();
        sweep(&app);
        assert!(items(&app.sign_in("admin"), "/bin").is_empty());
        let kept = items(&steward, "/subject_requests");
        assert_eq!((&kept[0]["number"], &kept[0]["state"], &kept[0]["content"], &kept[0]["answer"], &kept[0]["name"]),
            (&request["number"], &json!("refused"), &json!(""), &Value::Null, &json!("")));
        assert_eq!(steward.get(&at).ok()["request"]["number"], request["number"], "the register outlives the customer");
    }
}
