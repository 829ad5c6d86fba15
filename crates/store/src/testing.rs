//! A database of its own for every test, on SQLite and on PostgreSQL. PostgreSQL is started by the first test that
//! needs it, from the machine's binaries, as an unprivileged user, in a temporary folder, and ends with the process.

use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use uuid::Uuid;

use crate::{Db, Dialect, Migration, Options, Result, Row, Tx};

/// Declares tests that run on both databases. The body takes a `TestDb`, which is a [`Db`] with the given migrations.
///
/// ```ignore
/// store::db_test! {
///     MIGRATIONS;
///     fn a_customer_is_found_again(db) { … }
/// }
/// ```
#[macro_export]
macro_rules! db_test {
    ($migrations:expr; $($(#[$meta:meta])* fn $name:ident($db:ident) $body:block)+) => {
        $(
            mod $name {
                #[allow(unused_imports)]
                use super::*;

                fn body($db: $crate::testing::TestDb) $body

                $(#[$meta])*
                #[test]
                fn sqlite() {
                    body($crate::testing::TestDb::sqlite($migrations));
                }

                $(#[$meta])*
                #[test]
                fn postgres() {
                    body($crate::testing::TestDb::postgres($migrations));
                }
            }
        )+
    };
}

/// A fresh database that goes when it is dropped.
pub struct TestDb {
    pub db: Db,
    pub options: Options,
    _folder: Option<TempDir>,
    dropped: Option<String>,
}

impl std::ops::Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

impl TestDb {
    pub fn new(dialect: Dialect, migrations: &[Migration]) -> Self {
        match dialect {
            Dialect::Sqlite => Self::sqlite(migrations),
            Dialect::Postgres => Self::postgres(migrations),
        }
    }

    pub fn sqlite(migrations: &[Migration]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let options = Options::sqlite(folder.path().join("zhike.db"));
        let db = Db::open(&options, migrations).expect("a new SQLite database");
        Self { db, options, _folder: Some(folder), dropped: None }
    }

    pub fn postgres(migrations: &[Migration]) -> Self {
        let server = Server::shared();
        let name = format!("t{}", Uuid::now_v7().simple());
        server.run(&format!(
            "create database {name} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'"
        ));
        let options = Options::Postgres { url: server.url(&name), connections: 4 };
        let db = Db::open(&options, migrations).expect("a new PostgreSQL database");
        Self { db, options, _folder: None, dropped: Some(name) }
    }
}

impl TestDb {
    /// The content of every table but those excepted, to show that something left the database as it was.
    pub fn content(&self, except: &[&str]) -> Vec<(String, Vec<Row>)> {
        let except: Vec<String> = except.iter().map(|table| (*table).to_owned()).collect();
        let content = self.db.read_blocking(move |tx| {
            let names = if tx.is_postgres() { TABLES_POSTGRES } else { TABLES_SQLITE };
            let tables: Vec<String> = tx.rows(names, &[])?.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
            let wanted = tables.into_iter().filter(|table| !except.contains(table));
            wanted.map(|table| Ok((table.clone(), rows_of(tx, &table)?))).collect::<Result<_>>()
        });
        content.expect("the content of the database")
    }
}

const TABLES_SQLITE: &str = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'
    and name not like 'search_index%' order by name";
const TABLES_POSTGRES: &str =
    "select table_name::text from information_schema.tables where table_schema = 'public' order by 1";

fn rows_of(tx: &mut Tx<'_>, table: &str) -> Result<Vec<Row>> {
    // A text search vector is no type of ours; its text says all.
    let sql = match (tx.is_postgres(), table) {
        (true, "search_doc") => "select seq, entity_id, title, subtitle, tokens::text from search_doc".to_owned(),
        _ => format!("select * from {table}"),
    };
    tx.rows(&format!("{sql} order by 1, 2"), &[])
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Some(name) = self.dropped.take() {
            Server::shared().run(&format!("drop database if exists {name} with (force)"));
        }
    }
}

/// The PostgreSQL of this test process.
struct Server {
    folder: PathBuf,
    admin: Mutex<postgres::Client>,
    /// The server itself, and who ends it when this process is gone.
    _processes: [Child; 2],
}

impl Server {
    fn shared() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    fn url(&self, database: &str) -> String {
        format!("host={} user=zhike dbname={database}", self.folder.display())
    }

    fn run(&self, sql: &str) {
        let mut admin = self.admin.lock().expect("the administrator's connection");
        admin.batch_execute(sql).expect("a command to PostgreSQL");
    }

    fn start() -> Self {
        Self::start_with(5432, |_| Vec::new())
    }

    /// A server with more settings, which may speak of its data folder.
    fn start_with(port: u16, settings: impl FnOnce(&Path) -> Vec<String>) -> Self {
        let folder = tempfile::Builder::new().prefix("zhike-pg").tempdir().expect("a temporary folder").keep();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).expect("an open folder");
        let data = folder.join("data");
        let bin = binaries();
        let made = unprivileged(&bin.join("initdb"))
            .args(["--username=zhike", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .expect("initdb");
        assert!(made.success(), "initdb failed");
        let mut server = Self::spawn(&bin, &data, &folder, port, &settings(&data));
        let watcher = watch_over(server.id(), &folder);
        let admin = Self::connect(&folder, port, &mut server);
        Self { folder, admin: Mutex::new(admin), _processes: [server, watcher] }
    }

    fn spawn(bin: &Path, data: &Path, folder: &Path, port: u16, settings: &[String]) -> Child {
        let log = File::create(folder.join("log")).expect("a log file");
        unprivileged(&bin.join("postgres"))
            .arg("-D")
            .arg(data)
            .args([
                "-c",
                "listen_addresses=",
                "-c",
                "fsync=off",
                "-c",
                "full_page_writes=off",
                "-c",
                "max_connections=400",
            ])
            .args(["-c", "shared_buffers=128MB", "-c"])
            .arg(format!("unix_socket_directories={}", folder.display()))
            .arg(format!("--port={port}"))
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log file"))
            .stderr(log)
            .spawn()
            .expect("postgres")
    }

    fn connect(folder: &Path, port: u16, child: &mut Child) -> postgres::Client {
        let started = Instant::now();
        let url = format!("host={} port={port} user=zhike dbname=postgres", folder.display());
        loop {
            if let Ok(client) = postgres::Client::connect(&url, postgres::NoTls) {
                return client;
            }
            let ended = child.try_wait().ok().flatten();
            assert!(
                ended.is_none() && started.elapsed() < Duration::from_secs(30),
                "PostgreSQL did not start; see {}/log",
                folder.display()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// A PostgreSQL of its own that is reached by TLS at `localhost`, under a certificate that it signed itself.
pub struct SealedServer {
    server: Server,
    port: u16,
    /// The certificate, for `sslrootcert`.
    pub certificate: PathBuf,
}

const CERTIFICATE: &str = "[req]\ndistinguished_name=dn\nx509_extensions=v3\nprompt=no\n[dn]\nCN=localhost\n\
    [v3]\nbasicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:localhost\n";

impl SealedServer {
    pub fn start() -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.expect("a free port").port();
        let server = Server::start_with(port, |data| {
            certify(data);
            ["ssl=on", "listen_addresses=localhost"].map(str::to_owned).to_vec()
        });
        let certificate = server.folder.join("server.crt");
        std::fs::copy(server.folder.join("data/server.crt"), &certificate).expect("the certificate");
        Self { server, port, certificate }
    }

    /// A connection string; `host` is `localhost` or another name of this machine.
    pub fn url(&self, host: &str, more: &str) -> String {
        format!("host={host} port={} user=zhike dbname=postgres {more}", self.port)
    }

    /// How many connections are sealed now.
    pub fn sealed(&self) -> i64 {
        let mut admin = self.server.admin.lock().expect("the administrator's connection");
        let row = admin.query_one("select count(*) from pg_stat_ssl where ssl", &[]).expect("a count");
        row.get(0)
    }
}

/// Makes a key and a certificate in the server's folder, as the server's user, whose key must be its own.
fn certify(data: &Path) {
    let config = data.with_file_name("certificate.conf");
    std::fs::write(&config, CERTIFICATE).expect("a file");
    let made = unprivileged(Path::new("openssl"))
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-config"])
        .arg(&config)
        .arg("-keyout")
        .arg(data.join("server.key"))
        .arg("-out")
        .arg(data.join("server.crt"))
        .stderr(Stdio::null())
        .status()
        .expect("openssl is needed for tests: apt-get install openssl");
    assert!(made.success(), "openssl failed");
}

/// Debian keeps the server's programs out of the PATH.
fn binaries() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|entry| entry.path().join("bin")).collect();
    found.sort();
    let found = found.into_iter().rev().find(|bin| bin.join("postgres").exists());
    found.expect("PostgreSQL is needed for tests: apt-get install postgresql")
}

/// PostgreSQL refuses to run as root.
fn unprivileged(program: &Path) -> Command {
    let root = std::fs::metadata("/proc/self").map(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0);
    if !root.unwrap_or(false) {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
    command.env("HOME", "/tmp").current_dir("/tmp");
    command
}

/// Ends the server and removes its folder when this process is gone, however it ended.
fn watch_over(server: u32, folder: &Path) -> Child {
    let me = std::process::id();
    let script = format!(
        "while kill -0 {me} 2>/dev/null; do sleep 1; done; kill -QUIT {server}; sleep 1; rm -rf '{}'",
        folder.display()
    );
    let mut watcher = Command::new("setsid");
    watcher.args(["sh", "-c", &script]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    watcher.spawn().expect("a watcher for PostgreSQL")
}
