use jiff::Timestamp;
use uuid::Uuid;

store::entity! {
    /// One link of the chain. `changes` is kept as the very text that was digested, until it is erased.
    pub struct AuditEntry: "audit" {
        pub seq: i64,
        pub id: Uuid,
        pub at: Timestamp,
        pub actor: Option<Uuid>,
        pub actor_name: String,
        pub session: Option<Uuid>,
        pub ip: Option<String>,
        pub request_id: Uuid,
        pub action: String,
        pub entity: String,
        pub entity_id: Uuid,
        pub customer_id: Option<Uuid>,
        pub changes: String,
        pub prev_hash: Vec<u8>,
        pub hash: Vec<u8>,
        /// What `changes` was digested with, so that nobody who guesses it can try: it goes with what was erased.
        pub salt: Option<Vec<u8>>,
        /// The digest of salt and `changes`, of which the chain is made. Entries of the first form have none.
        pub changes_digest: Option<Vec<u8>>,
        pub erased_at: Option<Timestamp>,
    }
}
