use jiff::Timestamp;
use uuid::Uuid;

use crate::customers::model::Customer;
use crate::kernel::Id;
use crate::platform::access::model::User;

store::text_enum! {
    /// Whether a file may be opened: one that waits for the scanner, or in which it found something, may not.
    #[derive(utoipa::ToSchema)]
    #[schema(as = AttachmentState)]
    pub enum State { Fine = "fine", Unchecked = "unchecked", Infected = "infected" }
}

store::entity! {
    pub struct Attachment: "attachment" {
        pub id: Id<Attachment>,
        pub customer_id: Id<Customer>,
        pub of_kind: String,
        /// Nil for the customer itself.
        pub of_id: Uuid,
        /// The number of the added field in which it stands.
        pub field: Option<i64>,
        pub name: String,
        pub media_type: String,
        pub bytes: i64,
        pub file_id: Uuid,
        pub content_id: Vec<u8>,
        pub small_file_id: Option<Uuid>,
        pub small_content_id: Option<Vec<u8>>,
        pub state: State,
        /// What the scanner calls it.
        pub finding: Option<String>,
        pub added_by: Id<User>,
        pub added_at: Timestamp,
        pub removed_at: Option<Timestamp>,
        pub removed_by: Option<Id<User>>,
    }
}
