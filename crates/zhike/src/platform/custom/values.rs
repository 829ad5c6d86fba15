//! What stands in custom fields, from what people send to the rows that keep it and back.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use store::values::ValueTable;
use store::{Row, Tx};
use uuid::Uuid;

use super::held::{self, Held};
use crate::kernel::custom::CustomKind;
use crate::kernel::{CustomField, Entity, Error, FieldAccess, FieldError, Result};
use crate::platform::access::model::User;
use crate::platform::access::names;
use crate::platform::audit::Changes;
use crate::platform::grant::Principal;
use crate::platform::vault::{Column, Kind};

/// What a sealed value shows of itself: that there is one.
const MASK: &str = "***";
const KEY_CHARS: usize = 60;

/// Sealed values of all fields are under one key; each is bound to its record and field.
const SEALED: Column = Column::new("custom_value", "sealed", "custom_value.sealed", Kind::Secret);

/// The table, as lists of customers and the like see it.
pub const TABLE: ValueTable = ValueTable { table: "custom_value", owner: "customer_id", id: "record_id" };
const COLUMNS: &[&str] = &["record_id", "field", "item", "number", "text", "key", "sealed"];

store::statements! {
    OF_CUSTOMER = "select record_id, field, item, number, text, key, sealed from custom_value where customer_id = $1";
    pub(super) INSERT = "insert into custom_value
        (customer_id, record_id, field, item, number, text, key, sealed, name_key, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    pub(super) CLEAR = "delete from custom_value where customer_id = $1 and record_id = $2 and field = $3";
    FORGET = "delete from custom_value where customer_id = $1 and record_id = $2";
    RENAME = "update custom_value set name_key = $2 where customer_id = $1 and record_id = $1 and name_key is not null";
    FOUND = "select text from custom_value where customer_id = $1 and text is not null
        and field in (select number from custom_field where searchable and removed_at is null) order by record_id, field";
}

/// A value that is kept: readable, or sealed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kept {
    Open(Held),
    Sealed(Vec<u8>),
}

/// The values of one record by the number of the field.
pub type Values = BTreeMap<i64, Kept>;

/// The values of a customer and of what belongs to it, by record.
pub type Records = HashMap<Uuid, Values>;

/// What people send: values by key, nothing to empty one.
pub type Sent = BTreeMap<String, Json>;

/// Where values stand, and what lists of the record are sorted by, if there are any.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub customer: Uuid,
    pub record: Uuid,
    pub order: Option<(&'a str, Timestamp)>,
}

/// Judges what was sent for a record that holds `before`, and answers what it holds then. What changed is noted for the
/// audit; what cannot be is among the faults, under the field's key.
pub fn take(
    who: &Principal,
    (entity, record): (Entity, Uuid),
    before: &Values,
    sent: Option<&Sent>,
    changes: &mut Changes,
) -> Result<(Values, Vec<FieldError>)> {
    let (mut after, mut faults) = (before.clone(), Vec::new());
    let mut fault =
        |key: &str, code: &str| faults.push(FieldError { field: key.to_owned(), code: code.to_owned(), message: None });
    for (key, sent) in sent.into_iter().flatten() {
        let Some(field) = who.custom_field(entity, key) else {
            fault(key, "unknown_field");
            continue;
        };
        let access = who.custom_access(field);
        // Before anything is compared: whether a guess is right is no less than the value itself. Like the personal
        // fields of the product, whoever sees that there is a value may write another one.
        if access < if field.is_sealed() { FieldAccess::Masked } else { FieldAccess::Read } {
            fault(key, "not_allowed");
            continue;
        }
        let old = before.get(&field.number).map(|kept| open(who, field, record, kept)).transpose()?;
        let new = match held::read(field, sent, old.as_ref()) {
            Ok(new) => new,
            Err(code) => {
                fault(key, code);
                continue;
            }
        };
        if new == old {
            continue;
        }
        if !field.is_sealed() && access < FieldAccess::Edit {
            fault(key, "not_allowed");
            continue;
        }
        note_one(who, field, (&old, &new), changes);
        match new {
            Some(new) => after.insert(field.number, keep(who, field, record, new)?),
            None => after.remove(&field.number),
        };
    }
    Ok((after, faults))
}

/// Refuses people who do not work here.
pub fn check_people(tx: &mut Tx<'_>, who: &Principal, entity: Entity, before: &Values, after: &Values) -> Result<()> {
    use store::Entity as _;
    for field in who.custom(entity).filter(|field| field.kind == CustomKind::Person) {
        let new = after.get(&field.number).filter(|new| before.get(&field.number) != Some(new));
        let Some(Kept::Open(Held::Person(id))) = new else { continue };
        if !User::find(tx, *id)?.is_some_and(|user| user.active) {
            return Err(Error::field_invalid(field.key, "user.unknown"));
        }
    }
    Ok(())
}

