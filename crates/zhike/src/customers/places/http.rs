use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, Asked, NearView, NewPlace, PlaceView};
use crate::app::App;
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Path};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(near)).routes(routes!(get, put, remove))
}

/// Which customers are near a point, the nearest first. It is asked by POST, so that where somebody stands is in no
/// address and in no log.
#[utoipa::path(post, path = "/customers/near", tag = "customers", extensions(("x-permission" = json!("read customer"))),
    request_body = Asked, responses((status = 200, body = NearView)))]
async fn near(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Body(asked): Body<Asked>,
) -> Result<Json<NearView>> {
    let who = Arc::clone(grant.principal());
    let view = app.db.read(move |tx| service::near(tx, &grant, asked)).await?;
    app.seen.note_lines(&who, view.items.iter().map(|line| line.id.uuid()));
    Ok(Json(view))
}

#[derive(Serialize, ToSchema)]
#[schema(as = CustomerPlaceKnown)]
struct Known {
    /// Nothing where it is not known.
    place: Option<PlaceView>,
}

/// Where a customer is.
#[utoipa::path(get, path = "/customers/{id}/place", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = Known)))]
async fn get(State(app): State<App>, grant: Granted<Read, Customer>, Path(id): Path<Uuid>) -> Result<Json<Known>> {
    let place = app.db.read(move |tx| service::get(tx, &grant, Id::from_uuid(id))).await?;
    Ok(Json(Known { place }))
}

/// Says where a company is.
#[utoipa::path(put, path = "/customers/{id}/place", tag = "customers",
    extensions(("x-permission" = json!("update customer"))), params(("id" = Uuid, Path)), request_body = NewPlace,
    responses((status = 200, body = PlaceView)))]
async fn put(
    State(app): State<App>,
    grant: Granted<Update, Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(new): Body<NewPlace>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::put(tx, &grant, Id::from_uuid(id), &new)).await
}

/// Forgets where a customer is.
#[utoipa::path(delete, path = "/customers/{id}/place", tag = "customers",
    extensions(("x-permission" = json!("update customer"))), params(("id" = Uuid, Path)),
    responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    grant: Granted<Update, Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::remove(tx, &grant, Id::from_uuid(id))).await
}
