//! Two customers that turned out to be one become one (合并客户; R2-2.3, R4-4): one stays, the other becomes part of it.
//!
//! * Field by field it is chosen whose value stays ([`fields`]); what only the other knows is taken over.
//! * All that the rooms hold of the other moves ([`holdings`](crate::platform::holdings)), in the transaction of the
//!   merge if it is little, else in steps by a [`job`]. From the first transaction on the other is out of sight and
//!   takes no writes, and whoever asks for it is led to the one that stays ([`moved_to`]); so at any moment each row is
//!   at exactly one of the two, and none is lost.
//! * What it gives to whom, and which rights that takes, is decided in docs/decisions/0006.
//! * For thirty days it can be taken back ([`undo`]): rows that moved go back, values that nobody has changed since are
//!   put back, the rest is told. What came after the merge stays where it is.

mod fields;
pub mod http;
mod job;
mod model;
mod service;
#[cfg(test)]
mod tests;
mod undo;

pub(in crate::customers) use fields::{read, told};
pub use job::register;
pub use model::{busy, family, stands};
pub use service::{ROWS_AT_ONCE, moved_to};
