use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// The name of something that happened, such as `contact` or `archive_verified`. Rooms publish facts by name; a policy
/// speaks of them by name; so a new fact is code, and a new rule about it is data.
pub type FactKind = &'static str;

/// Something that happened, as a room tells it to whoever listens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    pub id: Uuid,
    pub kind: String,
    /// What it happened to: a customer, a case, an order …
    pub subject: Uuid,
    pub customer: Option<Uuid>,
    /// When it happened; duties are judged by this instant.
    pub at: Timestamp,
    /// When we learned of it.
    pub recorded_at: Timestamp,
    pub actor: Option<Uuid>,
    #[serde(default)]
    pub attributes: Map<String, Value>,
}
