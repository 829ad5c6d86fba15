use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::attempts::{self, Attempt, NewAttempt};
use super::export::{self, Request};
use super::rules::NewInteraction;
use super::service::{self, InteractionChange};
use super::view::InteractionView;
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::{Create, Delete, Export, Read, Update};
use crate::kernel::permission::entity::Interaction;
use crate::platform::http::{Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query, Version};
use crate::platform::jobs::JobStarted;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(start_export))
        .routes(routes!(record))
        .routes(routes!(begin))
        .routes(routes!(fail))
        .routes(routes!(get, change, withdraw))
}

/// Contacts with the customers that the asker may see, latest first.
#[utoipa::path(get, path = "/interactions", tag = "engagement", params(ListParams),
    extensions(("x-permission" = json!("read interaction"))), responses((status = 200, body = Page<InteractionView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Interaction>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<InteractionView>>> {
    let asked = params.asked()?;
    let who = Arc::clone(grant.principal());
    let page = app.db.read(move |tx| service::list(tx, &grant, &asked)).await?;
    app.seen.note_lines(&who, page.items.iter().map(|record| record.customer.id));
    Ok(Json(page.into()))
}

/// Exports a view as a job, whose result names the file for `POST /exports/{file}/link`.
#[utoipa::path(post, path = "/interactions/export", tag = "engagement", request_body = Request,
    extensions(("x-permission" = json!("export interaction"))), responses((status = 200, body = JobStarted)))]
async fn start_export(
    State(app): State<App>,
    grant: Granted<Export, Interaction>,
    mutation: Mutation,
    Body(request): Body<Request>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let begin = move |tx: &mut store::Tx<'_>| Ok(JobStarted { job_id: export::start(tx, &grant, &request)? });
    app.mutate(&who, mutation, begin).await
}

/// Writes down a contact. A client that was offline sends its record with an `Idempotency-Key` of its own making, so
/// that it arrives once.
#[utoipa::path(post, path = "/customers/{id}/interactions", tag = "engagement", request_body = NewInteraction,
    params(("id" = Uuid, Path)),
    extensions(("x-permission" = json!("create interaction"))), responses((status = 201, body = InteractionView)))]
async fn record(
    State(app): State<App>,
    grant: Granted<Create, Interaction>,
    Path(customer): Path<Uuid>,
    mutation: Mutation,
    Body(new): Body<NewInteraction>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::record(tx, &grant, customer, &new)).await
}

/// Somebody dials, or has arrived at the customer's: from now on the record is owed. It is found again by its customer, way
/// and time when it is written, or by the duty from which it is written.
#[utoipa::path(post, path = "/customers/{id}/attempts", tag = "engagement", request_body = NewAttempt,
    params(("id" = Uuid, Path)),
    extensions(("x-permission" = json!("create interaction"))), responses((status = 201, body = Attempt)))]
async fn begin(
    State(app): State<App>,
    grant: Granted<Create, Interaction>,
    Path(customer): Path<Uuid>,
    mutation: Mutation,
    Body(new): Body<NewAttempt>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| attempts::begin(tx, &grant, customer, new)).await
}

/// Nobody was reached, and nothing is to be written down.
#[utoipa::path(post, path = "/customers/{id}/attempts/{attempt}/failed", tag = "engagement",
    params(("id" = Uuid, Path), ("attempt" = Uuid, Path)),
    extensions(("x-permission" = json!("create interaction"))), responses((status = 204)))]
async fn fail(
    State(app): State<App>,
    grant: Granted<Create, Interaction>,
    Path(place): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| attempts::fail(tx, &grant, place)).await
}

/// One contact.
#[utoipa::path(get, path = "/customers/{id}/interactions/{interaction}", tag = "engagement",
    params(("id" = Uuid, Path), ("interaction" = Uuid, Path)),
    extensions(("x-permission" = json!("read interaction"))), responses((status = 200, body = InteractionView)))]
async fn get(
    State(app): State<App>,
    grant: Granted<Read, Interaction>,
    Path(place): Path<(Uuid, Uuid)>,
) -> Result<Answer> {
    let view = app.db.read(move |tx| service::get(tx, &grant, place)).await?;
    Answer::of(&view, view.version)
}

/// Changes the texts of a record; its time and way stay.
#[utoipa::path(patch, path = "/customers/{id}/interactions/{interaction}", tag = "engagement",
    request_body = InteractionChange,
    params(("id" = Uuid, Path), ("interaction" = Uuid, Path), ("If-Match" = String, Header)),
    extensions(("x-permission" = json!("update interaction"))), responses((status = 200, body = InteractionView)))]
async fn change(
    State(app): State<App>,
    grant: Granted<Update, Interaction>,
    Path(place): Path<(Uuid, Uuid)>,
    version: Version,
    mutation: Mutation,
    Body(change): Body<InteractionChange>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::change(tx, &grant, place, version.0, &change)).await
}

/// Takes back a record that was made by mistake.
#[utoipa::path(delete, path = "/customers/{id}/interactions/{interaction}", tag = "engagement",
    params(("id" = Uuid, Path), ("interaction" = Uuid, Path)),
    extensions(("x-permission" = json!("delete interaction"))), responses((status = 204)))]
async fn withdraw(
    State(app): State<App>,
    grant: Granted<Delete, Interaction>,
    Path(place): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::withdraw(tx, &grant, place)).await
}
