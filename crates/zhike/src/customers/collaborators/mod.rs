//! 协作成员: people with whom a single customer is shared, to read or to read and write, whatever their roles reach.

pub mod http;
mod service;

pub use service::{Given, of_customer, part, unite};
