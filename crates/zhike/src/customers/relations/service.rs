use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::list::{LIMIT_DEFAULT, LIMIT_MOST, List};
use store::{Entity as _, Tx, turns};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Relation, RelationKind};
use crate::customers::model::Customer;
use crate::customers::reach;
use crate::customers::rules::text::clean;
use crate::customers::service::{Brief, briefs, hold, load, load_for_change, readable};
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::access::model::User;
use crate::platform::audit;
use crate::platform::grant::{Grant, Principal};
use crate::platform::holdings::Way;

/// No group is deeper; it bounds the walk up.
const LEVELS_MOST: usize = 40;

store::statements! {
    OF_KIND = select Relation where "customer_id = $1 and kind = $2 and created_at >= $3
        and (created_at > $3 or id > $4) order by created_at, id limit $5";
    ONE = select Relation where "customer_id = $1 and id = $2";
    BETWEEN = select Relation where "customer_id = $1 and other_id = $2";
    PARENT = "select other_id from relation where customer_id = $1 and kind = 'parent'";
    /// The group above a customer, if it was not removed.
    LIVING_PARENT = "select parent.id from relation join customer parent on parent.id = relation.other_id
        where relation.customer_id = $1 and relation.kind = 'parent' and parent.removed_at is null";
    PARENTS = select Relation where "customer_id = $1 and kind = 'parent'";
    ANY = "select id from relation where customer_id = $1 limit 1";
    BETWEEN_THEM = select Relation where "customer_id = $1 and other_id = $2 order by id";
    NEXT = select Relation where "customer_id = $1 and id > $2 order by id limit $3";
    NOTE = "insert into customer_moved (customer_id, merge_id, step, table_name, row_id) values ($1, $2, $3, 'relation', $4)";
    NOTED = "select row_id from customer_moved where customer_id = $1 and merge_id = $2 and step = $3
        and table_name = 'relation'";
    /// The other side of some relations, and then their own.
    PURGE_MIRRORED = "delete from relation where (customer_id, id) in
        (select other_id, id from relation where customer_id = $1 order by id limit $2)";
    PURGE = "delete from relation where customer_id = $1 and id in
        (select id from relation where customer_id = $1 order by id limit $2)";
    GO = "update relation set customer_id = $3 where customer_id = $1 and id = $2";
    GO_MIRRORED = "update relation set other_id = $3 where customer_id = $1 and id = $2";
    DELETE = "delete from relation where customer_id = $1 and id = $2";
}

/// Relations are read in stretches of this many until a page is full of what the asker may see …
const STRETCH: usize = 200;
/// … and a page ends after so many of them.
const STRETCHES_MOST: usize = 40;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRelation {
    /// What the other is to this customer.
    pub kind: RelationKind,
    pub other_id: Uuid,
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RelationView {
    #[schema(value_type = Uuid)]
    pub id: Id<Relation>,
    pub kind: RelationKind,
    pub other: Brief,
    pub note: Option<String>,
}

/// Which part of the relations: of these kinds, after this one.
#[derive(Clone, Debug)]
pub struct Question {
    pub kinds: Vec<RelationKind>,
    pub after: Option<Place>,
    pub limit: usize,
}

/// Where a relation stands in the order in which they were entered.
type Place = (Timestamp, Uuid);

impl Question {
    /// `kinds` are words separated by commas; all when there are none.
    pub fn parse(kinds: Option<&str>, cursor: Option<&str>, limit: Option<usize>) -> Result<Self> {
        let bad = || Error::invalid("query.invalid");
        let limit = limit.unwrap_or(LIMIT_DEFAULT);
        let words = kinds.unwrap_or_default().split(',').filter(|word| !word.is_empty());
        let kinds: Vec<_> = words.map(|word| RelationKind::from_word(word).ok_or_else(bad)).collect::<Result<_>>()?;
        let after = cursor.map(|text| place(text).ok_or_else(bad)).transpose()?;
        match (1..=LIMIT_MOST).contains(&limit) {
            true => Ok(Self { kinds: if kinds.is_empty() { RelationKind::ALL.to_vec() } else { kinds }, after, limit }),
            false => Err(bad()),
        }
    }
}

fn place(text: &str) -> Option<Place> {
    let (at, id) = text.split_once('_')?;
    Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, id.parse().ok()?))
}

