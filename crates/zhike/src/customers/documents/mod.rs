//! The forms of the handbook, filled from what the house knows and laid out as a company prints them on A4:
//! 《客户信息基础表》 (R3-T1) and 《客户互动记录表》 (R3-T2), as PDF, Word or Excel; for one customer at once, for many as a job
//! that answers with one PDF or an archive. A form shows what its asker may see: masked stays masked, and what is hidden
//! says so. It leaves through [`exports::release`](crate::platform::exports::release).
//!
//! A room offers its forms as [`Sheet`]s; `app.rs` registers them once ([`declare`]).

mod archive;
pub mod http;
mod service;
#[cfg(test)]
mod tests;

pub use service::{CHARACTERS_MOST, Counted, Sheet, Wanted, declare, too_many};

use crate::platform::jobs::Registry;

/// The forms of this room.
pub fn own() -> Vec<Sheet> {
    vec![archive::SHEET]
}

pub fn register(registry: &mut Registry) {
    registry.on(service::KIND, service::run);
}
