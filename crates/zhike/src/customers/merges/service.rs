use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{BUSY, Merge, MergeState, OF_CUSTOMER, ONE};
use super::{fields, job};
use crate::customers::cooperation::totals;
use crate::customers::model::Customer;
use crate::customers::rules::text::clean;
use crate::customers::service::{known_of, load, load_for_change, locked, rewrite_tags, save};
use crate::customers::{collaborators, contacts, draft, duplicates, facts, index, reach, relations};
use crate::kernel::permission::action::{Assign, Delete, Read};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Grant, Id, Principal, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::audit::{self, Changes};
use crate::platform::custom::values::{self as custom, Place};
use crate::platform::holdings;

/// For so long a merge can be taken back.
pub const UNDO_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Rows of each table that move in one transaction.
pub const ROWS_AT_ONCE: i64 = 1_000;
/// No chain of merges is longer.
const CHAIN_MOST: usize = 50;

store::statements! {
    DEMOTE = "update contact set is_primary = false, version = version + 1 where customer_id = $1 and id = $2";
}

/// Which customer is to become part of this one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMerge {
    pub loser_id: Uuid,
    /// The version of it that was looked at.
    pub loser_version: i64,
    /// Fields whose value is taken from it though this one has a value of its own.
    #[serde(default)]
    pub take: BTreeSet<String>,
    #[serde(default)]
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MergedCustomer)]
pub struct Merged {
    #[schema(value_type = Uuid)]
    pub id: Id<Customer>,
    #[schema(example = "KH-2026-000123")]
    pub number: String,
    pub name: String,
}

/// A merge, as the one that stays shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Merge)]
pub struct MergeView {
    pub id: Uuid,
    #[schema(value_type = Uuid)]
    pub customer_id: Id<Customer>,
    /// What became part of it.
    pub loser: Merged,
    pub state: MergeState,
    #[schema(value_type = String, format = DateTime)]
    pub merged_at: Timestamp,
    pub merged_by: Named,
    pub reason: Option<String>,
    /// Until then it can be taken back.
    #[schema(value_type = String, format = DateTime)]
    pub undo_until: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub undone_at: Option<Timestamp>,
    /// Fields that were changed after the merge and therefore stayed when it was taken back.
    #[schema(value_type = Vec<String>)]
    pub kept: serde_json::Value,
}

pub fn view(tx: &mut Tx<'_>, merge: Merge) -> Result<MergeView> {
    let loser = Customer::get(tx, merge.loser_id)?;
    Ok(MergeView {
        id: merge.id,
        customer_id: merge.customer_id,
        loser: Merged { id: loser.id, number: loser.number, name: loser.name },
        state: merge.state,
        merged_at: merge.merged_at,
        merged_by: names::user(tx, merge.merged_by.uuid())?,
        reason: merge.reason,
        undo_until: merge.merged_at + UNDO_WITHIN,
        undone_at: merge.undone_at,
        kept: merge.kept,
    })
}

/// What has become part of a customer, newest first.
pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, id: Id<Customer>) -> Result<Vec<MergeView>> {
    let customer = load(tx, grant, id)?;
    let merges = Merge::all(tx, &OF_CUSTOMER, &[&customer.id])?;
    merges.into_iter().map(|merge| view(tx, merge)).collect()
}

/// Makes one customer part of another.
pub fn merge(
    tx: &mut Tx<'_>,
    grant: &Grant<Delete, entity::Customer>,
    (survivor, version): (Id<Customer>, i64),
    asked: &NewMerge,
) -> Result<MergeView> {
    let who = grant.principal();
    let reason = clean(asked.reason.as_deref().unwrap_or_default(), 500, false);
    let reason = reason.map_err(|code| Error::field_invalid("reason", code))?;
    let (before, mut loser) = both(tx, grant, survivor, Id::from_uuid(asked.loser_id))?;
    check(tx, (&before, version), (&loser, asked.loser_version))?;
    fields::check(who, &asked.take)?;
    if asked.take.contains("owner") {
        who.grant::<Assign, entity::Customer>()?;
    }
    let part = loser.clone();
    (loser.removed_at, loser.merged_into) = (Some(who.now), Some(before.id));
    save(tx, who, &mut loser)?;
    let mut merge = blank(who, &before, &loser, reason);
    let primary = contacts::of_customer(tx, loser.id)?.into_iter().find(|contact| contact.is_primary);
    let own_primary = contacts::of_customer(tx, before.id)?.iter().any(|contact| contact.is_primary);
    let more = holdings::move_some(tx, merge.way(), 0, ROWS_AT_ONCE)?;
    recount(tx, &merge)?;
    if let Some(primary) = primary.filter(|_| own_primary) {
        tx.execute(&DEMOTE, &[&before.id, &primary.id])?;
        merge.primary_contact = Some(primary.id.uuid());
    }
    let (mut after, mut changes) = (before.clone(), Changes::new());
    fields::unite(who, &mut after, &part, &asked.take, &mut changes)?;
    merge.changes = fields::differences(&before, &after);
    merge.shared = serde_json::to_value(collaborators::unite(tx, after.id, loser.id)?)?;
    merge.relations = serde_json::to_value(relations::service::unite(tx, after.id, loser.id)?)?;
    merge.fields = json!(add_fields(tx, who, &after, &loser)?);
    index::remove(tx, &loser)?;
    settle(tx, who, &mut after)?;
    duplicates::merged(tx, who, (after.id, loser.id))?;
    merge.insert(tx)?;
    tell_changes(tx, who, &before, &after)?;
    record(tx, who, &merge, &loser, changes)?;
    match more {
        true => job::enqueue(tx, who, &merge)?,
        false => finish(tx, who, &mut merge)?,
    }
    view(tx, merge)
}

