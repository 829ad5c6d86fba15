//! The house rules that a compiler does not check: which way the arrows point, and who may touch which table.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of `src` that are no rooms: what all rooms stand on, and what puts them together.
const NO_ROOMS: &[&str] = &["commands", "kernel", "platform", "sample", "tests"];

/// Whose tables a migration makes. A new migration is named here with its room.
const OWNERS: &[(&str, &str)] = &[
    ("0010_access.sql", "platform"),
    ("0011_administrators.sql", "platform"),
    ("0020_platform.sql", "platform"),
    ("0021_attachments.sql", "customers"),
    ("0022_releases.sql", "platform"),
    ("0023_release_purposes.sql", "platform"),
    ("0030_customers.sql", "customers"),
    ("0031_import.sql", "customers"),
    ("0032_relations.sql", "customers"),
    ("0033_grade_proposal.sql", "customers"),
    ("0034_cooperation.sql", "customers"),
    ("0035_custom_fields.sql", "platform"),
    ("0036_bulk.sql", "customers"),
    ("0037_duplicates.sql", "customers"),
    ("0038_merges.sql", "customers"),
    ("0039_quality.sql", "customers"),
    ("0040_policy.sql", "policy"),
    ("0041_duty_moves.sql", "policy"),
    ("0043_merge_notes.sql", "customers"),
    ("0044_handovers.sql", "customers"),
    ("0045_erased_marks.sql", "customers"),
    ("0046_counts.sql", "customers"),
    ("0048_field.sql", "customers"),
    ("0050_engagement.sql", "engagement"),
    ("0051_check_in.sql", "engagement"),
    ("0060_consents.sql", "protection"),
    ("0061_subject_requests.sql", "protection"),
    ("0062_erasure.sql", "protection"),
    ("0063_seen.sql", "customers"),
    ("0064_alarms.sql", "protection"),
    ("0065_recalls.sql", "platform"),
    ("0066_listed.sql", "customers"),
    ("0067_alarms_of_lists.sql", "protection"),
    ("0070_deputies.sql", "platform"),
    ("0080_desk.sql", "desk"),
    ("0081_duty_subject.sql", "policy"),
];

/// Tables of the platform that rooms may name: people and departments, which every record belongs to, and shares.
/// All others are reached through the platform's functions.
const COMMON: &[&str] = &["staff", "staff_role", "role", "department", "post", "absence", "share"];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    entries.map(|name| name.to_string_lossy().into_owned()).collect()
}

/// Every folder of `src` that is a room.
fn rooms() -> Vec<String> {
    let is_room = |name: &String| folder("src").join(name).is_dir() && !NO_ROOMS.contains(&name.as_str());
    names_in(&folder("src")).into_iter().filter(is_room).collect()
}

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
    OWNERS.iter().flat_map(|(file, owner)| tables(file).into_iter().map(move |table| (table, *owner))).collect()
}

/// Tables named in a source: what follows `from`, `join`, `into`, `update` in SQL, the table of an entity, and
/// `table: "…"` of a list or a predicate.
fn named(source: &str) -> BTreeSet<String> {
    // "update contact" as the permission of a route is no statement.
    let code: Vec<&str> = source.lines().filter(|line| !line.contains("x-permission")).collect();
    let code = code.join("\n");
    let words: Vec<&str> =
        code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let by_sql =
        words.windows(2).filter(|w| matches!(w[0], "from" | "join" | "into" | "update")).map(|w| w[1].to_owned());
    let by_entity = source
        .lines()
        .filter(|line| line.contains("struct ") && line.contains(": \""))
        .filter_map(|line| line.split('"').nth(1).map(str::to_owned));
    let by_name = source.split("table: \"").skip(1).filter_map(|rest| rest.split('"').next().map(str::to_owned));
    by_sql.chain(by_entity).chain(by_name).collect()
}

