use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{AuditEntry, Fault};

/// What the first entry continues.
pub const ORIGIN: [u8; 32] = [0; 32];

/// What an entry tells, cut to so many bytes where it is more, and whether it is: long texts and lists lose their ends,
/// then more of them, then everything but the names of the fields is left.
pub fn within(most: usize, changes: Value) -> (Value, bool) {
    let fits = |changes: &Value| changes.to_string().len() <= most;
    if fits(&changes) {
        return (changes, false);
    }
    let shorter = [(500, 50), (50, 10)].into_iter().map(|ends| shortened(&changes, ends)).find(fits);
    (shorter.unwrap_or_else(|| named_only(&changes, most)), true)
}

const CUT: &str = "…";

fn shortened(value: &Value, (chars, items): (usize, usize)) -> Value {
    match value {
        Value::String(text) => match text.char_indices().nth(chars) {
            Some((end, _)) => Value::String(format!("{}{CUT}", &text[..end])),
            None => value.clone(),
        },
        Value::Array(all) => {
            let rest = (all.len() > items).then(|| CUT.into());
            all.iter().take(items).map(|item| shortened(item, (chars, items))).chain(rest).collect()
        }
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), shortened(value, (chars, items)))).collect()
        }
        _ => value.clone(),
    }
}

/// The fields as far as they fit.
fn named_only(changes: &Value, most: usize) -> Value {
    let mut room = most;
    let fits = |(name, _): &(&String, &Value)| {
        // The name, what stands for its value, and what is between.
        room = room.saturating_sub(name.len() * 2 + CUT.len() + 8);
        room > 0
    };
    let fields = changes.as_object().into_iter().flatten();
    fields.take_while(fits).map(|(name, _)| (name.clone(), CUT)).collect::<BTreeMap<_, _>>().into_iter().collect()
}

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_is_left_as_it_is() {
        let changes = json!({ "notes": { "from": "长".repeat(600), "to": null }, "tags": vec!["a"; 60] });
        assert_eq!(within(4_000, changes.clone()), (changes, false));
    }

    #[test]
    fn what_is_too_long_loses_its_ends_and_keeps_its_fields() {
        let changes = json!({ "notes": { "from": "长".repeat(600), "to": null }, "codes": vec!["DC-7K2M9"; 60_000] });
        let (cut, is_cut) = within(4_000, changes);
        assert!(is_cut);
        assert_eq!(cut["notes"]["from"], format!("{}…", "长".repeat(500)));
        assert_eq!(cut["codes"].as_array().map(|codes| (codes.len(), codes[50].clone())), Some((51, json!("…"))));
    }

    proptest::proptest! {
        /// Whatever is told, deep or wide, it fits.
        #[test]
        fn nothing_is_longer_than_what_fits(fields in 1..300usize, items in 0..80usize, chars in 0..700usize) {
            let value = json!({ "from": "长".repeat(chars), "to": vec![[7; 3]; items] });
            let changes: Value = (0..fields).map(|field| (format!("field{field}"), value.clone())).collect::<serde_json::Map<_, _>>().into();
            let (cut, _) = within(8_000, changes);
            proptest::prop_assert!(cut.to_string().len() <= 8_000);
            proptest::prop_assert!(cut.as_object().is_some_and(|cut| cut.contains_key("field0")));
        }
    }
}
