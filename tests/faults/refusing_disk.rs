//! The disk refuses: a sync fails, or there is no room left. `strace` makes the system call fail at the n-th time and
//! from then on. Whatever was said to be written must be there when the disk works again, nothing may be half there,
//! the writer must have noticed, and when the disk takes writes again the same process must go on writing.
//!
//! `strace` counts the calls of each thread on its own; making the schema takes the writer's thread about 50 writes and
//! 3 syncs, and the faults begin after that.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use rusqlite::Connection;

const ENTRIES: usize = 120;

#[test]
fn nothing_is_acknowledged_that_a_failing_sync_did_not_store() {
    for first in [6, 7, 9, 12, 17, 25, 40] {
        check("fsync,fdatasync", "EIO", &format!("{first}+"));
    }
}

#[test]
fn nothing_is_acknowledged_that_a_full_disk_did_not_take() {
    for first in [52, 53, 57, 70, 100, 200, 300] {
        check("pwrite64", "ENOSPC", &format!("{first}+"));
    }
}

#[test]
fn a_disk_that_is_full_for_a_moment_costs_no_acknowledged_write() {
    for (first, last) in [(55, 55), (80, 83), (150, 190)] {
        check("pwrite64", "ENOSPC", &format!("{first}..{last}"));
    }
}

#[test]
fn writing_goes_on_when_the_disk_takes_writes_again() {
    for (call, error, first, last) in
        [("pwrite64", "ENOSPC", 55, 55), ("pwrite64", "ENOSPC", 80, 82), ("fsync,fdatasync", "EIO", 9, 10)]
    {
        let written = check_how(call, error, &format!("{first}..{last}"), "again");
        let missing: Vec<i64> = (0..ENTRIES as i64).filter(|number| !written.contains(number)).collect();
        assert_eq!(missing, Vec::<i64>::new(), "{error} from {call} number {first} to {last}: never taken");
    }
}

fn check(call: &str, error: &str, when: &str) {
    check_how(call, error, when, "whole");
}

/// Runs the writer on a disk that fails, then looks at what it left with a disk that works. Answers what was written.
fn check_how(call: &str, error: &str, when: &str, how: &str) -> BTreeSet<i64> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("book.db");
    let said = run(&path, call, error, when, how);
    let case = format!("{error} from {call} number {when}");
    let refused = said.iter().filter(|line| line.starts_with("refused")).count();
    assert!(refused > 0, "{case}: the writer did not notice");
    let written: BTreeSet<i64> = said.iter().filter_map(|line| line.strip_prefix("written ")?.parse().ok()).collect();
    let connection = Connection::open(&path).expect("the database");
    let there: BTreeSet<i64> = numbers(&connection, "select number from entry").into_iter().collect();
    let lost: Vec<_> = written.difference(&there).collect();
    assert!(lost.is_empty(), "{case}: acknowledged and lost: {lost:?}");
    for torn in [
        "select number from entry where id not in (select subject from fact)",
        "select seq from fact where subject not in (select id from entry)",
    ] {
        assert_eq!(numbers(&connection, torn), Vec::<i64>::new(), "{case}: half an entry");
    }
    let verdict: String = connection.query_row("pragma integrity_check", [], |row| row.get(0)).expect("a verdict");
    assert_eq!(verdict, "ok", "{case}");
    println!("{case}: {} written, {refused} refused, {} there", written.len(), there.len());
    written
}

fn run(path: &Path, call: &str, error: &str, when: &str, how: &str) -> Vec<String> {
    let output = Command::new("strace")
        .args(["-f", "--seccomp-bpf", "-o", "/dev/null", "-e", &format!("trace={call}")])
        .args(["-e", &format!("inject={call}:error={error}:when={when}")])
        .arg(env!("CARGO_BIN_EXE_store-writer"))
        .arg(path)
        .args(["full", how, &ENTRIES.to_string()])
        .stderr(Stdio::null())
        .output()
        .expect("strace is needed for this test: apt-get install strace");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

fn numbers(connection: &Connection, sql: &str) -> Vec<i64> {
    let mut statement = connection.prepare(sql).expect("a statement");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("numbers")
}
