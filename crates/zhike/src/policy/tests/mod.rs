//! The room through its HTTP door and its services, on both databases, under a clock that the tests own.

mod cases;
mod conformance;
mod counts;
mod decisions;
mod following;
mod kit;
mod merging;
mod passing;
mod planning;
mod versions;
