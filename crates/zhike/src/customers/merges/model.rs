use jiff::Timestamp;
use serde_json::Value as Json;
use store::{Entity as _, Tx};
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
        pub related_to: Option<Uuid>,
        pub set_aside: Json,
        pub added_fields: Json,
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
    /// Their ids are in the order in which they were made.
    pub OF_CUSTOMER = select Merge where "customer_id = $1 and id < $2 order by id desc limit $3";
    /// A customer cannot be given away while something is on its way to it.
    pub BUSY = "select id from customer_merge
        where (customer_id = $1 or loser_id = $1) and state in ('moving', 'undoing') limit 1";
    FAMILY = "with recursive family (id) as (select id from customer where id = $1
        union select part.id from customer part join family on part.merged_into = family.id)
        select id from family where id <> $1 order by id limit $2";
}

impl Merge {
    /// Whether the other customer is part of the one that stays, so that what is known of it is that one's.
    pub fn stands(&self) -> bool {
        self.state != MergeState::Undone
    }

    pub fn way(&self) -> Way {
        Way { merge: self.id, loser: self.loser_id.uuid(), survivor: self.customer_id.uuid() }
    }
}

/// Whether a customer's merge stands.
pub fn stands(tx: &mut Tx<'_>, customer: Uuid, merge: Uuid) -> Result<bool> {
    Ok(Merge::one(tx, &ONE, &[&customer, &merge])?.is_some_and(|merge| merge.stands()))
}

/// Whether rows are on their way to or from a customer.
pub fn busy(tx: &mut Tx<'_>, customer: Uuid) -> Result<bool> {
    Ok(tx.query_opt(&BUSY, &[&customer])?.is_some())
}

/// More merges than these into one customer are not followed.
const FAMILY_MOST: i64 = 1_000;

/// A customer and all that have become part of it, through however many merges.
pub fn family(tx: &mut Tx<'_>, customer: Uuid) -> Result<Vec<Uuid>> {
    let parts = tx.query(&FAMILY, &[&customer, &FAMILY_MOST])?;
    let parts = parts.iter().map(|row| row.get(0)).collect::<store::Result<Vec<Uuid>>>()?;
    Ok([vec![customer], parts].concat())
}
