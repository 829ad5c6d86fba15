use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::kernel::{Error, Id};
use crate::platform::access;
use crate::platform::grant::Principal;
use crate::platform::vault::Vault;
use crate::testing::TestApp;

fn person() -> Arc<Principal> {
    let now = "2026-11-23T01:30:00Z".parse().expect("instant");
    Arc::new(Principal { user: Id::new(), ..access::system(now, &Arc::new(Vault::from_root(&[7; 32]))) })
}

fn new(name: &str, shared: bool) -> NewView {
    NewView { list: "customers".into(), name: name.into(), shared, state: json!({ "sort": "-created_at" }) }
}

store::db_test! {
    crate::app::MIGRATIONS;
    fn shared_views_are_seen_and_not_touched_by_others(db) {
        let (li, wang) = (person(), person());
        db.write_blocking(move |tx| {
            let shared = create(tx, &li.grant()?, new("重点客户", true))?;
            create(tx, &li.grant()?, new("我的", false))?;
            assert_eq!(list(tx, &li.grant()?, "customers")?.len(), 2);
            assert!(list(tx, &li.grant()?, "todos")?.is_empty());
            let seen = list(tx, &wang.grant()?, "customers")?;
            assert_eq!(seen.iter().map(|view| (view.id, view.mine)).collect::<Vec<_>>(), [(shared.id, false)]);
            let refused = replace(tx, &wang.grant()?, shared.id, None, new("x", true)).err();
            assert_eq!(refused.map(|error| error.status), Some(404));
            assert!(remove(tx, &wang.grant()?, shared.id).is_err());
            assert_eq!(replace(tx, &li.grant()?, shared.id, None, new("x", true))?.version, 2);
            remove(tx, &li.grant()?, shared.id)?;
            assert!(list(tx, &wang.grant()?, "customers")?.is_empty());
            Ok::<_, Error>(())
        })
        .expect("checked");
    }

    fn an_older_version_is_refused(db) {
        let li = person();
        let stale = db.write_blocking(move |tx| {
            let view = create(tx, &li.grant()?, new("a", false))?;
            replace(tx, &li.grant()?, view.id, Some(1), new("b", false))?;
            replace(tx, &li.grant()?, view.id, Some(1), new("c", false))
        });
        assert_eq!(stale.err().map(|error| error.status), Some(412));
    }

    fn what_is_no_view_is_refused(db) {
        let li = person();
        db.write_blocking(move |tx| {
            let grant = li.grant()?;
            assert!(create(tx, &grant, new(" ", false)).is_err());
            assert!(create(tx, &grant, NewView { list: "no list!".into(), ..new("a", false) }).is_err());
            assert!(create(tx, &grant, NewView { state: json!([1]), ..new("a", false) }).is_err());
            assert!(create(tx, &grant, NewView { state: json!({ "x": "y".repeat(70_000) }), ..new("a", false) }).is_err());
            Ok::<_, Error>(())
        })
        .expect("checked");
    }
}

store::db_test! {
    crate::app::MIGRATIONS;
    fn views_go_through_the_door(db) {
        let app = TestApp::new(&db);
        let (li, wang) = (app.sign_in("li"), app.sign_in("wang"));
        let view = json!({ "list": "customers", "name": "重点", "shared": true, "state": { "sort": "name" } });
        let id = li.post("/views", view.clone()).created()["id"].as_str().expect("an id").to_owned();
        let path = format!("/views/{id}");
        assert_eq!(wang.get("/views?list=customers").ok()["items"][0]["mine"], false);
        assert_eq!(wang.delete(&path).refused(404), "not_found");
        assert_eq!(li.put(&path, 1, view.clone()).ok()["version"], 2);
        assert_eq!(li.put(&path, 1, view.clone()).refused(412), "stale");
        assert_eq!(li.request(axum::http::Method::PUT, &path).json(view).send().ok()["version"], 3);
        li.delete(&path).ok();
        assert_eq!(li.get("/views?list=customers").ok()["items"], json!([]));
    }
}
