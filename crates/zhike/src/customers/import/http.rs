//! The routes of an import.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::convert::Reading;
use super::model::{Import, Subject};
use super::preview::{self, Preview};
use super::service::{self, ImportView, Mapping};
use super::source::Around;
use super::{job, rejected, source};
use crate::app::App;
use crate::customers::cooperation;
use crate::kernel::permission::action::Import as Importing;
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Error, Result};
use crate::platform::http::{Answer, Body, Granted, Json, Mutation, Path, Query, download, receive};
use crate::platform::jobs::JobStarted;

/// Bytes around the file in a form.
const FORM_MOST: usize = 1 << 20;

type MayImport = Granted<Importing, Customer>;

pub fn routes() -> OpenApiRouter<App> {
    let most = source::limits().file_bytes as usize + FORM_MOST;
    let upload = OpenApiRouter::new().routes(routes!(list_imports, upload)).layer(DefaultBodyLimit::max(most));
    OpenApiRouter::new()
        .merge(upload)
        .routes(routes!(get_import))
        .routes(routes!(choose_sheet))
        .routes(routes!(map))
        .routes(routes!(start))
        .routes(routes!(refused))
}

/// A file in a form.
#[derive(ToSchema)]
#[allow(unused)] // describes the form to readers of the interface; the form itself is read as it streams in
struct UploadForm {
    #[schema(value_type = String, format = Binary)]
    file: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UploadQuery {
    /// What its rows are: customers, or what customers ordered and signed.
    #[serde(default)]
    #[param(inline)]
    subject: Subject,
}

#[derive(Serialize, ToSchema)]
struct Imports {
    items: Vec<ImportView>,
}

/// The asker's latest imports.
#[utoipa::path(get, path = "/imports", tag = "imports",
    extensions(("x-permission" = json!("import customer"))), responses((status = 200, body = Imports)))]
async fn list_imports(State(app): State<App>, grant: MayImport) -> Result<Json<Imports>> {
    let items = app.db.read(move |tx| service::list(tx, &grant)).await?;
    Ok(Json(Imports { items }))
}

/// Takes in a sheet (`.xlsx`, or `.csv` in UTF-8, UTF-16 or GB18030) and says what its columns seem to be.
#[utoipa::path(post, path = "/imports", tag = "imports",
    extensions(("x-permission" = json!("import customer"))), params(UploadQuery),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = ImportView), (status = 413, description = "More than is taken in"),
        (status = 422, description = "No table, or one that is damaged or made to do harm")))]
