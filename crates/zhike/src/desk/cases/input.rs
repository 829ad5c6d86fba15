//! What people send about cases.

use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Channel, Kind, Outcome};
use super::rules::{self, LEVELS};
use crate::kernel::{Error, FieldError, Result};
use crate::platform::http::present;
use crate::platform::input::{cleaned, fault, text_fault};

pub const SUBJECT_MOST: usize = 200;
pub const TEXT_MOST: usize = 20_000;
const SHORT_MOST: usize = 100;
const REASON_MOST: usize = 500;
const MEMBERS_MOST: usize = 50;

/// A case to be taken in. Quick to fill in: a line of what it is about is enough.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// Whose it is; left out while nobody knows.
    #[serde(default)]
    pub customer_id: Option<Uuid>,
    #[serde(default)]
    pub contact_id: Option<Uuid>,
    /// Who reached us, as they said.
    #[serde(default)]
    pub caller: Option<String>,
    #[serde(default)]
    pub caller_phone: Option<String>,
    #[serde(default)]
    pub caller_email: Option<String>,
    pub channel: Channel,
    /// Of what kind it is, once somebody has looked at it; without one it waits to be classified.
    #[serde(default)]
    pub kind: Option<Kind>,
    /// 1 urgent, 2 important, 3 general.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3)]
    pub level: Option<i64>,
    #[serde(default)]
    pub product: Option<String>,
    /// What it is about, in one line that everybody may read who sees the case.
    pub subject: String,
    /// What the customer said or wrote; the subject, if there is no more to it.
    #[serde(default)]
    pub content: Option<String>,
    /// When it reached us: now, unless it is written down later.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub received_at: Option<Timestamp>,
    #[serde(default)]
    pub department_id: Option<Uuid>,
    #[serde(default)]
    pub assignee_id: Option<Uuid>,
    /// What was said to the customer at once.
    #[serde(default)]
    pub answer: Option<String>,
    /// The customer was thanked with that.
    #[serde(default)]
    pub thanked: bool,
}

impl NewCase {
    /// Nothing is known yet but the way it came.
    pub fn by(channel: Channel) -> Self {
        Self {
            customer_id: None,
            contact_id: None,
            caller: None,
            caller_phone: None,
            caller_email: None,
            channel,
            kind: None,
            level: None,
            product: None,
            subject: String::new(),
            content: None,
            received_at: None,
            department_id: None,
            assignee_id: None,
            answer: None,
            thanked: false,
        }
    }

    /// Cleans the texts and refuses what cannot be right, all faults at once.
    pub fn checked(mut self, now: Timestamp) -> Result<Self> {
        self.subject = self.subject.trim().to_owned();
        self.content = cleaned(self.content);
        self.product = cleaned(self.product);
        self.caller = cleaned(self.caller);
        self.answer = cleaned(self.answer);
        let received = rules::received(self.received_at, now);
        let faults = [
            text_fault("subject", &self.subject, SUBJECT_MOST),
            self.content.as_ref().and_then(|text| text_fault("content", text, TEXT_MOST)),
            self.product.as_ref().and_then(|text| text_fault("product", text, SHORT_MOST)),
            self.caller.as_ref().and_then(|text| text_fault("caller", text, SHORT_MOST)),
            self.answer.as_ref().and_then(|text| text_fault("answer", text, TEXT_MOST)),
            self.level.and_then(level_fault),
            (self.contact_id.is_some() && self.customer_id.is_none()).then(|| fault("contact_id", "unknown")),
            (self.thanked && self.answer.is_none()).then(|| fault("answer", "required")),
            received.as_ref().err().cloned(),
        ];
        Error::from_fields(faults.into_iter().flatten().collect())?;
        self.received_at = received.ok();
        Ok(self)
    }
}

pub fn level_fault(level: i64) -> Option<FieldError> {
    (!LEVELS.contains(&level)).then(|| fault("level", "out_of_range"))
}

/// What is to be corrected of a case. What is left out stays; `null` empties. Whose it is can be said once.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseChange {
    #[serde(default)]
    pub customer_id: Option<Uuid>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub contact_id: Option<Option<Uuid>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub caller: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub caller_phone: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub caller_email: Option<Option<String>>,
    #[serde(default)]
    pub channel: Option<Channel>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub product: Option<Option<String>>,
    #[serde(default)]
    pub subject: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub content: Option<Option<String>>,
}

