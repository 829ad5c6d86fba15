//! The routes of hand-overs.

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, HandoverBrief, HandoverCustomer, HandoverNote, HandoverView, Tick};
use super::template::{self, Checklist};
use crate::app::App;
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity::{Customer, Setting};
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(customers))
        .routes(routes!(of_customer))
        .routes(routes!(tick))
        .routes(routes!(note))
        .routes(routes!(accept))
        .routes(routes!(checklist, set_checklist))
}

/// Hand-overs that the asker gives, receives or began, and those of their departments; newest first.
#[utoipa::path(get, path = "/handovers", tag = "customers", extensions(("x-permission" = json!("read customer"))),
    params(ListParams), responses((status = 200, body = Page<HandoverView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<HandoverView>>> {
    let asked = params.asked()?;
    Ok(Json(app.db.read(move |tx| service::list(tx, &grant, &asked)).await?.into()))
}

/// One hand-over with its checklist.
#[utoipa::path(get, path = "/handovers/{id}", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = HandoverView)))]
async fn get(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(id): Path<Uuid>,
) -> Result<Json<HandoverView>> {
    Ok(Json(app.db.read(move |tx| service::get(tx, &grant, id)).await?))
}

/// The customers that change hands, and what is done for each.
#[utoipa::path(get, path = "/handovers/{id}/customers", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path), ListParams),
    responses((status = 200, body = Page<HandoverCustomer>)))]
async fn customers(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(id): Path<Uuid>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<HandoverCustomer>>> {
    let asked = params.asked()?;
    Ok(Json(app.db.read(move |tx| service::customers(tx, &grant, id, &asked)).await?.into()))
}

/// The running hand-over that a customer is part of, if there is one.
#[utoipa::path(get, path = "/customers/{id}/handovers", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = Page<HandoverBrief>)))]
async fn of_customer(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(id): Path<Uuid>,
) -> Result<Json<Page<HandoverBrief>>> {
    let found = app.db.read(move |tx| service::of_customer(tx, &grant, Id::from_uuid(id))).await?;
    Ok(Json(Page::whole(found)))
}

/// Ticks a line of the checklist, or takes that back; only whoever receives does.
#[utoipa::path(put, path = "/handovers/{id}/ticks", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)), request_body = Tick,
    responses((status = 200, body = HandoverView)))]
async fn tick(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(asked): Body<Tick>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::tick(tx, &grant, id, &asked)).await
}

/// Notes what the other side should know.
#[utoipa::path(put, path = "/handovers/{id}/note", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)), request_body = HandoverNote,
    responses((status = 200, body = HandoverView)))]
async fn note(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(asked): Body<HandoverNote>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::note(tx, &grant, id, &asked.note)).await
}

/// Accepts what was handed over, when the whole checklist is done.
#[utoipa::path(post, path = "/handovers/{id}/accept", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = HandoverView), (status = 409, description = "The checklist is not done")))]
async fn accept(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::accept(tx, &grant, id)).await
}

/// The checklist of new hand-overs.
#[utoipa::path(get, path = "/settings/handover", tag = "customers",
    extensions(("x-permission" = json!("read setting"))), responses((status = 200, body = Checklist)))]
async fn checklist(State(app): State<App>, _: Granted<Read, Setting>) -> Result<Answer> {
    let checklist = app.db.read(template::get).await?;
    Answer::of(&checklist, checklist.version)
}

/// Changes the checklist; running hand-overs keep theirs. Without a line no hand-overs are opened.
#[utoipa::path(put, path = "/settings/handover", tag = "customers",
    extensions(("x-permission" = json!("update setting"))), params(("If-Match" = String, Header)),
    request_body = Checklist, responses((status = 200, body = Checklist)))]
async fn set_checklist(
    State(app): State<App>,
    grant: Granted<Update, Setting>,
    version: Version,
    mutation: Mutation,
    Body(asked): Body<Checklist>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| template::update(tx, &grant, version.0, asked.clone())).await
}
