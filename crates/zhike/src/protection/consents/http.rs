use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::purposes::{self, NewPurpose, NoticeView, PurposeChange, PurposeView};
use super::service::{self, ConsentView, ConsentsView, NewConsent};
use crate::app::App;
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Path, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_purposes, create_purpose))
        .routes(routes!(update_purpose))
        .routes(routes!(list_notices))
        .routes(routes!(list_consents, record_consent))
}

#[derive(Serialize, ToSchema)]
#[schema(as = ConsentPurposes)]
struct Purposes {
    items: Vec<PurposeView>,
}

/// What personal information is used for.
#[utoipa::path(get, path = "/consent_purposes", tag = "protection", extensions(("x-permission" = json!("read contact"))),
    responses((status = 200, body = Purposes)))]
async fn list_purposes(State(app): State<App>, grant: Granted<Read, entity::Contact>) -> Result<Json<Purposes>> {
    let items = app.db.read(move |tx| purposes::list(tx, &grant)).await?;
    Ok(Json(Purposes { items }))
}

/// Adds a purpose.
#[utoipa::path(post, path = "/consent_purposes", tag = "protection",
    extensions(("x-permission" = json!("update setting"))), request_body = NewPurpose,
    responses((status = 201, body = PurposeView)))]
async fn create_purpose(
    State(app): State<App>,
    grant: Granted<Update, entity::Setting>,
    mutation: Mutation,
    Body(new): Body<NewPurpose>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| purposes::create(tx, &grant, &new)).await
}

/// Changes a purpose. With other words, everybody's consent to it needs renewal.
#[utoipa::path(patch, path = "/consent_purposes/{key}", tag = "protection",
    extensions(("x-permission" = json!("update setting"))),
    params(("key" = String, Path), ("If-Match" = String, Header)), request_body = PurposeChange,
    responses((status = 200, body = PurposeView)))]
async fn update_purpose(
    State(app): State<App>,
    grant: Granted<Update, entity::Setting>,
    Path(key): Path<String>,
    version: Version,
    mutation: Mutation,
    Body(change): Body<PurposeChange>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| purposes::update(tx, &grant, (&key, version.0), &change)).await
}

#[derive(Serialize, ToSchema)]
#[schema(as = ConsentNotices)]
struct Notices {
    items: Vec<NoticeView>,
}

/// The words of a purpose, of all versions.
#[utoipa::path(get, path = "/consent_purposes/{key}/notices", tag = "protection",
    extensions(("x-permission" = json!("read contact"))), params(("key" = String, Path)),
    responses((status = 200, body = Notices)))]
async fn list_notices(
    State(app): State<App>,
    grant: Granted<Read, entity::Contact>,
    Path(key): Path<String>,
) -> Result<Json<Notices>> {
    let items = app.db.read(move |tx| purposes::notices(tx, &grant, &key)).await?;
    Ok(Json(Notices { items }))
}

/// How the people of a customer stand to each purpose, and what they have answered.
#[utoipa::path(get, path = "/customers/{id}/consents", tag = "protection",
    extensions(("x-permission" = json!("read contact"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = ConsentsView)))]
async fn list_consents(
    State(app): State<App>,
    grant: Granted<Read, entity::Contact>,
    Path(id): Path<Uuid>,
) -> Result<Json<ConsentsView>> {
    Ok(Json(app.db.read(move |tx| service::of_customer(tx, &grant, Id::from_uuid(id))).await?))
}

/// Writes down what somebody answered: consent, refusal, withdrawal.
#[utoipa::path(post, path = "/customers/{id}/consents", tag = "protection",
    extensions(("x-permission" = json!("update contact"))), params(("id" = Uuid, Path)), request_body = NewConsent,
    responses((status = 201, body = ConsentView)))]
async fn record_consent(
    State(app): State<App>,
    grant: Granted<Update, entity::Contact>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(new): Body<NewConsent>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::record(tx, &grant, Id::from_uuid(id), &new)).await
}
