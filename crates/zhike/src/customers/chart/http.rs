use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, NewUnit, UnitPatch, UnitView};
use crate::app::App;
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Path, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(chart, add)).routes(routes!(change, remove)).routes(routes!(from_departments))
}

#[derive(Serialize, ToSchema)]
#[schema(as = CustomerChart)]
struct Chart {
    items: Vec<UnitView>,
}

/// The organisation chart of a customer: its departments, in order. Who stands where is told by the contacts.
#[utoipa::path(get, path = "/customers/{id}/chart", tag = "customers",
    extensions(("x-permission" = json!("read contact"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = Chart)))]
async fn chart(
    State(app): State<App>,
    grant: Granted<Read, entity::Contact>,
    Path(id): Path<Uuid>,
) -> Result<Json<Chart>> {
    let who = Arc::clone(grant.principal());
    let items = app.db.read(move |tx| service::chart(tx, &grant, Id::from_uuid(id))).await?;
    if app.seen.note_part(&who, id) {
        app.seen.write(&app.db).await?;
    }
    Ok(Json(Chart { items }))
}

/// Adds a department to the chart.
#[utoipa::path(post, path = "/customers/{id}/chart", tag = "customers",
    extensions(("x-permission" = json!("update contact"))), params(("id" = Uuid, Path)), request_body = NewUnit,
    responses((status = 201, body = UnitView)))]
async fn add(
    State(app): State<App>,
    grant: Granted<Update, entity::Contact>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(new): Body<NewUnit>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::add(tx, &grant, Id::from_uuid(id), &new)).await
}

/// Renames a department, or puts it elsewhere.
#[utoipa::path(patch, path = "/customers/{id}/chart/{unit}", tag = "customers",
    extensions(("x-permission" = json!("update contact"))),
    params(("id" = Uuid, Path), ("unit" = Uuid, Path), ("If-Match" = String, Header)), request_body = UnitPatch,
    responses((status = 200, body = UnitView)))]
async fn change(
    State(app): State<App>,
    grant: Granted<Update, entity::Contact>,
    Path((id, unit)): Path<(Uuid, Uuid)>,
    version: Version,
    mutation: Mutation,
    Body(patch): Body<UnitPatch>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let ids = (Id::from_uuid(id), Id::from_uuid(unit));
    app.mutate(&who, mutation, move |tx| service::change(tx, &grant, ids, version.0, &patch)).await
}

/// Takes a department out of the chart; what stood in it comes to stand where it stood.
#[utoipa::path(delete, path = "/customers/{id}/chart/{unit}", tag = "customers",
    extensions(("x-permission" = json!("update contact"))), params(("id" = Uuid, Path), ("unit" = Uuid, Path)),
    responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    grant: Granted<Update, entity::Contact>,
    Path((id, unit)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::remove(tx, &grant, (Id::from_uuid(id), Id::from_uuid(unit)))).await
}

/// Makes a chart of the departments that the contacts were written down with.
#[utoipa::path(post, path = "/customers/{id}/chart/from_departments", tag = "customers",
    extensions(("x-permission" = json!("update contact"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = Chart)))]
async fn from_departments(
    State(app): State<App>,
    grant: Granted<Update, entity::Contact>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let made =
        move |tx: &mut store::Tx<'_>| Ok(Chart { items: service::from_departments(tx, &grant, Id::from_uuid(id))? });
    app.mutate(&who, mutation, made).await
}
