//! The settings page and the calendar page.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Settings;
use super::service::{self, Day};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity::Setting;
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Query, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show, change)).routes(routes!(calendar)).routes(routes!(upload))
}

/// The company's settings.
#[utoipa::path(get, path = "/settings", tag = "platform", extensions(("x-permission" = json!("read setting"))),
    responses((status = 200, body = Settings)))]
async fn show(State(app): State<App>, _grant: Granted<Read, Setting>) -> Result<impl IntoResponse> {
    let settings = app.db.read(service::get).await?;
    Answer::of(&settings, settings.version)
}

/// Changes the company's settings.
#[utoipa::path(put, path = "/settings", tag = "platform", extensions(("x-permission" = json!("update setting"))),
    params(("If-Match" = String, Header)), request_body = Settings, responses((status = 200, body = Settings)))]
async fn change(
    State(app): State<App>,
    grant: Granted<Update, Setting>,
    mutation: Mutation,
    Version(version): Version,
    Body(settings): Body<Settings>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::update(tx, &grant, version, settings.clone())).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Span {
    /// First day, `YYYY-MM-DD`.
    #[param(value_type = String, format = Date)]
    from: Date,
    /// Last day, at most 400 days later.
    #[param(value_type = String, format = Date)]
    to: Date,
}

#[derive(Debug, Serialize, ToSchema)]
struct Days {
    items: Vec<Day>,
}

/// Working days, holidays, lunar dates and festivals.
#[utoipa::path(get, path = "/calendar", tag = "platform", extensions(("x-permission" = json!("read setting"))),
    params(Span), responses((status = 200, body = Days)))]
async fn calendar(
    State(app): State<App>,
    _grant: Granted<Read, Setting>,
    Query(span): Query<Span>,
) -> Result<Json<Days>> {
    let items = app.db.read(move |tx| service::days(tx, span.from, span.to)).await?;
    Ok(Json(Days { items }))
}

/// A year's holidays as published: `{"year": 2027, "days": [{"date": "2027-01-01", "name": "元旦", "isOffDay": true}, …]}`.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(value_type = Object)]
struct Table(Value);

#[derive(Debug, Serialize, ToSchema)]
struct Loaded {
    year: i64,
}

/// Loads the holidays of a year, or replaces them.
#[utoipa::path(post, path = "/calendar/tables", tag = "platform", extensions(("x-permission" = json!("update setting"))),
    request_body = Table, responses((status = 201, body = Loaded)))]
async fn upload(
    State(app): State<App>,
    grant: Granted<Update, Setting>,
    mutation: Mutation,
    Body(Table(table)): Body<Table>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let text = table.to_string();
    app.create(&who, mutation, move |tx| Ok(Loaded { year: service::add_table(tx, &grant, &text)? })).await
}
