//! Changes of grade that somebody proposes and somebody else decides (R3-2.1): with a reason, answered by whoever leads
//! the department, in the time that the company's regulation gives. The grade says what is owed, so whoever is measured by
//! it does not set it: only who may approve customers does, everywhere ([`service::may_set`]).

pub mod http;
mod model;
pub mod service;

pub use model::{GradeProposal, ProposalState};
