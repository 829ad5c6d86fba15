//! What the rooms hold of a customer: one list of plain declarations, so that whatever is done to all of it (merging two
//! customers, erasing one) is done by one mechanism and forgets no table. A room declares its tables in its `mod.rs`:
//! ```ignore
//! pub fn holdings() -> Vec<Holding> {
//!     vec![holding!("interaction" moves by "id")]
//! }
//! ```
//! and `app.rs` puts them together once ([`declare`]). A test of the house finds a table that names a customer and is
//! declared by no room, or by two.

use std::sync::OnceLock;

use store::{Statement, Tx};
use uuid::Uuid;

use crate::kernel::Result;

/// A table whose rows name a customer in `customer_id`.
#[derive(Clone, Copy)]
pub struct Holding {
    pub table: &'static str,
    pub merging: Merging,
}

/// What happens to the rows of a customer that becomes part of another.
#[derive(Clone, Copy)]
pub enum Merging {
    /// They become the other's, and go back when it is taken back.
    Moves { note: &'static Statement, go: &'static Statement },
    /// They go where rows of another table of the list go, to which they belong.
    Follows { go: &'static Statement },
    /// They belong to the very record, or are a record of what was done: they stay, and are read through it.
    Stays,
}

/// Declares a table: how it is called, and by which column its rows are named. `follows` names the table whose rows
/// they belong to, which comes before it in the list.
macro_rules! holding {
    ($table:literal moves by $row:literal) => {{
        static NOTE: store::Statement = store::Statement::new(concat!($table, ".note"), None, || {
            $crate::platform::holdings::note_sql($table, $row)
        });
        static GO: store::Statement = store::Statement::new(concat!($table, ".go"), None, || {
            $crate::platform::holdings::go_sql($table, $row, $table)
        });
        store::inventory::submit! { store::Registered(&NOTE) }
        store::inventory::submit! { store::Registered(&GO) }
        $crate::platform::holdings::Holding {
            table: $table,
            merging: $crate::platform::holdings::Merging::Moves { note: &NOTE, go: &GO },
        }
    }};
    ($table:literal follows $parent:literal by $row:literal) => {{
        static GO: store::Statement = store::Statement::new(concat!($table, ".go"), None, || {
            $crate::platform::holdings::go_sql($table, $row, $parent)
        });
        store::inventory::submit! { store::Registered(&GO) }
        $crate::platform::holdings::Holding {
            table: $table,
            merging: $crate::platform::holdings::Merging::Follows { go: &GO },
        }
    }};
    ($table:literal stays) => {
        $crate::platform::holdings::Holding { table: $table, merging: $crate::platform::holdings::Merging::Stays }
    };
}
pub(crate) use holding;

pub fn note_sql(table: &str, row: &str) -> String {
    format!(
        "insert into customer_moved (customer_id, merge_id, step, table_name, row_id)
        select $1, $2, $3, '{table}', {row} from {table} where customer_id = $4 limit $5"
    )
}

pub fn go_sql(table: &str, row: &str, noted_as: &str) -> String {
    format!(
        "update {table} set customer_id = $1 where customer_id = $2 and {row} in
        (select row_id from customer_moved where customer_id = $3 and merge_id = $4 and step = $5
            and table_name = '{noted_as}')"
    )
}

static HOLDINGS: OnceLock<Vec<Holding>> = OnceLock::new();

/// Sets the list of the program; later calls change nothing.
pub fn declare(all: impl FnOnce() -> Vec<Holding>) {
    HOLDINGS.get_or_init(all);
}

fn all() -> &'static [Holding] {
    HOLDINGS.get().map(Vec::as_slice).unwrap_or_default()
}

/// A merge: whose rows become whose.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    pub merge: Uuid,
    pub loser: Uuid,
    pub survivor: Uuid,
}

/// Moves the next rows of each table, `most` of each, and notes which. Whether any are left.
pub fn move_some(tx: &mut Tx<'_>, way: Way, step: i64, most: i64) -> Result<bool> {
    let Way { merge, loser, survivor } = way;
    let mut more = false;
    for holding in all() {
        if let Merging::Moves { note, .. } = holding.merging {
            more |= tx.execute(note, &[&survivor, &merge, &step, &loser, &most])? == most as u64;
        }
        go(tx, holding, (loser, survivor), way, step)?;
    }
    Ok(more)
}

/// Moves back what one step moved. What has been removed since is not there to go back.
pub fn move_back(tx: &mut Tx<'_>, way: Way, step: i64) -> Result<()> {
    all().iter().try_for_each(|holding| go(tx, holding, (way.survivor, way.loser), way, step))
}

fn go(tx: &mut Tx<'_>, holding: &Holding, (from, to): (Uuid, Uuid), way: Way, step: i64) -> Result<()> {
    match holding.merging {
        Merging::Moves { go, .. } | Merging::Follows { go } => {
            tx.execute(go, &[&to, &from, &way.survivor, &way.merge, &step])?;
            Ok(())
        }
        Merging::Stays => Ok(()),
    }
}
