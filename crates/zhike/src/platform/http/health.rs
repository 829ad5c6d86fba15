//! For whoever runs the server: alive, ready, numbers.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{Client, metrics};
use crate::app::App;
use crate::kernel::{Error, Result};
use crate::platform::access::epoch;

pub fn routes() -> Router<App> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).route("/metrics", get(numbers))
}

/// The process answers.
async fn alive() -> &'static str {
    "ok"
}

/// The database answers and takes writes, and the server is not about to stop.
async fn ready(State(app): State<App>) -> Result<&'static str> {
    if app.is_closing() {
        return Err(Error::new(503, "closing"));
    }
    app.db.read(epoch::read).await?;
    if !app.db.takes_writes() {
        return Err(Error::new(503, "read_only").detail("the disk takes no writes; make room on it"));
    }
    Ok("ready")
}

/// Only for this machine, unless the operator opened it: numbers tell how busy a company is.
async fn numbers(State(app): State<App>, client: Client) -> Result<Response> {
    if !app.config.open_metrics && !client.local {
        return Err(Error::forbidden());
    }
    let text = metrics::render(&app.db)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}
