use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::list::{LIMIT_DEFAULT, LIMIT_MOST, List};
use store::{Entity as _, Tx, turns};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Relation, RelationKind};
use crate::customers::model::{Customer, Grade};
use crate::customers::reach;
use crate::customers::rules::text::clean;
use crate::customers::service::{cards, load, load_for_change, readable};
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Grant, Id, Principal, Result};
use crate::platform::audit;

/// No group is deeper; it bounds the walk up.
const LEVELS_MOST: usize = 40;

store::statements! {
    OF_KIND = select Relation where "customer_id = $1 and kind = $2 and created_at >= $3
        and (created_at > $3 or id > $4) order by created_at, id limit $5";
    ONE = select Relation where "customer_id = $1 and id = $2";
    BETWEEN = select Relation where "customer_id = $1 and other_id = $2";
    PARENT = "select other_id from relation where customer_id = $1 and kind = 'parent'";
    OF_CUSTOMER = select Relation where "customer_id = $1 order by id";
    GO = "update relation set customer_id = $3 where customer_id = $1 and id = $2";
    GO_MIRRORED = "update relation set other_id = $3 where customer_id = $1 and id = $2";
    DELETE = "delete from relation where customer_id = $1 and id = $2";
}

/// Relations are read in stretches of this many until a page is full of what the asker may see.
const STRETCH: usize = 200;

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRelation {
    /// What the other is to this customer.
    pub kind: RelationKind,
    pub other_id: Uuid,
    #[serde(default)]
    pub note: Option<String>,
}

