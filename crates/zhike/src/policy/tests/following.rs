use serde_json::json;
use uuid::Uuid;

use super::kit::*;
use crate::app::MIGRATIONS;

store::db_test! {
    MIGRATIONS;

    fn a_contact_counts_and_the_last_one_meets_the_duty(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let li = session(&app, "li");
        app.set_time(at("2026-11-10T02:00:00Z"));
        happened(&app, "li", vip, "contact_made", "2026-11-10T01:00:00Z");
        let half = duty(&li, vip, "vip-contact");
        assert_eq!((&half["state"], &half["progress"][0]["have"]), (&json!("open"), &json!(1)));
        app.set_time(at("2026-11-12T08:00:00Z"));
        happened(&app, "li", vip, "visit_made", "2026-11-12T06:00:00Z");
        let met = duty(&li, vip, "vip-contact");
        assert_eq!((&met["state"], &met["met_at"]), (&json!("met"), &json!("2026-11-12T06:00:00Z")));
        assert_eq!(history(&li, &met), ["opened", "met"]);
        let evidence = detail(&li, &met)["evidence"].as_array().unwrap().clone();
        let kinds: Vec<&str> = evidence.iter().map(|fact| fact["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["contact_made", "visit_made"]);
        assert_eq!(detail(&li, &met)["clause_title"]["zh"], "按客户等级制定联系计划");
        pass_to(&app, "2026-12-02T00:00:00Z");
        assert_eq!(steps(&li, &met), Vec::<String>::new(), "nobody is told of what is met");
        assert_eq!(notices(&app, "wang"), Vec::<String>::new());
    }

    fn a_record_is_a_clock_of_its_own(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let li = session(&app, "li");
        app.set_time(at("2026-11-10T02:00:00Z"));
        let quick = happened(&app, "li", vip, "contact_made", "2026-11-10T01:00:00Z");
        let slow = happened(&app, "li", vip, "contact_made", "2026-11-08T01:00:00Z");
        let of = |subject: Uuid| listed(&li, &json!([["rule", "eq", "contact-record"], ["subject", "eq", subject]])).remove(0);
        assert_eq!((&of(quick)["state"], &of(quick)["margin_seconds"]), (&json!("met"), &json!(23 * 3600)));
        assert_eq!((&of(slow)["state"], &of(slow)["margin_seconds"]), (&json!("late"), &json!(-25 * 3600)));
        assert_eq!(of(slow)["owner"]["name"], "李雷");
        let told = steps(&li, &of(slow));
        assert_eq!(told, ["due 2026-11-09T01:00:00Z", "supervisor 2026-11-09T01:00:00Z"], "no warning of what is done");
        withdrawn(&app, "li", vip, quick);
        assert_eq!(of(quick)["state"], "cancelled", "what was a mistake was never owed");
        assert_eq!(duty(&li, vip, "vip-contact")["progress"][0]["have"], 1, "and no longer counts");
        withdrawn(&app, "li", vip, slow);
        assert_eq!(duty(&li, vip, "vip-contact")["progress"][0]["have"], 0);
        assert_eq!((&of(slow)["state"], &of(slow)["margin_seconds"]), (&json!("late"), &json!(-25 * 3600)), "what was late stays late");
        happened(&app, "li", vip, "contact_made", "2026-11-10T02:00:00Z");
        let told = session(&app, "admin").get("/compliance?from=2026-11-01&to=2026-11-30&clause=R3-2.3&group=clause").ok();
        assert_eq!((&told["rows"][0]["met"], &told["rows"][0]["late"]), (&json!(1), &json!(1)), "recorded anew as of now it is a second one");
        let path = format!("/duties/{}/waive", of(slow)["id"].as_str().unwrap());
        session(&app, "wang").post(&path, json!({ "reason": "日期填错，当天已重新记录" })).ok();
        assert_eq!(of(slow)["state"], "waived", "whoever was not at fault is excused by somebody");
    }

    fn what_is_recorded_late_corrects_what_was_missed_and_a_withdrawal_undoes_it(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let li = session(&app, "li");
        app.set_time(at("2026-11-10T02:00:00Z"));
        happened(&app, "li", vip, "contact_made", "2026-11-10T01:00:00Z");
        pass_to(&app, "2026-12-01T02:00:00Z");
        let missed = listed(&li, &json!([["customer", "eq", vip], ["occurrence", "eq", "2026-11"]])).remove(0);
        assert_eq!(missed["state"], "missed");
        let visit = happened(&app, "li", vip, "visit_made", "2026-11-29T01:00:00Z");
        let found = detail(&li, &missed);
        assert_eq!((&found["state"], &found["met_at"]), (&json!("met"), &json!("2026-11-29T01:00:00Z")));
        assert_eq!(history(&li, &missed), ["opened", "missed", "corrected"]);
        assert!(steps(&li, &missed).iter().any(|step| step.starts_with("supervisor")), "what was told was told");
        withdrawn(&app, "li", vip, visit);
        assert_eq!(detail(&li, &missed)["state"], "missed");
        assert_eq!(history(&li, &missed), ["opened", "missed", "corrected", "corrected"]);
        assert_eq!(steps(&li, &missed).iter().filter(|step| step.starts_with("supervisor")).count(), 1);
    }

    fn a_verification_and_a_major_event_are_followed(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let li = session(&app, "li");
        told(&app, "li", (vip, vip), "archive_verified", at("2026-11-02T01:30:00Z"));
        assert_eq!(duty(&li, vip, "archive-verification")["state"], "met");
        let event = Uuid::now_v7();
        told(&app, "li", (event, vip), "major_event_known", at("2026-11-02T01:00:00Z"));
        assert_eq!(duty(&li, vip, "major-event-record")["state"], "open");
        pass_to(&app, "2026-11-03T01:00:00Z");
        assert_eq!(duty(&li, vip, "major-event-record")["state"], "open", "the due instant itself is in time");
        pass_to(&app, "2026-11-03T01:00:00.000001Z");
        let missed = duty(&li, vip, "major-event-record");
        assert_eq!(missed["state"], "missed");
        pass_to(&app, "2026-11-03T02:00:00Z");
        told(&app, "li", (event, vip), "major_event_recorded", at("2026-11-03T02:00:00Z"));
        let late = duty(&li, vip, "major-event-record");
        assert_eq!((&late["state"], &late["margin_seconds"]), (&json!("late"), &json!(-3600)));
        assert_eq!(history(&li, &late), ["opened", "missed", "late"]);
    }

    fn a_changed_grade_plans_anew(db) {
        let app = company(&db);
        let one = customer(&app, "li", "华盛机械", "key");
        let wang = session(&app, "wang");
        app.set_time(at("2026-11-10T02:00:00Z"));
        let grade = |grade: &str, version: i64| {
            wang.put(&format!("/customers/{one}/grade"), version, json!({ "grade": grade, "reason": "增长" })).ok();
        };
        grade("vip", 1);
        assert_eq!(
            summary(&duties(&wang, one)),
            ["archive-verification 2026-Q4 open", "key-contact 2026-11 cancelled", "vip-contact 2026-11 open"]
        );
        grade("key", 2);
        let again = duty(&wang, one, "key-contact");
        assert_eq!(again["state"], "open");
        assert_eq!(history(&wang, &again), ["opened", "cancelled", "revived"]);
        assert_eq!(duty(&wang, one, "vip-contact")["state"], "cancelled");
    }

    fn a_new_owner_takes_open_duties_over(db) {
        let app = company(&db);
        let one = customer(&app, "li", "华盛机械", "vip");
        let wang = session(&app, "wang");
        told(&app, "li", (one, one), "archive_verified", at("2026-11-02T01:30:00Z"));
        let (li, sun) = (app.person("li").uuid(), app.person("sun").uuid());
        wang.put(&format!("/customers/{one}/owner"), 1, json!({ "owner_id": sun, "reason": "调岗" })).ok();
        let moved = duty(&wang, one, "vip-contact");
        assert_eq!(id(&moved["owner"]["id"]), sun);
        let met = duty(&wang, one, "archive-verification");
        assert_eq!(id(&met["owner"]["id"]), li, "what is decided stays");
        let found = detail(&wang, &moved);
        assert_eq!(found["history"][1]["kind"], "replanned");
        assert_eq!(id(&found["history"][1]["data"]["before"]["owner"]), li);
        assert_eq!(found["history"][1]["actor"]["name"], "王强");
        let mine = |login: &str| listed(&session(&app, login), &json!([["live", "eq", true]])).len();
        assert_eq!((mine("li"), mine("sun")), (0, 1));
    }

    fn a_removed_customer_owes_nothing_until_it_is_back(db) {
        let app = company(&db);
        let one = customer(&app, "li", "华盛机械", "vip");
        let wang = session(&app, "wang");
        let proposed = json!({ "grade": "key", "reason": "采购额下降" });
        session(&app, "li").post(&format!("/customers/{one}/grade_proposals"), proposed).created();
        assert!(duties(&wang, one).iter().any(|duty| duty["rule"] == "grade-decision" && duty["state"] == "open"));
        assert!(wang.request(axum::http::Method::DELETE, &format!("/customers/{one}")).version(1).send().status.is_success());
        assert!(duties(&wang, one).iter().all(|duty| duty["state"] == "cancelled"));
        let steward = app.principal("steward");
        app.write(move |tx| {
            crate::customers::service::restore(tx, &steward.grant()?, crate::kernel::Id::from_uuid(one)).map(drop)
        });
        assert!(duties(&wang, one).iter().all(|duty| duty["state"] == "open"));
    }

    fn leave_names_who_stands_in_and_who_is_told(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let (li, sun) = (app.person("li"), app.person("sun"));
        let leave = json!({ "user_id": li, "from": "2026-11-20", "to": "2026-12-05", "kind": "leave", "deputy_id": sun });
        session(&app, "li").post("/absences", leave).created();
        app.run_jobs();
        let wang = session(&app, "wang");
        assert_eq!(duty(&wang, vip, "vip-contact")["deputy"]["name"], "孙丽");
        assert_eq!(listed(&session(&app, "sun"), &json!([])).len(), 0, "not yet away");
        pass_to(&app, "2026-11-24T09:00:00Z");
        assert_eq!(notices(&app, "sun"), ["duty_warning warn-80"]);
        assert_eq!(notices(&app, "li"), ["duty_warning warn-80"]);
        assert_eq!(listed(&session(&app, "sun"), &json!([["live", "eq", true]])).len(), 2, "sees what she stands in for");
    }

    fn a_changed_calendar_moves_the_warnings(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let admin = session(&app, "admin");
        let mut settings = admin.get("/settings").ok();
        let days: Vec<_> = (9..=13).map(|day| json!({ "date": format!("2026-11-{day:02}"), "kind": "off" })).collect();
        settings["overrides"] = json!(days);
        let version = settings["version"].as_i64().unwrap();
        settings.as_object_mut().unwrap().remove("version");
        admin.put("/settings", version, settings).ok();
        app.run_jobs();
        let li = session(&app, "li");
        let moved = duty(&li, vip, "vip-contact");
        assert_eq!(history(&li, &moved), ["opened", "replanned"]);
        pass_to(&app, "2026-11-24T09:00:00Z");
        assert_eq!(notices(&app, "li"), Vec::<String>::new(), "the warning moved with the working days");
        pass_to(&app, "2026-11-26T09:00:00Z");
        assert_eq!(notices(&app, "li"), ["duty_warning warn-80"]);
    }
}
