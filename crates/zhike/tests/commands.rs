//! The program as an operator meets it: real processes, a real directory, a real kill.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery staple";

struct Machine {
    folder: TempDir,
}

struct Server {
    process: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("temporary folder");
        std::fs::write(folder.path().join("password"), PASSWORD).expect("password file");
        Self { folder }
    }

    /// A machine whose company is set up, and a token of its administrator.
    fn with_company() -> (Self, String) {
        let machine = Self::new();
        machine.fine(&["setup", "--company", "华盛", "--admin", "boss", "--password-file", "password"]);
        let token = machine.fine(&["token", "create", "--user", "boss", "--name", "script"]);
        (machine, token.trim().to_owned())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zhike"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("DATABASE_URL");
        command.env("ZHIKE_DATA", "data").env_remove("ZHIKE_KEY");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program runs")
    }

    fn fine(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output));
        String::from_utf8(output.stdout).expect("text")
    }

    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?} should be refused: {}", text(&output));
        text(&output)
    }

    fn serve(&self, more: &[&str]) -> (Server, String) {
        let arguments = [&["serve", "--listen", "127.0.0.1:0"], more].concat();
        let mut process = self.command(&arguments).stdout(Stdio::piped()).spawn().expect("the server starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let greeting = lines.find_map(|line| line.ok().filter(|line| line.contains("http://")));
        let greeting = greeting.expect("it says where it is");
        let link = greeting[greeting.find("http://").expect("a link")..].trim().to_owned();
        let address = link["http://".len()..].split('/').next().unwrap_or_default().to_owned();
        (Server { process, address }, link)
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

impl Server {
    fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}",
            self.address
        )
        .expect("asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }
}

fn restore_drill(machine: &Machine, head: &str) {
    machine.fine(&["restore", "backup.tar", "--data", "new", "--key", "data.key"]);
    machine.fine(&["audit", "verify", "--data", "new", "--key", "data.key", "--head", head]);
    machine.fine(&["doctor", "--data", "new", "--key", "data.key"]);
    let again = machine.refused(&["restore", "backup.tar", "--data", "new", "--key", "data.key"]);
    assert!(again.contains("not empty"), "{again}");
    let keyless = machine.refused(&["restore", "backup.tar", "--data", "other"]);
    assert!(keyless.contains("root key"), "{keyless}");
}

#[test]
fn a_company_is_made_served_killed_and_restored() {
    let (machine, token) = Machine::with_company();
    let again = machine.refused(&["setup", "--company", "x", "--admin", "y", "--password-file", "password"]);
    assert!(again.contains("set up already"), "{again}");
    let (mut server, _) = machine.serve(&[]);
    let (status, me) = server.ask("GET", "/api/v1/me", &token, "");
    assert_eq!((status, me["company"]["name"].as_str()), (200, Some("华盛")));
    let refused = machine.refused(&["token", "create", "--user", "boss", "--name", "x"]);
    assert!(refused.contains("stop it first"), "{refused}");
    let view = r#"{"list":"customers","name":"重点客户","state":{"sort":"name"}}"#;
    assert_eq!(server.ask("POST", "/api/v1/views", &token, view).0, 201);
    machine.fine(&["backup", "backup.tar"]);
    let manifest: Value = serde_json::from_str(&machine.fine(&["audit", "verify", "--json"])).expect("json");
    let head = manifest["head"].as_str().expect("a head").to_owned();
    machine.fine(&["doctor"]);
    server.process.kill().expect("killed");
    server.process.wait().expect("ended");
    machine.fine(&["audit", "verify", "--head", &head]);
    restore_drill(&machine, &head);
    assert_eq!(served_views(&machine, &["--data", "new", "--key", "data.key"], &token), 1);
}

fn served_views(machine: &Machine, place: &[&str], token: &str) -> usize {
    let (server, _) = machine.serve(place);
    let (status, views) = server.ask("GET", "/api/v1/views?list=customers", token, "");
    assert_eq!(status, 200);
    views["items"].as_array().map_or(0, Vec::len)
}

#[test]
fn the_sample_company_is_made_without_a_server() {
    let machine = Machine::new();
    let made = machine.fine(&[
        "setup",
        "--company",
        "华盛",
        "--admin",
        "boss",
        "--password-file",
        "password",
        "--sample",
        "--json",
    ]);
    let made: Value = serde_json::from_str(&made).expect("JSON");
    assert_eq!(made["sample"]["customers"], 800);
    machine.fine(&["doctor"]);
}

#[test]
fn people_of_a_sheet_are_entered_without_a_server() {
    let (machine, token) = Machine::with_company();
    std::fs::write(machine.path("book.csv"), "客户名称,联系人,手机\n深圳华盛科技,张三,13800138000\n").expect("a sheet");
    machine.fine(&["import", "customers", "book.csv", "--as", "boss"]);
    let (server, _) = machine.serve(&[]);
    let (status, found) = server.ask("GET", "/api/v1/search?q=张三", &token, "");
    assert_eq!((status, &found["items"][0]["title"]), (200, &Value::from("深圳华盛科技")));
}

#[test]
fn the_first_start_prints_a_link_that_sets_the_company_up_once() {
    let machine = Machine::new();
    let (server, link) = machine.serve(&[]);
    let token = link.split("token=").nth(1).expect("a token").to_owned();
    let body = format!(
        r#"{{"token":"{token}","company":"华盛","time_zone":"Asia/Shanghai","sample":false,
            "admin":{{"name":"老板","login":"boss","password":"{PASSWORD}"}}}}"#
    );
    let wrong = body.replace(&token, "guessed");
    assert_eq!(server.ask("POST", "/api/v1/setup", "", &wrong).0, 403);
    assert_eq!(server.ask("POST", "/api/v1/setup", "", &body).0, 201);
    assert_ne!(server.ask("POST", "/api/v1/setup", "", &body).0, 201);
    assert_eq!(server.ask("GET", "/api/v1/setup", "", "").1["needed"], false);
    // Time cannot be moved in a server that was not started for it.
    assert_ne!(server.ask("POST", "/test/clock", "", r#"{"now":"2030-01-01T00:00:00Z"}"#).0, 200);
}

#[test]
fn a_test_clock_stands_until_it_is_moved() {
    let (machine, token) = Machine::with_company();
    let (server, _) = machine.serve(&["--test-clock=2026-11-23T01:30:00Z"]);
    assert_eq!(server.ask("GET", "/api/v1/me", &token, "").1["now"], "2026-11-23T01:30:00Z");
    assert_eq!(server.ask("POST", "/test/clock", "", r#"{"now":"2026-12-01T00:00:00Z"}"#).0, 200);
    assert_eq!(server.ask("GET", "/api/v1/me", &token, "").1["now"], "2026-12-01T00:00:00Z");
}

#[test]
fn a_server_that_is_asked_to_stop_ends_well() {
    let (machine, token) = Machine::with_company();
    let (mut server, _) = machine.serve(&[]);
    assert_eq!(server.ask("GET", "/api/v1/me", &token, "").0, 200);
    let asked = std::time::Instant::now();
    let process = server.process.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &process]).status().expect("kill runs").success());
    assert!(server.process.wait().expect("ended").success());
    assert!(asked.elapsed() < std::time::Duration::from_secs(10));
    machine.fine(&["token", "create", "--user", "boss", "--name", "x"]);
}

