//! Lists: filtered, sorted, cut into pages by keyset cursors. A room declares what its list can be filtered and sorted
//! by in a [`ListSpec`]; nothing else reaches SQL, and every value is bound.

use sea_query::{
    Condition, Expr, ExprTrait, NullOrdering, Order, PostgresQueryBuilder, Query, SelectStatement, SqliteQueryBuilder,
};
use serde::Serialize;
use uuid::Uuid;

use crate::values::{LEAD, Values};
use crate::{Dialect, Error, Predicate, Result, Row, Tx, Value};

/// A built statement: its shape comes from a [`ListSpec`], its values are bound.
#[derive(Clone, Debug, PartialEq)]
pub struct Built {
    pub sql: String,
    pub values: Vec<Value>,
}

/// What a filter's value must be, and how it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Free text: equality, `contains`.
    Text,
    /// One of a set of words.
    Word,
    Integer,
    Bool,
    /// `YYYY-MM-DD`.
    Date,
    /// RFC 3339.
    Instant,
    Id,
    /// Words in a table of their own: `(table, key column, word column)`.
    Words(&'static str, &'static str, &'static str),
}

/// A column by which a list can be filtered, and sorted where `sortable`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    pub name: &'static str,
    pub column: &'static str,
    pub kind: Kind,
    pub sortable: bool,
}

impl Field {
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, column: name, kind, sortable: false }
    }

    /// The column, where it is not called like the field (a name is sorted by its pinyin key).
    pub const fn column(mut self, column: &'static str) -> Self {
        self.column = column;
        self
    }

    /// Only for columns that an index orders together with `id`.
    pub const fn sortable(mut self) -> Self {
        self.sortable = true;
        self
    }
}

/// What a list of a table offers.
#[derive(Clone, Copy, Debug)]
pub struct ListSpec {
    pub table: &'static str,
    /// The columns selected, in the order in which the row is read.
    pub columns: &'static [&'static str],
    pub fields: &'static [Field],
    /// Used when the asker names none: a field, descending when it starts with `-`.
    pub default_sort: &'static str,
}

/// One condition of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    pub field: String,
    pub op: Op,
    pub value: serde_json::Value,
}

crate::text_enum! {
    pub enum Op {
        Eq = "eq", Ne = "ne", In = "in", Contains = "contains", Lt = "lt", Le = "le", Gt = "gt", Ge = "ge",
        Between = "between", Empty = "empty", NotEmpty = "not_empty",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    pub field: String,
    pub descending: bool,
}

/// How much, and from where on.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub limit: usize,
    pub after: Option<Cursor>,
}

pub const LIMIT_DEFAULT: usize = 50;
pub const LIMIT_MOST: usize = 200;

impl Default for Page {
    fn default() -> Self {
        Self { limit: LIMIT_DEFAULT, after: None }
    }
}

/// The place after the last row of a page: how the list was sorted, the value it was sorted by there, and its id.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    sort: Sort,
    value: Value,
    id: Uuid,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize)]
pub struct List<T> {
    pub items: Vec<T>,
    /// Where the next page starts, or nothing at the end.
    pub next: Option<String>,
}

impl<T> List<T> {
    pub fn map<U>(self, to: impl FnMut(T) -> U) -> List<U> {
        List { items: self.items.into_iter().map(to).collect(), next: self.next }
    }
}

/// A question to a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub filters: Vec<Filter>,
    pub sort: Option<Sort>,
    pub page: Page,
    /// Restricts to these rows (the hits of a search).
    pub among: Option<Vec<Uuid>>,
    /// What is asked of values that stand in rows of their own.
    pub values: Option<Values>,
    /// Which filter over [words](Kind::Words) has its rows read in the order of the list, and the column of them that has
    /// that order. It asks for one word, so that an index over `(word, column, key)` has those rows in order.
    pub lead: Option<(usize, &'static str)>,
}

