//! Noninterference: two companies that differ only in what is hidden from somebody answer everything that this person
//! can ask byte for byte alike: filters, sorting, search, the duplicate check, the preview of an import, exports, and the
//! words of refusals. Ids, which are drawn, are compared by the order in which they appear.

use std::collections::HashMap;

use axum::http::Method;
use serde_json::{Value, json};
use store::Dialect;
use store::testing::TestDb;
use uuid::Uuid;

use crate::app::MIGRATIONS;
use crate::customers::import::tests::{put_mapping, upload};
use crate::testing::{Reply, Session, TestApp};

/// What is hidden, and what stands there in the one company and in the other.
const HIDDEN: [(&str, [&str; 2]); 4] = [
    ("phone", ["13812341234", "13987659876"]),
    ("email", ["wang@first.example", "zhao@second.example"]),
    ("wechat", ["wx_first", "wx_second"]),
    ("id_number", ["11010519491231002X", "440524188001010014"]),
];
/// A guess that is right in neither company.
const ELSEWHERE: [&str; 4] = ["13700001111", "nobody@third.example", "wx_third", "110105194912310038"];

const OPS: [&str; 11] = ["eq", "ne", "in", "contains", "lt", "le", "gt", "ge", "between", "empty", "not_empty"];

/// Everything that was asked and answered.
struct Talk {
    answers: Vec<(String, String)>,
    seen: HashMap<Uuid, usize>,
}

impl Talk {
    fn note(&mut self, asked: &str, reply: &Reply) {
        let text = format!("{} {}", reply.status, reply.text());
        let plain = self.without_ids(&text);
        self.answers.push((asked.to_owned(), plain));
    }

    /// Ids by the order in which they appear.
    fn without_ids(&mut self, text: &str) -> String {
        let mut plain = String::with_capacity(text.len());
        let mut word = String::new();
        for c in text.chars().chain(std::iter::once('\n')) {
            if c.is_ascii_hexdigit() || c == '-' {
                word.push(c);
                continue;
            }
            match word.parse::<Uuid>() {
                Ok(id) if word.len() == 36 => {
                    let next = self.seen.len();
                    plain.push_str(&format!("#{}", self.seen.entry(id).or_insert(next)));
                }
                _ => plain.push_str(&word),
            }
            word.clear();
            plain.push(c);
        }
        plain
    }

    fn get(&mut self, session: &Session<'_>, path: &str) {
        self.note(path, &session.get(path));
    }

