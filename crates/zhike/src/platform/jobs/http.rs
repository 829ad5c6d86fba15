//! Watching jobs.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{JobView, service};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity::Job;
use crate::platform::http::{Granted, Json, Path, Query};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show))
}

/// The answer to whoever asks for long work.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobStarted {
    pub job_id: Uuid,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// `1`: only those that the asker has asked for.
    #[serde(default)]
    mine: u8,
}

#[derive(Debug, Serialize, ToSchema)]
struct Jobs {
    items: Vec<JobView>,
}

/// The latest jobs.
#[utoipa::path(get, path = "/jobs", tag = "platform", extensions(("x-permission" = json!("read job"))),
    params(ListQuery), responses((status = 200, body = Jobs)))]
async fn list(State(app): State<App>, grant: Granted<Read, Job>, Query(query): Query<ListQuery>) -> Result<Json<Jobs>> {
    let items = app.db.read(move |tx| service::list(tx, &grant, query.mine == 1)).await?;
    Ok(Json(Jobs { items }))
}

/// How far a job is, and what came of it.
#[utoipa::path(get, path = "/jobs/{id}", tag = "platform", extensions(("x-permission" = json!("read job"))),
    params(("id" = Uuid, Path)), responses((status = 200, body = JobView)))]
async fn show(State(app): State<App>, grant: Granted<Read, Job>, Path(id): Path<Uuid>) -> Result<Json<JobView>> {
    Ok(Json(app.db.read(move |tx| service::view(tx, &grant, id)).await?))
}
