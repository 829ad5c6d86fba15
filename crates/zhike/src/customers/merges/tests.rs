use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{Method, header};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::testing::{Session, TestApp};

fn create(session: &Session<'_>, mut new: Value) -> String {
    new["allow_duplicate"] = json!(true);
    new["duplicate_reason"] = json!("以后再合并");
    session.post("/customers", new).created()["id"].as_str().expect("an id").to_owned()
}

fn path(id: &str) -> String {
    format!("/customers/{id}")
}

fn version(session: &Session<'_>, id: &str) -> i64 {
    session.get(&path(id)).ok()["version"].as_i64().expect("a version")
}

fn merge(session: &Session<'_>, survivor: &str, loser: &str, take: &[&str]) -> Value {
    let body = json!({ "loser_id": loser, "loser_version": version(session, loser), "take": take, "reason": "同一家" });
    let call = session.request(Method::POST, &format!("{}/merges", path(survivor)));
    call.version(version(session, survivor)).json(body).send().ok()
}

fn undo(session: &Session<'_>, merge: &Value) -> Value {
    let (customer, id) = (merge["customer_id"].as_str().expect("an id"), merge["id"].as_str().expect("an id"));
    session.post(&format!("{}/merges/{id}/undo", path(customer)), json!({})).ok()
}

fn items(session: &Session<'_>, path: &str) -> Vec<Value> {
    session.get(path).ok()["items"].as_array().expect("items").clone()
}

fn of_customer(session: &Session<'_>, what: &str, id: &str) -> Vec<Value> {
    let filter = format!("%5B%5B%22customer%22%2C%22eq%22%2C%22{id}%22%5D%5D");
    items(session, &format!("/{what}?limit=200&filter={filter}"))
}

fn contact(session: &Session<'_>, id: &str, content: &str) {
    let record = json!({ "kind": "phone", "at": "2026-11-23T01:00:00Z", "content": content, "next_plan": "再联系" });
    session.post(&format!("{}/interactions", path(id)), record).created();
}

