//! The description of the interface (OpenAPI 3.1), open to whoever can reach the server: it holds no data.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(document))
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "platform", extensions(("x-permission" = json!("public"))),
    responses((status = 200, body = Object, content_type = "application/json")))]
async fn document(State(app): State<App>) -> Response {
    let body: Bytes = app.document.clone();
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
