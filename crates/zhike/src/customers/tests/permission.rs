use std::sync::Arc;

use serde_json::{Value, json};
use store::Tx;

use super::{company, names, path};
use crate::customers::service;
use crate::kernel::{Id, Result};
use crate::platform::grant::Principal;
use crate::testing::TestApp;

store::statements! {
    SHARE = "insert into share (entity, record_id, user_id, level) values ($1, $2, $3, $4)";
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn people_see_what_their_place_lets_them(db) {
        let app = TestApp::new(&db);
        let made = company(&app.sign_in("li"), "华盛机械");
        for (login, sees) in [("li", true), ("wang", true), ("admin", true), ("chen", true), ("mei", true), ("auditor", true),
                              ("steward", true), ("sun", false), ("zhou", false), ("zhao", false)] {
            let session = app.sign_in(login);
            let listed = names(&session.get("/customers").ok()) == ["华盛机械"];
            assert_eq!(listed, sees, "{login} in the list");
            let record = session.get(&path(&made));
            match sees {
                true => assert_eq!(record.ok()["id"], made["id"], "{login}"),
                false => assert_eq!(record.refused(404), "not_found", "{login}"),
            }
            let contacts = session.get(&format!("{}/contacts", path(&made)));
            assert_eq!(contacts.status.as_u16(), if sees { 200 } else { 404 }, "{login} and contacts");
            for child in ["timeline", "events"] {
                let status = session.get(&format!("{}/{child}", path(&made))).status.as_u16();
                assert_eq!(status, if sees { 200 } else { 404 }, "{login} and {child}");
            }
        }
    }

    fn whichever_way_customers_are_asked_for_the_same_are_seen(db) {
        let app = TestApp::new(&db);
        for department in ["甲组", "乙组", "丙组", "丁组"] {
            app.open_department(department, "华东销售部");
        }
        let mut made = Vec::new();
        for (n, login) in ["li", "sun", "zhao", "wang", "zhou", "steward", "li", "zhao"].into_iter().enumerate() {
            made.push(app.sign_in(login).post("/customers", json!({ "name": format!("华盛{n}分店") })).created());
        }
        let (shared, entity) = (made[2]["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"), "customer");
        let sun = app.person("sun");
        app.write(move |tx| {
            let id: uuid::Uuid = shared;
            Ok(tx.execute(&SHARE, &[&entity, &id, &sun, &"read"]).map(drop)?)
        });
        for login in ["li", "sun", "zhao", "wang", "zhou", "admin", "steward", "chen", "auditor"] {
            let session = app.sign_in(login);
            let sorted = |path: &str| {
                let page = session.get(path).ok();
                let mut names: Vec<String> = names(&page).into_iter().map(str::to_owned).collect();
                names.sort();
                names
            };
            let one_by_one: Vec<String> = made.iter()
                .filter(|one| session.get(&path(one)).status.as_u16() == 200)
                .filter_map(|one| one["name"].as_str().map(str::to_owned))
                .collect();
            for list in ["/customers", "/customers?sort=name", "/customers?sort=-next_contact_at", "/customers?sort=grade"] {
                assert_eq!(sorted(list), one_by_one, "{login} {list}");
            }
            let found = sorted("/customers?q=hs");
            let found_sorted = sorted("/customers?q=hs&sort=name");
            assert_eq!(found, found_sorted, "{login}");
            // What is shared is in the lists; the search knows owners and departments only.
            let expected: Vec<String> = one_by_one.into_iter().filter(|name| login != "sun" || name != "华盛2分店").collect();
            assert_eq!(found, expected, "{login} searching");
        }
    }

    fn who_may_not_change_changes_nothing(db) {
        let app = TestApp::new(&db);
        let made = company(&app.sign_in("li"), "华盛机械");
        let place = path(&made);
        let who = [("sun", 404), ("zhao", 404), ("zhou", 404), ("mei", 403), ("auditor", 403)];
        let sessions: Vec<_> = who.iter().map(|(login, status)| (*login, *status, app.sign_in(login))).collect();
        for (login, status, session) in sessions {
            let attempts = [
                session.patch(&place, 1, json!({ "address": "x" })),
                session.put(&format!("{place}/grade"), 1, json!({ "grade": "vip", "reason": "因为" })),
                session.post(&format!("{place}/contacts"), json!({ "name": "x" })),
                session.post(&format!("{place}/verifications"), json!({ "items": [{ "field": "address", "result": "confirmed" }] })),
                session.post(&format!("{place}/events"), json!({ "kind": "other", "happened_at": "2026-11-20T00:00:00Z", "content": "x" })),
                session.post(&format!("{place}/reveal"), json!({ "field": "phone", "reason": "回访" })),
                session.put(&format!("{place}/owner"), 1, json!({ "owner_id": app.person("li"), "reason": "因为" })),
                session.delete(&place),
            ];
            for (at, reply) in attempts.into_iter().enumerate() {
                let told = reply.status.as_u16();
                assert!(told == status || told == 403, "{login} attempt {at}: {told} {}", reply.body);
            }
        }
        let audit = app.sign_in("auditor").get("/audit?limit=200").ok();
        let told = audit["items"].as_array().expect("items").iter().filter(|item| item["customer_id"] == made["id"]);
        assert_eq!(told.filter_map(|item| item["action"].as_str()).collect::<Vec<_>>(), ["create"]);
        assert_eq!(app.sign_in("li").get(&place).ok(), made);
    }

    fn of_many_reveals_at_one_moment_no_more_are_let_through_than_there_are_left(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = li.post("/customers", json!({ "kind": "person", "name": "王芳", "phone": "13812341234" })).created();
        let id = Id::from_uuid(made["id"].as_str().expect("an id").parse().expect("an id"));
        let reveal = move |tx: &mut Tx<'_>, who: &Arc<Principal>| {
            service::reveal(tx, &who.grant()?, id, (None, "phone", "回访")).map(drop)
        };
        let who = app.principal("li");
        app.write(move |tx| (0..198).try_for_each(|_| reveal(tx, &who)));
        let shown = app.at_once("li", reveal).into_iter().filter(Result::is_ok).count();
        assert_eq!(shown, 2);
    }

    fn nobody_makes_customers_for_others_without_the_right(db) {
        let app = TestApp::new(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        let for_sun = json!({ "name": "甲公司", "owner_id": app.person("sun") });
        assert_eq!(li.post("/customers", for_sun.clone()).refused(403), "forbidden");
        assert_eq!(wang.post("/customers", for_sun).created()["owner"]["name"], "孙丽");
        let for_zhao = json!({ "name": "乙公司", "owner_id": app.person("zhao") });
        assert_eq!(wang.post("/customers", for_zhao).refused(403), "forbidden");
        let unknown = json!({ "name": "丙公司", "owner_id": "00000000-0000-7000-8000-000000000000" });
        assert_eq!(wang.post("/customers", unknown).fault(), "owner_id: user.unknown");
        assert_eq!(app.sign_in("mei").post("/customers", json!({ "name": "丁公司" })).refused(403), "forbidden");
    }

    fn personal_values_are_masked_and_revealed_with_a_reason(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = li.post("/customers", json!({ "name": "华盛", "phone": "13812341234", "wechat": "hs_wechat",
            "contacts": [{ "name": "张伟", "phone": "13900001111" }] })).created();
        let contact = li.get(&format!("{}/contacts", path(&made))).ok()["items"][0].clone();
        assert_eq!(contact["phone"], json!({ "masked": "139****1111" }));
        let place = format!("{}/reveal", path(&made));
        assert_eq!(li.post(&place, json!({ "field": "phone", "reason": "" })).fault(), "reason: required");
        assert_eq!(li.post(&place, json!({ "field": "name", "reason": "回访" })).fault(), "field: unknown_field");
        assert_eq!(li.post(&place, json!({ "field": "email", "reason": "回访" })).refused(404), "not_found");
        assert_eq!(li.post(&place, json!({ "field": "id_number", "reason": "回访" })).refused(403), "forbidden");
        let shown = li.post(&place, json!({ "field": "phone", "reason": "回访" }));
        assert_eq!(shown.text_header(axum::http::header::CACHE_CONTROL), "no-store");
        let shown = shown.ok();
        assert_eq!((&shown["value"], &shown["until"]), (&json!("13812341234"), &json!("2026-11-23T01:30:30Z")));
        let asked = json!({ "field": "phone", "contact_id": contact["id"], "reason": "约时间" });
        assert_eq!(li.post(&place, asked).ok()["value"], "13900001111");
        let other = json!({ "field": "phone", "contact_id": made["id"], "reason": "约时间" });
        assert_eq!(li.post(&place, other).refused(404), "not_found");
        let audit = app.sign_in("auditor").get("/audit").ok();
        let reveals: Vec<&Value> = audit["items"].as_array().expect("items").iter().filter(|item| item["action"] == "reveal").collect();
        assert_eq!(reveals.len(), 2);
        assert!(reveals[1].to_string().contains("回访"));
        assert!(!audit.to_string().contains("13812341234") && !audit.to_string().contains("13900001111"));
        assert!(!li.get(&format!("{}/timeline", path(&made))).ok().to_string().contains("13812341234"));
        for _ in 0..198 {
            li.post(&place, json!({ "field": "wechat", "reason": "回访" })).ok();
        }
        assert_eq!(li.post(&place, json!({ "field": "phone", "reason": "回访" })).refused(429), "reveal.quota");
        app.pass(jiff::SignedDuration::from_hours(25));
        app.sign_in("li").post(&place, json!({ "field": "phone", "reason": "回访" })).ok();
    }

    fn a_field_that_a_role_hides_is_not_there(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        let made = app.sign_in("li").post("/customers", json!({ "name": "华盛", "annual_revenue_fen": 5 })).created();
        assert_eq!(made["annual_revenue_fen"], 5);
        let role = admin.get("/roles").ok();
        let roles = role.as_array().or_else(|| role["items"].as_array()).expect("roles").clone();
        let sales = roles.iter().find(|role| role["builtin"] == "salesperson" || role["name"] == "销售").expect("the role").clone();
        let mut fields = sales["fields"].clone();
        fields["customer.annual_revenue_fen"] = json!("hidden");
        let place = format!("/roles/{}", sales["id"].as_str().expect("an id"));
        admin.patch(&place, sales["version"].as_i64().expect("a version"), json!({ "fields": fields })).ok();
        let li = app.sign_in("li");
        assert!(li.get(&path(&made)).ok()["annual_revenue_fen"].is_null());
        assert!(li.get("/customers").ok()["items"][0]["annual_revenue_fen"].is_null());
        let filter = "/customers?filter=%5B%5B%22annual_revenue_fen%22%2C%22gt%22%2C1%5D%5D";
        assert_eq!(li.get(filter).refused(422), "query.field_not_allowed");
        assert_eq!(li.patch(&path(&made), 1, json!({ "annual_revenue_fen": 7 })).fault(), "annual_revenue_fen: not_allowed");
        assert_eq!(app.sign_in("wang").get(&path(&made)).ok()["annual_revenue_fen"], 5);
    }
}
