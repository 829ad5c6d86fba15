//! What this room takes from the rooms next door: customers, people and policy. Everything goes through their services;
//! their tables are theirs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use store::Tx;
use uuid::Uuid;

use crate::customers;
use crate::customers::model::Customer;
use crate::customers::service::Whose;
use crate::engagement::team::service::{Heat, Person, reached};
use crate::engagement::today::rules::Day;
use crate::engagement::today::service::{Counts, TeamToday};
use crate::kernel::permission::action::{Doing, Read};
use crate::kernel::permission::entity::{self, Of};
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::people::absences;
use crate::platform::access::names::{self, Named};
use crate::platform::grant::{Grant, Principal};
use crate::policy::{duties, regulations};

pub use crate::platform::access::names::NamedRecord;
pub use customers::service::Card as CustomerCard;
pub use duties::{DutyCard, Reached};
pub use regulations::view::VersionSummary;

/// Whether `who` may see the contacts of every customer.
pub fn reaches_all(who: &Principal, of: Entity) -> bool {
    let all = |entity| who.permissions.reach(Action::Read, entity).is_some_and(|reach| reach.all);
    all(Entity::Customer) && all(of)
}

/// The customer that the grant is to be used on; 404 for who may not see it, 403 for who may see it only.
pub fn customer<A: Doing, E: Of>(tx: &mut Tx<'_>, grant: &Grant<A, E>, id: Uuid) -> Result<Customer> {
    let customer = customers::service::load(tx, grant, Id::from_uuid(id))?;
    match sees(tx, grant.principal(), &customer)? {
        true => Ok(customer),
        false => Err(Error::not_found()),
    }
}

/// A customer that `who` may see, or 404.
pub fn visible_customer(tx: &mut Tx<'_>, who: &Arc<Principal>, id: Uuid) -> Result<Customer> {
    let grant = who.grant::<Read, entity::Customer>().map_err(|_| Error::not_found())?;
    customers::service::load(tx, &grant, Id::from_uuid(id))
}

fn sees(tx: &mut Tx<'_>, who: &Principal, customer: &Customer) -> Result<bool> {
    let visible = customers::reach::predicate(who, Action::Read, Entity::Customer);
    customers::reach::reaches(tx, &visible, customer)
}

/// The names of customers that `who` may see; of others nothing.
pub fn customer_names(tx: &mut Tx<'_>, who: &Principal, ids: HashSet<Uuid>) -> Result<HashMap<Uuid, String>> {
    let cards = customer_cards(tx, who, &ids.into_iter().collect::<Vec<_>>())?;
    Ok(cards.into_values().filter(|card| card.visible).map(|card| (card.id, card.name)).collect())
}

/// What a row says of its customer.
pub fn customer_cards(tx: &mut Tx<'_>, who: &Principal, ids: &[Uuid]) -> Result<HashMap<Uuid, CustomerCard>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let cards = customers::service::cards(tx, who, ids)?;
    Ok(cards.into_iter().map(|card| (card.id, card)).collect())
}

/// A contact of the customer by name; 422 if it is none of theirs.
pub fn contact_of(tx: &mut Tx<'_>, customer: Id<Customer>, contact: Uuid) -> Result<NamedRecord> {
    match customers::contacts::service::one(tx, customer, Id::from_uuid(contact)) {
        Ok(found) => Ok(NamedRecord { id: contact, name: Some(found.name) }),
        Err(error) if error.status == 404 => Err(Error::field_invalid("contact_id", "unknown")),
        Err(error) => Err(error),
    }
}

/// The names of all contacts of these customers.
pub fn contact_names(tx: &mut Tx<'_>, customers: HashSet<Uuid>) -> Result<HashMap<Uuid, String>> {
    if customers.is_empty() {
        return Ok(HashMap::new());
    }
    let customers: Vec<Uuid> = customers.into_iter().collect();
    let people = customers::contacts::of_customers(tx, &customers)?;
    Ok(people.into_iter().map(|person| (person.id, person.name)).collect())
}