impl Asked {
    /// Reads the parameters of a request: `filter` is a JSON array of `[field, op, value]`, `sort` a field with an
    /// optional `-`, `cursor` what an earlier page gave as `next`.
    pub fn parse(filter: Option<&str>, sort: Option<&str>, cursor: Option<&str>, limit: Option<usize>) -> Result<Self> {
        let limit = limit.unwrap_or(LIMIT_DEFAULT);
        if limit == 0 || limit > LIMIT_MOST {
            return Err(Error::BadInput(format!("limit must be between 1 and {LIMIT_MOST}")));
        }
        Ok(Self {
            filters: filter.filter(|text| !text.is_empty()).map(parse_filters).transpose()?.unwrap_or_default(),
            sort: sort.filter(|text| !text.is_empty()).map(Sort::parse),
            page: Page { limit, after: cursor.map(Cursor::parse).transpose()? },
            among: None,
            values: None,
            lead: None,
        })
    }
}

impl Sort {
    fn parse(text: &str) -> Self {
        match text.strip_prefix('-') {
            Some(field) => Self { field: field.to_owned(), descending: true },
            None => Self { field: text.to_owned(), descending: false },
        }
    }

    fn text(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.field)
    }
}

const FILTERS_MOST: usize = 20;

fn parse_filters(text: &str) -> Result<Vec<Filter>> {
    let bad = || Error::BadInput("filter must be a JSON array of [field, op, value]".to_owned());
    let triples: Vec<Vec<serde_json::Value>> = serde_json::from_str(text).map_err(|_| bad())?;
    if triples.len() > FILTERS_MOST {
        return Err(Error::BadInput(format!("at most {FILTERS_MOST} filters")));
    }
    triples
        .into_iter()
        .map(|triple| {
            let mut parts = triple.into_iter();
            let field = parts.next().and_then(|v| v.as_str().map(str::to_owned)).ok_or_else(bad)?;
            let op = parts.next().and_then(|v| v.as_str().and_then(Op::from_word)).ok_or_else(bad)?;
            Ok(Filter { field, op, value: parts.next().unwrap_or_default() })
        })
        .collect()
}

impl Cursor {
    /// An opaque text: the id, the sort, the kind and value of the sort column.
    fn text(&self) -> String {
        let value = match &self.value {
            Value::Int(i) => format!("i{i}"),
            Value::Real(r) => format!("r{r}"),
            Value::Text(t) => format!("t{t}"),
            Value::Bool(b) => format!("b{}", u8::from(*b)),
            _ => "n".to_owned(),
        };
        hex(format!("{}{}|{value}", self.id.simple(), self.sort.text()).as_bytes())
    }

    fn parse(text: &str) -> Result<Self> {
        let bad = || Error::BadInput("the cursor is not one that a list gave".to_owned());
        let text = unhex(text).and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(bad)?;
        let id = text.get(..32).and_then(|id| id.parse().ok()).ok_or_else(bad)?;
        let (sort, value) = text.get(32..).and_then(|rest| rest.split_once('|')).ok_or_else(bad)?;
        let rest = value.get(1..).ok_or_else(bad)?;
        let value = match value.as_bytes()[0] {
            b'i' => Value::Int(rest.parse().map_err(|_| bad())?),
            b'r' => Value::Real(rest.parse().map_err(|_| bad())?),
            b't' => Value::Text(rest.to_owned()),
            b'b' => Value::Bool(rest == "1"),
            b'n' => Value::Null,
            _ => return Err(bad()),
        };
        Ok(Self { sort: Sort::parse(sort), value, id })
    }

    /// Whether it belongs to a list sorted in this way: a value of another column would be compared with this one's.
    fn fits(&self, sort: &Sort, kind: Kind) -> bool {
        let comparable = match (&self.value, kind) {
            (Value::Null, _) => true,
            (Value::Text(_), kind) => matches!(kind, Kind::Text | Kind::Word | Kind::Date),
            (Value::Int(_), kind) => matches!(kind, Kind::Integer | Kind::Instant | Kind::Bool),
            (Value::Bool(_), kind) => kind == Kind::Bool,
            _ => false,
        };
        self.sort == *sort && comparable
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok().filter(|_| pair.len() == 2)).collect()
}

