use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Entry;
use super::service::{self, Question};
use crate::app::App;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Id, Result};
use crate::platform::http::{Granted, Json, Path, Query};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(timeline))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TimelineQuery {
    cursor: Option<String>,
    limit: Option<usize>,
    /// Kinds separated by commas; all when left out.
    kinds: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Timeline {
    items: Vec<Entry>,
    next: Option<String>,
}

/// What happened with a customer, newest first.
#[utoipa::path(get, path = "/customers/{id}/timeline", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path), TimelineQuery),
    responses((status = 200, body = Timeline)))]
async fn timeline(
    State(app): State<App>,
    grant: Granted<Read, entity::Customer>,
    Path(id): Path<Uuid>,
    Query(query): Query<TimelineQuery>,
) -> Result<Json<Timeline>> {
    let question = Question::parse(query.kinds.as_deref(), query.cursor.as_deref(), query.limit)?;
    let who = Arc::clone(grant.principal());
    let page = app.db.read(move |tx| service::timeline(tx, &grant, Id::from_uuid(id), &question)).await?;
    if app.seen.note_part(&who, id) {
        app.seen.write(&app.db).await?;
    }
    Ok(Json(Timeline { items: page.items, next: page.next }))
}
