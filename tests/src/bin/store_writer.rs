//! Writes entries through `store` and says so on standard output, one line each: the process that the tests of power
//! loss and of failing disks look at from outside.
//!
//! An entry is a row and a fact in one transaction; with `split` in two, which is the mistake that the tests must be
//! able to see; with `again` what was refused is tried until it is taken. The process ends without closing the database, as if it were cut off.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use serde_json::json;
use store::outbox::{self, Fact};
use store::{Db, Entity as _, Error, FOUNDATION, Migration, Options, Synchronous, Tx};
use uuid::Uuid;

const THREADS: u64 = 4;
/// Makes a run last over several checkpoints without writing much.
const PAUSE: Duration = Duration::from_millis(12);
/// Half a minute and more of pauses.
const AGAIN_MOST: u32 = 3_000;

const MIGRATIONS: &[Migration] = &[
    FOUNDATION[0],
    Migration {
        version: 1_000,
        name: "entry",
        sql: "CREATE TABLE entry (id UUID PRIMARY KEY, number BIGINT NOT NULL, content TEXT NOT NULL);
              CREATE INDEX entry_content ON entry (content);",
    },
];

store::entity! {
    struct Entry: "entry" {
        id: Uuid,
        number: i64,
        content: String,
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, synchronous, how, count] = arguments.as_slice() else {
        eprintln!("store-writer PATH full|normal whole|split|again COUNT");
        return ExitCode::FAILURE;
    };
    let synchronous = if synchronous == "normal" { Synchronous::Normal } else { Synchronous::Full };
    let options = Options::Sqlite { path: PathBuf::from(path), synchronous };
    let db = match Db::open(&options, MIGRATIONS) {
        Ok(db) => db,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    say("ready");
    run(&db, how, count.parse().unwrap_or(100));
    std::process::exit(0)
}

fn run(db: &Db, how: &str, count: i64) {
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let mine = (0..count).filter(move |number| number.unsigned_abs() % THREADS == thread);
            scope.spawn(move || {
                for number in mine {
                    let taken = write(db, how == "split", number);
                    (0..AGAIN_MOST).find(|_| taken || how != "again" || write(db, false, number));
                }
            });
        }
    });
}

fn write(db: &Db, split: bool, number: i64) -> bool {
    let id = Uuid::now_v7();
    let entry = Entry { id, number, content: format!("{number} ").repeat(60) };
    let done = if split {
        db.write_blocking(move |tx| entry.insert(tx)).and_then(|()| db.write_blocking(move |tx| publish(tx, id)))
    } else {
        db.write_blocking(move |tx| entry.insert(tx).and_then(|()| publish(tx, id)))
    };
    match &done {
        Ok(()) => say(&format!("written {number}")),
        Err(error) => say(&format!("refused {number} {error}")),
    }
    thread::sleep(PAUSE);
    done.is_ok()
}

fn publish(tx: &mut Tx<'_>, subject: Uuid) -> Result<(), Error> {
    let now = jiff::Timestamp::now();
    let fact = Fact {
        seq: 0,
        id: Uuid::now_v7(),
        kind: "entry_made".to_owned(),
        subject,
        customer_id: None,
        at: now,
        recorded_at: now,
        actor: None,
        attributes: json!({}),
    };
    outbox::append(tx, fact).map(drop)
}

/// One line by one system call, so that its place among the others is exact.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody may be reading any more; what was written is written.
    let _ = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
}
