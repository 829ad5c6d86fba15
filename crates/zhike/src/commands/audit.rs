use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::place::Place;
use super::print_json;
use zhike::kernel::Result;
use zhike::platform::audit::{self, Verdict};

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Follows the chain of entries from the first to the last.
    Verify(Verify),
}

#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    place: Place,
    /// A head that an earlier check printed. It must still be part of the chain; so a cut end is noticed.
    #[arg(long)]
    head: Option<String>,
    #[arg(long)]
    json: bool,
}

impl Audit {
    pub fn run(self) -> Result<ExitCode> {
        let Self::Verify(verify) = self;
        let (db, _lock) = verify.place.db_beside()?;
        let verdict = db.read_blocking(move |tx| audit::verify(tx, verify.head.as_deref()))?;
        if verify.json {
            print_json(&verdict)?;
        } else {
            print(&verdict);
        }
        Ok(if verdict.is_intact() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn print(verdict: &Verdict) {
    match verdict {
        Verdict::Intact { rows, head, erased } => {
            println!(
                "The audit is intact: {rows} entries, {erased} of them about people who were erased.\nhead {head}"
            );
            println!("Note the head outside this machine and pass it to the next check with --head.");
        }
        Verdict::Broken { seq, reason } => {
            println!("The audit was tampered with: entry {seq} is the first that does not fit ({reason:?}).");
            println!("Keep this database as evidence, and compare with the last backup before it.");
        }
        Verdict::HeadMissing { rows, head } => {
            println!("The chain is whole ({rows} entries, head {head}), but the head given is not part of it:");
            println!("its end was cut off, or all of it was rewritten. Compare with the last backup.");
        }
    }
}
