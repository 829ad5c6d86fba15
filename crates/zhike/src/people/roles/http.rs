use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{self, Administrators, Change, New, RoleView, Separation};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::{Create, Delete, Manage, Read, Update};
use crate::kernel::permission::entity::Role;
use crate::platform::access::model::RoleId;
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Page, Path, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(update, delete))
        .routes(routes!(administrators, separate))
}

/// All roles with their rights.
#[utoipa::path(get, path = "/roles", tag = "people", extensions(("x-permission" = json!("read role"))),
    responses((status = 200, body = Page<RoleView>)))]
async fn list(State(app): State<App>, grant: Granted<Read, Role>) -> Result<Json<Page<RoleView>>> {
    Ok(Json(Page::whole(app.db.read(move |tx| service::list(tx, &grant)).await?)))
}

/// Adds a role.
#[utoipa::path(post, path = "/roles", tag = "people", extensions(("x-permission" = json!("create role"))),
    request_body = New, responses((status = 201, body = RoleView)))]
async fn create(
    State(app): State<App>,
    grant: Granted<Create, Role>,
    mutation: Mutation,
    Body(new): Body<New>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::create(tx, &grant, &new)).await
}

/// Renames a role or changes its rights; counts at once for whoever holds it.
#[utoipa::path(patch, path = "/roles/{id}", tag = "people",
    extensions(("x-permission" = json!("update role"))),
    params(("id" = RoleId, Path), ("If-Match" = String, Header)), request_body = Change,
    responses((status = 200, body = RoleView)))]
async fn update(
    State(app): State<App>,
    grant: Granted<Update, Role>,
    Path(id): Path<RoleId>,
    Version(version): Version,
    mutation: Mutation,
    Body(change): Body<Change>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::update(tx, &grant, id, version, &change)).await
}

/// Deletes a role that nobody holds.
#[utoipa::path(delete, path = "/roles/{id}", tag = "people",
    extensions(("x-permission" = json!("delete role"))), params(("id" = RoleId, Path)),
    responses((status = 204)))]
async fn delete(
    State(app): State<App>,
    grant: Granted<Delete, Role>,
    Path(id): Path<RoleId>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::delete(tx, &grant, id)).await
}

/// Who has which duty of an administrator (三员), and whether they are kept apart.
#[utoipa::path(get, path = "/administrators", tag = "people", extensions(("x-permission" = json!("read role"))),
    responses((status = 200, body = Administrators)))]
async fn administrators(State(app): State<App>, grant: Granted<Read, Role>) -> Result<Json<Administrators>> {
    Ok(Json(app.db.read(move |tx| service::administrators(tx, &grant)).await?))
}

/// Keeps the duties apart from now on, or no longer.
#[utoipa::path(put, path = "/administrators", tag = "people", extensions(("x-permission" = json!("manage role"))),
    request_body = Separation, responses((status = 200, body = Administrators)))]
async fn separate(
    State(app): State<App>,
    grant: Granted<Manage, Role>,
    mutation: Mutation,
    Body(to): Body<Separation>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::separate(tx, &grant, &to)).await
}
