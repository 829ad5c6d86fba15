use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{BUSY, Merge, MergeState, OF_CUSTOMER, ONE};
use super::{fields, job};
use crate::customers::cooperation::totals;
use crate::customers::model::Customer;
use crate::customers::rules::text::clean;
use crate::customers::service::{Home, hold, known_of, load, load_for_change, place, readable, rewrite_tags, save};
use crate::customers::{collaborators, contacts, draft, duplicates, facts, grades, handovers, index, reach, relations};
use crate::kernel::permission::action::{Delete, Read};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Id, List, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::audit::{self, Changes};
use crate::platform::custom::carrying::{self, Carried};
use crate::platform::custom::values as custom;
use crate::platform::grant::{Grant, Principal};
use crate::platform::holdings;

/// For so long a merge can be taken back.
pub const UNDO_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Rows of each table that move in one transaction.
pub const ROWS_AT_ONCE: i64 = 1_000;
/// Each is moved by itself, on both sides, and noted at both customers.
const RELATIONS_AT_ONCE: i64 = 200;
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
    /// What became part of it. Once it is separate again, it is told to those alone who may see it.
    pub loser: Option<Merged>,
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
    pub kept: Json,
}

pub fn view(tx: &mut Tx<'_>, who: &Principal, merge: Merge) -> Result<MergeView> {
    let part = Customer::get(tx, merge.loser_id)?;
    let shown = merge.stands() || !readable(tx, who, &[part.id.uuid()])?.is_empty();
    Ok(MergeView {
        id: merge.id,
        customer_id: merge.customer_id,
        loser: shown.then_some(Merged { id: part.id, number: part.number, name: part.name }),
        state: merge.state,
        merged_at: merge.merged_at,
        merged_by: names::user(tx, merge.merged_by.uuid())?,
        reason: merge.reason.filter(|_| shown),
        undo_until: merge.merged_at + UNDO_WITHIN,
        undone_at: merge.undone_at,
        kept: merge.kept,
    })
}

/// What has become part of a customer, newest first.
pub fn list(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::Customer>,
    id: Id<Customer>,
    (before, limit): (Option<Uuid>, usize),
) -> Result<List<MergeView>> {
    let customer = load(tx, grant, id)?;
    let before = before.unwrap_or(Uuid::max());
    let mut merges = Merge::all(tx, &OF_CUSTOMER, &[&customer.id, &before, &(limit as i64 + 1)])?;
    let more = merges.len() > limit;
    merges.truncate(limit);
    let next = merges.last().filter(|_| more).map(|last| last.id.simple().to_string());
    let items = merges.into_iter().map(|merge| view(tx, grant.principal(), merge)).collect::<Result<_>>()?;
    Ok(List { items, next })
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
    fields::check(who, &asked.take)?;
    let (before, mut loser, has_turn) = both(tx, grant, survivor, Id::from_uuid(asked.loser_id))?;
    check(tx, (&before, version), (&loser, asked.loser_version))?;
    grades::service::withdraw_all(tx, who, &loser)?;
    let part = loser.clone();
    (loser.removed_at, loser.merged_into) = (Some(who.now), Some(before.id));
    save(tx, who, &mut loser)?;
    let mut merge = blank(who, &before, &loser, reason);
    let primary = contacts::of_customer(tx, loser.id)?.into_iter().find(|contact| contact.is_primary);
    let own_primary = contacts::of_customer(tx, before.id)?.iter().any(|contact| contact.is_primary);
    if let Some(primary) = primary.filter(|_| own_primary) {
        // Before anything moves: it may move in a later step.
        tx.execute(&DEMOTE, &[&loser.id, &primary.id])?;
        merge.primary_contact = Some(primary.id.uuid());
    }
    let rows_left = move_some(tx, who, &merge, 0)?;
    let (mut after, mut changes) = (before.clone(), Changes::new());
    fields::unite(who, &mut after, &part, &asked.take, &mut changes)?;
    merge.changes = fields::differences(&before, &after);
    let ids = (after.id, loser.id);
    let shared = collaborators::unite(tx, who, ids, merge.id)?;
    refuse_giving(tx, who, (&before, &part, &after))?;
    merge.shared = serde_json::to_value(shared)?;
    merge.set_aside = serde_json::to_value(relations::service::set_aside(tx, who, ids, (merge.id, has_turn))?)?;
    let relations_left = relate_some(tx, who, &mut merge, 0)?;
    merge.added_fields = add_fields(tx, who, (&after, &loser), &asked.take, &mut changes)?;
    index::remove(tx, &loser)?;
    // Before the one that stays is compared anew, which would forget the pair.
    duplicates::merged(tx, who, (after.id, loser.id))?;
    settle(tx, who, &mut after)?;
    merge.insert(tx)?;
    tell_changes(tx, who, (&before, &after), merge.reason.as_deref().unwrap_or("合并客户"))?;
    record(tx, who, &merge, &loser, changes)?;
    match rows_left || relations_left {
        true => job::enqueue(tx, who, &merge)?,
        false => finish(tx, who, &mut merge)?,
    }
    view(tx, who, merge)
}

/// Moves the next rows of each table. Whether any are left.
pub fn move_some(tx: &mut Tx<'_>, who: &Principal, merge: &Merge, step: i64) -> Result<bool> {
    let way = merge.way();
    handovers::around(tx, who, &[way.survivor, way.loser], |tx| holdings::move_some(tx, way, step, ROWS_AT_ONCE))
}

