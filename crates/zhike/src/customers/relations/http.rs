use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, NewRelation, Question, RelationView};
use crate::app::App;
use crate::customers::service::Brief;
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Page, Path, Query};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, relate)).routes(routes!(unrelate)).routes(routes!(group))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RelationQuery {
    /// Kinds separated by commas; all when left out.
    kinds: Option<String>,
    cursor: Option<String>,
    limit: Option<usize>,
}

/// The relations of a customer to others that the asker may see.
#[utoipa::path(get, path = "/customers/{id}/relations", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path), RelationQuery),
    responses((status = 200, body = Page<RelationView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, entity::Customer>,
    Path(id): Path<Uuid>,
    Query(query): Query<RelationQuery>,
) -> Result<Json<Page<RelationView>>> {
    let question = Question::parse(query.kinds.as_deref(), query.cursor.as_deref(), query.limit)?;
    let found = app.db.read(move |tx| service::list(tx, &grant, Id::from_uuid(id), &question)).await?;
    Ok(Json(found.into()))
}

/// Relates a customer to another one.
#[utoipa::path(post, path = "/customers/{id}/relations", tag = "customers",
    extensions(("x-permission" = json!("update customer"))), params(("id" = Uuid, Path)), request_body = NewRelation,
    responses((status = 201, body = RelationView)))]
async fn relate(
    State(app): State<App>,
    grant: Granted<Update, entity::Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(new): Body<NewRelation>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::relate(tx, &grant, Id::from_uuid(id), &new)).await
}

/// Takes a relation away.
#[utoipa::path(delete, path = "/customers/{id}/relations/{relation}", tag = "customers",
    extensions(("x-permission" = json!("update customer"))),
    params(("id" = Uuid, Path), ("relation" = Uuid, Path)), responses((status = 204)))]
async fn unrelate(
    State(app): State<App>,
    grant: Granted<Update, entity::Customer>,
    Path((id, relation)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::unrelate(tx, &grant, Id::from_uuid(id), Id::from_uuid(relation)))
        .await
}

#[derive(Serialize, ToSchema)]
#[schema(as = CustomerGroup)]
struct Group {
    /// From the highest group down to the customer itself.
    way: Vec<Brief>,
}

/// The groups that a customer belongs to.
#[utoipa::path(get, path = "/customers/{id}/group", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = Group)))]
async fn group(
    State(app): State<App>,
    grant: Granted<Read, entity::Customer>,
    Path(id): Path<Uuid>,
) -> Result<Json<Group>> {
    let way = app.db.read(move |tx| service::way_up(tx, &grant, Id::from_uuid(id))).await?;
    Ok(Json(Group { way }))
}
