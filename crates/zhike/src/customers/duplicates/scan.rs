//! All customers at once: of each thing that customers are recognised by, the values in the order of their index, so
//! that those who share one lie side by side. Memory holds a page of values and the customers of some groups, however
//! many there are in all. A scan that was interrupted begins anew: finding a pair twice changes nothing.

use std::collections::{HashSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use store::jobs::{NewJob, enqueue};
use store::{Entity as _, Statement, Tx, Value};
use uuid::Uuid;

use super::find::{self, CROWD};
use super::pairs::{self, Found};
use crate::customers::contacts::{CONTACT_EMAIL, Contact};
use crate::customers::model::{Customer, EMAIL};
use crate::customers::sealed::domain_index;
use crate::kernel::{Error, Id, Result};
use crate::platform::grant::Principal;
use crate::platform::jobs::{JobContext, Registry};

pub const SCAN: &str = "customers.duplicates";
/// What is gone through one after the other.
const SIGNALS: i64 = 6;
/// Values read at a time.
const PAGE: usize = 5_000;
/// Customers compared at a time.
const COMPARED: usize = 500;
/// Customers looked at one by one in one transaction.
const NEW: i64 = 200;

store::statements! {
    CODES = "select credit_code, id from customer where credit_code is not null and credit_code > $1 order by credit_code limit $2";
    ID_NUMBERS = "select id_number_index, id from customer where id_number_index is not null and id_number_index > $1
        order by id_number_index limit $2";
    CORES = "select name_core, id from customer where name_core is not null and name_core > $1 order by name_core limit $2";
    SOUNDS = "select name_sound, id from customer where name_sound is not null and name_sound > $1 order by name_sound limit $2";
    PHONES = "select phone_index, id from customer where phone_index is not null and phone_index > $1 order by phone_index limit $2";
    CONTACT_PHONES = "select phone_index, customer_id from contact where phone_index is not null and phone_index > $1
        order by phone_index limit $2";
    DOMAINS = "select email_domain, id from customer where email_domain is not null and email_domain > $1
        order by email_domain limit $2";
    CONTACT_DOMAINS = "select email_domain, customer_id from contact where email_domain is not null and email_domain > $1
        order by email_domain limit $2";
    AFTER = "select id from customer where id > $1 and removed_at is null order by id limit $2";
    STALE = "delete from duplicate_pair where state = 'open' and checked_at < $1";
    /// A book from before names had sounds.
    UNFILLED = "select id from customer where name_core is not null and name_sound is null limit 1";
    TO_FILL = select Customer where "id > $1 order by id limit $2";
    FILL = "update customer set name_sound = $2, email_domain = $3 where id = $1";
    CONTACTS_TO_FILL = select Contact where "customer_id = $1 and email is not null";
    FILL_CONTACT = "update contact set email_domain = $3 where customer_id = $1 and id = $2";
}

pub fn register(registry: &mut Registry) {
    registry.on(SCAN, scan);
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Payload {
    /// Only customers made after this id.
    after: Option<Uuid>,
}

/// Looks at the customers of an import: they are younger than it, and ids sort by age.
pub fn after_import(tx: &mut Tx<'_>, who: &Principal, import: Uuid) -> Result<()> {
    let payload = serde_json::to_value(Payload { after: Some(import) })?;
    let once_key = Some(format!("{SCAN}:{import}"));
    enqueue(tx, NewJob { kind: SCAN, once_key, asked_by: None, payload, run_at: who.now })?;
    Ok(())
}

/// Looks at all customers now.
pub fn ask(tx: &mut Tx<'_>, who: &Principal) -> Result<Uuid> {
    let payload = serde_json::to_value(Payload::default())?;
    let asked_by = Some(who.user.uuid());
    Ok(enqueue(tx, NewJob { kind: SCAN, once_key: None, asked_by, payload, run_at: who.now })?)
}

fn scan(context: &JobContext, payload: Json) -> Result<Json> {
    let payload: Payload = serde_json::from_value(payload).unwrap_or_default();
    match payload.after {
        Some(after) => new_ones(context, after),
        None => all(context),
    }
}

fn new_ones(context: &JobContext, mut after: Uuid) -> Result<Json> {
    let mut done = 0;
    loop {
        let page = context.step(done, 0, move |tx, who| {
            let ids: Vec<Uuid> =
                tx.query(&AFTER, &[&after, &NEW])?.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?;
            for id in &ids {
                pairs::watch(tx, who, Id::from_uuid(*id))?;
            }
            Ok(ids)
        })?;
        done += page.len() as i64;
        match page.last() {
            Some(last) => after = *last,
            None => return Ok(json!({ "customers": done })),
        }
    }
}

fn all(context: &JobContext) -> Result<Json> {
    fill(context)?;
    let started = context.now();
    let signals: [&[&'static Statement]; SIGNALS as usize] =
        [&[&CODES], &[&ID_NUMBERS], &[&CORES], &[&SOUNDS], &[&PHONES, &CONTACT_PHONES], &[&DOMAINS, &CONTACT_DOMAINS]];
    let mut told = Told::default();
    for (at, sources) in signals.into_iter().enumerate() {
        one_signal(context, sources, &mut told)?;
        context.progress(at as i64 + 1, SIGNALS)?;
    }
    context.step(SIGNALS, SIGNALS, move |tx, _| Ok(tx.execute(&STALE, &[&started]).map(drop)?))?;
    Ok(json!({ "groups": told.groups, "crowds": told.crowds, "pairs": told.pairs }))
}

#[derive(Default)]
struct Told {
    groups: usize,
    crowds: usize,
    pairs: usize,
}

/// Compares all customers that share a value of one signal.
fn one_signal(context: &JobContext, sources: &[&'static Statement], told: &mut Told) -> Result<()> {
    let mut groups = Groups::new(sources);
    let mut waiting: Vec<Vec<Uuid>> = Vec::new();
    let mut held = 0;
    while let Some(group) = groups.next(context)? {
        match group.len() {
            0 | 1 => continue,
            2..=CROWD => {}
            _ => {
                told.crowds += 1;
                continue;
            }
        }
        told.groups += 1;
        held += group.len();
        waiting.push(group);
        if held >= COMPARED {
            told.pairs += compare(context, std::mem::take(&mut waiting))?;
            held = 0;
        }
    }
    told.pairs += compare(context, waiting)?;
    Ok(())
}

fn compare(context: &JobContext, groups: Vec<Vec<Uuid>>) -> Result<usize> {
    if groups.is_empty() {
        return Ok(0);
    }
    let found: Vec<Found> = context.read(move |tx, _| {
        let ids: HashSet<Uuid> = groups.iter().flatten().copied().collect();
        let traits = find::traits_of(tx, &ids.into_iter().collect::<Vec<_>>())?;
        Ok(groups.iter().flat_map(|group| pairs::among(group, &traits)).collect())
    })?;
    let count = found.len();
    if count > 0 {
        let now = context.now();
        context.step(context.done(), SIGNALS, move |tx, _| pairs::put(tx, &found, now))?;
    }
    Ok(count)
}

/// Customers by the value that they share, from one index or from two merged.
struct Groups {
    sources: Vec<Source>,
}

impl Groups {
    fn new(sources: &[&'static Statement]) -> Self {
        let source =
            |statement: &&'static Statement| Source { statement, after: None, ready: VecDeque::new(), ended: false };
        Self { sources: sources.iter().map(source).collect() }
    }

    /// The customers that have the next value, each once.
    fn next(&mut self, context: &JobContext) -> Result<Option<Vec<Uuid>>> {
        for source in &mut self.sources {
            source.fill(context)?;
        }
        let heads = self.sources.iter().filter_map(|source| source.ready.front());
        let Some(value) = heads.map(|(value, _)| value.clone()).min() else { return Ok(None) };
        let mut group = Vec::new();
        for source in &mut self.sources {
            while source.ready.front().is_some_and(|(own, _)| *own == value) {
                group.extend(source.ready.pop_front().map(|(_, id)| id));
            }
        }
        group.sort_unstable();
        group.dedup();
        Ok(Some(group))
    }
}

/// A value, comparable as its index orders it where two indexes are merged (digests).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shared {
    Text(String),
    Digest(Vec<u8>),
}

struct Source {
    statement: &'static Statement,
    after: Option<Shared>,
    ready: VecDeque<(Shared, Uuid)>,
    ended: bool,
}

impl Source {
    /// Reads the next page once the last is used up. A value that the page cuts in two is left for the next one, so
    /// that a group is always whole; a value that fills a page of its own is a crowd however much of it is read.
    fn fill(&mut self, context: &JobContext) -> Result<()> {
        if self.ended || !self.ready.is_empty() {
            return Ok(());
        }
        let (statement, after) = (self.statement, self.after.clone());
        let mut page = context.read(move |tx, _| read(tx, statement, after.as_ref()))?;
        self.ended = page.len() < PAGE;
        let last = page.last().map(|(value, _)| value.clone());
        if !self.ended && page.first().map(|(value, _)| value) != last.as_ref() {
            page.retain(|(value, _)| Some(value) != last.as_ref());
        }
        self.after = page.last().map(|(value, _)| value.clone());
        self.ready = page.into();
        Ok(())
    }
}

fn read(tx: &mut Tx<'_>, statement: &'static Statement, after: Option<&Shared>) -> Result<Vec<(Shared, Uuid)>> {
    let digests = [&ID_NUMBERS, &PHONES, &CONTACT_PHONES, &DOMAINS, &CONTACT_DOMAINS];
    let is_digest = digests.iter().any(|known| std::ptr::eq::<Statement>(*known, statement));
    let after = match after {
        Some(Shared::Text(text)) => Value::Text(text.clone()),
        Some(Shared::Digest(bytes)) => Value::Bytes(bytes.clone()),
        None if is_digest => Value::Bytes(Vec::new()),
        None => Value::Text(String::new()),
    };
    let rows = tx.query(statement, &[&after, &(PAGE as i64)])?;
    let value = |mut row: store::Row| {
        let value = if is_digest { Shared::Digest(row.take(0)?) } else { Shared::Text(row.take(0)?) };
        Ok((value, row.get(1)?))
    };
    rows.into_iter().map(value).collect()
}

/// Fills in what a book from before is found by.
fn fill(context: &JobContext) -> Result<()> {
    if context.read(|tx, _| Ok(tx.query_opt(&UNFILLED, &[])?.is_none()))? {
        return Ok(());
    }
    let mut after = Uuid::nil();
    loop {
        let last = context.step(context.done(), SIGNALS, move |tx, who| fill_page(tx, who, after))?;
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

fn fill_page(tx: &mut Tx<'_>, who: &Principal, after: Uuid) -> Result<Option<Uuid>> {
    let page = Customer::all(tx, &TO_FILL, &[&after, &NEW])?;
    let domain = |column, row: Uuid, sealed: Option<&[u8]>| -> Result<Option<Vec<u8>>> {
        let email = sealed.map(|sealed| who.vault.open_sealed(column, row, sealed)).transpose()?;
        Ok(email.and_then(|email| domain_index(&who.vault, &email)))
    };
    for customer in &page {
        let sound = customer.name_core.as_deref().map(store::search::pinyin_key);
        let own = domain(&EMAIL, customer.id.uuid(), customer.email.as_deref())?;
        tx.execute(&FILL, &[&customer.id, &sound, &own])?;
        for contact in Contact::all(tx, &CONTACTS_TO_FILL, &[&customer.id])? {
            let own = domain(&CONTACT_EMAIL, contact.id.uuid(), contact.email.as_deref())?;
            tx.execute(&FILL_CONTACT, &[&customer.id, &contact.id, &own])?;
        }
    }
    Ok::<_, Error>(page.last().map(|customer| customer.id.uuid()))
}
