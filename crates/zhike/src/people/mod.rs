//! H  The company's own people: departments as a tree, posts, who works where and under whom, what roles allow, and who
//! is away. Everything that changes here may change what somebody may do or who a duty falls to, so every change moves
//! the epoch of access on and is audited.
//!
//! Publishes [`ABSENCE_CHANGED`]; what depends on who is there plans anew (R3-2.1). The tables belong to
//! `platform::access`, which decides with them.

pub mod absences;
pub mod departments;
pub mod posts;
pub mod roles;
#[cfg(test)]
mod tests;
pub mod users;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// Somebody's absence was entered or taken back: `subject` is the person; `first_day`, `last_day`, `deputy_id` and
/// `removed` are attributes.
pub const ABSENCE_CHANGED: &str = "absence_changed";

const NAME_MOST: usize = 100;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(departments::routes())
        .merge(posts::routes())
        .merge(users::routes())
        .merge(roles::routes())
        .merge(absences::routes())
}

/// A name as people type it, or what is wrong with it.
fn checked_name(field: &str, name: &str) -> crate::kernel::Result<String> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(crate::kernel::Error::field_invalid(field, "required")),
        length if length > NAME_MOST => Err(crate::kernel::Error::field_invalid(field, "too_long")),
        _ => Ok(name.to_owned()),
    }
}
