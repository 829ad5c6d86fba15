//! Every route × role × relation. The expectation is computed here from the role's stored rights and from who stands
//! where; the product must refuse exactly what it says, and a refusal must leave the database as it was.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::json;
use store::testing::TestDb;

use crate::app::{self, MIGRATIONS};
use crate::kernel::{Action, Entity, Scope};
use crate::platform::access::roles::BUILTIN;
use crate::platform::http::Rule;
use crate::testing::{Session, TestApp};

/// How a customer stands to the person who asks. The asker works in 上海组.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Relation {
    Own,
    SameDepartment,
    Below,
    Elsewhere,
}

const RELATIONS: [Relation; 4] = [Relation::Own, Relation::SameDepartment, Relation::Below, Relation::Elsewhere];

/// Tables that a refusal may write to: it is noted who was refused, and a session's last use.
const NOTED: &[&str] = &["audit", "session", "access_epoch", "login_attempt", "job", "idempotency"];

fn reaches(scope: &Scope, relation: Relation) -> bool {
    match scope {
        Scope::None | Scope::Chosen(_) => false,
        Scope::Own => relation == Relation::Own,
        Scope::Department => matches!(relation, Relation::Own | Relation::SameDepartment),
        Scope::Subtree => relation != Relation::Elsewhere,
        Scope::All => true,
    }
}

struct Stage<'a> {
    db: &'a TestDb,
    /// A customer in each relation to everybody who was hired into 上海组 for this.
    customers: BTreeMap<(String, Relation), String>,
}

/// People with one built-in role each, all in 上海组, and customers around them.
fn stage<'a>(app: &TestApp, db: &'a TestDb) -> Stage<'a> {
    let almighty = app.all_powerful();
    app.open_department("浦东小组", "上海组");
    app.hire("below", "下属", "浦东小组", &["salesperson"], Some("li"));
    let mut customers = BTreeMap::new();
    for role in BUILTIN {
        let login = format!("only-{}", role.key.replace('_', "-"));
        app.hire(&login, &login, "上海组", &[role.key], None);
        for (relation, owner) in [
            (Relation::Own, login.as_str()),
            (Relation::SameDepartment, "sun"),
            (Relation::Below, "below"),
            (Relation::Elsewhere, "zhao"),
        ] {
            let name = format!("{login}{relation:?}");
            let body = json!({ "kind": "company", "name": name, "owner_id": app.person(owner), "allow_duplicate": true,
                "duplicate_reason": "test" });
            let id = almighty.post("/customers", body).created()["id"].as_str().expect("an id").to_owned();
            customers.insert((role.key.to_owned(), relation), id);
        }
    }
    Stage { db, customers }
}

const NOBODY: &str = "01890000-0000-7000-8000-000000000001";

