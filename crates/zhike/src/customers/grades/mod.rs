//! Changes of grade that somebody proposes and somebody else decides (R3-2.1): with a reason, answered by whoever leads
//! the department, in the time that the company's regulation gives. Who may set grades needs no proposal.

pub mod http;
mod model;
pub mod service;

pub use model::{GradeProposal, ProposalState};
