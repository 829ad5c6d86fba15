//! The clocks of cases, whose state only their facts tell (R3-4.1, R3-4.2, R0-3.1, R2-12.2, R2-3.3, R4-fb2).

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use store::Db;
use uuid::Uuid;

use super::kit::*;
use crate::app::MIGRATIONS;
use crate::kernel::Fact;
use crate::platform::grant::Principal;
use crate::platform::outbox;
use crate::policy::engine::sweep as engine;
use crate::testing::TestApp;

/// A company whose regulations are in force when its service desk opens.
fn desk(db: &Db) -> TestApp {
    let app = TestApp::new(db);
    app.set_time(at("2026-11-02T01:30:00Z"));
    session(&app, "admin").post("/policies/adopt", json!({ "keys": ["R0", "R2", "R3", "R4"] })).ok();
    app.run_jobs();
    app
}

#[derive(Clone, Copy)]
struct Case {
    id: Uuid,
    customer: Option<Uuid>,
}

impl Case {
    fn new(customer: Option<Uuid>) -> Self {
        Self { id: Uuid::now_v7(), customer }
    }

    /// Tells something that happened at `when` and is recorded now.
    fn tell(self, app: &TestApp, who: &Principal, kind: &str, when: Timestamp, attributes: Value) {
        let (who, kind) = (who.clone(), kind.to_owned());
        let Value::Object(attributes) = attributes else { panic!("attributes") };
        app.write(move |tx| {
            let fact = Fact {
                id: Uuid::now_v7(),
                kind: kind.clone(),
                subject: self.id,
                customer: self.customer,
                at: when,
                recorded_at: who.now,
                actor: Some(who.user.uuid()),
                attributes: attributes.clone(),
            };
            outbox::publish(tx, &who, &fact)
        });
    }

    /// Something happens at this moment of the day in Shanghai, done by Li.
    fn happens(self, app: &TestApp, when: &str, kind: &str, attributes: Value) {
        pass_to(app, &utc(when));
        let who = app.principal("li");
        self.tell(app, &who, kind, who.now, attributes);
    }

    /// `rule cycle state due` of each clock, in Shanghai's time.
    fn clocks(self, app: &TestApp) -> Vec<String> {
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let due = |duty: &Value| match duty["due_at"].as_str() {
            Some(due) => local(at(due)),
            None => "-".to_owned(),
        };
        let line = |duty: &Value| {
            format!("{} {} {} {}", word(&duty["rule"]), word(&duty["occurrence"]), word(&duty["state"]), due(duty))
        };
        let mut lines: Vec<String> = self.duties(app).iter().map(line).collect();
        lines.sort();
        lines
    }

    fn duties(self, app: &TestApp) -> Vec<Value> {
        listed(&session(app, "admin"), &json!([["subject", "eq", self.id]]))
    }

    fn duty(self, app: &TestApp, rule: &str) -> Value {
        let found: Vec<Value> = self.duties(app).into_iter().filter(|duty| duty["rule"] == rule).collect();
        assert_eq!(found.len(), 1, "{rule}: {found:?}");
        found[0].clone()
    }
}

/// `11-23 09:00` of 2026 in Shanghai.
fn utc(when: &str) -> String {
    let (day, time) = when.split_once(' ').expect("day and time");
    at(&format!("2026-{day}T{time}:00+08:00")).to_string()
}

fn local(when: Timestamp) -> String {
    when.to_zoned(jiff::tz::TimeZone::get("Asia/Shanghai").expect("a zone")).strftime("%m-%d %H:%M").to_string()
}

fn level(level: u8, assignee: Uuid) -> Value {
    json!({ "kind": "problem", "level": level, "channel": "phone", "assignee": assignee })
}

