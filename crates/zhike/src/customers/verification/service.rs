use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Item, ItemResult, Verification};
use super::round;
use crate::customers::contacts;
use crate::customers::facts;
use crate::customers::input::{self, CustomerPatch};
use crate::customers::model::Customer;
use crate::customers::quality;
use crate::customers::rules::text::{Faults, clean};
use crate::customers::service::{change, load_for_change};
use crate::customers::timeline::{Before, Entry};
use crate::customers::view::{CustomerView, view};
use crate::kernel::permission::action::Update;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::access::names;
use crate::platform::audit;
use crate::platform::grant::{Grant, Principal};
use crate::platform::settings;

const ITEMS_MOST: usize = 60;
/// Facts beside those of the archive itself that people ask about.
const OTHERS: &[&str] = &["contact", "decision_maker", "grade", "key_facts"];

store::statements! {
    VERIFIED_ON = "update customer set verified_on = $2 where id = $1";
    OF_CUSTOMER = select Verification where "customer_id = $1 and (at < $2 or (at = $2 and id < $3)) order by at desc, id desc limit $4";
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerItem {
    #[schema(example = "address")]
    pub field: String,
    pub result: ItemResult,
    /// What it is now, when it has changed.
    #[serde(default)]
    pub value: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVerification {
    pub items: Vec<AnswerItem>,
    /// Who answered.
    #[serde(default)]
    pub contact_id: Option<Uuid>,
    #[serde(default)]
    pub note: Option<String>,
}

/// Records a round of questions, and applies what has changed.
pub fn verify(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Customer>,
    id: Id<Customer>,
    new: &NewVerification,
) -> Result<CustomerView> {
    let who = grant.principal();
    let mut customer = load_for_change(tx, grant, id)?;
    let (patch, note) = understood(new)?;
    let contact_id = new.contact_id.map(Id::from_uuid);
    if let Some(contact) = contact_id {
        contacts::service::one(tx, customer.id, contact).map_err(|_| Error::field_invalid("contact_id", "unknown"))?;
    }
    let changed = change(tx, who, &mut customer, &patch, "verify")?;
    let today = settings::calendar(tx)?.date_of(who.now);
    customer.verified_on = Some(today);
    tx.execute(&VERIFIED_ON, &[&customer.id, &today])?;
    quality::done(tx, customer.id, quality::Flaw::Unverified)?;
    let record = recorded(who, &customer, new, contact_id, note)?;
    record.insert(tx)?;
    round::count(tx, &customer, &record, today)?;
    tell(tx, who, &record, &changed)?;
    view(tx, who, customer)
}

fn understood(new: &NewVerification) -> Result<(CustomerPatch, Option<String>)> {
    let (mut patch, mut faults) = (CustomerPatch::default(), Faults::default());
    if new.items.is_empty() || new.items.len() > ITEMS_MOST {
        faults.add("items", if new.items.is_empty() { "required" } else { "too_many" });
    }
    for (at, item) in new.items.iter().enumerate().take(ITEMS_MOST) {
        let known = input::FIELDS.contains(&item.field.as_str()) || OTHERS.contains(&item.field.as_str());
        if !known || new.items[..at].iter().any(|other| other.field == item.field) {
            faults.add(&format!("items[{at}].field"), if known { "twice" } else { "unknown_field" });
            continue;
        }
        let Some(value) = item.value.as_deref().filter(|_| item.result == ItemResult::Changed) else { continue };
        // A changed contact or grade is changed where it is kept; here it is only noted that it was.
        if input::FIELDS.contains(&item.field.as_str())
            && let Err(code) = patch.set(&item.field, value)
        {
            faults.add(&format!("items[{at}].value"), code);
        }
    }
    let note = faults.take("note", clean(new.note.as_deref().unwrap_or_default(), 2_000, false)).flatten();
    Error::from_fields(faults.into_fields())?;
    Ok((patch, note))
}

fn recorded(
    who: &Principal,
    customer: &Customer,
    new: &NewVerification,
    contact_id: Option<Id<contacts::Contact>>,
    note: Option<String>,
) -> Result<Verification> {
    let count = |result| new.items.iter().filter(|item| item.result == result).count() as i64;
    let items: Vec<Item> =
        new.items.iter().map(|item| Item { field: item.field.clone(), result: item.result }).collect();
    Ok(Verification {
        id: Id::new(),
        customer_id: customer.id,
        contact_id,
        at: who.now,
        actor: who.user,
        confirmed: count(ItemResult::Confirmed),
        changed: count(ItemResult::Changed),
        unreachable: count(ItemResult::Unreachable),
        items: serde_json::to_value(items)?,
        note,
    })
}

fn tell(tx: &mut Tx<'_>, who: &Principal, record: &Verification, changed: &[String]) -> Result<()> {
    let customer = record.customer_id.uuid();
    let counts = json!({ "confirmed": record.confirmed, "changed": record.changed, "unreachable": record.unreachable });
    // A round in which nobody was reached confirmed nothing.
    if record.confirmed + record.changed > 0 {
        facts::publish(tx, who, facts::VERIFIED, (customer, Some(customer)), who.now, counts)?;
    }
    let told = json!({ "verification": record.id, "items": record.items, "changed": changed });
    audit::record(tx, who, "verification", Entity::Customer, customer, Some(customer), told)
}

/// Rounds of a customer that the asker may see, newest first.
pub fn timeline(tx: &mut Tx<'_>, _: &Principal, customer: Uuid, before: Before, limit: usize) -> Result<Vec<Entry>> {
    let (at, id) = before.unwrap_or((Timestamp::MAX, Uuid::max()));
    let at = at.as_microsecond();
    let found = Verification::all(tx, &OF_CUSTOMER, &[&customer, &at, &id, &(limit as i64)])?;
    let entry = |record: Verification| {
        Ok(Entry {
            id: record.id.uuid(),
            kind: "verification",
            at: record.at,
            actor: Some(names::user(tx, record.actor.uuid())?),
            title_key: "timeline.verification".to_owned(),
            data: json!({
                "confirmed": record.confirmed, "changed": record.changed, "unreachable": record.unreachable,
                "items": record.items, "note": record.note, "contact_id": record.contact_id,
            }),
        })
    };
    found.into_iter().map(entry).collect()
}
