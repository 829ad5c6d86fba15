//! Once a day, after an import, and when it is set anew what counts as stale, all archives are looked at, block by block.

use std::time::Duration;

use serde_json::{Value, json};
use store::Tx;
use store::jobs::{self, NewJob};
use uuid::Uuid;

use super::found::{Looked, correct, look_from};
use super::service::{self, Tally};
use crate::kernel::Result;
use crate::platform::grant::Principal;
use crate::platform::jobs::{JobContext, Registry};

const KIND: &str = "customers.quality";
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// Few enough that whoever saves something waits for a moment only.
const BLOCK: usize = 500;

pub fn register(registry: &mut Registry) {
    registry.on(KIND, run).every(DAY, KIND);
}

/// An import writes its customers without a look at each.
pub fn after_import(tx: &mut Tx<'_>, who: &Principal, import: Uuid) -> Result<()> {
    enqueue(tx, who, Some(format!("{KIND}:{import}")))
}

pub(super) fn enqueue(tx: &mut Tx<'_>, who: &Principal, once_key: Option<String>) -> Result<()> {
    jobs::enqueue(tx, NewJob { kind: KIND, once_key, asked_by: None, payload: json!({}), run_at: who.now })?;
    Ok(())
}

/// A run that follows one that was broken off begins anew: it finds what that one wrote as it should be.
fn run(context: &JobContext, _: Value) -> Result<Value> {
    let (mut after, mut done, mut tally) = (Uuid::nil(), 0, Tally::new());
    let stale_days = context.read(|tx, _| Ok(service::setting(tx)?.stale_days))?;
    let today = (context.now(), stale_days);
    loop {
        let looked = context.read(move |tx, _| look_from(tx, after, BLOCK, today))?;
        let Some(last) = looked.last() else { break };
        after = last.id;
        done += looked.len() as i64;
        count(&mut tally, &looked);
        let changed: Vec<Uuid> = looked.iter().filter(|one| !one.is_written()).map(|one| one.id).collect();
        context.step(done, 0, move |tx, _| correct(tx, &changed, today))?;
    }
    context.step(done, done, move |tx, _| service::keep(tx, &tally, today.0))?;
    Ok(json!({ "customers": done }))
}

fn count(tally: &mut Tally, looked: &[Looked]) {
    for one in looked {
        for flaw in &one.flaws {
            *tally.entry((one.place.0, one.place.1, *flaw)).or_default() += 1;
        }
    }
}

/// The same in one transaction, for a small company.
pub fn look_at_all(tx: &mut Tx<'_>, who: &Principal) -> Result<()> {
    let (mut after, mut tally) = (Uuid::nil(), Tally::new());
    let today = (who.now, service::setting(tx)?.stale_days);
    loop {
        let looked = look_from(tx, after, BLOCK, today)?;
        let Some(last) = looked.last() else { return service::keep(tx, &tally, who.now) };
        after = last.id;
        count(&mut tally, &looked);
        correct(tx, &looked.iter().map(|one| one.id).collect::<Vec<_>>(), today)?;
    }
}
