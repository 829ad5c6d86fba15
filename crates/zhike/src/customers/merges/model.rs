use jiff::Timestamp;
use serde_json::Value as Json;
use store::Tx;
use uuid::Uuid;

use crate::customers::model::Customer;
use crate::kernel::{Id, Result};
use crate::platform::access::model::User;
use crate::platform::holdings::Way;

store::text_enum! {
    /// How far a merge, or taking it back, has come.
    #[derive(utoipa::ToSchema)]
    pub enum MergeState {
        /// Rows are still moving.
        Moving = "moving",
        Done = "done",
        /// Rows are going back.
        Undoing = "undoing",
        Undone = "undone",
    }
}

store::entity! {
    pub struct Merge: "customer_merge" {
        pub id: Uuid,
        pub customer_id: Id<Customer>,
        pub loser_id: Id<Customer>,
        pub state: MergeState,
        pub merged_at: Timestamp,
        pub merged_by: Id<User>,
        pub reason: Option<String>,
        pub changes: Json,
        pub shared: Json,
        pub relations: Json,
        pub fields: Json,
        pub primary_contact: Option<Uuid>,
        pub steps: i64,
        pub undone_steps: i64,
        pub undone_at: Option<Timestamp>,
        pub undone_by: Option<Id<User>>,
        pub kept: Json,
    }
}

store::statements! {
    pub ONE = select Merge where "customer_id = $1 and id = $2";
    pub OF_CUSTOMER = select Merge where "customer_id = $1 order by merged_at desc, id desc limit 50";
    /// A customer cannot be given away while something is on its way to it.
    pub BUSY = "select id from customer_merge
        where (customer_id = $1 or loser_id = $1) and state in ('moving', 'undoing') limit 1";
    PARTS = "select id from customer where merged_into = $1 order by id limit 50";
}

impl Merge {
    pub fn way(&self) -> Way {
        Way { merge: self.id, loser: self.loser_id.uuid(), survivor: self.customer_id.uuid() }
    }
}

/// More merges than these into one customer are not followed.
const FAMILY_MOST: usize = 200;

/// A customer and all that have become part of it, through however many merges.
pub fn family(tx: &mut Tx<'_>, customer: Uuid) -> Result<Vec<Uuid>> {
    let mut family = vec![customer];
    let mut next = 0;
    while next < family.len() && family.len() < FAMILY_MOST {
        for row in tx.query(&PARTS, &[&family[next]])? {
            let part: Uuid = row.get(0)?;
            if !family.contains(&part) {
                family.push(part);
            }
        }
        next += 1;
    }
    Ok(family)
}
