//! The manager's page: how the team's duties stand, which customers were reached, when it went wrong (R3-2.1, R2-9.1).

pub mod http;
pub(super) mod rules;
pub mod service;