#[test]
fn no_room_touches_the_tables_of_another() {
    let owners = owners();
    assert!(owners.len() > 20, "the migrations were read");
    let mut faults = Vec::new();
    for room in rooms() {
        for (path, source) in sources(&room) {
            for table in named(&source) {
                match owners.get(&table) {
                    Some(owner) if *owner != room && !COMMON.contains(&table.as_str()) => {
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
    assert!(named("Predicate::Through { column: \"customer_id\", table: \"customer\" }").contains("customer"));
}

/// What the platform takes from where the house is put together: what handlers are given, and the schema as a text. What
/// rooms offer is handed to it at the start.
const ROOF_GIVES: &[&str] = &["crate::app::App", "crate::app::Config", "crate::app::MIGRATIONS"];

/// What one source of the platform or of the kernel takes from above it.
fn from_above(folder: &str, source: &str) -> Vec<String> {
    let above = ["commands", "sample"].map(str::to_owned).into_iter().chain(rooms());
    let mut faults: Vec<String> = above.filter(|room| source.contains(&format!("crate::{room}::"))).collect();
    if folder == "kernel" {
        faults.extend(
            ["platform", "app"].map(str::to_owned).into_iter().filter(|it| source.contains(&format!("crate::{it}"))),
        );
    }
    let of_the_roof = source.split("crate::app").skip(1).flat_map(names_after);
    faults.extend(of_the_roof.filter(|name| !ROOF_GIVES.contains(&name.as_str())));
    faults
}

/// The full names in what follows `crate::app`: one, several in braces, or the roof itself.
fn names_after(rest: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(rest) = rest.strip_prefix("::") else { return vec!["crate::app".to_owned()] };
    match rest.strip_prefix('{') {
        Some(list) => {
            let list = list.split('}').next().unwrap_or_default();
            list.split(',').map(|name| format!("crate::app::{}", word(name.trim()))).collect()
        }
        None => vec![format!("crate::app::{}", word(rest))],
    }
}

#[test]
fn the_kernel_and_the_platform_know_no_room() {
    let mut faults = Vec::new();
    for folder in ["kernel", "platform"] {
        for (path, source) in sources(folder) {
            faults.extend(from_above(folder, &source).iter().map(|name| format!("{} knows {name}", path.display())));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_check_sees_a_way_by_the_roof() {
    let taken = |source: &str| from_above("platform", source);
    assert_eq!(taken("for kind in crate::app::searchable() {"), ["crate::app::searchable"]);
    assert_eq!(taken("use crate::app::{App, jobs, Config};"), ["crate::app::jobs"]);
    assert_eq!(taken("use crate::app;"), ["crate::app"]);
    assert_eq!(taken("use crate::customers::service;"), ["customers"]);
    assert!(taken("use crate::app::App;\nlet db = Db::open(&options, crate::app::MIGRATIONS)?;").is_empty());
    assert_eq!(from_above("kernel", "use crate::app::App;"), ["app"]);
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
fn every_migration_has_an_owner_and_every_table_a_room() {
    let named: BTreeSet<String> = OWNERS.iter().map(|(file, _)| (*file).to_owned()).collect();
    let there: BTreeSet<String> = names_in(&folder("migrations")).into_iter().collect();
    assert_eq!(named, there, "name the migration and its room in OWNERS");
    let rooms = rooms();
    let homeless = OWNERS.iter().filter(|(_, owner)| *owner != "platform" && !rooms.iter().any(|room| room == owner));
    assert_eq!(homeless.count(), 0);
    assert!(rooms.len() >= 4, "{rooms:?}");
}

/// Tables of a migration whose rows name a customer in `customer_id`.
fn tables_of_customers(text: &str) -> Vec<String> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let code = code.join("\n").to_lowercase();
    let statements = code.split(';');
    let made =
        statements.filter_map(|statement| statement.split_once("create table ").map(|(_, rest)| rest.to_owned()));
    let of_customers = made.filter(|rest| rest.lines().any(|line| line.trim_start().starts_with("customer_id ")));
    of_customers
        .filter_map(|rest| rest.split_whitespace().next().map(|name| name.trim_end_matches('(').to_owned()))
        .collect()
}

/// The migrations as if no table had been made anew under another name for a while.
fn migrations() -> Vec<String> {
    let plain = |sql: &str| {
        let text = sql.to_lowercase();
        let renamed =
            text.split("alter table ").skip(1).filter_map(|rest| rest.split(';').next()?.split_once(" rename to "));
        renamed.fold(text.clone(), |text, (one, other)| {
            text.replace(one, other).replace(&format!("drop table {other};"), "")
        })
    };
    zhike::app::MIGRATIONS.iter().map(|migration| plain(migration.sql)).collect()
}

fn drops(text: &str, table: &str) -> bool {
    text.to_lowercase().contains(&format!("drop table {table};"))
}

#[test]
fn what_is_held_of_a_customer_is_declared_by_one_room() {
    let mut declared: Vec<&str> = zhike::app::holdings().iter().map(|holding| holding.table).collect();
    declared.sort_unstable();
    let migrations = migrations();
    let made: BTreeSet<String> = migrations.iter().flat_map(|sql| tables_of_customers(sql)).collect();
    let made: Vec<String> = made.into_iter().filter(|table| !migrations.iter().any(|sql| drops(sql, table))).collect();
    assert!(made.len() > 10, "the migrations were read: {made:?}");
    assert_eq!(declared, made, "declare each table that has a customer_id in the holdings of its room, once");
}

/// Tables of customers whose rows are not told to the person they are about: the archive is copied as a whole, and the
/// rest names ids, says what colleagues owe, or is a trace of work on the records.
const NOT_TOLD: &[&str] = &[
    "audit",
    "bin_item",
    "breach",
    "bulk_row",
    "chart_unit",
    "contact",
    "cooperation_total",
    "custom_value",
    "customer_flaw",
    "customer_merge",
    "customer_moved",
    "customer_place",
    "customer_seen",
    "customer_since",
    "customer_tag",
    "desk_member",
    "duplicate_pair",
    "duty",
    "duty_event",
    "erasure",
    "fact",
    "handover_customer",
    "handover_mark",
    "relation",
    "removed_contact",
];

/// Columns of customers' tables that hold words of ours, keys, days or ids, and nothing that people write freely; what
/// belongs to the record itself goes with it.
const NO_TEXTS: &[&str] = &[
    "added_fields",
    "asker",
    "authority",
    "basis",
    "birthday",
    "changed",
    "channel",
    "clause",
    "code",
    "content_id",
    "contract_number",
    "day",
    "decision",
    "decisions",
    "department",
    "due_on",
    "ends_on",
    "external_id",
    "field",
    "fields",
    "files",
    "finding",
    "first_on",
    "flaw",
    "from_grade",
    "grade",
    "happened_on",
    "how",
    "identity",
    "item",
    "kept",
    "kind",
    "last_on",
    "media_type",
    "name_key",
    "number",
    "occurrence",
    "of_kind",
    "outcome",
    "plan",
    "priority",
    "progress",
    "purpose",
    "records",
    "relations",
    "rule",
    "salutation",
    "set_aside",
    "shared",
    "signals",
    "source",
    "starts_on",
    "state",
    "step",
    "table_name",
    "tag",
    "to_grade",
    "told",
    "tracking",
    "years",
];
/// Tables that keep what was done; what they tell of somebody is emptied by their own rooms. And contacts: other people's
/// names stay.
const OWN_WAY: &[&str] = &["audit", "duty_event", "fact", "removed_contact"];

/// The text columns of the tables whose rows name a customer.
fn texts_of_customers() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for sql in migrations() {
        let tables = tables_of_customers(&sql);
        for statement in sql.split(';') {
            let Some((_, rest)) = statement.split_once("create table ") else { continue };
            let table = rest.split_whitespace().next().unwrap_or_default().trim_end_matches('(').to_owned();
            if !tables.contains(&table) {
                continue;
            }
            let words = rest.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            let text = words.filter(|words| words.len() > 1 && words[1].trim_end_matches(',') == "text");
            texts.extend(text.map(|words| (table.clone(), words[0].to_owned())));
        }
    }
    texts
}

#[test]
fn what_people_write_freely_is_blanked_when_somebody_is_erased() {
    let holdings = zhike::app::holdings();
    let declared = |table: &str, column: &str| {
        holdings.iter().any(|holding| holding.table == table && holding.texts.split(", ").any(|text| text == column))
    };
    let texts = texts_of_customers();
    assert!(texts.len() > 60, "the migrations were read: {texts:?}");
    let own = |table: &str, column: &str| OWN_WAY.contains(&table) || (table, column) == ("contact", "name");
    let forgotten: Vec<_> = texts
        .iter()
        .filter(|(table, column)| {
            !NO_TEXTS.contains(&column.as_str()) && !own(table, column) && !declared(table, column)
        })
        .collect();
    assert!(
        forgotten.is_empty(),
        "declare them (`texts \"a, b\"`) or say in NO_TEXTS that nobody writes there: {forgotten:?}"
    );
}

#[test]
fn of_what_is_held_it_is_said_whether_a_person_is_told() {
    let holdings = zhike::app::holdings();
    let silent = holdings.iter().filter(|holding| holding.telling.is_none()).map(|holding| holding.table);
    let forgotten: Vec<&str> = silent.filter(|table| !NOT_TOLD.contains(table)).collect();
    assert!(forgotten.is_empty(), "tell the person (`tells Entity`) or say in NOT_TOLD why not: {forgotten:?}");
    assert!(holdings.iter().any(|holding| holding.telling.is_some()));
}

#[test]
fn the_check_sees_a_table_that_names_a_customer() {
    let sql = "create table one (id UUID not null, other_id UUID);\nCREATE TABLE two (\n    customer_id UUID NOT NULL,\n    id UUID NOT NULL\n);";
    assert_eq!(tables_of_customers(sql), ["two"]);
}

#[test]
fn the_published_description_is_what_the_program_says() {
    let published = fs::read_to_string(folder("openapi.json")).expect("the published description");
    let said = zhike::app::openapi().to_pretty_json().expect("JSON");
    let advice = "run: cargo run -q --bin zhike -- openapi > crates/zhike/openapi.json; npm --prefix web run api";
    assert!(published.trim_end() == said.trim_end(), "openapi.json is old; {advice}");
}

#[test]
fn the_heart_knows_facts_and_not_the_rooms_that_publish_them() {
    let others: Vec<String> = rooms().into_iter().filter(|room| room != "policy").collect();
    let mut faults = Vec::new();
    for (path, source) in sources("policy") {
        let taken = others.iter().flat_map(|room| taken(&source, room));
        let foreign = taken.filter(|path| !HEART_TAKES.contains(&path.as_str()));
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
    let long: Vec<String> = names_in(&folder("src"))
        .iter()
        .filter(|name| folder("src").join(name).is_dir() && *name != "tests")
        .flat_map(|name| sources(name))
        .map(|(path, source)| (path, source.lines().count()))
        .filter(|(_, lines)| *lines > 600)
        .map(|(path, lines)| format!("{}: {lines}", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// What `docs/chapter-a.md` names in backticks.
fn named_by_chapter_a() -> Vec<String> {
    let page = fs::read_to_string(folder("../../docs/chapter-a.md")).expect("the page");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| R")).collect();
    assert!(rows.len() > 15, "the table was read");
    rows.iter().flat_map(|row| row.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// Whether a page, a journey, a test or a rule of that name is there.
fn is_there(name: &str, sources: &str, console: &str, policies: &BTreeMap<String, String>) -> bool {
    if name.starts_with('/') {
        return console.contains(&format!("path: '{name}'"));
    }
    if name.ends_with(".e2e.ts") {
        return folder("../../web/e2e/journeys").join(name).exists();
    }
    if let Some((_, test)) = name.split_once("::") {
        let file = name.trim_end_matches("::");
        return if test.is_empty() {
            folder("src/tests").join(format!("{file}.rs")).exists()
        } else {
            sources.contains(&format!("fn {test}("))
        };
    }
    name.split_once(' ').is_some_and(|(policy, rule)| {
        policies.get(policy).is_some_and(|text| text.contains(&format!("key = \"{rule}\"")))
    })
}

#[test]
fn chapter_a_names_what_is_there() {
    let mut files = Vec::new();
    every_file(&folder("src"), "rs", &mut files);
    let sources = files.join("\n");
    let mut files = Vec::new();
    every_file(&folder("../../web/src/modules"), "ts", &mut files);
    let console = files.join("\n");
    let mut policies = BTreeMap::new();
    for name in names_in(&folder("../../policies")) {
        let text = fs::read_to_string(folder("../../policies").join(&name)).expect("a policy");
        policies.insert(name.trim_end_matches(".toml").to_owned(), text);
    }
    let missing: Vec<String> =
        named_by_chapter_a().into_iter().filter(|name| !is_there(name, &sources, &console, &policies)).collect();
    assert!(missing.is_empty(), "docs/chapter-a.md names what is not there: {missing:?}");
    assert!(!is_there("/customers/nowhere", &sources, &console, &policies));
}

fn every_file(root: &Path, ending: &str, files: &mut Vec<String>) {
    for name in names_in(root) {
        let path = root.join(&name);
        if path.is_dir() {
            every_file(&path, ending, files);
        } else if path.extension().is_some_and(|it| it == ending) {
            files.push(fs::read_to_string(&path).expect("a source"));
        }
    }
}
