use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use zhike::app::MIGRATIONS;
use zhike::kernel::{Error, Result};

/// The hold on an embedded database: all its writes go through one process. The operating system lets go of it when the
/// process ends, however that happens.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Who holds it.
#[derive(Debug, Serialize, Deserialize)]
struct Holder {
    pid: u32,
    version: String,
    schema: i64,
}

fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

impl Lock {
    /// Takes the hold, or says who has it.
    pub fn take(data: &Path) -> Result<Self> {
        match Self::attempt(data)? {
            Ok(lock) => Ok(lock),
            Err(holder) => Err(Error::conflict("lock.held").detail(format!(
                "the server (process {}) is using {}; stop it first, or do this in the console",
                pid(holder.as_ref()),
                data.display()
            ))),
        }
    }

    /// For commands that only read: takes the hold if nobody has it, and otherwise goes beside the holder, provided that
    /// it is of the same schema, because opening a database brings it up to date.
    pub fn beside(data: &Path) -> Result<Option<Self>> {
        match Self::attempt(data)? {
            Ok(lock) => Ok(Some(lock)),
            Err(Some(holder)) if holder.schema == newest() => Ok(None),
            Err(holder) => Err(Error::conflict("lock.other_version").detail(format!(
                "the server (process {}) that uses {} is of another version; stop it first, or use the same program",
                pid(holder.as_ref()),
                data.display()
            ))),
        }
    }

    fn attempt(data: &Path) -> Result<std::result::Result<Self, Option<Holder>>> {
        let path = data.join("zhike.lock");
        let unusable = |error: std::io::Error| {
            Error::invalid("lock.unusable").detail(format!("cannot use {}: {error}", path.display()))
        };
        let mut options = File::options();
        let mut file = options.read(true).write(true).create(true).truncate(false).open(&path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {
                sign(&mut file).map_err(unusable)?;
                Ok(Ok(Self { _file: file }))
            }
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                file.read_to_string(&mut text).map_err(unusable)?;
                Ok(Err(serde_json::from_str(&text).ok()))
            }
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }
}

fn pid(holder: Option<&Holder>) -> String {
    holder.map_or("unknown".to_owned(), |holder| holder.pid.to_string())
}

fn sign(file: &mut File) -> std::io::Result<()> {
    let holder = Holder { pid: std::process::id(), version: env!("CARGO_PKG_VERSION").to_owned(), schema: newest() };
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(serde_json::to_string(&holder)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_writes_and_others_read_beside_it() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let held = Lock::take(folder.path()).expect("taken");
        let refused = Lock::take(folder.path()).expect_err("refused");
        assert!(refused.detail.expect("advice").contains(&std::process::id().to_string()));
        assert!(Lock::beside(folder.path()).expect("the same version").is_none());
        drop(held);
        assert!(Lock::beside(folder.path()).expect("free").is_some());
    }

    #[test]
    fn nobody_reads_beside_another_version() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let held = Lock::take(folder.path()).expect("taken");
        let older = Holder { pid: 1, version: "0".into(), schema: 1 };
        std::fs::write(folder.path().join("zhike.lock"), serde_json::to_string(&older).expect("json"))
            .expect("written");
        let refused = Lock::beside(folder.path()).err().map(|error| error.code);
        assert_eq!(refused, Some("lock.other_version"));
        drop(held);
    }
}
