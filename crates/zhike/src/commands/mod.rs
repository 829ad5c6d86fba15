//! The command line: a second door to the same services. Every command that a script would read has `--json`.

mod audit;
mod backup;
mod doctor;
mod import;
mod lock;
mod log;
mod openapi;
mod place;
mod policy;
mod sample;
mod serve;
mod setup;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use zhike::kernel::{Error, Result};

/// Zhike 知客: a customer-relationship system that runs a company's own regulations.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the console and the API until stopped.
    Serve(serve::Serve),
    /// Makes the company and its first administrator; what the first page of the console does.
    Setup(setup::Setup),
    /// API tokens.
    #[command(subcommand)]
    Token(token::Token),
    /// The audit.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// The regulations.
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Brings data in from files.
    #[command(subcommand)]
    Import(import::Import),
    /// Writes a backup of the embedded database and its files, also while the server runs.
    Backup(backup::Backup),
    /// Restores a backup into an empty data directory.
    Restore(backup::Restore),
    /// Makes a company of any size in an empty one, for measuring.
    Sample(sample::Sample),
    /// Looks for what is wrong and says what to do about it.
    Doctor(doctor::Doctor),
    /// Prints the description of the HTTP interface (OpenAPI 3.1).
    Openapi(openapi::Openapi),
}

/// Runs the command of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Serve(command) => command.run(),
        Command::Setup(command) => command.run(),
        Command::Token(command) => command.run(),
        Command::Audit(command) => command.run(),
        Command::Policy(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Backup(command) => command.run(),
        Command::Restore(command) => command.run(),
        Command::Sample(command) => command.run(),
        Command::Doctor(command) => command.run(),
        Command::Openapi(command) => command.run(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("zhike: {}", explain(&error));
        ExitCode::FAILURE
    })
}

/// An error in words for whoever sits at the terminal.
fn explain(error: &Error) -> String {
    let mut text = error.detail.clone().unwrap_or_else(|| error.code.to_owned());
    for field in &error.fields {
        text.push_str(&format!("\n  {}: {}", field.field, field.message.as_deref().unwrap_or(&field.code)));
    }
    if let Some(source) = &error.source {
        text.push_str(&format!("\n  {source}"));
    }
    text
}

/// Prints a value for scripts.
fn print_json(value: &impl serde::Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}
