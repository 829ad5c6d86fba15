//! Somebody changes companies (R3-1.2): the old archive keeps them as one who left, with all that was said; the new one
//! has them from now on. Phone and WeChat go with the person, the e-mail address stays with the company. What stands in added
//! fields is taken along, and what of it is personal stays nowhere else; files stay with the company whose they are.

use serde::Deserialize;
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::draft::{self, ContactPatch};
use super::model::{CONTACT_PHONE, CONTACT_WECHAT, Contact};
use super::service::{CONTACTS_MOST, of_customer, one, save, settle};
use super::view::{ContactView, view};
use crate::customers::model::Customer;
use crate::customers::rules::text::Faults;
use crate::customers::{attachments, chart, service};
use crate::kernel::permission::action::{Create, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::audit::Changes;
use crate::platform::custom::values::{self, Values};
use crate::platform::grant::{Grant, Principal};
use crate::platform::vault::Column;

/// Where somebody went.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCompanyOfContact)]
pub struct NewCompany {
    pub customer_id: Uuid,
    #[serde(default)]
    pub position: Option<String>,
    #[serde(default)]
    pub department: Option<String>,
}

/// Answers the contact as they are at the new customer.
pub fn change_company(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Contact>,
    (from, contact): (Id<Customer>, Id<Contact>),
    to: &NewCompany,
) -> Result<ContactView> {
    let who = grant.principal();
    let entering: Grant<Create, entity::Contact> = who.grant()?;
    let target = Id::from_uuid(to.customer_id);
    if target == from {
        return Err(Error::field_invalid("customer_id", "same_customer"));
    }
    // Two customers are always held in one order, or two moves could wait for each other.
    let (old, new) = match from < target {
        true => (service::load_for_change(tx, grant, from)?, reached(tx, &entering, target)?),
        false => {
            let new = reached(tx, &entering, target)?;
            (service::load_for_change(tx, grant, from)?, new)
        }
    };
    let contact = one(tx, old.id, contact)?;
    if contact.moved_to_contact.is_some() {
        return Err(Error::conflict("contact.moved"));
    }
    if of_customer(tx, new.id)?.len() >= CONTACTS_MOST {
        return Err(Error::invalid("contact.too_many"));
    }
    let arrived = arrives(tx, who, &contact, &new, to)?;
    leaves(tx, who, (&old, contact), &arrived)?;
    view(tx, who, arrived)
}

/// A customer that cannot be entered is told as a wrong choice, whether it exists or not.
fn reached(tx: &mut Tx<'_>, grant: &Grant<Create, entity::Contact>, id: Id<Customer>) -> Result<Customer> {
    service::load_for_change(tx, grant, id).map_err(|error| match error.status {
        403 | 404 => Error::field_invalid("customer_id", "not_found"),
        _ => error,
    })
}

fn arrives(tx: &mut Tx<'_>, who: &Principal, old: &Contact, new: &Customer, to: &NewCompany) -> Result<Contact> {
    let (mut changes, mut faults) = (Changes::new(), Faults::default());
    let mut patch = ContactPatch {
        name: Some(old.name.clone()),
        salutation: Some(old.salutation),
        position: Some(to.position.clone()),
        department: Some(to.department.clone()),
        birthday: Some(old.birthday()),
        preferences: Some(old.preferences.clone()),
        ..ContactPatch::default()
    };
    chart::place(tx, new.id, None, &mut patch)?;
    let (mut contact, _) = draft::build(who, new.id, patch, &mut changes, &mut faults)?;
    // What goes along unread is no change that somebody made: whoever may not see a value may still take it along.
    let given = |field: &str| !matches!(field, "salutation" | "birthday" | "preferences");
    Error::from_fields(faults.into_fields().into_iter().filter(|fault| given(&fault.field)).collect())?;
    contact.phone = resealed(who, &CONTACT_PHONE, (old, &contact), old.phone.as_deref())?;
    (contact.phone_index, contact.phone_last4) = (old.phone_index.clone(), old.phone_last4.clone());
    (contact.phone_invalid_at, contact.phone_invalid_by) = (old.phone_invalid_at, old.phone_invalid_by);
    contact.wechat = resealed(who, &CONTACT_WECHAT, (old, &contact), old.wechat.as_deref())?;
    contact.wechat_index = old.wechat_index.clone();
    (contact.no_contact_at, contact.no_contact_by) = (old.no_contact_at, old.no_contact_by);
    contact.no_contact_why = old.no_contact_why.clone();
    (contact.moved_from_customer, contact.moved_from_contact) = (Some(old.customer_id), Some(old.id));
    changes.set("moved_from", old.customer_id);
    contact.insert(tx)?;
    let held = values::of_customer(tx, who, old.customer_id.uuid())?.remove(&old.id.uuid()).unwrap_or_default();
    let held = values::without_files(who, Entity::Contact, &held);
    let carried = values::carried(who, &held, old.id.uuid(), contact.id.uuid())?;
    values::write(tx, service::place(new, contact.id.uuid()), &Values::new(), &carried)?;
    settle(tx, who, new, &contact, "create", changes)?;
    Ok(contact)
}

fn leaves(
    tx: &mut Tx<'_>,
    who: &Principal,
    (customer, mut contact): (&Customer, Contact),
    arrived: &Contact,
) -> Result<()> {
    let mut changes = Changes::new();
    changes.field("left", &contact.has_left, &true).set("moved_to", arrived.customer_id);
    contact.has_left = true;
    contact.is_primary = false;
    (contact.moved_to_customer, contact.moved_to_contact) = (Some(arrived.customer_id), Some(arrived.id));
    (contact.phone, contact.phone_index, contact.phone_last4) = (None, None, None);
    (contact.phone_invalid_at, contact.phone_invalid_by) = (None, None);
    (contact.wechat, contact.wechat_index) = (None, None);
    let held = values::of_customer(tx, who, customer.id.uuid())?.remove(&contact.id.uuid()).unwrap_or_default();
    let (row, kept) = (contact.id.uuid(), values::unsealed(&held));
    attachments::in_fields(tx, who, (customer.id.uuid(), Entity::Contact, row), (&held, &kept))?;
    values::write(tx, service::place(customer, row), &held, &kept)?;
    save(tx, who, &mut contact)?;
    settle(tx, who, customer, &contact, "update", changes)
}

/// A sealed value is bound to its row.
fn resealed(
    who: &Principal,
    column: &Column,
    (old, new): (&Contact, &Contact),
    sealed: Option<&[u8]>,
) -> Result<Option<Vec<u8>>> {
    let Some(sealed) = sealed else { return Ok(None) };
    let value = who.vault.open_sealed(column, old.id.uuid(), sealed)?;
    Ok(Some(who.vault.seal(column, new.id.uuid(), &value)?))
}
