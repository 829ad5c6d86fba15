//! Attachments through their HTTP door, on both databases. The scanner in these tests is a small server of our own that
//! speaks clamd's protocol over a real socket and knows the test virus; a real clamd is not needed to run them.

use std::io::{Read, Write};
use std::net::TcpListener;

use axum::http::{Method, header};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::Entity as _;
use store::jobs::{self, NewJob};

use super::sweep::{CHECK, KIND};
use crate::customers::merges::ROWS_AT_ONCE;
use crate::engagement::interactions::Interaction;
use crate::kernel::Id;
use crate::testing::{Reply, Session, TestApp};

const PDF: &[u8] = b"%PDF-1.7\n%signed page";
const EICAR: &[u8] = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

/// What this scanner takes for too large.
const TOO_LARGE: &[u8] = b"a large text";

store::statements! {
    TALKS = select Interaction where "customer_id = $1 and id = $2";
}

fn id_of(made: &Value) -> String {
    made["id"].as_str().expect("an id").to_owned()
}

fn customer(session: &Session<'_>, name: &str) -> String {
    id_of(&session.post("/customers", json!({ "name": name })).created())
}

fn contact(session: &Session<'_>, customer: &str) -> String {
    id_of(&session.post(&format!("/customers/{customer}/contacts"), json!({ "name": "张伟" })).created())
}

fn talk(session: &Session<'_>, customer: &str) -> String {
    let talk = json!({ "kind": "visit", "at": "2026-11-23T01:00:00Z", "content": "看了样品" });
    id_of(&session.post(&format!("/customers/{customer}/interactions"), talk).created())
}

fn upload(session: &Session<'_>, customer: &str, of: &str, name: &str, content: &[u8]) -> Reply {
    session.request(Method::POST, &format!("/customers/{customer}/attachments?{of}")).file(name, content).send()
}

fn hang(session: &Session<'_>, customer: &str, name: &str, content: &[u8]) -> String {
    id_of(&upload(session, customer, "of_kind=customer", name, content).created())
}

fn names(session: &Session<'_>, customer: &str) -> Vec<String> {
    let found = session.get(&format!("/customers/{customer}/attachments")).ok();
    let items = found["items"].as_array().expect("items").iter();
    items.map(|item| item["name"].as_str().expect("a name").to_owned()).collect()
}

fn png() -> Vec<u8> {
    // One red pixel.
    let hex = "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415478da63f8cfc0000003010100f70341430000000049454e44ae426082";
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
}

/// Everything that lies in the folder of files.
fn on_disk(app: &TestApp) -> Vec<Vec<u8>> {
    let digests = app.app.files.digests().expect("listed");
    digests.iter().map(|digest| std::fs::read(app.app.files.place(digest)).expect("read")).collect()
}

fn comes_round(app: &TestApp, kind: &'static str) {
    let at = app.app.clock.now();
    app.write(move |tx| {
        jobs::enqueue(tx, NewJob { kind, once_key: None, asked_by: None, payload: json!({}), run_at: at })?;
        Ok(())
    });
    app.run_jobs();
}

fn settings(app: &TestApp, attachments: Value) -> Reply {
    let admin = app.sign_in("admin");
    let mut settings = admin.get("/settings").ok();
    let version = settings["version"].as_i64().expect("a version");
    settings["attachments"] = attachments;
    admin.put("/settings", version, settings)
}

