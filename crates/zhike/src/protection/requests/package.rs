//! The copy that somebody has a right to (PIPL 45): all that the house knows of one person, readable by machines. The
//! archive in it can be sent to the interface again as it is; what else the rooms hold follows row by row, and at the end
//! who has seen or changed the record.

use serde_json::{Value, json};
use store::Tx;
use uuid::Uuid;

use super::model::SubjectRequest;
use super::service::{found, identified};
use crate::customers::model::Customer;
use crate::customers::protected;
use crate::kernel::permission::action::Export;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Grant, Id, Result};
use crate::platform::{audit, holdings};

/// Names the form, so that whoever reads it knows what to expect.
const FORM: &str = "zhike.person/1";
/// How much of the trace of a record is told.
const TRACE_MOST: i64 = 1_000;

/// A package and what it is called.
pub struct Package {
    pub name: String,
    pub content: Value,
}

/// Puts the copy together, and writes down that it was made. Who asks must be who they say.
pub fn make(
    tx: &mut Tx<'_>,
    grant: &Grant<Export, entity::SubjectRequest>,
    (customer, request): (Id<Customer>, Id<SubjectRequest>),
) -> Result<Package> {
    let who = grant.principal();
    let customer = protected::customer(tx, grant, customer)?.id;
    let request = found(tx, customer, request)?;
    identified(&request)?;
    let person = protected::person(tx, grant, (customer, request.contact_id))?;
    let contact = request.contact_id.map(Id::uuid);
    let content = json!({
        "form": FORM,
        "made_at": who.now,
        "request": request.number,
        "person": person.name(),
        "archive": protected::archive(tx, who, &person)?,
        "records": holdings::tell(tx, customer.uuid(), contact)?,
        "trace": trace(tx, contact.unwrap_or(customer.uuid()))?,
    });
    let told = json!({ "number": request.number });
    audit::record(tx, who, "copy_person", Entity::SubjectRequest, request.id.uuid(), Some(customer.uuid()), told)?;
    Ok(Package { name: format!("{}.json", request.number), content })
}

/// Who did what with the record, and when; of changes only which fields, since the values stand above.
fn trace(tx: &mut Tx<'_>, record: Uuid) -> Result<Vec<Value>> {
    let entries = audit::of_record(tx, record, TRACE_MOST)?;
    let entry = |entry: audit::AuditEntry| {
        let changes: Value = serde_json::from_str(&entry.changes)?;
        let fields: Vec<&String> = changes.as_object().into_iter().flatten().map(|(field, _)| field).collect();
        Ok(json!({ "at": entry.at, "by": entry.actor_name, "action": entry.action, "fields": fields }))
    };
    entries.into_iter().map(entry).collect()
}
