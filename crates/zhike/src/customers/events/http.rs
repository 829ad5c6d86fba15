use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, EventView, NewEvent};
use crate::app::App;
use crate::kernel::permission::action::{Delete, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Path};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, record)).routes(routes!(withdraw))
}

#[derive(Serialize, ToSchema)]
struct Events {
    items: Vec<EventView>,
}

/// The major events of a customer, the latest first.
#[utoipa::path(get, path = "/customers/{id}/events", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = Events)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, entity::Customer>,
    Path(id): Path<Uuid>,
) -> Result<Json<Events>> {
    let items = app.db.read(move |tx| service::list(tx, &grant, Id::from_uuid(id))).await?;
    Ok(Json(Events { items }))
}

/// Records a major event.
#[utoipa::path(post, path = "/customers/{id}/events", tag = "customers",
    extensions(("x-permission" = json!("update customer"))), params(("id" = Uuid, Path)), request_body = NewEvent,
    responses((status = 201, body = EventView)))]
async fn record(
    State(app): State<App>,
    grant: Granted<Update, entity::Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(new): Body<NewEvent>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::record(tx, &grant, Id::from_uuid(id), &new)).await
}

/// Takes back an event recorded by mistake.
#[utoipa::path(delete, path = "/customers/{id}/events/{eid}", tag = "customers",
    extensions(("x-permission" = json!("delete customer"))), params(("id" = Uuid, Path), ("eid" = Uuid, Path)),
    responses((status = 204)))]
async fn withdraw(
    State(app): State<App>,
    grant: Granted<Delete, entity::Customer>,
    Path((id, eid)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::withdraw(tx, &grant, Id::from_uuid(id), Id::from_uuid(eid))).await
}
