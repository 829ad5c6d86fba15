//! Decisions about an archive as pure functions.

pub mod completeness;
pub mod credit_code;
pub mod likeness;
pub mod name_core;
pub mod personal;
pub mod text;
