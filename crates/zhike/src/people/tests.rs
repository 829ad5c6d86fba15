use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::app::MIGRATIONS;
use crate::people::absences;
use crate::platform::access::model::AbsenceKind;
use crate::testing::{Session, TestApp};

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn role(admin: &Session<'_>, key: &str) -> Value {
    let roles = admin.get("/roles").ok();
    let found = roles["items"].as_array().unwrap().iter().find(|role| role["builtin"] == key).cloned();
    found.unwrap_or_else(|| panic!("no role {key}"))
}

fn audited(app: &TestApp) -> i64 {
    app.read(|tx| tx.query_one(&AUDITED, &[])?.get(0))
}

store::statements! {
    AUDITED = "select count(*) from audit";
    FACTS = "select count(*) from fact where kind = 'absence_changed' and subject = $1";
}

fn id_of(session: &Session<'_>, key: &str) -> Value {
    role(session, key)["id"].clone()
}

store::db_test! {
    MIGRATIONS;

    fn departments_are_a_tree(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        let (root, east, shanghai) = (app.department("总部"), app.department("华东销售部"), app.department("上海组"));
        let made = admin.post("/departments", json!({ "name": " 杭州组 ", "parent_id": east })).created();
        assert_eq!(word(&made["name"]), "杭州组");
        assert_eq!(word(&made["path"]), format!("/{root}/{east}/{}/", word(&made["id"])));
        let path = |id: &dyn std::fmt::Display| format!("/departments/{id}");
        let into_itself = admin.patch(&path(&east), 2, json!({ "parent_id": shanghai }));
        assert_eq!(into_itself.fault(), "parent_id: department.cycle");
        assert_eq!(admin.patch(&path(&east), 2, json!({ "parent_id": east })).fault(), "parent_id: department.cycle");
        assert_eq!(admin.patch(&path(&root), 1, json!({ "parent_id": east })).fault(), "parent_id: department.root_stays");
        assert_eq!(admin.delete(&path(&east)).refused(409), "department.not_empty");
        assert_eq!(admin.delete(&path(&shanghai)).refused(409), "department.not_empty");
        let south = app.department("华南销售部");
        let moved = admin.patch(&path(&east), 2, json!({ "parent_id": south, "name": "东区" })).ok();
        assert_eq!(moved["version"], 3);
        let tree = admin.get("/departments").ok();
        let found = tree["items"].as_array().unwrap().iter().find(|one| one["id"] == json!(shanghai)).unwrap().clone();
        assert_eq!(word(&found["path"]), format!("/{root}/{south}/{east}/{shanghai}/"));
        let id = word(&made["id"]);
        assert_eq!(admin.delete(&path(&id)).status, StatusCode::NO_CONTENT);
        assert_eq!(admin.delete(&path(&id)).refused(404), "not_found");
    }

    fn only_who_may_changes_the_company(db) {
        let app = TestApp::new(&db);
        let east = app.department("华东销售部");
        let before = audited(&app);
        for login in ["li", "wang", "auditor", "steward", "chen", "mei"] {
            let who = app.sign_in(login);
            who.get("/departments").ok();
            assert_eq!(who.post("/departments", json!({ "name": "x", "parent_id": east })).refused(403), "forbidden");
            assert_eq!(who.delete(&format!("/departments/{east}")).refused(403), "forbidden");
            assert_eq!(who.post("/users", json!({ "name": "x", "login": "x" })).refused(403), "forbidden");
        }
        assert_eq!(audited(&app) - before, 18, "every refusal is written down");
        assert_eq!(app.anonymous().get("/departments").refused(401), "login.needed");
    }

    fn a_colleague_comes_by_a_link(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        let sales = role(&admin, "salesperson")["id"].clone();
        let shanghai = app.department("上海组");
        let new = json!({ "name": "吴芳", "login": "Wu.Fang", "department_id": shanghai, "roles": [sales] });
        let made = admin.post("/users", new.clone()).created();
        assert_eq!(word(&made["login"]), "wu.fang");
        assert_eq!(admin.post("/users", new).refused(409), "user.login_taken");
        let link = word(&made["invitation"]["link"]);
        let token = link.split_once("#token=").expect("a token").1;
        let redeem = |password: &str| {
            app.anonymous().post("/password", json!({ "token": token, "password": password }))
        };
        assert_eq!(redeem("wu.fang wu.fang").fault(), "password: password.contains_name");
        assert_eq!(redeem("her own horse battery").status, StatusCode::NO_CONTENT);
        assert_eq!(redeem("her own horse battery").refused(403), "link.invalid");
        let body = json!({ "login": "wu.fang", "password": "her own horse battery" });
        assert_eq!(word(&app.anonymous().post("/session", body).ok()["name"]), "吴芳");
    }

    fn a_forgotten_password_gets_a_new_link_and_the_old_one_dies(db) {
        let app = TestApp::new(&db);
        let (admin, li) = (app.sign_in("admin"), app.person("li"));
        let link = || {
            let made = admin.post(&format!("/users/{li}/invitation"), json!({})).ok();
            word(&made["link"]).split_once("#token=").expect("a token").1.to_owned()
        };
        let (first, second) = (link(), link());
        let body = |token: &str| json!({ "token": token, "password": "a new horse at last" });
        assert_eq!(app.anonymous().post("/password", body(&first)).refused(403), "link.invalid");
        let session = app.sign_in("li");
        assert_eq!(app.anonymous().post("/password", body(&second)).status, StatusCode::NO_CONTENT);
        assert_eq!(session.get("/me").refused(401), "login.needed");
    }

    fn users_are_found_filtered_and_paged(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let names = |path: &str| -> Vec<String> {
            let list = li.get(path).ok();
            list["items"].as_array().unwrap().iter().map(|user| word(&user["login"]).to_owned()).collect()
        };
        assert_eq!(names("/users?q=%E6%9D%8E"), ["li"], "by name");
        assert_eq!(names("/users?q=lilei"), ["li"], "by pinyin");
        assert_eq!(names("/users?q=%25"), Vec::<String>::new(), "a wildcard is a letter");
        let shanghai = app.department("上海组");
        let filter = format!("%5B%5B%22department_id%22%2C%22eq%22%2C%22{shanghai}%22%5D%5D");
        assert_eq!(names(&format!("/users?filter={filter}")), ["li", "sun"]);
        let first = li.get("/users?limit=4").ok();
        let next = word(&first["next"]);
        let mut all: Vec<String> =
            first["items"].as_array().unwrap().iter().map(|user| word(&user["login"]).to_owned()).collect();
        all.extend(names(&format!("/users?limit=100&cursor={next}")));
        assert_eq!(all, names("/users?limit=100"));
        assert_eq!(all.len(), 10);
        assert_eq!(li.get("/users?filter=%5B%5B%22password%22%2C%22eq%22%2C%22x%22%5D%5D").refused(422), "query.invalid");
        assert_eq!(li.get("/users?order=name").refused(422), "query.invalid");
        assert!(li.get("/users").ok()["items"][0].get("password").is_none());
    }

    fn people_change_with_a_version(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        let path = format!("/users/{}", app.person("li"));
        let shown = admin.get(&path);
        assert_eq!(shown.text_header(header::ETAG), "\"1\"");
        let wang = app.person("wang");
        let reply = admin.patch(&path, 1, json!({ "name": "李蕾", "supervisor_id": null }));
        assert_eq!(reply.text_header(header::ETAG), "\"2\"");
        let user = reply.ok();
        assert_eq!((word(&user["name"]), &user["supervisor_id"]), ("李蕾", &Value::Null));
        assert_eq!(admin.patch(&path, 1, json!({ "name": "x" })).refused(412), "stale");
        let unversioned = admin.request(Method::PATCH, &path).json(json!({ "name": "x" })).send();
        assert_eq!(unversioned.refused(428), "version.missing");
        assert_eq!(admin.patch(&path, 2, json!({ "password": "x" })).fault(), "password: unknown_field");
        admin.patch(&path, 2, json!({ "supervisor_id": wang })).ok();
        let circle = admin.patch(&format!("/users/{wang}"), 1, json!({ "supervisor_id": app.person("li") }));
        assert_eq!(circle.fault(), "supervisor_id: user.cycle");
    }

    fn the_three_administrators_are_three_people(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        let id = |key: &str| role(&admin, key)["id"].clone();
        let (system, security, audit) = (id("system_administrator"), id("security_administrator"), id("audit_administrator"));
        let place = |login: &str| format!("/users/{}", app.person(login));
        let give = |who: &Session<'_>, login: &str, roles: Value| {
            let version = who.get(&place(login)).ok()["version"].as_i64().expect("a version");
            who.put(&format!("{}/roles", place(login)), version, json!({ "roles": roles }))
        };
        assert_eq!(give(&admin, "li", json!([system, security])).fault(), "roles: roles.exclusive");
        assert_eq!(give(&admin, "li", json!([id("administrator")])).fault(), "roles: roles.exclusive", "all three in one");
        give(&admin, "chen", json!([system])).ok();
        give(&admin, "mei", json!([security])).ok();
        give(&admin, "steward", json!([audit])).ok();
        // The first person gives up what three others do now.
        give(&admin, "admin", json!([id("manager")])).ok();
        let (chen, mei, steward) = (app.sign_in("chen"), app.sign_in("mei"), app.sign_in("steward"));
        let told = mei.get("/administrators").ok();
        assert_eq!((&told["separated"], &told["several"]), (&json!(true), &json!([])));
        let names = |duty: &str| told[duty].as_array().expect("people").iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
        assert_eq!((names("system"), names("security")), (vec![json!("陈静")], vec![json!("梅芳")]));
        assert_eq!(names("audit").len(), 2, "the auditor reads the audit too");
        // Each does one thing and none of the others'.
        let settings = chen.get("/settings").ok();
        let version = settings["version"].as_i64().expect("a version");
        chen.put("/settings", version, settings.clone()).ok();
        assert_eq!(give(&chen, "li", json!([])).refused(403), "forbidden");
        assert_eq!(chen.get("/audit").refused(403), "forbidden");
        assert_eq!(mei.put("/settings", version, settings).refused(403), "forbidden");
        assert_eq!(mei.get("/audit").refused(403), "forbidden");
        steward.get("/audit").ok();
        assert_eq!(give(&steward, "li", json!([])).refused(403), "forbidden");
        for one in [&chen, &mei, &steward] {
            assert_eq!(one.get("/customers").refused(403), "forbidden");
        }
        give(&mei, "li", json!([id_of(&mei, "salesperson"), id_of(&mei, "manager")])).ok();
        // Nor do they give themselves more.
        assert_eq!(give(&mei, "mei", json!([security, id_of(&mei, "general_manager")])).refused(403), "roles.own");
        let own = role(&mei, "security_administrator");
        let path = format!("/roles/{}", word(&own["id"]));
        assert_eq!(mei.patch(&path, 1, json!({ "permissions": {} })).refused(403), "roles.own");
        let theirs = role(&mei, "system_administrator");
        let mut permissions = theirs["permissions"].clone();
        permissions["audit"] = json!({ "read": "all" });
        let path = format!("/roles/{}", word(&theirs["id"]));
        assert_eq!(mei.patch(&path, 1, json!({ "permissions": permissions })).fault(), "roles: roles.exclusive");
        // A small company says so, and it is seen.
        assert_eq!(chen.put("/administrators", 1, json!({ "separated": false })).refused(403), "forbidden");
        mei.put("/administrators", 1, json!({ "separated": false })).ok();
        give(&mei, "chen", json!([system, audit])).ok();
        let told = mei.get("/administrators").ok();
        assert_eq!((&told["separated"], &told["several"][0]["name"]), (&json!(false), &json!("陈静")));
    }

    fn somebody_always_administers_and_nobody_audits_themselves(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        let path = format!("/users/{}", app.person("admin"));
        let id = |key: &str| role(&admin, key)["id"].clone();
        assert_eq!(admin.patch(&path, 1, json!({ "roles": [id("manager")] })).refused(409), "user.last_administrator");
        assert_eq!(admin.patch(&path, 1, json!({ "active": false })).fault(), "active: user.not_oneself");
        let both = json!({ "roles": [id("administrator"), id("auditor")] });
        assert_eq!(admin.patch(&path, 1, both).fault(), "roles: roles.exclusive");
        let administrator = role(&admin, "administrator");
        let emptied = admin.patch(&format!("/roles/{}", word(&administrator["id"])), 1, json!({ "permissions": {} }));
        assert_eq!(emptied.refused(409), "user.last_administrator");
        admin.get("/roles").ok();
    }

    fn roles_are_made_changed_and_deleted(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        let east = app.department("华东销售部");
        let made = admin.post("/roles", json!({
            "name": "华东观察员",
            "permissions": { "customer": { "read": { "chosen": [east] } } },
            "fields": { "customer.phone": "hidden" },
        })).created();
        let path = format!("/roles/{}", word(&made["id"]));
        assert_eq!(made["permissions"]["customer"]["read"], json!({ "chosen": [east] }));
        let li = format!("/users/{}", app.person("li"));
        admin.patch(&li, 1, json!({ "roles": [made["id"]] })).ok();
        let reach = app.principal("li").permissions.reach(crate::kernel::Action::Read, crate::kernel::Entity::Customer)
            .cloned().expect("a reach");
        assert!(reach.departments.contains(&east.uuid()) && reach.owners.is_empty() && !reach.all);
        assert_eq!(admin.delete(&path).refused(409), "role.held");
        assert_eq!(admin.patch(&path, 1, json!({ "fields": { "phone": "read" } })).fault(), "fields.phone: unknown");
        let unknown = admin.post("/roles", json!({ "name": "x", "permissions": { "spaceship": { "read": "all" } } }));
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        let sales = role(&admin, "salesperson");
        admin.patch(&li, 2, json!({ "roles": [sales["id"]] })).ok();
        assert_eq!(admin.delete(&path).status, StatusCode::NO_CONTENT);
        assert_eq!(admin.delete(&format!("/roles/{}", word(&sales["id"]))).refused(409), "role.builtin");
    }

    fn absences_are_entered_by_whom_they_concern(db) {
        let app = TestApp::new(&db);
        let (li, sun) = (app.person("li"), app.person("sun"));
        let days = |user: &dyn std::fmt::Display, from: &str, to: &str| {
            json!({ "user_id": user.to_string(), "from": from, "to": to, "kind": "leave", "deputy_id": sun })
        };
        let session = app.sign_in("li");
        let made = session.post("/absences", days(&li, "2026-12-01", "2026-12-03")).created();
        assert_eq!((word(&made["from"]), word(&made["kind"])), ("2026-12-01", "leave"));
        assert_eq!(app.read(move |tx| tx.query_one(&FACTS, &[&li])?.get::<i64>(0)), 1);
        let overlapping = session.post("/absences", days(&li, "2026-12-03", "2026-12-04"));
        assert_eq!(overlapping.refused(409), "absence.overlaps");
        assert_eq!(session.post("/absences", days(&li, "2026-12-09", "2026-12-08")).fault(), "to: out_of_range");
        assert_eq!(session.post("/absences", days(&app.person("wang"), "2026-12-01", "2026-12-01")).refused(404), "not_found");
        assert_eq!(app.sign_in("zhou").post("/absences", days(&li, "2026-12-20", "2026-12-20")).refused(404), "not_found");
        app.sign_in("wang").post("/absences", days(&li, "2026-12-20", "2026-12-20")).created();
        let listed = app.sign_in("zhao").get("/absences?from=2026-12-02&to=2026-12-10").ok();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        let path = format!("/absences/{}", word(&made["id"]));
        assert_eq!(app.sign_in("sun").delete(&path).refused(404), "not_found");
        assert_eq!(session.delete(&path).status, StatusCode::NO_CONTENT);
    }

    fn of_overlapping_absences_entered_at_once_one_stands(db) {
        let app = TestApp::new(&db);
        let li = app.person("li");
        for day in 1..=5 {
            let new = absences::New {
                user_id: li,
                from: jiff::civil::date(2026, 12, day),
                to: jiff::civil::date(2026, 12, day),
                kind: AbsenceKind::Leave,
                deputy_id: None,
            };
            let made = app.at_once("wang", move |tx, who| absences::create(tx, &who.grant()?, &new).map(drop));
            let refused: Vec<_> = made.into_iter().filter_map(Result::err).map(|error| error.code).collect();
            assert_eq!(refused, ["absence.overlaps"; 3]);
        }
    }

    fn posts_come_and_go(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        let made = admin.post("/posts", json!({ "name": "客户经理" })).created();
        let path = format!("/posts/{}", word(&made["id"]));
        assert_eq!(admin.post("/posts", json!({ "name": "客户经理" })).refused(409), "already_exists");
        admin.patch(&path, 1, json!({ "position": 3 })).ok();
        let li = format!("/users/{}", app.person("li"));
        admin.patch(&li, 1, json!({ "post_id": made["id"] })).ok();
        assert_eq!(admin.delete(&path).refused(409), "still_in_use");
        admin.patch(&li, 2, json!({ "post_id": null })).ok();
        assert_eq!(admin.delete(&path).status, StatusCode::NO_CONTENT);
        assert_eq!(admin.get("/posts").ok()["items"], json!([]));
    }
}
