//! Moving time in tests of the whole product. The route exists only in a server that was started with a test clock, and
//! answers this machine alone.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::kernel::{Clock, Error, Result};
use crate::platform::http::{Body, Client, Json};

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Now {
    now: Timestamp,
}

pub fn routes(clock: &Clock) -> Router<App> {
    match clock.is_test() {
        true => Router::new().route("/test/clock", post(set)),
        false => Router::new(),
    }
}

async fn set(State(app): State<App>, client: Client, Body(now): Body<Now>) -> Result<Json<Now>> {
    if !client.address.is_loopback() || !app.clock.set(now.now) {
        return Err(Error::forbidden());
    }
    Ok(Json(Now { now: app.clock.now() }))
}
