use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, ManyRequest, Request};
use crate::app::App;
use crate::kernel::permission::action::Export;
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Error, Id, Result};
use crate::platform::exports::Released;
use crate::platform::heavy;
use crate::platform::http::{Answer, Body, Granted, Mutation, Path};
use crate::platform::jobs::JobStarted;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(print)).routes(routes!(print_many))
}

/// A form filled for one customer; `POST /exports/{file}/link` says where it is fetched.
#[utoipa::path(post, path = "/customers/{id}/documents", tag = "customers",
    extensions(("x-permission" = json!("export customer"))), params(("id" = Uuid, Path)), request_body = Request,
    responses((status = 201, body = Released)))]
async fn print(
    State(app): State<App>,
    grant: Granted<Export, Customer>,
    Path(id): Path<Uuid>,
    mutation: Mutation,
    Body(request): Body<Request>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let id = Id::from_uuid(id);
    // A form is in memory as a whole while it is laid out: a few at a time, the others wait.
    let _place = heavy::place().await?;
    let (filled, begun) = {
        let (grant, request) = (grant.0.clone(), request.clone());
        app.db.read(move |tx| service::fill(tx, &grant, id, &request)).await?
    };
    let (files, format) = (app.files.clone(), request.format);
    let (name, rows) = (filled.name.clone(), filled.rows);
    let written = move || files.put_with(|file| service::write(&filled, format, file));
    let blob = tokio::task::spawn_blocking(written).await.map_err(Error::internal)??;
    app.create(&who, mutation, move |tx| service::release(tx, &grant, id, (&request, (&name, rows, &begun), &blob)))
        .await
}

/// Forms of many customers as a job, whose result names the file: one PDF, or an archive.
#[utoipa::path(post, path = "/customers/documents", tag = "customers",
    extensions(("x-permission" = json!("export customer"))), request_body = ManyRequest,
    responses((status = 200, body = JobStarted)))]
async fn print_many(
    State(app): State<App>,
    grant: Granted<Export, Customer>,
    mutation: Mutation,
    Body(request): Body<ManyRequest>,
) -> Result<Answer> {
    let who = Arc::clone(grant.principal());
    let begin = move |tx: &mut store::Tx<'_>| Ok(JobStarted { job_id: service::start(tx, &grant, &request)? });
    app.mutate(&who, mutation, begin).await
}
