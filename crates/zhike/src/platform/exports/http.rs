use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::response::Response;
use documents::mark::{self, Found};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, Allowance, Decision, Link, Purpose, View};
use crate::app::App;
use crate::kernel::permission::action::{Approve, Manage, Read};
use crate::kernel::permission::entity::{Job, Release};
use crate::kernel::{Error, Result};
use crate::platform::http::{
    Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query, Version, download, receive,
};

/// What is looked at of a file that turned up.
const TRACED_MOST: u64 = 64 << 20;
/// Bytes around the file in a form.
const FORM_MOST: usize = 1 << 20;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(fetch))
        .routes(routes!(link))
        .routes(routes!(list))
        .routes(routes!(allowance))
        .routes(routes!(explain))
        .routes(routes!(withdraw))
        .routes(routes!(decide))
        .merge(
            OpenApiRouter::new().routes(routes!(trace)).layer(DefaultBodyLimit::max(TRACED_MOST as usize + FORM_MOST)),
        )
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LinkQuery {
    link: String,
}

/// The file of an export, for whoever made it, once for each link.
#[utoipa::path(get, path = "/exports/{id}/file", tag = "exports",
    extensions(("x-permission" = json!("read job"))), params(("id" = Uuid, Path), LinkQuery),
    responses((status = 200, content_type = "application/octet-stream")))]
async fn fetch(
    State(app): State<App>,
    grant: Granted<Read, Job>,
    Path(id): Path<Uuid>,
    Query(query): Query<LinkQuery>,
) -> Result<Response> {
    let who = Arc::clone(grant.principal());
    let file = app.db.write(move |tx| service::fetch(tx, &who, id, &query.link)).await?;
    download(app.files.read(&file.digest)?, &file.name, &file.media_type).await
}

/// A link to the file of an export, for whoever made it, which works once and for five minutes.
#[utoipa::path(post, path = "/exports/{id}/link", tag = "exports",
    extensions(("x-permission" = json!("read job"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = Link)))]
async fn link(State(app): State<App>, grant: Granted<Read, Job>, Path(id): Path<Uuid>) -> Result<Json<Link>> {
    let who = Arc::clone(grant.principal());
    // Not kept for a repeated request: what it answers opens the file.
    Ok(Json(app.db.write(move |tx| service::link(tx, &who, id)).await?))
}

/// The register of exports, as far as the asker may see it: their own, and those that they may decide about.
#[utoipa::path(get, path = "/releases", tag = "exports", extensions(("x-permission" = json!("read release"))),
    params(ListParams), responses((status = 200, body = Page<View>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Release>,
    Query(query): Query<ListParams>,
) -> Result<Json<Page<View>>> {
    let asked = query.asked()?;
    Ok(Json(app.db.read(move |tx| service::list(tx, &grant, &asked)).await?.into()))
}

/// How many rows the asker may take out without being asked, in a day and now.
#[utoipa::path(get, path = "/releases/allowance", tag = "exports", extensions(("x-permission" = json!("read job"))),
    responses((status = 200, body = Allowance)))]
async fn allowance(State(app): State<App>, grant: Granted<Read, Job>) -> Result<Json<Allowance>> {
    let who = Arc::clone(grant.principal());
    Ok(Json(app.db.read(move |tx| service::allowance(tx, &who)).await?))
}

/// Says what one's own export is for that goes beyond what is free; only then those who may let it out are asked.
#[utoipa::path(post, path = "/releases/{id}/purpose", tag = "exports",
    extensions(("x-permission" = json!("read job"))), params(("id" = Uuid, Path)), request_body = Purpose,
    responses((status = 200, body = View)))]
async fn explain(
    State(app): State<App>,
    grant: Granted<Read, Job>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(purpose): Body<Purpose>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let asker = Arc::clone(&who);
    app.mutate(&who, mutation, move |tx| service::explain(tx, &asker, id, &purpose)).await
}

/// Takes back one's own request that nobody has decided about.
#[utoipa::path(post, path = "/releases/{id}/withdrawal", tag = "exports",
    extensions(("x-permission" = json!("read job"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = View)))]
async fn withdraw(
    State(app): State<App>,
    grant: Granted<Read, Job>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let asker = Arc::clone(&who);
    app.mutate(&who, mutation, move |tx| service::withdraw(tx, &asker, id)).await
}

/// Lets an export out that waits, or keeps it. Nobody decides about their own.
#[utoipa::path(post, path = "/releases/{id}/decision", tag = "exports",
    extensions(("x-permission" = json!("approve release"))),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = Decision,
    responses((status = 200, body = View)))]
async fn decide(
    State(app): State<App>,
    grant: Granted<Approve, Release>,
    Path(id): Path<Uuid>,
    Version(version): Version,
    mutation: Mutation,
    Body(decision): Body<Decision>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::decide(tx, &grant, (id, version), &decision)).await
}

/// A file in a form.
#[derive(ToSchema)]
#[allow(unused)] // describes the form to readers of the interface; the form itself is read as it streams in
struct TraceForm {
    #[schema(value_type = String, format = Binary)]
    file: String,
}

/// What was found of a file: the codes in it, and the exports that had them.
#[derive(Debug, Serialize, ToSchema)]
struct Trace {
    codes: BTreeSet<String>,
    /// It holds more codes than were looked for.
    more: bool,
    exports: Vec<View>,
}

/// Leads a file that turned up back to its export, by what stands in it or is hidden in it.
#[utoipa::path(post, path = "/releases/trace", tag = "exports",
    extensions(("x-permission" = json!("manage release"))),
    request_body(content = TraceForm, content_type = "multipart/form-data"), responses((status = 200, body = Trace)))]
async fn trace(State(app): State<App>, grant: Granted<Manage, Release>, form: Multipart) -> Result<Json<Trace>> {
    let who = Arc::clone(grant.principal());
    let (_, mut file) = receive(form, TRACED_MOST, "export.too_large").await?;
    let found = tokio::task::spawn_blocking(move || mark::find(&mut file)).await.map_err(Error::internal)?;
    let Found { codes, more } = found.map_err(|_| Error::invalid("export.unreadable"))?;
    let exports = {
        let codes = codes.clone();
        app.db.write(move |tx| service::traced(tx, &who, &codes)).await?
    };
    Ok(Json(Trace { codes, more, exports }))
}
