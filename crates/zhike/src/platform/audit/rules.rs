use std::collections::BTreeSet;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{AuditEntry, Fault};

/// What the first entry continues.
pub const ORIGIN: [u8; 32] = [0; 32];

/// The digest of what an entry tells. The salt keeps whoever has the digest alone from trying what it may have been.
pub fn digest_changes(salt: &[u8], changes: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"zhike audit changes 1");
    hash.update((salt.len() as u64).to_be_bytes());
    hash.update(salt);
    hash.update(changes);
    hash.finalize().into()
}

/// The digest of an entry: SHA-256 over its fields in the order of the table, each with its length (a missing one is
/// told from an empty one), so that no two entries have the same bytes. Of `changes` its own digest counts, so that what
/// was erased does not break the chain; entries of the first form hold the text itself.
pub fn digest(entry: &AuditEntry) -> [u8; 32] {
    let mut hash = Sha256::new();
    let told = match &entry.changes_digest {
        Some(digest) => {
            hash.update(b"zhike audit 2");
            digest.as_slice()
        }
        None => {
            hash.update(b"zhike audit 1");
            entry.changes.as_bytes()
        }
    };
    let mut part = |bytes: Option<&[u8]>| match bytes {
        None => hash.update([0]),
        Some(bytes) => {
            hash.update([1]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
    };
    part(Some(&entry.prev_hash));
    part(Some(&entry.seq.to_be_bytes()));
    part(Some(entry.id.as_bytes()));
    part(Some(&entry.at.as_microsecond().to_be_bytes()));
    part(entry.actor.as_ref().map(|id| &id.as_bytes()[..]));
    part(Some(entry.actor_name.as_bytes()));
    part(entry.session.as_ref().map(|id| &id.as_bytes()[..]));
    part(entry.ip.as_deref().map(str::as_bytes));
    part(Some(entry.request_id.as_bytes()));
    part(Some(entry.action.as_bytes()));
    part(Some(entry.entity.as_bytes()));
    part(Some(entry.entity_id.as_bytes()));
    part(entry.customer_id.as_ref().map(|id| &id.as_bytes()[..]));
    part(Some(told));
    hash.finalize().into()
}

/// Whether an entry is what was written. Of an erased one of the first form only its place in the chain can be checked.
fn is_as_written(entry: &AuditEntry) -> bool {
    let told = match (&entry.changes_digest, &entry.salt, entry.erased_at) {
        (None, None, Some(_)) => return true,
        (Some(_), None, Some(_)) | (None, None, None) => true,
        (Some(digest), Some(salt), None) => digest_changes(salt, &entry.changes)[..] == digest[..],
        _ => false,
    };
    told && digest(entry)[..] == entry.hash
}

/// Follows the chain entry by entry.
pub struct Chain {
    pub seq: i64,
    pub head: Vec<u8>,
    /// Entries that were erased and of which no later entry has said so yet.
    unexplained: BTreeSet<i64>,
    pub erased: i64,
}

/// What an entry is called that says which others were erased.
pub const ERASED: &str = "erase_audit";

impl Chain {
    pub fn new() -> Self {
        Self { seq: 0, head: ORIGIN.to_vec(), unexplained: BTreeSet::new(), erased: 0 }
    }

    /// An entry may only be empty if a later one says that it was erased: nobody hides what they did by emptying it.
    fn note_erased(&mut self, entry: &AuditEntry) {
        if entry.erased_at.is_some() {
            self.erased += 1;
            self.unexplained.insert(entry.seq);
        }
        if entry.action == ERASED && entry.erased_at.is_none() {
            let told: Value = serde_json::from_str(&entry.changes).unwrap_or_default();
            for seq in told["entries"].as_array().into_iter().flatten().filter_map(Value::as_i64) {
                self.unexplained.remove(&seq);
            }
        }
    }

    /// The first entry that is empty without a word why.
    pub fn unexplained(&self) -> Option<i64> {
        self.unexplained.first().copied()
    }

    /// Takes the next entry, or says what is wrong with it.
    pub fn follow(&mut self, entry: AuditEntry) -> Result<(), Fault> {
        if entry.seq != self.seq + 1 {
            return Err(Fault::Gap);
        }
        if entry.prev_hash != self.head {
            return Err(Fault::Unlinked);
        }
        if !is_as_written(&entry) {
            return Err(Fault::Altered);
        }
        self.note_erased(&entry);
        self.seq = entry.seq;
        self.head = entry.hash;
        Ok(())
    }
}
