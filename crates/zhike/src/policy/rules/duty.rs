//! A duty: one subject, one rule, one occurrence. What the rule says about it ([`Terms`]) is kept apart from what
//! people did to it (pauses, waiver), so that planning again never loses a person's decision.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The identity of a duty. Planning the same thing twice gives the same key, so nothing is owed twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DutyKey {
    pub rule: String,
    pub subject: Uuid,
    /// The key of the period, or the number of the cycle (`1`, `2` after a reopening).
    pub occurrence: String,
}

/// What the rule asks. Changes only by planning again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub customer: Option<Uuid>,
    /// Who is answerable.
    pub owner: Option<Uuid>,
    /// Who acts while the owner is away.
    pub deputy: Option<Uuid>,
    pub department: Option<Uuid>,
    pub opens_at: Timestamp,
    /// Evidence counts from here: the start of the period, or `opens_at` where only a share is owed.
    pub counts_from: Timestamp,
    /// `None` while a pausing state holds the clock.
    pub due_at: Option<Timestamp>,
    /// A national table that is not published yet may still move `due_at`.
    pub provisional: bool,
    /// The first suggested moment to act.
    pub act_at: Option<Timestamp>,
    pub warnings: Vec<Warning>,
    /// What is owed, line by line; empty for a clock.
    pub need: Vec<NeedCount>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Share of the time, in percent.
    pub percent: u8,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedCount {
    pub what: String,
    pub at_least: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    pub key: DutyKey,
    pub terms: Terms,
    /// Pauses ordered by a person, besides those that states of the subject cause.
    pub pauses: Vec<Halt>,
    /// When a person plans to act: takes the place of the suggestion until somebody acts then or later; after that no
    /// suggestion comes before it. Never moves the deadline.
    pub postponed_until: Option<Timestamp>,
    pub waived: Option<Release>,
    /// The subject no longer owes it.
    pub cancelled: Option<Release>,
    /// Earlier terms, oldest first.
    pub history: Vec<Amendment>,
}

/// A pause by a person, `[from, to)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halt {
    pub from: Timestamp,
    pub to: Option<Timestamp>,
    pub by: Option<Uuid>,
    pub reason: String,
}

/// The end of a duty by decision instead of by evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    pub at: Timestamp,
    pub by: Option<Uuid>,
    pub reason: String,
}

/// The terms that held until `at`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    pub at: Timestamp,
    pub before: Terms,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Open,
    Paused,
    /// Fulfilled in time.
    Met,
    /// A clock was stopped, but after its due instant.
    Late,
    /// Not fulfilled and past due. A clock may still become late; a period cannot.
    Missed,
    Waived,
    Cancelled,
}

impl State {
    /// Whether somebody still has to act and the terms may change.
    pub fn is_open(self) -> bool {
        matches!(self, State::Open | State::Paused)
    }
}

impl Duty {
    pub fn new(key: DutyKey, terms: Terms) -> Duty {
        Duty {
            key,
            terms,
            pauses: Vec::new(),
            postponed_until: None,
            waived: None,
            cancelled: None,
            history: Vec::new(),
        }
    }
}
