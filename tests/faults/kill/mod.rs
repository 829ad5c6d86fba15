//! The server is killed again and again (SIGKILL, at a random moment) while people write and a sheet is imported, and
//! started again on the same folder. Then it must be ready within three seconds, everything it acknowledged must be
//! there with its content, nothing may be there by half or twice, the audit must be whole and the import must go on.
//!
//! `ZHIKE_KILLS` says how often; what is written differs from run to run only by the timing of the machine.

mod import;
mod ledger;
mod store_check;
mod writer;

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use journeys::server::{ADMIN, Installation, succeed};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rusqlite::Connection;
use serde_json::Value;

use self::import::Importer;
use self::ledger::Ledger;
use self::writer::Writer;

const KILLS: usize = 200;
/// Kills between two checks of everything.
const KILLS_A_ROUND: usize = 25;
const READY_WITHIN: Duration = Duration::from_secs(3);
/// One life in so many lasts until the import has got on, and ends soon after, so that it is cut in the midst of it.
const A_LONG_LIFE_IN: usize = 4;
const LONG_LIFE_MOST: Duration = Duration::from_secs(3);
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(2);
const WRITERS: usize = 4;
const SEED: u64 = 20_261_123;

#[test]
fn what_was_acknowledged_survives_that_the_server_is_killed() {
    let kills = std::env::var("ZHIKE_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = Installation::at(folder.path());
    place.set_up();
    let mut trial = Trial {
        token: place.token(ADMIN),
        place,
        rng: StdRng::seed_from_u64(SEED),
        ledger: Ledger::default(),
        slowest_start: Duration::ZERO,
    };
    let started = Instant::now();
    let mut done = 0;
    while done < kills {
        let now = KILLS_A_ROUND.min(kills - done);
        let place = trial.ledger.place();
        // Each round asks for what is new in it, the last one for everything.
        let from = if done + now < kills { place } else { (0, 0) };
        trial.round(done, now, from);
        done += now;
    }
    println!(
        "{done} kills in {:.0?}: {}; slowest start {:.0?}; seed {SEED}",
        started.elapsed(),
        trial.ledger.summary(),
        trial.slowest_start
    );
    assert!(trial.ledger.is_worth_something(), "too little was written for the test to mean anything");
    trial.sees_damage();
}

struct Trial {
    place: Installation,
    token: String,
    rng: StdRng,
    ledger: Ledger,
    slowest_start: Duration,
}

impl Trial {
    /// Kills the server `kills` times under load, then lets it live, and checks everything.
    fn round(&mut self, number: usize, kills: usize, from: (usize, usize)) {
        let (stop, address, token) = (AtomicBool::new(false), self.place.address, self.token.clone());
        let rows_in = AtomicI64::new(0);
        let (stop, token, rows_in) = (&stop, &token, &rows_in);
        thread::scope(|scope| {
            // Also when this thread panics, so that the others end and the panic is seen.
            let ending = Ending(stop);
            let writers: Vec<_> = (0..WRITERS)
                .map(|thread| scope.spawn(move || Writer::new(address, token, number, thread).run(stop)))
                .collect();
            let importer = scope.spawn(move || Importer::new(address, token, number, rows_in).run(stop));
            for life in 1..=kills {
                self.live_and_die((life % A_LONG_LIFE_IN == 0).then_some(rows_in));
            }
            let mut server = self.place.start();
            server.ready(READY_WITHIN);
            drop(ending);
            for writer in writers {
                self.ledger.add(writer.join().expect("a writer that ended well"));
            }
            self.ledger.imports.extend(importer.join().expect("an importer that ended well"));
            self.ledger.check_over_http(from, address, token);
            server.kill();
        });
        assert_eq!(store_check::faults(&self.place.database(), &self.ledger), Vec::<String>::new());
        self.ask_the_program();
    }

    /// Starts the server and kills it after a random time, counted from when `rows_in` changed, if it is given.
    fn live_and_die(&mut self, rows_in: Option<&AtomicI64>) {
        let mut server = self.place.start();
        self.slowest_start = self.slowest_start.max(server.ready(READY_WITHIN));
        if let Some(rows_in) = rows_in {
            wait_for_change(rows_in);
        }
        thread::sleep(Duration::from_millis(self.rng.random_range(50..400)));
        server.kill();
    }

    /// A check that cannot fail proves nothing: each kind of damage, done to a copy, must be found.
    fn sees_damage(&self) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (whole, damaged) = (folder.path().join("whole.db"), folder.path().join("damaged.db"));
        let connection = Connection::open(self.place.database()).expect("the database");
        connection.execute("vacuum into ?1", [whole.to_string_lossy()]).expect("a copy");
        for damage in store_check::DAMAGE {
            fs::copy(&whole, &damaged).expect("a copy");
            Connection::open(&damaged).and_then(|copy| copy.execute_batch(damage)).expect(damage);
            assert!(!store_check::faults(&damaged, &self.ledger).is_empty(), "not found: {damage}");
        }
    }

    /// What the program itself says of its data.
    fn ask_the_program(&self) {
        succeed(&mut self.place.command(&["audit", "verify", "--json"]));
        assert_eq!(self.place.faults(&["files"]), Vec::<Value>::new());
    }
}

fn wait_for_change(rows_in: &AtomicI64) {
    let (since, before) = (Instant::now(), rows_in.load(Ordering::SeqCst));
    while rows_in.load(Ordering::SeqCst) == before && since.elapsed() < LONG_LIFE_MOST {
        thread::sleep(LOOK_AGAIN_AFTER);
    }
}

struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
