//! The engine's jobs: what comes round, and what is too much for one transaction.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Db, Tx};
use uuid::Uuid;

use super::pen::Pen;
use super::{impact, plan, replan, sweep};
use crate::customers::service as customers;
use crate::kernel::Result;
use crate::platform::grant::Principal;
use crate::platform::jobs::{JobContext, Registry};
use crate::policy::book;
use crate::policy::regulations::service::{activate_due, take_effect};

/// Plans what is about to begin, and brings into force what has been approved for today.
pub const PLAN: &str = "policy.plan";
/// Looks at the duties whose time has come.
pub const SWEEP: &str = "policy.sweep";
/// Plans customers anew.
pub const REPLAN: &str = "policy.replan";
/// Brings a version into force at the beginning of its day.
pub const EFFECT: &str = "policy.effect";

const PLAN_EVERY: Duration = Duration::from_secs(1_800);
const SWEEP_EVERY: Duration = Duration::from_secs(10);
/// How long it is remembered how far planning anew came.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Customers planned anew in one transaction.
const PAGE: usize = 200;

store::statements! {
    FORGET = "delete from plan_progress where key like 'replan:%' and updated_at < $1";
}

pub fn register(registry: &mut Registry) {
    registry.on(PLAN, plan_ahead).every(PLAN_EVERY, PLAN);
    registry.on(SWEEP, sweep_due).every(SWEEP_EVERY, SWEEP);
    registry.on(REPLAN, plan_anew).on(EFFECT, effect).on(impact::IMPACT, impact::count);
}

/// Whose duties are planned anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    All,
    /// Customers made after this id.
    After(Uuid),
    /// Customers for whom this person owes something.
    Owner(Uuid),
}

fn plan_ahead(context: &JobContext, _: Value) -> Result<Value> {
    context.step(context.done(), 0, |tx, who| {
        tx.execute(&FORGET, &[&(who.now - KEPT)])?;
        activate_due(tx, who)
    })?;
    let (mut done, mut opened) = (context.done(), 0);
    loop {
        let step = context.step(done + 1, 0, |tx, who| plan::step(tx, who))?;
        opened += step.opened;
        done += 1;
        if step.finished {
            return Ok(json!({ "opened": opened }));
        }
    }
}

fn sweep_due(context: &JobContext, _: Value) -> Result<Value> {
    let (mut done, mut looked_at) = (context.done(), 0);
    loop {
        let count = match context.step(done + 1, 0, |tx, who| sweep::step(tx, who)) {
            // One duty that cannot be judged must not keep the others from being told of.
            Err(error) if error.code == "internal" => {
                tracing::error!(%error, "a duty could not be judged; looking at them one by one");
                context.step(done + 1, 0, |tx, who| sweep::one_by_one(tx, who))?
            }
            count => count?,
        };
        looked_at += count;
        done += 1;
        if count < sweep::BATCH as usize {
            return Ok(json!({ "duties": looked_at }));
        }
    }
}

#[derive(Deserialize)]
struct Anew {
    scope: Scope,
}

fn plan_anew(context: &JobContext, payload: Value) -> Result<Value> {
    let Anew { scope } = serde_json::from_value(payload)?;
    let key = format!("replan:{}", context.id());
    let mut done = context.done();
    loop {
        let key = key.clone();
        let finished = context.step(done + 1, 0, move |tx, who| anew_step(tx, who, scope, &key))?;
        done += 1;
        if finished {
            return Ok(json!({ "pages": done }));
        }
    }
}

store::statements! {
    /// Whoever owes something that can still change owes it in a period that has not ended, or on a clock that ran out.
    OF_OWNER = "select distinct customer_id from duty
        where owner_id = $1 and (due_at > $4 or due_at is null or (live and state = 'missed')) and customer_id > $2
        order by customer_id limit $3";
}

/// Plans the next page anew, first of customers, then of what is of none; whether it was the last.
fn anew_step(tx: &mut Tx<'_>, who: &Principal, scope: Scope, key: &str) -> Result<bool> {
    super::pass_gate(tx)?;
    let reached = plan::reached(tx, key)?;
    if reached.as_ref().is_some_and(|progress| progress.done) {
        return strays(tx, who, scope, &format!("{key}:nobody"));
    }
    let after = reached.and_then(|progress| progress.after_id);
    let page = match scope {
        Scope::All => customers::page_of_subjects(tx, after, PAGE)?,
        Scope::After(first) => customers::page_of_subjects(tx, Some(after.unwrap_or(first)), PAGE)?,
        Scope::Owner(owner) => of_owner(tx, owner, after, who.now)?,
    };
    let last = page.len() < PAGE;
    let mut pen = Pen::new(book::load(tx)?, who);
    replan::page(tx, &mut pen, &page)?;
    pen.finish(tx)?;
    let reached = page.last().map(|customer| customer.id).or(after);
    plan::mark(tx, key, reached, last, page.len() as i64, who.now)?;
    Ok(false)
}

/// The next page of what is of no customer. What an import brings has customers.
fn strays(tx: &mut Tx<'_>, who: &Principal, scope: Scope, key: &str) -> Result<bool> {
    let owner = match scope {
        Scope::All => None,
        Scope::Owner(owner) => Some(owner),
        Scope::After(_) => return Ok(true),
    };
    let reached = plan::reached(tx, key)?;
    if reached.as_ref().is_some_and(|progress| progress.done) {
        return Ok(true);
    }
    let mut pen = Pen::new(book::load(tx)?, who);
    let last = replan::of_nobody(tx, &mut pen, owner, reached.and_then(|progress| progress.after_id), PAGE)?;
    pen.finish(tx)?;
    plan::mark(tx, key, last, last.is_none(), 0, who.now)?;
    Ok(last.is_none())
}

fn of_owner(tx: &mut Tx<'_>, owner: Uuid, after: Option<Uuid>, now: Timestamp) -> Result<Vec<customers::Subject>> {
    let rows = tx.query(&OF_OWNER, &[&owner, &after.unwrap_or_default(), &(PAGE as i64), &now])?;
    let ids = rows.iter().map(|row| row.get(0)).collect::<store::Result<Vec<Uuid>>>()?;
    if ids.is_empty() { Ok(Vec::new()) } else { customers::snapshot(tx, &ids) }
}

#[derive(Deserialize)]
struct Effect {
    version: Uuid,
}

fn effect(context: &JobContext, payload: Value) -> Result<Value> {
    let Effect { version } = serde_json::from_value(payload)?;
    let done = context.step(1, 1, move |tx, who| take_effect(tx, who, version))?;
    Ok(json!({ "effective": done }))
}

/// Plans and judges everything that is due, on this thread: for commands that make data, and for measuring.
pub fn catch_up(db: &Db, who: &Arc<Principal>) -> Result<()> {
    loop {
        let principal = Arc::clone(who);
        if db.write_blocking(move |tx| plan::step(tx, &principal))?.finished {
            break;
        }
    }
    loop {
        let principal = Arc::clone(who);
        if db.write_blocking(move |tx| sweep::step(tx, &principal))? < sweep::BATCH as usize {
            return Ok(());
        }
    }
}
