//! Whoever can find a customer in a list can open it, and the other way round: the SQL reading and the in-memory reading
//! of a permission agree, over random companies, on both databases.

use std::collections::BTreeSet;

use axum::http::Method;
use jiff::ToSpan as _;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use store::Entity as _;

use crate::app::MIGRATIONS;
use crate::kernel::Id;
use crate::platform::access::epoch;
use crate::platform::access::model::{GIVE_ROLE, Role, User};
use crate::testing::{Session, TestApp};

/// A company as numbers: who is below whom, who may see how far, who owns what.
#[derive(Clone, Debug)]
struct Company {
    /// Each department's parent, among those before it.
    parents: Vec<usize>,
    /// Each person's department and scope.
    people: Vec<(usize, Reaches)>,
    /// Each customer's owner, and with whom it is shared.
    customers: Vec<(usize, Option<usize>)>,
    /// Who is away from the day that many days from today until the next, and who stands in.
    absences: Vec<(usize, usize, i64)>,
}

#[derive(Clone, Debug)]
enum Reaches {
    None,
    Own,
    Department,
    Subtree,
    Chosen(Vec<usize>),
    All,
}

fn company() -> impl Strategy<Value = Company> {
    let reaches = prop_oneof![
        Just(Reaches::None),
        Just(Reaches::Own),
        Just(Reaches::Department),
        Just(Reaches::Subtree),
        proptest::collection::vec(0..100_usize, 0..3).prop_map(Reaches::Chosen),
        Just(Reaches::All),
    ];
    (
        proptest::collection::vec(0..100_usize, 1..7),
        proptest::collection::vec((0..100_usize, reaches), 1..6),
        proptest::collection::vec((0..100_usize, proptest::option::weighted(0.3, 0..100_usize)), 1..10),
        proptest::collection::vec((0..100_usize, 0..100_usize, -2..2_i64), 0..4),
    )
        .prop_map(|(parents, people, customers, absences)| {
            let count = people.len();
            let mut absences: Vec<_> =
                absences.into_iter().map(|(absent, deputy, from)| (absent % count, deputy % count, from)).collect();
            absences.retain(|(absent, deputy, _)| absent != deputy);
            absences.sort_unstable();
            absences.dedup_by_key(|(absent, ..)| *absent);
            Company { parents, people, customers, absences }
        })
}

/// What a role says, as it is stored.
fn permissions(reaches: &Reaches, departments: &[String], names: &dyn Fn(&str) -> Value) -> Value {
    let scope = match reaches {
        Reaches::None => json!("none"),
        Reaches::Own => json!("own"),
        Reaches::Department => json!("department"),
        Reaches::Subtree => json!("subtree"),
        Reaches::All => json!("all"),
        Reaches::Chosen(chosen) => {
            let ids: Vec<Value> = chosen.iter().map(|at| names(&departments[at % departments.len()])).collect();
            json!({ "chosen": ids })
        }
    };
    json!({ "customer": { "read": scope } })
}

struct Built {
    logins: Vec<String>,
    customers: BTreeSet<String>,
    /// The tree of departments as (id, path), and each customer's owner, department and share, for the oracle.
    expected: Vec<BTreeSet<String>>,
}

/// Which customers each person should see, computed from the numbers and nothing of the product.
fn oracle(company: &Company) -> Vec<BTreeSet<usize>> {
    let departments = company.parents.len();
    let home = |person: usize| company.people[person].0 % departments;
    let is_below = |mut department: usize, top: usize| loop {
        if department == top {
            return true;
        }
        if department == 0 {
            return false;
        }
        department = company.parents[department] % department;
    };
    let sees = |person: usize, (owner, shared): (usize, Option<usize>)| {
        let owner = owner % company.people.len();
        let by_scope = match &company.people[person].1 {
            Reaches::None => return false,
            Reaches::Own => owner == person,
            Reaches::Department => home(owner) == home(person),
            Reaches::Subtree => is_below(home(owner), home(person)),
            Reaches::Chosen(chosen) if chosen.is_empty() => return false,
            Reaches::Chosen(chosen) => chosen.iter().any(|at| at % departments == home(owner)),
            Reaches::All => true,
        };
        let stands_in =
            company.absences.contains(&(owner, person, 0)) || company.absences.contains(&(owner, person, -1));
        by_scope || stands_in || shared.is_some_and(|with| with % company.people.len() == person)
    };
    (0..company.people.len())
        .map(|person| {
            let visible = company.customers.iter().enumerate().filter(|(_, customer)| sees(person, **customer));
            visible.map(|(at, _)| at).collect()
        })
        .collect()
}

