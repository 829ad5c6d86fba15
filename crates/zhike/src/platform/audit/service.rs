use std::collections::BTreeMap;

use serde_json::Value;
use store::list::{Asked, Field, Kind, List, ListSpec};
use store::{Columns as _, Entity as _, Predicate, Statement, ToValue, Tx};
use uuid::Uuid;

use super::rules::{self, Chain};
use super::{AuditEntry, Entry, Fault, Verdict, telling};
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity::Audit;
use crate::kernel::{Action, Entity, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::grant::{Grant, Principal};
use crate::platform::holdings::About;
use crate::platform::search;
use crate::platform::vault::hex;

store::statements! {
    /// On PostgreSQL writers run side by side; this lets them take their places in the chain one after the other. Held
    /// to the end of the transaction, so entries are visible in the order of the chain.
    QUEUE_UP = postgres "select pg_advisory_xact_lock(4729110001)";
    HEAD = "select seq, hash from audit order by seq desc limit 1";
    FIRST_OF = select AuditEntry where "entity_id = $1 and action = $2 order by seq limit 1";
    OF_RECORD = select AuditEntry where "entity_id = $1 order by seq desc limit $2";
    OF_CUSTOMER = "select seq from audit where customer_id = $1 and entity <> 'subject_request' and erased_at is null
        and changes <> '{}' order by seq limit $2";
    OF_CONTACT = "select seq from audit where entity_id = $1 and erased_at is null and changes <> '{}'
        order by seq limit $2";
    MENTIONING = "select seq from audit where customer_id = $1 and entity <> 'subject_request' and erased_at is null
        and replace(changes, $3, '') <> changes order by seq limit $2";
    /// What is about colleagues is theirs, though one of them has the same name.
    MENTIONING_NOBODYS = "select seq from audit where customer_id is null and erased_at is null
        and entity in ('customer', 'contact', 'interaction', 'cooperation', 'todo', 'duty', 'view', 'job', 'compliance', 'release', 'alarm', 'case')
        and replace(changes, $1, '') <> changes order by seq limit $2";
    ERASE = "update audit set changes = '{}', salt = null, erased_at = $2 where seq = $1 and erased_at is null";
    CHUNK = select AuditEntry where "seq > $1 order by seq limit 1000";
}

const LIST: ListSpec = ListSpec {
    table: "audit",
    columns: AuditEntry::COLUMNS,
    fields: &[
        Field::new("seq", Kind::Integer).sortable(),
        Field::new("at", Kind::Instant),
        Field::new("actor", Kind::Id),
        Field::new("action", Kind::Word),
        Field::new("entity", Kind::Word),
        Field::new("entity_id", Kind::Id),
        Field::new("customer_id", Kind::Id),
        Field::new("ip", Kind::Word),
    ],
    default_sort: "-seq",
};

/// Writes down that `who` did `action` to a record. Belongs into the same transaction as the change; call it after the
/// change, so that on PostgreSQL other writers wait for as short as can be.
pub fn record(
    tx: &mut Tx<'_>,
    who: &Principal,
    action: &str,
    entity: Entity,
    id: Uuid,
    customer: Option<Uuid>,
    changes: impl Into<Value>,
) -> Result<()> {
    let entry = Entry {
        at: who.now,
        actor: Some(who.user.uuid()),
        actor_name: &who.name,
        request: &who.request,
        action,
        entity,
        entity_id: id,
        customer,
        changes: changes.into(),
    };
    append(tx, entry)
}

/// Bytes of what one entry tells: no entry can be removed again, and whoever reads the audit reads it.
const ENTRY_MOST: usize = 64 << 10;

/// Adds an entry to the chain. What it tells is cut to what fits.
pub fn append(tx: &mut Tx<'_>, entry: Entry<'_>) -> Result<()> {
    if tx.is_postgres() {
        tx.execute(&QUEUE_UP, &[])?;
    }
    let (seq, prev_hash) = last(tx)?;
    let mut row = AuditEntry {
        seq: seq + 1,
        id: Uuid::now_v7(),
        at: entry.at,
        actor: entry.actor,
        actor_name: entry.actor_name.to_owned(),
        session: entry.request.session,
        ip: entry.request.ip.clone(),
        request_id: entry.request.id,
        action: entry.action.to_owned(),
        entity: entry.entity.word().to_owned(),
        entity_id: entry.entity_id,
        customer_id: entry.customer,
        changes: rules::within(ENTRY_MOST, entry.changes).0.to_string(),
        prev_hash,
        hash: Vec::new(),
        salt: Some(rand::random::<[u8; 16]>().to_vec()),
        changes_digest: None,
        erased_at: None,
    };
    row.changes_digest = row.salt.as_deref().map(|salt| rules::digest_changes(salt, &row.changes).to_vec());
    row.hash = rules::digest(&row).to_vec();
    Ok(row.insert(tx)?)
}

/// How many entries there are and the digest of the last one.
pub fn head(tx: &mut Tx<'_>) -> Result<(i64, String)> {
    let (seq, hash) = last(tx)?;
    Ok((seq, hex(&hash)))
}

fn last(tx: &mut Tx<'_>) -> Result<(i64, Vec<u8>)> {
    match tx.query_opt(&HEAD, &[])? {
        Some(row) => Ok((row.get(0)?, row.get(1)?)),
        None => Ok((0, rules::ORIGIN.to_vec())),
    }
}

/// Follows the whole chain in pieces, from the first entry to the last. `noted` is a head that an earlier check
/// printed; it must still be part of the chain.
pub fn verify(tx: &mut Tx<'_>, noted: Option<&str>) -> Result<Verdict> {
    let mut chain = Chain::new();
    let mut found = noted.is_none_or(|noted| noted.eq_ignore_ascii_case(&hex(&rules::ORIGIN)));
    loop {
        let entries = AuditEntry::all(tx, &CHUNK, &[&chain.seq])?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            let seq = entry.seq;
            if let Err(reason) = chain.follow(entry) {
                return Ok(Verdict::Broken { seq, reason });
            }
            found |= noted.is_some_and(|noted| noted.eq_ignore_ascii_case(&hex(&chain.head)));
        }
    }
    if let Some(seq) = chain.unexplained() {
        return Ok(Verdict::Broken { seq, reason: Fault::Emptied });
    }
    let (rows, head) = (chain.seq, hex(&chain.head));
    Ok(if found { Verdict::Intact { rows, head, erased: chain.erased } } else { Verdict::HeadMissing { rows, head } })
}

