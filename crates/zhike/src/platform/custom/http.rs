use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{self, Change, CustomFieldView, New};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::Update;
use crate::kernel::permission::entity::Setting;
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Page, Path, Version, Who};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(seen))
        .routes(routes!(list, create, order))
        .routes(routes!(update, remove))
        .routes(routes!(restore))
}

/// The fields that the company has added and the asker may see, in their order.
#[utoipa::path(get, path = "/custom_fields", tag = "platform", extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, body = Page<CustomFieldView>)))]
async fn seen(Who(who): Who) -> Json<Page<CustomFieldView>> {
    Json(Page::whole(service::seen(&who)))
}

/// All fields with their versions, also removed ones.
#[utoipa::path(get, path = "/settings/custom_fields", tag = "platform",
    extensions(("x-permission" = json!("update setting"))), responses((status = 200, body = Page<CustomFieldView>)))]
async fn list(State(app): State<App>, grant: Granted<Update, Setting>) -> Result<Json<Page<CustomFieldView>>> {
    Ok(Json(Page::whole(app.db.read(move |tx| service::list(tx, &grant)).await?)))
}

/// Adds a field.
#[utoipa::path(post, path = "/settings/custom_fields", tag = "platform",
    extensions(("x-permission" = json!("update setting"))), request_body = New,
    responses((status = 201, body = CustomFieldView)))]
async fn create(
    State(app): State<App>,
    grant: Granted<Update, Setting>,
    mutation: Mutation,
    Body(new): Body<New>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::create(tx, &grant, &new)).await
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FieldOrder {
    keys: Vec<String>,
}

/// Sets the order in which forms and records show the fields.
#[utoipa::path(put, path = "/settings/custom_fields", tag = "platform",
    extensions(("x-permission" = json!("update setting"))), request_body = FieldOrder,
    responses((status = 200, body = Page<CustomFieldView>)))]
async fn order(
    State(app): State<App>,
    grant: Granted<Update, Setting>,
    mutation: Mutation,
    Body(asked): Body<FieldOrder>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| Ok(Page::whole(service::order(tx, &grant, &asked.keys)?))).await
}

/// Changes what a field is called, its choices, and whether it is needed or found.
#[utoipa::path(patch, path = "/settings/custom_fields/{key}", tag = "platform",
    extensions(("x-permission" = json!("update setting"))),
    params(("key" = String, Path), ("If-Match" = String, Header)), request_body = Change,
    responses((status = 200, body = CustomFieldView)))]
async fn update(
    State(app): State<App>,
    grant: Granted<Update, Setting>,
    Path(key): Path<String>,
    Version(version): Version,
    mutation: Mutation,
    Body(change): Body<Change>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::update(tx, &grant, &key, version, &change)).await
}

/// Takes a field out of sight everywhere. What stands in it is kept, and the field can be restored.
#[utoipa::path(delete, path = "/settings/custom_fields/{key}", tag = "platform",
    extensions(("x-permission" = json!("update setting"))), params(("key" = String, Path)),
    responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    grant: Granted<Update, Setting>,
    Path(key): Path<String>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::remove(tx, &grant, &key)).await
}

/// Brings a removed field back.
#[utoipa::path(post, path = "/settings/custom_fields/{key}/restore", tag = "platform",
    extensions(("x-permission" = json!("update setting"))), params(("key" = String, Path)),
    responses((status = 200, body = CustomFieldView)))]
async fn restore(
    State(app): State<App>,
    grant: Granted<Update, Setting>,
    Path(key): Path<String>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::restore(tx, &grant, &key)).await
}
