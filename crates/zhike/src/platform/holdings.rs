//! What the rooms hold of a customer: one list of plain declarations, so that whatever is done to all of it (merging two
//! customers, erasing one) is done by one mechanism and forgets no table. A room declares its tables in its `mod.rs`:
//! ```ignore
//! pub fn holdings() -> Vec<Holding> {
//!     vec![holding!("interaction" moves by "id")]
//! }
//! ```
//! and `app.rs` puts them together once ([`declare`]). Where a person who asks for a copy of what is known of them is to
//! be told the rows, the declaration names their entity: `holding!("interaction" moves by "id" tells Interaction)`. A test
//! of the house finds a table that names a customer and is declared by no room, or by two, or that says nothing about
//! telling.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use store::{Entity, Statement, Tx, Value};
use uuid::Uuid;

use crate::kernel::Result;

/// A table whose rows name a customer in `customer_id`.
#[derive(Clone, Copy)]
pub struct Holding {
    pub table: &'static str,
    pub merging: Merging,
    pub telling: Option<Telling>,
    /// Removes some rows of a customer for good; nothing does where they are the history of what was done.
    pub purge: Option<Purge>,
    /// Whether there are rows because of which the customer must not go for good yet.
    pub holds: Option<&'static Statement>,
    /// Puts something else in the place of a word in the texts of a customer's rows.
    pub blank: Option<&'static Statement>,
    /// The columns that this is done in, with a comma between them.
    pub texts: &'static str,
}

/// One statement for each database: neither has a key that all tables have.
#[derive(Clone, Copy)]
pub struct Purge {
    pub sqlite: &'static Statement,
    pub postgres: &'static Statement,
}