impl ListSpec {
    /// The rows of one page, and where the next starts. `scope` is the asker's permission.
    pub fn page(&self, tx: &mut Tx<'_>, scope: &Predicate, asked: &Asked) -> Result<(Vec<Row>, Option<String>)> {
        let (sort, descending) = self.sort(asked)?;
        let order = Sort { field: sort.name.to_owned(), descending };
        let after = asked.page.after.as_ref();
        if after.is_some_and(|after| !after.fits(&order, sort.kind)) {
            return Err(Error::BadInput("the cursor belongs to a list that is sorted in another way".to_owned()));
        }
        let mut rows = Vec::new();
        for stretch in self.stretches(asked, &sort, after, descending) {
            let wanted = asked.page.limit + 1 - rows.len();
            let built = self.build(tx.dialect(), scope, asked, (stretch, wanted))?;
            rows.extend(tx.built(&built)?);
            if rows.len() > asked.page.limit {
                break;
            }
        }
        let more = rows.len() > asked.page.limit;
        rows.truncate(asked.page.limit);
        let next = rows.last().filter(|_| more).map(|row| self.cursor(row, order)).transpose()?;
        // The last two columns are the list's own: the sort value and the id.
        for row in &mut rows {
            row.0.truncate(self.columns.len());
        }
        Ok((rows, next))
    }

    fn cursor(&self, row: &Row, sort: Sort) -> Result<String> {
        let value = row.get(self.columns.len())?;
        let id = row.get(self.columns.len() + 1)?;
        Ok(Cursor { sort, value, id }.text())
    }

    fn sort(&self, asked: &Asked) -> Result<(Field, bool)> {
        let default = Sort::parse(self.default_sort);
        let sort = asked.sort.as_ref().unwrap_or(&default);
        if let Some(by_value) = asked.values.as_ref().and_then(|values| values.sort.as_ref()) {
            return Ok((by_value.column, sort.descending));
        }
        let field = *self.field(&sort.field)?;
        match field.sortable {
            true => Ok((field, sort.descending)),
            false => Err(Error::BadInput(format!("the list cannot be sorted by {}", sort.field))),
        }
    }

    fn field(&self, name: &str) -> Result<&Field> {
        let known = || Error::BadInput(format!("the list has no field {}", name.chars().take(40).collect::<String>()));
        self.fields.iter().find(|field| field.name == name).ok_or_else(known)
    }

    /// The walks that together make the list, one after the other.
    fn stretches(&self, asked: &Asked, sort: &Field, after: Option<&Cursor>, descending: bool) -> Vec<Walk> {
        let values = asked.values.as_ref();
        let own = Place { table: self.table, column: sort.column, id: "id" };
        let of = |place: Place, conditions: Vec<Condition>, source: Source| {
            let walk = move |condition| Walk { place, condition, source: source.clone(), descending };
            conditions.into_iter().map(walk).collect::<Vec<_>>()
        };
        if let Some(lead) = values.and_then(Values::lead) {
            let place = Place { table: LEAD, column: lead.column, id: lead.table.id };
            let mut conditions = stretches(place, after, descending);
            // A value that leads has what it is sorted by.
            conditions.truncate(1);
            return of(place, conditions, Source::Led(lead.table.table, lead.rows));
        }
        if let Some((place, table, rows)) = self.led_by_words(asked) {
            let mut conditions = stretches(place, after, descending);
            conditions.truncate(1);
            return of(place, conditions, Source::Led(table, rows));
        }
        let Some(by_value) = values.and_then(|values| values.sorted(&Expr::col((self.table, "id")))) else {
            return of(own, stretches(own, after, descending), Source::Own);
        };
        let place = Place { table: LEAD, column: sort.column, id: by_value.table.id };
        let mut walks = Vec::new();
        if after.is_none_or(|after| after.value != Value::Null) {
            let mut conditions = stretches(place, after, descending);
            conditions.truncate(1);
            walks = of(place, conditions, Source::Led(by_value.table.table, by_value.rows));
        }
        // Whoever has no such value comes last, in the order of the ids.
        let by_id = Place { column: "id", ..own };
        let later = after.filter(|after| after.value == Value::Null).map(|after| bind(&Value::Uuid(after.id)));
        let condition = later.map_or(Condition::all(), |last| {
            let id = Expr::col((self.table, "id"));
            Condition::all().add(if descending { id.lt(last) } else { id.gt(last) })
        });
        walks.extend(of(by_id, vec![condition], Source::Without(by_value.none)));
        walks
    }

