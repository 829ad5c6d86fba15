//! What handlers take from a request. All refuse with a problem that names the field at fault.

use std::ops::Deref;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::Rule;
use crate::kernel::permission::action::Doing;
use crate::kernel::permission::entity::Of;
use crate::kernel::{Error, FieldError, Result};
use crate::platform::grant::{Grant, Principal};

/// Whoever asks. For routes that are `"signed_in"`.
#[derive(Clone)]
pub struct Who(pub Arc<Principal>);

impl Deref for Who {
    type Target = Arc<Principal>;
    fn deref(&self) -> &Arc<Principal> {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let found = parts.extensions.get::<Arc<Principal>>();
        found.map(|who| Self(Arc::clone(who))).ok_or_else(|| Error::unauthorized("login.needed"))
    }
}

/// The permission that a route declares, as a typed grant for its service. A handler that asks for another permission
/// than its route declares never runs: it answers 500, which a test over all routes would see.
pub struct Granted<A: Doing, E: Of>(pub Grant<A, E>);

impl<A: Doing, E: Of> Deref for Granted<A, E> {
    type Target = Grant<A, E>;
    fn deref(&self) -> &Grant<A, E> {
        &self.0
    }
}

impl<A: Doing, E: Of, S: Send + Sync> FromRequestParts<S> for Granted<A, E> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let declared = parts.extensions.get::<Rule>().copied();
        if declared != Some(Rule::Needs(A::VALUE, E::VALUE)) {
            let fault = format!("{} {} taken where {declared:?} is declared", A::VALUE.word(), E::VALUE.word());
            return Err(Error { source: Some(fault.into()), ..Error::new(500, "route.mismatch") });
        }
        Who::from_request_parts(parts, state).await?.grant().map(Self)
    }
}

/// Parameters in the path. One that cannot be read names nothing that exists.
#[derive(Clone, Copy, Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Error))]
pub struct Path<T>(pub T);

impl From<PathRejection> for Error {
    #[track_caller]
    fn from(_: PathRejection) -> Self {
        Self::not_found()
    }
}

/// Parameters after the question mark.
#[derive(Clone, Copy, Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Error))]
pub struct Query<T>(pub T);

impl From<QueryRejection> for Error {
    #[track_caller]
    fn from(rejection: QueryRejection) -> Self {
        Self { detail: expectation(&rejection.body_text()), ..Self::invalid("query.invalid") }
    }
}

/// The version that the client changed, from `If-Match: "3"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version(pub i64);

impl Version {
    /// Refuses with 412 when the stored record is another one by now.
    #[track_caller]
    pub fn check(self, stored: i64) -> Result<()> {
        if self.0 == stored { Ok(()) } else { Err(Error::new(412, "stale")) }
    }

    fn read(headers: &HeaderMap) -> Result<Self> {
        let Some(value) = headers.get(header::IF_MATCH) else { return Err(Error::new(428, "version.missing")) };
        let text = value.to_str().unwrap_or_default().trim();
        let text = text.strip_prefix("W/").unwrap_or(text).trim_matches('"');
        text.parse().map(Self).map_err(|_| Error::new(412, "stale"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Version {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Self::read(&parts.headers)
    }
}

/// A JSON body. Unknown fields are refused where `T` says so (`#[serde(deny_unknown_fields)]`), as every input must.
#[derive(Clone, Copy, Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        if !is_json(request.headers()) {
            return Err(Error::new(415, "body.not_json"));
        }
        let bytes = Bytes::from_request(request, state).await?;
        parse(&bytes).map(Self)
    }
}

impl From<BytesRejection> for Error {
    #[track_caller]
    fn from(rejection: BytesRejection) -> Self {
        match rejection.status().as_u16() {
            413 => Self::new(413, "body.too_large"),
            _ => Self::new(400, "body.unreadable"),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Reads JSON and says which field is at fault.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        fault(&path, error.inner())
    })?;
    reader.end().map_err(|error| Error::new(400, "body.malformed").detail(error.to_string()))?;
    Ok(value)
}

/// What was expected, of what serde says. What was sent instead is not said again (C44): answers are passed around. Where
/// in the body it was is of no use to a form.
fn expectation(message: &str) -> Option<String> {
    let at = message.rfind("expected ")?;
    message[at..].split(" at line ").next().map(str::to_owned)
}

fn fault(path: &str, error: &serde_json::Error) -> Error {
    if !error.is_data() {
        return Error::new(400, "body.malformed").detail(error.to_string());
    }
    let message = error.to_string();
    let named = message.split('`').nth(1).unwrap_or_default();
    let inside = |name: &str| match path {
        "." => name.to_owned(),
        _ if path.ends_with(name) => path.to_owned(),
        _ => format!("{path}.{name}"),
    };
    let (field, code) = match () {
        () if message.starts_with("unknown field") => (inside(named), "unknown_field"),
        () if message.starts_with("missing field") => (inside(named), "required"),
        () => (path.to_owned(), "malformed"),
    };
    let fields = vec![FieldError { field, code: code.to_owned(), message: expectation(&message) }];
    Error { fields, ..Error::new(422, "input.invalid") }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        name: String,
        #[serde(default)]
        inner: Option<Inner>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        count: i64,
    }

    #[test]
    fn faults_name_their_field() {
        let fine = Outer { name: "a".to_owned(), inner: Some(Inner { count: 1 }) };
        assert_eq!(parse::<Outer>(br#"{"name":"a","inner":{"count":1}}"#).unwrap(), fine);
        let cases = [
            (r#"{}"#, "name", "required"),
            (r#"{"name":1}"#, "name", "malformed"),
            (r#"{"name":"a","owner_id":1}"#, "owner_id", "unknown_field"),
            (r#"{"name":"a","inner":{}}"#, "inner.count", "required"),
            (r#"{"name":"a","inner":{"count":"x"}}"#, "inner.count", "malformed"),
            (r#"{"name":"a","inner":{"count":1,"more":2}}"#, "inner.more", "unknown_field"),
        ];
        for (body, field, code) in cases {
            let error = parse::<Outer>(body.as_bytes()).unwrap_err();
            assert_eq!(error.status, 422, "{body}");
            assert_eq!((error.fields[0].field.as_str(), error.fields[0].code.as_str()), (field, code), "{body}");
        }
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for body in ["", "{", r#"{"name":"a"} more"#, "\u{feff}{}"] {
            assert_eq!(parse::<Outer>(body.as_bytes()).unwrap_err().status, 400, "{body}");
        }
    }

    #[test]
    fn versions_are_read_as_entity_tags() {
        let headers = |value: &'static str| HeaderMap::from_iter([(header::IF_MATCH, value.parse().unwrap())]);
        assert_eq!(Version::read(&headers("\"3\"")).unwrap(), Version(3));
        assert_eq!(Version::read(&headers("W/\"12\"")).unwrap(), Version(12));
        assert_eq!(Version::read(&headers("*")).unwrap_err().status, 412);
        assert_eq!(Version::read(&HeaderMap::new()).unwrap_err().status, 428);
    }
}
