//! Changes of grade: proposed, decided by somebody else, and owed by them.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::Entity as _;

use super::path;
use crate::platform::access::model::User;
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

    fn only_who_may_approve_sets_a_grade(db) {
        let app = TestApp::new(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        let vip = json!({ "grade": "vip", "reason": "自己的客户" });
        for who in ["li", "steward"] {
            let who = app.sign_in(who);
            let named = json!({ "name": "华盛机械", "grade": "vip", "allow_duplicate": true, "duplicate_reason": "另一家" });
            assert_eq!(who.post("/customers", named).fault(), "grade: not_allowed");
            let made = who.post("/customers", json!({ "name": "华盛", "grade": "ordinary", "allow_duplicate": true, "duplicate_reason": "另一家" })).created();
            assert_eq!(who.put(&format!("{}/grade", path(&made)), 1, vip.clone()).refused(403), "forbidden");
            assert_eq!(who.patch(&path(&made), 1, json!({ "grade": "vip" })).fault(), "grade: unknown_field");
            assert_eq!(who.get(&path(&made)).ok()["grade"], "ordinary");
        }
        let made = wang.post("/customers", json!({ "name": "恒泰电子", "grade": "key", "owner_id": app.person("li") })).created();
        assert_eq!(wang.put(&format!("{}/grade", path(&made)), 1, vip).ok()["grade"], "vip");
        assert_eq!(li.get(&path(&made)).ok()["grade"], "vip");
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

    fn what_was_proposed_for_another_grade_is_not_approved(db) {
        let app = adopted(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        let made = li.post("/customers", json!({ "name": "华盛机械" })).created();
        let proposal = propose(&li, &made, "key").created();
        wang.put(&format!("{}/grade", path(&made)), 1, json!({ "grade": "vip", "reason": "签了大单" })).ok();
        assert_eq!(decide(&wang, &proposal, json!({ "approve": true })).refused(409), "grade.changed");
        assert_eq!(li.get(&path(&made)).ok()["grade"], "vip", "nobody is turned down by an old proposal");
        assert_eq!(decide(&wang, &proposal, json!({ "approve": false, "reason": "已是VIP" })).ok()["state"], "rejected");
    }

    fn whoever_owes_the_answer_can_give_it(db) {
        let app = adopted(&db);
        let li = app.sign_in("li");
        // A head who only sells may not decide, nor one who has left.
        app.lead("上海组", "sun");
        let made = li.post("/customers", json!({ "name": "华盛机械" })).created();
        assert_eq!(propose(&li, &made, "vip").created()["approver"]["name"], "王强", "past the head without the right");
        let leaves = |login: &str| {
            let id = app.person(login);
            app.write(move |tx| {
                crate::platform::access::epoch::bump(tx)?;
                Ok(User { active: false, ..User::get(tx, id)? }.update(tx)?)
            });
        };
        leaves("wang");
        let made = li.post("/customers", json!({ "name": "恒泰电子" })).created();
        assert_eq!(propose(&li, &made, "vip").created()["approver"]["name"], "管理员", "past who has left");
        leaves("admin");
        let made = li.post("/customers", json!({ "name": "瑞丰食品" })).created();
        assert_eq!(propose(&li, &made, "vip").refused(422), "grade.no_approver", "the supervisor has left too");
    }
}
