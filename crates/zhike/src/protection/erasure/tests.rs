//! Erasure through the HTTP door, on both databases: people are spread over everything that can hold something of them,
//! and afterwards nothing of them is found, by whatever means one looks.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::http::Method;
use serde_json::{Value, json};
use store::{Db, Options};
use tracing_subscriber::fmt::MakeWriter;

use super::ledger;
use crate::customers::import::tests as sheets;
use crate::testing::{Session, TestApp};

/// Stand in every text about a person of this test, and nowhere else.
const MARKS: [&str; 4] = ["鹮鸻", "yueniao", "huanheng", "1990077"];
const PEOPLE: usize = 200;

fn id(value: &Value) -> String {
    value.as_str().expect("an id").to_owned()
}

fn digits(n: usize) -> String {
    let of = |digit: usize| ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛', '壬', '癸'][digit % 10];
    [n / 100, n / 10, n].map(of).iter().collect()
}

fn name(n: usize) -> String {
    format!("鹮鸻{}", digits(n))
}

fn phone(n: usize) -> String {
    format!("1990077{n:04}")
}

/// The ways in which a text may stand in a file.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let plain = text.as_bytes();
    let mut forms = vec![plain.to_vec()];
    forms.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    forms.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    forms.push(text.encode_utf16().flat_map(|unit| format!("\\u{unit:04x}").into_bytes()).collect());
    forms.push(plain.iter().flat_map(|byte| format!("%{byte:02X}").into_bytes()).collect());
    forms.push(plain.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect());
    forms.push(plain.iter().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect());
    for before in 0..3 {
        let shifted = [vec![0; before], plain.to_vec()].concat();
        // What the bytes around the text have a part in is left out.
        let (from, to) = ((before * 8).div_ceil(6), shifted.len() * 8 / 6);
        forms.push(base64(&shifted)[from..to].to_vec());
    }
    forms
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let three = |three: &[u8]| {
        let bits = three.iter().enumerate().fold(0u32, |bits, (at, byte)| bits | u32::from(*byte) << (16 - 8 * at));
        [18, 12, 6, 0].map(|shift| LETTERS[(bits >> shift) as usize & 63])
    };
    bytes.chunks(3).flat_map(three).collect()
}

/// Bytes as characters, so that they are searched as texts are.
fn letters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// Where something of a person still stands.
fn hunt(content: &[u8], place: &str, found: &mut Vec<String>) {
    let content = letters(content);
    for mark in MARKS {
        for form in forms(mark) {
            let at = content.find(&letters(&form)).filter(|_| form.len() >= 5);
            if let Some(at) = at {
                let around: Vec<u8> = content.chars().map(|c| c as u8).collect();
                let at = content[..at].chars().count();
                let around = &around[at.saturating_sub(200)..(at + 200).min(around.len())];
                found.push(format!("{mark} in {place}: {}", String::from_utf8_lossy(around)));
            }
        }
    }
}

fn hunt_folder(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => hunt_folder(&path, found),
            false => hunt(&std::fs::read(&path).expect("a file"), &path.display().to_string(), found),
        }
    }
}

/// Looks into every file of the server, and on PostgreSQL into every row.
fn traces(app: &TestApp, db: &store::testing::TestDb, log: &Log) -> Vec<String> {
    let mut found = Vec::new();
    match &db.options {
        Options::Sqlite { path, .. } => hunt_folder(path.parent().expect("a folder"), &mut found),
        Options::Postgres { .. } => {
            for (table, rows) in db.content(&[]) {
                hunt(format!("{rows:?}").as_bytes(), &table, &mut found);
            }
        }
    }
    hunt_folder(app.app.files.beside("x").parent().expect("a folder"), &mut found);
    hunt(&log.0.lock().expect("unpoisoned"), "the log", &mut found);
    found
}

/// What the server says to its operator.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("unpoisoned").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Whom a request is about: the customer, and the contact there.
type Place = (String, Option<String>);

/// One of the people, somewhere in everything.
struct Stage<'a> {
    app: &'a TestApp,
    wang: Session<'a>,
    steward: Session<'a>,
    /// Keys of added fields: an ordinary one, a personal one, the same of contacts.
    fields: [String; 4],
    companies: Vec<String>,
}

