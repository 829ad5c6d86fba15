//! What the disk itself can do: how long it takes until a small write is safe. No durable write can be faster, only
//! share the wait with others.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::table::millis;

const LASTING: Duration = Duration::from_secs(2);
/// About what one small change adds to the write-ahead log.
const BYTES: usize = 32 << 10;

/// Writes and flushes for a while, one after the other.
pub fn describe(folder: &Path) -> std::io::Result<String> {
    let path = folder.join("flush");
    let mut file = File::create(&path)?;
    let (block, started) = (vec![7; BYTES], Instant::now());
    let mut times = Vec::new();
    while started.elapsed() < LASTING {
        let before = Instant::now();
        file.write_all(&block)?;
        file.sync_all()?;
        times.push(before.elapsed());
    }
    std::fs::remove_file(&path)?;
    times.sort_unstable();
    let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    let rate = times.len() as f64 / started.elapsed().as_secs_f64();
    Ok(format!("{rate:.0} flushes of {} KiB/s, p50 {} ms, p99 {} ms", BYTES >> 10, millis(p50), millis(p99)))
}
