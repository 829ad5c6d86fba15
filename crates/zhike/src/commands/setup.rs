use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};
use store::Entity as _;
use store::jobs::{Job, State};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::log::{self, LogForm};
use super::place::{Opened, Place};
use super::print_json;
use zhike::kernel::{Clock, Error, Result};
use zhike::platform::access::{password, setup};
use zhike::platform::jobs::Runner;
use zhike::platform::stream::Hub;

#[derive(Debug, Args)]
pub struct Setup {
    #[command(flatten)]
    place: Place,
    /// The company's name.
    #[arg(long)]
    company: String,
    /// Login of the first person, who administers the system.
    #[arg(long)]
    admin: String,
    /// Their name; the login when left out.
    #[arg(long)]
    name: Option<String>,
    /// A file that holds their password on its first line; `-` reads it from the standard input.
    #[arg(long)]
    password_file: PathBuf,
    #[arg(long, default_value = "Asia/Shanghai")]
    time_zone: String,
    /// Fill the company with sample people and customers.
    #[arg(long)]
    sample: bool,
    #[arg(long)]
    json: bool,
}

impl Setup {
    pub fn run(self) -> Result<ExitCode> {
        let password = read_password(&self.password_file)?;
        let setup = setup::Setup {
            token: String::new(),
            company: self.company,
            time_zone: self.time_zone,
            admin: setup::FirstPerson {
                name: self.name.unwrap_or_else(|| self.admin.clone()),
                login: self.admin,
                password: password.to_string(),
            },
            sample: self.sample,
        };
        setup::check(&setup)?;
        let place = self.place.open()?;
        let hash = password::hash_now(&password)?;
        let system = place.system();
        let founded = place.db.write_blocking(move |tx| setup::found(tx, &system, &setup, &hash)).map_err(told)?;
        let made = founded.sample_job.map(|job| fill(&place, job)).transpose()?;
        if self.json {
            print_json(&json!({ "user_id": founded.user.id, "job_id": founded.sample_job, "sample": made }))?;
        } else {
            println!(
                "The company is set up. Start the server with `zhike serve` and sign in as {}.",
                founded.user.login
            );
            made.iter().for_each(introduce);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn told(error: Error) -> Error {
    match error.code {
        "setup.done" => error.detail("this company is set up already; start the server with `zhike serve`"),
        _ => error,
    }
}

/// Makes the sample company now, as the job that the server would run.
fn fill(place: &Opened, job: Uuid) -> Result<Value> {
    // Why a step did not succeed is told there and nowhere else.
    log::start(LogForm::Text, "warn");
    let runner = Runner {
        db: place.db.clone(),
        vault: Arc::clone(&place.vault),
        clock: Clock::system(),
        files: place.files.clone(),
        hub: Hub::default(),
        registry: Arc::new(zhike::app::jobs()),
    };
    runner.run_due()?;
    let job = place.db.read_blocking(move |tx| Job::get(tx, job))?;
    match job.state {
        State::Done => Ok(job.result.unwrap_or_default()),
        _ => Err(Error::new(500, "sample.failed").detail(format!(
            "the company is set up, but its sample content could not be made: {}",
            job.error.unwrap_or_default()
        ))),
    }
}

/// Tells through whose eyes the sample company can be looked at.
fn introduce(made: &Value) {
    let text = |of: &Value, name: &str| of[name].as_str().unwrap_or_default().to_owned();
    println!("\nThe people of the sample company share the password {}. Some of them:", text(made, "password"));
    for person in made["sign_in"].as_array().into_iter().flatten() {
        let [login, name, department, post] = ["login", "name", "department", "post"].map(|part| text(person, part));
        println!("  {login:<16} {name}, {department}, {post}");
    }
}

fn read_password(path: &PathBuf) -> Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    let read = match path.as_os_str() == "-" {
        true => std::io::stdin().read_to_string(&mut text),
        false => std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text)),
    };
    read.map_err(|error| {
        Error::invalid("setup.password_file").detail(format!("cannot read {}: {error}", path.display()))
    })?;
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}
