//! The export through its HTTP door, on both databases.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::columns::COLUMNS;
use crate::customers::import::tests::{cells, names, numbers, put_mapping, run, upload};
use crate::testing::{Reply, Session, TestApp};

/// Asks for a view, lets the job run, and fetches the file.
fn export(app: &TestApp, session: &Session<'_>, view: Value) -> (Value, Reply) {
    let started = session.post("/customers/export", view).ok();
    app.run_jobs();
    let job = session.get(&format!("/jobs/{}", started["job_id"].as_str().expect("a job"))).ok();
    assert_eq!(job["state"], "done", "{job}");
    let file = session.fetch(&format!("/exports/{}/file", job["result"]["file"].as_str().expect("a file")));
    (job["result"].clone(), file)
}

fn some_customers(app: &TestApp) {
    for (name, grade, phone, note) in [
        ("华盛机械", "vip", "13812341234", "=HYPERLINK(\"http://x\")"),
        ("百度网讯", "ordinary", "010-88885678", "+1+1"),
        ("阿里云计算", "key", "13912341234", "普通的备注, 带逗号"),
    ] {
        let new = json!({ "name": name, "grade": grade, "phone": phone, "notes": note, "region": "330106", "industry": "C",
            "annual_revenue_fen": 12_345_678, "tags": ["老客户", "@重点"], "founded_on": "2010-05-01", "source": "referral" });
        app.customer("li", new);
    }
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn a_view_goes_out_as_it_is_seen(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        some_customers(&app);
        let columns = json!(["grade", "name", "phone", "owner", "region", "annual_revenue_fen", "tags", "notes"]);
        for format in ["csv", "xlsx"] {
            let view = json!({ "columns": columns, "format": format, "sort": "name" });
            let (result, file) = export(&app, &li, view);
            assert_eq!(result["rows"], 3);
            assert_eq!(file.text_header(axum::http::header::CACHE_CONTROL), "no-store");
            let disposition = file.text_header(axum::http::header::CONTENT_DISPOSITION).to_owned();
            assert!(disposition.starts_with("attachment;") && disposition.contains("-2026-11-23-DC-") && disposition.contains(&format!(".{format}")), "{disposition}");
            assert_eq!(file.text_header(axum::http::header::X_CONTENT_TYPE_OPTIONS), "nosniff");
            let raw = file.text();
            let rows = cells(file.bytes);
            assert_eq!(rows[0], ["客户级别", "客户名称", "电话", "负责人", "地区", "年营收", "标签", "备注"]);
            let third = ["VIP", "华盛机械", "138****1234", "李雷", "浙江省杭州市西湖区", "123456.78", "老客户、@重点", "=HYPERLINK(\"http://x\")"];
            assert_eq!(rows[3], third, "{format}");
            assert!(rows.iter().flatten().all(|cell| !cell.contains("13812341234")), "masked");
            if format == "csv" {
                assert!(raw.contains("\"'=HYPERLINK(\"\"http://x\"\")\"") && raw.contains("'+1+1"), "{raw}");
            }
        }
    }

    fn filter_sort_search_and_language_count(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        some_customers(&app);
        let name = |view: Value| -> Vec<String> {
            let rows = cells(export(&app, &li, view).1.bytes);
            rows[1..].iter().map(|row| row[0].clone()).collect()
        };
        assert_eq!(name(json!({ "columns": ["name"], "format": "csv", "filter": [["grade", "in", ["vip", "key"]]], "sort": "-name" })), ["华盛机械", "阿里云计算"]);
        assert_eq!(name(json!({ "columns": ["name"], "format": "xlsx", "q": "hsjx" })), ["华盛机械"]);
        assert_eq!(name(json!({ "columns": ["name"], "format": "csv", "filter": [["grade", "eq", "none"]] })), Vec::<String>::new());
        let english = json!({ "columns": ["name", "grade", "industry"], "format": "csv", "language": "en", "q": "hsjx" });
        assert_eq!(cells(export(&app, &li, english).1.bytes), [["Customer name", "Tier", "Industry"], ["华盛机械", "VIP", "Manufacturing"]]);
    }

    fn chosen_customers_go_out_alone(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        some_customers(&app);
        let page = li.get("/customers?sort=name").ok();
        let ids = [&page["items"][0]["id"], &page["items"][2]["id"]];
        let view = json!({ "columns": ["name"], "format": "csv", "sort": "name", "ids": ids });
        let (result, file) = export(&app, &li, view.clone());
        assert_eq!((&result["rows"], cells(file.bytes).concat().join(" ")), (&json!(2), "客户名称 阿里云计算 华盛机械".to_owned()));
        assert_eq!(export(&app, &app.sign_in("sun"), view).0["rows"], 0);
    }

    fn an_export_is_its_makers_for_seven_days_and_is_written_down(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        some_customers(&app);
        let view = json!({ "columns": ["name", "phone"], "format": "csv", "filter": [["grade", "eq", "vip"]] });
        let (result, file) = export(&app, &li, view);
        assert!(file.status.is_success());
        let path = format!("/exports/{}/file", result["file"].as_str().expect("a file"));
        for other in ["wang", "sun", "steward", "chen"] {
            assert_eq!(app.sign_in(other).fetch(&path).refused(404), "not_found", "{other}");
        }
        let filter: String = "[[\"action\",\"eq\",\"export\"]]".bytes().map(|byte| format!("%{byte:02X}")).collect();
        let audit = app.sign_in("auditor").get(&format!("/audit?filter={filter}")).ok();
        let entries = audit["items"].as_array().expect("items");
        assert_eq!(entries.len(), 1);
        let told = match &entries[0]["changes"] {
            Value::String(text) => serde_json::from_str(text).expect("JSON"),
            other => other.clone(),
        };
        assert_eq!((&told["rows"], &told["columns"]), (&json!(1), &json!(["name", "phone"])));
        assert_eq!(told["filter"], json!([["grade", "eq", "vip"]]));
        app.pass(SignedDuration::from_hours(7 * 24));
        assert_eq!(app.sign_in("li").fetch(&path).refused(404), "not_found");
    }

    fn nobody_exports_what_they_do_not_see(db) {
        let app = TestApp::new(&db);
        some_customers(&app);
        let view = json!({ "columns": ["name", "phone", "email"], "format": "csv" });
        let zhao = app.sign_in("zhao");
        assert_eq!(export(&app, &zhao, view.clone()).0["rows"], 0);
        assert_eq!(export(&app, &app.sign_in("wang"), view.clone()).0["rows"], 3);
        assert_eq!(app.sign_in("chen").post("/customers/export", view).refused(403), "forbidden");
        let refused = |view: Value| zhao.post("/customers/export", view).fault();
        assert_eq!(refused(json!({ "columns": ["salary"], "format": "csv" })), "columns[0]: unknown_field");
        assert_eq!(refused(json!({ "columns": [], "format": "csv" })), "columns: required");
        let bad = json!({ "columns": ["name"], "format": "csv", "filter": [["phone", "eq", "1"]] });
        assert_eq!(zhao.post("/customers/export", bad).refused(422), "query.field_not_allowed");
    }

    fn what_went_out_comes_in_again(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        some_customers(&app);
        let columns: Vec<&str> = COLUMNS.iter().map(|column| column.key).collect();
        for format in ["csv", "xlsx"] {
            let before = li.get("/customers?sort=name").ok();
            let (_, file) = export(&app, &li, json!({ "columns": columns, "format": format }));
            let uploaded = upload(&li, "a", &file.bytes);
            put_mapping(&li, &uploaded, "update", json!({})).ok();
            assert_eq!(numbers(&run(&app, &li, &uploaded, false)), [3, 0, 0, 0, 3, 0]);
            assert_eq!(li.get("/customers?sort=name").ok(), before, "nothing changed on the way ({format})");
        }
        // In another company it makes the same customers, without what was masked.
        let (_, file) = export(&app, &li, json!({ "columns": columns, "format": "xlsx", "sort": "name" }));
        let other = store::testing::TestDb::new(db.dialect(), crate::app::MIGRATIONS);
        let there = TestApp::new(&other);
        let wang = there.sign_in("wang");
        let uploaded = upload(&wang, "a", &file.bytes);
        put_mapping(&wang, &uploaded, "skip", json!({})).ok();
        assert_eq!(numbers(&run(&there, &wang, &uploaded, false)), [3, 0, 0, 3, 0, 0]);
        assert_eq!(names(&wang), names(&li));
        let (one, same) = (li.get("/customers?sort=name").ok(), wang.get("/customers?sort=name").ok());
        for field in ["grade", "region", "industry", "annual_revenue_fen", "tags", "founded_on", "source", "notes", "kind", "number"] {
            for at in 0..3 {
                let equal = one["items"][at][field] == same["items"][at][field];
                assert!(equal || field == "number", "{field} {at}");
            }
        }
        assert_eq!(same["items"][0]["phone"], Value::Null);
    }

    fn a_long_book_goes_out_page_by_page(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let sheet: String = std::iter::once("公司\n".to_owned()).chain((0..730).map(|n| format!("第{n}家\n"))).collect();
        let uploaded = upload(&li, "a.csv", sheet.as_bytes());
        put_mapping(&li, &uploaded, "create", json!({})).ok();
        run(&app, &li, &uploaded, false);
        app.limit_exports(1_000);
        let (result, file) = export(&app, &li, json!({ "columns": ["number"], "format": "csv", "sort": "number" }));
        assert_eq!(result["rows"], 730);
        let numbers: Vec<String> = cells(file.bytes)[1..].iter().map(|row| row[0].clone()).collect();
        let expected: Vec<String> = (1..=730).map(|n| format!("KH-2026-{n:06}")).collect();
        assert_eq!(numbers, expected);
    }
}
