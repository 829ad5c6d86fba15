//! Work with the customers: contacts, rounds of verification, major events, people who come and go, to-dos.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use store::Tx;

use super::company::Company;
use super::places;
use crate::customers::contacts::{self, ContactPatch, NewContact, Way};
use crate::customers::events::EventKind;
use crate::customers::events::service as events;
use crate::customers::seen;
use crate::customers::verification::ItemResult;
use crate::customers::verification::service as verification;
use crate::engagement::interactions::attempts::{self, NewAttempt};
use crate::engagement::interactions::past::{self, Past};
use crate::engagement::interactions::{Kind, NewInteraction};
use crate::engagement::todos::{self, Priority};
use crate::kernel::permission::action::{Create, Import, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Id, Result};
use crate::platform::access;
use crate::platform::grant::Principal;
use crate::sample::world::{Round, Talk, World};

/// Hours.
const CALLED_BEFORE: [i64; 3] = [3, 20, 26];

impl Company {
    pub(super) fn talks(&self, tx: &mut Tx<'_>, talk: &Talk, at: Timestamp) -> Result<()> {
        let customer = self.customer(talk.customer)?;
        let who = self.at(talk.actor, at);
        let (plan, next_at, priority) = match &talk.next {
            Some((plan, due, priority)) => (Some(plan.clone()), Some(*due), Some(*priority)),
            None => (None, None, None),
        };
        let new = NewInteraction {
            kind: talk.kind,
            at: talk.at,
            contact_id: talk.with.and_then(|place| customer.contacts.get(place)).map(|id| id.uuid()),
            content: talk.content.clone(),
            feedback: talk.feedback.clone(),
            next_plan: plan,
            next_at,
            priority,
            duty_id: None,
            check_in: customer.place.and_then(|place| places::check_in(place, talk)),
        };
        let department = self.staff.people[customer.owner].department.map(Id::uuid);
        let (id, grade) = (customer.id, customer.grade);
        let system = std::sync::Arc::new(access::system(at, &who.vault));
        // Whoever talks with a customer has the archive before them, in office hours; it is written down when time allows.
        seen::opened(tx, &self.at(talk.actor, talk.at), id.uuid())?;
        let past = Past { who, customer: id, grade, department, new, done_at: talk.done };
        past::insert_block(tx, &system.grant::<Import, entity::Interaction>()?, &[past])
    }

    /// Some called a customer lately and have not yet written down what was said: two in time, one too late.
    pub(super) fn has_called(&self, tx: &mut Tx<'_>, world: &World, until: Timestamp) -> Result<()> {
        let stays = |person: &usize| !world.has_left(&world.staff.people[*person].login);
        let sellers = world.staff.sellers(|_| true).into_iter().filter(stays);
        for (seller, hours) in sellers.zip(CALLED_BEFORE) {
            let mut own = self.entered.iter().flatten().filter(|customer| customer.owner == seller);
            let Some(customer) = own.find(|customer| !customer.contacts.is_empty()) else { continue };
            let who = self.at(seller, until - SignedDuration::from_hours(hours));
            attempts::begin(tx, &who.grant()?, customer.id.uuid(), NewAttempt { kind: Kind::Phone })?;
        }
        Ok(())
    }

    /// Some of those whom nobody reaches have another number by now, or another address.
    fn marks_invalid(&self, tx: &mut Tx<'_>, round: &Round, who: &Arc<Principal>) -> Result<()> {
        let customer = self.customer(round.customer)?;
        let way = match round.customer % 7 {
            0 | 3 => Way::Phone,
            5 => Way::Email,
            _ => return Ok(()),
        };
        let Some(contact) = customer.contacts.first() else { return Ok(()) };
        let known = contacts::service::one(tx, customer.id, *contact)?;
        let has_it = if way == Way::Phone { known.phone.is_some() } else { known.email.is_some() };
        if has_it && !known.has_left {
            contacts::service::set_invalid(tx, &who.grant()?, (customer.id, *contact), (way, true))?;
        }
        Ok(())
    }