    /// The rows of the word that leads.
    fn led_by_words(&self, asked: &Asked) -> Option<(Place, &'static str, Condition)> {
        let (at, column) = asked.lead?;
        let filter = asked.filters.get(at)?;
        let Kind::Words(table, key, word) = self.field(&filter.field).ok()?.kind else { return None };
        let words = values_of(&Field::new("", Kind::Word), &filter.value).ok()?;
        let rows = Condition::all().add(Expr::col((LEAD, word)).is_in(words.iter().map(bind)));
        Some((Place { table: LEAD, column, id: key }, table, rows))
    }

    fn build(
        &self,
        dialect: Dialect,
        scope: &Predicate,
        asked: &Asked,
        (walk, wanted): (Walk, usize),
    ) -> Result<Built> {
        let Walk { place, condition, source, descending } = walk;
        let mut select = Query::select();
        for column in self.columns {
            select.column((self.table, *column));
        }
        let mut record = Expr::col((self.table, "id"));
        match source {
            Source::Own => {
                select.from(self.table).column((place.table, place.column));
            }
            Source::Led(table, rows) => {
                let leads = Expr::col((LEAD, place.id));
                select.from_as(table, LEAD);
                match dialect {
                    // SQLite reads a cross join in the order in which it is written; PostgreSQL decides for itself.
                    Dialect::Sqlite => select.cross_join(self.table).and_where(leads.clone().eq(record)),
                    Dialect::Postgres => select.inner_join(self.table, leads.clone().eq(record)),
                };
                select.column((place.table, place.column)).cond_where(rows);
                record = leads;
            }
            Source::Without(none) => {
                select.from(self.table).expr(Expr::cust("null")).cond_where(none);
            }
        }
        select.column((place.table, place.id));
        select.cond_where(condition);
        if let Some(values) = &asked.values {
            select.cond_where(values.condition(dialect, &record)?);
        }
        select.cond_where(scope.condition(self.table));
        select.cond_where(self.restriction(dialect, asked)?);
        let order = if descending { Order::Desc } else { Order::Asc };
        order_by(&mut select, dialect, place, order.clone());
        if place.column != place.id {
            select.order_by((place.table, place.id), order);
        }
        select.limit(wanted as u64);
        Ok(render(&select, dialect))
    }

    /// The asker's filters as one condition.
    fn restriction(&self, dialect: Dialect, asked: &Asked) -> Result<Condition> {
        let mut all = Condition::all();
        for (at, filter) in asked.filters.iter().enumerate() {
            if asked.lead.is_some_and(|(lead, _)| lead == at) {
                continue;
            }
            all = all.add(self.condition(dialect, filter)?);
        }
        if let Some(ids) = &asked.among {
            let ids = ids.iter().copied().map(Value::Uuid).collect();
            all = all.add(Predicate::In("id", ids).condition(self.table));
        }
        Ok(all)
    }

    fn condition(&self, dialect: Dialect, filter: &Filter) -> Result<Condition> {
        let field = self.field(&filter.field)?;
        if let Kind::Words(table, key, word) = field.kind {
            return words_condition(self.table, table, key, word, filter);
        }
        Ok(Condition::all().add(comparison(self.table, field, filter, dialect)?))
    }
}

