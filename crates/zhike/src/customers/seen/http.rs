use std::sync::Arc;

use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, Request, Sights};
use crate::app::App;
use crate::kernel::permission::action::{Export, Read};
use crate::kernel::permission::entity::Trace;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Path, Query};
use crate::platform::jobs::JobStarted;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(report)).routes(routes!(start))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Before {
    /// Where the page begins: `next` of the one after it.
    #[param(value_type = Option<String>)]
    before: Option<Timestamp>,
}

/// Who saw a customer: its page, personal values, prints, exports and files, the latest first.
#[utoipa::path(get, path = "/customers/{id}/sights", tag = "customers",
    extensions(("x-permission" = json!("read trace"))), params(("id" = Uuid, Path), Before),
    responses((status = 200, body = Sights)))]
async fn report(
    State(app): State<App>,
    grant: Granted<Read, Trace>,
    Path(id): Path<Uuid>,
    Query(query): Query<Before>,
) -> Result<Json<Sights>> {
    // What was opened a moment ago belongs to it.
    app.seen.write(&app.db).await?;
    Ok(Json(app.db.read(move |tx| service::report(tx, &grant, Id::from_uuid(id), query.before)).await?))
}

/// The same as a file, by a job.
#[utoipa::path(post, path = "/customers/{id}/sights/export", tag = "customers",
    extensions(("x-permission" = json!("export trace"))), params(("id" = Uuid, Path)), request_body = Request,
    responses((status = 200, body = JobStarted)))]
async fn start(
    State(app): State<App>,
    grant: Granted<Export, Trace>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(request): Body<Request>,
) -> Result<Answer> {
    app.seen.write(&app.db).await?;
    let who = Arc::clone(grant.principal());
    let begin = move |tx: &mut store::Tx<'_>| {
        Ok(JobStarted { job_id: service::start(tx, &grant, Id::from_uuid(id), &request)? })
    };
    app.mutate(&who, mutation, begin).await
}
