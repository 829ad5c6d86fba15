//! What a process has used so far, as the kernel tells it.

use std::fs;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use crate::machine::number;

/// Processor time of all threads, in user and kernel mode.
pub fn cpu_time(id: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The name in parentheses may contain blanks; utime and stime are fields 14 and 15, the name is the second.
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_secs_f64(ticks as f64 / ticks_a_second())
}

fn ticks_a_second() -> f64 {
    static TICKS: OnceLock<f64> = OnceLock::new();
    *TICKS.get_or_init(|| {
        let output = Command::new("getconf").arg("CLK_TCK").output();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        text.ok().and_then(|text| text.parse().ok()).unwrap_or(100.0)
    })
}

/// Memory of its own that is in use now, in MiB: without pages of files, which the kernel takes back when it likes.
pub fn own_memory(id: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    status.lines().find(|line| line.starts_with("RssAnon:")).and_then(number).unwrap_or(0) as f64 / 1024.0
}

/// Memory that is in use now, and the most there ever was, in MiB.
pub fn memory(id: u32) -> (f64, f64) {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let of = |name| status.lines().find(|line| line.starts_with(name)).and_then(number).unwrap_or(0) as f64 / 1024.0;
    (of("VmRSS"), of("VmHWM"))
}
