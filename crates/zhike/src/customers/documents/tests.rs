//! The forms through their HTTP door, on both databases.

use serde_json::{Value, json};

use crate::customers::import::tests::cells;
use crate::testing::{Reply, Session, TestApp};

fn print(session: &Session<'_>, id: &str, document: Value) -> Reply {
    let made = session.post(&format!("/customers/{id}/documents"), document).created();
    session.get(&format!("/exports/{}/file", made["file"].as_str().expect("a file")))
}

/// What a form says, as a workbook, in one text.
fn read(session: &Session<'_>, id: &str, sheet: &str) -> String {
    let file = print(session, id, json!({ "sheet": sheet, "format": "xlsx" }));
    cells(file.bytes).into_iter().map(|row| row.join("|")).collect::<Vec<_>>().join("\n")
}

fn id_of(created: Value) -> String {
    created["id"].as_str().expect("an id").to_owned()
}

fn customer(app: &TestApp, session: &Session<'_>, name: &str) -> String {
    let new = json!({ "name": name, "grade": "vip", "phone": "13812341234", "notes": "=1+1\n第二行", "industry": "C",
        "annual_revenue_fen": 123_456_789, "core_need": "交期稳定",
        "allow_duplicate": true, "duplicate_reason": "同一部电话" });
    let id = id_of(app.customer("li", new));
    let contact = json!({ "name": "张伟㛃", "salutation": "mr", "position": "总经理", "phone": "13912345678",
        "decision_maker": true });
    session.post(&format!("/customers/{id}/contacts"), contact).created();
    let event = json!({ "kind": "financing", "happened_at": "2026-11-20T01:00:00Z", "content": "完成 B 轮融资" });
    session.post(&format!("/customers/{id}/events"), event).created();
    let deal = json!({ "kind": "contract", "happened_on": "2026-03-01", "number": "HT-7", "items": ["巡检服务", "备件"],
        "amount_fen": 50_000_000, "problems": "首批延期三天" });
    session.post(&format!("/customers/{id}/cooperation"), deal).created();
    let talk = json!({ "kind": "phone", "at": "2026-11-23T01:00:00Z", "content": "谈了交期", "feedback": "满意",
        "next_plan": "寄样品", "next_at": "2026-11-30T01:00:00Z", "priority": "high" });
    session.post(&format!("/customers/{id}/interactions"), talk).created();
    id
}