    pub(super) fn verifies(&self, tx: &mut Tx<'_>, at: Timestamp, round: &Round) -> Result<()> {
        let customer = self.customer(round.customer)?;
        let who = self.at(customer.owner, at);
        let new = verification::NewVerification {
            items: items(round, customer.contacts.is_empty()),
            contact_id: round.with.and_then(|with| customer.contacts.get(with)).map(|id| id.uuid()),
            note: round.unreachable.then(|| "多次拨打无人接听".to_owned()),
        };
        verification::verify(tx, &who.grant::<Update, entity::Customer>()?, customer.id, &new)?;
        match round.unreachable {
            true => self.marks_invalid(tx, round, &who),
            false => self.asks_consent(tx, round.customer, &who),
        }
    }

    pub(super) fn learns(
        &self,
        tx: &mut Tx<'_>,
        place: usize,
        at: Timestamp,
        (kind, happened_at, known_at, content): (usize, Timestamp, Timestamp, &str),
    ) -> Result<()> {
        let customer = self.customer(place)?;
        let who = self.at(customer.owner, at);
        let kind = EventKind::ALL.get(kind).copied().unwrap_or(EventKind::Other);
        let new = events::NewEvent { kind, happened_at, known_at: Some(known_at), content: content.to_owned() };
        events::record(tx, &who.grant::<Update, entity::Customer>()?, customer.id, &new).map(drop)
    }

    pub(super) fn replaces(
        &mut self,
        tx: &mut Tx<'_>,
        place: usize,
        at: Timestamp,
        (contact, came): (usize, &NewContact),
    ) -> Result<()> {
        let customer = self.customer(place)?;
        let who = self.at(customer.owner, at);
        let Some(gone) = customer.contacts.get(contact).copied() else { return Ok(()) };
        let old = contacts::service::one(tx, customer.id, gone)?;
        let patch = ContactPatch { left: Some(true), ..ContactPatch::default() };
        let grant = who.grant::<Update, entity::Contact>()?;
        contacts::service::update(tx, &grant, (customer.id, gone), old.version, &patch)?;
        let made = contacts::service::create(tx, &who.grant::<Create, entity::Contact>()?, customer.id, came)?;
        self.came(place, made.id)
    }

    pub(super) fn notes(
        &self,
        tx: &mut Tx<'_>,
        person: usize,
        at: Timestamp,
        (title, due_at, priority): (&str, Timestamp, Priority),
    ) -> Result<()> {
        let who = self.at(person, at);
        let new = todos::service::NewTodo {
            title: title.to_owned(),
            customer_id: None,
            owner_id: None,
            due_at: Some(due_at),
            remind_at: None,
            priority,
        };
        todos::service::create(tx, &who.grant::<Create, entity::Todo>()?, &new).map(drop)
    }
}

/// The facts that people ask about, of a company and of a person, and whatever else came up.
fn items(round: &Round, is_person: bool) -> Vec<verification::AnswerItem> {
    let fields: &[&str] = match is_person {
        true => &["phone", "core_need", "preferences"],
        false => &["staff_count", "core_need", "contact", "address", "main_business", "decision_maker"],
    };
    let changed = round.changed.as_ref().map(|(field, value)| (*field, value));
    let beside = changed.map(|(field, _)| field).filter(|field| !fields.contains(field));
    let item = |field: &str| {
        let value = changed.filter(|(changed, _)| *changed == field).map(|(_, value)| value.clone());
        let result = match &value {
            _ if round.unreachable => ItemResult::Unreachable,
            Some(_) => ItemResult::Changed,
            None => ItemResult::Confirmed,
        };
        verification::AnswerItem { field: field.to_owned(), result, value }
    };
    fields.iter().copied().chain(beside).map(item).collect()
}
