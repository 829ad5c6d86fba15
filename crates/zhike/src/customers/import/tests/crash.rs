//! A run that ends anywhere goes on behind its last batch.

use std::sync::Arc;

use documents::table::TableSource;
use serde_json::{Value, json};
use store::Entity as _;
use uuid::Uuid;

use super::{numbers, path, put_mapping, rejected, sheets, upload};
use crate::customers::import::existing::Book;
use crate::customers::import::model::Import;
use crate::customers::import::plan::Plan;
use crate::customers::import::write::{self, About};
use crate::customers::import::{job, source};
use crate::kernel::Error;
use crate::testing::{Session, TestApp};

/// Rows of a batch here.
const ROWS: usize = 9;

/// Two rows a customer, not beside each other; some rows are refused, some customers are there twice.
fn sheet() -> String {
    let mut text = "公司|联系人|手机|级别\n".to_owned();
    for contact in 0..2 {
        for n in 0..30 {
            let grade = if n % 10 == 3 && contact == 1 { "?" } else { "" };
            text.push_str(&format!("第{n}家|人{contact}|13{contact}{:08}|{grade}\n", if n == 29 { 5 } else { n }));
        }
    }
    text
}

fn started(app: &TestApp, li: &Session<'_>) -> (Value, Uuid, Uuid) {
    let uploaded = upload(li, "a.csv", sheets::csv(&sheets::rows(&sheet())).as_bytes());
    put_mapping(li, &uploaded, "skip", json!({})).ok();
    let job = li.post(&format!("{}/start", path(&uploaded)), json!({ "dry_run": false })).ok();
    let id = |value: &Value| value.as_str().and_then(|id| id.parse().ok()).expect("an id");
    let _ = app;
    (uploaded.clone(), id(&uploaded["id"]), id(&job["job_id"]))
}

/// What a process does before it ends: `whole` batches, and a last one whose transaction does not get to its end.
fn half_a_run(app: &TestApp, import: Uuid, whole: usize) -> usize {
    let who = app.principal("li");
    let asker = Arc::clone(&who);
    let (row, reading) = app.read(move |tx| {
        let import = Import::get(tx, import)?;
        Ok::<_, Error>((import.clone(), job::reading(tx, &asker, &import)?))
    });
    let mut file =
        TableSource::open(app.app.files.read(&row.digest).expect("the sheet"), source::limits()).expect("a table");
    let plan = Plan::read(&mut file, row.place(), &reading, usize::MAX).expect("a plan");
    let basis = row.basis().expect("read").expect("a basis");
    let about = Arc::new(About { import, file: row.file_name, duplicates: row.duplicates, dry_run: false, basis });
    let (mut at, mut batches) = (0, 0);
    while at < plan.customers() {
        let batch = Arc::new(job::next_batch(&who, &reading, &plan, &mut at, ROWS).expect("a batch"));
        let (about, asker) = (Arc::clone(&about), Arc::clone(&who));
        let dies = batches == whole;
        let outcome = app.db.write_blocking(move |tx| {
            write::write(tx, &asker, &about, &batch, &Book::default())?;
            if dies { Err(Error::new(500, "the process ends here")) } else { Ok(()) }
        });
        assert_eq!(outcome.is_err(), dies);
        if dies {
            break;
        }
        batches += 1;
    }
    batches
}

/// All that the import has written, in a form that can be compared: numbers and ids differ from run to run.
fn outcome(app: &TestApp, li: &Session<'_>, sheet: &Value, job: Uuid) -> (Value, Vec<Vec<String>>, Vec<(String, i64)>) {
    let done = app.read(move |tx| store::jobs::Job::get(tx, job));
    let mut result = done.result.expect("a result");
    result["import"] = Value::Null;
    let page = li.get("/customers?limit=200&sort=name").ok();
    let customers = page["items"].as_array().expect("items").iter().map(|customer| {
        let contacts = super::contacts(li, customer).len() as i64;
        (customer["name"].as_str().expect("a name").to_owned(), contacts)
    });
    (result, rejected(li, sheet), customers.collect())
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn a_crash_at_any_batch_doubles_and_loses_nothing(db) {
        let app = TestApp::new(&db);
        let li = app.sign_in("li");
        let (sheet, _, job) = started(&app, &li);
        app.run_jobs();
        let expected = outcome(&app, &li, &sheet, job);
        assert_eq!(numbers(&expected.0), [55, 2, 3, 29, 0, 55]);
        drop(app);
        for whole in 0.. {
            let fresh = store::testing::TestDb::new(db.dialect(), crate::app::MIGRATIONS);
            let app = TestApp::new(&fresh);
            let li = app.sign_in("li");
            let (sheet, import, job) = started(&app, &li);
            let batches = half_a_run(&app, import, whole);
            app.run_jobs();
            assert_eq!(outcome(&app, &li, &sheet, job), expected, "after {whole} batches");
            assert!(app.read(|tx| crate::platform::audit::verify(tx, None)).is_intact());
            if batches < whole {
                break;
            }
        }
    }
}
