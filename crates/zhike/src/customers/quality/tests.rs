//! The data-quality board through its HTTP door, on both databases.

use std::collections::BTreeMap;

use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::jobs::{self, NewJob};

use super::model::Flaw;
use crate::customers::import::tests::import;
use crate::testing::{Session, TestApp};

fn company(session: &Session<'_>, name: &str, contacts: Value) -> Value {
    let new = json!({ "name": name, "contacts": contacts, "allow_duplicate": true, "duplicate_reason": "test" });
    session.post("/customers", new).created()
}

fn path(customer: &Value) -> String {
    format!("/customers/{}", customer["id"].as_str().expect("an id"))
}

/// How many of each kind somebody's board tells.
fn counts(session: &Session<'_>) -> BTreeMap<String, i64> {
    let board = session.get("/quality").ok();
    let mut sum = BTreeMap::new();
    for group in board["groups"].as_array().expect("groups") {
        for (flaw, count) in group["counts"].as_object().expect("counts") {
            *sum.entry(flaw.clone()).or_default() += count.as_i64().expect("a count");
        }
    }
    sum
}

/// The list that the number of a flaw leads to.
fn list(flaw: &str) -> String {
    format!("/customers?limit=200&filter=%5B%5B%22flaws%22%2C%22in%22%2C%5B%22{flaw}%22%5D%5D%5D")
}

/// How many customers of each flaw are listed.
fn listed(session: &Session<'_>) -> BTreeMap<String, i64> {
    let count = |flaw: &Flaw| {
        let items = session.get(&list(flaw.word())).ok()["items"].as_array().expect("items").len() as i64;
        (flaw.word().to_owned(), items)
    };
    Flaw::ALL.iter().map(count).filter(|(_, count)| *count > 0).collect()
}

fn expected(counts: &[(&str, i64)]) -> BTreeMap<String, i64> {
    counts.iter().map(|(flaw, count)| ((*flaw).to_owned(), *count)).collect()
}

/// The daily look.
fn look(app: &TestApp) {
    app.write(|tx| {
        let payload = json!({});
        let new = NewJob {
            kind: "customers.quality",
            once_key: None,
            asked_by: None,
            payload,
            run_at: Timestamp::UNIX_EPOCH,
        };
        Ok(jobs::enqueue(tx, new)?)
    });
    app.run_jobs();
}

/// Hides a field from whoever has this role.
fn hide(admin: &Session<'_>, role: &str, field: &str) {
    let roles = admin.get("/roles").ok();
    let role =
        roles["items"].as_array().expect("roles").iter().find(|one| one["name"] == role).expect("the role").clone();
    let mut fields = role["fields"].clone();
    fields[field] = json!("hidden");
    let version = role["version"].as_i64().expect("a version");
    admin.patch(&format!("/roles/{}", role["id"].as_str().expect("an id")), version, json!({ "fields": fields })).ok();
}

