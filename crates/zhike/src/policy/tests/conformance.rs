//! Cases D1–D20 and DK1–DK8 of the service area: scenarios of three helpdesks and of an office in China, each a file that
//! anybody can run (`docs/examples/simulate/conformance`). Each is judged three times: by the simulation, by the simulation
//! through its HTTP door, and as live duties under the test clock, once looked at all the time and once not before the
//! end. What is shown, enforced and reported is then the same.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::{Db, Entity as _};
use uuid::Uuid;

use super::kit::*;
use crate::app::MIGRATIONS;
use crate::kernel::Fact;
use crate::platform::{outbox, settings};
use crate::policy::definition::{Chapter, Clause, Policy, Text};
use crate::policy::model::{Adopted, DutyRow, PolicyVersion, VersionState};
use crate::policy::rules::State;
use crate::policy::rules::simulate::{self, SimulatedDuty, SimulationFile};
use crate::testing::TestApp;

/// Subject, rule, cycle; due, state; seconds elapsed, margin. What stands in two lines of one case is one file.
const EXPECTED: &[(&str, &[&str])] = &[
    (
        "D1",
        &[
            "TS-1 first-response 1: 2013-03-21T10:30:00Z open - -",
            "TS-1 next-response 1: 2013-03-21T11:30:00Z open - -",
            "TS-1 solution 1: 2013-03-21T12:30:00Z open - -",
        ],
    ),
    (
        "D2",
        &[
            "early first-response 1: 2013-03-21T10:30:00Z met 1800 1800",
            "late first-response 1: 2013-03-21T10:30:00Z late 16200 -12600",
            "early next-response 1: 2013-03-21T11:30:00Z missed - -",
            "late next-response 1: 2013-03-21T11:30:00Z missed - -",
            "early solution 1: 2013-03-21T12:30:00Z missed - -",
            "late solution 1: 2013-03-21T12:30:00Z missed - -",
        ],
    ),
    (
        "D3",
        &[
            "early first-response 1: 2013-03-21T10:30:00Z late 16200 -12600",
            "late first-response 1: 2013-03-21T10:30:00Z late 16200 -12600",
            "early next-response 1: 2013-03-21T11:30:00Z met 5400 1800",
            "late next-response 1: 2013-03-21T11:30:00Z late 9000 -1800",
            "early solution 1: 2013-03-21T12:30:00Z missed - -",
            "late solution 1: 2013-03-21T12:30:00Z missed - -",
        ],
    ),
    (
        "D4",
        &[
            "TS-1 first-response 1: 2013-03-21T10:30:00Z missed - -",
            "TS-1 next-response 1: 2013-03-21T11:30:00Z late 9000 -1800",
            "TS-1 next-response 2: 2013-03-21T14:05:00Z open - -",
            "TS-1 solution 1: 2013-03-21T12:30:00Z open - -",
        ],
    ),
    (
        "D5",
        &[
            "leaves first-response 1: 2013-03-21T10:30:00Z cancelled - -",
            "stays first-response 1: 2013-03-21T10:30:00Z open - -",
            "leaves solution 1: 2013-03-21T13:30:00Z cancelled - -",
            "stays solution 1: 2013-03-21T13:30:00Z open - -",
        ],
    ),
    ("D6", &["TS-1 first-response 1: 2013-06-04T11:45:00Z open - -"]),
    ("D7", &["TS-1 first-response 1: none paused - -", "TS-1 solution 1: none met 0 14400"]),
    ("D8", &["TS-1 first-response 1: 2015-09-23T07:30:00Z open - -", "TS-1 solution 1: 2015-09-23T09:30:00Z open - -"]),
    (
        "D8-from-nine",
        &["TS-1 first-response 1: 2015-09-23T08:30:00Z open - -", "TS-1 solution 1: 2015-09-23T10:30:00Z open - -"],
    ),
    ("D9", &["TS-1 solution 1: 2024-01-16T12:00:00Z open - -"]),
    (
        "D10",
        &["TS-1 high-response 1: 2024-01-15T11:00:00Z open - -", "TS-1 high-solution 1: 2024-01-15T14:00:00Z open - -"],
    ),
    (
        "D11",
        &[
            "TS-1 urgent-response 1: 2024-01-19T17:30:00Z open - -",
            "TS-1 urgent-solution 1: 2024-01-22T11:00:00Z open - -",
        ],
    ),
    (
        "D12",
        &[
            "hour urgent-response 1: 2024-01-18T15:30:00Z missed - -",
            "second-more urgent-response 1: 2024-01-18T15:30:00Z missed - -",
            "hour urgent-solution 1: 2024-01-18T18:00:00Z open - -",
            "second-more urgent-solution 1: 2024-01-19T10:00:01Z open - -",
        ],
    ),
    (
        "D13",
        &[
            "TS-1 high-response 1: 2024-01-15T13:00:00Z missed - -",
            "TS-1 high-solution 1: 2024-01-15T16:30:00Z met 3600 10800",
        ],
    ),
    (
        "D14",
        &[
            "TS-1 high-response 1: 2024-01-15T13:00:00Z missed - -",
            "TS-1 high-solution 1: 2024-01-15T16:00:00Z met 1800 12600",
        ],
    ),
    (
        "D15",
        &[
            "TS-1 urgent-response 1: 2024-01-15T10:30:00Z met 600 1200",
            "TS-1 urgent-solution 1: 2024-01-15T12:10:00Z missed - -",
        ],
    ),
    (
        "D16",
        &[
            "TS-1 urgent-response 1: 2024-01-15T10:30:00Z missed - -",
            "TS-1 urgent-solution 1: 2024-01-15T12:00:00Z open - -",
        ],
    ),
    (
        "D17",
        &[
            "early response 1: 2024-01-17T11:00:00Z missed - -",
            "evening response 1: 2024-01-18T11:00:00Z missed - -",
            "friday response 1: 2024-01-22T10:00:00Z open - -",
            "saturday response 1: 2024-01-22T11:00:00Z open - -",
            "wednesday response 1: 2024-01-17T12:00:00Z missed - -",
        ],
    ),
    ("D18", &["TS-1 response 1: 2024-01-22T09:30:00Z open - -"]),
    // Deliberately unlike its source, which says "hit" because nobody looked before it was answered.
    ("D19", &["TS-1 response 1: 2024-01-17T11:00:00Z late 21600 -18000"]),
    ("DK1", &["TS-1 solved 1: 2026-02-14T02:00:00Z open - -"]),
    ("DK2", &["TS-1 solved 1: 2026-10-08T09:30:00Z open - -"]),
    ("DK3", &["TS-1 solved 1: 2026-10-10T02:00:00Z open - -"]),
    ("DK4", &["TS-1 solved 1: 2026-11-23T06:00:00Z open - -"]),
    ("DK5", &["TS-1 solved 1: 2026-01-04T07:30:00Z open - -"]),
    ("DK6", &["TS-1 solved 1: 2026-05-08T09:30:00Z open - -"]),
    ("DK7", &["TS-1 solved 1: 2026-09-29T02:00:00Z open - -"]),
    (
        "DK8",
        &[
            "TS-1 answer 1: 2026-02-17T16:20:00Z open - -",
            "TS-1 solution 1: 2026-02-17T19:50:00Z open - -",
            "TS-1 task-force 1: 2026-02-17T16:50:00Z open - -",
        ],
    ),
];

