//! Saved views: a list as somebody wants to see it (filters, columns, order, widths). The console keeps what it likes in
//! `state`; a view holds no data, so whoever opens a shared one sees what they themselves may see.

pub mod http;
mod service;
#[cfg(test)]
mod tests;

pub use service::{NewView, SavedView, ViewInfo, create, list, remove, replace};
