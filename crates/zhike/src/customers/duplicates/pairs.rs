use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::find::{self, CROWD};
use crate::customers::model::Customer;
use crate::customers::rules::likeness::{LIKELY, Likeness, Traits, compare};
use crate::kernel::{Id, Result};
use crate::platform::grant::Principal;

store::text_enum! {
    #[derive(utoipa::ToSchema)]
    pub enum PairState {
        /// Nobody has said yet.
        Open = "open",
        /// Somebody has said that they are two. Remembered.
        Distinct = "distinct",
        /// They have become one.
        Merged = "merged",
    }
}

store::entity! {
    /// Two customers that are probably one. `customer_id` is the older.
    pub struct Pair: "duplicate_pair" {
        pub id: Uuid,
        pub customer_id: Uuid,
        pub other_id: Uuid,
        pub score: i64,
        pub signals: Json,
        pub state: PairState,
        pub found_at: Timestamp,
        pub checked_at: Timestamp,
        pub decided_at: Option<Timestamp>,
        pub decided_by: Option<Uuid>,
        pub reason: Option<String>,
    }
}

store::statements! {
    PUT = "insert into duplicate_pair (id, customer_id, other_id, score, signals, state, found_at, checked_at)
        values ($1, $2, $3, $4, $5, 'open', $6, $6)
        on conflict (customer_id, id) do update
        set score = excluded.score, signals = excluded.signals, checked_at = excluded.checked_at
        where duplicate_pair.state = 'open'";
    pub OF_CUSTOMER = select Pair where "customer_id = $1 or other_id = $1";
    MERGED = "update duplicate_pair set state = 'merged', decided_at = $3, decided_by = $4 where customer_id = $1 and id = $2";
    PARTED = "update duplicate_pair set state = 'open', decided_at = null, decided_by = null
        where customer_id = $1 and id = $2 and state = 'merged'";
    FORGET_ONE = "delete from duplicate_pair where customer_id = $1 and id = $2 and state = 'open'";
    FORGET = "delete from duplicate_pair where (customer_id = $1 or other_id = $1) and state = 'open'";
}

/// Two customers found alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub customer: Uuid,
    pub other: Uuid,
    pub likeness: Likeness,
}

/// The identity of the pair of these two, whichever is named first.
pub fn pair_id(one: Uuid, other: Uuid) -> Uuid {
    let (first, second) = (one.min(other), one.max(other));
    let digest = Sha256::new_with_prefix(first.as_bytes()).chain_update(second.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Keeps pairs that were found, unless somebody has decided on them.
pub fn put(tx: &mut Tx<'_>, found: &[Found], now: Timestamp) -> Result<()> {
    for Found { customer, other, likeness } in found {
        let (first, second) = (customer.min(other), customer.max(other));
        let signals = serde_json::to_value(&likeness.evidence)?;
        tx.execute(&PUT, &[&pair_id(*customer, *other), first, second, &likeness.score, &signals, &now])?;
    }
    Ok(())
}

/// Brings the pairs of a customer that was written up to date.
pub fn watch(tx: &mut Tx<'_>, who: &Principal, customer: Id<Customer>) -> Result<()> {
    let id = customer.uuid();
    let Some(own) = find::traits_of(tx, &[id])?.remove(&id) else { return forget(tx, customer) };
    let found = found(tx, id, &own)?;
    for pair in Pair::all(tx, &OF_CUSTOMER, &[&id])? {
        let still = found.iter().any(|one| pair_id(one.customer, one.other) == pair.id);
        if pair.state == PairState::Open && !still {
            tx.execute(&FORGET_ONE, &[&pair.customer_id, &pair.id])?;
        }
    }
    put(tx, &found, who.now)
}

fn found(tx: &mut Tx<'_>, id: Uuid, own: &Traits) -> Result<Vec<Found>> {
    let mut shared: HashSet<Uuid> = HashSet::new();
    shared.extend(find::sharing(tx, own)?.into_iter().filter(|ids| ids.len() <= CROWD).flatten());
    shared.remove(&id);
    let others = find::traits_of(tx, &shared.into_iter().collect::<Vec<_>>())?;
    let found =
        others.iter().map(|(other, traits)| Found { customer: id, other: *other, likeness: compare(own, traits) });
    Ok(found.filter(|found| found.likeness.score >= LIKELY).collect())
}

/// The pairs among customers that share one value.
pub fn among(ids: &[Uuid], traits: &HashMap<Uuid, Traits>) -> Vec<Found> {
    let known: Vec<(Uuid, &Traits)> = ids.iter().filter_map(|id| Some((*id, traits.get(id)?))).collect();
    let mut found = Vec::new();
    for (at, (customer, own)) in known.iter().enumerate() {
        for (other, traits) in &known[at + 1..] {
            let likeness = compare(own, traits);
            if likeness.score >= LIKELY {
                found.push(Found { customer: *customer, other: *other, likeness });
            }
        }
    }
    found
}

/// Two customers have become one: their pair is settled, and other pairs of the one that went are forgotten.
pub fn merged(tx: &mut Tx<'_>, who: &Principal, (survivor, loser): (Id<Customer>, Id<Customer>)) -> Result<()> {
    let (one, other) = (survivor.uuid(), loser.uuid());
    tx.execute(&MERGED, &[&one.min(other), &pair_id(one, other), &who.now, &who.user])?;
    forget(tx, loser)
}

/// They are two again, and alike as before.
pub fn parted(tx: &mut Tx<'_>, (survivor, loser): (Id<Customer>, Id<Customer>)) -> Result<()> {
    let (one, other) = (survivor.uuid(), loser.uuid());
    tx.execute(&PARTED, &[&one.min(other), &pair_id(one, other)])?;
    Ok(())
}

/// Forgets what nobody has decided of a customer that is no longer there.
pub fn forget(tx: &mut Tx<'_>, customer: Id<Customer>) -> Result<()> {
    tx.execute(&FORGET, &[&customer])?;
    Ok(())
}
