use serde_json::{Value, json};

use crate::customers::service;
use crate::kernel::permission::action::Import;
use crate::kernel::permission::entity;
use crate::testing::{Session, TestApp};

fn create(session: &Session<'_>, mut new: Value) -> String {
    new["allow_duplicate"] = json!(true);
    new["duplicate_reason"] = json!("以后再合并");
    session.post("/customers", new).created()["id"].as_str().expect("an id").to_owned()
}

/// `score signal signal` of each open pair.
fn open(session: &Session<'_>) -> Vec<String> {
    let page = session.get("/duplicates?filter=%5B%5B%22state%22%2C%22eq%22%2C%22open%22%5D%5D").ok();
    let mut pairs: Vec<String> = page["items"].as_array().expect("items").iter().map(said).collect();
    pairs.sort_by(|one, other| other.cmp(one));
    pairs
}

fn said(pair: &Value) -> String {
    let signals =
        pair["evidence"].as_array().expect("evidence").iter().map(|one| one["signal"].as_str().expect("a signal"));
    std::iter::once(pair["score"].to_string()).chain(signals.map(str::to_owned)).collect::<Vec<_>>().join(" ")
}

/// What a full scan leaves.
fn scanned(app: &TestApp) -> Vec<String> {
    let wang = app.sign_in("wang");
    app.pass(jiff::SignedDuration::from_secs(1));
    let job = wang.post("/duplicates/scan", json!({})).ok()["job_id"].as_str().expect("a job").to_owned();
    app.run_jobs();
    assert_eq!(wang.get(&format!("/jobs/{job}")).ok()["state"], "done");
    open(&wang)
}

