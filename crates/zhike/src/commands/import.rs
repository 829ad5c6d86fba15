use std::fs::File;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use store::Entity as _;
use store::jobs::{Job, State};
use uuid::Uuid;

use super::place::{Opened, Place};
use super::print_json;
use zhike::app;
use zhike::customers::basis::EntryBasis;
use zhike::customers::import::headings;
use zhike::customers::import::model::{Column, Duplicates, Subject};
use zhike::customers::import::service::{self, ImportView, Mapping, Placing};
use zhike::customers::import::{rejected, source};
use zhike::kernel::permission::action::Import as Importing;
use zhike::kernel::permission::entity::Customer;
use zhike::kernel::{Clock, Error, Result};
use zhike::platform::access;
use zhike::platform::access::login::normal_login;
use zhike::platform::access::model::{USER_BY_LOGIN, User};
use zhike::platform::grant::{Grant, Principal};
use zhike::platform::jobs::Runner;
use zhike::platform::stream::Hub;

const LOOK_EVERY: Duration = Duration::from_millis(200);

#[derive(Debug, Subcommand)]
pub enum Import {
    /// Brings customers in from a sheet (.xlsx or .csv); the same as the import of the console.
    Customers(Customers),
}

#[derive(Debug, Args)]
pub struct Customers {
    #[command(flatten)]
    place: Place,
    /// The sheet.
    file: PathBuf,
    /// The login of whoever imports; customers without an owner of their own become theirs.
    #[arg(long = "as", value_name = "LOGIN")]
    login: String,
    /// Where a column goes, when it is not recognised rightly: `--map contact.phone=电话2`. An empty field leaves the
    /// column out: `--map =内部编号`.
    #[arg(long = "map", value_name = "FIELD=HEADING")]
    maps: Vec<String>,
    /// For cells that are empty: `--default source=exhibition`, `--default owner_id=li`.
    #[arg(long = "default", value_name = "FIELD=TEXT")]
    defaults: Vec<String>,
    /// What to do with customers that are there already: skip, update or create.
    #[arg(long, default_value = "skip")]
    duplicates: String,
    /// Which sheet of a workbook, from 1; the first one that is not hidden when left out.
    #[arg(long)]
    sheet: Option<usize>,
    /// On what basis the people of the sheet are entered: contract (when left out), consent (with --proof), published,
    /// legal_duty ….
    #[arg(long, value_name = "WORD")]
    basis: Option<String>,
    /// What shows it: the words of a message, where the paper lies.
    #[arg(long, value_name = "TEXT")]
    proof: Option<String>,
    /// Looks at every row and writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Where to write the rows that were not taken, with the reasons, as .xlsx.
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    #[arg(long)]
    json: bool,
}

impl Import {
    pub fn run(self) -> Result<ExitCode> {
        let Self::Customers(customers) = self;
        customers.run()
    }
}

impl Customers {
    fn run(self) -> Result<ExitCode> {
        let place = self.place.open()?;
        let who = asker(&place, &self.login)?;
        let grant: Grant<Importing, Customer> = who.grant().map_err(|error| {
            error.detail(format!("{} may not import customers; give them a role that may", self.login))
        })?;
        let import = self.upload(&place, &grant)?;
        let mapping = self.mapping(&import)?;
        let (id, dry_run, asked) = (import.id, self.dry_run, grant.clone());
        let job = place.db.write_blocking(move |tx| {
            service::map(tx, &asked, id, &mapping)?;
            service::start(tx, &asked, id, dry_run)
        })?;
        let outcome = self.watch(&place, job)?;
        if let Some(path) = &self.rejected {
            write_rejected(&place, &grant, id, path)?;
        }
        match self.json {
            true => print_json(&json!({ "import": id, "columns": import.columns, "result": outcome }))?,
            false => self.tell(&outcome),
        }
        Ok(ExitCode::SUCCESS)
    }

    fn upload(&self, place: &Opened, grant: &Grant<Importing, Customer>) -> Result<ImportView> {
        let unreadable = |error: std::io::Error| {
            Error::invalid("file.unreadable").detail(format!("cannot read {}: {error}", self.file.display()))
        };
        let mut file = File::open(&self.file).map_err(unreadable)?;
        let asked = grant.clone();
        let people = place.db.read_blocking(move |tx| service::people(tx, &asked))?;
        let sheet = self.sheet.map(|sheet| sheet.saturating_sub(1));
        let look = file.try_clone().map_err(unreadable)?;
        let around = source::Around { added: service::added(grant.principal()), people };
        let found = source::inspect(look, sheet, Subject::Customer, &around)?;
        file.rewind().map_err(unreadable)?;
        let blob = place.files.put(&mut file, source::limits().file_bytes)?;
        let name = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let asked = grant.clone();
        place.db.write_blocking(move |tx| service::create(tx, &asked, (Subject::Customer, &name), &blob, &found))
    }

