//! What is not taken in, and from whom.

use std::time::{Duration, Instant};

use axum::http::Method;
use serde_json::json;
use store::Entity as _;

use super::{customer, import, names, numbers, path, put_mapping, recognised, rejected, run, sheets, upload};
use crate::platform::access::model::{ROLE_BY_BUILTIN, Role};
use crate::testing::{Session, TestApp};

fn code(session: &Session<'_>, content: &[u8], status: u16) -> String {
    session.request(Method::POST, "/imports").file("客户.xlsx", content).send().refused(status)
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn harmful_and_useless_files_are_refused_at_once(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let bomb = sheets::bomb();
        assert!(bomb.len() < 1 << 20);
        let started = Instant::now();
        assert_eq!(code(&li, &bomb, 422), "file.bomb");
        assert!(started.elapsed() < Duration::from_secs(5), "at once also on a busy machine: {:?}", started.elapsed());
        assert_eq!(code(&li, b"", 422), "file.empty");
        assert_eq!(code(&li, b"PK\x03\x04 nothing", 422), "file.damaged");
        assert_eq!(code(&li, b"%PDF-1.7", 422), "file.not_a_table");
        assert_eq!(code(&li, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old", 422), "file.old_xls");
        assert_eq!(code(&li, "公司,电话\n".as_bytes(), 422), "import.empty");
        assert_eq!(code(&li, &vec![b'a'; 66 << 20], 413), "file.too_large");
        let none = li.request(Method::POST, "/imports").bytes("multipart/form-data; boundary=x", b"--x--\r\n".to_vec()).send();
        assert_eq!(none.fault(), "file: required");
    }

    fn a_key_stands_for_one_file(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let send = |name: &str, text: &str| {
            li.request(Method::POST, "/imports").key("k1").file(name, sheets::csv(&sheets::rows(text)).as_bytes()).send()
        };
        let first = send("a.csv", "公司\n华盛").created();
        assert_eq!(send("a.csv", "公司\n华盛").created()["id"], first["id"], "sent again");
        assert_eq!(send("a.csv", "公司\n恒泰").refused(409), "idempotency_key.reused");
        assert_eq!(send("b.csv", "公司\n华盛").refused(409), "idempotency_key.reused");
    }

    fn an_import_is_its_makers_alone(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let sheet = sheets::csv(&sheets::rows("公司\n华盛"));
        let uploaded = upload(&li, "a.csv", sheet.as_bytes());
        let sun = app.sign_in("sun");
        for place in ["", "/rejected"] {
            assert_eq!(sun.get(&format!("{}{place}", path(&uploaded))).refused(404), "not_found");
        }
        assert_eq!(put_mapping(&sun, &uploaded, "skip", json!({})).refused(404), "not_found");
        assert_eq!(sun.post(&format!("{}/start", path(&uploaded)), json!({})).refused(404), "not_found");
        let chen = app.sign_in("chen");
        assert_eq!(chen.request(Method::POST, "/imports").file("a.csv", sheet.as_bytes()).send().refused(403), "forbidden");
        assert_eq!(li.get("/imports").ok()["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(sun.get("/imports").ok()["items"], json!([]));
    }

    fn customers_are_given_only_to_whom_the_asker_may_give_them(db) {
        let app = TestApp::new(&db);
        let text = "公司|负责人
            一|李雷
            二|孙丽
            三|赵刚
            四|";
        let li = app.sign_in("li");
        let (sheet, result) = import(&app, &li, text, "skip");
        assert_eq!(numbers(&result), [2, 0, 2, 2, 0, 0]);
        let reasons: Vec<String> = rejected(&li, &sheet)[1..].iter().map(|row| row[3].clone()).collect();
        assert_eq!(reasons, ["负责人：您无权把客户分给这位同事（孙丽）", "负责人：您无权把客户分给这位同事（赵刚）"]);
        assert_eq!(names(&li), ["四", "一"]);
        assert_eq!(numbers(&import(&app, &app.sign_in("wang"), text, "skip").1), [1, 2, 1, 1, 0, 0], "wang leads li and sun");
        let uploaded = upload(&li, "a.csv", sheets::csv(&sheets::rows("公司\n五")).as_bytes());
        let theirs = json!({ "owner_id": app.person("sun") });
        assert_eq!(put_mapping(&li, &uploaded, "skip", theirs).fault(), "defaults.owner_id: owner.not_allowed");
        assert_eq!(put_mapping(&li, &uploaded, "skip", json!({ "source": "不知道" })).fault(), "defaults.source: source.unknown");
        assert_eq!(put_mapping(&li, &uploaded, "skip", json!({ "salary": "1" })).fault(), "defaults.salary: unknown_field");
        let graded = json!({ "source": "展会", "grade": "VIP" });
        assert_eq!(put_mapping(&li, &uploaded, "skip", graded.clone()).fault(), "defaults.grade: grade.not_allowed");
        let wang = app.sign_in("wang");
        let uploaded = upload(&wang, "a.csv", sheets::csv(&sheets::rows("公司\n五")).as_bytes());
        put_mapping(&wang, &uploaded, "skip", graded).ok();
        run(&app, &wang, &uploaded, false);
        let five = customer(&wang, "五");
        assert_eq!((&five["source"], &five["grade"]), (&json!("exhibition"), &json!("vip")));
    }

    fn a_grade_that_one_may_not_set_is_left_out_with_a_word(db) {
        let app = TestApp::new(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        let text = "公司|客户级别\n一|VIP\n二|普通";
        let uploaded = upload(&li, "a.csv", sheets::csv(&sheets::rows(text)).as_bytes());
        let preview = put_mapping(&li, &uploaded, "skip", json!({})).ok();
        let told = |row: usize| preview["rows"][row]["problems"].clone();
        assert_eq!((&told(0)[0]["code"], &told(0)[0]["level"]), (&json!("grade.not_allowed"), &json!("warning")));
        assert_eq!(told(1), json!([]), "the lowest needs no word");
        assert_eq!(numbers(&run(&app, &li, &uploaded, false)), [2, 0, 0, 2, 0, 0]);
        let one = customer(&li, "一");
        assert_eq!((&one["grade"], &one["notes"]), (&json!("ordinary"), &json!("客户级别：VIP")));
        assert_eq!(numbers(&import(&app, &wang, "公司|客户级别|负责人\n三|VIP|李雷", "skip").1), [1, 0, 0, 1, 0, 0]);
        assert_eq!(customer(&wang, "三")["grade"], "vip", "a manager imports grades");
        // Bringing customers up to date, a sheet may say what is so, and changes no grade.
        let (sheet, result) = import(&app, &li, "公司|客户级别|地址\n一|普通|新址\n三|普通|新址", "update");
        assert_eq!(numbers(&result), [1, 0, 1, 0, 1, 0]);
        assert_eq!(rejected(&li, &sheet)[1].last().expect("a reason"), "客户级别：您无权填写此项");
        assert_eq!(customer(&li, "三")["grade"], "vip");
        assert_eq!(customer(&li, "一")["address"], "新址");
    }

    fn a_grade_needs_the_right_over_the_very_customer(db) {
        let app = TestApp::new(&db);
        app.write(|tx| {
            // Imports for the whole department, and approves what is his own.
            let role = Role::one(tx, &ROLE_BY_BUILTIN, &[&"manager"])?.expect("a role");
            let mut permissions = role.permissions.clone();
            permissions["customer"]["approve"] = json!("own");
            crate::platform::access::epoch::bump(tx)?;
            Ok(Role { permissions, ..role }.update(tx)?)
        });
        let wang = app.sign_in("wang");
        let (sheet, result) = import(&app, &wang, "公司|客户级别|负责人\n一|VIP|李雷\n二|VIP|王强", "skip");
        assert_eq!(numbers(&result), [1, 0, 1, 1, 0, 0]);
        assert_eq!(rejected(&wang, &sheet)[1].last().expect("a reason"), "客户级别：您无权填写此项");
    }

    fn whoever_loses_the_right_loses_the_import(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let uploaded = upload(&li, "a.csv", sheets::csv(&sheets::rows("公司\n华盛")).as_bytes());
        put_mapping(&li, &uploaded, "skip", json!({})).ok();
        let started = li.post(&format!("{}/start", path(&uploaded)), json!({ "dry_run": false })).ok();
        let li_id = app.person("li");
        app.write(move |tx| {
            crate::platform::access::epoch::bump(tx)?;
            Ok(tx.execute(&crate::platform::access::model::TAKE_ROLES, &[&li_id]).map(drop)?)
        });
        app.run_jobs();
        let id: uuid::Uuid = started["job_id"].as_str().and_then(|id| id.parse().ok()).expect("a job");
        let job = app.read(move |tx| <store::jobs::Job as store::Entity>::get(tx, id));
        assert_eq!(job.state, store::jobs::State::Failed);
        assert!(names(&app.sign_in("wang")).is_empty());
    }

    fn mappings_are_checked(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let uploaded = upload(&li, "a.csv", sheets::csv(&sheets::rows("公司|名|身份证号\n华盛|x|1")).as_bytes());
        assert_eq!(uploaded["columns"][2]["field"], json!(null), "a field that li may not fill is not suggested");
        let put = |columns: serde_json::Value| {
            let body = json!({ "columns": columns, "duplicates": "skip" });
            li.request(Method::PUT, &format!("{}/mapping", path(&uploaded))).json(body).send()
        };
        let place = |index: usize, field: &str| json!({ "index": index, "field": field });
        assert_eq!(put(json!([place(0, "name"), place(1, "name")])).fault(), "columns[1].field: field.twice");
        assert_eq!(put(json!([place(0, "owner_id")])).fault(), "columns[0].field: unknown_field");
        assert_eq!(put(json!([place(7, "name")])).fault(), "columns[0].field: unknown_column");
        assert_eq!(put(json!([place(2, "id_number")])).fault(), "columns[0].field: not_allowed");
        assert_eq!(put(json!([{ "index": 0, "field": null }])).fault(), "columns: name.required");
        assert_eq!(li.post(&format!("{}/start", path(&uploaded)), json!({})).refused(409), "import.not_mapped");
        put(recognised(&uploaded)).ok();
        run(&app, &li, &uploaded, false);
        assert_eq!(put(recognised(&uploaded)).refused(409), "import.started");
        assert_eq!(li.post(&format!("{}/start", path(&uploaded)), json!({})).refused(409), "import.done");
    }
}
