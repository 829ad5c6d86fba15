//! Work outside requests: imports, exports, planning of duties. A room registers a handler per kind; whoever enqueues a
//! job (`store::jobs::enqueue`) does so in the transaction that asks for it. A job runs on a thread of its own, as the
//! person who asked, with that person's permission at that moment.
//!
//! A worker holds a job by a lease that it renews; when it dies the lease runs out and another takes over, so a handler
//! may be run again at any point. Its effects happen once if it makes them through [`JobContext::step`], which commits
//! effect and progress together and refuses when the job has been taken away; on a second run [`JobContext::done`] says
//! how far the first one came.
//!
//! What comes round regularly is registered by [`Registry::every`]; each slot of time is one job by its key, however
//! many nodes there are.

mod context;
pub mod http;
mod registry;
mod runner;
mod service;
mod sweep;
#[cfg(test)]
mod tests;

pub use context::JobContext;
pub use http::JobStarted;
pub use registry::{Handler, Registry};
pub use runner::{Runner, Running};
pub use service::{JobView, failure, list, view};
pub use sweep::register as register_own;
