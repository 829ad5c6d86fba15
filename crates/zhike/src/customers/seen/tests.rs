//! Who saw a customer, through its HTTP door, on both databases.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::testing::{Session, TestApp};

fn sights(session: &Session<'_>, id: &str) -> Vec<(String, String, i64)> {
    let items = session.get(&format!("/customers/{id}/sights")).ok()["items"].as_array().expect("items").clone();
    let told = |item: &Value, key: &str| item[key].as_str().expect("a word").to_owned();
    let name = |item: &Value| item["by"]["name"].as_str().expect("a name").to_owned();
    items.iter().map(|item| (name(item), told(item, "how"), item["times"].as_i64().expect("a number"))).collect()
}

fn made(app: &TestApp) -> String {
    let made = app.sign_in("li").post("/customers", json!({ "name": "华盛机械", "phone": "13812341234" })).created();
    made["id"].as_str().expect("an id").to_owned()
}

fn said(all: &[(&str, &str, i64)]) -> Vec<(String, String, i64)> {
    all.iter().map(|(name, how, times)| ((*name).to_owned(), (*how).to_owned(), *times)).collect()
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn whoever_opens_a_customer_is_named_once_a_day(db) {
        let app = TestApp::new(&db);
        let id = made(&app);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        for _ in 0..3 {
            li.get(&format!("/customers/{id}")).ok();
        }
        assert_eq!(sights(&wang, &id), said(&[("李雷", "opened", 3)]));
        app.pass(SignedDuration::from_mins(1));
        li.get(&format!("/customers/{id}")).ok();
        app.pass(SignedDuration::from_mins(1));
        wang.get(&format!("/customers/{id}")).ok();
        assert_eq!(sights(&wang, &id), said(&[("王强", "opened", 1), ("李雷", "opened", 4)]));
        app.pass(SignedDuration::from_hours(24));
        app.sign_in("li").get(&format!("/customers/{id}")).ok();
        assert_eq!(sights(&app.sign_in("wang"), &id).len(), 3, "another day");
    }

    fn what_was_disclosed_beside_the_page_is_told_too(db) {
        let app = TestApp::new(&db);
        let id = made(&app);
        let li = app.sign_in("li");
        app.pass(SignedDuration::from_mins(1));
        li.post(&format!("/customers/{id}/reveal"), json!({ "field": "phone", "reason": "回电" })).ok();
        app.pass(SignedDuration::from_mins(1));
        let form = li.post(&format!("/customers/{id}/documents"), json!({ "sheet": "archive", "format": "pdf" })).created();
        app.pass(SignedDuration::from_mins(1));
        li.fetch(&format!("/exports/{}/file", form["file"].as_str().expect("a file"))).status.is_success().then_some(()).expect("a file");
        let told = sights(&app.sign_in("wang"), &id);
        assert_eq!(told, said(&[("李雷", "fetch_export", 1), ("李雷", "export", 1), ("李雷", "reveal", 1)]));
    }

    fn who_may_not_ask_is_refused(db) {
        let app = TestApp::new(&db);
        let id = made(&app);
        assert_eq!(app.sign_in("li").get(&format!("/customers/{id}/sights")).refused(403), "forbidden");
        assert_eq!(app.sign_in("zhou").get(&format!("/customers/{id}/sights")).refused(404), "not_found");
        assert!(sights(&app.sign_in("auditor"), &id).is_empty());
    }

    fn the_report_goes_out_as_a_file(db) {
        let app = TestApp::new(&db);
        let id = made(&app);
        let wang = app.sign_in("wang");
        wang.get(&format!("/customers/{id}")).ok();
        let job = wang.post(&format!("/customers/{id}/sights/export"), json!({ "format": "csv" })).ok();
        app.run_jobs();
        let job = wang.get(&format!("/jobs/{}", job["job_id"].as_str().expect("a job"))).ok();
        let file = wang.fetch(&format!("/exports/{}/file", job["result"]["file"].as_str().expect("a file"))).text();
        assert!(file.contains("王强") && file.contains("打开档案"), "{file}");
    }

    fn what_is_old_is_forgotten(db) {
        let app = TestApp::new(&db);
        let id = made(&app);
        app.sign_in("wang").get(&format!("/customers/{id}")).ok();
        assert_eq!(sights(&app.sign_in("wang"), &id).len(), 1);
        let forget = |app: &TestApp| {
            app.write(|tx| {
                let new = store::jobs::NewJob { kind: "customers.forget_seen", once_key: None, asked_by: None, payload: json!({}), run_at: jiff::Timestamp::UNIX_EPOCH };
                Ok(store::jobs::enqueue(tx, new)?)
            });
            app.run_jobs();
        };
        app.pass(SignedDuration::from_hours(24 * 366));
        forget(&app);
        assert_eq!(sights(&app.sign_in("wang"), &id).len(), 1);
        app.pass(SignedDuration::from_hours(24));
        forget(&app);
        assert!(sights(&app.sign_in("wang"), &id).is_empty());
    }
}
