use axum::http::{Method, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{links, login, setup, throttle, totp};
use crate::app::{Config, MIGRATIONS};
use crate::testing::{PASSWORD, Reply, TestApp};

fn log_in(app: &TestApp, login: &str, password: &str) -> Reply {
    app.anonymous().post("/session", json!({ "login": login, "password": password }))
}

/// A session from the cookies of a real login.
fn cookie_of(reply: &Reply) -> String {
    reply.cookies().into_iter().find(|cookie| cookie.starts_with("zhike=")).expect("a session cookie")
}

fn me_with(app: &TestApp, cookie: &str) -> Reply {
    app.anonymous().request(Method::GET, "/me").header("cookie", cookie).send()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

store::db_test! {
    MIGRATIONS;

    fn a_login_opens_a_session_and_logout_ends_it(db) {
        let app = TestApp::new(&db);
        let reply = log_in(&app, " Li ", PASSWORD);
        let cookie = cookie_of(&reply);
        assert!(reply.text_header(header::SET_COOKIE).contains("HttpOnly; SameSite=Lax"));
        let me = reply.ok();
        assert_eq!(word(&me["name"]), "李雷");
        assert_eq!(word(&me["department"]["name"]), "上海组");
        assert_eq!(word(&me["permissions"]["customer"]["read"]), "own");
        assert_eq!(word(&me["fields"]["customer.phone"]), "masked");
        assert_eq!(word(&me["fields"]["customer.id_number"]), "hidden");
        assert_eq!(word(&me["company"]["time_zone"]), "Asia/Shanghai");
        me_with(&app, &cookie).ok();
        let out = app.anonymous().request(Method::DELETE, "/session").header("cookie", &cookie).send();
        assert_eq!(out.status, StatusCode::NO_CONTENT);
        assert_eq!(me_with(&app, &cookie).refused(401), "login.needed");
    }

    fn wrong_unknown_and_inactive_look_the_same(db) {
        let app = TestApp::new(&db);
        let sun = app.person("sun");
        let admin = app.sign_in("admin");
        admin.patch(&format!("/users/{sun}"), 1, json!({ "active": false })).ok();
        let mut bodies = Vec::new();
        for (login, password) in [("li", "wrong horse battery"), ("nobody", PASSWORD), ("sun", PASSWORD)] {
            let reply = log_in(&app, login, password);
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
            let mut body = reply.body;
            body["request_id"] = Value::Null;
            bodies.push(body);
        }
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
    }

    fn ten_guesses_and_no_more_but_the_known_browser_stays_in(db) {
        let app = TestApp::new(&db);
        let first = log_in(&app, "li", PASSWORD);
        let device = first.cookies().into_iter().find(|cookie| cookie.starts_with("zhike-device=")).unwrap();
        for _ in 0..10 {
            assert_eq!(log_in(&app, "li", "wrong horse battery").refused(401), "login.wrong");
        }
        let stopped = log_in(&app, "li", PASSWORD);
        assert_eq!(stopped.text_header(header::RETRY_AFTER), "60");
        assert_eq!(stopped.refused(429), "login.throttled");
        let body = json!({ "login": "li", "password": PASSWORD });
        let known = app.anonymous();
        known.request(Method::POST, "/session").header("cookie", &device).json(body).send().ok();
        assert_eq!(log_in(&app, "wang", PASSWORD).status, StatusCode::OK, "another account is not concerned");
        app.pass(SignedDuration::from_mins(16));
        log_in(&app, "li", PASSWORD).ok();
    }

    fn guesses_over_many_accounts_stop_by_address(db) {
        let app = TestApp::new(&db);
        let now = app.clock.now();
        for n in 0..100 {
            let login = format!("nobody{n}");
            app.write(move |tx| throttle::reserve(tx, &login, "127.0.0.1", None, now).map(drop));
        }
        assert_eq!(log_in(&app, "li", PASSWORD).refused(429), "login.throttled");
    }

    fn sessions_idle_out_and_end(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        for _ in 0..5 {
            app.pass(SignedDuration::from_hours(7));
            li.get("/me").ok();
        }
        app.pass(SignedDuration::from_hours(8));
        assert_eq!(li.get("/me").refused(401), "login.needed");
        let li = app.sign_in("li");
        for _ in 0..25 {
            app.pass(SignedDuration::from_hours(7));
            li.get("/me");
        }
        assert_eq!(li.get("/me").refused(401), "login.needed", "a week at most, however busy");
    }

    fn one_ends_ones_other_sessions_and_nobody_elses(db) {
        let app = TestApp::new(&db);
        let (desk, phone, wang) = (app.sign_in("li"), app.sign_in("li"), app.sign_in("wang"));
        let sessions = desk.get("/sessions").ok();
        let other = sessions.as_array().unwrap().iter().find(|session| session["current"] == false).unwrap();
        let path = format!("/sessions/{}", word(&other["id"]));
        assert_eq!(wang.delete(&path).refused(404), "not_found");
        assert_eq!(desk.delete(&path).status, StatusCode::NO_CONTENT);
        desk.get("/me").ok();
        assert_eq!(phone.get("/me").refused(401), "login.needed");
    }

    fn a_new_password_ends_everything_else(db) {
        let app = TestApp::new(&db);
        let (desk, phone) = (app.sign_in("li"), app.sign_in("li"));
        let token = desk.post("/tokens", json!({ "name": "script" })).created();
        let script = app.with_token(word(&token["secret"]));
        script.get("/me").ok();
        let change = |old: &str, new: &str| desk.post("/me/password", json!({ "old": old, "new": new }));
        assert_eq!(change("wrong horse battery", "a new horse at last").fault(), "old: password.wrong");
        assert_eq!(change(PASSWORD, "short").fault(), "new: password.too_short");
        assert_eq!(change(PASSWORD, "a new horse at last").status, StatusCode::NO_CONTENT);
        desk.get("/me").ok();
        assert_eq!(phone.get("/me").refused(401), "login.needed");
        assert_eq!(script.get("/me").refused(401), "login.needed");
        assert_eq!(log_in(&app, "li", PASSWORD).refused(401), "login.wrong");
        log_in(&app, "li", "a new horse at last").ok();
    }

    fn tokens_have_their_owners_rights_and_no_more(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let token = li.post("/tokens", json!({ "name": "script", "days": 1 })).created();
        let script = app.with_token(word(&token["secret"]));
        assert!(word(&token["secret"]).starts_with("zk_"));
        assert!(word(&token["secret"]).ends_with(word(&token["hint"])));
        assert!(li.get("/tokens").ok()[0].get("secret").is_none(), "shown once");
        script.get("/users").ok();
        assert_eq!(script.get("/roles").refused(403), "forbidden");
        assert_eq!(script.post("/tokens", json!({ "name": "more" })).refused(403), "session.needed");
        app.pass(SignedDuration::from_hours(24));
        assert_eq!(script.get("/users").refused(401), "login.needed");
        let id = word(&token["id"]);
        assert_eq!(app.sign_in("wang").delete(&format!("/tokens/{id}")).refused(404), "not_found");
    }

    fn a_second_factor_is_asked_for_and_taken_once(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let secret = word(&li.post("/me/totp", json!({})).ok()["secret"]).to_owned();
        let code = |at: Timestamp| totp::code_at(&secret, at);
        log_in(&app, "li", PASSWORD).ok();
        let confirm = |code: &str| li.request(Method::PUT, "/me/totp").json(json!({ "code": code })).send();
        assert_eq!(confirm("000000").fault(), "code: totp.wrong");
        assert_eq!(confirm(&code(app.clock.now())).status, StatusCode::NO_CONTENT);
        app.pass(SignedDuration::from_mins(2));
        assert_eq!(log_in(&app, "li", PASSWORD).refused(401), "login.code_needed");
        let with = |code: &str| {
            app.anonymous().post("/session", json!({ "login": "li", "password": PASSWORD, "code": code }))
        };
        let now = code(app.clock.now());
        with(&now).ok();
        assert_eq!(with(&now).refused(401), "login.wrong", "a code is taken once");
        assert_eq!(li.delete("/me/totp").status, StatusCode::NO_CONTENT);
        log_in(&app, "li", PASSWORD).ok();
    }

    fn the_first_set_up_needs_the_printed_link_and_happens_once(db) {
        let app = TestApp::empty(&db);
        assert_eq!(app.anonymous().get("/setup").ok()["needed"], true);
        let now = app.clock.now();
        let token = app.write(move |tx| setup::issue_link(tx, now)).expect("a link");
        let body = |token: &str, password: &str| {
            json!({ "token": token, "company": "华盛", "time_zone": "Asia/Shanghai",
                "admin": { "name": "李", "login": "Li", "password": password } })
        };
        let set_up = |token: &str, password: &str| app.anonymous().post("/setup", body(token, password));
        assert_eq!(set_up("wrong", PASSWORD).refused(403), "link.invalid");
        assert_eq!(set_up(&token, "123456789012").fault(), "admin.password: password.common");
        let done = set_up(&token, PASSWORD);
        let cookie = cookie_of(&done);
        assert_eq!(done.created()["job_id"], Value::Null);
        let me = me_with(&app, &cookie).ok();
        assert_eq!(me["roles"], json!(["管理员（三员合一）", "部门经理"]));
        assert_eq!(word(&me["company"]["name"]), "华盛");
        assert_eq!(set_up(&token, PASSWORD).refused(403), "link.invalid");
        assert_eq!(app.anonymous().get("/setup").ok()["needed"], false);
        assert!(app.write(move |tx| setup::issue_link(tx, now)).is_none());
        log_in(&app, "li", PASSWORD).ok();
    }

    fn the_printed_link_expires(db) {
        let app = TestApp::empty(&db);
        let now = app.clock.now();
        let token = app.write(move |tx| setup::issue_link(tx, now)).expect("a link");
        app.pass(SignedDuration::from_hours(25));
        let later = app.clock.now();
        let error = app.db.read_blocking(move |tx| links::find(tx, &token, later).map(drop)).unwrap_err();
        assert_eq!(error.code, "link.invalid");
    }

    fn a_sample_company_is_a_job(db) {
        let app = TestApp::empty(&db);
        let now = app.clock.now();
        let token = app.write(move |tx| setup::issue_link(tx, now)).expect("a link");
        let done = app.anonymous().post("/setup", json!({
            "token": token, "company": "华盛", "time_zone": "Asia/Shanghai", "sample": true,
            "admin": { "name": "李", "login": "li", "password": PASSWORD },
        }));
        assert!(done.created()["job_id"].is_string());
    }

    fn rights_change_at_once(db) {
        let app = TestApp::new(&db);
        let (admin, li) = (app.sign_in("admin"), app.sign_in("li"));
        assert_eq!(li.get("/roles").refused(403), "forbidden");
        let roles = admin.get("/roles").ok();
        let id = |key: &str| {
            let found = roles["items"].as_array().unwrap().iter().find(|role| role["builtin"] == key).unwrap();
            found["id"].clone()
        };
        let path = format!("/users/{}", app.person("li"));
        admin.patch(&path, 1, json!({ "roles": [id("salesperson"), id("auditor")] })).ok();
        li.get("/roles").ok();
        admin.patch(&path, 2, json!({ "roles": [id("salesperson")] })).ok();
        assert_eq!(li.get("/roles").refused(403), "forbidden");
        admin.patch(&path, 3, json!({ "active": false })).ok();
        assert_eq!(li.get("/me").refused(401), "login.needed");
    }

    fn a_department_moved_moves_what_people_reach(db) {
        let app = TestApp::new(&db);
        let shanghai = app.department("上海组").uuid();
        let reaches = |login: &str| {
            let who = app.principal(login);
            let reach = who.permissions.reach(crate::kernel::Action::Read, crate::kernel::Entity::Customer).unwrap();
            reach.departments.contains(&shanghai)
        };
        assert!(reaches("wang") && !reaches("zhou") && reaches("admin"));
        let (south, path) = (app.department("华南销售部"), format!("/departments/{shanghai}"));
        app.sign_in("admin").patch(&path, 1, json!({ "parent_id": south })).ok();
        assert!(!reaches("wang") && reaches("zhou") && reaches("admin"));
    }

    fn changes_come_from_our_own_pages(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let prefer = || li.request(Method::PATCH, "/me").json(json!({ "locale": "en" }));
        assert_eq!(prefer().header("sec-fetch-site", "cross-site").send().refused(403), "request.cross_site");
        assert_eq!(prefer().header("sec-fetch-site", "").send().refused(403), "request.cross_site");
        let other = prefer().header("sec-fetch-site", "").header("origin", "http://evil.example").send();
        assert_eq!(other.refused(403), "request.cross_site");
        prefer().header("sec-fetch-site", "").header("origin", "http://localhost").send().ok();
        assert_eq!(word(&li.get("/me").ok()["roles"][0]), "Salesperson");
    }

    fn cookies_on_https_are_bound_to_the_host(db) {
        let config = Config { public_url: Some("https://crm.example.com".to_owned()), ..Config::default() };
        let app = TestApp::with_config(&db, config);
        let now = app.clock.now();
        let token = app.write(move |tx| setup::issue_link(tx, now)).expect("a link");
        let reply = app.anonymous().post("/setup", json!({
            "token": token, "company": "华盛", "time_zone": "Asia/Shanghai",
            "admin": { "name": "李", "login": "li", "password": PASSWORD },
        }));
        let cookie = reply.text_header(header::SET_COOKIE).to_owned();
        assert!(cookie.starts_with("__Host-zhike=") && cookie.contains("Path=/;") && cookie.ends_with("; Secure"));
        assert!(reply.text_header(header::STRICT_TRANSPORT_SECURITY).contains("max-age"));
        let value = cookie.split(';').next().unwrap();
        me_with(&app, value).ok();
        assert_eq!(me_with(&app, value.strip_prefix("__Host-").unwrap()).refused(401), "login.needed");
    }

    fn a_password_to_change_must_be_changed_first(db) {
        let app = TestApp::new(&db);
        app.sign_in("admin").post("/users", json!({ "name": "新", "login": "xin", "password": "first horse battery" })).created();
        let reply = log_in(&app, "xin", "first horse battery");
        let cookie = cookie_of(&reply);
        assert_eq!(reply.ok()["must_change_password"], true);
        let get = |path: &str| app.anonymous().request(Method::GET, path).header("cookie", &cookie).send();
        assert_eq!(get("/users").refused(403), "password.change_needed");
        let body = json!({ "old": "first horse battery", "new": "second horse battery" });
        let changed = app.anonymous();
        let changed = changed.request(Method::POST, "/me/password").header("cookie", &cookie).json(body).send();
        assert_eq!(changed.status, StatusCode::NO_CONTENT);
        assert_eq!(get("/users").refused(403), "forbidden", "signed in, and without a role");
    }

    fn expired_things_are_swept(db) {
        let app = TestApp::new(&db);
        app.sign_in("li");
        log_in(&app, "li", "wrong horse battery");
        app.pass(SignedDuration::from_hours(24 * 8));
        let (now, lifetime) = (app.clock.now(), app.app.config.lifetime);
        app.write(move |tx| login::sweep(tx, now, lifetime));
        let left: i64 = app.read(|tx| tx.query_one(&LEFT, &[])?.get(0));
        assert_eq!(left, 0);
    }
}

store::statements! {
    LEFT = "select (select count(*) from session) + (select count(*) from login_attempt)";
}
