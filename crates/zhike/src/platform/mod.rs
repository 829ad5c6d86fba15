//! What carries the rooms: the server, login and permission, audit, sealed values, settings, files, jobs, hints.

pub mod access;
pub mod audit;
pub mod backup;
pub mod bin;
pub mod custom;
pub mod doctor;
pub mod exports;
pub mod files;
pub mod grant;
pub mod heavy;
pub mod holdings;
pub mod http;
pub mod input;
pub mod jobs;
pub mod notifications;
pub mod outbox;
pub mod scan;
pub mod search;
pub mod settings;
pub mod stream;
pub mod test_clock;
pub mod traces;
pub mod vault;
pub mod views;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The platform's own routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(access::http::routes())
        .merge(audit::http::routes())
        .merge(bin::http::routes())
        .merge(custom::http::routes())
        .merge(exports::http::routes())
        .merge(jobs::http::routes())
        .merge(notifications::http::routes())
        .merge(search::routes())
        .merge(settings::http::routes())
        .merge(stream::routes())
        .merge(views::http::routes())
}

/// What the platform keeps of a customer: facts go with it, what was written down of it stays as it was written.
pub fn holdings() -> Vec<holdings::Holding> {
    use holdings::holding;
    vec![
        holding!("fact" kept moves by "id"),
        // What stands in added fields of contacts goes with them; the record's own is united field by field.
        holding!("custom_value" texts "text, key" follows "contact" by "record_id"),
        holding!("bin_item" texts "title, purge_reason" moves by "id"),
        holding!("audit" kept stays),
    ]
}
