//! Companies of any size, for measuring: the same tables, the same sealed fields, search index, facts and audit chain as
//! real work leaves, made by the rooms' bulk functions in large transactions. No regulation is adopted, so that what is
//! measured can begin with that.

mod book;
mod contacts;

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use store::{Db, Entity as _, search};

use super::world::staff::{self, Staff as Imagined};
use super::write::people::Staff;
use crate::customers::{self, service};
use crate::kernel::{Error, Id, Result};
use crate::platform::access::model::{Department, User};
use crate::platform::access::{principal_of, system};
use crate::platform::grant::Principal;
use crate::platform::settings;
use crate::platform::vault::Vault;

/// Customers that one salesperson looks after, about; and how far the sample company's staff is multiplied at most.
const CUSTOMERS_EACH: usize = 400;
const TIMES_MOST: usize = 20;
const SELLERS: usize = 27;

store::statements! {
    /// The company itself.
    pub ROOT = select Department where "parent_id is null order by created_at limit 1";
}

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub customers: usize,
    pub contacts: usize,
    pub interactions: usize,
}

/// How far it has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    pub stage: &'static str,
    pub done: usize,
    pub total: usize,
}

/// What was made.
#[derive(Clone, Debug, Serialize)]
pub struct Made {
    pub people: usize,
    pub customers: usize,
    pub contacts: usize,
    pub interactions: usize,
    /// Somebody who sells, to measure with narrow rights.
    pub salesperson: String,
}

/// What all stages work with.
pub(super) struct Ground<'a> {
    pub db: &'a Db,
    pub seed: u64,
    pub size: Size,
    pub now: Timestamp,
    pub imagined: Imagined,
    pub staff: Staff,
    pub told: &'a (dyn Fn(Progress) + Sync),
}

/// Fills a company that has people, perhaps, and no customers.
///
/// # Errors
/// `sample.not_empty` if there is a customer already: made and real ones must not mix.
pub fn fill(
    db: &Db,
    vault: &Arc<Vault>,
    (founder, password_hash): (Id<User>, &str),
    (size, seed, now): (Size, u64, Timestamp),
    told: &(dyn Fn(Progress) + Sync),
) -> Result<Made> {
    customers::basis::declare(crate::protection::consents::keeper());
    refuse_customers(db)?;
    let (imagined, staff) = hire(db, vault, (founder, password_hash), size, (seed, now))?;
    let ground = Ground { db, seed, size, now, imagined, staff, told };
    let calendar = db.read_blocking(settings::calendar)?;
    let entered = book::enter(&ground, &calendar)?;
    contacts::record(&ground, &calendar, &entered)?;
    while db.write_blocking(search::tidy)? {}
    let seller = ground.imagined.people.iter().find(|person| person.roles.contains(&"salesperson"));
    Ok(Made {
        people: ground.imagined.people.len(),
        customers: entered.len(),
        contacts: entered.iter().map(|one| one.contacts as usize).sum(),
        interactions: size.interactions,
        salesperson: seller.map(|person| person.login.clone()).unwrap_or_default(),
    })
}

fn refuse_customers(db: &Db) -> Result<()> {
    match db.read_blocking(|tx| service::page_of_subjects(tx, None, 1))?.is_empty() {
        true => Ok(()),
        false => Err(Error::conflict("sample.not_empty")
            .detail("this company has customers already; give an empty data directory with --data")),
    }
}

fn hire(
    db: &Db,
    vault: &Arc<Vault>,
    (founder, hash): (Id<User>, &str),
    size: Size,
    (seed, now): (u64, Timestamp),
) -> Result<(Imagined, Staff)> {
    let times = (size.customers / (SELLERS * CUSTOMERS_EACH)).clamp(1, TIMES_MOST);
    let (vault, hash) = (Arc::clone(vault), hash.to_owned());
    db.write_blocking(move |tx| {
        let user = User::get(tx, founder)?;
        let who = principal_of(tx, founder, now, &vault)?.ok_or_else(Error::forbidden)?;
        let imagined = staff::staff(seed, (&user.name, &user.login), times);
        let staff = Staff::hire(tx, &Arc::new(who), &imagined, &hash)?;
        Ok::<_, Error>((imagined, staff))
    })
}

impl Ground<'_> {
    /// The system, for what nobody in particular does.
    pub fn system(&self, at: Timestamp) -> Arc<Principal> {
        Arc::new(system(at, &self.staff.people[0].vault))
    }

    /// Somebody at an instant.
    pub fn at(&self, person: usize, now: Timestamp) -> Arc<Principal> {
        Arc::new(Principal { now, ..(*self.staff.people[person]).clone() })
    }
}
