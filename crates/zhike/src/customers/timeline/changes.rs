use jiff::Timestamp;
use serde_json::{Map, Value, json};
use store::{Entity as _, Ids, Tx};
use uuid::Uuid;

use super::{Before, Entry};
use crate::customers::merges;
use crate::customers::model::{EMAIL, ID_NUMBER, PHONE, WECHAT};
use crate::kernel::{Entity, Result};
use crate::platform::access::names::Named;
use crate::platform::audit::AuditEntry;
use crate::platform::grant::Principal;

store::statements! {
    /// Who looked at a personal value is the auditor's to know, and rounds and events have entries of their own. Of
    /// people who are restricted nothing is told.
    CHANGES = select AuditEntry where "customer_id in among($1) and entity in ('customer', 'contact')
        and action in ('create', 'import', 'update', 'verify', 'grade', 'assign', 'delete', 'restore', 'merge', 'unmerge')
        and not exists (select 1 from contact where contact.id = entity_id and contact.restricted_at is not null
            and contact.customer_id in among($1))
        and (at < $2 or (at = $2 and id < $3)) order by at desc, id desc limit $4";
}

/// Changes of the archive and its contacts, from the audit: which fields, and of those that are not personal from what
/// to what.
pub fn changes(tx: &mut Tx<'_>, who: &Principal, customer: Uuid, before: Before, limit: usize) -> Result<Vec<Entry>> {
    let (at, id) = before.unwrap_or((Timestamp::MAX, Uuid::max()));
    let at = at.as_microsecond();
    // What was done to a customer that became part of this one is part of its story.
    let family = merges::family(tx, customer)?;
    let found = AuditEntry::all(tx, &CHANGES, &[&Ids(&family), &at, &id, &(limit as i64)])?;
    found.into_iter().map(|entry| told(tx, who, entry)).collect()
}

fn told(tx: &mut Tx<'_>, who: &Principal, entry: AuditEntry) -> Result<Entry> {
    let mut all: Map<String, Value> = serde_json::from_str(&entry.changes).unwrap_or_default();
    let tells = match entry.action.as_str() {
        "merge" => is_still_merged(tx, &entry, &all)?,
        "unmerge" => false,
        _ => true,
    };
    if !tells {
        // What a merge took over is the other customer's again.
        all.clear();
    }
    let fields: Vec<&String> = all.keys().collect();
    let shown: Map<String, Value> = all
        .iter()
        .filter(|(field, _)| is_shown(who, &entry.entity, field))
        .map(|(f, v)| (f.clone(), v.clone()))
        .collect();
    Ok(Entry {
        id: entry.id,
        kind: "change",
        at: entry.at,
        actor: entry.actor.map(|id| Named { id, name: entry.actor_name.clone() }),
        title_key: format!("timeline.change.{}.{}", entry.entity, entry.action),
        data: json!({ "entity": entry.entity, "action": entry.action, "fields": fields, "changes": shown }),
    })
}

fn is_still_merged(tx: &mut Tx<'_>, entry: &AuditEntry, told: &Map<String, Value>) -> Result<bool> {
    let merge = told.get("merge").and_then(|merge| merge["to"].as_str()?.parse().ok());
    merge.map_or(Ok(false), |merge| merges::stands(tx, entry.entity_id, merge))
}

/// Personal values are digests in the audit already; those say nothing to anybody and are left out.
fn is_shown(who: &Principal, entity: &str, field: &str) -> bool {
    let personal = [PHONE, EMAIL, WECHAT, ID_NUMBER].iter().any(|column| column.name == field);
    // Why a field was marked may tell what stands in it.
    let telling = field == "key_facts" && who.hidden(Entity::Customer).next().is_some();
    !personal && !telling && Entity::from_word(entity).is_some_and(|entity| who.reads(entity, field))
}
