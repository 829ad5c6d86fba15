//! Cases (工单; R2-12.1, R2-12.2, R3-4.1, R3-4.2, R0-4.2, R4-fb1 to R4-fb6): what a customer brought to us, by whatever way,
//! with its kind and level, who is responsible, what was said and done about it in order, and how it ended.
//!
//! * [`rules`] says which step may follow which, and that nothing is closed before the customer has answered or was tried
//!   twice; [`service::act`] does each step in one transaction: the row, an entry, what the house learns ([`facts`]), and
//!   the audit.
//! * A case keeps no clock. How soon somebody must be answered is a rule of a policy over the facts, and what is owed is
//!   the policy room's duty; the lists show the one that runs out first.
//! * Whose it is may be unknown at first. It then stands at nobody (an id of all zeros), and moves to the customer with
//!   all its entries when that is known.

pub mod facts;
pub mod http;
mod input;
mod letter;
mod model;
mod number;
mod rules;
pub mod service;
mod suggestion;
#[cfg(test)]
mod tests;
pub mod timeline;
mod view;

pub use input::{Act, NewCase};
pub use model::{Case, Channel, Entry, Kind, Member, Outcome, State};
pub use view::{CaseLine, CaseView};
