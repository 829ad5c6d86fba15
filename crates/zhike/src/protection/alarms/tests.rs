//! Alarms through their HTTP door, on both databases.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::jobs::{self, NewJob};
use uuid::Uuid;

use crate::testing::{Session, TestApp};

store::statements! {
    SEEN = "insert into customer_seen (customer_id, day, user_id, times, first_at, last_at) values ($1, $2, $3, 1, $4, $4)";
}

/// Somebody opened so many customers today.
fn opens(app: &TestApp, login: &str, customers: usize) {
    let (user, now) = (app.person(login), app.clock.now());
    app.write(move |tx| {
        let day = crate::platform::settings::calendar(tx)?.date_of(now);
        (0..customers).try_for_each(|_| tx.execute(&SEEN, &[&Uuid::now_v7(), &day, &user, &now]).map(drop))?;
        Ok(())
    });
}

/// The hourly look.
fn look(app: &TestApp) {
    app.write(|tx| {
        let payload = json!({});
        let new = NewJob {
            kind: "protection.alarms",
            once_key: None,
            asked_by: None,
            payload,
            run_at: Timestamp::UNIX_EPOCH,
        };
        Ok(jobs::enqueue(tx, new)?)
    });
    app.run_jobs();
}

fn alarms(session: &Session<'_>) -> Vec<Value> {
    session.get("/alarms").ok()["items"].as_array().expect("items").clone()
}

fn told(session: &Session<'_>) -> usize {
    let items = session.get("/notifications").ok()["items"].as_array().expect("items").clone();
    items.iter().filter(|item| item["kind"] == "alarm_raised").count()
}

