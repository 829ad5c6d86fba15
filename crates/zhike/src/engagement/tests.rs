//! The room through its door, on both databases.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::jobs::{self, NewJob};

use super::interactions::latest_of;
use crate::policy::engine::jobs::{PLAN, SWEEP};
use crate::testing::{START, Session, TestApp};

store::statements! {
    RECORDS = "select count(*) from interaction";
    FACTS = "select kind from fact where customer_id = $1 order by seq";
    TOLD = "select count(*) from notification where user_id = $1 and kind = $2";
    AUDITED = "select changes from audit where entity_id = $1 and action = $2";
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn start() -> Timestamp {
    START.parse().expect("an instant")
}

fn before(hours: i64) -> String {
    (start() - HOUR * i32::try_from(hours).expect("few hours")).to_string()
}

fn customer(session: &Session<'_>, name: &str) -> String {
    let made = session.post("/customers", json!({ "kind": "company", "name": name })).created();
    made["id"].as_str().expect("an id").to_owned()
}

/// A VIP customer of a company that runs its regulation.
fn vip(app: &TestApp, session: &Session<'_>, name: &str) -> String {
    app.sign_in("admin").post("/policies/adopt", json!({ "keys": ["R3"] })).ok();
    let new = json!({ "kind": "company", "name": name, "grade": "vip", "preferences": "普洱", "phone": "13812345678" });
    let login = session.get("/me").ok()["login"].as_str().expect("a login").to_owned();
    let made = app.customer(&login, new);
    app.run_jobs();
    text(&made["id"]).to_owned()
}

/// What is to be done by the end of today: what is overdue, what was proposed for before, then what is for today.
fn by_tonight(today: &Value) -> Vec<Value> {
    let group = |name: &str| today["groups"][name].as_array().expect("a group").clone();
    [group("overdue"), group("slipped"), group("today")].concat()
}

fn begin(session: &Session<'_>, customer: &str, kind: &str) -> Value {
    session.post(&format!("/customers/{customer}/attempts"), json!({ "kind": kind })).created()["id"].clone()
}

/// The records that are owed, as Today shows them: in which group, and of what.
fn owed_records(session: &Session<'_>) -> Vec<(String, Value)> {
    let today = session.get("/today").ok();
    let groups = today["groups"].as_object().expect("groups").clone();
    let items = |(name, items): (String, Value)| {
        let items = items.as_array().expect("items").clone();
        items.into_iter().map(move |item| (name.clone(), item))
    };
    groups.into_iter().flat_map(items).filter(|(_, item)| item["rule"] == "contact-record").collect()
}

/// The clock of a record, whoever asks.
fn clock_of(app: &TestApp, record: &Value) -> Value {
    let filter = json!([["rule", "eq", "contact-record"], ["subject", "eq", record]]).to_string();
    let query: String = filter.bytes().map(|byte| format!("%{byte:02X}")).collect();
    app.sign_in("admin").get(&format!("/duties?filter={query}")).ok()["items"][0].clone()
}

/// Time goes on, and with it what comes round.
fn time_comes(app: &TestApp, at: &str) {
    let at: Timestamp = at.parse().expect("an instant");
    app.set_time(at);
    app.write(move |tx| {
        for kind in [PLAN, SWEEP] {
            jobs::enqueue(tx, NewJob { kind, once_key: None, asked_by: None, payload: json!({}), run_at: at })?;
        }
        Ok(())
    });
    app.run_jobs();
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn filtered(path: &str, field: &str, value: bool) -> String {
    format!("{path}?filter=%5B%5B%22{field}%22,%22eq%22,{value}%5D%5D")
}

fn call(at: &str) -> Value {
    json!({ "kind": "phone", "at": at, "content": "等预算" })
}

fn record(session: &Session<'_>, customer: &str, body: Value) -> Value {
    session.post(&format!("/customers/{customer}/interactions"), body).created()
}

fn records(app: &TestApp) -> i64 {
    app.read(|tx| tx.query_one(&RECORDS, &[])?.get(0))
}

fn facts(app: &TestApp, customer: &str) -> Vec<String> {
    let customer: uuid::Uuid = customer.parse().expect("an id");
    app.read(move |tx| tx.query(&FACTS, &[&customer])?.iter().map(|row| row.get(0)).collect::<store::Result<_>>())
}

fn told(app: &TestApp, login: &str, kind: &'static str) -> i64 {
    let user = app.person(login);
    app.read(move |tx| tx.query_one(&TOLD, &[&user, &kind])?.get(0))
}

fn audited(app: &TestApp, id: &Value, action: &'static str) -> Vec<Value> {
    let id: uuid::Uuid = text(id).parse().expect("an id");
    let found = app.read(move |tx| {
        tx.query(&AUDITED, &[&id, &action])?.iter().map(|row| row.get::<String>(0)).collect::<store::Result<Vec<_>>>()
    });
    found.iter().map(|changes| serde_json::from_str(changes).expect("JSON")).collect()
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn checking_in_keeps_how_far_one_was_and_not_where(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        let place = format!("/customers/{id}/place");
        let visit = |check_in: Value| json!({ "kind": "visit", "at": before(1), "content": "看了样品", "check_in": check_in });
        let here = |lat: f64, accuracy: f64| json!({ "lat": lat, "lon": 121.4737, "accuracy": accuracy });
        let first = record(&li, &id, visit(json!({ "lat": 31.2304, "lon": 121.4737, "accuracy": 12.3, "learn": true })));
        assert_eq!(first["check_in"], json!({ "state": "measured", "distance": null, "accuracy": 13 }), "nobody knew where it is");
        assert_eq!(li.get(&place).ok()["place"]["how"], "check_in", "now it is known");
        let second = record(&li, &id, visit(here(31.2310, 12.0)));
        assert_eq!(second["check_in"], json!({ "state": "measured", "distance": 67, "accuracy": 12 }));
        assert_eq!(record(&li, &id, visit(here(31.3, 2_000.0)))["check_in"]["state"], "inaccurate");
        assert_eq!(record(&li, &id, visit(json!({ "failed": "refused" })))["check_in"],
            json!({ "state": "refused", "distance": null, "accuracy": null }));
        let far = json!({ "lat": 0.0, "lon": 0.0, "accuracy": 5.0, "learn": true });
        record(&li, &id, visit(far));
        assert_eq!(li.get(&place).ok()["place"]["lat"], json!(31.2304), "what is known stays");
        for wrong in [json!({}), here(91.0, 5.0), here(31.0, -1.0), json!({ "failed": "measured" }), json!({ "lat": 1.0 })] {
            let refused = li.post(&format!("/customers/{id}/interactions"), visit(wrong.clone())).fault();
            assert!(refused.starts_with("check_in: "), "{wrong}: {refused}");
        }
        let mut call = call(&before(1));
        call["check_in"] = here(31.23, 5.0);
        assert_eq!(li.post(&format!("/customers/{id}/interactions"), call).fault(), "check_in: check_in.no_visit");
        let listed = li.get("/interactions?filter=%5B%5B%22check_in%22,%22eq%22,%22inaccurate%22%5D%5D").ok();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
        let everything = li.get("/interactions").ok().to_string() + &app.all_powerful().get("/audit?limit=100").ok().to_string();
        assert!(!everything.contains("121.47") && !everything.contains("31.23"), "where somebody stood is told nowhere");
    }

    fn a_contact_is_written_down(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        let made = record(&li, &id, json!({
            "kind": "visit", "at": before(2), "content": " 看了产线 ", "feedback": "满意", "next_plan": "送报价",
            "priority": "high",
        }));
        assert_eq!((text(&made["content"]), &made["late"], &made["version"]), ("看了产线", &json!(false), &json!(1)));
        assert_eq!(made["customer"]["name"], "华盛机械");
        assert_eq!(made["actor"]["name"], "李雷");
        assert_eq!(text(&made["recorded_at"]), START);

        let card = li.get(&format!("/customers/{id}")).ok();
        assert_eq!(card["last_contact_at"], made["at"]);
        let todos = li.get("/todos").ok();
        let todo = &todos["items"][0];
        assert_eq!((text(&todo["title"]), text(&todo["priority"])), ("送报价", "high"));
        assert_eq!((&todo["id"], &todo["customer"]["name"]), (&made["todo_id"], &json!("华盛机械")));
        // Due at the close of the next working day.
        assert_eq!(text(&todo["due_at"]), "2026-11-24T10:00:00Z");
        let kinds = facts(&app, &id);
        assert!(kinds.ends_with(&["visit_made".to_owned(), "contact_recorded".to_owned()]), "{kinds:?}");

        let page = li.get("/interactions").ok();
        assert_eq!((page["items"].as_array().map(Vec::len), &page["items"][0]["id"]), (Some(1), &made["id"]));
        let line = li.get(&format!("/customers/{id}/timeline")).ok();
        let kinds: Vec<&str> = line["items"].as_array().expect("items").iter().map(|item| text(&item["kind"])).collect();
        assert!(kinds.contains(&"interaction") && kinds.contains(&"todo"), "{kinds:?}");
    }

    fn what_was_said_is_told_to_whoever_may_read_it(db) {
        let app = TestApp::new(&db);
        let session = app.all_powerful();
        let id = vip(&app, &session, "华盛机械");
        record(&session, &id, call(&before(2)));
        // On the last day of the month what it still asks for stands on Today, whatever day was proposed for it.
        app.pass(HOUR * 24 * 7);
        app.run_jobs();
        let session = app.sign_in("almighty");
        assert!(session.get("/today").ok().to_string().contains("等预算"));
        let admin = app.sign_in("admin");
        let roles = admin.get("/roles").ok();
        let mut roles = roles["items"].as_array().expect("roles").iter();
        let role = roles.find(|role| role["name"] == "全能").expect("the role");
        let mut permissions = role["permissions"].clone();
        permissions["interaction"] = json!({});
        let path = format!("/roles/{}", text(&role["id"]));
        admin.patch(&path, 1, json!({ "permissions": permissions })).ok();
        let today = session.get("/today").ok().to_string();
        assert!(today.contains("华盛机械") && !today.contains("等预算"), "{today}");
    }

    fn records_go_out_as_a_job_with_what_may_be_taken(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        let talk = json!({ "kind": "visit", "at": before(3), "content": "=HYPERLINK(\"http://x\")", "feedback": "满意" });
        li.post(&format!("/customers/{id}/interactions"), talk).created();
        li.post(&format!("/customers/{id}/interactions"), call(&before(1))).created();
        let export = |login: &str, asked: Value| {
            let session = app.sign_in(login);
            let job = session.post("/interactions/export", asked).ok();
            app.run_jobs();
            let job = session.get(&format!("/jobs/{}", text(&job["job_id"]))).ok();
            assert_eq!(job["state"], "done", "{job}");
            let file = session.fetch(&format!("/exports/{}/file", text(&job["result"]["file"])));
            (job["result"]["rows"].clone(), file.text())
        };
        let (rows, file) = export("li", json!({ "format": "csv", "sort": "at" }));
        assert_eq!(rows, 2);
        assert!(file.contains("时间") && file.contains("拜访") && file.contains("满意") && file.contains("李雷"), "{file}");
        assert!(file.contains("'=HYPER"), "no formula leaves the house: {file}");
        let (rows, file) = export("li", json!({ "format": "csv", "language": "en", "filter": [["kind", "eq", "phone"]] }));
        assert!(rows == 1 && file.contains("Phone") && !file.contains("拜访"), "{file}");
        assert_eq!(export("sun", json!({ "format": "xlsx" })).0, 0);
        assert_eq!(export("wang", json!({ "format": "xlsx" })).0, 2);
        let chen = app.sign_in("chen");
        assert_eq!(chen.post("/interactions/export", json!({ "format": "csv" })).refused(403), "forbidden");
        let bad = json!({ "format": "csv", "filter": [["spaceship", "eq", 1]] });
        assert_eq!(li.post("/interactions/export", bad).refused(422), "query.invalid");
    }

    fn a_contact_is_recorded_late_when_the_regulation_in_force_says_so(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        assert_eq!(record(&li, &id, call(&before(60)))["late"], false, "nothing asks for it");
        app.hire("gao", "高洁", "总部", &["policy_keeper"], None);
        let (author, approver) = (app.sign_in("gao"), app.sign_in("admin"));
        approver.post("/policies/adopt", json!({ "keys": ["R3"] })).ok();
        assert_eq!(record(&li, &id, call(&before(24)))["late"], false);
        assert_eq!(record(&li, &id, call(&before(25)))["late"], true);
        // Another budget, approved by a second person, and the same delay is in time.
        let longer = json!({ "rule": "contact-record", "params": { "within.budget": "48h" } });
        let longer = json!({ "from_version": 1, "changes": [longer], "note": "两天" });
        let draft = author.post("/policies/R3/versions", longer).created();
        let path = format!("/policy-versions/{}", text(&draft["id"]));
        author.post(&format!("{path}/submit"), json!({})).ok();
        let approved = approver.post(&format!("{path}/approve"), json!({ "effective_on": "2026-11-23" })).ok();
        assert_eq!(approved["state"], "effective");
        assert_eq!(record(&li, &id, call(&before(25)))["late"], false);
        let late = li.get(&filtered("/interactions", "late", true)).ok();
        assert_eq!(late["items"].as_array().map(Vec::len), Some(1));
        // The customer's card shows the latest contact, not the one recorded last.
        assert_eq!(text(&li.get(&format!("/customers/{id}")).ok()["last_contact_at"]), before(24));
    }

    fn a_record_is_owed_as_soon_as_somebody_dials_or_checks_in(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = vip(&app, &li, "华盛机械");
        let call = begin(&li, &id, "phone");
        assert_eq!(begin(&li, &id, "phone"), call, "dialling again at once is the same call");
        assert_eq!(li.post(&format!("/customers/{id}/attempts"), json!({ "kind": "email" })).fault(), "kind: invalid");
        app.set_time("2026-11-23T04:00:00Z".parse().expect("an instant"));
        let visit = begin(&li, &id, "visit");
        time_comes(&app, "2026-11-24T02:00:00Z");
        let li = app.sign_in("li");
        let owed = owed_records(&li);
        let shown: Vec<_> = owed.iter().map(|(group, item)| (group.as_str(), &item["subject_id"], text(&item["begun"]["kind"]))).collect();
        assert_eq!(shown, [("overdue", &call, "phone"), ("today", &visit, "visit")], "{owed:?}");
        assert_eq!(owed[1].1["slipped"], false, "a clock has no day that could pass");
        assert_eq!(clock_of(&app, &call)["state"], "missed", "what nobody writes down is missed");
        assert!(told(&app, "wang", "duty_overdue") > 0, "and the supervisor hears of it");
        // Written from its duty, with the hour that is convenient.
        let duty = owed[0].1["duty_id"].clone();
        let made = record(&li, &id, json!({ "kind": "phone", "at": "2026-11-24T01:59:00Z", "content": "等预算", "duty_id": duty }));
        assert_eq!((&made["id"], &made["late"]), (&call, &json!(true)));
        // Written from anywhere, found by its customer, way and time.
        let made = record(&li, &id, json!({ "kind": "on_site", "at": "2026-11-23T05:00:00Z", "content": "看了产线" }));
        assert_eq!((&made["id"], &made["late"]), (&visit, &json!(false)));
        assert!(owed_records(&li).is_empty());
        let other = record(&li, &id, json!({ "kind": "visit", "at": "2026-11-23T05:00:00Z", "content": "又去了一次" }));
        assert_ne!(other["id"], visit, "one attempt, one record");
        // Taking it back, and writing it anew as of now, washes nothing off.
        li.delete(&format!("/customers/{id}/interactions/{}", text(&call))).ok();
        record(&li, &id, json!({ "kind": "phone", "at": "2026-11-24T02:00:00Z", "content": "等预算" }));
        assert_eq!(clock_of(&app, &call)["state"], "late");
        li.delete(&format!("/customers/{id}/interactions/{}", text(&visit))).ok();
        assert_eq!(clock_of(&app, &visit)["state"], "cancelled");
    }

    fn whoever_reached_nobody_says_so_in_time(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let (id, other) = (vip(&app, &li, "华盛机械"), customer(&li, "瑞丰食品"));
        let fail = |session: &Session<'_>, customer: &str, attempt: &Value| {
            session.post(&format!("/customers/{customer}/attempts/{}/failed", text(attempt)), json!({}))
        };
        let call = begin(&li, &id, "phone");
        assert_eq!(fail(&app.sign_in("sun"), &id, &call).refused(404), "not_found", "it is another's");
        assert_eq!(fail(&li, &other, &call).refused(404), "not_found");
        fail(&li, &id, &call).ok();
        fail(&li, &id, &call).ok();
        assert_eq!(audited(&app, &call, "fail_contact").len(), 1);
        assert_eq!(clock_of(&app, &call)["state"], "cancelled");
        let made = record(&li, &id, json!({ "kind": "phone", "at": before(0), "content": "她打回来了" }));
        assert_ne!(made["id"], call);
        assert_eq!(fail(&li, &id, &made["id"]).refused(404), "not_found", "there was no attempt");
        let again = begin(&li, &id, "phone");
        assert_ne!(again, call);
        time_comes(&app, "2026-11-24T02:00:00Z");
        fail(&app.sign_in("li"), &id, &again).ok();
        let late = clock_of(&app, &again);
        assert_eq!((&late["state"], late["closed_at"].is_string()), (&json!("missed"), true), "too late to say so");
    }

    fn a_contact_of_the_future_is_refused(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        let path = format!("/customers/{id}/interactions");
        assert_eq!(li.post(&path, call(&before(-1))).fault(), "at: in_future");
        assert_eq!(li.post(&path, json!({ "kind": "phone", "at": before(1), "content": " " })).fault(), "content: required");
        let stranger = json!({ "kind": "phone", "at": before(1), "content": "x", "contact_id": uuid::Uuid::now_v7() });
        assert_eq!(li.post(&path, stranger).fault(), "contact_id: unknown");
        assert_eq!(records(&app), 0);
    }

    fn a_contact_is_recorded_from_a_duty_of_that_customer_only(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let (vip, other) = (vip(&app, &li, "华盛机械"), customer(&li, "瑞丰食品"));
        let duty = li.get("/duties").ok()["items"][0]["id"].clone();
        let from = |duty: &Value| json!({ "kind": "phone", "at": before(1), "content": "x", "duty_id": duty });
        let made = record(&li, &vip, from(&duty));
        assert_eq!(made["duty_id"], duty);
        assert_eq!(li.post(&format!("/customers/{other}/interactions"), from(&duty)).fault(), "duty_id: unknown");
        let unknown = json!(uuid::Uuid::now_v7());
        assert_eq!(li.post(&format!("/customers/{vip}/interactions"), from(&unknown)).fault(), "duty_id: unknown");
    }

    fn whoever_sees_no_customer_sees_and_makes_no_contact(db) {
        let app = TestApp::new(&db);
        let (li, zhao) = (app.sign_in("li"), app.sign_in("zhao"));
        let id = customer(&li, "华盛机械");
        let path = format!("/customers/{id}/interactions");
        assert_eq!(zhao.post(&path, call(&before(1))).refused(404), "not_found");
        assert_eq!((records(&app), zhao.get("/todos").ok()["items"].as_array().map(Vec::len)), (0, Some(0)));
        let made = record(&li, &id, json!({ "kind": "phone", "at": before(1), "content": "x", "next_plan": "y" }));
        let one = format!("{path}/{}", text(&made["id"]));
        assert_eq!(zhao.get(&one).refused(404), "not_found");
        assert_eq!(zhao.patch(&one, 1, json!({ "content": "z" })).refused(404), "not_found");
        assert_eq!(zhao.delete(&one).refused(404), "not_found");
        assert_eq!(zhao.get("/interactions").ok()["items"], json!([]));
        assert_eq!(zhao.get("/todos").ok()["items"], json!([]));
        // The head of the department sees it, the one of another department does not.
        assert_eq!(app.sign_in("wang").get("/interactions").ok()["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(app.sign_in("zhou").get("/interactions").ok()["items"], json!([]));
        // A record under another customer's address is not there.
        let other = customer(&li, "瑞丰食品");
        let elsewhere = format!("/customers/{other}/interactions/{}", text(&made["id"]));
        assert_eq!(li.get(&elsewhere).refused(404), "not_found");
    }

    fn an_offline_record_arrives_once(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        let path = format!("/customers/{id}/interactions");
        let send = || {
            let request = li.request(axum::http::Method::POST, &path).key("0192f0c1-offline");
            request.json(call(&before(3))).send()
        };
        let first = send().created();
        app.pass(HOUR * 5);
        assert_eq!(send().created(), first);
        assert_eq!(records(&app), 1);
    }

    fn an_edit_keeps_the_original_in_the_audit(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        let made = record(&li, &id, call(&before(1)));
        let one = format!("/customers/{id}/interactions/{}", text(&made["id"]));
        let edited = li.patch(&one, 1, json!({ "content": "预算批了", "next_plan": "签约" })).ok();
        assert_eq!((text(&edited["content"]), &edited["version"], &edited["edited"]), ("预算批了", &json!(2), &json!(true)));
        assert!(edited["todo_id"].is_string());
        assert_eq!(audited(&app, &made["id"], "update")[0]["content"], json!({ "from": "等预算", "to": "预算批了" }));
        assert_eq!(li.patch(&one, 1, json!({ "content": "x" })).refused(412), "stale");
        assert_eq!(li.patch(&one, 2, json!({ "at": before(2) })).fault(), "at: unknown_field");
        // A colleague of customer service sees all records and changes none of them but their own.
        let chen = app.sign_in("chen");
        assert_eq!(chen.get(&one).ok()["content"], "预算批了");
        assert_eq!(chen.delete(&one).refused(403), "forbidden");
    }

    fn a_withdrawn_record_is_gone_and_its_fact_with_it(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        let first = record(&li, &id, call(&before(10)));
        let wrong = record(&li, &id, json!({ "kind": "phone", "at": before(1), "content": "x", "next_plan": "y" }));
        li.delete(&format!("/customers/{id}/interactions/{}", text(&wrong["id"]))).ok();
        assert_eq!(text(&li.get(&format!("/customers/{id}")).ok()["last_contact_at"]), text(&first["at"]));
        assert_eq!(li.get("/interactions").ok()["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(li.get("/todos").ok()["items"], json!([]));
        assert_eq!(facts(&app, &id).last().map(String::as_str), Some("contact_withdrawn"));
        assert_eq!(audited(&app, &wrong["id"], "delete").len(), 1);
        assert_eq!(records(&app), 2, "what was said is kept");
    }

    fn a_todo_is_done_and_undone(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = li.post("/todos", json!({ "title": "寄样品", "due_at": "2026-11-25T02:00:00Z" })).created();
        assert_eq!((text(&made["priority"]), text(&made["owner"]["name"])), ("medium", "李雷"));
        let one = format!("/todos/{}", text(&made["id"]));
        let done = li.patch(&one, 1, json!({ "done": true })).ok();
        assert_eq!((&done["done"], text(&done["done_at"])), (&json!(true), START));
        assert_eq!(li.get(&filtered("/todos", "done", false)).ok()["items"], json!([]));
        let undone = li.patch(&one, 2, json!({ "done": false, "due_at": null })).ok();
        assert_eq!((&undone["done_at"], &undone["due_at"]), (&Value::Null, &Value::Null));
        assert_eq!(app.sign_in("sun").patch(&one, 3, json!({ "done": true })).refused(404), "not_found");
        li.delete(&one).ok();
        assert_eq!(li.get("/todos").ok()["items"], json!([]));
    }

    fn todos_are_given_to_others_by_who_may(db) {
        let app = TestApp::new(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        let to = |login: &str| json!({ "title": "拜访华盛", "owner_id": app.person(login) });
        assert_eq!(li.post("/todos", to("sun")).refused(403), "forbidden");
        assert_eq!(wang.post("/todos", to("zhao")).refused(403), "forbidden");
        let given = wang.post("/todos", to("li")).created();
        assert_eq!((text(&given["owner"]["name"]), told(&app, "li", "todo_assigned")), ("李雷", 1));
        assert_eq!(li.get("/todos").ok()["items"][0]["id"], given["id"]);
        let nobody = json!({ "title": "x", "owner_id": uuid::Uuid::now_v7() });
        assert_eq!(wang.post("/todos", nobody).fault(), "owner_id: unknown");
    }

    fn a_reminder_comes_once(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let at = |hours: i64| before(-hours);
        let made = li.post("/todos", json!({ "title": "回电", "remind_at": at(2) })).created();
        let moved = li.post("/todos", json!({ "title": "改期", "remind_at": at(2) })).created();
        let done = li.post("/todos", json!({ "title": "已办", "remind_at": at(2) })).created();
        li.patch(&format!("/todos/{}", text(&moved["id"])), 1, json!({ "remind_at": at(5) })).ok();
        li.patch(&format!("/todos/{}", text(&done["id"])), 1, json!({ "done": true })).ok();
        app.run_jobs();
        assert_eq!(told(&app, "li", "todo_due"), 0);
        app.pass(HOUR * 2);
        app.run_jobs();
        app.run_jobs();
        assert_eq!(told(&app, "li", "todo_due"), 1);
        li.patch(&format!("/todos/{}", text(&made["id"])), 1, json!({ "title": "回电话" })).ok();
        app.pass(HOUR * 3);
        app.run_jobs();
        assert_eq!(told(&app, "li", "todo_due"), 2, "the one that was moved");
    }

    fn a_customers_todos_are_seen_with_the_customer(db) {
        let app = TestApp::new(&db);
        let (li, chen) = (app.sign_in("li"), app.sign_in("chen"));
        let id = customer(&li, "华盛机械");
        li.post("/todos", json!({ "title": "寄样品", "customer_id": id })).created();
        assert_eq!(chen.get("/todos").ok()["items"], json!([]));
        let of_customer = format!("/todos?filter=%5B%5B%22customer%22,%22eq%22,%22{id}%22%5D%5D");
        assert_eq!(chen.get(&of_customer).ok()["items"][0]["title"], "寄样品");
        assert_eq!(app.sign_in("zhao").get(&of_customer).ok()["items"], json!([]));
        let one = format!("/todos/{}", text(&li.get("/todos").ok()["items"][0]["id"]));
        assert_eq!(chen.patch(&one, 1, json!({ "done": true })).refused(403), "forbidden");
        assert_eq!(app.sign_in("zhao").post("/todos", json!({ "title": "x", "customer_id": id })).refused(404), "not_found");
    }

    fn the_latest_contact_of_each_customer_is_found_at_once(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let (a, b, c) = (customer(&li, "华盛机械"), customer(&li, "瑞丰食品"), customer(&li, "恒泰电子"));
        for (customer, hours, content) in [(&a, 30, "旧"), (&a, 3, "新"), (&a, 20, "中"), (&b, 5, "乙")] {
            record(&li, customer, json!({ "kind": "wechat", "at": before(hours), "content": content }));
        }
        let ids: Vec<uuid::Uuid> = [&a, &b, &c].iter().map(|id| id.parse().expect("an id")).collect();
        let wanted = ids.clone();
        let mut latest = app.read(move |tx| latest_of(tx, &wanted));
        latest.sort_by_key(|latest| latest.at);
        let found: Vec<_> = latest.iter().map(|latest| (latest.customer, latest.content.as_str())).collect();
        assert_eq!(found, [(ids[1], "乙"), (ids[0], "新")]);
    }

    fn a_deputy_is_told_for_whom_they_stand_in(db) {
        let app = TestApp::new(&db);
        let absence = json!({
            "user_id": app.person("li"), "deputy_id": app.person("sun"), "kind": "leave",
            "from": "2026-11-23", "to": "2026-11-23",
        });
        app.sign_in("wang").post("/absences", absence).created();
        assert_eq!(app.sign_in("sun").get("/today").ok()["stands_in_for"][0]["name"], "李雷");
        assert_eq!(app.sign_in("li").get("/today").ok()["stands_in_for"], json!([]));
        app.pass(HOUR * 24);
        assert_eq!(app.sign_in("sun").get("/today").ok()["stands_in_for"], json!([]));
    }

    fn the_day_is_shown_as_the_company_counts_it(db) {
        let app = TestApp::new(&db);
        let today = app.sign_in("li").get("/today").ok();
        assert_eq!((text(&today["date"]), text(&today["lunar"])), ("2026-11-23", "十月十五"));
        assert_eq!(today["working"], true);
        assert_eq!(today["groups"], json!({ "overdue": [], "slipped": [], "today": [], "week": [] }));
    }

    fn the_team_page_counts_contacted_customers(db) {
        let app = TestApp::new(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        let (a, _b) = (customer(&li, "华盛机械"), customer(&li, "瑞丰食品"));
        record(&li, &a, call(&before(2)));
        record(&li, &a, call(&before(1)));
        let team = wang.get("/team?from=2026-11-01&to=2026-11-30").ok();
        let ordinary = json!({ "grade": "ordinary", "customers": 2, "contacted": 1, "rate": 50.0 });
        assert_eq!(team["coverage"][2], ordinary);
        assert_eq!(li.get("/team").ok()["coverage"][2], ordinary);
        assert_eq!(app.sign_in("zhou").get("/team").ok()["coverage"][2]["customers"], 0);
        assert_eq!(app.all_powerful().get("/team").ok()["coverage"][2], ordinary);
        assert_eq!(wang.get("/team?from=2026-12-01&to=2026-11-30").fault(), "to: out_of_range");
    }

    fn today_shows_what_is_owed_with_all_that_is_needed(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = vip(&app, &li, "华盛机械");
        record(&li, &id, call(&before(1)));
        // The last day of November: one contact is made, the visit is still owed.
        time_comes(&app, "2026-11-30T01:30:00Z");
        let li = app.sign_in("li");
        let today = li.get("/today").ok();
        let item = &by_tonight(&today)[0];
        assert_eq!((text(&item["clause"]), text(&item["rule"])), ("R3-2.1", "vip-contact"), "{today}");
        assert_eq!(item["customer"], json!({ "id": id, "name": "华盛机械", "grade": "vip" }));
        assert_eq!((text(&item["last"]["text"]), text(&item["last"]["kind"])), ("等预算", "phone"));
        assert_eq!((text(&item["preferences"]), text(&item["phone_hint"])), ("普洱", "138****5678"));
        assert_eq!((text(&item["due_at"]), &item["stand_in"]), ("2026-11-30T16:00:00Z", &json!(false)));
        assert!(today["counts"]["open"].as_i64() >= Some(1), "{today}");
        assert_eq!(today["counts"]["trend"].as_array().map(Vec::len), Some(6));

        let reason = json!({ "until": "2026-11-30T08:00:00Z", "reason": "客户下午才在" });
        li.post(&format!("/duties/{}/postpone", text(&item["duty_id"])), reason).ok();
        record(&li, &id, json!({ "kind": "visit", "at": "2026-11-30T01:00:00Z", "content": "看了产线" }));
        let after = li.get("/today").ok();
        assert!(by_tonight(&after).iter().all(|left| left["duty_id"] != item["duty_id"]), "{after}");
        assert!(after["counts"]["done"].as_i64() > today["counts"]["done"].as_i64());
    }

    fn what_has_passed_its_proposed_day_is_not_overdue_while_its_period_runs(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        vip(&app, &li, "华盛机械");
        let owed = |day: &str| {
            time_comes(&app, day);
            app.sign_in("li").get("/today").ok()
        };
        time_comes(&app, "2026-11-24T01:30:00Z");
        let li = app.sign_in("li");
        let duties = li.get("/duties").ok()["items"].as_array().expect("duties").clone();
        let duty = duties.into_iter().find(|duty| duty["rule"] == "vip-contact").expect("November's");
        let reason = json!({ "until": "2026-11-25T01:00:00Z", "reason": "客户周三才在" });
        li.post(&format!("/duties/{}/postpone", text(&duty["id"])), reason).ok();
        let find = |today: &Value, group: &str| -> Option<Value> {
            let items = today["groups"][group].as_array().expect("a group");
            items.iter().find(|item| item["duty_id"] == duty["id"]).cloned()
        };
        let wednesday = owed("2026-11-25T02:00:00Z");
        assert_eq!(find(&wednesday, "today").expect("proposed for today")["slipped"], false);
        let friday = owed("2026-11-27T02:00:00Z");
        assert_eq!(find(&friday, "slipped").expect("its day has passed")["slipped"], true);
        for group in ["overdue", "slipped"] {
            let listed = friday["groups"][group].as_array().map(|all| all.len() as u64);
            assert_eq!(friday["counts"][group].as_u64(), listed, "{friday}");
        }
        let team = app.sign_in("wang").get("/team").ok();
        let mine = team["people"].as_array().and_then(|all| all.iter().find(|one| one["id"] == app.person("li").to_string()));
        assert_eq!(mine.expect("their row")["overdue"], friday["counts"]["overdue"], "today and team say the same");
    }

    fn a_withdrawn_visit_is_owed_again(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = vip(&app, &li, "华盛机械");
        time_comes(&app, "2026-11-30T01:30:00Z");
        let li = app.sign_in("li");
        let owed = |session: &Session<'_>| by_tonight(&session.get("/today").ok()).len();
        assert_eq!(owed(&li), 1);
        let mut visits = Vec::new();
        for hour in [0, 1] {
            let at = format!("2026-11-30T0{hour}:00:00Z");
            visits.push(record(&li, &id, json!({ "kind": "visit", "at": at, "content": "x" })));
        }
        assert_eq!(owed(&li), 0);
        for visit in visits {
            li.delete(&format!("/customers/{id}/interactions/{}", text(&visit["id"]))).ok();
        }
        assert_eq!(owed(&li), 1);
    }

    fn a_deputy_sees_whose_duties_they_are(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        vip(&app, &li, "华盛机械");
        time_comes(&app, "2026-11-30T01:30:00Z");
        assert_eq!(by_tonight(&app.sign_in("sun").get("/today").ok()), Vec::<Value>::new());
        let absence = json!({
            "user_id": app.person("li"), "deputy_id": app.person("sun"), "kind": "sick",
            "from": "2026-11-30", "to": "2026-11-30",
        });
        app.sign_in("wang").post("/absences", absence).created();
        let item = by_tonight(&app.sign_in("sun").get("/today").ok()).remove(0);
        assert_eq!((&item["stand_in"], text(&item["owner"]["name"])), (&json!(true), "李雷"));
    }

    fn what_a_deputy_records_meets_the_duty_and_their_reach_ends_with_the_day(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = vip(&app, &li, "华盛机械");
        time_comes(&app, "2026-11-29T15:30:00Z");
        let absence = json!({
            "user_id": app.person("li"), "deputy_id": app.person("sun"), "kind": "sick",
            "from": "2026-11-30", "to": "2026-11-30",
        });
        let absence = app.sign_in("li").post("/absences", absence).created();
        assert_eq!(audited(&app, &absence["id"], "create")[0]["owner_id"], json!(app.person("li")));
        // A list, a search, the duties, the record and what belongs to it, in one session.
        let path = format!("/customers/{id}");
        let duties = "/duties?filter=%5B%5B%22rule%22,%22eq%22,%22vip-contact%22%5D%5D";
        let reached = |session: &Session<'_>| {
            let found = |path: &str| session.get(path).ok()["items"].as_array().map_or(0, Vec::len);
            let opened = [session.get(&path).status, session.get(&format!("{path}/timeline")).status];
            let listed = [found("/customers"), found("/customers?q=hsjx"), found(duties)];
            (opened.map(|status| status.as_u16()), listed)
        };
        let (nothing, everything) = (([404; 2], [0; 3]), ([200; 2], [1; 3]));
        let sun = app.sign_in("sun");
        assert_eq!(reached(&sun), nothing, "the evening before");
        app.pass(HOUR);
        assert_eq!(reached(&sun), everything, "the day has begun");

        app.pass(HOUR * 9);
        let sun = app.sign_in("sun");
        let duty = format!("/duties/{}", text(&sun.get(duties).ok()["items"][0]["id"]));
        for hour in [0, 1] {
            let at = format!("2026-11-30T0{hour}:00:00Z");
            record(&sun, &id, json!({ "kind": "visit", "at": at, "content": "看了产线" }));
        }
        assert_eq!(sun.get(&duty).ok()["state"], "met");
        // Standing in is for what duties ask: not giving away, taking over or deleting.
        assert_eq!(sun.delete(&path).status.as_u16(), 403);
        app.set_time("2026-11-30T15:59:59Z".parse().expect("an instant"));
        let sun = app.sign_in("sun");
        assert_eq!(reached(&sun), everything, "the last moment of the day");
        app.pass(SignedDuration::from_secs(1));
        assert_eq!(reached(&sun), nothing, "the day has ended");
        assert_eq!(sun.get(&duty).status.as_u16(), 404);
        let refused = sun.post(&format!("{path}/interactions"), call("2026-11-30T15:00:00Z"));
        assert_eq!(refused.status.as_u16(), 404);
    }

    fn an_absence_taken_back_ends_standing_in_at_once(db) {
        let app = TestApp::new(&db);
        let (li, sun) = (app.sign_in("li"), app.sign_in("sun"));
        let path = format!("/customers/{}", customer(&li, "华盛机械"));
        assert_eq!(sun.get(&path).status.as_u16(), 404);
        let absence = json!({
            "user_id": app.person("li"), "deputy_id": app.person("sun"), "kind": "sick",
            "from": "2026-11-20", "to": "2026-11-30",
        });
        let absence = li.post("/absences", absence).created();
        assert_eq!(sun.get(&path).ok()["name"], "华盛机械");
        li.delete(&format!("/absences/{}", text(&absence["id"]))).ok();
        assert_eq!(sun.get(&path).status.as_u16(), 404);
        assert_eq!(audited(&app, &absence["id"], "delete")[0]["deputy_id"], json!(app.person("sun")));
    }

    fn the_team_page_shows_how_duties_stand(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = vip(&app, &li, "华盛机械");
        record(&li, &id, call(&before(30)));
        time_comes(&app, "2026-12-01T01:30:00Z");
        let team = app.sign_in("wang").get("/team?from=2026-11-01&to=2026-11-30").ok();
        let li_row = &team["people"][0];
        assert_eq!((text(&li_row["name"]), &li_row["late"], &li_row["missed"]), ("李雷", &json!(1), &json!(1)), "{team}");
        assert!(li_row["open"].as_i64() >= Some(1), "December's");
        assert_eq!(team["coverage"][0], json!({ "grade": "vip", "customers": 1, "contacted": 1, "rate": 100.0 }));
        let heat = team["heat"].as_array().expect("days");
        assert!(heat.iter().any(|day| day["date"] == "2026-11-30" && day["missed"] == 1), "{team}");
        assert_eq!(app.sign_in("zhou").get("/team").ok()["people"], json!([]));
    }
}
