use crate::{Error, Result, Row, Statement, ToValue, Tx, Value};

/// Columns of a table as a struct: all of them ([`entity!`](crate::entity)), or those that a list shows
/// ([`columns!`](crate::columns)).
pub trait Columns: Sized {
    /// In the order in which a row is read.
    const COLUMNS: &'static [&'static str];

    fn from_row(row: Row) -> Result<Self>;
}

/// A table, declared once with [`entity!`](crate::entity): its struct, columns and the statements that every table needs.
pub trait Entity: Columns {
    const TABLE: &'static str;

    fn values(&self) -> Vec<Value>;

    #[doc(hidden)]
    fn statements() -> &'static Statements;

    /// The row with this id (its first column).
    fn find(tx: &mut Tx<'_>, id: impl ToValue) -> Result<Option<Self>> {
        Self::one(tx, &Self::statements().find, &[&id])
    }

    /// The row with this id, or [`Error::NotFound`].
    fn get(tx: &mut Tx<'_>, id: impl ToValue) -> Result<Self> {
        Self::find(tx, id)?.ok_or(Error::NotFound)
    }

    fn insert(&self, tx: &mut Tx<'_>) -> Result<()> {
        tx.run(&Self::statements().insert, &self.values()).map(drop)
    }

    /// Writes all columns. An entity with a `version` column is written only if its version is still the stored one
    /// ([`Error::Stale`] otherwise), and the stored version goes up by one.
    fn update(&self, tx: &mut Tx<'_>) -> Result<()> {
        match tx.run(&Self::statements().update, &self.values())? {
            0 => Err(Error::Stale),
            _ => Ok(()),
        }
    }

    fn delete(&self, tx: &mut Tx<'_>) -> Result<()> {
        let id = self.values().swap_remove(0);
        tx.execute(&Self::statements().delete, &[&id]).map(drop)
    }

    /// The rows that a `select … where` statement answers.
    fn all(tx: &mut Tx<'_>, statement: &Statement, parameters: &[&dyn ToValue]) -> Result<Vec<Self>> {
        tx.query(statement, parameters)?.into_iter().map(Self::from_row).collect()
    }

    /// The first row that a `select … where` statement answers.
    fn one(tx: &mut Tx<'_>, statement: &Statement, parameters: &[&dyn ToValue]) -> Result<Option<Self>> {
        tx.query_opt(statement, parameters)?.map(Self::from_row).transpose()
    }
}

#[doc(hidden)]
pub struct Statements {
    pub find: Statement,
    pub insert: Statement,
    pub update: Statement,
    pub delete: Statement,
}

#[doc(hidden)]
pub fn find_sql(table: &str, columns: &[&str]) -> String {
    format!("select {} from {table} where {} = $1", columns.join(", "), columns[0])
}

#[doc(hidden)]
pub fn insert_sql(table: &str, columns: &[&str]) -> String {
    let marks: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
    format!("insert into {table} ({}) values ({})", columns.join(", "), marks.join(", "))
}

#[doc(hidden)]
pub fn update_sql(table: &str, columns: &[&str]) -> String {
    let sets: Vec<String> = columns.iter().zip(1..).skip(1).map(|(column, n)| set(column, n)).collect();
    let version = columns.iter().position(|column| *column == "version");
    let unchanged = version.map(|at| format!(" and version = ${}", at + 1)).unwrap_or_default();
    format!("update {table} set {} where {} = $1{unchanged}", sets.join(", "), columns[0])
}

fn set(column: &str, n: usize) -> String {
    match column {
        "version" => "version = version + 1".to_owned(),
        _ => format!("{column} = ${n}"),
    }
}

#[doc(hidden)]
pub fn delete_sql(table: &str, columns: &[&str]) -> String {
    format!("delete from {table} where {} = $1", columns[0])
}

/// Declares a table once: struct, columns in order (the first is the primary key), row mapping, and the statements
/// `find`, `insert`, `update`, `delete`. See [`Entity`].
#[macro_export]
macro_rules! entity {
    ($(#[$meta:meta])* $vis:vis struct $name:ident: $table:literal {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty),+ $(,)?
    }) => {
        $crate::columns! { $(#[$meta])* $vis struct $name { $($(#[$field_meta])* $field_vis $field: $type),+ } }

        impl $crate::Entity for $name {
            const TABLE: &'static str = $table;

            fn values(&self) -> Vec<$crate::Value> {
                vec![$($crate::ToValue::to_value(&self.$field)),+]
            }

            fn statements() -> &'static $crate::__entity::Statements {
                static STATEMENTS: $crate::__entity::Statements = $crate::__entity::Statements {
                    find: $crate::Statement::new(concat!($table, ".find"), None, || {
                        $crate::__entity::find_sql($table, <$name as $crate::Columns>::COLUMNS)
                    }),
                    insert: $crate::Statement::new(concat!($table, ".insert"), None, || {
                        $crate::__entity::insert_sql($table, <$name as $crate::Columns>::COLUMNS)
                    }),
                    update: $crate::Statement::new(concat!($table, ".update"), None, || {
                        $crate::__entity::update_sql($table, <$name as $crate::Columns>::COLUMNS)
                    }),
                    delete: $crate::Statement::new(concat!($table, ".delete"), None, || {
                        $crate::__entity::delete_sql($table, <$name as $crate::Columns>::COLUMNS)
                    }),
                };
                $crate::inventory::submit! { $crate::Registered(&STATEMENTS.find) }
                $crate::inventory::submit! { $crate::Registered(&STATEMENTS.insert) }
                $crate::inventory::submit! { $crate::Registered(&STATEMENTS.update) }
                $crate::inventory::submit! { $crate::Registered(&STATEMENTS.delete) }
                &STATEMENTS
            }
        }
    };
}

/// Declares some columns of a table, for a list that shows no more of each row. See [`Columns`].
#[macro_export]
macro_rules! columns {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        $vis struct $name { $($(#[$field_meta])* $field_vis $field: $type),+ }

        impl $crate::Columns for $name {
            const COLUMNS: &'static [&'static str] = &[$($crate::column_name!($field)),+];

            fn from_row(mut row: $crate::Row) -> $crate::Result<Self> {
                let mut column = 0..;
                let mut next = || column.next().unwrap_or(usize::MAX);
                Ok(Self { $($field: row.take(next())?),+ })
            }
        }
    };
}

/// A field's column: its own name, without the `r#` that Rust needs for its keywords.
#[doc(hidden)]
#[macro_export]
macro_rules! column_name {
    (r#type) => {
        "type"
    };
    ($field:ident) => {
        stringify!($field)
    };
}
