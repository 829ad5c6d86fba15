//! The rows of `customer_flaw`: brought up to date with every change, and for many customers at once.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use store::{Ids, Row, Tx};
use uuid::Uuid;

use super::model::Flaw;
use super::rules::{self, Archive, OF_PEOPLE, OF_ROW, Person};
use crate::customers::basis;
use crate::customers::contacts::Contact;
use crate::customers::model::Customer;
use crate::kernel::{Id, Result};

store::statements! {
    KNOWN = "select flaw from customer_flaw where customer_id = $1";
    ADD = "insert into customer_flaw (customer_id, flaw, created_at) values ($1, $2, $3)
        on conflict (customer_id, flaw) do nothing";
    GONE = "delete from customer_flaw where customer_id = $1 and flaw = $2";
    CLEAR = "delete from customer_flaw where customer_id = $1";
    DOUBLED = "select id from duplicate_pair where (customer_id = $1 or other_id = $1) and state = 'open' limit 1";
    ENTERED = "select created_at from customer where id = $1 and removed_at is null";
    PAGE = "select id, department_id, owner_id, missing, verified_on, created_at, updated_at, last_contact_at
        from customer where id > $1 and removed_at is null order by id limit $2";
    AMONG = "select id, department_id, owner_id, missing, verified_on, created_at, updated_at, last_contact_at
        from customer where id in among($1) and removed_at is null";
    PEOPLE = "select customer_id, has_left, decision_maker, phone_invalid_at, email_invalid_at from contact
        where customer_id in among($1) and restricted_at is null";
    FIRST_OF_TWO = "select customer_id from duplicate_pair where customer_id in among($1) and state = 'open'";
    SECOND_OF_TWO = "select other_id from duplicate_pair where other_id in among($1) and state = 'open'";
    WRITTEN = "select customer_id, flaw from customer_flaw where customer_id in among($1)";
}

/// Judges a customer as it is written now; `people` are its contacts, where they may have changed. A removed one has no
/// flaws.
pub fn judge(tx: &mut Tx<'_>, customer: &Customer, people: Option<&[Contact]>, now: Timestamp) -> Result<()> {
    if customer.removed_at.is_some() {
        tx.execute(&CLEAR, &[&customer.id])?;
        return Ok(());
    }
    let archive = Archive {
        complete: customer.missing.is_empty(),
        owned: customer.owner_id.is_some(),
        verified_on: customer.verified_on,
        created_at: customer.created_at,
        touched_at: customer.updated_at,
    };
    let mut judged: BTreeSet<Flaw> = OF_ROW.iter().copied().collect();
    let mut found = rules::of_row(&archive, now);
    // What has just been changed is not stale; whether anything else is, the daily look says.
    if customer.updated_at == now {
        judged.insert(Flaw::Stale);
    }
    if let Some(people) = people {
        judged.extend(OF_PEOPLE);
        found.extend(rules::of_people(&people.iter().map(person).collect::<Vec<_>>()));
    }
    let known = tx.query(&KNOWN, &[&customer.id])?;
    let known = known.iter().map(|row| row.get(0)).collect::<store::Result<BTreeSet<Flaw>>>()?;
    let known = known.intersection(&judged).copied().collect();
    write(tx, (customer.id.uuid(), customer.created_at), &known, &found)
}

fn person(contact: &Contact) -> Person {
    Person {
        left: contact.has_left,
        decides: contact.decision_maker,
        bad_phone: contact.phone_invalid_at.is_some(),
        bouncing: contact.email_invalid_at.is_some(),
    }
}

/// What was wrong has been put right.
pub fn done(tx: &mut Tx<'_>, customer: Id<Customer>, flaw: Flaw) -> Result<()> {
    tx.execute(&GONE, &[&customer, &flaw])?;
    Ok(())
}

/// Looks again whether another customer is like this one, after that was judged.
pub fn doubled(tx: &mut Tx<'_>, customer: Id<Customer>) -> Result<()> {
    if tx.query_opt(&DOUBLED, &[&customer])?.is_none() {
        return done(tx, customer, Flaw::Duplicate);
    }
    if let Some(entered) = tx.query_opt(&ENTERED, &[&customer])? {
        tx.execute(&ADD, &[&customer, &Flaw::Duplicate, &entered.get::<Timestamp>(0)?])?;
    }
    Ok(())
}

