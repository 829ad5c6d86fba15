//! Planning ahead: the duties of every period that runs or is about to, for all customers, page by page. How far it has
//! come is kept, so that a crash, a second node or a second run make nothing twice and leave nothing out.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::cast::Cast;
use super::pen::Pen;
use crate::customers::service as customers;
use crate::kernel::Result;
use crate::platform::grant::Principal;
use crate::policy::book::{self, AHEAD, Book, Entry};
use crate::policy::rules::facts::subject_holds;
use crate::policy::rules::{Frame, plan_period};

/// Customers in one transaction: the more, the seldomer a page of an index is written again; a tenth of a second of work.
pub const PAGE: usize = 4_000;
/// Periods further back are not made up for.
const BACK_MOST: SignedDuration = SignedDuration::from_hours(24 * 366 * 2);

store::entity! {
    pub struct Progress: "plan_progress" {
        pub key: String,
        pub after_id: Option<Uuid>,
        pub done: bool,
        pub planned: i64,
        pub updated_at: Timestamp,
    }
}

store::statements! {
    DONE = "select key from plan_progress where done and key like 'plan:%'";
    MARK = "insert into plan_progress (key, after_id, done, planned, updated_at) values ($1, $2, $3, $4, $5)
        on conflict (key) do update set after_id = excluded.after_id, done = excluded.done,
            planned = plan_progress.planned + excluded.planned, updated_at = excluded.updated_at";
}

/// Writes down how far planning under this key has come.
pub fn mark(tx: &mut Tx<'_>, key: &str, after: Option<Uuid>, done: bool, planned: i64, now: Timestamp) -> Result<()> {
    tx.execute(&MARK, &[&key, &after, &done, &planned, &now])?;
    Ok(())
}

/// How far planning under this key has come.
pub fn reached(tx: &mut Tx<'_>, key: &str) -> Result<Option<Progress>> {
    Ok(Progress::find(tx, key)?)
}

/// A rule in a period whose duties are not all there yet.
struct Pending {
    entry: Arc<Entry>,
    frame: Frame,
    key: String,
    after: Option<Uuid>,
}

/// What came of one page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    pub opened: usize,
    /// Nothing is left to plan.
    pub finished: bool,
}

/// Plans the next page of customers for everything that has come as far.
pub fn step(tx: &mut Tx<'_>, who: &Principal) -> Result<Step> {
    super::close_gate(tx)?;
    let book = book::load(tx)?;
    let mut pending = pending(tx, &book, who.now)?;
    let Some(after) = pending.iter().map(|one| one.after).min() else {
        return Ok(Step { opened: 0, finished: true });
    };
    pending.retain(|one| one.after == after);
    let page = customers::page_of_subjects(tx, after, PAGE)?;
    let mut pen = Pen::new(Arc::clone(&book), who);
    let today = book.calendars.company().date_of(who.now);
    let mut cast = Cast::of_page(tx, who, &page, today)?;
    let mut opened = 0;
    for one in &pending {
        let planned = plan_page(tx, &mut pen, &mut cast, one, &page)?;
        opened += planned;
        let last = page.last().map(|customer| customer.id).or(after);
        mark(tx, &one.key, last, page.len() < PAGE, planned as i64, who.now)?;
    }
    pen.finish(tx)?;
    Ok(Step { opened, finished: false })
}

fn plan_page(
    tx: &mut Tx<'_>,
    pen: &mut Pen,
    cast: &mut Cast,
    one: &Pending,
    page: &[customers::Subject],
) -> Result<usize> {
    let Pending { entry, frame, .. } = one;
    let has_begun = frame.window().opens_at <= pen.now;
    let mut opened = 0;
    for customer in page {
        let subject = cast.subject(tx, entry, customer, Some(frame.window()))?;
        if !subject_holds(&entry.rule.of, &subject) {
            continue;
        }
        let Some(duty) = plan_period(&entry.rule, frame, &subject)? else { continue };
        let row = match has_begun {
            true => pen.open(tx, entry, &duty)?,
            false => pen.open_untouched(tx, entry, &duty)?,
        };
        opened += usize::from(row.is_some());
    }
    Ok(opened)
}

/// The rules and periods that are not finished: from the day their version came into force until shortly after now.
fn pending(tx: &mut Tx<'_>, book: &Book, now: Timestamp) -> Result<Vec<Pending>> {
    let done = tx.query(&DONE, &[])?.iter().map(|row| row.get(0)).collect::<store::Result<Vec<String>>>()?;
    let mut pending = Vec::new();
    for edition in &book.editions {
        let from = edition.since.max(now - BACK_MOST);
        for entry in edition.entries.iter().filter(|entry| entry.rule.is_of_customers()) {
            let index = book.entries.iter().position(|other| Arc::ptr_eq(other, entry)).unwrap_or(usize::MAX);
            for frame in book.frames_between(index, from, now + AHEAD)? {
                let key = format!("plan:{}:{}:{}", entry.policy, entry.rule.key, frame.window().key);
                if done.contains(&key) {
                    continue;
                }
                let after = reached(tx, &key)?.and_then(|progress| progress.after_id);
                pending.push(Pending { entry: Arc::clone(entry), frame, key, after });
            }
        }
    }
    Ok(pending)
}
