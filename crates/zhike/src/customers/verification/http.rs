use std::sync::Arc;

use axum::extract::State;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::round::{self, Round};
use super::service::{self, NewVerification};
use crate::app::App;
use crate::customers::view::CustomerView;
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Path, Query};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(verify)).routes(routes!(show_round))
}

/// Records what the customer said of the archive; changed values are applied at once.
#[utoipa::path(post, path = "/customers/{id}/verifications", tag = "customers",
    extensions(("x-permission" = json!("update customer"))), params(("id" = Uuid, Path)),
    request_body = NewVerification, responses((status = 201, body = CustomerView)))]
async fn verify(
    State(app): State<App>,
    grant: Granted<Update, entity::Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(new): Body<NewVerification>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::verify(tx, &grant, Id::from_uuid(id), &new)).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RoundQuery {
    /// Any day of the quarter; this one when left out.
    #[param(value_type = Option<String>, format = Date)]
    quarter: Option<Date>,
}

/// What the rounds of a quarter found, by department and person, as far as the asker may look.
#[utoipa::path(get, path = "/verification_rounds", tag = "customers",
    extensions(("x-permission" = json!("read compliance"))), params(RoundQuery),
    responses((status = 200, body = Round)))]
async fn show_round(
    State(app): State<App>,
    grant: Granted<Read, entity::Compliance>,
    Query(query): Query<RoundQuery>,
) -> Result<Json<Round>> {
    Ok(Json(app.db.read(move |tx| round::of_quarter(tx, &grant, query.quarter)).await?))
}