store::statements! {
    CLEAR = "delete from duplicate_pair";
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn pairs_follow_every_change(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let one = create(&wang, json!({ "name": "上海华盛机械有限公司", "phone": "13812341234", "email": "a@huasheng.cn" }));
        assert!(open(&wang).is_empty());
        let other = create(&wang, json!({ "name": "上海华胜机械有限公司" }));
        assert_eq!(open(&wang), ["50 sound"]);
        let contact = json!({ "name": "张", "phone": "+86 138 1234 1234", "email": "zhang@HUASHENG.cn" });
        wang.post(&format!("/customers/{other}/contacts"), contact).created();
        assert_eq!(open(&wang), ["100 sound phone domain"]);
        let path = format!("/customers/{other}");
        let version = wang.get(&path).ok()["version"].as_i64().expect("a version");
        wang.patch(&path, version, json!({ "name": "北京华盛机械有限公司" })).ok();
        assert_eq!(open(&wang), ["100 name phone domain"]);
        assert_eq!(said(&wang.get(&format!("/customers/{one}/duplicates")).ok()["items"][0]), "100 name phone domain");
        let code = |id: &str, code: &str| {
            let path = format!("/customers/{id}");
            let version = wang.get(&path).ok()["version"].as_i64().expect("a version");
            wang.patch(&path, version, json!({ "credit_code": code })).ok();
        };
        code(&one, "91110000802100433B");
        code(&other, "9144030071526726XG");
        assert!(open(&wang).is_empty(), "two codes are two companies");
        code(&other, "");
        assert_eq!(open(&wang).len(), 1);
        wang.delete(&path).ok();
        assert!(open(&wang).is_empty());
        wang.post(&format!("{path}/restore"), json!({})).ok();
        assert_eq!(open(&wang).len(), 1);
    }

    fn a_scan_finds_what_the_changes_found(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        for new in [
            json!({ "name": "上海华盛机械有限公司", "phone": "13812341234" }),
            json!({ "name": "北京华盛机械有限公司", "email": "x@hs.cn" }),
            json!({ "name": "恒泰电子", "contacts": [{ "name": "张", "phone": "13812341234", "email": "z@hs.cn" }] }),
            json!({ "name": "恒态电子" , "email": "1@qq.com" }),
            json!({ "name": "瑞丰食品", "email": "2@qq.com" }),
            json!({ "name": "张伟", "kind": "person", "phone": "13700000000" }),
            json!({ "name": "张伟", "kind": "person" }),
            json!({ "name": "李娜", "kind": "person", "phone": "13700000000" }),
        ] {
            create(&wang, new);
        }
        let found = open(&wang);
        assert_eq!(found, ["60 phone", "60 phone", "60 name", "50 sound"]);
        app.write(|tx| Ok(tx.execute(&CLEAR, &[]).map(drop)?));
        assert_eq!(scanned(&app), found);
        assert_eq!(scanned(&app), found, "a second one changes nothing");
    }

    fn what_a_crowd_shares_tells_nothing(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        for n in 0..21 {
            let name = ["甲", "乙", "丙", "丁", "戊", "己", "庚"][n % 7].repeat(n / 7 + 2);
            create(&wang, json!({ "name": format!("{name}机械"), "phone": "4008001000" }));
        }
        assert_eq!(scanned(&app), Vec::<String>::new());
        let sun = app.sign_in("sun").post("/customers", json!({ "name": "新来的", "phone": "4008001000" }));
        assert_eq!(sun.refused(409), "customer.duplicate", "who creates one more must still say why");
    }

    fn a_pair_is_for_whoever_sees_both(db) {
        let app = TestApp::new(&db);
        let (li, zhao) = (app.sign_in("li"), app.sign_in("zhao"));
        let first = create(&li, json!({ "name": "华盛机械" }));
        create(&zhao, json!({ "name": "华盛机械有限公司" }));
        let (wang, steward) = (app.sign_in("wang"), app.sign_in("steward"));
        assert_eq!((open(&li).len(), open(&zhao).len(), open(&wang).len(), open(&steward).len()), (0, 0, 0, 1));
        assert_eq!(li.get(&format!("/customers/{first}/duplicates")).ok()["items"], json!([]));
        let pair = steward.get("/duplicates").ok()["items"][0].clone();
        let path = format!("/customers/{first}/duplicates/{}/dismissal", pair["id"].as_str().expect("an id"));
        assert_eq!(li.request(axum::http::Method::PUT, &path).json(json!({})).send().refused(404), "not_found");
        let told = steward.request(axum::http::Method::PUT, &path).json(json!({ "reason": "两家公司" })).send().ok();
        assert_eq!((&told["state"], &told["decided_by"]["name"], &told["reason"]), (&json!("distinct"), &json!("数据"), &json!("两家公司")));
        assert!(open(&steward).is_empty());
        assert_eq!(scanned(&app), Vec::<String>::new(), "it is remembered");
        steward.delete(&path).ok();
        assert_eq!(open(&steward), ["80 full_name"]);
    }

    fn whoever_creates_one_is_told_what_speaks_for_it(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        create(&li, json!({ "name": "上海华盛机械有限公司", "email": "a@huasheng.cn" }));
        let told = li.post("/customers/duplicates", json!({ "name": "华胜机械", "email": "b@huasheng.cn" })).ok();
        assert_eq!(said(&told[0]), "80 sound domain");
        let told = li.post("/customers/duplicates", json!({ "name": "恒泰", "email": "b@huasheng.cn" })).ok();
        assert_eq!(told, json!([]), "a domain alone is no reason");
        assert_eq!(app.sign_in("zhao").post("/customers/duplicates", json!({ "name": "华盛机械" })).ok(),
            json!([{ "visible": false, "reason": "exists" }]));
    }

    fn an_import_is_looked_through(db) {
        let app = TestApp::new(&db);
        let who = app.principal("wang");
        let names = ["华盛机械", "华胜机械", "恒泰电子"];
        app.write(move |tx| {
            let import = uuid::Uuid::now_v7();
            let prepared = names.map(|name| {
                let new = serde_json::from_value(json!({ "name": name })).expect("a customer");
                service::prepare(&who, &new, Some(who.user), who.department)
            });
            let block = prepared.into_iter().collect::<crate::kernel::Result<Vec<_>>>()?;
            service::insert_block(tx, &who.grant::<Import, entity::Customer>()?, import, &block)?;
            crate::customers::duplicates::after_import(tx, &who, import)
        });
        app.run_jobs();
        assert_eq!(open(&app.sign_in("wang")), ["50 sound"]);
    }
}
