use jiff::SignedDuration;
use serde::Serialize;
use serde_json::{Value, json};
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::{Action, Entity, Error, Principal, Result};
use crate::platform::files::{self, Blob, Label, StoredFile};
use crate::platform::{audit, search};

const PURPOSE: &str = "export";
/// What the audit calls it when a file is let out.
const RELEASED: &str = "export";
const STAYS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A file that is about to leave.
pub struct Leaving<'a> {
    pub blob: &'a Blob,
    pub name: &'a str,
    pub media_type: &'a str,
    /// What it holds.
    pub entity: Entity,
    /// Whose it is, where it is about one customer.
    pub customer: Option<Uuid>,
    /// What the audit is told: what was asked for, and how much of it there was.
    pub told: Value,
}

/// A file that may be fetched by whoever made it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Released {
    pub file: Uuid,
    pub name: String,
    pub bytes: i64,
}

/// The door: nothing that was written for an asker can be fetched that did not go through here.
pub fn release(tx: &mut Tx<'_>, who: &Principal, leaving: Leaving<'_>) -> Result<Released> {
    let Leaving { blob, name, media_type, entity, customer, mut told } = leaving;
    let expires_at = Some(who.now + STAYS);
    let file = files::add(tx, who, blob, &Label { name, media_type, purpose: PURPOSE, expires_at })?;
    told["digest"] = file.digest.clone().into();
    audit::record(tx, who, RELEASED, entity, file.id, customer, told)?;
    Ok(Released { file: file.id, name: file.name, bytes: file.bytes })
}

/// The file on its way to whoever made it, until it expires. What they may take out is asked again, since rights and
/// customers change while a file waits; that it was fetched is written down beside that it was made.
pub fn fetch(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<StoredFile> {
    let file = files::get(tx, who, id, PURPOSE)?;
    let released = audit::first_of(tx, file.id, RELEASED)?.ok_or_else(Error::not_found)?;
    let entity = Entity::from_word(&released.entity).ok_or_else(Error::not_found)?;
    if who.permissions.reach(Action::Export, entity).is_none() {
        return Err(Error::forbidden());
    }
    if let Some(customer) = released.customer_id {
        seen(tx, who, customer)?;
    }
    let told = json!({ "digest": file.digest });
    audit::record(tx, who, "fetch_export", entity, file.id, released.customer_id, told)?;
    Ok(file)
}

/// A form about one customer is for whoever still sees that customer.
fn seen(tx: &mut Tx<'_>, who: &Principal, customer: Uuid) -> Result<()> {
    let searchable = crate::app::searchable();
    let of_customers = searchable.iter().find(|kind| kind.entity == Entity::Customer);
    let titles = of_customers.map(|kind| search::titles(tx, who, kind, &[customer])).transpose()?;
    match titles.is_some_and(|titles| titles.contains_key(&customer)) {
        true => Ok(()),
        false => Err(Error::not_found()),
    }
}

/// Lets go of what was taken back; answers the contents.
pub fn forget(tx: &mut Tx<'_>, who: &Principal) -> Result<Vec<String>> {
    files::let_go_expired(tx, PURPOSE, who.now)
}

/// Takes back what waits to be fetched. Nobody can say of a list whether somebody stands in it, so when a person is
/// restricted or erased all that was written before is to be made anew.
pub fn recall(tx: &mut Tx<'_>, who: &Principal) -> Result<()> {
    files::expire_purpose(tx, PURPOSE, who.now)
}
