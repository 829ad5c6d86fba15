use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{self, Board, Change};
use crate::app::App;
use crate::kernel::Result;
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity::{Customer, Setting};
use crate::platform::http::{Answer, Body, Granted, Json, Mutation};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(board)).routes(routes!(set))
}

/// What is wrong with the archives that the asker may see, per department and owner, and how it went week by week.
#[utoipa::path(get, path = "/quality", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), responses((status = 200, body = Board)))]
async fn board(State(app): State<App>, grant: Granted<Read, Customer>) -> Result<Json<Board>> {
    Ok(Json(app.db.read(move |tx| service::board(tx, &grant)).await?))
}

/// Says what counts as stale.
#[utoipa::path(put, path = "/quality/setting", tag = "customers",
    extensions(("x-permission" = json!("update setting"))), request_body = Change, responses((status = 204)))]
async fn set(
    State(app): State<App>,
    grant: Granted<Update, Setting>,
    mutation: Mutation,
    Body(change): Body<Change>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::set(tx, &grant, &change)).await
}
