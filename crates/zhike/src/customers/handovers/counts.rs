//! How far a hand-over is. "Done for all that are in it now" is one number, and only what differs from it are rows; what
//! it adds up to stands with the hand-over and is kept by difference: whatever happens to the lines of a customer goes
//! through [`around`]. So a hand-over of a million customers is ticked and shown as fast as one of two.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::json;
use store::{Columns as _, Entity as _, Ids, Tx};
use uuid::Uuid;

use super::model::{Handover, HandoverState, Line};
use crate::customers::facts;
use crate::kernel::Result;
use crate::platform::grant::Principal;

store::statements! {
    OPEN_OF = select Handover where "state = 'open' and id in
        (select handover_id from handover_customer where customer_id in among($1)) order by id";
    HOLD_OF = postgres "select id from handover where state = 'open' and id in
        (select handover_id from handover_customer where customer_id in among($1)) order by id for update";
    LINES = "select customer_id, id, position from handover_customer where handover_id = $1 and customer_id in among($2)";
    MARKS = "select line_id, item, done from handover_mark where handover_id = $1 and customer_id in among($2)";
}

/// Does something to the lines of these customers, and brings the running hand-overs up to date that they are in. One
/// that nobody is left in is withdrawn: there is nothing to accept.
pub fn around<T>(
    tx: &mut Tx<'_>,
    who: &Principal,
    customers: &[Uuid],
    work: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> Result<T> {
    if tx.is_postgres() {
        tx.query(&HOLD_OF, &[&Ids(customers)])?;
    }
    let mut before = standing(tx, customers)?;
    let answer = work(tx)?;
    let after = standing(tx, customers)?;
    for (id, tally) in &after {
        let was = before.remove(id).unwrap_or_default();
        settle(tx, who, *id, &was, tally)?;
    }
    for (id, was) in &before {
        settle(tx, who, *id, was, &Tally::default())?;
    }
    Ok(answer)
}

/// What some customers are of a hand-over.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    customers: i64,
    /// For how many of them each item is done.
    ticked: BTreeMap<String, i64>,
}

fn standing(tx: &mut Tx<'_>, customers: &[Uuid]) -> Result<BTreeMap<Uuid, Tally>> {
    let mut all = BTreeMap::new();
    for handover in Handover::all(tx, &OPEN_OF, &[&Ids(customers)])? {
        let mut tally = Tally::default();
        for done in done_of(tx, &handover, customers)?.into_values() {
            tally.customers += 1;
            done.into_iter().for_each(|item| *tally.ticked.entry(item).or_default() += 1);
        }
        all.insert(handover.id, tally);
    }
    Ok(all)
}

/// Which items are done for each of these customers that are in it. One that another was merged into has two lines, and
/// is done when both are.
pub fn done_of(tx: &mut Tx<'_>, handover: &Handover, customers: &[Uuid]) -> Result<HashMap<Uuid, BTreeSet<String>>> {
    let mut marks: HashMap<(Uuid, String), bool> = HashMap::new();
    for row in tx.query(&MARKS, &[&handover.id, &Ids(customers)])? {
        marks.insert((row.get(0)?, row.get(1)?), row.get(2)?);
    }
    let each: Vec<String> = handover.items().into_iter().filter(|item| item.each).map(|item| item.key).collect();
    let mut all: HashMap<Uuid, BTreeSet<String>> = HashMap::new();
    for row in tx.query(&LINES, &[&handover.id, &Ids(customers)])? {
        let line = Line::from_row(row)?;
        let is_done =
            |item: &String| marks.get(&(line.id, item.clone())).copied().unwrap_or(line.position < handover.upto(item));
        let done: BTreeSet<String> = each.iter().filter(|item| is_done(item)).cloned().collect();
        all.entry(line.customer_id).and_modify(|both| both.retain(|item| done.contains(item))).or_insert(done);
    }
    Ok(all)
}

/// Writes the difference that was made.
fn settle(tx: &mut Tx<'_>, who: &Principal, id: Uuid, was: &Tally, is: &Tally) -> Result<()> {
    if was == is {
        return Ok(());
    }
    let mut handover = Handover::get(tx, id)?;
    handover.customers += is.customers - was.customers;
    let count = |tally: &Tally, item: &str| tally.ticked.get(item).copied().unwrap_or_default();
    for item in handover.items().into_iter().filter(|item| item.each) {
        let ticked = handover.ticked(&item.key) + count(is, &item.key) - count(was, &item.key);
        handover.ticked[&item.key] = json!(ticked);
    }
    if handover.customers == 0 {
        (handover.state, handover.closed_at) = (HandoverState::Withdrawn, Some(who.now));
        facts::publish(tx, who, facts::HANDOVER_WITHDRAWN, (id, None), who.now, json!({}))?;
    }
    Ok(handover.update(tx)?)
}
