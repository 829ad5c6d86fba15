use serde_json::json;
use store::{Db, Entity as _, Tx};
use uuid::Uuid;

use super::*;
use crate::kernel::{Entity, Result};
use crate::platform::vault::{Column, Kind, Vault};
use crate::testing::TestApp;

store::statements! {
    UNGUARD_UPDATE = sqlite "drop trigger audit_no_update";
    UNGUARD_DELETE = sqlite "drop trigger audit_no_delete";
    UNGUARD = postgres "alter table audit disable trigger user";
    EDIT = "update audit set changes = $2 where seq = $1";
    RENAME = "update audit set actor_name = $2 where seq = $1";
    REMOVE = "delete from audit where seq = $1";
    MOVE = "update audit set seq = $2 where seq = $1";
    COUNT = "select count(*) from audit";
    EMPTY = "update audit set changes = '{}', salt = null, erased_at = $2 where seq = $1";
    PLAIN = "update audit set salt = null, changes_digest = null where seq = $1";
    REHASH = "update audit set prev_hash = $2, hash = $3 where seq = $1";
    ENTRY = select AuditEntry where "seq = $1";
}

fn write(db: &Db, count: usize) {
    db.write_blocking(move |tx| {
        for n in 0..count {
            let entry = Entry {
                at: "2026-11-23T01:30:00Z".parse().expect("instant"),
                actor: None,
                actor_name: "李四",
                request: &crate::platform::grant::Request::default(),
                action: "update",
                entity: Entity::Customer,
                entity_id: Uuid::from_u128(n as u128),
                customer: None,
                changes: json!({ "name": ["old", n] }),
            };
            append(tx, entry)?;
        }
        Ok::<_, crate::kernel::Error>(())
    })
    .expect("written");
}

fn check(db: &Db, noted: Option<String>) -> Verdict {
    db.read_blocking(move |tx| verify(tx, noted.as_deref())).expect("verified")
}

fn unguard(tx: &mut Tx<'_>) -> Result<()> {
    if tx.is_postgres() {
        tx.execute(&UNGUARD, &[])?;
    } else {
        tx.execute(&UNGUARD_UPDATE, &[])?;
        tx.execute(&UNGUARD_DELETE, &[])?;
    }
    Ok(())
}

