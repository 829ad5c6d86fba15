//! The server's outside: one router for the API, the console and the operator, behind [`edge`] (load, time, panics,
//! headers, log) and [`guard`] (identity, origin, permission).
//!
//! How a room offers a route:
//! ```ignore
//! pub fn routes() -> OpenApiRouter<App> {
//!     OpenApiRouter::new().routes(routes!(list, create)) // one line per path
//! }
//!
//! #[utoipa::path(post, path = "/departments", tag = "people",
//!     extensions(("x-permission" = json!("create department"))), // the guard's rule; missing, it stops the start
//!     request_body = NewDepartment, responses((status = 201, body = DepartmentView)))]
//! async fn create(State(app): State<App>, grant: Granted<Create, Department>, mutation: Mutation,
//!     Body(new): Body<NewDepartment>) -> Result<Answer> {
//!     let who = Arc::clone(grant.principal());
//!     app.create(&who, mutation, move |tx| service::create(tx, &grant, &new)).await
//! }
//! ```
//! Reads end in `Ok(Json(app.db.read(move |tx| service::list(tx, &grant)).await?))`.

/// Bytes that a request's body may have; uploads set their own limit.
pub const BODY_MOST: usize = 1 << 20;

mod client;
pub mod console;
mod cookies;
pub mod csrf;
pub mod document;
mod download;
pub mod edge;
mod extract;
pub mod guard;
mod headers;
pub mod health;
mod json;
pub mod lanes;
mod list;
pub mod metrics;
mod mutation;
mod problem;
mod registry;
mod serve;
#[cfg(test)]
mod tests;
mod upload;

pub use client::Client;
pub use cookies::Cookie;
pub use download::{attachment_header, download};
pub use extract::{Body, Granted, Path, Query, Version, Who, parse};
pub use json::Json;
pub use lanes::Limits;
pub use list::{ListParams, Page, present};
pub use mutation::{Answer, Mutation};
pub use problem::Problem;
pub use registry::{DECLARATION, Registry, Rule, name_operations};
pub use serve::serve;
pub use upload::receive;
