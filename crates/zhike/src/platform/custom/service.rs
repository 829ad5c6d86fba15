use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use store::{Entity as _, Tx, turns};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Row;
use super::{CHANGED, ENTITIES, rules};
use crate::kernel::custom::{Choice, CustomField, CustomKind, NUMBERS_MOST, key, number_of};
use crate::kernel::permission::action::Update;
use crate::kernel::permission::entity::Setting;
use crate::kernel::{Entity, Error, Fact, FieldAccess, FieldClass, FieldError, Result};
use crate::platform::access::epoch;
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Principal};
use crate::platform::http::present;
use crate::platform::outbox;

store::statements! {
    LIVE = select Row where "removed_at is null order by position, number";
    ALL = select Row where "1 = 1 order by position, number";
    LAST = "select max(number) from custom_field";
    PLACE = "update custom_field set position = $2, updated_at = $3 where number = $1";
}

/// The fields in use, in their order.
pub fn definitions(tx: &mut Tx<'_>) -> Result<Arc<[CustomField]>> {
    Row::all(tx, &LIVE, &[])?.iter().map(Row::field).collect()
}

/// A field as the console needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomFieldView {
    /// What lists, forms and sheets call it.
    #[schema(example = "x7")]
    pub key: String,
    pub entity: Entity,
    pub kind: CustomKind,
    pub class: FieldClass,
    pub zh: String,
    pub en: String,
    pub help: Option<String>,
    /// Counts in the completeness of the archive.
    pub required: bool,
    /// Found by the search.
    pub searchable: bool,
    pub choices: Vec<Choice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// When it was removed; it can be restored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub removed_at: Option<Timestamp>,
}

impl From<&CustomField> for CustomFieldView {
    fn from(field: &CustomField) -> Self {
        Self {
            key: field.key.to_owned(),
            entity: field.entity,
            kind: field.kind,
            class: field.class,
            zh: field.zh.clone(),
            en: field.en.clone(),
            help: field.help.clone(),
            required: field.required,
            searchable: field.searchable,
            choices: field.choices.clone(),
            version: None,
            removed_at: None,
        }
    }
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCustomField)]
pub struct New {
    pub entity: Entity,
    pub kind: CustomKind,
    pub class: FieldClass,
    pub zh: String,
    pub en: String,
    #[serde(default)]
    pub help: Option<String>,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub searchable: bool,
    #[serde(default)]
    pub choices: Vec<Choice>,
}

/// What a field holds and how it is protected stay as they are: what is stored would no longer fit.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = CustomFieldChange)]
pub struct Change {
    pub zh: Option<String>,
    pub en: Option<String>,
    #[serde(deserialize_with = "present")]
    pub help: Option<Option<String>>,
    pub required: Option<bool>,
    pub searchable: Option<bool>,
    /// All of them; one that is left out is retired.
    pub choices: Option<Vec<Choice>>,
}

/// The fields in use that this person may see something of.
pub fn seen(who: &Principal) -> Vec<CustomFieldView> {
    let shown = |field: &&CustomField| {
        let least = if field.is_sealed() { FieldAccess::Masked } else { FieldAccess::Read };
        who.custom_access(field) >= least
    };
    who.permissions.custom.iter().filter(shown).map(CustomFieldView::from).collect()
}

/// All fields, also removed ones, for whoever looks after them.
pub fn list(tx: &mut Tx<'_>, _grant: &Grant<Update, Setting>) -> Result<Vec<CustomFieldView>> {
    Row::all(tx, &ALL, &[])?.iter().map(view).collect()
}

fn view(row: &Row) -> Result<CustomFieldView> {
    let field = row.field()?;
    Ok(CustomFieldView { version: Some(row.version), removed_at: row.removed_at, ..(&field).into() })
}

pub fn create(tx: &mut Tx<'_>, grant: &Grant<Update, Setting>, new: &New) -> Result<CustomFieldView> {
    let who = grant.principal();
    turns::take(tx, "custom_field", ["all"])?;
    let mut faults = Vec::new();
    if !ENTITIES.contains(&new.entity) {
        faults.push(rules::fault("entity", "unknown"));
    }
    let choices = match rules::takes_choices(new.kind) {
        true => rules::choices(&[], &new.choices, &mut faults),
        false => Vec::new(),
    };
    let last: i64 = tx.query_one(&LAST, &[])?.get::<Option<i64>>(0)?.unwrap_or(0);
    let row = Row {
        number: last + 1,
        entity: new.entity.word().to_owned(),
        kind: new.kind,
        class: new.class,
        zh: rules::label("zh", &new.zh, &mut faults),
        en: rules::label("en", &new.en, &mut faults),
        help: rules::help(new.help.as_deref(), &mut faults),
        required: new.required,
        searchable: new.searchable,
        position: last + 1,
        choices: serde_json::to_value(&choices)?,
        version: 1,
        created_at: who.now,
        updated_at: who.now,
        removed_at: None,
    };
    check(tx, &row, faults)?;
    if row.number > NUMBERS_MOST {
        return Err(Error::conflict("custom_field.too_many"));
    }
    row.insert(tx)?;
    let changes = json!({ "field": row.zh, "key": key(row.number), "kind": row.kind, "class": row.class });
    settle(tx, who, &row, ("custom_field_create", row.required), changes)?;
    view(&row)
}

