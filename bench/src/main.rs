//! Measures the product: `cargo run --release -p bench`, or `make bench`. It prints figures beside the ceiling of the
//! same run and the targets they are held against, and judges nothing.
//!
//! `--quick` leaves out the large company and the kills, `--no-faults` the kills alone, `--fresh` makes the companies
//! anew, `--seconds N` measures each request for so long.

mod added;
mod company;
mod disk;
mod duplicates;
mod import;
mod job;
mod life;
mod load;
mod machine;
mod plan;
mod process;
mod requests;
mod table;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use journeys::server;

use crate::company::{Company, Size};
use crate::load::Target;
use crate::machine::Pinning;

const SEED: u64 = 20_261_123;
const KILLS: &str = "1000";
const READY_WITHIN: Duration = Duration::from_secs(60);
const SMALL: Size = Size { customers: 100_000, contacts: 200_000, interactions: 500_000 };
const LARGE: Size = Size { customers: 1_000_000, contacts: 1_000_000, interactions: 1_000_000 };

struct Options {
    quick: bool,
    faults: bool,
    fresh: bool,
    lasting: Duration,
}

impl Options {
    fn read() -> Self {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let has = |name: &str| arguments.iter().any(|argument| argument == name);
        let after = arguments.iter().skip_while(|argument| *argument != "--seconds").nth(1);
        let seconds = after.and_then(|seconds| seconds.parse().ok()).unwrap_or(5);
        Self {
            quick: has("--quick"),
            faults: !has("--quick") && !has("--no-faults"),
            fresh: has("--fresh"),
            lasting: Duration::from_secs(seconds),
        }
    }
}

fn main() {
    let options = Options::read();
    let started = Instant::now();
    server::binary();
    let root = data_root(options.fresh);
    let pinning = Pinning::set_up();
    println!("# Zhike, measured\n\n{}\nseed     {SEED}\nplaces   {}", machine::describe(), pinning.describe());
    println!("disk     {}", disk::describe(&root).expect("a disk to write to"));
    measure(&root, "100 000 customers", SMALL, &options, &pinning);
    if !options.quick {
        measure(&root, "1 000 000 customers", LARGE, &options, &pinning);
    }
    measure_import(&root, &pinning);
    if options.faults {
        kill(&pinning);
    }
    println!("\nduration {:.0} s", started.elapsed().as_secs_f64());
}

/// Where the companies are kept between runs.
fn data_root(fresh: bool) -> PathBuf {
    let me = std::env::current_exe().expect("the path of this program");
    let target = me.parent().and_then(Path::parent).expect("the target folder");
    let root = target.join("bench-data");
    if fresh && root.exists() {
        std::fs::remove_dir_all(&root).expect("a folder that can be removed");
    }
    std::fs::create_dir_all(&root).expect("a folder for the companies");
    root
}

fn measure(root: &Path, name: &str, size: Size, options: &Options, pinning: &Pinning) {
    let company = Company::copy(root, size, SEED);
    println!("\n{}", size.describe());
    life::measure(&format!("Start and rest, {name}"), &company, pinning);
    // The requests are measured, not the disk: the start from a cold cache left nothing of the file in memory.
    machine::remember(&company.place.database());
    let mut server = company.start(pinning);
    server.ready(READY_WITHIN);
    company.rests(life::REST_WITHIN);
    let target = Target {
        address: company.place.address,
        token: company.token.clone(),
        process: server.id(),
        seed: SEED,
        lasting: options.lasting,
    };
    requests::measure(&format!("Requests, {name}"), &target, &company);
    requests::measure_narrow(&format!("Requests of a salesperson, {name}"), &target, &company);
    requests::measure_writes(&format!("Durable writes, {name}"), &target, &company);
    duplicates::measure(&format!("Likely duplicates, {name}"), &company, &server);
    plan::measure(&format!("Planning, {name}"), &company, &server);
}

fn measure_import(root: &Path, pinning: &Pinning) {
    let company = Company::empty(root);
    let mut server = company.start(pinning);
    server.ready(READY_WITHIN);
    import::measure(&company, &server);
}

/// The same trial as in the tests, longer.
fn kill(pinning: &Pinning) {
    println!("\n## {KILLS} kills under load\n");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut test = Command::new(cargo);
    test.args([
        "test",
        "--quiet",
        "--release",
        "--package",
        "journeys",
        "--test",
        "faults",
        "kill",
        "--",
        "--nocapture",
    ]);
    test.env("ZHIKE_KILLS", KILLS);
    let survived = pinning.on_all(test).status().is_ok_and(|status| status.success());
    println!("{}", if survived { "nothing was lost" } else { "FAILED: see above" });
}
