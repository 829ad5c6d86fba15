use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::place::Place;
use super::print_json;
use zhike::kernel::{Clock, Error, Result};
use zhike::platform::backup::{self, Manifest};
use zhike::platform::files::Files;
use zhike::platform::vault;

#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    place: Place,
    /// The archive to write; it must not exist yet.
    file: PathBuf,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct Restore {
    #[command(flatten)]
    place: Place,
    /// The archive to read.
    file: PathBuf,
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub fn run(self) -> Result<ExitCode> {
        embedded_only(&self.place)?;
        let (db, _lock) = self.place.db_beside()?;
        let files = Files::open(&self.place.data)?;
        let key_id = db.read_blocking(vault::enrolled)?.unwrap_or_default();
        let made = backup::make(&db, &files, &key_id, &self.file, Clock::system().now())?;
        if self.json {
            print_json(&made)?;
        } else {
            println!("Wrote and checked {}. {}", self.file.display(), summary(&made));
            println!("It does not hold the root key {}; keep that apart.", self.place.key().display());
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Restore {
    pub fn run(self) -> Result<ExitCode> {
        embedded_only(&self.place)?;
        vault::refuse_inside(&self.place.key(), &self.place.data)?;
        let restored = backup::restore(&self.file, &self.place.data)?;
        if self.json {
            print_json(&restored)?;
        } else {
            println!("Restored into {}. {}", self.place.data.display(), summary(&restored));
            println!(
                "Copy erased.jsonl of the former data directory there before the server starts: people who were erased \
                 since the backup was made are back in it, and go again by that list."
            );
        }
        self.check_key(&restored)
    }

    /// The data is back whether or not the key is; say what is missing.
    fn check_key(&self, restored: &Manifest) -> Result<ExitCode> {
        let (db, _lock) = self.place.db_beside()?;
        match self.place.vault_beside(&db) {
            Ok(_) => Ok(ExitCode::SUCCESS),
            Err(error) => {
                eprintln!("The root key {} is still missing here: {}", restored.key_id, super::explain(&error));
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

fn embedded_only(place: &Place) -> Result<()> {
    if place.is_embedded() {
        return Ok(());
    }
    let advice = "this is for the embedded database; back up PostgreSQL with pg_dump, and the data directory beside it";
    Err(Error::invalid("backup.embedded_only").detail(advice))
}

fn summary(manifest: &Manifest) -> String {
    format!(
        "Database {} bytes, {} files, {} audit entries, audit head {}.",
        manifest.database.bytes,
        manifest.files.len(),
        manifest.audit_rows,
        manifest.audit_head
    )
}
