use serde_json::json;

use super::kit::*;
use crate::app::MIGRATIONS;
use crate::testing::TestApp;

store::statements! {
    DUTIES = "select count(*) from duty";
}

fn count(app: &TestApp) -> i64 {
    app.read(|tx| tx.query_one(&DUTIES, &[])?.get(0))
}

store::db_test! {
    MIGRATIONS;

    fn adopting_a_regulation_makes_the_duties_of_its_periods(db) {
        let app = TestApp::new(&db);
        app.set_time(at("2026-11-02T01:30:00Z"));
        let vip = customer(&app, "li", "华盛机械", "vip");
        let key = customer(&app, "li", "瑞丰食品", "key");
        let ordinary = customer(&app, "sun", "恒泰电子", "ordinary");
        let (li, wang) = (session(&app, "li"), session(&app, "wang"));
        assert_eq!(duties(&wang, vip).len(), 0, "nothing is owed without a regulation");
        let admin = session(&app, "admin");
        assert_eq!(li.post("/policies/adopt", json!({ "keys": ["R3"] })).refused(403), "forbidden");
        assert_eq!(admin.post("/policies/adopt", json!({ "keys": ["R9"] })).fault(), "keys: unknown");
        admin.post("/policies/adopt", json!({ "keys": ["R3"] })).ok();
        assert_eq!(admin.post("/policies/adopt", json!({ "keys": ["R3"] })).ok(), json!([]), "adopted already");
        app.run_jobs();
        assert_eq!(summary(&duties(&li, vip)), ["archive-verification 2026-Q4 open", "vip-contact 2026-11 open"]);
        assert_eq!(summary(&duties(&li, key)), ["archive-verification 2026-Q4 open", "key-contact 2026-11 open"]);
        assert_eq!(duties(&li, ordinary).len(), 0, "not hers");
        let seen = duties(&wang, ordinary);
        assert_eq!(summary(&seen), ["archive-verification 2026-Q4 open", "ordinary-contact 2026-Q4 open"]);
        let duty = duty(&li, vip, "vip-contact");
        assert_eq!(duty["due_at"], "2026-11-30T16:00:00Z");
        assert_eq!(duty["due_on"], "2026-11-30");
        assert_eq!(duty["owner"]["name"], "李雷");
        assert_eq!(duty["customer"]["name"], "华盛机械");
        assert_eq!(duty["progress"], json!([
            { "what": "contact", "have": 0, "need": 2 }, { "what": "visit", "have": 0, "need": 1 },
        ]));
        assert_eq!(duty["what"]["key"], "duty.quota");
    }

    fn planning_again_makes_nothing_twice_and_the_next_period_comes_in_time(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let before = count(&app);
        let plan = || {
            crate::policy::engine::jobs::catch_up(&app.db, &std::sync::Arc::new(app.system())).expect("planned");
        };
        plan();
        plan();
        assert_eq!(count(&app), before);
        pass_to(&app, "2026-11-30T14:30:00Z");
        plan();
        let li = session(&app, "li");
        let months = |state: &str| -> Vec<String> {
            let all = summary(&duties(&li, vip));
            all.into_iter().filter(|line| line.starts_with("vip-contact") && line.ends_with(state)).collect()
        };
        assert_eq!(months("open"), ["vip-contact 2026-11 open", "vip-contact 2026-12 open"]);
        plan();
        assert_eq!(months("open").len(), 2);
    }

    /// Only PostgreSQL has transactions side by side.
    fn a_contact_recorded_while_its_duty_is_planned_counts(db) {
        let app = TestApp::new(&db);
        app.set_time(at("2026-11-02T01:30:00Z"));
        let vip = customer(&app, "li", "华盛机械", "vip");
        session(&app, "admin").post("/policies/adopt", json!({ "keys": ["R3"] })).ok();
        let plan = || crate::policy::engine::jobs::catch_up(&app.db, &std::sync::Arc::new(app.system())).expect("planned");
        if app.read(|tx| Ok::<_, crate::kernel::Error>(tx.is_postgres())) {
            let (published, is_published) = std::sync::mpsc::channel();
            let (planned, is_planned) = std::sync::mpsc::channel::<()>();
            let is_planned = std::sync::Mutex::new(is_planned);
            let (db, who) = (app.db.clone(), app.principal("li"));
            let recorder = std::thread::spawn(move || {
                db.write_blocking(move |tx| {
                    publish(tx, &who, vip, "contact_made", at("2026-11-02T01:00:00Z"))?;
                    published.send(()).expect("somebody waits");
                    is_planned.lock().expect("unpoisoned").recv().expect("planned");
                    Ok::<_, crate::kernel::Error>(())
                })
            });
            is_published.recv().expect("published");
            plan();
            planned.send(()).expect("somebody waits");
            recorder.join().expect("ended").expect("stored");
            assert_eq!(duty(&session(&app, "li"), vip, "vip-contact")["progress"][0]["have"], 0, "they crossed");
            pass_to(&app, "2026-11-02T01:31:00Z");
        } else {
            happened(&app, "li", vip, "contact_made", "2026-11-02T01:00:00Z");
            plan();
        }
        assert_eq!(duty(&session(&app, "li"), vip, "vip-contact")["progress"][0]["have"], 1);
    }

    fn months_that_passed_without_a_server_are_made_up_for(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        app.set_time(at("2027-01-20T01:30:00Z"));
        crate::policy::engine::jobs::catch_up(&app.db, &std::sync::Arc::new(app.system())).expect("planned");
        let all = summary(&duties(&session(&app, "li"), vip));
        let contacts: Vec<&String> = all.iter().filter(|line| line.starts_with("vip-contact")).collect();
        assert_eq!(contacts, ["vip-contact 2026-11 missed", "vip-contact 2026-12 missed", "vip-contact 2027-01 open"]);
    }

    fn who_comes_late_in_a_period_owes_a_share(db) {
        let app = company(&db);
        app.set_time(at("2026-11-20T01:30:00Z"));
        let vip = customer(&app, "li", "华盛机械", "vip");
        let li = session(&app, "li");
        assert_eq!(summary(&duties(&li, vip)), ["vip-contact 2026-11 open"], "the quarter is half over");
        assert_eq!(duty(&li, vip, "vip-contact")["progress"][0]["need"], 1);
    }

    fn imported_customers_are_planned_together(db) {
        let app = company(&db);
        let import = uuid::Uuid::now_v7();
        let who = app.principal("steward");
        let owner = app.person("li");
        let department = app.department("上海组");
        let made = app.write(move |tx| {
            let new = crate::customers::input::NewCustomer { name: Some("进口客户".into()), ..Default::default() };
            let prepared = crate::customers::service::prepare(&who, &new, Some(owner), Some(department))?;
            let grant = who.grant()?;
            let block = crate::customers::service::insert_block(tx, &grant, import, &[prepared])?;
            crate::customers::service::record_import(tx, &who, import, 1)?;
            Ok(block.customers[0].0.uuid())
        });
        let li = session(&app, "li");
        assert_eq!(duties(&li, made).len(), 0);
        app.run_jobs();
        assert_eq!(summary(&duties(&li, made)), ["archive-verification 2026-Q4 open", "ordinary-contact 2026-Q4 open"]);
    }
}
