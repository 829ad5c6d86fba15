use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use store::list::{LIMIT_DEFAULT, LIMIT_MOST};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, MergeView, NewMerge};
use super::undo;
use crate::app::App;
use crate::kernel::permission::action::{Delete, Read};
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Error, Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Page, Path, Query, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, merge)).routes(routes!(take_back))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MergeQuery {
    cursor: Option<String>,
    limit: Option<usize>,
}

impl MergeQuery {
    /// After which merge, and how many.
    fn part(&self) -> Result<(Option<Uuid>, usize)> {
        let bad = || Error::invalid("query.invalid");
        let after = self.cursor.as_deref().map(|text| text.parse().map_err(|_| bad())).transpose()?;
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if (1..=LIMIT_MOST).contains(&limit) { Ok((after, limit)) } else { Err(bad()) }
    }
}

/// What has become part of a customer, newest first.
#[utoipa::path(get, path = "/customers/{id}/merges", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path), MergeQuery),
    responses((status = 200, body = Page<MergeView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(id): Path<Uuid>,
    Query(query): Query<MergeQuery>,
) -> Result<Json<Page<MergeView>>> {
    let part = query.part()?;
    let merges = app.db.read(move |tx| service::list(tx, &grant, Id::from_uuid(id), part)).await?;
    Ok(Json(merges.into()))
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
