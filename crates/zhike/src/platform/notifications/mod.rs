//! What the system tells a person: a duty is due, a job is done, something waits for approval. Written in the
//! transaction that gives rise to it; open pages learn of it through [`stream`](super::stream).

pub mod http;
mod service;
#[cfg(test)]
mod tests;

pub use service::{Notice, Notification, gather, list, mark_read, notify, settle, unread};
