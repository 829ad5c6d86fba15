//! What a merge gives the one that stays, and takes back: added fields, access, relations; and what it does not give.

use axum::http::Method;
use serde_json::{Value, json};
use store::Entity as _;

use super::{create, entries, id_of, items, left, merge, of_customer, path, undo, version};
use crate::platform::access::model::{ROLE_BY_BUILTIN, Role};
use crate::testing::{Session, TestApp};

/// Whether managers may hand over.
fn assigns(app: &TestApp, may: bool) {
    app.write(move |tx| {
        let role = Role::one(tx, &ROLE_BY_BUILTIN, &[&"manager"])?.expect("a role");
        let mut permissions = role.permissions.clone();
        let customer = permissions["customer"].as_object_mut().expect("actions");
        match may {
            true => drop(customer.insert("assign".to_owned(), json!("subtree"))),
            false => drop(customer.remove("assign")),
        }
        crate::platform::access::epoch::bump(tx)?;
        Ok(Role { permissions, ..role }.update(tx)?)
    });
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn of_two_values_in_an_added_field_one_is_chosen(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        let field = |class: &str, zh: &str| {
            let new = json!({ "entity": "customer", "kind": "text", "class": class, "zh": zh, "en": format!("{zh} en") });
            admin.post("/settings/custom_fields", new).created()["key"].as_str().expect("a key").to_owned()
        };
        let (open, sealed, gone) = (field("ordinary", "合同编号"), field("personal", "密"), field("ordinary", "旧系统编号"));
        let wang = app.sign_in("wang");
        let held = |open_as: &str, sealed_as: &str| json!({ &open: open_as, &sealed: sealed_as });
        let one = create(&wang, json!({ "name": "华盛机械", "custom": held("HT-1", "一") }));
        let mut theirs = held("HT-2", "二");
        theirs[&gone] = json!("OLD-2");
        let other = create(&wang, json!({ "name": "华盛机械厂", "custom": theirs }));
        admin.delete(&format!("/settings/custom_fields/{gone}"));
        let secret = |id: &str| wang.post(&format!("{}/reveal", path(id)), json!({ "field": sealed, "reason": "核对" })).ok()["value"].clone();
        let merged = merge(&wang, &one, &other, &[&open, &sealed]);
        assert_eq!((&wang.get(&path(&one)).ok()["custom"][&open], secret(&one)), (&json!("HT-2"), json!("二")));
        let audit = entries(&app, &one);
        let told = audit.iter().find(|(action, _)| action == "merge").expect("an entry").1.clone();
        assert_eq!(told[&open], json!({ "from": "HT-1", "to": "HT-2" }));
        assert!(told[&sealed]["to"]["digest"].is_string() && !told.to_string().contains('二'), "{told}");
        admin.post(&format!("/settings/custom_fields/{gone}/restore"), json!({})).ok();
        assert_eq!(wang.get(&path(&one)).ok()["custom"][&gone], "OLD-2", "it waited in the removed field");
        // Nobody has written since, so all of it goes back, sealed values too.
        assert_eq!(undo(&wang, &merged)["kept"], json!([]));
        assert_eq!((&wang.get(&path(&one)).ok()["custom"][&open], secret(&one)), (&json!("HT-1"), json!("一")));
        assert!(wang.get(&path(&one)).ok()["custom"][&gone].is_null());
        assert_eq!((&wang.get(&path(&other)).ok()["custom"][&open], secret(&other)), (&json!("HT-2"), json!("二")));
        let told = entries(&app, &one).into_iter().find(|(action, _)| action == "unmerge").expect("an entry").1;
        assert_eq!(told[&open], json!({ "from": "HT-2", "to": "HT-1" }));
        let merged = merge(&wang, &one, &other, &[&open, &sealed]);
        wang.patch(&path(&one), version(&wang, &one), json!({ "custom": { &open: "HT-3", &sealed: "三" } })).ok();
        assert_eq!(undo(&wang, &merged)["kept"], json!([open, sealed]));
        assert_eq!((&wang.get(&path(&one)).ok()["custom"][&open], secret(&one)), (&json!("HT-3"), json!("三")));
    }

    fn the_grade_of_the_one_is_taken_by_who_may_grade(db) {
        let app = TestApp::new(&db);
        let (wang, steward) = (app.sign_in("wang"), app.sign_in("steward"));
        let one = create(&wang, json!({ "name": "华盛机械" }));
        let other = create(&wang, json!({ "name": "华盛机械厂", "grade": "vip" }));
        let body = json!({ "loser_id": other, "loser_version": version(&wang, &other), "take": ["grade"], "reason": "同一家" });
        let call = steward.request(Method::POST, &format!("{}/merges", path(&one)));
        assert_eq!(call.version(version(&wang, &one)).json(body).send().refused(403), "forbidden");
        assert_eq!(wang.get(&path(&one)).ok()["grade"], "ordinary");
        merge(&wang, &one, &other, &["grade"]);
        assert_eq!(wang.get(&path(&one)).ok()["grade"], "vip");
    }

    fn a_merge_gives_access_only_with_the_right_to_give_it(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let [one, other] = ["华盛机械", "华盛机械厂"].map(|name| create(&wang, json!({ "name": name })));
        let share = |id: &str, login: &str, level: &str| {
            let place = format!("{}/collaborators/{}", path(id), app.person(login));
            wang.request(Method::PUT, &place).json(json!({ "level": level })).send().ok()
        };
        let levels = |id: &str| -> Vec<(String, String)> {
            let all = items(&wang, &format!("{}/collaborators", path(id)));
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            let mut all: Vec<_> = all.iter().map(|one| (text(&one["name"]), text(&one["level"]))).collect();
            all.sort();
            all
        };
        let told = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, level)| ((*name).to_owned(), (*level).to_owned())).collect::<Vec<_>>();
        share(&one, "zhao", "read");
        for (login, level) in [("zhao", "write"), ("sun", "read"), ("zhou", "read")] {
            share(&other, login, level);
        }
        assigns(&app, false);
        let body = json!({ "loser_id": other, "loser_version": version(&wang, &other) });
        let call = wang.request(Method::POST, &format!("{}/merges", path(&one))).version(version(&wang, &one));
        let refused = call.json(body).send();
        assert_eq!((refused.status.as_u16(), &refused.body["fields"][0]["field"]), (403, &json!("collaborators")));
        assert_eq!(wang.get(&path(&other)).ok()["id"], json!(other), "nothing has changed");
        assigns(&app, true);
        let merged = merge(&wang, &one, &other, &[]);
        assert_eq!(levels(&one), told(&[("周敏", "read"), ("孙丽", "read"), ("赵刚", "write")]), "the higher level counts");
        let shares = entries(&app, &one).into_iter().filter(|(action, told)| action == "share" && told["merge"] == merged["id"]);
        let given: Vec<Value> = shares.map(|(_, told)| told["user_id"].clone()).collect();
        for login in ["sun", "zhou", "zhao"] {
            assert!(given.contains(&json!(app.person(login))), "{login} is in the audit");
        }
        // Somebody decides anew in the meantime; that stays.
        share(&one, "sun", "write");
        undo(&wang, &merged);
        assert_eq!(levels(&one), told(&[("孙丽", "write"), ("赵刚", "read")]));
        assert_eq!(levels(&other), told(&[("周敏", "read"), ("孙丽", "read"), ("赵刚", "write")]));
    }

    fn the_owner_of_the_one_is_taken_with_the_right_to_assign(db) {
        let app = TestApp::new(&db);
        let (wang, steward) = (app.sign_in("wang"), app.sign_in("steward"));
        let [one, other] = ["华盛机械", "华盛机械厂"].map(|name| create(&wang, json!({ "name": name })));
        let (sun, id) = (json!({ "owner_id": app.person("sun"), "reason": "调岗" }), other.clone());
        wang.put(&format!("{}/owner", path(&id)), version(&wang, &id), sun).ok();
        merge(&steward, &one, &other, &["owner"]);
        assert_eq!(wang.get(&path(&one)).ok()["owner"]["name"], "孙丽");
    }

    fn what_becomes_another_persons_is_given_with_the_right_to_assign(db) {
        let app = TestApp::new(&db);
        let (wang, li) = (app.sign_in("wang"), app.sign_in("li"));
        let (one, other) = (create(&wang, json!({ "name": "华盛机械" })), create(&li, json!({ "name": "华盛机械厂" })));
        assigns(&app, false);
        let body = json!({ "loser_id": other, "loser_version": version(&wang, &other) });
        let call = wang.request(Method::POST, &format!("{}/merges", path(&one))).version(version(&wang, &one));
        let refused = call.json(body).send();
        assert_eq!((refused.status.as_u16(), &refused.body["fields"][0]["field"]), (403, &json!("owner")));
        assigns(&app, true);
        let merged = merge(&wang, &one, &other, &["owner"]);
        let running = items(&li, "/handovers");
        assert_eq!((&running[0]["from"]["name"], &running[0]["state"]), (&json!("王强"), &json!("open")), "it is handed over as ever");
        undo(&wang, &merged);
        assert_eq!(items(&li, "/handovers")[0]["state"], "withdrawn");
    }

    fn groups_merge_without_losing_their_place(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let [top, group, member, daughter] = ["总集团", "华盛集团", "华盛机械", "华盛配件"].map(|name| create(&wang, json!({ "name": name })));
        let relate = |id: &str, kind: &str, other: &str| wang.post(&format!("{}/relations", path(id)), json!({ "kind": kind, "other_id": other })).created();
        relate(&group, "parent", &top);
        relate(&group, "subsidiary", &member);
        relate(&group, "subsidiary", &daughter);
        relate(&group, "supplier", &daughter);
        let names = |id: &str| -> Vec<Value> {
            wang.get(&format!("{}/group", path(id))).ok()["way"].as_array().expect("a way").iter().map(|one| one["name"].clone()).collect()
        };
        // The group and its member turn out to be one: what stands above the group stands above the member.
        let merged = merge(&wang, &member, &group, &[]);
        assert_eq!(names(&member), ["总集团", "华盛机械"]);
        assert_eq!(names(&daughter), ["总集团", "华盛机械", "华盛配件"]);
        let audited: Vec<String> = entries(&app, &daughter).into_iter().filter(|(_, told)| told["merge"] == merged["id"]).map(|(action, _)| action).collect();
        assert_eq!(audited, ["relate", "relate"], "the third customer's audit tells of it");
        undo(&wang, &merged);
        assert_eq!(names(&member), ["总集团", "华盛集团", "华盛机械"]);
        assert_eq!(names(&daughter), ["总集团", "华盛集团", "华盛配件"]);
        assert_eq!(items(&wang, &format!("{}/relations", path(&group))).len(), 4);
        // What was decided after the merge stays.
        let merged = merge(&wang, &member, &group, &[]);
        let above = items(&wang, &format!("{}/relations?kinds=parent", path(&member)));
        wang.delete(&format!("{}/relations/{}", path(&member), id_of(&above[0]))).ok();
        let other_top = create(&wang, json!({ "name": "另一集团" }));
        relate(&member, "parent", &other_top);
        undo(&wang, &merged);
        assert_eq!(names(&member), ["另一集团", "华盛机械"]);
        assert_eq!(names(&group), ["华盛集团"]);
        assert_eq!(names(&daughter), ["华盛集团", "华盛配件"]);
    }

    fn what_was_proposed_for_the_one_is_withdrawn(db) {
        let app = TestApp::new(&db);
        app.sign_in("admin").post("/policies/adopt", json!({ "keys": ["R3"] })).ok();
        app.run_jobs();
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        let [one, other] = ["华盛机械", "华盛机械厂"].map(|name| create(&li, json!({ "name": name })));
        let propose = |id: &str| li.post(&format!("{}/grade_proposals", path(id)), json!({ "grade": "vip", "reason": "签了三年框架合同" })).created();
        let (kept, gone) = (propose(&one), propose(&other));
        merge(&wang, &one, &other, &[]);
        let of = |session: &Session<'_>| -> Vec<(Value, Value)> {
            let mut all: Vec<_> = items(session, "/grade_proposals").iter().map(|one| (one["id"].clone(), one["state"].clone())).collect();
            all.sort_by_key(|(id, _)| id.to_string());
            all
        };
        assert_eq!(of(&wang), [(kept["id"].clone(), json!("open")), (gone["id"].clone(), json!("withdrawn"))]);
        let owed = of_customer(&wang, "duties", &one).into_iter().filter(|duty| duty["rule"] == "grade-decision");
        let mut states: Vec<String> = owed.map(|duty| duty["state"].as_str().expect("a state").to_owned()).collect();
        states.sort();
        assert_eq!(states, ["cancelled", "open"]);
        assert_eq!(left(&app, &other), 0);
    }

    fn added_fields_go_along_and_back(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        let field = |entity: &str, class: &str, zh: &str| {
            let new = json!({ "entity": entity, "kind": "text", "class": class, "zh": zh, "en": format!("{zh} en") });
            admin.post("/settings/custom_fields", new).created()["key"].as_str().expect("a key").to_owned()
        };
        let (open, sealed, taste) =
            (field("customer", "ordinary", "合同编号"), field("customer", "personal", "密"), field("contact", "ordinary", "口味"));
        let wang = app.sign_in("wang");
        let one = create(&wang, json!({ "name": "华盛机械", "custom": {} }));
        let other = create(&wang, json!({ "name": "华盛机械厂", "custom": { &open: "HT-7", &sealed: "13812341234" },
            "contacts": [{ "name": "李娜", "custom": { &taste: "普洱" } }] }));
        let merged = merge(&wang, &one, &other, &[]);
        let now = wang.get(&path(&one)).ok()["custom"].clone();
        assert_eq!(now[&open], "HT-7");
        assert!(!now[&sealed].is_null(), "{now}");
        assert_eq!(items(&wang, &format!("{}/contacts", path(&one)))[0]["custom"][&taste], "普洱");
        let undone = undo(&wang, &merged);
        assert_eq!(undone["kept"], json!([]));
        assert_eq!(wang.get(&path(&one)).ok()["custom"], json!({}));
        assert_eq!(wang.get(&path(&other)).ok()["custom"][&open], "HT-7");
        assert_eq!(items(&wang, &format!("{}/contacts", path(&other)))[0]["custom"][&taste], "普洱");
    }
}
