use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use store::{Entity as _, Tx, turns};
use utoipa::ToSchema;
use uuid::Uuid;

use super::load;
use crate::customers::contacts::{self, CONTACT_EMAIL, CONTACT_PHONE, CONTACT_WECHAT, Contact};
use crate::customers::input;
use crate::customers::model::{Customer, EMAIL, ID_NUMBER, PHONE, Reveal, WECHAT};
use crate::kernel::permission::action;
use crate::kernel::permission::entity;
use crate::kernel::{CustomField, Entity, Error, FieldAccess, Id, Result};
use crate::platform::audit;
use crate::platform::custom::values;
use crate::platform::grant::{Grant, Principal};
use crate::platform::vault::Column;

/// How long the console shows a revealed value.
pub const SHOWN: SignedDuration = SignedDuration::from_secs(30);
/// Nobody calls more people than this in a day; somebody copying the book does.
const A_DAY_MOST: i64 = 200;
const DAY: SignedDuration = SignedDuration::from_hours(24);

store::statements! {
    COUNT = "select count(*) from reveal where user_id = $1 and at > $2";
    SINCE = "select count(*) from reveal where user_id = $1 and at > $2 and customer_id = $3 and field = $4";
    IN_SPAN = "select user_id, count(*) from reveal where at >= $1 and at < $2 group by user_id";
}

/// A personal value, to be shown until then.
#[derive(Clone, Serialize, ToSchema)]
pub struct Revealed {
    pub value: String,
    /// Which file it is the name of; it can be opened for as long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Uuid>,
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// Shows a personal value of a customer, or of one of its contacts, to somebody who says why. Written down before it is
/// shown; bounded per day.
pub fn reveal(
    tx: &mut Tx<'_>,
    grant: &Grant<action::Reveal, entity::Customer>,
    customer: Id<Customer>,
    (contact, field, reason): (Option<Id<Contact>>, &str, &str),
) -> Result<Revealed> {
    let who = grant.principal();
    let reason = input::reason(reason)?;
    let customer = load(tx, grant, customer)?;
    let of = if contact.is_some() { Entity::Contact } else { Entity::Customer };
    if let Some(added) = who.custom_field(of, field) {
        return reveal_added(tx, who, (&customer, contact), added, &reason);
    }
    let (column, row, sealed) = match contact {
        None => of_customer(&customer, field)?,
        Some(contact) => {
            let allowed: Grant<action::Reveal, entity::Contact> = who.grant()?;
            let customer = load(tx, &allowed, customer.id)?;
            let contact = contacts::service::one(tx, customer.id, contact)?;
            if contact.is_barred() {
                return Err(Error::conflict("contact.no_contact"));
            }
            of_contact(&contact, field)?
        }
    };
    if who.field(column.field, column.class()) == FieldAccess::Hidden {
        return Err(Error::forbidden().field(field, "not_allowed"));
    }
    let sealed = sealed.ok_or_else(Error::not_found)?;
    note_reveal(tx, who, customer.id, column.field)?;
    let told = json!({ "field": field, "reason": reason });
    audit::record(tx, who, "reveal", of, row, Some(customer.id.uuid()), told)?;
    let value = who.vault.open_sealed(column, row, &sealed)?;
    Ok(Revealed { value, file: None, until: who.now + SHOWN })
}

/// The same for a field that the company has added.
fn reveal_added(
    tx: &mut Tx<'_>,
    who: &Arc<Principal>,
    (customer, contact): (&Customer, Option<Id<Contact>>),
    field: &CustomField,
    reason: &str,
) -> Result<Revealed> {
    let row = match contact {
        None => customer.id.uuid(),
        Some(contact) => {
            let allowed: Grant<action::Reveal, entity::Contact> = who.grant()?;
            load(tx, &allowed, customer.id)?;
            contacts::service::one(tx, customer.id, contact)?.id.uuid()
        }
    };
    if !field.is_sealed() || who.custom_access(field) == FieldAccess::Hidden {
        return Err(Error::forbidden().field(field.key, "not_allowed"));
    }
    let (value, file) = values::revealed(tx, who, field, super::place(customer, row))?.ok_or_else(Error::not_found)?;
    note_reveal(tx, who, customer.id, &field.full_name())?;
    let told = json!({ "field": field.key, "reason": reason });
    audit::record(tx, who, "reveal", field.entity, row, Some(customer.id.uuid()), told)?;
    Ok(Revealed { value, file, until: who.now + SHOWN })
}

/// Whether a field of a customer is being shown to this person.
pub fn is_shown(tx: &mut Tx<'_>, who: &Principal, customer: Id<Customer>, field: &CustomField) -> Result<bool> {
    let asked = [&who.user as &dyn store::ToValue, &(who.now - SHOWN), &customer, &field.full_name()];
    let shown: i64 = tx.query_one(&SINCE, &asked)?.get(0)?;
    Ok(shown > 0)
}

type Found = (&'static Column, Uuid, Option<Vec<u8>>);

fn of_customer(customer: &Customer, field: &str) -> Result<Found> {
    let row = customer.id.uuid();
    match field {
        "phone" => Ok((&PHONE, row, customer.phone.clone())),
        "email" => Ok((&EMAIL, row, customer.email.clone())),
        "wechat" => Ok((&WECHAT, row, customer.wechat.clone())),
        "id_number" => Ok((&ID_NUMBER, row, customer.id_number.clone())),
        _ => Err(Error::field_invalid("field", "unknown_field")),
    }
}

fn of_contact(contact: &Contact, field: &str) -> Result<Found> {
    let row = contact.id.uuid();
    match field {
        "phone" => Ok((&CONTACT_PHONE, row, contact.phone.clone())),
        "email" => Ok((&CONTACT_EMAIL, row, contact.email.clone())),
        "wechat" => Ok((&CONTACT_WECHAT, row, contact.wechat.clone())),
        _ => Err(Error::field_invalid("field", "unknown_field")),
    }
}

/// Counts a value that is about to be shown against the day's most; of whoever is no customer yet the id is all zeros.
pub fn note_reveal(tx: &mut Tx<'_>, who: &Principal, customer: Id<Customer>, field: &str) -> Result<()> {
    turns::take(tx, "reveal", [who.user.uuid()])?;
    let shown: i64 = tx.query_one(&COUNT, &[&who.user, &(who.now - DAY)])?.get(0)?;
    if shown >= A_DAY_MOST {
        return Err(Error::too_many("reveal.quota"));
    }
    let reveal =
        Reveal { id: Uuid::now_v7(), customer_id: customer, user_id: who.user, field: field.to_owned(), at: who.now };
    Ok(reveal.insert(tx)?)
}

/// How many values each person had revealed from one instant to before another.
pub fn revealed_in(tx: &mut Tx<'_>, (from, to): (Timestamp, Timestamp)) -> Result<Vec<(Uuid, i64)>> {
    tx.query(&IN_SPAN, &[&from, &to])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
