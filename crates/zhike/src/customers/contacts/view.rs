use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{
    Attitude, Authority, Birthday, CONTACT_EMAIL, CONTACT_PHONE, CONTACT_WECHAT, Contact, Influence, Salutation,
};
use super::service::places;
use crate::customers::chart::Unit;
use crate::customers::model::Customer;
use crate::customers::service;
use crate::kernel::{Entity, Id, Result};
use crate::platform::access::model::User;
use crate::platform::access::names::{self, Named};
use crate::platform::custom::values::{self, Records, shown};
use crate::platform::grant::Principal;
use crate::platform::vault::Masked;

/// A contact as somebody sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContactView {
    #[schema(value_type = Uuid)]
    pub id: Id<Contact>,
    #[schema(value_type = Uuid)]
    pub customer_id: Id<Customer>,
    pub name: String,
    pub salutation: Option<Salutation>,
    pub position: Option<String>,
    pub department: Option<String>,
    pub phone: Option<Masked>,
    pub email: Option<Masked>,
    pub wechat: Option<Masked>,
    pub decision_maker: bool,
    pub authority: Authority,
    pub birthday: Option<Birthday>,
    pub preferences: Option<String>,
    pub primary: bool,
    pub left: bool,
    #[schema(value_type = Option<Uuid>)]
    pub unit_id: Option<Id<Unit>>,
    #[schema(value_type = Option<Uuid>)]
    pub reports_to: Option<Id<Contact>>,
    pub attitude: Option<Attitude>,
    pub influence: Option<Influence>,
    /// The number does not exist.
    pub phone_invalid: Option<Invalid>,
    /// Mail comes back.
    pub email_invalid: Option<Invalid>,
    /// They must not be contacted.
    pub no_contact: Option<NoContact>,
    /// Where they went, for who may see that customer.
    pub moved_to: Option<Moved>,
    pub moved_from: Option<Moved>,
    /// What stands in the fields that the company has added, by their keys.
    #[schema(value_type = Object)]
    pub custom: Map<String, Json>,
    pub version: i64,
}

/// Since when a person must not be contacted, who said so, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoContact {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub by: Named,
    pub why: String,
}

/// Since when a number or an address is known to fail, and who said so.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = InvalidWay)]
pub struct Invalid {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub by: Named,
}

/// The other customer of somebody who changed companies.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Moved {
    #[schema(value_type = Uuid)]
    pub customer_id: Id<Customer>,
    #[schema(value_type = Uuid)]
    pub contact_id: Id<Contact>,
    pub customer: String,
}

pub fn view(tx: &mut Tx<'_>, who: &Principal, contact: Contact) -> Result<ContactView> {
    Ok(views(tx, who, vec![contact])?.remove(0))
}

/// Contacts as somebody sees them, with one question for the names of other customers.
pub fn views(tx: &mut Tx<'_>, who: &Principal, contacts: Vec<Contact>) -> Result<Vec<ContactView>> {
    let elsewhere = contacts.iter().flat_map(|contact| [contact.moved_to_contact, contact.moved_from_contact]);
    let places = places(tx, &elsewhere.flatten().map(Id::uuid).collect::<Vec<_>>())?;
    let others = contacts.iter().flat_map(|contact| [contact.moved_to_customer, contact.moved_from_customer]);
    let others: Vec<Uuid> = others.flatten().chain(places.values().copied()).map(Id::uuid).collect();
    let names: HashMap<Uuid, String> =
        service::cards(tx, who, &others)?.into_iter().filter(|card| card.visible).map(|c| (c.id, c.name)).collect();
    let mut held = Records::new();
    let mut read: Option<Id<Customer>> = None;
    let mut seen_by = Vec::with_capacity(contacts.len());
    for contact in contacts {
        // They are of one customer, as a rule.
        if read != Some(contact.customer_id) {
            held = values::of_customer(tx, who, contact.customer_id.uuid())?;
            read = Some(contact.customer_id);
        }
        seen_by.push(seen(tx, who, contact, (&places, &names), &held)?);
    }
    Ok(seen_by)
}

fn seen(
    tx: &mut Tx<'_>,
    who: &Principal,
    contact: Contact,
    (places, names): (&HashMap<Uuid, Id<Customer>>, &HashMap<Uuid, String>),
    held: &Records,
) -> Result<ContactView> {
    let moved = |customer: Option<Id<Customer>>, contact: Option<Id<Contact>>| {
        let (customer_id, contact_id) = (customer?, contact?);
        let customer_id = places.get(&contact_id.uuid()).copied().unwrap_or(customer_id);
        names.get(&customer_id.uuid()).map(|name| Moved { customer_id, contact_id, customer: name.clone() })
    };
    let no_contact = match (contact.no_contact_at, contact.no_contact_by) {
        (Some(at), Some(by)) => Some(NoContact {
            at,
            by: names::user(tx, by.uuid())?,
            why: contact.no_contact_why.clone().unwrap_or_default(),
        }),
        _ => None,
    };
    let phone_invalid = invalid(tx, contact.phone_invalid_at.zip(contact.phone_invalid_by))?;
    let email_invalid = invalid(tx, contact.email_invalid_at.zip(contact.email_invalid_by))?;
    let row = contact.id.uuid();
    let masked = |column, sealed: &Option<Vec<u8>>| who.vault.masked(who, column, row, sealed.as_deref());
    let mut view = ContactView {
        phone: masked(&CONTACT_PHONE, &contact.phone)?,
        email: masked(&CONTACT_EMAIL, &contact.email)?,
        wechat: masked(&CONTACT_WECHAT, &contact.wechat)?,
        birthday: contact.birthday(),
        custom: held.get(&row).map(|held| shown(tx, who, Entity::Contact, held)).transpose()?.unwrap_or_default(),
        id: contact.id,
        customer_id: contact.customer_id,
        name: contact.name,
        salutation: contact.salutation,
        position: contact.position,
        department: contact.department,
        decision_maker: contact.decision_maker,
        authority: contact.authority,
        preferences: contact.preferences,
        primary: contact.is_primary,
        left: contact.has_left,
        unit_id: contact.unit_id,
        reports_to: contact.reports_to,
        attitude: contact.attitude,
        influence: contact.influence,
        phone_invalid,
        email_invalid,
        no_contact,
        moved_to: moved(contact.moved_to_customer, contact.moved_to_contact),
        moved_from: moved(contact.moved_from_customer, contact.moved_from_contact),
        version: contact.version,
    };
    // Of a value that one is not shown it is not told either that it fails.
    view.phone_invalid = view.phone_invalid.filter(|_| view.phone.is_some());
    view.email_invalid = view.email_invalid.filter(|_| view.email.is_some());
    for field in who.hidden(Entity::Contact) {
        match field {
            "salutation" => view.salutation = None,
            "position" => view.position = None,
            "department" => (view.department, view.unit_id) = (None, None),
            "attitude" => view.attitude = None,
            "influence" => view.influence = None,
            "birthday" => view.birthday = None,
            "preferences" => view.preferences = None,
            _ => {}
        }
    }
    Ok(view)
}

fn invalid(tx: &mut Tx<'_>, noted: Option<(Timestamp, Id<User>)>) -> Result<Option<Invalid>> {
    let Some((at, by)) = noted else { return Ok(None) };
    Ok(Some(Invalid { at, by: names::user(tx, by.uuid())? }))
}
