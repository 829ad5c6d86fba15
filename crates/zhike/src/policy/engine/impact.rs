//! What a version would change if it were in force at this moment, for the second person who decides on it: the plan that
//! would be made, compared with what stands, and written nowhere. It counts what can be counted now: duties that run, and
//! those of periods that run or are about to begin. What facts of tomorrow would be judged otherwise it cannot know.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::jobs::{NewJob, enqueue};
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::cast::Cast;
use super::pen::Pen;
use super::replan::{STANDING, wanted};
use crate::customers::service as customers;
use crate::kernel::Result;
use crate::platform::access;
use crate::platform::grant::Principal;
use crate::platform::jobs::JobContext;
use crate::policy::book;
use crate::policy::codec::duty_of;
use crate::policy::model::DutyRow;
use crate::policy::rules::{Change, replan};

pub const IMPACT: &str = "policy.impact";
/// Customers that are read at once.
const PAGE: usize = 200;

/// What becomes of the duties of one clause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Moves {
    /// Owed from then on.
    pub opened: i64,
    /// With another deadline, owner or amount.
    pub changed: i64,
    /// Not owed any more.
    pub cancelled: i64,
}

/// Begins to count; the job's result tells.
pub fn start(tx: &mut Tx<'_>, who: &Principal, version: Uuid) -> Result<Uuid> {
    let (payload, asked_by) = (serde_json::to_value(Asked { version })?, Some(who.user.uuid()));
    Ok(enqueue(tx, NewJob { kind: IMPACT, once_key: None, asked_by, payload, run_at: who.now })?)
}

#[derive(Serialize, Deserialize)]
struct Asked {
    version: Uuid,
}

/// Reads the whole book page by page; nothing waits for it. Begun anew when it was interrupted.
pub(super) fn count(context: &JobContext, payload: Value) -> Result<Value> {
    let Asked { version } = serde_json::from_value(payload)?;
    let (at, vault) = (context.now(), Arc::clone(&context.vault));
    let mut all: BTreeMap<String, Moves> = BTreeMap::new();
    let (mut after, mut done) = (None, 0);
    loop {
        let vault = Arc::clone(&vault);
        let (last, moves, count) = context.read(move |tx, _| {
            // Whoever decides on regulations need not see the customers to know how many duties move.
            let system = access::system_here(tx, at, &vault)?;
            page(tx, &system, version, after)
        })?;
        for (clause, more) in moves {
            let sum = all.entry(clause).or_default();
            sum.opened += more.opened;
            sum.changed += more.changed;
            sum.cancelled += more.cancelled;
        }
        done += count as i64;
        context.progress(done, 0)?;
        if count < PAGE {
            let clauses: Vec<Value> = all.iter().map(|(clause, moves)| told(clause, *moves)).collect();
            return Ok(json!({ "customers": done, "at": at, "clauses": clauses }));
        }
        after = last;
    }
}

fn told(clause: &str, Moves { opened, changed, cancelled }: Moves) -> Value {
    json!({ "clause": clause, "opened": opened, "changed": changed, "cancelled": cancelled })
}

type Counted = (Option<Uuid>, BTreeMap<String, Moves>, usize);

fn page(tx: &mut Tx<'_>, who: &Principal, version: Uuid, after: Option<Uuid>) -> Result<Counted> {
    let (policy, book) = book::as_if(tx, version, who.now)?;
    let pen = Pen::new(book, who);
    let page = customers::page_of_subjects(tx, after, PAGE)?;
    let today = pen.book.calendars.company().date_of(who.now);
    let mut cast = Cast::of_page(tx, who, &page, today)?;
    let mut moves: BTreeMap<String, Moves> = BTreeMap::new();
    for customer in &page {
        one(tx, &pen, &mut cast, (&policy, customer), &mut moves)?;
    }
    Ok((page.last().map(|customer| customer.id), moves, page.len()))
}

fn one(
    tx: &mut Tx<'_>,
    pen: &Pen,
    cast: &mut Cast,
    (policy, customer): (&str, &customers::Subject),
    moves: &mut BTreeMap<String, Moves>,
) -> Result<()> {
    let (mut rows, mut standing) = (Vec::new(), Vec::new());
    for row in DutyRow::all(tx, &STANDING, &[&customer.id, &pen.now])? {
        if pen.book.entry_of(tx, row.policy_version, &row.rule)?.policy == policy {
            standing.push((duty_of(&row)?, row.state));
            rows.push(row);
        }
    }
    let wanted = wanted(tx, pen, cast, Some(customer), rows.iter())?;
    let mut clauses: BTreeMap<String, String> = rows.into_iter().map(|row| (row.rule, row.clause)).collect();
    clauses.extend(wanted.iter().map(|(entry, _)| (entry.rule.key.clone(), entry.clause.clone())));
    for change in replan(&standing, wanted.into_iter().map(|(_, duty)| duty).collect(), pen.now) {
        let clause = clauses.get(&change.duty().key.rule).cloned().unwrap_or_default();
        let moves = moves.entry(clause).or_default();
        match change {
            Change::Open(_) | Change::Revive(_) => moves.opened += 1,
            Change::Amend(_) => moves.changed += 1,
            Change::Cancel(_) => moves.cancelled += 1,
        }
    }
    Ok(())
}
