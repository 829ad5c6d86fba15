//! Saved views of a list.

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{NewView, ViewInfo, service};
use crate::app::App;
use crate::kernel::permission::action::{Create, Delete, Read, Update};
use crate::kernel::permission::entity::View;
use crate::kernel::{Error, Result};
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Path, Query, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(replace, remove))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Which list, such as `customers`.
    list: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct Views {
    items: Vec<ViewInfo>,
}

/// One's own views of a list and those that others share.
#[utoipa::path(get, path = "/views", tag = "platform", extensions(("x-permission" = json!("read view"))),
    params(ListQuery), responses((status = 200, body = Views)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, View>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Views>> {
    let items = app.db.read(move |tx| service::list(tx, &grant, &query.list)).await?;
    Ok(Json(Views { items }))
}

/// Saves a view.
#[utoipa::path(post, path = "/views", tag = "platform", extensions(("x-permission" = json!("create view"))),
    request_body = NewView, responses((status = 201, body = ViewInfo)))]
async fn create(
    State(app): State<App>,
    grant: Granted<Create, View>,
    mutation: Mutation,
    Body(new): Body<NewView>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::create(tx, &grant, new.clone())).await
}

/// Replaces one's own view; from the version in `If-Match`, if given.
#[utoipa::path(put, path = "/views/{id}", tag = "platform", extensions(("x-permission" = json!("update view"))),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header)), request_body = NewView,
    responses((status = 200, body = ViewInfo)))]
async fn replace(
    State(app): State<App>,
    grant: Granted<Update, View>,
    mutation: Mutation,
    Path(id): Path<Uuid>,
    version: Result<Version, Error>,
    Body(new): Body<NewView>,
) -> Result<Answer> {
    let version = match version {
        Ok(Version(version)) => Some(version),
        Err(error) if error.status == 428 => None,
        Err(error) => return Err(error),
    };
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::replace(tx, &grant, id, version, new.clone())).await
}

/// Removes one's own view.
#[utoipa::path(delete, path = "/views/{id}", tag = "platform", extensions(("x-permission" = json!("delete view"))),
    params(("id" = Uuid, Path)), responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    grant: Granted<Delete, View>,
    mutation: Mutation,
    Path(id): Path<Uuid>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::remove(tx, &grant, id)).await
}
