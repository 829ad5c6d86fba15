//! Looks into the database of a server that was killed: every change whole, with its audit entry, its facts and its place
//! in the search, and nothing there twice, also of what was never acknowledged.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::Connection;

use super::import::Imported;
use super::ledger::Ledger;

/// Each must find nothing.
const NOTHING_BY_HALF: &[(&str, &str)] = &[
    (
        "an audit entry of a customer that is not there, or the second of one",
        "select changes from audit where entity = 'customer' and action = 'create'
           and (entity_id not in (select id from customer)
             or seq > (select min(seq) from audit b where b.entity_id = audit.entity_id and b.action = 'create'))",
    ),
    (
        "an audit entry of imported rows whose customers are not there",
        "select changes from audit where action = 'import_rows' and json_extract(changes, '$.created') <>
           (select count(*) from customer where number between json_extract(changes, '$.numbers[0]')
              and json_extract(changes, '$.numbers[1]'))",
    ),
    (
        "customers in another number than the audit tells",
        "select cast(count(*) as text) from customer having count(*) <>
           (select count(*) from audit where entity = 'customer' and action = 'create')
           + (select total(json_extract(changes, '$.created')) from audit where action = 'import_rows')",
    ),
    (
        "rows of an import counted otherwise than they are audited",
        "select file_name from customer_import i where done <>
           (select total(json_extract(changes, '$.created') * 2) from audit a
              where a.entity_id = i.id and a.action = 'import_rows')",
    ),
    (
        "an import at its end without one fact of it, or the other way round",
        "select file_name from customer_import i where (finished_at is not null) <>
           (select count(*) from fact f where f.subject = i.id and f.kind = 'customers_imported')",
    ),
    (
        "a customer that was created without a fact",
        "select name from customer c join audit a on a.entity_id = c.id and a.action = 'create'
           where 1 <> (select count(*) from fact f where f.subject = c.id and f.kind = 'customer_created')",
    ),
    (
        "a fact of a customer that is not there",
        "select kind from fact where customer_id is not null and customer_id not in (select id from customer)",
    ),
    (
        "a customer that is not in the index, or twice",
        "select name from customer c where 1 <> (select count(*) from search_doc d where d.kind = 'customer' and d.entity_id = c.id)",
    ),
    (
        "an interaction without exactly one entry in the audit",
        "select content from interaction where id not in (select entity_id from audit
           where entity = 'interaction' and action = 'create' group by entity_id having count(*) = 1)",
    ),
    (
        "an audit entry of an interaction that is not there",
        "select changes from audit where entity = 'interaction' and action = 'create'
           and entity_id not in (select id from interaction)",
    ),
    (
        "an interaction without its two facts",
        "select content from interaction i where 2 <> (select count(*) from fact f where f.subject = i.id)",
    ),
    (
        "a fact of an interaction that is not there",
        "select kind from fact where kind = 'contact_recorded' and subject not in (select id from interaction)",
    ),
    ("a contact without its customer", "select name from contact where customer_id not in (select id from customer)"),
    ("a customer's number given out twice", "select number from customer group by number having count(*) > 1"),
    (
        "a number that was taken and not used",
        "select cast(year as text) from customer_counter k
           where last <> (select count(*) from customer c where c.number like 'KH-' || k.year || '-%')",
    ),
    (
        "a remembered answer to a request that was not done",
        "select body from idempotency where status = 201 and json_extract(body, '$.id') is not null
           and unhex(replace(json_extract(body, '$.id'), '-', '')) not in
             (select id from customer union all select id from interaction)",
    ),
];

/// Changes after each of which [`faults`] must find something.
pub const DAMAGE: &[&str] = &[
    "delete from customer where id = (select id from customer limit 1 offset 3)",
    "delete from interaction where id = (select id from interaction limit 1 offset 3)",
    "delete from contact where rowid = (select max(rowid) from contact)",
    "delete from fact where seq = (select max(seq) from fact where kind = 'contact_recorded')",
    "delete from search_doc where seq = (select max(seq) from search_doc)",
    "drop trigger audit_no_delete; delete from audit where seq = (select max(seq) from audit where action = 'create')",
    "update customer_counter set last = last + 1",
    "update interaction set content = 'x' where id = (select id from interaction limit 1 offset 3)",
];

/// Compares the database with what was promised, and says what is wrong.
pub fn faults(path: &Path, ledger: &Ledger) -> Vec<String> {
    let connection = Connection::open(path).expect("the database");
    let mut faults = Vec::new();
    for (what, sql) in NOTHING_BY_HALF {
        let found = texts(&connection, sql);
        if let Some(first) = found.first() {
            faults.push(format!("{}× {what}, such as {first}", found.len()));
        }
    }
    let names = counted(texts(&connection, "select name from customer"));
    let contents = counted(texts(&connection, "select content from interaction"));
    let kept = &ledger.kept;
    faults.extend(not_once(&names, kept.customers.iter().map(|customer| &customer.name)));
    faults.extend(not_once(&contents, kept.interactions.iter().map(|interaction| &interaction.content)));
    faults.extend(more_than_once(&names, &kept.perhaps_customers));
    faults.extend(more_than_once(&contents, &kept.perhaps_interactions));
    let owners = texts(&connection, "select c.name from contact k join customer c on c.id = k.customer_id");
    let owners = counted(owners);
    faults.extend(ledger.imports.iter().flat_map(|import| wrong_in(import, &names, &owners)));
    faults
}

fn wrong_in(import: &Imported, names: &HashMap<String, usize>, owners: &HashMap<String, usize>) -> Vec<String> {
    let expected: Vec<String> = (0..import.customers).map(|n| format!("{}{n}厂", import.prefix)).collect();
    let mut faults: Vec<String> = not_once(names, expected.iter()).collect();
    let there = names.keys().filter(|name| name.starts_with(&import.prefix)).count();
    if there != import.customers {
        faults.push(format!("{there} customers of the import {}", import.prefix));
    }
    let wrong = expected.iter().filter(|name| owners.get(*name) != Some(&2));
    faults.extend(wrong.map(|name| format!("{name} has {:?} contacts", owners.get(name))));
    faults
}

fn not_once<'a>(
    counts: &HashMap<String, usize>,
    expected: impl Iterator<Item = &'a String>,
) -> impl Iterator<Item = String> {
    let wrong = expected.filter(|one| counts.get(*one) != Some(&1));
    wrong.map(|one| format!("{one} must be there once and is {:?} times", counts.get(one).unwrap_or(&0)))
}

fn more_than_once(counts: &HashMap<String, usize>, perhaps: &[String]) -> impl Iterator<Item = String> {
    let wrong = perhaps.iter().filter(|one| counts.get(*one).is_some_and(|count| *count > 1));
    wrong.map(|one| format!("{one} is there more than once"))
}

fn counted(texts: Vec<String>) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    counts
}

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).expect("a statement that fits the schema");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("texts")
}