fn change(session: &Session<'_>, path: &str, patch: Value) -> Value {
    let version = session.get(path).ok()["version"].as_i64().expect("a version");
    session.patch(path, version, patch).ok()
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn work_takes_flaws_away_at_once_and_the_daily_look_counts_them(db) {
        let app = TestApp::new(&db);
        let (li, wang, zhao) = (app.sign_in("li"), app.sign_in("wang"), app.sign_in("zhao"));
        let zhang = json!([{ "name": "张伟", "phone": "13812341234", "email": "a@b.cn", "decision_maker": true }]);
        let made = company(&li, "华盛机械", zhang);
        company(&zhao, "瑞丰食品", json!([]));
        assert_eq!(listed(&li), expected(&[("incomplete", 1)]));
        assert!(counts(&li).is_empty() && li.get("/quality").ok()["checked_at"].is_null(), "nobody has counted");
        look(&app);
        assert_eq!((counts(&li), counts(&wang)), (expected(&[("incomplete", 1)]), expected(&[("incomplete", 1)])));
        let contacts = format!("{}/contacts", path(&made));
        let id = li.get(&contacts).ok()["items"][0]["id"].as_str().expect("an id").to_owned();
        let contact = format!("{contacts}/{id}");
        let mark = |way: &str| li.request(Method::PUT, &format!("{contact}/invalid/{way}")).send().ok();
        assert_eq!(mark("phone")["phone_invalid"]["by"]["name"], "李雷");
        let version = mark("email")["version"].as_i64().expect("a version");
        assert_eq!(listed(&li), expected(&[("incomplete", 1), ("bad_phone", 1), ("bouncing", 1)]));
        let changed = li.patch(&contact, version, json!({ "phone": "13900001111" })).ok();
        assert_eq!((&changed["phone_invalid"], changed["email_invalid"].is_null()), (&Value::Null, false));
        assert_eq!(listed(&li).get("bad_phone"), None, "a new number may work");
        let version = li.delete(&format!("{contact}/invalid/email")).ok()["version"].as_i64().expect("a version");
        li.patch(&contact, version, json!({ "left": true })).ok();
        assert_eq!(listed(&li), expected(&[("incomplete", 1), ("no_successor", 1)]));
        let sun = json!({ "owner_id": app.person("sun"), "reason": "换人负责" });
        let version = wang.get(&path(&made)).ok()["version"].as_i64().expect("a version");
        wang.request(Method::PUT, &format!("{}/owner", path(&made))).version(version).json(sun).send().ok();
        look(&app);
        assert!(counts(&li).is_empty() && listed(&li).is_empty(), "it is sun's now");
        let sun = app.sign_in("sun");
        assert_eq!((counts(&sun), listed(&sun)), (listed(&sun), expected(&[("incomplete", 1), ("no_successor", 1)])));
        wang.delete(&path(&made)).ok();
        look(&app);
        assert_eq!((counts(&wang), listed(&wang)), (BTreeMap::new(), BTreeMap::new()));
    }

    fn time_brings_flaws_and_the_weeks_are_kept(db) {
        let app = TestApp::new(&db);
        let (li, admin) = (app.sign_in("li"), app.sign_in("admin"));
        let made = company(&li, "华盛机械", json!([]));
        assert_eq!(li.put("/quality/setting", 1, json!({ "stale_days": 30 })).refused(403), "forbidden");
        assert_eq!(admin.put("/quality/setting", 1, json!({ "stale_days": 1 })).fault(), "stale_days: number.out_of_range");
        admin.put("/quality/setting", 1, json!({ "stale_days": 30 })).ok();
        app.run_jobs();
        app.pass(SignedDuration::from_hours(24 * 31));
        look(&app);
        let li = app.sign_in("li");
        let board = li.get("/quality").ok();
        assert_eq!((&board["stale_days"], counts(&li)["stale"], listed(&li)["stale"]), (&json!(30), 1, 1));
        let weeks = board["weeks"].as_array().expect("weeks");
        assert_eq!((weeks.len(), &weeks[0]["counts"]["stale"], &weeks[1]["counts"]["stale"]), (2, &Value::Null, &json!(1)));
        let record = json!({ "kind": "phone", "at": app.clock.now().to_string(), "content": "谈过了" });
        li.post(&format!("{}/interactions", path(&made)), record).created();
        assert_eq!(listed(&li).get("stale"), None, "somebody talked to them");
        app.pass(SignedDuration::from_hours(24 * 100));
        look(&app);
        let li = app.sign_in("li");
        assert_eq!((counts(&li)["stale"], counts(&li)["unverified"]), (1, 1));
        let confirmed = json!({ "items": [{ "field": "name", "result": "confirmed" }] });
        li.post(&format!("{}/verifications", path(&made)), confirmed).ok();
        assert_eq!(listed(&li).get("unverified"), None);
        change(&li, &path(&made), json!({ "main_business": "机床" }));
        assert_eq!(listed(&li).get("stale"), None);
    }

    fn those_that_look_alike_are_flawed_until_somebody_judges(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let one = company(&wang, "华盛机械有限公司", json!([]));
        company(&wang, "华盛机械", json!([]));
        look(&app);
        assert_eq!((counts(&wang)["duplicate"], listed(&wang)["duplicate"]), (2, 2));
        let pair = wang.get(&format!("{}/duplicates", path(&one))).ok()["items"][0].clone();
        let place = format!("/customers/{}/duplicates/{}", pair["customer"]["id"].as_str().expect("an id"), pair["id"].as_str().expect("an id"));
        wang.request(Method::PUT, &format!("{place}/dismissal")).json(json!({ "reason": "两家" })).send().ok();
        assert_eq!(listed(&wang).get("duplicate"), None);
        wang.delete(&format!("{place}/dismissal")).ok();
        assert_eq!(listed(&wang)["duplicate"], 2);
    }

    fn an_import_is_looked_at_when_it_is_in(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        import(&app, &li, "客户名称|手机\n甲公司|13812341234\n乙公司|13812341235", "skip");
        app.run_jobs();
        assert_eq!((counts(&li)["incomplete"], listed(&li)["incomplete"]), (2, 2));
    }

    fn what_is_kept_from_somebody_is_not_told_by_a_flaw(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = company(&li, "华盛机械", json!([{ "name": "张伟", "phone": "13812341234" }]));
        let contacts = format!("{}/contacts", path(&made));
        let id = li.get(&contacts).ok()["items"][0]["id"].as_str().expect("an id").to_owned();
        li.request(Method::PUT, &format!("{contacts}/{id}/invalid/phone")).send().ok();
        look(&app);
        assert_eq!(counts(&li)["bad_phone"], 1);
        hide(&app.sign_in("admin"), "销售", "contact.phone");
        assert_eq!(counts(&li).get("bad_phone"), None);
        assert_eq!(li.get(&list("bad_phone")).refused(422), "query.field_not_allowed");
        assert!(li.get(&contacts).ok()["items"][0]["phone_invalid"].is_null());
    }
}