/// [`tamper`] where the guards are down already.
fn tamper_again(db: &Db, body: impl Fn(&mut Tx<'_>) -> Result<()> + Send + 'static) {
    db.write_blocking(body).expect("tampered");
}

fn tamper(db: &Db, body: impl Fn(&mut Tx<'_>) -> Result<()> + Send + 'static) {
    db.write_blocking(move |tx| {
        unguard(tx)?;
        body(tx)
    })
    .expect("tampered");
}

store::db_test! {
    crate::app::MIGRATIONS;
    fn an_untouched_chain_is_intact(db) {
        assert!(matches!(check(&db, None), Verdict::Intact { rows: 0, .. }));
        write(&db, 3);
        let Verdict::Intact { rows: 3, head, erased: 0 } = check(&db, None) else { panic!("broken") };
        write(&db, 1200);
        assert!(matches!(check(&db, Some(head.to_uppercase())), Verdict::Intact { rows: 1203, .. }));
    }

    fn an_edited_entry_is_found(db) {
        write(&db, 5);
        tamper(&db, |tx| Ok(tx.execute(&EDIT, &[&3i64, &"{}"]).map(drop)?));
        assert_eq!(check(&db, None), Verdict::Broken { seq: 3, reason: Fault::Altered });
    }

    fn a_renamed_actor_is_found(db) {
        write(&db, 5);
        tamper(&db, |tx| Ok(tx.execute(&RENAME, &[&1i64, &"王五"]).map(drop)?));
        assert_eq!(check(&db, None), Verdict::Broken { seq: 1, reason: Fault::Altered });
    }

    fn a_removed_entry_is_found(db) {
        write(&db, 5);
        tamper(&db, |tx| Ok(tx.execute(&REMOVE, &[&2i64]).map(drop)?));
        assert_eq!(check(&db, None), Verdict::Broken { seq: 3, reason: Fault::Gap });
    }

    fn a_removed_entry_with_closed_ranks_is_found(db) {
        write(&db, 5);
        tamper(&db, |tx| {
            tx.execute(&REMOVE, &[&4i64])?;
            Ok(tx.execute(&MOVE, &[&5i64, &4i64]).map(drop)?)
        });
        assert_eq!(check(&db, None), Verdict::Broken { seq: 4, reason: Fault::Unlinked });
    }

    fn swapped_entries_are_found(db) {
        write(&db, 5);
        tamper(&db, |tx| {
            for (from, to) in [(2i64, 99i64), (3, 2), (99, 3)] {
                tx.execute(&MOVE, &[&from, &to])?;
            }
            Ok(())
        });
        assert_eq!(check(&db, None), Verdict::Broken { seq: 2, reason: Fault::Unlinked });
    }

    fn a_cut_tail_is_found_by_the_head_noted_before(db) {
        write(&db, 5);
        let Verdict::Intact { head, .. } = check(&db, None) else { panic!("broken") };
        tamper(&db, |tx| Ok(tx.execute(&REMOVE, &[&5i64]).map(drop)?));
        assert!(matches!(check(&db, None), Verdict::Intact { rows: 4, .. }), "a shorter chain is whole in itself");
        assert!(matches!(check(&db, Some(head)), Verdict::HeadMissing { rows: 4, .. }));
    }

    fn the_database_refuses_to_change_or_remove_entries(db) {
        write(&db, 2);
        for seq in [1i64, 2] {
            assert!(db.write_blocking(move |tx| tx.execute(&EDIT, &[&seq, &"{}"])).is_err());
            assert!(db.write_blocking(move |tx| tx.execute(&REMOVE, &[&seq])).is_err());
        }
        assert!(matches!(check(&db, None), Verdict::Intact { rows: 2, .. }));
    }

    fn what_is_erased_is_gone_and_the_chain_is_whole(db) {
        write(&db, 5);
        let Verdict::Intact { head, .. } = check(&db, None) else { panic!("broken") };
        let erase = |db: &Db| {
            db.write_blocking(|tx| {
                let vault = std::sync::Arc::new(Vault::from_root(&[7; 32]));
                let who = crate::platform::access::system(jiff::Timestamp::UNIX_EPOCH, &vault);
                erase_some(tx, &who, (&[(Uuid::from_u128(7), Some(Uuid::from_u128(2)))], &[]), &[], 100)
            })
        };
        assert!(erase(&db).expect("erased"));
        assert!(!erase(&db).expect("nothing is left"));
        assert!(matches!(check(&db, Some(head)), Verdict::Intact { rows: 6, erased: 1, .. }));
        let told = db.read_blocking(|tx| of_record(tx, Uuid::from_u128(2), 9)).expect("read");
        assert_eq!((told[0].changes.as_str(), &told[0].salt, told[0].actor_name.as_str()), ("{}", &None, "李四"));
        assert!(db.write_blocking(|tx| tx.execute(&RENAME, &[&3i64, &"王五"])).is_err(), "what stays stays guarded");
    }

    fn a_colleague_of_the_same_name_keeps_their_entries(db) {
        let about = |entity| Entry {
            at: jiff::Timestamp::UNIX_EPOCH,
            actor: None,
            actor_name: "",
            request: Box::leak(Box::default()),
            action: "update",
            entity,
            entity_id: Uuid::nil(),
            customer: None,
            changes: json!({ "name": "王芳" }),
        };
        let erased = db.write_blocking(move |tx| {
            append(tx, about(Entity::User))?;
            append(tx, about(Entity::View))?;
            let vault = std::sync::Arc::new(Vault::from_root(&[7; 32]));
            let who = crate::platform::access::system(jiff::Timestamp::UNIX_EPOCH, &vault);
            erase_some(tx, &who, (&[], &[]), &["王芳".to_owned()], 100)?;
            of_record(tx, Uuid::nil(), 9)
        });
        let told: Vec<_> = erased.expect("erased").into_iter().map(|entry| (entry.entity, entry.changes)).collect();
        assert_eq!(told[1..], [("view".to_owned(), "{}".to_owned()), ("user".to_owned(), "{\"name\":\"王芳\"}".to_owned())]);
    }

    fn what_is_emptied_without_a_word_is_found(db) {
        write(&db, 3);
        db.write_blocking(|tx| Ok::<_, crate::kernel::Error>(tx.execute(&EMPTY, &[&2i64, &1i64])?)).expect("the database lets it pass");
        assert_eq!(check(&db, None), Verdict::Broken { seq: 2, reason: Fault::Emptied });
    }

    fn entries_of_the_first_form_are_checked_too(db) {
        write(&db, 2);
        tamper(&db, |tx| {
            // As an older program wrote them.
            for seq in [1i64, 2] {
                tx.execute(&PLAIN, &[&seq])?;
                let mut entry = AuditEntry::one(tx, &ENTRY, &[&seq])?.expect("the entry");
                let before = AuditEntry::one(tx, &ENTRY, &[&(seq - 1)])?;
                entry.prev_hash = before.map_or(rules::ORIGIN.to_vec(), |before| before.hash);
                let hash = rules::digest(&entry).to_vec();
                tx.execute(&REHASH, &[&seq, &entry.prev_hash, &hash])?;
            }
            Ok(())
        });
        assert!(matches!(check(&db, None), Verdict::Intact { rows: 2, .. }));
        tamper_again(&db, |tx| Ok(tx.execute(&EDIT, &[&1i64, &"{\"name\":\"x\"}"]).map(drop)?));
        assert_eq!(check(&db, None), Verdict::Broken { seq: 1, reason: Fault::Altered });
    }

    fn writers_side_by_side_make_one_chain(db) {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let db = db.clone();
                scope.spawn(move || (0..25).for_each(|_| write(&db, 1)));
            }
        });
        assert!(matches!(check(&db, None), Verdict::Intact { rows: 100, .. }));
    }

    fn a_change_that_fails_leaves_no_entry(db) {
        let failed = db.write_blocking(|tx| {
            let request = crate::platform::grant::Request::default();
            let entry = Entry {
                at: jiff::Timestamp::UNIX_EPOCH,
                actor: None,
                actor_name: "",
                request: &request,
                action: "update",
                entity: Entity::Customer,
                entity_id: Uuid::nil(),
                customer: None,
                changes: json!({}),
            };
            append(tx, entry)?;
            Err::<(), _>(crate::kernel::Error::invalid("no"))
        });
        assert!(failed.is_err());
        let count = db.read_blocking(|tx| tx.query_one(&COUNT, &[])?.get::<i64>(0)).expect("counted");
        assert_eq!(count, 0);
    }
}