impl<'a> Stage<'a> {
    fn new(app: &'a TestApp) -> Self {
        let admin = app.sign_in("admin");
        admin.post("/policies/adopt", json!({ "keys": ["R4"] })).ok();
        app.run_jobs();
        let fields =
            [("customer", "ordinary"), ("customer", "personal"), ("contact", "ordinary"), ("contact", "personal")];
        let fields = fields.map(|(entity, class)| {
            let zh = format!("{entity}{class}");
            let new = json!({ "entity": entity, "kind": "text", "class": class, "zh": zh, "en": zh, "searchable": class == "ordinary" });
            id(&admin.post("/settings/custom_fields", new).created()["key"])
        });
        let (wang, steward) = (app.sign_in("wang"), app.sign_in("steward"));
        let company = |n: usize| {
            id(
                &wang.post("/customers", json!({ "name": format!("厚德机械{n}厂"), "notes": "厚德载物" })).created()["id"],
            )
        };
        let companies = (0..5).map(company).collect();
        Self { app, wang, steward, fields, companies }
    }

    /// Every third one is a customer, the others are contacts of companies.
    fn person(&self, n: usize) -> Place {
        let place = if n.is_multiple_of(3) { (self.customer(n), None) } else { self.contact(n) };
        self.feature(n, &place);
        place
    }

    fn customer(&self, n: usize) -> String {
        let new = json!({ "kind": "person", "name": name(n), "phone": phone(n), "email": format!("yueniao{n}@example.com"),
            "wechat": format!("yueniao{n}"), "notes": format!("{}住在河边", name(n)), "preferences": format!("{}爱喝茶", name(n)),
            "tags": [format!("鹮鸻签{n}")], "custom": { self.fields[0].clone(): name(n), self.fields[1].clone(): format!("yueniao-{n}") } });
        id(&self.wang.post("/customers", new).created()["id"])
    }

    fn contact(&self, n: usize) -> Place {
        let company = self.companies[n % self.companies.len()].clone();
        let new = json!({ "name": name(n), "phone": phone(n), "email": format!("yueniao{n}@example.com"),
            "wechat": format!("yueniao{n}"), "preferences": format!("{}爱下棋", name(n)), "position": "采购",
            "custom": { self.fields[2].clone(): name(n), self.fields[3].clone(): format!("yueniao-{n}") } });
        let made = self.wang.post(&format!("/customers/{company}/contacts"), new).created();
        (company, Some(id(&made["id"])))
    }

    /// One of the many things that leave something of a person somewhere.
    fn feature(&self, n: usize, (customer, contact): &Place) {
        let (wang, name) = (&self.wang, name(n));
        let path = |of: &str| format!("/customers/{customer}/{of}");
        match n % 11 {
            0 => {
                let talk = json!({ "kind": "phone", "at": "2026-11-23T01:00:00Z", "content": format!("{name}问交期"),
                    "feedback": format!("{name}满意"), "next_plan": format!("给{name}寄样"), "next_at": "2026-11-30T01:00:00Z", "contact_id": contact });
                wang.post(&path("interactions"), talk).created();
            }
            1 => {
                let talk = json!({ "kind": "phone", "at": "2026-11-23T01:00:00Z", "content": format!("{name}来电"), "contact_id": contact });
                let made = wang.post(&path("interactions"), talk).created();
                wang.delete(&format!("{}/{}", path("interactions"), id(&made["id"]))).ok();
            }
            2 => {
                let of = contact
                    .as_ref()
                    .map_or("of_kind=customer".to_owned(), |contact| format!("of_kind=contact&of_id={contact}"));
                let call = wang.request(Method::POST, &format!("{}?{of}", path("attachments")));
                call.file(&format!("{name}.txt"), format!("{name}的名片").as_bytes()).send().created();
            }
            3 => {
                let given = json!({ "contact_id": contact, "purpose": "marketing", "decision": "given", "channel": "wechat", "proof": format!("{name}说好") });
                wang.post(&path("consents"), given).created();
            }
            4 => {
                let deal = json!({ "kind": "order", "happened_on": "2026-03-01", "items": ["备件"], "problems": format!("{name}说晚了三天") });
                wang.post(&path("cooperation"), deal).created();
                let event =
                    json!({ "kind": "other", "happened_at": "2026-11-20T01:00:00Z", "content": format!("{name}升职") });
                wang.post(&path("events"), event).created();
            }
            5 => {
                let todo = json!({ "title": format!("回{name}电话"), "customer_id": customer });
                wang.request(Method::POST, "/todos").key(&format!("key-{n}")).json(todo).send().created();
                let view = json!({ "list": "customers", "name": format!("{name}那些"), "state": { "q": name } });
                wang.post("/views", view).created();
            }
            6 => {
                let reveal = json!({ "contact_id": contact, "field": "phone", "reason": format!("{name}要报价") });
                wang.post(&path("reveal"), reveal).ok();
            }
            7 => {
                let relation =
                    json!({ "other_id": self.companies[0], "kind": "partner", "note": format!("{name}介绍") });
                wang.post(&path("relations"), relation);
                let form = json!({ "sheet": "archive", "format": "xlsx" });
                wang.post(&path("documents"), form).created();
            }
            8 => {
                let text = format!("客户名称|电话\n{name}|{}\n{name}|12\n", phone(n));
                let text =
                    crate::customers::import::tests::sheets::csv(&crate::customers::import::tests::sheets::rows(&text));
                let sheet = sheets::upload(wang, &format!("{name}.csv"), text.as_bytes());
                sheets::put_mapping(wang, &sheet, "skip", json!({})).ok();
                sheets::run(self.app, wang, &sheet, true);
            }
            9 => {
                let bulk =
                    json!({ "act": { "tags": { "add": [format!("鹮鸻{n}"), "常客"] } }, "selection": { "q": name } });
                wang.post("/customers/bulk", bulk);
                let version = wang.get(&format!("/customers/{customer}")).ok()["version"].as_i64().expect("a version");
                wang.patch(
                    &format!("/customers/{customer}"),
                    version,
                    json!({ "core_need": format!("{name}要的交期") }),
                )
                .ok();
            }
            _ => {
                let asked = json!({ "contact_id": contact, "kind": "copy", "asker": "oneself", "channel": "phone", "content": format!("{name}想看") });
                let request = self.steward.post(&path("subject_requests"), asked).created();
                let at = format!("{}/{}", path("subject_requests"), id(&request["id"]));
                self.steward
                    .put(
                        &format!("{at}/identity"),
                        1,
                        json!({ "identity": "called_back", "note": format!("{name}接的") }),
                    )
                    .ok();
                self.steward.post(&format!("{at}/copy"), json!({})).ok();
                let answer = json!({ "fulfilled": true, "answer": format!("已寄给{name}") });
                self.steward.request(Method::POST, &format!("{at}/answer")).version(2).json(answer).send().ok();
            }
        }
    }