    /// What was recognised, set right by `--map`.
    fn mapping(&self, import: &ImportView) -> Result<Mapping> {
        let duplicates = Duplicates::from_word(&self.duplicates)
            .ok_or_else(|| Error::invalid("import.duplicates").detail("--duplicates is skip, update or create"))?;
        let place = |column: &Column| Placing { index: column.index, field: column.field.map(|field| field.text()) };
        let mut columns: Vec<Placing> = import.columns.iter().map(place).collect();
        for map in &self.maps {
            let (field, heading) = pair(map, "--map is FIELD=HEADING")?;
            let named = |column: &&Column| headings::is_same(&column.heading, heading);
            let column = import.columns.iter().find(named).ok_or_else(|| {
                let known: Vec<&str> = import.columns.iter().map(|column| column.heading.as_str()).collect();
                Error::invalid("import.no_such_heading")
                    .detail(format!("no column is called {heading}; there are {}", known.join(", ")))
            })?;
            for placing in &mut columns {
                if placing.index == column.index {
                    placing.field = Some(field.to_owned()).filter(|field| !field.is_empty());
                } else if placing.field.as_deref() == Some(field) && !is_plural(field) {
                    placing.field = None;
                }
            }
        }
        let mut defaults = std::collections::BTreeMap::new();
        for default in &self.defaults {
            let (field, text) = pair(default, "--default is FIELD=TEXT")?;
            defaults.insert(field.to_owned(), Some(text.to_owned()));
        }
        Ok(Mapping { columns, duplicates, defaults, basis: self.entry_basis(), replacements: Vec::new() })
    }

    fn entry_basis(&self) -> Option<EntryBasis> {
        let basis = self.basis.clone()?;
        Some(EntryBasis { basis, channel: None, proof: self.proof.clone() })
    }

    /// Does the job on a thread of this process and tells on the standard error how far it is. With PostgreSQL a server
    /// may be faster to take it; then this waits for that.
    fn watch(&self, place: &Opened, job: Uuid) -> Result<Value> {
        let runner = Runner {
            db: place.db.clone(),
            vault: Arc::clone(&place.vault),
            clock: Clock::system(),
            files: place.files.clone(),
            hub: Hub::default(),
            registry: Arc::new(app::jobs()),
        };
        loop {
            let runner = runner.clone();
            let ran = thread::scope(|scope| {
                let worker = scope.spawn(move || runner.run_due());
                let mut shown = -1;
                while !worker.is_finished() {
                    show_progress(place, job, &mut shown)?;
                    thread::sleep(LOOK_EVERY);
                }
                worker.join().unwrap_or_else(|_| Err(Error::internal("a job panicked")))
            });
            ran?;
            let ended = place.db.read_blocking(move |tx| Job::get(tx, job))?;
            match ended.state {
                State::Done => return Ok(ended.result.unwrap_or_default()),
                State::Failed => return Err(failed(ended.error.as_deref())),
                // Tried again after a while, or in the hands of a server.
                State::Queued | State::Running => thread::sleep(LOOK_EVERY),
            }
        }
    }

    fn tell(&self, outcome: &Value) {
        let count = |name: &str| outcome[name].as_i64().unwrap_or_default();
        let would = if self.dry_run { "would be " } else { "" };
        println!(
            "{} rows: {} new customers {would}created, {} joined to one above, {} updated, {} skipped, {} rejected; {} contacts.",
            count("rows"),
            count("created"),
            count("merged"),
            count("updated"),
            count("skipped"),
            count("rejected"),
            count("contacts")
        );
        if count("rejected") + count("skipped") > 0 && self.rejected.is_none() {
            println!("Give --rejected FILE.xlsx to get the rows that were not taken, with the reasons.");
        }
    }
}

fn show_progress(place: &Opened, job: Uuid, shown: &mut i64) -> Result<()> {
    let job = place.db.read_blocking(move |tx| Job::get(tx, job))?;
    if job.done != *shown && job.total > 0 {
        *shown = job.done;
        let end = if job.done == job.total { "\n" } else { "" };
        eprint!("\r{} / {}{end}", job.done, job.total);
        let _ = std::io::stderr().flush();
    }
    Ok(())
}

fn asker(place: &Opened, login: &str) -> Result<Arc<Principal>> {
    let (login, vault, now) = (normal_login(login), Arc::clone(&place.vault), Clock::system().now());
    place.db.read_blocking(move |tx| {
        let unknown = || Error::not_found().detail(format!("there is no active person with the login {login}"));
        let user = User::one(tx, &USER_BY_LOGIN, &[&login])?.ok_or_else(unknown)?;
        access::principal_of(tx, user.id, now, &vault)?.map(Arc::new).ok_or_else(unknown)
    })
}

fn pair<'a>(text: &'a str, usage: &str) -> Result<(&'a str, &'a str)> {
    let (left, right) = text.split_once('=').ok_or_else(|| Error::invalid("import.usage").detail(usage))?;
    Ok((left.trim(), right.trim()))
}

fn is_plural(field: &str) -> bool {
    zhike::customers::import::target::Target::parse(field).is_some_and(|target| target.takes_many())
}

fn failed(error: Option<&str>) -> Error {
    let told: Value = error.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let code = told["code"].as_str().unwrap_or("unknown");
    let detail = told["detail"].as_str().map(|detail| format!(": {detail}")).unwrap_or_default();
    Error::invalid("import.failed").detail(format!("the import did not get to its end ({code}{detail})"))
}

fn write_rejected(place: &Opened, grant: &Grant<Importing, Customer>, id: Uuid, path: &Path) -> Result<()> {
    let grant = grant.clone();
    let import = place.db.read_blocking(move |tx| rejected::import(tx, &grant, id))?;
    let to = File::create(path).map_err(|error| {
        Error::invalid("file.unwritable").detail(format!("cannot write {}: {error}", path.display()))
    })?;
    rejected::write(&place.db, &import, place.files.read(&import.digest)?, to)
}
