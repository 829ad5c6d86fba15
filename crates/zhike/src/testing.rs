//! The test kit: the whole application in this process, on a test database, with a clock that tests own.
//!
//! ```ignore
//! store::db_test! {
//!     crate::app::MIGRATIONS;
//!
//!     fn a_salesperson_sees_their_own(db) {
//!         let app = TestApp::new(&db);               // a small company, Monday 2026-11-23 09:30 in Shanghai
//!         let li = app.sign_in("li");                // no password needed; the real login has tests of its own
//!         let made = li.post("/customers", json!({ "name": "华盛机械" })).created();
//!         let id = made["id"].as_str().unwrap();
//!         li.patch(&format!("/customers/{id}"), 1, json!({ "industry": "C34" })).ok();
//!         assert_eq!(app.sign_in("zhao").get(&format!("/customers/{id}")).refused(404), "not_found");
//!         app.pass(SignedDuration::from_hours(24));
//!         app.run_jobs();
//!     }
//! }
//! ```
//!
//! Calls block: a test is a plain function. Paths are below `/api/v1` unless they begin with `/api/` or two slashes
//! (`//healthz`). [`Session::request`] builds any other request.
//!
//! The company:
//! ```text
//! 总部            admin (administrator and manager), auditor, steward, chen (service), mei (marketing)
//!   华东销售部     wang (manager, head)
//!     上海组       li, sun (salespeople under wang)
//!   华南销售部     zhou (manager, head), zhao (salesperson under zhou)
//! ```
//! [`TestApp::person`] and [`TestApp::department`] know ids by these names; [`TestApp::hire`] and
//! [`TestApp::open_department`] add more. [`TestApp::empty`] is a company that was not set up.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Method, Request, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use store::{Db, Entity as _, Tx};
use tower::ServiceExt;

use crate::app::{App, Config};
use crate::customers::input::NewCustomer;
use crate::customers::service as customers;
use crate::kernel::{Action, Clock, Entity, Id, Result, Scope};
use crate::platform::access::login::{self, Visitor};
use crate::platform::access::model::{
    Department, DepartmentId, GIVE_ROLE, ROLE_BY_BUILTIN, Role, USER_BY_LOGIN, User, UserId,
};
use crate::platform::access::setup::{self, FirstPerson, Setup};
use crate::platform::access::{epoch, password, principal_of, system};
use crate::platform::files::Files;
use crate::platform::grant::Principal;
use crate::platform::vault::Vault;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";
static PASSWORD_HASH: LazyLock<String> = LazyLock::new(|| password::hash_now(PASSWORD).expect("a hash"));

/// Monday morning, a working day, 09:30 in Shanghai.
pub const START: &str = "2026-11-23T01:30:00Z";

pub struct TestApp {
    pub app: App,
    pub db: Db,
    pub clock: Clock,
    router: Router,
    runtime: tokio::runtime::Runtime,
    departments: Mutex<HashMap<String, DepartmentId>>,
    _files: tempfile::TempDir,
}

impl TestApp {
    /// The small company of the head comment.
    pub fn new(db: &Db) -> Self {
        let app = Self::empty(db);
        app.set_up();
        app
    }

    /// A server whose company is still to be set up.
    pub fn empty(db: &Db) -> Self {
        Self::with_config(db, Config::default())
    }

    pub fn with_config(db: &Db, config: Config) -> Self {
        let clock = Clock::test(START.parse().expect("an instant"));
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::open(folder.path()).expect("a place for files");
        let vault = Arc::new(Vault::from_root(&[7; 32]));
        let app = App::new(db.clone(), clock.clone(), vault, files, config).expect("every route is declared");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self {
            router: app.router(),
            app,
            db: db.clone(),
            clock,
            runtime,
            departments: Mutex::default(),
            _files: folder,
        }
    }

    /// The same company on another copy of its database, with its files beside it.
    pub fn over(db: &Db, before: &TestApp) -> Self {
        let (clock, vault) = (before.clock.clone(), Arc::clone(&before.app.vault));
        let app = App::new(db.clone(), clock.clone(), vault, before.app.files.clone(), Config::default());
        let app = app.expect("every route is declared");
        let departments = before.departments.lock().expect("unpoisoned").clone();
        Self {
            router: app.router(),
            app,
            db: db.clone(),
            clock,
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"),
            departments: Mutex::new(departments),
            _files: tempfile::tempdir().expect("a folder"),
        }
    }

