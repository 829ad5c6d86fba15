//! What a batch does to the book, in one transaction: customers, contacts, search, the rows refused, how far the import
//! is, and one entry of the audit for all of it.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::existing::{Book, Keys, Known};
use super::judge::{Judge, Match, Verdict};
use super::model::{Duplicates, Problem, RowProblems};
use super::update;
use crate::customers::basis::{self, EntryBasis};
use crate::customers::input::NewCustomer;
use crate::customers::model::Customer;
use crate::customers::service::{self, Prepared};
use crate::customers::{index, number};
use crate::kernel::permission::action::Import;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Result};
use crate::platform::audit;
use crate::platform::custom::values::found_in;
use crate::platform::grant::{Grant, Principal};

store::statements! {
    ADD_TAG = "insert into customer_tag (customer_id, tag) values ($1, $2)";
    ADVANCE = "update customer_import set done = $2, accepted = accepted + $3, skipped = skipped + $4,
        rejected = rejected + $5, created = created + $6, updated = updated + $7, contacts = contacts + $8 where id = $1";
}

/// A customer of the sheet, ready to be written.
#[derive(Clone, Debug)]
pub struct Ready {
    /// The rows it comes from.
    pub rows: Vec<u64>,
    pub keys: Keys,
    pub prepared: Prepared,
    /// What the sheet says, for a customer that is there already.
    pub said: NewCustomer,
}

/// Rows that are dealt with together.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub ready: Vec<Ready>,
    pub refused: Vec<(u64, Vec<Problem>)>,
    /// Rows done when this batch is.
    pub done: i64,
}

/// What came of rows, and of customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub accepted: i64,
    pub skipped: i64,
    pub rejected: i64,
    pub created: i64,
    pub updated: i64,
    pub contacts: i64,
}

/// Which import this is.
#[derive(Clone, Debug)]
pub struct About {
    pub import: Uuid,
    pub file: String,
    pub duplicates: Duplicates,
    pub dry_run: bool,
    /// On what basis people are entered.
    pub basis: EntryBasis,
}

/// What a batch did.
#[derive(Clone, Debug, Default)]
pub struct Written {
    pub counts: Counts,
    /// Customers that a dry run would have made.
    pub made: Vec<(Keys, Known)>,
}

/// Writes a batch. `seen` holds what earlier batches of a dry run would have made.
pub fn write(tx: &mut Tx<'_>, who: &Arc<Principal>, about: &About, batch: &Batch, seen: &Book) -> Result<Written> {
    let grant: Grant<Import, entity::Customer> = who.grant()?;
    let judge = Judge::new(tx, who, about.duplicates, seen, batch.ready.iter().map(|ready| &ready.keys))?;
    let mut pen = Pen {
        about,
        grant: &grant,
        judge,
        waiting: Vec::new(),
        written: Written::default(),
        numbers: None,
        given: HashMap::new(),
    };
    for (row, problems) in &batch.refused {
        pen.refuse(tx, &[*row], problems)?;
        pen.written.counts.rejected += 1;
    }
    for ready in &batch.ready {
        pen.take(tx, ready)?;
    }
    pen.insert_waiting(tx)?;
    let (counts, numbers) = (pen.written.counts, pen.numbers.take());
    let written = pen.written;
    advance(tx, about.import, batch.done, counts)?;
    if !about.dry_run {
        let entry = json!({
            "rows_done": batch.done, "created": counts.created, "numbers": numbers, "updated": counts.updated,
            "contacts": counts.contacts, "skipped": counts.skipped, "rejected": counts.rejected,
        });
        audit::record(tx, who, "import_rows", Entity::Customer, about.import, None, entry)?;
    }
    Ok(written)
}

/// How far the import is, and what came of its rows.
pub fn advance(tx: &mut Tx<'_>, import: Uuid, done: i64, counts: Counts) -> Result<()> {
    let Counts { accepted, skipped, rejected, created, updated, contacts } = counts;
    tx.execute(&ADVANCE, &[&import, &done, &accepted, &skipped, &rejected, &created, &updated, &contacts])?;
    Ok(())
}

struct Pen<'a> {
    about: &'a About,
    grant: &'a Grant<Import, entity::Customer>,
    judge: Judge<'a>,
    /// New customers, to be numbered and written together.
    waiting: Vec<&'a Ready>,
    written: Written,
    /// The first and last number given out.
    numbers: Option<(String, String)>,
    /// The numbers of this batch's customers.
    given: HashMap<Uuid, String>,
}

