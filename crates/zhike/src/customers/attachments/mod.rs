//! Files that hang on a customer's records: a signed page, a photograph of a visit, a card. Which kinds, how large and
//! whether they are what they say is looked at when they come in ([`documents::content`], a virus scanner where there
//! is one); they lie sealed and under their content in the folder of files, and leave only as downloads.
//!
//! An attachment is there for whoever may read the record it hangs on, and goes with it. A room says which of its records
//! can carry some by a [`Carrier`]; `app.rs` registers them once ([`declare`]).

pub mod http;
mod intake;
mod model;
mod service;
mod sweep;
#[cfg(test)]
mod tests;

pub use intake::{Taken, take};
pub use model::Attachment;
pub use service::{Carrier, Place, add, declare, forget, in_fields};

use std::time::Duration;

use crate::platform::jobs::Registry;

/// The records of this room that can carry files.
pub fn own() -> Vec<Carrier> {
    service::own()
}

pub fn register(registry: &mut Registry) {
    registry.on(sweep::KIND, sweep::run).every(Duration::from_secs(6 * 3600), sweep::KIND);
    registry.on(sweep::CHECK, sweep::check).every(Duration::from_secs(300), sweep::CHECK);
}
