//! Spans of time as people write them: `30m`, `24h`, `1h30m`, `2wd`, `0`.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A span on a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Span {
    /// Seconds, counted on whichever calendar the rule names.
    Seconds(i64),
    /// Whole working days of the company's calendar.
    WorkingDays(u16),
}

impl Span {
    pub const ZERO: Span = Span::Seconds(0);

    pub fn is_zero(self) -> bool {
        matches!(self, Span::Seconds(0) | Span::WorkingDays(0))
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Span, String> {
        let refuse = || format!("{text:?} is not a span of time: write 30m, 24h, 1h30m, 2wd or 0");
        if text == "0" {
            return Ok(Span::ZERO);
        }
        if let Some(days) = text.strip_suffix("wd") {
            let days = days.parse().map_err(|_| refuse())?;
            return Ok(Span::WorkingDays(days));
        }
        seconds(text).map(Span::Seconds).ok_or_else(refuse)
    }
}

/// `1h30m` → 5400. Units descend, each at most once.
fn seconds(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut total: i64 = 0;
    for (unit, size) in [('h', 3600), ('m', 60), ('s', 1)] {
        let Some((number, after)) = rest.split_once(unit) else { continue };
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let number: i64 = number.parse().ok()?;
        total = total.checked_add(number.checked_mul(size)?)?;
        rest = after;
    }
    (rest.is_empty() && !text.is_empty()).then_some(total)
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = match *self {
            Span::WorkingDays(days) => return write!(f, "{days}wd"),
            Span::Seconds(0) => return f.write_str("0"),
            Span::Seconds(seconds) => seconds,
        };
        for (unit, size, wrap) in [("h", 3600, i64::MAX), ("m", 60, 60), ("s", 1, 60)] {
            let part = seconds / size % wrap;
            if part > 0 {
                write!(f, "{part}{unit}")?;
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Span, String> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        span.to_string()
    }
}
