use jiff::Timestamp;

use crate::customers::model::Customer;
use crate::kernel::Id;

store::entity! {
    /// A department of a customer.
    pub struct Unit: "chart_unit" {
        pub id: Id<Unit>,
        pub customer_id: Id<Customer>,
        pub parent_id: Option<Id<Unit>>,
        pub name: String,
        pub position: i64,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
