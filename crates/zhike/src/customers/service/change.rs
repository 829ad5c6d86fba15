use serde_json::json;
use store::{Entity as _, Tx};

use super::{known_of, load_for_change, place, rewrite_tags};
use crate::customers::duplicates::{self, Probe};
use crate::customers::input::{self, CustomerPatch};
use crate::customers::model::{Customer, CustomerKind, Grade};
use crate::customers::rules::likeness::Traits;
use crate::customers::rules::text::{Faults, clean};
use crate::customers::view::{CustomerView, view};
use crate::customers::{attachments, basis, contacts, draft, facts, grades, index, places, quality};
use crate::kernel::permission::action::{Approve, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::audit::{self, Changes};
use crate::platform::custom::values as custom;
use crate::platform::grant::{Grant, Principal};

/// Changes the fields given, from the version that the asker has seen.
pub fn update(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Customer>,
    id: Id<Customer>,
    version: i64,
    patch: &CustomerPatch,
) -> Result<CustomerView> {
    let mut customer = load_for_change(tx, grant, id)?;
    stale(&customer, version)?;
    let who = grant.principal();
    change(tx, who, &mut customer, patch, "update")?;
    view(tx, who, customer)
}

/// Changes a customer that is held and whose permission has been checked. Answers the fields that changed; nothing is
/// written when none did.
pub fn change(
    tx: &mut Tx<'_>,
    who: &Principal,
    customer: &mut Customer,
    patch: &CustomerPatch,
    action: &str,
) -> Result<Vec<String>> {
    let before = customer.clone();
    let (mut changes, mut faults) = (Changes::new(), Faults::default());
    draft::apply(who, customer, patch, &mut changes, &mut faults)?;
    let row = customer.id.uuid();
    let mut values = custom::of_customer(tx, who, row)?;
    let held = values.remove(&row).unwrap_or_default();
    let (taken, wrong) = custom::take(who, (Entity::Customer, row), &held, patch.custom.as_ref(), &mut changes)?;
    faults.extend(wrong);
    Error::from_fields(faults.into_fields())?;
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    refuse_taken_code(tx, &before, customer)?;
    custom::check_people(tx, who, Entity::Customer, &held, &taken)?;
    attachments::in_fields(tx, who, (row, Entity::Customer, row), (&held, &taken))?;
    let contacts = contacts::of_customer(tx, customer.id)?;
    values.insert(row, taken.clone());
    draft::derive(customer, known_of(who, customer.id, &contacts, &values));
    save(tx, who, customer)?;
    if before.name_key != customer.name_key {
        custom::rename(tx, row, &customer.name_key)?;
    }
    custom::write(tx, place(customer, row), &held, &taken)?;
    if before.kind != customer.kind && customer.kind == CustomerKind::Person {
        places::service::forget(tx, customer.id)?;
        basis::keep_turned(tx, who, customer.id)?;
    }
    if before.tags != customer.tags {
        rewrite_tags(tx, customer)?;
    }
    if is_found_differently(&before, customer) || held != taken {
        index::put(tx, customer, &contacts)?;
    }
    if is_recognised_differently(&before, customer) {
        duplicates::watch(tx, who, customer.id)?;
    }
    let fields = changes.fields().map(str::to_owned).collect();
    let id = customer.id.uuid();
    audit::record(tx, who, action, Entity::Customer, id, Some(id), changes)?;
    Ok(fields)
}

/// A credit code names one company, so a change must not give it to two. A name may come to resemble another.
fn refuse_taken_code(tx: &mut Tx<'_>, before: &Customer, customer: &Customer) -> Result<()> {
    if customer.credit_code.is_none() || customer.credit_code == before.credit_code {
        return Ok(());
    }
    let traits = Traits { credit_code: customer.credit_code.clone(), ..Traits::default() };
    let probe = Probe { traits, except: Some(customer.id) };
    match duplicates::find_before_writing(tx, &probe)?.is_empty() {
        true => Ok(()),
        false => Err(Error::conflict("customer.duplicate").field("credit_code", "taken")),
    }
}

/// Writes the row; its version goes up.
pub(in crate::customers) fn save(tx: &mut Tx<'_>, who: &Principal, customer: &mut Customer) -> Result<()> {
    customer.updated_at = who.now;
    customer.update(tx)?;
    customer.version += 1;
    quality::judge(tx, customer, None, who.now)
}

pub(super) fn stale(customer: &Customer, version: i64) -> Result<()> {
    if customer.version == version { Ok(()) } else { Err(Error::new(412, "stale")) }
}

fn is_found_differently(before: &Customer, after: &Customer) -> bool {
    before.name != after.name
        || before.short_name != after.short_name
        || before.credit_code != after.credit_code
        || before.phone_index != after.phone_index
}

/// Whether another customer may now look like this one.
fn is_recognised_differently(before: &Customer, after: &Customer) -> bool {
    is_found_differently(before, after)
        || before.kind != after.kind
        || before.email_domain != after.email_domain
        || before.id_number_index != after.id_number_index
}

/// Grades a customer anew, with the reason. What the customer is owed changes with it.
pub fn set_grade(
    tx: &mut Tx<'_>,
    grant: &Grant<Approve, entity::Customer>,
    id: Id<Customer>,
    version: Option<i64>,
    (grade, reason): (Grade, &str),
) -> Result<CustomerView> {
    let who = grant.principal();
    let reason = input::reason(reason)?;
    let mut customer = load_for_change(tx, grant, id)?;
    version.map_or(Ok(()), |version| stale(&customer, version))?;
    if !grades::service::may_set(tx, who, &customer)? {
        return Err(Error::forbidden().field("grade", "not_allowed"));
    }
    regrade(tx, who, &mut customer, (grade, &reason))?;
    view(tx, who, customer)
}

/// Gives a customer that is held another grade; permission and reason have been checked.
pub fn regrade(
    tx: &mut Tx<'_>,
    who: &Principal,
    customer: &mut Customer,
    (grade, reason): (Grade, &str),
) -> Result<()> {
    let from = customer.grade;
    if from == grade {
        return Ok(());
    }
    customer.grade = grade;
    save(tx, who, customer)?;
    let mut changes = Changes::new();
    changes.field("grade", &from, &grade).set("reason", reason);
    let id = customer.id.uuid();
    facts::publish(tx, who, facts::GRADED, (id, Some(id)), who.now, json!({ "from": from, "to": grade }))?;
    audit::record(tx, who, "grade", Entity::Customer, id, Some(id), changes)
}

/// Marks a field 重点 with the reason (`Some`), or lifts the mark.
pub fn key_mark(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Customer>,
    id: Id<Customer>,
    field: &str,
    why: Option<Option<&str>>,
) -> Result<CustomerView> {
    let who = grant.principal();
    if !draft::is_markable(field) {
        return Err(Error::field_invalid("field", "unknown_field"));
    }
    if draft::is_hidden(who, field) {
        return Err(Error::field_invalid("field", "not_allowed"));
    }
    let why = match why {
        Some(why) => {
            let cleaned = clean(why.unwrap_or_default(), 500, false);
            Some(cleaned.map_err(|code| Error::field_invalid("why", code))?)
        }
        None => None,
    };
    let mut customer = load_for_change(tx, grant, id)?;
    let mut changes = Changes::new();
    draft::mark(who, &mut customer, field, why, &mut changes)?;
    if !changes.is_empty() {
        save(tx, who, &mut customer)?;
        let id = customer.id.uuid();
        audit::record(tx, who, "update", Entity::Customer, id, Some(id), changes)?;
    }
    view(tx, who, customer)
}
