//! What the figures were measured on, and who may use which processor.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io};

/// The server on one processor and the clients on another, where there are two.
pub struct Pinning {
    possible: bool,
}

impl Pinning {
    /// Moves this process, and the threads it will start, to the second processor.
    pub fn set_up() -> Self {
        let me = std::process::id().to_string();
        let possible = cores() > 1 && quiet(Command::new("taskset").args(["-pc", "1", &me]));
        Self { possible }
    }

    /// A command that runs on the first processor.
    pub fn on_first(&self, command: Command) -> Command {
        self.on("0", command)
    }

    /// A command that runs on all of them, unlike this process.
    pub fn on_all(&self, command: Command) -> Command {
        self.on(&format!("0-{}", cores() - 1), command)
    }

    fn on(&self, processors: &str, command: Command) -> Command {
        if !self.possible {
            return command;
        }
        let mut pinned = Command::new("taskset");
        pinned.args(["-c", processors]).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => pinned.env(name, value),
                None => pinned.env_remove(name),
            };
        }
        pinned
    }

    pub fn describe(&self) -> &'static str {
        if self.possible {
            "server on processor 0, clients on processor 1"
        } else {
            "server and clients share processors"
        }
    }
}

fn quiet(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

pub fn cores() -> usize {
    let online = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    online.lines().filter(|line| line.starts_with("processor")).count().max(1)
}

/// Processor, kernel and commit in one line each.
pub fn describe() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name));
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory.lines().next().and_then(number).unwrap_or(0) >> 20;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "machine  {} cores, {}, {memory} GiB, Linux {}\ncommit   {}",
        cores(),
        model.unwrap_or("unknown processor"),
        kernel.trim(),
        commit().unwrap_or_else(|| "unknown".to_owned())
    )
}

fn commit() -> Option<String> {
    let output = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).stderr(Stdio::null()).output().ok()?;
    let hash = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    let dirty = !quiet(Command::new("git").args(["diff", "--quiet", "HEAD"]));
    output.status.success().then(|| if dirty { format!("{hash} with changes") } else { hash })
}

/// The first number in a line of /proc.
pub fn number(line: &str) -> Option<u64> {
    line.split_whitespace().find_map(|word| word.parse().ok())
}

/// Empties the page cache, so that the next start reads from the disk; only the administrator may.
pub fn forget_files() -> bool {
    quiet(&mut Command::new("sync")) && fs::write("/proc/sys/vm/drop_caches", "3").is_ok()
}

/// Reads a file once, so that the system has as much of it in memory as fits.
pub fn remember(file: &Path) {
    let mut file = fs::File::open(file).expect("a file to read");
    io::copy(&mut file, &mut io::sink()).expect("a file that can be read");
}
