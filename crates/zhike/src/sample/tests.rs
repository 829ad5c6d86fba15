//! The sample company, imagined and lived.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use calendar::{CalendarSpec, HolidayTable, WorkCalendar};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::jobs::{self, NewJob};

use super::large::{self, Size};
use super::world::staff::COMPANY;
use super::world::{Founder, What, World};
use crate::customers::model::{CustomerKind, Grade};
use crate::customers::rules::credit_code;
use crate::platform::access::model::UserId;
use crate::platform::access::setup;
use crate::platform::doctor::{self, Level};
use crate::testing::{PASSWORD, TestApp};

const FOUNDER: Founder<'_> = Founder { name: "林晓岚", login: "admin" };

fn calendar() -> WorkCalendar {
    WorkCalendar::from_spec(&CalendarSpec::china_office(), HolidayTable::china()).expect("a calendar")
}

fn world(seed: u64, customers: usize, now: &str) -> World {
    World::generate(seed, FOUNDER, customers, now.parse().expect("an instant"), &calendar())
}

fn digest(world: &World) -> Vec<u8> {
    Sha256::digest(format!("{world:?}")).to_vec()
}

const NOW: &str = "2026-11-23T01:30:00Z";

#[test]
fn the_same_seed_makes_the_same_world() {
    assert_eq!(digest(&world(5, 60, NOW)), digest(&world(5, 60, NOW)));
    assert_ne!(digest(&world(5, 60, NOW)), digest(&world(6, 60, NOW)));
}

