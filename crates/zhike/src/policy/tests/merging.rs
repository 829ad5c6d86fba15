use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use store::Entity as _;

use super::kit::*;
use crate::app::MIGRATIONS;
use crate::policy::model::DutyRow;
use crate::policy::rules::State;
use crate::testing::{Session, TestApp};

fn merged(session: &Session<'_>, survivor: Uuid, loser: Uuid) -> Value {
    let version = |id: Uuid| session.get(&format!("/customers/{id}")).ok()["version"].as_i64().expect("a version");
    let body = json!({ "loser_id": loser, "loser_version": version(loser) });
    let call = session.request(Method::POST, &format!("/customers/{survivor}/merges")).version(version(survivor));
    call.json(body).send().ok()
}

/// `met open` of the clause in November, of all departments.
fn compliance(app: &TestApp) -> (i64, i64) {
    let wang = session(app, "admin");
    let duties = listed(&wang, &json!([["rule", "eq", "vip-contact"], ["occurrence", "eq", "2026-11"]]));
    let count = |state: &str| duties.iter().filter(|duty| duty["state"] == state).count() as i64;
    (count("met"), count("open"))
}

store::statements! {
    ALL = select DutyRow where "customer_id = $1 order by id";
}

store::db_test! {
    MIGRATIONS;

    fn a_clock_goes_on_while_a_large_one_is_moving(db) {
        let app = company(&db);
        let (one, other) = (customer(&app, "li", "华盛机械", "ordinary"), customer(&app, "li", "恒泰电子", "vip"));
        let wang = session(&app, "wang");
        app.set_time(at("2026-11-10T02:00:00Z"));
        // So many duties that the clocks, which are the last, move in a later step.
        app.write(move |tx| {
            let all = DutyRow::all(tx, &ALL, &[&other])?;
            let period = all.iter().find(|duty| duty.rule == "vip-contact").expect("a duty").clone();
            (0..1_200_u32).try_for_each(|n| {
                let id = Uuid::from_u128(u128::from(n + 1));
                let past = DutyRow { id, subject_id: id, state: State::Met, live: false, next_check_at: None,
                    due_at: Some(at("2025-01-01T00:00:00Z")), ..period.clone() };
                Ok(past.insert(tx)?)
            })
        });
        let records: Vec<Uuid> = (0..12).map(|_| Uuid::now_v7()).collect();
        for record in &records {
            told(&app, "li", (*record, other), "contact_made", at("2026-11-10T01:00:00Z"));
        }
        assert_eq!(merged(&wang, one, other)["state"], "moving");
        let left = move |app: &TestApp| app.read(move |tx| DutyRow::all(tx, &ALL, &[&other]));
        let waiting = left(&app).into_iter().find(|duty| duty.rule == "contact-record" && duty.state == State::Open);
        let waiting = waiting.expect("one that has not moved").subject_id;
        // Meanwhile the survivor is worked with.
        told(&app, "li", (waiting, one), "contact_recorded", at("2026-11-10T02:00:00Z"));
        app.run_jobs();
        assert!(left(&app).is_empty(), "all has moved");
        let of = listed(&wang, &json!([["rule", "eq", "contact-record"], ["subject", "eq", waiting]]));
        let told: Vec<_> = of.iter().map(|duty| (&duty["state"], &duty["customer"]["id"])).collect();
        assert_eq!(told, [(&json!("met"), &json!(one))], "one duty, and it is met");
        let merges = wang.get(&format!("/customers/{one}/merges")).ok();
        assert_eq!(merges["items"][0]["state"], "done");
    }

    fn one_customer_is_owed_each_clause_once(db) {
        let app = company(&db);
        let (one, other) = (customer(&app, "li", "华盛机械", "vip"), customer(&app, "sun", "恒泰电子", "vip"));
        let wang = session(&app, "wang");
        app.set_time(at("2026-11-10T02:00:00Z"));
        happened(&app, "li", one, "contact_made", "2026-11-10T01:00:00Z");
        let record = happened(&app, "sun", other, "visit_made", "2026-11-10T01:30:00Z");
        assert_eq!(compliance(&app), (0, 2));
        let merge = merged(&wang, one, other);
        let of_november = |customer: Uuid| -> Vec<(Value, Value)> {
            let filter = json!([["customer", "eq", customer], ["rule", "eq", "vip-contact"], ["occurrence", "eq", "2026-11"]]);
            listed(&wang, &filter).iter().map(|duty| (duty["state"].clone(), duty["owner"]["name"].clone())).collect()
        };
        let mut owed = of_november(one);
        owed.sort_by_key(|(state, _)| state.to_string());
        assert_eq!(owed, [(json!("cancelled"), json!("孙丽")), (json!("met"), json!("李雷"))], "by its own duty, with what was done for both");
        assert_eq!(compliance(&app), (1, 0));
        assert!(of_november(other).is_empty());
        let clock = listed(&wang, &json!([["rule", "eq", "contact-record"], ["subject", "eq", record]])).remove(0);
        assert_eq!((&clock["state"], &clock["customer"]["id"]), (&json!("met"), &json!(one)), "what is decided stays");
        assert_eq!(history(&wang, &clock), ["opened", "met"], "and its history goes with it");
        let undo = format!("/customers/{one}/merges/{}/undo", merge["id"].as_str().expect("an id"));
        wang.post(&undo, json!({})).ok();
        assert_eq!(of_november(one), [(json!("open"), json!("李雷"))]);
        assert_eq!(of_november(other), [(json!("open"), json!("孙丽"))], "owed again, and not met");
        assert_eq!(compliance(&app), (0, 2));
    }
}
