use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::print_json;
use zhike::kernel::{Error, Result};
use zhike::policy::rules::simulate::{self, SimulatedDuty, SimulationResult};
use zhike::policy::{simulation, start};

#[derive(Debug, Subcommand)]
pub enum Policy {
    /// Runs rules over a timeline and shows what would be due, met and told. Needs no database; see docs/simulate.md.
    Simulate(Simulate),
}

#[derive(Debug, Args)]
pub struct Simulate {
    /// Calendars, rules, subjects and a timeline, as JSON.
    file: PathBuf,
    /// Answers the whole result as JSON.
    #[arg(long)]
    json: bool,
}

impl Policy {
    pub fn run(self) -> Result<ExitCode> {
        let Self::Simulate(simulate) = self;
        simulate.run()
    }
}

impl Simulate {
    fn run(self) -> Result<ExitCode> {
        let unreadable = |error: std::io::Error| {
            Error::invalid("simulation.refused").detail(format!("cannot read {}: {error}", self.file.display()))
        };
        let text = std::fs::read_to_string(&self.file).map_err(unreadable)?;
        let file = simulate::read(&text).map_err(simulation::refused)?;
        let result = simulate::simulate(&file, &start::policy).map_err(simulation::refused)?;
        match self.json {
            true => print_json(&result)?,
            false => print(&file.title, &result),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(title: &str, result: &SimulationResult) {
    if !title.is_empty() {
        println!("{title}\n");
    }
    let heading = ["rule", "subject", "occurrence", "due", "state", "margin", "told"].map(str::to_owned);
    let rows: Vec<[String; 7]> = std::iter::once(heading).chain(result.duties.iter().map(row)).collect();
    let widths: Vec<usize> =
        (0..7).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    println!();
    for (rule, kept) in &result.compliance {
        let rate = kept.rate.map_or_else(|| "–".to_owned(), |rate| format!("{:.1} %", rate * 100.0));
        let counts = kept.counts;
        println!(
            "{rule}: due {}, met {}, late {}, missed {}, waived {}, open {}; kept {rate}",
            kept.due, counts.met, counts.late, counts.missed, counts.waived, counts.open
        );
    }
}

fn row(duty: &SimulatedDuty) -> [String; 7] {
    let told: Vec<String> = duty.steps.iter().map(|step| format!("{} {}", step.key, step.at)).collect();
    let none = || "–".to_owned();
    [
        duty.rule.clone(),
        duty.subject.clone(),
        duty.occurrence.clone(),
        duty.due_at.map_or_else(none, |due| due.to_string()),
        duty.state.word().to_owned(),
        duty.margin_seconds.map_or_else(none, |margin| margin.to_string()),
        told.join(", "),
    ]
}
