//! Whoever runs the system, gives rights or reads the audit reads no customer by it (C37): not by the audit either, which
//! has what every record ever was.

use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::MIGRATIONS;
use crate::kernel::{Action, Entity, Scope};
use crate::platform::access::roles::BUILTIN;
use crate::platform::audit::{self, Entry};
use crate::platform::grant::Request;
use crate::testing::{Session, TestApp};

/// Stands in every field that is written.
const PLANTED: &str = "暗记四七";
/// Administrators by login and role, as a company has them that keeps the duties apart, or does not.
const ADMINISTRATORS: [(&str, &str); 4] = [
    ("runs", "system_administrator"),
    ("guards", "security_administrator"),
    ("reads", "audit_administrator"),
    ("all", "administrator"),
];

fn id(made: &Value) -> String {
    made["id"].as_str().expect("an id").to_owned()
}

fn encoded(filter: &Value) -> String {
    filter.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// All entries, as many pages as there are.
fn entries(session: &Session<'_>, filter: &Value) -> Vec<Value> {
    let path = format!("/audit?limit=200&filter={}", encoded(filter));
    let mut page = session.get(&path).ok();
    let mut all = Vec::new();
    loop {
        all.append(page["items"].as_array_mut().expect("items"));
        let Some(next) = page["next"].as_str() else { return all };
        page = session.get(&format!("{path}&cursor={next}")).ok();
    }
}

/// What is done to one customer in all rooms, with the planted words in all that people write.
fn plant(app: &TestApp) -> String {
    let session = app.all_powerful();
    let text = |what: &str| format!("{PLANTED}{what}");
    let customer =
        session.post("/customers", json!({ "kind": "person", "name": text("客户"), "notes": text("备注") })).created();
    let customer = id(&customer);
    let path = format!("/customers/{customer}");
    session.patch(&path, 1, json!({ "name": text("新名"), "address": text("地址"), "core_need": text("需求") })).ok();
    session.post(&format!("{path}/contacts"), json!({ "name": text("联系人"), "position": text("职位") })).created();
    let deal = json!({ "kind": "order", "happened_on": "2026-05-06", "items": [text("货")], "problems": text("毛病") });
    session.post(&format!("{path}/cooperation"), deal).created();
    let record =
        json!({ "kind": "phone", "at": "2026-11-23T01:00:00Z", "content": text("谈话"), "feedback": text("反馈") });
    session.post(&format!("{path}/interactions"), record).created();
    let todo = json!({ "title": text("待办"), "due_at": "2026-11-25T02:00:00Z", "customer_id": customer });
    session.post("/todos", todo).created();
    let file = format!("{PLANTED}合同.txt");
    let file =
        session.request(Method::POST, &format!("{path}/attachments?of_kind=customer")).file(&file, b"text").send();
    file.created();
    let view = json!({ "list": "customers", "name": text("视图"), "shared": false, "state": { "q": text("查") } });
    session.post("/views", view).created();
    let export = json!({ "columns": ["name"], "format": "csv", "filter": [["name", "contains", PLANTED]] });
    session.post("/customers/export", export).ok();
    app.run_jobs();
    customer
}

/// An entry of every kind, with and without a customer, as any service might write it.
fn of_every_kind(app: &TestApp, customer: &str) {
    let customer: Uuid = customer.parse().expect("an id");
    let now = app.clock.now();
    app.write(move |tx| {
        for kind in Entity::ALL {
            for customer in [Some(customer), None] {
                let changes = json!({ "name": { "from": PLANTED, "to": PLANTED }, "content": PLANTED, "rows": 7 });
                let entry = Entry {
                    at: now,
                    actor: None,
                    actor_name: "",
                    request: &Request::default(),
                    action: "planted",
                    entity: *kind,
                    entity_id: Uuid::nil(),
                    customer,
                    changes,
                };
                audit::append(tx, entry)?;
            }
        }
        Ok(())
    });
}

fn reads_all(role: &str, kind: &str) -> bool {
    let role = BUILTIN.iter().find(|known| known.key == role).expect("a built-in role");
    let kind = Entity::from_word(kind).expect("a kind");
    let rights = (role.rights)();
    rights.permissions.get(&kind).and_then(|actions| actions.get(&Action::Read)) == Some(&Scope::All)
}

/// That of no record which `role` does not see anything but the names of its fields is told.
fn told_no_more(session: &Session<'_>, role: &str, customer: &str) {
    let of_customer = json!([["customer_id", "eq", customer]]);
    let by_kind = |kind: &Entity| json!([["entity", "eq", kind.word()]]);
    let filters = Entity::ALL.iter().map(by_kind).chain([json!([]), of_customer]);
    for entry in filters.flat_map(|filter| entries(session, &filter)) {
        let kind = entry["entity"].as_str().expect("a kind");
        if !entry["customer_id"].is_null() || !reads_all(role, kind) {
            assert!(!entry.to_string().contains(PLANTED), "{role}: {entry}");
        }
    }
    let planted = entries(session, &json!([["action", "eq", "planted"], ["entity", "eq", "interaction"]]));
    for entry in &planted {
        assert_eq!(entry["withheld"], json!(["content", "name"]), "{role}: {entry}");
        assert_eq!(entry["changes"], json!({ "rows": 7 }), "what an act was is told: {entry}");
    }
    assert_eq!(planted.len(), 2);
    let guess = json!([["changes", "contains", PLANTED]]);
    session.get(&format!("/audit?filter={}", encoded(&guess))).refused(422);
    assert!(!session.get(&format!("/search?q={}", encoded(&json!(PLANTED)))).text().contains("客户"));
}

store::db_test! {
    MIGRATIONS;

    fn no_administrator_reads_a_customer_in_the_audit(db) {
        let app = TestApp::new(&db);
        let customer = plant(&app);
        of_every_kind(&app, &customer);
        for (login, role) in ADMINISTRATORS {
            app.hire(login, login, "总部", &[role], None);
            let session = app.sign_in(login);
            session.get(&format!("/customers/{customer}")).refused(403);
            match reads_all(role, "audit") {
                true => told_no_more(&session, role, &customer),
                false => drop(session.get("/audit").refused(403)),
            }
        }
        let auditor = entries(&app.sign_in("auditor"), &json!([]));
        let told = |kind: &str| {
            let mut of_kind = auditor.iter().filter(|entry| entry["entity"] == kind && entry["actor_name"] == "全能");
            of_kind.any(|entry| entry["changes"].to_string().contains(PLANTED))
        };
        for kind in ["customer", "contact", "cooperation", "interaction", "todo", "view"] {
            assert!(told(kind), "{kind}: nothing was planted");
        }
    }

    fn of_a_restricted_customer_nobody_reads_in_the_audit(db) {
        let app = TestApp::new(&db);
        let customer = plant(&app);
        let auditor = app.sign_in("auditor");
        let of_customer = json!([["customer_id", "eq", customer]]);
        let tells = || entries(&auditor, &of_customer).iter().any(|entry| entry.to_string().contains(PLANTED));
        assert!(tells());
        let steward = app.sign_in("steward");
        let request = json!({ "kind": "restrict", "asker": "oneself", "content": "请停止使用", "channel": "phone" });
        let request = steward.post(&format!("/customers/{customer}/subject_requests"), request).created();
        let path = format!("/customers/{customer}/subject_requests/{}", id(&request));
        steward.put(&format!("{path}/identity"), 1, json!({ "identity": "called_back", "note": "本人接听" })).ok();
        let answer = steward.request(Method::POST, &format!("{path}/answer")).version(2);
        answer.json(json!({ "fulfilled": true, "answer": "已办理" })).send().ok();
        assert!(!tells());
    }

    /// Somebody who reads all of the audit and customers of their own department.
    fn the_audit_tells_of_the_customers_one_sees(db) {
        let app = TestApp::new(&db);
        app.hire("both", "两职", "上海组", &["audit_administrator", "manager"], None);
        let made = ["li", "zhao"].map(|owner| id(&app.customer(owner, json!({ "name": format!("{PLANTED}{owner}") }))));
        let told = entries(&app.sign_in("both"), &json!([["entity", "eq", "customer"], ["action", "eq", "create"]]));
        let told = |customer: &String| {
            let entry = told.iter().find(|entry| entry["entity_id"] == customer.as_str()).expect("an entry");
            (entry["changes"].to_string().contains(PLANTED), entry["withheld"] == json!([]))
        };
        assert_eq!([told(&made[0]), told(&made[1])], [(true, true), (false, false)]);
    }
}
