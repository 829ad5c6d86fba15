//! Changes of grade: proposed, decided by somebody else, and owed by them.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::path;
use crate::policy::engine::sweep;
use crate::testing::{Reply, Session, TestApp};

fn adopted(db: &store::Db) -> TestApp {
    let app = TestApp::new(db);
    app.sign_in("admin").post("/policies/adopt", json!({ "keys": ["R3"] })).ok();
    app.run_jobs();
    app
}

fn propose(session: &Session<'_>, customer: &Value, grade: &str) -> Reply {
    session
        .post(&format!("{}/grade_proposals", path(customer)), json!({ "grade": grade, "reason": "签了三年框架合同" }))
}

fn at(proposal: &Value) -> String {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    format!("/customers/{}/grade_proposals/{}", text(&proposal["customer"]["id"]), text(&proposal["id"]))
}

fn decide(session: &Session<'_>, proposal: &Value, body: Value) -> Reply {
    let version = proposal["version"].as_i64().expect("a version");
    let call = session.request(Method::POST, &format!("{}/decision", at(proposal)));
    call.version(version).json(body).send()
}

fn duties(session: &Session<'_>) -> Vec<Value> {
    let page = session.get("/duties?filter=%5B%5B%22rule%22,%22eq%22,%22grade-decision%22%5D%5D").ok();
    page["items"].as_array().expect("items").clone()
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn a_proposal_is_owed_by_the_head_and_changes_the_grade_when_approved(db) {
        let app = adopted(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        let made = li.post("/customers", json!({ "name": "华盛机械" })).created();
        let proposal = propose(&li, &made, "vip").created();
        assert_eq!((&proposal["approver"]["name"], &proposal["state"]), (&json!("王强"), &json!("open")));
        assert_eq!(li.get(&path(&made)).ok()["grade"], "ordinary", "proposing changes nothing");
        let owed = duties(&wang);
        assert_eq!((owed.len(), &owed[0]["owner"]["name"], &owed[0]["state"]), (1, &json!("王强"), &json!("open")));
        assert_eq!(propose(&li, &made, "key").refused(409), "grade.proposed");
        assert_eq!(decide(&li, &proposal, json!({ "approve": true })).refused(403), "forbidden");
        let approved = decide(&wang, &proposal, json!({ "approve": true })).ok();
        assert_eq!((&approved["state"], &approved["decided_by"]["name"]), (&json!("approved"), &json!("王强")));
        assert_eq!(li.get(&path(&made)).ok()["grade"], "vip");
        assert_eq!(duties(&wang)[0]["state"], "met");
        assert_eq!(decide(&wang, &approved, json!({ "approve": false, "reason": "算了" })).refused(409), "grade.decided");
        let mine = li.get("/grade_proposals?filter=%5B%5B%22state%22,%22in%22,%5B%22approved%22%5D%5D%5D").ok();
        assert_eq!(mine["items"][0]["customer"]["name"], "华盛机械");
        assert_eq!(app.sign_in("zhao").get("/grade_proposals").ok()["items"], json!([]));
    }

    fn a_refusal_needs_its_reason_and_a_withdrawal_lets_the_duty_go(db) {
        let app = adopted(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        let made = li.post("/customers", json!({ "name": "华盛机械" })).created();
        assert_eq!(propose(&li, &made, "ordinary").fault(), "grade: grade.same");
        let proposal = propose(&li, &made, "key").created();
        assert_eq!(decide(&wang, &proposal, json!({ "approve": false })).fault(), "reason: required");
        let refused = decide(&wang, &proposal, json!({ "approve": false, "reason": "采购额还不够" })).ok();
        assert_eq!((&refused["state"], &refused["answer"]), (&json!("rejected"), &json!("采购额还不够")));
        assert_eq!(li.get(&path(&made)).ok()["grade"], "ordinary");
        let again = propose(&li, &made, "vip").created();
        let back = |session: &Session<'_>| session.request(Method::DELETE, &at(&again)).version(1).send();
        assert_eq!(back(&wang).refused(403), "forbidden");
        assert_eq!(back(&li).ok()["state"], "withdrawn");
        let states: Vec<Value> = duties(&wang).into_iter().map(|duty| duty["state"].clone()).collect();
        assert!(states.contains(&json!("met")) && states.contains(&json!("cancelled")), "{states:?}");
    }

    fn a_proposal_that_lies_about_is_missed_and_told_upwards(db) {
        let app = adopted(&db);
        let li = app.sign_in("li");
        let made = li.post("/customers", json!({ "name": "华盛机械" })).created();
        propose(&li, &made, "vip").created();
        app.pass(SignedDuration::from_hours(24 * 7));
        let system = app.system();
        app.write(move |tx| {
            while sweep::step(tx, &system)? > 0 {}
            Ok(())
        });
        assert_eq!(duties(&app.sign_in("wang"))[0]["state"], "missed");
        let told = app.sign_in("admin").get("/notifications").ok().to_string();
        assert!(told.contains("grade-decision"), "the supervisor hears of it: {told}");
    }

    fn a_head_does_not_decide_on_their_own(db) {
        let app = adopted(&db);
        let wang = app.sign_in("wang");
        let made = wang.post("/customers", json!({ "name": "华盛机械" })).created();
        let proposal = propose(&wang, &made, "vip").created();
        assert_eq!(proposal["approver"]["name"], "管理员", "nobody heads the company, so it is the supervisor");
        assert_eq!(decide(&wang, &proposal, json!({ "approve": true })).refused(403), "forbidden");
    }

    fn a_round_is_added_up_by_department_and_person(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let verify = |name: &str, items: Value| {
            let made = li.post("/customers", json!({ "name": name })).created();
            li.post(&format!("{}/verifications", path(&made)), json!({ "items": items })).created()
        };
        verify("华盛机械", json!([{ "field": "name", "result": "confirmed" }, { "field": "address", "result": "changed", "value": "一号" }]));
        verify("瑞丰食品", json!([{ "field": "name", "result": "unreachable" }]));
        app.pass(SignedDuration::from_hours(24 * 60));
        let li = app.sign_in("li");
        let made = li.post("/customers", json!({ "name": "恒泰电子" })).created();
        li.post(&format!("{}/verifications", path(&made)), json!({ "items": [{ "field": "name", "result": "confirmed" }] })).created();
        let round = app.sign_in("wang").get("/verification_rounds?quarter=2026-11-01").ok();
        assert_eq!((&round["from"], &round["to"]), (&json!("2026-10-01"), &json!("2026-12-31")));
        let row = &round["rows"][0];
        assert_eq!((&row["person"]["name"], &row["department"]["name"]), (&json!("李雷"), &json!("上海组")));
        let counts = ["rounds", "confirmed", "changed", "unreachable"].map(|name| row[name].as_i64().expect("a count"));
        assert_eq!(counts, [2, 1, 1, 1]);
        let next = app.sign_in("wang").get("/verification_rounds").ok();
        assert_eq!((next["rows"].as_array().map(Vec::len), &next["rows"][0]["rounds"]), (Some(1), &json!(1)));
        assert_eq!(app.sign_in("zhao").get("/verification_rounds?quarter=2026-11-01").ok()["rows"], json!([]));
        assert_eq!(li.get("/verification_rounds?quarter=x").refused(422), "query.invalid");
    }
}
