//! The routes of the recycle bin.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, ItemView};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::{Manage, Read};
use crate::kernel::permission::entity::Customer;
use crate::platform::http::{Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(restore)).routes(routes!(purge))
}

/// What was removed and can still be restored: of each kind what the asker could see before.
#[utoipa::path(get, path = "/bin", tag = "platform", extensions(("x-permission" = json!("read customer"))),
    params(ListParams), responses((status = 200, body = Page<ItemView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<ItemView>>> {
    let asked = params.asked()?;
    Ok(Json(app.db.read(move |tx| service::list(tx, grant.principal(), &asked)).await?.into()))
}

/// Brings a record back, with what hangs on it. Whoever may remove such a record may restore it.
#[utoipa::path(post, path = "/bin/{id}/restore", tag = "platform",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)),
    responses((status = 204)))]
async fn restore(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::restore(tx, grant.principal(), id)).await
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PurgeRequest {
    reason: String,
}

/// Lets a record go for good before its time. It cannot be restored from then on.
#[utoipa::path(post, path = "/bin/{id}/purge", tag = "platform",
    extensions(("x-permission" = json!("manage customer"))), params(("id" = Uuid, Path)),
    request_body = PurgeRequest, responses((status = 204)))]
async fn purge(
    State(app): State<App>,
    grant: Granted<Manage, Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(asked): Body<PurgeRequest>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::purge(tx, &grant, id, &asked.reason)).await
}
