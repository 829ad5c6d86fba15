//! The tables of `0040_policy.sql`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value as Json;
use store::{Entity as _, FromValue, ToValue, Tx, Value};
use uuid::Uuid;

use super::rules::State;
use crate::platform::grant::Guarded;

store::text_enum! {
    /// The life of a version.
    #[derive(utoipa::ToSchema)]
    pub enum VersionState {
        /// Being written.
        Draft = "draft",
        /// Waiting for a second person.
        Submitted = "submitted",
        /// Decided; its day has not come.
        Approved = "approved",
        /// In force.
        Effective = "effective",
        /// Was in force.
        Superseded = "superseded",
        Rejected = "rejected",
    }
}

store::entity! {
    pub struct Adopted: "policy" {
        pub key: String,
        pub adopted_at: Timestamp,
        pub adopted_by: Uuid,
    }
}

store::entity! {
    pub struct PolicyVersion: "policy_version" {
        pub id: Uuid,
        pub policy: String,
        pub number: i64,
        pub state: VersionState,
        pub based_on: Option<i64>,
        pub definition: String,
        pub changes: Json,
        pub note: Option<String>,
        pub author_id: Uuid,
        pub submitted_at: Option<Timestamp>,
        pub approver_id: Option<Uuid>,
        pub decided_at: Option<Timestamp>,
        pub reason: Option<String>,
        pub effective_on: Option<Date>,
        pub effective_at: Option<Timestamp>,
        pub superseded_at: Option<Timestamp>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

store::entity! {
    pub struct DutyRow: "duty" {
        pub id: Uuid,
        pub customer_id: Uuid,
        pub policy_version: Uuid,
        pub clause: String,
        pub rule: String,
        pub subject_id: Uuid,
        pub occurrence: String,
        pub owner_id: Option<Uuid>,
        pub deputy_id: Option<Uuid>,
        pub department_id: Option<Uuid>,
        pub state: State,
        pub live: bool,
        pub opens_at: Timestamp,
        pub act_at: Option<Timestamp>,
        pub due_at: Option<Timestamp>,
        pub due_on: Option<Date>,
        pub next_check_at: Option<Timestamp>,
        pub provisional: bool,
        pub progress: Option<String>,
        pub met_at: Option<Timestamp>,
        pub margin: Option<i64>,
        pub closed_at: Option<Timestamp>,
        pub postponed_until: Option<Timestamp>,
        pub plan: String,
        pub decisions: Option<String>,
        pub version: i64,
        pub created_at: Timestamp,
    }
}

store::text_enum! {
    /// What happened to a duty.
    #[derive(utoipa::ToSchema)]
    pub enum EventKind {
        /// Other terms: `before` in the data holds those that ended.
        Replanned = "replanned",
        Met = "met",
        Late = "late",
        Missed = "missed",
        /// The outcome changed after it had been decided: a fact was recorded late, or was withdrawn.
        Corrected = "corrected",
        Waived = "waived",
        Paused = "paused",
        Resumed = "resumed",
        Postponed = "postponed",
        Cancelled = "cancelled",
        /// Owed again.
        Revived = "revived",
    }
}

store::entity! {
    pub struct DutyEvent: "duty_event" {
        pub id: Uuid,
        pub customer_id: Uuid,
        pub duty_id: Uuid,
        pub kind: EventKind,
        pub at: Timestamp,
        pub recorded_at: Timestamp,
        pub actor_id: Option<Uuid>,
        pub reason: Option<String>,
        pub data: Json,
    }
}

store::entity! {
    pub struct Breach: "breach" {
        pub customer_id: Uuid,
        pub duty_id: Uuid,
        pub step: String,
        pub level: i64,
        pub at: Timestamp,
        pub recorded_at: Timestamp,
        pub told: String,
    }
}

store::statements! {
    pub DUTY = select DutyRow where "customer_id = $1 and id = $2";
    /// Changes of one duty take turns; SQLite has one writer anyway.
    pub LOCK_DUTY = postgres "select id from duty where customer_id = $1 and id = $2 for update";
    GIVEN = "update duty set customer_id = $1 where customer_id = $2 and id = $3";
    GIVEN_EVENTS = "update duty_event set customer_id = $1 where customer_id = $2 and duty_id = $3";
    GIVEN_STEPS = "update breach set customer_id = $1 where customer_id = $2 and duty_id = $3";
    PLACE = "select customer_id from duty where id = $1";
    pub HISTORY = select DutyEvent where "customer_id = $1 and duty_id = $2 order by id";
    pub STEPS = select Breach where "customer_id = $1 and duty_id = $2 order by at, level";
    pub EFFECTIVE = "select id from policy_version where state = 'effective' order by policy";
    pub VERSIONS = select PolicyVersion where "policy = $1 order by number desc";
    pub APPROVED = select PolicyVersion where "state = 'approved' order by effective_on, id";
    pub RULES_SINCE = "select rule, since from policy_rule where policy = $1";
}

impl DutyRow {
    /// The duty with this id, held until the transaction ends.
    pub fn locked(tx: &mut Tx<'_>, customer: Uuid, id: Uuid) -> store::Result<Option<Self>> {
        if tx.is_postgres() && tx.query_opt(&LOCK_DUTY, &[&customer, &id])?.is_none() {
            return Ok(None);
        }
        Self::one(tx, &DUTY, &[&customer, &id])
    }

    /// A duty that was of no customer, with its history, becomes that of the customer who has become known.
    pub fn given(mut self, tx: &mut Tx<'_>, customer: Uuid) -> store::Result<Self> {
        if self.customer_id == NOBODY && customer != NOBODY {
            for statement in [&GIVEN, &GIVEN_EVENTS, &GIVEN_STEPS] {
                tx.execute(statement, &[&customer, &NOBODY, &self.id])?;
            }
            self.customer_id = customer;
        }
        Ok(self)
    }

    /// The same, wherever it stands. Of two customers that are becoming one, a duty may still be the one's while what
    /// started it is the other's already.
    pub fn locked_anywhere(tx: &mut Tx<'_>, customer: Uuid, id: Uuid) -> store::Result<Option<Self>> {
        if let Some(row) = Self::locked(tx, customer, id)? {
            return Ok(Some(row));
        }
        match tx.query_opt(&PLACE, &[&id])? {
            Some(row) => Self::locked(tx, row.get(0)?, id),
            None => Ok(None),
        }
    }
}

/// The customer of what belongs to none.
pub const NOBODY: Uuid = Uuid::nil();

impl State {
    pub const fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Paused => "paused",
            State::Met => "met",
            State::Late => "late",
            State::Missed => "missed",
            State::Waived => "waived",
            State::Cancelled => "cancelled",
        }
    }

    fn from_word(word: &str) -> Option<State> {
        use State::{Cancelled, Late, Met, Missed, Open, Paused, Waived};
        [Open, Paused, Met, Late, Missed, Waived, Cancelled].into_iter().find(|state| state.word() == word)
    }
}

impl ToValue for State {
    fn to_value(&self) -> Value {
        Value::Text(self.word().to_owned())
    }
}

impl FromValue for State {
    fn from_value(value: Value) -> store::Result<Self> {
        let word = String::from_value(value)?;
        State::from_word(&word).ok_or_else(|| store::Error::BadInput(format!("{word} is no state of a duty")))
    }
}

impl Guarded for DutyRow {
    fn id(&self) -> Uuid {
        self.id
    }

    fn column(&self, name: &str) -> Value {
        match name {
            "id" => self.id.to_value(),
            "owner_id" => self.owner_id.to_value(),
            "department_id" => self.department_id.to_value(),
            "customer_id" => self.customer_id.to_value(),
            _ => Value::Null,
        }
    }
}