impl CaseChange {
    pub fn checked(mut self) -> Result<Self> {
        self.subject = self.subject.map(|text| text.trim().to_owned());
        self.content = self.content.map(|text| Some(text.unwrap_or_default().trim().to_owned()));
        self.product = self.product.map(cleaned);
        self.caller = self.caller.map(cleaned);
        let some = |text: &Option<Option<String>>| text.clone().flatten();
        let faults = [
            self.subject.as_ref().and_then(|text| text_fault("subject", text, SUBJECT_MOST)),
            some(&self.content).and_then(|text| text_fault("content", &text, TEXT_MOST)),
            some(&self.product).and_then(|text| text_fault("product", &text, SHORT_MOST)),
            some(&self.caller).and_then(|text| text_fault("caller", &text, SHORT_MOST)),
        ];
        Error::from_fields(faults.into_iter().flatten().collect())?;
        Ok(self)
    }
}

/// Something said, by some way, at some time.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Said {
    pub content: String,
    /// The case's own, unless something else is said.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// When it was: now, unless it is written down later.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// The same, where nothing need be said.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Done {
    #[serde(default)]
    pub content: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Classifying {
    pub kind: Kind,
    #[schema(minimum = 1, maximum = 3)]
    pub level: i64,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub department_id: Option<Option<Uuid>>,
    /// Why, if the level changes after somebody had set it.
    #[serde(default)]
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assigning {
    #[serde(default)]
    pub assignee_id: Option<Uuid>,
    /// The assignee's, unless something else is said.
    #[serde(default)]
    pub department_id: Option<Uuid>,
    #[serde(default)]
    pub content: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Calling {
    pub members: Vec<Uuid>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Coming {
    /// Who; the asker, unless said otherwise.
    #[serde(default)]
    pub member_id: Option<Uuid>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowingUp {
    pub outcome: Outcome,
    /// What the customer said, or where nobody was reached.
    pub content: String,
    #[serde(default)]
    pub channel: Option<Channel>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// Closes the case with it, if nothing else is owed.
    #[serde(default)]
    pub close: bool,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub content: String,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Other {
    pub case_id: Uuid,
    #[serde(default)]
    pub content: Option<String>,
}

/// A part of a case that becomes one of its own.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Splitting {
    pub subject: String,
    pub content: String,
}

/// What is done about a case, or said. Each is one transaction, one entry, and what the rest of the house learns of it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case")]
#[schema(as = CaseAct)]
pub enum Act {
    /// The customer wrote or said something.
    Wrote(Said),
    /// Somebody answered the customer.
    Answer(Said),
    /// A note for colleagues.
    Note(Reason),
    Classify(Classifying),
    Assign(Assigning),
    /// Hands it up to the next head, for a reason.
    Escalate(Reason),
    TakeUp(Done),
    /// Waits for the customer, for a reason.
    Wait(Reason),
    Resume(Done),
    /// Calls people into the task force.
    Call(Calling),
    /// The asker has seen the call.
    Acknowledge(Coming),
    Join(Coming),
    /// What the task force decided.
    Minutes(Reason),
    /// Proposes a solution to the customer.
    Solution(Said),
    /// The matter is settled; says what was found and done.
    Solve(Reason),
    /// Tells the customer the result; the text is the closing letter.
    Tell(Said),
    FollowUp(FollowingUp),
    Thank(Said),
    Close(Done),
    Reopen(Reason),
    /// Entered by mistake, or spam. Once it is classified, by somebody who may assign it and is not responsible for it.
    Withdraw(Reason),
    /// Becomes part of another case.
    Merge(Other),
    Split(Splitting),
    Link(Other),
}

/// The text of an act, which must be there.
pub fn said(field: &str, text: &str) -> Result<String> {
    checked(field, text, TEXT_MOST)
}

pub fn reason(text: &str) -> Result<String> {
    checked("content", text, REASON_MOST)
}

/// A short text that may be missing.
pub fn remark(text: &Option<String>) -> Result<Option<String>> {
    cleaned(text.clone()).map(|text| reason(&text)).transpose()
}

fn checked(field: &str, text: &str, most: usize) -> Result<String> {
    let text = text.trim();
    Error::from_fields(text_fault(field, text, most).into_iter().collect())?;
    Ok(text.to_owned())
}

impl Calling {
    pub fn checked(&self) -> Result<()> {
        match self.members.len() {
            0 => Err(Error::field_invalid("members", "required")),
            many if many > MEMBERS_MOST => Err(Error::field_invalid("members", "too_many")),
            _ => Ok(()),
        }
    }
}
