use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::TodoId;
use super::service::{self, NewTodo, TodoChange, TodoView};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::{Create, Delete, Read, Update};
use crate::kernel::permission::entity;
use crate::platform::http::{Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(change, remove))
}

/// To-dos that the asker may see, by due instant.
#[utoipa::path(get, path = "/todos", tag = "engagement", params(ListParams),
    extensions(("x-permission" = json!("read todo"))), responses((status = 200, body = Page<TodoView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, entity::Todo>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<TodoView>>> {
    let asked = params.asked()?;
    Ok(Json(app.db.read(move |tx| service::list(tx, &grant, &asked)).await?.into()))
}

/// Makes a to-do, for oneself or, with the permission to assign, for somebody else.
#[utoipa::path(post, path = "/todos", tag = "engagement", request_body = NewTodo,
    extensions(("x-permission" = json!("create todo"))), responses((status = 201, body = TodoView)))]
async fn create(
    State(app): State<App>,
    grant: Granted<Create, entity::Todo>,
    mutation: Mutation,
    Body(new): Body<NewTodo>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::create(tx, &grant, &new)).await
}

/// Changes a to-do, ticks it off, or takes that back.
#[utoipa::path(patch, path = "/todos/{id}", tag = "engagement", request_body = TodoChange,
    params(("id" = TodoId, Path), ("If-Match" = String, Header)),
    extensions(("x-permission" = json!("update todo"))), responses((status = 200, body = TodoView)))]
async fn change(
    State(app): State<App>,
    grant: Granted<Update, entity::Todo>,
    Path(id): Path<TodoId>,
    version: Version,
    mutation: Mutation,
    Body(change): Body<TodoChange>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::change(tx, &grant, id, version.0, &change)).await
}

/// Takes a to-do off every list.
#[utoipa::path(delete, path = "/todos/{id}", tag = "engagement",
    params(("id" = TodoId, Path)),
    extensions(("x-permission" = json!("delete todo"))), responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    grant: Granted<Delete, entity::Todo>,
    Path(id): Path<TodoId>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::remove(tx, &grant, id)).await
}