/// What both ordered and signed adds up anew after each step that moves it.
pub fn recount(tx: &mut Tx<'_>, merge: &Merge) -> Result<()> {
    totals::recount(tx, merge.customer_id)?;
    totals::recount(tx, merge.loser_id)?;
    Ok(())
}

/// What stands in fields that the company added, where only the other one has something; answers which fields.
fn add_fields(tx: &mut Tx<'_>, who: &Principal, survivor: &Customer, loser: &Customer) -> Result<Vec<i64>> {
    let (to, from) = (survivor.id.uuid(), loser.id.uuid());
    let own = custom::of_customer(tx, who, to)?.remove(&to).unwrap_or_default();
    let mut theirs = custom::of_customer(tx, who, from)?.remove(&from).unwrap_or_default();
    theirs.retain(|number, _| !own.contains_key(number));
    let added = theirs.keys().copied().collect();
    let mut all = custom::carried(who, &theirs, from, to)?;
    all.extend(own.clone());
    let order = Some((survivor.name_key.as_str(), survivor.created_at));
    custom::write(tx, Place { customer: to, record: to, order }, &own, &all)?;
    Ok(added)
}

/// Takes back what [`add_fields`] added and nobody has changed; answers what stays.
pub fn remove_fields(tx: &mut Tx<'_>, who: &Principal, merge: &Merge, survivor: &Customer) -> Result<Vec<String>> {
    let (to, from) = (survivor.id.uuid(), merge.loser_id.uuid());
    let added: Vec<i64> = serde_json::from_value(merge.fields.clone())?;
    let own = custom::of_customer(tx, who, to)?.remove(&to).unwrap_or_default();
    let theirs = custom::of_customer(tx, who, from)?.remove(&from).unwrap_or_default();
    let mut left = own.clone();
    // Sealed values cannot be compared; they stay and are named.
    left.retain(|number, kept| !added.contains(number) || theirs.get(number) != Some(kept));
    let order = Some((survivor.name_key.as_str(), survivor.created_at));
    custom::write(tx, Place { customer: to, record: to, order }, &own, &left)?;
    Ok(added.iter().filter(|number| left.contains_key(number)).map(|number| format!("x{number}")).collect())
}

/// Both customers, held in the order of their ids, so that two merges cannot wait for each other.
fn both(
    tx: &mut Tx<'_>,
    grant: &Grant<Delete, entity::Customer>,
    survivor: Id<Customer>,
    loser: Id<Customer>,
) -> Result<(Customer, Customer)> {
    if survivor == loser {
        return Err(Error::field_invalid("loser_id", "merge.same"));
    }
    let known = |error: Error| if error.status == 404 { Error::field_invalid("loser_id", "unknown") } else { error };
    if loser < survivor {
        locked(tx, loser).map_err(known)?;
    }
    let stays = load_for_change(tx, grant, survivor)?;
    Ok((stays, load_for_change(tx, grant, loser).map_err(known)?))
}

