//! The routes of the archive itself.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::duplicates::{self, Duplicate, DuplicateQuery};
use super::input::{CustomerPatch, NewCustomer};
use super::line::CustomerLine;
use super::model::{Grade, Industry};
use super::regions::{self, Region};
use super::service::{self, Question, Revealed};
use super::view::CustomerView;
use crate::app::App;
use crate::kernel::permission::action::{Approve, Assign, Create, Delete, Read, Reveal, Update};
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query, Version, Who};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, remove))
        .routes(routes!(restore))
        .routes(routes!(find_duplicates))
        .routes(routes!(reveal))
        .routes(routes!(set_grade))
        .routes(routes!(set_owner))
        .routes(routes!(mark, unmark))
        .routes(routes!(list_regions))
        .routes(routes!(list_industries))
}

/// The customers that the asker may see.
#[utoipa::path(get, path = "/customers", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(ListParams),
    responses((status = 200, body = Page<CustomerLine>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Query(query): Query<ListParams>,
) -> Result<Json<Page<CustomerLine>>> {
    let ListParams { filter, sort, cursor, limit, q, .. } = &query;
    let mut question = Question::parse(filter.as_deref(), sort.as_deref(), cursor.as_deref(), *limit, q.as_deref())?;
    question.custom = query.custom();
    let who = Arc::clone(grant.principal());
    let page = app.db.read(move |tx| service::list(tx, &grant, &question)).await?;
    app.seen.note_lines(&who, page.items.iter().map(|line| line.id.uuid()));
    Ok(Json(page.into()))
}

/// Creates a customer. One that looks like another is refused with `customer.duplicate`.
#[utoipa::path(post, path = "/customers", tag = "customers",
    extensions(("x-permission" = json!("create customer"))), request_body = NewCustomer,
    responses((status = 201, body = CustomerView), (status = 409, description = "It looks like one that exists")))]
async fn create(
    State(app): State<App>,
    grant: Granted<Create, Customer>,
    mutation: Mutation,
    Body(new): Body<NewCustomer>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::create(tx, &grant, &new)).await
}

/// One customer.
#[utoipa::path(get, path = "/customers/{id}", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = CustomerView)))]
async fn get(State(app): State<App>, grant: Granted<Read, Customer>, Path(id): Path<Uuid>) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let customer = app.db.read(move |tx| service::get(tx, &grant, Id::from_uuid(id))).await?;
    if app.seen.note(&who, id) {
        app.seen.write(&app.db).await?;
    }
    Answer::of(&customer, customer.version)
}

/// Changes the fields given.
#[utoipa::path(patch, path = "/customers/{id}", tag = "customers",
    extensions(("x-permission" = json!("update customer"))),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = CustomerPatch,
    responses((status = 200, body = CustomerView), (status = 412, description = "Changed since it was read")))]
async fn update(
    State(app): State<App>,
    grant: Granted<Update, Customer>,
    Path(id): Path<Uuid>,
    version: Version,
    mutation: Mutation,
    Body(patch): Body<CustomerPatch>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::update(tx, &grant, Id::from_uuid(id), version.0, &patch)).await
}

/// Takes a customer out of sight; it can be brought back.
#[utoipa::path(delete, path = "/customers/{id}", tag = "customers",
    extensions(("x-permission" = json!("delete customer"))), params(("id" = Uuid, Path)),
    responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    grant: Granted<Delete, Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::remove(tx, &grant, Id::from_uuid(id))).await
}

/// Brings a removed customer back.
#[utoipa::path(post, path = "/customers/{id}/restore", tag = "customers",
    extensions(("x-permission" = json!("delete customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = CustomerView)))]
async fn restore(
    State(app): State<App>,
    grant: Granted<Delete, Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::restore(tx, &grant, Id::from_uuid(id))).await
}

/// Customers that one to be created may already be. What the asker may not see is told only as being there.
#[utoipa::path(post, path = "/customers/duplicates", tag = "customers",
    extensions(("x-permission" = json!("create customer"))), request_body = DuplicateQuery,
    responses((status = 200, body = Vec<Duplicate>)))]
async fn find_duplicates(
    State(app): State<App>,
    grant: Granted<Create, Customer>,
    Body(asked): Body<DuplicateQuery>,
) -> Result<Json<Vec<Duplicate>>> {
    Ok(Json(app.db.read(move |tx| duplicates::check(tx, &grant, &asked)).await?))
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RevealRequest {
    /// `phone`, `email`, `wechat`, `id_number`, or the key of an added field.
    #[schema(example = "phone")]
    field: String,
    #[serde(default)]
    contact_id: Option<Uuid>,
    reason: String,
}

/// Shows a personal value for a moment. Written down, and bounded per day.
#[utoipa::path(post, path = "/customers/{id}/reveal", tag = "customers",
    extensions(("x-permission" = json!("reveal customer"))), params(("id" = Uuid, Path)), request_body = RevealRequest,
    responses((status = 200, body = Revealed), (status = 429, description = "Too many in a day")))]
