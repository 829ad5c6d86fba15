//! Whose value stays. What the survivor does not know is taken over; where both have a value, the survivor's stays
//! unless the other's was chosen; tags and key-fact marks are united.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};
use store::{Columns as _, Entity as _, Row, Value};

use crate::customers::model::{Customer, EMAIL, ID_NUMBER, PHONE, WECHAT};
use crate::customers::sealed::lookup;
use crate::kernel::{Entity, Error, FieldAccess, Result};
use crate::platform::audit::Changes;
use crate::platform::grant::Principal;
use crate::platform::vault::{Column, hex};

/// Fields of which one value must be chosen.
pub const CHOSEN: &[&str] = &[
    "name",
    "short_name",
    "credit_code",
    "industry",
    "region",
    "address",
    "website",
    "phone",
    "email",
    "wechat",
    "id_number",
    "staff_count",
    "annual_revenue_fen",
    "founded_on",
    "main_business",
    "organisation",
    "source",
    "grade",
    "owner",
    "cooperation_since",
    "preferences",
    "core_need",
    "notes",
];
const PERSONAL: [&Column; 4] = [&PHONE, &EMAIL, &WECHAT, &ID_NUMBER];

/// Refuses a choice that the asker may not make. Whoever may merge may fill what the one that stays does not know
/// (docs/decisions/0006); what it knows is replaced by who may edit it.
pub fn check(who: &Principal, take: &BTreeSet<String>) -> Result<()> {
    for field in take {
        if let Some(added) = who.custom_field(Entity::Customer, field) {
            // Like a change of it: what is sealed may be replaced by who sees that there is something.
            let least = if added.is_sealed() { FieldAccess::Masked } else { FieldAccess::Edit };
            match who.custom_access(added) >= least {
                true => continue,
                false => return Err(Error::forbidden().field(field, "not_allowed")),
            }
        }
        if !CHOSEN.contains(&field.as_str()) {
            return Err(Error::field_invalid("take", "unknown_field"));
        }
        let personal = PERSONAL.iter().find(|column| column.name == field);
        let allowed = match personal {
            Some(column) => who.field(column.field, column.class()) > FieldAccess::Hidden,
            None => who.edits(Entity::Customer, if field == "owner" { "owner_id" } else { field }),
        };
        if !allowed {
            return Err(Error::forbidden().field(field, "not_allowed"));
        }
    }
    Ok(())
}

/// Makes the survivor's row of both.
pub fn unite(
    who: &Principal,
    survivor: &mut Customer,
    loser: &Customer,
    take: &BTreeSet<String>,
    changes: &mut Changes,
) -> Result<()> {
    macro_rules! plain {
        ($($field:ident),+) => {
            $(if loser.$field.is_some() && (survivor.$field.is_none() || take.contains(stringify!($field))) {
                changes.field(stringify!($field), &survivor.$field, &loser.$field);
                survivor.$field = loser.$field.clone();
            })+
        };
    }
    plain!(
        short_name,
        credit_code,
        industry,
        region,
        address,
        website,
        staff_count,
        annual_revenue_fen,
        founded_on,
        main_business,
        organisation,
        source,
        cooperation_since,
        preferences,
        core_need,
        notes
    );
    if take.contains("name") {
        changes.field("name", &survivor.name, &loser.name);
        survivor.name.clone_from(&loser.name);
    }
    if take.contains("grade") {
        changes.field("grade", &survivor.grade, &loser.grade);
        survivor.grade = loser.grade;
    }
    if take.contains("owner") || survivor.owner_id.is_none() {
        changes.field("owner_id", &survivor.owner_id, &loser.owner_id);
        changes.field("department_id", &survivor.department_id, &loser.department_id);
        (survivor.owner_id, survivor.department_id) = (loser.owner_id, loser.department_id);
    }
    personal(who, survivor, loser, take, changes)?;
    tags(survivor, loser, changes);
    marks(survivor, loser, changes)?;
    contacts(survivor, loser);
    Ok(())
}

/// A sealed value is bound to its row: it is opened for one and sealed for the other, and shown to nobody.
fn personal(
    who: &Principal,
    survivor: &mut Customer,
    loser: &Customer,
    take: &BTreeSet<String>,
    changes: &mut Changes,
) -> Result<()> {
    let (row, from) = (survivor.id.uuid(), loser.id.uuid());
    let sealed = [
        (&PHONE, &mut survivor.phone, &loser.phone),
        (&EMAIL, &mut survivor.email, &loser.email),
        (&WECHAT, &mut survivor.wechat, &loser.wechat),
        (&ID_NUMBER, &mut survivor.id_number, &loser.id_number),
    ];
    let mut taken = Vec::new();
    for (column, own, other) in sealed {
        let Some(other) = other.as_deref().filter(|_| own.is_none() || take.contains(column.name)) else { continue };
        let new = who.vault.open_sealed(column, from, other)?;
        let old = own.as_deref().map(|sealed| who.vault.open_sealed(column, row, sealed)).transpose()?;
        changes.personal(&who.vault, column, old.as_deref(), Some(&new));
        *own = who.vault.seal_some(column, row, Some(&new))?;
        taken.push((column, who.vault.index(lookup(column), &new)));
    }
    for (column, index) in taken {
        match column.name {
            "phone" => (survivor.phone_index, survivor.phone_last4) = (Some(index), loser.phone_last4.clone()),
            "email" => (survivor.email_index, survivor.email_domain) = (Some(index), loser.email_domain.clone()),
            "wechat" => survivor.wechat_index = Some(index),
            _ => survivor.id_number_index = Some(index),
        }
    }
    Ok(())
}

