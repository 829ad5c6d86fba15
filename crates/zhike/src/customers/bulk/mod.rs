//! One change for many customers (批量修改): handed over, tagged, graded, edited or removed, all that a filter finds.
//!
//! * [`act`] is what is done; it judges a customer ([`act::Verdict`]), for the preview and for the job alike.
//! * The [`job`] first notes which customers are meant: those that the filter finds then, among those that were there
//!   when it was asked for; whoever comes later is not among them. Then it changes one after the other, each in a
//!   transaction within the transaction of its batch, by the same functions as a change of one, with the rights that the
//!   asker has at that moment. What was done to each is a row of its own, so a run that follows a crash goes on with
//!   those that wait.
//! * Within a day it can be taken back, as a job too: where what was written still stands. What somebody has changed
//!   since stays, and is listed.
//! * Afterwards what was written over is forgotten ([`tidy`]).

pub mod act;
pub mod http;
mod job;
mod model;
mod preview;
mod selection;
pub mod service;
#[cfg(test)]
mod tests;
mod tidy;

pub use job::register;