fn check(tx: &mut Tx<'_>, (survivor, version): (&Customer, i64), (loser, other): (&Customer, i64)) -> Result<()> {
    if survivor.version != version || loser.version != other {
        return Err(Error::new(412, "stale"));
    }
    if survivor.kind != loser.kind {
        return Err(Error::conflict("merge.kinds_differ"));
    }
    let codes = survivor.credit_code.as_ref().zip(loser.credit_code.as_ref());
    if codes.is_some_and(|(one, other)| one != other) {
        return Err(Error::conflict("merge.two_codes"));
    }
    for id in [survivor.id, loser.id] {
        if tx.query_opt(&BUSY, &[&id])?.is_some() {
            return Err(Error::conflict("merge.busy"));
        }
    }
    Ok(())
}

fn blank(who: &Principal, survivor: &Customer, loser: &Customer, reason: Option<String>) -> Merge {
    Merge {
        id: Uuid::now_v7(),
        customer_id: survivor.id,
        loser_id: loser.id,
        state: MergeState::Moving,
        merged_at: who.now,
        merged_by: who.user,
        reason,
        changes: json!({}),
        shared: json!([]),
        relations: json!([]),
        fields: json!([]),
        primary_contact: None,
        steps: 1,
        undone_steps: 0,
        undone_at: None,
        undone_by: None,
        kept: json!([]),
    }
}

/// Writes a customer whose row or contacts changed, with all that follows from it.
pub fn settle(tx: &mut Tx<'_>, who: &Principal, customer: &mut Customer) -> Result<()> {
    let contacts = contacts::of_customer(tx, customer.id)?;
    let values = custom::of_customer(tx, who, customer.id.uuid())?;
    draft::derive(customer, known_of(who, customer.id, &contacts, &values));
    save(tx, who, customer)?;
    rewrite_tags(tx, customer)?;
    custom::rename(tx, customer.id.uuid(), &customer.name_key)?;
    index::put(tx, customer, &contacts)?;
    duplicates::watch(tx, who, customer.id)
}

/// Other rooms hear of grade and owner as if somebody had set them.
pub fn tell_changes(tx: &mut Tx<'_>, who: &Principal, before: &Customer, after: &Customer) -> Result<()> {
    let id = after.id.uuid();
    if before.grade != after.grade {
        let told = json!({ "from": before.grade, "to": after.grade });
        facts::publish(tx, who, facts::GRADED, (id, Some(id)), who.now, told)?;
    }
    if before.owner_id != after.owner_id {
        let told = json!({ "from": before.owner_id, "to": after.owner_id });
        facts::publish(tx, who, facts::OWNER_CHANGED, (id, Some(id)), who.now, told)?;
    }
    Ok(())
}

fn record(tx: &mut Tx<'_>, who: &Principal, merge: &Merge, loser: &Customer, mut changes: Changes) -> Result<()> {
    let (survivor, part) = (merge.customer_id.uuid(), loser.id.uuid());
    changes.set("merged", &loser.number).set("merge", merge.id);
    if let Some(reason) = &merge.reason {
        changes.set("reason", reason);
    }
    audit::record(tx, who, "merge", Entity::Customer, survivor, Some(survivor), changes)?;
    let told = json!({ "merged_into": survivor, "merge": merge.id });
    audit::record(tx, who, "merged", Entity::Customer, part, Some(part), told)
}

/// All has moved: what is owed is planned anew.
pub fn finish(tx: &mut Tx<'_>, who: &Principal, merge: &mut Merge) -> Result<()> {
    merge.state = MergeState::Done;
    merge.update(tx)?;
    let (part, survivor) = (merge.loser_id.uuid(), merge.customer_id.uuid());
    facts::publish(tx, who, facts::MERGED, (part, Some(survivor)), who.now, json!({ "merge": merge.id }))
}

/// A merge of a customer that the grant reaches, both held.
pub fn of(
    tx: &mut Tx<'_>,
    grant: &Grant<Delete, entity::Customer>,
    (customer, merge): (Id<Customer>, Uuid),
) -> Result<Merge> {
    let customer = load_for_change(tx, grant, customer)?;
    Merge::one(tx, &ONE, &[&customer.id, &merge])?.ok_or_else(Error::not_found)
}

/// Where a customer is now that became part of another, if `who` may see that one.
pub fn moved_to(tx: &mut Tx<'_>, who: &Principal, customer: &Customer) -> Result<Option<Id<Customer>>> {
    let Some(mut next) = customer.merged_into else { return Ok(None) };
    for _ in 0..CHAIN_MOST {
        let Some(found) = Customer::find(tx, next)? else { return Ok(None) };
        match found.merged_into {
            Some(further) => next = further,
            None => {
                let readable = reach::predicate(who, Action::Read, Entity::Customer);
                return Ok(reach::reaches(tx, &readable, &found)?.then_some(found.id));
            }
        }
    }
    Ok(None)
}