fn text_of(name: &str) -> String {
    let path = format!("{}/../../docs/examples/simulate/conformance/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the case")
}

fn file_of(name: &str) -> SimulationFile {
    simulate::read(&text_of(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn line(
    (subject, rule, occurrence): (&str, &str, &str),
    (due, state): (Option<Timestamp>, State),
    (elapsed, margin): (Option<i64>, Option<i64>),
) -> String {
    let seconds = |value: Option<i64>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    let due = due.map_or_else(|| "none".to_owned(), |due| due.to_string());
    format!("{subject} {rule} {occurrence}: {due} {} {} {}", state.word(), seconds(elapsed), seconds(margin))
}

fn simulated(duties: &[SimulatedDuty]) -> Vec<String> {
    let line = |duty: &SimulatedDuty| {
        assert!(!duty.provisional, "{}: every table that is needed is published", duty.rule);
        let key = (duty.subject.as_str(), duty.rule.as_str(), duty.occurrence.as_str());
        line(key, (duty.due_at, duty.state), (duty.elapsed_seconds, duty.margin_seconds))
    };
    duties.iter().map(line).collect()
}

/// In the order of [`EXPECTED`] whatever the order of the rules.
fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

fn expected(name: &str, lines: &[&str]) -> Vec<String> {
    assert!(!lines.is_empty(), "{name}");
    sorted(lines.iter().map(ToString::to_string).collect())
}

#[test]
fn every_case_comes_out_as_it_should() {
    for (name, lines) in EXPECTED {
        let result = simulate::simulate(&file_of(name), &|_| None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(sorted(simulated(&result.duties)), expected(name, lines), "{name}");
    }
    let files = std::fs::read_dir(format!("{}/../../docs/examples/simulate/conformance", env!("CARGO_MANIFEST_DIR")));
    assert_eq!(files.expect("the folder").count(), EXPECTED.len() + 1, "and D20, which is refused");
}

#[test]
fn a_calendar_that_is_never_open_is_refused() {
    // D20, deliberately unlike its source, which falls back to the clock on the wall.
    let error = simulate::simulate(&file_of("D20"), &|_| None).expect_err("no hours").to_string();
    assert!(error.contains("the calendar has no working hours"), "{error}");
}

/// What is the next to run out among what is open, as D1 to D3 ask.
#[test]
fn the_next_escalation_is_that_of_the_clock_that_runs_out_first() {
    let next = |name: &str, subject: &str, until: &str| {
        let file = SimulationFile { until: at(until), ..file_of(name) };
        let result = simulate::simulate(&file, &|_| None).expect(name);
        let open = result.duties.into_iter().filter(|duty| duty.subject == subject && duty.state.is_open());
        open.filter_map(|duty| duty.due_at).min()
    };
    assert_eq!(next("D1", "TS-1", "2013-03-21T10:00:00Z"), Some(at("2013-03-21T10:30:00Z")));
    assert_eq!(next("D2", "early", "2013-03-21T10:00:00Z"), Some(at("2013-03-21T11:30:00Z")));
    assert_eq!(next("D3", "late", "2013-03-21T12:00:00Z"), Some(at("2013-03-21T12:30:00Z")));
}

store::statements! {
    OF_SUBJECT = select DutyRow where "subject_id = $1 order by rule, occurrence";
    RETIRE = "update policy_version set state = 'superseded' where state = 'effective'";
}

/// The only regulation of the company: the rules of the file, since before anything in it happens.
fn adopt(app: &TestApp, name: &str, file: &SimulationFile) {
    let words = Text { zh: "规定".to_owned(), en: "Regulation".to_owned() };
    let clause = Clause {
        id: format!("{name}-1"),
        chapter: Chapter::D,
        title: words.clone(),
        text: words.clone(),
        see: Vec::new(),
        pending: None,
        rules: file.rules.clone(),
    };
    let policy = Policy { key: name.to_owned(), title: words.clone(), summary: words, clauses: vec![clause] };
    let since = file.from - SignedDuration::from_hours(24);
    let (author, definition) = (app.person("admin").uuid(), serde_json::to_string(&policy).expect("JSON"));
    let key = name.to_owned();
    app.write(move |tx| {
        tx.execute(&RETIRE, &[])?;
        Adopted { key: key.clone(), adopted_at: since, adopted_by: author }.insert(tx)?;
        let version = PolicyVersion {
            id: Uuid::now_v7(),
            policy: key.clone(),
            number: 1,
            state: VersionState::Effective,
            based_on: None,
            definition: definition.clone(),
            changes: json!([]),
            note: None,
            author_id: author,
            submitted_at: Some(since),
            approver_id: None,
            decided_at: Some(since),
            reason: None,
            effective_on: None,
            effective_at: Some(since),
            superseded_at: None,
            version: 1,
            created_at: since,
            updated_at: since,
        };
        Ok(version.insert(tx)?)
    });
}

fn keep_hours(app: &TestApp, file: &SimulationFile) {
    let spec = file.calendars["working"].clone();
    let admin = app.principal("admin");
    app.write(move |tx| {
        let now = settings::get(tx)?;
        let (version, spec) = (now.version, spec.clone());
        let new = settings::Settings {
            time_zone: spec.zone,
            working_week: spec.week,
            national: spec.national,
            overrides: spec.overrides,
            ..now
        };
        settings::update(tx, &admin.grant()?, version, new).map(drop)
    });
}

/// Lives through the file; whether the duties are looked at after everything that happens, or only in the end.
fn lived(app: &TestApp, file: &SimulationFile, looking: bool) -> Vec<String> {
    let mut subjects: Vec<(String, Uuid)> = Vec::new();
    let mut timeline: Vec<_> = file.timeline.iter().collect();
    timeline.sort_by_key(|entry| entry.at);
    for entry in timeline {
        let written = entry.fact.as_ref().expect("a fact");
        let name = written.subject.clone().expect("a subject");
        let known = subjects.iter().find(|(known, _)| *known == name).map(|(_, id)| *id);
        let subject = known.unwrap_or_else(|| {
            subjects.push((name, Uuid::now_v7()));
            subjects[subjects.len() - 1].1
        });
        app.set_time(entry.at);
        let who = app.principal("admin");
        let fact = Fact {
            id: Uuid::now_v7(),
            kind: written.kind.clone(),
            subject,
            customer: None,
            at: entry.at,
            recorded_at: entry.at,
            actor: Some(who.user.uuid()),
            attributes: written.attributes.clone(),
        };
        app.write(move |tx| outbox::publish(tx, &who, &fact));
        if looking {
            sweep(app);
        }
    }
    pass_to(app, &file.until.to_string());
    let budget = |rule: &str| {
        let rule = file.rules.iter().find(|other| other.key == rule).expect("a rule");
        let Value::String(span) = serde_json::to_value(rule).expect("JSON")["within"]["budget"].clone() else {
            panic!("a budget")
        };
        match span.parse().expect("a span") {
            crate::policy::definition::Span::Seconds(seconds) => seconds,
            crate::policy::definition::Span::WorkingDays(_) => panic!("seconds"),
        }
    };
    let mut lines = Vec::new();
    for (name, subject) in subjects {
        for row in app.read(move |tx| DutyRow::all(tx, &OF_SUBJECT, &[&subject])) {
            let elapsed = row.margin.map(|margin| budget(&row.rule) - margin);
            let key = (name.as_str(), row.rule.as_str(), row.occurrence.as_str());
            lines.push(line(key, (row.due_at, row.state), (elapsed, row.margin)));
        }
    }
    lines
}

fn live(db: &Db) {
    let app = TestApp::new(db);
    for (name, lines) in EXPECTED {
        let file = file_of(name);
        app.set_time(file.from - SignedDuration::from_hours(1));
        keep_hours(&app, &file);
        adopt(&app, name, &file);
        for looking in [true, false] {
            assert_eq!(sorted(lived(&app, &file, looking)), expected(name, lines), "{name}, looking: {looking}");
        }
        let told: Value = serde_json::from_str(&text_of(name)).expect("JSON");
        let answer = session(&app, "admin").post("/policy/simulate", told).ok();
        let duties: Vec<SimulatedDuty> = serde_json::from_value(answer["duties"].clone()).expect("duties");
        assert_eq!(sorted(simulated(&duties)), expected(name, lines), "{name} through its door");
    }
    let refused: Value = serde_json::from_str(&text_of("D20")).expect("JSON");
    assert_eq!(session(&app, "admin").post("/policy/simulate", refused).refused(422), "simulation.refused");
}

store::db_test! {
    MIGRATIONS;

    fn the_cases_live_as_they_are_simulated(db) {
        live(&db);
    }
}
