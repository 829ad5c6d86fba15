use serde_json::{Value, json};
use store::Db;

use super::kit::*;
use crate::app::MIGRATIONS;
use crate::testing::{Session, TestApp};

fn three_contacts() -> Value {
    json!([{ "rule": "vip-contact", "params": { "quota.need.0.at_least": 3 } }])
}

fn drafted(session: &Session<'_>) -> String {
    let body = json!({ "from_version": 1, "changes": three_contacts(), "note": "多联系一次" });
    let made = session.post("/policies/R3/versions", body).created();
    assert_eq!((&made["number"], &made["state"]), (&json!(2), &json!("draft")));
    assert_eq!(made["differences"][0]["path"], "quota.need.0.at_least");
    assert_eq!((&made["differences"][0]["before"], &made["differences"][0]["after"]), (&json!(2), &json!(3)));
    made["id"].as_str().expect("an id").to_owned()
}

/// A company with two people who write regulations and may approve what the other wrote.
fn led(db: &Db) -> TestApp {
    let app = company(db);
    for (login, name) in [("gao", "高远"), ("yuan", "袁方")] {
        app.hire(login, name, "总部", &["general_manager"], Some("admin"));
    }
    app
}

store::statements! {
    OUTRUN = "update policy_version set number = $1 where state = 'effective'";
}

