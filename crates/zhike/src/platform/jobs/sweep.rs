//! Housekeeping of the platform's own tables.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::Tx;

use super::{JobContext, Registry};
use crate::kernel::Result;
use crate::platform::{exports, files};

const KIND: &str = "platform.sweep";
/// Longer than the longest slot, so that a slot is not done twice because its job was forgotten.
const TICKS_KEPT: SignedDuration = SignedDuration::from_hours(72);
const JOBS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 180);
const NOTIFICATIONS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 400);

store::statements! {
    FORGET_TICKS = "delete from job where state = 'done' and finished_at < $1 and once_key like 'tick:%'";
    FORGET_JOBS = "delete from job where state = 'done' and finished_at < $1";
    FORGET_NOTIFICATIONS = "delete from notification where at < $1";
}

pub fn register(registry: &mut Registry) {
    registry.on(KIND, sweep).every(Duration::from_secs(3600), KIND);
}

fn sweep(context: &JobContext, _payload: Value) -> Result<Value> {
    let now = context.now();
    let known = context.step(1, 1, move |tx, who| {
        let known = forget(tx, now)?;
        exports::lapse(tx, who)?;
        Ok(known)
    })?;
    let removed = context.files.remove_orphans(&known)?;
    Ok(json!({ "files_removed": removed }))
}

/// Forgets what is old and answers the files that are still spoken of.
fn forget(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<String>> {
    tx.execute(&FORGET_TICKS, &[&(now - TICKS_KEPT)])?;
    tx.execute(&FORGET_JOBS, &[&(now - JOBS_KEPT)])?;
    tx.execute(&FORGET_NOTIFICATIONS, &[&(now - NOTIFICATIONS_KEPT)])?;
    files::expire(tx, now)
}
