use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::package;
use super::service::{self, Detail, NewAnswer, NewIdentity, NewRequest, Reason, RequestView};
use crate::app::App;
use crate::kernel::permission::action::{Create, Export, Read, Update};
use crate::kernel::permission::entity::SubjectRequest;
use crate::kernel::{Error, Id, Result};
use crate::platform::access::names::Named;
use crate::platform::http::{Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(handlers))
        .routes(routes!(receive))
        .routes(routes!(get))
        .routes(routes!(identify))
        .routes(routes!(answer))
        .routes(routes!(withdraw))
        .routes(routes!(restrict, lift))
        .routes(routes!(copy))
}

/// Requests of people about their own information.
#[utoipa::path(get, path = "/subject_requests", tag = "protection",
    extensions(("x-permission" = json!("read subject_request"))), params(ListParams),
    responses((status = 200, body = Page<RequestView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, SubjectRequest>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<RequestView>>> {
    let asked = params.asked()?;
    Ok(Json(app.db.read(move |tx| service::list(tx, &grant, &asked)).await?.into()))
}

#[derive(Serialize, ToSchema)]
#[schema(as = SubjectRequestHandlers)]
struct Handlers {
    items: Vec<Named>,
}

/// Those who may answer requests.
#[utoipa::path(get, path = "/subject_request_handlers", tag = "protection",
    extensions(("x-permission" = json!("create subject_request"))), responses((status = 200, body = Handlers)))]
async fn handlers(State(app): State<App>, grant: Granted<Create, SubjectRequest>) -> Result<Json<Handlers>> {
    let items = app.db.read(move |tx| service::handlers(tx, &grant)).await?;
    Ok(Json(Handlers { items }))
}

/// Writes a request down.
#[utoipa::path(post, path = "/customers/{id}/subject_requests", tag = "protection",
    extensions(("x-permission" = json!("create subject_request"))), params(("id" = Uuid, Path)),
    request_body = NewRequest, responses((status = 201, body = RequestView)))]
async fn receive(
    State(app): State<App>,
    grant: Granted<Create, SubjectRequest>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(new): Body<NewRequest>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::receive(tx, &grant, Id::from_uuid(id), &new)).await
}

/// A request with what was done about it.
#[utoipa::path(get, path = "/customers/{id}/subject_requests/{request}", tag = "protection",
    extensions(("x-permission" = json!("read subject_request"))),
    params(("id" = Uuid, Path), ("request" = Uuid, Path)), responses((status = 200, body = Detail)))]
async fn get(
    State(app): State<App>,
    grant: Granted<Read, SubjectRequest>,
    Path((id, request)): Path<(Uuid, Uuid)>,
) -> Result<Json<Detail>> {
    let ids = (Id::from_uuid(id), Id::from_uuid(request));
    Ok(Json(app.db.read(move |tx| service::get(tx, &grant, ids)).await?))
}

/// Writes down how it was checked that they are who they say.
#[utoipa::path(put, path = "/customers/{id}/subject_requests/{request}/identity", tag = "protection",
    extensions(("x-permission" = json!("update subject_request"))),
    params(("id" = Uuid, Path), ("request" = Uuid, Path), ("If-Match" = String, Header)), request_body = NewIdentity,
    responses((status = 200, body = RequestView)))]
async fn identify(
    State(app): State<App>,
    grant: Granted<Update, SubjectRequest>,
    Path((id, request)): Path<(Uuid, Uuid)>,
    version: Version,
    mutation: Mutation,
    Body(new): Body<NewIdentity>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let place = ((Id::from_uuid(id), Id::from_uuid(request)), version.0);
    app.mutate(&who, mutation, move |tx| service::identify(tx, &grant, place, &new)).await
}

