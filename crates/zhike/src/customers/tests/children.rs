use jiff::SignedDuration;
use serde_json::json;
use store::outbox;
use uuid::Uuid;

use super::{company, path};
use crate::customers::service;
use crate::kernel::Id;
use crate::testing::TestApp;

fn facts(app: &TestApp, subject: &serde_json::Value, kind: &'static str) -> Vec<outbox::Fact> {
    let subject: Uuid = subject.as_str().and_then(|id| id.parse().ok()).expect("an id");
    app.read(move |tx| outbox::of_subject(tx, subject, kind))
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn of_two_customers_entered_at_once_the_second_finds_the_first(db) {
        let app = TestApp::new(&db);
        for round in 0..5 {
            let new = json!({ "name": format!("华盛第{round}机械有限公司") });
            let new: crate::customers::input::NewCustomer = serde_json::from_value(new).expect("a customer");
            let made = app.at_once("li", move |tx, who| service::create(tx, &who.grant()?, &new).map(drop));
            let refused: Vec<_> = made.into_iter().filter_map(Result::err).map(|error| error.code).collect();
            assert_eq!(refused, ["customer.duplicate"; 3]);
        }
    }

    fn contacts_are_kept(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = company(&li, "华盛机械");
        let place = format!("{}/contacts", path(&made));
        let first = li.post(&place, json!({ "name": "张伟", "salutation": "mr", "phone": "13900001111", "primary": true })).created();
        assert_eq!((&first["decision_maker"], &first["primary"], &first["version"]), (&json!(false), &json!(true), &json!(1)));
        let boss = li.post(&place, json!({ "name": "王芳", "salutation": "ms", "authority": "final", "primary": true })).created();
        assert_eq!(boss["decision_maker"], true);
        let listed = li.get(&place).ok();
        assert_eq!((&listed["items"][0]["name"], &listed["items"][1]["primary"]), (&json!("王芳"), &json!(false)));
        assert!(!li.get(&path(&made)).ok()["missing"].as_array().expect("a list").contains(&json!("decision_maker")));
        let place_of = |contact: &serde_json::Value| format!("{place}/{}", contact["id"].as_str().expect("an id"));
        assert_eq!(li.patch(&place_of(&first), 1, json!({ "name": "张伟" })).refused(412), "stale", "it lost the mark");
        let changed = li.patch(&place_of(&first), 2, json!({ "phone": "13700002222", "left": true, "birthday": { "calendar": "lunar", "month": 6, "day": 1, "leap": true } })).ok();
        assert_eq!((&changed["phone"]["masked"], &changed["left"], &changed["version"]), (&json!("137****2222"), &json!(true), &json!(3)));
        assert_eq!(li.get("/customers?q=2222").ok()["items"][0]["id"], made["id"]);
        assert_eq!(li.get("/customers?q=13900001111").ok()["items"], json!([]));
        assert_eq!(li.post(&place, json!({ "name": "x", "phone": "abc" })).fault(), "phone: phone.invalid");
        assert_eq!(li.post(&place, json!({ "customer_id": "x" })).fault(), "customer_id: unknown_field");
        let other = li.post("/customers", json!({ "name": "别的公司" })).created();
        let elsewhere = format!("{}/contacts/{}", path(&other), boss["id"].as_str().expect("an id"));
        assert_eq!(li.patch(&elsewhere, 1, json!({ "name": "x" })).refused(404), "not_found");
        assert_eq!(li.delete(&elsewhere).refused(404), "not_found");
        li.delete(&place_of(&boss)).ok();
        assert!(li.get(&path(&made)).ok()["missing"].as_array().expect("a list").contains(&json!("decision_maker")));
        assert!(li.get("/customers?q=%E7%8E%8B%E8%8A%B3").ok()["items"].as_array().expect("items").is_empty());
    }

    fn a_verification_confirms_and_corrects(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = company(&li, "华盛机械");
        let place = format!("{}/verifications", path(&made));
        let answer = json!({ "note": "电话核对", "items": [
            { "field": "name", "result": "confirmed" },
            { "field": "region", "result": "changed", "value": "浙江杭州" },
            { "field": "phone", "result": "changed", "value": "13700001234" },
            { "field": "contact", "result": "unreachable" },
        ] });
        let after = li.post(&place, answer).created();
        assert_eq!((&after["region"], &after["phone"]["masked"]), (&json!("330100"), &json!("137****1234")));
        assert_eq!((&after["verified_on"], &after["version"]), (&json!("2026-11-23"), &json!(2)));
        let told = facts(&app, &made["id"], "archive_verified");
        assert_eq!(told[0].attributes, json!({ "confirmed": 1, "changed": 2, "unreachable": 1 }));
        for (bad, fault) in [
            (json!({ "items": [] }), "items: required"),
            (json!({ "items": [{ "field": "owner", "result": "confirmed" }] }), "items[0].field: unknown_field"),
            (json!({ "items": [{ "field": "region", "result": "changed", "value": "火星" }] }), "items[0].value: region.unknown"),
            (json!({ "items": [{ "field": "phone", "result": "changed", "value": "x" }] }), "phone: phone.invalid"),
        ] {
            assert_eq!(li.post(&place, bad.clone()).fault(), fault, "{bad}");
        }
        let unreached = json!({ "items": [{ "field": "name", "result": "unreachable" }] });
        li.post(&place, unreached).created();
        assert_eq!(facts(&app, &made["id"], "archive_verified").len(), 1, "nobody was reached, so nothing was verified");
        let timeline = li.get(&format!("{}/timeline?kinds=verification", path(&made))).ok();
        assert_eq!(timeline["items"].as_array().map(Vec::len), Some(2));
        assert!(!timeline.to_string().contains("13700001234"));
    }

    fn major_events_tell_when_they_were_known_and_recorded(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = company(&li, "华盛机械");
        let place = format!("{}/events", path(&made));
        let event = |known: &str| json!({ "kind": "financing", "happened_at": "2026-11-18T00:00:00Z", "known_at": known, "content": "B 轮融资" });
        li.post(&place, event("2026-11-22T01:30:00Z")).created();
        let late = li.post(&place, event("2026-11-21T01:30:00Z")).created();
        let (known, recorded) = (facts(&app, &late["id"], "major_event_known"), facts(&app, &late["id"], "major_event_recorded"));
        assert_eq!(known[0].at.to_string(), "2026-11-21T01:30:00Z");
        assert_eq!(recorded[0].at.to_string(), "2026-11-23T01:30:00Z");
        assert_eq!(li.post(&place, event("2026-11-24T00:00:00Z")).fault(), "known_at: date.in_future");
        assert_eq!(li.post(&place, event("2026-11-17T00:00:00Z")).fault(), "known_at: before_it_happened");
        assert_eq!(li.get(&place).ok()["items"].as_array().map(Vec::len), Some(2));
        let one = format!("{place}/{}", late["id"].as_str().expect("an id"));
        assert_eq!(li.delete(&one).refused(403), "forbidden");
        app.sign_in("wang").delete(&one).ok();
        assert_eq!(facts(&app, &late["id"], "major_event_withdrawn").len(), 1);
    }

    fn a_timeline_is_merged_and_paged(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = company(&li, "华盛机械");
        let mut version = 1;
        for n in 0..3 {
            app.pass(SignedDuration::from_mins(1));
            version = li.patch(&path(&made), version, json!({ "address": format!("{n}号") })).ok()["version"].as_i64().expect("a version");
            app.pass(SignedDuration::from_mins(1));
            li.post(&format!("{}/events", path(&made)), json!({ "kind": "other", "happened_at": "2026-11-20T00:00:00Z", "content": "x" })).created();
        }
        let mut kinds = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = li.get(&format!("{}/timeline?limit=2{cursor}", path(&made))).ok();
            for item in page["items"].as_array().expect("items") {
                kinds.push(item["kind"].as_str().expect("a kind").to_owned());
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(kinds, ["major_event", "change", "major_event", "change", "major_event", "change", "change"]);
        assert_eq!(li.get(&format!("{}/timeline?cursor=x", path(&made))).refused(422), "query.invalid");
    }

    fn other_rooms_are_told_what_they_need(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = app.customer("li", json!({ "name": "华盛", "grade": "key", "phone": "13812341234", "preferences": "喜欢喝茶",
            "contacts": [{ "name": "张伟" }, { "name": "王芳", "decision_maker": true }] }));
        let id: Uuid = made["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let subjects = app.read(move |tx| service::snapshot(tx, &[id, Uuid::nil()]));
        assert_eq!((subjects.len(), subjects[0].grade.word(), subjects[0].removed), (1, "key", false));
        assert_eq!(subjects[0].owner, Some(app.person("li").uuid()));
        assert_eq!(app.read(move |tx| service::page_of_subjects(tx, None, 10)), subjects);
        assert!(app.read(move |tx| service::page_of_subjects(tx, Some(id), 10)).is_empty());
        let (li_self, zhao) = (app.principal("li"), app.principal("zhao"));
        let card = app.read(move |tx| service::cards(tx, &li_self, &[id])).remove(0);
        assert_eq!((card.decision_maker.as_deref(), card.phone_hint.as_deref()), (Some("王芳"), Some("138****1234")));
        let card = app.read(move |tx| service::cards(tx, &zhao, &[id])).remove(0);
        assert_eq!((card.visible, card.name.as_str(), card.preferences, card.phone_hint), (false, "华盛", None, None));
        let at = app.clock.now();
        app.write(move |tx| service::contacted(tx, Id::from_uuid(id), at, Some(at)));
        app.write(move |tx| service::contacted(tx, Id::from_uuid(id), at - SignedDuration::from_hours(1), None));
        let after = li.get(&path(&made)).ok();
        assert_eq!((&after["last_contact_at"], &after["version"]), (&json!("2026-11-23T01:30:00Z"), &json!(1)));
        assert_eq!(after["next_contact_at"], json!("2026-11-23T01:30:00Z"));
        assert_eq!(app.read(|tx| service::count_by_grade(tx, service::Whose::All)), [("key".to_owned(), 1)]);
    }

    fn a_block_is_imported_with_consecutive_numbers(db) {
        use crate::customers::duplicates::Known;
        use crate::customers::input::NewCustomer;
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        company(&li, "上海旧客户有限公司");
        let who = app.principal("li");
        let (me, department) = (Some(who.user), who.department);
        let new = |name: &str, phone: &str| NewCustomer {
            name: Some(name.to_owned()),
            phone: Some(Some(phone.to_owned())),
            ..NewCustomer::default()
        };
        let block: Vec<_> = (0..20).map(|n| service::prepare(&who, &new(&format!("导入{n}公司"), &format!("1390000{n:04}")), me, department).expect("prepared")).collect();
        let known = app.read(Known::load);
        let same = service::prepare(&who, &new("上海旧客户股份有限公司", "13600000000"), me, department).expect("prepared");
        assert!(known.find(&same.customer, &same.contacts).is_some());
        assert!(block.iter().all(|one| known.find(&one.customer, &one.contacts).is_none()));
        let faults = service::prepare(&who, &new("", "x"), me, department).expect_err("two faults").fields;
        assert_eq!(faults.len(), 2);
        let (grant, import) = (who.grant().expect("may import"), Uuid::now_v7());
        let written = app.write(move |tx| service::insert_block(tx, &grant, import, &block));
        assert_eq!(written.customers[19].1, "KH-2026-000021");
        assert_eq!(li.get("/customers?q=drgs").ok()["items"].as_array().map(Vec::len), Some(0));
        assert_eq!(li.get("/customers?q=dr&limit=50").ok()["items"].as_array().map(Vec::len), Some(20));
        let stranger = app.principal("zhao");
        let theirs = vec![service::prepare(&stranger, &new("别人的", "13500000000"), me, department).expect("prepared")];
        let grant = stranger.grant().expect("may import");
        let refused = app.db.write_blocking(move |tx| service::insert_block(tx, &grant, import, &theirs));
        assert_eq!(refused.err().map(|error| error.status), Some(403));
    }
}
