use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, Bounds, View};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity::Alarm;
use crate::platform::http::{Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(answer)).routes(routes!(bounds, set))
}

/// Alarms on unusual reading and taking out, as far as the asker may see them.
#[utoipa::path(get, path = "/alarms", tag = "protection", extensions(("x-permission" = json!("read alarm"))),
    params(ListParams), responses((status = 200, body = Page<View>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Alarm>,
    Query(query): Query<ListParams>,
) -> Result<Json<Page<View>>> {
    let asked = query.asked()?;
    Ok(Json(app.db.read(move |tx| service::list(tx, &grant, &asked)).await?.into()))
}

/// Says what an alarm was about. Nobody answers their own.
#[utoipa::path(post, path = "/alarms/{id}/answer", tag = "protection",
    extensions(("x-permission" = json!("update alarm"))),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = service::Answer,
    responses((status = 200, body = View)))]
async fn answer(
    State(app): State<App>,
    grant: Granted<Update, Alarm>,
    Path(id): Path<Uuid>,
    version: Version,
    mutation: Mutation,
    Body(given): Body<service::Answer>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::answer(tx, &grant, (id, version.0), &given)).await
}

/// From where on a day is unusual.
#[utoipa::path(get, path = "/alarms/setting", tag = "protection", extensions(("x-permission" = json!("read alarm"))),
    responses((status = 200, body = Bounds)))]
async fn bounds(State(app): State<App>, grant: Granted<Read, Alarm>) -> Result<Answer> {
    let bounds = app.db.read(move |tx| service::bounds(tx, grant.principal())).await?;
    Answer::of(&bounds, bounds.version)
}

/// Sets it. Only somebody who reads no customers does; whoever else answers alarms is told.
#[utoipa::path(put, path = "/alarms/setting", tag = "protection",
    extensions(("x-permission" = json!("update alarm"))), params(("If-Match" = String, Header)),
    request_body = Bounds, responses((status = 200, body = Bounds)))]
async fn set(
    State(app): State<App>,
    grant: Granted<Update, Alarm>,
    version: Version,
    mutation: Mutation,
    Body(new): Body<Bounds>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::set(tx, &grant, version.0, &new)).await
}