/// Labels are what people and sheets tell fields by, so no two fields of a kind of record have the same one.
fn check(tx: &mut Tx<'_>, row: &Row, mut faults: Vec<FieldError>) -> Result<()> {
    let live = Row::all(tx, &LIVE, &[])?;
    let others: Vec<&Row> =
        live.iter().filter(|other| other.entity == row.entity && other.number != row.number).collect();
    for (field, label) in [("zh", &row.zh), ("en", &row.en)] {
        if others.iter().any(|other| other.zh == *label || other.en == *label) {
            faults.push(rules::fault(field, "taken"));
        }
    }
    if row.searchable && !rules::may_be_found(row.kind, row.class) {
        faults.push(rules::fault("searchable", "not_allowed"));
    }
    Error::from_fields(faults)?;
    match others.len() >= rules::FIELDS_MOST {
        true => Err(Error::conflict("custom_field.too_many")),
        false => Ok(()),
    }
}

fn found(tx: &mut Tx<'_>, key: &str) -> Result<Row> {
    let number = number_of(key).ok_or_else(Error::not_found)?;
    Row::find(tx, number)?.ok_or_else(Error::not_found)
}

pub fn update(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, Setting>,
    key: &str,
    version: i64,
    change: &Change,
) -> Result<CustomFieldView> {
    let who = grant.principal();
    let old = found(tx, key)?;
    let mut faults = Vec::new();
    let mut new = Row { version, updated_at: who.now, ..old.clone() };
    if let Some(zh) = &change.zh {
        new.zh = rules::label("zh", zh, &mut faults);
    }
    if let Some(en) = &change.en {
        new.en = rules::label("en", en, &mut faults);
    }
    if let Some(help) = &change.help {
        new.help = rules::help(help.as_deref(), &mut faults);
    }
    new.required = change.required.unwrap_or(old.required);
    new.searchable = change.searchable.unwrap_or(old.searchable);
    if let Some(choices) = change.choices.as_ref().filter(|_| rules::takes_choices(old.kind)) {
        new.choices = serde_json::to_value(rules::choices(&old.choices()?, choices, &mut faults))?;
    }
    check(tx, &new, faults)?;
    new.update(tx)?;
    let mut changes = Changes::new();
    changes.field("zh", &old.zh, &new.zh).field("en", &old.en, &new.en).field("help", &old.help, &new.help);
    changes.field("required", &old.required, &new.required).field("searchable", &old.searchable, &new.searchable);
    changes.field("choices", &labels(&old)?, &labels(&new)?);
    if changes.is_empty() {
        return view(&found(tx, key)?);
    }
    changes.set("field", &new.zh);
    let counts = old.required != new.required || old.searchable != new.searchable;
    settle(tx, who, &new, ("custom_field_update", counts), serde_json::Value::from(changes))?;
    view(&found(tx, key)?)
}

fn labels(row: &Row) -> Result<Vec<String>> {
    Ok(row.choices()?.into_iter().filter(|choice| !choice.retired).map(|choice| choice.zh).collect())
}

/// Takes a field out of sight; what stands in it is kept.
pub fn remove(tx: &mut Tx<'_>, grant: &Grant<Update, Setting>, key: &str) -> Result<()> {
    let (who, row) = (grant.principal(), found(tx, key)?);
    if row.removed_at.is_some() {
        return Ok(());
    }
    let row = Row { removed_at: Some(who.now), updated_at: who.now, ..row };
    row.update(tx)?;
    let counts = row.required || row.searchable;
    settle(tx, who, &row, ("custom_field_remove", counts), json!({ "field": row.zh, "key": key }))
}

/// Brings a removed field back, with what stood in it.
pub fn restore(tx: &mut Tx<'_>, grant: &Grant<Update, Setting>, key: &str) -> Result<CustomFieldView> {
    let (who, row) = (grant.principal(), found(tx, key)?);
    if row.removed_at.is_some() {
        let row = Row { removed_at: None, updated_at: who.now, ..row };
        check(tx, &row, Vec::new())?;
        row.update(tx)?;
        let counts = row.required || row.searchable;
        settle(tx, who, &row, ("custom_field_restore", counts), json!({ "field": row.zh, "key": key }))?;
    }
    view(&found(tx, key)?)
}

/// Puts the fields named into this order, before all others.
pub fn order(tx: &mut Tx<'_>, grant: &Grant<Update, Setting>, keys: &[String]) -> Result<Vec<CustomFieldView>> {
    let who = grant.principal();
    let rows = Row::all(tx, &ALL, &[])?;
    let named: Vec<i64> = keys.iter().filter_map(|key| number_of(key)).collect();
    let known: BTreeSet<i64> = rows.iter().map(|row| row.number).collect();
    if named.len() != keys.len() || named.iter().any(|number| !known.contains(number)) {
        return Err(Error::field_invalid("keys", "unknown_field"));
    }
    let rest = rows.iter().map(|row| row.number).filter(|number| !named.contains(number));
    for (position, number) in named.iter().copied().chain(rest).enumerate() {
        tx.execute(&PLACE, &[&number, &(position as i64), &who.now])?;
    }
    epoch::bump(tx)?;
    audit::record(tx, who, "custom_field_order", Entity::Setting, Uuid::nil(), None, json!({ "columns": keys }))?;
    list(tx, grant)
}

/// What follows from a change of a definition: everybody's next request knows it, it is written down, and where it
/// `counts` for what is complete or found, the room of its records is told.
fn settle(
    tx: &mut Tx<'_>,
    who: &Principal,
    row: &Row,
    (action, counts): (&str, bool),
    told: serde_json::Value,
) -> Result<()> {
    epoch::bump(tx)?;
    if counts {
        let mut attributes = Map::new();
        attributes.insert("entity".to_owned(), json!(row.entity));
        let fact = Fact {
            id: Uuid::now_v7(),
            kind: CHANGED.to_owned(),
            subject: Uuid::nil(),
            customer: None,
            at: who.now,
            recorded_at: who.now,
            actor: Some(who.user.uuid()),
            attributes,
        };
        outbox::publish(tx, who, &fact)?;
    }
    audit::record(tx, who, action, Entity::Setting, Uuid::nil(), None, told)
}
