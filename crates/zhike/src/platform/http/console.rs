//! The console's files, embedded in the program. Names with a hash in them never change; the page itself is asked for
//! again each time. Whatever is no file is a page of the console, which finds its own way.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::kernel::Error;
use crate::platform::vault::hex;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Files;

const PAGE: &str = "index.html";
const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";
/// Shown by a program that was built without the console.
const WITHOUT_CONSOLE: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>知客</title>\
    <p>本程序构建时未包含网页控制台，请运行 <code>make run</code>。接口位于 <a href=\"/api/v1/openapi.json\">/api/v1</a>。\
    <p lang=\"en\">This program was built without the web console; run <code>make run</code>. \
    The API is at <a href=\"/api/v1/openapi.json\">/api/v1</a>.";

/// Answers what no route answers.
pub async fn console(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Error::not_found().into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let name = if path.is_empty() { PAGE } else { path };
    // Somebody who types an address with a dot in it is shown a page that says so; a script that asks for a file, nothing.
    let is_typed =
        request.headers().get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"));
    let is_file = !is_typed && name.rsplit('/').next().is_some_and(|last| last.contains('.'));
    match (find(name, request.headers()), is_file) {
        (Some(found), _) => found.answer(request.headers()),
        (None, true) if name != PAGE => StatusCode::NOT_FOUND.into_response(),
        (None, _) => page(request.headers()),
    }
}

fn page(headers: &HeaderMap) -> Response {
    match find(PAGE, headers) {
        Some(page) => page.answer(headers),
        None => axum::response::Html(WITHOUT_CONSOLE).into_response(),
    }
}

struct Found {
    name: String,
    file: EmbeddedFile,
    compressed: bool,
}

/// The file, in its compressed form if there is one and the client can read it.
fn find(name: &str, headers: &HeaderMap) -> Option<Found> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes_br = accepted.split(',').any(|coding| coding.split(';').next().is_some_and(|c| c.trim() == "br"));
    let compressed = if takes_br { Files::get(&format!("{name}.br")) } else { None };
    match compressed {
        Some(file) => Some(Found { name: name.to_owned(), file, compressed: true }),
        None => Files::get(name).map(|file| Found { name: name.to_owned(), file, compressed: false }),
    }
}

impl Found {
    fn answer(self, asked: &HeaderMap) -> Response {
        let tag = format!("\"{}\"", hex(&self.file.metadata.sha256_hash()[..12]));
        let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let unchanged = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
        let mut response = match unchanged {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => body(self.file.data).into_response(),
        };
        let headers = response.headers_mut();
        let caching = if self.name.starts_with("assets/") { FOREVER } else { ASK_AGAIN };
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&self.name)));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if self.compressed {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        response
    }
}

fn body(data: Cow<'static, [u8]>) -> Body {
    match data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    }
}

/// By the ending of the name; what is none of these is no part of a console.
fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
