use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Person, Standing, may};
use crate::kernel::Id;
use crate::testing::{Session, TestApp};
use store::jobs::{self, NewJob};

fn person(session: &Session<'_>, name: &str) -> String {
    let new = json!({ "kind": "person", "name": name, "phone": "13812341234" });
    session.post("/customers", new).created()["id"].as_str().expect("an id").to_owned()
}

fn company(session: &Session<'_>) -> (String, String) {
    let new = json!({ "name": "华盛机械", "contacts": [{ "name": "张伟", "phone": "13912341234" }] });
    let id = session.post("/customers", new).created()["id"].as_str().expect("an id").to_owned();
    let contacts = session.get(&format!("/customers/{id}/contacts")).ok();
    (id, contacts["items"][0]["id"].as_str().expect("an id").to_owned())
}

fn answer(session: &Session<'_>, customer: &str, body: Value) -> Value {
    session.post(&format!("/customers/{customer}/consents"), body).created()
}

fn consents(session: &Session<'_>, customer: &str) -> Value {
    session.get(&format!("/customers/{customer}/consents")).ok()
}

/// How the first person of a customer stands to a purpose.
fn standing(session: &Session<'_>, customer: &str, purpose: &str) -> Value {
    let all = consents(session, customer);
    let purposes = all["people"][0]["purposes"].as_array().expect("purposes").clone();
    purposes.into_iter().find(|one| one["purpose"] == purpose).expect("the purpose")["standing"].clone()
}

fn asked(app: &TestApp, customer: &str, contact: Option<&str>, purpose: &'static str) -> Standing {
    let id = |text: &str| text.parse::<uuid::Uuid>().expect("an id");
    let person = Person { customer: Id::from_uuid(id(customer)), contact: contact.map(|c| Id::from_uuid(id(c))) };
    app.read(move |tx| may(tx, person, purpose))
}

/// Purpose, basis, way and proof of each answer, latest first.
fn told(consents: &Value) -> Vec<Value> {
    let history = consents["history"].as_array().expect("a history").iter();
    history.map(|one| json!([one["purpose"], one["basis"], one["channel"], one["proof"]])).collect()
}

fn customers(session: &Session<'_>) -> usize {
    session.get("/customers").ok()["items"].as_array().expect("items").len()
}