    /// What is done with many at once.
    fn together(&self) {
        let export = json!({ "columns": ["name", "phone"], "format": "csv", "q": name(6) });
        self.wang.post("/customers/export", export).ok();
        self.wang.post("/interactions/export", json!({ "format": "xlsx" })).ok();
        self.app.run_jobs();
        self.told_why();
    }

    /// An export that is refused, and an alarm that is answered, for reasons that name somebody.
    fn told_why(&self) {
        self.app.limit_exports(1);
        let job = self.wang.post("/interactions/export", json!({ "format": "csv" })).ok();
        self.app.run_jobs();
        let result = self.wang.get(&format!("/jobs/{}", id(&job["job_id"]))).ok()["result"].clone();
        let purpose = json!({ "purpose": format!("{}要看记录", name(6)) });
        self.wang.post(&format!("/releases/{}/purpose", id(&result["file"])), purpose).ok();
        let refusal = json!({ "approve": false, "reason": format!("{}要求删除，不要导出", name(6)) });
        let decision = format!("/releases/{}/decision", id(&result["file"]));
        self.app.sign_in("admin").post_version(&decision, 2, refusal).ok();
        let (alarm, user, answer) = (uuid::Uuid::now_v7(), self.app.person("li"), format!("{}来电核对", name(6)));
        self.app.write(move |tx| Ok(tx.execute(&ALARM, &[&alarm, &user, &answer])?));
    }

    /// Two persons who became one.
    fn merge(&self, (kept, gone): (&Place, &Place)) {
        let version =
            |of: &str| self.wang.get(&format!("/customers/{of}")).ok()["version"].as_i64().expect("a version");
        let body =
            json!({ "loser_id": gone.0, "loser_version": version(&gone.0), "take": [], "reason": "鹮鸻是同一人" });
        self.wang
            .request(Method::POST, &format!("/customers/{}/merges", kept.0))
            .version(version(&kept.0))
            .json(body)
            .send()
            .ok();
        self.app.run_jobs();
    }
}

/// Asks for somebody's deletion and answers it.
fn ask(steward: &Session<'_>, (customer, contact): &Place) -> (String, Value) {
    let body = json!({ "contact_id": contact, "kind": "delete", "asker": "oneself", "channel": "phone", "content": "请删除鹮鸻的信息" });
    let request = steward.post(&format!("/customers/{customer}/subject_requests"), body).created();
    let at = format!("/customers/{customer}/subject_requests/{}", id(&request["id"]));
    let request =
        steward.put(&format!("{at}/identity"), 1, json!({ "identity": "called_back", "note": "鹮鸻接的" })).ok();
    (at, request)
}