impl<'a> Pen<'a> {
    fn take(&mut self, tx: &mut Tx<'_>, ready: &'a Ready) -> Result<()> {
        match self.judge.judge(tx, ready)? {
            Verdict::Create(made) => self.create(ready, made),
            Verdict::Update(found) => return self.update(tx, ready, &found.known),
            Verdict::Skip(found) => {
                let problem = self.told(tx, "duplicate.exists", &found)?;
                self.refuse(tx, &ready.rows, &[problem])?;
                self.written.counts.skipped += ready.rows.len() as i64;
            }
            Verdict::Refuse(code, found) => {
                let problem = self.told(tx, code, &found)?;
                self.reject(tx, ready, vec![problem])?;
            }
            Verdict::NotAllowed(problem) => self.reject(tx, ready, vec![problem])?,
        }
        Ok(())
    }

    fn create(&mut self, ready: &'a Ready, made: Known) {
        self.written.counts.created += 1;
        self.written.counts.contacts += ready.prepared.contacts.len() as i64;
        self.written.counts.accepted += ready.rows.len() as i64;
        match self.about.dry_run {
            true => self.written.made.push((ready.keys.clone(), made)),
            false => self.waiting.push(ready),
        }
    }

    fn insert_waiting(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        let mut people = Vec::new();
        for (ready, number) in waiting.iter().zip(number::take(tx, self.grant.now(), waiting.len())?) {
            insert(tx, self.grant.principal(), &ready.prepared, &number)?;
            people.extend(ready.prepared.people());
            self.given.insert(ready.prepared.customer.id.uuid(), number.clone());
            match &mut self.numbers {
                Some((_, last)) => *last = number,
                none => *none = Some((number.clone(), number)),
            }
        }
        basis::keep(tx, self.grant.principal(), &self.about.basis, &people)
    }

    /// Brings a customer up to date that is there already, or refuses the rows if that cannot be.
    fn update(&mut self, tx: &mut Tx<'_>, ready: &Ready, known: &Known) -> Result<()> {
        let who = self.grant.principal();
        // It may be one of those that wait.
        self.insert_waiting(tx)?;
        let outcome = match self.about.dry_run {
            true => Ok(0),
            false => tx.nested(|tx| update::update(tx, who, known.id, &ready.said, self.about)),
        };
        match outcome {
            Ok(contacts) => {
                self.written.counts.updated += 1;
                self.written.counts.contacts += contacts;
                self.written.counts.accepted += ready.rows.len() as i64;
                Ok(())
            }
            Err(error) if error.status < 500 => self.reject(tx, ready, problems_of(&error)),
            Err(error) => Err(error),
        }
    }

    fn reject(&mut self, tx: &mut Tx<'_>, ready: &Ready, problems: Vec<Problem>) -> Result<()> {
        self.written.counts.rejected += ready.rows.len() as i64;
        self.refuse(tx, &ready.rows, &problems)
    }

    fn refuse(&self, tx: &mut Tx<'_>, rows: &[u64], problems: &[Problem]) -> Result<()> {
        let errors: Vec<&Problem> = problems.iter().filter(|problem| problem.is_error()).collect();
        let problems = serde_json::to_value(errors)?;
        for row in rows {
            let problems = problems.clone();
            RowProblems { import_id: self.about.import, row_number: *row as i64, problems }.insert(tx)?;
        }
        Ok(())
    }

    /// Names the customer that is there already to whoever may see it, and to nobody else.
    fn told(&mut self, tx: &mut Tx<'_>, code: &str, found: &Match) -> Result<Problem> {
        if found.known.is_made() {
            self.insert_waiting(tx)?;
        }
        let number = self.given.get(&found.known.id).unwrap_or(&found.known.number);
        Ok(found.told(code, found.is_shown(tx, self.grant.principal())?, number))
    }
}

fn insert(tx: &mut Tx<'_>, who: &Principal, prepared: &Prepared, number: &str) -> Result<()> {
    let customer = Customer { number: number.to_owned(), ..prepared.customer.clone() };
    customer.insert(tx)?;
    for tag in customer.tags() {
        tx.execute(&ADD_TAG, &[&customer.id, &tag])?;
    }
    for contact in &prepared.contacts {
        contact.insert(tx)?;
    }
    service::write_values(tx, &customer, &prepared.values)?;
    index::put_new(tx, &customer, &prepared.contacts, &found_in(who, &prepared.values))
}

/// What a service refused, as problems of a row.
pub fn problems_of(error: &crate::kernel::Error) -> Vec<Problem> {
    if error.fields.is_empty() {
        return vec![Problem::error("", error.code)];
    }
    error.fields.iter().map(|fault| Problem::error(&target_of(&fault.field), &fault.code)).collect()
}

/// `contacts[1].phone` is the second contact's phone.
fn target_of(field: &str) -> String {
    let Some(rest) = field.strip_prefix("contacts[") else { return field.to_owned() };
    let Some((at, field)) = rest.split_once("].") else { return "contact.name".to_owned() };
    match at.parse::<usize>() {
        Ok(0) | Err(_) => format!("contact.{field}"),
        Ok(at) => format!("contact{}.{field}", at + 1),
    }
}