/// Entries, newest first: all of them, or what the asker did, for who may see no more.
pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, Audit>, asked: &Asked) -> Result<List<AuditEntry>> {
    let all = grant.principal().permissions.reach(Action::Read, Entity::Audit).is_some_and(|reach| reach.all);
    let scope = if all { Predicate::All } else { Predicate::eq("actor", grant.user()) };
    let (rows, next) = LIST.page(tx, &scope, asked)?;
    let items = rows.into_iter().map(AuditEntry::from_row).collect::<store::Result<_>>()?;
    Ok(List { items, next })
}

/// What was done to a record, newest first. Whoever asks has checked that it may be told.
pub fn of_record(tx: &mut Tx<'_>, record: Uuid, most: i64) -> Result<Vec<AuditEntry>> {
    Ok(AuditEntry::all(tx, &OF_RECORD, &[&record, &most])?)
}

/// When something was first done to a record.
pub fn first_of(tx: &mut Tx<'_>, record: Uuid, action: &str) -> Result<Option<AuditEntry>> {
    Ok(AuditEntry::one(tx, &FIRST_OF, &[&record, &action])?)
}

/// Erases what the next entries tell of somebody, `most` at a time, and writes down which; whether more are left. The
/// chain is made of digests and stays whole. Erased are the entries of `person`, and those of their companies, of the
/// customers `near` them and of no customer that mention one of `words`; what was done about a request tells nothing of a
/// person and stays.
pub fn erase_some(
    tx: &mut Tx<'_>,
    who: &Principal,
    (person, near): (&[About], &[Uuid]),
    words: &[String],
    most: i64,
) -> Result<bool> {
    let mut found: Vec<i64> = Vec::new();
    for (customer, contact) in person {
        match contact {
            None => found.extend(seqs(tx, &OF_CUSTOMER, &[customer, &most])?),
            Some(contact) => found.extend(seqs(tx, &OF_CONTACT, &[contact, &most])?),
        }
    }
    for customer in person.iter().map(|(customer, _)| customer).chain(near) {
        for word in words {
            found.extend(seqs(tx, &MENTIONING, &[customer, &most, word])?);
        }
    }
    for word in words {
        found.extend(seqs(tx, &MENTIONING_NOBODYS, &[&word, &most])?);
    }
    found.sort_unstable();
    found.dedup();
    found.truncate(usize::try_from(most).unwrap_or_default());
    if found.is_empty() {
        return Ok(false);
    }
    for seq in &found {
        tx.execute(&ERASE, &[seq, &who.now])?;
    }
    let told = serde_json::json!({ "entries": found });
    record(tx, who, rules::ERASED, Entity::Audit, Uuid::nil(), None, told)?;
    Ok(true)
}

fn seqs(tx: &mut Tx<'_>, statement: &'static Statement, values: &[&dyn ToValue]) -> Result<Vec<i64>> {
    let rows = tx.query(statement, values)?;
    Ok(rows.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?)
}

/// An entry for whoever asks: with the name of the customer or colleague that it is about, where they may see them, and
/// whether they may be told what stands in it.
pub struct Shown {
    pub entry: AuditEntry,
    pub record: Option<Named>,
    pub in_full: bool,
}

pub fn shown(tx: &mut Tx<'_>, who: &Principal, entries: Vec<AuditEntry>) -> Result<Vec<Shown>> {
    let mut customers: Vec<Uuid> = entries.iter().filter_map(|entry| entry.customer_id).collect();
    customers.sort_unstable();
    customers.dedup();
    let titles = search::titles(tx, who, Entity::Customer, &customers)?;
    let full = telling::in_full(tx, who, &entries)?;
    let people = who.permissions.reach(Action::Read, Entity::User).is_some();
    let mut shown = Vec::with_capacity(entries.len());
    for entry in entries {
        let record = match entry.customer_id {
            Some(id) => titles.get(&id).map(|name| Named { id, name: name.clone() }),
            None if people && entry.entity == Entity::User.word() => Some(names::user(tx, entry.entity_id)?),
            None => None,
        };
        let record = record.filter(|record| !record.name.is_empty());
        shown.push(Shown { record, in_full: full.contains(&entry.seq), entry });
    }
    Ok(shown)
}

/// Names of these colleagues, for who may see colleagues.
pub fn people(tx: &mut Tx<'_>, who: &Principal, ids: impl Iterator<Item = Uuid>) -> Result<BTreeMap<Uuid, String>> {
    let mut people = BTreeMap::new();
    if who.permissions.reach(Action::Read, Entity::User).is_none() {
        return Ok(people);
    }
    for id in ids {
        people.insert(id, names::user(tx, id)?.name);
    }
    Ok(people)
}
