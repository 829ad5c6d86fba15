use jiff::Timestamp;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::customers::contacts::Contact;
use crate::customers::model::Customer;
use crate::kernel::Id;
use crate::platform::access::model::User;

store::entity! {
    pub struct Erasure: "erasure" {
        pub id: Uuid,
        pub customer_id: Id<Customer>,
        pub contact_id: Option<Id<Contact>>,
        /// Nil where no request asked for it: a restored backup had brought somebody back.
        pub request_id: Uuid,
        pub records: Json,
        pub words: Option<Vec<u8>>,
        pub files: Json,
        pub asked_by: Id<User>,
        pub asked_at: Timestamp,
        pub done_at: Option<Timestamp>,
    }
}