/// How the rows of a customer, or of one of its contacts, are told to the person they are about.
#[derive(Clone, Copy)]
pub struct Telling {
    pub rows: fn(&mut Tx<'_>, About) -> Result<Vec<Told>>,
    /// Whether rows name a contact, so that those of one contact can be told.
    pub of_contacts: bool,
}

/// A customer, or one of its contacts.
pub type About = (Uuid, Option<Uuid>);

/// What is told of somebody: rows by table, and whether those are all there are.
#[derive(Debug, Default)]
pub struct Tale {
    pub records: BTreeMap<&'static str, Vec<Told>>,
    pub complete: bool,
}

/// A row by its columns, without what is sealed or digested.
pub type Told = Map<String, Json>;

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
/// they belong to, which comes before it in the list; `kept` comes before how they merge, where rows are the history of
/// what was done and outlive the customer. Of a register that outlives it without what it said of a person, `fades` says
/// what is emptied, in which rows, and which rows hold the customer until they are dealt with.
macro_rules! holding {
    ($table:literal moves by $row:literal $(tells $entity:ty)?) => {{
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
            telling: $crate::platform::holdings::holding!(@telling $table $($entity)?),
            purge: Some($crate::platform::holdings::holding!(@purge $table "rowid")),
            holds: None,
            blank: None,
            texts: "",
        }
    }};
    ($table:literal follows $parent:literal by $row:literal $(tells $entity:ty)?) => {{
        static GO: store::Statement = store::Statement::new(concat!($table, ".go"), None, || {
            $crate::platform::holdings::go_sql($table, $row, $parent)
        });
        store::inventory::submit! { store::Registered(&GO) }
        $crate::platform::holdings::Holding {
            table: $table,
            merging: $crate::platform::holdings::Merging::Follows { go: &GO },
            telling: $crate::platform::holdings::holding!(@telling $table $($entity)?),
            purge: Some($crate::platform::holdings::holding!(@purge $table $row)),
            holds: None,
            blank: None,
            texts: "",
        }
    }};
    ($table:literal stays) => {
        $crate::platform::holdings::Holding {
            table: $table,
            merging: $crate::platform::holdings::Merging::Stays,
            telling: None,
            purge: Some($crate::platform::holdings::holding!(@purge $table "rowid")),
            holds: None,
            blank: None,
            texts: "",
        }
    };
    ($table:literal texts $texts:literal $($rest:tt)+) => {{
        static BLANK: store::Statement = store::Statement::new(concat!($table, ".blank"), None, || {
            $crate::platform::holdings::blank_sql($table, $texts)
        });
        store::inventory::submit! { store::Registered(&BLANK) }
        $crate::platform::holdings::Holding {
            blank: Some(&BLANK),
            texts: $texts,
            ..$crate::platform::holdings::holding!($table $($rest)+)
        }
    }};
    ($table:literal kept $($rest:tt)+) => {
        $crate::platform::holdings::Holding {
            purge: None,
            ..$crate::platform::holdings::holding!($table $($rest)+)
        }
    };
    ($table:literal fades $to:literal where $full:literal holds $open:literal $($rest:tt)+) => {{
        static FADE: store::Statement = store::Statement::new(concat!($table, ".fade"), None, || {
            $crate::platform::holdings::fade_sql($table, $to, $full)
        });
        static HOLDS: store::Statement = store::Statement::new(concat!($table, ".holds"), None, || {
            $crate::platform::holdings::holds_sql($table, $open)
        });
        store::inventory::submit! { store::Registered(&FADE) }
        store::inventory::submit! { store::Registered(&HOLDS) }
        $crate::platform::holdings::Holding {
            purge: Some($crate::platform::holdings::Purge { sqlite: &FADE, postgres: &FADE }),
            holds: Some(&HOLDS),
            ..$crate::platform::holdings::holding!($table $($rest)+)
        }
    }};
    (@purge $table:literal $row:expr) => {{
        static SQLITE: store::Statement =
            store::Statement::new(concat!($table, ".purge_sqlite"), Some(store::Dialect::Sqlite), || {
                $crate::platform::holdings::purge_sql($table, $row)
            });
        static POSTGRES: store::Statement =
            store::Statement::new(concat!($table, ".purge_postgres"), Some(store::Dialect::Postgres), || {
                $crate::platform::holdings::purge_sql($table, "ctid")
            });
        store::inventory::submit! { store::Registered(&SQLITE) }
        store::inventory::submit! { store::Registered(&POSTGRES) }
        $crate::platform::holdings::Purge { sqlite: &SQLITE, postgres: &POSTGRES }
    }};
    (@telling $table:literal) => {
        None
    };
    (@telling $table:literal $entity:ty) => {{
        static TELL: store::Statement = store::Statement::new(concat!($table, ".tell"), None, || {
            $crate::platform::holdings::tell_sql::<$entity>(None)
        });
        static TELL_CONTACT: store::Statement = store::Statement::new(concat!($table, ".tell_contact"), None, || {
            let contact = $crate::platform::holdings::contact_column::<$entity>().unwrap_or("customer_id");
            $crate::platform::holdings::tell_sql::<$entity>(Some(contact))
        });
        store::inventory::submit! { store::Registered(&TELL) }
        store::inventory::submit! { store::Registered(&TELL_CONTACT) }
        Some($crate::platform::holdings::Telling {
            rows: |tx, about| $crate::platform::holdings::told::<$entity>(tx, (&TELL, &TELL_CONTACT), about),
            of_contacts: $crate::platform::holdings::contact_column::<$entity>().is_some(),
        })
    }};
}
pub(crate) use holding;

/// A fact that was told again stands in two rows of one id; they go together.
pub fn note_sql(table: &str, row: &str) -> String {
    format!(
        "insert into customer_moved (customer_id, merge_id, step, table_name, row_id)
        select $1, $2, $3, '{table}', row_id
        from (select distinct {row} as row_id from {table} where customer_id = $4 limit $5) as moving"
    )
}

pub fn go_sql(table: &str, row: &str, noted_as: &str) -> String {
    format!(
        "update {table} set customer_id = $1 where customer_id = $2 and {row} in
        (select row_id from customer_moved where customer_id = $3 and merge_id = $4 and step = $5
            and table_name = '{noted_as}')"
    )
}

/// More rows than these of one table are not told, and the tale says so.
const TOLD_MOST: usize = 20_000;

/// By which column the rows of a table name a contact: as theirs, or as what they hang on.
pub fn contact_column<E: Entity>() -> Option<&'static str> {
    ["contact_id", "of_id"].into_iter().find(|column| E::COLUMNS.contains(column))
}

pub fn tell_sql<E: Entity>(contact: Option<&str>) -> String {
    let columns = E::COLUMNS;
    let narrowed = contact.map(|column| format!(" and {column} = $3")).unwrap_or_default();
    format!(
        "select {} from {} where customer_id = $1{narrowed} order by {} limit $2",
        columns.join(", "),
        E::TABLE,
        columns[0]
    )
}