/// Another customer, as it stands in a relation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RelatedCustomer)]
pub struct Related {
    pub id: Uuid,
    pub number: String,
    pub name: String,
    pub grade: Grade,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RelationView {
    #[schema(value_type = Uuid)]
    pub id: Id<Relation>,
    pub kind: RelationKind,
    pub other: Related,
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
/// not see are passed over, however many there are, so that pages and cursors tell nothing of them either.
pub fn list(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::Customer>,
    id: Id<Customer>,
    question: &Question,
) -> Result<List<RelationView>> {
    let who = grant.principal();
    let customer = load(tx, grant, id)?;
    let (mut seen, mut after) = (Vec::new(), question.after);
    while seen.len() <= question.limit {
        let found = stretch(tx, customer.id, &question.kinds, after)?;
        let Some(last) = found.last() else { break };
        after = Some((last.created_at, last.id.uuid()));
        let others: Vec<Uuid> = found.iter().map(|relation| relation.other_id.uuid()).collect();
        let visible = readable(tx, who, &others)?;
        seen.extend(found.into_iter().filter(|relation| visible.contains(&relation.other_id.uuid())));
    }
    let more = seen.len() > question.limit;
    seen.truncate(question.limit);
    let next = seen.last().filter(|_| more);
    let next = next.map(|last| format!("{}_{}", last.created_at.as_microsecond(), last.id.uuid().simple()));
    Ok(List { items: views(tx, who, seen)?, next })
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

fn views(tx: &mut Tx<'_>, who: &Principal, relations: Vec<Relation>) -> Result<Vec<RelationView>> {
    let others: Vec<Uuid> = relations.iter().map(|relation| relation.other_id.uuid()).collect();
    let mut known = related(tx, who, &others)?;
    let view = |relation: Relation| {
        let other = known.remove(&relation.other_id.uuid())?;
        Some(RelationView { id: relation.id, kind: relation.kind, other, note: relation.note })
    };
    Ok(relations.into_iter().filter_map(view).collect())
}

fn related(tx: &mut Tx<'_>, who: &Principal, ids: &[Uuid]) -> Result<HashMap<Uuid, Related>> {
    let seen = cards(tx, who, ids)?.into_iter().filter(|card| card.visible);
    let related = seen.map(|card| {
        let grade = Grade::from_word(&card.grade).unwrap_or(Grade::Ordinary);
        (card.id, Related { id: card.id, number: card.number, name: card.name, grade })
    });
    Ok(related.collect())
}

/// The groups above a customer, the highest first, and the customer itself. Where the asker may not see one, the way
/// begins below it.
pub fn way_up(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, id: Id<Customer>) -> Result<Vec<Related>> {
    let who = grant.principal();
    let customer = load(tx, grant, id)?.id.uuid();
    let mut way = ancestors(tx, customer)?;
    way.insert(0, customer);
    let visible = readable(tx, who, &way)?;
    let seen: Vec<Uuid> = way.into_iter().take_while(|id| visible.contains(id)).collect();
    let mut known = related(tx, who, &seen)?;
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
/// its own; both are refused with the same words, since the reason may lie where the asker may not look.
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
    turns::take(tx, "relations", ["all"])?;
    let customer = load_for_change(tx, grant, id)?;
    let other = visible(tx, who, new.other_id)?;
    if other.id == customer.id {
        return Err(Error::field_invalid("other_id", "same_customer"));
    }
    let known = Relation::all(tx, &BETWEEN, &[&customer.id, &other.id])?;
    if known.iter().any(|relation| relation.kind == new.kind) {
        return Err(Error::conflict("relation.known"));
    }
    match new.kind {
        RelationKind::Parent => refuse_parent(tx, customer.id.uuid(), other.id.uuid())?,
        RelationKind::Subsidiary => refuse_parent(tx, other.id.uuid(), customer.id.uuid())?,
        _ => {}
    }
    let relation = Relation {
        id: Id::new(),
        customer_id: customer.id,
        other_id: other.id,
        kind: new.kind,
        note,
        created_by: who.user,
        created_at: who.now,
    };
    relation.insert(tx)?;
    mirrored(&relation).insert(tx)?;
    audited(tx, who, &relation, "relate")?;
    views(tx, who, vec![relation])?.pop().ok_or_else(Error::not_found)
}

/// The other customer, which has to be one that the asker may see.
fn visible(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<Customer> {
    let scope = reach::predicate(who, Action::Read, Entity::Customer);
    let found = Customer::find(tx, id)?;
    match found {
        Some(other) if reach::reaches(tx, &scope, &other)? => Ok(other),
        _ => Err(Error::field_invalid("other_id", "not_found")),
    }
}

fn refuse_parent(tx: &mut Tx<'_>, child: Uuid, parent: Uuid) -> Result<()> {
    let has_one = tx.query_opt(&PARENT, &[&child])?.is_some();
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

/// Gives a customer the relations of one that becomes part of it; answers which. Relations between the two, those that it
/// has already, and a second group above it stay with the other.
pub fn unite(tx: &mut Tx<'_>, customer: Id<Customer>, other: Id<Customer>) -> Result<Vec<Id<Relation>>> {
    turns::take(tx, "relations", ["all"])?;
    let mut given = Vec::new();
    for relation in Relation::all(tx, &OF_CUSTOMER, &[&other])? {
        if takes(tx, customer, &relation)? {
            go(tx, (other, customer), &relation)?;
            given.push(relation.id);
        }
    }
    Ok(given)
}

fn takes(tx: &mut Tx<'_>, customer: Id<Customer>, relation: &Relation) -> Result<bool> {
    let known = Relation::all(tx, &BETWEEN, &[&customer, &relation.other_id])?;
    if relation.other_id == customer || known.iter().any(|known| known.kind == relation.kind) {
        return Ok(false);
    }
    let (one, other) = (customer.uuid(), relation.other_id.uuid());
    Ok(match relation.kind {
        RelationKind::Parent => refuse_parent(tx, one, other).is_ok(),
        RelationKind::Subsidiary => !ancestors(tx, one)?.contains(&other),
        _ => true,
    })
}

/// Gives relations back.
pub fn part(tx: &mut Tx<'_>, (customer, other): (Id<Customer>, Id<Customer>), given: &[Id<Relation>]) -> Result<()> {
    for id in given {
        if let Some(relation) = Relation::one(tx, &ONE, &[&customer, id])? {
            go(tx, (customer, other), &relation)?;
        }
    }
    Ok(())
}

/// Both sides of a relation of one customer become another's.
fn go(tx: &mut Tx<'_>, (from, to): (Id<Customer>, Id<Customer>), relation: &Relation) -> Result<()> {
    tx.execute(&GO, &[&from, &relation.id, &to])?;
    tx.execute(&GO_MIRRORED, &[&relation.other_id, &relation.id, &to])?;
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
    let customer = load_for_change(tx, grant, id)?;
    let relation = Relation::one(tx, &ONE, &[&customer.id, &relation])?.ok_or_else(Error::not_found)?;
    // A relation that the asker is not shown is not there for them.
    visible(tx, who, relation.other_id.uuid()).map_err(|_| Error::not_found())?;
    tx.execute(&DELETE, &[&customer.id, &relation.id])?;
    tx.execute(&DELETE, &[&relation.other_id, &relation.id])?;
    audited(tx, who, &relation, "unrelate")
}

/// Written down at both customers.
fn audited(tx: &mut Tx<'_>, who: &Principal, relation: &Relation, action: &str) -> Result<()> {
    for side in [relation, &mirrored(relation)] {
        let customer = side.customer_id.uuid();
        let told = json!({ "relation": side.kind, "customer_id": side.other_id, "note": side.note });
        audit::record(tx, who, action, Entity::Customer, customer, Some(customer), told)?;
    }
    Ok(())
}
