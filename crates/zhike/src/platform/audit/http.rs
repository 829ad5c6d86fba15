//! Reading and checking the audit.

use std::collections::BTreeMap;

use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;
use store::list::{Asked, List};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::service::{self, Shown};
use super::{Verdict, rules, telling};
use crate::app::App;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity::Audit;
use crate::kernel::{Entity, Error, Result};
use crate::platform::access::names::Named;
use crate::platform::grant::Principal;
use crate::platform::http::{Granted, Json, Query};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(entries)).routes(routes!(verify))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EntriesQuery {
    /// `[[field, op, value], …]` over `at`, `actor`, `action`, `entity`, `entity_id`, `customer_id`, `ip`.
    filter: Option<String>,
    sort: Option<String>,
    cursor: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize, ToSchema)]
struct EntryView {
    seq: i64,
    id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    actor: Option<Uuid>,
    actor_name: String,
    ip: Option<String>,
    request_id: Uuid,
    #[schema(example = "update")]
    action: String,
    #[schema(example = "customer")]
    entity: String,
    entity_id: Uuid,
    customer_id: Option<Uuid>,
    /// The customer or the colleague, for whom the asker may see.
    record: Option<Named>,
    /// `{field: {from, to}}`; a personal value is named by a digest.
    #[schema(value_type = Object)]
    changes: Value,
    /// Fields of a record that the asker does not see: that they changed is told, what stood in them is not.
    withheld: Vec<String>,
    /// What changed is too long for a list; long texts and lists lack their ends.
    cut: bool,
    /// What it told is gone, since it was about somebody who was erased.
    erased: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct Entries {
    items: Vec<EntryView>,
    /// The colleagues that the changes speak of, by id.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    names: BTreeMap<Uuid, String>,
    next: Option<String>,
}

/// Bytes of what one entry tells in a list.
const LISTED_MOST: usize = 8 << 10;

/// An entry as `who` may read it: fields that are hidden from them are hidden here too, and of records that they do not
/// see they are told no more than which fields changed.
fn view(who: &Principal, Shown { entry, record, in_full }: Shown) -> Result<EntryView> {
    let (mut changes, cut) = rules::within(LISTED_MOST, serde_json::from_str(&entry.changes)?);
    if let (Some(changes), Some(entity)) = (changes.as_object_mut(), Entity::from_word(&entry.entity)) {
        // Why a field was marked may tell what stands in it; a digest tells whether two values are the same.
        let marks = who.hidden(entity).next().map(|_| "key_facts");
        changes.retain(|field, _| !who.is_unseen(entity, field) && Some(field.as_str()) != marks);
    }
    let withheld = if in_full { Vec::new() } else { telling::withhold(&mut changes) };
    Ok(EntryView {
        seq: entry.seq,
        id: entry.id,
        at: entry.at,
        actor: entry.actor,
        actor_name: entry.actor_name,
        ip: entry.ip,
        request_id: entry.request_id,
        action: entry.action,
        entity: entry.entity,
        entity_id: entry.entity_id,
        customer_id: entry.customer_id,
        record,
        changes,
        withheld,
        cut,
        erased: entry.erased_at.is_some(),
    })
}

/// Colleagues that a change names, before and after.
fn people_in(changes: &Value) -> impl Iterator<Item = Uuid> {
    const FIELDS: [&str; 7] = ["owner", "owner_id", "head_id", "supervisor_id", "deputy_id", "user_id", "assignee_id"];
    let is_custom = |field: &str| crate::kernel::custom::number_of(field).is_some();
    let all = changes.as_object().into_iter().flatten();
    let values =
        all.filter(move |(field, _)| FIELDS.contains(&field.as_str()) || is_custom(field)).map(|(_, value)| value);
    values.flat_map(|value| [Some(value), value.get("from"), value.get("to")]).flatten().filter_map(uuid_of)
}

fn uuid_of(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}

/// Who did what, newest first.
#[utoipa::path(get, path = "/audit", tag = "platform", extensions(("x-permission" = json!("read audit"))),
    params(EntriesQuery), responses((status = 200, body = Entries)))]
async fn entries(
    State(app): State<App>,
    grant: Granted<Read, Audit>,
    Query(query): Query<EntriesQuery>,
) -> Result<Json<Entries>> {
    let asked = Asked::parse(query.filter.as_deref(), query.sort.as_deref(), query.cursor.as_deref(), query.limit)?;
    let read = move |tx: &mut Tx<'_>| {
        let List { items, next } = service::list(tx, &grant, &asked)?;
        let shown = service::shown(tx, grant.principal(), items)?;
        let items: Vec<EntryView> =
            shown.into_iter().map(|entry| view(grant.principal(), entry)).collect::<Result<_>>()?;
        let ids = items.iter().flat_map(|entry| people_in(&entry.changes));
        Ok::<_, Error>(Entries { names: service::people(tx, grant.principal(), ids)?, items, next })
    };
    Ok(Json(app.db.read(read).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VerifyQuery {
    /// A head that an earlier check answered; it must still be part of the chain.
    head: Option<String>,
}

/// Follows the whole chain.
#[utoipa::path(get, path = "/audit/verify", tag = "platform", extensions(("x-permission" = json!("read audit"))),
    params(VerifyQuery), responses((status = 200, body = Verdict)))]
async fn verify(
    State(app): State<App>,
    _grant: Granted<Read, Audit>,
    Query(query): Query<VerifyQuery>,
) -> Result<Json<Verdict>> {
    Ok(Json(app.db.read(move |tx| service::verify(tx, query.head.as_deref())).await?))
}
