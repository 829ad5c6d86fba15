use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, MergeView, NewMerge};
use super::undo;
use crate::app::App;
use crate::kernel::permission::action::{Delete, Read};
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Mutation, Page, Path, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, merge)).routes(routes!(take_back))
}

/// What has become part of a customer, newest first.
#[utoipa::path(get, path = "/customers/{id}/merges", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = Page<MergeView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(id): Path<Uuid>,
) -> Result<Json<Page<MergeView>>> {
    let merges = app.db.read(move |tx| service::list(tx, &grant, Id::from_uuid(id))).await?;
    Ok(Json(Page::whole(merges)))
}

/// Makes another customer part of this one. From then on requests for the other are answered with 308 and the place
/// of this one. A very large one moves in steps; `state` says whether all of it has.
#[utoipa::path(post, path = "/customers/{id}/merges", tag = "customers",
    extensions(("x-permission" = json!("delete customer"))),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = NewMerge,
    responses((status = 200, body = MergeView), (status = 409, description = "They cannot be one, or one is on its way"),
        (status = 412, description = "One of the two changed since it was read")))]
async fn merge(
    State(app): State<App>,
    grant: Granted<Delete, Customer>,
    Path(id): Path<Uuid>,
    version: Version,
    mutation: Mutation,
    Body(asked): Body<NewMerge>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::merge(tx, &grant, (Id::from_uuid(id), version.0), &asked)).await
}

/// Takes a merge back, within thirty days. Fields that were changed since stay, and are named in `kept`.
#[utoipa::path(post, path = "/customers/{id}/merges/{merge}/undo", tag = "customers",
    extensions(("x-permission" = json!("delete customer"))), params(("id" = Uuid, Path), ("merge" = Uuid, Path)),
    responses((status = 200, body = MergeView), (status = 409, description = "It is too late, or under way")))]
async fn take_back(
    State(app): State<App>,
    grant: Granted<Delete, Customer>,
    Path((id, merge)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| undo::undo(tx, &grant, (Id::from_uuid(id), merge))).await
}
