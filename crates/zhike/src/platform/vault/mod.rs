//! Personal values at rest (C45, C46, R2-2.2): sealed with XChaCha20-Poly1305 under a key per column, and looked up
//! through keyed digests ("blind index"). Every key is derived from one root key that lies outside the data directory,
//! so neither the database nor a backup can open what it holds.
//!
//! Equality and frequency of values can be seen by whoever reads the index columns; ranges and parts cannot be searched.

mod cipher;
mod column;
mod content;
mod key_file;
mod proof;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use cipher::{Cipher, NONCE, TAG};
pub use column::{Column, Kind, Masked, half_width, mask, normalise};
pub use content::{ContentId, Unsealing, seal_content};
pub use key_file::{hex, refuse_inside};
pub use proof::{enrolled, prove};

use crate::kernel::{Error, FieldAccess, Result};
use crate::platform::grant::Principal;

const VERSION: u8 = 1;
/// XChaCha20-Poly1305; another byte would name another pair of algorithms.
const SUITE: u8 = 1;
const HEADER: usize = 2 + KEY_ID;
const KEY_ID: usize = 4;
/// The index of the last four digits has only ten thousand inputs, so more bytes would not tell more.
const LAST4_BYTES: usize = 8;

type Key = Zeroizing<[u8; 32]>;
type KeyName = (&'static str, &'static str, Use);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Use {
    Seal,
    Index,
    Last4,
    Digest,
}

pub struct Vault {
    derivation: Hkdf<Sha256>,
    /// Names the root key in every sealed value, so that a value sealed under another one is recognised.
    key_id: [u8; KEY_ID],
    /// Keys that have been derived, by table, column and use.
    keys: RwLock<HashMap<KeyName, Arc<Key>>>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("key_id", &self.key_id()).finish_non_exhaustive()
    }
}

impl Vault {
    /// The vault of an existing root key file.
    pub fn open(path: &Path) -> Result<Self> {
        let root = key_file::read(path)?;
        Ok(Self::from_root(&root))
    }

    /// Makes a new root key file; refuses to overwrite one.
    pub fn generate(path: &Path) -> Result<Self> {
        let root = key_file::create(path)?;
        Ok(Self::from_root(&root))
    }

    pub fn from_root(root: &[u8; 32]) -> Self {
        let derivation = Hkdf::<Sha256>::new(Some(b"zhike vault 1"), root);
        let name = expand(&derivation, &["", "", "key id"]);
        let mut key_id = [0; KEY_ID];
        key_id.copy_from_slice(&name[..KEY_ID]);
        Self { derivation, key_id, keys: RwLock::default() }
    }

    /// Which root key this is, as shown to people.
    pub fn key_id(&self) -> String {
        hex(&self.key_id)
    }

