use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{self, Change, New, PostView};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::{Create, Delete, Read, Update};
use crate::kernel::permission::entity::Post;
use crate::platform::access::model::PostId;
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Page, Path, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(update, delete))
}

/// All posts.
#[utoipa::path(get, path = "/posts", tag = "people", extensions(("x-permission" = json!("read post"))),
    responses((status = 200, body = Page<PostView>)))]
async fn list(State(app): State<App>, grant: Granted<Read, Post>) -> Result<Json<Page<PostView>>> {
    Ok(Json(Page::whole(app.db.read(move |tx| service::list(tx, &grant)).await?)))
}

/// Adds a post.
#[utoipa::path(post, path = "/posts", tag = "people", extensions(("x-permission" = json!("create post"))),
    request_body = New, responses((status = 201, body = PostView)))]
async fn create(
    State(app): State<App>,
    grant: Granted<Create, Post>,
    mutation: Mutation,
    Body(new): Body<New>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::create(tx, &grant, &new)).await
}

/// Renames a post or changes its place in lists.
#[utoipa::path(patch, path = "/posts/{id}", tag = "people",
    extensions(("x-permission" = json!("update post"))),
    params(("id" = PostId, Path), ("If-Match" = String, Header)), request_body = Change,
    responses((status = 200, body = PostView)))]
async fn update(
    State(app): State<App>,
    grant: Granted<Update, Post>,
    Path(id): Path<PostId>,
    Version(version): Version,
    mutation: Mutation,
    Body(change): Body<Change>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::update(tx, &grant, id, version, &change)).await
}

/// Deletes a post that nobody holds.
#[utoipa::path(delete, path = "/posts/{id}", tag = "people",
    extensions(("x-permission" = json!("delete post"))), params(("id" = PostId, Path)),
    responses((status = 204)))]
async fn delete(
    State(app): State<App>,
    grant: Granted<Delete, Post>,
    Path(id): Path<PostId>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::delete(tx, &grant, id)).await
}