fn tags(survivor: &mut Customer, loser: &Customer, changes: &mut Changes) {
    let old = survivor.tags();
    let mut tags = old.clone();
    tags.extend(loser.tags().into_iter().filter(|tag| !old.contains(tag)));
    changes.field("tags", &old, &tags);
    survivor.tags = tags.join("\n");
}

fn marks(survivor: &mut Customer, loser: &Customer, changes: &mut Changes) -> Result<()> {
    let old = survivor.marks();
    let mut marks = old.clone();
    marks.extend(loser.marks().into_iter().filter(|mark| old.iter().all(|own| own.field != mark.field)));
    changes.field("key_facts", &old, &marks);
    survivor.key_facts = serde_json::to_value(marks)?;
    Ok(())
}

/// The latest contact with either counts, and what was planned after it.
fn contacts(survivor: &mut Customer, loser: &Customer) {
    if loser.last_contact_at > survivor.last_contact_at {
        survivor.last_contact_at = loser.last_contact_at;
        survivor.next_contact_at = loser.next_contact_at.or(survivor.next_contact_at);
    }
    survivor.verified_on = survivor.verified_on.max(loser.verified_on);
}

/// Columns that follow from others, and change by themselves.
const DERIVED: &[&str] = &["version", "updated_at", "completeness", "missing", "name_key", "name_core", "name_sound"];

/// `{column: [before, after]}` of what differs.
pub fn differences(before: &Customer, after: &Customer) -> Json {
    let columns = Customer::COLUMNS.iter().zip(before.values().into_iter().zip(after.values()));
    let changed = columns.filter(|(column, (old, new))| old != new && !DERIVED.contains(column));
    Json::Object(changed.map(|(column, (old, new))| ((*column).to_owned(), json!([told(&old), told(&new)]))).collect())
}

/// Puts back what nobody has changed since; answers the fields that stay as they are.
pub fn put_back(customer: Customer, changes: &Json) -> Result<(Customer, Vec<String>)> {
    let none = Map::new();
    let changes = changes.as_object().unwrap_or(&none);
    let mut values = customer.values();
    let changed = |(column, value): (&&'static str, &Value)| {
        changes.get(*column).is_some_and(|change| told(value) != change[1]).then(|| field_of(column))
    };
    let kept: BTreeSet<&str> = Customer::COLUMNS.iter().zip(&values).filter_map(changed).collect();
    for (column, value) in Customer::COLUMNS.iter().zip(&mut values) {
        if let Some(change) = changes.get(*column).filter(|_| !kept.contains(field_of(column))) {
            *value = read(&change[0]);
        }
    }
    let kept = kept.into_iter().map(str::to_owned).collect();
    Ok((Customer::from_row(Row::from(values))?, kept))
}

/// Which fields were put back: those that the merge changed and that did not stay.
pub fn restored(changes: &Json, kept: &[String]) -> BTreeSet<&'static str> {
    let changed = Customer::COLUMNS.iter().filter(|column| changes.get(**column).is_some());
    changed.map(|column| field_of(column)).filter(|field| kept.iter().all(|kept| kept != field)).collect()
}

/// The field that a column belongs to: a value goes with its digests, an owner with the department.
fn field_of(column: &'static str) -> &'static str {
    match column {
        "owner_id" | "department_id" => "owner",
        "email_domain" => "email",
        column => ["_index", "_last4"].iter().find_map(|end| column.strip_suffix(end)).unwrap_or(column),
    }
}

/// A value as JSON. Bytes, which hold what is sealed, are told by a word before them.
pub fn told(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Real(value) => json!(value),
        Value::Text(value) => json!(value),
        Value::Uuid(value) => json!({ "id": value }),
        Value::Bytes(value) => json!({ "bytes": hex(value) }),
    }
}

/// [`told`] read back.
pub fn read(told: &Json) -> Value {
    if let Some(id) = told["id"].as_str().and_then(|id| id.parse().ok()) {
        return Value::Uuid(id);
    }
    if let Some(text) = told["bytes"].as_str() {
        let pair = |at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        return Value::Bytes((0..text.len()).step_by(2).filter_map(pair).collect());
    }
    match told {
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => number.as_i64().map_or(Value::Null, Value::Int),
        Json::String(text) => Value::Text(text.clone()),
        _ => Value::Null,
    }
}
