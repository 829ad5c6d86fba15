//! The worked examples of `docs/simulate.md` are run here: their answers are files, and the tables in the document are
//! made from them. With `WRITE_EXAMPLES=1` the answers are written anew and the rows printed, to be checked by hand.

use super::result::SimulatedDuty;
use super::{SimulationError, SimulationResult, read, simulate};
use crate::policy::start;
use std::path::PathBuf;

fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn run(text: &str) -> Result<SimulationResult, SimulationError> {
    simulate(&read(text)?, &start::policy)
}

/// A duty as a row of a table in the document.
fn row(duty: &SimulatedDuty) -> String {
    let state = serde_json::to_value(duty.state).expect("a state");
    let told: Vec<String> = duty.steps.iter().map(|step| format!("{} {}", step.key, step.at)).collect();
    let due = duty.due_at.map_or_else(|| "–".to_owned(), |due| due.to_string());
    let margin = duty.margin_seconds.map_or_else(|| "–".to_owned(), |margin| margin.to_string());
    let told = if told.is_empty() { "–".to_owned() } else { told.join(", ") };
    let state = state.as_str().unwrap_or_default();
    format!("| `{}` | {} | {} | {due} | {state} | {margin} | {told} |", duty.rule, duty.subject, duty.occurrence)
}

fn documented(name: &str) {
    let file = |suffix: &str| docs().join(format!("examples/simulate/{name}{suffix}"));
    let text = std::fs::read_to_string(file(".json")).expect("the example");
    let result = run(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    if std::env::var_os("WRITE_EXAMPLES").is_some() {
        let pretty = serde_json::to_string_pretty(&result).expect("JSON");
        std::fs::write(file(".result.json"), pretty + "\n").expect("written");
        result.duties.iter().for_each(|duty| println!("{}", row(duty)));
        return;
    }
    let expected = std::fs::read_to_string(file(".result.json")).expect("the answer");
    let expected: SimulationResult = serde_json::from_str(&expected).expect("readable");
    assert_eq!(result, expected, "{name}");
    let document = std::fs::read_to_string(docs().join("simulate.md")).expect("the document");
    for duty in &result.duties {
        assert!(document.contains(&row(duty)), "docs/simulate.md lacks: {}", row(duty));
    }
}

#[test]
fn the_contact_plan_is_as_documented() {
    documented("contact-plan");
}

#[test]
fn the_major_events_are_as_documented() {
    documented("major-event");
}

#[test]
fn the_case_clocks_are_as_documented() {
    documented("case-clocks");
}

const FRAME: &str = r#""policy": "R3", "from": "2026-11-01T00:00:00+08:00", "until": "2026-12-01T00:00:00+08:00""#;

#[test]
fn mistakes_in_a_file_are_named() {
    let cases = [
        (r#""until": "2026-12-01T00:00:00+08:00""#.to_owned(), "missing field `from`"),
        (format!(r#"{FRAME}, "speed": 2"#), "unknown field `speed`"),
        (FRAME.replace("R3", "R9"), "there is no policy \"R9\""),
        (FRAME.replace("\"policy\": \"R3\", ", ""), "there are no rules"),
        (FRAME.replace("2026-12-01", "2026-10-01"), "`until` must be after `from`"),
        (format!(r#"{FRAME}, "timeline": [{{ "at": "2026-11-02T00:00:00Z" }}]"#), "timeline entry 1: exactly one"),
        (
            format!(
                r#"{FRAME}, "timeline": [{{ "at": "2026-11-02T00:00:00Z", "change": {{ "subject": "nobody" }} }}]"#
            ),
            "timeline entry 1: there is no subject \"nobody\"",
        ),
        (format!(r#"{FRAME}, "subjects": [{{ "id": "a" }}, {{ "id": "a" }}]"#), "\"a\" occurs twice"),
        (
            format!(r#"{FRAME}, "calendars": {{ "working": {{ "zone": "UTC", "week": [[],[],[],[],[],[],[]] }} }}"#),
            "calendar \"working\": the calendar has no working hours",
        ),
    ];
    for (members, message) in cases {
        let error = run(&format!("{{ {members} }}")).expect_err(&members).to_string();
        assert!(error.contains(message), "{members}: {error}");
    }
}

#[test]
fn people_may_pause_waive_and_postpone() {
    let text = format!(
        r#"{{ {FRAME},
        "subjects": [{{ "id": "a", "grade": "vip" }}, {{ "id": "b", "grade": "vip" }}, {{ "id": "c", "grade": "vip" }}],
        "timeline": [
          {{ "at": "2026-11-02T00:00:00+08:00", "pause": {{ "rule": "vip-contact", "subject": "a", "reason": "away" }} }},
          {{ "at": "2026-11-25T00:00:00+08:00", "resume": {{ "rule": "vip-contact", "subject": "a" }} }},
          {{ "at": "2026-11-26T00:00:00+08:00", "fact": {{ "kind": "visit_made", "customer": "a" }} }},
          {{ "at": "2026-11-10T00:00:00+08:00", "waive": {{ "rule": "vip-contact", "subject": "b", "occurrence": "2026-11", "reason": "closed" }} }},
          {{ "at": "2026-11-10T00:00:00+08:00", "postpone": {{ "rule": "vip-contact", "subject": "c", "until": "2026-11-29T00:00:00+08:00" }} }}
        ] }}"#
    );
    let result = run(&text).unwrap_or_else(|error| panic!("{error}"));
    let states: Vec<_> = result
        .duties
        .iter()
        .filter(|duty| duty.rule == "vip-contact")
        .map(|duty| (duty.subject.as_str(), duty.state))
        .collect();
    use crate::policy::rules::State::{Met, Missed, Waived};
    assert_eq!(states, [("a", Met), ("b", Waived), ("c", Missed)]);
    assert_eq!(result.compliance["vip-contact"].rate, Some(0.5));
}

#[test]
fn the_same_file_gives_the_same_answer_in_any_order() {
    let text = std::fs::read_to_string(docs().join("examples/simulate/case-clocks.json")).expect("the example");
    let mut file = read(&text).expect("readable");
    let first = simulate(&file, &start::policy).expect("simulated");
    file.timeline.reverse();
    file.subjects.reverse();
    let second = simulate(&file, &start::policy).expect("simulated");
    let states = |result: &SimulationResult| result.duties.iter().map(row).collect::<Vec<_>>();
    assert_eq!(states(&first), states(&second));
}