    fn set_up(&self) {
        let setup = Setup {
            token: String::new(),
            company: "总部".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            admin: FirstPerson { name: "管理员".into(), login: "admin".into(), password: PASSWORD.into() },
            sample: false,
        };
        let system = self.system();
        let founded = self.write(move |tx| setup::found(tx, &system, &setup, &PASSWORD_HASH));
        let root = founded.user.department_id.expect("the first person has a department");
        self.departments.lock().expect("unpoisoned").insert("总部".to_owned(), root);
        for (name, parent) in [("华东销售部", "总部"), ("上海组", "华东销售部"), ("华南销售部", "总部")]
        {
            self.open_department(name, parent);
        }
        for (login, name, department, roles, supervisor) in [
            ("auditor", "审计", "总部", &["auditor"][..], None),
            ("steward", "数据", "总部", &["data_steward"], None),
            ("chen", "陈静", "总部", &["service"], Some("admin")),
            ("mei", "梅芳", "总部", &["marketing"], Some("admin")),
            ("wang", "王强", "华东销售部", &["manager"], Some("admin")),
            ("zhou", "周敏", "华南销售部", &["manager"], Some("admin")),
            ("li", "李雷", "上海组", &["salesperson"], Some("wang")),
            ("sun", "孙丽", "上海组", &["salesperson"], Some("wang")),
            ("zhao", "赵刚", "华南销售部", &["salesperson"], Some("zhou")),
        ] {
            self.hire(login, name, department, roles, supervisor);
        }
        self.lead("华东销售部", "wang");
        self.lead("华南销售部", "zhou");
    }

    /// Adds a department below another one.
    pub fn open_department(&self, name: &str, parent: &str) -> DepartmentId {
        let (parent, now) = (self.department(parent), self.clock.now());
        let wanted = name.to_owned();
        let id = self.write(move |tx| {
            epoch::bump(tx)?;
            let parent = Department::get(tx, parent)?;
            let id = Id::new();
            let department = Department {
                id,
                name: wanted.clone(),
                parent_id: Some(parent.id),
                head_id: None,
                path: Department::path_below(Some(&parent), id),
                position: 0,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            department.insert(tx)?;
            Ok(id)
        });
        self.departments.lock().expect("unpoisoned").insert(name.to_owned(), id);
        id
    }

    /// Adds a person with built-in roles.
    pub fn hire(&self, login: &str, name: &str, department: &str, roles: &[&str], supervisor: Option<&str>) -> UserId {
        let department = self.department(department);
        let supervisor = supervisor.map(|login| self.person(login));
        let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
        let user = User {
            department_id: Some(department),
            supervisor_id: supervisor,
            password: Some(PASSWORD_HASH.clone()),
            ..User::new(login, name, self.clock.now())
        };
        let id = user.id;
        self.write(move |tx| {
            epoch::bump(tx)?;
            user.insert(tx)?;
            for key in &roles {
                let role = Role::one(tx, &ROLE_BY_BUILTIN, &[key])?.expect("a built-in role");
                tx.execute(&GIVE_ROLE, &[&user.id, &role.id])?;
            }
            Ok(())
        });
        id
    }

    /// Makes somebody the head of a department.
    pub fn lead(&self, department: &str, login: &str) {
        let (department, head) = (self.department(department), self.person(login));
        self.write(move |tx| {
            epoch::bump(tx)?;
            Ok(Department { head_id: Some(head), ..Department::get(tx, department)? }.update(tx)?)
        });
    }

    /// The id of a department by its name.
    pub fn department(&self, name: &str) -> DepartmentId {
        let known = self.departments.lock().expect("unpoisoned");
        *known.get(name).unwrap_or_else(|| panic!("no department {name}"))
    }

    /// The id of a person by their login.
    pub fn person(&self, login: &str) -> UserId {
        let wanted = login.to_owned();
        self.read(move |tx| User::one(tx, &USER_BY_LOGIN, &[&wanted])).unwrap_or_else(|| panic!("nobody is {login}")).id
    }

    /// Lets everybody take out so many rows a day.
    pub fn limit_exports(&self, rows: i64) {
        let admin = self.sign_in("admin");
        let mut settings = admin.get("/settings").ok();
        settings["export_rows"] = rows.into();
        let version = settings["version"].as_i64().expect("a version");
        admin.put("/settings", version, settings).ok();
    }

    /// A principal for calling services directly.
    pub fn principal(&self, login: &str) -> Arc<Principal> {
        let (id, now, vault) = (self.person(login), self.clock.now(), Arc::clone(&self.app.vault));
        Arc::new(self.read(move |tx| principal_of(tx, id, now, &vault)).expect("an active person"))
    }

    /// A customer of this person's with whatever grade, which not everybody may set: entered by the first person, who
    /// manages the company.
    pub fn customer(&self, login: &str, new: Value) -> Value {
        let admin = self.principal("admin");
        let mut new: NewCustomer = serde_json::from_value(new).expect("a customer");
        new.owner_id = Some(self.person(login).uuid());
        let made = self.write(move |tx| customers::create(tx, &admin.grant()?, &new));
        serde_json::to_value(made).expect("JSON")
    }

    pub fn system(&self) -> Principal {
        system(self.clock.now(), &self.app.vault)
    }

    /// A session of this person, opened without a password.
    pub fn sign_in(&self, login: &str) -> Session<'_> {
        let (id, door) = (self.person(login), self.app.door());
        let visitor = Visitor {
            request: crate::platform::grant::Request::default(),
            address: "127.0.0.1".to_owned(),
            agent: Some("test".to_owned()),
            device: None,
        };
        let (_, token) = self.write(move |tx| {
            let user = User::get(tx, id)?;
            login::open_session(tx, &door, &user, &visitor)
        });
        Session { app: self, headers: vec![("cookie".to_owned(), format!("zhike={token}"))] }
    }

