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
use crate::kernel::{Entity, Id, Result};
use crate::platform::grant::Grant;
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

/// Puts the copy together. Who asks must be who they say. Reads a great deal and writes nothing, so that nobody waits
/// for it; [`noted`] writes down that it was made.
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
    let rows = protected::rows_of(tx, &person)?;
    let tale = holdings::tell(tx, &rows)?;
    let mut trace = Vec::new();
    for (customer, contact) in &rows {
        trace.extend(self::trace(tx, contact.unwrap_or(*customer))?);
    }
    let whole = tale.complete && trace.len() < TRACE_MOST as usize && protected::is_settled(tx, &rows)?;
    let content = json!({
        "form": FORM,
        "made_at": who.now,
        "request": request.number,
        "person": person.name(),
        // Whether this is all there is; if not, the rest has to be asked for by hand.
        "complete": whole,
        "archive": protected::archive(tx, who, &person)?,
        "records": tale.records,
        "trace": trace,
    });
    Ok(Package { name: format!("{}.json", request.number), content })
}

/// Writes down that a copy was made.
pub fn noted(
    tx: &mut Tx<'_>,
    grant: &Grant<Export, entity::SubjectRequest>,
    (customer, request): (Id<Customer>, Id<SubjectRequest>),
) -> Result<()> {
    let customer = protected::customer(tx, grant, customer)?.id;
    let request = found(tx, customer, request)?;
    identified(&request)?;
    let (who, told) = (grant.principal(), json!({ "number": request.number }));
    audit::record(tx, who, "copy_person", Entity::SubjectRequest, request.id.uuid(), Some(customer.uuid()), told)
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
