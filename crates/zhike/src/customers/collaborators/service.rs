use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::customers::model::Customer;
use crate::customers::service::{load, load_for_change};
use crate::customers::{contacts, index};
use crate::kernel::permission::action::{Assign, Read};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Grant, Id, Result};
use crate::platform::access::model::User;
use crate::platform::audit;

/// More people than this are a department.
const COLLABORATORS_MOST: usize = 50;

store::text_enum! {
    /// What a collaborator may do with the customer.
    #[derive(ToSchema)]
    #[schema(as = CollaboratorLevel)]
    pub enum Level { Read = "read", Write = "write" }
}

store::statements! {
    OF_CUSTOMER = "select user_id from share where entity = 'customer' and record_id = $1";
    LEVELS = "select user_id, level from share where entity = 'customer' and record_id = $1";
    NAMED = "select s.user_id, u.name, s.level from share s join staff u on u.id = s.user_id
        where s.entity = 'customer' and s.record_id = $1 order by u.name, s.user_id";
    PUT = "insert into share (entity, record_id, user_id, level) values ('customer', $1, $2, $3)
        on conflict (entity, record_id, user_id) do update set level = excluded.level";
    REMOVE = "delete from share where entity = 'customer' and record_id = $1 and user_id = $2";
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Collaborator {
    pub id: Uuid,
    pub name: String,
    pub level: Level,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    pub level: Level,
}

/// Whom a customer is shared with.
pub fn of_customer(tx: &mut Tx<'_>, customer: Id<Customer>) -> Result<Vec<Uuid>> {
    tx.query(&OF_CUSTOMER, &[&customer])?.iter().map(|row| Ok(row.get(0)?)).collect()
}

pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, id: Id<Customer>) -> Result<Vec<Collaborator>> {
    let customer = load(tx, grant, id)?;
    named(tx, &customer)
}

fn named(tx: &mut Tx<'_>, customer: &Customer) -> Result<Vec<Collaborator>> {
    let rows = tx.query(&NAMED, &[&customer.id])?;
    rows.iter().map(|row| Ok(Collaborator { id: row.get(0)?, name: row.get(1)?, level: row.get(2)? })).collect()
}

/// Shares a customer with all with whom another one is shared; answers whom it was not shared with before.
pub fn unite(tx: &mut Tx<'_>, customer: Id<Customer>, other: Id<Customer>) -> Result<Vec<Uuid>> {
    let known = of_customer(tx, customer)?;
    let mut added = Vec::new();
    for row in tx.query(&LEVELS, &[&other])? {
        let (user, level): (Uuid, Level) = (row.get(0)?, row.get(1)?);
        if !known.contains(&user) {
            tx.execute(&PUT, &[&customer, &user, &level])?;
            added.push(user);
        }
    }
    Ok(added)
}

/// Ends the shares with these people.
pub fn withdraw(tx: &mut Tx<'_>, customer: Id<Customer>, users: &[Uuid]) -> Result<()> {
    for user in users {
        tx.execute(&REMOVE, &[&customer, user])?;
    }
    Ok(())
}

/// Shares a customer with somebody, or changes how far.
pub fn share(
    tx: &mut Tx<'_>,
    grant: &Grant<Assign, entity::Customer>,
    id: Id<Customer>,
    (user, level): (Uuid, Level),
) -> Result<Vec<Collaborator>> {
    let customer = load_for_change(tx, grant, id)?;
    if !User::find(tx, user)?.is_some_and(|user| user.active) {
        return Err(Error::field_invalid("user_id", "user.unknown"));
    }
    if of_customer(tx, customer.id)?.len() >= COLLABORATORS_MOST {
        return Err(Error::invalid("customer.too_many_collaborators"));
    }
    tx.execute(&PUT, &[&customer.id, &user, &level])?;
    changed(tx, grant, &customer, json!({ "user_id": user, "level": level }))
}

/// Ends a share.
pub fn unshare(
    tx: &mut Tx<'_>,
    grant: &Grant<Assign, entity::Customer>,
    id: Id<Customer>,
    user: Uuid,
) -> Result<Vec<Collaborator>> {
    let customer = load_for_change(tx, grant, id)?;
    if tx.execute(&REMOVE, &[&customer.id, &user])? == 0 {
        return Err(Error::not_found());
    }
    changed(tx, grant, &customer, json!({ "user_id": user, "level": null }))
}

/// Whoever is let in or out must find, or no longer find, the customer at once.
fn changed(
    tx: &mut Tx<'_>,
    grant: &Grant<Assign, entity::Customer>,
    customer: &Customer,
    changes: serde_json::Value,
) -> Result<Vec<Collaborator>> {
    let contacts = contacts::of_customer(tx, customer.id)?;
    index::put(tx, customer, &contacts)?;
    let id = customer.id.uuid();
    audit::record(tx, grant.principal(), "share", Entity::Customer, id, Some(id), changes)?;
    named(tx, customer)
}
