//! To-dos with priority, due instant and reminder (R3-2.3): a person's own, those of a customer, those given to others.

pub mod http;
mod model;
pub mod past;
pub mod reminders;
mod rules;
pub mod service;
pub mod timeline;

pub use model::{Priority, Todo};
pub use service::NextStep;
