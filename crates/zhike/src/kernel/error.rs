use std::fmt;
use std::panic::Location;

use serde::Serialize;
use uuid::Uuid;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in a form that a person can be helped with: a stable `code` that the console translates,
/// the fields at fault, and for us the place in the source.
#[derive(Debug)]
pub struct Error {
    pub code: &'static str,
    pub status: u16,
    pub fields: Vec<FieldError>,
    /// What to do about it in plain English; the console shows its own words for `code`.
    pub detail: Option<String>,
    /// The record asked for by the first id is now the one with the second.
    pub moved: Option<Box<(Uuid, Uuid)>>,
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
    pub at: &'static Location<'static>,
}

/// One field of the input and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    pub field: String,
    pub code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Error {
    #[track_caller]
    pub fn new(status: u16, code: &'static str) -> Self {
        Self { code, status, fields: Vec::new(), detail: None, moved: None, source: None, at: Location::caller() }
    }

    /// 422: the input was understood and cannot be accepted.
    #[track_caller]
    pub fn invalid(code: &'static str) -> Self {
        Self::new(422, code)
    }

    /// 422 with the one field at fault.
    #[track_caller]
    pub fn field_invalid(field: &str, code: &'static str) -> Self {
        Self::new(422, "input.invalid").field(field, code)
    }

    /// 404: no such record, or none that the asker may know of; the two must look the same.
    #[track_caller]
    pub fn not_found() -> Self {
        Self::new(404, "not_found")
    }

    #[track_caller]
    pub fn unauthorized(code: &'static str) -> Self {
        Self::new(401, code)
    }

    #[track_caller]
    pub fn forbidden() -> Self {
        Self::new(403, "forbidden")
    }

    /// 409: the request contradicts what is stored.
    #[track_caller]
    pub fn conflict(code: &'static str) -> Self {
        Self::new(409, code)
    }

    /// 308: the record has become part of another one. Asked for anywhere but in the path it is a contradiction (409).
    #[track_caller]
    pub fn moved(code: &'static str, from: Uuid, to: Uuid) -> Self {
        Self {
            moved: Some(Box::new((from, to))),
            detail: Some(format!("it is part of {to} now")),
            ..Self::new(308, code)
        }
    }

    #[track_caller]
    pub fn too_many(code: &'static str) -> Self {
        Self::new(429, code)
    }

    #[track_caller]
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..Self::new(500, "internal") }
    }

    pub fn field(mut self, field: &str, code: &str) -> Self {
        self.fields.push(FieldError { field: field.to_owned(), code: code.to_owned(), message: None });
        self
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Collects the faults of a whole form, so that people see all of them at once.
    #[track_caller]
    pub fn from_fields(fields: Vec<FieldError>) -> Result<()> {
        if fields.is_empty() {
            return Ok(());
        }
        Err(Self { fields, ..Self::new(422, "input.invalid") })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}) at {}", self.code, self.status, self.at)?;
        for field in &self.fields {
            write!(f, "; {}: {}", field.field, field.code)?;
        }
        if let Some(detail) = &self.detail {
            write!(f, "; {detail}")?;
        }
        if let Some(source) = &self.source {
            write!(f, "; {source}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<store::Error> for Error {
    #[track_caller]
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound => Self::not_found(),
            store::Error::Stale => Self::new(412, "stale"),
            store::Error::Unique { .. } => Self { source: Some(error.into()), ..Self::conflict("already_exists") },
            store::Error::ForeignKey { .. } => Self { source: Some(error.into()), ..Self::conflict("still_in_use") },
            store::Error::BadInput(reason) => Self::invalid("query.invalid").detail(reason),
            store::Error::Overloaded | store::Error::Retry => Self::new(503, "overloaded"),
            store::Error::ReadOnly => Self { source: Some(error.into()), ..Self::new(503, "read_only") },
            store::Error::TooSlow => Self { source: Some(error.into()), ..Self::new(503, "too_slow") },
            other => Self::internal(other),
        }
    }
}

impl From<serde_json::Error> for Error {
    #[track_caller]
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}
