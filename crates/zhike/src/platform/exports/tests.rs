//! The gate of exports through its HTTP door, on both databases.

use jiff::SignedDuration;
use serde_json::{Value, json};
use store::jobs::NewJob;

use crate::platform::exports;
use crate::testing::{Session, TestApp};

fn customers(app: &TestApp, names: &[&str]) {
    for name in names {
        let notes = "主营机床与自动化产线的设计制造和售后服务";
        app.customer(
            "li",
            json!({ "name": name, "notes": notes, "allow_duplicate": true, "duplicate_reason": "测试" }),
        );
    }
}

fn export(app: &TestApp, session: &Session<'_>, format: &str) -> Value {
    let view = json!({ "columns": ["name", "notes"], "format": format });
    let job = session.post("/customers/export", view).ok();
    app.run_jobs();
    session.get(&format!("/jobs/{}", job["job_id"].as_str().expect("a job"))).ok()["result"].clone()
}

fn file(result: &Value) -> String {
    format!("/exports/{}/file", result["file"].as_str().expect("a file"))
}

/// Its owner says what it is for.
fn explain(session: &Session<'_>, result: &Value) -> Value {
    let path = format!("/releases/{}/purpose", result["file"].as_str().expect("a file"));
    session.post(&path, json!({ "purpose": "月底给供应商对账" })).ok()
}

fn decision(result: &Value) -> String {
    format!("/releases/{}/decision", result["file"].as_str().expect("a file"))
}

fn told(session: &Session<'_>) -> Vec<String> {
    let items = session.get("/notifications").ok()["items"].as_array().expect("items").clone();
    let kinds = items.iter().map(|item| item["kind"].as_str().expect("a kind").to_owned());
    kinds.filter(|kind| kind.starts_with("release_")).collect()
}

/// What somebody has been told and has not read.
fn unread(session: &Session<'_>) -> Vec<String> {
    let items = session.get("/notifications").ok()["items"].as_array().expect("items").clone();
    let unread = items.iter().filter(|item| item["read"] == json!(false));
    unread
        .map(|item| item["kind"].as_str().expect("a kind").to_owned())
        .filter(|kind| kind.starts_with("release_"))
        .collect()
}

fn audited(app: &TestApp, action: &str) -> usize {
    let filter: String =
        format!("[[\"action\",\"eq\",\"{action}\"]]").bytes().map(|byte| format!("%{byte:02X}")).collect();
    let page = app.sign_in("auditor").get(&format!("/audit?filter={filter}")).ok();
    page["items"].as_array().expect("items").len()
}

