use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use documents::table::Format;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::export::Language;
use super::service::{self, Compliance, Group, Question};
use crate::app::App;
use crate::kernel::permission::action::{Export, Read};
use crate::kernel::permission::entity;
use crate::kernel::{Error, Result};
use crate::platform::http::{Granted, Json, Query};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(export))
}

/// How well the regulations were kept, by clause, rule, department or person.
#[utoipa::path(get, path = "/compliance", tag = "policy", extensions(("x-permission" = json!("read compliance"))),
    params(Question), responses((status = 200, body = Compliance)))]
async fn show(
    State(app): State<App>,
    grant: Granted<Read, entity::Compliance>,
    Query(question): Query<Question>,
) -> Result<Json<Compliance>> {
    Ok(Json(app.db.read(move |tx| service::compliance(tx, &grant, &question)).await?))
}

/// The question of the page, and the kind of file.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct File {
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    #[serde(default)]
    group: Group,
    department: Option<Uuid>,
    owner: Option<Uuid>,
    clause: Option<String>,
    rule: Option<String>,
    /// `xlsx` (default) or `csv`.
    format: Option<String>,
    /// `zh` (default) or `en`.
    language: Option<String>,
}

impl File {
    fn format(&self) -> Result<Format> {
        match self.format.as_deref() {
            None | Some("xlsx") => Ok(Format::Xlsx),
            Some("csv") => Ok(Format::Csv),
            Some(_) => Err(Error::field_invalid("format", "unknown")),
        }
    }

    fn language(&self) -> Result<Language> {
        match self.language.as_deref() {
            None | Some("zh") => Ok(Language::Zh),
            Some("en") => Ok(Language::En),
            Some(_) => Err(Error::field_invalid("language", "unknown")),
        }
    }

    fn question(self) -> Question {
        let Self { from, to, group, department, owner, clause, rule, .. } = self;
        Question { from, to, group, department, owner, clause, rule }
    }
}

/// The table as a file.
#[utoipa::path(get, path = "/compliance/export", tag = "policy",
    extensions(("x-permission" = json!("export compliance"))), params(File),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
async fn export(
    State(app): State<App>,
    grant: Granted<Export, entity::Compliance>,
    Query(file): Query<File>,
) -> Result<([(HeaderName, HeaderValue); 2], Vec<u8>)> {
    let (format, language) = (file.format()?, file.language()?);
    let (name, bytes) = service::export(&app.db, grant.0, file.question(), (format, language)).await?;
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).map_err(Error::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes))
}
