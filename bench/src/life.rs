//! From the start to the first answer, and what a server needs that nobody asks anything.

use std::thread;
use std::time::Duration;

use crate::company::Company;
use crate::machine::{self, Pinning};
use crate::process;
use crate::table::{figure, figures, seconds};

const STARTS: usize = 5;
const READY_WITHIN: Duration = Duration::from_secs(60);
pub const REST_WITHIN: Duration = Duration::from_secs(600);
const IDLE_FOR: Duration = Duration::from_secs(5);

pub fn measure(title: &str, company: &Company, pinning: &Pinning) {
    figures(title);
    // The first start recovers and migrates what it finds, and does the work of the day; it is not the one to measure.
    let mut first = company.start(pinning);
    first.ready(READY_WITHIN);
    let rested = company.rests(REST_WITHIN);
    figure("work of the day after the first start of a day", &rested.map_or("not over".to_owned(), seconds), "");
    drop(first);
    if machine::forget_files() {
        let took = company.start(pinning).ready(READY_WITHIN);
        figure("start until ready, nothing in the page cache", &seconds(took), "≤ 0.5 s");
    }
    let mut starts: Vec<Duration> = (0..STARTS).map(|_| company.start(pinning).ready(READY_WITHIN)).collect();
    starts.sort_unstable();
    figure(&format!("start until ready, median of {STARTS}"), &seconds(starts[STARTS / 2]), "≤ 0.5 s");
    let mut server = company.start(pinning);
    server.ready(READY_WITHIN);
    company.rests(REST_WITHIN);
    thread::sleep(IDLE_FOR);
    let before = process::cpu_time(server.id());
    thread::sleep(IDLE_FOR);
    let used = process::cpu_time(server.id()) - before;
    let (now, most) = process::memory(server.id());
    figure("memory of an idle server (most so far)", &format!("{now:.1} MiB ({most:.1})"), "≤ 60 MiB");
    let own = process::own_memory(server.id());
    figure("of it its own, without the pages of files", &format!("{own:.1} MiB"), "");
    let share = used.as_secs_f64() / IDLE_FOR.as_secs_f64() * 100.0;
    figure("processor of an idle server", &format!("{share:.1} %"), "");
}
