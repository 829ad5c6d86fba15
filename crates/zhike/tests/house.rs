//! The house rules that a compiler does not check: which way the arrows point, and who may touch which table.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const ROOMS: &[&str] = &["customers", "engagement", "people", "policy"];

/// The files of a folder of `src`, tests left out.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
    let mut files = Vec::new();
    collect(&root, &mut files);
    files
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            collect(&path, files);
        } else if name.ends_with(".rs") && !name.contains("tests") && !name.contains("properties") {
            files.push((path.clone(), fs::read_to_string(&path).expect("a source")));
        }
    }
}

/// Tables that a migration creates.
fn tables(migration: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(migration);
    let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{}", path.display()));
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words
        .windows(3)
        .filter(|w| w[0] == "create" && w[1] == "table")
        .map(|w| w[2].trim_end_matches('(').to_owned())
        .collect()
}

fn owners() -> BTreeMap<String, &'static str> {
    let files = [
        ("0010_access.sql", "platform"),
        ("0020_platform.sql", "platform"),
        ("0030_customers.sql", "customers"),
        ("0031_import.sql", "customers"),
        ("0040_policy.sql", "policy"),
        ("0050_engagement.sql", "engagement"),
    ];
    files.iter().flat_map(|(file, owner)| tables(file).into_iter().map(move |table| (table, *owner))).collect()
}

/// Tables named by the SQL in a source: what follows `from`, `join`, `into`, `update`, and the table of an entity.
fn named(source: &str) -> BTreeSet<String> {
    let words: Vec<&str> =
        source.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let by_sql =
        words.windows(2).filter(|w| matches!(w[0], "from" | "join" | "into" | "update")).map(|w| w[1].to_owned());
    let by_entity = source
        .lines()
        .filter(|line| line.contains("struct ") && line.contains(": \""))
        .filter_map(|line| line.split('"').nth(1).map(str::to_owned));
    by_sql.chain(by_entity).collect()
}

#[test]
fn no_room_touches_the_tables_of_another() {
    let owners = owners();
    assert!(owners.len() > 20, "the migrations were read");
    let mut faults = Vec::new();
    for room in ROOMS {
        for (path, source) in sources(room) {
            for table in named(&source) {
                match owners.get(&table) {
                    Some(owner) if owner != room && *owner != "platform" => {
                        faults.push(format!("{} touches {table}, which belongs to {owner}", path.display()));
                    }
                    _ => {}
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_check_sees_a_foreign_table() {
    assert!(named("X = \"select id from duty where owner_id = $1\"").contains("duty"));
    assert!(named("pub struct Duty: \"duty\" {").contains("duty"));
}

#[test]
fn the_kernel_and_the_platform_know_no_room() {
    let mut faults = Vec::new();
    for folder in ["kernel", "platform"] {
        for (path, source) in sources(folder) {
            for room in ROOMS {
                if source.contains(&format!("crate::{room}")) {
                    faults.push(format!("{} knows {room}", path.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What the policy room takes from other rooms, as its head comment says: who owes, and how to name them. What they did
/// it knows from facts.
const HEART_TAKES: &[&str] = &[
    "crate::customers::facts",
    "crate::customers::service",
    "crate::customers::timeline",
    "crate::people::ABSENCE_CHANGED",
    "crate::people::absences",
];

/// What a source takes from a room, as full paths: written out, or by way of `use crate::room;`.
fn taken<'a>(source: &'a str, room: &str) -> Vec<String> {
    let word = |text: &'a str| text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    let after = |prefix: &str| -> Vec<String> {
        source.split(prefix).skip(1).map(|rest| format!("crate::{room}::{}", word(rest))).collect()
    };
    match source.contains(&format!("use crate::{room};")) {
        true => after(&format!("{room}::")),
        false => after(&format!("crate::{room}::")),
    }
}

#[test]
fn the_heart_knows_facts_and_not_the_rooms_that_publish_them() {
    let others = ROOMS.iter().filter(|room| **room != "policy");
    let mut faults = Vec::new();
    for ((path, source), room) in
        others.flat_map(|room| sources("policy").into_iter().map(move |source| (source, room)))
    {
        let foreign = taken(&source, room).into_iter().filter(|path| !HEART_TAKES.contains(&path.as_str()));
        faults.extend(foreign.map(|what| format!("{} takes {what}", path.display())));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_check_sees_what_is_taken_both_ways() {
    assert_eq!(taken("use crate::customers::contacts::one;", "customers"), ["crate::customers::contacts"]);
    assert_eq!(
        taken("use crate::customers;\nlet x = customers::merge::all();", "customers"),
        ["crate::customers::merge"]
    );
}

#[test]
fn no_source_is_longer_than_a_reader_can_hold() {
    let long: Vec<String> = ["kernel", "platform", "customers", "engagement", "people", "policy", "commands"]
        .iter()
        .flat_map(|folder| sources(folder))
        .map(|(path, source)| (path, source.lines().count()))
        .filter(|(_, lines)| *lines > 600)
        .map(|(path, lines)| format!("{}: {lines}", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}
