use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::moving::{self, NewCompany};
use super::{Contact, ContactPatch, ContactView, NewContact, Way, service};
use crate::app::App;
use crate::kernel::permission::action::{Create, Delete, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Id, Result};
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Path, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(update, delete))
        .routes(routes!(bar, unbar))
        .routes(routes!(mark_invalid, unmark_invalid))
        .routes(routes!(change_company))
}

#[derive(Serialize, ToSchema)]
struct Contacts {
    items: Vec<ContactView>,
}

/// The contacts of a customer: those still there first, the primary one at the top.
#[utoipa::path(get, path = "/customers/{id}/contacts", tag = "customers",
    extensions(("x-permission" = json!("read contact"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = Contacts)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, entity::Contact>,
    Path(id): Path<Uuid>,
) -> Result<Json<Contacts>> {
    let who = Arc::clone(grant.principal());
    let items = app.db.read(move |tx| service::list(tx, &grant, Id::from_uuid(id))).await?;
    if app.seen.note_part(&who, id) {
        app.seen.write(&app.db).await?;
    }
    Ok(Json(Contacts { items }))
}

/// Adds a contact.
#[utoipa::path(post, path = "/customers/{id}/contacts", tag = "customers",
    extensions(("x-permission" = json!("create contact"))), params(("id" = Uuid, Path)), request_body = NewContact,
    responses((status = 201, body = ContactView)))]
async fn create(
    State(app): State<App>,
    grant: Granted<Create, entity::Contact>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(new): Body<NewContact>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.create(&who, mutation, move |tx| service::create(tx, &grant, Id::from_uuid(id), &new)).await
}

/// Changes a contact.
#[utoipa::path(patch, path = "/customers/{id}/contacts/{cid}", tag = "customers",
    extensions(("x-permission" = json!("update contact"))),
    params(("id" = Uuid, Path), ("cid" = Uuid, Path), ("If-Match" = String, Header)), request_body = ContactPatch,
    responses((status = 200, body = ContactView)))]
async fn update(
    State(app): State<App>,
    grant: Granted<Update, entity::Contact>,
    Path((id, cid)): Path<(Uuid, Uuid)>,
    version: Version,
    mutation: Mutation,
    Body(patch): Body<ContactPatch>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let ids: (_, Id<Contact>) = (Id::from_uuid(id), Id::from_uuid(cid));
    app.mutate(&who, mutation, move |tx| service::update(tx, &grant, ids, version.0, &patch)).await
}

/// Removes a contact that was entered by mistake; somebody who has left is marked as such instead.
#[utoipa::path(delete, path = "/customers/{id}/contacts/{cid}", tag = "customers",
    extensions(("x-permission" = json!("delete contact"))), params(("id" = Uuid, Path), ("cid" = Uuid, Path)),
    responses((status = 204)))]
async fn delete(
    State(app): State<App>,
    grant: Granted<Delete, entity::Contact>,
    Path((id, cid)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::delete(tx, &grant, Id::from_uuid(id), Id::from_uuid(cid))).await
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoContactRequest)]
struct BarRequest {
    reason: String,
}

/// Says that this person must not be contacted any more.
#[utoipa::path(put, path = "/customers/{id}/contacts/{cid}/no_contact", tag = "customers",
    extensions(("x-permission" = json!("update contact"))), params(("id" = Uuid, Path), ("cid" = Uuid, Path)),
    request_body = BarRequest, responses((status = 200, body = ContactView)))]
async fn bar(
    State(app): State<App>,
    grant: Granted<Update, entity::Contact>,
    Path((id, cid)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
    Body(asked): Body<BarRequest>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let ids = (Id::from_uuid(id), Id::from_uuid(cid));
    app.mutate(&who, mutation, move |tx| service::set_no_contact(tx, &grant, ids, Some(&asked.reason))).await
}

/// Lets this person be contacted again.
#[utoipa::path(delete, path = "/customers/{id}/contacts/{cid}/no_contact", tag = "customers",
    extensions(("x-permission" = json!("update contact"))), params(("id" = Uuid, Path), ("cid" = Uuid, Path)),
    responses((status = 200, body = ContactView)))]
async fn unbar(
    State(app): State<App>,
    grant: Granted<Update, entity::Contact>,
    Path((id, cid)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let ids = (Id::from_uuid(id), Id::from_uuid(cid));
    app.mutate(&who, mutation, move |tx| service::set_no_contact(tx, &grant, ids, None)).await
}

/// Notes that this number does not exist (空号), or that mail to this address comes back.
#[utoipa::path(put, path = "/customers/{id}/contacts/{cid}/invalid/{way}", tag = "customers",
    extensions(("x-permission" = json!("update contact"))),
    params(("id" = Uuid, Path), ("cid" = Uuid, Path), ("way" = inline(Way), Path)),
    responses((status = 200, body = ContactView)))]
async fn mark_invalid(
    State(app): State<App>,
    grant: Granted<Update, entity::Contact>,
    Path((id, cid, way)): Path<(Uuid, Uuid, Way)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let ids = (Id::from_uuid(id), Id::from_uuid(cid));
    app.mutate(&who, mutation, move |tx| service::set_invalid(tx, &grant, ids, (way, true))).await
}

/// Says that the number or the address works after all.
#[utoipa::path(delete, path = "/customers/{id}/contacts/{cid}/invalid/{way}", tag = "customers",
    extensions(("x-permission" = json!("update contact"))),
    params(("id" = Uuid, Path), ("cid" = Uuid, Path), ("way" = inline(Way), Path)),
    responses((status = 200, body = ContactView)))]
async fn unmark_invalid(
    State(app): State<App>,
    grant: Granted<Update, entity::Contact>,
    Path((id, cid, way)): Path<(Uuid, Uuid, Way)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let ids = (Id::from_uuid(id), Id::from_uuid(cid));
    app.mutate(&who, mutation, move |tx| service::set_invalid(tx, &grant, ids, (way, false))).await
}

/// Takes a person who changed companies to another customer. Here they have left; what was said with them stays.
#[utoipa::path(post, path = "/customers/{id}/contacts/{cid}/move", tag = "customers",
    extensions(("x-permission" = json!("update contact"))), params(("id" = Uuid, Path), ("cid" = Uuid, Path)),
    request_body = NewCompany, responses((status = 201, body = ContactView)))]
async fn change_company(
    State(app): State<App>,
    grant: Granted<Update, entity::Contact>,
    Path((id, cid)): Path<(Uuid, Uuid)>,
    mutation: Mutation,
    Body(to): Body<NewCompany>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let ids = (Id::from_uuid(id), Id::from_uuid(cid));
    app.create(&who, mutation, move |tx| moving::change_company(tx, &grant, ids, &to)).await
}
