use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::list::{Asked, Field, Kind, List, ListSpec};
use store::{Columns as _, Predicate, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::pairs::{Pair, PairState};
use super::scan;
use crate::customers::model::{Customer, EMAIL};
use crate::customers::rules::likeness::Evidence;
use crate::customers::rules::text::clean;
use crate::customers::service::{Card, cards, load, load_for_change};
use crate::customers::{quality, reach};
use crate::kernel::permission::action::{Assign, Doing, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, FieldAccess, Id, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::audit;
use crate::platform::grant::{Grant, Principal};

/// What the list of pairs can be filtered and sorted by.
pub const LIST: ListSpec = ListSpec {
    table: "duplicate_pair",
    columns: Pair::COLUMNS,
    fields: &[
        Field::new("id", Kind::Id),
        Field::new("score", Kind::Integer).sortable(),
        Field::new("found_at", Kind::Instant).sortable(),
        Field::new("state", Kind::Word),
        Field::new("customer", Kind::Id).column("customer_id"),
        Field::new("other", Kind::Id).column("other_id"),
        Field::new("decided_at", Kind::Instant),
    ],
    default_sort: "-score",
};

store::statements! {
    ONE = select Pair where "customer_id = $1 and id = $2";
    OF_CUSTOMER = select Pair where "customer_id = $1 and state = 'open' order by score desc, id limit 20";
    OF_OTHER = select Pair where "other_id = $1 and state = 'open' order by score desc, id limit 20";
    DECIDE = "update duplicate_pair set state = $3, decided_at = $4, decided_by = $5, reason = $6
        where customer_id = $1 and id = $2 and state = $7";
}

/// Two customers that are probably one, with what speaks for it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DuplicatePair)]
pub struct PairView {
    pub id: Uuid,
    /// The older of the two.
    pub customer: Card,
    pub other: Card,
    /// The sum of the weights, 100 at most.
    pub score: i64,
    pub evidence: Vec<Evidence>,
    pub state: PairState,
    #[schema(value_type = String, format = DateTime)]
    pub found_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Timestamp>,
    pub decided_by: Option<Named>,
    pub reason: Option<String>,
}

/// Why two are not one.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Decision {
    pub reason: Option<String>,
}

/// Pairs tell what two customers have in common, so they are for those who may at least recognise it.
pub fn recognises(who: &Principal) -> bool {
    who.reads(Entity::Customer, "credit_code")
        && reach::may_look_up_phones(who)
        && who.field(EMAIL.field, EMAIL.class()) >= FieldAccess::Masked
}

/// A pair is there for whoever may see both customers.
fn visible(who: &Principal) -> Predicate {
    if !recognises(who) {
        return Predicate::None;
    }
    let through = |column| reach::through(who, column, Entity::Customer);
    through("customer_id").and(through("other_id"))
}

pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, asked: &Asked) -> Result<List<PairView>> {
    let who = grant.principal();
    let (rows, next) = LIST.page(tx, &visible(who), asked)?;
    let pairs = rows.into_iter().map(Pair::from_row).collect::<store::Result<Vec<_>>>()?;
    Ok(List { items: views(tx, who, pairs)?, next })
}

/// The customers that one probably is, the likeliest first.
pub fn of_customer(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::Customer>,
    customer: Id<Customer>,
) -> Result<Vec<PairView>> {
    let who = grant.principal();
    let customer = load(tx, grant, customer)?;
    if !recognises(who) {
        return Ok(Vec::new());
    }
    let mut pairs = Vec::new();
    for statement in [&OF_CUSTOMER, &OF_OTHER] {
        pairs.extend(<Pair as store::Entity>::all(tx, statement, &[&customer.id])?);
    }
    pairs.sort_by_key(|pair| (-pair.score, pair.id));
    Ok(views(tx, who, pairs)?.into_iter().filter(|pair| pair.customer.visible && pair.other.visible).collect())
}

fn views(tx: &mut Tx<'_>, who: &Principal, pairs: Vec<Pair>) -> Result<Vec<PairView>> {
    let mut ids: Vec<Uuid> = pairs.iter().flat_map(|pair| [pair.customer_id, pair.other_id]).collect();
    ids.sort_unstable();
    ids.dedup();
    let cards: HashMap<Uuid, Card> = cards(tx, who, &ids)?.into_iter().map(|card| (card.id, card)).collect();
    let mut views = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let (Some(customer), Some(other)) = (cards.get(&pair.customer_id), cards.get(&pair.other_id)) else { continue };
        views.push(PairView {
            id: pair.id,
            customer: customer.clone(),
            other: other.clone(),
            score: pair.score,
            evidence: serde_json::from_value(pair.signals)?,
            state: pair.state,
            found_at: pair.found_at,
            decided_at: pair.decided_at,
            decided_by: pair.decided_by.map(|user| names::user(tx, user)).transpose()?,
            reason: pair.reason,
        });
    }
    Ok(views)
}

/// A pair whose two customers the grant reaches.
fn one<A: Doing>(
    tx: &mut Tx<'_>,
    grant: &Grant<A, entity::Customer>,
    (customer, pair): (Id<Customer>, Uuid),
) -> Result<Pair> {
    let customer = load_for_change(tx, grant, customer)?;
    let pair = <Pair as store::Entity>::one(tx, &ONE, &[&customer.id, &pair])?;
    let pair = pair.filter(|_| recognises(grant.principal())).ok_or_else(Error::not_found)?;
    load(tx, grant, Id::from_uuid(pair.other_id))?;
    Ok(pair)
}

/// Says that two customers are two, or takes that back. Remembered with who said so.
pub fn decide(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Customer>,
    place: (Id<Customer>, Uuid),
    (state, reason): (PairState, Option<&str>),
) -> Result<PairView> {
    let who = grant.principal();
    let reason = clean(reason.unwrap_or_default(), 500, false).map_err(|code| Error::field_invalid("reason", code))?;
    let pair = one(tx, grant, place)?;
    let from = match state {
        PairState::Distinct => PairState::Open,
        PairState::Open | PairState::Merged => PairState::Distinct,
    };
    let decided = (state == PairState::Distinct).then_some(who.now);
    let by = decided.map(|_| who.user);
    let changed = tx.execute(&DECIDE, &[&pair.customer_id, &pair.id, &state, &decided, &by, &reason, &from])?;
    if changed == 1 {
        let (id, other) = (pair.customer_id, pair.other_id);
        let changes = json!({ "other": other, "state": { "from": from, "to": state }, "reason": reason });
        audit::record(tx, who, "judge_duplicate", Entity::Customer, id, Some(id), changes)?;
        quality::doubled(tx, Id::from_uuid(id))?;
        quality::doubled(tx, Id::from_uuid(other))?;
    }
    let pair = one(tx, grant, place)?;
    views(tx, who, vec![pair])?.pop().ok_or_else(Error::not_found)
}

/// Looks at all customers now. What is found tells nobody more than they may see.
pub fn start_scan(tx: &mut Tx<'_>, grant: &Grant<Assign, entity::Customer>) -> Result<Uuid> {
    let who = grant.principal();
    let job = scan::ask(tx, who)?;
    audit::record(tx, who, "scan_duplicates", Entity::Customer, job, None, json!({}))?;
    Ok(job)
}
