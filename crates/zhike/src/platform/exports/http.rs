use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service;
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity::Job;
use crate::platform::http::{Granted, Path, download};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(fetch))
}

/// The file of an export, for whoever made it, for seven days, while they may take out what it holds.
#[utoipa::path(get, path = "/exports/{id}/file", tag = "exports",
    extensions(("x-permission" = json!("read job"))), params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream")))]
async fn fetch(State(app): State<App>, grant: Granted<Read, Job>, Path(id): Path<Uuid>) -> Result<Response> {
    let who = Arc::clone(grant.principal());
    let file = app.db.write(move |tx| service::fetch(tx, &who, id)).await?;
    download(app.files.read(&file.digest)?, &file.name, &file.media_type).await
}