    /// Somebody who may do everything to all records; no company has such a role.
    pub fn all_powerful(&self) -> Session<'_> {
        let now = self.clock.now();
        let each: BTreeMap<Entity, BTreeMap<Action, Scope>> = Entity::ALL
            .iter()
            .map(|entity| (*entity, Action::ALL.iter().map(|action| (*action, Scope::All)).collect()))
            .collect();
        let user = User { department_id: Some(self.department("总部")), ..User::new("almighty", "全能", now) };
        self.write(move |tx| {
            let role = Role {
                id: Id::new(),
                builtin: None,
                name: "全能".to_owned(),
                permissions: serde_json::to_value(&each)?,
                fields: serde_json::json!({}),
                follows: false,
                export_rows: None,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            role.insert(tx)?;
            user.insert(tx)?;
            Ok(tx.execute(&GIVE_ROLE, &[&user.id, &role.id]).map(drop)?)
        });
        self.sign_in("almighty")
    }

    /// Nobody in particular.
    pub fn anonymous(&self) -> Session<'_> {
        Session { app: self, headers: Vec::new() }
    }

    /// A script with an API token.
    pub fn with_token(&self, token: &str) -> Session<'_> {
        Session { app: self, headers: vec![("authorization".to_owned(), format!("Bearer {token}"))] }
    }

    /// Moves time on.
    pub fn pass(&self, time: SignedDuration) {
        self.set_time(self.clock.now() + time);
    }

    pub fn set_time(&self, to: Timestamp) {
        assert!(self.clock.set(to), "a test owns its clock");
    }

    /// Does every job that is due, on this thread, until none is left.
    pub fn run_jobs(&self) -> usize {
        self.app.runner().run_due().expect("the jobs ran")
    }

    /// Runs a write and takes its answer.
    pub fn write<T: Send + 'static>(&self, body: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static) -> T {
        self.db.write_blocking(body).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Somebody does the same four times at the same moment; what was answered each time.
    pub fn at_once<T: Send + 'static>(
        &self,
        login: &str,
        body: impl Fn(&mut Tx<'_>, &Arc<Principal>) -> Result<T> + Clone + Send + 'static,
    ) -> Vec<Result<T>> {
        let (who, start) = (self.principal(login), std::sync::Barrier::new(4));
        std::thread::scope(|scope| {
            let attempt = || {
                let (db, who, body, start) = (&self.db, Arc::clone(&who), body.clone(), &start);
                scope.spawn(move || {
                    start.wait();
                    db.write_blocking(move |tx| body(tx, &who))
                })
            };
            let attempts = [attempt(), attempt(), attempt(), attempt()];
            attempts.into_iter().map(|attempt| attempt.join().expect("no panic")).collect()
        })
    }

    pub fn read<T, E>(&self, body: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> T
    where
        T: Send + 'static,
        E: From<store::Error> + std::fmt::Display + Send + 'static,
    {
        self.db.read_blocking(body).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Sends a request to the whole server, through every layer.
    pub fn call(&self, request: Request<Body>) -> Reply {
        self.runtime.block_on(async {
            let Ok(response) = self.router.clone().oneshot(request).await;
            let (parts, body) = response.into_parts();
            let bytes = axum::body::to_bytes(body, 64 << 20).await.expect("a body");
            let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            Reply { status: parts.status, headers: parts.headers, body, bytes: bytes.to_vec() }
        })
    }
}

/// Somebody who sends requests.
#[derive(Clone)]
pub struct Session<'a> {
    app: &'a TestApp,
    headers: Vec<(String, String)>,
}