/// A filter over a column.
pub(crate) fn comparison(table: &'static str, field: &Field, filter: &Filter, dialect: Dialect) -> Result<Expr> {
    let column = || Expr::col((table, field.column));
    let one = || value_of(field, &filter.value).map(|value| bind(&value));
    let several = || values_of(field, &filter.value);
    Ok(match filter.op {
        Op::Eq => column().eq(one()?),
        Op::Ne => column().ne(one()?).or(column().is_null()),
        Op::In => column().is_in(several()?.iter().map(bind)),
        Op::Lt => column().lt(one()?),
        Op::Le => column().lte(one()?),
        Op::Gt => column().gt(one()?),
        Op::Ge => column().gte(one()?),
        Op::Between => {
            let ends = several()?;
            let [from, to] = ends.as_slice() else {
                return Err(Error::BadInput(format!("{}: between takes two values", field.name)));
            };
            column().between(bind(from), bind(to))
        }
        Op::Empty if field.kind == Kind::Text => column().is_null().or(column().eq("")),
        Op::Empty => column().is_null(),
        Op::NotEmpty if field.kind == Kind::Text => column().is_not_null().and(column().ne("")),
        Op::NotEmpty => column().is_not_null(),
        Op::Contains if field.kind == Kind::Text => folded(column(), dialect).like(contains(&filter.value)?),
        Op::Contains => return Err(Error::BadInput(format!("{}: contains is for text", field.name))),
    })
}

/// The columns by which rows are walked through: what they are sorted by, and the id that breaks ties.
#[derive(Clone, Copy, Debug)]
struct Place {
    table: &'static str,
    column: &'static str,
    id: &'static str,
}

/// One statement of a page: which rows, from where, in which order.
struct Walk {
    place: Place,
    condition: Condition,
    source: Source,
    descending: bool,
}

