//! What the program says of itself, on the error output.

use std::io::IsTerminal;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogForm {
    Text,
    Json,
}

/// Writes what is at least as grave as `least`, unless RUST_LOG asks for something else.
pub fn start(form: LogForm, least: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(least));
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    match form {
        LogForm::Text => log.init(),
        LogForm::Json => log.json().init(),
    }
}
