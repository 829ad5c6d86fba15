use std::collections::HashSet;

use store::{Ids, Statement, Tx};
use uuid::Uuid;

use super::among;
use crate::customers::reach;
use crate::kernel::{Action, Entity, Result};
use crate::platform::grant::Principal;

store::statements! {
    RESTRICTED = "select id from customer where id in among($1) and restricted_at is not null";
    RESTRICTED_CONTACTS = "select id from contact where id in among($1) and restricted_at is not null";
}

/// Of these records of a kind, each behind its customer, those of which the audit may tell `who` what stood in them: they
/// see such records of that customer, in the archive or in the bin, and neither is restricted. Whoever sees all is told of
/// customers who are gone for good, too.
pub fn told(tx: &mut Tx<'_>, who: &Principal, kind: Entity, records: &[(Uuid, Uuid)]) -> Result<HashSet<(Uuid, Uuid)>> {
    let customers: HashSet<Uuid> = records.iter().map(|(customer, _)| *customer).collect();
    let customers: Vec<Uuid> = customers.into_iter().collect();
    let seen = |entity| reach::register(who, Action::Read, entity);
    let reached: HashSet<Uuid> = match seen(Entity::Customer).and(seen(kind)) {
        store::Predicate::All => customers.iter().copied().collect(),
        scope => among(tx, &scope, customers.clone())?.into_iter().collect(),
    };
    let mut shut = ids(tx, &RESTRICTED, &customers)?;
    if kind == Entity::Contact {
        let contacts: Vec<Uuid> = records.iter().map(|(_, contact)| *contact).collect();
        shut.extend(ids(tx, &RESTRICTED_CONTACTS, &contacts)?);
    }
    let is_told = |(customer, record): &&(Uuid, Uuid)| {
        reached.contains(customer) && !shut.contains(customer) && !shut.contains(record)
    };
    Ok(records.iter().filter(is_told).copied().collect())
}

fn ids(tx: &mut Tx<'_>, statement: &'static Statement, among: &[Uuid]) -> Result<HashSet<Uuid>> {
    if among.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = tx.query(statement, &[&Ids(among)])?;
    Ok(rows.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?)
}
