use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::input::{Act, CaseChange, NewCase};
use super::letter::Letter;
use super::service::{self, Filed};
use super::suggestion::{Suggestion, suggested};
use super::view::{CaseLine, CaseView, EntryView};
use crate::app::App;
use crate::customers::service::Revealed;
use crate::kernel::Result;
use crate::kernel::permission::action::{Create, Delete, Read, Reveal, Update};
use crate::kernel::permission::entity::Case;
use crate::platform::exports::Language;
use crate::platform::http::{Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, open))
        .routes(routes!(get, change, remove))
        .routes(routes!(entries))
        .routes(routes!(act))
        .routes(routes!(letter))
        .routes(routes!(suggest))
        .routes(routes!(reveal))
}

/// Cases that the asker may see, the latest first. Filters: number, subject, product, kind, level, channel, state, open,
/// waiting_at, answered_at, received_at, closed_at, assignee, department, customer, contact, opened_by, cycle, and
/// `["due_at", "le", …]` for those with a clock that runs out by then; sorted by received_at or closed_at.
#[utoipa::path(get, path = "/cases", tag = "desk", params(ListParams),
    extensions(("x-permission" = json!("read case"))), responses((status = 200, body = Page<CaseLine>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Case>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<CaseLine>>> {
    let asked = params.asked()?;
    let text = params.text().map(str::to_owned);
    Ok(Json(app.db.read(move |tx| service::list(tx, &grant, &asked, text.as_deref())).await?.into()))
}

/// Takes a case in. A client that was offline sends it with an `Idempotency-Key` of its own making, so that it arrives
/// once.
#[utoipa::path(post, path = "/cases", tag = "desk", request_body = NewCase,
    extensions(("x-permission" = json!("create case"))), responses((status = 201, body = Filed)))]
async fn open(
    State(app): State<App>,
    grant: Granted<Create, Case>,
    mutation: Mutation,
    Body(new): Body<NewCase>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::open(tx, &grant, &new)).await
}

/// One case, with the latest of what was said and done.
#[utoipa::path(get, path = "/cases/{id}", tag = "desk", params(("id" = Uuid, Path)),
    extensions(("x-permission" = json!("read case"))), responses((status = 200, body = CaseView)))]
async fn get(State(app): State<App>, grant: Granted<Read, Case>, Path(id): Path<Uuid>) -> Result<Answer> {
    let view = app.db.read(move |tx| service::get(tx, &grant, id)).await?;
    Answer::of(&view, view.line.version)
}

/// Corrects a case, and says whose it is.
#[utoipa::path(patch, path = "/cases/{id}", tag = "desk", request_body = CaseChange,
    params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    extensions(("x-permission" = json!("update case"))), responses((status = 200, body = Filed)))]
async fn change(
    State(app): State<App>,
    grant: Granted<Update, Case>,
    Path(id): Path<Uuid>,
    version: Version,
    mutation: Mutation,
    Body(change): Body<CaseChange>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::change(tx, &grant, id, version.0, &change)).await
}

/// Removes a withdrawn case.
#[utoipa::path(delete, path = "/cases/{id}", tag = "desk", params(("id" = Uuid, Path)),
    extensions(("x-permission" = json!("delete case"))), responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    grant: Granted<Delete, Case>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::remove(tx, &grant, id)).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Earlier {
    /// The number of the earliest entry that is known.
    before: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CaseEntries)]
struct Entries {
    items: Vec<EntryView>,
}

/// What was said and done before an entry, in order.
#[utoipa::path(get, path = "/cases/{id}/entries", tag = "desk", params(("id" = Uuid, Path), Earlier),
    extensions(("x-permission" = json!("read case"))), responses((status = 200, body = Entries)))]
async fn entries(
    State(app): State<App>,
    grant: Granted<Read, Case>,
    Path(id): Path<Uuid>,
    Query(earlier): Query<Earlier>,
) -> Result<Json<Entries>> {
    let items = app.db.read(move |tx| service::entries(tx, &grant, id, earlier.before)).await?;
    Ok(Json(Entries { items }))
}

/// Does something about a case, or says something.
#[utoipa::path(post, path = "/cases/{id}/acts", tag = "desk", request_body = Act, params(("id" = Uuid, Path)),
    extensions(("x-permission" = json!("update case"))), responses((status = 200, body = Filed),
        (status = 409, description = "The case is not so far, or already further")))]
async fn act(
    State(app): State<App>,
    grant: Granted<Update, Case>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(act): Body<Act>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::act(tx, &grant, id, &act)).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Spoken {
    #[serde(default)]
    #[param(inline)]
    language: Language,
}

/// The closing letter as it is proposed.
#[utoipa::path(get, path = "/cases/{id}/letter", tag = "desk", params(("id" = Uuid, Path), Spoken),
    extensions(("x-permission" = json!("read case"))), responses((status = 200, body = Letter)))]
async fn letter(
    State(app): State<App>,
    grant: Granted<Read, Case>,
    Path(id): Path<Uuid>,
    Query(spoken): Query<Spoken>,
) -> Result<Json<Letter>> {
    Ok(Json(app.db.read(move |tx| service::letter(tx, &grant, id, spoken.language)).await?))
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RevealOfCase)]
struct Wanted {
    #[schema(example = "caller_phone")]
    field: String,
    reason: String,
}

/// Shows how somebody who reached us can be reached, for thirty seconds, to who says why.
#[utoipa::path(post, path = "/cases/{id}/reveal", tag = "desk", params(("id" = Uuid, Path)), request_body = Wanted,
    extensions(("x-permission" = json!("reveal case"))), responses((status = 200, body = Revealed)))]
async fn reveal(
    State(app): State<App>,
    grant: Granted<Reveal, Case>,
    Path(id): Path<Uuid>,
    Body(wanted): Body<Wanted>,
) -> Result<Json<Revealed>> {
    let shown = move |tx: &mut store::Tx<'_>| service::reveal(tx, &grant, id, (&wanted.field, &wanted.reason));
    Ok(Json(app.db.write(shown).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CaseWords)]
struct Words {
    text: String,
}

/// Of what kind and level a case seems to be by these words of a customer. Nothing is kept of them.
#[utoipa::path(post, path = "/cases/suggestion", tag = "desk", request_body = Words,
    extensions(("x-permission" = json!("create case"))), responses((status = 200, body = Suggestion)))]
async fn suggest(_: Granted<Create, Case>, Body(words): Body<Words>) -> Result<Json<Suggestion>> {
    Ok(Json(suggested(&words.text)))
}