store::statements! {
    AS_IF_BEFORE = "delete from consent where customer_id = $1";
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn nobody_is_entered_without_a_basis(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let usual = json!(["archive", "contract", "other", null]);
        let paper = json!({ "basis": "consent", "channel": "paper", "proof": "档案柜 3-12" });
        let on_paper = json!(["archive", "consent", "paper", "档案柜 3-12"]);
        let alone = person(&li, "王芳");
        assert_eq!(told(&consents(&li, &alone)), std::slice::from_ref(&usual));
        let before = customers(&li);
        for (wrong, fault) in [
            (json!({ "basis": "curiosity" }), "basis: basis.unknown"),
            (json!({ "basis": "consent" }), "proof: required"),
        ] {
            let new = json!({ "kind": "person", "name": "李梅", "basis": wrong });
            assert_eq!(li.post("/customers", new).fault(), fault);
            let new = json!({ "name": "李梅", "basis": wrong });
            assert_eq!(li.post(&format!("/customers/{alone}/contacts"), new).fault(), fault);
        }
        assert_eq!(customers(&li), before);
        let several = json!({ "name": "瑞丰食品", "basis": paper,
            "contacts": [{ "name": "甲" }, { "name": "乙", "basis": { "basis": "published" } }] });
        let several = li.post("/customers", several).created()["id"].as_str().expect("an id").to_owned();
        let mut all = told(&consents(&li, &several));
        all.sort_by_key(Value::to_string);
        assert_eq!(all, [on_paper.clone(), json!(["archive", "published", "other", null])]);
        let contacts = format!("/customers/{several}/contacts");
        let made = li.post(&contacts, json!({ "name": "丙", "basis": paper })).created();
        li.post(&contacts, json!({ "name": "丁" })).created();
        let all = told(&consents(&li, &several));
        let count = |one: &Value| all.iter().filter(|other| *other == one).count();
        assert_eq!((all.len(), count(&on_paper), count(&usual)), (4, 2, 1));
        // Whoever is brought back or goes elsewhere takes along on what basis they came.
        let id = made["id"].as_str().expect("an id");
        app.sign_in("wang").delete(&format!("{contacts}/{id}")).ok();
        app.sign_in("wang").post(&format!("/bin/{id}/restore"), json!({})).ok();
        let (company, _) = company(&li);
        li.post(&format!("{contacts}/{id}/move"), json!({ "customer_id": company })).ok();
        let people = consents(&li, &company)["people"].clone();
        let of = |name: &str| people.as_array().expect("people").iter().find(|one| one["name"] == name).cloned();
        let known = of("丙").expect("she")["purposes"].as_array().expect("purposes").clone();
        let archive = known.into_iter().find(|one| one["purpose"] == "archive").expect("the purpose");
        assert_eq!((&archive["standing"], &archive["answer"]["basis"]), (&json!("given"), &json!("consent")));
        // A company that turns out to be a person.
        let turned = li.post("/customers", json!({ "name": "小卖部" })).created();
        let path = format!("/customers/{}", turned["id"].as_str().expect("an id"));
        li.patch(&path, turned["version"].as_i64().expect("a version"), json!({ "kind": "person" })).ok();
        assert_eq!(told(&consents(&li, turned["id"].as_str().expect("an id"))), [usual]);
    }

    fn who_came_before_a_basis_was_asked_for_stands_on_the_board(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let (id, contact) = company(&li);
        person(&li, "王芳");
        let customer: uuid::Uuid = id.parse().expect("an id");
        app.write(move |tx| Ok(tx.execute(&AS_IF_BEFORE, &[&customer])?));
        let look = || app.write(|tx| {
            let at = jiff::Timestamp::UNIX_EPOCH;
            let new = NewJob { kind: "customers.quality", once_key: None, asked_by: None, payload: json!({}), run_at: at };
            Ok(jobs::enqueue(tx, new)?)
        });
        look();
        app.run_jobs();
        let list = "/customers?filter=%5B%5B%22flaws%22%2C%22in%22%2C%5B%22no_basis%22%5D%5D%5D";
        let found = li.get(list).ok()["items"].clone();
        assert_eq!((found.as_array().expect("items").len(), &found[0]["id"]), (1, &json!(id)));
        assert_eq!(li.get("/quality").ok()["groups"][0]["counts"]["no_basis"], 1);
        let basis = json!({ "contact_id": contact, "purpose": "archive", "decision": "given", "basis": "contract",
            "channel": "contract" });
        answer(&li, &id, basis);
        assert_eq!(li.get(list).ok()["items"], json!([]), "now it is said");
    }

    fn an_answer_holds_until_the_next_and_the_history_stays(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = person(&li, "王芳");
        assert_eq!(standing(&li, &id, "marketing"), "none");
        assert_eq!(asked(&app, &id, None, "marketing"), Standing::None);
        let given = json!({ "purpose": "marketing", "decision": "given", "channel": "wechat", "proof": "微信回复“同意”" });
        let made = answer(&li, &id, given);
        assert_eq!((&made["basis"], &made["recorded_by"]["name"]), (&json!("consent"), &json!("李雷")));
        assert!(asked(&app, &id, None, "marketing").allows());
        assert_eq!(asked(&app, &id, None, "return_visit"), Standing::None, "one purpose says nothing of another");
        app.pass(SignedDuration::from_mins(5));
        answer(&li, &id, json!({ "purpose": "marketing", "decision": "withdrawn", "channel": "phone" }));
        assert_eq!(asked(&app, &id, None, "marketing"), Standing::Withdrawn);
        // A paper that turns up later, with an earlier date, changes nothing.
        let earlier = json!({ "purpose": "marketing", "decision": "given", "channel": "paper", "proof": "档案柜 3-12",
            "at": "2026-11-20T02:00:00Z" });
        answer(&li, &id, earlier);
        assert_eq!(standing(&li, &id, "marketing"), "withdrawn");
        let history = consents(&li, &id)["history"].clone();
        let decisions: Vec<&Value> = history.as_array().expect("a list").iter().map(|one| &one["decision"]).collect();
        assert_eq!(decisions, ["withdrawn", "given", "given", "given"], "the last is on what basis they were entered");
        app.sign_in("wang").delete(&format!("/customers/{id}")).ok();
        assert_eq!(asked(&app, &id, None, "marketing"), Standing::Restricted, "whoever is out of sight is left alone");
    }

    fn what_cannot_be_an_answer_is_refused_and_nothing_is_written(db) {
        let app = TestApp::new(&db);
        let (li, zhao) = (app.sign_in("li"), app.sign_in("zhao"));
        let (id, contact) = company(&li);
        let path = format!("/customers/{id}/consents");
        let body = |change: Value| {
            let mut body = json!({ "contact_id": contact, "purpose": "marketing", "decision": "given",
                "channel": "phone", "proof": "录音 0123" });
            for (key, value) in change.as_object().expect("changes") {
                body[key] = value.clone();
            }
            body
        };
        for (change, fault) in [
            (json!({ "contact_id": null }), "contact_id: required"),
            (json!({ "contact_id": id }), "contact_id: not_found"),
            (json!({ "purpose": "spying" }), "purpose: unknown"),
            (json!({ "proof": " " }), "proof: required"),
            (json!({ "at": "2026-11-24T01:30:00Z" }), "at: date.in_future"),
        ] {
            assert_eq!(li.post(&path, body(change)).fault(), fault);
        }
        assert_eq!(zhao.post(&path, body(json!({}))).refused(404), "not_found");
        assert_eq!(zhao.get(&path).refused(404), "not_found");
        assert_eq!(app.sign_in("mei").post(&path, body(json!({}))).refused(403), "forbidden");
        assert_eq!(told(&consents(&li, &id)), [json!(["archive", "contract", "other", null])]);
        li.post(&path, body(json!({ "basis": "contract", "proof": null }))).created();
    }

    fn other_words_make_consents_need_renewal(db) {
        let app = TestApp::new(&db);
        let (li, admin) = (app.sign_in("li"), app.sign_in("admin"));
        let id = person(&li, "王芳");
        let given = json!({ "purpose": "marketing", "decision": "given", "channel": "phone", "proof": "录音" });
        answer(&li, &id, given.clone());
        let contract =
            json!({ "purpose": "return_visit", "decision": "given", "basis": "contract", "channel": "contract" });
        answer(&li, &id, contract);
        let path = "/consent_purposes/marketing";
        assert_eq!(li.patch(path, 1, json!({ "notice": "另一种说法" })).refused(403), "forbidden");
        assert_eq!(admin.patch(path, 1, json!({ "notice": "" })).fault(), "notice: required");
        assert_eq!(admin.patch(path, 1, json!({ "zh": "营销" })).ok()["notice_version"], 1);
        assert_eq!(standing(&li, &id, "marketing"), "given", "another name is no other use");
        assert_eq!(admin.patch(path, 2, json!({ "notice": "也会转给合作方" })).ok()["notice_version"], 2);
        assert_eq!(asked(&app, &id, None, "marketing"), Standing::NeedsRenewal);
        assert_eq!(admin.patch("/consent_purposes/return_visit", 1, json!({ "notice": "每月回访" })).ok()["version"], 2);
        assert!(asked(&app, &id, None, "return_visit").allows(), "what rests on a contract goes on");
        app.pass(SignedDuration::from_mins(1));
        answer(&li, &id, given);
        assert!(asked(&app, &id, None, "marketing").allows());
        let notices = li.get("/consent_purposes/marketing/notices").ok();
        assert_eq!(notices["items"].as_array().map(Vec::len), Some(2), "what was agreed to can still be read");
        let new = json!({ "zh": "客户案例宣传", "notice": "展示名称和照片", "contacts": false, "separate": true });
        let made = admin.post("/consent_purposes", new.clone()).created();
        assert_eq!((&made["key"], &made["en"]), (&json!("p5"), &json!("客户案例宣传")));
        assert_eq!(admin.post("/consent_purposes", new).fault(), "zh: taken");
        admin.patch("/consent_purposes/p5", 1, json!({ "retired": true })).ok();
        let late = json!({ "purpose": "p5", "decision": "given", "channel": "phone", "proof": "录音" });
        assert_eq!(li.post(&format!("/customers/{id}/consents"), late).fault(), "purpose: consent.retired");
    }

    fn whoever_must_not_be_contacted_is_not_and_their_word_goes_with_them(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let (id, contact) = company(&li);
        for purpose in ["marketing", "third_party"] {
            let given = json!({ "contact_id": contact, "purpose": purpose, "decision": "given", "channel": "email",
                "proof": "邮件" });
            answer(&li, &id, given);
        }
        let other = li.post("/customers", json!({ "name": "恒泰电子" })).created()["id"].as_str().expect("an id").to_owned();
        let moved = li.post(&format!("/customers/{id}/contacts/{contact}/move"), json!({ "customer_id": other })).created();
        let new = moved["id"].as_str().expect("an id").to_owned();
        assert!(asked(&app, &other, Some(&new), "marketing").allows(), "they agreed, not their company");
        assert_eq!(standing(&li, &other, "marketing"), "given");
        let no_contact = format!("/customers/{other}/contacts/{new}/no_contact");
        li.put(&no_contact, 1, json!({ "reason": "来电要求" })).ok();
        assert_eq!(asked(&app, &other, Some(&new), "marketing"), Standing::Barred);
        assert!(asked(&app, &other, Some(&new), "third_party").allows(), "which does not contact them");
        assert_eq!(standing(&li, &other, "marketing"), "barred");
    }

    fn merged_persons_have_one_history(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let one = person(&wang, "王芳");
        let twice = json!({ "kind": "person", "name": "王芳", "phone": "13812341234", "allow_duplicate": true,
            "duplicate_reason": "以后合并" });
        let other = wang.post("/customers", twice).created()["id"].as_str().expect("an id").to_owned();
        answer(&wang, &one, json!({ "purpose": "marketing", "decision": "given", "channel": "phone", "proof": "录音" }));
        app.pass(SignedDuration::from_mins(1));
        answer(&wang, &other, json!({ "purpose": "marketing", "decision": "withdrawn", "channel": "phone" }));
        let version = |id: &str| wang.get(&format!("/customers/{id}")).ok()["version"].clone();
        let body = json!({ "loser_id": other, "loser_version": version(&other), "take": [], "reason": "同一人" });
        let call = wang.request(axum::http::Method::POST, &format!("/customers/{one}/merges"));
        call.version(version(&one).as_i64().expect("a version")).json(body).send().ok();
        assert_eq!(asked(&app, &one, None, "marketing"), Standing::Withdrawn);
        assert_eq!(consents(&wang, &one)["history"].as_array().map(Vec::len), Some(4), "two answers, and how each came in");
    }

    fn a_clock_that_runs_ahead_outdoes_no_withdrawal(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = person(&li, "王芳");
        let ahead = json!({ "purpose": "marketing", "decision": "given", "channel": "phone", "proof": "录音",
            "at": "2026-11-23T01:34:00Z" });
        answer(&li, &id, ahead);
        app.pass(SignedDuration::from_mins(2));
        answer(&li, &id, json!({ "purpose": "marketing", "decision": "withdrawn", "channel": "phone" }));
        assert_eq!(asked(&app, &id, None, "marketing"), Standing::Withdrawn);
    }

    fn what_was_answered_at_a_company_that_was_merged_is_found(db) {
        let app = TestApp::new(&db);
        let (wang, steward) = (app.sign_in("wang"), app.sign_in("steward"));
        let (first, contact) = company(&wang);
        let new = |name: &str| wang.post("/customers", json!({ "name": name })).created()["id"].as_str().expect("an id").to_owned();
        let (second, kept) = (new("恒泰电子"), new("华盛集团"));
        let moved = wang.post(&format!("/customers/{first}/contacts/{contact}/move"), json!({ "customer_id": second })).created();
        let there = moved["id"].as_str().expect("an id").to_owned();
        answer(&wang, &second, json!({ "contact_id": there, "purpose": "marketing", "decision": "given", "channel": "phone", "proof": "录音" }));
        app.pass(SignedDuration::from_mins(1));
        answer(&wang, &first, json!({ "contact_id": contact, "purpose": "marketing", "decision": "withdrawn", "channel": "phone" }));
        assert_eq!(asked(&app, &second, Some(&there), "marketing"), Standing::Withdrawn);
        let version = |id: &str| wang.get(&format!("/customers/{id}")).ok()["version"].clone();
        let body = json!({ "loser_id": first, "loser_version": version(&first), "take": [], "reason": "同一家" });
        let call = wang.request(axum::http::Method::POST, &format!("/customers/{kept}/merges"));
        call.version(version(&kept).as_i64().expect("a version")).json(body).send().ok();
        app.run_jobs();
        assert_eq!(asked(&app, &second, Some(&there), "marketing"), Standing::Withdrawn, "their word went with the merge");
        assert_eq!(standing(&steward, &second, "marketing"), "withdrawn");
        let moved = steward.get(&format!("/customers/{second}/contacts")).ok()["items"][0]["moved_from"].clone();
        assert_eq!(moved["customer"], "华盛集团");
    }
}
