//! On what basis people are entered (PIPL 13, 14): whoever enters somebody says so, once for all people of a sheet or of a
//! new customer, and it is kept in the transaction that enters them. What a basis may be and where it is kept is the business
//! of the room of protection, which is declared once as the [`Keeper`]; this room only asks for it.

use std::collections::HashSet;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use store::{Ids, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::contacts::Contact;
use super::model::{Customer, CustomerKind};
use super::quality::{self, Flaw};
use crate::kernel::{Error, Id, Result};
use crate::platform::grant::Principal;

store::statements! {
    /// Whoever came from another company brought along what they answered there.
    PEOPLE = "select customer_id, id from contact
        where customer_id in among($1) and moved_from_contact is null and restricted_at is null
        union all select id, null from customer where id in among($1) and kind = $2";
}

/// As an answer to the purpose of keeping the archive is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryBasis {
    /// A lawful basis as of a consent.
    #[schema(example = "contract")]
    pub basis: String,
    /// By what way a consent came.
    #[serde(default)]
    #[schema(example = "paper")]
    pub channel: Option<String>,
    /// What shows it; needed for a consent.
    #[serde(default)]
    pub proof: Option<String>,
}

impl EntryBasis {
    /// What holds where nothing else is said: a book of customers is kept to deal with them (PIPL 13, item 2).
    pub fn usual() -> Self {
        Self { basis: "contract".to_owned(), channel: None, proof: None }
    }
}

/// Somebody who has been entered: a contact, or, without one, the customer itself.
pub type Entered = (Id<Customer>, Option<Id<Contact>>);

#[derive(Clone, Copy)]
pub struct Keeper {
    /// Refuses what is no basis.
    pub check: fn(&EntryBasis) -> Result<()>,
    pub keep: fn(&mut Tx<'_>, &Principal, &EntryBasis, &[Entered]) -> Result<()>,
    /// The people of these customers for whom a basis is known.
    pub known: fn(&mut Tx<'_>, &[Uuid]) -> Result<HashSet<Entered>>,
}

static KEEPER: OnceLock<Keeper> = OnceLock::new();

/// Sets the keeper of the program; later calls change nothing.
pub fn declare(keeper: Keeper) {
    KEEPER.get_or_init(|| keeper);
}

fn keeper() -> Result<&'static Keeper> {
    KEEPER.get().ok_or_else(|| Error::internal("nobody keeps on what basis people are entered"))
}

/// Refuses what is no basis.
pub fn check(basis: &EntryBasis) -> Result<()> {
    (keeper()?.check)(basis)
}

/// Keeps on what basis these people have been entered.
pub fn keep(tx: &mut Tx<'_>, who: &Principal, basis: &EntryBasis, people: &[Entered]) -> Result<()> {
    match people {
        [] => Ok(()),
        people => (keeper()?.keep)(tx, who, basis, people),
    }
}

/// Keeps on what basis the people of a new customer have been entered: what is said of one of them, or else of all.
pub fn keep_new(
    tx: &mut Tx<'_>,
    who: &Principal,
    (customer, contacts): (&Customer, &[Contact]),
    (all, each): (Option<&EntryBasis>, &[Option<EntryBasis>]),
) -> Result<()> {
    let usual = EntryBasis::usual();
    let all = all.unwrap_or(&usual);
    if customer.kind == CustomerKind::Person {
        keep(tx, who, all, &[(customer.id, None)])?;
    }
    for (contact, own) in contacts.iter().zip(each) {
        keep(tx, who, own.as_ref().unwrap_or(all), &[(customer.id, Some(contact.id))])?;
    }
    Ok(())
}

/// Keeps on what basis a customer is there who turns out to be a person.
pub fn keep_turned(tx: &mut Tx<'_>, who: &Principal, customer: Id<Customer>) -> Result<()> {
    match (keeper()?.known)(tx, &[customer.uuid()])?.contains(&(customer, None)) {
        true => Ok(()),
        false => keep(tx, who, &EntryBasis::usual(), &[(customer, None)]),
    }
}

/// Those of these customers that have somebody for whom no basis is known: entered before one was asked for.
pub fn lacking(tx: &mut Tx<'_>, customers: &[Uuid]) -> Result<HashSet<Uuid>> {
    let known = (keeper()?.known)(tx, customers)?;
    let people = tx.query(&PEOPLE, &[&Ids(customers), &CustomerKind::Person])?;
    let people = people.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<Vec<Entered>>>()?;
    Ok(people.into_iter().filter(|one| !known.contains(one)).map(|(customer, _)| customer.uuid()).collect())
}

/// A basis has been written down: nothing may be lacking any more.
pub fn written(tx: &mut Tx<'_>, customer: Id<Customer>) -> Result<()> {
    match lacking(tx, &[customer.uuid()])?.is_empty() {
        true => quality::done(tx, customer, Flaw::NoBasis),
        false => Ok(()),
    }
}