#[derive(Clone)]
enum Source {
    /// The listed table itself.
    Own,
    /// These rows of another table, and the records that they belong to.
    Led(&'static str, Condition),
    /// The records without a value to be sorted by.
    Without(Condition),
}

/// The order of the indexes, which have NULLs first. Going up, [`stretches`] reads the values before the NULLs.
fn order_by(select: &mut SelectStatement, dialect: Dialect, place: Place, order: Order) {
    let Place { table, column, .. } = place;
    match (dialect, &order) {
        // SQLite puts NULL first going up; PostgreSQL last. Say it where it differs from what the index gives.
        (Dialect::Postgres, Order::Asc) => {
            select.order_by_with_nulls((table, column), order, NullOrdering::First);
        }
        (Dialect::Postgres, _) => {
            select.order_by_with_nulls((table, column), order, NullOrdering::Last);
        }
        (Dialect::Sqlite, _) => {
            select.order_by((table, column), order);
        }
    }
}

/// What comes after the cursor, as stretches to be read one after the other: rows with a value in the order
/// `(column, id)`, and behind them, whether the list goes up or down, those without one. A database walks an index for
/// each stretch, and for none if they are joined by `or`.
fn stretches(place: Place, after: Option<&Cursor>, descending: bool) -> Vec<Condition> {
    let Place { table, column, id } = place;
    let sorted = || Expr::col((table, column));
    let all = |condition: Expr| Condition::all().add(condition);
    let Some(after) = after else {
        // Going down, the index has the rows without a value at its end already.
        return if descending {
            vec![Condition::all()]
        } else {
            vec![all(sorted().is_not_null()), all(sorted().is_null())]
        };
    };
    let last = bind(&Value::Uuid(after.id));
    let same_but_later = |same: Expr| match descending {
        true => same.and(Expr::col((table, id)).lt(last.clone())),
        false => same.and(Expr::col((table, id)).gt(last.clone())),
    };
    if after.value == Value::Null {
        return vec![all(same_but_later(sorted().is_null()))];
    }
    let value = || bind(&after.value);
    // The plain bound lets the database start in the index; the second condition cuts the ties.
    let (bound, further) = match descending {
        true => (sorted().lte(value()), sorted().lt(value())),
        false => (sorted().gte(value()), sorted().gt(value())),
    };
    let exact = Condition::any().add(further).add(same_but_later(sorted().eq(value())));
    vec![Condition::all().add(bound).add(exact), all(sorted().is_null())]
}

fn words_condition(
    owner: &'static str,
    table: &'static str,
    key: &'static str,
    word: &'static str,
    filter: &Filter,
) -> Result<Condition> {
    let field = Field::new("", Kind::Word);
    let mut rows = Query::select();
    rows.column(key).from(table);
    let id = Expr::col((owner, "id"));
    Ok(Condition::all().add(match filter.op {
        Op::Eq | Op::In => {
            let words = values_of(&field, &filter.value)?;
            id.in_subquery(rows.and_where(Expr::col(word).is_in(words.iter().map(bind))).take())
        }
        Op::Ne => {
            let words = values_of(&field, &filter.value)?;
            id.not_in_subquery(rows.and_where(Expr::col(word).is_in(words.iter().map(bind))).take())
        }
        Op::Empty => id.not_in_subquery(rows.take()),
        Op::NotEmpty => id.in_subquery(rows.take()),
        op => return Err(Error::BadInput(format!("{}: {} is not for tags", filter.field, op.word()))),
    }))
}

/// SQLite's `like` knows no case in ASCII letters, and no other letters' either; PostgreSQL is made to do the same.
fn folded(column: Expr, dialect: Dialect) -> Expr {
    match dialect {
        Dialect::Sqlite => column,
        Dialect::Postgres => Expr::cust_with_expr("lower($1 collate \"C\")", column),
    }
}

fn contains(value: &serde_json::Value) -> Result<sea_query::LikeExpr> {
    let text = value.as_str().ok_or_else(|| Error::BadInput("contains takes a text".to_owned()))?;
    let escaped = text.to_ascii_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    Ok(sea_query::LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}

fn values_of(field: &Field, value: &serde_json::Value) -> Result<Vec<Value>> {
    match value {
        serde_json::Value::Array(values) if values.len() <= LIMIT_MOST => {
            values.iter().map(|value| value_of(field, value)).collect()
        }
        serde_json::Value::Array(_) => Err(Error::BadInput(format!("{}: too many values", field.name))),
        value => value_of(field, value).map(|value| vec![value]),
    }
}

fn value_of(field: &Field, value: &serde_json::Value) -> Result<Value> {
    let text = || value.as_str().filter(|text| text.len() <= 500 && !text.contains('\0'));
    let parsed = match field.kind {
        Kind::Text | Kind::Word | Kind::Words(..) => text().map(|text| Value::Text(text.to_owned())),
        Kind::Integer => value.as_i64().map(Value::Int),
        Kind::Bool => value.as_bool().map(Value::Bool),
        Kind::Date => {
            text().and_then(|t| t.parse::<jiff::civil::Date>().ok()).map(|date| Value::Text(date.to_string()))
        }
        Kind::Instant => {
            text().and_then(|t| t.parse::<jiff::Timestamp>().ok()).map(|at| Value::Int(at.as_microsecond()))
        }
        Kind::Id => text().and_then(|t| t.parse().ok()).map(Value::Uuid),
    };
    parsed.ok_or_else(|| Error::BadInput(format!("{}: not a value of this field", field.name)))
}

/// Hands one of our values to the query builder.
pub(crate) fn bind(value: &Value) -> sea_query::Value {
    match value {
        Value::Null => sea_query::Value::String(None),
        Value::Bool(b) => (*b).into(),
        Value::Int(i) => (*i).into(),
        Value::Real(r) => (*r).into(),
        Value::Text(t) => t.clone().into(),
        Value::Bytes(b) => b.clone().into(),
        Value::Uuid(u) => (*u).into(),
    }
}

fn unbind(value: sea_query::Value) -> Value {
    use sea_query::Value as Sea;
    match value {
        Sea::Bool(Some(b)) => Value::Bool(b),
        Sea::Int(Some(i)) => Value::Int(i.into()),
        Sea::BigInt(Some(i)) => Value::Int(i),
        Sea::BigUnsigned(Some(i)) => Value::Int(i as i64),
        Sea::Double(Some(r)) => Value::Real(r),
        Sea::String(Some(t)) => Value::Text(t.to_string()),
        Sea::Bytes(Some(b)) => Value::Bytes(b.to_vec()),
        Sea::Uuid(Some(u)) => Value::Uuid(u),
        _ => Value::Null,
    }
}

/// Renders a select for one database.
pub fn render(select: &SelectStatement, dialect: Dialect) -> Built {
    let (sql, values) = match dialect {
        Dialect::Sqlite => select.build(SqliteQueryBuilder),
        Dialect::Postgres => select.build(PostgresQueryBuilder),
    };
    Built { sql, values: values.into_iter().map(unbind).collect() }
}
