use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{self, Change, DepartmentView, New};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::{Create, Delete, Read, Update};
use crate::kernel::permission::entity::Department;
use crate::platform::access::model::DepartmentId;
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Page, Path, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(update, delete))
}

/// The whole tree of departments, parents before children.
#[utoipa::path(get, path = "/departments", tag = "people", extensions(("x-permission" = json!("read department"))),
    responses((status = 200, body = Page<DepartmentView>)))]
async fn list(State(app): State<App>, grant: Granted<Read, Department>) -> Result<Json<Page<DepartmentView>>> {
    Ok(Json(Page::whole(app.db.read(move |tx| service::list(tx, &grant)).await?)))
}

/// Adds a department.
#[utoipa::path(post, path = "/departments", tag = "people", extensions(("x-permission" = json!("create department"))),
    request_body = New, responses((status = 201, body = DepartmentView)))]
async fn create(
    State(app): State<App>,
    grant: Granted<Create, Department>,
    mutation: Mutation,
    Body(new): Body<New>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::create(tx, &grant, &new)).await
}

/// Renames or moves a department, or names its head.
#[utoipa::path(patch, path = "/departments/{id}", tag = "people",
    extensions(("x-permission" = json!("update department"))),
    params(("id" = DepartmentId, Path), ("If-Match" = String, Header)), request_body = Change,
    responses((status = 200, body = DepartmentView)))]
async fn update(
    State(app): State<App>,
    grant: Granted<Update, Department>,
    Path(id): Path<DepartmentId>,
    Version(version): Version,
    mutation: Mutation,
    Body(change): Body<Change>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::update(tx, &grant, id, version, &change)).await
}

/// Deletes an empty department.
#[utoipa::path(delete, path = "/departments/{id}", tag = "people",
    extensions(("x-permission" = json!("delete department"))), params(("id" = DepartmentId, Path)),
    responses((status = 204)))]
async fn delete(
    State(app): State<App>,
    grant: Granted<Delete, Department>,
    Path(id): Path<DepartmentId>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::delete(tx, &grant, id)).await
}
