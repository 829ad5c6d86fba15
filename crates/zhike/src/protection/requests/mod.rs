//! What people ask of the company about their own information (R4-5, R2-7.1; PIPL 44 to 50): who asked for what, how it
//! was checked who they are, what was answered, and why when it was refused. The deadline is a duty of the policy engine,
//! from the fact that a request was received to the fact that it was answered.
//!
//! A copy is put together from the archive and from what the rooms declare ([`package`]); 受限 is set and lifted here and
//! kept by the archive itself ([`protected`](crate::customers::protected)).

pub mod http;
pub mod model;
pub mod package;
pub mod service;
#[cfg(test)]
mod tests;

pub use model::SubjectRequest;
