//! What other rooms need to know of customers. They ask for many at once; each question is one query.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use store::{Ids, Tx};
use uuid::Uuid;

use super::{readable, with_readable};
use crate::customers::model::{Customer, Grade, PHONE};
use crate::customers::{contacts, quality};
use crate::kernel::{Entity, Id, Result};
use crate::platform::grant::Principal;

store::statements! {
    SUBJECTS = "select id, grade, owner_id, department_id, created_at, removed_at from customer
        where id in among($1) order by id";
    PAGE = "select id, grade, owner_id, department_id, created_at, removed_at from customer
        where id > $1 and removed_at is null order by id limit $2";
    CARDS = "select id, number, name, grade, preferences, phone, last_contact_at, next_contact_at, restricted_at
        from customer where id in among($1)";
    BRIEFS = "select id, number, name, grade from customer where id in among($1)";
    /// The latest contact counts, whichever is written down first. The version stays: a contact changes nothing that
    /// somebody could be editing.
    CONTACTED = "update customer set last_contact_at = $2
        where id = $1 and (last_contact_at is null or last_contact_at < $2)";
    /// Apart from that, and only where it changes something: most contacts plan no other, and its index stays untouched.
    NEXT_PLANNED = "update customer set next_contact_at = $3 where id = $1 and next_contact_at is distinct from $3
        and (last_contact_at is null or last_contact_at <= $2)";
    RECONTACTED = "update customer set last_contact_at = $2, next_contact_at = $3 where id = $1";
    GRADES_OF_ALL = "select grade, count(*) from customer where removed_at is null group by grade";
    GRADES_OF_OWNER = "select grade, count(*) from customer where owner_id = $1 and removed_at is null group by grade";
    GRADES = "select grade, count(*) from customer
        where department_id in among($1) and removed_at is null group by grade";
}

/// What rules need to know of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub id: Uuid,
    pub grade: Grade,
    pub owner: Option<Uuid>,
    pub department: Option<Uuid>,
    /// Since when it is in the book.
    pub since: Timestamp,
    pub removed: bool,
}

fn subject(row: &store::Row) -> Result<Subject> {
    Ok(Subject {
        id: row.get(0)?,
        grade: row.get(1)?,
        owner: row.get(2)?,
        department: row.get(3)?,
        since: row.get(4)?,
        removed: row.get::<Option<i64>>(5)?.is_some(),
    })
}

