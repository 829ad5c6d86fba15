use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::Entity as _;

use crate::engagement::interactions::Interaction;
use crate::kernel::Id;
use crate::policy::engine::sweep;
use crate::testing::{Reply, Session, TestApp};

store::statements! {
    TALKS = select Interaction where "customer_id = $1";
    ALL_THEIRS = "update interaction set contact_id = $2 where customer_id = $1";
    FIRST = "update contact set is_primary = true where id = $1";
}

fn id(value: &Value) -> String {
    value.as_str().expect("an id").to_owned()
}

/// 王芳, a customer of li's with something in every room, and 张伟, a contact of a company.
fn people(li: &Session<'_>) -> (String, (String, String)) {
    let own = json!({ "kind": "person", "name": "王芳", "phone": "13812341234", "email": "wf@example.com",
        "wechat": "wfang88", "notes": "喜欢普洱", "tags": ["茶友"], "preferences": "晚上打电话" });
    let person = id(&li.post("/customers", own).created()["id"]);
    let contacts = json!([{ "name": "张伟", "phone": "13912341234", "email": "zw@huasheng.cn", "birthday":
        { "calendar": "solar", "month": 3, "day": 4, "year": 1980 } }, { "name": "李娜" }]);
    let company = id(&li.post("/customers", json!({ "name": "华盛机械", "contacts": contacts })).created()["id"]);
    let listed = li.get(&format!("/customers/{company}/contacts")).ok();
    let mut listed = listed["items"].as_array().expect("contacts").iter();
    let contact = id(&listed.find(|one| one["name"] == "张伟").expect("the contact")["id"]);
    for (customer, with, content) in [(&person, None, "谈了家事"), (&company, Some(&contact), "谈了检修")] {
        let record = json!({ "kind": "phone", "at": "2026-11-23T01:00:00Z", "content": content, "contact_id": with });
        li.post(&format!("/customers/{customer}/interactions"), record).created();
    }
    (person, (company, contact))
}

fn receive(session: &Session<'_>, customer: &str, contact: Option<&str>, kind: &str) -> Reply {
    let body = json!({ "contact_id": contact, "kind": kind, "asker": "oneself", "channel": "phone",
        "content": "请按法律办理" });
    session.post(&format!("/customers/{customer}/subject_requests"), body)
}

fn at(request: &Value) -> String {
    format!("/customers/{}/subject_requests/{}", id(&request["customer_id"]), id(&request["id"]))
}

fn identify(session: &Session<'_>, request: &Value) -> Value {
    let body = json!({ "identity": "called_back", "note": "回拨档案里的号码，本人接听" });
    session.put(&format!("{}/identity", at(request)), request["version"].as_i64().expect("a version"), body).ok()
}

fn answer(session: &Session<'_>, request: &Value, fulfilled: bool) -> Reply {
    let call = session.request(Method::POST, &format!("{}/answer", at(request)));
    let body = json!({ "fulfilled": fulfilled, "answer": if fulfilled { "已办理" } else { "身份无法核实" } });
    call.version(request["version"].as_i64().expect("a version")).json(body).send()
}

fn copy(session: &Session<'_>, request: &Value) -> Reply {
    session.post(&format!("{}/copy", at(request)), json!({}))
}

