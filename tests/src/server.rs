//! The real program in a folder of its own: set up, started, killed, asked by its other commands.

use std::fs::{self, File};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::Client;

pub const ADMIN: &str = "admin";
const PASSWORD: &str = "a-long-way-to-the-temple-2026";
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(2);

/// The program: the one that `ZHIKE_BINARY` names, such as one to be released, or else built for this run in the same
/// profile as the caller.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(given) = std::env::var_os("ZHIKE_BINARY") {
            return given.into();
        }
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let mut build = Command::new(cargo);
        // As `make` builds it, so that nothing is built twice.
        build.args(["build", "--quiet", "--bin", "zhike"]);
        build.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo").success(), "zhike does not build");
        let me = std::env::current_exe().expect("the path of this program");
        let folder = me.parent().expect("a folder");
        let folder = if folder.ends_with("deps") { folder.parent().expect("a folder") } else { folder };
        folder.join("zhike")
    })
}

/// A company in a folder.
pub struct Installation {
    folder: PathBuf,
    pub address: SocketAddr,
}

impl Installation {
    /// Opens the installation in `folder`, which may be empty.
    pub fn at(folder: &Path) -> Self {
        // The port is free now, and is asked for again at each start.
        let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        Self { folder: folder.to_owned(), address: address.expect("a free port") }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn database(&self) -> PathBuf {
        self.data().join("zhike.db")
    }

    /// Makes the company and its administrator.
    pub fn set_up(&self) {
        let password = self.folder.join("password");
        fs::write(&password, PASSWORD).expect("a file for the password");
        let mut setup = self.command(&["setup", "--company", "演练公司", "--admin", ADMIN]);
        succeed(setup.arg("--password-file").arg(password));
    }

    /// A new API token for a person.
    pub fn token(&self, login: &str) -> String {
        let output = succeed(&mut self.command(&["token", "create", "--user", login, "--name", "test", "--json"]));
        let token: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        token["secret"].as_str().expect("a token").to_owned()
    }

    /// What the program itself finds wrong with its data, but for checks that are named.
    pub fn faults(&self, but: &[&str]) -> Vec<Value> {
        let output = succeed(&mut self.command(&["doctor", "--json"]));
        let findings: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let is_fault = |finding: &&Value| {
            finding["level"] != "fine" && !but.contains(&finding["check"].as_str().unwrap_or_default())
        };
        findings.as_array().expect("findings").iter().filter(is_fault).cloned().collect()
    }

    /// A command of the program on this installation.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).arg("--data").arg(self.data()).arg("--key").arg(self.folder.join("root.key"));
        command.env_remove("DATABASE_URL").env("RUST_LOG", "warn");
        command
    }

    /// Starts the server; it need not be ready yet.
    pub fn start(&self) -> Server {
        self.start_with(self.command(&["serve"]))
    }

    /// Starts the server by a command that was made for something special, such as one processor only.
    pub fn start_with(&self, mut serve: Command) -> Server {
        let log = File::options().create(true).append(true).open(self.log()).expect("a log file");
        let same = log.try_clone().expect("a log file");
        serve.arg("--listen").arg(self.address.to_string()).stdin(Stdio::null()).stdout(same).stderr(log);
        let started = Instant::now();
        let child = serve.spawn().expect("the server");
        Server { child, address: self.address, started, log: self.log() }
    }

    fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }
}

/// Runs a command that must succeed.
pub fn succeed(command: &mut Command) -> Output {
    let output = command.output().expect("a program that starts");
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(output.status.success(), "{command:?} ended with {}: {}", output.status, String::from_utf8_lossy(&said));
    output
}

/// A running server. It is killed when it is dropped.
pub struct Server {
    child: Child,
    address: SocketAddr,
    started: Instant,
    log: PathBuf,
}

impl Server {
    /// Waits until the server says that it is ready, and answers how long that took since its start.
    pub fn ready(&mut self, within: Duration) -> Duration {
        loop {
            if self.says_ready().unwrap_or(false) {
                return self.started.elapsed();
            }
            let ended = self.child.try_wait().expect("a child to look at");
            let late = self.started.elapsed() > within;
            assert!(
                ended.is_none() && !late,
                "not ready within {within:?} ({ended:?}); it says:\n{}",
                self.last_words()
            );
            thread::sleep(ASK_AGAIN_AFTER);
        }
    }

    fn says_ready(&self) -> io::Result<bool> {
        Ok(Client::new(self.address, None).get("/readyz")?.status == 200)
    }

    fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(12).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the process as a power cut would: at once, without a word.
    pub fn kill(mut self) {
        self.child.kill().expect("a process to kill");
        self.child.wait().expect("a process that ended");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
