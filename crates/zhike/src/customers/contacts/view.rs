use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Authority, Birthday, CONTACT_EMAIL, CONTACT_PHONE, CONTACT_WECHAT, Contact, Salutation};
use crate::customers::model::Customer;
use crate::kernel::{Entity, Id, Principal, Result};
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
    pub version: i64,
}

pub fn view(who: &Principal, contact: Contact) -> Result<ContactView> {
    let row = contact.id.uuid();
    let masked = |column, sealed: &Option<Vec<u8>>| who.vault.masked(who, column, row, sealed.as_deref());
    let mut view = ContactView {
        phone: masked(&CONTACT_PHONE, &contact.phone)?,
        email: masked(&CONTACT_EMAIL, &contact.email)?,
        wechat: masked(&CONTACT_WECHAT, &contact.wechat)?,
        birthday: contact.birthday(),
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
        version: contact.version,
    };
    for field in who.hidden(Entity::Contact) {
        match field {
            "salutation" => view.salutation = None,
            "position" => view.position = None,
            "department" => view.department = None,
            "birthday" => view.birthday = None,
            "preferences" => view.preferences = None,
            _ => {}
        }
    }
    Ok(view)
}
