//! A field that a role hides is told by no route: each field is hidden in turn, and everything that can be read is read.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{self, MIGRATIONS};
use crate::kernel::fields::{FIELDS, Field};
use crate::kernel::{Entity, FieldAccess, FieldClass};
use crate::platform::http::Rule;
use crate::testing::{Session, TestApp};

/// What stands in each field, and what would be seen of it in an answer, written so that no id holds it by chance.
static VALUES: LazyLock<BTreeMap<&str, (Value, &str)>> = LazyLock::new(|| {
    BTreeMap::from([
        ("customer.credit_code", (json!("91330100799655058B"), "91330100799655058B")),
        ("customer.industry", (json!("T"), "\"T\"")),
        ("customer.region", (json!("330106"), "\"330106\"")),
        ("customer.address", (json!("秘密路一号"), "秘密路一号")),
        ("customer.website", (json!("https://secret.example"), "secret.example")),
        ("customer.phone", (json!("13877776543"), "6543\"")),
        ("customer.email", (json!("zq@hidden-one.example"), "hidden-one.example")),
        ("customer.wechat", (json!("qcustomer7"), "q***7")),
        ("customer.id_number", (json!("11010519491231002X"), "1101****")),
        ("customer.staff_count", (json!(4_711_471), ":4711471")),
        ("customer.annual_revenue_fen", (json!(987_654_321), ":987654321")),
        ("customer.founded_on", (json!("1987-06-05"), "1987-06-05")),
        ("customer.main_business", (json!("秘密主营"), "秘密主营")),
        ("customer.organisation", (json!("秘密架构"), "秘密架构")),
        ("customer.source", (json!("cold_visit"), "cold_visit")),
        ("customer.tags", (json!(["秘密标签"]), "秘密标签")),
        ("customer.cooperation_since", (json!("2001-02-03"), "2001-02-03")),
        ("customer.preferences", (json!("秘密偏好"), "秘密偏好")),
        ("customer.core_need", (json!("秘密需求"), "秘密需求")),
        ("customer.notes", (json!("秘密备注"), "秘密备注")),
        ("contact.salutation", (json!("ms"), "\"ms\"")),
        ("contact.position", (json!("秘密职位"), "秘密职位")),
        ("contact.department", (json!("秘密科室"), "秘密科室")),
        ("contact.phone", (json!("13966668642"), "8642\"")),
        ("contact.email", (json!("xy@hidden-two.example"), "hidden-two.example")),
        ("contact.wechat", (json!("zcontact8"), "z***8")),
        ("contact.birthday", (json!({ "calendar": "solar", "month": 3, "day": 4, "year": 1955 }), "\"year\":1955")),
        ("contact.preferences", (json!("秘密口味"), "秘密口味")),
        ("contact.attitude", (json!("oppose"), "\"oppose\"")),
        ("contact.influence", (json!("low"), "\"low\"")),
        ("cooperation.items", (json!(["秘密货品"]), "秘密货品")),
        ("cooperation.amount_fen", (json!(7_771_117), ":7771117")),
        ("cooperation.problems", (json!("秘密毛病"), "秘密毛病")),
        ("case.content", (json!("秘密来意"), "秘密来意")),
        ("case.caller_phone", (json!("13700002468"), "2468\"")),
        ("case.caller_email", (json!("kl@hidden-three.example"), "hidden-three.example")),
    ])
});

fn hideable() -> impl Iterator<Item = &'static Field> + Clone {
    FIELDS.iter().filter(|field| field.least == FieldAccess::Hidden)
}

fn values(entity: Entity) -> Value {
    let fields = hideable().filter(|field| field.entity == entity);
    fields.map(|field| (field.name.to_owned(), VALUES[field.full_name().as_str()].0.clone())).collect()
}

/// A customer, one of its contacts, one of its orders, one of its cases.
struct Made {
    customer: String,
    contact: String,
    deal: String,
    case: String,
}

impl Made {
    fn path_of(&self, field: &Field) -> String {
        let customer = format!("/customers/{}", self.customer);
        match field.entity {
            Entity::Customer => customer,
            Entity::Cooperation => format!("{customer}/cooperation/{}", self.deal),
            Entity::Case => format!("/cases/{}", self.case),
            _ => format!("{customer}/contacts/{}", self.contact),
        }
    }
}

/// A customer with all that can be hidden, a contact, an order and a case likewise, their change in the audit, and a
/// record of a contact.
fn customer(session: &Session<'_>) -> Made {
    let mut new = values(Entity::Customer);
    new["name"] = json!("华盛机械");
    new["grade"] = json!("vip");
    let made = session.post("/customers", new).created();
    let id = made["id"].as_str().expect("an id").to_owned();
    let mut contact = values(Entity::Contact);
    contact["name"] = json!("张伟");
    let contact = session.post(&format!("/customers/{id}/contacts"), contact).created();
    let record = json!({ "kind": "phone", "at": "2026-11-23T01:00:00Z", "content": "谈过了" });
    session.post(&format!("/customers/{id}/interactions"), record).created();
    let mut deal = values(Entity::Cooperation);
    (deal["kind"], deal["happened_on"]) = (json!("order"), json!("2026-05-06"));
    let deal = session.post(&format!("/customers/{id}/cooperation"), deal).created();
    let mut case = values(Entity::Case);
    (case["subject"], case["channel"], case["customer_id"]) = (json!("漏油"), json!("phone"), json!(id));
    let case = session.post("/cases", case).created();
    let told = |made: &Value| made["id"].as_str().expect("an id").to_owned();
    Made { customer: id, contact: told(&contact), deal: told(&deal), case: told(&case) }
}

