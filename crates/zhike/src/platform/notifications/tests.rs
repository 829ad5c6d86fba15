use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use store::list::Asked;

use super::*;
use crate::kernel::{Error, Id};
use crate::platform::access;
use crate::platform::grant::Principal;
use crate::platform::vault::Vault;
use crate::testing::TestApp;

fn person() -> Principal {
    let now: Timestamp = "2026-11-23T01:30:00Z".parse().expect("instant");
    Principal { user: Id::new(), ..access::system(now, &Arc::new(Vault::from_root(&[7; 32]))) }
}

fn notice<'a>(who: &Principal, key: Option<&'a str>) -> Notice<'a> {
    let params = json!({ "customer": "华盛" });
    Notice { user: who.user, kind: "duty_due", params, link: Some("/today"), dedupe_key: key, at: who.now }
}

store::db_test! {
    crate::app::MIGRATIONS;
    fn a_person_is_told_the_same_thing_once(db) {
        let (li, wang) = (person(), person());
        db.write_blocking(move |tx| {
            assert!(notify(tx, &notice(&li, Some("duty:1")))?);
            assert!(!notify(tx, &notice(&li, Some("duty:1")))?);
            assert!(notify(tx, &notice(&wang, Some("duty:1")))?);
            assert!(notify(tx, &notice(&li, None))?);
            assert!(notify(tx, &notice(&li, None))?);
            assert_eq!((unread(tx, &li)?, unread(tx, &wang)?), (3, 1));
            Ok::<_, Error>(())
        })
        .expect("told");
    }

    fn reading_touches_ones_own_only(db) {
        let (li, wang) = (person(), person());
        db.write_blocking(move |tx| {
            for who in [&li, &li, &li, &wang] {
                notify(tx, &notice(who, None))?;
            }
            let page = list(tx, &li, &Asked::parse(None, None, None, Some(2))?)?;
            assert_eq!(page.items.len(), 2);
            let rest = list(tx, &li, &Asked::parse(None, None, page.next.as_deref(), Some(2))?)?;
            assert_eq!((rest.items.len(), rest.next), (1, None));
            let ids: Vec<_> = page.items.iter().map(|notification| notification.id).collect();
            mark_read(tx, &wang, Some(&ids))?;
            assert_eq!(unread(tx, &li)?, 3);
            mark_read(tx, &li, Some(&ids))?;
            assert_eq!(unread(tx, &li)?, 1);
            mark_read(tx, &li, None)?;
            assert_eq!((unread(tx, &li)?, unread(tx, &wang)?), (0, 1));
            Ok::<_, Error>(())
        })
        .expect("read");
    }
}

store::db_test! {
    crate::app::MIGRATIONS;
    fn notifications_are_read_through_the_door(db) {
        let app = TestApp::new(&db);
        let (wang, li) = (app.principal("wang"), app.sign_in("li"));
        let who = app.principal("li");
        app.write(move |tx| {
            notify(tx, &notice(&who, None))?;
            notify(tx, &notice(&who, None))?;
            notify(tx, &notice(&wang, None)).map(drop)
        });
        assert_eq!(li.get("/me").ok()["unread"], 2);
        let items = li.get("/notifications").ok()["items"].clone();
        assert_eq!((items.as_array().map(Vec::len), &items[0]["title_key"]), (Some(2), &"notification.duty_due".into()));
        li.post("/notifications/read", json!({ "ids": [items[0]["id"]] })).ok();
        assert_eq!(li.get("/me").ok()["unread"], 1);
        li.post("/notifications/read", json!({ "all": true })).ok();
        assert_eq!(li.get("/me").ok()["unread"], 0);
        assert_eq!(app.sign_in("wang").get("/me").ok()["unread"], 1);
        assert_eq!(app.anonymous().get("/notifications").refused(401), "login.needed");
    }
}