/// A page of the relations of a customer, in the order in which they were entered. Those to customers that the asker may
/// not see are passed over, so that pages and cursors tell nothing of them either; only where thousands of them lie one
/// after the other does a page end before it is full.
pub fn list(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::Customer>,
    id: Id<Customer>,
    question: &Question,
) -> Result<List<RelationView>> {
    let who = grant.principal();
    let customer = load(tx, grant, id)?;
    let (mut seen, mut after, mut read) = (Vec::new(), question.after, 0);
    while seen.len() <= question.limit && read < STRETCHES_MOST {
        let found = stretch(tx, customer.id, &question.kinds, after)?;
        let Some(last) = found.last() else {
            after = None;
            break;
        };
        (after, read) = (Some(place_of(last)), read + 1);
        let others: Vec<Uuid> = found.iter().map(|relation| relation.other_id.uuid()).collect();
        let visible = readable(tx, who, &others)?;
        seen.extend(found.into_iter().filter(|relation| visible.contains(&relation.other_id.uuid())));
    }
    if seen.len() > question.limit {
        seen.truncate(question.limit);
        after = seen.last().map(place_of);
    }
    let next = after.map(|(at, id)| format!("{}_{}", at.as_microsecond(), id.simple()));
    Ok(List { items: views(tx, seen)?, next })
}

fn place_of(relation: &Relation) -> Place {
    (relation.created_at, relation.id.uuid())
}

fn stretch(
    tx: &mut Tx<'_>,
    customer: Id<Customer>,
    kinds: &[RelationKind],
    after: Option<Place>,
) -> Result<Vec<Relation>> {
    let (at, id) = after.unwrap_or((Timestamp::UNIX_EPOCH, Uuid::nil()));
    let at = at.as_microsecond();
    let mut found = Vec::new();
    for kind in kinds {
        found.extend(Relation::all(tx, &OF_KIND, &[&customer, kind, &at, &id, &(STRETCH as i64)])?);
    }
    found.sort_by_key(|relation| (relation.created_at, relation.id));
    found.truncate(STRETCH);
    Ok(found)
}

/// Relations to customers that somebody may see.
fn views(tx: &mut Tx<'_>, relations: Vec<Relation>) -> Result<Vec<RelationView>> {
    let others: Vec<Uuid> = relations.iter().map(|relation| relation.other_id.uuid()).collect();
    let known = briefs(tx, &others)?;
    let view = |relation: Relation| {
        let other = known.get(&relation.other_id.uuid())?.clone();
        Some(RelationView { id: relation.id, kind: relation.kind, other, note: relation.note })
    };
    Ok(relations.into_iter().filter_map(view).collect())
}

/// The groups above a customer, the highest first, and the customer itself. Where the asker may not see one, the way
/// begins below it.
pub fn way_up(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, id: Id<Customer>) -> Result<Vec<Brief>> {
    let who = grant.principal();
    let customer = load(tx, grant, id)?.id.uuid();
    let mut way = ancestors(tx, customer)?;
    way.insert(0, customer);
    let visible = readable(tx, who, &way)?;
    let seen: Vec<Uuid> = way.into_iter().take_while(|id| visible.contains(id)).collect();
    let mut known = briefs(tx, &seen)?;
    Ok(seen.iter().rev().filter_map(|id| known.remove(id)).collect())
}

fn ancestors(tx: &mut Tx<'_>, of: Uuid) -> Result<Vec<Uuid>> {
    let mut way = Vec::new();
    let mut at = of;
    while let Some(row) = tx.query_opt(&PARENT, &[&at])? {
        at = row.get(0)?;
        if way.len() >= LEVELS_MOST || way.contains(&at) {
            break;
        }
        way.push(at);
    }
    Ok(way)
}

/// Relates a customer to another one that the asker may see. A customer has one group above it, and is in no group of
/// its own; both are refused with the same words, since the reason may lie where the asker may not look. A group that
/// was removed holds nobody back.
pub fn relate(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Customer>,
    id: Id<Customer>,
    new: &NewRelation,
) -> Result<RelationView> {
    let who = grant.principal();
    let note = clean(new.note.as_deref().unwrap_or_default(), 500, false);
    let note = note.map_err(|code| Error::field_invalid("note", code))?;
    // Whole groups take turns: two relations that are fine one by one could make a ring together.
    take_turn(tx)?;
    let known = |error: Error| if error.status == 404 { unknown() } else { error };
    hold(tx, [id, Id::from_uuid(new.other_id)]).map_err(known)?;
    let customer = load_for_change(tx, grant, id)?;
    let other = visible(tx, who, new.other_id)?;
    if other.id == customer.id {
        return Err(Error::field_invalid("other_id", "same_customer"));
    }
    let known = Relation::all(tx, &BETWEEN, &[&customer.id, &other.id])?;
    if known.iter().any(|relation| relation.kind == new.kind) {
        return Err(Error::conflict("relation.known"));
    }
    let group = group(new.kind, customer.id, other.id);
    group.map_or(Ok(()), |(child, parent)| refuse_parent(tx, child, parent))?;
    let relation = Relation {
        id: Id::new(),
        customer_id: customer.id,
        other_id: other.id,
        kind: new.kind,
        note,
        created_by: who.user,
        created_at: who.now,
    };
    insert(tx, who, &relation)?;
    audited(tx, who, &relation, "relate", None)?;
    views(tx, vec![relation])?.pop().ok_or_else(Error::not_found)
}