impl Session<'_> {
    pub fn get(&self, path: &str) -> Reply {
        self.request(Method::GET, path).send()
    }

    /// The file of an export, by a link that works once; or why there is none. `path` is `/exports/{id}/file`.
    pub fn fetch(&self, path: &str) -> Reply {
        let link = self.post(&path.replace("/file", "/link"), Value::Null);
        match link.body["path"].as_str() {
            Some(path) => self.get(path.trim_start_matches("/api/v1")),
            None => link,
        }
    }

    pub fn post(&self, path: &str, body: Value) -> Reply {
        self.request(Method::POST, path).json(body).send()
    }

    /// `version` is what the change is based on (`If-Match`).
    pub fn patch(&self, path: &str, version: i64, body: Value) -> Reply {
        self.request(Method::PATCH, path).version(version).json(body).send()
    }

    pub fn post_version(&self, path: &str, version: i64, body: Value) -> Reply {
        self.request(Method::POST, path).version(version).json(body).send()
    }

    pub fn put(&self, path: &str, version: i64, body: Value) -> Reply {
        self.request(Method::PUT, path).version(version).json(body).send()
    }

    pub fn delete(&self, path: &str) -> Reply {
        self.request(Method::DELETE, path).send()
    }

    /// Any request, as our own pages would send it.
    pub fn request(&self, method: Method, path: &str) -> Call<'_> {
        let path = match path.strip_prefix("//") {
            Some(rest) => format!("/{rest}"),
            None if path.starts_with("/api/") => path.to_owned(),
            None => format!("/api/v1{path}"),
        };
        let call = Call { app: self.app, method, path, headers: self.headers.clone(), body: Vec::new() };
        call.header("host", "localhost").header("sec-fetch-site", "same-origin")
    }

    /// The cookie or token, to be sent by other means.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A request being put together.
pub struct Call<'a> {
    app: &'a TestApp,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call<'_> {
    /// Sets a header; an empty value removes it.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        if !value.is_empty() {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    pub fn version(self, version: i64) -> Self {
        self.header("if-match", &format!("\"{version}\""))
    }

    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub fn json(self, body: Value) -> Self {
        self.bytes("application/json", body.to_string().into_bytes())
    }

    pub fn bytes(mut self, kind: &str, body: Vec<u8>) -> Self {
        self.body = body;
        self.header("content-type", kind)
    }

    /// A file, as a browser uploads it.
    pub fn file(self, name: &str, content: &[u8]) -> Self {
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        let body = [head.as_bytes(), content, b"\r\n--edge--\r\n"].concat();
        self.bytes("multipart/form-data; boundary=edge", body)
    }

    pub fn send(self) -> Reply {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        self.app.call(request.body(Body::from(self.body)).expect("a request"))
    }
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Null when it is not JSON.
    pub body: Value,
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The body of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self.body
    }

    #[track_caller]
    pub fn created(self) -> Value {
        assert_eq!(self.status, StatusCode::CREATED, "{}", self.body);
        self.body
    }

    /// The code of a refusal with this status.
    #[track_caller]
    pub fn refused(self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.text_header(header::CONTENT_TYPE), "application/problem+json");
        self.body["code"].as_str().expect("a problem has a code").to_owned()
    }

    /// `field: code` of the first field at fault.
    #[track_caller]
    pub fn fault(self) -> String {
        assert_eq!(self.status.as_u16(), 422, "{}", self.body);
        let field = &self.body["fields"][0];
        format!("{}: {}", field["field"].as_str().unwrap_or("?"), field["code"].as_str().unwrap_or("?"))
    }

    pub fn text_header(&self, name: HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// `name=value` of each cookie that was set.
    pub fn cookies(&self) -> Vec<String> {
        let set = self.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        set.filter_map(|cookie| cookie.split(';').next().map(str::to_owned)).collect()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}
