//! The sample company: what somebody sees who wants to look around before bringing their own customers, and what
//! measurements are made on.
//!
//! * [`world`] imagines it: pure, the same for the same seed, so that what it says can be tested without a database.
//! * [`write`] lives it through: every step of eighteen months is done through the rooms' own services by the person and
//!   at the instant to whom and which it belongs, with the regulations in force from the first day. So duties, warnings,
//!   breaches and compliance are what the engine made of them, and nothing of it is invented.
//! * [`large`] makes companies of any size for measuring: the same kinds of rows without the life.

mod job;
pub mod large;
#[cfg(test)]
mod tests;
pub mod world;
mod write;

pub use job::{SEED, register};
pub use write::{SignIn, random_password};