#[test]
fn personal_values_are_named_not_told() {
    let vault = Vault::from_root(&[7; 32]);
    let column = Column::new("customer", "phone", "customer.phone", Kind::Phone);
    let mut changes = Changes::new();
    changes.field("name", &"华盛", &"华盛集团").field("source", &"web", &"web");
    changes.personal(&vault, &column, Some("13800138000"), Some("13900139000"));
    assert_eq!(changes.fields().collect::<Vec<_>>(), ["name", "phone"]);
    let text = serde_json::Value::from(changes).to_string();
    assert!(text.contains("华盛集团") && text.contains("digest"));
    assert!(!text.contains("13800138000") && !text.contains("13900139000"));
}

store::db_test! {
    crate::app::MIGRATIONS;
    fn no_entry_fills_the_log(db) {
        let app = TestApp::new(&db);
        app.write(|tx| {
            let entry = Entry {
                at: jiff::Timestamp::UNIX_EPOCH,
                actor: None,
                actor_name: "",
                request: &crate::platform::grant::Request::default(),
                action: "trace_export",
                entity: Entity::Release,
                entity_id: Uuid::nil(),
                customer: None,
                changes: json!({ "codes": vec!["DC-7K2M9-Q4XTB"; 1_000_000] }),
            };
            append(tx, entry)
        });
        let kept = app.read(|tx| of_record(tx, Uuid::nil(), 1));
        assert!(kept[0].changes.len() < 64 << 10, "{}", kept[0].changes.len());
        assert!(matches!(check(&db, None), Verdict::Intact { .. }));
        // As an older program wrote it.
        app.write(|tx| {
            let mut entry = of_record(tx, Uuid::nil(), 1)?.remove(0);
            (entry.seq, entry.id) = (entry.seq + 1, Uuid::now_v7());
            entry.changes = json!({ "codes": vec!["DC-7K2M9-Q4XTB"; 1_000_000] }).to_string();
            Ok(entry.insert(tx)?)
        });
        let answer = app.sign_in("auditor").get("/audit?limit=50");
        assert!(answer.bytes.len() < 64 << 10, "{}", answer.bytes.len());
        let entries = answer.ok();
        let cut = entries["items"].as_array().expect("items").iter().filter(|entry| entry["cut"] == true);
        assert!(cut.clone().all(|entry| entry["changes"]["codes"][0] == "DC-7K2M9-Q4XTB"));
        assert!(cut.count() >= 1);
    }

    fn auditors_read_and_check_and_others_do_not(db) {
        let app = TestApp::new(&db);
        let (auditor, li) = (app.sign_in("auditor"), app.sign_in("li"));
        assert_eq!(li.get("/audit").refused(403), "forbidden");
        assert_eq!(li.get("/audit/verify").refused(403), "forbidden");
        let refusals = auditor.get("/audit?filter=[[%22action%22,%22eq%22,%22refused%22]]&limit=1").ok();
        assert_eq!(refusals["items"][0]["actor_name"], "李雷");
        let next = refusals["next"].as_str().expect("a second one").to_owned();
        let rest = auditor.get(&format!("/audit?filter=[[%22action%22,%22eq%22,%22refused%22]]&cursor={next}")).ok();
        assert_eq!((rest["items"].as_array().map(Vec::len), rest["next"].is_null()), (Some(1), true));
        let verdict = auditor.get("/audit/verify").ok();
        assert_eq!(verdict["outcome"], "intact");
        let head = verdict["head"].as_str().expect("a head").to_owned();
        assert_eq!(auditor.get(&format!("/audit/verify?head={head}")).ok()["outcome"], "intact");
        assert_eq!(auditor.get("/audit/verify?head=00").ok()["outcome"], "head_missing");
        assert_eq!(auditor.get("/audit?sort=ip").refused(422), "query.invalid");
    }
}
