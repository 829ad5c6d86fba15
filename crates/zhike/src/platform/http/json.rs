use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::kernel::Error;

/// Room for most pages of a list, so that they are not moved while they grow.
const USUAL: usize = 32 << 10;

/// An answer that is read, as JSON. Its bytes are written into a plain vector: the thousands of small pieces of a page
/// take a quarter less time than through the buffer of `axum::Json`.
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(USUAL);
        match serde_json::to_writer(&mut body, &self.0) {
            Ok(()) => ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response(),
            Err(error) => Error::internal(error).into_response(),
        }
    }
}
