//! Writes that may safely be sent again. A client that got no answer repeats its request with the same
//! `Idempotency-Key`; the answer was stored in the transaction of the change, so the repeat changes nothing and gets the
//! same answer. Answers with a secret or an unmasked personal value must not be stored: such handlers use `App::write`.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Tx, turns};

use crate::app::App;
use crate::kernel::{Error, Id, Result};
use crate::platform::access::model::User;
use crate::platform::grant::Principal;

pub const KEY_HEADER: &str = "idempotency-key";
const KEY_MOST: usize = 200;

store::statements! {
    KNOWN = "select request_hash, status, body, version from idempotency where staff_id = $1 and key = $2";
    REMEMBER = "insert into idempotency (staff_id, key, request_hash, status, body, version, at)
        values ($1, $2, $3, $4, $5, $6, $7)";
}

/// The key of a request, if it carries one, and a digest of method, path and body. Put together by the guard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mutation {
    pub key: Option<String>,
    pub request_hash: Vec<u8>,
}

impl Mutation {
    pub fn check_key(key: &HeaderValue) -> Result<String> {
        let text = key.to_str().unwrap_or_default();
        let fine = (1..=KEY_MOST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fine { Ok(text.to_owned()) } else { Err(Error::invalid("idempotency_key.invalid")) }
    }

    /// Makes these parts of the request count too: the same key with another content is refused.
    pub fn also(mut self, parts: &[&str]) -> Self {
        let mut hash = Sha256::new_with_prefix(&self.request_hash);
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        self.request_hash = hash.finalize().to_vec();
        self
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Mutation {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// A finished answer: JSON, with the record's version as its entity tag.
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    body: Vec<u8>,
    version: Option<i64>,
    replayed: bool,
}

/// What an answer tells of its record's version.
#[derive(Deserialize)]
struct Versioned {
    version: Option<i64>,
}

impl Answer {
    /// 200 with a record and its version.
    pub fn of(record: &impl Serialize, version: i64) -> Result<Self> {
        let body = serde_json::to_vec(record)?;
        Ok(Self { status: StatusCode::OK, body, version: Some(version), replayed: false })
    }

    /// An answer whose version, if any, is the `version` of what is answered; nothing to answer is 204.
    pub fn with_status(status: StatusCode, record: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_vec(record)?;
        if body == b"null" {
            return Ok(Self { status: StatusCode::NO_CONTENT, body: Vec::new(), version: None, replayed: false });
        }
        let told = serde_json::from_slice(&body).ok().filter(|_| body.starts_with(b"{"));
        let version = told.and_then(|Versioned { version }| version);
        Ok(Self { status, body, version, replayed: false })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body).into_response();
        let headers = response.headers_mut();
        match self.status {
            StatusCode::NO_CONTENT => drop(headers.remove(header::CONTENT_TYPE)),
            _ => drop(headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))),
        }
        if let Some(Ok(tag)) = self.version.map(|version| HeaderValue::from_str(&format!("\"{version}\""))) {
            headers.insert(header::ETAG, tag);
        }
        if self.replayed {
            let name = HeaderName::from_static("idempotency-replayed");
            headers.insert(name, HeaderValue::from_static("true"));
        }
        response
    }
}

impl App {
    /// Runs a write once per Idempotency-Key and answers 200 (204 for `()`).
    pub async fn mutate<T, F>(&self, who: &Principal, mutation: Mutation, work: F) -> Result<Answer>
    where
        T: Serialize + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.once(who, mutation, StatusCode::OK, work).await
    }

    /// Like [`App::mutate`], answering 201.
    pub async fn create<T, F>(&self, who: &Principal, mutation: Mutation, work: F) -> Result<Answer>
    where
        T: Serialize + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.once(who, mutation, StatusCode::CREATED, work).await
    }

    async fn once<T, F>(&self, who: &Principal, mutation: Mutation, status: StatusCode, work: F) -> Result<Answer>
    where
        T: Serialize + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (user, now) = (who.user, who.now);
        self.db
            .write(move |tx| {
                if let Some(known) = known(tx, user, &mutation)? {
                    return Ok(known);
                }
                let answer = Answer::with_status(status, &work(tx)?)?;
                remember(tx, user, &mutation, &answer, now)?;
                Ok(answer)
            })
            .await
    }
}

fn known(tx: &mut Tx<'_>, user: Id<User>, mutation: &Mutation) -> Result<Option<Answer>> {
    let Some(key) = &mutation.key else { return Ok(None) };
    turns::take(tx, "idempotency", [key])?;
    let Some(row) = tx.query_opt(&KNOWN, &[&user, key])? else { return Ok(None) };
    if row.get::<Vec<u8>>(0)? != mutation.request_hash {
        return Err(Error::conflict("idempotency_key.reused"));
    }
    let status = u16::try_from(row.get::<i64>(1)?).map_err(Error::internal)?;
    Ok(Some(Answer {
        status: StatusCode::from_u16(status).map_err(Error::internal)?,
        body: row.get::<String>(2)?.into_bytes(),
        version: row.get(3)?,
        replayed: true,
    }))
}

fn remember(tx: &mut Tx<'_>, user: Id<User>, mutation: &Mutation, answer: &Answer, now: Timestamp) -> Result<()> {
    let Some(key) = &mutation.key else { return Ok(()) };
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    let status = i64::from(answer.status.as_u16());
    tx.execute(&REMEMBER, &[&user, key, &mutation.request_hash, &status, &body, &answer.version, &now])?;
    Ok(())
}
