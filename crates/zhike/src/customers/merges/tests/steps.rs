//! Merging what is too much for one transaction, and merging while others write.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::http::{Method, header};
use serde_json::json;
use store::Entity as _;

use super::{create, id_of, items, left, merge, path, undo, version};
use crate::customers::contacts::Contact;
use crate::testing::{Session, TestApp};

store::statements! {
    FIRSTS = "select id from contact where customer_id = $1 and is_primary";
    LAST = "update contact set id = $3 where customer_id = $2 and id = $1";
    COUNT = "select count(*) from interaction where customer_id = $1";
    RELATIONS = "select count(*) from relation where customer_id = $1";
    MIRRORED = "select count(*) from relation where other_id = $1";
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn a_large_one_moves_in_steps_and_takes_no_writes_meanwhile(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let (one, other) = (create(&wang, json!({ "name": "华盛机械" })), create(&wang, json!({ "name": "华盛机械厂" })));
        let (who, loser) = (app.principal("wang"), other.parse().expect("an id"));
        let system = std::sync::Arc::new(app.system());
        const MANY: usize = 2_300;
        app.write(move |tx| {
            use crate::engagement::interactions::{Kind, NewInteraction, past};
            let at: jiff::Timestamp = "2026-11-20T01:00:00Z".parse().expect("an instant");
            let block: Vec<past::Past> = (0..MANY).map(|n| past::Past {
                who: std::sync::Arc::clone(&who),
                customer: loser,
                grade: crate::customers::model::Grade::Ordinary,
                department: who.department.map(crate::kernel::Id::uuid),
                new: NewInteraction { kind: Kind::Phone, at, contact_id: None, content: format!("第{n}次"), feedback: None,
                    next_at: None, priority: None, next_plan: None, duty_id: None, check_in: None },
                done_at: None,
            }).collect();
            past::insert_block(tx, &system.grant()?, &block)
        });
        let merged = merge(&wang, &one, &other, &[]);
        assert_eq!(merged["state"], "moving");
        assert_eq!(wang.get(&path(&other)).status.as_u16(), 308);
        let again = wang.request(Method::POST, &format!("{}/merges", path(&one))).version(version(&wang, &one));
        let third = create(&wang, json!({ "name": "第三家" }));
        assert_eq!(again.json(json!({ "loser_id": third, "loser_version": 1 })).send().refused(409), "merge.busy");
        app.run_jobs();
        let counted = |id: &str| {
            let id: uuid::Uuid = id.parse().expect("an id");
            app.read(move |tx| tx.query_one(&COUNT, &[&id])?.get::<i64>(0))
        };
        assert_eq!((counted(&one), counted(&other)), (MANY as i64, 0));
        assert_eq!(items(&wang, &format!("{}/merges", path(&one)))[0]["state"], "done");
        assert_eq!(undo(&wang, &merged)["state"], "undoing");
        app.run_jobs();
        assert_eq!((counted(&one), counted(&other)), (0, MANY as i64));
    }

    fn the_first_contact_of_a_large_one_is_not_first_beside_another(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let one = create(&wang, json!({ "name": "华盛机械", "contacts": [{ "name": "张伟" }] }));
        let other = create(&wang, json!({ "name": "华盛机械厂", "contacts": [{ "name": "李娜" }] }));
        let (who, loser): (_, uuid::Uuid) = (app.principal("wang"), other.parse().expect("an id"));
        let contact = app.write(move |tx| {
            let id = crate::kernel::Id::from_uuid(loser);
            let first = crate::customers::contacts::of_customer(tx, id)?.remove(0);
            // So many that the first contact, written anew at the end, moves in a later step.
            for n in 0..1_100 {
                Contact { name: format!("第{n}位"), ..crate::customers::contacts::draft::blank(&who, id) }.insert(tx)?;
            }
            tx.execute(&LAST, &[&first.id, &id, &uuid::Uuid::max()])?;
            Ok(first.id)
        });
        let merged = merge(&wang, &one, &other, &[]);
        assert_eq!(merged["state"], "moving");
        app.run_jobs();
        let id: uuid::Uuid = one.parse().expect("an id");
        let firsts = |id: uuid::Uuid| app.read(move |tx| Ok::<_, store::Error>(tx.query(&FIRSTS, &[&id])?.len()));
        assert_eq!(firsts(id), 1, "{contact:?}");
        undo(&wang, &merged);
        app.run_jobs();
        assert_eq!((firsts(id), firsts(loser)), (1, 1));
    }

    fn the_relations_of_a_large_group_move_in_steps_and_go_for_good_in_steps(db) {
        use crate::customers::relations::Relation;
        const MANY: usize = 450;
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let (one, other) = (create(&wang, json!({ "name": "华盛集团" })), create(&wang, json!({ "name": "华盛控股" })));
        let (who, head) = (app.principal("wang"), crate::kernel::Id::from_uuid(other.parse().expect("an id")));
        app.write(move |tx| {
            for _ in 0..MANY {
                // Rows are enough: nobody asks who it is.
                let member = crate::kernel::Id::from_uuid(uuid::Uuid::now_v7());
                let below = Relation { id: crate::kernel::Id::new(), customer_id: head, other_id: member,
                    kind: crate::customers::relations::RelationKind::Subsidiary, note: None, created_by: who.user, created_at: who.now };
                below.insert(tx)?;
                let above = Relation { customer_id: member, other_id: head, kind: below.kind.mirrored(), ..below };
                above.insert(tx)?;
            }
            Ok(())
        });
        let counted = || {
            let ids: [uuid::Uuid; 2] = [&one, &other].map(|id| id.parse().expect("an id"));
            app.read(move |tx| {
                let mut counts = Vec::new();
                for id in ids {
                    counts.push((tx.query_one(&RELATIONS, &[&id])?.get::<i64>(0)?, tx.query_one(&MIRRORED, &[&id])?.get::<i64>(0)?));
                }
                Ok::<_, store::Error>(counts)
            })
        };
        let many = MANY as i64;
        let merged = merge(&wang, &one, &other, &[]);
        assert_eq!((&merged["state"], counted()), (&json!("moving"), vec![(200, 200), (many - 200, many - 200)]));
        app.run_jobs();
        assert_eq!(counted(), [(many, many), (0, 0)]);
        undo(&wang, &merged);
        app.run_jobs();
        assert_eq!(counted(), [(0, 0), (many, many)]);
        merge(&wang, &one, &other, &[]);
        app.run_jobs();
        let id: uuid::Uuid = one.parse().expect("an id");
        let system = app.system();
        let more = app.write(move |tx| crate::customers::bin::purge_some(tx, &system, id, 300));
        assert_eq!((more, counted()[0]), (true, (many - 300, many - 300)), "from both sides, some at a time");
    }

    fn merging_under_load_loses_nothing(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let (one, other) = (create(&wang, json!({ "name": "华盛机械" })), create(&wang, json!({ "name": "华盛机械厂" })));
        let (stop, count) = (AtomicBool::new(false), AtomicUsize::new(0));
        let written: Vec<(String, String)> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..6).map(|number| {
                let (app, stop, count, mine) = (&app, &stop, &count, if number % 2 == 0 { &one } else { &other });
                scope.spawn(move || write_until(app, (stop, count), mine, number))
            }).collect();
            wait_for(&count, 20);
            let merged = loop {
                // Whoever writes at the same time changes versions; a person would look again.
                let body = json!({ "loser_id": other, "loser_version": version(&wang, &other) });
                let call = wang.request(Method::POST, &format!("{}/merges", path(&one))).version(version(&wang, &one));
                let reply = call.json(body).send();
                if reply.status.is_success() {
                    break reply.body;
                }
            };
            assert_eq!(merged["customer_id"], json!(one));
            let before = count.load(Ordering::SeqCst);
            wait_for(&count, before + 20);
            stop.store(true, Ordering::SeqCst);
            writers.into_iter().flat_map(|writer| writer.join().expect("no panic")).collect()
        });
        app.run_jobs();
        assert!(written.len() > 20, "only {} writes", written.len());
        let all: std::collections::HashMap<&str, Vec<String>> = [("interactions", &one), ("todos", &one)].into_iter()
            .map(|(what, id)| (what, whole(&wang, what, id))).collect();
        let people: Vec<String> = items(&wang, &format!("{}/contacts", path(&one))).iter().map(id_of).collect();
        for (what, id) in &written {
            let there = all.get(what.as_str()).unwrap_or(&people);
            assert_eq!(there.iter().filter(|known| *known == id).count(), 1, "{what} {id}");
        }
        assert_eq!(left(&app, &other), 0, "something was left behind");
    }
}

