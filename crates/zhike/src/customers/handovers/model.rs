use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::Id;
use crate::platform::access::model::{Department, User};

store::text_enum! {
    /// 交接中, 已接收, 已取消.
    #[derive(utoipa::ToSchema)]
    pub enum HandoverState { Open = "open", Accepted = "accepted", Withdrawn = "withdrawn" }
}

/// A line of the checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HandoverItem)]
pub struct Item {
    /// Stays when the words change.
    #[schema(example = "introduction")]
    pub key: String,
    pub zh: String,
    #[serde(default)]
    pub en: String,
    /// It is done for each customer by itself.
    #[serde(default)]
    pub each: bool,
}

store::entity! {
    pub struct Handover: "handover" {
        pub id: Uuid,
        pub from_id: Id<User>,
        pub to_id: Id<User>,
        pub from_department_id: Option<Id<Department>>,
        pub to_department_id: Option<Id<Department>>,
        pub opened_by: Id<User>,
        pub opened_at: Timestamp,
        pub reason: String,
        pub state: HandoverState,
        pub items: Json,
        pub done: Json,
        pub given: i64,
        pub ticked: Json,
        pub customers: i64,
        pub giver_note: Option<String>,
        pub receiver_note: Option<String>,
        pub closed_at: Option<Timestamp>,
        pub version: i64,
    }
}

store::entity! {
    pub struct Template: "handover_template" {
        pub id: i64,
        pub items: Json,
        pub version: i64,
        pub updated_at: Timestamp,
    }
}

store::columns! {
    /// A customer of a hand-over.
    pub struct Line {
        pub customer_id: Uuid,
        pub id: Uuid,
        pub position: i64,
    }
}

impl Handover {
    pub fn items(&self) -> Vec<Item> {
        serde_json::from_value(self.items.clone()).unwrap_or_default()
    }

    /// Below this position an item is done, where nothing else was said of a customer.
    pub fn upto(&self, item: &str) -> i64 {
        self.done[item]["upto"].as_i64().unwrap_or_default()
    }

    /// For how many customers an item is done.
    pub fn ticked(&self, item: &str) -> i64 {
        self.ticked[item].as_i64().unwrap_or_default()
    }
}
