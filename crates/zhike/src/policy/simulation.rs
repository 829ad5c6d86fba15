//! `POST /policy/simulate`: the engine run over a file, off the request threads and within a bound of time
//! (`docs/simulate.md`).

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use axum::extract::State;
use serde_json::Value;
use store::Tx;
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::book;
use super::definition::Policy as Regulation;
use super::rules::simulate::{self, SimulationError, SimulationFile, SimulationResult};
use super::start;
use crate::app::App;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity::Policy;
use crate::kernel::{Error, Result};
use crate::platform::http::{Body, Granted, Json};

/// More than enough for every file within the bounds that is not made to be slow.
const TIME_MOST: Duration = Duration::from_secs(10);
/// Simulations at once; one more is refused.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(2));

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(run))
}

/// Runs rules over a timeline; nothing is stored. A policy that the file names is the one in force, or else the start
/// policy.
#[utoipa::path(post, path = "/policy/simulate", tag = "policy", extensions(("x-permission" = json!("read policy"))),
    request_body = Object, responses((status = 200, body = Object)))]
async fn run(
    State(app): State<App>,
    _grant: Granted<Read, Policy>,
    Body(file): Body<Value>,
) -> Result<Json<SimulationResult>> {
    let file: SimulationFile = serde_json::from_value(file).map_err(|error| refused(error.into()))?;
    let named = file.policy.clone();
    let policy = app.db.read(move |tx| named.as_deref().map(|key| policy(tx, key)).transpose()).await?.flatten();
    let place = PLACES.try_acquire().map_err(|_| Error::new(503, "overloaded"))?;
    let result = tokio::task::spawn_blocking(move || {
        let ends = Instant::now() + TIME_MOST;
        let result = simulate::simulate_while(&file, &|_| policy.clone(), &|| Instant::now() < ends);
        drop(place);
        result
    });
    result.await.map_err(Error::internal)?.map(Json).map_err(refused)
}

fn policy(tx: &mut Tx<'_>, key: &str) -> Result<Option<Regulation>> {
    let book = book::load(tx)?;
    let adopted = book.editions.iter().find(|edition| edition.policy.key == key).map(|edition| edition.policy.clone());
    Ok(adopted.or_else(|| start::policy(key)))
}

/// What is wrong with a file, in words: it is written by hand.
pub fn refused(error: SimulationError) -> Error {
    match error {
        SimulationError::Stopped => Error::invalid("simulation.too_long").detail(error.to_string()),
        _ => Error::invalid("simulation.refused").detail(error.to_string()),
    }
}