/// Answers a request: done, or refused with the reason.
#[utoipa::path(post, path = "/customers/{id}/subject_requests/{request}/answer", tag = "protection",
    extensions(("x-permission" = json!("update subject_request"))),
    params(("id" = Uuid, Path), ("request" = Uuid, Path), ("If-Match" = String, Header)), request_body = NewAnswer,
    responses((status = 200, body = RequestView)))]
async fn answer(
    State(app): State<App>,
    grant: Granted<Update, SubjectRequest>,
    Path((id, request)): Path<(Uuid, Uuid)>,
    version: Version,
    mutation: Mutation,
    Body(new): Body<NewAnswer>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let place = ((Id::from_uuid(id), Id::from_uuid(request)), version.0);
    app.mutate(&who, mutation, move |tx| service::answer(tx, &grant, place, &new)).await
}

/// Notes that the person took the request back.
#[utoipa::path(post, path = "/customers/{id}/subject_requests/{request}/withdrawal", tag = "protection",
    extensions(("x-permission" = json!("update subject_request"))),
    params(("id" = Uuid, Path), ("request" = Uuid, Path), ("If-Match" = String, Header)), request_body = Reason,
    responses((status = 200, body = RequestView)))]
async fn withdraw(
    State(app): State<App>,
    grant: Granted<Update, SubjectRequest>,
    Path((id, request)): Path<(Uuid, Uuid)>,
    version: Version,
    mutation: Mutation,
    Body(reason): Body<Reason>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let place = ((Id::from_uuid(id), Id::from_uuid(request)), version.0);
    app.mutate(&who, mutation, move |tx| service::withdraw(tx, &grant, place, &reason)).await
}

/// Restricts the person: from now on their information is stored and protected and nothing else.
#[utoipa::path(put, path = "/customers/{id}/subject_requests/{request}/restriction", tag = "protection",
    extensions(("x-permission" = json!("update subject_request"))),
    params(("id" = Uuid, Path), ("request" = Uuid, Path)), responses((status = 200, body = Detail)))]
async fn restrict(
    State(app): State<App>,
    grant: Granted<Update, SubjectRequest>,
    Path((id, request)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let ids = (Id::from_uuid(id), Id::from_uuid(request));
    app.mutate(&who, mutation, move |tx| service::set_restriction(tx, &grant, ids, true)).await
}

/// Lets the person's information be used again.
#[utoipa::path(delete, path = "/customers/{id}/subject_requests/{request}/restriction", tag = "protection",
    extensions(("x-permission" = json!("update subject_request"))),
    params(("id" = Uuid, Path), ("request" = Uuid, Path)), responses((status = 200, body = Detail)))]
async fn lift(
    State(app): State<App>,
    grant: Granted<Update, SubjectRequest>,
    Path((id, request)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let ids = (Id::from_uuid(id), Id::from_uuid(request));
    app.mutate(&who, mutation, move |tx| service::set_restriction(tx, &grant, ids, false)).await
}

/// The copy of all that is known of the person, readable by machines. It is kept nowhere here.
#[utoipa::path(post, path = "/customers/{id}/subject_requests/{request}/copy", tag = "protection",
    extensions(("x-permission" = json!("export subject_request"))),
    params(("id" = Uuid, Path), ("request" = Uuid, Path)), responses((status = 200, body = Object)))]
async fn copy(
    State(app): State<App>,
    grant: Granted<Export, SubjectRequest>,
    Path((id, request)): Path<(Uuid, Uuid)>,
) -> Result<Response> {
    let ids = (Id::from_uuid(id), Id::from_uuid(request));
    let package = {
        let grant = grant.0.clone();
        app.db.read(move |tx| package::make(tx, &grant, ids)).await?
    };
    app.db.write(move |tx| package::noted(tx, &grant, ids)).await?;
    let named = format!("attachment; filename=\"{}\"", package.name);
    let named = HeaderValue::from_str(&named).map_err(Error::internal)?;
    let headers = [(header::CONTENT_DISPOSITION, named), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((headers, Json(package.content)).into_response())
}
