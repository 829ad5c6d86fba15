//! A person's own notifications.

use std::sync::Arc;

use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::list::{Asked, List};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{Notification, service};
use crate::app::App;
use crate::kernel::{Error, Result};
use crate::platform::http::{Answer, Body, Json, Mutation, Query, Who};

const IDS_MOST: usize = 500;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageQuery {
    cursor: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize, ToSchema)]
struct NotificationView {
    id: Uuid,
    kind: String,
    /// Key of the console's text.
    #[schema(example = "notification.duty_due")]
    title_key: String,
    /// What the text mentions.
    #[schema(value_type = Object)]
    params: Value,
    link: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    read: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct Notifications {
    items: Vec<NotificationView>,
    next: Option<String>,
}

impl From<Notification> for NotificationView {
    fn from(notification: Notification) -> Self {
        Self {
            id: notification.id,
            title_key: format!("notification.{}", notification.kind),
            kind: notification.kind,
            params: notification.params,
            link: notification.link,
            at: notification.at,
            read: notification.read_at.is_some(),
        }
    }
}

/// One's own notifications, newest first.
#[utoipa::path(get, path = "/notifications", tag = "platform", extensions(("x-permission" = json!("signed_in"))),
    params(PageQuery), responses((status = 200, body = Notifications)))]
async fn list(State(app): State<App>, who: Who, Query(query): Query<PageQuery>) -> Result<Json<Notifications>> {
    let asked = Asked::parse(None, None, query.cursor.as_deref(), query.limit)?;
    let List { items, next } = app.db.read(move |tx| service::list(tx, &who, &asked)).await?;
    Ok(Json(Notifications { items: items.into_iter().map(NotificationView::from).collect(), next }))
}

/// Which: those named, or all.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadThese {
    #[serde(default)]
    ids: Vec<Uuid>,
    #[serde(default)]
    all: bool,
}

/// Marks notifications as read.
#[utoipa::path(post, path = "/notifications/read", tag = "platform", extensions(("x-permission" = json!("signed_in"))),
    request_body = ReadThese, responses((status = 204)))]
async fn read(State(app): State<App>, who: Who, mutation: Mutation, Body(these): Body<ReadThese>) -> Result<Answer> {
    if these.ids.len() > IDS_MOST {
        return Err(Error::field_invalid("ids", "too_many"));
    }
    let asker = Arc::clone(&who.0);
    let mark =
        move |tx: &mut store::Tx<'_>| service::mark_read(tx, &who, if these.all { None } else { Some(&these.ids) });
    app.mutate(&asker, mutation, mark).await
}
