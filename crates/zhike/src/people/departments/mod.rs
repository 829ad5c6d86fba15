//! Departments: a tree with one root, which is the company. A department's place decides what "department and below"
//! means in permissions, so a move counts at once. The tree is no secret among colleagues: whoever may read departments
//! reads all of it.

mod http;
mod service;

pub use http::routes;
pub use service::{Change, DepartmentView, New, create, delete, list, update};
