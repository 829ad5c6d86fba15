use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{self, Today};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity::Duty;
use crate::platform::http::{Granted, Json};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(today))
}

/// The home page: what is overdue, what is past its proposed day, what is to be done today, and what this week.
#[utoipa::path(get, path = "/today", tag = "engagement", extensions(("x-permission" = json!("read duty"))),
    responses((status = 200, body = Today)))]
async fn today(State(app): State<App>, grant: Granted<Read, Duty>) -> Result<Json<Today>> {
    Ok(Json(app.db.read(move |tx| service::today(tx, &grant)).await?))
}
