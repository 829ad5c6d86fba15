use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::kit::*;
use crate::app::MIGRATIONS;
use crate::policy::engine::sweep as engine;
use crate::testing::TestApp;

store::statements! {
    STEPS = "select count(*) from breach";
    NOTICES = "select count(*) from notification";
    WAITING = "select count(*) from duty where next_check_at <= $1";
}

fn count(app: &TestApp, statement: &'static store::Statement) -> i64 {
    app.read(|tx| tx.query_one(statement, &[])?.get(0))
}

/// What is owed and what is told when nobody contacts the VIP in November.
fn told_of_the_missed_month() -> [&'static str; 4] {
    [
        "warn-80 2026-11-24T08:36:00Z",
        "due 2026-11-30T16:00:00Z",
        "supervisor 2026-11-30T16:00:00Z",
        "department_head 2026-12-01T16:00:00Z",
    ]
}

store::db_test! {
    MIGRATIONS;

    fn a_missed_contact_is_warned_of_and_climbs_the_ladder(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let li = session(&app, "li");
        let november = || listed(&li, &json!([["customer", "eq", vip], ["rule", "eq", "vip-contact"]])).remove(0);
        pass_to(&app, "2026-11-24T08:36:00Z");
        assert_eq!(steps(&li, &november()), told_of_the_missed_month()[..1]);
        assert_eq!(notices(&app, "li"), ["duty_warning warn-80"]);
        pass_to(&app, "2026-11-30T15:59:59Z");
        assert_eq!(november()["state"], "open");
        pass_to(&app, "2026-11-30T16:00:00Z");
        assert_eq!(november()["state"], "missed", "a month is half-open");
        assert_eq!(steps(&li, &november()), told_of_the_missed_month()[..3]);
        assert_eq!(notices(&app, "li"), ["duty_warning warn-80", "duty_due due"]);
        assert_eq!(notices(&app, "wang"), ["duty_overdue supervisor"]);
        pass_to(&app, "2026-12-01T16:00:00Z");
        assert_eq!(steps(&li, &november()), told_of_the_missed_month());
        assert_eq!(notices(&app, "wang"), ["duty_overdue supervisor", "duty_overdue department_head"]);
        let before = (count(&app, &STEPS), count(&app, &NOTICES));
        pass_to(&app, "2026-12-05T00:00:00Z");
        assert_eq!((count(&app, &STEPS), count(&app, &NOTICES)), before);
    }

    fn hours_of_downtime_lose_nothing_and_keep_the_true_instants(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let li = session(&app, "li");
        // Nothing ran since before the first warning until hours after the last rung.
        pass_to(&app, "2026-12-01T21:00:00Z");
        let missed = listed(&li, &json!([["customer", "eq", vip], ["rule", "eq", "vip-contact"]])).remove(0);
        assert_eq!(steps(&li, &missed), told_of_the_missed_month());
        assert_eq!(missed["state"], "missed");
        assert_eq!(notices(&app, "wang"), ["duty_overdue supervisor", "duty_overdue department_head"]);
        let told = session(&app, "wang").get("/notifications").ok();
        assert_eq!(told["items"][0]["at"], "2026-12-01T16:00:00Z");
        assert_eq!(told["items"][0]["params"]["customer"], "华盛机械");
        assert_eq!(sweep(&app), 0, "there is nothing left to look at");
    }

    fn a_month_of_missed_duties_is_one_notification(db) {
        let app = company(&db);
        let named = ["华盛机械", "瑞丰食品", "恒泰电子", "金山重工", "东方仪表"];
        for name in named {
            customer(&app, "li", name, "vip");
        }
        let zhao = customer(&app, "zhao", "南海造船", "vip");
        pass_to(&app, "2026-11-30T16:00:00Z");
        assert_eq!(notices(&app, "li"), ["duty_warning_many warn-80", "duty_due_many due"]);
        assert_eq!(notices(&app, "zhao"), ["duty_warning warn-80", "duty_due due"], "the only one names its customer and leads to it");
        let last = |login: &str| session(&app, login).get("/notifications").ok()["items"][0].clone();
        let (many, one) = (last("li"), last("zhao"));
        assert_eq!((&many["params"]["count"], &many["params"]["due_to"]), (&json!(5), &json!("2026-11-30")));
        let customers = many["params"]["customers"].as_array().unwrap();
        assert!(customers.len() == 3 && customers.iter().all(|name| named.contains(&name.as_str().unwrap())));
        assert_eq!(one["params"]["customer"], "南海造船");
        let missed = listed(&session(&app, "zhao"), &json!([["customer", "eq", zhao], ["state", "eq", "missed"]])).remove(0);
        assert_eq!(one["link"], format!("/duties/{}", missed["id"].as_str().unwrap()));
        // The link of many is the list of exactly these.
        let filter = many["link"].as_str().unwrap().strip_prefix("/policy/duties?f=").expect("the list of duties");
        let behind = session(&app, "li").get(&format!("/duties?filter={filter}")).ok();
        assert_eq!(behind["items"].as_array().map(Vec::len), Some(5), "{filter}");
        assert_eq!(notices(&app, "wang"), ["duty_overdue_many supervisor"]);
        assert_eq!(last("wang")["params"]["count"], 5);
    }

    fn what_comes_later_the_same_day_is_gathered_and_unread_again(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let other = customer(&app, "li", "瑞丰食品", "vip");
        let known = |customer: Uuid, when: &str| {
            told(&app, "li", (Uuid::now_v7(), customer), "major_event_known", at(when));
        };
        known(vip, "2026-11-02T01:00:00Z");
        known(other, "2026-11-02T01:20:00Z");
        pass_to(&app, "2026-11-03T01:10:00Z");
        let li = session(&app, "li");
        let dues = || -> Vec<String> { notices(&app, "li").into_iter().filter(|line| line.ends_with(" due")).collect() };
        assert_eq!(dues(), ["duty_due due"]);
        li.post("/notifications/read", json!({ "all": true })).ok();
        pass_to(&app, "2026-11-03T01:30:00Z");
        assert_eq!(dues(), ["duty_due_many due"]);
        let told = li.get("/notifications").ok()["items"][0].clone();
        assert_eq!((&told["read"], &told["params"]["count"]), (&json!(false), &json!(2)));
        assert_eq!(told["params"]["customers"], json!(["华盛机械", "瑞丰食品"]));
        pass_to(&app, "2026-11-03T02:00:00Z");
        assert_eq!(li.get("/notifications").ok()["items"][0]["params"]["count"], 2, "nothing is counted twice");
    }

    fn two_nodes_at_once_tell_everybody_once(db) {
        let app = company(&db);
        for number in 0..30 {
            customer(&app, "li", &format!("客户{number}号有限公司"), "vip");
        }
        app.set_time(at("2026-12-02T00:00:00Z"));
        let nodes: Vec<_> = (0..2)
            .map(|_| {
                let (db, who) = (app.db.clone(), Arc::new(app.system()));
                std::thread::spawn(move || {
                    for _ in 0..20 {
                        let who = Arc::clone(&who);
                        db.write_blocking(move |tx| engine::step(tx, &who)).expect("swept");
                    }
                })
            })
            .collect();
        nodes.into_iter().for_each(|node| node.join().expect("a node"));
        assert_eq!(count(&app, &STEPS), 30 * 4, "the quarter's duties are not over");
        assert_eq!(count(&app, &NOTICES), 3, "a warning of the week before last is no news");
        for (login, told) in [("li", 1), ("wang", 2)] {
            let items = session(&app, login).get("/notifications").ok()["items"].clone();
            let counts: Vec<_> = items.as_array().unwrap().iter().map(|item| item["params"]["count"].clone()).collect();
            assert_eq!(counts, vec![json!(30); told]);
        }
        let missed = listed(&session(&app, "wang"), &json!([["state", "eq", "missed"]]));
        assert_eq!(missed.len(), 30);
        let now = app.clock.now();
        assert_eq!(app.read(move |tx| tx.query_one(&WAITING, &[&now])?.get::<i64>(0)), 0);
    }

    fn a_clock_that_jumps_back_repeats_and_undoes_nothing(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let li = session(&app, "li");
        pass_to(&app, "2026-11-30T16:00:01Z");
        let missed = listed(&li, &json!([["customer", "eq", vip], ["rule", "eq", "vip-contact"]])).remove(0);
        let before = (steps(&li, &missed), count(&app, &NOTICES));
        pass_to(&app, "2026-11-20T00:00:00Z");
        // A contact makes the engine look again, ten days before it knew that the month was missed.
        happened(&app, "li", vip, "contact_made", "2026-11-19T01:00:00Z");
        assert_eq!(detail(&li, &missed)["state"], "missed");
        assert_eq!(detail(&li, &missed)["progress"][0]["have"], 1);
        pass_to(&app, "2026-11-30T16:00:02Z");
        assert_eq!((steps(&li, &missed), count(&app, &NOTICES)), before);
        pass_to(&app, "2026-12-01T16:00:00Z");
        assert_eq!(steps(&li, &missed), told_of_the_missed_month());
    }

    fn the_history_cannot_be_rewritten(db) {
        let app = company(&db);
        customer(&app, "li", "华盛机械", "vip");
        pass_to(&app, "2026-12-02T00:00:00Z");
        for statement in [&REWRITE_BREACH, &ERASE_BREACH, &REWRITE_EVENT, &ERASE_EVENT] {
            let tried = db.write_blocking(move |tx| tx.execute(statement, &[]));
            assert!(tried.is_err(), "{}", statement.name);
        }
    }
}

store::statements! {
    REWRITE_BREACH = "update breach set at = 0";
    ERASE_BREACH = "delete from breach";
    REWRITE_EVENT = "update duty_event set at = 0";
    ERASE_EVENT = "delete from duty_event";
}
