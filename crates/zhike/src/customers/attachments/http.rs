use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;

use axum::body::{Body as Content, Bytes};
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::intake;
use super::service::{self, AttachmentView, Opened, Place};
use crate::app::App;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Error, Id, Result};
use crate::platform::grant::Grant;
use crate::platform::http::{Answer, Granted, Json, Mutation, Path, Query, attachment_header, receive};
use crate::platform::settings::ATTACHMENT_MIB_MOST;
use crate::platform::vault::Unsealing;

/// Bytes around the file in a form.
const FORM_MOST: usize = 1 << 20;
const PIECE: usize = 64 << 10;
/// Files that are looked at at the same time.
static INTAKE: Semaphore = Semaphore::const_new(4);
/// A browser that opens a file in spite of all must take it for a page of nowhere that may do nothing.
const POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

pub fn routes() -> OpenApiRouter<App> {
    let most = ((ATTACHMENT_MIB_MOST as usize) << 20) + FORM_MOST;
    let upload = OpenApiRouter::new().routes(routes!(list, add)).layer(DefaultBodyLimit::max(most));
    OpenApiRouter::new()
        .merge(upload)
        .routes(routes!(remove))
        .routes(routes!(restore))
        .routes(routes!(open))
        .routes(routes!(open_small))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Attachments)]
struct Found {
    items: Vec<AttachmentView>,
}

/// The files that hang on a customer's records, the latest first.
#[utoipa::path(get, path = "/customers/{id}/attachments", tag = "attachments",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = Found)))]
async fn list(State(app): State<App>, grant: Granted<Read, Customer>, Path(id): Path<Uuid>) -> Result<Json<Found>> {
    let items = app.db.read(move |tx| service::list(tx, &grant, Id::from_uuid(id))).await?;
    Ok(Json(Found { items }))
}

/// A file in a form.
#[derive(ToSchema)]
#[allow(unused)] // describes the form to readers of the interface; the form itself is read as it streams in
struct AttachmentForm {
    #[schema(value_type = String, format = Binary)]
    file: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Hung {
    /// `customer`, `contact`, `cooperation`, `verification`, `major_event`, `interaction`.
    #[param(example = "interaction")]
    of_kind: String,
    /// Which one; left out for the customer itself.
    of_id: Option<Uuid>,
    /// The added field in which it is to stand: it is there once the record is changed so.
    field: Option<String>,
}

/// Hangs a file on a record. Its content must be of a kind that is taken and agree with its name.
#[utoipa::path(post, path = "/customers/{id}/attachments", tag = "attachments",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path), Hung),
    request_body(content = AttachmentForm, content_type = "multipart/form-data"),
    responses((status = 201, body = AttachmentView), (status = 413, description = "Larger than is taken in"),
        (status = 422, description = "A kind that is not taken, or a file that is damaged or made to do harm")))]
async fn add(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(id): Path<Uuid>,
    Query(hung): Query<Hung>,
    mutation: Mutation,
    form: Multipart,
) -> Result<Answer> {
    let place = Place { customer: id, of_kind: hung.of_kind, of_id: hung.of_id, field: hung.field };
    let rules = {
        let (grant, place) = (grant.0.clone(), place.clone());
        app.db.read(move |tx| service::check(tx, &grant, &place)).await?
    };
    let (name, file) = receive(form, (rules.most_mib as u64) << 20, "attachment.too_large").await?;
    let (vault, files, called) = (Arc::clone(&app.vault), app.files.clone(), name.clone());
    // Who waits for the scanner, or for a picture to be made small, waits here and holds no thread.
    let _turn = INTAKE.acquire().await.map_err(Error::internal)?;
    let taken = move || intake::take(&vault, &files, rules.scanner.as_deref(), &called, file);
    let taken = tokio::task::spawn_blocking(taken).await.map_err(Error::internal)??;
    let who = Arc::clone(grant.principal());
    let mutation = mutation.also(&[&name, &taken.content.0.digest]);
    app.create(&who, mutation, move |tx| service::add(tx, &grant, &place, &name, &taken)).await
}

/// The file, as a download. There are no parts of it to be had.
#[utoipa::path(get, path = "/customers/{id}/attachments/{aid}/file", tag = "attachments",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path), ("aid" = Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream"),
        (status = 409, description = "It waits for the virus scanner, or was found infected")))]
async fn open(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(place): Path<(Uuid, Uuid)>,
    headers: HeaderMap,
) -> Result<Response> {
    if headers.contains_key(header::RANGE) {
        return Err(Error::new(416, "attachment.no_ranges"));
    }
    let opened = {
        let grant = grant.0.clone();
        app.db.write(move |tx| service::open(tx, &grant, place)).await?
    };
    let length = HeaderValue::from(opened.bytes);
    let mut response = sent(&app, grant.0, opened).await?;
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    Ok(response)
}

/// A small picture of a picture.
#[utoipa::path(get, path = "/customers/{id}/attachments/{aid}/small", tag = "attachments",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path), ("aid" = Uuid, Path)),
    responses((status = 200, content_type = "image/jpeg")))]
async fn open_small(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(place): Path<(Uuid, Uuid)>,
) -> Result<Response> {
    let opened = {
        let grant = grant.0.clone();
        app.db.read(move |tx| service::open_small(tx, &grant, place)).await?
    };
    sent(&app, grant.0, opened).await
}

/// Nothing of it is kept on the way: who may see it is asked each time.
async fn sent(app: &App, grant: Grant<Read, Customer>, opened: Opened) -> Result<Response> {
    let media_type = HeaderValue::from_str(&opened.media_type).map_err(Error::internal)?;
    let name = attachment_header(&opened.name);
    let files = app.files.clone();
    let content = tokio::task::spawn_blocking(move || opened.read(&grant, &files)).await.map_err(Error::internal)??;
    Response::builder()
        .header(header::CONTENT_TYPE, media_type)
        .header(header::CONTENT_DISPOSITION, name)
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::ACCEPT_RANGES, "none")
        .header(header::CACHE_CONTROL, "no-store")
        .body(Content::from_stream(pieces(content)))
        .map_err(Error::internal)
}

fn pieces(content: Unsealing<File>) -> impl stream::Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold(content, |mut content| async move {
        let read = move || {
            let mut piece = vec![0; PIECE];
            let count = content.read(&mut piece)?;
            piece.truncate(count);
            Ok::<_, std::io::Error>((Bytes::from(piece), content))
        };
        let (piece, content) = tokio::task::spawn_blocking(read).await.map_err(std::io::Error::other)??;
        Ok((!piece.is_empty()).then_some((piece, content)))
    })
}

/// Removes a file; it can be brought back for thirty days.
#[utoipa::path(delete, path = "/customers/{id}/attachments/{aid}", tag = "attachments",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path), ("aid" = Uuid, Path)),
    responses((status = 200, body = AttachmentView)))]
async fn remove(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(place): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::set_removed(tx, &grant, place, true)).await
}

/// Brings a removed file back.
#[utoipa::path(post, path = "/customers/{id}/attachments/{aid}/restore", tag = "attachments",
    extensions(("x-permission" = json!("read customer"))), params(("id" = Uuid, Path), ("aid" = Uuid, Path)),
    responses((status = 200, body = AttachmentView)))]
async fn restore(
    State(app): State<App>,
    grant: Granted<Read, Customer>,
    Path(place): Path<(Uuid, Uuid)>,
    mutation: Mutation,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    app.mutate(&who, mutation, move |tx| service::set_removed(tx, &grant, place, false)).await
}
