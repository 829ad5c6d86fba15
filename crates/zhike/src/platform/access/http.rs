//! Setting up, signing in and out, and one's own account.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::login::{self, Claim, SignedIn, Visitor};
use super::me::{Me, me, me_of};
use super::model::{Session, User};
use super::own::{self, Preferences, SessionView};
use super::password::{self, Verdict};
use super::setup::{self, Setup};
use super::tokens::{self, NewToken, TokenView};
use super::totp::{self, Enrolment};
use super::{links, resolve, throttle};
use crate::app::App;
use crate::kernel::{Error, Result};
use crate::platform::grant::{Principal, Request};
use crate::platform::http::{Body, Client, Cookie, Json, Path, Who};
use crate::platform::settings;

/// How long a browser is remembered as one that somebody signed in from.
const DEVICE_LIVES: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Changing the second factor asks for a login not older than this.
const FRESH: SignedDuration = SignedDuration::from_mins(15);

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(setup_needed, set_up))
        .routes(routes!(sign_in, sign_out))
        .routes(routes!(show_me, prefer))
        .routes(routes!(change_password))
        .routes(routes!(redeem_password))
        .routes(routes!(enrol_totp, confirm_totp, remove_totp))
        .routes(routes!(sessions))
        .routes(routes!(end_session))
        .routes(routes!(list_tokens, create_token))
        .routes(routes!(end_token))
}

#[derive(Serialize, ToSchema)]
struct SetupState {
    needed: bool,
}

/// Whether the company is still to be made.
#[utoipa::path(get, path = "/setup", tag = "access", extensions(("x-permission" = json!("public"))),
    responses((status = 200, body = SetupState)))]
async fn setup_needed(State(app): State<App>) -> Result<Json<SetupState>> {
    let needed = app.db.read(setup::needed).await?;
    Ok(Json(SetupState { needed }))
}

#[derive(Serialize, ToSchema)]
struct Founded {
    /// The job that makes the sample company, when one was asked for.
    job_id: Option<Uuid>,
}

/// Makes the company and its first person, with the token from the link that the server printed.
#[utoipa::path(post, path = "/setup", tag = "access", extensions(("x-permission" = json!("public"))),
    request_body = Setup, responses((status = 201, body = Founded)))]
async fn set_up(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    Body(setup): Body<Setup>,
) -> Result<Response> {
    setup::check(&setup)?;
    let now = app.clock.now();
    let token = setup.token.clone();
    app.db.read(move |tx| links::find(tx, &token, now).map(drop)).await?;
    let hash = password::hash(Zeroizing::new(setup.admin.password.clone())).await?;
    let (door, visitor) = (app.door(), visitor(&client, &headers));
    let system = Principal { request: client.request(), ..resolve::system(now, &app.vault) };
    let (founded, session) = app
        .db
        .write(move |tx| {
            setup::redeem(tx, &setup.token, now)?;
            let founded = setup::found(tx, &system, &setup, &hash)?;
            let (_, session) = login::open_session(tx, &door, &founded.user, &visitor)?;
            Ok::<_, Error>((founded, session))
        })
        .await?;
    let mut response = (StatusCode::CREATED, Json(Founded { job_id: founded.sample_job })).into_response();
    Cookie::Session.set(response.headers_mut(), &client, &session, app.config.lifetime.absolute)?;
    Ok(response)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    login: String,
    password: String,
    /// From the authenticator, when the answer was `login.code_needed`.
    #[serde(default)]
    code: Option<String>,
}

/// Signs in and sets the session cookie.
#[utoipa::path(post, path = "/session", tag = "access", extensions(("x-permission" = json!("public"))),
    request_body = Login, responses((status = 200, body = Me)))]
async fn sign_in(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    Body(login): Body<Login>,
) -> Result<Response> {
    let claim = Claim { login: login.login, password: Zeroizing::new(login.password), code: login.code };
    let signed_in = login::sign_in(&app.door(), visitor(&client, &headers), claim).await?;
    let user = signed_in.user;
    let system = resolve::system(app.clock.now(), &app.vault);
    let me = app.db.read(move |tx| me_of(tx, &system, user)).await?;
    let mut response = Json(me).into_response();
    set_cookies(&app, &client, response.headers_mut(), &signed_in)?;
    Ok(response)
}

