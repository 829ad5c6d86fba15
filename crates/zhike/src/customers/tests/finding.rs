use serde_json::{Value, json};

use super::{names, path};
use crate::customers::service;
use crate::platform::search;
use crate::testing::{Session, TestApp};

store::statements! {
    LIKE_AN_OLDER_PROGRAM = "update search_form set form = 1";
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn found(session: &Session<'_>, text: &str) -> Vec<String> {
    let page = session.get(&format!("/customers?q={}", encoded(text))).ok();
    let mut names: Vec<String> = names(&page).into_iter().map(str::to_owned).collect();
    names.sort();
    names
}

fn filtered(session: &Session<'_>, filter: &Value, sort: &str) -> Vec<String> {
    let page = session.get(&format!("/customers?filter={}&sort={sort}", encoded(&filter.to_string()))).ok();
    names(&page).into_iter().map(str::to_owned).collect()
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn customers_are_found_as_people_type(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        li.post("/customers", json!({ "name": "深圳华盛科技有限公司", "credit_code": "91110000802100433B",
            "phone": "13812341234", "contacts": [{ "name": "欧阳娜娜", "phone": "+86 139-0000-5678" }] })).created();
        li.post("/customers", json!({ "name": "北京百度网讯", "short_name": "度娘", "phone": "010-88885678" })).created();
        for text in ["华盛", "huasheng", "hs", "HSKJ", "深圳华盛", "KH-2026-000001", "kh-2026-000001", "91110000802100433B",
                     "欧阳", "盛", "s", "o", "13812341234", "+86 138 1234 1234", "1234", "13900005678", "娜"] {
            assert_eq!(found(&li, text), ["深圳华盛科技有限公司"], "{text}");
        }
        assert_eq!(found(&li, "5678"), ["北京百度网讯", "深圳华盛科技有限公司"]);
        assert_eq!(found(&li, "度娘"), ["北京百度网讯"]);
        for text in ["华胜", "0000", "9999", "1381234", "盛华", "%", "'", "\" OR 1", "*"] {
            assert!(found(&li, text).is_empty(), "{text}");
        }
        assert!(found(&app.sign_in("sun"), "华盛").is_empty(), "a colleague's customers are not found");
        assert!(found(&app.sign_in("zhou"), "1234").is_empty());
        assert_eq!(found(&app.sign_in("wang"), "1234"), ["深圳华盛科技有限公司"]);
        assert_eq!(found(&app.sign_in("chen"), "hs"), ["深圳华盛科技有限公司"]);
        let palette = li.get("/search?q=hs").ok()["items"].clone();
        assert_eq!((&palette[0]["title"], &palette[0]["subtitle"]), (&json!("深圳华盛科技有限公司"), &json!("KH-2026-000001")));
        assert_eq!(app.sign_in("sun").get("/search?q=hs").ok()["items"], json!([]));
        assert_eq!(app.sign_in("admin").get("/search?q=hs").ok()["items"][0]["title"], "深圳华盛科技有限公司", "a manager of the head office");
    }

    fn what_an_older_program_indexed_is_indexed_again(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = li.post("/customers", json!({ "name": "深圳华盛科技有限公司" })).created()["id"].clone();
        let id: uuid::Uuid = serde_json::from_value(id).expect("an id");
        app.write(move |tx| {
            store::search::remove(tx, "customer", id)?;
            tx.execute(&LIKE_AN_OLDER_PROGRAM, &[])?;
            Ok(())
        });
        assert!(found(&li, "华盛").is_empty());
        let now = app.principal("li").now;
        for jobs in [1, 0] {
            app.write(move |tx| search::renew_if_old(tx, now));
            assert_eq!(app.run_jobs(), jobs);
            assert_eq!(found(&li, "华盛"), ["深圳华盛科技有限公司"]);
        }
    }

    fn the_best_match_comes_first_and_says_what_it_was_found_by(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        for customer in [
            json!({ "name": "华盛机械" }),
            json!({ "name": "深圳盛达科技", "short_name": "华盛集团" }),
            json!({ "name": "北京华盛贸易" }),
            json!({ "name": "广州红棉食品", "contacts": [{ "name": "李明" }, { "name": "黄帅" }] }),
        ] {
            li.post("/customers", customer).created();
        }
        let hits = li.get("/search?q=hs").ok()["items"].clone();
        let titles: Vec<&Value> = hits.as_array().expect("hits").iter().map(|hit| &hit["title"]).collect();
        assert_eq!(titles, ["深圳盛达科技", "华盛机械", "北京华盛贸易", "广州红棉食品"]);
        let matched: Vec<&Value> = hits.as_array().expect("hits").iter().map(|hit| &hit["matched"]).collect();
        let (short, contact) = (json!({ "by": "short_name", "name": "华盛集团" }), json!({ "by": "contact", "name": "黄帅" }));
        assert_eq!(matched, [&short, &Value::Null, &Value::Null, &contact]);
        let first = li.get("/customers?q=hs&limit=2").ok();
        let rest = li.get(&format!("/customers?q=hs&limit=2&cursor={}", first["next"].as_str().expect("more"))).ok();
        assert_eq!((names(&first), names(&rest)), (vec!["北京华盛贸易", "广州红棉食品"], vec!["深圳盛达科技", "华盛机械"]));
        let sorted = li.get("/customers?q=hs&sort=created_at").ok();
        assert_eq!(names(&sorted)[0], "华盛机械");
    }

    fn a_search_is_paged_filtered_and_sorted(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        for n in 1..=7 {
            let grade = if n % 2 == 0 { "vip" } else { "ordinary" };
            app.customer("li", json!({ "name": format!("华盛{n}号店"), "grade": grade }));
        }
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = li.get(&format!("/customers?q=hs&limit=3{cursor}")).ok();
            seen.extend(names(&page).into_iter().map(str::to_owned));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, ["华盛7号店", "华盛6号店", "华盛5号店", "华盛4号店", "华盛3号店", "华盛2号店", "华盛1号店"]);
        let vips = li.get(&format!("/customers?q=hs&sort=name&filter={}", encoded(r#"[["grade","eq","vip"]]"#))).ok();
        assert_eq!(names(&vips), ["华盛2号店", "华盛4号店", "华盛6号店"]);
        assert_eq!(li.get("/customers?q=hs&cursor=qx").refused(422), "query.invalid");
        assert_eq!(li.get("/customers?q=hs&sort=name&cursor=q5").refused(422), "query.invalid", "a place is no row");
    }

    fn what_a_search_finds_is_filtered_to_its_end(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        // More than one stretch of hits; those that the filter lets through are the oldest, the rest are the newest.
        let old = [1, 2, 3].map(|n| format!("华盛{n}号老店"));
        for name in &old {
            app.customer("li", json!({ "name": name, "grade": "vip" }));
        }
        let who = app.principal("li");
        app.write(move |tx| {
            let import = uuid::Uuid::now_v7();
            let prepared = (0..600).map(|n| {
                let new = serde_json::from_value(json!({ "name": format!("华盛{n}号新店") }))?;
                service::prepare(&who, &new, Some(who.user), who.department)
            });
            let block = prepared.collect::<crate::kernel::Result<Vec<_>>>()?;
            service::insert_block(tx, &who.grant()?, import, &block)
        });
        let filter = encoded(r#"[["grade","eq","vip"]]"#);
        let mut seen = Vec::new();
        let mut path = format!("/customers?q=hs&limit=2&filter={filter}");
        loop {
            let page = li.get(&path).ok();
            seen.extend(names(&page).into_iter().map(str::to_owned));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/customers?q=hs&limit=2&filter={filter}&cursor={next}");
        }
        seen.reverse();
        assert_eq!(seen, old);
        let sorted = li.get("/customers?q=hs&sort=-number&limit=1").ok();
        assert_eq!(names(&sorted), ["华盛599号新店"]);
        let sorted = li.get(&format!("/customers?q=hs&sort=name&filter={filter}")).ok();
        assert_eq!(names(&sorted), old.each_ref().map(String::as_str));
    }

    fn lists_are_filtered_sorted_and_paged(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        for (name, region, tag) in [("中兴", "330106", "甲"), ("阿里", "330108", "乙"), ("百度", "110108", "甲"), ("腾讯", "440305", "丙")] {
            let staff = name.len() as i64;
            li.post("/customers", json!({ "name": name, "region": region, "tags": [tag], "staff_count": staff })).created();
        }
        assert_eq!(filtered(&li, &json!([]), "name"), ["阿里", "百度", "腾讯", "中兴"]);
        assert_eq!(filtered(&li, &json!([["region", "eq", "330000"]]), "name"), ["阿里", "中兴"]);
        assert_eq!(filtered(&li, &json!([["region", "in", ["330100", "110000"]]]), "-name"), ["中兴", "百度", "阿里"]);
        assert_eq!(filtered(&li, &json!([["tags", "in", ["甲"]], ["name", "ne", "百度"]]), "name"), ["中兴"]);
        assert_eq!(filtered(&li, &json!([["name", "contains", "讯"]]), "name"), ["腾讯"]);
        assert_eq!(filtered(&li, &json!([["owner", "eq", app.person("li")]]), "-created_at")[0], "腾讯");
        assert_eq!(filtered(&li, &json!([["last_contact_at", "empty"]]), "next_contact_at").len(), 4);
        let mut seen = Vec::new();
        let mut cursor = String::new();
        while let Some(page) = Some(li.get(&format!("/customers?sort=name&limit=1{cursor}")).ok()) {
            seen.extend(names(&page).into_iter().map(str::to_owned));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, ["阿里", "百度", "腾讯", "中兴"]);
        for bad in ["filter=%5B%5B%22phone%22%2C%22eq%22%2C%22138%22%5D%5D", "sort=phone", "sort=staff_count", "limit=0",
                    "filter=x", "cursor=zz", "limit=201"] {
            let code = li.get(&format!("/customers?{bad}")).refused(422);
            assert!(code == "query.invalid" || code == "query.field_not_allowed", "{bad}: {code}");
        }
    }

    fn duplicates_are_found_and_not_told_to_who_may_not_see_them(db) {
        let app = TestApp::new(&db);
        let (li, zhao, wang) = (app.sign_in("li"), app.sign_in("zhao"), app.sign_in("wang"));
        let made = li.post("/customers", json!({ "name": "上海华盛机械有限公司", "credit_code": "91110000802100433B",
            "phone": "13812341234", "contacts": [{ "name": "张", "phone": "13900001111" }] })).created();
        let asks = [
            json!({ "name": "华盛机械（上海）股份有限公司" }),
            json!({ "credit_code": "9111 0000 8021 0043 3b" }),
            json!({ "phone": "+86 138-1234-1234" }),
            json!({ "phone": "13900001111" }),
        ];
        for ask in &asks {
            let told = wang.post("/customers/duplicates", ask.clone()).ok();
            assert_eq!((&told[0]["id"], &told[0]["owner"]["name"], &told[0]["visible"]), (&made["id"], &json!("李雷"), &json!(true)), "{ask}");
            let told = zhao.post("/customers/duplicates", ask.clone()).ok();
            assert_eq!(told, json!([{ "visible": false, "reason": "exists" }]), "{ask}");
        }
        assert_eq!(zhao.post("/customers/duplicates", json!({ "name": "华盛电子" })).ok(), json!([]));
        assert_eq!(zhao.post("/customers/duplicates", json!({})).ok(), json!([]));
        assert_eq!(
            wang.post("/customers/duplicates", json!({ "name": "华盛机械", "credit_code": "9144030071526726XG" })).ok(),
            json!([]),
            "two credit codes are two companies"
        );
        let refused = zhao.post("/customers", json!({ "name": "华盛机械" }));
        assert!(!refused.text().contains("上海") && !refused.text().contains("李雷"));
        assert_eq!(refused.refused(409), "customer.duplicate");
        let again = json!({ "name": "华盛机械", "allow_duplicate": true });
        assert_eq!(zhao.post("/customers", again).fault(), "duplicate_reason: required");
        let again = json!({ "name": "华盛机械", "allow_duplicate": true, "duplicate_reason": "广州的同名公司" });
        zhao.post("/customers", again).created();
        let other = wang.post("/customers", json!({ "name": "别的公司" })).created();
        assert_eq!(wang.patch(&path(&other), 1, json!({ "credit_code": "91110000802100433B" })).refused(409), "customer.duplicate");
        li.post("/customers", json!({ "name": "张伟", "kind": "person" })).created();
        li.post("/customers", json!({ "name": "张伟", "kind": "person" })).created();
    }
}
