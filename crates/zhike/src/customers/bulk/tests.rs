use jiff::SignedDuration;
use serde_json::{Value, json};
use store::Entity as _;
use uuid::Uuid;

use super::model::Bulk;
use super::selection::Selection;
use super::{job, tidy};
use crate::kernel::Error;
use crate::testing::{Session, TestApp};

fn create(session: &Session<'_>, mut new: Value) -> String {
    new["allow_duplicate"] = json!(true);
    new["duplicate_reason"] = json!("测试");
    session.post("/customers", new).created()["id"].as_str().expect("an id").to_owned()
}

/// So many customers of somebody, with a tag.
fn several(app: &TestApp, owner: &str, count: usize) -> Vec<String> {
    let session = app.sign_in(owner);
    (0..count).map(|n| create(&session, json!({ "name": format!("第{n}家公司"), "tags": ["甲"] }))).collect()
}

fn tagged(tag: &str) -> Value {
    json!({ "filter": [["tags", "in", [tag]]] })
}

fn start(session: &Session<'_>, selection: Value, act: Value) -> Value {
    session.post("/customers/bulk", json!({ "selection": selection, "act": act })).created()
}

fn preview(session: &Session<'_>, selection: Value, act: Value) -> Value {
    session.post("/customers/bulk/preview", json!({ "selection": selection, "act": act })).ok()
}

fn now(session: &Session<'_>, bulk: &Value) -> Value {
    session.get(&format!("/bulk_changes/{}", bulk["id"].as_str().expect("an id"))).ok()
}

fn take_back(session: &Session<'_>, bulk: &Value) -> Value {
    session.post(&format!("/bulk_changes/{}/undo", bulk["id"].as_str().expect("an id")), json!({})).ok()
}

/// What became of customers, by name, where it is of that state.
fn rows(session: &Session<'_>, bulk: &Value, state: &str) -> Vec<(String, Value)> {
    let filter = format!("%5B%5B%22state%22%2C%22eq%22%2C%22{state}%22%5D%5D");
    let path = format!("/bulk_changes/{}/rows?filter={filter}", bulk["id"].as_str().expect("an id"));
    let rows = session.get(&path).ok();
    let row = |row: &Value| (row["customer"]["name"].as_str().unwrap_or_default().to_owned(), row["code"].clone());
    rows["items"].as_array().expect("items").iter().map(row).collect()
}

fn one(session: &Session<'_>, id: &str) -> Value {
    session.get(&format!("/customers/{id}")).ok()
}

fn go_on_state(session: &Session<'_>, bulk: &Value) -> Value {
    now(session, bulk)["state"].clone()
}

fn counts(bulk: &Value) -> [i64; 6] {
    ["found", "changed", "already", "refused", "undone", "kept"].map(|name| bulk[name].as_i64().expect("a count"))
}

fn items_of_bulk(session: &Session<'_>) -> usize {
    session.get("/bulk_changes").ok()["items"].as_array().expect("items").len()
}