fn set_cookies(app: &App, client: &Client, headers: &mut HeaderMap, signed_in: &SignedIn) -> Result<()> {
    Cookie::Session.set(headers, client, &signed_in.token, app.config.lifetime.absolute)?;
    match &signed_in.device {
        Some(device) => Cookie::Device.set(headers, client, device, DEVICE_LIVES),
        None => Ok(()),
    }
}

fn visitor(client: &Client, headers: &HeaderMap) -> Visitor {
    Visitor {
        request: client.request(),
        address: client.throttle_key(),
        agent: client.agent.clone(),
        device: Cookie::Device.read(headers, client),
    }
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "access", extensions(("x-permission" = json!("signed_in"))),
    responses((status = 204)))]
async fn sign_out(State(app): State<App>, who: Who, client: Client) -> Result<Response> {
    if let Some(session) = who.request.session {
        app.db.write(move |tx| own::end_session(tx, &who, session)).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    Cookie::Session.clear(response.headers_mut(), &client)?;
    // Not "storage": contact records written offline wait there to be sent.
    let clear = (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    response.headers_mut().insert(clear.0, clear.1);
    Ok(response)
}

/// Who I am and what I may do.
#[utoipa::path(get, path = "/me", tag = "access", extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, body = Me)))]
async fn show_me(State(app): State<App>, who: Who) -> Result<Json<Me>> {
    Ok(Json(app.db.read(move |tx| me(tx, &who)).await?))
}

/// Changes language or look.
#[utoipa::path(patch, path = "/me", tag = "access", extensions(("x-permission" = json!("signed_in"))),
    request_body = Preferences, responses((status = 200, body = Me)))]
async fn prefer(State(app): State<App>, who: Who, Body(preferences): Body<Preferences>) -> Result<Json<Me>> {
    let write = move |tx: &mut Tx<'_>| {
        own::prefer(tx, &who, &preferences)?;
        me(tx, &who)
    };
    Ok(Json(app.db.write(write).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    old: String,
    new: String,
}

/// Sets a new password. All other sessions and all tokens end.
#[utoipa::path(post, path = "/me/password", tag = "access", extensions(("x-permission" = json!("signed_in"))),
    request_body = PasswordChange, responses((status = 204)))]
async fn change_password(
    State(app): State<App>,
    who: Who,
    client: Client,
    Body(change): Body<PasswordChange>,
) -> Result<StatusCode> {
    let session = session_of(&who)?;
    let asked = Arc::clone(&who);
    let (user, company) = app.db.read(move |tx| Ok::<_, Error>((own::user(tx, &asked)?, settings::get(tx)?))).await?;
    password::check("new", &change.new, &[&user.login, &user.name, &company.company])?;
    verify_own(&app, &user, &client, &change.old).await?;
    let hash = password::hash(Zeroizing::new(change.new)).await?;
    let write = move |tx: &mut Tx<'_>| own::set_password(tx, &who, who.user, &hash, Some(session));
    app.db.write(write).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Guesses at the old password are limited like guesses at the door.
async fn verify_own(app: &App, user: &User, client: &Client, old: &str) -> Result<()> {
    let (login, address, now) = (user.login.clone(), client.throttle_key(), app.clock.now());
    let reserve = move |tx: &mut Tx<'_>| throttle::reserve(tx, &login, &address, None, now);
    let allowed = app.db.write(reserve).await?;
    let verdict = password::verify(Zeroizing::new(old.to_owned()), user.password.clone()).await?;
    if verdict == Verdict::Wrong {
        return Err(Error::field_invalid("old", "password.wrong"));
    }
    app.db.write(move |tx| throttle::succeeded(tx, allowed.attempt)).await
}

/// What only a person in front of a screen may do; a token may not.
fn session_of(who: &Principal) -> Result<Uuid> {
    who.request.session.ok_or_else(|| Error::new(403, "session.needed"))
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordByLink {
    token: String,
    password: String,
}

/// Sets a password by a one-time link.
#[utoipa::path(post, path = "/password", tag = "access", extensions(("x-permission" = json!("public"))),
    request_body = PasswordByLink, responses((status = 204)))]