store::db_test! {
    MIGRATIONS;

    fn each_level_has_its_own_clocks(db) {
        let app = desk(&db);
        let li = app.person("li").uuid();
        let opened = |level_of: u8| {
            let case = Case::new(None);
            case.happens(&app, "11-23 17:00", "case_opened", level(level_of, li));
            case.clocks(&app)
        };
        assert_eq!(opened(1), [
            "first-answer-urgent 1 open 11-23 17:30",
            "urgent-solution 1 open 11-23 21:00",
            "urgent-task-force 1 open 11-23 18:00",
        ]);
        assert_eq!(opened(2), [
            "first-answer 1 open 11-23 17:30",
            "important-response 1 open 11-24 10:00",
            "important-solved 1 open 11-27 09:30",
        ]);
        assert_eq!(opened(3), [
            "first-answer 1 open 11-23 17:30",
            "general-response 1 open 11-24 12:00",
            "general-solved 1 open 12-02 11:00",
        ]);
        let praise = Case::new(None);
        praise.happens(&app, "11-23 17:00", "case_opened", json!({ "kind": "praise", "level": 3, "assignee": li }));
        assert_eq!(praise.clocks(&app), ["feedback-thanked 1 open 11-23 17:30"]);
    }

    fn a_raised_level_counts_from_the_original_start_with_every_pause(db) {
        let app = desk(&db);
        let li = app.person("li").uuid();
        let case = Case::new(Some(customer(&app, "li", "华盛机械", "key")));
        case.happens(&app, "11-23 09:00", "case_opened", level(2, li));
        case.happens(&app, "11-23 09:10", "case_answered", json!({}));
        case.happens(&app, "11-23 09:20", "case_waiting", json!({ "reason": "等客户提供日志" }));
        assert_eq!(case.duty(&app, "important-solved")["state"], "paused");
        case.happens(&app, "11-23 09:40", "case_resumed", json!({}));
        case.happens(&app, "11-23 10:00", "case_changed", level(1, li));
        assert_eq!(case.clocks(&app), [
            "first-answer 1 met 11-23 09:30",
            "important-response 1 cancelled 11-23 11:00",
            "important-solved 1 cancelled 11-26 10:50",
            "urgent-solution 1 open 11-23 13:20",
            "urgent-task-force 1 open 11-23 10:00",
        ], "what was answered at level 2 is not owed again, and the task force is owed since nine");
        let admin = session(&app, "admin");
        assert_eq!(history(&admin, &case.duty(&app, "important-solved")), ["opened", "paused", "resumed", "cancelled"]);
        case.happens(&app, "11-23 10:30", "case_changed", level(2, li));
        assert_eq!(case.clocks(&app), [
            "first-answer 1 met 11-23 09:30",
            "important-response 1 open 11-23 11:00",
            "important-solved 1 open 11-26 10:50",
            "urgent-solution 1 cancelled 11-23 13:20",
            "urgent-task-force 1 missed 11-23 10:00",
        ], "back at level 2 nothing of its time is lost, and the breach of level 1 stays");
        assert_eq!(history(&admin, &case.duty(&app, "important-response")), ["opened", "cancelled", "revived"]);
    }

    fn a_breach_survives_the_change_of_level_and_climbs_no_further(db) {
        let app = desk(&db);
        let li = app.person("li").uuid();
        let case = Case::new(None);
        case.happens(&app, "11-23 09:00", "case_opened", level(2, li));
        case.happens(&app, "11-23 11:30", "case_changed", level(1, li));
        pass_to(&app, &utc("11-24 18:00"));
        let response = case.duty(&app, "important-response");
        assert_eq!(response["state"], "missed");
        let told = steps(&session(&app, "admin"), &response);
        assert_eq!(told, ["warn-50 2026-11-23T02:00:00Z", "warn-80 2026-11-23T02:36:00Z", "due 2026-11-23T03:00:00Z", "supervisor 2026-11-23T03:00:00Z"]);
        let live = listed(&session(&app, "admin"), &json!([["subject", "eq", case.id], ["live", "eq", true]]));
        assert!(live.iter().all(|duty| duty["rule"] != "important-response"), "nobody can act on it any more");
    }

    fn a_clock_is_owed_by_whoever_has_the_case(db) {
        let app = desk(&db);
        let (li, sun) = (app.person("li").uuid(), app.person("sun").uuid());
        let case = Case::new(None);
        pass_to(&app, &utc("11-23 09:00"));
        // Nobody took it in: it came by machine.
        let machine = app.system();
        let department = app.department("华东销售部").uuid();
        let unassigned = json!({ "kind": "problem", "level": 2, "channel": "email", "department": department });
        case.tell(&app, &machine, "case_opened", machine.now, unassigned);
        let owner = |rule: &str| case.duty(&app, rule)["owner"]["name"].clone();
        assert_eq!(owner("first-answer"), "王强", "the head of the department");
        assert_eq!(case.duty(&app, "first-answer")["department"]["name"], "华东销售部");
        case.happens(&app, "11-23 09:40", "case_changed", json!({ "assignee": li }));
        assert_eq!((owner("first-answer"), owner("important-response")), (json!("王强"), json!("李雷")), "what ran out stays with whoever had it");
        case.happens(&app, "11-23 09:50", "case_changed", json!({ "assignee": sun }));
        assert_eq!((owner("important-response"), owner("important-solved")), (json!("孙丽"), json!("孙丽")));
        case.happens(&app, "11-23 10:00", "case_taken_up", json!({}));
        case.happens(&app, "11-23 10:30", "case_changed", json!({ "assignee": null }));
        assert_eq!((owner("important-response"), owner("important-solved")), (json!("孙丽"), json!("王强")));
        let found = detail(&session(&app, "admin"), &case.duty(&app, "important-response"));
        let kinds: Vec<_> = found["history"].as_array().unwrap().iter().map(|item| item["kind"].clone()).collect();
        assert_eq!(kinds, ["opened", "replanned", "replanned", "met"]);
        assert_eq!(id(&found["history"][2]["data"]["before"]["owner"]), li);
        assert_eq!((&found["subject_kind"], id(&found["subject_id"])), (&json!("case"), case.id));
    }

    fn a_case_of_an_unknown_sender_becomes_the_customers(db) {
        let app = desk(&db);
        let li = app.person("li").uuid();
        let case = Case::new(None);
        case.happens(&app, "11-23 09:00", "case_opened", level(2, li));
        pass_to(&app, &utc("11-23 09:45"));
        let before = (history(&session(&app, "admin"), &case.duty(&app, "first-answer")), steps(&session(&app, "admin"), &case.duty(&app, "first-answer")));
        assert!(before.1.contains(&"due 2026-11-23T01:30:00Z".to_owned()), "it is owed although nobody knows the customer: {before:?}");
        let one = customer(&app, "li", "华盛机械", "key");
        let case = Case { customer: Some(one), ..case };
        case.happens(&app, "11-23 09:55", "case_changed", level(2, li));
        let of_customer = duties(&session(&app, "admin"), one);
        assert_eq!(of_customer.iter().filter(|duty| duty["subject_kind"] == "case").count(), 3);
        let first = case.duty(&app, "first-answer");
        assert_eq!((history(&session(&app, "admin"), &first), steps(&session(&app, "admin"), &first)), before, "with all that happened");
        case.happens(&app, "11-23 10:10", "case_answered", json!({}));
        assert_eq!(case.duty(&app, "first-answer")["state"], "late");
        assert_eq!(case.duty(&app, "first-answer")["margin_seconds"], -40 * 60);
    }

    fn withdrawn_cases_owe_nothing_and_the_surviving_one_keeps_the_earlier_start(db) {
        let app = desk(&db);
        let li = app.person("li").uuid();
        let (earlier, later) = (Case::new(None), Case::new(None));
        earlier.happens(&app, "11-23 09:00", "case_opened", level(2, li));
        later.happens(&app, "11-23 09:20", "case_opened", level(2, li));
        pass_to(&app, &utc("11-23 09:35"));
        assert_eq!(earlier.duty(&app, "first-answer")["state"], "missed");
        let who = app.principal("li");
        later.tell(&app, &who, "case_opened", at(&utc("11-23 09:00")), level(2, li));
        earlier.tell(&app, &who, "case_withdrawn", who.now, json!({ "merged_into": later.id }));
        assert_eq!(earlier.clocks(&app), [
            "first-answer 1 missed 11-23 09:30",
            "important-response 1 cancelled 11-23 11:00",
            "important-solved 1 cancelled 11-26 10:30",
        ], "what had run out had run out");
        assert_eq!(earlier.duty(&app, "first-answer")["closed_at"], json!(utc("11-23 09:35")));
        let live = listed(&session(&app, "admin"), &json!([["subject", "eq", earlier.id], ["live", "eq", true]]));
        assert!(live.is_empty(), "but nobody has to act on it any more: {live:?}");
        assert_eq!(later.clocks(&app), [
            "first-answer 1 missed 11-23 09:30",
            "important-response 1 open 11-23 11:00",
            "important-solved 1 open 11-26 10:30",
        ]);
    }

    fn a_reopened_case_has_a_second_clock_and_both_are_reported(db) {
        let app = desk(&db);
        let li = app.person("li").uuid();
        let case = Case::new(None);
        case.happens(&app, "11-23 09:00", "case_opened", level(2, li));
        case.happens(&app, "11-23 09:20", "case_answered", json!({}));
        case.happens(&app, "11-23 09:30", "case_taken_up", json!({}));
        case.happens(&app, "11-23 15:00", "case_waiting", json!({ "reason": "等客户确认" }));
        // Solved while it waited: nobody resumes it, and the wait must not hold the second clock.
        case.happens(&app, "11-23 16:00", "case_solved", json!({}));
        case.happens(&app, "11-23 17:00", "case_result_told", json!({}));
        case.happens(&app, "11-24 09:30", "case_followed_up", json!({ "outcome": "unreachable" }));
        assert_eq!(case.duty(&app, "case-follow-up")["state"], "open", "a try that reached nobody is none");
        case.happens(&app, "11-24 10:00", "case_followed_up", json!({ "outcome": "dissatisfied" }));
        case.happens(&app, "11-24 10:00", "case_reopened", json!({ "cycle": 2 }));
        case.happens(&app, "11-25 10:00", "case_solved", json!({}));
        assert_eq!(case.clocks(&app), [
            "case-follow-up 1 met 11-25 17:00",
            "case-follow-up 2 open 11-27 11:00",
            "case-result-told 1 met 11-24 16:30",
            "case-result-told 2 open 11-26 10:30",
            "first-answer 1 met 11-23 09:30",
            "important-response 1 met 11-23 11:00",
            "important-solved 1 met 11-26 11:30",
            "important-solved 2 met 11-27 11:30",
        ]);
    }

    fn each_unanswered_mail_is_a_clock_and_repeated_mails_gain_no_time(db) {
        let app = desk(&db);
        let li = app.person("li").uuid();
        let case = Case::new(None);
        case.happens(&app, "11-23 09:00", "case_opened", json!({ "kind": "inquiry", "level": 3, "channel": "phone", "assignee": li }));
        case.happens(&app, "11-23 09:00", "case_customer_wrote", json!({ "by": "phone" }));
        let mails = || case.clocks(&app).into_iter().filter(|line| line.starts_with("mail-answer")).collect::<Vec<_>>();
        assert!(mails().is_empty(), "a call is no mail");
        case.happens(&app, "11-23 10:00", "case_customer_wrote", json!({ "by": "email" }));
        case.happens(&app, "11-23 14:00", "case_customer_wrote", json!({ "by": "email" }));
        case.happens(&app, "11-23 15:00", "case_answered", json!({}));
        case.happens(&app, "11-23 16:00", "case_customer_wrote", json!({ "by": "email" }));
        assert_eq!(mails(), ["mail-answer 1 met 11-26 11:30", "mail-answer 2 open 11-26 17:30"]);
    }

    fn a_changed_rule_and_a_new_holiday_table_move_running_clocks(db) {
        let app = desk(&db);
        app.hire("gao", "高远", "总部", &["general_manager"], Some("admin"));
        let li = app.person("li").uuid();
        let cases = [Case::new(None), Case::new(Some(customer(&app, "li", "华盛机械", "key")))];
        for case in cases {
            case.happens(&app, "12-31 10:00", "case_opened", level(2, li));
            let solved = case.duty(&app, "important-solved");
            assert_eq!((&solved["provisional"], local(at(solved["due_at"].as_str().unwrap()))), (&json!(true), "01-05 11:30".to_owned()));
        }
        let days: Vec<Value> = ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04"].iter().map(|date| json!({ "name": "元旦", "date": date, "isOffDay": true })).collect();
        let table = json!({ "year": 2027, "days": days }).to_string();
        let admin = app.principal("admin");
        app.write(move |tx| crate::platform::settings::add_table(tx, &admin.grant()?, &table).map(drop));
        app.run_jobs();
        for case in cases {
            let solved = case.duty(&app, "important-solved");
            assert_eq!((&solved["provisional"], local(at(solved["due_at"].as_str().unwrap()))), (&json!(false), "01-07 11:30".to_owned()), "with the table it is settled");
            assert_eq!(history(&session(&app, "admin"), &solved), ["opened", "replanned"]);
        }
        let changes = json!([{ "rule": "important-solved", "params": { "within.budget": "8h" } }]);
        let made = session(&app, "gao").post("/policies/R3/versions", json!({ "from_version": 1, "changes": changes, "note": "更快" })).created();
        let path = |verb: &str| format!("/policy-versions/{}/{verb}", made["id"].as_str().unwrap());
        session(&app, "gao").post(&path("submit"), json!({})).ok();
        session(&app, "admin").post(&path("approve"), json!({ "effective_on": "2026-12-31" })).ok();
        app.run_jobs();
        for case in cases {
            let solved = case.duty(&app, "important-solved");
            assert_eq!(local(at(solved["due_at"].as_str().unwrap())), "01-05 10:30", "counted from the original start");
            assert_eq!(detail(&session(&app, "admin"), &solved)["policy_version"], 2);
        }
    }

    fn compliance_counts_cases_by_clause_and_department(db) {
        let app = desk(&db);
        let (li, zhao) = (app.person("li").uuid(), app.person("zhao").uuid());
        let (quick, slow) = (Case::new(None), Case::new(None));
        quick.happens(&app, "11-23 09:00", "case_opened", level(2, li));
        slow.happens(&app, "11-23 09:00", "case_opened", level(2, zhao));
        quick.happens(&app, "11-23 09:20", "case_answered", json!({}));
        slow.happens(&app, "11-23 10:20", "case_answered", json!({}));
        let told = session(&app, "admin").get("/compliance?from=2026-11-23&to=2026-11-23&clause=R3-4.1&group=department").ok();
        let row = |row: &Value| format!("{} {} {}", row["label"]["zh"].as_str().unwrap_or("?"), row["met"], row["late"]);
        let mut rows: Vec<String> = told["rows"].as_array().expect("rows").iter().map(row).collect();
        rows.sort();
        assert_eq!(rows, ["上海组 1 0", "华南销售部 0 1"]);
    }

    fn what_is_entered_later_is_judged_by_when_it_happened(db) {
        let app = desk(&db);
        let li = app.person("li").uuid();
        let case = Case::new(None);
        case.happens(&app, "11-23 09:00", "case_opened", level(2, li));
        case.happens(&app, "11-23 09:45", "case_changed", level(1, li));
        assert_eq!(case.duty(&app, "first-answer")["state"], "missed");
        pass_to(&app, &utc("11-23 09:50"));
        let who = app.principal("li");
        // He had answered by telephone at 09:15, before the level was raised, and enters it now.
        case.tell(&app, &who, "case_answered", at(&utc("11-23 09:15")), level(1, li));
        assert_eq!(case.clocks(&app), [
            "first-answer 1 met 11-23 09:30",
            "first-answer-urgent 1 cancelled 11-23 09:30",
            "important-response 1 cancelled 11-23 11:00",
            "important-solved 1 cancelled 11-26 10:30",
            "urgent-solution 1 open 11-23 13:00",
            "urgent-task-force 1 open 11-23 10:00",
        ], "at level 2 it was answered in time");
    }

    fn a_rule_binds_what_begins_under_it(db) {
        let app = TestApp::new(&db);
        app.set_time(at("2026-11-20T01:00:00Z"));
        let li = app.person("li").uuid();
        let case = Case::new(None);
        case.happens(&app, "11-20 10:00", "case_opened", level(2, li));
        pass_to(&app, &utc("11-23 09:00"));
        session(&app, "admin").post("/policies/adopt", json!({ "keys": ["R3"] })).ok();
        app.run_jobs();
        case.happens(&app, "11-23 10:00", "case_taken_up", json!({}));
        assert_eq!(case.clocks(&app), Vec::<String>::new(), "nobody is told of what was never promised");
    }

    fn two_hours_of_downtime_and_two_evaluators_keep_the_true_instants(db) {
        let app = desk(&db);
        let li = app.person("li").uuid();
        let cases: Vec<Case> = (0..40).map(|_| Case::new(None)).collect();
        for (minute, case) in cases.iter().enumerate() {
            case.happens(&app, &format!("11-23 09:{:02}", minute), "case_opened", level(1, li));
        }
        // Nothing looks at anything from 09:39 until two hours later; then two nodes begin at once.
        app.set_time(at(&utc("11-23 11:40")));
        let nodes: Vec<_> = (0..2)
            .map(|_| {
                let (db, who) = (app.db.clone(), Arc::new(app.system()));
                std::thread::spawn(move || {
                    for _ in 0..10 {
                        let who = Arc::clone(&who);
                        db.write_blocking(move |tx| engine::step(tx, &who)).expect("swept");
                    }
                })
            })
            .collect();
        nodes.into_iter().for_each(|node| node.join().expect("a node"));
        for (minute, case) in cases.iter().enumerate() {
            let due = at(&utc(&format!("11-23 09:{minute:02}"))) + jiff::SignedDuration::from_mins(30);
            let told = steps(&session(&app, "admin"), &case.duty(&app, "first-answer-urgent"));
            assert_eq!(told.iter().filter(|step| **step == format!("due {due}")).count(), 1, "{told:?}");
            assert_eq!(told.len(), 6, "two warnings, the due instant, three rungs: each once: {told:?}");
        }
    }
}