async fn upload(
    State(app): State<App>,
    grant: MayImport,
    Query(UploadQuery { subject }): Query<UploadQuery>,
    mutation: Mutation,
    form: Multipart,
) -> Result<Answer> {
    let (name, file) = receive(form, source::limits().file_bytes, "file.too_large").await?;
    let people = {
        let grant = grant.0.clone();
        app.db.read(move |tx| service::people(tx, &grant)).await?
    };
    let (files, around) = (app.files.clone(), Around { added: service::added(grant.principal()), people });
    let taken = move || {
        let look = file.try_clone().map_err(Error::internal)?;
        let found = source::inspect(look, None, subject, &around)?;
        let mut file = file;
        std::io::Seek::rewind(&mut file).map_err(Error::internal)?;
        Ok::<_, Error>((files.put(&mut file, source::limits().file_bytes)?, found))
    };
    let (blob, found) = blocking(taken).await?;
    let who = Arc::clone(grant.principal());
    let mutation = mutation.also(&[&name, &blob.digest]);
    app.create(&who, mutation, move |tx| service::create(tx, &grant, (subject, &name), &blob, &found)).await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// How far an import is.
#[utoipa::path(get, path = "/imports/{id}", tag = "imports",
    extensions(("x-permission" = json!("import customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, body = ImportView)))]
async fn get_import(State(app): State<App>, grant: MayImport, Path(id): Path<Uuid>) -> Result<Json<ImportView>> {
    Ok(Json(app.db.read(move |tx| service::get(tx, &grant, id)).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SheetChoice {
    /// From 0.
    sheet: usize,
}

/// Looks at another sheet of the workbook.
#[utoipa::path(put, path = "/imports/{id}/sheet", tag = "imports",
    extensions(("x-permission" = json!("import customer"))), params(("id" = Uuid, Path)), request_body = SheetChoice,
    responses((status = 200, body = ImportView)))]
async fn choose_sheet(
    State(app): State<App>,
    grant: MayImport,
    Path(id): Path<Uuid>,
    Body(choice): Body<SheetChoice>,
) -> Result<Json<ImportView>> {
    let (import, people) = {
        let grant = grant.0.clone();
        app.db
            .read(move |tx| Ok::<_, Error>((Import::of(tx, grant.principal(), id)?, service::people(tx, &grant)?)))
            .await?
    };
    let (files, around) = (app.files.clone(), Around { added: service::added(grant.principal()), people });
    let look = move || {
        let file = files.read(&import.digest)?;
        source::inspect(file, Some(choice.sheet), import.subject, &around)
    };
    let found = blocking(look).await?;
    Ok(Json(app.db.write(move |tx| service::choose_sheet(tx, &grant, id, &found)).await?))
}

/// Says where the columns go, and shows what would become of the rows.
#[utoipa::path(put, path = "/imports/{id}/mapping", tag = "imports",
    extensions(("x-permission" = json!("import customer"))), params(("id" = Uuid, Path)), request_body = Mapping,
    responses((status = 200, body = Preview), (status = 409, description = "It runs, or has run")))]
async fn map(
    State(app): State<App>,
    grant: MayImport,
    Path(id): Path<Uuid>,
    Body(mapping): Body<Mapping>,
) -> Result<Json<Preview>> {
    let who = Arc::clone(grant.principal());
    let (import, reading) = app
        .db
        .write(move |tx| {
            let import = service::map(tx, &grant, id, &mapping)?;
            let reading = match import.subject {
                Subject::Customer => How::Customers(Box::new(job::reading(tx, grant.principal(), &import)?)),
                Subject::Cooperation => How::Cooperation(cooperation::import::Reading::new(
                    &import.columns()?,
                    cooperation::service::zone(tx)?,
                )),
            };
            Ok::<_, Error>((import, reading))
        })
        .await?;
    let (db, files) = (app.db.clone(), app.files.clone());
    let look = move || {
        let file = files.read(&import.digest)?;
        match &reading {
            How::Customers(reading) => preview::preview(&db, &who, &import, reading, file),
            How::Cooperation(reading) => cooperation::import::preview(&db, &who, &import, reading, file),
        }
    };
    Ok(Json(blocking(look).await?))
}

/// How rows are read.
enum How {
    Customers(Box<Reading>),
    Cooperation(cooperation::import::Reading),
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StartRequest {
    /// Looks at every row and writes nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Starts the import, or a dry run, as a job; `GET /jobs/{id}` tells how far it is. A run that failed goes on where it
/// was.
#[utoipa::path(post, path = "/imports/{id}/start", tag = "imports",
    extensions(("x-permission" = json!("import customer"))), params(("id" = Uuid, Path)), request_body = StartRequest,
    responses((status = 200, body = JobStarted), (status = 409, description = "It is done, or not mapped yet")))]
async fn start(
    State(app): State<App>,
    grant: MayImport,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(asked): Body<StartRequest>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let begin = move |tx: &mut store::Tx<'_>| Ok(JobStarted { job_id: service::start(tx, &grant, id, asked.dry_run)? });
    app.mutate(&who, mutation, begin).await
}

/// The rows that were not taken, with the reason in each, as a workbook.
#[utoipa::path(get, path = "/imports/{id}/rejected", tag = "imports",
    extensions(("x-permission" = json!("import customer"))), params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
async fn refused(State(app): State<App>, grant: MayImport, Path(id): Path<Uuid>) -> Result<Response> {
    let import = app.db.read(move |tx| rejected::import(tx, &grant, id)).await?;
    let (files, db) = (app.files.clone(), app.db.clone());
    let name = format!("未导入-{}.xlsx", stem(&import.file_name));
    let write = move || {
        let to = tempfile::tempfile().map_err(Error::internal)?;
        rejected::write(&db, &import, files.read(&import.digest)?, to.try_clone().map_err(Error::internal)?)?;
        Ok(to)
    };
    let file = blocking(write).await?;
    download(file, &name, documents::table::Format::Xlsx.media_type()).await
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