fn audited(app: &TestApp, action: &str) -> Vec<Value> {
    let filter: String =
        format!("[[\"action\",\"eq\",\"{action}\"]]").bytes().map(|byte| format!("%{byte:02X}")).collect();
    let page = app.sign_in("auditor").get(&format!("/audit?filter={filter}")).ok();
    page["items"].as_array().expect("items").clone()
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn a_form_is_filled_with_what_its_asker_sees(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&app, &li, "华盛机械");
        let told = read(&li, &id, "archive");
        for text in ["客户信息基础表", "R3-T1", "华盛机械", "138****1234", "1,234,567.89 元", "制造业", "交期稳定",
            "巡检服务、备件", "500,000.00 元　合同 1", "2026-03-01　首批延期三天", "张伟㛃（先生）", "139****5678", "是【重点】", "完成 B 轮融资", "李雷", "=1+1\n第二行"] {
            assert!(told.contains(text), "{text} is missing in {told}");
        }
        assert!(!told.contains("13812341234") && !told.contains("13912345678"));
        let told = read(&li, &id, "interactions");
        for text in ["客户互动记录表", "R3-T2", "2026-11-23 09:00", "电话", "谈了交期", "满意", "寄样品（高）\n2026-11-30 09:00"] {
            assert!(told.contains(text), "{text} is missing in {told}");
        }
        for (format, start) in [("pdf", &b"%PDF-"[..]), ("docx", b"PK"), ("xlsx", b"PK")] {
            let file = print(&li, &id, json!({ "sheet": "archive", "format": format, "language": "en" }));
            assert!(file.bytes.starts_with(start), "{format}");
            let disposition = file.text_header(axum::http::header::CONTENT_DISPOSITION);
            assert!(disposition.starts_with("attachment;") && disposition.ends_with(&format!("2026-11-23.{format}")), "{disposition}");
        }
        let entries = audited(&app, "export");
        assert_eq!(entries.len(), 5);
        assert!(entries.iter().all(|entry| entry["customer_id"] == json!(id)));
    }

    fn a_hidden_field_is_not_printed_and_says_so(db) {
        let app = TestApp::new(&db);
        let session = app.all_powerful();
        let id = customer(&app, &session, "华盛机械");
        let roles = app.sign_in("admin").get("/roles").ok();
        let role = roles["items"].as_array().expect("roles").iter().find(|role| role["name"] == "全能").expect("the role").clone();
        let path = format!("/roles/{}", role["id"].as_str().expect("an id"));
        let hidden = json!({ "customer.core_need": "hidden", "customer.phone": "hidden", "contact.position": "hidden" });
        app.sign_in("admin").patch(&path, role["version"].as_i64().expect("a version"), json!({ "fields": hidden })).ok();
        let told = read(&session, &id, "archive");
        for text in ["交期稳定", "1234", "总经理"] {
            assert!(!told.replace("1,234,567", "").contains(text), "{text} in {told}");
        }
        assert_eq!(told.matches("（无权查看）").count(), 2, "{told}");
    }

    fn a_period_bounds_the_records(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&app, &li, "华盛机械");
        let asked = |from: &str, to: &str| json!({ "sheet": "interactions", "format": "xlsx", "from": from, "to": to });
        let told = |from, to| cells(print(&li, &id, asked(from, to)).bytes).concat().concat();
        assert!(told("2026-11-23", "2026-11-23").contains("谈了交期"));
        assert!(told("2026-11-01", "2026-11-22").contains("这段时间没有互动记录"));
        assert_eq!(li.post(&format!("/customers/{id}/documents"), asked("2026-11-23", "2026-11-22")).fault(), "to: invalid");
    }

    fn nobody_prints_what_they_may_not_take_out(db) {
        let app = TestApp::new(&db);
        let id = customer(&app, &app.sign_in("li"), "华盛机械");
        let path = format!("/customers/{id}/documents");
        let archive = json!({ "sheet": "archive", "format": "pdf" });
        assert_eq!(app.sign_in("sun").post(&path, archive.clone()).refused(404), "not_found");
        assert_eq!(app.sign_in("chen").post(&path, archive.clone()).refused(403), "forbidden");
        app.hire("mark", "马可", "总部", &["marketing"], Some("admin"));
        let mark = app.sign_in("mark");
        let told = read(&mark, &id, "archive");
        assert!(told.contains("华盛机械") && !told.contains("张伟㛃"), "contacts are not theirs to take out: {told}");
        assert!(read(&app.sign_in("li"), &id, "archive").contains("张伟㛃"));
        let talks = json!({ "sheet": "interactions", "format": "pdf" });
        assert_eq!(mark.post(&path, talks.clone()).refused(403), "forbidden");
        assert_eq!(mark.post("/customers/documents", json!({ "document": talks })).refused(403), "forbidden");
        let made = app.sign_in("li").post(&path, archive).created();
        let file = format!("/exports/{}/file", made["file"].as_str().expect("a file"));
        assert_eq!(mark.get(&file).refused(404), "not_found");
    }

    fn many_customers_are_one_job(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let ids = ["华盛机械", "瑞丰食品", "恒泰电子"].map(|name| customer(&app, &li, name));
        let run = |asked: Value| {
            let job = li.post("/customers/documents", asked).ok();
            app.run_jobs();
            li.get(&format!("/jobs/{}", job["job_id"].as_str().expect("a job"))).ok()
        };
        let fetch = |job: &Value| {
            assert_eq!(job["state"], "done", "{job}");
            li.get(&format!("/exports/{}/file", job["result"]["file"].as_str().expect("a file"))).bytes
        };
        let document = |sheet: &str, format: &str| json!({ "sheet": sheet, "format": format });
        let job = run(json!({ "document": document("archive", "pdf"), "together": true, "filter": [["grade", "eq", "vip"]] }));
        assert_eq!(job["result"]["rows"], 3);
        assert!(fetch(&job).starts_with(b"%PDF-"));
        let job = run(json!({ "document": document("interactions", "docx"), "ids": [ids[0], ids[2]] }));
        assert_eq!(job["result"]["rows"], 2);
        let archive = String::from_utf8_lossy(&fetch(&job)).into_owned();
        assert!(archive.contains("客户互动记录表-华盛机械-2026-11-23.docx") && !archive.contains("瑞丰"));
        assert_eq!(audited(&app, "print").len(), 5);
        let nobody = run(json!({ "document": document("archive", "pdf"), "filter": [["grade", "eq", "key"]] }));
        assert_eq!((&nobody["state"], &nobody["error"]), (&json!("failed"), &json!("document.nobody")));
        let asked = json!({ "document": document("archive", "xlsx"), "together": true });
        assert_eq!(li.post("/customers/documents", asked).fault(), "together: invalid");
        let asked = json!({ "document": document("archive", "xlsx"), "ids": [] });
        assert_eq!(li.post("/customers/documents", asked).fault(), "ids: required");
    }
}
