//! The vocabulary of facts, and which facts a rule reads.
//!
//! | kind | subject | happened at | published by |
//! | --- | --- | --- | --- |
//! | `contact_begun` | the interaction to come | somebody dials from Today, or checks in | engagement |
//! | `contact_failed` | the same | the word that nobody was reached | engagement |
//! | `contact_made` | the interaction | the contact | engagement, for phone, e-mail, SMS, WeChat, chat, meeting |
//! | `visit_made` | the interaction | the visit | engagement, for a visit or work on site |
//! | `activity_attended` | the interaction | the activity | engagement |
//! | `greeting_sent` | the interaction | the greeting | engagement |
//! | `contact_recorded` | the interaction | the moment of recording | engagement, with each of the four above |
//! | `contact_withdrawn` | the interaction | the moment of withdrawal | engagement, when an entry was a mistake |
//! | `archive_verified` | the verification | the talk with the customer | customers |
//! | `major_event_known` | the event | when we learned of it (`known_at`, not `happened_at`) | customers |
//! | `major_event_recorded` | the event | the moment of recording | customers |
//! | `major_event_withdrawn` | the event | the moment of withdrawal | customers |
//! | `grade_change_proposed` | the proposal | the proposal; attribute `assignee` names who decides | customers |
//! | `grade_change_decided` | the proposal | the decision | customers |
//! | `grade_change_withdrawn` | the proposal | the moment of withdrawal | customers |
//! | `subject_request_received` | the request | the request; attribute `assignee` names who answers it | protection |
//! | `subject_request_answered` | the request | the answer | protection |
//! | `subject_request_withdrawn` | the request | the moment of withdrawal | protection |
//! | `order_placed` | the order | the day of the order | customers, until sales has a room |
//! | `contract_signed` | the contract | the day of the signature | customers, until contracts have a room |
//! | `contract_renewed` | the renewal | the day of the renewal | customers, until contracts have a room |
//! | `cooperation_withdrawn` | the order, contract or renewal | the moment of calling it off or removing it | customers |
//! | `handover_opened` | the hand-over | when the first customer changed hands; attribute `assignee` names who receives | customers |
//! | `handover_accepted` | the hand-over | the acceptance | customers |
//! | `handover_withdrawn` | the hand-over | when the last customer went back, or on | customers |
//! | `case_opened` … `case_withdrawn` ([`CASE`]) | the case | see below | desk |
//! | `measured` | what was measured | the measurement; attributes `measure`, `value` | whoever computes a measure |
//!
//! A case is opened, changed (its kind, level, department or assignee), answered, written to by the customer, taken up,
//! given a task force and a solution, made to wait and resumed, solved, its result told, followed up, reopened, thanked
//! for, closed or withdrawn. Each of these facts carries in its attributes what the case is from then on: `kind`, `level`,
//! `channel`, `assignee`, `department`; what is absent stays, what is null is no more. Who knows the facts knows the case.
//!
//! A kind says one thing only; which kinds count for what is the rule's business (a visit is listed in `counts` beside
//! a contact). A simulation may use any kind.

use super::Subject;
use crate::kernel::Fact;
use crate::policy::definition::{Conditions, GRADE, Selector};
use std::collections::BTreeMap;
use uuid::Uuid;

pub const CONTACT_BEGUN: &str = "contact_begun";
pub const CONTACT_FAILED: &str = "contact_failed";
pub const CONTACT_MADE: &str = "contact_made";
pub const VISIT_MADE: &str = "visit_made";
pub const ACTIVITY_ATTENDED: &str = "activity_attended";
pub const GREETING_SENT: &str = "greeting_sent";
pub const CONTACT_RECORDED: &str = "contact_recorded";
pub const CONTACT_WITHDRAWN: &str = "contact_withdrawn";
pub const ARCHIVE_VERIFIED: &str = "archive_verified";
pub const MAJOR_EVENT_KNOWN: &str = "major_event_known";
pub const MAJOR_EVENT_RECORDED: &str = "major_event_recorded";
pub const MAJOR_EVENT_WITHDRAWN: &str = "major_event_withdrawn";
pub const GRADE_CHANGE_PROPOSED: &str = "grade_change_proposed";
pub const GRADE_CHANGE_DECIDED: &str = "grade_change_decided";
pub const GRADE_CHANGE_WITHDRAWN: &str = "grade_change_withdrawn";
pub const SUBJECT_REQUEST_RECEIVED: &str = "subject_request_received";
pub const SUBJECT_REQUEST_ANSWERED: &str = "subject_request_answered";
pub const SUBJECT_REQUEST_WITHDRAWN: &str = "subject_request_withdrawn";
pub const ORDER_PLACED: &str = "order_placed";
pub const CONTRACT_SIGNED: &str = "contract_signed";
pub const CONTRACT_RENEWED: &str = "contract_renewed";
pub const COOPERATION_WITHDRAWN: &str = "cooperation_withdrawn";
pub const HANDOVER_OPENED: &str = "handover_opened";
pub const HANDOVER_ACCEPTED: &str = "handover_accepted";
pub const HANDOVER_WITHDRAWN: &str = "handover_withdrawn";
pub const MEASURED: &str = "measured";

