use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, Collaborator, Share};
use crate::app::App;
use crate::kernel::permission::action::{Assign, Read};
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Page, Path};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(share, unshare))
}

/// Whom a customer is shared with.
#[utoipa::path(get, path = "/customers/{id}/collaborators", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = Page<Collaborator>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(id): Path<Uuid>,
) -> Result<Json<Page<Collaborator>>> {
    let items = app.db.read(move |tx| service::list(tx, &grant, Id::from_uuid(id))).await?;
    Ok(Json(Page::whole(items)))
}

/// Shares a customer with somebody, to read or to write.
#[utoipa::path(put, path = "/customers/{id}/collaborators/{user}", tag = "customers",
    extensions(("x-permission" = json!("assign customer"))), params(("id" = Uuid, Path), ("user" = Uuid, Path)),
    request_body = Share, responses((status = 200, body = Page<Collaborator>)))]
async fn share(
    State(app): State<App>,
    grant: Granted<Assign, Customer>,
    Path((id, user)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
    Body(share): Body<Share>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let shared = move |tx: &mut store::Tx<'_>| {
        Ok(Page::whole(service::share(tx, &grant, Id::from_uuid(id), (user, share.level))?))
    };
    app.mutate(&who, mutation, shared).await
}

/// Ends a share.
#[utoipa::path(delete, path = "/customers/{id}/collaborators/{user}", tag = "customers",
    extensions(("x-permission" = json!("assign customer"))), params(("id" = Uuid, Path), ("user" = Uuid, Path)),
    responses((status = 200, body = Page<Collaborator>)))]
async fn unshare(
    State(app): State<App>,
    grant: Granted<Assign, Customer>,
    Path((id, user)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let ended = move |tx: &mut store::Tx<'_>| Ok(Page::whole(service::unshare(tx, &grant, Id::from_uuid(id), user)?));
    app.mutate(&who, mutation, ended).await
}
