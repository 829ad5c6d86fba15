use std::sync::Arc;

use axum::extract::State;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service;
use super::view::{PolicySummary, PolicyView, RuleChange, VersionSummary, VersionView};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::{Approve, Create, Read, Update};
use crate::kernel::permission::entity::Policy;
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Page, Path, Version};
use crate::platform::jobs::JobStarted;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(adopt))
        .routes(routes!(show))
        .routes(routes!(draft))
        .routes(routes!(version, update))
        .routes(routes!(submit))
        .routes(routes!(withdraw))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(impact))
}

/// The regulations, adopted or not, with their versions.
#[utoipa::path(get, path = "/policies", tag = "policy", extensions(("x-permission" = json!("read policy"))),
    responses((status = 200, body = Page<PolicySummary>)))]
async fn list(State(app): State<App>, grant: Granted<Read, Policy>) -> Result<Json<Page<PolicySummary>>> {
    Ok(Json(Page::whole(app.db.read(move |tx| service::list(tx, &grant)).await?)))
}

/// A regulation chapter by chapter, as it is in force.
#[utoipa::path(get, path = "/policies/{key}", tag = "policy", extensions(("x-permission" = json!("read policy"))),
    params(("key" = String, Path)), responses((status = 200, body = PolicyView)))]
async fn show(
    State(app): State<App>,
    grant: Granted<Read, Policy>,
    Path(key): Path<String>,
) -> Result<Json<PolicyView>> {
    Ok(Json(app.db.read(move |tx| service::get(tx, &grant, &key)).await?))
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Adoption {
    /// Keys of start policies.
    #[schema(example = json!(["R3"]))]
    keys: Vec<String>,
}

/// Adopts start policies; they are in force at once and their duties follow within moments.
#[utoipa::path(post, path = "/policies/adopt", tag = "policy", extensions(("x-permission" = json!("approve policy"))),
    request_body = Adoption, responses((status = 200, body = Vec<VersionSummary>)))]
async fn adopt(
    State(app): State<App>,
    grant: Granted<Approve, Policy>,
    mutation: Mutation,
    Body(adoption): Body<Adoption>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::adopt(tx, &grant, &adoption.keys)).await
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPolicyVersion)]
struct NewVersion {
    /// The number of the version in force, on which it is based.
    from_version: i64,
    changes: Vec<RuleChange>,
    #[serde(default)]
    note: Option<String>,
}

/// A new version as a draft.
#[utoipa::path(post, path = "/policies/{key}/versions", tag = "policy",
    extensions(("x-permission" = json!("create policy"))), params(("key" = String, Path)),
    request_body = NewVersion, responses((status = 201, body = VersionView)))]
async fn draft(
    State(app): State<App>,
    grant: Granted<Create, Policy>,
    Path(key): Path<String>,
    mutation: Mutation,
    Body(new): Body<NewVersion>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let work = move |tx: &mut store::Tx<'_>| {
        service::draft(tx, &grant, &key, (new.from_version, &new.changes, new.note.as_deref()))
    };
    app.create(&who, mutation, work).await
}

/// A version with all its parameters and what it changes.
#[utoipa::path(get, path = "/policy-versions/{id}", tag = "policy", extensions(("x-permission" = json!("read policy"))),
    params(("id" = Uuid, Path)), responses((status = 200, body = VersionView)))]
async fn version(State(app): State<App>, grant: Granted<Read, Policy>, Path(id): Path<Uuid>) -> Result<Answer> {
    let view = app.db.read(move |tx| service::version(tx, &grant, id)).await?;
    Answer::of(&view, view.summary.version)
}

/// What is left out stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PolicyVersionChange)]
struct Change {
    #[serde(default)]
    changes: Option<Vec<RuleChange>>,
    #[serde(default)]
    note: Option<String>,
}

/// Changes a draft.
#[utoipa::path(patch, path = "/policy-versions/{id}", tag = "policy",
    extensions(("x-permission" = json!("update policy"))), params(("id" = Uuid, Path)),
    request_body = Change, responses((status = 200, body = VersionView)))]
async fn update(
    State(app): State<App>,
    grant: Granted<Update, Policy>,
    Path(id): Path<Uuid>,
    Version(version): Version,
    mutation: Mutation,
    Body(change): Body<Change>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let work = move |tx: &mut store::Tx<'_>| {
        service::update(tx, &grant, id, version, (change.changes.as_deref(), change.note.as_deref()))
    };
    app.mutate(&who, mutation, work).await
}

/// Hands a draft to a second person.
#[utoipa::path(post, path = "/policy-versions/{id}/submit", tag = "policy",
    extensions(("x-permission" = json!("update policy"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = VersionView)))]
async fn submit(
    State(app): State<App>,
    grant: Granted<Update, Policy>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::submit(tx, &grant, id)).await
}

/// Takes a submitted version back, by its author; it is a draft again.
#[utoipa::path(post, path = "/policy-versions/{id}/withdraw", tag = "policy",
    extensions(("x-permission" = json!("update policy"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = VersionView)))]
async fn withdraw(
    State(app): State<App>,
    grant: Granted<Update, Policy>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::withdraw(tx, &grant, id)).await
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Approval {
    /// The first day on which it holds; today: at once.
    #[schema(value_type = String, format = Date)]
    effective_on: Date,
}

/// Approves a version. Its author cannot.
#[utoipa::path(post, path = "/policy-versions/{id}/approve", tag = "policy",
    extensions(("x-permission" = json!("approve policy"))), params(("id" = Uuid, Path)),
    request_body = Approval, responses((status = 200, body = VersionView)))]
async fn approve(
    State(app): State<App>,
    grant: Granted<Approve, Policy>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(approval): Body<Approval>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::approve(tx, &grant, id, approval.effective_on)).await
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rejection {
    reason: String,
}

/// Rejects a version, with the reason. Its author cannot.
#[utoipa::path(post, path = "/policy-versions/{id}/reject", tag = "policy",
    extensions(("x-permission" = json!("approve policy"))), params(("id" = Uuid, Path)),
    request_body = Rejection, responses((status = 200, body = VersionView)))]
async fn reject(
    State(app): State<App>,
    grant: Granted<Approve, Policy>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(rejection): Body<Rejection>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::reject(tx, &grant, id, &rejection.reason)).await
}

/// Counts what a version that waits for a decision would change if it were in force now: duties opened, changed and
/// cancelled, by clause, as the result of the job.
#[utoipa::path(post, path = "/policy-versions/{id}/impact", tag = "policy",
    extensions(("x-permission" = json!("approve policy"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = JobStarted)))]
async fn impact(
    State(app): State<App>,
    grant: Granted<Approve, Policy>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| Ok(JobStarted { job_id: service::impact(tx, &grant, id)? })).await
}
