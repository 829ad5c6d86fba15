//! Errors as they leave the server: problem details (RFC 9457) with a stable code and the request's id.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::{Error, FieldError};

/// What a client is told. The console shows its own words for `code`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: &'static str,
    pub status: u16,
    /// Stable; `area.what`.
    #[schema(example = "input.invalid")]
    pub code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    pub request_id: Uuid,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
}

/// The error is handed to the edge of the server in the response's extensions: the edge knows the request's id, logs
/// the cause, and writes the body.
impl IntoResponse for Error {
    fn into_response(self) -> axum::response::Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Writes the body of an error; the cause of a 5xx stays in the log.
pub fn render(error: &Error, request: Uuid) -> Response<Body> {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let problem = Problem {
        kind: format!("urn:zhike:problem:{}", error.code),
        title: title(status),
        status: status.as_u16(),
        code: error.code.to_owned(),
        detail: error.detail.clone(),
        request_id: request,
        fields: error.fields.clone(),
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    match status {
        StatusCode::TOO_MANY_REQUESTS => headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60")),
        StatusCode::SERVICE_UNAVAILABLE => headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1")),
        _ => None,
    };
    response
}

/// The error for a refusal that was made without one (no such method, body too large …).
pub fn of_status(status: StatusCode) -> Error {
    let code = match status {
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "body.too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "body.not_json",
        StatusCode::BAD_REQUEST => "request.malformed",
        _ if status.is_server_error() => "internal",
        _ => "request.refused",
    };
    Error::new(status.as_u16(), code)
}

fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "The request could not be read",
        401 => "Please sign in",
        403 => "You may not do this",
        404 => "There is no such thing here",
        409 => "This contradicts what is stored",
        412 => "Someone else changed this in the meantime",
        413 => "That is too large",
        422 => "Some of the input cannot be accepted",
        428 => "The version that you changed is missing",
        429 => "Too many attempts",
        503 => "The server is busy",
        500.. => "Something went wrong on our side",
        _ => status.canonical_reason().unwrap_or("The request was refused"),
    }
}
