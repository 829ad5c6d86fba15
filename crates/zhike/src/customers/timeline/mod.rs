//! Everything that happened with a customer, newest first, put together from what each room knows. A room offers a
//! [`Source`]; `app.rs` registers them once ([`register`]).

mod changes;
pub mod http;
pub mod service;

pub use changes::changes;
pub use service::{Offer, register};

use jiff::Timestamp;
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::Result;
use crate::platform::access::names::Named;
use crate::platform::grant::Principal;

/// Entries before this one: older, or of the same instant and with a smaller id.
pub type Before = Option<(Timestamp, Uuid)>;

/// What a room knows of a customer: at most `limit` entries before `before`, newest first, by `(at, id)`. The asker may
/// read the customer; what else they need to be allowed is the room's to check.
pub type Source = fn(&mut Tx<'_>, &Principal, customer: Uuid, before: Before, limit: usize) -> Result<Vec<Entry>>;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = TimelineEntry)]
pub struct Entry {
    pub id: Uuid,
    #[schema(value_type = String, example = "verification")]
    pub kind: &'static str,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub actor: Option<Named>,
    /// The key of a sentence that the console has in both languages, with `data` for its gaps.
    pub title_key: String,
    pub data: serde_json::Value,
}

/// The sources of this room.
pub fn own() -> Vec<Offer> {
    vec![
        Offer { kind: "verification", source: super::verification::timeline },
        Offer { kind: "major_event", source: super::events::timeline },
        Offer { kind: "cooperation", source: super::cooperation::timeline },
        Offer { kind: "change", source: changes },
    ]
}