store::db_test! {
    MIGRATIONS;

    fn regulations_are_shown_clause_by_clause(db) {
        let app = led(&db);
        let li = session(&app, "li");
        let all = li.get("/policies").ok();
        let keys: Vec<&str> = all["items"].as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
        assert_eq!(keys, ["R0", "R1", "R2", "R3", "R4"]);
        assert_eq!((&all["items"][3]["adopted"], &all["items"][0]["adopted"]), (&json!(true), &json!(false)));
        assert_eq!(all["items"][3]["effective"]["number"], 1);
        let r3 = li.get("/policies/R3").ok();
        let clauses: Vec<Value> =
            r3["chapters"].as_array().unwrap().iter().flat_map(|chapter| chapter["clauses"].as_array().unwrap().clone()).collect();
        let clause = |id: &str| clauses.iter().find(|clause| clause["id"] == id).unwrap().clone();
        assert_eq!(clause("R3-2.1")["executable"], true);
        assert_eq!(clause("R3-1.1")["executable"], false);
        assert!(clause("R3-1.1")["pending"]["zh"].is_string(), "says honestly what keeps it");
        assert_eq!(clause("R3-4.2")["executable"], true);
        assert!(clause("R3-4.2")["pending"].is_null());
        let params = clause("R3-2.1")["rules"][0]["params"].as_array().unwrap().clone();
        assert_eq!((&params[0]["path"], &params[0]["value"]), (&json!("quota.need.0.at_least"), &json!(2)));
        assert_eq!(params[0]["name"]["zh"], "联系次数");
        assert_eq!(li.get("/policies/R0").ok()["adopted"], false);
        assert_eq!(li.get("/policies/R9").refused(404), "not_found");
    }

    fn a_version_takes_a_second_person(db) {
        let app = led(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let (li, gao, admin) = (session(&app, "li"), session(&app, "gao"), session(&app, "admin"));
        assert_eq!(li.post("/policies/R3/versions", json!({ "from_version": 1, "changes": [] })).refused(403), "forbidden");
        let version = drafted(&gao);
        let path = |verb: &str| format!("/policy-versions/{version}/{verb}");
        let on = json!({ "effective_on": "2026-11-02" });
        assert_eq!(admin.post(&path("approve"), on.clone()).refused(409), "policy.wrong_state");
        gao.post(&path("submit"), json!({})).ok();
        assert_eq!(gao.post(&path("approve"), on.clone()).refused(409), "policy.second_person");
        assert_eq!(admin.post(&path("approve"), json!({ "effective_on": "2026-11-01" })).fault(), "effective_on: in_the_past");
        let approved = admin.post(&path("approve"), on).ok();
        assert_eq!(approved["state"], "effective");
        assert_eq!(duty(&li, vip, "vip-contact")["progress"][0]["need"], 2);
        app.run_jobs();
        let followed = duty(&li, vip, "vip-contact");
        assert_eq!(followed["progress"][0]["need"], 3);
        assert_eq!(history(&li, &followed), ["opened", "replanned"]);
        let found = detail(&li, &followed);
        assert_eq!(found["policy_version"], 2);
        assert_eq!(found["history"][1]["data"]["before"]["need"][0]["at_least"], 2, "the earlier terms are kept");
        let versions = li.get("/policies").ok()["items"][3]["versions"].clone();
        assert_eq!((&versions[0]["state"], &versions[1]["state"]), (&json!("effective"), &json!("superseded")));
        let body = json!({ "from_version": 1, "changes": three_contacts() });
        assert_eq!(gao.post("/policies/R3/versions", body).refused(409), "policy.moved_on");
    }

    fn whoever_decides_is_told_beforehand_how_many_duties_would_change(db) {
        let app = led(&db);
        let vips = [customer(&app, "li", "华盛机械", "vip"), customer(&app, "li", "瑞丰食品", "vip")];
        let key = customer(&app, "li", "恒泰电子", "key");
        app.run_jobs();
        let (li, gao, admin) = (session(&app, "li"), session(&app, "gao"), session(&app, "admin"));
        let path = format!("/policy-versions/{}", drafted(&gao));
        let ask = || admin.post(&format!("{path}/impact"), json!({}));
        assert_eq!(ask().refused(409), "policy.wrong_state", "it is not handed in yet");
        gao.post(&format!("{path}/submit"), json!({})).ok();
        assert_eq!(li.post(&format!("{path}/impact"), json!({})).refused(403), "forbidden");
        let before = (duties(&li, vips[0]), duties(&li, vips[1]), duties(&li, key));
        let job = ask().ok()["job_id"].clone();
        app.run_jobs();
        let told = admin.get(&format!("/jobs/{}", job.as_str().expect("a job"))).ok()["result"].clone();
        assert_eq!(told["clauses"], json!([{ "clause": "R3-2.1", "opened": 0, "changed": 2, "cancelled": 0 }]));
        assert_eq!(told["customers"], 3);
        assert_eq!((duties(&li, vips[0]), duties(&li, vips[1]), duties(&li, key)), before, "nothing is written");
        admin.post(&format!("{path}/approve"), json!({ "effective_on": "2026-11-02" })).ok();
        app.run_jobs();
        let changed = |customer| duties(&li, customer).iter().filter(|duty| history(&li, duty).contains(&"replanned".to_owned())).count();
        assert_eq!(vips.map(changed), [1, 1], "as was said");
        assert_eq!(changed(key), 0);
    }

    fn nobody_but_its_author_has_a_hand_in_what_a_second_person_approves(db) {
        let app = led(&db);
        let (gao, yuan) = (session(&app, "gao"), session(&app, "yuan"));
        let path = format!("/policy-versions/{}", drafted(&gao));
        let rewrite = json!({ "changes": [{ "rule": "vip-contact", "params": { "quota.need.0.at_least": 9 } }] });
        assert_eq!(yuan.patch(&path, 1, rewrite).refused(409), "policy.not_author");
        assert_eq!(yuan.post(&format!("{path}/submit"), json!({})).refused(409), "policy.not_author");
        let draft = gao.get(&path).ok();
        assert_eq!((&draft["state"], &draft["differences"][0]["after"]), (&json!("draft"), &json!(3)), "as it was");
        gao.post(&format!("{path}/submit"), json!({})).ok();
        let approve = json!({ "effective_on": "2026-11-02" });
        assert_eq!(gao.post(&format!("{path}/approve"), approve.clone()).refused(409), "policy.second_person");
        let admin = session(&app, "admin");
        assert_eq!(admin.post(&format!("{path}/approve"), approve).ok()["state"], "effective");
    }

    fn of_two_versions_of_the_same_one_only_one_is_approved(db) {
        let app = led(&db);
        let (gao, yuan, admin) = (session(&app, "gao"), session(&app, "yuan"), session(&app, "admin"));
        let first = drafted(&gao);
        let changes = json!([{ "rule": "vip-contact", "params": { "warnings": [0.5] } }]);
        let second = yuan.post("/policies/R3/versions", json!({ "from_version": 1, "changes": changes })).created();
        let second = second["id"].as_str().unwrap();
        gao.post(&format!("/policy-versions/{first}/submit"), json!({})).ok();
        yuan.post(&format!("/policy-versions/{second}/submit"), json!({})).ok();
        let on = |day: &str| json!({ "effective_on": day });
        admin.post(&format!("/policy-versions/{first}/approve"), on("2026-11-10")).ok();
        let again = admin.post(&format!("/policy-versions/{second}/approve"), on("2026-11-20"));
        assert_eq!(again.refused(409), "policy.other_approved");
        app.set_time(at("2026-11-09T16:00:00Z"));
        app.run_jobs();
        let later = admin.post(&format!("/policy-versions/{second}/approve"), on("2026-11-20"));
        assert_eq!(later.refused(409), "policy.moved_on", "it would undo what came into force meanwhile");
    }

    fn an_approved_version_that_was_outrun_never_takes_force(db) {
        let app = led(&db);
        let (gao, admin) = (session(&app, "gao"), session(&app, "admin"));
        let version = drafted(&gao);
        gao.post(&format!("/policy-versions/{version}/submit"), json!({})).ok();
        admin.post(&format!("/policy-versions/{version}/approve"), json!({ "effective_on": "2026-11-10" })).ok();
        // As a data folder from before this was refused at approval may have it.
        app.write(|tx| tx.execute(&OUTRUN, &[&7_i64]).map(drop).map_err(Into::into));
        app.set_time(at("2026-11-09T16:00:00Z"));
        app.run_jobs();
        assert_eq!(gao.get(&format!("/policy-versions/{version}")).ok()["state"], "rejected");
        assert_eq!(gao.get("/policies").ok()["items"][3]["effective"]["number"], 7);
        assert_eq!(notices(&app, "admin"), ["policy_submitted ", "policy_outrun "]);
    }

    fn who_may_decide_is_told_and_so_is_the_author(db) {
        let app = led(&db);
        let (gao, admin) = (session(&app, "gao"), session(&app, "admin"));
        let kinds = |session: &Session<'_>| -> Vec<String> {
            let all = session.get("/notifications").ok();
            let kinds = all["items"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap().to_owned());
            kinds.filter(|kind| kind.starts_with("policy_")).collect()
        };
        let version = drafted(&gao);
        let path = |verb: &str| format!("/policy-versions/{version}/{verb}");
        assert_eq!(admin.get("/today").ok()["approvals"], json!([]));
        let submitted = gao.post(&path("submit"), json!({})).ok();
        let approvers = submitted["approvers"].as_array().unwrap().clone();
        assert!(!approvers.is_empty() && approvers.iter().all(|one| one["id"] != submitted["author"]["id"]));
        assert_eq!(kinds(&admin), ["policy_submitted"]);
        assert_eq!(kinds(&gao), [""; 0], "nobody is told of what they did themselves");
        assert_eq!(admin.get("/today").ok()["approvals"][0]["id"], json!(version));
        assert_eq!(gao.get("/today").ok()["approvals"], json!([]));
        assert_eq!(admin.post(&path("withdraw"), json!({})).refused(409), "policy.not_author");
        let taken_back = gao.post(&path("withdraw"), json!({})).ok();
        assert_eq!((&taken_back["state"], &taken_back["approvers"]), (&json!("draft"), &json!([])));
        assert_eq!(admin.get("/today").ok()["approvals"], json!([]));
        gao.post(&path("submit"), json!({})).ok();
        admin.post(&path("reject"), json!({ "reason": "太多" })).ok();
        assert_eq!(kinds(&gao), ["policy_rejected"]);
        assert_eq!(gao.post(&path("withdraw"), json!({})).refused(409), "policy.wrong_state");
    }

    fn a_version_waits_for_its_day(db) {
        let app = led(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let (li, gao, admin) = (session(&app, "li"), session(&app, "gao"), session(&app, "admin"));
        told(&app, "li", (vip, vip), "archive_verified", at("2026-11-02T01:30:00Z"));
        let version = drafted(&gao);
        gao.post(&format!("/policy-versions/{version}/submit"), json!({})).ok();
        let approved = admin.post(&format!("/policy-versions/{version}/approve"), json!({ "effective_on": "2026-11-10" })).ok();
        assert_eq!(approved["state"], "approved");
        app.set_time(at("2026-11-09T15:59:59Z"));
        app.run_jobs();
        assert_eq!(duty(&li, vip, "vip-contact")["progress"][0]["need"], 2);
        app.set_time(at("2026-11-09T16:00:00Z"));
        app.run_jobs();
        let need = duty(&li, vip, "vip-contact")["progress"][0]["need"].clone();
        assert_eq!(need, 3, "at midnight in the company's zone");
        assert_eq!(duty(&li, vip, "archive-verification")["state"], "met", "what is decided stays");
    }

    fn drafts_are_changed_checked_and_rejected(db) {
        let app = led(&db);
        let (gao, admin) = (session(&app, "gao"), session(&app, "admin"));
        let version = drafted(&gao);
        let path = format!("/policy-versions/{version}");
        let change = |params: Value| gao.patch(&path, 1, json!({ "changes": [{ "rule": "vip-contact", "params": params }] }));
        assert_eq!(change(json!({ "quota.need.0.at_least": 0 })).fault(), "changes[0].params: policy.refused");
        assert_eq!(change(json!({ "key": "other" })).fault(), "changes[0].params: policy.refused");
        assert_eq!(change(json!({ "calendar": "moon" })).fault(), "changes[0].params.calendar: unknown");
        let changed = change(json!({ "warnings": [0.5, 0.9] })).ok();
        assert_eq!((&changed["version"], &changed["differences"][0]["path"]), (&json!(2), &json!("warnings")));
        assert_eq!(change(json!({})).refused(412), "stale");
        gao.post(&format!("{path}/submit"), json!({})).ok();
        assert_eq!(gao.patch(&path, 3, json!({ "note": "x" })).refused(409), "policy.wrong_state");
        assert_eq!(admin.post(&format!("{path}/reject"), json!({ "reason": " " })).fault(), "reason: required");
        let rejected = admin.post(&format!("{path}/reject"), json!({ "reason": "太多" })).ok();
        assert_eq!((&rejected["state"], &rejected["reason"]), (&json!("rejected"), &json!("太多")));
    }

    fn a_rule_that_ends_cancels_its_duties_and_a_new_ladder_is_followed(db) {
        let app = led(&db);
        let vip = customer(&app, "li", "华盛机械", "vip");
        let (li, gao, admin) = (session(&app, "li"), session(&app, "gao"), session(&app, "admin"));
        let changes = json!([
            { "rule": "vip-contact", "params": { "ladder": [{ "after": "0", "to": "department_head" }] } },
            { "rule": "archive-verification", "params": { "every.per": "half_year" } },
        ]);
        let made = gao.post("/policies/R3/versions", json!({ "from_version": 1, "changes": changes })).created();
        let version = made["id"].as_str().unwrap();
        gao.post(&format!("/policy-versions/{version}/submit"), json!({})).ok();
        admin.post(&format!("/policy-versions/{version}/approve"), json!({ "effective_on": "2026-11-02" })).ok();
        app.run_jobs();
        assert_eq!(summary(&duties(&li, vip)), ["archive-verification 2026-Q4 cancelled", "vip-contact 2026-11 open"]);
        pass_to(&app, "2026-11-30T16:00:00Z");
        let missed = duty(&li, vip, "vip-contact");
        let rungs = steps(&li, &missed).into_iter().skip(1).collect::<Vec<_>>();
        assert_eq!(rungs, ["due 2026-11-30T16:00:00Z", "department_head 2026-11-30T16:00:00Z"]);
    }

    fn a_simulation_is_the_same_engine(db) {
        let app = led(&db);
        let li = session(&app, "li");
        let file = include_str!("../../../../../docs/examples/simulate/contact-plan.json");
        let answer: Value = serde_json::from_str(include_str!("../../../../../docs/examples/simulate/contact-plan.result.json")).unwrap();
        assert_eq!(li.post("/policy/simulate", serde_json::from_str(file).unwrap()).ok(), answer);
        let refused = li.post("/policy/simulate", json!({ "from": "2026-11-01T00:00:00Z", "until": "2026-10-01T00:00:00Z" }));
        assert_eq!(refused.refused(422), "simulation.refused");
        assert_eq!(li.post("/policy/simulate", json!({ "moon": 1 })).refused(422), "simulation.refused");
    }
}
