use serde_json::{Value, json};
use store::search;

use super::{company, names, path};
use crate::customers::model::SEARCH_KIND;
use crate::testing::TestApp;

store::db_test! {
    crate::app::MIGRATIONS;

    fn a_customer_is_created_read_and_changed(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = li.post("/customers", json!({
            "name": " 上海华盛机械有限公司 ", "short_name": "华盛", "credit_code": "９１１１００００８０２１００４３３ｂ",
            "industry": "C", "region": "310115", "phone": "138 1234 1234", "email": "info@huasheng.cn",
            "staff_count": 320, "annual_revenue_fen": 12_000_000_000_i64, "founded_on": "2003-05-08",
            "source": "referral", "tags": ["老客户", "展会", "老客户"], "preferences": "喜欢喝茶",
            "cooperation_since": "2019-01-01", "key_facts": ["core_need"],
            "contacts": [{ "name": "张伟", "position": "采购总监", "phone": "13900001111", "authority": "final",
                           "birthday": { "calendar": "lunar", "month": 8, "day": 15 } }],
        })).created();
        assert_eq!(made["number"], "KH-2026-000001");
        assert_eq!((&made["name"], &made["credit_code"]), (&json!("上海华盛机械有限公司"), &json!("91110000802100433B")));
        assert_eq!(made["phone"], json!({ "masked": "138****1234" }));
        assert_eq!(made["email"], json!({ "masked": "i***@huasheng.cn" }));
        assert_eq!((&made["owner"]["name"], &made["department"]["name"]), (&json!("李雷"), &json!("上海组")));
        assert_eq!(made["tags"], json!(["老客户", "展会"]));
        assert_eq!(made["missing"], json!(["address", "main_business", "organisation", "core_need"]));
        assert_eq!(made["completeness"], 71);
        let found = li.get(&path(&made));
        assert_eq!(found.text_header(axum::http::header::ETAG), "\"1\"");
        let found = found.ok();
        assert_eq!(found, made);

        let changed = li.patch(&path(&made), 1, json!({ "address": "浦东新区张江路1号", "tags": ["展会"], "staff_count": null })).ok();
        assert_eq!((&changed["version"], &changed["address"], &changed["tags"]), (&json!(2), &json!("浦东新区张江路1号"), &json!(["展会"])));
        assert!(changed["staff_count"].is_null());
        assert_eq!(changed["completeness"], 78, "the revenue still tells the size");
        assert_eq!(changed["key_marks"][0]["field"], "core_need");
        assert_eq!(li.patch(&path(&made), 1, json!({ "address": "x" })).refused(412), "stale");
        let unversioned = li.request(axum::http::Method::PATCH, &path(&made)).json(json!({ "address": "x" })).send();
        assert_eq!(unversioned.refused(428), "version.missing");
    }

    fn what_is_wrong_is_told_all_at_once_and_nothing_is_written(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let refused = li.post("/customers", json!({
            "name": " ", "credit_code": "110000001234567", "industry": "软件", "region": "999999", "phone": "待补",
            "email": "x", "website": "javascript:alert(1)", "founded_on": "2099-01-01", "staff_count": -1,
            "contacts": [{ "name": "" }, { "name": "张", "birthday": { "calendar": "solar", "month": 2, "day": 30 } }],
        }));
        assert_eq!(refused.status.as_u16(), 422);
        let told: Vec<String> = refused.body["fields"].as_array().expect("fields").iter()
            .map(|field| format!("{}={}", field["field"].as_str().unwrap_or(""), field["code"].as_str().unwrap_or("")))
            .collect();
        for fault in [
            "name=required", "credit_code=credit_code.old_registration_number", "industry=industry.unknown",
            "region=region.unknown", "phone=phone.invalid", "email=email.invalid", "website=website.invalid",
            "founded_on=date.in_future", "staff_count=number.out_of_range", "contacts[0].name=required",
            "contacts[1].birthday=date.no_such_day",
        ] {
            assert!(told.contains(&fault.to_owned()), "{fault} is not in {told:?}");
        }
        assert_eq!(li.post("/customers", json!({ "name": "x", "credit_code": "91110000802100433C" })).fault(), "credit_code: credit_code.check_digit");
        assert_eq!(li.post("/customers", json!({ "name": "x", "owner": "me" })).fault(), "owner: unknown_field");
        assert!(names(&li.get("/customers").ok()).is_empty());
        assert_eq!(company(&li, "华盛")["number"], "KH-2026-000001", "a refused customer takes no number");
        let audited = app.read(crate::platform::audit::head).0;
        let made = app.sign_in("li").get("/customers").ok()["items"][0].clone();
        assert_eq!(li.patch(&path(&made), 1, json!({ "grade": "vip" })).fault(), "grade: unknown_field");
        assert_eq!(li.patch(&path(&made), 1, json!({ "phone": "1" })).fault(), "phone: phone.invalid");
        assert_eq!(app.read(crate::platform::audit::head).0, audited, "a refusal leaves no trace");
        let whole = li.get(&path(&made)).ok();
        for (field, value) in made.as_object().expect("a line of the list") {
            assert_eq!(&whole[field], value, "{field} is in the list as it is in the record");
        }
    }

    fn a_repeated_request_makes_one_customer(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let send = || li.request(axum::http::Method::POST, "/customers").key("k1").json(json!({ "name": "华盛" })).send();
        let (first, second) = (send().created(), send().created());
        assert_eq!(first["id"], second["id"]);
        assert_eq!(names(&li.get("/customers").ok()), ["华盛"]);
    }

    fn a_removed_customer_is_gone_until_it_is_restored(db) {
        let app = TestApp::new(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        let made = company(&li, "华盛机械");
        assert_eq!(li.delete(&path(&made)).refused(403), "forbidden");
        wang.delete(&path(&made)).ok();
        for session in [&li, &wang] {
            assert_eq!(session.get(&path(&made)).refused(404), "not_found");
            assert!(names(&session.get("/customers").ok()).is_empty());
            assert!(names(&session.get("/customers?q=%E5%8D%8E%E7%9B%9B").ok()).is_empty());
            assert_eq!(session.get("/search?q=%E5%8D%8E%E7%9B%9B").ok()["items"], json!([]));
        }
        assert_eq!(wang.patch(&path(&made), 2, json!({ "address": "x" })).refused(404), "not_found");
        assert_eq!(wang.delete(&path(&made)).refused(404), "not_found");
        assert_eq!(app.sign_in("zhou").post(&format!("{}/restore", path(&made)), json!({})).refused(404), "not_found");
        let back = wang.post(&format!("{}/restore", path(&made)), json!({})).ok();
        assert_eq!(back["version"], 3);
        assert_eq!(names(&li.get("/customers?q=huasheng").ok()), ["华盛机械"]);
        assert_eq!(app.read(|tx| search::count(tx, SEARCH_KIND)), 1);
    }

    fn grades_and_owners_change_with_a_reason(db) {
        let app = TestApp::new(&db);
        let (li, wang, sun) = (app.sign_in("li"), app.sign_in("wang"), app.sign_in("sun"));
        let made = company(&li, "华盛机械");
        let (grade, owner) = (format!("{}/grade", path(&made)), format!("{}/owner", path(&made)));
        assert_eq!(li.put(&grade, 1, json!({ "grade": "vip", "reason": "自己的客户" })).refused(403), "forbidden");
        assert_eq!(wang.put(&grade, 1, json!({ "grade": "vip", "reason": "" })).fault(), "reason: required");
        let graded = wang.put(&grade, 1, json!({ "grade": "vip", "reason": "年采购额过千万" })).ok();
        assert_eq!((&graded["grade"], &graded["version"]), (&json!("vip"), &json!(2)));
        let to_sun = json!({ "owner_id": app.person("sun"), "reason": "区域调整" });
        assert_eq!(li.put(&owner, 2, to_sun.clone()).refused(403), "forbidden");
        assert_eq!(wang.put(&owner, 2, json!({ "owner_id": app.person("zhao"), "reason": "误" })).refused(422), "input.invalid");
        assert_eq!(wang.put(&owner, 2, json!({ "owner_id": app.person("zhao"), "reason": "区域调整" })).refused(403), "forbidden");
        assert_eq!(names(&sun.get("/customers").ok()), Vec::<&str>::new());
        let given = wang.put(&owner, 2, to_sun).ok();
        assert_eq!((&given["owner"]["name"], &given["department"]["name"]), (&json!("孙丽"), &json!("上海组")));
        assert_eq!(li.get(&path(&made)).refused(404), "not_found");
        assert!(names(&li.get("/customers?q=hs").ok()).is_empty());
        assert_eq!(names(&sun.get("/customers?q=hs").ok()), ["华盛机械"]);
        let items = sun.get(&format!("{}/timeline?kinds=change", path(&made))).ok()["items"].clone();
        let told: Vec<&str> = items.as_array().expect("items").iter().filter_map(|item| item["data"]["action"].as_str()).collect();
        assert_eq!(told, ["assign", "grade", "create"]);
        assert_eq!(items[1]["data"]["changes"]["grade"], json!({ "from": "ordinary", "to": "vip" }));
        assert!(!items.to_string().contains("13812341234") && !items.to_string().contains("digest"));
    }

    fn key_facts_carry_who_and_why(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let made = company(&li, "华盛机械");
        let place = |field: &str| format!("{}/key_facts/{field}", path(&made));
        let marked = li.request(axum::http::Method::PUT, &place("core_need")).json(json!({ "why": "决定续约" })).send().ok();
        assert_eq!(marked["key_facts"], json!(["core_need"]));
        let mark = &marked["key_marks"][0];
        assert_eq!((&mark["why"], &mark["by"]), (&json!("决定续约"), &json!(app.person("li"))));
        let kept = li.patch(&path(&made), 2, json!({ "key_facts": ["decision_maker", "core_need"] })).ok();
        assert_eq!(kept["key_marks"][1]["why"], "决定续约");
        assert_eq!(li.delete(&place("decision_maker")).ok()["key_facts"], json!(["core_need"]));
        assert_eq!(li.delete(&place("password")).fault(), "field: unknown_field");
        assert_eq!(li.patch(&path(&made), 4, json!({ "key_facts": ["x"] })).fault(), "key_facts: unknown_field");
    }

    fn tables_of_choices_are_offered(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let regions = li.get("/regions").ok();
        let items = regions["items"].as_array().expect("regions");
        assert!(items.contains(&json!({ "code": "330106", "name": "西湖区", "parent": "330100" })));
        assert_eq!(li.get("/industries").ok()["items"][2]["code"], "C");
        assert_eq!(app.anonymous().get("/regions").refused(401), "login.needed");
        let _: Value = regions;
    }
}
