use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::customers::contacts::Contact;
use crate::customers::model::Customer;
use crate::kernel::Id;
use crate::platform::access::model::User;

store::text_enum! {
    /// What came of asking about a field.
    #[derive(utoipa::ToSchema)]
    pub enum ItemResult { Confirmed = "confirmed", Changed = "changed", Unreachable = "unreachable" }
}

/// A field that was asked about. What it changed to stands in the archive, never here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Item {
    pub field: String,
    pub result: ItemResult,
}

store::entity! {
    pub struct Verification: "verification" {
        pub id: Id<Verification>,
        pub customer_id: Id<Customer>,
        pub contact_id: Option<Id<Contact>>,
        pub at: Timestamp,
        pub actor: Id<User>,
        pub confirmed: i64,
        pub changed: i64,
        pub unreachable: i64,
        pub items: Json,
        pub note: Option<String>,
    }
}