/// The other customer, which has to be one that the asker may see.
fn visible(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<Customer> {
    let scope = reach::predicate(who, Action::Read, Entity::Customer);
    let found = Customer::find(tx, id)?;
    match found {
        Some(other) if reach::reaches(tx, &scope, &other)? => Ok(other),
        _ => Err(unknown()),
    }
}

fn unknown() -> Error {
    Error::field_invalid("other_id", "not_found")
}

/// Who would be in whose group.
fn group(kind: RelationKind, customer: Id<Customer>, other: Id<Customer>) -> Option<(Uuid, Uuid)> {
    match kind {
        RelationKind::Parent => Some((customer.uuid(), other.uuid())),
        RelationKind::Subsidiary => Some((other.uuid(), customer.uuid())),
        _ => None,
    }
}

/// Nobody is shown a group that was removed, so nobody could take a customer out of it: that ends when it comes into
/// another one.
fn make_room(tx: &mut Tx<'_>, who: &Principal, child: Uuid) -> Result<()> {
    for relation in Relation::all(tx, &PARENTS, &[&child])? {
        delete(tx, &relation)?;
        audited(tx, who, &relation, "unrelate", None)?;
    }
    Ok(())
}

fn refuse_parent(tx: &mut Tx<'_>, child: Uuid, parent: Uuid) -> Result<()> {
    let has_one = tx.query_opt(&LIVING_PARENT, &[&child])?.is_some();
    let above = ancestors(tx, parent)?;
    match has_one || above.contains(&child) || above.len() >= LEVELS_MOST {
        true => Err(Error::conflict("relation.not_possible")),
        false => Ok(()),
    }
}

fn mirrored(relation: &Relation) -> Relation {
    Relation {
        customer_id: relation.other_id,
        other_id: relation.customer_id,
        kind: relation.kind.mirrored(),
        ..relation.clone()
    }
}

/// A relation that is none for as long as its two customers are one, seen from the one that stays.
#[derive(Debug, Serialize, Deserialize)]
pub struct Aside {
    id: Id<Relation>,
    kind: RelationKind,
    note: Option<String>,
    created_by: Id<User>,
    created_at: Timestamp,
}

/// Takes a turn where either of two customers has relations, before any customer is held: who relates does the same.
pub fn take_turn_for(tx: &mut Tx<'_>, customers: [Id<Customer>; 2]) -> Result<bool> {
    for customer in customers {
        if tx.query_opt(&ANY, &[&customer])?.is_some() {
            take_turn(tx)?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whole groups take turns: two relations that are fine one by one could make a ring together.
fn take_turn(tx: &mut Tx<'_>) -> Result<()> {
    Ok(turns::take(tx, "relations", ["all"])?)
}

/// Sets aside what two customers are to each other, for as long as they are one: it could stand in the way of what is
/// above either. `has_turn` is what [`take_turn_for`] answered.
pub fn set_aside(
    tx: &mut Tx<'_>,
    who: &Principal,
    (customer, other): (Id<Customer>, Id<Customer>),
    (merge, has_turn): (Uuid, bool),
) -> Result<Vec<Aside>> {
    if !has_turn && tx.query_opt(&ANY, &[&other])?.is_some() {
        // Somebody has related it at this very moment.
        return Err(Error::conflict("merge.busy"));
    }
    let mut aside = Vec::new();
    for relation in Relation::all(tx, &BETWEEN_THEM, &[&other, &customer])? {
        delete(tx, &relation)?;
        audited(tx, who, &relation, "unrelate", Some(merge))?;
        let Relation { id, kind, note, created_by, created_at, .. } = mirrored(&relation);
        aside.push(Aside { id, kind, note, created_by, created_at });
    }
    Ok(aside)
}

/// Gives a customer the next relations of one that becomes part of it, `most` of them after the one at `after`, and notes
/// which. Those that it has already, and a second group above it, stay with the other. Answers where to go on, if there
/// are more. Whole groups have a turn, taken by the caller.
pub fn move_some(
    tx: &mut Tx<'_>,
    who: &Principal,
    (way, step): (Way, i64),
    (after, most): (Option<Uuid>, i64),
) -> Result<Option<Uuid>> {
    let to = Id::from_uuid(way.survivor);
    let next = Relation::all(tx, &NEXT, &[&way.loser, &after.unwrap_or(Uuid::nil()), &most])?;
    for relation in &next {
        if takes(tx, to, relation)? {
            go(tx, who, (relation, to), way.merge)?;
            tx.execute(&NOTE, &[&way.survivor, &way.merge, &step, &relation.id])?;
        }
    }
    Ok(next.last().filter(|_| next.len() as i64 == most).map(|last| last.id.uuid()))
}

/// Gives back what one step moved. What has been taken away since is not there to go back.
pub fn move_back(tx: &mut Tx<'_>, who: &Principal, way: Way, step: i64) -> Result<()> {
    for row in tx.query(&NOTED, &[&way.survivor, &way.merge, &step])? {
        if let Some(relation) = Relation::one(tx, &ONE, &[&way.survivor, &row.get::<Uuid>(0)?])? {
            go(tx, who, (&relation, Id::from_uuid(way.loser)), way.merge)?;
        }
    }
    Ok(())
}

/// Removes the next relations of a customer for good, from both sides. Whether any are left.
pub fn purge_some(tx: &mut Tx<'_>, customer: Uuid, most: i64) -> Result<bool> {
    tx.execute(&PURGE_MIRRORED, &[&customer, &most])?;
    Ok(tx.execute(&PURGE, &[&customer, &most])? >= most as u64)
}

fn takes(tx: &mut Tx<'_>, customer: Id<Customer>, relation: &Relation) -> Result<bool> {
    let known = Relation::all(tx, &BETWEEN, &[&customer, &relation.other_id])?;
    if known.iter().any(|known| known.kind == relation.kind) {
        return Ok(false);
    }
    let (one, other) = (customer.uuid(), relation.other_id.uuid());
    Ok(match relation.kind {
        RelationKind::Parent => refuse_parent(tx, one, other).is_ok(),
        RelationKind::Subsidiary => !ancestors(tx, one)?.contains(&other),
        _ => true,
    })
}

/// Makes two customers again what they were to each other, if that can still be.
pub fn part(
    tx: &mut Tx<'_>,
    who: &Principal,
    (customer, other): (Id<Customer>, Id<Customer>),
    aside: Vec<Aside>,
    merge: Uuid,
) -> Result<()> {
    for Aside { id, kind, note, created_by, created_at } in aside {
        let possible =
            group(kind, customer, other).is_none_or(|(child, parent)| refuse_parent(tx, child, parent).is_ok());
        if possible {
            let relation = Relation { id, customer_id: customer, other_id: other, kind, note, created_by, created_at };
            insert(tx, who, &relation)?;
            audited(tx, who, &relation, "relate", Some(merge))?;
        }
    }
    Ok(())
}

/// Both sides of a relation of one customer become another's.
fn go(tx: &mut Tx<'_>, who: &Principal, (relation, to): (&Relation, Id<Customer>), merge: Uuid) -> Result<()> {
    if relation.kind == RelationKind::Parent {
        make_room(tx, who, to.uuid())?;
    }
    tx.execute(&GO, &[&relation.customer_id, &relation.id, &to])?;
    tx.execute(&GO_MIRRORED, &[&relation.other_id, &relation.id, &to])?;
    audited(tx, who, &Relation { customer_id: to, ..relation.clone() }, "relate", Some(merge))
}

fn insert(tx: &mut Tx<'_>, who: &Principal, relation: &Relation) -> Result<()> {
    if let Some((child, _)) = group(relation.kind, relation.customer_id, relation.other_id) {
        make_room(tx, who, child)?;
    }
    relation.insert(tx)?;
    Ok(mirrored(relation).insert(tx)?)
}

fn delete(tx: &mut Tx<'_>, relation: &Relation) -> Result<()> {
    tx.execute(&DELETE, &[&relation.customer_id, &relation.id])?;
    tx.execute(&DELETE, &[&relation.other_id, &relation.id])?;
    Ok(())
}

/// Takes a relation away, from both sides.
pub fn unrelate(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Customer>,
    id: Id<Customer>,
    relation: Id<Relation>,
) -> Result<()> {
    let who = grant.principal();
    if let Some(found) = Relation::one(tx, &ONE, &[&id, &relation])? {
        hold(tx, [id, found.other_id])?;
    }
    let customer = load_for_change(tx, grant, id)?;
    let relation = Relation::one(tx, &ONE, &[&customer.id, &relation])?.ok_or_else(Error::not_found)?;
    // A relation that the asker is not shown is not there for them.
    visible(tx, who, relation.other_id.uuid()).map_err(|_| Error::not_found())?;
    delete(tx, &relation)?;
    audited(tx, who, &relation, "unrelate", None)
}

/// Written down at both customers, and if it comes of a merge, of which.
fn audited(tx: &mut Tx<'_>, who: &Principal, relation: &Relation, action: &str, merge: Option<Uuid>) -> Result<()> {
    for side in [relation, &mirrored(relation)] {
        let customer = side.customer_id.uuid();
        let mut told = json!({ "relation": side.kind, "customer_id": side.other_id, "note": side.note });
        if let Some(merge) = merge {
            told["merge"] = json!(merge);
        }
        audit::record(tx, who, action, Entity::Customer, customer, Some(customer), told)?;
    }
    Ok(())
}
