use std::process::ExitCode;

use clap::Args;

use zhike::kernel::Result;

#[derive(Debug, Args)]
pub struct Openapi {}

impl Openapi {
    pub fn run(self) -> Result<ExitCode> {
        println!("{}", zhike::app::openapi().to_pretty_json()?);
        Ok(ExitCode::SUCCESS)
    }
}
