//! The room through its HTTP door, on both databases.

use std::sync::Arc;

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::service;
use crate::app::MIGRATIONS;
use crate::platform::traces::{BLANK, Traces};
use crate::testing::{Session, TestApp};

store::statements! {
    FACTS = "select kind, at, customer_id, attributes from fact where subject = $1 order by recorded_at, seq";
    AUDITED = "select action, changes from audit where entity_id = $1 order by seq";
    SAID = "select content from desk_entry where case_id = $1 order by seq";
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn opened(session: &Session<'_>, more: &Value) -> String {
    let mut new = json!({ "channel": "phone", "subject": "三号机漏油", "content": "从昨晚开始漏油，停机了。" });
    new.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    text(&session.post("/cases", new).created()["id"]).to_owned()
}

fn get(session: &Session<'_>, id: &str) -> Value {
    session.get(&format!("/cases/{id}")).ok()
}

#[track_caller]
fn act(session: &Session<'_>, id: &str, act: Value) -> Value {
    session.post(&format!("/cases/{id}/acts"), act).ok()
}

#[track_caller]
fn refused(session: &Session<'_>, id: &str, status: u16, act: Value) -> String {
    session.post(&format!("/cases/{id}/acts"), act).refused(status)
}

#[track_caller]
fn fault(session: &Session<'_>, id: &str, act: Value) -> String {
    session.post(&format!("/cases/{id}/acts"), act).fault()
}

/// What the house was told of a case: kinds with their attributes.
fn facts(app: &TestApp, id: &str) -> Vec<(String, Value)> {
    let id: Uuid = id.parse().expect("an id");
    app.read(move |tx| {
        let rows = tx.query(&FACTS, &[&id])?;
        rows.iter().map(|row| Ok::<_, store::Error>((row.get(0)?, row.get::<Value>(3)?))).collect()
    })
}

fn kinds(app: &TestApp, id: &str) -> Vec<String> {
    facts(app, id).into_iter().map(|(kind, _)| kind).collect()
}

fn customer(session: &Session<'_>, name: &str) -> String {
    let contacts = json!([{ "name": "张伟", "phone": "13700001111" }]);
    let made = session.post("/customers", json!({ "kind": "company", "name": name, "contacts": contacts })).created();
    text(&made["id"]).to_owned()
}

fn contact_of(session: &Session<'_>, customer: &str) -> String {
    text(&session.get(&format!("/customers/{customer}/contacts")).ok()["items"][0]["id"]).to_owned()
}

fn steps(case: &Value) -> Vec<String> {
    let entries = case["entries"].as_array().expect("entries");
    entries.iter().map(|entry| text(&entry["step"]).to_owned()).collect()
}

/// Solved and told, waiting for the follow-up.
fn replied(session: &Session<'_>, more: &Value) -> String {
    let id = opened(session, more);
    act(session, &id, json!({ "act": "solve", "content": "换了密封圈" }));
    act(session, &id, json!({ "act": "tell", "content": "已处理" }));
    id
}

store::db_test! {
    MIGRATIONS;

    fn a_complaint_goes_from_the_first_call_to_the_letter(db) {
        let app = TestApp::new(&db);
        let chen = app.sign_in("chen");
        let li = app.sign_in("li");
        let customer = customer(&li, "华盛机械");
        let contact = contact_of(&li, &customer);
        // A call an hour ago, written down now.
        let id = opened(&chen, &json!({ "customer_id": customer, "contact_id": contact, "received_at": "2026-11-23T00:30:00Z" }));
        let case = get(&chen, &id);
        assert_eq!((&case["number"], &case["state"], &case["level"]), (&json!("TS-2026-000001"), &json!("received"), &json!(3)));
        assert_eq!((&case["next"]["step"], &case["next"]["owed_by"]), (&json!("classified"), &json!("desk")));
        assert_eq!(text(&case["tracking"]).len(), 14);
        assert_eq!(case["contact"]["name"], "张伟");
        act(&chen, &id, json!({ "act": "classify", "kind": "complaint", "level": 2, "department_id": app.department("华东销售部") }));
        act(&chen, &id, json!({ "act": "thank", "content": "谢谢您告诉我们，马上处理。", "at": "2026-11-23T00:40:00Z" }));
        act(&chen, &id, json!({ "act": "assign", "assignee_id": app.person("li") }));
        act(&li, &id, json!({ "act": "take_up" }));
        act(&li, &id, json!({ "act": "wait", "content": "等客户给停机时间" }));
        assert_eq!(get(&li, &id)["next"]["owed_by"], "customer");
        app.pass(hours(1));
        act(&chen, &id, json!({ "act": "wrote", "content": "下午两点可以停机" }));
        act(&li, &id, json!({ "act": "solution", "content": "两点到现场更换密封圈" }));
        app.pass(hours(4));
        act(&li, &id, json!({ "act": "solve", "content": "密封圈老化，已更换并试机两小时" }));
        let letter = chen.get(&format!("/cases/{id}/letter?language=zh")).ok();
        assert!(text(&letter["content"]).contains("密封圈老化") && text(&letter["content"]).contains("张伟"));
        act(&li, &id, json!({ "act": "tell", "channel": "email", "content": letter["content"] }));
        assert_eq!(refused(&chen, &id, 409, json!({ "act": "close" })), "case.follow_up_first");
        act(&chen, &id, json!({ "act": "follow_up", "outcome": "confirmed", "content": "一切正常", "close": true }));
        let case = get(&chen, &id);
        assert_eq!((&case["state"], &case["open"], &case["next"]), (&json!("closed"), &json!(false), &Value::Null));
        assert_eq!(steps(&case), ["opened", "classified", "thanked", "assigned", "taken_up", "waiting", "wrote", "resumed",
            "solution", "solved", "told", "followed_up", "closed"]);
        let seqs: Vec<i64> = case["entries"].as_array().expect("entries").iter().filter_map(|entry| entry["seq"].as_i64()).collect();
        assert_eq!(seqs, (1..=13).collect::<Vec<_>>());
        assert_eq!(kinds(&app, &id), ["case_opened", "case_customer_wrote", "case_changed", "case_answered", "case_thanked",
            "case_changed", "case_taken_up", "case_waiting", "case_customer_wrote", "case_resumed", "case_answered",
            "solution_given", "case_solved", "case_result_told", "case_answered", "case_followed_up", "case_closed"]);
        let (_, last) = facts(&app, &id).pop().expect("facts");
        assert_eq!((&last["kind"], &last["level"], &last["assignee"]), (&json!("complaint"), &json!(2), &json!(app.person("li"))));
        let told = li.get(&format!("/customers/{customer}/timeline?kinds=case")).ok();
        assert_eq!(told["items"][0]["data"]["number"], "TS-2026-000001");
    }

    fn nothing_closes_without_the_customer_or_two_tries(db) {
        let app = TestApp::new(&db);
        let chen = app.sign_in("chen");
        let id = replied(&chen, &json!({ "kind": "problem" }));
        let unreachable = || json!({ "act": "follow_up", "outcome": "unreachable", "content": "无人接听" });
        assert_eq!(refused(&chen, &id, 409, json!({ "act": "close" })), "case.follow_up_first");
        let closing = json!({ "act": "follow_up", "outcome": "unreachable", "content": "无人接听", "close": true });
        assert_eq!(refused(&chen, &id, 409, closing), "case.follow_up_first", "one try is not enough, and is not kept by itself");
        assert_eq!(get(&chen, &id)["tries"], 0);
        act(&chen, &id, unreachable());
        assert_eq!(fault(&chen, &id, unreachable()), "at: try_too_soon");
        assert_eq!(fault(&chen, &id, json!({ "act": "follow_up", "outcome": "unreachable", "content": " " })), "content: required");
        app.pass(hours(2));
        act(&chen, &id, unreachable());
        assert_eq!(get(&chen, &id)["next"]["step"], "closed");
        act(&chen, &id, json!({ "act": "close" }));
        assert_eq!(get(&chen, &id)["state"], "closed");
    }

    fn who_is_not_content_has_the_case_opened_again(db) {
        let app = TestApp::new(&db);
        let chen = app.sign_in("chen");
        let id = replied(&chen, &json!({ "kind": "problem" }));
        act(&chen, &id, json!({ "act": "follow_up", "outcome": "dissatisfied", "content": "又漏了", "close": true }));
        let case = get(&chen, &id);
        assert_eq!((&case["state"], &case["cycle"], &case["tries"]), (&json!("investigating"), &json!(2), &json!(0)));
        assert!(case["solved_at"].is_null() && case["told_at"].is_null());
        let told = facts(&app, &id);
        assert_eq!((told[told.len() - 2].1["outcome"].clone(), told[told.len() - 1].1["cycle"].clone()), (json!("dissatisfied"), json!(2)));
        act(&chen, &id, json!({ "act": "solve", "content": "换了整台泵" }));
        act(&chen, &id, json!({ "act": "follow_up", "outcome": "confirmed", "content": "好了", "close": true }));
        assert_eq!(get(&chen, &id)["state"], "closed", "whoever confirms the result knows it");
        act(&chen, &id, json!({ "act": "reopen", "content": "第三次漏油" }));
        assert_eq!(get(&chen, &id)["cycle"], 3);
    }

    fn praise_is_thanked_for_on_the_spot(db) {
        let app = TestApp::new(&db);
        let chen = app.sign_in("chen");
        let id = opened(&chen, &json!({ "kind": "praise", "answer": "谢谢您！", "thanked": true }));
        assert_eq!(kinds(&app, &id), ["case_opened", "case_customer_wrote", "case_answered", "case_thanked"]);
        assert_eq!(get(&chen, &id)["next"]["step"], "closed");
        act(&chen, &id, json!({ "act": "close" }));
        let plain = opened(&chen, &json!({ "kind": "praise" }));
        assert_eq!(refused(&chen, &plain, 409, json!({ "act": "close" })), "case.thank_first");
    }

    fn a_level_is_changed_with_a_reason(db) {
        let app = TestApp::new(&db);
        let chen = app.sign_in("chen");
        let id = opened(&chen, &json!({ "kind": "problem", "level": 3 }));
        let raised = json!({ "act": "classify", "kind": "problem", "level": 1 });
        assert_eq!(fault(&chen, &id, raised), "reason: required");
        assert_eq!(fault(&chen, &id, json!({ "act": "classify", "kind": "problem", "level": 4 })), "level: out_of_range");
        act(&chen, &id, json!({ "act": "classify", "kind": "problem", "level": 1, "reason": "整条产线停了" }));
        let entry = get(&chen, &id)["entries"][1].clone();
        assert_eq!((&entry["changed"]["level"], &entry["content"]), (&json!({ "from": 3, "to": 1 }), &json!("整条产线停了")));
        assert_eq!(facts(&app, &id).pop().expect("facts").1["level"], 1);
    }

    fn a_task_force_is_formed_when_all_have_come(db) {
        let app = TestApp::new(&db);
        let chen = app.sign_in("chen");
        let id = opened(&chen, &json!({ "kind": "problem", "level": 1, "department_id": app.department("华东销售部") }));
        let zhao = app.sign_in("zhao");
        assert_eq!(zhao.get(&format!("/cases/{id}")).refused(404), "not_found");
        act(&chen, &id, json!({ "act": "call", "members": [app.person("wang"), app.person("zhao")] }));
        act(&zhao, &id, json!({ "act": "acknowledge" }));
        app.pass(SignedDuration::from_mins(20));
        act(&zhao, &id, json!({ "act": "join", "at": "2026-11-23T01:45:00Z" }));
        assert!(get(&chen, &id)["force_formed_at"].is_null());
        act(&chen, &id, json!({ "act": "join", "member_id": app.person("wang"), "at": "2026-11-23T01:40:00Z" }));
        assert_eq!(get(&chen, &id)["force_formed_at"], "2026-11-23T01:45:00Z", "formed when the last of them came");
        assert_eq!(facts(&app, &id).pop().expect("facts").0, "task_force_formed");
        assert_eq!(fault(&chen, &id, json!({ "act": "join" })), "member_id: case.not_called");
        act(&zhao, &id, json!({ "act": "minutes", "content": "先恢复供油" }));
        assert_eq!(get(&zhao, &id)["members"].as_array().expect("members").len(), 2);
        let notices = zhao.get("/notifications").ok();
        assert_eq!((&notices["items"][0]["kind"], &notices["items"][0]["link"]), (&json!("case_called"), &json!(format!("/cases/{id}"))));
    }

    fn what_is_said_about_a_merged_case_is_said_about_the_other(db) {
        let app = TestApp::new(&db);
        let chen = app.sign_in("chen");
        let first = opened(&chen, &json!({ "kind": "problem", "received_at": "2026-11-23T00:10:00Z", "answer": "收到" }));
        let second = opened(&chen, &json!({ "kind": "problem" }));
        assert_eq!(refused(&chen, &first, 409, json!({ "act": "merge", "case_id": first })), "case.merge_self");
        act(&chen, &first, json!({ "act": "merge", "case_id": second }));
        let merged = get(&chen, &first);
        assert_eq!((&merged["state"], &merged["merged_into"]["id"]), (&json!("merged"), &json!(second)));
        let surviving = get(&chen, &second);
        assert_eq!(surviving["received_at"], "2026-11-23T00:10:00Z", "it keeps the earlier start");
        assert_eq!(surviving["answered_at"], "2026-11-23T00:10:00Z");
        assert_eq!(kinds(&app, &second), ["case_opened", "case_customer_wrote", "case_answered", "case_opened"]);
        assert_eq!(facts(&app, &first).pop().expect("facts").1["merged_into"], json!(second));
        let said = act(&chen, &first, json!({ "act": "wrote", "content": "还在漏" }));
        assert_eq!(said["id"], json!(second));
        assert_eq!(steps(&get(&chen, &second)).last().map(String::as_str), Some("wrote"));
        assert_eq!(refused(&chen, &second, 409, json!({ "act": "merge", "case_id": first })), "case.merge_cycle");
        assert_eq!(refused(&chen, &first, 409, json!({ "act": "solve", "content": "好了" })), "case.merged");
    }

    fn parts_are_split_off_and_cases_linked(db) {
        let app = TestApp::new(&db);
        let chen = app.sign_in("chen");
        let whole = opened(&chen, &json!({ "kind": "problem" }));
        let part = act(&chen, &whole, json!({ "act": "split", "subject": "发票", "content": "发票抬头也错了" }));
        let part = text(&part["id"]).to_owned();
        assert_eq!(get(&chen, &part)["received_at"], get(&chen, &whole)["received_at"]);
        assert_eq!(get(&chen, &part)["entries"][1]["other"]["id"], json!(whole));
        let other = opened(&chen, &json!({}));
        act(&chen, &whole, json!({ "act": "link", "case_id": other, "content": "同一台机器" }));
        assert_eq!(get(&chen, &other)["entries"][1]["other"]["id"], json!(whole));
        assert_eq!(fault(&chen, &whole, json!({ "act": "link", "case_id": Uuid::now_v7() })), "case_id: unknown");
    }

    fn a_caller_nobody_knows_turns_out_to_be_a_customer(db) {
        let app = TestApp::new(&db);
        let (chen, li) = (app.sign_in("chen"), app.sign_in("li"));
        let id = opened(&chen, &json!({ "caller": "王师傅", "caller_phone": "13912345678" }));
        assert_eq!(get(&chen, &id)["caller_phone"]["masked"], "139****5678");
        let reveal = format!("/cases/{id}/reveal");
        assert_eq!(chen.post(&reveal, json!({ "field": "caller_phone", "reason": "" })).fault(), "reason: required");
        assert_eq!(chen.post(&reveal, json!({ "field": "caller_phone", "reason": "回电" })).ok()["value"], "13912345678");
        assert_eq!(li.get(&format!("/cases/{id}")).refused(404), "not_found");
        let customer = customer(&li, "华盛机械");
        let path = format!("/cases/{id}");
        chen.patch(&path, 1, json!({ "customer_id": customer, "contact_id": contact_of(&li, &customer) })).ok();
        let case = get(&li, &id);
        assert_eq!((&case["customer"]["id"], steps(&case)), (&json!(customer), vec!["opened".to_owned(), "corrected".to_owned()]));
        assert_eq!(kinds(&app, &id), ["case_opened", "case_customer_wrote", "case_changed"]);
        assert_eq!(chen.patch(&path, 1, json!({ "subject": "漏水" })).refused(412), "stale");
        let another = li.post("/customers", json!({ "kind": "company", "name": "另一家" })).created();
        assert_eq!(chen.patch(&path, 2, json!({ "customer_id": another["id"] })).refused(409), "case.customer_known");
        let listed = li.get(&format!("/cases?q={}", "%E5%8D%8E%E7%9B%9B")).ok();
        assert_eq!(listed["items"][0]["id"], json!(id), "found by its customer's name");
        assert_eq!(li.get("/cases?q=ts-2026-000001").ok()["items"][0]["id"], json!(id));
        assert_eq!(li.get("/cases?q=zzz").ok()["items"], json!([]));
    }

    fn cases_are_there_for_who_is_responsible_and_whose_customer_it_is(db) {
        let app = TestApp::new(&db);
        let (chen, li, zhao) = (app.sign_in("chen"), app.sign_in("li"), app.sign_in("zhao"));
        let customer = customer(&li, "华盛机械");
        let id = opened(&chen, &json!({ "customer_id": customer, "kind": "problem" }));
        get(&li, &id);
        assert_eq!(li.get("/cases").ok()["items"].as_array().expect("items").len(), 1);
        assert_eq!(zhao.get("/cases").ok()["items"], json!([]));
        assert_eq!(refused(&li, &id, 403, json!({ "act": "note", "content": "我来看看" })), "forbidden", "it is not given to him");
        assert_eq!(refused(&zhao, &id, 404, json!({ "act": "note", "content": "看看" })), "not_found");
        act(&chen, &id, json!({ "act": "assign", "assignee_id": app.person("zhao"), "content": "请现场处理" }));
        act(&zhao, &id, json!({ "act": "take_up" }));
        assert_eq!(zhao.get("/cases").ok()["items"].as_array().expect("items").len(), 1);
        assert_eq!(refused(&zhao, &id, 403, json!({ "act": "assign", "assignee_id": app.person("li") })), "forbidden");
        assert_eq!(app.sign_in("auditor").post("/cases", json!({ "channel": "phone", "subject": "x" })).refused(403), "forbidden");
        // A customer who is removed takes its cases out of sight.
        app.sign_in("wang").delete(&format!("/customers/{customer}")).ok();
        assert_eq!(zhao.get(&format!("/cases/{id}")).refused(404), "not_found");
        assert_eq!(zhao.get("/cases").ok()["items"], json!([]));
        assert_eq!(chen.get("/cases").ok()["items"], json!([]));
    }

    fn whoever_took_a_case_in_goes_on_with_it(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = opened(&li, &json!({ "caller": "路过的人" }));
        act(&li, &id, json!({ "act": "classify", "kind": "inquiry", "level": 3 }));
        act(&li, &id, json!({ "act": "take_up" }));
        assert_eq!(get(&li, &id)["assignee"]["name"], "李雷");
        let given = json!({ "channel": "phone", "subject": "x", "assignee_id": app.person("zhao") });
        assert_eq!(li.post("/cases", given).refused(403), "forbidden");
    }

    fn clocks_run_with_a_case_and_a_breach_is_not_washed_off(db) {
        let app = TestApp::new(&db);
        app.sign_in("admin").post("/policies/adopt", json!({ "keys": ["R0", "R2", "R3", "R4"] })).ok();
        app.run_jobs();
        app.pass(hours(1));
        let chen = app.sign_in("chen");
        let id = opened(&chen, &json!({ "kind": "problem", "level": 2 }));
        app.pass(SignedDuration::from_mins(10));
        let case = get(&chen, &id);
        let clock = &case["clocks"][0];
        assert_eq!((&clock["rule"], &clock["clause"], &clock["left_seconds"]), (&json!("first-answer"), &json!("R3-4.1"), &json!(1_200)));
        assert_eq!((&clock["working"], &clock["live"]), (&json!(true), &json!(true)));
        let line = &chen.get("/cases").ok()["items"][0];
        assert_eq!((&line["clock"], &case["clock"]), (clock, clock), "one function says it everywhere");
        let due = |until: &str| {
            let filter = json!([["due_at", "le", until]]).to_string().replace('"', "%22");
            chen.get(&format!("/cases?filter={filter}")).ok()["items"].as_array().expect("items").len()
        };
        assert_eq!((due("2026-11-23T02:50:00Z"), due("2026-11-23T03:00:00Z")), (0, 1));
        act(&chen, &id, json!({ "act": "answer", "content": "在查" }));
        let state = |rule: &str| {
            let case = get(&chen, &id);
            let clocks = case["clocks"].as_array().expect("clocks").clone();
            let clock = clocks.into_iter().find(|clock| clock["rule"] == rule).expect("the clock");
            (text(&clock["state"]).to_owned(), clock["margin_seconds"].as_i64())
        };
        assert_eq!(state("first-answer"), ("met".to_owned(), Some(1_200)));
        act(&chen, &id, json!({ "act": "wait", "content": "等照片" }));
        assert_eq!(state("important-solved").0, "paused");
        app.pass(hours(6));
        act(&chen, &id, json!({ "act": "take_up" }));
        assert_eq!(state("important-response").0, "late");
        act(&chen, &id, json!({ "act": "assign", "assignee_id": app.person("li") }));
        act(&chen, &id, json!({ "act": "withdraw", "content": "其实是登记错了" }));
        assert_eq!((state("important-response").0.as_str(), state("important-solved").0.as_str()), ("late", "cancelled"));
        assert_eq!(get(&chen, &id)["clock"], Value::Null);
    }

    fn a_case_is_handed_up_to_the_next_head(db) {
        let app = TestApp::new(&db);
        let (chen, li, wang) = (app.sign_in("chen"), app.sign_in("li"), app.sign_in("wang"));
        let id = opened(&chen, &json!({ "kind": "problem", "department_id": app.department("华东销售部"), "assignee_id": app.person("li") }));
        assert_eq!(fault(&li, &id, json!({ "act": "escalate", "content": " " })), "content: required");
        act(&li, &id, json!({ "act": "escalate", "content": "客户要求见负责人" }));
        let case = get(&wang, &id);
        assert_eq!((&case["assignee"]["name"], steps(&case).last().map(String::as_str)), (&json!("王强"), Some("escalated")));
        let told = facts(&app, &id).pop().expect("facts");
        assert_eq!((told.0.as_str(), &told.1["assignee"]), ("case_changed", &json!(app.person("wang"))));
        assert_eq!(wang.get("/notifications").ok()["items"][0]["kind"], "case_escalated");
        // Above the top there is nobody.
        let mut last = String::new();
        for _ in 0..4 {
            let reply = chen.post(&format!("/cases/{id}/acts"), json!({ "act": "escalate", "content": "再往上" }));
            if !reply.status.is_success() {
                last = reply.refused(409);
                break;
            }
        }
        assert_eq!(last, "case.nobody_above");
    }

    fn whoever_is_responsible_does_not_take_a_case_back_alone(db) {
        let app = TestApp::new(&db);
        let (chen, li) = (app.sign_in("chen"), app.sign_in("li"));
        let id = opened(&chen, &json!({ "kind": "complaint", "assignee_id": app.person("li") }));
        let withdraw = json!({ "act": "withdraw", "content": "登记错了" });
        assert_eq!(get(&li, &id)["may_withdraw"], json!(false));
        assert_eq!(refused(&li, &id, 409, withdraw.clone()), "case.second_eye");
        assert_eq!(get(&chen, &id)["may_withdraw"], json!(true));
        act(&chen, &id, withdraw.clone());
        // What nobody has classified yet is taken back by whoever took it in.
        let mine = opened(&li, &json!({}));
        act(&li, &mine, withdraw);
    }

    fn the_words_of_the_customer_propose_a_kind_and_a_level(db) {
        let app = TestApp::new(&db);
        let chen = app.sign_in("chen");
        let words = json!({ "text": "投诉！三号机又停机了" });
        let found = chen.post("/cases/suggestion", words).ok();
        assert_eq!((&found["kind"], &found["level"], &found["words"]), (&json!("complaint"), &json!(1), &json!(["停机", "投诉"])));
        let id = opened(&chen, &json!({}));
        assert_eq!((&get(&chen, &id)["suggestion"]["kind"], &get(&chen, &id)["level"]), (&json!("repair"), &json!(3)), "it is a proposal");
        act(&chen, &id, json!({ "act": "classify", "kind": "problem", "level": 2 }));
        assert_eq!(get(&chen, &id)["suggestion"], Value::Null);
        assert_eq!(app.sign_in("auditor").post("/cases/suggestion", json!({ "text": "x" })).refused(403), "forbidden");
    }

    fn times_lie_between_the_case_and_now(db) {
        let app = TestApp::new(&db);
        let chen = app.sign_in("chen");
        let id = opened(&chen, &json!({ "kind": "problem" }));
        let answer = |at: &str| json!({ "act": "answer", "content": "在查", "at": at });
        assert_eq!(fault(&chen, &id, answer("2026-11-23T03:00:00Z")), "at: in_future");
        assert_eq!(fault(&chen, &id, answer("2026-11-23T01:29:00Z")), "at: before_case");
        let early = json!({ "channel": "phone", "subject": "x", "received_at": "2026-11-24T00:00:00Z" });
        assert_eq!(chen.post("/cases", early).fault(), "received_at: in_future");
        let blank = json!({ "channel": "phone", "subject": " ", "level": 9, "contact_id": Uuid::now_v7() });
        let faults = chen.post("/cases", blank).body["fields"].as_array().expect("faults").len();
        assert_eq!(faults, 3, "all faults at once");
    }

    fn a_mistake_is_withdrawn_removed_and_brought_back(db) {
        let app = TestApp::new(&db);
        let chen = app.sign_in("chen");
        let id = opened(&chen, &json!({}));
        let path = format!("/cases/{id}");
        assert_eq!(chen.delete(&path).refused(409), "case.withdraw_first");
        act(&chen, &id, json!({ "act": "withdraw", "content": "垃圾短信" }));
        assert_eq!(kinds(&app, &id).last().map(String::as_str), Some("case_withdrawn"));
        assert!(chen.delete(&path).status.is_success());
        assert_eq!(chen.get(&path).refused(404), "not_found");
        assert_eq!(chen.get("/bin").ok()["items"][0]["title"], "TS-2026-000001");
        chen.post(&format!("/bin/{id}/restore"), json!({})).ok();
        assert_eq!(get(&chen, &id)["state"], "withdrawn");
        assert_eq!(chen.get("/bin").ok()["items"], json!([]));
    }

    fn files_hang_on_a_case_of_a_customer(db) {
        let app = TestApp::new(&db);
        let (chen, li) = (app.sign_in("chen"), app.sign_in("li"));
        let customer = customer(&li, "华盛机械");
        let id = opened(&chen, &json!({ "customer_id": customer }));
        let path = format!("/customers/{customer}/attachments?of_kind=case&of_id={id}");
        chen.request(Method::POST, &path).file("说明.txt", "漏油的照片在后面".as_bytes()).send().created();
        assert_eq!(li.request(Method::POST, &path).file("说明.txt", "x".as_bytes()).send().refused(403), "forbidden");
        let listed = li.get(&format!("/customers/{customer}/attachments")).ok();
        assert_eq!(listed["items"][0]["of_kind"], "case");
    }

    fn whoever_is_erased_leaves_the_case_and_takes_their_words(db) {
        let app = TestApp::new(&db);
        let (chen, li) = (app.sign_in("chen"), app.sign_in("li"));
        let customer = customer(&li, "华盛机械");
        let contact = contact_of(&li, &customer);
        let id = opened(&chen, &json!({ "customer_id": customer, "contact_id": contact, "kind": "problem" }));
        act(&chen, &id, json!({ "act": "wrote", "content": "我家住在南京路" }));
        act(&chen, &id, json!({ "act": "answer", "content": "马上来" }));
        let unknown = opened(&chen, &json!({ "caller": "张伟", "caller_phone": "137 0000 1111", "content": "我要投诉" }));
        let (admin, ids) = (app.principal("admin"), (customer.parse().expect("an id"), contact.parse().expect("an id")));
        app.write(move |tx| {
            let words = vec!["张伟".to_owned(), "13700001111".to_owned()];
            let traces = Traces { rows: vec![(ids.0, Some(ids.1))], words };
            service::forget_person(tx, &admin, &traces)
        });
        let case = get(&chen, &id);
        assert_eq!((&case["content"], &case["contact"], &case["subject"]), (&json!(BLANK), &Value::Null, &json!("三号机漏油")));
        let said: Vec<&Value> = case["entries"].as_array().expect("entries").iter().map(|entry| &entry["content"]).collect();
        assert_eq!(said, [&json!(BLANK), &json!(BLANK), &json!("马上来")]);
        let case = get(&chen, &unknown);
        assert_eq!((&case["content"], &case["caller"], &case["caller_phone"]), (&json!(BLANK), &Value::Null, &Value::Null));
        let id: Uuid = unknown.parse().expect("an id");
        let kept: Vec<Option<String>> = app.read(move |tx| {
            tx.query(&SAID, &[&id])?.iter().map(|row| row.get(0)).collect::<store::Result<Vec<_>>>()
        });
        assert_eq!(kept, [Some(BLANK.to_owned())]);
    }

    fn a_merge_of_customers_takes_their_cases_along(db) {
        let app = TestApp::new(&db);
        let (steward, li, chen) = (app.sign_in("steward"), app.sign_in("li"), app.sign_in("chen"));
        let (gone, stays) = (customer(&li, "华盛机械"), li.post("/customers", json!({ "kind": "company", "name": "华盛机械有限公司",
            "allow_duplicate": true, "duplicate_reason": "测试" })).created());
        let id = opened(&chen, &json!({ "customer_id": gone }));
        act(&chen, &id, json!({ "act": "note", "content": "老客户" }));
        let merge = json!({ "loser_id": gone, "loser_version": 1, "take": [], "reason": "同一家公司" });
        let path = format!("/customers/{}/merges", text(&stays["id"]));
        let reply = steward.request(Method::POST, &path).version(1).json(merge).send();
        assert!(reply.status.is_success(), "{} {}", reply.status, reply.body);
        app.run_jobs();
        let case = get(&chen, &id);
        assert_eq!((&case["customer"]["id"], steps(&case)), (&stays["id"], vec!["opened".to_owned(), "noted".to_owned()]));
        act(&chen, &id, json!({ "act": "note", "content": "还在" }));
    }

    fn the_audit_says_what_was_done_and_not_what_was_said(db) {
        let app = TestApp::new(&db);
        let chen = app.sign_in("chen");
        let id = opened(&chen, &json!({ "kind": "problem" }));
        act(&chen, &id, json!({ "act": "answer", "content": "秘密的话" }));
        chen.patch(&format!("/cases/{id}"), 2, json!({ "content": "更秘密的话" })).ok();
        let id: Uuid = id.parse().expect("an id");
        let written: Vec<(String, String)> = app.read(move |tx| {
            tx.query(&AUDITED, &[&id])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<store::Result<Vec<_>>>()
        });
        assert_eq!(written.iter().map(|(action, _)| action.as_str()).collect::<Vec<_>>(), ["create", "update", "update"]);
        assert!(written.iter().all(|(_, changes)| !changes.contains("秘密的话")), "{written:?}");
    }

    fn four_who_answer_at_once_leave_four_entries(db) {
        let app = TestApp::new(&db);
        let chen = app.sign_in("chen");
        let id = opened(&chen, &json!({ "kind": "problem" }));
        let case: Uuid = id.parse().expect("an id");
        let done = app.at_once("chen", move |tx, who| {
            let act = serde_json::from_value(json!({ "act": "answer", "content": "在查" }))?;
            service::act(tx, &Arc::clone(who).grant()?, case, &act)
        });
        assert!(done.iter().all(Result::is_ok), "{done:?}");
        assert_eq!(steps(&get(&chen, &id)), ["opened", "answered", "answered", "answered", "answered"]);
    }
}
