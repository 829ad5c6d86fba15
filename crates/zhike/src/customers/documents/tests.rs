//! The forms through their HTTP door, on both databases.

use serde_json::{Value, json};
use store::Entity as _;

use crate::customers::import::tests::cells;
use crate::engagement::interactions::Interaction;
use crate::kernel::{Entity, Error, Id};
use crate::testing::{Reply, Session, TestApp};

store::statements! {
    EVERY = select Interaction where "customer_id = $1";
}

fn print(session: &Session<'_>, id: &str, document: Value) -> Reply {
    let made = session.post(&format!("/customers/{id}/documents"), document).created();
    session.fetch(&format!("/exports/{}/file", made["file"].as_str().expect("a file")))
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
        let talk = json!({ "kind": "phone", "at": "2026-11-23T00:30:00Z", "content": "约时间" });
        li.post(&format!("/customers/{id}/interactions"), talk).created();
        let counted = |sheet: &str| li.post(&format!("/customers/{id}/documents"), json!({ "sheet": sheet, "format": "docx" })).created();
        let (one, many) = (counted("archive"), counted("interactions"));
        let register = li.get("/releases").ok()["items"].as_array().expect("items").clone();
        let rows = |released: &Value| register.iter().find(|line| line["id"] == released["file"]).expect("a line")["rows"].clone();
        assert_eq!((rows(&one), rows(&many)), (json!(1), json!(2)), "a sheet counts for what is on it");
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
        assert_eq!(entries.len(), 7);
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
        assert_eq!(mark.fetch(&file).refused(404), "not_found");
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
            li.fetch(&format!("/exports/{}/file", job["result"]["file"].as_str().expect("a file"))).bytes
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

    fn what_was_let_out_is_asked_about_again_when_it_is_fetched(db) {
        let app = TestApp::new(&db);
        let (li, wang, steward) = (app.sign_in("li"), app.sign_in("wang"), app.sign_in("steward"));
        let id = customer(&app, &li, "华盛机械");
        let make = || {
            let made = li.post(&format!("/customers/{id}/documents"), json!({ "sheet": "archive", "format": "pdf" })).created();
            format!("/exports/{}/file", made["file"].as_str().expect("a file"))
        };
        let file = make();
        assert!(li.fetch(&file).bytes.starts_with(b"%PDF-"));
        let fetched = audited(&app, "fetch_export");
        assert_eq!((fetched.len(), &fetched[0]["customer_id"]), (1, &json!(id)));
        // The customer goes to somebody else.
        let version = || wang.get(&format!("/customers/{id}")).ok()["version"].as_i64().expect("a version");
        let hand_to = |login: &str| {
            let to = json!({ "owner_id": app.person(login), "reason": "调岗" });
            wang.put(&format!("/customers/{id}/owner"), version(), to).ok()
        };
        hand_to("sun");
        assert_eq!(li.fetch(&file).refused(404), "not_found");
        hand_to("li");
        assert!(li.fetch(&file).bytes.starts_with(b"%PDF-"));
        // Records of contacts go out by the right to them alone, and not without it.
        let job = li.post("/interactions/export", json!({ "format": "csv" })).ok();
        app.run_jobs();
        let job = li.get(&format!("/jobs/{}", job["job_id"].as_str().expect("a job"))).ok();
        let talks = format!("/exports/{}/file", job["result"]["file"].as_str().expect("a file"));
        let admin = app.sign_in("admin");
        let role = || {
            let roles = admin.get("/roles").ok();
            roles["items"].as_array().expect("roles").iter().find(|role| role["builtin"] == "salesperson").expect("the role").clone()
        };
        let (path, permissions) = (format!("/roles/{}", role()["id"].as_str().expect("an id")), role()["permissions"].clone());
        let give = |permissions: Value| {
            let version = role()["version"].as_i64().expect("a version");
            admin.patch(&path, version, json!({ "permissions": permissions })).ok();
        };
        let without = |entity: &str| {
            let mut permissions = permissions.clone();
            permissions[entity].as_object_mut().expect("rights").remove("export");
            permissions
        };
        give(without("customer"));
        assert_eq!(li.fetch(&talks).status.as_u16(), 200);
        assert_eq!(li.fetch(&file).refused(403), "forbidden");
        give(without("interaction"));
        assert_eq!(li.fetch(&talks).refused(403), "forbidden");
        give(permissions.clone());
        // Somebody is restricted: who knows which lists they stand in.
        let file = make();
        let contact = li.get(&format!("/customers/{id}/contacts")).ok()["items"][0]["id"].clone();
        let asked = json!({ "contact_id": contact, "kind": "restrict", "asker": "oneself", "channel": "phone", "content": "请办理" });
        let request = steward.post(&format!("/customers/{id}/subject_requests"), asked).created();
        let at = format!("/customers/{id}/subject_requests/{}", request["id"].as_str().expect("an id"));
        steward.put(&format!("{at}/identity"), 1, json!({ "identity": "called_back" })).ok();
        steward.put(&format!("{at}/restriction"), 1, json!({})).ok();
        assert_eq!((li.fetch(&file).refused(404), li.fetch(&talks).refused(404)), ("not_found".to_owned(), "not_found".to_owned()));
    }

    fn who_is_gone_when_their_page_comes_is_left_out(db) {
        let app = TestApp::new(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        let ids = ["华盛机械", "瑞丰食品"].map(|name| customer(&app, &li, name));
        let still = |id: &String| {
            let (who, id) = (app.principal("li"), id.parse().expect("an id"));
            app.read(move |tx| Ok::<_, Error>(crate::customers::documents::service::still(tx, &who, id, Entity::Interaction)?.is_some()))
        };
        assert_eq!(ids.each_ref().map(still), [true, true]);
        wang.delete(&format!("/customers/{}", ids[1])).ok();
        assert_eq!(ids.each_ref().map(still), [true, false], "no error, which would end the whole job");
        let job = li.post("/customers/documents", json!({ "document": { "sheet": "archive", "format": "pdf" }, "ids": ids })).ok();
        app.run_jobs();
        let job = li.get(&format!("/jobs/{}", job["job_id"].as_str().expect("a job"))).ok();
        assert_eq!((&job["result"]["rows"], &job["result"]["skipped"]), (&json!(1), &json!([])));
    }

    fn more_than_can_be_laid_out_is_refused(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&app, &li, "华盛机械");
        let (customer, text) = (id.parse::<uuid::Uuid>().expect("an id"), "长".repeat(5_000));
        app.write(move |tx| {
            let one = Interaction::all(tx, &EVERY, &[&customer])?.remove(0);
            for _ in 0..401 {
                Interaction { id: Id::new(), content: text.clone(), ..one.clone() }.insert(tx)?;
            }
            Ok(())
        });
        let talks = json!({ "sheet": "interactions", "format": "pdf" });
        let path = format!("/customers/{id}/documents");
        assert_eq!(li.post(&path, talks.clone()).refused(413), "document.too_many");
        let job = li.post("/customers/documents", json!({ "document": talks, "ids": [id] })).ok();
        app.run_jobs();
        let job = li.get(&format!("/jobs/{}", job["job_id"].as_str().expect("a job"))).ok();
        assert_eq!(job["error"], "document.too_many");
        let before = json!({ "sheet": "interactions", "format": "pdf", "to": "2026-11-22" });
        li.post(&path, before).created();
    }
}
