use sea_query::{Condition, Expr, ExprTrait, Query};
use uuid::Uuid;

use crate::list::bind;
use crate::{Result, ToValue, Tx, Value};

/// Which rows somebody may reach. One value with two readings — [`Predicate::condition`] for lists and
/// [`Predicate::matches`] for a record in hand — held equal by property tests, so that the two cannot drift apart.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    All,
    None,
    Eq(&'static str, Value),
    In(&'static str, Vec<Value>),
    IsNull(&'static str),
    Any(Vec<Predicate>),
    Both(Vec<Predicate>),
    /// Single records shared with a person; `write` asks for a share that allows changes.
    Shared {
        entity: &'static str,
        user: Uuid,
        write: bool,
    },
    /// Rows whose parent matches: `column in (select id from table where predicate)`.
    Through {
        column: &'static str,
        table: &'static str,
        predicate: Box<Predicate>,
    },
}

/// The level of a share that allows changes.
const WRITE: &str = "write";

crate::statements! {
    IS_SHARED = "select level from share where entity = $1 and record_id = $2 and user_id = $3";
}

impl Predicate {
    pub fn eq(column: &'static str, value: impl ToValue) -> Self {
        Self::Eq(column, value.to_value())
    }

    pub fn one_of(column: &'static str, values: impl IntoIterator<Item = impl ToValue>) -> Self {
        Self::In(column, values.into_iter().map(|value| value.to_value()).collect())
    }

    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, other) | (other, Self::All) => other,
            (one, other) => Self::Both(vec![one, other]),
        }
    }

    /// The predicate as SQL over the columns of `table`.
    pub fn condition(&self, table: &'static str) -> Condition {
        match self {
            Self::All => Condition::all(),
            Self::None => Condition::all().add(Expr::val(1).eq(0)),
            Self::Eq(column, Value::Null) => {
                Condition::all().add(Expr::col((table, *column)).is_null().and(Expr::val(1).eq(0)))
            }
            Self::Eq(column, value) => Condition::all().add(Expr::col((table, *column)).eq(bind(value))),
            Self::In(_, values) if values.is_empty() => Self::None.condition(table),
            Self::In(column, values) => {
                Condition::all().add(Expr::col((table, *column)).is_in(values.iter().map(bind)))
            }
            Self::IsNull(column) => Condition::all().add(Expr::col((table, *column)).is_null()),
            Self::Any(parts) if parts.is_empty() => Self::None.condition(table),
            Self::Any(parts) => parts.iter().fold(Condition::any(), |any, part| any.add(part.condition(table))),
            Self::Both(parts) => parts.iter().fold(Condition::all(), |all, part| all.add(part.condition(table))),
            Self::Shared { entity, user, write } => {
                let mut shared = Query::select();
                shared
                    .column("record_id")
                    .from("share")
                    .and_where(Expr::col("entity").eq(*entity))
                    .and_where(Expr::col("user_id").eq(bind(&Value::Uuid(*user))));
                if *write {
                    shared.and_where(Expr::col("level").eq(WRITE));
                }
                Condition::all().add(Expr::col((table, "id")).in_subquery(shared.take()))
            }
            Self::Through { column, table: parent, predicate } => {
                let mut parents = Query::select();
                parents.column("id").from(*parent).cond_where(predicate.condition(parent));
                Condition::all().add(Expr::col((table, *column)).in_subquery(parents.take()))
            }
        }
    }

    /// Whether a record in hand matches. `column` answers for its columns; [`Predicate::Through`] asks it for the
    /// parent's columns under `"parent.column"`, since who holds a child has read its parent.
    pub fn matches(&self, tx: &mut Tx<'_>, id: Uuid, column: &dyn Fn(&str) -> Value) -> Result<bool> {
        Ok(match self {
            Self::All => true,
            Self::None => false,
            Self::Eq(name, value) => *value != Value::Null && column(name) == *value,
            Self::In(name, values) => values.contains(&column(name)),
            Self::IsNull(name) => column(name) == Value::Null,
            Self::Any(parts) => {
                for part in parts {
                    if part.matches(tx, id, column)? {
                        return Ok(true);
                    }
                }
                false
            }
            Self::Both(parts) => {
                for part in parts {
                    if !part.matches(tx, id, column)? {
                        return Ok(false);
                    }
                }
                true
            }
            Self::Shared { entity, user, write } => match tx.query_opt(&IS_SHARED, &[entity, &id, user])? {
                Some(share) => !write || share.get::<String>(0)? == WRITE,
                None => false,
            },
            Self::Through { column: key, table, predicate } => match column(key) {
                Value::Uuid(parent) => predicate.matches(tx, parent, &|name| column(&format!("{table}.{name}")))?,
                _ => false,
            },
        })
    }
}
