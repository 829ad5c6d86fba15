use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use store::Tx;
use uuid::Uuid;

use crate::kernel::{Id, Result};
use crate::platform::access::model::User;

/// For so long it can be taken back.
pub const UNDO_WITHIN: SignedDuration = SignedDuration::from_hours(24);

store::text_enum! {
    /// How far it is.
    #[derive(utoipa::ToSchema)]
    pub enum BulkState {
        /// The customers that are meant are being noted.
        Gathering = "gathering",
        Running = "running",
        Done = "done",
        Undoing = "undoing",
        Undone = "undone",
    }
}

store::text_enum! {
    /// What became of one customer.
    #[derive(utoipa::ToSchema)]
    pub enum RowState {
        Waiting = "waiting",
        Changed = "changed",
        /// It was so already.
        Already = "already",
        Refused = "refused",
        Undone = "undone",
        /// It could not be taken back.
        Kept = "kept",
    }
}

store::entity! {
    pub struct Bulk: "bulk_change" {
        pub id: Uuid,
        pub asked_by: Id<User>,
        pub act: Json,
        pub selection: Json,
        pub state: BulkState,
        pub cursor: Option<String>,
        pub job_id: Option<Uuid>,
        pub found: i64,
        pub changed: i64,
        pub already: i64,
        pub refused: i64,
        pub undone: i64,
        pub kept: i64,
        pub created_at: Timestamp,
        pub finished_at: Option<Timestamp>,
        pub undone_at: Option<Timestamp>,
        pub tidied_at: Option<Timestamp>,
    }
}

impl Bulk {
    pub fn undo_until(&self) -> Timestamp {
        self.finished_at.unwrap_or(self.created_at) + UNDO_WITHIN
    }

    /// Counts one more customer of that outcome.
    pub fn count(&mut self, state: RowState) {
        match state {
            RowState::Waiting => {}
            RowState::Changed => self.changed += 1,
            RowState::Already => self.already += 1,
            RowState::Refused => self.refused += 1,
            RowState::Undone => self.undone += 1,
            RowState::Kept => self.kept += 1,
        }
    }
}

store::columns! {
    pub struct BulkRow {
        pub customer_id: Uuid,
        pub id: Uuid,
        pub state: RowState,
        pub code: Option<String>,
        pub before: Option<Json>,
        pub after: Option<Json>,
    }
}

/// What became of a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub state: RowState,
    pub code: Option<String>,
    pub before: Option<Json>,
    pub after: Option<Json>,
}

store::statements! {
    NOTE = "insert into bulk_row (customer_id, id, bulk_id, position, state)
        select $1, $2, $3, $4, 'waiting' where not exists (select 1 from bulk_row where customer_id = $1 and bulk_id = $3)";
    NEXT = "select customer_id, id, state, code, before, after from bulk_row
        where bulk_id = $1 and state = $2 order by position, id limit $3";
    DONE = "update bulk_row set state = $3, code = $4, before = $5, after = $6 where customer_id = $1 and id = $2";
    PUT_BACK = "update bulk_row set state = $3, code = $4 where customer_id = $1 and id = $2";
}

/// Notes a customer that is meant; whether it was not noted before.
pub fn note(tx: &mut Tx<'_>, bulk: Uuid, customer: Uuid, position: i64) -> Result<bool> {
    Ok(tx.execute(&NOTE, &[&customer, &Uuid::now_v7(), &bulk, &position])? == 1)
}

/// The next customers in that state.
pub fn next(tx: &mut Tx<'_>, bulk: Uuid, state: RowState, most: i64) -> Result<Vec<BulkRow>> {
    use store::Columns as _;
    let rows = tx.query(&NEXT, &[&bulk, &state, &most])?;
    Ok(rows.into_iter().map(BulkRow::from_row).collect::<store::Result<_>>()?)
}

pub fn done(tx: &mut Tx<'_>, row: &BulkRow, outcome: &Outcome) -> Result<()> {
    let Outcome { state, code, before, after } = outcome;
    tx.execute(&DONE, &[&row.customer_id, &row.id, state, code, before, after])?;
    Ok(())
}

pub fn put_back(tx: &mut Tx<'_>, row: &BulkRow, state: RowState, code: Option<&str>) -> Result<()> {
    tx.execute(&PUT_BACK, &[&row.customer_id, &row.id, &state, &code])?;
    Ok(())
}
