//! From what people type into cells to values. Pure functions: text in, value or a reason out.
//!
//! | function | makes of a cell |
//! | --- | --- |
//! | [`text`], [`line`] | text without stray spaces and invisible characters; full-width letters and digits made half-width, Chinese punctuation kept |
//! | [`half_width`] | the same with punctuation too, for codes, e-mail addresses, numbers |
//! | [`digits`] | its digits |
//! | [`phones`], [`phone`] | telephone numbers in one form |
//! | [`moment`], [`date`], [`date_time`] | dates and times in any usual form |
//! | [`money`], [`count`] | fen; whole numbers with 万 and 亿 |
//! | [`bool_zh`] | yes or no |

mod date;
mod number;
mod phone;
mod text;

pub use date::{Moment, date, date_time, moment, moment_with};
pub use number::{bool_zh, count, money};
pub use phone::{Phone, PhoneKind, phone, phones};
pub use text::{digits, half_width, is_invisible, line, text};

/// Why a cell could not be understood. `code` is stable, for instance `date.ambiguous`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct Unclear {
    pub code: &'static str,
    /// What it may have meant, where there is a best guess: the lower bound of a range, one reading of a date.
    pub guess: Option<String>,
}

impl Unclear {
    pub(crate) fn new(code: &'static str) -> Self {
        Unclear { code, guess: None }
    }

    pub(crate) fn guess(code: &'static str, guess: impl ToString) -> Self {
        Unclear { code, guess: Some(guess.to_string()) }
    }
}