fn next_day(app: &TestApp) {
    app.pass(SignedDuration::from_hours(24));
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn an_unusual_day_is_told_once_and_answered(db) {
        let app = TestApp::new(&db);
        opens(&app, "li", 51);
        look(&app);
        look(&app);
        let admin = app.sign_in("admin");
        let all = alarms(&admin);
        assert_eq!((all.len(), told(&admin)), (1, 1), "however often it is looked at");
        assert_eq!((&all[0]["kind"], &all[0]["amount"], &all[0]["threshold"], &all[0]["usual"]), (&json!("opened"), &json!(51), &json!(50), &Value::Null));
        opens(&app, "li", 9);
        look(&app);
        next_day(&app);
        opens(&app, "li", 70);
        look(&app);
        let admin = app.sign_in("admin");
        let all = alarms(&admin);
        assert_eq!((all.len(), told(&admin), &all[0]["amount"]), (1, 1, &json!(70)), "it grows while nobody has answered");
        let path = format!("/alarms/{}/answer", all[0]["id"].as_str().expect("an id"));
        let version = all[0]["version"].as_i64().expect("a version");
        assert_eq!(app.sign_in("li").post_version(&path, version, json!({ "misuse": false, "reason": "x" })).refused(403), "forbidden");
        assert_eq!(admin.post_version(&path, version, json!({ "misuse": false, "reason": " " })).fault(), "reason: required");
        let answered = admin.post_version(&path, version, json!({ "misuse": false, "reason": "年底对账" })).ok();
        assert_eq!((&answered["state"], &answered["answer"]), (&json!("explained"), &json!("年底对账")));
        look(&app);
        assert_eq!(alarms(&admin).len(), 1, "the day has been answered for");
        opens(&app, "li", 71);
        look(&app);
        assert_eq!(alarms(&admin).len(), 2, "more than twice of what was seen then is another matter");
        let newest = alarms(&admin)[0].clone();
        let path = format!("/alarms/{}/answer", newest["id"].as_str().expect("an id"));
        admin.post_version(&path, newest["version"].as_i64().expect("a version"), json!({ "misuse": false, "reason": "仍在对账" })).ok();
        next_day(&app);
        opens(&app, "li", 200);
        look(&app);
        assert_eq!(alarms(&app.sign_in("admin")).len(), 3, "another day is another matter");
    }

    fn what_doubles_before_anybody_answers_is_told_again(db) {
        let app = TestApp::new(&db);
        let times = |opened: usize| {
            opens(&app, "li", opened);
            look(&app);
            let admin = app.sign_in("admin");
            assert_eq!(alarms(&admin).len(), 1, "it is the same alarm");
            told(&admin)
        };
        assert_eq!([times(60), times(59), times(1), times(60), times(60)], [1, 1, 2, 2, 3], "at 60, 120 and 240");
    }

    fn paging_through_the_archive_is_noticed_as_opening_is(db) {
        let app = TestApp::new(&db);
        app.hire("guard", "安全", "总部", &["security_administrator"], Some("admin"));
        let bounds = json!({ "opened": 50, "listed": 20, "revealed": 20, "exported": 300, "factor": 3 });
        app.sign_in("guard").put("/alarms/setting", 0, bounds).ok();
        let made = |n: usize| app.customer("li", json!({ "name": format!("第{n}家"), "allow_duplicate": true, "duplicate_reason": "测试" }));
        let customers: Vec<Value> = (0..24).map(made).collect();
        let first = customers[0]["id"].as_str().expect("an id");
        let li = app.sign_in("li");
        let pages = |session: &Session<'_>, most: usize| {
            let (mut cursor, mut seen) = (String::new(), 0);
            while seen < most {
                let page = session.get(&format!("/customers?sort=number&limit=8{cursor}")).ok();
                seen += page["items"].as_array().expect("items").len();
                match page["next"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            // Whoever asks who saw a customer has what is held written first.
            app.sign_in("auditor").get(&format!("/customers/{first}/sights")).ok();
            look(&app);
        };
        for _ in 0..5 {
            pages(&li, 16);
        }
        let admin = app.sign_in("admin");
        assert!(alarms(&admin).is_empty(), "the same sixteen, however often");
        pages(&li, 24);
        let all = alarms(&admin);
        assert_eq!((all.len(), &all[0]["kind"], &all[0]["about"]["name"]), (1, &json!("listed"), &json!("李雷")));
        assert!((21..=27).contains(&all[0]["amount"].as_i64().expect("a number")), "about 24: {}", all[0]["amount"]);
    }

    fn whoever_reads_much_every_day_is_not_reported(db) {
        let app = TestApp::new(&db);
        // The first days of somebody of whom nothing is known are reported: that is the price of a bound.
        opens(&app, "chen", 90);
        look(&app);
        let admin = app.sign_in("admin");
        let first = alarms(&admin)[0].clone();
        let path = format!("/alarms/{}/answer", first["id"].as_str().expect("an id"));
        admin.post_version(&path, 1, json!({ "misuse": false, "reason": "客服每天接听上百个电话" })).ok();
        for _ in 0..5 {
            next_day(&app);
            opens(&app, "chen", 45);
            look(&app);
        }
        next_day(&app);
        opens(&app, "chen", 120);
        look(&app);
        let admin = app.sign_in("admin");
        assert_eq!(alarms(&admin).len(), 1, "120 is within three times of what is usual: 90");
        next_day(&app);
        opens(&app, "chen", 400);
        look(&app);
        let newest = alarms(&app.sign_in("admin"))[0].clone();
        assert_eq!((&newest["amount"], &newest["usual"]), (&json!(400), &json!(120)));
    }

    fn full_numbers_and_exports_count_too(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let admin = app.sign_in("admin");
        app.hire("guard", "安全", "总部", &["security_administrator"], Some("admin"));
        let guard = app.sign_in("guard");
        let bounds = json!({ "opened": 50, "listed": 500, "revealed": 1, "exported": 1, "factor": 3 });
        assert_eq!(li.put("/alarms/setting", 0, bounds.clone()).refused(403), "forbidden");
        assert_eq!(admin.put("/alarms/setting", 0, bounds.clone()).refused(403), "alarm.watched", "they read customers");
        assert_eq!(admin.get("/alarms/setting").ok()["settable"], json!(false));
        guard.put("/alarms/setting", 0, bounds.clone()).ok();
        let notices = admin.get("/notifications").ok()["items"].as_array().expect("items").clone();
        assert!(notices.iter().any(|notice| notice["kind"] == "alarm_bounds"), "the others are told");
        assert_eq!(guard.put("/alarms/setting", 0, bounds).refused(412), "stale");
        assert_eq!(guard.put("/alarms/setting", 1, json!({ "opened": 0, "listed": 500, "revealed": 1, "exported": 1, "factor": 3 })).fault(), "opened: number.out_of_range");
        for (name, phone) in [("华盛机械", "13812341234"), ("瑞丰食品", "13912341234")] {
            let made = li.post("/customers", json!({ "name": name, "phone": phone })).created();
            let path = format!("/customers/{}/reveal", made["id"].as_str().expect("an id"));
            li.post(&path, json!({ "field": "phone", "reason": "回电" })).ok();
        }
        li.post("/customers/export", json!({ "columns": ["name"], "format": "csv" })).ok();
        app.run_jobs();
        look(&app);
        let kinds: Vec<Value> = alarms(&admin).iter().map(|alarm| alarm["kind"].clone()).collect();
        assert!(kinds.len() == 2 && kinds.contains(&json!("revealed")) && kinds.contains(&json!("exported")), "{kinds:?}");
    }

    fn what_somebody_else_approved_counts_for_that_day(db) {
        let app = TestApp::new(&db);
        app.hire("guard", "安全", "总部", &["security_administrator"], Some("admin"));
        let bounds = json!({ "opened": 50, "listed": 500, "revealed": 20, "exported": 1, "factor": 3 });
        app.sign_in("guard").put("/alarms/setting", 0, bounds).ok();
        for name in ["华盛机械", "瑞丰食品"] {
            app.customer("li", json!({ "name": name }));
        }
        app.limit_exports(1);
        let job = app.sign_in("li").post("/customers/export", json!({ "columns": ["name"], "format": "csv" })).ok();
        app.run_jobs();
        for _ in 0..3 {
            next_day(&app);
            look(&app);
        }
        assert!(alarms(&app.sign_in("admin")).is_empty(), "nothing has left yet");
        let job = app.sign_in("li").get(&format!("/jobs/{}", job["job_id"].as_str().expect("a job"))).ok();
        let release = format!("/releases/{}", job["result"]["file"].as_str().expect("a file"));
        app.sign_in("li").post(&format!("{release}/purpose"), json!({ "purpose": "对账" })).ok();
        app.sign_in("wang").post_version(&format!("{release}/decision"), 2, json!({ "approve": true })).ok();
        look(&app);
        let told = alarms(&app.sign_in("admin"));
        assert_eq!((told.len(), &told[0]["kind"], &told[0]["amount"]), (1, &json!("exported"), &json!(2)));
    }

    fn nobody_answers_an_alarm_about_themselves(db) {
        let app = TestApp::new(&db);
        opens(&app, "admin", 60);
        look(&app);
        let admin = app.sign_in("admin");
        let alarm = alarms(&admin)[0].clone();
        assert_eq!((told(&admin), &alarm["answerable"]), (0, &json!(false)));
        let path = format!("/alarms/{}/answer", alarm["id"].as_str().expect("an id"));
        assert_eq!(admin.post_version(&path, 1, json!({ "misuse": false, "reason": "是我" })).refused(403), "alarm.own");
    }
}
