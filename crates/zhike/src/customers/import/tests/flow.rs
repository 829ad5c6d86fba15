//! The way of a sheet, what is told of it, and files of every form.

use jiff::SignedDuration;
use serde_json::json;

use super::{counts, import, names, numbers, path, put_mapping, rejected, run, sheets, upload};
use crate::customers::import::model::{PROBLEMS, RowProblems};
use crate::testing::TestApp;

store::db_test! {
    crate::app::MIGRATIONS;

    fn every_form_of_a_sheet_is_read_alike(db) {
        let app = TestApp::new(&db);
        let rows = sheets::rows("客户名称|联系人|手机|客户级别\n华盛机械|张伟|13800000001|VIP\n百度网讯|王芳|010-88886666|普通");
        let text = sheets::csv(&rows);
        let forms: [(&str, Vec<u8>); 6] = [
            ("utf-8", text.clone().into_bytes()),
            ("utf-8-bom", format!("\u{feff}{text}").into_bytes()),
            ("gb18030", sheets::gbk(&text)),
            ("utf-8", text.replace(',', "\t").into_bytes()),
            ("utf-8", text.replace(',', ";").into_bytes()),
            ("", sheets::xlsx(&rows)),
        ];
        let li = app.sign_in("li");
        for (at, (encoding, content)) in forms.iter().enumerate() {
            let uploaded = upload(&li, "a", content);
            assert_eq!(uploaded["encoding"].as_str().unwrap_or_default(), *encoding);
            let preview = put_mapping(&li, &uploaded, "skip", json!({})).ok();
            let expected = if at == 0 { [2, 0, 0, 0, 0] } else { [0, 0, 0, 2, 0] };
            assert_eq!(counts(&preview["counts"]), expected);
            let created = if at == 0 { 2 } else { 0 };
            assert_eq!(numbers(&run(&app, &li, &uploaded, false))[3], created);
        }
        assert_eq!(names(&li), ["百度网讯", "华盛机械"]);
        let found = li.get("/customers?q=13800000001").ok();
        assert_eq!(found["items"][0]["name"], "华盛机械", "by the number of a contact");
        assert_eq!(li.get("/customers?q=hsjx").ok()["items"][0]["name"], "华盛机械");
    }

    fn the_check_shows_amounts_as_they_are_understood(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let rows = sheets::rows("客户名称|年营收(万元)\n华盛机械|1200\n瑞丰食品|3000.5\n恒泰电子|");
        let uploaded = upload(&li, "客户.csv", sheets::csv(&rows).as_bytes());
        let preview = put_mapping(&li, &uploaded, "skip", json!({})).ok();
        let amounts: Vec<_> = (0..3).map(|at| preview["rows"][at]["amounts"].clone()).collect();
        let of = |fen: i64| json!([{ "index": 1, "fen": fen }]);
        assert_eq!(amounts, [of(1_200_000_000), of(3_000_500_000), json!(null)]);
    }

    fn a_sheet_without_headings_and_another_sheet(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let uploaded = upload(&li, "a.csv", "华盛机械有限公司,13800000001\n百度网讯有限公司,13800000002\n".as_bytes());
        assert_eq!((&uploaded["heading_row"], &uploaded["rows"]), (&json!(0), &json!(2)));
        put_mapping(&li, &uploaded, "skip", json!({})).ok();
        assert_eq!(numbers(&run(&app, &li, &uploaded, false)), [2, 0, 0, 2, 0, 0]);
        let sheet = |sheet: usize| li.request(axum::http::Method::PUT, &format!("{}/sheet", path(&uploaded))).json(json!({ "sheet": sheet })).send();
        assert_eq!(sheet(3).refused(422), "file.no_such_sheet");
        assert_eq!(sheet(0).refused(409), "import.started");
        let fresh = upload(&li, "a.xlsx", &sheets::xlsx(&sheets::rows("公司\n华盛")));
        let put = li.request(axum::http::Method::PUT, &format!("{}/sheet", path(&fresh))).json(json!({ "sheet": 0 })).send().ok();
        assert_eq!((&put["sheets"].as_array().map(Vec::len), &put["rows"]), (&Some(1), &json!(1)));
    }

    fn an_import_is_told_once_and_audited_by_batch(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let mut text = "公司|级别\n".to_owned();
        (0..2_100).for_each(|n| text.push_str(&format!("第{n}家|{}\n", if n == 7 { "?" } else { "VIP" })));
        let (sheet, result) = import(&app, &li, &text, "skip");
        assert_eq!(numbers(&result), [2_099, 0, 1, 2_099, 0, 0]);
        let id: uuid::Uuid = sheet["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let facts = app.read(move |tx| store::outbox::of_subject(tx, id, "customers_imported"));
        assert_eq!((facts.len(), &facts[0].attributes["count"]), (1, &json!(2_099)));
        let filter = format!("[[\"entity_id\",\"eq\",\"{id}\"]]");
        let encoded: String = filter.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let audit = app.sign_in("auditor").get(&format!("/audit?filter={encoded}&sort=seq")).ok();
        let actions: Vec<&str> = audit["items"].as_array().expect("items").iter().filter_map(|e| e["action"].as_str()).collect();
        assert_eq!(actions, ["import_uploaded", "import_started", "import_rows", "import_rows", "import_rows", "imported"]);
        let verdict = app.read(|tx| crate::platform::audit::verify(tx, None));
        assert!(verdict.is_intact());
        let shown = li.get(&path(&sheet)).ok();
        assert_eq!((&shown["state"], counts(&shown["counts"])), (&json!("done"), [2_099, 0, 0, 0, 1]));
        assert_eq!(rejected(&li, &sheet)[1], ["第7家", "?", "9", "客户级别：无法识别的客户级别"]);
        app.pass(SignedDuration::from_hours(7 * 24));
        let li = app.sign_in("li");
        assert_eq!(li.get(&path(&sheet)).refused(404), "not_found");
        upload(&li, "b.csv", "公司\n一".as_bytes());
        let left = app.read(move |tx| <RowProblems as store::Entity>::all(tx, &PROBLEMS, &[&id, &0i64]));
        assert!(left.is_empty(), "what was wrong with its rows is forgotten too");
    }

    fn however_many_rows_are_refused_all_come_back(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let mut text = "公司|级别\n".to_owned();
        (0..1_200).for_each(|n| text.push_str(&format!("第{n}家|?\n")));
        let (sheet, _) = import(&app, &li, &text, "skip");
        let rows = rejected(&li, &sheet);
        assert_eq!(rows.len(), 1_201, "with the headings");
        assert_eq!(rows[1_200][..3], ["第1199家", "?", "1201"]);
    }

    fn starting_twice_is_starting_once(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let uploaded = upload(&li, "a.csv", "公司\n华盛".as_bytes());
        put_mapping(&li, &uploaded, "create", json!({})).ok();
        let start = |dry_run: bool| li.post(&format!("{}/start", path(&uploaded)), json!({ "dry_run": dry_run }));
        let first = start(false).ok();
        assert_eq!(start(false).ok(), first);
        assert_eq!(start(true).refused(409), "import.running");
        assert_eq!(put_mapping(&li, &uploaded, "skip", json!({})).refused(409), "import.running");
        app.run_jobs();
        assert_eq!(start(false).refused(409), "import.done");
        assert_eq!(names(&li), ["华盛"]);
    }
}