store::statements! {
    NO_SYSTEM_ADMINISTRATOR = "delete from role where builtin = 'system_administrator'";
    FORMER_NAME = "update role set name = '系统管理员', follows = $1 where builtin = 'administrator'";
    BEGUN_ANEW = "update job set state = 'queued', result = null where kind = 'customers.export'";
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn above_the_limit_a_second_person_decides(db) {
        let app = TestApp::new(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        customers(&app, &["华盛机械", "瑞丰食品", "恒泰电子"]);
        app.limit_exports(2);
        let result = export(&app, &wang, "csv");
        assert_eq!((&result["waits"], &result["deciders"], &result["rows"]), (&json!(true), &json!(1), &json!(3)));
        assert_eq!(wang.fetch(&file(&result)).refused(409), "export.waits");
        let yes = json!({ "approve": true });
        explain(&wang, &result);
        assert_eq!(wang.post_version(&decision(&result), 2, yes.clone()).refused(403), "export.own");
        assert_eq!(li.post_version(&decision(&result), 2, yes.clone()).refused(403), "forbidden");
        assert_eq!(app.sign_in("zhou").post_version(&decision(&result), 2, yes.clone()).refused(404), "not_found");
        let admin = app.sign_in("admin");
        assert_eq!((told(&admin), told(&wang)), (vec!["release_asked".to_owned()], vec!["release_held".to_owned()]));
        let waiting = admin.get("/releases").ok()["items"][0].clone();
        assert_eq!((&waiting["decidable"], &waiting["fetchable"], &waiting["rows"]), (&json!(true), &json!(false), &json!(3)));
        admin.post_version(&decision(&result), 2, yes.clone()).ok();
        assert_eq!(admin.post_version(&decision(&result), 3, yes).refused(409), "export.decided");
        let asked = admin.get("/notifications").ok()["items"].as_array().expect("items").clone();
        assert!(asked.iter().filter(|notice| notice["kind"] == "release_asked").all(|notice| notice["read"] == json!(true)));
        assert_eq!(told(&wang), ["release_approved", "release_held"]);
        assert_eq!(admin.fetch(&file(&result)).refused(404), "not_found", "whoever approves does not get it");
        assert!(wang.fetch(&file(&result)).text().contains("恒泰电子"));
        assert_eq!((audited(&app, "export"), audited(&app, "approve_export"), audited(&app, "fetch_export")), (1, 1, 1));
    }

    fn whoever_decides_reads_what_was_asked_for_and_what_it_is_for(db) {
        let app = TestApp::new(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        customers(&app, &["华盛机械", "瑞丰食品"]);
        app.limit_exports(1);
        let view = json!({ "columns": ["name", "notes"], "format": "csv", "filter": [["grade", "eq", "ordinary"]] });
        let job = li.post("/customers/export", view).ok();
        app.run_jobs();
        let result = li.get(&format!("/jobs/{}", job["job_id"].as_str().expect("a job"))).ok()["result"].clone();
        let own = li.get("/releases").ok()["items"][0].clone();
        assert_eq!((&own["state"], &own["explainable"], &own["purpose"]), (&json!("held"), &json!(true), &Value::Null));
        assert_eq!((told(&wang), told(&li)), (Vec::new(), vec!["release_held".to_owned()]), "nobody is asked before it is known what for");
        assert_eq!(wang.post_version(&decision(&result), 1, json!({ "approve": true })).refused(409), "export.unexplained");
        let path = format!("/releases/{}/purpose", result["file"].as_str().expect("a file"));
        assert_eq!(li.post(&path, json!({ "purpose": "  " })).fault(), "purpose: required");
        assert_eq!(li.post(&path, json!({ "purpose": "长".repeat(201) })).fault(), "purpose: too_long");
        assert_eq!(wang.post(&path, json!({ "purpose": "x" })).refused(404), "not_found", "only its owner knows");
        let explained = explain(&li, &result);
        assert_eq!((&explained["state"], &explained["explainable"]), (&json!("waiting"), &json!(false)));
        assert_eq!(li.post(&path, json!({ "purpose": "另一个" })).refused(409), "export.explained");
        let seen = wang.get("/releases").ok()["items"][0].clone();
        assert_eq!((&seen["decidable"], &seen["purpose"]), (&json!(true), &json!("月底给供应商对账")));
        assert_eq!((&seen["asked"]["filter"], &seen["asked"]["columns"]), (&json!([["grade", "eq", "ordinary"]]), &json!(["name", "notes"])));
        assert_eq!(told(&wang), ["release_asked"]);
        assert_eq!(audited(&app, "explain_export"), 1);
        let own = li.get("/notifications").ok()["items"][0].clone();
        assert_eq!((&own["kind"], &own["read"]), (&json!("release_held"), &json!(true)), "nothing is left to do");
        let view = |purpose: &str| json!({ "columns": ["name"], "format": "csv", "purpose": purpose });
        assert_eq!(li.post("/customers/export", view(" ")).fault(), "purpose: required");
        let job = li.post("/customers/export", view("盘点")).ok();
        app.run_jobs();
        assert_eq!(li.get(&format!("/jobs/{}", job["job_id"].as_str().expect("a job"))).ok()["result"]["waits"], json!(true));
        assert_eq!(wang.get("/releases").ok()["items"][0]["purpose"], json!("盘点"), "said beforehand, it waits at once");
    }

    fn what_is_refused_stays_here_and_the_asker_learns_why(db) {
        let app = TestApp::new(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        customers(&app, &["华盛机械", "瑞丰食品"]);
        app.limit_exports(1);
        let result = export(&app, &li, "csv");
        assert_eq!(result["deciders"], 2, "the manager and the first person");
        explain(&li, &result);
        assert_eq!(wang.post_version(&decision(&result), 2, json!({ "approve": false })).fault(), "reason: required");
        wang.post_version(&decision(&result), 2, json!({ "approve": false, "reason": "用不着这么多" })).ok();
        assert_eq!(li.fetch(&file(&result)).refused(409), "export.refused");
        assert_eq!(told(&li), ["release_refused", "release_held"]);
        assert_eq!(li.get("/releases").ok()["items"][0]["answer"], "用不着这么多");
    }

    fn what_was_taken_back_is_not_approved_into_life(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        customers(&app, &["华盛机械", "瑞丰食品"]);
        app.limit_exports(1);
        let (result, unexplained) = (export(&app, &li, "csv"), export(&app, &li, "csv"));
        explain(&li, &result);
        let system = std::sync::Arc::new(app.system());
        app.write(move |tx| crate::platform::exports::recall(tx, &system));
        let path = format!("/releases/{}/purpose", unexplained["file"].as_str().expect("a file"));
        assert_eq!(li.post(&path, json!({ "purpose": "对账" })).refused(410), "export.gone");
        let wang = app.sign_in("wang");
        assert_eq!(wang.post_version(&decision(&result), 2, json!({ "approve": true })).refused(410), "export.gone");
        let register = wang.get("/releases").ok()["items"].as_array().expect("items").clone();
        assert!(register.iter().all(|release| release["state"] == "lapsed" && release["gone"] == true && release["decidable"] == false), "{register:?}");
        assert_eq!((unread(&wang), unread(&li)), (vec![], vec!["release_recalled".to_owned()]), "nobody is asked for anything any more");
        assert_eq!(audited(&app, "lapse_export"), 2);
    }

    fn what_nobody_decides_about_in_time_waits_no_more(db) {
        let app = TestApp::new(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        customers(&app, &["华盛机械", "瑞丰食品"]);
        app.limit_exports(1);
        let result = export(&app, &li, "csv");
        assert_eq!(result["asked"].as_array().map(Vec::len), Some(2), "whoever may decide is named");
        explain(&li, &result);
        assert_eq!(unread(&wang), ["release_asked"]);
        app.pass(SignedDuration::from_hours(7 * 24 + 1));
        let (payload, run_at) = (json!({}), app.clock.now());
        app.write(move |tx| {
            let sweep = NewJob { kind: "platform.sweep", once_key: None, asked_by: None, payload: payload.clone(), run_at };
            Ok(store::jobs::enqueue(tx, sweep)?)
        });
        app.run_jobs();
        assert_eq!((unread(&app.sign_in("wang")), unread(&app.sign_in("li"))), (vec![], vec!["release_lapsed".to_owned()]));
        let own = app.sign_in("li").get("/releases").ok()["items"][0].clone();
        assert_eq!((&own["state"], &own["withdrawable"]), (&json!("lapsed"), &json!(false)));
    }

    fn whoever_asked_may_take_the_request_back(db) {
        let app = TestApp::new(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        customers(&app, &["华盛机械", "瑞丰食品"]);
        app.limit_exports(3);
        assert_eq!(li.get("/releases/allowance").ok(), json!({ "a_day": 3, "left": 3 }));
        export(&app, &li, "csv");
        assert_eq!(li.get("/releases/allowance").ok(), json!({ "a_day": 3, "left": 1 }));
        let result = export(&app, &li, "csv");
        explain(&li, &result);
        assert_eq!(unread(&wang), ["release_asked"]);
        let path = format!("/releases/{}/withdrawal", result["file"].as_str().expect("a file"));
        assert_eq!(wang.post(&path, json!({})).refused(404), "not_found", "only its owner");
        let withdrawn = li.post(&path, json!({})).ok();
        assert_eq!((&withdrawn["state"], &withdrawn["gone"], &withdrawn["withdrawable"]), (&json!("withdrawn"), &json!(true), &json!(false)));
        assert_eq!(unread(&wang), Vec::<String>::new(), "there is nothing to decide");
        assert_eq!(wang.post_version(&decision(&result), 3, json!({ "approve": true })).refused(409), "export.decided");
        assert_eq!(li.post(&path, json!({})).refused(409), "export.decided");
        assert_eq!((audited(&app, "withdraw_export"), li.get("/releases/allowance").ok()["left"].clone()), (1, json!(1)));
    }

    fn nothing_leaves_that_was_read_before_somebody_was_restricted(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        customers(&app, &["华盛机械"]);
        let waiting = export(&app, &li, "csv");
        let who = app.principal("li");
        let begin = || {
            let who = std::sync::Arc::clone(&who);
            app.read(move |tx| {
                let style = exports::Style::of(tx, exports::Language::Zh)?;
                exports::begin(tx, &who, &style, None)
            })
        };
        let begun = begin();
        let blob = app.app.files.put_with(|file| std::io::Write::write_all(file, b"read before").map_err(crate::kernel::Error::internal)).expect("a file");
        let release = |begun: exports::Begun| {
            let (who, blob) = (std::sync::Arc::clone(&who), blob.clone());
            app.db.write_blocking(move |tx| {
                let told = json!({});
                let (name, media_type, entity) = ("a.csv", "text/csv", crate::kernel::Entity::Customer);
                exports::release(tx, &who, exports::Leaving { blob: &blob, name, media_type, begun: &begun, entity, rows: 1, customer: None, purpose: None, told })
            })
        };
        let system = std::sync::Arc::new(app.system());
        app.write(move |tx| crate::platform::exports::recall(tx, &system));
        let refused = release(begun).expect_err("it was read before");
        assert_eq!((refused.status, refused.code), (409, "export.recalled"));
        assert_eq!(told(&li), ["release_recalled"], "whoever waits for a file is told");
        assert_eq!(li.fetch(&file(&waiting)).refused(404), "not_found");
        assert!(release(begin()).is_ok());
    }

    fn a_job_that_is_begun_anew_lets_out_one_file(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        customers(&app, &["华盛机械", "瑞丰食品"]);
        let first = export(&app, &li, "csv");
        app.write(|tx| Ok(tx.execute(&BEGUN_ANEW, &[])?));
        app.run_jobs();
        let register = li.get("/releases").ok();
        assert_eq!(register["items"].as_array().map(Vec::len), Some(1));
        let jobs = li.get("/jobs").ok();
        let job = jobs["items"].as_array().expect("jobs").iter().find(|job| job["kind"] == "customers.export").expect("the job");
        assert_eq!((&job["state"], &job["result"]["file"], &job["result"]["rows"]), (&json!("done"), &first["file"], &json!(2)));
    }

    fn many_small_exports_are_one_large_one(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        customers(&app, &["华盛机械", "瑞丰食品"]);
        app.limit_exports(4);
        let waits = |session: &Session<'_>| export(&app, session, "csv")["waits"].clone();
        assert_eq!([waits(&li), waits(&li), waits(&li)], [json!(false), json!(false), json!(true)]);
        app.pass(SignedDuration::from_hours(25));
        assert_eq!(waits(&app.sign_in("li")), json!(false), "another day");
        let admin = app.sign_in("admin");
        let roles = admin.get("/roles").ok();
        let role = roles["items"].as_array().expect("roles").iter().find(|role| role["builtin"] == "salesperson").expect("the role").clone();
        let path = format!("/roles/{}", role["id"].as_str().expect("an id"));
        let changed = admin.patch(&path, 1, json!({ "export_rows": 100 })).ok();
        assert_eq!((&changed["export_rows"], &changed["follows"]), (&json!(100), &json!(true)), "a number is no right");
        assert_eq!(waits(&app.sign_in("li")), json!(false));
        assert_eq!(waits(&app.sign_in("li")), json!(false), "the role says more than the company");
    }

    fn a_link_works_once_and_for_minutes(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        customers(&app, &["华盛机械"]);
        let result = export(&app, &li, "csv");
        let link = || {
            let link = li.post(&file(&result).replace("/file", "/link"), Value::Null).ok();
            link["path"].as_str().expect("a path").trim_start_matches("/api/v1").to_owned()
        };
        let (first, second) = (link(), link());
        assert_eq!(li.get(&first).refused(410), "export.link_used", "a new link takes its place");
        assert_eq!(app.sign_in("wang").get(&second).refused(404), "not_found", "it is for whoever made the export");
        assert!(li.get(&second).status.is_success());
        assert_eq!(li.get(&second).refused(410), "export.link_used");
        let third = link();
        app.pass(SignedDuration::from_mins(6));
        assert_eq!(app.sign_in("li").get(&third).refused(410), "export.link_used");
        assert_eq!(li.get("/releases").ok()["items"][0]["fetches"], 1);
    }

    fn a_file_that_turns_up_is_led_back(db) {
        let app = TestApp::new(&db);
        let (li, admin) = (app.sign_in("li"), app.sign_in("admin"));
        customers(&app, &["华盛机械", "瑞丰食品"]);
        let trace = |name: &str, bytes: &[u8]| admin.request(axum::http::Method::POST, "/releases/trace").file(name, bytes).send().ok();
        for format in ["xlsx", "csv"] {
            let result = export(&app, &li, format);
            assert!(result["name"].as_str().expect("a name").contains(result["code"].as_str().expect("a code")));
            let leaked = li.fetch(&file(&result)).bytes;
            let found = trace("客户.dat", &leaked);
            assert_eq!(found["codes"], json!([result["code"]]), "{format}");
            assert_eq!(found["exports"][0]["asked_by"]["name"], "李雷");
        }
        // Cells that somebody copied out of a sheet.
        let result = export(&app, &li, "csv");
        let text = li.fetch(&file(&result)).text();
        let notes = text.lines().nth(1).expect("a row").split(',').nth(1).expect("a cell").to_owned();
        assert!(!notes.contains("DC-"), "nothing is seen of it");
        assert_eq!(trace("截取.txt", notes.as_bytes())["codes"], json!([result["code"]]));
        assert_eq!(trace("别的.txt", "与我们无关".as_bytes())["codes"], json!([]));
        assert_eq!(li.request(axum::http::Method::POST, "/releases/trace").file("a", b"a").send().refused(403), "forbidden");
        assert_eq!(audited(&app, "trace_export"), 4);
    }

    fn a_file_full_of_codes_is_looked_through_and_written_down_in_few_words(db) {
        let app = TestApp::new(&db);
        let (li, admin) = (app.sign_in("li"), app.sign_in("admin"));
        customers(&app, &["华盛机械"]);
        let result = export(&app, &li, "csv");
        let code = result["code"].as_str().expect("a code");
        let codes: Vec<String> = (0..100_000).map(documents::mark::code).collect();
        let leaked = format!("{code} {}", codes.join(" "));
        let call = admin.request(axum::http::Method::POST, "/releases/trace").file("名单.txt", leaked.as_bytes());
        let found = call.send().ok();
        assert_eq!((found["codes"].as_array().map(Vec::len), &found["more"]), (Some(100), &json!(true)));
        assert_eq!(found["exports"].as_array().map(Vec::len), Some(1));
        let filter = "%5B%5B%22action%22%2C%22eq%22%2C%22trace_export%22%5D%5D";
        let told = app.sign_in("auditor").get(&format!("/audit?filter={filter}")).ok()["items"][0]["changes"].clone();
        assert_eq!(told, json!({ "codes": [code], "codes_found": 100 }));
    }

    fn a_file_is_not_handed_out_when_its_maker_may_take_out_less(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        customers(&app, &["华盛机械", "瑞丰食品"]);
        let role = |builtin: &str| {
            let roles = admin.get("/roles").ok();
            let mut roles = roles["items"].as_array().expect("roles").iter();
            roles.find(|role| role["builtin"] == builtin).expect("a role").clone()
        };
        let refused = |login: &str, result: &Value| {
            let reply = app.sign_in(login).post(&file(result).replace("/file", "/link"), Value::Null);
            assert_eq!(reply.refused(410), "export.rights_changed", "{login}");
        };
        // Whose records one reaches: a manager becomes a salesperson.
        let made = export(&app, &app.sign_in("wang"), "csv");
        let link = app.sign_in("wang").post(&file(&made).replace("/file", "/link"), Value::Null).ok();
        let link = link["path"].as_str().expect("a path").trim_start_matches("/api/v1").to_owned();
        let path = format!("/users/{}", app.person("wang"));
        let version = admin.get(&path).ok()["version"].as_i64().expect("a version");
        admin.patch(&path, version, json!({ "roles": [role("salesperson")["id"]] })).ok();
        refused("wang", &made);
        assert_eq!(app.sign_in("wang").get(&link).refused(410), "export.rights_changed", "nor by a link from before");
        let again = export(&app, &app.sign_in("wang"), "csv");
        app.sign_in("wang").fetch(&file(&again));
        // Which fields one is shown.
        let made = export(&app, &app.sign_in("li"), "csv");
        app.sign_in("li").fetch(&file(&made));
        let sales = role("salesperson");
        let path = format!("/roles/{}", sales["id"].as_str().expect("an id"));
        let mut fields = sales["fields"].clone();
        fields["customer.notes"] = json!("hidden");
        admin.patch(&path, sales["version"].as_i64().expect("a version"), json!({ "fields": fields })).ok();
        refused("li", &made);
    }

    fn builtin_roles_that_nobody_edited_follow_the_product(db) {
        use crate::platform::access::setup::follow_product;
        use store::Entity as _;
        use crate::platform::access::model::{ROLE_BY_BUILTIN, Role};
        let app = TestApp::new(&db);
        let older = |key: &'static str, follows: bool| app.write(move |tx| {
            let role = Role::one(tx, &ROLE_BY_BUILTIN, &[&key])?.expect("a role");
            let mut permissions = role.permissions.clone();
            permissions.as_object_mut().expect("rights").remove("release");
            Ok(Role { permissions, follows, ..role }.update(tx)?)
        });
        older("manager", true);
        older("general_manager", false);
        let has = |key: &'static str| app.read(move |tx| {
            let role = Role::one(tx, &ROLE_BY_BUILTIN, &[&key])?.expect("a role");
            Ok::<_, crate::kernel::Error>(role.permissions["release"].is_object())
        });
        let follow = || {
            let (now, vault) = (app.clock.now(), std::sync::Arc::clone(&app.app.vault));
            app.write(move |tx| follow_product(tx, &crate::platform::access::system(now, &vault)));
        };
        // An older company has no role of that kind, and another one that the product once called so.
        let older_company = |follows: bool| app.write(move |tx| Ok(tx.execute(&NO_SYSTEM_ADMINISTRATOR, &[])? + tx.execute(&FORMER_NAME, &[&follows])?));
        let named = |key: &'static str| app.read(move |tx| Ok::<_, crate::kernel::Error>(Role::one(tx, &ROLE_BY_BUILTIN, &[&key])?.expect("a role").name));
        older_company(false);
        follow();
        assert_eq!((named("administrator"), named("system_administrator")), ("系统管理员".to_owned(), "系统管理员 2".to_owned()), "an edited one keeps its name");
        older_company(true);
        follow();
        assert_eq!((named("administrator"), named("system_administrator")), ("管理员（三员合一）".to_owned(), "系统管理员".to_owned()));
        assert_eq!((has("manager"), has("general_manager")), (true, false));
        let written = audited(&app, "update");
        follow();
        assert_eq!(audited(&app, "update"), written, "nothing is left to do");
        let admin = app.sign_in("admin");
        let roles = admin.get("/roles").ok();
        let role = roles["items"].as_array().expect("roles").iter().find(|role| role["builtin"] == "general_manager").expect("the role").clone();
        let path = format!("/roles/{}", role["id"].as_str().expect("an id"));
        admin.patch(&path, role["version"].as_i64().expect("a version"), json!({ "follow": true })).ok();
        assert!(has("general_manager"), "somebody asked for it");
    }
}