#[test]
fn the_tree_is_a_tree_and_everybody_has_a_place_in_it() {
    for seed in 0..20 {
        let staff = world(seed, 0, NOW).staff;
        assert!((55..=65).contains(&staff.people.len()), "{}", staff.people.len());
        assert_eq!(staff.departments[0].name, COMPANY);
        for (at, department) in staff.departments.iter().enumerate().skip(1) {
            assert!(department.parent < at, "parents come first");
            assert_eq!(staff.people[department.head].department, at, "heads lead what they belong to");
        }
        for (at, person) in staff.people.iter().enumerate().skip(1) {
            assert!(person.supervisor.is_some_and(|above| above < at), "{}", person.name);
            assert!(!person.roles.is_empty() && person.login.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
        let logins: HashSet<&str> = staff.people.iter().map(|person| person.login.as_str()).collect();
        assert_eq!(logins.len(), staff.people.len(), "logins are given once");
    }
}

#[test]
fn customers_are_like_customers() {
    let world = world(super::SEED, 800, NOW);
    let codes: Vec<&String> =
        world.customers.iter().filter_map(|one| one.archive.credit_code.as_ref()?.as_ref()).collect();
    assert!(codes.len() > 500 && codes.iter().all(|code| credit_code::check(code).is_ok()));
    assert_eq!(codes.iter().collect::<HashSet<_>>().len(), codes.len());
    let share = |grade| world.customers.iter().filter(|one| one.grade == grade).count() * 100 / world.customers.len();
    assert!((5..=12).contains(&share(Grade::Vip)) && (15..=25).contains(&share(Grade::Key)));
    let names: HashSet<&String> = world.customers.iter().filter_map(|one| one.archive.name.as_ref()).collect();
    assert!(names.len() > 780, "{}", names.len());
    assert!(world.customers.iter().any(|one| one.archive.kind == Some(CustomerKind::Person)));
    let contacts = world.customers.iter().flat_map(|one| &one.archive.contacts);
    assert!(contacts.clone().filter(|contact| contact.decision_maker == Some(true)).count() > 300);
    assert!(contacts.flat_map(|contact| contact.phone.clone().flatten()).all(|phone| phone.starts_with("105")));
    let sellers = world.staff.sellers(|_| true);
    assert!(world.customers.iter().all(|one| sellers.contains(&one.owner)));
}

/// Whatever day the company is made on, it has a past, nothing of the future, and its order is that of time.
#[test]
fn history_ends_now_on_any_day() {
    for now in [
        "2026-11-21T14:00:00Z",
        "2026-01-01T00:00:01Z",
        "2026-02-18T02:00:00Z",
        "2026-03-31T15:59:00Z",
        "2027-10-08T00:30:00Z",
    ] {
        let world = world(3, 80, now);
        let now: Timestamp = now.parse().expect("an instant");
        assert!(world.happenings.windows(2).all(|pair| pair[0].at <= pair[1].at));
        assert!(world.happenings.iter().all(|happening| happening.at < now));
        assert!(world.happenings.len() > 600, "{now}: {}", world.happenings.len());
        let mut entered = HashSet::new();
        for happening in &world.happenings {
            match &happening.what {
                What::Joined { customer } => assert!(entered.insert(*customer)),
                What::Talked(talk) => {
                    assert!(entered.contains(&talk.customer), "{now}: a talk before the customer was there");
                    assert!(talk.at <= happening.at && talk.done.is_none_or(|done| happening.at <= done && done < now));
                }
                What::Learned { happened_at, known_at, .. } => {
                    assert!(happened_at <= known_at && *known_at <= happening.at)
                }
                _ => {}
            }
        }
        assert_eq!(world.order_of_coming().count(), entered.len());
    }
}

/// A company that has just been set up.
fn founded(app: &TestApp) -> UserId {
    let system = app.system();
    let setup = setup::Setup {
        token: String::new(),
        company: "知客示例公司".into(),
        time_zone: "Asia/Shanghai".into(),
        admin: setup::FirstPerson { name: FOUNDER.name.into(), login: FOUNDER.login.into(), password: PASSWORD.into() },
        sample: false,
    };
    app.write(move |tx| setup::found(tx, &system, &setup, "no hash")).user.id
}

/// At which hour of the company's day it was.
fn hour(sight: &Value) -> i8 {
    let at: Timestamp = sight["at"].as_str().and_then(|at| at.parse().ok()).expect("an instant");
    at.to_zoned(calendar().zone().clone()).hour()
}

/// Does the job that set-up asks for, with fewer customers; answers its result.
fn lived(app: &TestApp, customers: usize) -> Value {
    let (founder, now) = (founded(app).uuid(), app.clock.now());
    let job = app.write(move |tx| {
        let (kind, payload) = (setup::SAMPLE_JOB, json!({ "customers": customers }));
        Ok(jobs::enqueue(tx, NewJob { kind, once_key: None, asked_by: Some(founder), payload, run_at: now })?)
    });
    app.run_jobs();
    let job = app.sign_in(FOUNDER.login).get(&format!("/jobs/{job}")).ok();
    assert_eq!((job["state"].as_str(), &job["done"]), (Some("done"), &job["total"]), "{job}");
    job["result"].clone()
}

fn sound(app: &TestApp) {
    let found = doctor::examine(&app.db, &app.app.files, &crate::app::searchable(), app.clock.now());
    let bad: Vec<_> = found.iter().filter(|finding| finding.level != Level::Fine).collect();
    assert!(bad.is_empty(), "{bad:?}");
}

store::db_test! {
    crate::app::MIGRATIONS;

    fn every_page_has_something_true_to_show(db) {
        let app = TestApp::empty(&db);
        let made = lived(&app, 160);
        assert_eq!(made["customers"], 160);
        sound(&app);
        // On which day an open duty is proposed hangs on the id of its customer, so one person's week may be free.
        let shown = |today: &Value, group: &str| today["groups"][group].as_array().map_or(0, Vec::len);
        let logins = std::iter::once("admin").chain(sellers(&made));
        let pages: Vec<Value> = logins.map(|login| app.sign_in(login).get("/today").ok()).collect();
        assert!(pages.iter().map(|page| shown(page, "today") + shown(page, "week")).sum::<usize>() > 0, "{pages:?}");
        for page in &pages[..2] {
            assert!(page["counts"]["open"].as_i64() > Some(0), "{page}");
            assert!(page["counts"]["trend"].as_array().is_some_and(|trend| trend.iter().all(Value::is_number)));
        }
        let admin = app.sign_in("admin");
        let outcomes = compliance(&admin.get("/compliance?from=2026-08-01&to=2026-10-31&group=clause").ok());
        for clause in ["R3-2.1", "R3-1.5", "R3-2.3"] {
            let [met, late, missed] = outcomes[clause];
            assert!(met > 0 && late + missed > 0, "{clause}: {outcomes:?}");
        }
        assert!(outcomes["R3-2.3"][1] > 0 && outcomes["R3-2.1"][2] > 0, "{outcomes:?}");
        let cases = items(&admin.get("/cases?limit=50").ok());
        let states: BTreeSet<&str> = cases.iter().filter_map(|case| case["state"].as_str()).collect();
        assert!(["closed", "investigating", "replied"].iter().all(|state| states.contains(state)), "{states:?}");
        let departments = admin.get("/compliance?from=2025-12-01&to=2026-10-31&group=department").ok();
        let rates: Vec<f64> = rows(&departments).iter().filter_map(|row| row["rate"].as_f64()).collect();
        let spread = rates.iter().copied().fold(0.0, f64::max) - rates.iter().copied().fold(100.0, f64::min);
        assert!(rates.len() >= 5 && spread > 5.0, "{rates:?}");
        let team = admin.get("/team?from=2026-10-01&to=2026-10-31").ok();
        assert!(team["heat"].as_array().is_some_and(|heat| !heat.is_empty()));
        let vips = admin.get("/customers?limit=50&filter=%5B%5B%22grade%22,%22eq%22,%22vip%22%5D%5D").ok();
        let paths = items(&vips).into_iter().map(|customer| format!("/customers/{}", customer["id"].as_str().expect("an id")));
        let paths: Vec<String> = paths.collect();
        assert!(items(&admin.get(&format!("{}/timeline", paths[0])).ok()).len() > 10);
        let sights: Vec<Value> = paths.iter().flat_map(|path| items(&admin.get(&format!("{path}/sights")).ok())).collect();
        let at_night: Vec<_> = sights.iter().filter(|sight| !(8..19).contains(&hour(sight))).collect();
        assert!(sights.len() > 10 && at_night.is_empty(), "{at_night:?}");
        let taken = items(&admin.get("/releases").ok());
        assert!(taken.len() == 1 && taken[0]["rows"].as_i64() > Some(100) && taken[0]["purpose"].is_string(), "{taken:?}");
        let files = paths.iter().flat_map(|path| items(&admin.get(&format!("{path}/attachments")).ok()));
        let of: BTreeSet<String> = files.filter_map(|file| file["of_kind"].as_str().map(str::to_owned)).collect();
        assert_eq!(of.len(), 5, "{of:?}");
    }

    fn large_companies_have_the_same_invariants(db) {
        let app = TestApp::empty(&db);
        let (founder, size) = (founded(&app), Size { customers: 500, contacts: 1_000, interactions: 1_500 });
        let vault = Arc::clone(&app.app.vault);
        let now = app.clock.now();
        let made = large::fill(&db, &vault, (founder, "no hash"), (size, 4, now), &|_| {}).expect("made");
        assert_eq!((made.customers, made.contacts, made.interactions), (500, 1_000, 1_500));
        sound(&app);
        let again = large::fill(&db, &vault, (founder, "no hash"), (size, 4, now), &|_| {}).expect_err("not empty");
        assert_eq!(again.code, "sample.not_empty");
        let admin = app.sign_in("admin");
        assert_eq!(admin.get("/customers?limit=50").ok()["items"].as_array().map(Vec::len), Some(50));
        let mine = app.sign_in(&made.salesperson).get("/customers?limit=50").ok();
        assert!(mine["items"].as_array().is_some_and(|items| !items.is_empty()));
        assert!(!admin.get("/interactions?limit=5").ok()["items"].as_array().expect("a list").is_empty());
    }
}

/// The logins of those who sell.
fn sellers(made: &Value) -> impl Iterator<Item = &str> {
    let people = made["sign_in"].as_array().into_iter().flatten();
    people.filter(|person| person["role"] == "salesperson").filter_map(|person| person["login"].as_str())
}

fn items(answer: &Value) -> Vec<Value> {
    answer["items"].as_array().cloned().unwrap_or_default()
}

fn rows(answer: &Value) -> Vec<Value> {
    answer["rows"].as_array().cloned().unwrap_or_default()
}

/// Met, late and missed of each clause.
fn compliance(answer: &Value) -> BTreeMap<String, [i64; 3]> {
    let count = |row: &Value, name: &str| row[name].as_i64().unwrap_or_default();
    let of = |row: Value| {
        let key = row["key"].as_str().unwrap_or_default().to_owned();
        (key, [count(&row, "met"), count(&row, "late"), count(&row, "missed")])
    };
    rows(answer).into_iter().map(of).collect()
}
