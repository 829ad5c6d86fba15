//! Who did what to which record, and who looked at what is personal (C41–C43, R2-2.2, R4-11). Every entry is written in
//! the transaction of the change itself and carries the digest of the entry before it, so an edited, removed, inserted
//! or reordered entry breaks the chain. Whoever can rewrite the whole table can rewrite the chain too, and a cut tail
//! leaves a shorter chain that is whole: against both, note the head that `zhike audit verify` prints somewhere else
//! and pass it to the next check (`--head`).
//!
//! What a reader of the audit is told of it, [`telling`] decides.
//!
//! For other rooms: [`record`] in every service that changes something, with [`Changes`] for what changed.

mod changes;
pub mod http;
mod model;
mod rules;
mod service;
mod telling;
#[cfg(test)]
mod tests;

pub use changes::Changes;
pub use model::AuditEntry;
pub use service::{append, erase_some, first_of, head, list, of_record, record, verify};
pub use telling::{Place, Told, declare};

use jiff::Timestamp;
use uuid::Uuid;

use crate::kernel::Entity;
use crate::platform::grant::Request;

/// What is to be written down. [`record`] fills it from a principal; only what happens before anyone is logged in, such
/// as a refused login, makes one itself.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub at: Timestamp,
    pub actor: Option<Uuid>,
    pub actor_name: &'a str,
    pub request: &'a Request,
    pub action: &'a str,
    pub entity: Entity,
    pub entity_id: Uuid,
    pub customer: Option<Uuid>,
    pub changes: serde_json::Value,
}

/// What a check of the chain found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Verdict {
    /// Every entry follows from the one before it.
    Intact {
        rows: i64,
        /// The digest of the last entry, to be noted outside this machine.
        head: String,
        /// Entries that say no more what was done, since it was about somebody who was erased.
        erased: i64,
    },
    /// The first entry that does not.
    Broken { seq: i64, reason: Fault },
    /// The chain is whole, yet the head noted earlier is not part of it: its end was cut off, or all was rewritten.
    HeadMissing { rows: i64, head: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// An entry is missing before this one.
    Gap,
    /// The entry does not continue the one before it.
    Unlinked,
    /// The entry's content is not what was written.
    Altered,
    /// The entry's content is gone, and no entry says that it was erased.
    Emptied,
}

impl Verdict {
    pub fn is_intact(&self) -> bool {
        matches!(self, Self::Intact { .. })
    }
}
