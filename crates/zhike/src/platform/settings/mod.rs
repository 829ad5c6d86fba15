//! What holds for the whole company: its name, its time zone and its working time. Every deadline is reckoned with
//! [`calendar`]; when working time changes, the fact `calendar_changed` tells whoever has planned with it.

pub mod http;
mod model;
mod service;
#[cfg(test)]
mod tests;

pub use model::{ATTACHMENT_MIB_MOST, Attachments, CALENDAR_CHANGED, Settings};
pub use service::{Day, EXPORT_ROWS_MOST, add_table, calendar, days, get, initialise, update};
