//! Users: who works here, where, under whom and with which roles. People are deactivated and never deleted: what they
//! did stays theirs, and their login is given to nobody else (C24).
//!
//! Whoever gives roles must manage roles, so nobody can widen their own rights by editing themselves (C37).

mod http;
mod rules;
mod service;
mod view;

pub use http::routes;
pub use service::{create, get, invite, is_security_alone, list, reset_totp, someone_administers, update};
pub use view::{Change, Created, Invitation, New, UserView};
