use std::process::ExitCode;

use clap::Args;

use super::place::Place;
use super::print_json;
use zhike::kernel::{Clock, Error, Result};
use zhike::platform::doctor::{self, Finding, Level};
use zhike::platform::files::Files;

#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    place: Place,
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub fn run(self) -> Result<ExitCode> {
        let findings = match self.place.db_beside() {
            Ok((db, _lock)) => {
                let mut findings = vec![key(&self.place, &db)];
                let files = Files::open(&self.place.data)?;
                findings.extend(doctor::examine(&db, &files, &zhike::app::searchable(), Clock::system().now()));
                findings
            }
            Err(error) => vec![unopened(&error)],
        };
        match self.json {
            true => print_json(&findings)?,
            false => findings.iter().for_each(print),
        }
        let worst = findings.iter().map(|finding| finding.level).max();
        Ok(if worst == Some(Level::Fault) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn key(place: &Place, db: &store::Db) -> Finding {
    match place.vault_beside(db) {
        Ok(vault) => Finding::fine("key", format!("{} opens this database", vault.key_id())),
        Err(error) => Finding::fault(
            "key",
            super::explain(&error),
            "Put the right key file back, readable by its owner alone, or name it with --key.",
        ),
    }
}

fn unopened(error: &Error) -> Finding {
    let advice = match error.code {
        "place.schema" => "Start the program of the version that this database belongs to.",
        "place.database" => {
            "Stop the server, keep this data directory aside, and restore the latest backup with `zhike restore`."
        }
        _ => "Do what the message says, and run `zhike doctor` again.",
    };
    Finding::fault("database", super::explain(error), advice)
}

fn print(finding: &Finding) {
    let mark = match finding.level {
        Level::Fine => "ok  ",
        Level::Warning => "note",
        Level::Fault => "BAD ",
    };
    println!("{mark}  {:<9} {}", finding.check, finding.found);
    if let Some(advice) = finding.advice {
        println!("      {:<9} {advice}", "");
    }
}
