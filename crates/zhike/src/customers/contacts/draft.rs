//! What people send of a contact, and how it becomes one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{
    Attitude, Authority, Birthday, CONTACT_EMAIL, CONTACT_PHONE, CONTACT_WECHAT, Contact, Influence, Salutation,
};
use crate::customers::basis::EntryBasis;
use crate::customers::chart::Unit;
use crate::customers::draft::refuse_locked;
use crate::customers::input::{Text, given, is_named};
use crate::customers::model::Customer;
use crate::customers::rules::text::{Faults, clean};
use crate::customers::sealed::{Extra, Slot};
use crate::kernel::{Entity, Id, Result};
use crate::platform::audit::Changes;
use crate::platform::custom::values::{self, Sent, Values};
use crate::platform::grant::Principal;

macro_rules! contact_input {
    ($(#[$doc:meta])* $name:ident { $($(#[$extra_doc:meta])* $extra:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            #[schema(example = "张伟")]
            pub name: Option<String>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<Salutation>)]
            pub salutation: Option<Option<Salutation>>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub position: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub department: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub phone: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub email: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub wechat: Text,
            pub decision_maker: Option<bool>,
            pub authority: Option<Authority>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<Birthday>)]
            pub birthday: Option<Option<Birthday>>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub preferences: Text,
            /// Fields that the company has added, by their keys; nothing empties one.
            #[schema(value_type = Option<Object>)]
            pub custom: Option<Sent>,
            /// The one to call first; takes the mark from whoever had it.
            pub primary: Option<bool>,
            pub left: Option<bool>,
            /// Their department in the organisation chart; its name becomes the department.
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<Uuid>)]
            pub unit_id: Option<Option<Id<Unit>>>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<Uuid>)]
            pub reports_to: Option<Option<Id<Contact>>>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<Attitude>)]
            pub attitude: Option<Option<Attitude>>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<Influence>)]
            pub influence: Option<Option<Influence>>,
            $($(#[$extra_doc])* pub $extra: $type,)*
        }
    };
}

contact_input! {
    /// A change of a contact: only the fields given change.
    ContactPatch {}
}

contact_input! {
    /// A new contact; only the name is needed.
    NewContact {
        /// On what basis they are entered; `contract` where nothing is said.
        basis: Option<EntryBasis>,
    }
}

impl ContactPatch {
    /// Whether something was sent of this ordinary field, whatever it says.
    fn names(&self, field: &str) -> bool {
        is_named!(self, field; name, salutation, position, department, decision_maker, authority, birthday, preferences,
            attitude, influence)
    }
}

impl From<NewContact> for ContactPatch {
    fn from(new: NewContact) -> Self {
        Self {
            name: new.name,
            salutation: new.salutation,
            position: new.position,
            department: new.department,
            phone: new.phone,
            email: new.email,
            wechat: new.wechat,
            decision_maker: new.decision_maker,
            authority: new.authority,
            birthday: new.birthday,
            preferences: new.preferences,
            custom: new.custom,
            primary: new.primary,
            left: new.left,
            unit_id: new.unit_id,
            reports_to: new.reports_to,
            attitude: new.attitude,
            influence: new.influence,
        }
    }
}

/// A contact of whom nothing is known yet.
pub fn blank(who: &Principal, customer: Id<Customer>) -> Contact {
    Contact {
        id: Id::new(),
        customer_id: customer,
        name: String::new(),
        salutation: None,
        position: None,
        department: None,
        phone: None,
        phone_index: None,
        phone_last4: None,
        email: None,
        email_index: None,
        email_domain: None,
        wechat: None,
        wechat_index: None,
        decision_maker: false,
        authority: Authority::None,
        birthday: None,
        preferences: None,
        is_primary: false,
        has_left: false,
        unit_id: None,
        reports_to: None,
        attitude: None,
        influence: None,
        no_contact_at: None,
        no_contact_by: None,
        no_contact_why: None,
        phone_invalid_at: None,
        phone_invalid_by: None,
        email_invalid_at: None,
        email_invalid_by: None,
        moved_to_customer: None,
        moved_to_contact: None,
        moved_from_customer: None,
        moved_from_contact: None,
        restricted_at: None,
        version: 1,
        created_at: who.now,
        updated_at: who.now,
    }
}

/// A new contact as a row, and what stands in its added fields; faults are noted under `prefix` (`contacts[0].`).
pub fn build(
    who: &Principal,
    customer: Id<Customer>,
    new: ContactPatch,
    changes: &mut Changes,
    faults: &mut Faults,
) -> Result<(Contact, Values)> {
    let mut contact = blank(who, customer);
    let sent = new.custom.clone();
    apply(who, &mut contact, &new, changes, faults)?;
    let place = (Entity::Contact, contact.id.uuid());
    let (values, wrong) = values::take(who, place, &Values::new(), sent.as_ref(), changes)?;
    faults.extend(wrong);
    if contact.name.is_empty() && new.name.as_deref().is_none_or(|name| name.trim().is_empty()) {
        faults.add("name", "required");
    }
    Ok((contact, values))
}

