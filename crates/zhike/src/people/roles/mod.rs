//! Roles: named sets of rights that people hold. Those that come with the product can be changed and not deleted.

mod http;
mod rules;
mod service;

pub use http::routes;
pub use service::{Change, New, RoleView, create, delete, list, update};
