//! Decisions about the record of a contact.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::check_in::NewCheckIn;
use super::model::Kind;
use crate::engagement::todos::Priority;
use crate::kernel::{Error, FieldError, Result};
use crate::platform::input::{cleaned, fault, micros, text_fault};

/// A phone's clock may run ahead of ours by this much; what it calls "now" is then our now.
const CLOCK_AHEAD_MOST: SignedDuration = SignedDuration::from_mins(2);
const PAST_MOST: SignedDuration = SignedDuration::from_hours(24 * 366 * 20);
const NEXT_MOST: SignedDuration = SignedDuration::from_hours(24 * 366 * 5);
pub const CONTENT_MOST: usize = 5_000;
pub const PLAN_MOST: usize = 500;

/// A contact to be written down.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInteraction {
    pub kind: Kind,
    /// When it took place.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    #[serde(default)]
    pub contact_id: Option<Uuid>,
    pub content: String,
    /// What the customer said to it.
    #[serde(default)]
    pub feedback: Option<String>,
    /// What comes next; becomes a to-do.
    #[serde(default)]
    pub next_plan: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
    #[serde(default)]
    pub priority: Option<Priority>,
    /// The duty from which it was recorded.
    #[serde(default)]
    pub duty_id: Option<Uuid>,
    /// Of a visit: where the device says that it is.
    #[serde(default)]
    pub check_in: Option<NewCheckIn>,
}

impl NewInteraction {
    /// Cleans the texts and refuses what cannot be right, all faults at once.
    pub fn checked(mut self, now: Timestamp) -> Result<Self> {
        self.content = self.content.trim().to_owned();
        self.feedback = cleaned(self.feedback);
        self.next_plan = cleaned(self.next_plan);
        let faults = [
            text_fault("content", &self.content, CONTENT_MOST),
            self.feedback.as_ref().and_then(|text| text_fault("feedback", text, CONTENT_MOST)),
            self.next_plan.as_ref().and_then(|text| text_fault("next_plan", text, PLAN_MOST)),
            at_fault(self.at, now),
            self.next_at.and_then(|next| next_fault(next, now)),
            self.check_in.and_then(|check_in| check_in.fault(self.kind)),
        ];
        Error::from_fields(faults.into_iter().flatten().collect())?;
        self.at = micros(self.at.min(now));
        self.next_at = self.next_at.map(micros);
        Ok(self)
    }
}

fn at_fault(at: Timestamp, now: Timestamp) -> Option<FieldError> {
    let age = now.duration_since(at);
    if age < -CLOCK_AHEAD_MOST {
        return Some(fault("at", "in_future"));
    }
    (age > PAST_MOST).then(|| fault("at", "too_long_ago"))
}

pub fn next_fault(next: Timestamp, now: Timestamp) -> Option<FieldError> {
    (now.duration_since(next).abs() > NEXT_MOST).then(|| fault("next_at", "out_of_range"))
}

impl Kind {
    /// The fact that a contact of this kind is. A kind says one thing only; what counts for what is a policy's business.
    pub fn fact(self) -> &'static str {
        match self {
            Self::Visit | Self::OnSite => "visit_made",
            Self::Activity => "activity_attended",
            Self::Greeting => "greeting_sent",
            Self::Phone | Self::Email | Self::Sms | Self::Wechat | Self::Chat | Self::Meeting => "contact_made",
        }
    }
}

/// The first line of a text, cut to be shown in a row.
pub fn excerpt(text: &str) -> String {
    const MOST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn new(at: &str) -> NewInteraction {
        NewInteraction {
            kind: Kind::Phone,
            at: instant(at),
            contact_id: None,
            content: " 等预算 ".to_owned(),
            feedback: Some("  ".to_owned()),
            next_plan: None,
            next_at: None,
            priority: None,
            duty_id: None,
            check_in: None,
        }
    }

    const NOW: &str = "2026-11-23T01:30:00Z";

    #[test]
    fn texts_are_cleaned() {
        let checked = new(NOW).checked(instant(NOW)).unwrap();
        assert_eq!((checked.content.as_str(), checked.feedback), ("等预算", None));
    }

    #[test]
    fn a_contact_in_the_future_is_refused_but_a_fast_clock_is_not() {
        let refused = new("2026-11-23T02:30:00Z").checked(instant(NOW)).unwrap_err();
        assert_eq!(
            (refused.status, refused.fields[0].field.as_str(), refused.fields[0].code.as_str()),
            (422, "at", "in_future")
        );
        let fast = new("2026-11-23T01:31:30Z").checked(instant(NOW)).unwrap();
        assert_eq!(fast.at, instant(NOW));
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let mut bad = new("1990-01-01T00:00:00Z");
        bad.content = "\n".to_owned();
        bad.next_plan = Some("长".repeat(501));
        bad.next_at = Some(instant("2050-01-01T00:00:00Z"));
        let fields: Vec<String> = bad.checked(instant(NOW)).unwrap_err().fields.into_iter().map(|f| f.field).collect();
        assert_eq!(fields, ["content", "next_plan", "at", "next_at"]);
    }

    #[test]
    fn each_kind_is_one_fact() {
        assert_eq!(Kind::OnSite.fact(), "visit_made");
        assert_eq!(Kind::Meeting.fact(), "contact_made");
        assert!(Kind::ALL.iter().all(|kind| !kind.fact().is_empty()));
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(excerpt("等预算\n下周再谈"), "等预算");
        assert_eq!(excerpt(&"字".repeat(61)), format!("{}…", "字".repeat(60)));
    }
}