#[test]
fn faults_are_named_with_advice() {
    let (machine, _) = Machine::with_company();
    let inside = machine.refused(&["serve", "--key", "data/zhike.key"]);
    assert!(inside.contains("inside the data directory"), "{inside}");
    let empty = machine.refused(&["doctor", "--data", "nowhere"]);
    assert!(empty.contains("no database"), "{empty}");
    std::fs::rename(machine.path("data.key"), machine.path("kept.key")).expect("moved");
    let keyless = machine.refused(&["doctor"]);
    assert!(keyless.contains("BAD   key") && keyless.contains("ok    audit"), "{keyless}");
    assert!(machine.refused(&["serve"]).contains("root key"));
    assert!(!machine.path("data.key").exists(), "no new key for old data");
    std::fs::rename(machine.path("kept.key"), machine.path("data.key")).expect("moved back");
    machine.fine(&["backup", "backup.tar"]);
    std::fs::create_dir(machine.path("hurt")).expect("a place for the damaged one");
    damage(&machine.path("backup.tar"), &machine.path("hurt/zhike.db"));
    let damaged = machine.refused(&["doctor", "--data", "hurt", "--key", "data.key"]);
    assert!(damaged.contains("BAD ") && damaged.contains("zhike restore"), "{damaged}");
}

/// Takes the database out of a backup and overwrites pages in its middle.
fn damage(archive: &Path, target: &Path) {
    let mut archive = tar::Archive::new(std::fs::File::open(archive).expect("opened"));
    let mut database = archive.entries().expect("entries").nth(1).expect("the database").expect("readable");
    let mut bytes = Vec::new();
    database.read_to_end(&mut bytes).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 20_000].fill(0xAA);
    std::fs::write(target, bytes).expect("written");
}

#[test]
fn the_interface_is_described_and_every_route_declares_its_permission() {
    let machine = Machine::new();
    let document: Value = serde_json::from_str(&machine.fine(&["openapi"])).expect("json");
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.contains_key("/api/v1/jobs/{id}") && paths.contains_key("/api/v1/audit/verify"));
    for (path, methods) in paths {
        for operation in methods.as_object().expect("operations").values() {
            assert!(operation["x-permission"].is_string(), "{path}");
        }
    }
}
