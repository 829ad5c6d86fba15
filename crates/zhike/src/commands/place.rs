use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use store::{Db, Options};

use super::lock::Lock;
use zhike::app::{self, MIGRATIONS};
use zhike::kernel::{Clock, Error, Result};
use zhike::platform::files::Files;
use zhike::platform::grant::Principal;
use zhike::platform::vault::{self, Vault};
use zhike::platform::{access, backup};

/// Where the data and the key are.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// The data directory: database and files.
    #[arg(long, env = "ZHIKE_DATA", default_value = "zhike-data")]
    pub data: PathBuf,
    /// The root key of personal values, outside the data directory. Made at the first start. Default: beside the data
    /// directory, named like it with `.key`. Keep a copy in a safe place; backups do not hold it.
    #[arg(long, env = "ZHIKE_KEY")]
    pub key: Option<PathBuf>,
    /// A PostgreSQL to use in place of the embedded database.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
}

/// An open place. Dropping it lets go of the lock.
pub struct Opened {
    pub db: Db,
    pub vault: Arc<Vault>,
    pub files: Files,
    _lock: Option<Lock>,
}

impl Opened {
    /// Whoever runs a command on the machine acts as the system.
    pub fn system(&self) -> Principal {
        access::system(Clock::system().now(), &self.vault)
    }
}

impl Place {
    /// Opens for writing. With the embedded database, no other process may have it.
    pub fn open(&self) -> Result<Opened> {
        self.prepare()?;
        let lock = if self.is_embedded() { Some(Lock::take(&self.data)?) } else { None };
        let db = self.db()?;
        let vault = Arc::new(self.vault(&db)?);
        let proven = Arc::clone(&vault);
        db.write_blocking(move |tx| vault::prove(tx, &proven))?;
        Ok(Opened { files: Files::open(&self.data)?, db, vault, _lock: lock })
    }

    /// Opens the database of an existing place for reading, also beside a running server.
    pub fn db_beside(&self) -> Result<(Db, Option<Lock>)> {
        if self.is_embedded() && !backup::database(&self.data).exists() {
            let advice =
                format!("there is no database in {}; give the right directory with --data", self.data.display());
            return Err(Error::invalid("place.empty").detail(advice));
        }
        self.prepare()?;
        let lock = if self.is_embedded() { Lock::beside(&self.data)? } else { None };
        Ok((self.db()?, lock))
    }

    /// The vault that belongs to the database, without writing.
    pub fn vault_beside(&self, db: &Db) -> Result<Vault> {
        let vault = Vault::open(&self.key())?;
        let proven = Vault::open(&self.key())?;
        db.read_blocking(move |tx| match vault::enrolled(tx)? {
            Some(_) => vault::prove(tx, &proven),
            None => Ok(()),
        })?;
        Ok(vault)
    }

    pub fn is_embedded(&self) -> bool {
        self.database_url.is_none()
    }

    pub fn key(&self) -> PathBuf {
        self.key.clone().unwrap_or_else(|| {
            let mut name = self.data.as_os_str().to_owned();
            name.push(".key");
            name.into()
        })
    }

    fn prepare(&self) -> Result<()> {
        vault::refuse_inside(&self.key(), &self.data)?;
        backup::private_folder(&self.data).map_err(|error| {
            Error::invalid("place.unusable").detail(format!("cannot use {}: {error}", self.data.display()))
        })
    }

    fn db(&self) -> Result<Db> {
        app::join_rooms();
        let options = match &self.database_url {
            Some(url) => Options::postgres(url),
            None => Options::sqlite(backup::database(&self.data)),
        };
        Db::open(&options, MIGRATIONS).map_err(|error| match error {
            store::Error::Migration(reason) => Error::invalid("place.schema").detail(reason),
            other => Error { source: Some(other.into()), ..Error::new(500, "place.database") }
                .detail("cannot open the database; `zhike doctor` says more"),
        })
    }

    /// Opens the key; makes one for a new database only, because a new key could not open what an old one sealed.
    fn vault(&self, db: &Db) -> Result<Vault> {
        let key = self.key();
        if key.exists() || db.read_blocking(vault::enrolled)?.is_some() {
            return Vault::open(&key);
        }
        let vault = Vault::generate(&key)?;
        eprintln!("Made the root key {}. Keep a copy of it in a safe place: backups do not hold it.", key.display());
        Ok(vault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(folder: &tempfile::TempDir) -> Place {
        Place { data: folder.path().join("data"), key: None, database_url: None }
    }

    #[test]
    fn the_first_start_makes_a_key_and_later_ones_need_it() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let place = place(&folder);
        let beside = || place.db_beside().and_then(|(db, _lock)| place.vault_beside(&db));
        assert!(beside().is_err(), "nothing to read yet");
        let made = place.open().expect("opened").vault.key_id();
        assert_eq!(place.open().expect("opened").vault.key_id(), made);
        assert_eq!(beside().expect("opened").key_id(), made);
        std::fs::rename(place.key(), folder.path().join("elsewhere")).expect("moved");
        assert_eq!(place.open().err().map(|error| error.code), Some("vault.key_unreadable"));
        assert!(!place.key().exists(), "no new key for old data");
        Vault::generate(&place.key()).expect("another key");
        assert_eq!(place.open().err().map(|error| error.code), Some("vault.wrong_key"));
        assert_eq!(beside().err().map(|error| error.code), Some("vault.wrong_key"));
    }

    #[test]
    fn a_key_inside_the_data_is_refused_before_anything_is_made() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let mut place = place(&folder);
        place.key = Some(place.data.join("zhike.key"));
        assert_eq!(place.open().err().map(|error| error.code), Some("vault.key_inside_data"));
        assert!(!place.data.exists());
    }
}