fn keep(who: &Principal, field: &CustomField, record: Uuid, held: Held) -> Result<Kept> {
    match field.is_sealed() {
        true => {
            let text = held.json(field.kind).to_string();
            Ok(Kept::Sealed(who.vault.seal(&SEALED, bound(record, field.number), &text)?))
        }
        false => Ok(Kept::Open(held)),
    }
}

fn open(who: &Principal, field: &CustomField, record: Uuid, kept: &Kept) -> Result<Held> {
    match kept {
        Kept::Open(held) => Ok(held.clone()),
        Kept::Sealed(bytes) => {
            let text = who.vault.open_sealed(&SEALED, bound(record, field.number), bytes)?;
            let sent: Json = serde_json::from_str(&text)?;
            // What it held may be a choice that has been retired since.
            let all = Held::Choices(field.choices.iter().map(|choice| choice.id).collect());
            held::read(field, &sent, Some(&all))
                .ok()
                .flatten()
                .ok_or_else(|| Error::internal("a sealed value of another kind"))
        }
    }
}

/// The values of a record, as another one has them that takes its place: what is sealed is sealed for that one.
pub fn carried(who: &Principal, values: &Values, from: Uuid, to: Uuid) -> Result<Values> {
    let carry = |(number, kept): (&i64, &Kept)| match kept {
        Kept::Open(_) => Ok((*number, kept.clone())),
        Kept::Sealed(bytes) => Ok((*number, Kept::Sealed(resealed(who, *number, bytes, (from, to))?))),
    };
    values.iter().map(carry).collect()
}

/// What is sealed in a field of one record, sealed for another.
pub(super) fn resealed(who: &Principal, number: i64, bytes: &[u8], (from, to): (Uuid, Uuid)) -> Result<Vec<u8>> {
    let text = who.vault.open_sealed(&SEALED, bound(from, number), bytes)?;
    who.vault.seal(&SEALED, bound(to, number), &text)
}

/// The values of a record without those that are personal.
pub fn unsealed(values: &Values) -> Values {
    let open = |(_, kept): &(&i64, &Kept)| matches!(kept, Kept::Open(_));
    values.iter().filter(open).map(|(number, kept)| (*number, kept.clone())).collect()
}

/// Those of a record that are personal.
pub fn sealed(values: &Values) -> Values {
    let sealed = |(_, kept): &(&i64, &Kept)| matches!(kept, Kept::Sealed(_));
    values.iter().filter(sealed).map(|(number, kept)| (*number, kept.clone())).collect()
}

/// Names the place of a sealed value: this field of this record and nowhere else.
fn bound(record: Uuid, number: i64) -> Uuid {
    Uuid::from_u128(record.as_u128() ^ (number as u128))
}

/// A file that stands in a field: which one, and its name.
pub type HeldFile = (Uuid, String);

/// The files that stand in fields of a record, by the number of the field.
pub fn files(who: &Principal, (entity, record): (Entity, Uuid), values: &Values) -> Result<BTreeMap<i64, HeldFile>> {
    let mut files = BTreeMap::new();
    for field in who.custom(entity).filter(|field| field.kind == CustomKind::File) {
        let Some(kept) = values.get(&field.number) else { continue };
        if let Held::File { id, name } = open(who, field, record, kept)? {
            files.insert(field.number, (id, name));
        }
    }
    Ok(files)
}

/// The values of a record without files, which hang on it and go nowhere else.
pub fn without_files(who: &Principal, entity: Entity, values: &Values) -> Values {
    let mut values = values.clone();
    for field in who.custom(entity).filter(|field| field.kind == CustomKind::File) {
        values.remove(&field.number);
    }
    values
}

/// The value in plain words, for the audited reveal, and which file it is if it is one.
pub fn revealed(
    tx: &mut Tx<'_>,
    who: &Principal,
    field: &CustomField,
    place: Place<'_>,
) -> Result<Option<(String, Option<Uuid>)>> {
    let all = of_customer(tx, who, place.customer)?;
    let kept = all.get(&place.record).and_then(|values| values.get(&field.number));
    let Some(held) = kept.map(|kept| open(who, field, place.record, kept)).transpose()? else { return Ok(None) };
    Ok(Some(match held {
        Held::Person(id) => (names::user(tx, id)?.name, None),
        Held::File { id, name } => (name, Some(id)),
        held => (held.words(field, false), None),
    }))
}