/// These customers, also removed ones, by id.
pub fn snapshot(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<Subject>> {
    let rows = tx.query(&SUBJECTS, &[&Ids(ids)])?;
    rows.iter().map(subject).collect()
}

/// All customers that are not removed, by id, from after `after` on.
pub fn page_of_subjects(tx: &mut Tx<'_>, after: Option<Uuid>, limit: usize) -> Result<Vec<Subject>> {
    let rows = tx.query(&PAGE, &[&after.unwrap_or_default(), &(limit as i64)])?;
    rows.iter().map(subject).collect()
}

/// A customer in a row of another room's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = CustomerCard)]
pub struct Card {
    pub id: Uuid,
    /// Empty for who may not see the customer.
    pub number: String,
    pub name: String,
    pub grade: String,
    pub preferences: Option<String>,
    /// The name of whoever decides there, else of the primary contact.
    pub decision_maker: Option<String>,
    /// A phone number, masked.
    pub phone_hint: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_contact_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_contact_at: Option<Timestamp>,
    /// Whether the asker may see the customer itself; a card of one they may not see tells only its name and grade.
    pub visible: bool,
}

/// A customer in a list of this room.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = RelatedCustomer)]
pub struct Brief {
    pub id: Uuid,
    pub number: String,
    pub name: String,
    pub grade: Grade,
}

/// What these customers, which somebody may see, are called.
pub fn briefs(tx: &mut Tx<'_>, visible: &[Uuid]) -> Result<HashMap<Uuid, Brief>> {
    let brief = |row: &store::Row| {
        Ok((row.get(0)?, Brief { id: row.get(0)?, number: row.get(1)?, name: row.get(2)?, grade: row.get(3)? }))
    };
    tx.query(&BRIEFS, &[&Ids(visible)])?.iter().map(brief).collect()
}

/// Cards of these customers as `who` sees them. The caller has a reason to name them (a duty, a to-do); what more is
/// told depends on the permission.
pub fn cards(tx: &mut Tx<'_>, who: &Principal, ids: &[Uuid]) -> Result<Vec<Card>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let visible = readable(tx, who, ids)?;
    let rows = tx.query(&CARDS, &[&Ids(ids)])?;
    let mut cards = rows.iter().map(|row| card(who, row, &visible)).collect::<Result<Vec<_>>>()?;
    let with_contacts = with_readable(tx, who, Entity::Contact, &visible)?;
    let people = contacts::of_customers(tx, &with_contacts)?;
    for card in cards.iter_mut().filter(|card| card.visible) {
        let mut own = people.iter().filter(|person| person.customer == card.id && !person.left && !person.barred);
        let decides = own.clone().find(|person| person.decision_maker);
        card.decision_maker = decides.or_else(|| own.find(|person| person.primary)).map(|person| person.name.clone());
    }
    Ok(cards)
}

fn card(who: &Principal, row: &store::Row, visible: &[Uuid]) -> Result<Card> {
    let id: Uuid = row.get(0)?;
    let sealed: Option<Vec<u8>> = row.get(5)?;
    let card = Card {
        id,
        number: row.get(1)?,
        name: row.get(2)?,
        grade: row.get(3)?,
        preferences: None,
        decision_maker: None,
        phone_hint: None,
        last_contact_at: None,
        next_contact_at: None,
        visible: visible.contains(&id),
    };
    if row.get::<Option<Timestamp>>(8)?.is_some() {
        // Kept and protected, and nothing else is done with it: not even named.
        return Ok(Card { number: String::new(), name: String::new(), visible: false, ..card });
    }
    if !card.visible {
        return Ok(Card { number: String::new(), ..card });
    }
    let phone = who.vault.masked(who, &PHONE, id, sealed.as_deref())?;
    Ok(Card {
        preferences: row.get::<Option<String>>(4)?.filter(|_| who.reads(Entity::Customer, "preferences")),
        phone_hint: phone.map(|phone| phone.masked),
        last_contact_at: row.get(6)?,
        next_contact_at: row.get(7)?,
        ..card
    })
}

/// Notes that a customer was contacted at `at`, and, if that is the latest contact, when the next is planned.
pub fn contacted(tx: &mut Tx<'_>, customer: Id<Customer>, at: Timestamp, next_at: Option<Timestamp>) -> Result<()> {
    tx.execute(&NEXT_PLANNED, &[&customer, &at, &next_at])?;
    tx.execute(&CONTACTED, &[&customer, &at])?;
    quality::done(tx, customer, quality::Flaw::Stale)
}

/// Sets the latest contact after one was taken back.
pub fn recontacted(
    tx: &mut Tx<'_>,
    customer: Id<Customer>,
    at: Option<Timestamp>,
    next_at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(&RECONTACTED, &[&customer, &at, &next_at])?;
    Ok(())
}

/// Whose customers to count.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    All,
    Departments(&'a [Uuid]),
    Owner(Uuid),
}

/// How many customers of each grade there are.
pub fn count_by_grade(tx: &mut Tx<'_>, whose: Whose<'_>) -> Result<Vec<(String, i64)>> {
    let rows = match whose {
        Whose::All => tx.query(&GRADES_OF_ALL, &[])?,
        Whose::Owner(owner) => tx.query(&GRADES_OF_OWNER, &[&owner])?,
        Whose::Departments(ids) => tx.query(&GRADES, &[&Ids(ids)])?,
    };
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
