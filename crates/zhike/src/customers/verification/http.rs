use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, NewVerification};
use crate::app::App;
use crate::customers::view::CustomerView;
use crate::kernel::permission::action::Update;
use crate::kernel::permission::entity;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Mutation, Path};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(verify))
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