pub fn told<E: Entity>(
    tx: &mut Tx<'_>,
    (all, of_contact): (&Statement, &Statement),
    (customer, contact): About,
) -> Result<Vec<Told>> {
    let most = TOLD_MOST as i64 + 1;
    let rows = match contact {
        None => E::all(tx, all, &[&customer, &most])?,
        Some(contact) => E::all(tx, of_contact, &[&customer, &most, &contact])?,
    };
    let row = |row: &E| -> Told {
        let columns = E::COLUMNS.iter().zip(row.values());
        columns.filter_map(|(column, value)| Some(((*column).to_owned(), plain(column, value)?))).collect()
    };
    Ok(rows.iter().map(row).collect())
}

/// A value as others read it; nothing for what is missing or sealed.
fn plain(column: &str, value: Value) -> Option<Json> {
    Some(match value {
        Value::Null | Value::Bytes(_) => return None,
        Value::Bool(value) => json!(value),
        Value::Int(at) if column == "at" || column.ends_with("_at") => json!(Timestamp::from_microsecond(at).ok()?),
        Value::Int(value) => json!(value),
        Value::Real(value) => json!(value),
        Value::Uuid(id) => json!(id),
        Value::Text(text) if text.starts_with(['{', '[']) => serde_json::from_str(&text).unwrap_or(json!(text)),
        Value::Text(text) => json!(text),
    })
}

/// What all rooms hold of somebody, who may be several customers or contacts by now, by table.
pub fn tell(tx: &mut Tx<'_>, person: &[About]) -> Result<Tale> {
    let mut tale = Tale { complete: true, ..Tale::default() };
    for holding in self::all() {
        let Some(telling) = holding.telling else { continue };
        for about in person.iter().filter(|(_, contact)| telling.of_contacts || contact.is_none()) {
            let mut rows = (telling.rows)(tx, *about)?;
            if rows.len() > TOLD_MOST {
                rows.truncate(TOLD_MOST);
                tale.complete = false;
            }
            if !rows.is_empty() {
                tale.records.entry(holding.table).or_default().extend(rows);
            }
        }
    }
    Ok(tale)
}

pub fn purge_sql(table: &str, row: &str) -> String {
    format!(
        "delete from {table} where customer_id = $1 and {row} in
        (select {row} from {table} where customer_id = $1 limit $2)"
    )
}

pub fn blank_sql(table: &str, texts: &str) -> String {
    let columns: Vec<&str> = texts.split(", ").collect();
    let set: Vec<String> = columns.iter().map(|column| format!("{column} = replace({column}, $2, $3)")).collect();
    let told: Vec<String> = columns.iter().map(|column| format!("replace({column}, $2, '') <> {column}")).collect();
    format!("update {table} set {} where customer_id = $1 and ({})", set.join(", "), told.join(" or "))
}

/// Puts `with` in the place of a word in all texts of what is held of a customer.
pub fn blank(tx: &mut Tx<'_>, customer: Uuid, (word, with): (&str, &str)) -> Result<()> {
    for statement in all().iter().filter_map(|holding| holding.blank) {
        tx.execute(statement, &[&customer, &word, &with])?;
    }
    Ok(())
}

pub fn fade_sql(table: &str, to: &str, full: &str) -> String {
    format!("update {table} set {to} where customer_id = $1 and ({full}) and cast($2 as bigint) > 0")
}

pub fn holds_sql(table: &str, open: &str) -> String {
    format!("select customer_id from {table} where customer_id = $1 and ({open}) limit 1")
}

/// Whether something of a customer is still to be done because of which it must not go for good: the table that says so.
pub fn held(tx: &mut Tx<'_>, customer: Uuid) -> Result<Option<&'static str>> {
    for holding in all() {
        if let Some(holds) = holding.holds
            && tx.query_opt(holds, &[&customer])?.is_some()
        {
            return Ok(Some(holding.table));
        }
    }
    Ok(None)
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

/// Removes the next rows of a customer for good, `most` of each table. Whether any are left. The history of what was done
/// stays.
pub fn purge_some(tx: &mut Tx<'_>, customer: Uuid, most: i64) -> Result<bool> {
    let mut more = false;
    for purge in all().iter().filter_map(|holding| holding.purge) {
        let statement = if tx.is_postgres() { purge.postgres } else { purge.sqlite };
        more |= tx.execute(statement, &[&customer, &most])? >= most as u64;
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
