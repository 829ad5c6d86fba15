use std::time::Duration;

use jiff::ToSpan;
use serde_json::{Value, json};

use crate::kernel::Result;
use crate::platform::jobs::{JobContext, Registry};
use crate::platform::settings;

const KIND: &str = "customers.forget_seen";
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// Twice what the law asks of logs (180 days), so that a year can be compared with the one before it.
const KEPT_DAYS: i64 = 366;
/// What stood in lists is counted on its day and on the next.
const LISTED_KEPT_DAYS: i64 = 7;

store::statements! {
    FORGET = "delete from customer_seen where day < $1";
    FORGET_LISTED = "delete from customer_listed where day < $1";
}

pub fn register(registry: &mut Registry) {
    registry.on(KIND, forget).every(DAY, KIND);
    super::service::register(registry);
}

/// What was opened long ago.
fn forget(context: &JobContext, _: Value) -> Result<Value> {
    let forgotten = context.step(1, 1, |tx, who| {
        let today = settings::calendar(tx)?.date_of(who.now);
        tx.execute(&FORGET_LISTED, &[&today.saturating_sub(LISTED_KEPT_DAYS.days())])?;
        Ok(tx.execute(&FORGET, &[&today.saturating_sub(KEPT_DAYS.days())])?)
    })?;
    Ok(json!({ "forgotten": forgotten }))
}