/// Applies a change, noting what changed and what is wrong.
pub fn apply(
    who: &Principal,
    contact: &mut Contact,
    patch: &ContactPatch,
    changes: &mut Changes,
    faults: &mut Faults,
) -> Result<()> {
    if let Some(name) = &patch.name {
        match clean(name, 100, true) {
            Ok(Some(name)) => {
                changes.field("name", &contact.name, &name);
                contact.name = name;
            }
            Ok(None) => faults.add("name", "required"),
            Err(code) => faults.add("name", code),
        }
    }
    texts(contact, patch, changes, faults);
    personal(who, contact, patch, changes, faults)?;
    // A new number or address is not known to fail.
    let is_new = |field: &str| changes.fields().any(|changed| changed == field);
    if is_new("phone") {
        (contact.phone_invalid_at, contact.phone_invalid_by) = (None, None);
    }
    if is_new("email") {
        (contact.email_invalid_at, contact.email_invalid_by) = (None, None);
    }
    choices(contact, patch, changes);
    if let Some(birthday) = &patch.birthday {
        if birthday.is_some_and(|day| !day.exists()) {
            faults.add("birthday", "date.no_such_day");
            return Ok(());
        }
        let new = birthday.map(serde_json::to_value).transpose()?;
        changes.field("birthday", &contact.birthday, &new);
        contact.birthday = new;
    }
    refuse_locked(who, Entity::Contact, |field| patch.names(field), changes, faults);
    Ok(())
}

fn texts(contact: &mut Contact, patch: &ContactPatch, changes: &mut Changes, faults: &mut Faults) {
    let texts = [
        ("position", &patch.position, &mut contact.position, 100, true),
        ("department", &patch.department, &mut contact.department, 100, true),
        ("preferences", &patch.preferences, &mut contact.preferences, 2000, false),
    ];
    for (field, given, kept, most, one_line) in texts {
        let Some(given) = given else { continue };
        let Some(new) = faults.take(field, clean(given.as_deref().unwrap_or_default(), most, one_line)) else {
            continue;
        };
        changes.field(field, &*kept, &new);
        *kept = new;
    }
}

fn personal(
    who: &Principal,
    contact: &mut Contact,
    patch: &ContactPatch,
    changes: &mut Changes,
    faults: &mut Faults,
) -> Result<()> {
    let row = contact.id.uuid();
    let c = contact;
    let slots = [
        (
            &patch.phone,
            Slot {
                column: &CONTACT_PHONE,
                value: &mut c.phone,
                index: &mut c.phone_index,
                extra: Extra::Last4(&mut c.phone_last4),
            },
        ),
        (
            &patch.email,
            Slot {
                column: &CONTACT_EMAIL,
                value: &mut c.email,
                index: &mut c.email_index,
                extra: Extra::Domain(&mut c.email_domain),
            },
        ),
        (
            &patch.wechat,
            Slot { column: &CONTACT_WECHAT, value: &mut c.wechat, index: &mut c.wechat_index, extra: Extra::None },
        ),
    ];
    for (given, slot) in slots {
        if let Some(given) = given {
            slot.put(who, row, given.as_deref(), changes, faults)?;
        }
    }
    Ok(())
}

fn choices(contact: &mut Contact, patch: &ContactPatch, changes: &mut Changes) {
    if let Some(salutation) = patch.salutation {
        changes.field("salutation", &contact.salutation, &salutation);
        contact.salutation = salutation;
    }
    if let Some(authority) = patch.authority {
        changes.field("authority", &contact.authority, &authority);
        contact.authority = authority;
    }
    if let Some(attitude) = patch.attitude {
        changes.field("attitude", &contact.attitude, &attitude);
        contact.attitude = attitude;
    }
    if let Some(influence) = patch.influence {
        changes.field("influence", &contact.influence, &influence);
        contact.influence = influence;
    }
    if let Some(unit) = patch.unit_id {
        changes.field("unit_id", &contact.unit_id, &unit);
        contact.unit_id = unit;
    }
    if let Some(superior) = patch.reports_to {
        changes.field("reports_to", &contact.reports_to, &superior);
        contact.reports_to = superior;
    }
    // Whoever decides finally is a decision maker, unless it is said otherwise.
    let decides = patch.decision_maker.or((patch.authority == Some(Authority::Final)).then_some(true));
    let flags = [
        ("decision_maker", decides, &mut contact.decision_maker),
        ("primary", patch.primary, &mut contact.is_primary),
        ("left", patch.left, &mut contact.has_left),
    ];
    for (field, given, kept) in flags {
        if let Some(new) = given {
            changes.field(field, &*kept, &new);
            *kept = new;
        }
    }
}
