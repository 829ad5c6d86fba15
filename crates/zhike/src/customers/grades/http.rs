use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, GradeDecision, GradeProposalView, NewGradeProposal};
use crate::app::App;
use crate::kernel::permission::action::{Approve, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(propose))
        .routes(routes!(decide))
        .routes(routes!(withdraw))
}

/// Proposals to grade customers anew.
#[utoipa::path(get, path = "/grade_proposals", tag = "customers",
    extensions(("x-permission" = json!("read customer"))), params(ListParams),
    responses((status = 200, body = Page<GradeProposalView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, entity::Customer>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<GradeProposalView>>> {
    let asked = params.asked()?;
    Ok(Json(app.db.read(move |tx| service::list(tx, &grant, &asked)).await?.into()))
}

/// Proposes another grade for a customer.
#[utoipa::path(post, path = "/customers/{id}/grade_proposals", tag = "customers",
    extensions(("x-permission" = json!("update customer"))), params(("id" = Uuid, Path)),
    request_body = NewGradeProposal, responses((status = 201, body = GradeProposalView)))]
async fn propose(
    State(app): State<App>,
    grant: Granted<Update, entity::Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(new): Body<NewGradeProposal>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::propose(tx, &grant, Id::from_uuid(id), &new)).await
}

/// Approves or refuses a proposal.
#[utoipa::path(post, path = "/customers/{id}/grade_proposals/{proposal}/decision", tag = "customers",
    extensions(("x-permission" = json!("approve customer"))),
    params(("id" = Uuid, Path), ("proposal" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = GradeDecision, responses((status = 200, body = GradeProposalView)))]
async fn decide(
    State(app): State<App>,
    grant: Granted<Approve, entity::Customer>,
    Path((id, proposal)): Path<(Uuid, Uuid)>,
    version: Version,
    mutation: Mutation,
    Body(decision): Body<GradeDecision>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let ids = (Id::from_uuid(id), Id::from_uuid(proposal));
    app.mutate(&who, mutation, move |tx| service::decide(tx, &grant, ids, version.0, &decision)).await
}

/// Takes a proposal back.
#[utoipa::path(delete, path = "/customers/{id}/grade_proposals/{proposal}", tag = "customers",
    extensions(("x-permission" = json!("update customer"))),
    params(("id" = Uuid, Path), ("proposal" = Uuid, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = GradeProposalView)))]
async fn withdraw(
    State(app): State<App>,
    grant: Granted<Update, entity::Customer>,
    Path((id, proposal)): Path<(Uuid, Uuid)>,
    version: Version,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let ids = (Id::from_uuid(id), Id::from_uuid(proposal));
    app.mutate(&who, mutation, move |tx| service::withdraw(tx, &grant, ids, version.0)).await
}
