//! Erasure (删除个人信息; PIPL 47, R4-5): what is left of somebody who asked to be deleted is that they asked, when, and that
//! it was done. It is refused while something runs with them, and where a law forbids it the request is refused and the
//! person restricted instead.
//!
//! Answering a request to delete begins it ([`service::begin`]): the person is out of everybody's sight at once. A job
//! removes the rest in steps that may be interrupted anywhere ([`job`]), and answers the request when nothing is left.
//! What each room has to let go of it says itself ([`traces`](crate::platform::traces)). See
//! `docs/decisions/0009-what-is-left-of-somebody-erased.md`.

mod job;
mod ledger;
mod model;
pub mod service;
#[cfg(test)]
mod tests;

pub use job::register;
pub use ledger::reapply;
pub use model::Erasure;
