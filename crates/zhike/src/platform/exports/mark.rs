//! What an export says of itself, in its pages and unseen ([`documents::mark`]).

use documents::mark;
use jiff::Timestamp;
use uuid::Uuid;

use super::Style;
use crate::platform::grant::Principal;

pub use documents::mark::Mark;

/// The mark of a new export: its code, who takes it out, and when by the company's clock.
pub fn new(who: &Principal, now: Timestamp, style: &Style) -> Mark {
    let code = mark::code(Uuid::new_v4().as_u64_pair().0);
    let at = now.to_zoned(style.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let line = format!("{}{code} · {} · {at}", style.word("导出 ", "Export "), who.name);
    Mark { code, line }
}