/// Moves the next relations, after those of the steps before. Whether any are left.
pub fn relate_some(tx: &mut Tx<'_>, who: &Principal, merge: &mut Merge, step: i64) -> Result<bool> {
    let place = (merge.related_to, RELATIONS_AT_ONCE);
    let next = relations::service::move_some(tx, who, (merge.way(), step), place)?;
    merge.related_to = next.or(merge.related_to);
    Ok(next.is_some())
}

/// Adds up what both ordered and signed, once all of it is where it belongs: a distributor with fifty thousand orders is
/// not read for each thousand that moves. Until then both show what they had.
pub fn recount(tx: &mut Tx<'_>, merge: &Merge) -> Result<()> {
    totals::recount(tx, merge.customer_id)?;
    totals::recount(tx, merge.loser_id)?;
    Ok(())
}

/// A merge lets people see and change what they did not before: whoever has the one that stays, or has it shared with
/// them, gets what hung on the other; and perhaps the one that stays goes to whose the other was. That takes the right to
/// give both away; and another grade takes the right to set it.
fn refuse_giving(
    tx: &mut Tx<'_>,
    who: &Principal,
    (before, part, after): (&Customer, &Customer, &Customer),
) -> Result<()> {
    if before.grade != after.grade && !grades::service::may_set(tx, who, before)? {
        return Err(Error::forbidden().field("grade", "not_allowed"));
    }
    let is_shared = !collaborators::of_customer(tx, before.id)?.is_empty();
    let given = [(is_shared, "collaborators"), (Home::of(before) != Home::of(part), "owner")];
    let Some((_, what)) = given.into_iter().find(|(given, _)| *given) else { return Ok(()) };
    let may_give = reach::predicate(who, Action::Assign, Entity::Customer);
    match reach::reaches(tx, &may_give, before)? && reach::reaches(tx, &may_give, part)? {
        true => Ok(()),
        false => Err(Error::forbidden().field(what, "not_allowed")),
    }
}

/// What stands in fields that the company added, where only the other one has something or its value was chosen.
fn add_fields(
    tx: &mut Tx<'_>,
    who: &Principal,
    (survivor, loser): (&Customer, &Customer),
    take: &BTreeSet<String>,
    changes: &mut Changes,
) -> Result<Json> {
    let added = take.iter().filter_map(|key| Some(who.custom_field(Entity::Customer, key)?.number)).collect();
    let record = survivor.id.uuid();
    let before = custom::of_customer(tx, who, record)?.remove(&record).unwrap_or_default();
    let carried = carrying::carry(tx, who, loser.id.uuid(), place(survivor, record), &added)?;
    let after = custom::of_customer(tx, who, record)?.remove(&record).unwrap_or_default();
    custom::note(who, (Entity::Customer, record), &before, &after, changes)?;
    Ok(serde_json::to_value(carried)?)
}

/// Takes back what [`add_fields`] wrote and nobody has changed; answers what stays.
pub fn remove_fields(
    tx: &mut Tx<'_>,
    who: &Principal,
    merge: &Merge,
    survivor: &Customer,
    changes: &mut Changes,
) -> Result<Vec<String>> {
    let carried: Vec<Carried> = serde_json::from_value(merge.added_fields.clone())?;
    let record = survivor.id.uuid();
    let before = custom::of_customer(tx, who, record)?.remove(&record).unwrap_or_default();
    let kept = carrying::put_back(tx, place(survivor, record), &carried)?;
    let after = custom::of_customer(tx, who, record)?.remove(&record).unwrap_or_default();
    custom::note(who, (Entity::Customer, record), &before, &after, changes)?;
    Ok(kept.into_iter().map(|number| format!("x{number}")).collect())
}

/// Both customers, held, and whether this has a turn at their relations.
fn both(
    tx: &mut Tx<'_>,
    grant: &Grant<Delete, entity::Customer>,
    survivor: Id<Customer>,
    loser: Id<Customer>,
) -> Result<(Customer, Customer, bool)> {
    if survivor == loser {
        return Err(Error::field_invalid("loser_id", "merge.same"));
    }
    let known = |error: Error| if error.status == 404 { Error::field_invalid("loser_id", "unknown") } else { error };
    let has_turn = relations::service::take_turn_for(tx, [survivor, loser])?;
    hold(tx, [survivor, loser])?;
    let stays = load_for_change(tx, grant, survivor)?;
    Ok((stays, load_for_change(tx, grant, loser).map_err(known)?, has_turn))
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
        related_to: None,
        set_aside: json!([]),
        added_fields: json!([]),
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

/// Other rooms hear of grade and owner as if somebody had set them, and what changes owners is handed over.
pub fn tell_changes(
    tx: &mut Tx<'_>,
    who: &Principal,
    (before, after): (&Customer, &Customer),
    reason: &str,
) -> Result<()> {
    let id = after.id.uuid();
    if before.grade != after.grade {
        let told = json!({ "from": before.grade, "to": after.grade });
        facts::publish(tx, who, facts::GRADED, (id, Some(id)), who.now, told)?;
    }
    if before.owner_id != after.owner_id {
        let told = json!({ "from": before.owner_id, "to": after.owner_id });
        facts::publish(tx, who, facts::OWNER_CHANGED, (id, Some(id)), who.now, told)?;
    }
    handovers::follow::owner_changed(tx, who, after, Home::of(before), reason)
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

/// All has moved: deals are added up, and what is owed is planned anew.
pub fn finish(tx: &mut Tx<'_>, who: &Principal, merge: &mut Merge) -> Result<()> {
    recount(tx, merge)?;
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
    if let Some(found) = Merge::one(tx, &ONE, &[&customer, &merge])? {
        relations::service::take_turn_for(tx, [customer, found.loser_id])?;
        hold(tx, [customer, found.loser_id])?;
    }
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
