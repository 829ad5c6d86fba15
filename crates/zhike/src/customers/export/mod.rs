//! Customers on their way out: a view as a workbook or a text file, its columns in their order, personal values masked
//! as its reader sees them, no cell a formula. A job walks the pages of the list, so memory does not grow with the
//! book; one entry of the audit says what left the house.

pub(in crate::customers) mod columns;
pub mod http;
pub(in crate::customers) mod service;
#[cfg(test)]
mod tests;

use crate::platform::jobs::Registry;

pub use http::routes;
pub use service::{Request, start};

pub fn register(registry: &mut Registry) {
    registry.on(service::KIND, service::run);
}