fn build(app: &TestApp, almighty: &Session<'_>, company: &Company, number: usize) -> Built {
    let name = |kind: &str, at: usize| format!("{kind}{number}x{at}");
    let departments: Vec<String> = (0..company.parents.len()).map(|at| name("部", at)).collect();
    for (at, parent) in company.parents.iter().enumerate() {
        let parent = if at == 0 { "总部".to_owned() } else { departments[parent % at].clone() };
        app.open_department(&departments[at], &parent);
    }
    let logins: Vec<String> = (0..company.people.len()).map(|at| name("p", at)).collect();
    for (at, (department, reaches)) in company.people.iter().enumerate() {
        let login = &logins[at];
        let user = app.hire(login, login, &departments[department % departments.len()], &[], None);
        let allowed = permissions(reaches, &departments, &|name| json!(app.department(name)));
        give_role(app, user, login, allowed);
    }
    let mut ids = Vec::new();
    for (at, (owner, shared)) in company.customers.iter().enumerate() {
        let owner = app.person(&logins[owner % logins.len()]);
        let body = json!({ "kind": "company", "name": name("样本客户", at), "owner_id": owner, "allow_duplicate": true,
            "duplicate_reason": "test" });
        let id = almighty.post("/customers", body).created()["id"].as_str().expect("an id").to_owned();
        if let Some(with) = shared {
            let with = app.person(&logins[with % logins.len()]);
            let path = format!("/customers/{id}/collaborators/{with}");
            almighty.request(Method::PUT, &path).json(json!({ "level": "read" })).send().ok();
        }
        ids.push(id);
    }
    for (absent, deputy, from) in &company.absences {
        let day = |days: i64| app.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date().saturating_add(days.days());
        let body = json!({ "user_id": app.person(&logins[*absent]), "deputy_id": app.person(&logins[*deputy]),
            "kind": "leave", "from": day(*from), "to": day(*from + 1) });
        almighty.post("/absences", body).created();
    }
    let expected =
        oracle(company).into_iter().map(|seen| seen.into_iter().map(|at| ids[at].clone()).collect()).collect();
    Built { logins, customers: ids.into_iter().collect(), expected }
}

fn give_role(app: &TestApp, user: Id<User>, name: &str, permissions: Value) {
    let (name, now) = (name.to_owned(), app.clock.now());
    app.write(move |tx| {
        epoch::bump(tx)?;
        let role = Role {
            id: Id::new(),
            builtin: None,
            name: name.clone(),
            permissions: permissions.clone(),
            fields: json!({}),
            follows: false,
            export_rows: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        role.insert(tx)?;
        Ok(tx.execute(&GIVE_ROLE, &[&user, &role.id]).map(drop)?)
    });
}

/// All customers of a list, page by page.
fn listed(session: &Session<'_>, question: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let reply = session.get(&format!("/customers?limit=3{question}{cursor}"));
        if reply.status == 403 {
            return found;
        }
        let page = reply.ok();
        for item in page["items"].as_array().expect("items") {
            assert!(found.insert(item["id"].as_str().expect("an id").to_owned()), "a row came twice");
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

store::db_test! {
    MIGRATIONS;

    fn what_is_listed_can_be_opened_and_nothing_else(db) {
        let app = TestApp::new(&db);
        let almighty = app.all_powerful();
        let mut number = 0;
        let mut runner = TestRunner::new(Config { cases: 24, max_shrink_iters: 0, failure_persistence: None, ..Config::default() });
        let companies = std::cell::RefCell::new(&mut number);
        let result = runner.run(&company(), |company| {
            let number = {
                let mut number = companies.borrow_mut();
                **number += 1;
                **number
            };
            let built = build(&app, &almighty, &company, number);
            for (login, expected) in built.logins.iter().zip(&built.expected) {
                let session = app.sign_in(login);
                let mine = |found: BTreeSet<String>| -> BTreeSet<String> {
                    found.intersection(&built.customers).cloned().collect()
                };
                prop_assert_eq!(&mine(listed(&session, "")), expected, "the list of {}", login);
                prop_assert_eq!(&mine(listed(&session, "&sort=name")), expected, "the list by name of {}", login);
                for customer in &built.customers {
                    let opened = session.get(&format!("/customers/{customer}")).status == 200;
                    prop_assert_eq!(opened, expected.contains(customer), "{} opens {}", login, customer);
                }
                let searched = mine(listed(&session, &format!("&q={}", urlencoded("样本客户"))));
                prop_assert!(searched.is_subset(expected), "the search of {} shows too much", login);
                prop_assert_eq!(&searched, expected, "the search of {}", login);
            }
            Ok(())
        });
        result.unwrap_or_else(|error| panic!("{error}"));
    }
}

fn urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
