//! The recycle bin (回收站): what was removed stays, out of sight, until it is restored, its time has passed, or somebody
//! with the right decides that it goes at once. This is tidying, not erasure under the law: what was done with a record
//! stays in the audit and in the history of duties.
//!
//! A room that removes a record puts it here in the same transaction ([`put`]), takes it out when it is restored
//! ([`take_out`]), and says for its kind who sees it, how it comes back, and how it goes for good ([`Bin`]). `app.rs` puts
//! the kinds together once ([`declare`]).

pub mod http;
mod job;
mod service;

use std::sync::{Arc, OnceLock};

use store::{Predicate, Tx};

use crate::kernel::{Entity, Error, Result};
use crate::platform::grant::Principal;

pub use job::register;
pub use service::{Item, Removed, forget, held, put, take_out};

/// A kind of record that can be removed and restored.
#[derive(Clone, Copy)]
pub struct Bin {
    pub kind: &'static str,
    pub entity: Entity,
    /// The items that somebody may see, over the columns of the bin.
    pub visible: fn(&Principal) -> Predicate,
    /// Brings a record back; who may is decided here, as where it was removed.
    pub restore: fn(&mut Tx<'_>, &Arc<Principal>, &Item) -> Result<()>,
    /// Whether something is still to be done because of which a record must not go for good yet.
    pub held: Option<fn(&mut Tx<'_>, &Item) -> Result<bool>>,
    /// Removes some of a record for good; whether more of it is left.
    pub purge: fn(&mut Tx<'_>, &Principal, &Item) -> Result<bool>,
}

static BINS: OnceLock<Vec<Bin>> = OnceLock::new();

/// Sets the kinds of the program; later calls change nothing.
pub fn declare(all: impl FnOnce() -> Vec<Bin>) {
    BINS.get_or_init(all);
}

fn all() -> &'static [Bin] {
    BINS.get().map(Vec::as_slice).unwrap_or_default()
}

fn of(item: &Item) -> Result<&'static Bin> {
    all().iter().find(|bin| bin.kind == item.kind).ok_or_else(|| Error::internal("an item of no known kind"))
}
