use axum::extract::FromRequestParts;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::json;

use super::{BODY_MOST, Granted, Rule};
use crate::app::{self, MIGRATIONS};
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Action, Entity};
use crate::platform::access::roles::BUILTIN;
use crate::testing::TestApp;

store::db_test! {
    MIGRATIONS;

    fn a_write_sent_twice_happens_once(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        let east = app.department("华东销售部");
        let body = json!({ "name": "杭州组", "parent_id": east });
        let send = |key: &str, body: &serde_json::Value| {
            admin.request(Method::POST, "/departments").key(key).json(body.clone()).send()
        };
        let (first, second) = (send("k1", &body), send("k1", &body));
        assert_eq!(first.bytes, second.bytes);
        assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED));
        assert_eq!(second.headers["idempotency-replayed"], "true");
        assert_eq!(first.text_header(header::ETAG), second.text_header(header::ETAG));
        let other = json!({ "name": "宁波组", "parent_id": east });
        assert_eq!(send("k1", &other).refused(409), "idempotency_key.reused");
        assert_ne!(send("k2", &body).created()["id"], first.body["id"], "another key is another write");
        let bad = json!({ "name": "", "parent_id": east });
        assert_eq!(send("k3", &bad).fault(), "name: required");
        assert_eq!(send("k3", &body).status, StatusCode::CREATED, "a refusal leaves the key free");
        assert_eq!(send("bad key", &body).refused(422), "idempotency_key.invalid");
        let listed = admin.get("/departments").ok();
        let made = listed["items"].as_array().unwrap().iter().filter(|one| one["name"] == "杭州组").count();
        assert_eq!(made, 3);
    }

    fn no_route_takes_another_permission_than_it_declares(db) {
        let app = TestApp::new(&db);
        let all = app.all_powerful();
        for (method, path, _) in app::routes().expect("declared") {
            if path.ends_with("/stream") {
                continue; // never ends
            }
            let path = path.replace("{id}", "01890000-0000-7000-8000-000000000001");
            let path = path.replace("{cid}", "01890000-0000-7000-8000-000000000002");
            let reply = all.request(method.clone(), &path).version(1).json(json!({})).send();
            assert!(reply.status.as_u16() != 500, "{method} {path}: {}", reply.body);
        }
    }

    fn a_handler_with_another_permission_than_declared_never_runs(db) {
        let app = TestApp::new(&db);
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.extensions.insert(Rule::Needs(Action::Read, Entity::Customer));
        parts.extensions.insert(app.principal("wang"));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let right = runtime.block_on(Granted::<Read, Customer>::from_request_parts(&mut parts, &()));
        assert!(right.is_ok());
        let wrong = runtime.block_on(Granted::<Update, Customer>::from_request_parts(&mut parts, &()));
        assert_eq!(wrong.err().map(|error| error.code), Some("route.mismatch"));
    }

    fn every_route_but_the_public_ones_wants_somebody(db) {
        let app = TestApp::new(&db);
        for (method, path, rule) in app::routes().expect("declared") {
            let path = path.replace(['{', '}'], "");
            let reply = app.anonymous().request(method.clone(), &path).json(json!({})).send();
            let refused = reply.status == StatusCode::UNAUTHORIZED;
            assert_eq!(refused, rule != Rule::Public, "{method} {path}: {} {}", reply.status, reply.body);
        }
    }

    fn the_operator_sees_health_and_numbers(db) {
        let app = TestApp::new(&db);
        let nobody = app.anonymous();
        assert_eq!(nobody.get("//healthz").text(), "ok");
        assert_eq!(nobody.get("//readyz").text(), "ready");
        nobody.get("/setup").ok();
        let numbers = nobody.get("//metrics").text();
        assert!(numbers.contains("zhike_http_requests_total{method=\"GET\",route=\"/api/v1/setup\",status=\"200\"}"));
        assert!(numbers.contains("zhike_store_groups_total"));
        app.app.close();
        assert_eq!(nobody.get("//readyz").status, StatusCode::SERVICE_UNAVAILABLE);
    }

    fn problems_and_headers(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let missing = li.get("/spaceships");
        assert_eq!(missing.body["request_id"], missing.text_header("x-request-id".parse().unwrap()));
        assert_eq!(missing.text_header(header::CACHE_CONTROL), "no-store");
        assert_eq!(missing.text_header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert!(missing.text_header(header::CONTENT_SECURITY_POLICY).contains("frame-ancestors 'none'"));
        assert_eq!(missing.refused(404), "not_found");
        assert_eq!(li.request(Method::PUT, "/departments").json(json!({})).send().refused(405), "method_not_allowed");
        let admin = app.sign_in("admin");
        let post = || admin.request(Method::POST, "/departments");
        assert_eq!(post().bytes("text/plain", b"{}".to_vec()).send().refused(415), "body.not_json");
        assert_eq!(post().bytes("application/json", b"{".to_vec()).send().refused(400), "body.malformed");
        let large = post().bytes("application/json", vec![b' '; BODY_MOST + 1]).send();
        assert_eq!(large.refused(413), "body.too_large");
        let large = post().key("k").bytes("application/json", vec![b' '; BODY_MOST + 1]).send();
        assert_eq!(large.refused(413), "body.too_large");
    }

    fn pages_are_the_consoles_and_the_api_is_not(db) {
        let app = TestApp::new(&db);
        let nobody = app.anonymous();
        let page = nobody.get("//customers/42");
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text_header(header::CONTENT_TYPE).starts_with("text/html"));
        assert!(page.text_header(header::CONTENT_SECURITY_POLICY).contains("script-src 'self'"));
        assert_eq!(nobody.get("//assets/none.js").status, StatusCode::NOT_FOUND);
        assert_eq!(nobody.get("//../etc/passwd").status, StatusCode::OK, "a page of the console, not a file");
        let typed = |accept: &str| nobody.request(Method::GET, "//customers/NUL.txt").header("accept", accept).send().status;
        assert_eq!((typed("text/html,*/*;q=0.8"), typed("*/*")), (StatusCode::OK, StatusCode::NOT_FOUND), "somebody typed it, a script asks for it");
        assert_eq!(nobody.get("//api/v2/customers").refused(404), "not_found");
        let document = nobody.get("/openapi.json").ok();
        assert_eq!(document["openapi"], "3.1.0");
        assert_eq!(document["paths"]["/api/v1/departments"]["get"]["x-permission"], "read department");
    }

    fn long_answers_are_compressed(db) {
        let app = TestApp::new(&db);
        let reply = app.anonymous().request(Method::GET, "/openapi.json").header("accept-encoding", "br").send();
        assert_eq!(reply.text_header(header::CONTENT_ENCODING), "br");
    }
}

/// A route that no role of the product can use was mistyped, or its role forgotten.
#[test]
fn every_permission_is_held_by_some_role() {
    for (method, path, rule) in app::routes().expect("declared") {
        let Rule::Needs(action, entity) = rule else { continue };
        let holds = |rights: &crate::platform::access::roles::Rights| {
            rights.permissions.get(&entity).is_some_and(|actions| actions.contains_key(&action))
        };
        assert!(BUILTIN.iter().any(|role| holds(&(role.rights)())), "{method} {path}: {action:?} {entity:?}");
    }
}