    fn post(&mut self, session: &Session<'_>, path: &str, body: Value) {
        self.note(&format!("{path} {body}"), &session.post(path, body.clone()));
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Somebody who reads and changes all customers and is shown no personal value.
fn asker(app: &TestApp) -> Session<'_> {
    let all = app.all_powerful();
    let admin = app.sign_in("admin");
    let roles = admin.get("/roles").ok();
    let role = roles["items"].as_array().expect("roles").iter().find(|role| role["name"] == "全能").expect("the role");
    let mut fields = json!({});
    for entity in ["customer", "contact"] {
        for (field, _) in HIDDEN.iter().filter(|(field, _)| entity == "customer" || *field != "id_number") {
            fields[format!("{entity}.{field}")] = json!("hidden");
        }
    }
    let path = format!("/roles/{}", role["id"].as_str().expect("an id"));
    admin.patch(&path, role["version"].as_i64().expect("a version"), json!({ "fields": fields })).ok();
    all
}

/// The customers of a company; only the hidden values tell the two apart.
fn found(app: &TestApp, company: usize) {
    let steward = app.sign_in("steward");
    let (admin, mut fields) = (app.sign_in("admin"), json!({}));
    let roles = admin.get("/roles").ok();
    let mut roles = roles["items"].as_array().expect("roles").iter();
    let role = roles.find(|role| role["builtin"] == "data_steward").expect("the role");
    for name in role["fields"].as_object().expect("fields").keys() {
        fields[name] = json!("edit");
    }
    let path = format!("/roles/{}", role["id"].as_str().expect("an id"));
    admin.patch(&path, role["version"].as_i64().expect("a version"), json!({ "fields": fields })).ok();
    for (place, name) in ["王芳", "赵敏", "陈静"].iter().enumerate() {
        let mut person = json!({ "kind": "person", "name": name, "allow_duplicate": true, "duplicate_reason": "测试" });
        let mut contact = json!({ "name": format!("{name}的家人") });
        for (field, values) in HIDDEN.iter().filter(|_| place == 0) {
            person[field] = json!(values[company]);
            if *field != "id_number" {
                contact[field] = json!(values[1 - company]);
            }
        }
        person["contacts"] = json!([contact]);
        steward.post("/customers", person).created();
    }
}

/// Asks everything that the person can think of, with what stands in either company and with what stands in none.
fn interrogate(app: &TestApp) -> Vec<(String, String)> {
    let session = asker(app);
    let mut talk = Talk { answers: Vec::new(), seen: HashMap::new() };
    let guesses = |at: usize| [HIDDEN[at].1[0], HIDDEN[at].1[1], ELSEWHERE[at]];
    for (at, (field, _)) in HIDDEN.iter().enumerate() {
        for sort in [(*field).to_owned(), format!("-{field}")] {
            talk.get(&session, &format!("/customers?sort={sort}"));
        }
        for value in guesses(at) {
            for op in OPS {
                for value in [json!(value), json!([value]), json!([value, value])] {
                    let filter = encoded(&json!([[field, op, value]]).to_string());
                    talk.get(&session, &format!("/customers?limit=200&filter={filter}"));
                }
                // The same question by other doors: counting, a preview of what would be changed, a job.
                let filter = json!([[field, op, value]]);
                let selection = json!({ "filter": filter });
                talk.post(&session, "/customers/bulk/count", selection.clone());
                let act = json!({ "act": "tags", "add": ["猜"] });
                talk.post(&session, "/customers/bulk/preview", json!({ "selection": selection, "act": act }));
                let document = json!({ "sheet": "archive", "format": "pdf" });
                talk.post(&session, "/customers/documents", json!({ "document": document, "filter": filter }));
                talk.post(
                    &session,
                    "/customers/export",
                    json!({ "columns": ["name"], "format": "csv", "filter": filter }),
                );
            }
            let (last4, half) = (&value[value.len() - 4..], &value[..value.len() / 2]);
            for text in [value, last4, half, &format!(" {value} "), &value.to_uppercase()] {
                talk.get(&session, &format!("/customers?limit=200&q={}", encoded(text)));
                talk.get(&session, &format!("/search?q={}", encoded(text)));
                talk.get(&session, &format!("/search?kinds=customer&q={}", encoded(text)));
            }
            let guess = json!({ "kind": "person", "name": "另一个人", *field: value });
            talk.post(&session, "/customers/duplicates", guess.clone());
            talk.post(&session, "/customers", guess);
            talk.post(&session, "/customers/export", json!({ "columns": ["name"], "format": "csv", "q": value }));
            talk.post(&session, "/customers/bulk/count", json!({ "q": value }));
            let contact = json!({ "name": "另一家", "contacts": [{ "name": "某人", *field: value }] });
            talk.post(&session, "/customers", contact);
        }
    }
    for path in ["/customers", "/duplicates", "/audit?limit=200", "/subject_requests"] {
        talk.get(&session, path);
    }
    previews(&mut talk, &session);
    exports(app, &mut talk, &session);
    talk.answers
}

/// A sheet with the values of either company: what would become of its rows says nothing of what is there.
fn previews(talk: &mut Talk, session: &Session<'_>) {
    for (at, guesses) in [HIDDEN[0].1[0], HIDDEN[0].1[1], ELSEWHERE[0]].iter().enumerate() {
        let sheet = format!("客户名称,客户类型,电话\n另一个人{at},个人,{guesses}\n");
        let import = upload(session, "名单.csv", sheet.as_bytes());
        let mapped = put_mapping(session, &import, "skip", json!({}));
        talk.note("mapping", &mapped);
        talk.get(session, &format!("/imports/{}", import["id"].as_str().expect("an id")));
    }
}

fn exports(app: &TestApp, talk: &mut Talk, session: &Session<'_>) {
    for sort in ["name", "phone"] {
        let view =
            json!({ "columns": ["name", "phone", "email", "wechat", "id_number"], "format": "csv", "sort": sort });
        let reply = session.request(Method::POST, "/customers/export").json(view).send();
        let job = reply.body["job_id"].as_str().map(str::to_owned);
        talk.note("export", &reply);
        let Some(job) = job else { continue };
        app.run_jobs();
        let done = session.get(&format!("/jobs/{job}")).ok();
        let file = done["result"]["file"].as_str().expect("a file").to_owned();
        let path = format!("/exports/{file}/file");
        talk.note(&path, &session.fetch(&path));
    }
}

fn compared(dialect: Dialect) {
    let talks = [0, 1].map(|company| {
        let db = TestDb::new(dialect, MIGRATIONS);
        let app = TestApp::new(&db);
        found(&app, company);
        interrogate(&app)
    });
    assert!(talks[0].len() > 1_000, "only {} requests", talks[0].len());
    for ((asked, one), (_, other)) in talks[0].iter().zip(&talks[1]) {
        assert_eq!(one, other, "{asked}");
    }
    let all: String = talks.iter().flatten().map(|(_, answer)| answer.as_str()).collect();
    assert!(all.contains("王芳") && !all.contains("138****1234"), "the person sees the customers and not the values");
}

#[test]
fn what_is_hidden_makes_no_difference_to_any_answer() {
    compared(Dialect::Sqlite);
}

#[test]
fn what_is_hidden_makes_no_difference_on_postgresql_either() {
    compared(Dialect::Postgres);
}

/// The negative control: whoever sees the values notices the difference.
#[test]
fn the_check_notices_what_is_shown() {
    let lists = [0, 1].map(|company| {
        let db = TestDb::new(Dialect::Sqlite, MIGRATIONS);
        let app = TestApp::new(&db);
        found(&app, company);
        app.sign_in("steward").get("/customers").text()
    });
    assert!(lists[0].contains("138****1234") && !lists[1].contains("138****1234"));
}