/// The route with a customer's id, and an unknown one for whatever is below it.
fn with_customer(path: &str, customer: &str) -> String {
    let path = path.replacen("{id}", customer, 1);
    let parts = path.split('/').map(|part| if part.starts_with('{') { NOBODY } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn send(session: &Session<'_>, method: &Method, path: &str) -> u16 {
    session.request(method.clone(), path).version(1).json(json!({})).send().status.as_u16()
}

/// Which entities a customer's children are permitted by.
fn is_of_customer(path: &str) -> bool {
    path.starts_with("/api/v1/customers/{id}")
}

fn rights(role: &str, action: Action, entity: Entity) -> Option<Scope> {
    let role = BUILTIN.iter().find(|known| known.key == role).expect("a built-in role");
    let rights = (role.rights)();
    rights.permissions.get(&entity)?.get(&action).cloned().filter(|scope| *scope != Scope::None)
}

store::db_test! {
    MIGRATIONS;

    fn every_route_refuses_whom_it_must_and_changes_nothing(db) {
        let app = TestApp::new(&db);
        let stage = stage(&app, &db);
        let routes = app::routes().expect("declared");
        let mut cells = 0;
        for role in BUILTIN {
            let session = app.sign_in(&format!("only-{}", role.key.replace('_', "-")));
            // Nothing below may change a byte: first all that must be refused, then the database is looked at.
            let before = stage.db.content(NOTED);
            let mut sent = Vec::new();
            for (method, path, rule) in &routes {
                let Rule::Needs(action, entity) = rule else { continue };
                let held = rights(role.key, *action, *entity);
                if !is_of_customer(path) {
                    if held.is_none() {
                        let status = send(&session, method, &with_customer(path, NOBODY));
                        assert_eq!(status, 403, "{} {method} {path}", role.key);
                        sent.push(format!("{method} {path}"));
                    }
                    continue;
                }
                for relation in RELATIONS {
                    let customer = &stage.customers[&(role.key.to_owned(), relation)];
                    let seen = rights(role.key, Action::Read, Entity::Customer).is_some_and(|scope| reaches(&scope, relation));
                    let allowed = held.as_ref().is_some_and(|scope| reaches(scope, relation));
                    if allowed && seen {
                        continue;
                    }
                    let status = send(&session, method, &with_customer(path, customer));
                    // A body that cannot be read is told so before any record is looked at: the answer is the same
                    // for a customer that does not exist, so nobody learns of one.
                    let unknown = send(&session, method, &with_customer(path, NOBODY));
                    assert!((400..500).contains(&status), "{} {relation:?} {method} {path}: {status}", role.key);
                    let told = if held.is_none() { 403 } else { unknown };
                    assert_eq!(status, told, "{} {relation:?} {method} {path}", role.key);
                    sent.push(format!("{method} {path} {relation:?}"));
                }
            }
            assert_same(&before, &stage.db.content(NOTED), role.key, &sent);
            cells += sent.len();
        }
        assert!(cells > 400, "only {cells} cells were walked");
    }

    fn every_route_admits_whom_it_must(db) {
        let app = TestApp::new(&db);
        let stage = stage(&app, &db);
        let mut cells = 0;
        for role in BUILTIN {
            let session = app.sign_in(&format!("only-{}", role.key.replace('_', "-")));
            for (method, path, rule) in app::routes().expect("declared") {
                let Rule::Needs(action, entity) = rule else { continue };
                // A deletion that is allowed would take the customer away from the cells that follow.
                if !is_of_customer(&path) || path.contains("/{cid}") || method == Method::DELETE {
                    continue;
                }
                for relation in RELATIONS {
                    let seen = rights(role.key, Action::Read, Entity::Customer).is_some_and(|scope| reaches(&scope, relation));
                    let allowed = rights(role.key, action, entity).is_some_and(|scope| reaches(&scope, relation));
                    if !allowed || !seen || path.matches('{').count() > 1 || path.ends_with("/restore") {
                        continue;
                    }
                    let status = send(&session, &method, &with_customer(&path, &stage.customers[&(role.key.to_owned(), relation)]));
                    let turned_away = [401, 403, 404, 405, 500].contains(&status);
                    assert!(!turned_away, "{} {relation:?} {method} {path}: {status}", role.key);
                    cells += 1;
                }
            }
        }
        assert!(cells > 100, "only {cells} cells were walked");
    }

    fn whoever_is_no_more_there_is_nobody(db) {
        let app = TestApp::new(&db);
        let customer = app.sign_in("li").post("/customers", json!({ "kind": "company", "name": "华盛机械" })).created();
        let path = format!("/customers/{}", customer["id"].as_str().expect("an id"));
        let li = app.sign_in("li");
        li.get(&path).ok();
        let (admin, id) = (app.sign_in("admin"), app.person("li"));
        let version = admin.get(&format!("/users/{id}")).ok()["version"].as_i64().expect("a version");
        admin.patch(&format!("/users/{id}"), version, json!({ "active": false })).ok();
        let before = stage_content(&db);
        for (method, path, rule) in app::routes().expect("declared") {
            if rule != Rule::Public {
                assert_eq!(send(&li, &method, &with_customer(&path, NOBODY)), 401, "{method} {path}");
            }
        }
        assert_eq!(before, stage_content(&db));
    }

    fn the_check_notices_a_change(db) {
        let app = TestApp::new(&db);
        let before = stage_content(&db);
        app.sign_in("li").post("/customers", json!({ "kind": "company", "name": "华盛机械" })).created();
        assert_ne!(before, stage_content(&db));
    }
}

fn stage_content(db: &TestDb) -> Vec<(String, Vec<store::Row>)> {
    db.content(NOTED)
}

fn assert_same(before: &[(String, Vec<store::Row>)], after: &[(String, Vec<store::Row>)], role: &str, sent: &[String]) {
    for ((table, rows), (_, now)) in before.iter().zip(after) {
        assert!(rows == now, "{role}: a refusal among these changed {table}:\n{}", sent.join("\n"));
    }
}
