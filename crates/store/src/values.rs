//! Values that records have beside their columns: rows of a table of their own, one for each record, field and item. A
//! list is filtered and sorted by them like by columns (docs/decisions/0005).
//!
//! The table has the columns `record_id`, `field` and `item`, and further ones that hold what the value is.

use sea_query::{Condition, Expr, ExprTrait, Query};
use uuid::Uuid;

use crate::list::{Field, Filter, Op, bind, comparison, render};
use crate::{Dialect, Result, Row, Tx, Value};

/// What the rows that give a list its order are called in the statement.
pub(crate) const LEAD: &str = "lead_value";

/// A table of values, and what of it belongs to the records of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueTable {
    pub table: &'static str,
    /// The column before `record_id` in the key, which holds the same id for the records that can be listed.
    pub owner: &'static str,
    /// The record's id, where the indexes end with it.
    pub id: &'static str,
}

/// What a list asks of values.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    pub table: ValueTable,
    pub filters: Vec<ValueFilter>,
    /// Sorts by the values of a field instead of a column.
    pub sort: Option<ValueSort>,
    /// Which filter's rows are read in the order of the list, and the column of them that has that order. Its filter
    /// asks for one value, so that an index has those rows in order.
    pub lead: Option<(usize, &'static str)>,
}

/// A filter over the values of a field; `column` is where they stand.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueFilter {
    pub field: i64,
    pub column: Field,
    pub filter: Filter,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ValueSort {
    pub field: i64,
    pub column: Field,
}

/// The rows that give a list its order.
pub(crate) struct Lead {
    pub table: ValueTable,
    pub column: &'static str,
    pub rows: Condition,
}

pub(crate) struct Sorted {
    pub table: ValueTable,
    pub rows: Condition,
    /// True of records without such a row.
    pub none: Condition,
}

impl Values {
    pub(crate) fn lead(&self) -> Option<Lead> {
        let (at, column) = self.lead?;
        let filter = self.filters.get(at)?;
        // Both databases bind alike here: a filter that leads compares for equality.
        let asked = comparison(LEAD, &filter.column, &filter.filter, Dialect::Sqlite).ok()?;
        let rows = of_field(LEAD, filter.field).add(asked).add(Expr::col((LEAD, column)).is_not_null());
        Some(Lead { table: self.table, column, rows })
    }

    /// `record` is the id of the listed record.
    pub(crate) fn sorted(&self, record: &Expr) -> Option<Sorted> {
        let sort = self.sort.as_ref()?;
        let rows = of_field(LEAD, sort.field).add(Expr::col((LEAD, sort.column.column)).is_not_null());
        Some(Sorted {
            table: self.table,
            rows,
            none: Condition::all().add(self.exists(sort.field, record, None).not()),
        })
    }

    /// All filters, for the record whose id `record` is.
    pub(crate) fn condition(&self, dialect: Dialect, record: &Expr) -> Result<Condition> {
        let mut all = Condition::all();
        for (at, filter) in self.filters.iter().enumerate() {
            if self.lead.is_some_and(|(lead, _)| lead == at) {
                continue;
            }
            let like = |op: Op| comparison(ROW, &filter.column, &Filter { op, ..filter.filter.clone() }, dialect);
            let exists = |like| self.exists(filter.field, record, like);
            all = all.add(match filter.filter.op {
                Op::Empty => exists(None).not(),
                Op::NotEmpty => exists(None),
                Op::Ne => exists(Some(like(Op::Eq)?)).not(),
                op => exists(Some(like(op)?)),
            });
        }
        Ok(all)
    }

    fn exists(&self, field: i64, record: &Expr, like: Option<Expr>) -> Expr {
        let mut rows = Query::select();
        rows.expr(Expr::val(1)).from_as(self.table.table, ROW);
        rows.and_where(Expr::col((ROW, self.table.owner)).eq(record.clone()));
        rows.and_where(Expr::col((ROW, "record_id")).eq(record.clone()));
        rows.and_where(Expr::col((ROW, "field")).eq(field));
        rows.cond_where(Condition::all().add_option(like));
        Expr::exists(rows)
    }
}

impl ValueTable {
    /// The values of these listed records for these fields, with `columns` of each, in one statement.
    pub fn of_records(
        &self,
        tx: &mut Tx<'_>,
        columns: &[&'static str],
        ids: &[Uuid],
        fields: &[i64],
    ) -> Result<Vec<Row>> {
        if ids.is_empty() || fields.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = Query::select();
        select.from(self.table);
        for column in columns {
            select.column(*column);
        }
        let ids = padded(ids).map(|id| bind(&Value::Uuid(id)));
        select.and_where(Expr::col(self.owner).is_in(ids));
        select.and_where(Expr::col(self.owner).eq(Expr::col("record_id")));
        select.and_where(Expr::col("field").is_in(padded(fields)));
        tx.built(&render(&select, tx.dialect()))
    }
}

/// Repeats the last one up to a power of two, so that statements of a few shapes only need to be prepared.
fn padded<T: Copy>(all: &[T]) -> impl Iterator<Item = T> {
    let last = all.last().copied().into_iter().cycle();
    all.iter().copied().chain(last).take(all.len().next_power_of_two())
}

/// The row of a value inside of a condition.
const ROW: &str = "one_value";

fn of_field(table: &'static str, field: i64) -> Condition {
    Condition::all().add(Expr::col((table, "field")).eq(field))
}
