//! How much of an entry its reader is told. Who did what to which record, and which of its fields changed, is for whoever
//! reads the audit; what stood in the fields only for whoever may see the record, so that the audit is no second way into
//! the archive for those who run the system. The room that keeps customers says whose records somebody sees; `app.rs`
//! hands that in once ([`declare`]).

use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

use serde_json::Value;
use store::Tx;
use uuid::Uuid;

use super::AuditEntry;
use crate::kernel::{Action, Entity, Result};
use crate::platform::grant::Principal;

/// A record behind its customer.
pub type Place = (Uuid, Uuid);

/// Which of these records of one kind somebody may be told of, whether they still are there or not.
pub type Told = fn(&mut Tx<'_>, &Principal, Entity, &[Place]) -> Result<HashSet<Place>>;

static TOLD: OnceLock<Told> = OnceLock::new();

/// Sets who is told of which customers' records; later calls change nothing.
pub fn declare(told: Told) {
    TOLD.get_or_init(|| told);
}

/// What an act was, in words and numbers of ours that stand in no record: how many rows were let out, which field was
/// looked at, which route was refused.
const OF_THE_ACT: [&str; 6] = ["code", "digest", "field", "route", "rows", "waits"];

/// Which of these entries, by their places in the chain, `who` may be told with what stands in them.
pub fn in_full(tx: &mut Tx<'_>, who: &Principal, entries: &[AuditEntry]) -> Result<HashSet<i64>> {
    let mut asked: BTreeMap<Entity, Vec<Place>> = BTreeMap::new();
    for (kind, place) in entries.iter().filter_map(place_of) {
        asked.entry(kind).or_default().push(place);
    }
    let mut told = HashSet::new();
    for (kind, places) in asked {
        let Some(ask) = TOLD.get().filter(|_| who.permissions.reach(Action::Read, kind).is_some()) else { continue };
        told.extend(ask(tx, who, kind, &places)?.into_iter().map(|place| (kind, place)));
    }
    let full = entries.iter().filter(|entry| match place_of(entry) {
        Some(place) => told.contains(&place),
        None => is_open(who, entry),
    });
    Ok(full.map(|entry| entry.seq).collect())
}

fn place_of(entry: &AuditEntry) -> Option<(Entity, Place)> {
    Some((Entity::from_word(&entry.entity)?, (entry.customer_id?, entry.entity_id)))
}

/// Of what belongs to no customer one is told who sees all of its kind, and whoever did it.
fn is_open(who: &Principal, entry: &AuditEntry) -> bool {
    let reach = Entity::from_word(&entry.entity).and_then(|kind| who.permissions.reach(Action::Read, kind));
    reach.is_some_and(|reach| reach.all || entry.actor == Some(who.user.uuid()))
}

/// Takes out what stood in the fields; answers which fields those are.
pub fn withhold(changes: &mut Value) -> Vec<String> {
    let Some(changes) = changes.as_object_mut() else { return Vec::new() };
    let of_the_act = |field: &str, value: &Value| OF_THE_ACT.contains(&field) && !value.is_object();
    let mut withheld = Vec::new();
    changes.retain(|field, value| {
        let kept = of_the_act(field, value);
        if !kept {
            withheld.push(field.clone());
        }
        kept
    });
    withheld
}