fn duties(session: &Session<'_>) -> Vec<Value> {
    let page = session.get("/duties?filter=%5B%5B%22rule%22,%22eq%22,%22subject-request%22%5D%5D").ok();
    page["items"].as_array().expect("items").clone()
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn a_request_is_owed_until_it_is_answered(db) {
        let app = TestApp::new(&db);
        app.sign_in("admin").post("/policies/adopt", json!({ "keys": ["R4"] })).ok();
        app.run_jobs();
        let (chen, steward) = (app.sign_in("chen"), app.sign_in("steward"));
        let (person, _) = people(&app.sign_in("li"));
        let handler = app.person("steward");
        let body = json!({ "kind": "copy", "asker": "oneself", "channel": "phone", "content": "想知道你们有我哪些信息",
            "handler_id": handler });
        let request = chen.post(&format!("/customers/{person}/subject_requests"), body).created();
        assert_eq!((&request["number"], &request["state"]), (&json!("GR-2026-000001"), &json!("open")));
        assert_eq!((&request["name"], &request["handler"]["name"]), (&json!("王芳"), &json!("数据")));
        let owed = duties(&steward);
        assert_eq!((owed.len(), &owed[0]["clause"], &owed[0]["state"]), (1, &json!("R4-5"), &json!("open")));
        assert_eq!(answer(&steward, &request, true).refused(409), "request.identity_unchecked");
        assert_eq!(copy(&steward, &request).refused(409), "request.identity_unchecked");
        let request = identify(&steward, &request);
        assert_eq!(request["identity_by"]["name"], "数据");
        assert_eq!(answer(&chen, &request, true).refused(403), "forbidden");
        assert_eq!(answer(&steward, &request, true).ok()["state"], "fulfilled");
        assert_eq!(duties(&steward)[0]["state"], "met");
        let detail = steward.get(&at(&request)).ok();
        let log: Vec<&Value> = detail["log"].as_array().expect("a log").iter().map(|step| &step["action"]).collect();
        assert_eq!(log, ["answer", "check_identity", "create"]);
        let stale = json!({ "version": 9, "customer_id": request["customer_id"], "id": request["id"] });
        assert_eq!(answer(&steward, &stale, true).refused(409), "request.closed");
    }

    fn what_is_not_answered_in_time_is_overdue(db) {
        let app = TestApp::new(&db);
        app.sign_in("admin").post("/policies/adopt", json!({ "keys": ["R4"] })).ok();
        app.run_jobs();
        let steward = app.sign_in("steward");
        let (person, _) = people(&app.sign_in("li"));
        let late = receive(&steward, &person, None, "correct").created();
        app.pass(SignedDuration::from_hours(24 * 24));
        app.write(|tx| {
            let vault = std::sync::Arc::new(crate::platform::vault::Vault::from_root(&[7; 32]));
            let now = "2026-12-17T01:30:00Z".parse().expect("an instant");
            while sweep::step(tx, &crate::platform::access::system(now, &vault))? > 0 {}
            Ok(())
        });
        let steward = app.sign_in("steward");
        assert_ne!(duties(&steward)[0]["state"], "met");
        assert_eq!(answer(&steward, &late, false).ok()["state"], "refused", "who they are need not be known to refuse");
        assert_eq!(duties(&steward)[0]["state"], "late");
    }

    fn a_copy_holds_all_that_is_known_and_comes_in_again(db) {
        let app = TestApp::new(&db);
        let (li, steward) = (app.sign_in("li"), app.sign_in("steward"));
        let (person, (company, contact)) = people(&li);
        li.post(&format!("/customers/{person}/consents"), json!({ "purpose": "marketing", "decision": "given",
            "channel": "wechat", "proof": "微信回复同意" })).created();
        let request = identify(&steward, &receive(&steward, &person, None, "copy").created());
        assert_eq!(copy(&li, &request).refused(403), "forbidden");
        let reply = copy(&steward, &request);
        assert!(reply.text_header(axum::http::header::CONTENT_DISPOSITION).contains("GR-2026-000001.json"));
        let package = reply.ok();
        let archive = &package["archive"]["customer"];
        assert_eq!((&archive["phone"], &archive["email"]), (&json!("13812341234"), &json!("wf@example.com")));
        assert_eq!(package["records"]["interaction"][0]["content"], "谈了家事");
        let consents = package["records"]["consent"].as_array().expect("consents").iter();
        let mut told: Vec<&Value> = consents.map(|one| &one["proof"]).collect();
        told.sort_by_key(|proof| proof.to_string());
        assert_eq!(told, [&json!("微信回复同意"), &Value::Null], "and on what basis they were entered");
        assert!(package["trace"].as_array().is_some_and(|trace| !trace.is_empty()));
        // It is sent in again as it is, and copied again it says the same.
        let mut again = archive.clone();
        (again["allow_duplicate"], again["duplicate_reason"]) = (json!(true), json!("从副本恢复"));
        let made = id(&li.post("/customers", again).created()["id"]);
        let second = identify(&steward, &receive(&steward, &made, None, "copy").created());
        assert_eq!(&copy(&steward, &second).ok()["archive"]["customer"], archive);
        // Of a contact only what is about them is told.
        let request = identify(&steward, &receive(&steward, &company, Some(&contact), "copy").created());
        let package = copy(&steward, &request).ok();
        let told = &package["archive"]["contact"];
        assert_eq!((&told["phone"], &told["birthday"]["year"]), (&json!("13912341234"), &json!(1980)));
        assert_eq!(package["records"]["interaction"][0]["content"], "谈了检修");
        assert!(!package.to_string().contains("李娜"), "a colleague of theirs is nobody's business");
        let again = li.post(&format!("/customers/{company}/contacts"), told.clone()).created();
        let second = identify(&steward, &receive(&steward, &company, again["id"].as_str(), "copy").created());
        assert_eq!(copy(&steward, &second).ok()["archive"]["contact"]["phone"], told["phone"]);
    }

    fn a_restricted_customer_is_kept_and_nothing_else(db) {
        let app = TestApp::new(&db);
        let (li, steward) = (app.sign_in("li"), app.sign_in("steward"));
        let (person, _) = people(&li);
        let request = identify(&steward, &receive(&steward, &person, None, "restrict").created());
        assert_eq!(answer(&steward, &request, true).ok()["state"], "fulfilled");
        let path = format!("/customers/{person}");
        for call in [
            li.get(&path),
            li.patch(&path, 2, json!({ "notes": "x" })),
            li.get(&format!("{path}/timeline")),
            li.get(&format!("{path}/contacts")),
            li.get(&format!("{path}/consents")),
            li.post(&format!("{path}/reveal"), json!({ "field": "phone", "reason": "打电话" })),
            li.post(&format!("{path}/interactions"), json!({ "kind": "phone", "at": "2026-11-23T01:00:00Z",
                "content": "再谈" })),
            steward.post(&format!("{path}/restore"), json!({})),
            steward.delete(&path),
        ] {
            assert_eq!(call.refused(423), "customer.restricted");
        }
        assert_eq!(app.sign_in("zhao").get(&path).refused(404), "not_found", "others learn nothing");
        let all = format!("{}{}", li.get("/customers").text(), li.get("/customers?q=13812341234").text());
        assert!(!all.contains("王芳"));
        assert!(!li.get("/search?q=%E7%8E%8B%E8%8A%B3").text().contains("王芳"));
        let detail = steward.get(&at(&request)).ok();
        assert_eq!((&detail["restricted"], &detail["request"]["name"]), (&json!(true), &json!("王芳")));
        assert!(steward.get("/subject_requests").text().contains("王芳"), "the register stays");
        copy(&steward, &request).ok();
        let lifted = steward.delete(&format!("{}/restriction", at(&request))).ok();
        assert_eq!(lifted["restricted"], false);
        assert_eq!(li.get(&path).ok()["name"], "王芳");
        assert!(li.get("/search?q=13812341234").text().contains("王芳"));
    }

    fn a_restricted_customer_is_not_named_by_what_is_still_to_do(db) {
        let app = TestApp::new(&db);
        let (li, steward, sun) = (app.sign_in("li"), app.sign_in("steward"), app.sign_in("sun"));
        let (person, _) = people(&li);
        let version = li.get(&format!("/customers/{person}")).ok()["version"].as_i64().expect("a version");
        let handed = json!({ "owner_id": app.person("sun"), "reason": "调岗" });
        app.sign_in("wang").put(&format!("/customers/{person}/owner"), version, handed).ok();
        let received = id(&sun.get("/handovers").ok()["items"][0]["id"]);
        let line = || sun.get(&format!("/handovers/{received}/customers")).ok()["items"][0].clone();
        assert_eq!((&line()["name"], &line()["visible"]), (&json!("王芳"), &json!(true)));
        let request = identify(&steward, &receive(&steward, &person, None, "restrict").created());
        answer(&steward, &request, true).ok();
        assert_eq!((&line()["name"], &line()["visible"]), (&json!(""), &json!(false)));
    }

    fn a_restricted_contact_is_left_out_and_found_by_nothing(db) {
        let app = TestApp::new(&db);
        let (li, steward) = (app.sign_in("li"), app.sign_in("steward"));
        let (_, (company, contact)) = people(&li);
        let given = json!({ "contact_id": contact, "purpose": "marketing", "decision": "given", "channel": "wechat",
            "proof": "微信回复同意" });
        li.post(&format!("/customers/{company}/consents"), given).created();
        li.patch(&format!("/customers/{company}/contacts/{contact}"), 1, json!({ "position": "采购总监" })).ok();
        let told = || ["timeline", "consents"].map(|of| li.get(&format!("/customers/{company}/{of}")).ok().to_string());
        let tells = || told().map(|text| text.contains("采购总监") || text.contains("微信回复同意"));
        assert_eq!(tells(), [true, true]);
        let request = identify(&steward, &receive(&steward, &company, Some(&contact), "delete").created());
        let restriction = format!("{}/restriction", at(&request));
        assert_eq!(steward.put(&restriction, 1, json!({})).ok()["restricted"], true);
        let contacts = li.get(&format!("/customers/{company}/contacts")).text();
        assert!(contacts.contains("李娜") && !contacts.contains("张伟"));
        assert_eq!(tells(), [false, false]);
        let path = format!("/customers/{company}/contacts/{contact}");
        assert_eq!(li.patch(&path, 2, json!({ "position": "总监" })).refused(423), "contact.restricted");
        let reveal = json!({ "contact_id": contact, "field": "phone", "reason": "打电话" });
        assert_eq!(li.post(&format!("/customers/{company}/reveal"), reveal).refused(423), "contact.restricted");
        assert!(!li.get("/search?q=13912341234").text().contains("华盛"));
        let alike = json!({ "name": "别家", "phone": "13912341234" });
        assert_eq!(li.post("/customers/duplicates", alike.clone()).ok(), json!([]));
        steward.delete(&restriction).ok();
        assert!(li.get(&format!("/customers/{company}/contacts")).text().contains("张伟"));
        assert!(li.get("/search?q=13912341234").text().contains("华盛"));
        assert_ne!(li.post("/customers/duplicates", alike).ok(), json!([]));
    }

    fn a_withdrawal_ends_every_consent(db) {
        let app = TestApp::new(&db);
        let (li, steward) = (app.sign_in("li"), app.sign_in("steward"));
        let (person, _) = people(&li);
        let path = format!("/customers/{person}/consents");
        for purpose in ["marketing", "third_party"] {
            li.post(&path, json!({ "purpose": purpose, "decision": "given", "channel": "paper", "proof": "签字" })).created();
        }
        let contract = json!({ "purpose": "return_visit", "decision": "given", "basis": "contract", "channel": "contract" });
        li.post(&path, contract).created();
        app.pass(SignedDuration::from_mins(1));
        let request = identify(&steward, &receive(&steward, &person, None, "withdraw").created());
        answer(&steward, &request, true).ok();
        let consents = li.get(&path).ok();
        let standings: Vec<&Value> = consents["people"][0]["purposes"].as_array().expect("purposes").iter()
            .map(|purpose| &purpose["standing"]).collect();
        assert_eq!(standings, ["given", "withdrawn", "given", "withdrawn", "none"], "what the contract asks for goes on");
        assert_eq!(consents["history"][0]["proof"], request["number"]);
    }

    fn what_cannot_be_asked_is_refused(db) {
        let app = TestApp::new(&db);
        let (li, zhao, mei) = (app.sign_in("li"), app.sign_in("zhao"), app.sign_in("mei"));
        let (person, (company, contact)) = people(&li);
        assert_eq!(receive(&li, &company, None, "copy").fault(), "contact_id: required");
        assert_eq!(receive(&li, &company, Some(&person), "copy").fault(), "contact_id: not_found");
        assert_eq!(receive(&zhao, &company, Some(&contact), "copy").refused(404), "not_found");
        assert_eq!(receive(&mei, &person, None, "copy").refused(403), "forbidden");
        let body = json!({ "kind": "copy", "asker": "oneself", "channel": "phone", "content": "请办理",
            "handler_id": app.person("mei") });
        let path = format!("/customers/{person}/subject_requests");
        assert_eq!(li.post(&path, body).fault(), "handler_id: request.not_a_handler");
        let request = receive(&li, &person, None, "copy").created();
        let handler = id(&request["handler"]["id"]);
        let may = ["wang", "steward", "admin"].map(|login| app.person(login).to_string());
        assert!(may.contains(&handler), "whoever is asked may answer, and reaches the customer");
        assert_eq!(app.sign_in("zhou").get(&at(&request)).refused(404), "not_found");
        let wang = app.sign_in("wang");
        let call = wang.request(Method::POST, &format!("{}/withdrawal", at(&request)));
        assert_eq!(call.version(1).json(json!({ "reason": "客户来电说不用了" })).send().ok()["state"], "withdrawn");
    }

    fn the_clock_of_a_request_goes_on_when_the_person_is_restricted_or_removed(db) {
        let app = TestApp::new(&db);
        app.sign_in("admin").post("/policies/adopt", json!({ "keys": ["R4"] })).ok();
        app.run_jobs();
        let (li, steward) = (app.sign_in("li"), app.sign_in("steward"));
        let (person, (company, contact)) = people(&li);
        let kept = identify(&steward, &receive(&steward, &person, None, "delete").created());
        receive(&steward, &company, Some(&contact), "delete").created();
        steward.put(&format!("{}/restriction", at(&kept)), 1, json!({})).ok();
        app.sign_in("wang").delete(&format!("/customers/{company}")).ok();
        app.run_jobs();
        let states = || duties(&app.sign_in("steward")).iter().map(|duty| duty["state"].clone()).collect::<Vec<_>>();
        assert_eq!(states(), ["open", "open"]);
        app.pass(SignedDuration::from_hours(24 * 40));
        app.write(|tx| {
            let vault = std::sync::Arc::new(crate::platform::vault::Vault::from_root(&[7; 32]));
            let now = "2027-01-02T01:30:00Z".parse().expect("an instant");
            while sweep::step(tx, &crate::platform::access::system(now, &vault))? > 0 {}
            Ok(())
        });
        assert_eq!(states(), ["missed", "missed"]);
        assert_eq!(answer(&app.sign_in("steward"), &kept, false).ok()["state"], "refused");
        let mut after = states();
        after.sort_by_key(Value::to_string);
        assert_eq!(after, ["late", "missed"]);
    }

    fn a_person_is_the_same_wherever_they_work(db) {
        let app = TestApp::new(&db);
        let (li, steward) = (app.sign_in("li"), app.sign_in("steward"));
        let (_, (company, contact)) = people(&li);
        li.post(&format!("/customers/{company}/cooperation"), json!({ "kind": "contract", "happened_on": "2026-03-01" })).created();
        let card = li.request(Method::POST, &format!("/customers/{company}/attachments?of_kind=contact&of_id={contact}"));
        card.file("名片.pdf", b"%PDF-1.7\n%card").send().created();
        let other = id(&li.post("/customers", json!({ "name": "恒泰电子" })).created()["id"]);
        let moved = li.post(&format!("/customers/{company}/contacts/{contact}/move"), json!({ "customer_id": other })).created();
        let there = id(&moved["id"]);
        let request = identify(&steward, &receive(&steward, &other, Some(&there), "copy").created());
        let package = copy(&steward, &request).ok();
        let told = package.to_string();
        for text in ["13912341234", "zw@huasheng.cn", "华盛机械", "谈了检修", "名片.pdf"] {
            assert!(told.contains(text), "{text} is missing in {told}");
        }
        assert!(!told.contains("2026-03-01") && !told.contains("李娜"), "what is the company's is not theirs");
        assert_eq!(package["complete"], true);
        let restriction = format!("{}/restriction", at(&request));
        steward.put(&restriction, 1, json!({})).ok();
        let names = |customer: &str| li.get(&format!("/customers/{customer}/contacts")).text();
        assert!(!names(&company).contains("张伟") && !names(&other).contains("张伟"));
        assert!(!li.get("/search?q=%E5%BC%A0%E4%BC%9F").text().contains("华盛"));
        steward.delete(&restriction).ok();
        assert!(names(&company).contains("张伟") && names(&other).contains("张伟"));
        // In the bin they can be neither copied nor restricted, and it is said where they lie.
        li.delete(&format!("/customers/{other}/contacts/{there}")).ok();
        assert_eq!(receive(&steward, &other, Some(&there), "copy").fault(), "contact_id: contact.in_bin");
    }

    fn nobody_else_is_told_of_in_a_copy(db) {
        let app = TestApp::new(&db);
        let (wang, steward) = (app.sign_in("wang"), app.sign_in("steward"));
        let (person, _) = people(&wang);
        let spouse = json!({ "name": "赵云", "phone": "13700001111", "birthday": { "calendar": "solar", "month": 5, "day": 6 } });
        wang.post(&format!("/customers/{person}/contacts"), spouse).created();
        // What became part of them is told too.
        let again = json!({ "kind": "person", "name": "王方", "phone": "13688880000", "notes": "另一份档案" });
        let again = id(&wang.post("/customers", again).created()["id"]);
        let version = |of: &str| wang.get(&format!("/customers/{of}")).ok()["version"].as_i64().expect("a version");
        let body = json!({ "loser_id": again, "loser_version": version(&again), "take": [], "reason": "同一人" });
        wang.request(Method::POST, &format!("/customers/{person}/merges")).version(version(&person)).json(body).send().ok();
        app.run_jobs();
        let request = identify(&steward, &receive(&steward, &person, None, "copy").created());
        let package = copy(&steward, &request).ok();
        assert_eq!(package["archive"]["customer"]["contacts"], json!([{ "name": "赵云" }]));
        assert!(!package.to_string().contains("13700001111"));
        assert_eq!(package["archive"]["merged"][0]["phone"], "13688880000");
    }

    fn a_copy_that_is_not_all_says_so(db) {
        let app = TestApp::new(&db);
        let (li, steward) = (app.sign_in("li"), app.sign_in("steward"));
        let (_, (company, contact)) = people(&li);
        let request = identify(&steward, &receive(&steward, &company, Some(&contact), "copy").created());
        assert_eq!(copy(&steward, &request).ok()["complete"], true);
        let (customer, person): (uuid::Uuid, uuid::Uuid) = (company.parse().expect("an id"), contact.parse().expect("an id"));
        app.write(move |tx| {
            let one = Interaction::all(tx, &TALKS, &[&customer])?.remove(0);
            // The company's many rows do not crowd out the few that are theirs, and come before them.
            for _ in 0..20_001 {
                Interaction { id: Id::new(), contact_id: None, ..one.clone() }.insert(tx)?;
            }
            Interaction { id: Id::new(), content: "最后一次".to_owned(), contact_id: Some(person), ..one.clone() }.insert(tx)?;
            Ok(())
        });
        let package = copy(&steward, &request).ok();
        assert_eq!((&package["complete"], package["records"]["interaction"].as_array().map(Vec::len)), (&json!(true), Some(2)));
        app.write(move |tx| Ok(tx.execute(&ALL_THEIRS, &[&customer, &person])?));
        assert_eq!(copy(&steward, &request).ok()["complete"], false);
    }

    fn one_of_two_stays_the_first_to_turn_to(db) {
        let app = TestApp::new(&db);
        let (li, steward) = (app.sign_in("li"), app.sign_in("steward"));
        let (_, (company, contact)) = people(&li);
        let path = format!("/customers/{company}/contacts");
        let primary = |version: i64, of: &str| li.patch(&format!("{path}/{of}"), version, json!({ "primary": true })).ok();
        primary(1, &contact);
        let request = identify(&steward, &receive(&steward, &company, Some(&contact), "restrict").created());
        let restriction = format!("{}/restriction", at(&request));
        steward.put(&restriction, 1, json!({})).ok();
        let other = li.get(&path).ok()["items"][0].clone();
        // As a merge brings one along, which does not ask about the restricted.
        let row: uuid::Uuid = id(&other["id"]).parse().expect("an id");
        app.write(move |tx| Ok(tx.execute(&FIRST, &[&row])?));
        steward.delete(&restriction).ok();
        let all = li.get(&path).ok();
        let first = all["items"].as_array().expect("items").iter().filter(|one| one["primary"] == true);
        assert_eq!(first.map(|one| one["name"].clone()).collect::<Vec<_>>(), ["李娜"]);
    }
}