fn write(
    tx: &mut Tx<'_>,
    (customer, created_at): (Uuid, Timestamp),
    known: &BTreeSet<Flaw>,
    found: &BTreeSet<Flaw>,
) -> Result<()> {
    for flaw in known.difference(found) {
        tx.execute(&GONE, &[&customer, flaw])?;
    }
    for flaw in found.difference(known) {
        tx.execute(&ADD, &[&customer, flaw, &created_at])?;
    }
    Ok(())
}

/// A customer that was looked at.
pub struct Looked {
    pub id: Uuid,
    /// Department and owner; all zeros stand for none.
    pub place: (Uuid, Uuid),
    created_at: Timestamp,
    pub flaws: BTreeSet<Flaw>,
    written: BTreeSet<Flaw>,
}

impl Looked {
    /// Whether the rows tell what was found.
    pub fn is_written(&self) -> bool {
        self.flaws == self.written
    }
}

/// Looks at the next customers by their ids.
pub fn look_from(tx: &mut Tx<'_>, after: Uuid, limit: usize, today: (Timestamp, i64)) -> Result<Vec<Looked>> {
    let rows = tx.query(&PAGE, &[&after, &(limit as i64)])?;
    look(tx, &rows, today)
}

/// Looks at these again and writes what is found.
pub fn correct(tx: &mut Tx<'_>, ids: &[Uuid], today: (Timestamp, i64)) -> Result<()> {
    let rows = tx.query(&AMONG, &[&Ids(ids)])?;
    for looked in look(tx, &rows, today)? {
        write(tx, (looked.id, looked.created_at), &looked.written, &looked.flaws)?;
    }
    Ok(())
}

/// One query for each thing that must be known of them.
fn look(tx: &mut Tx<'_>, rows: &[Row], (now, stale_days): (Timestamp, i64)) -> Result<Vec<Looked>> {
    let ids = rows.iter().map(|row| row.get(0)).collect::<store::Result<Vec<Uuid>>>()?;
    let ids = Ids(&ids);
    let mut people: HashMap<Uuid, Vec<Person>> = HashMap::new();
    for row in tx.query(&PEOPLE, &[&ids])? {
        people.entry(row.get(0)?).or_default().push(Person {
            left: row.get(1)?,
            decides: row.get(2)?,
            bad_phone: row.get::<Option<Timestamp>>(3)?.is_some(),
            bouncing: row.get::<Option<Timestamp>>(4)?.is_some(),
        });
    }
    let mut doubled: HashSet<Uuid> = HashSet::new();
    for statement in [&FIRST_OF_TWO, &SECOND_OF_TWO] {
        for row in tx.query(statement, &[&ids])? {
            doubled.insert(row.get(0)?);
        }
    }
    let baseless = basis::lacking(tx, ids.0)?;
    let mut written: HashMap<Uuid, BTreeSet<Flaw>> = HashMap::new();
    for row in tx.query(&WRITTEN, &[&ids])? {
        written.entry(row.get(0)?).or_default().insert(row.get(1)?);
    }
    let looked = |row: &Row| {
        let id: Uuid = row.get(0)?;
        let (owner, touched): (Option<Uuid>, Timestamp) = (row.get(2)?, row.get(6)?);
        let archive = Archive {
            complete: row.get::<String>(3)?.is_empty(),
            owned: owner.is_some(),
            verified_on: row.get(4)?,
            created_at: row.get(5)?,
            touched_at: row.get::<Option<Timestamp>>(7)?.map_or(touched, |contact| contact.max(touched)),
        };
        let mut flaws = rules::of_row(&archive, now);
        flaws.extend(rules::of_people(people.get(&id).map_or(&[], Vec::as_slice)));
        if rules::is_stale(&archive, now, stale_days) {
            flaws.insert(Flaw::Stale);
        }
        if doubled.contains(&id) {
            flaws.insert(Flaw::Duplicate);
        }
        if baseless.contains(&id) {
            flaws.insert(Flaw::NoBasis);
        }
        let place = (row.get::<Option<Uuid>>(1)?.unwrap_or_default(), owner.unwrap_or_default());
        let written = written.remove(&id).unwrap_or_default();
        Ok(Looked { id, place, created_at: archive.created_at, flaws, written })
    };
    rows.iter().map(looked).collect()
}
