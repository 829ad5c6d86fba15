//! The routes of changes of many customers.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use store::Tx;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::preview::{self, Preview};
use super::selection::{self, COUNTED_MOST, Found, PAGE, Selection, Walk};
use super::service::{self, BulkView, NewBulk, RowView};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity::Customer;
use crate::platform::http::{Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(count))
        .routes(routes!(preview))
        .routes(routes!(start))
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(rows))
        .routes(routes!(undo))
        .routes(routes!(resume))
}

/// How far is counted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CountQuery {
    /// 10,000 at most, and without it.
    most: Option<usize>,
}

/// How many customers are meant. Counted up to 10,000 or fewer; of more it is said only that it was not looked further.
#[utoipa::path(post, path = "/customers/bulk/count", tag = "customers", params(CountQuery),
    extensions(("x-permission" = json!("read customer"))), request_body = Selection,
    responses((status = 200, body = Found)))]
async fn count(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Query(query): Query<CountQuery>,
    Body(asked): Body<Selection>,
) -> Result<Json<Found>> {
    let most = query.most.unwrap_or(COUNTED_MOST).clamp(1, COUNTED_MOST);
    let (asked, at, mut found, mut walk) = (Arc::new(asked), grant.now(), Found::default(), Walk::default());
    // Page by page, so that a reader is not held for long.
    loop {
        let (grant, asked, from) = (grant.0.clone(), Arc::clone(&asked), walk.cursor.take());
        let page = move |tx: &mut Tx<'_>| selection::count(tx, &grant, &asked, (from.as_deref(), at, most));
        let (count, next) = app.db.read(page).await?;
        found.count += count;
        if !walk.goes_on(count as usize, most, next) || found.count >= most as i64 {
            found.more = walk.cursor.is_some();
            return Ok(Json(found));
        }
    }
}

/// What a change would mean for the customers that are meant, of 10,000 at most. Nothing is changed.
#[utoipa::path(post, path = "/customers/bulk/preview", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), request_body = NewBulk,
    responses((status = 200, body = Preview)))]
async fn preview(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Body(asked): Body<NewBulk>,
) -> Result<Json<Preview>> {
    let (asked, mut all, mut walk) = (Arc::new(asked), Preview::default(), Walk::default());
    // Page by page, so that a reader is not held for long.
    loop {
        let (grant, asked, from) = (grant.0.clone(), Arc::clone(&asked), walk.cursor.take());
        let (page, next) = app.db.read(move |tx| preview::page(tx, &grant, &asked, from.as_deref())).await?;
        let found = page.found as usize;
        all.add(page);
        if !walk.goes_on(found, PAGE, next) {
            all.more = walk.cursor.is_some();
            return Ok(Json(all));
        }
    }
}

/// Changes many customers: as a job, with the rights that the asker has at each of them. Those that come after this
/// moment are not among them. What each act needs (assign, update, approve or delete customers) is checked too.
#[utoipa::path(post, path = "/customers/bulk", tag = "customers",
    extensions(("x-permission" = json!("update customer"))), request_body = NewBulk,
    responses((status = 201, body = BulkView)))]
async fn start(
    State(app): State<App>,
    grant: Granted<Update, Customer>,
    mutation: Mutation,
    Body(asked): Body<NewBulk>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::start(tx, &grant, &asked)).await
}

/// The changes of many customers that the asker has made, newest first.
#[utoipa::path(get, path = "/bulk_changes", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(ListParams),
    responses((status = 200, body = Page<BulkView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<BulkView>>> {
    let asked = params.asked()?;
    Ok(Json(app.db.read(move |tx| service::list(tx, &grant, &asked)).await?.into()))
}

/// How one stands.
#[utoipa::path(get, path = "/bulk_changes/{id}", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = BulkView)))]
async fn get(State(app): State<App>, grant: Granted<Read, Customer>, Path(id): Path<Uuid>) -> Result<Json<BulkView>> {
    Ok(Json(app.db.read(move |tx| service::get(tx, &grant, id)).await?))
}

/// What became of each customer; filtered by `state`, those that were refused.
#[utoipa::path(get, path = "/bulk_changes/{id}/rows", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path), ListParams),
    responses((status = 200, body = Page<RowView>)))]
async fn rows(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(id): Path<Uuid>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<RowView>>> {
    let asked = params.asked()?;
    Ok(Json(app.db.read(move |tx| service::rows(tx, &grant, id, &asked)).await?.into()))
}

/// Takes it back, within a day: where what was written still stands. As a job too.
#[utoipa::path(post, path = "/bulk_changes/{id}/undo", tag = "customers",
    extensions(("x-permission" = json!("update customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = BulkView), (status = 409, description = "It is under way, undone, or too late")))]
async fn undo(
    State(app): State<App>,
    grant: Granted<Update, Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::undo(tx, &grant, id)).await
}

/// Goes on with one that ended before it was done: with the customers that wait, none is changed twice.
#[utoipa::path(post, path = "/bulk_changes/{id}/resume", tag = "customers",
    extensions(("x-permission" = json!("update customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = BulkView), (status = 409, description = "It is under way or done")))]
async fn resume(
    State(app): State<App>,
    grant: Granted<Update, Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::resume(tx, &grant, id)).await
}
