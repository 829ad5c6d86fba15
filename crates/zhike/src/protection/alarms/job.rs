//! Every hour the present day and the one before it are counted for everybody, and compared.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};
use store::Tx;
use uuid::Uuid;

use super::model::Kind;
use super::{rules, service};
use crate::customers;
use crate::kernel::{Error, Result};
use crate::platform::exports;
use crate::platform::grant::Principal;
use crate::platform::jobs::{JobContext, Registry};
use crate::platform::settings;

const KIND: &str = "protection.alarms";
const HOUR: Duration = Duration::from_secs(3_600);
/// Weeks that tell what is usual.
const HISTORY: i64 = 28;

store::statements! {
    COUNTED = "insert into reading_day (user_id, day, kind, amount) values ($1, $2, $3, $4)
        on conflict (user_id, day, kind) do update set amount = excluded.amount";
    PAST = "select kind, amount from reading_day where user_id = $1 and day < $2 and day >= $3";
    FORGET = "delete from reading_day where day < $1";
}

pub fn register(registry: &mut Registry) {
    registry.on(KIND, run).every(HOUR, KIND);
}

fn run(context: &JobContext, _: Value) -> Result<Value> {
    let today = context.read(|tx, who| Ok(settings::calendar(tx)?.date_of(who.now)))?;
    let (yesterday, first) = (today.saturating_sub(1.day()), today.saturating_sub((HISTORY + 1).days()));
    let mut raised = 0;
    // What was opened just before midnight is written just after it.
    for day in [yesterday, today] {
        let counted = context.read(move |tx, _| counted(tx, day))?;
        raised += context.step(1, 0, move |tx, who| compare(tx, who, day, &counted))?;
    }
    context.step(2, 2, move |tx, _| Ok(tx.execute(&FORGET, &[&first])?))?;
    Ok(json!({ "raised": raised }))
}

/// Looks at one day, for the history of a company that is imagined; how many alarms there are anew.
pub fn look(tx: &mut Tx<'_>, who: &Principal, day: Date) -> Result<usize> {
    let counted = counted(tx, day)?;
    compare(tx, who, day, &counted)
}

type Counted = BTreeMap<(Uuid, Kind), i64>;

/// What everybody read and took out on a day.
fn counted(tx: &mut Tx<'_>, day: Date) -> Result<Counted> {
    let zone = settings::calendar(tx)?.zone().clone();
    let start = |day: Date| Ok::<_, Error>(day.to_zoned(zone.clone()).map_err(Error::internal)?.timestamp());
    let span = (start(day)?, start(day.tomorrow().map_err(Error::internal)?)?);
    let opened = customers::seen::of_day(tx, day)?.into_iter().map(|(user, n)| ((user, Kind::Opened), n));
    let listed = customers::seen::listed_on(tx, day)?.into_iter().map(|(user, n)| ((user, Kind::Listed), n));
    let revealed = customers::service::revealed_in(tx, span)?.into_iter().map(|(user, n)| ((user, Kind::Revealed), n));
    let exported = exports::taken_in(tx, span)?.into_iter().map(|(user, n)| ((user, Kind::Exported), n));
    Ok(opened.chain(listed).chain(revealed).chain(exported).collect())
}

fn compare(tx: &mut Tx<'_>, who: &Principal, day: Date, counted: &Counted) -> Result<usize> {
    let setting = service::setting(tx)?;
    let mut raised = 0;
    for ((user, kind), amount) in counted {
        tx.execute(&COUNTED, &[user, &day, kind, amount])?;
        if *amount <= setting.bound(*kind) {
            continue;
        }
        let past = tx.query(&PAST, &[user, &day, &day.saturating_sub(HISTORY.days())])?;
        let past = past.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<Vec<(Kind, i64)>>>()?;
        let history: Vec<i64> = past.into_iter().filter(|(of, _)| of == kind).map(|(_, amount)| amount).collect();
        let usual = rules::usual(&history);
        let threshold = rules::threshold(setting.bound(*kind), setting.factor, usual);
        if *amount > threshold {
            let unusual = service::Unusual { user: *user, kind: *kind, day, amount: *amount, threshold, usual };
            raised += usize::from(service::raise(tx, who, &unusual)?);
        }
    }
    Ok(raised)
}
