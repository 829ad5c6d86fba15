//! Merging through its HTTP door, on both databases.

mod giving;
mod steps;

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
        app.run_jobs();
        assert_eq!(pair_state(&app, &one, &other), Some("open".to_owned()), "they look alike");
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
        assert_eq!(pair_state(&app, &one, &other), Some("merged".to_owned()));
        assert!(items(&wang, "/duplicates").is_empty(), "there are no two to compare");
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

    fn merges_are_read_page_by_page_and_all_old_numbers_lead_on(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let one = create(&wang, json!({ "name": "华盛机械" }));
        let mut numbers = Vec::new();
        // More than a page, and some of them through others.
        for n in 0..53 {
            let other = create(&wang, json!({ "name": format!("华盛{n}号") }));
            numbers.push(wang.get(&path(&other)).ok()["number"].as_str().expect("a number").to_owned());
            merge(&wang, &one, &other, &[]);
        }
        let first = wang.get(&format!("{}/merges?limit=50", path(&one))).ok();
        let cursor = first["next"].as_str().expect("more");
        let rest = wang.get(&format!("{}/merges?limit=50&cursor={cursor}", path(&one))).ok();
        let told = |page: &Value| page["items"].as_array().expect("items").iter().map(|one| one["loser"]["number"].clone()).collect::<Vec<_>>();
        let mut all = [told(&first), told(&rest)].concat();
        all.reverse();
        assert_eq!((all, &rest["next"]), (numbers.iter().map(|number| json!(number)).collect(), &Value::Null));
        for bad in ["limit=0", "limit=201", "cursor=x"] {
            assert_eq!(wang.get(&format!("{}/merges?{bad}", path(&one))).refused(422), "query.invalid");
        }
        let third = create(&wang, json!({ "name": "总的" }));
        merge(&wang, &third, &one, &[]);
        for number in [&numbers[0], &numbers[52]] {
            assert_eq!(items(&wang, &format!("/customers?q={number}"))[0]["id"], json!(third), "{number}");
        }
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
        assert_eq!(ask(&one, body(&foreign, 1)).fault(), "loser_id: unknown");
        let third = create(&wang, json!({ "name": "丙公司", "notes": "丙" }));
        let take = |fields: Value| {
            let mut asked = body(&third, 1);
            asked["take"] = fields;
            asked
        };
        for unknown in ["owner_id", "x1", "number"] {
            assert_eq!(ask(&one, take(json!(["name", unknown]))).fault(), "take: unknown_field", "{unknown}");
        }
        let admin = app.sign_in("admin");
        let roles = items(&admin, "/roles");
        let role = roles.iter().find(|role| role["builtin"] == "manager").expect("the role");
        let mut fields = role["fields"].clone();
        fields["customer.notes"] = json!("read");
        admin.patch(&format!("/roles/{}", id_of(role)), role["version"].as_i64().expect("a version"), json!({ "fields": fields })).ok();
        let wang = app.sign_in("wang");
        let ask = |survivor: &str, body: Value| wang.request(Method::POST, &format!("{}/merges", path(survivor))).version(1).json(body).send();
        let refused = ask(&one, take(json!(["notes"])));
        assert_eq!((refused.status.as_u16(), &refused.body["fields"][0]), (403, &json!({ "field": "notes", "code": "not_allowed" })));
        assert_eq!(app.sign_in("li").request(Method::POST, &format!("{}/merges", path(&one))).version(1).json(body(&other, 1)).send().status.as_u16(), 403);
        assert_eq!(items(&wang, "/customers").len(), 4, "nothing has changed");
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

    fn of_what_is_separate_again_nothing_is_told(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let one = wang.post("/customers", json!({ "name": "华盛机械", "owner_id": app.person("li") })).created();
        let one = id_of(&one);
        let other = create(&wang, json!({ "name": "恒泰电子", "owner_id": app.person("sun"), "notes": "秘密备注" }));
        let (li, place) = (app.sign_in("li"), format!("{}/merges", path(&one)));
        let merged = merge(&wang, &one, &other, &[]);
        assert_eq!(items(&li, &place)[0]["loser"]["name"], "恒泰电子", "what it is part of is li's");
        assert!(li.get(&format!("{}/timeline", path(&one))).ok().to_string().contains("秘密备注"));
        undo(&wang, &merged);
        let told = li.get(&place).ok();
        assert_eq!((&told["items"][0]["state"], &told["items"][0]["loser"], &told["items"][0]["reason"]), (&json!("undone"), &Value::Null, &Value::Null));
        assert_eq!(items(&wang, &place)[0]["loser"]["name"], "恒泰电子", "who may see it sees it");
        let number = wang.get(&path(&other)).ok()["number"].as_str().expect("a number").to_owned();
        for route in ["merges", "timeline", "contacts", "relations", "collaborators"] {
            let told = String::from_utf8_lossy(&li.get(&format!("{}/{route}", path(&one))).bytes).into_owned();
            for secret in ["秘密备注", "恒泰电子", "同一家", &number] {
                assert!(!told.contains(secret), "{route} tells {secret}: {told}");
            }
        }
    }

}

/// What the audit tells of a customer: actions, and what they changed.
fn entries(app: &TestApp, customer: &str) -> Vec<(String, Value)> {
    let audit = items(&app.sign_in("auditor"), "/audit?limit=200");
    let own = audit.iter().filter(|entry| entry["customer_id"] == json!(customer));
    own.map(|entry| (entry["action"].as_str().expect("an action").to_owned(), entry["changes"].clone())).collect()
}

fn pair_state(app: &TestApp, one: &str, other: &str) -> Option<String> {
    let [one, other]: [uuid::Uuid; 2] = [one, other].map(|id| id.parse().expect("an id"));
    app.read(move |tx| tx.query_opt(&PAIR, &[&one, &other])?.map(|row| row.get(0)).transpose())
}

store::statements! {
    PAIR = "select state from duplicate_pair
        where (customer_id = $1 and other_id = $2) or (customer_id = $2 and other_id = $1)";
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
