use std::sync::Arc;

use calendar::National;
use jiff::Timestamp;
use jiff::civil::date;
use store::Db;

use super::*;
use crate::kernel::Error;
use crate::kernel::permission::action::Update;
use crate::kernel::permission::entity::Setting;
use crate::platform::access;
use crate::platform::vault::Vault;
use crate::testing::TestApp;

fn now() -> Timestamp {
    "2026-11-23T01:30:00Z".parse().expect("instant")
}

fn grant() -> crate::platform::grant::Grant<Update, Setting> {
    let vault = Arc::new(Vault::from_root(&[7; 32]));
    Arc::new(access::system(now(), &vault)).grant().expect("the system may")
}

fn initialised(db: &Db) {
    db.write_blocking(|tx| initialise(tx, " 华盛科技 ", "Asia/Shanghai", now())).expect("initialised");
}

store::db_test! {
    crate::app::MIGRATIONS;
    fn settings_are_kept_and_versioned(db) {
        initialised(&db);
        let first = db.read_blocking(get).expect("read");
        assert_eq!((first.company.as_str(), first.version), ("华盛科技", 1));
        let changed = db.write_blocking(move |tx| {
            let settings = get(tx)?;
            update(tx, &grant(), 1, Settings { company: "华盛集团".into(), ..settings })
        });
        assert_eq!(changed.expect("updated").version, 2);
        let stale = db.write_blocking(move |tx| {
            let settings = get(tx)?;
            update(tx, &grant(), 1, settings)
        });
        assert_eq!(stale.err().map(|error| error.status), Some(412));
    }

    fn what_makes_no_calendar_is_refused(db) {
        initialised(&db);
        let refused = |change: fn(&mut Settings)| {
            db.write_blocking(move |tx| {
                let mut settings = get(tx)?;
                change(&mut settings);
                update(tx, &grant(), 1, settings)
            })
            .err()
            .map(|error| error.code)
        };
        assert_eq!(refused(|settings| settings.time_zone = "Mars/Olympus".into()), Some("calendar.unknown_zone"));
        assert_eq!(refused(|settings| settings.working_week = Default::default()), Some("calendar.all_closed"));
        assert_eq!(refused(|settings| settings.company = "  ".into()), Some("input.invalid"));
    }

    fn a_change_is_seen_by_the_next_transaction(db) {
        initialised(&db);
        let saturday = date(2026, 11, 28);
        let working = |db: &Db| db.read_blocking(calendar).expect("calendar").is_working_day(saturday);
        assert!(!working(&db));
        db.write_blocking(move |tx| {
            let mut settings = get(tx)?;
            settings.working_week[5] = settings.working_week[0].clone();
            update(tx, &grant(), 1, settings)
        })
        .expect("updated");
        assert!(working(&db));
    }

    fn a_new_year_can_be_loaded(db) {
        initialised(&db);
        let new_year = date(2027, 1, 1);
        let before = db.read_blocking(move |tx| days(tx, new_year, new_year)).expect("days");
        assert!(before[0].working && before[0].provisional);
        let table = r#"{"year": 2027, "days": [{"date": "2027-01-01", "name": "元旦", "isOffDay": true}]}"#;
        assert_eq!(db.write_blocking(move |tx| add_table(tx, &grant(), table)).expect("loaded"), 2027);
        assert_eq!(db.write_blocking(move |tx| add_table(tx, &grant(), table)).expect("loaded again"), 2027);
        let after = db.read_blocking(move |tx| days(tx, new_year, new_year)).expect("days");
        assert!(!after[0].working && !after[0].provisional);
        assert_eq!(after[0].name.as_deref(), Some("元旦"));
        let refused = db.write_blocking(move |tx| add_table(tx, &grant(), "{}")).err();
        assert_eq!(refused.map(|error| error.code), Some("calendar.table_syntax"));
    }

    fn days_say_what_is_special(db) {
        initialised(&db);
        let spring = db.read_blocking(move |tx| days(tx, date(2026, 2, 14), date(2026, 2, 17))).expect("days");
        assert!(spring[0].working, "a make-up working Saturday");
        assert!(!spring[3].working && spring[3].festival.is_some() && spring[3].lunar.is_some());
        let none = db.read_blocking(move |tx| days(tx, date(2026, 2, 14), date(2026, 2, 13)));
        assert!(none.is_err());
    }

    fn a_changed_calendar_is_announced_once(db) {
        initialised(&db);
        db.write_blocking(move |tx| {
            let settings = get(tx)?;
            let settings = update(tx, &grant(), 1, Settings { national: None, ..settings })?;
            update(tx, &grant(), 2, Settings { company: "另一个".into(), ..settings })?;
            Ok::<_, Error>(())
        })
        .expect("updated");
        let facts = db.read_blocking(|tx| tx.query_one(&FACTS, &[&CALENDAR_CHANGED])?.get::<i64>(0)).expect("counted");
        assert_eq!(facts, 1);
        assert_eq!(db.read_blocking(get).expect("read").national, None::<National>);
    }
}

store::statements! {
    FACTS = "select count(*) from fact where kind = $1";
}

store::db_test! {
    crate::app::MIGRATIONS;
    fn administrators_change_settings_and_others_read_them(db) {
        let app = TestApp::new(&db);
        let (admin, li) = (app.sign_in("admin"), app.sign_in("li"));
        let mut settings = li.get("/settings").ok();
        settings["company"] = "华盛".into();
        assert_eq!(li.put("/settings", 1, settings.clone()).refused(403), "forbidden");
        assert_eq!(admin.put("/settings", 1, settings.clone()).ok()["version"], 2);
        assert_eq!(admin.put("/settings", 1, settings.clone()).refused(412), "stale");
        settings["time_zone"] = "Mars/Olympus".into();
        assert_eq!(admin.put("/settings", 2, settings).refused(422), "calendar.unknown_zone");
        assert_eq!(li.get("/me").ok()["company"]["name"], "华盛");
        let days = li.get("/calendar?from=2026-10-01&to=2026-10-10").ok();
        assert_eq!((&days["items"][0]["working"], &days["items"][9]["working"]), (&false.into(), &true.into()));
        let table = serde_json::json!({ "year": 2027, "days": [{ "date": "2027-01-01", "name": "元旦", "isOffDay": true }] });
        assert_eq!(li.post("/calendar/tables", table.clone()).refused(403), "forbidden");
        assert_eq!(admin.post("/calendar/tables", table).created()["year"], 2027);
        assert_eq!(li.get("/calendar?from=2027-01-01&to=2027-01-01").ok()["items"][0]["name"], "元旦");
    }
}
