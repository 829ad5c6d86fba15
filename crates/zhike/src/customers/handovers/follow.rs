//! What follows for hand-overs from a change of owner, in its transaction.

use jiff::SignedDuration;
use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::counts::around;
use super::model::{Handover, HandoverState};
use super::template;
use crate::customers::facts;
use crate::customers::model::Customer;
use crate::customers::service::Home;
use crate::kernel::{Action, Entity, Id, Result};
use crate::platform::access;
use crate::platform::access::model::{Department, User};
use crate::platform::grant::Principal;
use crate::platform::notifications::{self, Notice};

/// Customers that go from the same to the same person within this time are one hand-over.
const TOGETHER: SignedDuration = SignedDuration::from_hours(24);

store::statements! {
    /// Two changes at once must not open two.
    TURN = postgres "select pg_advisory_xact_lock(4729110044)";
    RUNNING = select Handover where "from_id = $1 and to_id = $2 and state = 'open' and opened_at > $3
        order by opened_at desc limit 1";
    HOLD_RUNNING = postgres "select id from handover where from_id = $1 and to_id = $2 and state = 'open' and opened_at > $3
        for update";
    NOT_ACCEPTED = "select h.id, h.from_id from handover_customer c join handover h on h.id = c.handover_id
        where c.customer_id = $1 and h.to_id = $2 and h.state = 'open'";
    ADD = "insert into handover_customer (customer_id, id, handover_id, position) values ($1, $2, $3, $4)";
    HAS = "select 1 from handover_customer where customer_id = $1 and handover_id = $2";
    TAKE = "delete from handover_customer where customer_id = $1 and handover_id = $2";
    UNMARK = "delete from handover_mark where customer_id = $1 and handover_id = $2";
}

/// A customer is somebody else's now. Whoever had it had perhaps not accepted it yet, and need not any more; and what goes
/// back to whom it came from was never handed over.
pub fn owner_changed(tx: &mut Tx<'_>, who: &Principal, customer: &Customer, before: Home, reason: &str) -> Result<()> {
    let (Some(giver), Some(receiver)) = (before.owner, customer.owner_id) else { return Ok(()) };
    if giver == receiver {
        return Ok(());
    }
    if tx.is_postgres() {
        tx.execute(&TURN, &[])?;
    }
    let mut back = false;
    for row in tx.query(&NOT_ACCEPTED, &[&customer.id, &giver])? {
        back |= row.get::<Id<User>>(1)? == receiver;
        taken_out(tx, who, customer, row.get(0)?)?;
    }
    if back {
        return Ok(());
    }
    let since = who.now - TOGETHER;
    if tx.is_postgres() {
        // Somebody may be ticking it at this moment; their tick is waited for, and read.
        tx.query(&HOLD_RUNNING, &[&giver, &receiver, &since])?;
    }
    let running = Handover::one(tx, &RUNNING, &[&giver, &receiver, &since])?;
    let mut handover = match running {
        Some(running) => running,
        None => match opened(tx, who, customer, (giver, before.department), reason)? {
            Some(handover) => handover,
            None => return Ok(()),
        },
    };
    if tx.query_opt(&HAS, &[&customer.id, &handover.id])?.is_some() {
        return Ok(());
    }
    tx.execute(&ADD, &[&customer.id, &Uuid::now_v7(), &handover.id, &handover.given])?;
    (handover.given, handover.customers) = (handover.given + 1, handover.customers + 1);
    Ok(handover.update(tx)?)
}

fn opened(
    tx: &mut Tx<'_>,
    who: &Principal,
    customer: &Customer,
    (giver, department): (Id<User>, Option<Id<Department>>),
    reason: &str,
) -> Result<Option<Handover>> {
    let items = template::get(tx)?.items;
    let Some(receiver) = customer.owner_id.filter(|_| !items.is_empty()) else { return Ok(None) };
    if !may_accept(tx, who, receiver)? {
        return Ok(None);
    }
    let handover = Handover {
        id: Uuid::now_v7(),
        from_id: giver,
        to_id: receiver,
        from_department_id: department,
        to_department_id: customer.department_id,
        opened_by: who.user,
        opened_at: who.now,
        reason: reason.to_owned(),
        state: HandoverState::Open,
        items: serde_json::to_value(items)?,
        done: json!({}),
        given: 0,
        ticked: json!({}),
        customers: 0,
        giver_note: None,
        receiver_note: None,
        closed_at: None,
        version: 1,
    };
    handover.insert(tx)?;
    let told = json!({ "assignee": receiver });
    facts::publish(tx, who, facts::HANDOVER_OPENED, (handover.id, None), who.now, told)?;
    if receiver != who.user {
        let link = format!("/customers/handovers/{}", handover.id);
        let params = json!({ "by": &*who.name });
        let kind = "handover_opened";
        let notice = Notice { user: receiver, kind, params, link: Some(&link), dedupe_key: None, at: who.now };
        notifications::notify(tx, &notice)?;
    }
    Ok(Some(handover))
}

/// Nobody is owed an answer that they cannot give.
fn may_accept(tx: &mut Tx<'_>, who: &Principal, receiver: Id<User>) -> Result<bool> {
    let receiver = access::principal_of(tx, receiver, who.now, &who.vault)?;
    Ok(receiver.is_some_and(|receiver| receiver.permissions.reach(Action::Read, Entity::Customer).is_some()))
}

fn taken_out(tx: &mut Tx<'_>, who: &Principal, customer: &Customer, id: Uuid) -> Result<()> {
    around(tx, who, &[customer.id.uuid()], |tx| {
        tx.execute(&UNMARK, &[&customer.id, &id])?;
        tx.execute(&TAKE, &[&customer.id, &id])?;
        Ok(())
    })
}
