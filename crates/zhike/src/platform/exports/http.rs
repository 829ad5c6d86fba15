use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service;
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::Export;
use crate::kernel::permission::entity::Customer;
use crate::platform::http::{Granted, Path, download};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(fetch))
}

/// The file of an export, for whoever made it, for seven days.
#[utoipa::path(get, path = "/exports/{id}/file", tag = "exports",
    extensions(("x-permission" = json!("export customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream")))]
async fn fetch(State(app): State<App>, grant: Granted<Export, Customer>, Path(id): Path<Uuid>) -> Result<Response> {
    let who = Arc::clone(grant.principal());
    let file = app.db.read(move |tx| service::file(tx, &who, id)).await?;
    download(app.files.read(&file.digest)?, &file.name, &file.media_type).await
}
