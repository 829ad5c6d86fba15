//! Filters and sorting by custom fields, as the store takes them. A field that somebody may not read cannot be found
//! out by filtering either; what is sealed can be filtered by nobody.

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use store::Tx;
use store::list::{Asked, Field, Filter, Kind, Op};
use store::values::{ValueFilter, ValueSort, Values};

use super::held;
use super::values::TABLE;
use crate::kernel::custom::CustomKind;
use crate::kernel::{CustomField, Entity, Error, FieldAccess, Result};
use crate::platform::grant::Principal;

/// Choices are counted up to here, to tell which is the rarer …
const COUNTED_MOST: i64 = 20_000;
/// … and not again for this long. Only speed depends on it.
const FRESH: Duration = Duration::from_secs(300);
/// The column of choices. Their rows alone are kept in the orders of a list.
const CHOICE: &str = "item";
const REMEMBERED_MOST: usize = 10_000;

store::statements! {
    COUNT = "select count(*) from (select 1 from custom_value where field = $1 and item = $2
        and name_key is not null limit $3) c";
}

type Counted = HashMap<(i64, i64), (i64, Instant)>;
static COUNTED: LazyLock<RwLock<Counted>> = LazyLock::new(RwLock::default);

/// The same question, with what it asks of custom fields where the store looks for it.
pub fn understood(who: &Principal, entity: Entity, asked: &Asked) -> Result<Asked> {
    let mut asked = asked.clone();
    let mut values = Values { table: TABLE, filters: Vec::new(), sort: None, lead: None };
    let mut own = Vec::with_capacity(asked.filters.len());
    for filter in asked.filters {
        match who.custom_field(entity, &filter.field) {
            Some(field) => values.filters.push(value_filter(readable(who, field)?, filter)?),
            None => own.push(filter),
        }
    }
    asked.filters = own;
    if let Some(field) = asked.sort.as_ref().and_then(|sort| who.custom_field(entity, &sort.field)) {
        values.sort = Some(value_sort(readable(who, field)?)?);
    }
    if values.sort.is_some() || !values.filters.is_empty() {
        asked.values = Some(values);
    }
    Ok(asked)
}

fn readable<'a>(who: &Principal, field: &'a CustomField) -> Result<&'a CustomField> {
    if field.is_sealed() || who.custom_access(field) < FieldAccess::Read {
        return Err(Error::invalid("query.field_not_allowed").field(field.key, "not_allowed"));
    }
    Ok(field)
}

fn value_filter(field: &CustomField, filter: Filter) -> Result<ValueFilter> {
    let bad = || Error::invalid("query.invalid").detail(format!("{}: not a value of this field", field.key));
    let (column, convert): (_, fn(&Json) -> Option<Json>) = match field.kind {
        CustomKind::Text | CustomKind::File => {
            (Field::new(field.key, Kind::Text).column("text"), |json| Some(json.clone()))
        }
        CustomKind::Person => (Field::new(field.key, Kind::Word).column("key"), |json| Some(json.clone())),
        CustomKind::Number => (Field::new(field.key, Kind::Integer).column("number"), |json| {
            held::scaled(json).map(|scaled| json!(scaled))
        }),
        CustomKind::Date => (Field::new(field.key, Kind::Integer).column("number"), |json| {
            let date = json.as_str()?.parse().ok()?;
            Some(json!(held::day_number(date)))
        }),
        // The console has choices as words: their ids as text.
        CustomKind::Choice | CustomKind::Multi => (Field::new(field.key, Kind::Integer).column(CHOICE), |json| {
            json.as_i64().or_else(|| json.as_str()?.parse().ok()).map(|id| json!(id))
        }),
        CustomKind::Money => (Field::new(field.key, Kind::Integer).column("number"), |json| Some(json.clone())),
    };
    let value = match &filter.value {
        Json::Array(all) => Json::Array(all.iter().map(convert).collect::<Option<_>>().ok_or_else(bad)?),
        Json::Null => Json::Null,
        one => convert(one).ok_or_else(bad)?,
    };
    Ok(ValueFilter { field: field.number, column, filter: Filter { value, ..filter } })
}

fn value_sort(field: &CustomField) -> Result<ValueSort> {
    let column = match field.kind {
        CustomKind::Text => Field::new(field.key, Kind::Text).column("key"),
        CustomKind::Number | CustomKind::Money | CustomKind::Date => {
            Field::new(field.key, Kind::Integer).column("number")
        }
        // Ids of choices and people have no order that anybody looks for.
        CustomKind::Choice | CustomKind::Multi | CustomKind::Person | CustomKind::File => {
            return Err(Error::invalid("query.invalid").detail(format!("the list cannot be sorted by {}", field.key)));
        }
    };
    Ok(ValueSort { field: field.number, column })
}

/// Lets the rarest choice that is asked for lead a list that is sorted by `column` of its records: its rows are read in
/// that order, and few of them are read in vain.
pub fn lead(tx: &mut Tx<'_>, asked: &mut Asked, column: &'static str) -> Result<()> {
    let Some(values) = asked.values.as_mut().filter(|values| values.sort.is_none()) else { return Ok(()) };
    let choices: Vec<(usize, i64, i64)> =
        values.filters.iter().enumerate().filter_map(|(at, filter)| Some((at, filter.field, one(filter)?))).collect();
    let mut rarest = None;
    for (at, field, choice) in &choices {
        let count = if choices.len() > 1 { count(tx, *field, *choice)? } else { 0 };
        if rarest.is_none_or(|(_, least)| count < least) {
            rarest = Some((*at, count));
        }
    }
    values.lead = rarest.map(|(at, _)| (at, column));
    Ok(())
}

/// The one choice that a filter asks for. Numbers and dates have no rows in the order of a list.
fn one(filter: &ValueFilter) -> Option<i64> {
    if filter.column.column != CHOICE {
        return None;
    }
    match (&filter.filter.op, &filter.filter.value) {
        (Op::Eq | Op::In, Json::Number(id)) => id.as_i64(),
        (Op::In, Json::Array(ids)) if ids.len() == 1 => ids[0].as_i64(),
        _ => None,
    }
}

fn count(tx: &mut Tx<'_>, field: i64, choice: i64) -> Result<i64> {
    let known = COUNTED.read().unwrap_or_else(PoisonError::into_inner).get(&(field, choice)).copied();
    if let Some((count, _)) = known.filter(|(_, at)| at.elapsed() < FRESH) {
        return Ok(count);
    }
    let count = tx.query_one(&COUNT, &[&field, &choice, &COUNTED_MOST])?.get(0)?;
    let mut known = COUNTED.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= REMEMBERED_MOST {
        known.clear();
    }
    known.insert((field, choice), (count, Instant::now()));
    Ok(count)
}