store::statements! {
    GIVEN_UP = "update job set state = 'failed', error = '{\"code\":\"job.poison\"}' where kind = 'customers.bulk' and state = 'queued'";
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn all_that_a_filter_finds_is_changed_and_taken_back_where_it_still_stands(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let ids = several(&app, "li", 45);
        let other = create(&wang, json!({ "name": "没有标签的公司" }));
        let key = one(&wang, &ids[3]);
        wang.put(&format!("/customers/{}/grade", ids[3]), key["version"].as_i64().expect("a version"), json!({ "grade": "key", "reason": "已经是了" })).ok();
        let act = json!({ "act": "grade", "grade": "key", "reason": "年度复核" });
        assert_eq!(wang.post("/customers/bulk/count", tagged("甲")).ok(), json!({ "count": 45, "more": false }));
        let up_to = |most: i64| wang.post(&format!("/customers/bulk/count?most={most}"), tagged("甲")).ok();
        assert_eq!([up_to(20), up_to(45)], [json!({ "count": 20, "more": true }), json!({ "count": 45, "more": false })]);
        let seen = preview(&wang, tagged("甲"), act.clone());
        assert_eq!((&seen["found"], &seen["change"], &seen["already"], &seen["refused"]), (&json!(45), &json!(44), &json!(1), &json!(0)));
        assert_eq!(seen["changing"].as_array().map(Vec::len), Some(5));
        assert_eq!(seen["changing"][0]["before"], json!({ "grade": "ordinary" }));
        let bulk = start(&wang, tagged("甲"), act);
        app.pass(SignedDuration::from_secs(1));
        let later = create(&wang, json!({ "name": "后来的公司", "tags": ["甲"] }));
        assert_eq!(now(&wang, &bulk)["state"], "gathering");
        app.run_jobs();
        let done = now(&wang, &bulk);
        assert_eq!((&done["state"], counts(&done)), (&json!("done"), [45, 44, 1, 0, 0, 0]));
        assert!(ids.iter().all(|id| one(&wang, id)["grade"] == "key"));
        for id in [&other, &later] {
            assert_eq!(one(&wang, id)["grade"], "ordinary", "it was not meant");
        }
        let changed = one(&wang, &ids[7]);
        wang.put(&format!("/customers/{}/grade", ids[7]), changed["version"].as_i64().expect("a version"), json!({ "grade": "vip", "reason": "又改了" })).ok();
        assert_eq!(take_back(&wang, &bulk)["state"], "undoing");
        app.run_jobs();
        let back = now(&wang, &bulk);
        assert_eq!((&back["state"], counts(&back), &back["can_undo"]), (&json!("undone"), [45, 44, 1, 0, 43, 1], &json!(false)));
        assert_eq!(rows(&wang, &bulk, "kept"), [("第7家公司".to_owned(), json!("changed_since"))]);
        let grades: Vec<Value> = [3, 5, 7].iter().map(|at| one(&wang, &ids[*at])["grade"].clone()).collect();
        assert_eq!(grades, [json!("key"), json!("ordinary"), json!("vip")]);
        assert_eq!(wang.post(&format!("/bulk_changes/{}/undo", bulk["id"].as_str().expect("an id")), json!({})).refused(409), "bulk.undone");
        assert!(app.read(|tx| crate::platform::audit::verify(tx, None)).is_intact());
    }

    fn each_customer_is_changed_with_the_rights_of_whoever_asked(db) {
        let app = TestApp::new(&db);
        let (wang, sun) = (app.sign_in("wang"), app.sign_in("sun"));
        let own = several(&app, "sun", 2);
        let shared = create(&app.sign_in("li"), json!({ "name": "李雷的公司", "tags": ["甲"] }));
        wang.request(axum::http::Method::PUT, &format!("/customers/{shared}/collaborators/{}", app.person("sun"))).json(json!({ "level": "read" })).send().ok();
        let act = json!({ "act": "tags", "add": ["乙"], "remove": ["甲"] });
        let seen = preview(&sun, tagged("甲"), act.clone());
        assert_eq!((&seen["change"], &seen["reasons"]), (&json!(2), &json!({ "forbidden": 1 })));
        assert_eq!(seen["refusing"][0]["customer"]["name"], "李雷的公司");
        let bulk = start(&sun, tagged("甲"), act.clone());
        wang.delete(&format!("/customers/{}", own[0])).ok();
        app.run_jobs();
        let done = now(&sun, &bulk);
        assert_eq!(counts(&done)[..4], [2, 1, 0, 1], "what is gone when the job looks is not meant: {done}");
        assert_eq!(rows(&sun, &bulk, "refused"), [("李雷的公司".to_owned(), json!("forbidden"))]);
        assert_eq!((&one(&sun, &own[1])["tags"], &one(&wang, &shared)["tags"]), (&json!(["乙"]), &json!(["甲"])));
        for act in [
            json!({ "act": "owner", "owner_id": app.person("li"), "reason": "移交" }), json!({ "act": "remove" }),
            json!({ "act": "grade", "grade": "vip", "reason": "升级" }),
        ] {
            assert_eq!(sun.post("/customers/bulk", json!({ "selection": tagged("乙"), "act": act })).refused(403), "forbidden");
        }
        assert_eq!(app.sign_in("li").get(&format!("/bulk_changes/{}", bulk["id"].as_str().expect("an id"))).refused(404), "not_found");
        let next = start(&sun, tagged("乙"), act);
        let (admin, id) = (app.sign_in("admin"), app.person("sun"));
        let version = admin.get(&format!("/users/{id}")).ok()["version"].as_i64().expect("a version");
        admin.patch(&format!("/users/{id}"), version, json!({ "active": false })).ok();
        app.run_jobs();
        let bulk: Uuid = next["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        assert_eq!(app.read(move |tx| Bulk::get(tx, bulk)).changed, 0, "whoever is gone changes nothing");
    }

    fn a_run_that_ends_anywhere_goes_on_and_does_nobody_twice(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let ids = several(&app, "li", 50);
        let versions: Vec<i64> = ids.iter().map(|id| one(&wang, id)["version"].as_i64().expect("a version")).collect();
        let bulk = start(&wang, tagged("甲"), json!({ "act": "edit", "fields": { "industry": "C" } }));
        let id: Uuid = bulk["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let who = app.principal("wang");
        app.write(move |tx| {
            let row = Bulk::get(tx, id)?;
            let selection: Selection = serde_json::from_value(row.selection)?;
            let page = job::page(tx, &who, &selection, None, row.created_at)?;
            job::noted(tx, id, &page)?;
            job::noted(tx, id, &page)?;
            job::step(tx, &who, id).map(drop)
        });
        assert_eq!(counts(&now(&wang, &bulk))[..2], [50, 20], "noted once, and one batch done");
        let who = app.principal("wang");
        let died = app.db.write_blocking(move |tx| {
            job::step(tx, &who, id)?;
            Err::<(), _>(Error::new(500, "the process ends here"))
        });
        assert!(died.is_err());
        app.run_jobs();
        assert_eq!((counts(&now(&wang, &bulk)), &now(&wang, &bulk)["state"]), ([50, 50, 0, 0, 0, 0], &json!("done")));
        for (id, version) in ids.iter().zip(versions) {
            let after = one(&wang, id);
            assert_eq!((&after["industry"], after["version"].as_i64()), (&json!("C"), Some(version + 1)));
        }
        assert!(app.read(|tx| crate::platform::audit::verify(tx, None)).is_intact());
    }

    fn fields_of_the_company_its_people_and_the_bin(db) {
        let app = TestApp::new(&db);
        let (admin, wang) = (app.sign_in("admin"), app.sign_in("wang"));
        let field = json!({ "entity": "customer", "kind": "choice", "class": "ordinary", "zh": "分类", "en": "class",
            "choices": [{ "zh": "直营" }, { "zh": "代理" }] });
        let key = admin.post("/settings/custom_fields", field).created()["key"].as_str().expect("a key").to_owned();
        let sealed = json!({ "entity": "customer", "kind": "text", "class": "personal", "zh": "账号", "en": "account" });
        let hidden = admin.post("/settings/custom_fields", sealed).created()["key"].as_str().expect("a key").to_owned();
        let ids = several(&app, "li", 3);
        let edit = |fields: Value| json!({ "selection": { "ids": ids }, "act": { "act": "edit", "fields": fields } });
        for (fields, at) in [
            (json!({ "phone": "13800138000" }), "phone"), (json!({ "name": "同名" }), "name"),
            (json!({ "custom": { hidden.clone(): "1" } }), hidden.as_str()), (json!({ "industry": "?" }), "industry"),
        ] {
            let fault = wang.post("/customers/bulk", edit(fields)).fault();
            assert!(fault.starts_with(&format!("{at}: ")), "{fault}");
        }
        let bulk = wang.post("/customers/bulk", edit(json!({ "notes": "展会", "custom": { key.clone(): 2 } }))).created();
        app.run_jobs();
        assert!(ids.iter().all(|id| one(&wang, id)["custom"][&key] == json!(2) && one(&wang, id)["notes"] == "展会"));
        take_back(&wang, &bulk);
        app.run_jobs();
        assert!(ids.iter().all(|id| one(&wang, id)["custom"].get(&key).is_none() && one(&wang, id)["notes"].is_null()));

        let chosen = json!({ "ids": ids });
        assert_eq!(wang.post("/customers/bulk", json!({ "selection": chosen, "act": { "act": "owner", "owner_id": app.person("zhao"), "reason": "移交" } })).refused(403), "forbidden");
        let to = json!({ "act": "department", "department_id": app.department("上海组"), "reason": "移交" });
        assert_eq!(wang.post("/customers/bulk", json!({ "selection": chosen, "act": to })).refused(422), "input.invalid", "nobody leads it");
        app.lead("上海组", "sun");
        let seen = preview(&wang, chosen.clone(), to.clone());
        assert_eq!(seen["changing"][0]["before"], json!({ "owner": "李雷", "department": "上海组" }));
        let bulk = start(&wang, chosen.clone(), to);
        app.run_jobs();
        assert!(ids.iter().all(|id| one(&wang, id)["owner"]["name"] == "孙丽"));
        assert_eq!(now(&wang, &bulk)["to"], "上海组");
        take_back(&wang, &bulk);
        app.run_jobs();
        assert!(ids.iter().all(|id| one(&wang, id)["owner"]["name"] == "李雷"));

        let bulk = start(&wang, chosen, json!({ "act": "remove" }));
        app.run_jobs();
        assert!(ids.iter().all(|id| wang.get(&format!("/customers/{id}")).status.as_u16() == 404));
        assert_eq!(rows(&wang, &bulk, "changed").len(), 3);
        assert!(rows(&wang, &bulk, "changed").iter().all(|(name, _)| !name.is_empty()), "named though removed");
        wang.post(&format!("/customers/{}/restore", ids[0]), json!({})).ok();
        app.pass(SignedDuration::from_hours(23));
        let wang = app.sign_in("wang");
        take_back(&wang, &bulk);
        app.run_jobs();
        assert_eq!(counts(&now(&wang, &bulk)), [3, 3, 0, 0, 2, 1]);
        assert!(ids.iter().all(|id| one(&wang, id)["owner"]["name"] == "李雷"));
        let late = start(&wang, json!({ "ids": ids }), json!({ "act": "tags", "add": ["丙"] }));
        app.run_jobs();
        app.pass(SignedDuration::from_hours(25));
        let wang = app.sign_in("wang");
        assert_eq!(wang.post(&format!("/bulk_changes/{}/undo", late["id"].as_str().expect("an id")), json!({})).refused(409), "bulk.too_late");
    }

    fn taking_back_goes_on_where_it_ended_before_it_was_done(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let ids = several(&app, "li", 45);
        let bulk = start(&wang, tagged("甲"), json!({ "act": "tags", "add": ["乙"], "remove": ["甲"] }));
        app.run_jobs();
        assert_eq!(one(&wang, &ids[0])["tags"], json!(["乙"]));
        take_back(&wang, &bulk);
        let (who, id) = (app.principal("wang"), bulk["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"));
        app.write(move |tx| {
            job::step(tx, &who, id)?;
            Ok(tx.execute(&GIVEN_UP, &[])?)
        });
        app.run_jobs();
        let ended = now(&wang, &bulk);
        assert_eq!((&ended["state"], &ended["undone"], &ended["can_undo"]), (&json!("undoing"), &json!(20), &json!(true)));
        assert_eq!(take_back(&wang, &bulk)["can_undo"], false);
        app.run_jobs();
        assert_eq!((&now(&wang, &bulk)["state"], counts(&now(&wang, &bulk))), (&json!("undone"), [45, 45, 0, 0, 45, 0]));
        assert!(ids.iter().all(|id| one(&wang, id)["tags"] == json!(["甲"])), "tags are what they were");
    }

    fn what_ended_before_it_was_done_goes_on_where_it_stood(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let ids = several(&app, "li", 45);
        let bulk = start(&wang, tagged("甲"), json!({ "act": "tags", "add": ["乙"], "remove": [] }));
        let path = format!("/bulk_changes/{}/resume", bulk["id"].as_str().expect("an id"));
        assert_eq!(wang.post(&path, json!({})).refused(409), "bulk.not_stopped", "it is under way");
        app.write(|tx| Ok(tx.execute(&GIVEN_UP, &[])?));
        let go_on = || wang.post(&path, json!({})).ok();
        assert_eq!((&now(&wang, &bulk)["failed"], &now(&wang, &bulk)["can_resume"]), (&json!("job.poison"), &json!(true)));
        assert_eq!((&go_on()["failed"], &go_on_state(&wang, &bulk)), (&Value::Null, &json!("gathering")), "while it was noted who is meant");
        let (who, id) = (app.principal("wang"), bulk["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"));
        app.write(move |tx| {
            let selection = serde_json::from_value(tagged("甲"))?;
            let page = job::page(tx, &who, &selection, None, who.now)?;
            job::noted(tx, id, &page)?;
            job::step(tx, &who, id)?;
            Ok(tx.execute(&GIVEN_UP, &[])?)
        });
        let ended = now(&wang, &bulk);
        assert_eq!((&ended["state"], &ended["changed"], &ended["can_resume"]), (&json!("running"), &json!(20), &json!(true)));
        assert_eq!(app.sign_in("li").post(&path, json!({})).refused(404), "not_found", "it is wang's");
        go_on();
        app.run_jobs();
        let done = now(&wang, &bulk);
        assert_eq!((&done["state"], counts(&done), &done["can_resume"]), (&json!("done"), [45, 45, 0, 0, 0, 0], &json!(false)));
        assert!(ids.iter().all(|id| one(&wang, id)["tags"] == json!(["甲", "乙"]) && one(&wang, id)["version"] == 2), "each once");
        assert_eq!(wang.post(&path, json!({})).refused(409), "bulk.not_stopped");
    }

    fn of_a_customer_all_goes_back_or_nothing(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let ids = several(&app, "li", 2);
        let bulk = start(&wang, json!({ "ids": ids }), json!({ "act": "edit", "fields": { "industry": "C", "notes": "展会" } }));
        app.run_jobs();
        let version = one(&wang, &ids[0])["version"].as_i64().expect("a version");
        wang.patch(&format!("/customers/{}", ids[0]), version, json!({ "notes": "又见面了" })).ok();
        take_back(&wang, &bulk);
        app.run_jobs();
        assert_eq!(rows(&wang, &bulk, "kept"), [("第0家公司".to_owned(), json!("changed_since"))]);
        let told = |id: &str| (one(&wang, id)["industry"].clone(), one(&wang, id)["notes"].clone());
        assert_eq!((told(&ids[0]), told(&ids[1])), ((json!("C"), json!("又见面了")), (Value::Null, Value::Null)));
    }

    fn what_was_written_over_is_forgotten(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let ids = several(&app, "li", 3);
        let edit = |fields: Value| {
            let bulk = start(&wang, json!({ "ids": ids }), json!({ "act": "edit", "fields": fields }));
            app.run_jobs();
            bulk
        };
        edit(json!({ "notes": "老板喜欢普洱" }));
        let bulk = edit(json!({ "notes": "已归档" }));
        let version = one(&wang, &ids[0])["version"].as_i64().expect("a version");
        wang.patch(&format!("/customers/{}", ids[0]), version, json!({ "notes": "又见面了" })).ok();
        take_back(&wang, &bulk);
        app.run_jobs();
        let held = || db.content(&[]).into_iter().find(|(table, _)| table == "bulk_row").map(|(_, rows)| format!("{rows:?}")).expect("the table");
        let tidy = |hours: i64| {
            app.pass(SignedDuration::from_hours(hours));
            let now = app.clock.now();
            app.write(move |tx| {
                let job = store::jobs::NewJob { kind: tidy::KIND, once_key: None, asked_by: None, payload: json!({}), run_at: now };
                Ok(store::jobs::enqueue(tx, job)?)
            });
            app.run_jobs();
        };
        tidy(47);
        assert!(held().contains("普洱"), "it may still be needed");
        tidy(2);
        assert!(!held().contains("普洱") && !held().contains("已归档"), "{}", held());
        let wang = app.sign_in("wang");
        assert_eq!((rows(&wang, &bulk, "kept").len(), rows(&wang, &bulk, "undone").len()), (1, 0), "what did not go back is still told");
        assert_eq!(counts(&now(&wang, &bulk)), [3, 3, 0, 0, 2, 1]);
        tidy(24 * 180);
        assert_eq!(items_of_bulk(&app.sign_in("wang")), 0);
    }

    fn a_selection_says_what_it_means(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        several(&app, "li", 2);
        let count = |selection: Value| li.post("/customers/bulk/count", selection);
        assert_eq!(count(json!({})).ok(), json!({ "count": 2, "more": false }));
        assert_eq!(count(json!({ "q": "第1家" })).ok()["count"], 1);
        assert_eq!(count(json!({ "filter": [["phone", "eq", "1"]] })).status.as_u16(), 422);
        for bad in [json!({ "ids": [] }), json!({ "ids": ["01890000-0000-7000-8000-000000000001"], "q": "x" }), json!({ "filter": "x" })] {
            assert_eq!(count(bad.clone()).refused(422), "input.invalid", "{bad}");
        }
        assert_eq!(li.post("/customers/bulk", json!({ "selection": {}, "act": { "act": "tags" } })).refused(422), "input.invalid");
    }
}