    /// Seals `value` for this column of this row; it can be opened nowhere else.
    pub fn seal(&self, column: &Column, row: Uuid, value: &str) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE] = rand::random();
        let sealed = self
            .cipher(column)
            .seal(&nonce, &self.place(column, row), value.as_bytes())
            .map_err(|_| Error::internal("sealing a value failed"))?;
        let mut bytes = Vec::with_capacity(HEADER + NONCE + sealed.len());
        bytes.extend([VERSION, SUITE]);
        bytes.extend(self.key_id);
        bytes.extend(nonce);
        bytes.extend(sealed);
        Ok(bytes)
    }

    /// [`Vault::seal`] for a value that may be missing; an empty one counts as missing.
    pub fn seal_some(&self, column: &Column, row: Uuid, value: Option<&str>) -> Result<Option<Vec<u8>>> {
        value.filter(|value| !value.is_empty()).map(|value| self.seal(column, row, value)).transpose()
    }

    /// The value that was sealed for this column of this row.
    pub fn open_sealed(&self, column: &Column, row: Uuid, bytes: &[u8]) -> Result<String> {
        if bytes.len() < HEADER + NONCE + TAG || bytes[0] != VERSION || bytes[1] != SUITE {
            return Err(Error::internal(format!("{} of {row} is not in a sealed form we know", column.field)));
        }
        if bytes[2..HEADER] != self.key_id {
            return Err(Error::internal(format!("{} of {row} was sealed under another root key", column.field)));
        }
        let (nonce, sealed) = bytes[HEADER..].split_at(NONCE);
        let nonce: [u8; NONCE] = nonce.try_into().map_err(Error::internal)?;
        let value = self.cipher(column).open(&nonce, &self.place(column, row), sealed).map_err(|_| {
            Error::internal(format!("{} of {row} was altered or moved from another place", column.field))
        })?;
        String::from_utf8(value).map_err(Error::internal)
    }

    /// What a person is shown of a sealed value in lists and records: nothing when the field is hidden from them, else
    /// its masked form. The value itself is only given out by an audited reveal.
    pub fn masked(&self, who: &Principal, column: &Column, row: Uuid, sealed: Option<&[u8]>) -> Result<Option<Masked>> {
        let Some(sealed) = sealed.filter(|_| who.field(column.field, column.class()) >= FieldAccess::Masked) else {
            return Ok(None);
        };
        let value = Zeroizing::new(self.open_sealed(column, row, sealed)?);
        Ok(Some(Masked { masked: column.mask(&value) }))
    }

    /// The blind index of a value: equal for all its spellings, meaningless without the key.
    pub fn index(&self, column: &Column, value: &str) -> Vec<u8> {
        self.hmac(column.table, column.name, Use::Index, column.normalise(value).as_bytes()).to_vec()
    }

    /// The blind index of the last four digits of a phone number; `None` when there are fewer.
    pub fn last4_index(&self, column: &Column, value: &str) -> Option<Vec<u8>> {
        let digits = column.normalise(value);
        let last = digits.len().checked_sub(4).and_then(|start| digits.get(start..))?;
        Some(self.hmac(column.table, column.name, Use::Last4, last.as_bytes())[..LAST4_BYTES].to_vec())
    }

    /// A keyed digest for any other purpose, such as naming a personal value in the audit without telling it.
    pub fn digest(&self, purpose: &'static str, bytes: &[u8]) -> [u8; 32] {
        self.hmac(purpose, "", Use::Digest, bytes)
    }

    fn hmac(&self, table: &'static str, column: &'static str, usage: Use, bytes: &[u8]) -> [u8; 32] {
        let key = self.key(table, column, usage);
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key[..]).expect("HMAC takes a key of any length");
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }

    fn cipher(&self, column: &Column) -> Cipher {
        Cipher::new(&self.key(column.table, column.name, Use::Seal))
    }

    /// The additional data that binds a value to its place. Parts are length-prefixed, so no two places look alike.
    fn place(&self, column: &Column, row: Uuid) -> Vec<u8> {
        let mut place = Vec::with_capacity(64);
        for part in [column.table.as_bytes(), column.name.as_bytes(), row.as_bytes(), &self.key_id] {
            place.extend((part.len() as u32).to_be_bytes());
            place.extend(part);
        }
        place
    }

    fn key(&self, table: &'static str, column: &'static str, usage: Use) -> Arc<Key> {
        let name = (table, column, usage);
        if let Some(key) = self.keys.read().unwrap_or_else(PoisonError::into_inner).get(&name) {
            return Arc::clone(key);
        }
        let word = match usage {
            Use::Seal => "seal",
            Use::Index => "index",
            Use::Last4 => "last4",
            Use::Digest => "digest",
        };
        let key = Arc::new(expand(&self.derivation, &[table, column, word]));
        self.keys.write().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::clone(&key));
        key
    }
}

fn expand(derivation: &Hkdf<Sha256>, parts: &[&str; 3]) -> Key {
    let mut info = Vec::with_capacity(64);
    for part in parts {
        info.extend((part.len() as u32).to_be_bytes());
        info.extend(part.as_bytes());
    }
    let mut key = Zeroizing::new([0; 32]);
    derivation.expand(&info, &mut key[..]).expect("32 bytes are within what HKDF gives");
    key
}
