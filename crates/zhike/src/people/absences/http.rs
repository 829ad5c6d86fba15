use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{self, AbsenceView, New, Question};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::{Create, Delete, Read};
use crate::kernel::permission::entity::Absence;
use crate::platform::access::model::AbsenceId;
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Page, Path, Query};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(delete))
}

/// Who is away, within the days asked for.
#[utoipa::path(get, path = "/absences", tag = "people", extensions(("x-permission" = json!("read absence"))),
    params(Question), responses((status = 200, body = Page<AbsenceView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Absence>,
    Query(asked): Query<Question>,
) -> Result<Json<Page<AbsenceView>>> {
    Ok(Json(Page::whole(app.db.read(move |tx| service::list(tx, &grant, &asked)).await?)))
}

/// Enters an absence.
#[utoipa::path(post, path = "/absences", tag = "people", extensions(("x-permission" = json!("create absence"))),
    request_body = New, responses((status = 201, body = AbsenceView)))]
async fn create(
    State(app): State<App>,
    grant: Granted<Create, Absence>,
    mutation: Mutation,
    Body(new): Body<New>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::create(tx, &grant, &new)).await
}

/// Takes an absence back.
#[utoipa::path(delete, path = "/absences/{id}", tag = "people", extensions(("x-permission" = json!("delete absence"))),
    params(("id" = AbsenceId, Path)), responses((status = 204)))]
async fn delete(
    State(app): State<App>,
    grant: Granted<Delete, Absence>,
    Path(id): Path<AbsenceId>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::delete(tx, &grant, id)).await
}
