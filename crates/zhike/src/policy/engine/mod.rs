//! The duty engine: what turns rules and facts into rows. It decides nothing itself ([`rules`](super::rules) does); it
//! keeps the rows equal to what the rules say, at every instant at which that can change:
//!
//! * a fact arrives ([`follow`]): in the transaction that published it;
//! * time passes ([`sweep`]): duties carry the instant of their next change, and an index finds those whose has come;
//! * a period begins ([`plan`]): its duties are there before it does;
//! * who owes, what is owed, or the calendar changes ([`replan`]).
//!
//! Every write goes through one [`Pen`], so that row, history, breaches, notifications and counts are one transaction.
//! Evaluating twice, late, on two nodes or under a clock that jumped changes nothing: a duty's id is made from what it
//! is, a step of its ladder is written once, and everything is judged by the instant at which it happened.

mod cast;
pub mod follow;
pub mod impact;
pub mod jobs;
mod pen;
pub mod plan;
pub mod replan;
pub mod sweep;
mod tell;

pub use cast::Cast;
pub use pen::{Note, Pen};

store::statements! {
    /// Planning a page of customers, and planning one of them anew, must not cross: a page is planned alone …
    GATE = postgres "select pg_advisory_xact_lock(4040, 1) is null";
    /// … and customers beside each other.
    GATE_SHARED = postgres "select pg_advisory_xact_lock_shared(4040, 1) is null";
}

fn close_gate(tx: &mut store::Tx<'_>) -> store::Result<()> {
    if tx.is_postgres() { tx.query(&GATE, &[]).map(drop) } else { Ok(()) }
}

fn pass_gate(tx: &mut store::Tx<'_>) -> store::Result<()> {
    if tx.is_postgres() { tx.query(&GATE_SHARED, &[]).map(drop) } else { Ok(()) }
}
