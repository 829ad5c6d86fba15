//! How rooms tell each other what happened. A room publishes a fact in the transaction of the change; the fact is kept
//! in the store's outbox, and rooms that subscribed to its kind are called at once, in the same transaction. So a
//! contact and the duty that it meets are one write: neither is seen without the other.
//!
//! A room subscribes in its `mod.rs`:
//! ```ignore
//! pub fn subscriptions() -> Vec<outbox::Subscription> {
//!     vec![(&["contact", "visit"], service::on_contact)]
//! }
//! ```
//! and `app.rs` puts the lists of all rooms together once, before anything is served ([`subscribe`]). A subscriber acts
//! for whoever caused the fact, and must not publish facts that lead back to itself.

use std::sync::OnceLock;

use store::{Tx, outbox};

use crate::kernel::{Fact, Result};
use crate::platform::grant::Principal;

/// Called with a fact, inside the transaction that published it. An error undoes the whole change.
pub type Subscriber = fn(&mut Tx<'_>, &Principal, &Fact) -> Result<()>;

/// Kinds of facts, and who wants them.
pub type Subscription = (&'static [&'static str], Subscriber);

static SUBSCRIBERS: OnceLock<Vec<Subscription>> = OnceLock::new();

/// Sets the subscribers of the program; later calls change nothing.
pub fn subscribe(all: impl FnOnce() -> Vec<Subscription>) {
    SUBSCRIBERS.get_or_init(all);
}

/// Tells what happened.
pub fn publish(tx: &mut Tx<'_>, who: &Principal, fact: &Fact) -> Result<()> {
    let row = outbox::Fact {
        seq: 0,
        id: fact.id,
        kind: fact.kind.clone(),
        subject: fact.subject,
        customer_id: fact.customer,
        at: fact.at,
        recorded_at: fact.recorded_at,
        actor: fact.actor,
        attributes: fact.attributes.clone().into(),
    };
    outbox::append(tx, row)?;
    let subscribers = SUBSCRIBERS.get().map(Vec::as_slice).unwrap_or_default();
    let wanted = subscribers.iter().filter(|(kinds, _)| kinds.contains(&fact.kind.as_str()));
    wanted.map(|(_, subscriber)| subscriber).try_for_each(|subscriber| subscriber(tx, who, fact))
}
