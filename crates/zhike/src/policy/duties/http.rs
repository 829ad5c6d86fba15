use std::sync::Arc;

use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service;
use super::view::{DutyDetail, DutyView};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::{Approve, Read, Update};
use crate::kernel::permission::entity::Duty;
use crate::platform::http::{Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(waive))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(postpone))
}

/// Duties. Filters: state, live, clause, rule, occurrence, owner, department, customer, subject, due_at, due_on, act_at,
/// opens_at, met_at, provisional; sorted by due_at.
#[utoipa::path(get, path = "/duties", tag = "policy", extensions(("x-permission" = json!("read duty"))),
    params(ListParams), responses((status = 200, body = Page<DutyView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Duty>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<DutyView>>> {
    let asked = params.asked()?;
    Ok(Json(app.db.read(move |tx| service::list(tx, &grant, &asked)).await?.into()))
}

/// A duty with its clause, its history, what was told to whom, and its evidence.
#[utoipa::path(get, path = "/duties/{id}", tag = "policy", extensions(("x-permission" = json!("read duty"))),
    params(("id" = Uuid, Path)), responses((status = 200, body = DutyDetail)))]
async fn show(State(app): State<App>, grant: Granted<Read, Duty>, Path(id): Path<Uuid>) -> Result<Answer> {
    let detail = app.db.read(move |tx| service::get(tx, &grant, id)).await?;
    Answer::of(&detail, detail.duty.version)
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DutyReason)]
struct Reason {
    reason: String,
}

/// Releases somebody from a duty.
#[utoipa::path(post, path = "/duties/{id}/waive", tag = "policy", extensions(("x-permission" = json!("approve duty"))),
    params(("id" = Uuid, Path)), request_body = Reason, responses((status = 200, body = DutyDetail)))]
async fn waive(
    State(app): State<App>,
    grant: Granted<Approve, Duty>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(body): Body<Reason>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx: &mut Tx<'_>| service::waive(tx, &grant, id, &body.reason)).await
}

/// Pauses a duty, where its rule allows it.
#[utoipa::path(post, path = "/duties/{id}/pause", tag = "policy", extensions(("x-permission" = json!("approve duty"))),
    params(("id" = Uuid, Path)), request_body = Reason, responses((status = 200, body = DutyDetail)))]
async fn pause(
    State(app): State<App>,
    grant: Granted<Approve, Duty>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(body): Body<Reason>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx: &mut Tx<'_>| service::pause(tx, &grant, id, &body.reason)).await
}

/// Ends a pause.
#[utoipa::path(post, path = "/duties/{id}/resume", tag = "policy", extensions(("x-permission" = json!("approve duty"))),
    params(("id" = Uuid, Path)), responses((status = 200, body = DutyDetail)))]
async fn resume(
    State(app): State<App>,
    grant: Granted<Approve, Duty>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx: &mut Tx<'_>| service::resume(tx, &grant, id)).await
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Postponement {
    /// Not before this instant, which lies before the deadline.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    reason: String,
}

/// Puts off acting on a duty; its deadline stays.
#[utoipa::path(post, path = "/duties/{id}/postpone", tag = "policy", extensions(("x-permission" = json!("update duty"))),
    params(("id" = Uuid, Path)), request_body = Postponement, responses((status = 200, body = DutyDetail)))]
async fn postpone(
    State(app): State<App>,
    grant: Granted<Update, Duty>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(body): Body<Postponement>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let work = move |tx: &mut Tx<'_>| service::postpone(tx, &grant, id, (body.until, &body.reason));
    app.mutate(&who, mutation, work).await
}
