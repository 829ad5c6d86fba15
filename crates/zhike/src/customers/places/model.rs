use jiff::Timestamp;

use crate::customers::model::Customer;
use crate::kernel::Id;
use crate::platform::access::model::User;

store::text_enum! {
    /// How a position came to be known.
    #[derive(utoipa::ToSchema)]
    #[schema(as = PlaceHow)]
    pub enum How { Pin = "pin", CheckIn = "check_in" }
}

store::entity! {
    pub struct CustomerPlace: "customer_place" {
        pub customer_id: Id<Customer>,
        pub lat: i64,
        pub lon: i64,
        pub cell: i64,
        pub accuracy: Option<i64>,
        pub how: How,
        pub set_by: Id<User>,
        pub set_at: Timestamp,
    }
}
