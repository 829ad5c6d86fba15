//! On what basis people come in with a sheet (PIPL 13).

use axum::http::Method;
use serde_json::{Value, json};

use super::{customer, path, recognised, run, sheets, upload};
use crate::testing::{Reply, Session, TestApp};

const SHEET: &str = "公司|联系人|手机
    华盛机械|张三|13812341234
    瑞丰食品||";

fn put(who: &Session<'_>, sheet: &Value, basis: Value) -> Reply {
    let body = json!({ "columns": recognised(sheet), "duplicates": "update", "basis": basis });
    who.request(Method::PUT, &format!("{}/mapping", path(sheet))).json(body).send()
}

/// Purpose, basis and proof of what is known of a customer's people.
fn known(who: &Session<'_>, of: &Value) -> Vec<Value> {
    let found = who.get(&format!("/customers/{}/consents", of["id"].as_str().expect("an id"))).ok();
    let history = found["history"].as_array().expect("a history").iter();
    history.map(|one| json!([one["purpose"], one["basis"], one["channel"], one["proof"]])).collect()
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn people_of_a_sheet_come_in_on_a_basis(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let csv = sheets::csv(&sheets::rows(SHEET));
        let sheet = upload(&li, "a.csv", csv.as_bytes());
        for (wrong, fault) in [
            (json!({ "basis": "curiosity" }), "basis: basis.unknown"),
            (json!({ "basis": "consent" }), "proof: required"),
            (json!({ "basis": "contract", "channel": "dream" }), "basis: basis.unknown"),
        ] {
            assert_eq!(put(&li, &sheet, wrong).fault(), fault);
        }
        put(&li, &sheet, json!({ "basis": "consent", "channel": "paper", "proof": "档案柜 3-12" })).ok();
        run(&app, &li, &sheet, false);
        let one = customer(&li, "华盛机械");
        assert_eq!(known(&li, &one), [json!(["archive", "consent", "paper", "档案柜 3-12"])]);
        assert_eq!(known(&li, &customer(&li, "瑞丰食品")), Vec::<Value>::new(), "a company is nobody");
        // Whoever is new at a customer that is there already comes in on a basis too.
        let more = upload(&li, "b.csv", sheets::csv(&sheets::rows("公司|联系人|手机\n华盛机械|李四|13912341234")).as_bytes());
        put(&li, &more, json!({ "basis": "contract" })).ok();
        run(&app, &li, &more, false);
        let told = known(&li, &one);
        assert!(told.contains(&json!(["archive", "contract", "other", null])) && told.len() == 2, "{told:?}");
    }

    fn people_come_in_to_be_dealt_with_where_nothing_else_is_said(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let sheet = upload(&li, "a.csv", sheets::csv(&sheets::rows("客户名称|客户类型\n王小明|个人\n华盛机械|企业")).as_bytes());
        put(&li, &sheet, Value::Null).ok();
        run(&app, &li, &sheet, false);
        assert_eq!(known(&li, &customer(&li, "王小明")), [json!(["archive", "contract", "other", null])]);
        assert_eq!(known(&li, &customer(&li, "华盛机械")), Vec::<Value>::new(), "a company is nobody");
    }
}
