use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::input::{CooperationPatch, NewCooperation};
use super::service::{self, CooperationView};
use super::totals::{self, CooperationTotals};
use crate::app::App;
use crate::kernel::permission::action::{Create, Delete, Read, Update};
use crate::kernel::permission::entity::Cooperation;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, record))
        .routes(routes!(sum))
        .routes(routes!(change, remove))
        .routes(routes!(arrive))
}

/// What a customer ordered, signed and renewed, the latest first.
#[utoipa::path(get, path = "/customers/{id}/cooperation", tag = "cooperation",
    extensions(("x-permission" = json!("read cooperation"))), params(("id" = Uuid, Path), ListParams),
    responses((status = 200, body = Page<CooperationView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Cooperation>,
    Path(id): Path<Uuid>,
    Query(query): Query<ListParams>,
) -> Result<Json<Page<CooperationView>>> {
    let (who, asked) = (Arc::clone(grant.principal()), query.asked()?);
    let page = app.db.read(move |tx| service::list(tx, &grant, Id::from_uuid(id), &asked)).await?;
    if app.seen.note_part(&who, id) {
        app.seen.write(&app.db).await?;
    }
    Ok(Json(page.into()))
}

/// What all of it adds up to, as of the last change of it.
#[utoipa::path(get, path = "/customers/{id}/cooperation/totals", tag = "cooperation",
    extensions(("x-permission" = json!("read cooperation"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = CooperationTotals)))]
async fn sum(
    State(app): State<App>,
    grant: Granted<Read, Cooperation>,
    Path(id): Path<Uuid>,
) -> Result<Json<CooperationTotals>> {
    Ok(Json(app.db.read(move |tx| totals::get(tx, &grant, Id::from_uuid(id))).await?))
}

/// Writes down an order, a contract or a renewal. With an `external_id` that its `source` has sent before, that record
/// is brought up to date and no second one made.
#[utoipa::path(post, path = "/customers/{id}/cooperation", tag = "cooperation",
    extensions(("x-permission" = json!("create cooperation"))), params(("id" = Uuid, Path)),
    request_body = NewCooperation, responses((status = 201, body = CooperationView),
        (status = 409, description = "The customer has one of this kind and number already")))]
async fn record(
    State(app): State<App>,
    grant: Granted<Create, Cooperation>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(new): Body<NewCooperation>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::record(tx, &grant, Id::from_uuid(id), &new)).await
}

/// Changes the fields given.
#[utoipa::path(patch, path = "/customers/{id}/cooperation/{record}", tag = "cooperation",
    extensions(("x-permission" = json!("update cooperation"))),
    params(("id" = Uuid, Path), ("record" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = CooperationPatch, responses((status = 200, body = CooperationView),
        (status = 412, description = "Changed since it was read")))]
async fn change(
    State(app): State<App>,
    grant: Granted<Update, Cooperation>,
    Path((id, record)): Path<(Uuid, Uuid)>,
    version: Version,
    mutation: Mutation,
    Body(patch): Body<CooperationPatch>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let place = (Id::from_uuid(id), Id::from_uuid(record));
    app.mutate(&who, mutation, move |tx| service::change(tx, &grant, place, version.0, &patch)).await
}

/// Removes what was written down by mistake. What was called off is better marked as cancelled.
#[utoipa::path(delete, path = "/customers/{id}/cooperation/{record}", tag = "cooperation",
    extensions(("x-permission" = json!("delete cooperation"))),
    params(("id" = Uuid, Path), ("record" = Uuid, Path)), responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    grant: Granted<Delete, Cooperation>,
    Path((id, record)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let place = (Id::from_uuid(id), Id::from_uuid(record));
    app.mutate(&who, mutation, move |tx| service::remove(tx, &grant, place)).await
}

/// An order or a contract that another system sends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ArrivingCooperation)]
struct Arriving {
    /// The customer's number, credit code or name.
    #[schema(example = "KH-2026-000123")]
    customer: String,
    record: NewCooperation,
}

/// Takes in an order or a contract from another system, which knows the customer by its number, credit code or name.
#[utoipa::path(post, path = "/cooperation", tag = "cooperation",
    extensions(("x-permission" = json!("create cooperation"))), request_body = Arriving,
    responses((status = 201, body = CooperationView),
        (status = 422, description = "No such customer, or several that could be meant")))]
async fn arrive(
    State(app): State<App>,
    grant: Granted<Create, Cooperation>,
    mutation: Mutation,
    Body(new): Body<Arriving>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::arrive(tx, &grant, &new.customer, &new.record)).await
}
