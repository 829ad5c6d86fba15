use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::pairs::PairState;
use super::service::{self, Decision, PairView};
use crate::app::App;
use crate::kernel::permission::action::{Assign, Read, Update};
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query};
use crate::platform::jobs::JobStarted;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(of_customer))
        .routes(routes!(dismiss, reopen))
        .routes(routes!(scan))
}

/// Pairs of customers that are probably one, both of which the asker may see.
#[utoipa::path(get, path = "/duplicates", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(ListParams),
    responses((status = 200, body = Page<PairView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Query(query): Query<ListParams>,
) -> Result<Json<Page<PairView>>> {
    let asked = query.asked()?;
    Ok(Json(app.db.read(move |tx| service::list(tx, &grant, &asked)).await?.into()))
}

/// The customers that this one probably is.
#[utoipa::path(get, path = "/customers/{id}/duplicates", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = Page<PairView>)))]
async fn of_customer(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(id): Path<Uuid>,
) -> Result<Json<Page<PairView>>> {
    let pairs = app.db.read(move |tx| service::of_customer(tx, &grant, Id::from_uuid(id))).await?;
    Ok(Json(Page::whole(pairs)))
}

/// Says that the two of a pair are two customers. They are not suggested again.
#[utoipa::path(put, path = "/customers/{id}/duplicates/{pair}/dismissal", tag = "customers",
    extensions(("x-permission" = json!("update customer"))), params(("id" = Uuid, Path), ("pair" = Uuid, Path)),
    request_body = Decision, responses((status = 200, body = PairView)))]
async fn dismiss(
    State(app): State<App>,
    grant: Granted<Update, Customer>,
    Path((id, pair)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
    Body(decision): Body<Decision>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let place = (Id::from_uuid(id), pair);
    let decide = move |tx: &mut store::Tx<'_>| {
        service::decide(tx, &grant, place, (PairState::Distinct, decision.reason.as_deref()))
    };
    app.mutate(&who, mutation, decide).await
}

/// Takes that back: the pair is to be judged again.
#[utoipa::path(delete, path = "/customers/{id}/duplicates/{pair}/dismissal", tag = "customers",
    extensions(("x-permission" = json!("update customer"))), params(("id" = Uuid, Path), ("pair" = Uuid, Path)),
    responses((status = 200, body = PairView)))]
async fn reopen(
    State(app): State<App>,
    grant: Granted<Update, Customer>,
    Path((id, pair)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let place = (Id::from_uuid(id), pair);
    let decide = move |tx: &mut store::Tx<'_>| service::decide(tx, &grant, place, (PairState::Open, None));
    app.mutate(&who, mutation, decide).await
}

/// Compares all customers with each other. What is written later is compared as it is written.
#[utoipa::path(post, path = "/duplicates/scan", tag = "customers",
    extensions(("x-permission" = json!("assign customer"))), responses((status = 200, body = JobStarted)))]
async fn scan(State(app): State<App>, grant: Granted<Assign, Customer>, mutation: Mutation) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| Ok(JobStarted { job_id: service::start_scan(tx, &grant)? })).await
}