/// What rules call a case of the service desk.
pub const CASE_SUBJECT: &str = "case";

/// What happens to a case, all of it.
pub const CASE: [&str; 16] = [
    "case_opened",
    "case_changed",
    "case_answered",
    "case_customer_wrote",
    "case_taken_up",
    "task_force_formed",
    "solution_given",
    "case_waiting",
    "case_resumed",
    "case_solved",
    "case_result_told",
    "case_followed_up",
    "case_reopened",
    "case_thanked",
    "case_closed",
    "case_withdrawn",
];

/// The facts that tell what a subject is. Of a customer that is known from its archive.
pub fn telling(subject: &str) -> &'static [&'static str] {
    if subject == CASE_SUBJECT { &CASE } else { &[] }
}

/// The kinds of fact that some room publishes today. A policy that waits for another kind would wait for ever.
pub const VOCABULARY: [&str; 26] = [
    CONTACT_BEGUN,
    CONTACT_FAILED,
    CONTACT_MADE,
    VISIT_MADE,
    ACTIVITY_ATTENDED,
    GREETING_SENT,
    CONTACT_RECORDED,
    CONTACT_WITHDRAWN,
    ARCHIVE_VERIFIED,
    MAJOR_EVENT_KNOWN,
    MAJOR_EVENT_RECORDED,
    MAJOR_EVENT_WITHDRAWN,
    GRADE_CHANGE_PROPOSED,
    GRADE_CHANGE_DECIDED,
    GRADE_CHANGE_WITHDRAWN,
    SUBJECT_REQUEST_RECEIVED,
    SUBJECT_REQUEST_ANSWERED,
    SUBJECT_REQUEST_WITHDRAWN,
    ORDER_PLACED,
    CONTRACT_SIGNED,
    CONTRACT_RENEWED,
    COOPERATION_WITHDRAWN,
    HANDOVER_OPENED,
    HANDOVER_ACCEPTED,
    HANDOVER_WITHDRAWN,
    MEASURED,
];

/// What an interaction makes, and what its withdrawal takes back: the same fact again, later and as `contact_withdrawn`.
pub const WITHDRAWABLE: [&str; 4] = [CONTACT_MADE, VISIT_MADE, ACTIVITY_ATTENDED, GREETING_SENT];

/// Each fact once, in the order in which things happened. The order of arrival does not matter; of two versions of the
/// same fact the one recorded last is believed.
pub fn in_order(facts: &[Fact]) -> Vec<&Fact> {
    let mut list = latest(facts.iter());
    list.sort_by_key(|fact| (fact.at, fact.id));
    list
}

/// Of each fact the version recorded last.
pub fn latest<'a>(facts: impl Iterator<Item = &'a Fact>) -> Vec<&'a Fact> {
    let mut latest: BTreeMap<Uuid, &Fact> = BTreeMap::new();
    for fact in facts {
        let known = latest.entry(fact.id).or_insert(fact);
        if (fact.recorded_at, fact.at) > (known.recorded_at, known.at) {
            *known = fact;
        }
    }
    latest.into_values().collect()
}

pub fn matches_any(selectors: &[Selector], fact: &Fact) -> bool {
    selectors.iter().any(|selector| matches(selector, fact))
}

pub fn matches(selector: &Selector, fact: &Fact) -> bool {
    selector.fact == fact.kind && attributes_hold(&selector.conditions, fact)
}

fn attributes_hold(conditions: &Conditions, fact: &Fact) -> bool {
    let holds =
        |(name, values): (&String, &Vec<_>)| fact.attributes.get(name).is_some_and(|found| values.contains(found));
    conditions.iter().all(holds)
}

/// Whether the fact is about this subject: directly, or because it happened with that customer.
pub fn concerns(fact: &Fact, subject: Uuid) -> bool {
    fact.subject == subject || fact.customer == Some(subject)
}

/// Whether all conditions hold for the subject.
pub fn subject_holds(conditions: &Conditions, subject: &Subject) -> bool {
    conditions.iter().all(|(name, values)| match name.as_str() {
        GRADE => subject.grade.as_deref().is_some_and(|grade| values.iter().any(|value| value.as_str() == Some(grade))),
        _ => subject.attributes.get(name).is_some_and(|found| values.contains(found)),
    })
}
