//! The removal itself, bit by bit. Each step may be the last before a crash: the next run begins anew and finds less.

use std::time::Duration;

use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::jobs::{self, NewJob};
use uuid::Uuid;

use super::{ledger, service};
use crate::kernel::{Error, Result};
use crate::platform::files;
use crate::platform::jobs::{JobContext, Registry};
use crate::platform::settings;

pub const KIND: &str = "protection.erase";
/// Writes the file of the database anew, at night.
const REWRITE: &str = "protection.rewrite";
/// A file up to this size is written anew at once: nobody notices.
const AT_ONCE_BYTES: u64 = 256 << 20;

pub fn register(registry: &mut Registry) {
    // What failed is tried again every hour.
    registry.on(KIND, run).every(Duration::from_secs(3600), KIND);
    registry.on(REWRITE, rewrite);
}

fn run(context: &JobContext, _: Value) -> Result<Value> {
    let waiting = context.read(|tx, _| service::under_way(tx))?;
    if waiting.is_empty() {
        return Ok(json!({ "erased": 0 }));
    }
    let mut step = context.done();
    for id in &waiting {
        rows(context, *id, &mut step)?;
    }
    tidy(context, &mut step)?;
    for id in &waiting {
        remove_files(context, *id)?;
    }
    // From here on what was removed lies in unused parts of the disk alone.
    if !context.db.clear_traces(AT_ONCE_BYTES)? {
        step += 1;
        let at = tonight(context)?;
        context.step(step, 0, move |tx, _| {
            let payload = json!({});
            jobs::enqueue(tx, NewJob { kind: REWRITE, once_key: None, asked_by: None, payload, run_at: at })?;
            Ok(())
        })?;
    }
    for id in waiting.clone() {
        step += 1;
        context.step(step, 0, move |tx, who| service::finish(tx, who, id))?;
    }
    // What was looked for has been in the log until now.
    context.db.clear_traces(0)?;
    Ok(json!({ "erased": waiting.len() }))
}

fn rows(context: &JobContext, id: Uuid, step: &mut i64) -> Result<()> {
    loop {
        *step += 1;
        if !context.step(*step, 0, move |tx, who| service::rows(tx, who, id))? {
            break;
        }
    }
    *step += 1;
    context.step(*step, 0, move |tx, who| service::mentions(tx, who, id))?;
    loop {
        *step += 1;
        if !context.step(*step, 0, move |tx, who| service::entries(tx, who, id))? {
            return Ok(());
        }
    }
}

/// Puts the search index together: until then it keeps the words of what was taken out of it.
fn tidy(context: &JobContext, step: &mut i64) -> Result<()> {
    loop {
        *step += 1;
        if !context.step(*step, 0, |tx, _| Ok(store::search::tidy(tx)?))? {
            return Ok(());
        }
    }
}

/// Contents that nobody speaks of any more go at once; and whoever restores an old backup learns from the ledger.
fn remove_files(context: &JobContext, id: Uuid) -> Result<()> {
    let (contents, gone, known) = context.read(move |tx, _| {
        let (contents, gone) = service::remains(tx, id)?;
        let known = if contents.is_empty() { Vec::new() } else { files::digests(tx)? };
        Ok((contents, gone, known))
    })?;
    for digest in contents.iter().filter(|digest| known.binary_search(digest).is_err()) {
        context.files.remove(digest)?;
    }
    ledger::note(&context.files, &gone, context.now())
}

/// Three in the morning, by the company's clock.
fn tonight(context: &JobContext) -> Result<Timestamp> {
    let zone = context.read(|tx, _| Ok(settings::get(tx)?.time_zone))?;
    let zone = TimeZone::get(&zone).map_err(Error::internal)?;
    let now = context.now().to_zoned(zone.clone());
    let three = now.date().to_datetime(time(3, 0, 0, 0)).to_zoned(zone).map_err(Error::internal)?.timestamp();
    Ok(if three > context.now() { three } else { three + SignedDuration::from_hours(24) })
}

fn rewrite(context: &JobContext, _: Value) -> Result<Value> {
    context.db.clear_traces(u64::MAX)?;
    Ok(json!({}))
}
