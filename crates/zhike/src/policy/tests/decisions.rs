use serde_json::json;

use super::kit::*;
use crate::app::MIGRATIONS;

store::db_test! {
    MIGRATIONS;

    fn a_duty_is_waived_by_who_may_with_a_reason(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let (li, wang, zhou) = (session(&app, "li"), session(&app, "wang"), session(&app, "zhou"));
        let path = format!("/duties/{}/waive", id(&duty(&li, vip, "vip-contact")["id"]));
        assert_eq!(li.post(&path, json!({ "reason": "忙" })).refused(403), "forbidden");
        assert_eq!(zhou.post(&path, json!({ "reason": "忙" })).refused(404), "not_found");
        assert_eq!(wang.post(&path, json!({ "reason": "" })).fault(), "reason: required");
        let waived = wang.post(&path, json!({ "reason": "客户停产" })).ok();
        assert_eq!(waived["state"], "waived");
        let last = waived["history"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["kind"], &last["reason"], &last["actor"]["name"]), (&json!("waived"), &json!("客户停产"), &json!("王强")));
        assert_eq!(wang.post(&path, json!({ "reason": "again" })).refused(409), "duty.closed");
        pass_to(&app, "2026-12-02T00:00:00Z");
        assert_eq!(detail(&li, &waived)["state"], "waived");
        assert_eq!(notices(&app, "wang"), Vec::<String>::new());
    }

    fn a_missed_duty_may_still_be_waived_and_keeps_its_breaches(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let wang = session(&app, "wang");
        pass_to(&app, "2026-11-30T16:00:00Z");
        let missed = listed(&wang, &json!([["customer", "eq", vip], ["state", "eq", "missed"]])).remove(0);
        let waived = wang.post(&format!("/duties/{}/waive", id(&missed["id"])), json!({ "reason": "台风停工" })).ok();
        assert_eq!(waived["state"], "waived");
        assert_eq!(waived["steps"].as_array().unwrap().len(), 3);
    }

    fn postponing_moves_the_proposal_and_never_the_deadline(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let (li, sun) = (session(&app, "li"), session(&app, "sun"));
        let before = duty(&li, vip, "vip-contact");
        let path = format!("/duties/{}/postpone", id(&before["id"]));
        let until = |text: &str| json!({ "until": text, "reason": "客户出差" });
        assert_eq!(sun.post(&path, until("2026-11-28T01:00:00Z")).refused(404), "not_found");
        assert_eq!(li.post(&path, until("2026-11-30T16:00:00Z")).fault(), "until: out_of_range");
        assert_eq!(li.post(&path, until("2026-11-01T00:00:00Z")).fault(), "until: out_of_range");
        let moved = li.post(&path, until("2026-11-28T01:00:00Z")).ok();
        assert_eq!((&moved["act_at"], &moved["due_at"]), (&json!("2026-11-28T01:00:00Z"), &before["due_at"]));
        assert_eq!(history(&li, &moved), ["opened", "postponed"]);
        assert_eq!(moved["history"][1]["reason"], "客户出差");
        app.set_time(at("2026-11-10T02:00:00Z"));
        happened(&app, "li", vip, "contact_made", "2026-11-10T01:00:00Z");
        assert_eq!(duty(&li, vip, "vip-contact")["act_at"], "2026-11-28T01:00:00Z", "also after the next contact");
        pass_to(&app, "2026-11-24T09:00:00Z");
        assert_eq!(notices(&app, "li"), ["duty_warning warn-80"], "the deadline's warning comes all the same");
    }

    fn a_pause_takes_time_out_and_needs_a_rule_that_allows_it(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let wang = session(&app, "wang");
        let contact = duty(&wang, vip, "vip-contact");
        let path = |verb: &str| format!("/duties/{}/{verb}", id(&contact["id"]));
        let reason = json!({ "reason": "客户停产检修" });
        assert_eq!(wang.post(&path("resume"), json!({})).refused(409), "duty.not_paused");
        let paused = wang.post(&path("pause"), reason.clone()).ok();
        assert_eq!(paused["state"], "paused");
        assert_eq!(wang.post(&path("pause"), reason.clone()).refused(409), "duty.not_open");
        pass_to(&app, "2026-11-24T09:00:00Z");
        assert_eq!(notices(&app, "li"), Vec::<String>::new(), "nobody is warned meanwhile");
        let resumed = wang.post(&path("resume"), json!({})).ok();
        assert_eq!(resumed["state"], "open");
        assert_eq!(resumed["progress"][0]["need"], 1, "most of the month was paused");
        assert_eq!(history(&wang, &resumed), ["opened", "paused", "resumed"]);
        let event = uuid::Uuid::now_v7();
        told(&app, "li", (event, vip), "major_event_known", app.clock.now());
        let clock = duty(&wang, vip, "major-event-record");
        assert_eq!(wang.post(&format!("/duties/{}/pause", id(&clock["id"])), reason).refused(409), "duty.not_pausable");
    }

    fn a_duty_lasts_a_repeated_request_once(db) {
        let app = company(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let wang = session(&app, "wang");
        let path = format!("/duties/{}/waive", id(&duty(&wang, vip, "vip-contact")["id"]));
        let send = || wang.request(axum::http::Method::POST, &path).key("once").json(json!({ "reason": "停产" })).send();
        let (first, second) = (send().ok(), send().ok());
        assert_eq!(first, second);
    }
}