/// Speaks clamd's protocol: reads a stream, answers, and goes on to the next.
fn scanner() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut command = [0; 10];
            stream.read_exact(&mut command).expect("a command");
            assert_eq!(&command, b"zINSTREAM\0");
            let mut content = Vec::new();
            loop {
                let mut length = [0; 4];
                stream.read_exact(&mut length).expect("a length");
                let mut piece = vec![0; u32::from_be_bytes(length) as usize];
                stream.read_exact(&mut piece).expect("a piece");
                if piece.is_empty() {
                    break;
                }
                content.extend(piece);
            }
            let answer: &[u8] = match () {
                () if content == TOO_LARGE => b"INSTREAM size limit exceeded. ERROR\0",
                () if content.windows(EICAR.len()).any(|part| part == EICAR) => b"stream: Eicar-Test-Signature FOUND\0",
                () => b"stream: OK\0",
            };
            stream.write_all(answer).expect("answered");
        }
    });
    address
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn a_file_hangs_on_a_record_and_comes_back(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        let person = contact(&li, &id);
        let talk = talk(&li, &id);
        let made = upload(&li, &id, &format!("of_kind=interaction&of_id={talk}"), "签字页.pdf", PDF).created();
        assert_eq!((&made["of_kind"], &made["of_id"], &made["bytes"]), (&json!("interaction"), &json!(talk), &json!(PDF.len())));
        upload(&li, &id, &format!("of_kind=contact&of_id={person}"), "名片.png", &png()).created();
        hang(&li, &id, "../../营业执照.pdf", PDF);
        assert_eq!(names(&li, &id), ["营业执照.pdf", "名片.png", "签字页.pdf"]);
        let path = format!("/customers/{id}/attachments/{}/file", id_of(&made));
        let file = li.get(&path);
        assert_eq!(file.bytes, PDF);
        assert_eq!(file.text_header(header::CONTENT_TYPE), "application/pdf");
        assert!(file.text_header(header::CONTENT_DISPOSITION).starts_with("attachment;"));
        assert_eq!(file.text_header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert!(file.text_header(header::CONTENT_SECURITY_POLICY).starts_with("sandbox;"));
        let part = li.request(Method::GET, &path).header("range", "bytes=0-0,1-1,2-2").send();
        assert_eq!(part.refused(416), "attachment.no_ranges");
        let found = li.get(&format!("/customers/{id}/attachments")).ok();
        let picture = &found["items"][1];
        assert_eq!((&picture["small"], &made["small"]), (&json!(true), &json!(false)));
        let small = li.get(&format!("/customers/{id}/attachments/{}/small", id_of(picture)));
        assert!(small.bytes.starts_with(b"\xff\xd8\xff"));
        assert_eq!(small.text_header(header::CONTENT_TYPE), "image/jpeg");
        assert_eq!(small.text_header(header::CACHE_CONTROL), "no-store", "it may be removed, or found infected, at any moment");
        // The same page twice is kept once, and nothing lies open on the disk.
        let disk = on_disk(&app);
        assert_eq!(disk.len(), 3);
        assert!(disk.iter().all(|content| !content.windows(6).any(|part| part == b"signed" || part == b"%PDF-1" || part == b"IDAT\x78\x9c")));
    }

    fn what_is_not_what_it_says_is_refused_and_leaves_nothing(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        for (name, content, code) in [
            ("a.png", &b"<html><script>alert(1)</script>"[..], "attachment.kind_differs"),
            ("a.jpg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "attachment.kind_differs"),
            ("a.html", b"<html>", "attachment.kind_not_taken"),
            ("a.pdf", b"", "attachment.empty"),
            ("a.zip", b"PK\x03\x04rubbish", "attachment.damaged"),
        ] {
            assert_eq!(upload(&li, &id, "of_kind=customer", name, content).refused(422), code, "{name}");
        }
        settings(&app, json!({ "most_mib": 1 })).ok();
        let large = [PDF, &vec![b'x'; 1 << 20]].concat();
        assert_eq!(upload(&li, &id, "of_kind=customer", "a.pdf", &large).refused(413), "attachment.too_large");
        assert_eq!(upload(&li, &id, "of_kind=spaceship", "a.pdf", PDF).fault(), "of_kind: unknown");
        let nothing = "of_kind=contact&of_id=01890000-0000-7000-8000-000000000001";
        assert_eq!(upload(&li, &id, nothing, "a.pdf", PDF).fault(), "of_id: unknown");
        assert!(names(&li, &id).is_empty() && on_disk(&app).is_empty());
        assert_eq!(settings(&app, json!({ "most_mib": 0 })).fault(), "attachments.most_mib: number.out_of_range");
        assert_eq!(settings(&app, json!({ "scanner": "http://x" })).fault(), "attachments.scanner: invalid");
    }

    fn hostile_names_are_only_shown(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        for (name, shown) in [
            ("..\\..\\windows\\a.pdf", "a.pdf"),
            ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
            ("=cmd|' /C calc'!A0.pdf", "C calc'!A0.pdf"),
            ("甲乙丙.PDF", "甲乙丙.PDF"),
        ] {
            let made = upload(&li, &id, "of_kind=customer", name, PDF).created();
            assert_eq!(made["name"], shown);
            let file = li.get(&format!("/customers/{id}/attachments/{}/file", id_of(&made)));
            let disposition = file.text_header(header::CONTENT_DISPOSITION);
            assert!(!disposition.contains(['<', '/', '\\', '\r', '\n']), "{disposition}");
        }
    }

    fn a_file_is_there_for_who_reads_its_record(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        let on_talk = id_of(&upload(&li, &id, &format!("of_kind=interaction&of_id={}", talk(&li, &id)), "a.pdf", PDF).created());
        let own = hang(&li, &id, "b.pdf", PDF);
        let path = |file: &str, what: &str| format!("/customers/{id}/attachments/{file}{what}");
        let sun = app.sign_in("sun");
        for call in [sun.get(&format!("/customers/{id}/attachments")), sun.get(&path(&own, "/file")), sun.get(&path(&own, "/small")),
            sun.delete(&path(&own, "")), sun.post(&path(&own, "/restore"), json!({})), upload(&sun, &id, "of_kind=customer", "a.pdf", PDF)] {
            assert_eq!(call.refused(404), "not_found");
        }
        // The service desk reads all customers and changes contacts and records of contacts, not the archive.
        let chen = app.sign_in("chen");
        assert_eq!(names(&chen, &id).len(), 2);
        assert_eq!(upload(&chen, &id, "of_kind=customer", "a.pdf", PDF).refused(403), "forbidden");
        assert_eq!(chen.delete(&path(&own, "")).refused(403), "forbidden");
        assert_eq!(chen.get(&path(&on_talk, "/file")).bytes, PDF);
        // Another customer's id leads nowhere.
        let other = customer(&li, "瑞丰食品");
        assert_eq!(li.get(&format!("/customers/{other}/attachments/{own}/file")).refused(404), "not_found");
        let filter: String = "[[\"action\",\"eq\",\"open_attachment\"]]".bytes().map(|byte| format!("%{byte:02X}")).collect();
        let opened = app.sign_in("auditor").get(&format!("/audit?filter={filter}")).ok();
        assert_eq!(opened["items"].as_array().expect("items").len(), 1);
    }

    fn a_file_goes_with_its_record_and_for_good_after_a_month(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        let talk = talk(&li, &id);
        let on_talk = id_of(&upload(&li, &id, &format!("of_kind=interaction&of_id={talk}"), "a.pdf", PDF).created());
        let own = hang(&li, &id, "b.png", &png());
        let path = format!("/customers/{id}/attachments/{own}");
        li.delete(&path).ok();
        assert_eq!(li.get(&format!("{path}/file")).refused(404), "not_found");
        li.post(&format!("{path}/restore"), json!({})).ok();
        li.get(&format!("{path}/file")).ok();
        li.delete(&path).ok();
        li.delete(&format!("/customers/{id}/interactions/{talk}")).ok();
        assert_eq!(li.get(&format!("/customers/{id}/attachments/{on_talk}/file")).refused(404), "not_found");
        assert!(names(&li, &id).is_empty());
        comes_round(&app, KIND);
        let rows = |app: &TestApp| app.read(|tx| Ok::<_, crate::kernel::Error>(crate::platform::files::digests(tx)?.len()));
        assert_eq!(rows(&app), 3, "what hangs on something in the recycle bin is kept with it");
        app.pass(SignedDuration::from_hours(24 * 30 + 1));
        comes_round(&app, "platform.bin.sweep");
        comes_round(&app, KIND);
        assert_eq!(rows(&app), 1, "what was removed by itself has had its month");
        app.pass(SignedDuration::from_hours(24 * 30 + 1));
        comes_round(&app, KIND);
        assert_eq!(rows(&app), 0);
    }

    fn files_move_when_customers_become_one(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("wang");
        let kept = customer(&li, "华盛机械");
        let gone = id_of(&li.post("/customers", json!({ "name": "瑞丰食品" })).created());
        let person = contact(&li, &gone);
        upload(&li, &gone, &format!("of_kind=contact&of_id={person}"), "a.pdf", PDF).created();
        hang(&li, &gone, "b.pdf", PDF);
        let version = |id: &str| li.get(&format!("/customers/{id}")).ok()["version"].as_i64().expect("a version");
        let body = json!({ "loser_id": gone, "loser_version": version(&gone), "take": [], "reason": "同一家" });
        let call = li.request(Method::POST, &format!("/customers/{kept}/merges")).version(version(&kept));
        call.json(body).send().ok();
        app.run_jobs();
        assert_eq!(names(&li, &kept), ["b.pdf", "a.pdf"]);
    }

    fn a_scanner_is_asked_and_a_file_waits_while_it_is_away(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        // A port where nobody listens any more.
        let away = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
        settings(&app, json!({ "scanner": away.to_string() })).ok();
        let clean = upload(&li, &id, "of_kind=customer", "a.pdf", PDF).created();
        let sick = upload(&li, &id, "of_kind=customer", "b.txt", EICAR).created();
        assert_eq!((&clean["state"], &sick["state"]), (&json!("unchecked"), &json!("unchecked")));
        let path = |made: &Value| format!("/customers/{id}/attachments/{}/file", id_of(made));
        assert_eq!(li.get(&path(&clean)).refused(409), "attachment.unchecked");
        comes_round(&app, CHECK);
        assert_eq!(li.get(&path(&clean)).refused(409), "attachment.unchecked");
        settings(&app, json!({ "scanner": scanner().to_string() })).ok();
        comes_round(&app, CHECK);
        assert_eq!(li.get(&path(&clean)).bytes, PDF);
        assert_eq!(li.get(&path(&sick)).refused(409), "attachment.infected");
        let found = li.get(&format!("/customers/{id}/attachments")).ok();
        assert_eq!(found["items"][0]["finding"], "Eicar-Test-Signature");
        assert_eq!(upload(&li, &id, "of_kind=customer", "c.txt", EICAR).refused(422), "attachment.refused_infected");
        assert_eq!(upload(&li, &id, "of_kind=customer", "d.pdf", PDF).created()["state"], "fine");
    }

    fn a_file_on_a_record_follows_the_rule_of_the_record(db) {
        let app = TestApp::new(&db);
        let (li, chen) = (app.sign_in("li"), app.sign_in("chen"));
        let id = customer(&li, "华盛机械");
        let theirs = talk(&chen, &id);
        let of = format!("of_kind=interaction&of_id={theirs}");
        let page = id_of(&upload(&chen, &id, &of, "a.pdf", PDF).created());
        let record = format!("/customers/{id}/interactions/{theirs}");
        let file = format!("/customers/{id}/attachments/{page}");
        assert_eq!(li.delete(&record).refused(403), "forbidden");
        assert_eq!(li.delete(&file).refused(403), "forbidden", "whose record it is decides");
        assert_eq!(upload(&li, &id, &of, "b.pdf", PDF).refused(403), "forbidden");
        assert_eq!(li.get(&format!("{file}/file")).bytes, PDF);
        let removable = |session: &Session<'_>| session.get(&format!("/customers/{id}/attachments")).ok()["items"][0]["removable"].clone();
        assert_eq!((removable(&li), removable(&chen)), (json!(false), json!(true)));
        chen.delete(&file).ok();
    }

    fn files_are_left_alone_while_a_merge_moves_their_records(db) {
        let app = TestApp::new(&db);
        let wang = app.sign_in("wang");
        let (kept, gone) = (customer(&wang, "华盛机械"), customer(&wang, "瑞丰食品"));
        let (from, now) = (gone.parse::<uuid::Uuid>().expect("an id"), app.clock.now());
        let first = talk(&wang, &gone).parse::<uuid::Uuid>().expect("an id");
        let last = app.write(move |tx| {
            let one = Interaction::all(tx, &TALKS, &[&from, &first])?.remove(0);
            let mut last = first;
            for _ in 0..ROWS_AT_ONCE {
                let more = Interaction { id: Id::new(), ..one.clone() };
                more.insert(tx)?;
                last = more.id.uuid();
            }
            Ok(last)
        });
        upload(&wang, &gone, &format!("of_kind=interaction&of_id={last}"), "a.pdf", PDF).created();
        let version = |id: &str| wang.get(&format!("/customers/{id}")).ok()["version"].as_i64().expect("a version");
        let body = json!({ "loser_id": gone, "loser_version": version(&gone), "take": [], "reason": "同一家" });
        wang.request(Method::POST, &format!("/customers/{kept}/merges")).version(version(&kept)).json(body).send().ok();
        // The merge has made its first step; its job waits while the sweep comes round.
        app.write(move |tx| crate::customers::attachments::sweep::follow(tx, &crate::platform::access::system(now, &std::sync::Arc::new(
            crate::platform::vault::Vault::from_root(&[7; 32]))), (uuid::Uuid::nil(), uuid::Uuid::nil())).map(drop));
        app.run_jobs();
        assert_eq!(names(&wang, &kept), ["a.pdf"]);
    }

    fn one_that_the_scanner_will_not_take_stops_no_other(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let id = customer(&li, "华盛机械");
        let away = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
        settings(&app, json!({ "scanner": away.to_string() })).ok();
        let large = upload(&li, &id, "of_kind=customer", "a.txt", TOO_LARGE).created();
        app.pass(SignedDuration::from_secs(1));
        let small = upload(&li, &id, "of_kind=customer", "b.txt", EICAR).created();
        settings(&app, json!({ "scanner": scanner().to_string() })).ok();
        comes_round(&app, CHECK);
        let found = li.get(&format!("/customers/{id}/attachments")).ok();
        let of = |made: &Value| {
            let mut items = found["items"].as_array().expect("items").iter();
            let one = items.find(|item| item["id"] == made["id"]).expect("the file");
            (one["state"].clone(), one["finding"].clone())
        };
        assert_eq!(of(&large), (json!("unchecked"), json!("INSTREAM size limit exceeded. ERROR")));
        assert_eq!(of(&small).0, "infected");
        assert!(li.get("/notifications").text().contains("attachment_infected"), "whoever added it is told");
        let filter: String = "[[\"action\",\"eq\",\"attachment_infected\"]]".bytes().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(app.sign_in("auditor").get(&format!("/audit?filter={filter}")).ok()["items"].as_array().map(Vec::len), Some(1));
    }
}