/// How many customers of each grade there are within reach.
pub fn customers_by_grade(tx: &mut Tx<'_>, reached: &Reached) -> Result<HashMap<String, i64>> {
    let whose = match reached {
        Reached::All => Whose::All,
        Reached::Departments(departments) => Whose::Departments(departments),
        Reached::Own(person) => Whose::Owner(*person),
    };
    Ok(customers::service::count_by_grade(tx, whose)?.into_iter().collect())
}

/// The people who are away today and for whom this person stands in.
pub fn stands_in_for(tx: &mut Tx<'_>, who: &Arc<Principal>, today: Date) -> Result<Vec<Named>> {
    let Ok(grant) = who.grant::<Read, entity::Absence>() else { return Ok(Vec::new()) };
    let asked = absences::Question { user_id: None, from: Some(today), to: Some(today) };
    let away = absences::list(tx, &grant, &asked)?;
    let mine = away.into_iter().filter(|absence| absence.deputy_id == Some(who.user));
    let people: HashSet<Uuid> =
        mine.map(|absence| absence.user_id.uuid()).filter(|id| *id != who.user.uuid()).collect();
    people.into_iter().map(|id| names::user(tx, id)).collect()
}

/// Open duties of these people that ask to be acted on by the end of the week.
pub fn open_duties(
    tx: &mut Tx<'_>,
    who: &Principal,
    owners: &[Uuid],
    (until, limit): (Timestamp, usize),
) -> Result<Vec<DutyCard>> {
    duties::open_duties(tx, who, owners, (until, limit))
}

/// How a person stands today and stood in the last months.
pub fn duty_counts(tx: &mut Tx<'_>, person: Uuid, day: &Day, months: usize) -> Result<Counts> {
    let counts = duties::counts(tx, person, day.now, (day.starts, day.ends))?;
    let trend = duties::month_rates(tx, person, day.date, months)?;
    let month_rate = trend.last().copied().flatten();
    let duties::Counts { open, overdue, slipped, done } = counts;
    Ok(Counts { open, done, overdue, slipped, month_rate, trend })
}

/// How a leader's people stand today; nothing for whoever leads nobody.
pub fn team_today(tx: &mut Tx<'_>, who: &Principal, today: Date) -> Result<Option<TeamToday>> {
    let reached = match reached(who) {
        Reached::Own(_) => return Ok(None),
        reached => reached,
    };
    let (overdue, due) = duties::team_open(tx, &reached, (today, today.saturating_add(7.days())))?;
    Ok(Some(TeamToday { overdue, due }))
}

/// Versions of policies that wait for this person's decision.
pub fn approvals_waiting(tx: &mut Tx<'_>, who: &Principal) -> Result<Vec<VersionSummary>> {
    regulations::service::waiting_for(tx, who)
}

/// Whether a rule that makes duties is in force.
pub fn any_rule_in_force(tx: &mut Tx<'_>) -> Result<bool> {
    duties::any_rule_in_force(tx)
}

/// The team's duties by person, and the days on which it went wrong.
pub fn team_duties(
    tx: &mut Tx<'_>,
    reached: &Reached,
    today: Date,
    days: (Date, Date),
) -> Result<(Vec<Person>, Vec<Heat>)> {
    let (people, heat) = duties::team(tx, reached, today, days)?;
    let person = |counts: duties::PersonCounts| {
        let judged = counts.met + counts.late + counts.missed;
        Ok(Person {
            id: counts.id,
            name: Some(names::user(tx, counts.id)?.name),
            open: counts.open,
            overdue: counts.overdue,
            met: counts.met,
            late: counts.late,
            missed: counts.missed,
            rate: duties::percent(counts.met, judged),
        })
    };
    let heat = heat.into_iter().map(|day| Heat { date: day.date, late: day.late, missed: day.missed });
    Ok((people.into_iter().map(person).collect::<Result<_>>()?, heat.collect()))
}
