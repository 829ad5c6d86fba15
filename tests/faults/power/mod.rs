//! The power fails. `store-writer` runs under `strace`, which writes down in order what it writes, syncs and says. From
//! that log a disk is played up to a point, the power is cut there, and SQLite has to make do with what is left: only
//! what was synced, or that and an arbitrary part of the rest, down to single sectors.
//!
//! With `synchronous = FULL` an entry that was said to be written must be there after a cut at any point. With `NORMAL`
//! some must be missing somewhere, and an entry written in two transactions must be found torn apart somewhere: these
//! two show that the test can fail.

mod disk;
mod trace;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rusqlite::Connection;

use self::disk::Disk;
use self::trace::Event;

const ENTRIES: usize = 300;
/// Points of the log at which the power is cut, for each kind of loss.
const CUTS: usize = 150;
const SEED: u64 = 20_261_123;

/// What a cut found.
#[derive(Debug, Default, PartialEq)]
struct Found {
    /// Said to be written, and gone.
    lost: usize,
    /// A row without its fact, or the other way round.
    torn: usize,
    damaged: usize,
}

#[test]
fn full_synchronisation_keeps_every_acknowledged_write() {
    let events = record("full", "whole");
    assert_eq!(cut_everywhere(&events, &|_| false), Found::default(), "nothing unsynced survives");
    assert_eq!(cut_everywhere(&events, &|rng| rng.random_bool(0.5)), Found::default(), "half of it survives");
}

#[test]
fn normal_synchronisation_loses_acknowledged_writes_and_the_test_sees_it() {
    let events = record("normal", "whole");
    let found = cut_everywhere(&events, &|_| false);
    println!("synchronous = normal, {CUTS} cuts: {found:?}");
    assert!(found.lost > 0, "the test would not notice a loss");
    assert_eq!((found.torn, found.damaged), (0, 0), "what is left is whole");
}

#[test]
fn a_write_in_two_transactions_is_seen_to_be_torn() {
    let events = record("full", "split");
    assert!(cut_everywhere(&events, &|_| false).torn > 0, "the test would not notice half a write");
}

/// Lets the writer run under `strace` and reads what it did.
fn record(synchronous: &str, split: &str) -> Vec<Event> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = folder.path().join("log");
    let status = Command::new("strace")
        .args(["-f", "--seccomp-bpf", "-y", "-xx", "-s", "131072", "-o"])
        .arg(&log)
        .args(["-e", "trace=pwrite64,write,writev,pwritev,fdatasync,fsync,ftruncate,unlink"])
        .arg(env!("CARGO_BIN_EXE_store-writer"))
        .arg(folder.path().join("book.db"))
        .args([synchronous, split, &ENTRIES.to_string()])
        .stdout(Stdio::null())
        .status()
        .expect("strace is needed for this test: apt-get install strace");
    assert!(status.success(), "the writer under strace ended with {status}");
    trace::parse(&fs::read_to_string(&log).expect("the log of strace"))
}

/// Plays the log and cuts the power at many points after the writer was ready.
fn cut_everywhere(events: &[Event], survives: &dyn Fn(&mut StdRng) -> bool) -> Found {
    let mut rng = StdRng::seed_from_u64(SEED);
    let (mut disk, mut said, mut found) = (Disk::default(), BTreeSet::new(), Found::default());
    let ready =
        events.iter().position(|event| *event == Event::Said("ready".to_owned())).expect("a writer that is ready");
    let chance = CUTS as f64 / (events.len() - ready) as f64;
    for (index, event) in events.iter().enumerate() {
        disk.take(event);
        if let Event::Said(line) = event {
            assert!(!line.starts_with("refused"), "the writer says: {line}");
            said.extend(line.strip_prefix("written ").and_then(|number| number.parse::<i64>().ok()));
        }
        if index > ready && rng.random_bool(chance.min(1.0)) {
            let folder = tempfile::tempdir().expect("a temporary folder");
            disk.after_power_loss(folder.path(), || survives(&mut rng));
            inspect(&folder.path().join("book.db"), &said, &mut found);
        }
    }
    assert_eq!(said.len(), ENTRIES, "every entry was acknowledged in the end");
    found
}

/// Opens what is left and compares it with what was promised.
fn inspect(path: &Path, said: &BTreeSet<i64>, found: &mut Found) {
    let connection = Connection::open(path).expect("a database file");
    let verdict: String = connection.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap_or_default();
    if verdict != "ok" {
        found.damaged += 1;
        return;
    }
    // Where nothing was ever synced, the table is not there either.
    let there: BTreeSet<i64> =
        column(&connection, "select number from entry").unwrap_or_default().into_iter().collect();
    found.lost += said.difference(&there).count();
    if there.is_empty() {
        return;
    }
    found.torn += count(&connection, "select count(*) from entry where id not in (select subject from fact)");
    found.torn += count(&connection, "select count(*) from fact where subject not in (select id from entry)");
}

fn column(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<i64>> {
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

fn count(connection: &Connection, sql: &str) -> usize {
    let count: i64 = connection.query_row(sql, [], |row| row.get(0)).expect("a count");
    usize::try_from(count).expect("a count is not negative")
}
