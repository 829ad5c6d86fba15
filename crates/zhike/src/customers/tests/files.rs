//! Fields that hold a file: it hangs on the record for the field, and follows it and its class.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{company, path};
use crate::customers::import::tests::{cells, customer, import};
use crate::testing::{Reply, Session, TestApp};

const PDF: &[u8] = b"%PDF-1.7\n%a page";

fn field(admin: &Session<'_>, entity: &str, class: &str, zh: &str) -> String {
    let new = json!({ "entity": entity, "kind": "file", "class": class, "zh": zh, "en": format!("{zh} en") });
    admin.post("/settings/custom_fields", new).created()["key"].as_str().expect("a key").to_owned()
}

fn send(session: &Session<'_>, customer: &Value, of: &str, name: &str) -> Reply {
    let address = format!("{}/attachments?{of}", path(customer));
    session.request(Method::POST, &address).file(name, PDF).send()
}

/// What stands in a field: which file, and its name.
fn held(made: &Value) -> Value {
    json!({ "id": made["id"], "name": made["name"] })
}

fn fetched(session: &Session<'_>, customer: &Value, file: &Value) -> u16 {
    let address = format!("{}/attachments/{}/file", path(customer), file["id"].as_str().expect("an id"));
    session.get(&address).status.as_u16()
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn a_file_stands_in_a_field_and_in_no_list(db) {
        let app = TestApp::new(&db);
        let (admin, li, zhao) = (app.sign_in("admin"), app.sign_in("li"), app.sign_in("zhao"));
        let (licence, other) = (field(&admin, "customer", "ordinary", "营业执照"), field(&admin, "customer", "ordinary", "授权书"));
        let made = company(&li, "华盛机械");
        let of = format!("of_kind=customer&field={licence}");
        let first = send(&li, &made, &of, "执照.pdf").created();
        assert_eq!(fetched(&li, &made, &first), 404, "it is there once the record says so");
        let changed = li.patch(&path(&made), 1, json!({ "custom": { &licence: held(&first) } })).ok();
        assert_eq!((&changed["custom"], fetched(&li, &made, &first)), (&json!({ &licence: held(&first) }), 200));
        assert_eq!(li.get(&format!("{}/attachments", path(&made))).ok()["items"], json!([]));
        assert_eq!((fetched(&zhao, &made, &first), send(&zhao, &made, &of, "x.pdf").status.as_u16()), (404, 404));
        // Nothing else can be made to stand there.
        let plain = send(&li, &made, "of_kind=customer", "别的.pdf").created();
        let strange = send(&li, &made, &format!("of_kind=customer&field={other}"), "别的.pdf").created();
        let ruifeng = li.post("/customers", json!({ "name": "瑞丰食品" })).created();
        let elsewhere = send(&li, &ruifeng, &of, "别的.pdf").created();
        for (wrong, code) in [
            (held(&plain), "file.unknown"), (held(&strange), "file.unknown"), (held(&elsewhere), "file.unknown"),
            (json!({ "id": first["id"], "name": "改名.pdf" }), "file.unknown"), (json!("执照.pdf"), "file.unknown"), (json!(7), "file.unknown"),
        ] {
            let refused = li.patch(&path(&made), 2, json!({ "custom": { &licence: wrong } }));
            assert_eq!(refused.fault(), format!("{licence}: {code}"));
        }
        assert_eq!(li.post("/customers", json!({ "name": "新", "custom": { &licence: held(&first) } })).fault(), format!("{licence}: file.unknown"));
        assert_eq!(send(&li, &made, "of_kind=customer&field=x99", "x.pdf").fault(), "field: unknown_field");
        // Another one takes its place; the first goes the way of removed files, and comes back with the value.
        let second = send(&li, &made, &of, "新执照.pdf").created();
        li.patch(&path(&made), 2, json!({ "custom": { &licence: held(&second) } })).ok();
        assert_eq!((fetched(&li, &made, &first), fetched(&li, &made, &second)), (404, 200));
        li.patch(&path(&made), 3, json!({ "custom": { &licence: held(&first) } })).ok();
        assert_eq!((fetched(&li, &made, &first), fetched(&li, &made, &second)), (200, 404));
        let found = li.get(&format!("/customers?filter={}", encoded(&json!([[&licence, "contains", "执照"]])))).ok();
        assert_eq!(found["items"][0]["name"], "华盛机械");
        li.patch(&path(&made), 4, json!({ "custom": { &licence: null } })).ok();
        assert_eq!(fetched(&li, &made, &first), 404);
    }

    fn what_is_personal_is_opened_while_it_is_shown(db) {
        let app = TestApp::new(&db);
        let admin = app.sign_in("admin");
        let session = app.all_powerful();
        let card = field(&admin, "customer", "personal", "身份证照");
        let made = company(&session, "华盛机械");
        let file = send(&session, &made, &format!("of_kind=customer&field={card}"), "张三身份证.pdf").created();
        let changed = session.patch(&path(&made), 1, json!({ "custom": { &card: held(&file) } })).ok();
        assert_eq!(changed["custom"], json!({ &card: { "masked": "***" } }));
        assert_eq!(fetched(&session, &made, &file), 409);
        let shown = session.post(&format!("{}/reveal", path(&made)), json!({ "field": card, "reason": "核对身份" })).ok();
        assert_eq!((&shown["value"], &shown["file"]), (&json!("张三身份证.pdf"), &file["id"]));
        assert_eq!(fetched(&session, &made, &file), 200);
        app.pass(SignedDuration::from_secs(31));
        assert_eq!(fetched(&session, &made, &file), 409, "no longer shown, no longer opened");
        let audit = session.get("/audit?limit=50").ok().to_string();
        assert!(!audit.contains("张三身份证"), "{audit}");
    }

    fn a_contacts_file_stays_with_the_company_whose_it_is(db) {
        let app = TestApp::new(&db);
        let (admin, li) = (app.sign_in("admin"), app.sign_in("li"));
        let card = field(&admin, "contact", "ordinary", "名片");
        let made = li.post("/customers", json!({ "name": "华盛机械", "contacts": [{ "name": "张伟" }] })).created();
        let one = li.get(&format!("{}/contacts", path(&made))).ok()["items"][0].clone();
        let address = format!("{}/contacts/{}", path(&made), one["id"].as_str().expect("an id"));
        let of = format!("of_kind=contact&of_id={}&field={card}", one["id"].as_str().expect("an id"));
        let file = send(&li, &made, &of, "名片.pdf").created();
        assert_eq!(li.patch(&address, 1, json!({ "custom": { &card: held(&file) } })).ok()["custom"][&card], held(&file));
        let other = li.post("/customers", json!({ "name": "瑞丰食品" })).created();
        let moved = li.post(&format!("{address}/move"), json!({ "customer_id": other["id"] })).created();
        assert_eq!((&moved["custom"], fetched(&li, &made, &file)), (&json!({}), 200));
    }

    fn sheets_take_out_the_name_and_bring_in_no_file(db) {
        let app = TestApp::new(&db);
        let (admin, li) = (app.sign_in("admin"), app.sign_in("li"));
        let licence = field(&admin, "customer", "ordinary", "营业执照");
        let (_, result) = import(&app, &li, "客户名称|营业执照\n华盛机械|执照.pdf", "skip");
        assert_eq!(result["created"], json!(1), "{result}");
        let made = customer(&li, "华盛机械");
        assert_eq!(made["custom"], json!({}));
        assert!(made["notes"].as_str().is_some_and(|notes| notes.contains("营业执照：执照.pdf")), "{made}");
        let file = send(&li, &made, &format!("of_kind=customer&field={licence}"), "执照.pdf").created();
        li.patch(&path(&made), 1, json!({ "custom": { &licence: held(&file) } })).ok();
        let job = li.post("/customers/export", json!({ "columns": ["name", &licence], "format": "csv" })).ok();
        app.run_jobs();
        let job = li.get(&format!("/jobs/{}", job["job_id"].as_str().expect("a job"))).ok();
        let sheet = li.fetch(&format!("/exports/{}/file", job["result"]["file"].as_str().expect("a file")));
        assert_eq!(cells(sheet.bytes), [["客户名称", "营业执照"], ["华盛机械", "执照.pdf"]]);
    }
}

fn encoded(of: &Value) -> String {
    of.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect()
}