/// Two customers of li's with everything that can hang on one.
fn two(app: &TestApp) -> (String, String) {
    let wang = app.sign_in("wang");
    let one = create(
        &wang,
        json!({ "name": "上海华盛机械有限公司", "industry": "C", "phone": "13812341234", "tags": ["甲"],
        "contacts": [{ "name": "张伟" }] }),
    );
    let other = create(
        &wang,
        json!({ "name": "华盛机械", "credit_code": "91110000802100433B", "phone": "13900001111",
        "email": "a@huasheng.cn", "tags": ["甲", "乙"], "grade": "key", "notes": "老客户",
        "contacts": [{ "name": "李娜", "phone": "13700001111" }] }),
    );
    contact(&wang, &other, "谈过价格");
    wang.post(
        &format!("{}/events", path(&other)),
        json!({ "kind": "financing", "content": "B轮",
        "happened_at": "2026-11-22T01:00:00Z", "known_at": "2026-11-23T01:00:00Z" }),
    )
    .created();
    wang.post(
        &format!("{}/verifications", path(&other)),
        json!({ "items": [{ "field": "name", "result": "confirmed" }] }),
    )
    .ok();
    wang.post("/todos", json!({ "title": "寄样品", "customer_id": other })).created();
    let sun = json!({ "level": "read" });
    wang.request(Method::PUT, &format!("{}/collaborators/{}", path(&other), app.person("sun"))).json(sun).send().ok();
    (one, other)
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn all_that_hangs_on_one_is_the_others(db) {
        let app = TestApp::new(&db);
        let (one, other) = two(&app);
        let wang = app.sign_in("wang");
        let number = wang.get(&path(&other)).ok()["number"].as_str().expect("a number").to_owned();
        let merged = merge(&wang, &one, &other, &["phone"]);
        assert_eq!((&merged["state"], &merged["loser"]["number"]), (&json!("done"), &json!(number)));
        let now = wang.get(&path(&one)).ok();
        assert_eq!((&now["name"], &now["credit_code"], &now["industry"]), (&json!("上海华盛机械有限公司"), &json!("91110000802100433B"), &json!("C")));
        assert_eq!((&now["grade"], &now["notes"], &now["tags"]), (&json!("ordinary"), &json!("老客户"), &json!(["甲", "乙"])));
        assert!(now["phone"]["masked"].as_str().expect("a phone").ends_with("1111"), "the chosen value: {now}");
        assert!(now["email"]["masked"].as_str().is_some() && !now["last_contact_at"].is_null());
        let people = items(&wang, &format!("{}/contacts", path(&one)));
        assert_eq!(people.len(), 2);
        assert_eq!(people.iter().filter(|person| person["primary"] == json!(true)).count(), 1, "{people:?}");
        assert_eq!((of_customer(&wang, "interactions", &one).len(), of_customer(&wang, "todos", &one).len()), (1, 2));
        assert_eq!(left(&app, &other), 0);
        let kinds: Vec<String> = items(&wang, &format!("{}/timeline?limit=100", path(&one))).iter()
            .map(|entry| entry["title_key"].as_str().expect("a key").to_owned()).collect();
        for kind in ["timeline.change.customer.merge", "timeline.change.customer.create"] {
            assert!(kinds.iter().any(|known| known == kind), "{kind}: {kinds:?}");
        }
        assert!(app.sign_in("sun").get(&path(&one)).status.is_success(), "the collaborator came along");
        let listed = items(&wang, "/customers");
        assert_eq!(listed.len(), 1);
        assert_eq!(items(&wang, &format!("/customers?q={number}"))[0]["id"], json!(one), "found by the old number");
        assert!(items(&wang, "/duplicates").iter().all(|pair| pair["state"] == "merged"));
    }

    fn whoever_asks_for_the_one_is_led_to_the_other(db) {
        let app = TestApp::new(&db);
        let (one, other) = two(&app);
        let wang = app.sign_in("wang");
        merge(&wang, &one, &other, &[]);
        let led = wang.get(&format!("{}/contacts?x=1", path(&other)));
        assert_eq!(led.status.as_u16(), 308);
        assert_eq!(led.text_header(header::LOCATION), format!("/api/v1/customers/{one}/contacts?x=1"));
        let led = wang.post(&format!("{}/interactions", path(&other)), json!({ "kind": "phone", "at": "2026-11-23T01:00:00Z", "content": "x" }));
        assert_eq!((led.status.as_u16(), led.text_header(header::LOCATION)), (308, format!("/api/v1/customers/{one}/interactions").as_str()));
        assert_eq!(app.sign_in("zhao").get(&path(&other)).refused(404), "not_found", "who may not see the one that stays");
        let third = create(&wang, json!({ "name": "第三家" }));
        merge(&wang, &third, &one, &[]);
        let led = wang.get(&path(&other));
        assert_eq!(led.text_header(header::LOCATION), format!("/api/v1/customers/{third}"), "through both");
        assert_eq!(wang.post(&format!("{}/restore", path(&other)), json!({})).status.as_u16(), 308);
    }

    fn added_fields_go_along_and_back(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        let field = |entity: &str, class: &str, zh: &str| {
            let new = json!({ "entity": entity, "kind": "text", "class": class, "zh": zh, "en": format!("{zh} en") });
            admin.post("/settings/custom_fields", new).created()["key"].as_str().expect("a key").to_owned()
        };
        let (open, sealed, taste) =
            (field("customer", "ordinary", "合同编号"), field("customer", "personal", "密"), field("contact", "ordinary", "口味"));
        let wang = app.sign_in("wang");
        let one = create(&wang, json!({ "name": "华盛机械", "custom": {} }));
        let other = create(&wang, json!({ "name": "华盛机械厂", "custom": { &open: "HT-7", &sealed: "13812341234" },
            "contacts": [{ "name": "李娜", "custom": { &taste: "普洱" } }] }));
        let merged = merge(&wang, &one, &other, &[]);
        let now = wang.get(&path(&one)).ok()["custom"].clone();
        assert_eq!(now[&open], "HT-7");
        assert!(!now[&sealed].is_null(), "{now}");
        assert_eq!(items(&wang, &format!("{}/contacts", path(&one)))[0]["custom"][&taste], "普洱");
        let undone = undo(&wang, &merged);
        assert_eq!(undone["kept"], json!([sealed]), "what is sealed cannot be compared");
        assert!(wang.get(&path(&one)).ok()["custom"][&open].is_null());
        assert_eq!(wang.get(&path(&other)).ok()["custom"][&open], "HT-7");
        assert_eq!(items(&wang, &format!("{}/contacts", path(&other)))[0]["custom"][&taste], "普洱");
    }

    fn what_cannot_be_one_is_refused(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let coded = |name: &str, code: &str| create(&wang, json!({ "name": name, "credit_code": code }));
        let (one, other) = (coded("甲公司", "91110000802100433B"), coded("乙公司", "9144030071526726XG"));
        let person = create(&wang, json!({ "name": "张伟", "kind": "person" }));
        let foreign = create(&app.sign_in("zhao"), json!({ "name": "别人的" }));
        let ask = |survivor: &str, body: Value| wang.request(Method::POST, &format!("{}/merges", path(survivor))).version(1).json(body).send();
        let body = |loser: &str, version: i64| json!({ "loser_id": loser, "loser_version": version });
        assert_eq!(ask(&one, body(&other, 1)).refused(409), "merge.two_codes");
        assert_eq!(ask(&one, body(&person, 1)).refused(409), "merge.kinds_differ");
        assert_eq!(ask(&one, body(&person, 7)).refused(412), "stale");
        assert_eq!(ask(&one, body(&one, 1)).fault(), "loser_id: merge.same");
        assert!([404, 422].contains(&ask(&one, body(&foreign, 1)).status.as_u16()));
        let mut taken = body(&other, 1);
        taken["take"] = json!(["owner_id"]);
        assert!(ask(&person, taken).status.is_client_error());
        assert_eq!(app.sign_in("li").request(Method::POST, &format!("{}/merges", path(&one))).version(1).json(body(&other, 1)).send().status.as_u16(), 403);
        assert_eq!(items(&wang, "/customers").len(), 3, "nothing has changed");
    }

    fn a_merge_is_taken_back(db) {
        let app = TestApp::new(&db);
        let (one, other) = two(&app);
        let wang = app.sign_in("wang");
        let before = [wang.get(&path(&one)).ok(), wang.get(&path(&other)).ok()];
        let merged = merge(&wang, &one, &other, &["phone", "grade"]);
        assert_eq!(wang.get(&path(&one)).ok()["grade"], "key");
        // What comes after the merge stays.
        contact(&wang, &one, "合并之后");
        wang.patch(&path(&one), version(&wang, &one), json!({ "notes": "改过的备注" })).ok();
        let undone = undo(&wang, &merged);
        assert_eq!(undone["state"], "undone");
        let kept: Vec<&str> = undone["kept"].as_array().expect("kept").iter().filter_map(Value::as_str).collect();
        assert!(kept.contains(&"notes") && !kept.contains(&"phone"), "{kept:?}");
        let after = [wang.get(&path(&one)).ok(), wang.get(&path(&other)).ok()];
        for (was, is) in before.iter().zip(&after) {
            for field in ["name", "number", "credit_code", "grade", "phone", "email", "tags", "owner", "completeness"] {
                assert_eq!(was[field], is[field], "{field}");
            }
        }
        assert_eq!((&after[0]["notes"], &after[1]["notes"]), (&json!("改过的备注"), &json!("老客户")));
        let contents = |id: &str| of_customer(&wang, "interactions", id).iter().map(|one| one["content"].clone()).collect::<Vec<_>>();
        assert_eq!((contents(&one), contents(&other)), (vec![json!("合并之后")], vec![json!("谈过价格")]));
        let primary = |id: &str| items(&wang, &format!("{}/contacts", path(id))).iter().filter(|one| one["primary"] == json!(true)).count();
        assert_eq!((primary(&one), primary(&other)), (1, 1));
        assert_eq!(app.sign_in("sun").get(&path(&one)).status.as_u16(), 404, "who came along goes back");
        let place = format!("{}/merges/{}/undo", path(&one), merged["id"].as_str().expect("an id"));
        assert_eq!(wang.post(&place, json!({})).refused(409), "merge.undone");
        let merged = merge(&wang, &one, &other, &[]);
        app.pass(SignedDuration::from_hours(24 * 31));
        let place = format!("{}/merges/{}/undo", path(&one), merged["id"].as_str().expect("an id"));
        assert_eq!(app.sign_in("wang").post(&place, json!({})).refused(409), "merge.too_late");
    }

    fn a_large_one_moves_in_steps_and_takes_no_writes_meanwhile(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let (one, other) = (create(&wang, json!({ "name": "华盛机械" })), create(&wang, json!({ "name": "华盛机械厂" })));
        let (who, loser) = (app.principal("wang"), other.parse().expect("an id"));
        let system = std::sync::Arc::new(app.system());
        const MANY: usize = 2_300;
        app.write(move |tx| {
            use crate::engagement::interactions::{Kind, NewInteraction, past};
            let at: jiff::Timestamp = "2026-11-20T01:00:00Z".parse().expect("an instant");
            let block: Vec<past::Past> = (0..MANY).map(|n| past::Past {
                who: std::sync::Arc::clone(&who),
                customer: loser,
                grade: crate::customers::model::Grade::Ordinary,
                department: who.department.map(crate::kernel::Id::uuid),
                new: NewInteraction { kind: Kind::Phone, at, contact_id: None, content: format!("第{n}次"), feedback: None,
                    next_at: None, priority: None, next_plan: None, duty_id: None },
                done_at: None,
            }).collect();
            past::insert_block(tx, &system.grant()?, &block)
        });
        let merged = merge(&wang, &one, &other, &[]);
        assert_eq!(merged["state"], "moving");
        assert_eq!(wang.get(&path(&other)).status.as_u16(), 308);
        let again = wang.request(Method::POST, &format!("{}/merges", path(&one))).version(version(&wang, &one));
        let third = create(&wang, json!({ "name": "第三家" }));
        assert_eq!(again.json(json!({ "loser_id": third, "loser_version": 1 })).send().refused(409), "merge.busy");
        app.run_jobs();
        let counted = |id: &str| {
            let id: uuid::Uuid = id.parse().expect("an id");
            app.read(move |tx| tx.query_one(&COUNT, &[&id])?.get::<i64>(0))
        };
        assert_eq!((counted(&one), counted(&other)), (MANY as i64, 0));
        assert_eq!(items(&wang, &format!("{}/merges", path(&one)))[0]["state"], "done");
        assert_eq!(undo(&wang, &merged)["state"], "undoing");
        app.run_jobs();
        assert_eq!((counted(&one), counted(&other)), (0, MANY as i64));
    }

    fn merging_under_load_loses_nothing(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let (one, other) = (create(&wang, json!({ "name": "华盛机械" })), create(&wang, json!({ "name": "华盛机械厂" })));
        let stop = AtomicBool::new(false);
        let written: Vec<(String, String)> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..6).map(|number| {
                let (app, stop, mine) = (&app, &stop, if number % 2 == 0 { &one } else { &other });
                scope.spawn(move || write_until(app, stop, mine, number))
            }).collect();
            std::thread::sleep(std::time::Duration::from_millis(300));
            let merged = loop {
                // Whoever writes at the same time changes versions; a person would look again.
                let body = json!({ "loser_id": other, "loser_version": version(&wang, &other) });
                let call = wang.request(Method::POST, &format!("{}/merges", path(&one))).version(version(&wang, &one));
                let reply = call.json(body).send();
                if reply.status.is_success() {
                    break reply.body;
                }
            };
            assert_eq!(merged["customer_id"], json!(one));
            std::thread::sleep(std::time::Duration::from_millis(300));
            stop.store(true, Ordering::SeqCst);
            writers.into_iter().flat_map(|writer| writer.join().expect("no panic")).collect()
        });
        app.run_jobs();
        assert!(written.len() > 20, "only {} writes", written.len());
        let all: std::collections::HashMap<&str, Vec<String>> = [("interactions", &one), ("todos", &one)].into_iter()
            .map(|(what, id)| (what, whole(&wang, what, id))).collect();
        let people: Vec<String> = items(&wang, &format!("{}/contacts", path(&one))).iter().map(id_of).collect();
        for (what, id) in &written {
            let there = all.get(what.as_str()).unwrap_or(&people);
            assert_eq!(there.iter().filter(|known| *known == id).count(), 1, "{what} {id}");
        }
        assert_eq!(left(&app, &other), 0, "something was left behind");
    }
}

