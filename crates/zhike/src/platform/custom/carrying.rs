//! What stands in added fields goes over to a record that takes another one's place, and back. Row by row, whether the
//! field is there at present or not: what stands in a removed field waits for it to be restored.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::Tx;
use uuid::Uuid;

use super::values::{CLEAR, INSERT, Place, resealed};
use crate::kernel::Result;
use crate::platform::grant::Principal;

store::statements! {
    ROWS = "select field, item, number, text, key, sealed, name_key from custom_value
        where customer_id = $1 and record_id = $1 order by field, item";
}

/// A row as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    item: i64,
    number: Option<i64>,
    text: Option<String>,
    key: Option<String>,
    sealed: Option<Vec<u8>>,
    /// Whether lists of its record are read by it.
    ordered: bool,
}

type Lines = BTreeMap<i64, Vec<Line>>;

/// What was written into a field, and what stood there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Carried {
    pub field: i64,
    before: Vec<Line>,
    after: Vec<Line>,
}

/// Takes over what only another customer has, and of the fields of `take` what it has in any case.
pub fn carry(
    tx: &mut Tx<'_>,
    who: &Principal,
    from: Uuid,
    to: Place<'_>,
    take: &BTreeSet<i64>,
) -> Result<Vec<Carried>> {
    let mut own = lines(tx, to.customer)?;
    let mut carried = Vec::new();
    for (field, lines) in lines(tx, from)? {
        let before = own.remove(&field).unwrap_or_default();
        if !before.is_empty() && !take.contains(&field) {
            continue;
        }
        let after = lines.into_iter().map(|line| sealed_for(who, line, field, (from, to.record)));
        let after = after.collect::<Result<Vec<_>>>()?;
        replace(tx, to, field, &after)?;
        carried.push(Carried { field, before, after });
    }
    Ok(carried)
}

/// Puts back what stood there, where nobody has written since; answers the fields that stay.
pub fn put_back(tx: &mut Tx<'_>, to: Place<'_>, carried: &[Carried]) -> Result<Vec<i64>> {
    let now = lines(tx, to.customer)?;
    let mut kept = Vec::new();
    for Carried { field, before, after } in carried {
        match now.get(field) == Some(after) {
            true => replace(tx, to, *field, before)?,
            false => kept.push(*field),
        }
    }
    Ok(kept)
}

fn lines(tx: &mut Tx<'_>, customer: Uuid) -> Result<Lines> {
    let mut all = Lines::new();
    for row in tx.query(&ROWS, &[&customer])? {
        let line = Line {
            item: row.get(1)?,
            number: row.get(2)?,
            text: row.get(3)?,
            key: row.get(4)?,
            sealed: row.get(5)?,
            ordered: row.get::<Option<String>>(6)?.is_some(),
        };
        all.entry(row.get(0)?).or_default().push(line);
    }
    Ok(all)
}

/// A sealed value is bound to its record.
fn sealed_for(who: &Principal, line: Line, field: i64, way: (Uuid, Uuid)) -> Result<Line> {
    let sealed = line.sealed.as_ref().map(|bytes| resealed(who, field, bytes, way)).transpose()?;
    Ok(Line { sealed, ..line })
}

fn replace(tx: &mut Tx<'_>, place: Place<'_>, field: i64, lines: &[Line]) -> Result<()> {
    tx.execute(&CLEAR, &[&place.customer, &place.record, &field])?;
    for Line { item, number, text, key, sealed, ordered } in lines {
        let order = place.order.filter(|_| *ordered);
        let (name_key, at): (Option<String>, Option<Timestamp>) =
            (order.map(|(name_key, _)| name_key.to_owned()), order.map(|(_, at)| at));
        tx.execute(
            &INSERT,
            &[&place.customer, &place.record, &field, item, number, text, key, sealed, &name_key, &at],
        )?;
    }
    Ok(())
}
