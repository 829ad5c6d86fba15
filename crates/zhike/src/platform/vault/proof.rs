use store::Tx;
use uuid::Uuid;

use super::{Column, Kind, Vault};
use crate::kernel::{Error, Result};

const PROOF: Column = Column::new("vault_key", "proof", "vault_key.proof", Kind::Secret);
const WORDS: &str = "this database and this key belong together";

store::statements! {
    ENROLLED = "select key_id, proof from vault_key where id = $1";
    ENROL = "insert into vault_key (id, key_id, proof) values ($1, $2, $3)";
}

/// The root key that this database has been tied to, by its name: if there is one, a missing key file must not be
/// replaced by a new one.
pub fn enrolled(tx: &mut Tx<'_>) -> Result<Option<String>> {
    Ok(tx.query_opt(&ENROLLED, &[&Uuid::nil()])?.map(|row| row.get(0)).transpose()?)
}

/// Ties a new database to the key, or refuses a key that is not the database's: with a wrong key nothing could be
/// opened, and what is written under it could never be found again.
pub fn prove(tx: &mut Tx<'_>, vault: &Vault) -> Result<()> {
    let Some(row) = tx.query_opt(&ENROLLED, &[&Uuid::nil()])? else {
        let proof = vault.seal(&PROOF, Uuid::nil(), WORDS)?;
        tx.execute(&ENROL, &[&Uuid::nil(), &vault.key_id(), &proof])?;
        return Ok(());
    };
    let (key_id, proof) = (row.get::<String>(0)?, row.get::<Vec<u8>>(1)?);
    match vault.open_sealed(&PROOF, Uuid::nil(), &proof) {
        Ok(words) if words == WORDS => Ok(()),
        _ => Err(Error::invalid("vault.wrong_key").detail(format!(
            "this root key ({}) is not the one of this database ({key_id}); pass the right file with --key",
            vault.key_id()
        ))),
    }
}