store::statements! {
    COUNT = "select count(*) from interaction where customer_id = $1";
    LEFT = "select count(*) from (select id from interaction where customer_id = $1
        union all select id from todo where customer_id = $1 union all select id from contact where customer_id = $1
        union all select id from duty where customer_id = $1 union all select id from fact where customer_id = $1) held";
}

/// Records that still belong to a customer.
fn left(app: &TestApp, customer: &str) -> i64 {
    let id: uuid::Uuid = customer.parse().expect("an id");
    app.read(move |tx| tx.query_one(&LEFT, &[&id])?.get(0))
}

fn id_of(record: &Value) -> String {
    record["id"].as_str().expect("an id").to_owned()
}

/// All records of a customer, page by page.
fn whole(session: &Session<'_>, what: &str, customer: &str) -> Vec<String> {
    let filter = format!("%5B%5B%22customer%22%2C%22eq%22%2C%22{customer}%22%5D%5D");
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = session.get(&format!("/{what}?limit=200&filter={filter}{cursor}")).ok();
        ids.extend(page["items"].as_array().expect("items").iter().map(id_of));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

/// Writes all kinds of records to a customer, following where it leads; answers what was acknowledged.
fn write_until(app: &TestApp, stop: &AtomicBool, customer: &str, number: usize) -> Vec<(String, String)> {
    let session = app.sign_in("wang");
    let mut written = Vec::new();
    let mut turn = number;
    while !stop.load(Ordering::SeqCst) {
        turn += 1;
        let (what, place, body) = match turn % 3 {
            0 => (
                "interactions",
                format!("/customers/{customer}/interactions"),
                json!({ "kind": "phone", "at": "2026-11-23T01:00:00Z", "content": "边合并边写" }),
            ),
            1 => ("contacts", format!("/customers/{customer}/contacts"), json!({ "name": "某人" })),
            _ => ("todos", "/todos".to_owned(), json!({ "title": "边合并边写", "customer_id": customer })),
        };
        let mut reply = session.post(&place, body.clone());
        if reply.status.as_u16() == 308 {
            let location = reply.text_header(header::LOCATION).to_owned();
            reply = session.post(&location, body);
        }
        if reply.status.is_success() {
            written.push((what.to_owned(), id_of(&reply.body)));
        }
    }
    written
}