fn erase(steward: &Session<'_>, place: &Place) -> String {
    let (at, request) = ask(steward, place);
    let call =
        steward.request(Method::POST, &format!("{at}/answer")).version(request["version"].as_i64().expect("a version"));
    let answered = call.json(json!({ "fulfilled": true, "answer": "鹮鸻已删除" })).send().ok();
    assert_eq!(answered["state"], "erasing", "it is not said to be done before it is");
    at
}

store::statements! {
    ALARM = "insert into alarm (id, owner_id, kind, day, last_day, amount, threshold, state, raised_at, answer, version)
        values ($1, $2, 'opened', '2026-11-20', '2026-11-20', 60, 50, 'explained', 1, $3, 1)";
    FAILED = "select kind, error from job where kind like 'protection.%' and error is not null limit 5";
}

/// Does what is to be done, and says why it could not be.
fn run_jobs(app: &TestApp) {
    app.run_jobs();
    let failed = app.read(|tx| {
        let told = |row: &store::Row| Ok::<_, store::Error>((row.get::<String>(0)?, row.get::<String>(1)?));
        tx.query(&FAILED, &[])?.iter().map(told).collect::<Result<Vec<_>, _>>()
    });
    assert_eq!(failed, Vec::new());
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn of_people_who_were_erased_nothing_is_found(db) {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_max_level(tracing::Level::INFO).finish();
        tracing::subscriber::with_default(subscriber, || {
            let app = TestApp::new(&db);
            let stage = Stage::new(&app);
            let people: Vec<Place> = (0..PEOPLE).map(|n| stage.person(n)).collect();
            stage.merge((&people[0], &people[3]));
            stage.together();
            assert!(traces(&app, &db, &log).len() > 5, "the hunt finds what is there");
            let gone: Vec<Place> = people.into_iter().enumerate().filter(|(n, _)| *n != 3).map(|(_, place)| place).collect();
            let requests: Vec<String> = gone.iter().map(|place| erase(&stage.steward, place)).collect();
            run_jobs(&app);
            for at in &requests {
                assert_eq!(stage.steward.get(at).ok()["request"]["state"], "fulfilled");
            }
            assert_eq!(traces(&app, &db, &log), Vec::<String>::new());
            // The company's own is still there, and the chain of the audit is whole.
            let company = stage.wang.get(&format!("/customers/{}", stage.companies[0])).ok();
            assert_eq!((&company["name"], &company["notes"]), (&json!("厚德机械0厂"), &json!("厚德载物")));
            let talks = stage.wang.get(&format!("/customers/{}/interactions", stage.companies[0]));
            assert!(talks.status.as_u16() != 500);
            let verdict = app.sign_in("auditor").get("/audit/verify").ok();
            assert_eq!(verdict["outcome"], "intact", "{verdict}");
            assert!(verdict["erased"].as_i64() > Some(200), "{verdict}");
        });
    }

    fn a_sheet_does_not_bring_back_who_was_erased(db) {
        let app = TestApp::new(&db);
        let stage = Stage::new(&app);
        let place = (stage.customer(0), None);
        erase(&stage.steward, &place);
        run_jobs(&app);
        let text = format!("客户名称|电话\n别的名字|{}\n别人|13800001111\n", phone(0));
        let (_, result) = sheets::import(&app, &stage.wang, &text, "skip");
        assert_eq!(sheets::numbers(&result)[..3], [1, 0, 1], "{result}");
    }

    fn who_was_erased_comes_back_on_a_new_basis_alone(db) {
        let app = TestApp::new(&db);
        let stage = Stage::new(&app);
        let company = stage.customer(1);
        let place = (stage.customer(0), None);
        erase(&stage.steward, &place);
        run_jobs(&app);
        let (number, contacts) = (phone(0), format!("/customers/{company}/contacts"));
        let person = json!({ "kind": "person", "name": "又来了", "phone": number });
        let firm = json!({ "name": "另一家公司", "contacts": [{ "name": "又来了", "phone": format!("+86 {number}") }] });
        let contact = json!({ "name": "又来了", "phone": number });
        let count = || stage.wang.get("/customers?limit=200").ok()["items"].as_array().map(Vec::len);
        let before = count();
        for (path, new) in [("/customers", &person), ("/customers", &firm), (contacts.as_str(), &contact)] {
            for basis in [json!(null), json!({ "basis": "contract" }), json!({ "basis": "contract", "proof": " " })] {
                let mut new = new.clone();
                new["basis"] = basis;
                let refused = stage.wang.post(path, new);
                assert!(!refused.text().contains("鹮"), "it is not said who");
                assert_eq!(refused.refused(409), "person.comes_back");
            }
        }
        assert_eq!(count(), before);
        stage.wang.post("/customers", json!({ "kind": "person", "name": "别人", "phone": "13800001111" })).created();
        let mut again = person;
        again["basis"] = json!({ "basis": "consent", "proof": "本人来电，录音 0123" });
        let made = stage.wang.post("/customers", again).created();
        let known = stage.wang.get(&format!("/customers/{}/consents", id(&made["id"]))).ok()["history"].clone();
        assert_eq!((known.as_array().map(Vec::len), &known[0]["proof"]), (Some(1), &json!("本人来电，录音 0123")));
        // Whoever takes the company's people in says it for them, or each for themselves.
        let mut contact = contact;
        contact["basis"] = json!({ "basis": "contract", "proof": "新签合同 2026-12" });
        stage.wang.post(&contacts, contact).created();
    }

    fn what_runs_still_says_no_with_a_reason(db) {
        let app = TestApp::new(&db);
        let stage = Stage::new(&app);
        let place: Place = (stage.customer(0), None);
        let deal = json!({ "kind": "contract", "happened_on": "2026-03-01", "ends_on": "2027-03-01" });
        let deal = stage.wang.post(&format!("/customers/{}/cooperation", place.0), deal).created();
        let (at, request) = ask(&stage.steward, &place);
        let answer = |at: &str, version: &Value| {
            let call = stage.steward.request(Method::POST, &format!("{at}/answer")).version(version.as_i64().expect("a version"));
            call.json(json!({ "fulfilled": true, "answer": "删除" })).send()
        };
        assert_eq!(answer(&at, &request["version"]).refused(409), "erasure.contract_runs");
        let path = format!("/customers/{}/cooperation/{}", place.0, id(&deal["id"]));
        let version = deal["version"].as_i64().expect("a version");
        stage.wang.patch(&path, version, json!({ "ends_on": "2026-11-01" })).ok();
        let (other, second) = ask(&stage.steward, &place);
        assert_eq!(answer(&at, &request["version"]).refused(409), "erasure.others_open");
        let call = stage.steward.request(Method::POST, &format!("{other}/withdrawal"));
        call.version(second["version"].as_i64().expect("a version")).json(json!({ "reason": "不用了" })).send().ok();
        assert_eq!(answer(&at, &request["version"]).ok()["state"], "erasing");
        assert_eq!(stage.steward.delete(&format!("{at}/restriction")).refused(409), "erasure.under_way");
        assert_eq!(stage.wang.get(&format!("/customers/{}", place.0)).refused(423), "customer.restricted");
        run_jobs(&app);
        assert_eq!(stage.wang.get(&format!("/customers/{}", place.0)).refused(404), "not_found");
    }
}

