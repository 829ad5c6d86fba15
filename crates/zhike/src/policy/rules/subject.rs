//! What a rule knows about whoever owes: a snapshot handed in by the caller.

use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

/// A customer (later: a contract, a case, a department, the company) as it stands at one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    pub id: Uuid,
    /// `customer`.
    pub kind: String,
    pub grade: Option<String>,
    /// Other attributes that rules may put conditions on (`of`): tags, industry, level of a case …
    pub attributes: Map<String, Value>,
    pub owner: Option<Uuid>,
    /// Who acts for the owner during leave. The owner stays answerable.
    pub deputy: Option<Uuid>,
    pub department: Option<Uuid>,
    pub department_head: Option<Uuid>,
    /// Since when it has been what it is: created, last graded, or the first day of the rule, whichever is latest.
    /// A change of owner does not count: the duty passes on whole.
    pub since: Timestamp,
    /// When it stopped: archived, lost.
    pub until: Option<Timestamp>,
}