/// All values of a record in plain words, in the form in which they are sent: the copy that a person has a right to.
pub fn plain(who: &Principal, (entity, record): (Entity, Uuid), values: &Values) -> Result<Map<String, Json>> {
    let mut plain = Map::new();
    for field in who.custom(entity) {
        if let Some(kept) = values.get(&field.number) {
            plain.insert(field.key.to_owned(), open(who, field, record, kept)?.json(field.kind));
        }
    }
    Ok(plain)
}

/// What somebody sees of a record's values.
pub fn shown(tx: &mut Tx<'_>, who: &Principal, entity: Entity, values: &Values) -> Result<Map<String, Json>> {
    let mut shown = Map::new();
    for field in who.custom(entity) {
        let Some(kept) = values.get(&field.number) else { continue };
        let access = who.custom_access(field);
        let value = match kept {
            Kept::Sealed(_) if access >= FieldAccess::Masked => json!({ "masked": MASK }),
            Kept::Open(Held::Person(id)) if access >= FieldAccess::Read => json!(names::user(tx, *id)?),
            Kept::Open(held) if access >= FieldAccess::Read => held.json(field.kind),
            _ => continue,
        };
        shown.insert(field.key.to_owned(), value);
    }
    Ok(shown)
}

/// What stands in a field that is not personal, as it would be sent.
pub fn as_sent(field: &CustomField, values: &Values) -> Json {
    match values.get(&field.number) {
        Some(Kept::Open(held)) => held.json(field.kind),
        _ => Json::Null,
    }
}

/// Notes for the audit what differs, of fields that are there.
pub fn note(
    who: &Principal,
    (entity, record): (Entity, Uuid),
    before: &Values,
    after: &Values,
    changes: &mut Changes,
) -> Result<()> {
    for field in who.custom(entity) {
        let (old, new) = (before.get(&field.number), after.get(&field.number));
        let held = |kept: Option<&Kept>| kept.map(|kept| open(who, field, record, kept)).transpose();
        if old != new {
            note_one(who, field, (&held(old)?, &held(new)?), changes);
        }
    }
    Ok(())
}

fn note_one(who: &Principal, field: &CustomField, (old, new): (&Option<Held>, &Option<Held>), changes: &mut Changes) {
    let words = |held: &Option<Held>| held.as_ref().map(|held| held.words(field, false));
    let (old, new) = (words(old), words(new));
    match field.is_sealed() {
        true => changes.sealed(&who.vault, &field.full_name(), field.key, old.as_deref(), new.as_deref()),
        false => changes.field(field.key, &old, &new),
    };
}

/// Writes what differs.
pub fn write(tx: &mut Tx<'_>, place: Place<'_>, before: &Values, after: &Values) -> Result<()> {
    for number in before.keys().chain(after.keys().filter(|number| !before.contains_key(number))) {
        let (old, new) = (before.get(number), after.get(number));
        if old == new {
            continue;
        }
        if old.is_some() {
            tx.execute(&CLEAR, &[&place.customer, &place.record, number])?;
        }
        if let Some(new) = new {
            insert(tx, place, *number, new)?;
        }
    }
    Ok(())
}

/// The columns of one row: item, number, text, key.
type Columns = (i64, Option<i64>, Option<String>, Option<String>);

fn insert(tx: &mut Tx<'_>, place: Place<'_>, number: i64, kept: &Kept) -> Result<()> {
    let none = None::<Vec<u8>>;
    let (rows, sealed, ordered): (Vec<Columns>, _, _) = match kept {
        Kept::Sealed(bytes) => (vec![(0, None, None, None)], Some(bytes.clone()), false),
        Kept::Open(Held::Text(text)) => (vec![(0, None, Some(text.clone()), Some(text_key(text)))], none, false),
        Kept::Open(Held::Number(value) | Held::Fen(value)) => (vec![(0, Some(*value), None, None)], none, false),
        Kept::Open(Held::Date(date)) => (vec![(0, Some(held::day_number(*date)), None, None)], none, false),
        Kept::Open(Held::Person(id)) => (vec![(0, None, None, Some(id.to_string()))], none, false),
        Kept::Open(Held::File { id, name }) => (vec![(0, None, Some(name.clone()), Some(id.to_string()))], none, false),
        Kept::Open(Held::Choices(ids)) => (ids.iter().map(|id| (*id, None, None, None)).collect(), none, true),
    };
    let order = place.order.filter(|_| ordered);
    let (name_key, created_at) = (order.map(|(name_key, _)| name_key.to_owned()), order.map(|(_, at)| at));
    for (item, value, text, key) in &rows {
        tx.execute(
            &INSERT,
            &[&place.customer, &place.record, &number, item, value, text, key, &sealed, &name_key, &created_at],
        )?;
    }
    Ok(())
}

