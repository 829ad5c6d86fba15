//! The register of `0022_releases.sql`.

use jiff::Timestamp;
use store::ToValue;
use uuid::Uuid;

use crate::platform::grant::Guarded;

store::text_enum! {
    #[derive(utoipa::ToSchema)]
    #[schema(as = ReleaseState)]
    pub enum State {
        /// Few enough rows that nobody was asked.
        Free = "free",
        /// Somebody else is to decide, and has not been asked: its owner has not said what it is for.
        Held = "held",
        /// Somebody else is to decide.
        Waiting = "waiting",
        Approved = "approved",
        Refused = "refused",
        /// Its owner no longer wants it.
        Withdrawn = "withdrawn",
        /// Its file went before anybody had decided.
        Lapsed = "lapsed",
    }
}

impl State {
    pub fn is_out(self) -> bool {
        matches!(self, Self::Free | Self::Approved)
    }

    /// Whether it waits for somebody else.
    pub fn waits(self) -> bool {
        matches!(self, Self::Held | Self::Waiting)
    }
}

store::entity! {
    pub struct Release: "release" {
        pub id: Uuid,
        pub code: String,
        pub owner_id: Uuid,
        pub department_id: Option<Uuid>,
        pub asked_at: Timestamp,
        pub entity: String,
        pub name: String,
        pub row_count: i64,
        pub bytes: i64,
        pub state: State,
        pub decided_by: Option<Uuid>,
        pub decided_at: Option<Timestamp>,
        pub answer: Option<String>,
        pub link_hash: Option<Vec<u8>>,
        pub link_until: Option<Timestamp>,
        pub fetches: i64,
        pub fetched_at: Option<Timestamp>,
        pub job_id: Option<Uuid>,
        /// What its owner said that it is for.
        pub purpose: Option<String>,
        /// What was asked for: filter, columns.
        pub asked: Option<serde_json::Value>,
        pub version: i64,
    }
}

/// It belongs to whoever asked.
impl Guarded for Release {
    fn id(&self) -> Uuid {
        self.id
    }

    fn column(&self, name: &str) -> store::Value {
        match name {
            "id" => self.id.to_value(),
            "owner_id" => self.owner_id.to_value(),
            "department_id" => self.department_id.to_value(),
            _ => store::Value::Null,
        }
    }
}
