use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;
use store::Entity as _;

use super::place::{Opened, Place};
use super::print_json;
use zhike::kernel::{Clock, Error, Id, Result};
use zhike::platform::access::model::{Department, User};
use zhike::platform::access::tokens::{self, NewToken};
use zhike::platform::access::{password, setup};
use zhike::sample::large::{self, Made, Progress, Size};

/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_secs(2);

#[derive(Debug, Args)]
pub struct Sample {
    #[command(flatten)]
    place: Place,
    #[arg(long, default_value_t = 100_000)]
    customers: usize,
    #[arg(long, default_value_t = 200_000)]
    contacts: usize,
    #[arg(long, default_value_t = 500_000)]
    interactions: usize,
    /// The same seed makes the same company.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Makes an API token of this name for the first person and prints it.
    #[arg(long, value_name = "NAME")]
    token: Option<String>,
    #[arg(long)]
    json: bool,
}

impl Sample {
    pub fn run(self) -> Result<ExitCode> {
        let place = self.place.open()?;
        let (founder, password) = founder(&place)?;
        let hash = password::hash_now(&password)?;
        let size = Size { customers: self.customers, contacts: self.contacts, interactions: self.interactions };
        let (started, now) = (Instant::now(), Clock::system().now());
        let teller = Mutex::new(Instant::now() - TELL_EVERY);
        let made = large::fill(&place.db, &place.vault, (founder, &hash), (size, self.seed, now), &|progress| {
            tell(&teller, started, progress);
        })?;
        let token = self.token.as_ref().map(|name| token(&place, founder, name)).transpose()?;
        self.print(&made, &password, token, started.elapsed())?;
        Ok(ExitCode::SUCCESS)
    }

    fn print(&self, made: &Made, password: &str, token: Option<String>, took: Duration) -> Result<()> {
        if self.json {
            return print_json(
                &json!({ "made": made, "password": password, "token": token, "seconds": took.as_secs_f64() }),
            );
        }
        println!(
            "Made {} customers with {} contacts and {} interactions, and {} people, in {:.0} s.",
            made.customers,
            made.contacts,
            made.interactions,
            made.people,
            took.as_secs_f64()
        );
        println!("The made people sign in with the password {password}; {} is one who sells.", made.salesperson);
        if let Some(token) = token {
            println!("{token}");
        }
        Ok(())
    }
}

/// Whoever leads the company, which is set up if it is not yet; and a password for the people to be made.
fn founder(place: &Opened) -> Result<(Id<User>, String)> {
    let password = zhike::sample::random_password();
    if !place.db.read_blocking(setup::needed)? {
        let founder = place.db.read_blocking(|tx| {
            let head = Department::one(tx, &large::ROOT, &[])?.and_then(|root| root.head_id);
            head.ok_or_else(|| Error::conflict("sample.nobody").detail("nobody leads this company"))
        })?;
        return Ok((founder, password));
    }
    let hash = password::hash_now(&password)?;
    let system = place.system();
    let admin = setup::FirstPerson { name: "管理员".into(), login: "admin".into(), password: password.clone() };
    let company = "示例公司".to_owned();
    let setup = setup::Setup { token: String::new(), company, time_zone: "Asia/Shanghai".into(), admin, sample: false };
    let founded = place.db.write_blocking(move |tx| setup::found(tx, &system, &setup, &hash))?;
    Ok((founded.user.id, password))
}

fn token(place: &Opened, owner: Id<User>, name: &str) -> Result<String> {
    let (system, new) = (place.system(), NewToken { name: name.to_owned(), days: None });
    let token = place.db.write_blocking(move |tx| {
        let owner = User::get(tx, owner)?;
        tokens::create(tx, &system, owner.id, &new)
    })?;
    Ok(token.secret.unwrap_or_default())
}

/// One line that is written over.
fn tell(teller: &Mutex<Instant>, started: Instant, progress: Progress) {
    let Ok(mut last) = teller.lock() else { return };
    let Progress { stage, done, total } = progress;
    if last.elapsed() < TELL_EVERY && done < total {
        return;
    }
    *last = Instant::now();
    let mut err = std::io::stderr();
    // Progress that cannot be told harms nothing.
    let _ = writeln!(err, "{:>5.0} s  {stage} {done} of {total}", started.elapsed().as_secs_f64());
}
