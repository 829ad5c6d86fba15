//! What the rest of the house learns of a case. Each fact says how the case stands after it, so that whoever reads the
//! latest knows it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use store::Tx;
use uuid::Uuid;

use super::model::Case;
use crate::kernel::{Fact, Result};
use crate::platform::grant::Principal;
use crate::platform::outbox;

pub const OPENED: &str = "case_opened";
pub const CHANGED: &str = "case_changed";
pub const ANSWERED: &str = "case_answered";
pub const CUSTOMER_WROTE: &str = "case_customer_wrote";
pub const TAKEN_UP: &str = "case_taken_up";
pub const FORCE_FORMED: &str = "task_force_formed";
pub const SOLUTION_GIVEN: &str = "solution_given";
pub const WAITING: &str = "case_waiting";
pub const RESUMED: &str = "case_resumed";
pub const SOLVED: &str = "case_solved";
pub const RESULT_TOLD: &str = "case_result_told";
pub const FOLLOWED_UP: &str = "case_followed_up";
pub const REOPENED: &str = "case_reopened";
pub const CLOSED: &str = "case_closed";
pub const THANKED: &str = "case_thanked";
pub const WITHDRAWN: &str = "case_withdrawn";

/// Something that is to be told: what, when it was, and what more there is to say of it.
#[derive(Clone, Debug)]
pub struct News {
    pub kind: &'static str,
    pub at: Timestamp,
    pub more: Option<(&'static str, Value)>,
}

impl News {
    pub fn new(kind: &'static str, at: Timestamp) -> Self {
        Self { kind, at, more: None }
    }

    pub fn saying(self, name: &'static str, value: impl Into<Value>) -> Self {
        Self { more: Some((name, value.into())), ..self }
    }
}

pub fn publish(tx: &mut Tx<'_>, who: &Principal, case: &Case, news: &News) -> Result<()> {
    let mut attributes = standing(case);
    attributes.extend(news.more.clone().map(|(name, value)| (name.to_owned(), value)));
    let opened = news.kind == OPENED;
    let fact = Fact {
        // That it was received carries the id of the case: when it takes in an earlier one, it is told again as an
        // earlier case.
        id: if opened { case.id.uuid() } else { Uuid::now_v7() },
        kind: news.kind.to_owned(),
        subject: case.id.uuid(),
        customer: case.customer().map(|customer| customer.uuid()),
        at: news.at,
        recorded_at: recorded_at(who, case, opened),
        actor: Some(who.user.uuid()),
        attributes,
    };
    outbox::publish(tx, who, &fact)
}

/// Two versions of a fact are told apart by when they were recorded, also if a clock stands still.
fn recorded_at(who: &Principal, case: &Case, opened: bool) -> Timestamp {
    match opened {
        true => who.now.max(case.created_at + SignedDuration::from_micros(case.version - 1)),
        false => who.now,
    }
}

/// How a case stands.
fn standing(case: &Case) -> Map<String, Value> {
    let mut standing = Map::new();
    standing.insert("kind".to_owned(), json!(case.kind));
    standing.insert("level".to_owned(), json!(case.level));
    standing.insert("channel".to_owned(), json!(case.channel));
    // Empty is said, too: what is not mentioned stays as it was, and who is responsible no longer would go on owing.
    standing.insert("assignee".to_owned(), json!(case.owner_id));
    standing.insert("department".to_owned(), json!(case.department_id));
    standing
}
