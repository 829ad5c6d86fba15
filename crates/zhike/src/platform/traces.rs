//! What has to go with a person who is erased (PIPL 47), beside the rows that are theirs: texts that mention them, answers
//! that were kept for a repeat, notices, sheets on their way in. Each room says how it lets go of such traces
//! ([`Eraser`]); `app.rs` puts them together once ([`declare`]). The room of protection decides whose and when.

use std::sync::OnceLock;

use store::Tx;
use uuid::Uuid;

use super::holdings::About;
use crate::kernel::Result;
use crate::platform::grant::Principal;

/// Stands in a text in the place of a name or a number that was erased.
pub const BLANK: &str = "▇▇";

/// Who is erased.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// All rows by which the person is on record.
    pub rows: Vec<About>,
    /// What they are mentioned by: name, numbers, addresses.
    pub words: Vec<String>,
}

/// Lets go of a room's traces of somebody; answers the digests of the files that it forgot.
pub type Eraser = fn(&mut Tx<'_>, &Principal, &Traces) -> Result<Vec<String>>;

static ERASERS: OnceLock<Vec<Eraser>> = OnceLock::new();

/// Sets the erasers of the program; later calls change nothing.
pub fn declare(all: impl FnOnce() -> Vec<Eraser>) {
    ERASERS.get_or_init(all);
}

/// Lets go of the traces in all rooms.
pub fn erase(tx: &mut Tx<'_>, who: &Principal, traces: &Traces) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for eraser in ERASERS.get().map(Vec::as_slice).unwrap_or_default() {
        files.extend(eraser(tx, who, traces)?);
    }
    Ok(files)
}

impl Traces {
    /// The records themselves, as they are named elsewhere: contacts, or customers who are persons.
    pub fn ids(&self) -> impl Iterator<Item = Uuid> {
        self.rows.iter().map(|(customer, contact)| contact.unwrap_or(*customer))
    }
}

store::statements! {
    NOTICES = "delete from notification where replace(params, $1, '') <> params or replace(link, $1, '') <> link";
    ANSWERS = "delete from idempotency where replace(body, $1, '') <> body";
    JOBS = "update job set payload = replace(payload, $1, $2), result = replace(result, $1, $2)
        where replace(payload, $1, '') <> payload or replace(result, $1, '') <> result";
    EXPORTS = "update release set answer = replace(answer, $1, $2), purpose = replace(purpose, $1, $2),
        asked = replace(asked, $1, $2)
        where replace(answer, $1, '') <> answer or replace(purpose, $1, '') <> purpose or replace(asked, $1, '') <> asked";
    VIEWS = "update saved_view set name = replace(name, $1, $2), state = replace(state, $1, $2)
        where replace(name, $1, '') <> name or replace(state, $1, '') <> state";
}

/// What the platform's own tables keep for a while: answers to be repeated, notices, questions that were asked, files
/// that were let out.
pub fn own(tx: &mut Tx<'_>, who: &Principal, traces: &Traces) -> Result<Vec<String>> {
    for mention in traces.ids().map(|id| id.to_string()).chain(traces.words.iter().cloned()) {
        tx.execute(&NOTICES, &[&mention])?;
        tx.execute(&ANSWERS, &[&mention])?;
    }
    for word in &traces.words {
        tx.execute(&JOBS, &[word, &BLANK])?;
        tx.execute(&VIEWS, &[word, &BLANK])?;
        tx.execute(&EXPORTS, &[word, &BLANK])?;
    }
    super::exports::forget(tx, who)
}
