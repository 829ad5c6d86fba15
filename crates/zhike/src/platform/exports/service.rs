use jiff::SignedDuration;
use serde::Serialize;
use serde_json::Value;
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::{Entity, Principal, Result};
use crate::platform::audit;
use crate::platform::files::{self, Blob, Label, StoredFile};

const PURPOSE: &str = "export";
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
    audit::record(tx, who, "export", entity, file.id, customer, told)?;
    Ok(Released { file: file.id, name: file.name, bytes: file.bytes })
}

/// The file, for whoever made it, until it expires.
pub fn file(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<StoredFile> {
    files::get(tx, who, id, PURPOSE)
}
