//! How well every clause is kept: per clause, department, person and period, with its trend and its weakest department
//! (R2-9.1, R4-11). Read from the tally; the duties behind a number are the list of duties with the same filters.

pub mod export;
pub mod http;
pub mod rules;
pub mod service;
