use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::export::{self, Request};
use super::service::{self, Compliance, Question};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::{Export, Read};
use crate::kernel::permission::entity;
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Query};
use crate::platform::jobs::JobStarted;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(start_export))
}

/// How well the regulations were kept, by clause, rule, department or person.
#[utoipa::path(get, path = "/compliance", tag = "policy", extensions(("x-permission" = json!("read compliance"))),
    params(Question), responses((status = 200, body = Compliance)))]
async fn show(
    State(app): State<App>,
    grant: Granted<Read, entity::Compliance>,
    Query(question): Query<Question>,
) -> Result<Json<Compliance>> {
    Ok(Json(app.db.read(move |tx| service::compliance(tx, &grant, &question)).await?))
}

/// Exports the table as a job, whose result names the file for `POST /exports/{file}/link`.
#[utoipa::path(post, path = "/compliance/export", tag = "policy", request_body = Request,
    extensions(("x-permission" = json!("export compliance"))), responses((status = 200, body = JobStarted)))]
async fn start_export(
    State(app): State<App>,
    grant: Granted<Export, entity::Compliance>,
    mutation: Mutation,
    Body(request): Body<Request>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let begin = move |tx: &mut store::Tx<'_>| Ok(JobStarted { job_id: export::start(tx, &grant, &request)? });
    app.mutate(&who, mutation, begin).await
}