async fn reveal(
    State(app): State<App>,
    grant: Granted<Reveal, Customer>,
    Path(id): Path<Uuid>,
    Body(asked): Body<RevealRequest>,
) -> Result<Response> {
    let shown = app
        .db
        .write(move |tx| {
            let what = (asked.contact_id.map(Id::from_uuid), asked.field.as_str(), asked.reason.as_str());
            service::reveal(tx, &grant, Id::from_uuid(id), what)
        })
        .await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(shown)).into_response())
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GradeRequest {
    grade: Grade,
    reason: String,
}

/// Grades a customer anew. Who may not, proposes a grade.
#[utoipa::path(put, path = "/customers/{id}/grade", tag = "customers",
    extensions(("x-permission" = json!("approve customer"))),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = GradeRequest,
    responses((status = 200, body = CustomerView)))]
async fn set_grade(
    State(app): State<App>,
    grant: Granted<Approve, Customer>,
    Path(id): Path<Uuid>,
    version: Version,
    mutation: Mutation,
    Body(asked): Body<GradeRequest>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| {
        service::set_grade(tx, &grant, Id::from_uuid(id), Some(version.0), (asked.grade, &asked.reason))
    })
    .await
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OwnerRequest {
    owner_id: Uuid,
    reason: String,
}

/// Hands a customer over to a colleague; the department follows.
#[utoipa::path(put, path = "/customers/{id}/owner", tag = "customers",
    extensions(("x-permission" = json!("assign customer"))),
    params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = OwnerRequest,
    responses((status = 200, body = CustomerView)))]
async fn set_owner(
    State(app): State<App>,
    grant: Granted<Assign, Customer>,
    Path(id): Path<Uuid>,
    version: Version,
    mutation: Mutation,
    Body(asked): Body<OwnerRequest>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| {
        service::set_owner(tx, &grant, Id::from_uuid(id), Some(version.0), (asked.owner_id, &asked.reason))
    })
    .await
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct MarkRequest {
    why: Option<String>,
}

/// Marks a field as a key fact (重点), with the reason.
#[utoipa::path(put, path = "/customers/{id}/key_facts/{field}", tag = "customers",
    extensions(("x-permission" = json!("update customer"))), params(("id" = Uuid, Path), ("field" = String, Path)),
    request_body = MarkRequest, responses((status = 200, body = CustomerView)))]
async fn mark(
    State(app): State<App>,
    grant: Granted<Update, Customer>,
    Path((id, field)): Path<(Uuid, String)>,
    mutation: Mutation,
    Body(asked): Body<MarkRequest>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| {
        service::key_mark(tx, &grant, Id::from_uuid(id), &field, Some(asked.why.as_deref()))
    })
    .await
}

/// Lifts the mark.
#[utoipa::path(delete, path = "/customers/{id}/key_facts/{field}", tag = "customers",
    extensions(("x-permission" = json!("update customer"))), params(("id" = Uuid, Path), ("field" = String, Path)),
    responses((status = 200, body = CustomerView)))]
async fn unmark(
    State(app): State<App>,
    grant: Granted<Update, Customer>,
    Path((id, field)): Path<(Uuid, String)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::key_mark(tx, &grant, Id::from_uuid(id), &field, None)).await
}

#[derive(Serialize, ToSchema)]
struct Regions {
    items: &'static [Region],
}

/// The administrative divisions of China (GB/T 2260). They change once a year at most, so the console may keep them.
#[utoipa::path(get, path = "/regions", tag = "customers", extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, body = Regions)))]
async fn list_regions(_: Who) -> Response {
    ([(header::CACHE_CONTROL, "private, max-age=86400")], Json(Regions { items: regions::all() })).into_response()
}

#[derive(Serialize, ToSchema)]
struct IndustryView {
    #[schema(example = "C")]
    code: &'static str,
    zh: &'static str,
    en: &'static str,
}

#[derive(Serialize, ToSchema)]
struct Industries {
    items: Vec<IndustryView>,
}

/// The sections of GB/T 4754-2017.
#[utoipa::path(get, path = "/industries", tag = "customers", extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, body = Industries)))]
async fn list_industries(_: Who) -> Json<Industries> {
    let view = |industry: &Industry| IndustryView { code: industry.word(), zh: industry.zh(), en: industry.en() };
    Json(Industries { items: Industry::ALL.iter().map(view).collect() })
}
