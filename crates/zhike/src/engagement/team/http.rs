use axum::extract::State;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{self, Team};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity::Duty;
use crate::platform::http::{Granted, Json, Query};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(team))
}

/// Days of the company, both included; this month until today unless said otherwise.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Days {
    #[param(value_type = Option<String>)]
    from: Option<Date>,
    #[param(value_type = Option<String>)]
    to: Option<Date>,
}

/// The duties, the coverage and the delays of the people that the asker reaches.
#[utoipa::path(get, path = "/team", tag = "engagement", params(Days), extensions(("x-permission" = json!("read duty"))),
    responses((status = 200, body = Team)))]
async fn team(State(app): State<App>, grant: Granted<Read, Duty>, Query(days): Query<Days>) -> Result<Json<Team>> {
    Ok(Json(app.db.read(move |tx| service::team(tx, &grant, days.from, days.to)).await?))
}
