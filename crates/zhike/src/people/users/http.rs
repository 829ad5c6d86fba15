use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use zeroize::Zeroizing;

use super::service;
use super::view::{Change, Created, Invitation, New, UserView};
use crate::app::App;
use crate::kernel::permission::action::{Create, Manage, Read, Update};
use crate::kernel::permission::entity::{Role, User};
use crate::kernel::{Error, Result};
use crate::platform::access::model::{RoleId, UserId};
use crate::platform::access::password;
use crate::platform::http::{Answer, Body, Granted, Json, ListParams, Mutation, Page, Path, Query, Version};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update))
        .routes(routes!(set_roles))
        .routes(routes!(invite))
        .routes(routes!(reset_totp))
}

/// Colleagues. Filters: name, login, department_id, supervisor_id, post_id, active; `q` finds names, pinyin and logins.
#[utoipa::path(get, path = "/users", tag = "people", extensions(("x-permission" = json!("read user"))),
    params(ListParams), responses((status = 200, body = Page<UserView>)))]
async fn list(
    State(app): State<App>,
    grant: Granted<Read, User>,
    Query(params): Query<ListParams>,
) -> Result<Json<Page<UserView>>> {
    let asked = params.asked()?;
    let read = move |tx: &mut Tx<'_>| service::list(tx, &grant, asked.clone(), params.text());
    Ok(Json(app.db.read(read).await?.into()))
}

/// One colleague.
#[utoipa::path(get, path = "/users/{id}", tag = "people", extensions(("x-permission" = json!("read user"))),
    params(("id" = UserId, Path)), responses((status = 200, body = UserView)))]
async fn show(State(app): State<App>, grant: Granted<Read, User>, Path(id): Path<UserId>) -> Result<Answer> {
    let user = app.db.read(move |tx| service::get(tx, &grant, id)).await?;
    Answer::of(&user, user.version)
}

/// Adds a person, with an initial password or a link to set one. Sent again, it is refused for its login; the answer
/// has a secret and is therefore not remembered.
#[utoipa::path(post, path = "/users", tag = "people", extensions(("x-permission" = json!("create user"))),
    request_body = New, responses((status = 201, body = Created)))]
async fn create(
    State(app): State<App>,
    grant: Granted<Create, User>,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<Created>)> {
    let checked = new.clone();
    app.db.read(move |tx| service::check_password(tx, &checked)).await?;
    let hash = match new.password.clone() {
        Some(initial) => Some(password::hash(Zeroizing::new(initial)).await?),
        None => None,
    };
    let links = app.clone();
    let write = move |tx: &mut Tx<'_>| {
        let user = service::create(tx, &grant, &new, hash.as_deref())?;
        let link = |token: &str| password_link(&links, token);
        let invitation = match hash {
            Some(_) => None,
            None => Some(service::first_invitation(tx, &grant, user.id, link)?),
        };
        Ok::<_, Error>(Created { user, invitation })
    };
    let created = app.db.write(write).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

fn password_link(app: &App, token: &str) -> String {
    // After the #, so that the token is in no log on its way.
    app.config.link(&format!("/password#token={token}"))
}

/// Changes a person's place, roles or name, or deactivates them. Roles need the permission to manage roles.
#[utoipa::path(patch, path = "/users/{id}", tag = "people", extensions(("x-permission" = json!("update user"))),
    params(("id" = UserId, Path), ("If-Match" = String, Header)), request_body = Change,
    responses((status = 200, body = UserView)))]
async fn update(
    State(app): State<App>,
    grant: Granted<Update, User>,
    Path(id): Path<UserId>,
    Version(version): Version,
    mutation: Mutation,
    Body(change): Body<Change>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::update(tx, &grant, id, version, &change)).await
}

/// Which roles a person has.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RolesOfUser {
    roles: Vec<RoleId>,
}

/// Gives a person these roles and no others.
#[utoipa::path(put, path = "/users/{id}/roles", tag = "people", extensions(("x-permission" = json!("manage role"))),
    params(("id" = UserId, Path), ("If-Match" = String, Header)), request_body = RolesOfUser,
    responses((status = 200, body = UserView)))]
async fn set_roles(
    State(app): State<App>,
    grant: Granted<Manage, Role>,
    Path(id): Path<UserId>,
    Version(version): Version,
    mutation: Mutation,
    Body(change): Body<RolesOfUser>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::set_roles(tx, &grant, id, version, &change.roles)).await
}

/// A new one-time link to set a password; an earlier one stops working.
#[utoipa::path(post, path = "/users/{id}/invitation", tag = "people",
    extensions(("x-permission" = json!("update user"))), params(("id" = UserId, Path)),
    responses((status = 200, body = Invitation)))]
async fn invite(
    State(app): State<App>,
    grant: Granted<Update, User>,
    Path(id): Path<UserId>,
) -> Result<Json<Invitation>> {
    let links = app.clone();
    let write = move |tx: &mut Tx<'_>| service::invite(tx, &grant, id, |token| password_link(&links, token));
    Ok(Json(app.db.write(write).await?))
}

/// Removes the authenticator of a person who lost it.
#[utoipa::path(delete, path = "/users/{id}/totp", tag = "people", extensions(("x-permission" = json!("manage user"))),
    params(("id" = UserId, Path)), responses((status = 204)))]
async fn reset_totp(
    State(app): State<App>,
    grant: Granted<Manage, User>,
    Path(id): Path<UserId>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::reset_totp(tx, &grant, id)).await
}
