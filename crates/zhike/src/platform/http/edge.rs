//! The outermost layer: names each request, sheds load, limits time, turns panics and errors into problems, and leaves
//! one line in the log and the numbers for each.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use super::lanes::Lane;
use super::{Client, headers, metrics, problem};
use crate::app::App;
use crate::kernel::Error;

/// The label of requests that match no route.
const UNMATCHED: &str = "unmatched";

pub async fn edge(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let client = Client::of(&request, &app.config);
    let matched = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let about = About {
        method: request.method().clone(),
        api: request.uri().path().starts_with("/api/"),
        route: matched.unwrap_or_else(|| UNMATCHED.to_owned()),
        place: request.uri().to_string(),
        client: client.clone(),
    };
    request.extensions_mut().insert(client);
    let response = run(&app, &about, request, next).await;
    about.finish(response, started)
}

async fn run(app: &App, about: &About, request: Request, next: Next) -> Response {
    let lane = Lane::of(&about.route);
    let _permit = match app.lanes.enter(lane) {
        Ok(permit) => permit,
        Err(error) => return error.into_response(),
    };
    let work = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(app.lanes.time(lane), work).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => Error::internal(panic_text(panic.as_ref())).into_response(),
        Err(_) => Error::new(503, "request.took_too_long").into_response(),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a handler panicked".to_owned())
}

/// What is remembered of a request while it is answered.
struct About {
    method: Method,
    api: bool,
    route: String,
    /// Path and query, as asked for.
    place: String,
    client: Client,
}

impl About {
    fn finish(&self, mut response: Response, started: Instant) -> Response {
        let error = response.extensions_mut().remove::<Arc<Error>>();
        let error = error.or_else(|| self.unexplained(&response).map(Arc::new));
        if let Some(error) = &error {
            let headers = std::mem::take(response.headers_mut());
            response = self.led_on(error).unwrap_or_else(|| problem::render(error, self.client.request));
            for (name, value) in headers.iter().filter(|(name, _)| *name == axum::http::header::SET_COOKIE) {
                response.headers_mut().append(name, value.clone());
            }
        }
        headers::harden(response.headers_mut(), self.client.https, self.api);
        if let Ok(id) = HeaderValue::from_str(&self.client.request.to_string()) {
            response.headers_mut().insert("x-request-id", id);
        }
        let status = response.status().as_u16();
        let took = started.elapsed();
        metrics::request(self.method.as_str(), &self.route, status, took);
        self.log(status, took.as_micros() as u64, error.as_deref());
        response
    }

    /// Leads to where a record is now. A request that names it elsewhere than in its path contradicts what is stored.
    fn led_on(&self, error: &Error) -> Option<Response> {
        let (from, to) = error.moved.as_deref()?;
        let there = self.place.replace(&from.to_string(), &to.to_string());
        let status = if there == self.place { StatusCode::CONFLICT } else { StatusCode::PERMANENT_REDIRECT };
        let mut response = problem::render(error, self.client.request);
        *response.status_mut() = status;
        if status == StatusCode::PERMANENT_REDIRECT {
            response.headers_mut().insert(LOCATION, HeaderValue::from_str(&there).ok()?);
        }
        Some(response)
    }

    /// An error of the API that was made without one of ours.
    fn unexplained(&self, response: &Response) -> Option<Error> {
        let status = response.status();
        let failed = status.is_client_error() || status.is_server_error();
        (failed && self.api).then(|| problem::of_status(status))
    }

    fn log(&self, status: u16, micros: u64, error: Option<&Error>) {
        let (request, method, route) = (self.client.request, self.method.as_str(), self.route.as_str());
        match error {
            Some(error) if status >= StatusCode::INTERNAL_SERVER_ERROR.as_u16() => {
                tracing::error!(%request, method, route, status, micros, %error, "failed");
            }
            Some(error) => tracing::info!(%request, method, route, status, micros, code = error.code, "refused"),
            None => tracing::debug!(%request, method, route, status, micros, "answered"),
        }
    }
}
