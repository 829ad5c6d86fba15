//! The door of the API: who is it, and may they do this? Runs before every handler; denies whatever it has no rule for.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::mutation::{KEY_HEADER, Mutation};
use super::{BODY_MOST, Client, Cookie, Rule, csrf};
use crate::app::App;
use crate::kernel::{Action, Entity, Error, Result};
use crate::platform::access::identity::{Credential, Identity};
use crate::platform::access::tokens;
use crate::platform::audit;
use crate::platform::grant::Principal;

pub async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    match admit(&app, request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn admit(app: &App, mut request: Request) -> Result<Request> {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let rule = app.registry.rule(request.method(), &path).ok_or_else(|| no_rule(app, &path))?;
    let client = request.extensions().get::<Client>().cloned().ok_or_else(|| Error::internal("no client"))?;
    let credential = credential(request.headers(), &client);
    if !is_safe(request.method()) {
        csrf::check(request.headers(), matches!(credential, Some(Credential::Session(_))))?;
    }
    if rule != Rule::Public {
        let credential = credential.ok_or_else(|| Error::unauthorized("login.needed"))?;
        let principal = Arc::new(authenticate(app, &credential, &client, rule).await?);
        authorise(app, &principal, rule, &path).await?;
        request.extensions_mut().insert(credential);
        request.extensions_mut().insert(principal);
    }
    request.extensions_mut().insert(rule);
    note_key(request).await
}

fn no_rule(app: &App, path: &str) -> Error {
    if app.registry.knows(path) { Error::new(405, "method_not_allowed") } else { Error::not_found() }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn credential(headers: &HeaderMap, client: &Client) -> Option<Credential> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        return Cookie::Session.read(headers, client).map(Credential::Session);
    };
    // A request that names a token is never taken for the cookie's owner.
    let token = header.to_str().ok()?.strip_prefix("Bearer ")?.trim();
    Some(Credential::Token(token.to_owned())).filter(|_| token.starts_with(tokens::PREFIX))
}

async fn authenticate(app: &App, credential: &Credential, client: &Client, rule: Rule) -> Result<Principal> {
    let now = app.clock.now();
    let identity: Option<Arc<Identity>> = app.identities.identify(&app.db, credential, now).await?;
    let Some(identity) = identity else { return Err(Error::unauthorized("login.needed")) };
    if identity.resolved.must_change_password && rule != Rule::SignedIn {
        return Err(Error::new(403, "password.change_needed"));
    }
    let mut origin = client.request();
    origin.session = identity.session.map(|session| session.uuid());
    Ok(identity.resolved.principal(origin, now, Arc::clone(&app.vault)))
}

async fn authorise(app: &App, who: &Arc<Principal>, rule: Rule, path: &str) -> Result<()> {
    let Rule::Needs(action, entity) = rule else { return Ok(()) };
    if who.permissions.reach(action, entity).is_some() {
        return Ok(());
    }
    note_refusal(app, who, action, entity, path).await?;
    Err(Error::forbidden())
}

async fn note_refusal(app: &App, who: &Arc<Principal>, action: Action, entity: Entity, path: &str) -> Result<()> {
    let who = Arc::clone(who);
    let changes = json!({ "action": action, "route": path });
    let write =
        move |tx: &mut store::Tx<'_>| audit::record(tx, &who, "refused", entity, Uuid::nil(), None, changes.clone());
    app.db.write(write).await
}

/// Reads the body of a request with an Idempotency-Key, for its digest. What an upload holds its handler adds when it
/// has read it ([`Mutation::also`]).
async fn note_key(request: Request) -> Result<Request> {
    let Some(key) = request.headers().get(KEY_HEADER).filter(|_| !is_safe(request.method())) else {
        return Ok(request);
    };
    let key = Mutation::check_key(key)?;
    let (mut parts, body) = request.into_parts();
    let mut hash = Sha256::new();
    hash.update(parts.method.as_str());
    hash.update([0]);
    hash.update(parts.uri.to_string());
    hash.update([0]);
    let is_upload = parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
    let body = match is_upload {
        true => body,
        false => {
            let bytes = axum::body::to_bytes(body, BODY_MOST).await.map_err(|_| Error::new(413, "body.too_large"))?;
            hash.update(&bytes);
            bytes.into()
        }
    };
    parts.extensions.insert(Mutation { key: Some(key), request_hash: hash.finalize().to_vec() });
    Ok(Request::from_parts(parts, body))
}
