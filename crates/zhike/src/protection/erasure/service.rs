use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;
use store::jobs::{self, NewJob};
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::job::KIND;
use super::model::Erasure;
use crate::customers::contacts::Contact;
use crate::customers::erasing;
use crate::customers::model::Customer;
use crate::customers::protected::{self, Person};
use crate::kernel::{Entity, Id, Result};
use crate::platform::audit;
use crate::platform::grant::Principal;
use crate::platform::holdings::About;
use crate::platform::traces::{self, Traces};
use crate::platform::vault::{Column, Kind};
use crate::protection::{alarms, requests};

/// What somebody is mentioned by, while they are being erased.
const WORDS: Column = Column::new("erasure", "words", "erasure.words", Kind::Secret);
/// Entries of the audit that are erased in one transaction.
const ENTRIES_AT_ONCE: i64 = 500;

store::statements! {
    UNDER_WAY = "select id from erasure where done_at is null order by asked_at limit 100";
    OF_PERSON = "select id from erasure where customer_id = $1 and done_at is null
        and (contact_id = $2 or (contact_id is null and $2 is null)) limit 1";
    CONSENTS = "delete from consent where customer_id = $1 and contact_id = $2";
    REQUESTS = "update subject_request set content = '', identity_note = null, answer = null
        where customer_id = $1 and contact_id = $2";
}

/// What is looked for, sealed with the erasure until it is done.
#[derive(Default, Serialize, Deserialize)]
struct Words {
    words: Vec<String>,
    numbers: Vec<String>,
}

/// Where somebody is on record, and the customers near them, whose entries in the audit may mention them.
#[derive(Serialize, Deserialize)]
struct Records {
    rows: Vec<About>,
    near: Vec<Uuid>,
}

/// Begins to erase somebody because they asked for it. From now on nobody sees them.
pub fn begin(tx: &mut Tx<'_>, who: &Principal, person: Person, request: Uuid) -> Result<()> {
    let rows = protected::rows_of(tx, &person)?;
    erasing::refuse_while_open(tx, who, &rows)?;
    let mentions = erasing::mentions_of(tx, who, &rows)?;
    let id = Uuid::now_v7();
    let words = Words { words: mentions.words(), numbers: mentions.numbers };
    let erasure = Erasure {
        id,
        customer_id: person.customer.id,
        contact_id: person.contact.as_ref().map(|contact| contact.id),
        request_id: request,
        records: serde_json::to_value(Records { near: erasing::near(tx, &rows)?, rows })?,
        words: Some(who.vault.seal(&WORDS, id, &serde_json::to_string(&words)?)?),
        files: json!([]),
        asked_by: who.user,
        asked_at: who.now,
        done_at: None,
    };
    protected::restrict(tx, who, person)?;
    erasure.insert(tx)?;
    let new = NewJob { kind: KIND, once_key: None, asked_by: None, payload: json!({}), run_at: who.now };
    jobs::enqueue(tx, new)?;
    Ok(())
}

/// Whether somebody is being erased: nothing brings them back into sight meanwhile.
pub fn is_under_way(tx: &mut Tx<'_>, customer: Id<Customer>, contact: Option<Id<Contact>>) -> Result<bool> {
    Ok(tx.query_opt(&OF_PERSON, &[&customer, &contact])?.is_some())
}

pub(super) fn under_way(tx: &mut Tx<'_>) -> Result<Vec<Uuid>> {
    let rows = tx.query(&UNDER_WAY, &[])?;
    Ok(rows.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?)
}

