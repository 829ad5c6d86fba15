//! Posts (职务): what people are called in the company. They carry no rights; roles do.

mod http;
mod service;

pub use http::routes;
pub use service::{Change, New, PostView, create, delete, list, update};
