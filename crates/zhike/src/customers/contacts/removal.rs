//! A contact on its way into the recycle bin and back: its row moves to a table beside, with what stood in added fields
//! and who reported to it, so that nothing that reads contacts need know of removed ones.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use store::{Columns as _, Entity as _, Row, Tx};
use uuid::Uuid;

use super::model::Contact;
use super::service::{CONTACTS_MOST, of_customer, settle};
use crate::customers::bin::CONTACT;
use crate::customers::merges::{read, told};
use crate::customers::model::Customer;
use crate::customers::{chart, service};
use crate::kernel::permission::action::Delete;
use crate::kernel::permission::entity;
use crate::kernel::{Error, Id, Result};
use crate::platform::audit::Changes;
use crate::platform::bin::{self, Item, Removed};
use crate::platform::custom::values::{self, Values};
use crate::platform::grant::{Grant, Principal};

store::statements! {
    KEEP = "insert into removed_contact (customer_id, id, content) values ($1, $2, $3)";
    KEPT = "select content from removed_contact where customer_id = $1 and id = $2";
    FORGET = "delete from removed_contact where customer_id = $1 and id = $2";
    REPORTED = "select id from contact where customer_id = $1 and reports_to = $2";
    REPORTS_AGAIN = "update contact set reports_to = $3, version = version + 1
        where customer_id = $1 and id = $2 and reports_to is null";
}

#[derive(Serialize, Deserialize)]
struct Content {
    /// Column by column, sealed ones as they are.
    row: Map<String, Json>,
    values: Values,
    /// Who reported to this person.
    reported: Vec<Uuid>,
}

/// Puts a contact that was just removed from its table into the bin. `values` are what stood in its added fields.
pub fn keep(tx: &mut Tx<'_>, who: &Principal, customer: &Customer, contact: &Contact, values: Values) -> Result<()> {
    let columns = Contact::COLUMNS.iter().zip(contact.values());
    let row = columns.map(|(column, value)| ((*column).to_owned(), told(&value))).collect();
    let reported = tx.query(&REPORTED, &[&customer.id, &contact.id])?;
    let reported = reported.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?;
    let content = serde_json::to_string(&Content { row, values, reported })?;
    tx.execute(&KEEP, &[&customer.id, &contact.id, &content])?;
    let removed = Removed {
        id: contact.id.uuid(),
        kind: CONTACT,
        customer: Some(customer.id.uuid()),
        title: &contact.name,
        owner: customer.owner_id.map(Id::uuid),
        department: customer.department_id.map(Id::uuid),
    };
    bin::put(tx, who, &removed)
}

/// Brings a contact back to its customer.
pub fn restore(
    tx: &mut Tx<'_>,
    grant: &Grant<Delete, entity::Contact>,
    customer: Id<Customer>,
    contact: Id<Contact>,
) -> Result<()> {
    let who = grant.principal();
    let customer = service::load_for_change(tx, grant, customer)?;
    let kept = tx.query_opt(&KEPT, &[&customer.id, &contact])?.ok_or_else(Error::not_found)?;
    let Content { row, values, reported } = serde_json::from_str(&kept.get::<String>(0)?)?;
    let cells: Vec<_> = Contact::COLUMNS.iter().map(|column| read(row.get(*column).unwrap_or(&Json::Null))).collect();
    let mut contact = Contact::from_row(Row::from(cells))?;
    let others = of_customer(tx, customer.id)?;
    if others.len() >= CONTACTS_MOST {
        return Err(Error::invalid("contact.too_many"));
    }
    // It comes back into what the customer is now: another customer after a merge, other departments, another first
    // contact.
    contact.customer_id = customer.id;
    contact.is_primary &= others.iter().all(|other| !other.is_primary);
    contact.reports_to = contact.reports_to.filter(|to| others.iter().any(|other| other.id == *to));
    contact.unit_id = match contact.unit_id {
        Some(unit) => chart::service::still_there(tx, customer.id, unit)?,
        None => None,
    };
    contact.updated_at = who.now;
    contact.insert(tx)?;
    values::write(tx, service::place(&customer, contact.id.uuid()), &Values::new(), &values)?;
    for person in reported {
        tx.execute(&REPORTS_AGAIN, &[&customer.id, &person, &contact.id])?;
    }
    tx.execute(&FORGET, &[&customer.id, &contact.id])?;
    bin::take_out(tx, contact.id.uuid())?;
    let mut changes = Changes::new();
    changes.set("name", &contact.name);
    settle(tx, who, &customer, &contact, "restore", changes)
}

/// Whether a contact lies in the bin.
pub fn is_kept(tx: &mut Tx<'_>, customer: Id<Customer>, contact: Id<Contact>) -> Result<bool> {
    Ok(tx.query_opt(&KEPT, &[&customer, &contact])?.is_some())
}

/// A contact goes for good.
pub fn purge(tx: &mut Tx<'_>, _: &Principal, item: &Item) -> Result<bool> {
    tx.execute(&FORGET, &[&item.customer_id, &item.id])?;
    Ok(false)
}