/// What texts are sorted by.
fn text_key(text: &str) -> String {
    let start: String = text.chars().take(KEY_CHARS).collect();
    store::search::pinyin_key(&start)
}

/// The values of a customer and of all that belongs to it, by record.
pub fn of_customer(tx: &mut Tx<'_>, who: &Principal, customer: Uuid) -> Result<Records> {
    if who.permissions.custom.is_empty() {
        return Ok(HashMap::new());
    }
    gathered(who, &tx.query(&OF_CUSTOMER, &[&customer])?)
}

/// The values of these customers themselves for these fields, in one statement.
pub fn of_page(tx: &mut Tx<'_>, who: &Principal, ids: &[Uuid], fields: &[i64]) -> Result<Records> {
    gathered(who, &TABLE.of_records(tx, COLUMNS, ids, fields)?)
}

fn gathered(who: &Principal, rows: &[Row]) -> Result<Records> {
    let mut all = Records::new();
    for row in rows {
        let number: i64 = row.get(1)?;
        // What stands in a removed field waits for it to be restored.
        let Some(field) = who.permissions.custom.iter().find(|field| field.number == number) else { continue };
        let values = all.entry(row.get(0)?).or_default();
        if let Some(sealed) = row.get::<Option<Vec<u8>>>(6)? {
            values.insert(number, Kept::Sealed(sealed));
            continue;
        }
        let value: Option<i64> = row.get(3)?;
        let text = |at: usize| row.get::<Option<String>>(at);
        let held = match field.kind {
            CustomKind::Text => text(4)?.map(Held::Text),
            CustomKind::Number => value.map(Held::Number),
            CustomKind::Money => value.map(Held::Fen),
            CustomKind::Date => value.and_then(held::day_of).map(Held::Date),
            CustomKind::Person => text(5)?.and_then(|id| id.parse().ok()).map(Held::Person),
            CustomKind::File => match (text(4)?, text(5)?.and_then(|id| id.parse().ok())) {
                (Some(name), Some(id)) => Some(Held::File { id, name }),
                _ => None,
            },
            CustomKind::Choice | CustomKind::Multi => {
                let known = match values.get(&number) {
                    Some(Kept::Open(Held::Choices(known))) => known.as_slice(),
                    _ => &[],
                };
                let mut ids: Vec<i64> = known.iter().copied().chain([row.get(2)?]).collect();
                ids.sort_unstable();
                Some(Held::Choices(ids))
            }
        };
        if let Some(held) = held {
            values.insert(number, Kept::Open(held));
        }
    }
    Ok(all)
}

/// The texts of a customer and its contacts that the search finds.
pub fn found(tx: &mut Tx<'_>, customer: Uuid) -> Result<Vec<String>> {
    tx.query(&FOUND, &[&customer])?.iter().map(|row| Ok(row.get(0)?)).collect()
}

/// The same of values that are to be written.
pub fn found_in(who: &Principal, values: &Records) -> Vec<String> {
    let searched: Vec<i64> =
        who.permissions.custom.iter().filter(|field| field.searchable).map(|field| field.number).collect();
    let texts = values.values().flat_map(|held| searched.iter().filter_map(|number| held.get(number)));
    let text = |kept: &Kept| if let Kept::Open(Held::Text(text)) = kept { Some(text.clone()) } else { None };
    texts.filter_map(text).collect()
}

/// Follows a new name of the customer.
pub fn rename(tx: &mut Tx<'_>, customer: Uuid, name_key: &str) -> Result<()> {
    tx.execute(&RENAME, &[&customer, &name_key])?;
    Ok(())
}

/// Forgets the values of a record that is gone for good.
pub fn forget(tx: &mut Tx<'_>, customer: Uuid, record: Uuid) -> Result<()> {
    tx.execute(&FORGET, &[&customer, &record])?;
    Ok(())
}

/// The fields that must be filled, with whether they are.
pub fn required<'a>(
    who: &'a Principal,
    entity: Entity,
    values: Option<&'a Values>,
) -> impl Iterator<Item = (&'static str, bool)> + 'a {
    let filled = move |number| values.is_some_and(|values| values.contains_key(&number));
    who.custom(entity).filter(|field| field.required).map(move |field| (field.key, filled(field.number)))
}