/// Sets what the one role that reads everything says of fields.
fn say(admin: &Session<'_>, fields: &Value) {
    let roles = admin.get("/roles").ok();
    let mut roles = roles["items"].as_array().expect("roles").iter();
    let role = roles.find(|role| role["name"] == "全能").expect("the role");
    let version = role["version"].as_i64().expect("a version");
    let path = format!("/roles/{}", role["id"].as_str().expect("an id"));
    admin.patch(&path, version, json!({ "fields": fields })).ok();
}

/// Everything that can be read, as one text.
fn all_answers(session: &Session<'_>, made: &Made, searched: &str) -> String {
    let mut answers = String::new();
    for (method, path, rule) in app::routes().expect("declared") {
        if method != Method::GET || rule == Rule::Public {
            continue;
        }
        let path = path.replacen("/customers/{id}", &format!("/customers/{}", made.customer), 1);
        let path = path.replace("{cid}", &made.contact).replace("/cases/{id}", &format!("/cases/{}", made.case));
        // The lists of all industries and regions are nobody's; the stream has no end.
        let catalogue = path.ends_with("/industries") || path.ends_with("/regions");
        if path.contains('{') || path.ends_with("/stream") || catalogue {
            continue;
        }
        let path = path.trim_start_matches("/api/v1");
        answers.push_str(&String::from_utf8_lossy(&session.get(path).bytes));
    }
    for path in ["/customers?q=", "/search?q="] {
        answers.push_str(&String::from_utf8_lossy(&session.get(&format!("{path}{searched}")).bytes));
    }
    // An id may end in the very digits of a number that is looked for.
    answers.split('"').filter(|part| part.parse::<Uuid>().is_err()).collect::<Vec<_>>().join("\"")
}

store::db_test! {
    MIGRATIONS;

    fn a_hidden_field_is_told_by_no_route(db) {
        let app = TestApp::new(&db);
        let session = app.all_powerful();
        let admin = app.sign_in("admin");
        let open = json!({ "customer.id_number": "masked" });
        say(&admin, &open);
        let ids = customer(&session);
        let plain = all_answers(&session, &ids, "91330100799655058B");
        for field in hideable() {
            let name = field.full_name();
            let seen = VALUES[name.as_str()].1;
            assert!(plain.contains(seen), "{name}: nothing shows {seen}");
            let mut fields = open.clone();
            fields[&name] = json!("hidden");
            say(&admin, &fields);
            let answers = all_answers(&session, &ids, "x");
            assert!(!answers.contains(seen), "{name}: {}", around(&answers, seen));
        }
    }

    fn a_guess_at_a_hidden_field_is_refused_whether_it_is_right_or_wrong(db) {
        let app = TestApp::new(&db);
        let session = app.all_powerful();
        let admin = app.sign_in("admin");
        say(&admin, &json!({ "customer.id_number": "masked" }));
        let made = customer(&session);
        for field in hideable() {
            let name = field.full_name();
            say(&admin, &json!({ &name: "hidden" }));
            let path = made.path_of(field);
            let right = VALUES[name.as_str()].0.clone();
            let wrong = if matches!(field.name, "tags" | "items") { json!([]) } else { Value::Null };
            let answers = [right, wrong].map(|guess| {
                let reply = session.patch(&path, 1, json!({ field.name: guess }));
                (reply.status.as_u16(), reply.body["code"].clone(), reply.body["fields"].clone())
            });
            assert_eq!(answers[0], answers[1], "{name}");
            assert_eq!(answers[0].2, json!([{ "field": field.name, "code": "not_allowed" }]), "{name}");
        }
    }

    fn marks_of_hidden_fields_are_neither_told_nor_touched(db) {
        let app = TestApp::new(&db);
        let session = app.all_powerful();
        let admin = app.sign_in("admin");
        say(&admin, &json!({ "customer.id_number": "masked" }));
        let id = customer(&session).customer;
        let path = format!("/customers/{id}");
        session.patch(&path, 1, json!({ "key_facts": ["notes", "address"] })).ok();
        say(&admin, &json!({ "customer.notes": "hidden", "customer.core_need": "hidden" }));
        for guess in ["notes", "core_need"] {
            assert_eq!(session.patch(&path, 2, json!({ "key_facts": [guess] })).fault(), "key_facts: not_allowed");
            assert_eq!(session.delete(&format!("{path}/key_facts/{guess}")).fault(), "field: not_allowed");
        }
        session.patch(&path, 2, json!({ "key_facts": ["region"] })).ok();
        say(&admin, &json!({}));
        assert_eq!(session.get(&path).ok()["key_facts"], json!(["notes", "region"]), "what one does not see stays");
    }

    fn a_locked_field_is_not_changed(db) {
        let app = TestApp::new(&db);
        let session = app.all_powerful();
        let admin = app.sign_in("admin");
        say(&admin, &json!({ "customer.id_number": "masked" }));
        let made = customer(&session);
        let ordinary = hideable().filter(|field| field.class == FieldClass::Ordinary);
        let locked: Value = ordinary.clone().map(|field| (field.full_name(), json!("read"))).collect();
        say(&admin, &locked);
        for field in ordinary {
            let path = made.path_of(field);
            let emptied = if matches!(field.name, "tags" | "items") { json!([]) } else { Value::Null };
            let reply = session.patch(&path, 1, json!({ field.name: emptied }));
            assert_eq!((reply.status.as_u16(), &reply.body["fields"][0]["field"]), (422, &json!(field.name)), "{}", field.full_name());
        }
    }
}

fn around(text: &str, found: &str) -> String {
    let at = text.find(found).unwrap_or_default();
    let (before, after) = (text[..at].chars().rev().take(300), text[at..].chars().take(100));
    let before: String = before.collect::<Vec<_>>().into_iter().rev().collect();
    before + &after.collect::<String>()
}
