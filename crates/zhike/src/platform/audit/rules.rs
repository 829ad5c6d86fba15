use sha2::{Digest, Sha256};

use super::{AuditEntry, Fault};

/// What the first entry continues.
pub const ORIGIN: [u8; 32] = [0; 32];

/// The digest of an entry: SHA-256 over its fields in the order of the table, each with its length (a missing one is
/// told from an empty one), so that no two entries have the same bytes.
pub fn digest(entry: &AuditEntry) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"zhike audit 1");
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
    part(Some(entry.changes.as_bytes()));
    hash.finalize().into()
}

/// Follows the chain entry by entry.
pub struct Chain {
    pub seq: i64,
    pub head: Vec<u8>,
}

impl Chain {
    pub fn new() -> Self {
        Self { seq: 0, head: ORIGIN.to_vec() }
    }

    /// Takes the next entry, or says what is wrong with it.
    pub fn follow(&mut self, entry: AuditEntry) -> Result<(), Fault> {
        if entry.seq != self.seq + 1 {
            return Err(Fault::Gap);
        }
        if entry.prev_hash != self.head {
            return Err(Fault::Unlinked);
        }
        if digest(&entry)[..] != entry.hash {
            return Err(Fault::Altered);
        }
        self.seq = entry.seq;
        self.head = entry.hash;
        Ok(())
    }
}