/// A backup from before brings somebody back; the ledger beside it does not let that last.
#[test]
fn a_restored_backup_does_not_bring_them_back() {
    let db = store::testing::TestDb::sqlite(crate::app::MIGRATIONS);
    let app = TestApp::new(&db);
    let stage = Stage::new(&app);
    let (person, contact) = ((stage.customer(0), None), stage.contact(1));
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("zhike.db");
    db.copy_to(&copy).expect("a backup");
    erase(&stage.steward, &person);
    erase(&stage.steward, &contact);
    run_jobs(&app);
    let restored = Db::open(&Options::sqlite(&copy), crate::app::MIGRATIONS).expect("restored");
    let after = TestApp::over(&restored, &app);
    let wang = after.sign_in("wang");
    let names = |of: &str| wang.get(&format!("/customers/{of}/contacts")).text().contains("鹮鸻");
    assert!(wang.get(&format!("/customers/{}", person.0)).status.is_success() && names(&contact.0));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    assert_eq!(runtime.block_on(ledger::reapply(&after.app)).expect("looked"), 2);
    assert_eq!(wang.get(&format!("/customers/{}", person.0)).refused(423), "customer.restricted");
    run_jobs(&after);
    assert_eq!(wang.get(&format!("/customers/{}", person.0)).refused(404), "not_found");
    assert!(!names(&contact.0));
    assert_eq!(runtime.block_on(ledger::reapply(&after.app)).expect("looked"), 0);
}
