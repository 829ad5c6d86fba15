//! A company of a given size, made once by `zhike sample` and measured in a copy, so that every run begins alike.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use journeys::server::{ADMIN, Installation, Server, succeed};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::added;
use crate::machine::Pinning;
use crate::table::seconds;

/// Records that requests choose from.
const CHOICES: usize = 20_000;
/// What `zhike sample` says it made; written when it has.
const MADE: &str = "made.json";
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(2);
const JOBS_DUE: &str = "select count(*) from job where state = 'running' or (state = 'queued' and run_at <= ?1)";

#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub customers: u64,
    pub contacts: u64,
    pub interactions: u64,
}

impl Size {
    pub fn describe(&self) -> String {
        format!("{} customers, {} contacts, {} interactions", self.customers, self.contacts, self.interactions)
    }
}

pub struct Company {
    pub place: Installation,
    pub token: String,
    /// The token of somebody who sells, whose rights are narrow.
    pub seller: String,
    /// Customers at random, and names of customers at random.
    pub ids: Vec<String>,
    pub names: Vec<String>,
    folder: PathBuf,
}

impl Company {
    /// Copies the company of this size, which is made first if it is not there yet.
    pub fn copy(root: &Path, size: Size, seed: u64) -> Self {
        let source = root.join(format!("{}-{}-{}-{seed}", size.customers, size.contacts, size.interactions));
        if !source.join(MADE).exists() {
            make(&source, size, seed);
        }
        let folder = root.join("run");
        clear(&folder);
        succeed(Command::new("cp").args(["-r", "--reflink=auto"]).arg(&source).arg(&folder));
        let place = Installation::at(&folder);
        let (token, seller) = (place.token(ADMIN), place.token(&salesperson(&folder)));
        let connection = Connection::open_with_flags(place.database(), OpenFlags::SQLITE_OPEN_READ_ONLY);
        let connection = connection.expect("the database of the sample");
        let ids = sample(&connection, "lower(hex(id))");
        let names = sample(&connection, "name");
        Self { place, token, seller, ids, names, folder }
    }

    /// An empty company.
    pub fn empty(root: &Path) -> Self {
        let folder = root.join("run");
        clear(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let place = Installation::at(&folder);
        place.set_up();
        Self { token: place.token(ADMIN), seller: String::new(), place, ids: Vec::new(), names: Vec::new(), folder }
    }

    pub fn start(&self, pinning: &Pinning) -> Server {
        self.place.start_with(pinning.on_first(self.place.command(&["serve"])))
    }

    /// How long its server works on before nothing is left to do, if it comes to that within this time. Work that a
    /// killed server had begun is taken up again when its lease is over.
    pub fn rests(&self, within: Duration) -> Option<Duration> {
        let connection = Connection::open_with_flags(self.place.database(), OpenFlags::SQLITE_OPEN_READ_ONLY);
        let connection = connection.expect("the database of the sample");
        let started = Instant::now();
        while started.elapsed() < within {
            let began = started.elapsed();
            thread::sleep(LOOK_AGAIN_AFTER);
            let now = jiff::Timestamp::now().as_microsecond();
            let jobs: i64 = connection.query_row(JOBS_DUE, [now], |row| row.get(0)).expect("the table of jobs");
            if jobs == 0 {
                return Some(began);
            }
        }
        None
    }
}

impl Drop for Company {
    fn drop(&mut self) {
        clear(&self.folder);
    }
}

fn make(folder: &Path, size: Size, seed: u64) {
    println!("making {} …", size.describe());
    clear(folder);
    fs::create_dir_all(folder).expect("a folder for the sample");
    let started = Instant::now();
    let place = Installation::at(folder);
    place.set_up();
    let numbers = [size.customers, size.contacts, size.interactions, seed].map(|number| number.to_string());
    let [customers, contacts, interactions, seed] = &numbers;
    let mut sample = place.command(&["sample", "--customers", customers, "--contacts", contacts]);
    sample.args(["--interactions", interactions, "--seed", seed, "--json"]).stderr(Stdio::inherit());
    let made = succeed(&mut sample);
    added::fill(&Connection::open(place.database()).expect("the database of the sample"));
    fs::write(folder.join(MADE), made.stdout).expect("a note of what was made");
    println!("made in {}", seconds(started.elapsed()));
}

/// The login of somebody who sells in a company that was made.
fn salesperson(folder: &Path) -> String {
    let made = fs::read(folder.join(MADE)).expect("a note of what was made");
    let made: Value = serde_json::from_slice(&made).expect("JSON");
    made["made"]["salesperson"].as_str().expect("somebody who sells").to_owned()
}

fn clear(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("a folder that can be removed");
    }
}

fn sample(connection: &Connection, column: &str) -> Vec<String> {
    let sql = format!("select {column} from customer order by random() limit {CHOICES}");
    let mut statement = connection.prepare(&sql).expect("the table of customers");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("texts")
}
