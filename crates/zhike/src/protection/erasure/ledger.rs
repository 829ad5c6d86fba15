//! Who was erased, outside the database and outside backups: `erased.jsonl` in the data directory, a line for each row
//! that is gone, by ids alone. A backup that was made before brings people back; the server looks here before it listens
//! and erases them again. Whoever restores into a new directory copies the file there first.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::service;
use crate::app::App;
use crate::kernel::{Error, Result};
use crate::platform::access;
use crate::platform::files::Files;
use crate::platform::holdings::About;

const NAME: &str = "erased.jsonl";
/// People looked for in one transaction.
const AT_ONCE: usize = 200;

#[derive(Serialize, Deserialize)]
struct Line {
    customer: Uuid,
    contact: Option<Uuid>,
    at: Timestamp,
}

/// Adds rows that are gone. A line may stand twice; that does no harm.
pub fn note(files: &Files, gone: &[About], at: Timestamp) -> Result<()> {
    let mut text = String::new();
    for (customer, contact) in gone {
        let line = Line { customer: *customer, contact: *contact, at };
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    let path = files.beside(NAME);
    let mut file = File::options().create(true).append(true).open(path).map_err(Error::internal)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(Error::internal)
}

fn read(files: &Files) -> Result<Vec<About>> {
    let text = match fs::read_to_string(files.beside(NAME)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        text => text.map_err(Error::internal)?,
    };
    // A line that a crash cut short was not acknowledged, and its erasure is still under way.
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
    Ok(lines.map(|line| (line.customer, line.contact)).collect())
}

/// Takes out of sight whomever an older copy of the database has brought back, and has them erased again; how many.
pub async fn reapply(app: &App) -> Result<usize> {
    let mut again = 0;
    for some in read(&app.files)?.chunks(AT_ONCE) {
        let (some, vault, now) = (some.to_vec(), app.vault.clone(), app.clock.now());
        again += app
            .db
            .write(move |tx| {
                let who = access::system_here(tx, now, &vault)?;
                let mut count = 0;
                for about in &some {
                    count += usize::from(service::again(tx, &who, *about)?);
                }
                Ok::<_, Error>(count)
            })
            .await?;
    }
    Ok(again)
}
