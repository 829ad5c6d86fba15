//! The routes of an export.

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{self, Request};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::Export;
use crate::kernel::permission::entity::Customer;
use crate::platform::http::{Answer, Body, Granted, Mutation};
use crate::platform::jobs::JobStarted;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(start))
}

/// Exports a view as a job; its result names the file. Written down with filter, columns and count.
#[utoipa::path(post, path = "/customers/export", tag = "customers",
    extensions(("x-permission" = json!("export customer"))), request_body = Request,
    responses((status = 200, body = JobStarted)))]
async fn start(
    State(app): State<App>,
    grant: Granted<Export, Customer>,
    mutation: Mutation,
    Body(request): Body<Request>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let begin = move |tx: &mut store::Tx<'_>| Ok(JobStarted { job_id: service::start(tx, &grant, &request)? });
    app.mutate(&who, mutation, begin).await
}
