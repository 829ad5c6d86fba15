//! 今日应办, the page a salesperson's day begins with (R3-2.1, R3-2.3): duties by urgency, each with its customer, its
//! clause, what was said last and what the customer likes. Postponing or waiving a duty is the policy room's business.

pub mod http;
pub(super) mod rules;
pub mod service;