/// Until so many writes are acknowledged.
fn wait_for(count: &AtomicUsize, enough: usize) {
    while count.load(Ordering::SeqCst) < enough {
        std::thread::yield_now();
    }
}

/// All records of a customer, page by page.
fn whole(session: &Session<'_>, what: &str, customer: &str) -> Vec<String> {
    let filter = format!("%5B%5B%22customer%22%2C%22eq%22%2C%22{customer}%22%5D%5D");
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = session.get(&format!("/{what}?limit=200&filter={filter}{cursor}")).ok();
        ids.extend(page["items"].as_array().expect("items").iter().map(id_of));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

/// Writes all kinds of records to a customer, following where it leads; answers what was acknowledged.
fn write_until(
    app: &TestApp,
    (stop, count): (&AtomicBool, &AtomicUsize),
    customer: &str,
    number: usize,
) -> Vec<(String, String)> {
    let session = app.sign_in("wang");
    let mut written = Vec::new();
    let mut turn = number;
    while !stop.load(Ordering::SeqCst) {
        turn += 1;
        let (what, place, body) = match turn % 3 {
            0 => (
                "interactions",
                format!("/customers/{customer}/interactions"),
                json!({ "kind": "phone", "at": "2026-11-23T01:00:00Z", "content": "边合并边写" }),
            ),
            1 => ("contacts", format!("/customers/{customer}/contacts"), json!({ "name": "某人" })),
            _ => ("todos", "/todos".to_owned(), json!({ "title": "边合并边写", "customer_id": customer })),
        };
        let mut reply = session.post(&place, body.clone());
        if reply.status.as_u16() == 308 {
            let location = reply.text_header(header::LOCATION).to_owned();
            reply = session.post(&location, body);
        }
        if reply.status.is_success() {
            written.push((what.to_owned(), id_of(&reply.body)));
            count.fetch_add(1, Ordering::SeqCst);
        }
    }
    written
}
