//! A company that an earlier version made goes on with the present one: its tables are brought up to date, its people
//! sign in, its customers, personal values and history are there, and nothing is wrong with it. The company is in
//! `company/`; how it was made stands in `README.md`.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use flate2::read::GzDecoder;
use journeys::http::{Client, Request};
use journeys::server::{Installation, succeed};
use serde_json::{Value, json};

const READY_WITHIN: Duration = Duration::from_secs(60);
const LOGIN: &str = "wang";
const PASSWORD: &str = "tea-on-the-east-bank-2026";
const CUSTOMERS: usize = 36;

#[test]
fn a_company_made_by_an_earlier_version_goes_on() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = Installation::at(folder.path());
    unpack(&place, folder.path());
    let mut server = place.start();
    server.ready(READY_WITHIN);
    let mut wang = SignedIn::new(&place);

    let customers = wang.get("/customers?limit=50&sort=name");
    assert_eq!(items(&customers).len(), CUSTOMERS);
    let found = wang.get("/customers?q=hsjx");
    let customer = items(&found).first().expect("found by its initials").clone();
    assert_eq!((&customer["name"], &customer["grade"]), (&json!("上海华盛机械有限公司"), &json!("vip")));
    let path = format!("/customers/{}", customer["id"].as_str().expect("an id"));
    let page = wang.get(&path);
    assert_eq!((&page["phone"]["masked"], &page["owner"]["name"]), (&json!("138****0001"), &json!("王强")));
    let shown = wang.post(&format!("{path}/reveal"), &json!({ "field": "phone", "reason": "回电" }));
    assert_eq!(shown["value"], "13800000001", "what was sealed opens with the key of that company");
    assert_eq!(items(&wang.get(&format!("{path}/contacts")))[0]["name"], "陈志远");
    let kinds: Vec<Value> =
        items(&wang.get(&format!("{path}/timeline"))).iter().map(|entry| entry["kind"].clone()).collect();
    assert!(kinds.contains(&json!("interaction")), "{kinds:?}");

    let today = wang.get("/today");
    assert_eq!(today["in_force"], true, "the regulations that were adopted are in force");
    assert!(today["counts"]["open"].as_i64() > Some(0), "{today}");
    server.kill();

    let verified = succeed(&mut place.command(&["audit", "verify", "--json"]));
    let verified: Value = serde_json::from_slice(&verified.stdout).expect("JSON");
    assert_eq!(verified["outcome"], "intact");
    assert!(verified["rows"].as_i64() > Some(0), "{verified}");
    assert_eq!(place.faults(&[]), Vec::<Value>::new());
}

/// Lays the company where the program looks for it.
fn unpack(place: &Installation, folder: &Path) {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("upgrade/company");
    fs::create_dir_all(place.data().join("files/8d")).expect("a data folder");
    let packed = File::open(kept.join("zhike.db.gz")).expect("the database");
    let mut database = File::create(place.database()).expect("a file");
    io::copy(&mut GzDecoder::new(packed), &mut database).expect("unpacked");
    let sheet = "files/8d/8d81796d0dcca1f03712b2db84dddc50acd838554a8aeadc2de885d792acf0c9";
    fs::copy(kept.join(sheet), place.data().join(sheet)).expect("the sheet that was imported");
    // The program takes no key that everybody can read.
    let key = folder.join("root.key");
    fs::copy(kept.join("root.key"), &key).expect("the key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("a key of one's own");
}

fn items(answer: &Value) -> Vec<Value> {
    answer["items"].as_array().unwrap_or_else(|| panic!("no items: {answer}")).clone()
}

/// Somebody with the session of a browser.
struct SignedIn {
    client: Client,
    cookie: String,
    origin: String,
}

impl SignedIn {
    fn new(place: &Installation) -> Self {
        let mut client = Client::new(place.address, None);
        let login = Request::post("/api/v1/session", &json!({ "login": LOGIN, "password": PASSWORD }));
        let answer = client.send(&login).expect("an answer");
        assert!(answer.is_success(), "{}", answer.text());
        let cookie = answer.cookies.join("; ");
        Self { client, cookie, origin: "http://localhost".to_owned() }
    }

    fn get(&mut self, path: &str) -> Value {
        self.send(Request::get(format!("/api/v1{path}")))
    }

    fn post(&mut self, path: &str, body: &Value) -> Value {
        self.send(Request::post(format!("/api/v1{path}"), body))
    }

    fn send(&mut self, request: Request) -> Value {
        let request = request.header("cookie", &self.cookie).header("origin", &self.origin);
        let answer = self.client.send(&request).expect("an answer");
        assert!(answer.is_success(), "{request:?}: {}", answer.text());
        answer.json()
    }
}
