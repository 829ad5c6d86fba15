use std::collections::BTreeMap;

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
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::access::model::User;
use crate::platform::audit;
use crate::platform::grant::{Grant, Principal};

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

/// What somebody was given on a customer because another one, which became part of it, was shared with them.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Given {
    user: Uuid,
    #[serde(default)]
    before: Option<Level>,
    #[serde(default)]
    after: Option<Level>,
}

fn levels(tx: &mut Tx<'_>, customer: Id<Customer>) -> Result<BTreeMap<Uuid, Level>> {
    tx.query(&LEVELS, &[&customer])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Shares a customer with all with whom another one is shared, as far as either is; answers what that gives to whom.
pub fn unite(
    tx: &mut Tx<'_>,
    who: &Principal,
    (customer, other): (Id<Customer>, Id<Customer>),
    merge: Uuid,
) -> Result<Vec<Given>> {
    let mut held = levels(tx, customer)?;
    let mut given = Vec::new();
    for (user, level) in levels(tx, other)? {
        let before = held.get(&user).copied();
        if before.is_none_or(|before| before == Level::Read && level == Level::Write) {
            held.insert(user, level);
            given.push(Given { user, before, after: Some(level) });
        }
    }
    if held.len() > COLLABORATORS_MOST {
        return Err(Error::invalid("customer.too_many_collaborators"));
    }
    for Given { user, after, .. } in &given {
        set(tx, who, customer, (*user, *after), Some(merge))?;
    }
    Ok(given)
}

/// Takes back what [`unite`] gave, where nobody has decided otherwise since.
pub fn part(tx: &mut Tx<'_>, who: &Principal, customer: Id<Customer>, given: &[Given], merge: Uuid) -> Result<()> {
    let held = levels(tx, customer)?;
    for Given { user, before, after } in given {
        let now = held.get(user).copied();
        if now.is_some() && (after.is_none() || now == *after) {
            set(tx, who, customer, (*user, *before), Some(merge))?;
        }
    }
    Ok(())
}

/// Writes how far a customer is shared with somebody, and that it is.
fn set(
    tx: &mut Tx<'_>,
    who: &Principal,
    customer: Id<Customer>,
    (user, level): (Uuid, Option<Level>),
    merge: Option<Uuid>,
) -> Result<()> {
    match level {
        Some(level) => tx.execute(&PUT, &[&customer, &user, &level])?,
        None => tx.execute(&REMOVE, &[&customer, &user])?,
    };
    let mut told = json!({ "user_id": user, "level": level });
    if let Some(merge) = merge {
        told["merge"] = json!(merge);
    }
    let id = customer.uuid();
    audit::record(tx, who, "share", Entity::Customer, id, Some(id), told)
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
    set(tx, grant.principal(), customer.id, (user, Some(level)), None)?;
    changed(tx, &customer)
}

/// Ends a share.
pub fn unshare(
    tx: &mut Tx<'_>,
    grant: &Grant<Assign, entity::Customer>,
    id: Id<Customer>,
    user: Uuid,
) -> Result<Vec<Collaborator>> {
    let customer = load_for_change(tx, grant, id)?;
    if !of_customer(tx, customer.id)?.contains(&user) {
        return Err(Error::not_found());
    }
    set(tx, grant.principal(), customer.id, (user, None), None)?;
    changed(tx, &customer)
}

/// Whoever is let in or out must find, or no longer find, the customer at once.
fn changed(tx: &mut Tx<'_>, customer: &Customer) -> Result<Vec<Collaborator>> {
    let contacts = contacts::of_customer(tx, customer.id)?;
    index::put(tx, customer, &contacts)?;
    named(tx, customer)
}