/// An erasure that is not done yet, and what is looked for.
fn open(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<Option<(Erasure, Traces, Vec<String>)>> {
    let Some(erasure) = Erasure::find(tx, id)?.filter(|erasure| erasure.done_at.is_none()) else { return Ok(None) };
    let words: Words = match erasure.words.as_deref() {
        Some(sealed) => serde_json::from_str(&who.vault.open_sealed(&WORDS, id, sealed)?)?,
        None => Words::default(),
    };
    let Records { rows, .. } = serde_json::from_value(erasure.records.clone())?;
    Ok(Some((erasure, Traces { rows, words: words.words }, words.numbers)))
}

/// Removes the next rows; whether more are left.
pub(super) fn rows(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<bool> {
    let Some((erasure, traces, _)) = open(tx, who, id)? else { return Ok(false) };
    let (more, files) = erasing::erase_some(tx, who, &traces)?;
    keep_files(tx, erasure, files)?;
    Ok(more)
}

/// Lets go of what mentions them elsewhere.
pub(super) fn mentions(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<()> {
    let Some((erasure, traces, _)) = open(tx, who, id)? else { return Ok(()) };
    let files = traces::erase(tx, who, &traces)?;
    keep_files(tx, erasure, files)
}

/// Erases what the next entries of the audit tell; whether more are left.
pub(super) fn entries(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<bool> {
    let Some((erasure, traces, _)) = open(tx, who, id)? else { return Ok(false) };
    let Records { near, .. } = serde_json::from_value(erasure.records)?;
    audit::erase_some(tx, who, (&traces.rows, &near), &traces.words, ENTRIES_AT_ONCE)
}

/// Notes which contents are to be removed from the disk once this is durable.
fn keep_files(tx: &mut Tx<'_>, mut erasure: Erasure, files: Vec<String>) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let mut all: Vec<String> = serde_json::from_value(erasure.files.clone())?;
    all.extend(files);
    erasure.files = json!(all);
    Ok(erasure.update(tx)?)
}

/// Contents to be removed, and the rows that are gone, for the ledger.
pub(super) fn remains(tx: &mut Tx<'_>, id: Uuid) -> Result<(Vec<String>, Vec<About>)> {
    let Some(erasure) = Erasure::find(tx, id)? else { return Ok((Vec::new(), Vec::new())) };
    let Records { rows, .. } = serde_json::from_value(erasure.records)?;
    Ok((serde_json::from_value(erasure.files)?, rows))
}

/// Nothing is left: what was looked for is forgotten too, and the request is answered.
pub(super) fn finish(tx: &mut Tx<'_>, who: &Arc<Principal>, id: Uuid) -> Result<()> {
    let Some((mut erasure, _, numbers)) = open(tx, who, id)? else { return Ok(()) };
    erasing::mark(tx, who, &numbers)?;
    let (customer, request) = (erasure.customer_id, erasure.request_id);
    (erasure.words, erasure.files, erasure.done_at) = (None, json!([]), Some(who.now));
    let asked_by = erasure.asked_by;
    erasure.update(tx)?;
    requests::service::erased(tx, who, (customer, Id::from_uuid(request)), asked_by)?;
    let told = json!({ "erasure": id });
    audit::record(tx, who, "erase", Entity::SubjectRequest, request, Some(customer.uuid()), told)
}

/// What this room knows of a contact: their consents go, and of their requests what they said.
pub fn eraser(tx: &mut Tx<'_>, _who: &Principal, traces: &Traces) -> Result<Vec<String>> {
    for (customer, contact) in &traces.rows {
        if let Some(contact) = contact {
            tx.execute(&CONSENTS, &[customer, contact])?;
            tx.execute(&REQUESTS, &[customer, contact])?;
        }
    }
    alarms::erase(tx, &traces.words)?;
    Ok(Vec::new())
}

/// Begins again with somebody whom a restored backup has brought back.
pub(super) fn again(tx: &mut Tx<'_>, who: &Principal, (customer, contact): About) -> Result<bool> {
    let Some(person) = protected::anybody(tx, customer, contact)? else { return Ok(false) };
    if is_under_way(tx, person.customer.id, person.contact.as_ref().map(|contact| contact.id))? {
        return Ok(false);
    }
    begin(tx, who, person, Uuid::nil())?;
    Ok(true)
}