async fn redeem_password(
    State(app): State<App>,
    client: Client,
    Body(input): Body<PasswordByLink>,
) -> Result<StatusCode> {
    let now = app.clock.now();
    let token = input.token.clone();
    let read = move |tx: &mut Tx<'_>| {
        let owner = links::find(tx, &token, now)?.staff_id.ok_or_else(|| Error::new(403, "link.invalid"))?;
        Ok::<_, Error>((User::get(tx, owner)?, settings::get(tx)?))
    };
    let (user, company) = app.db.read(read).await?;
    password::check("password", &input.password, &[&user.login, &user.name, &company.company])?;
    let hash = password::hash(Zeroizing::new(input.password)).await?;
    let request = client.request();
    let system = resolve::system(now, &app.vault);
    let write = move |tx: &mut Tx<'_>| {
        links::take(tx, &input.token, now)?;
        let who =
            resolve::principal_of(tx, user.id, now, &system.vault)?.ok_or_else(|| Error::new(403, "link.invalid"))?;
        own::set_password(tx, &Principal { request: Request::clone(&request), ..who }, user.id, &hash, None)
    };
    app.db.write(write).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins to set up an authenticator.
#[utoipa::path(post, path = "/me/totp", tag = "access", extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, body = Enrolment)))]
async fn enrol_totp(State(app): State<App>, who: Who) -> Result<Json<Enrolment>> {
    let session = session_of(&who)?;
    let write = move |tx: &mut Tx<'_>| {
        require_fresh(tx, &who, session)?;
        totp::enrol(tx, &who)
    };
    Ok(Json(app.db.write(write).await?))
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
}

/// Proves the authenticator by its first code; from now on signing in asks for one.
#[utoipa::path(put, path = "/me/totp", tag = "access", extensions(("x-permission" = json!("signed_in"))),
    request_body = Code, responses((status = 204)))]
async fn confirm_totp(State(app): State<App>, who: Who, Body(code): Body<Code>) -> Result<StatusCode> {
    session_of(&who)?;
    app.db.write(move |tx| totp::confirm(tx, &who, &code.code)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes the authenticator; asks for a fresh login.
#[utoipa::path(delete, path = "/me/totp", tag = "access", extensions(("x-permission" = json!("signed_in"))),
    responses((status = 204)))]
async fn remove_totp(State(app): State<App>, who: Who) -> Result<StatusCode> {
    let session = session_of(&who)?;
    let write = move |tx: &mut Tx<'_>| {
        require_fresh(tx, &who, session)?;
        totp::remove(tx, &who, who.user)
    };
    app.db.write(write).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn require_fresh(tx: &mut Tx<'_>, who: &Principal, session: Uuid) -> Result<()> {
    let session = Session::get(tx, session)?;
    let fresh = session.created_at + FRESH > who.now;
    if fresh { Ok(()) } else { Err(Error::new(403, "login.again_needed")) }
}

/// Where I am signed in.
#[utoipa::path(get, path = "/sessions", tag = "access", extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, body = Vec<SessionView>)))]
async fn sessions(State(app): State<App>, who: Who) -> Result<Json<Vec<SessionView>>> {
    Ok(Json(app.db.read(move |tx| own::sessions(tx, &who)).await?))
}

/// Signs out elsewhere.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "access", params(("id" = Uuid, Path)),
    extensions(("x-permission" = json!("signed_in"))), responses((status = 204)))]
async fn end_session(State(app): State<App>, who: Who, Path(id): Path<Uuid>) -> Result<StatusCode> {
    app.db.write(move |tx| own::end_session(tx, &who, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// My API tokens.
#[utoipa::path(get, path = "/tokens", tag = "access", extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, body = Vec<TokenView>)))]
async fn list_tokens(State(app): State<App>, who: Who) -> Result<Json<Vec<TokenView>>> {
    Ok(Json(app.db.read(move |tx| tokens::list(tx, &who)).await?))
}

/// Makes an API token with my rights. Its secret is in this answer only.
#[utoipa::path(post, path = "/tokens", tag = "access", extensions(("x-permission" = json!("signed_in"))),
    request_body = NewToken, responses((status = 201, body = TokenView)))]
async fn create_token(
    State(app): State<App>,
    who: Who,
    Body(new): Body<NewToken>,
) -> Result<(StatusCode, Json<TokenView>)> {
    session_of(&who)?;
    let created = app.db.write(move |tx| tokens::create(tx, &who, who.user, &new)).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

/// Ends one of my API tokens.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "access", params(("id" = Uuid, Path)),
    extensions(("x-permission" = json!("signed_in"))), responses((status = 204)))]
async fn end_token(State(app): State<App>, who: Who, Path(id): Path<Uuid>) -> Result<StatusCode> {
    app.db.write(move |tx| tokens::end(tx, &who, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
