//! What becomes of a customer of the sheet: made, brought up to date, left out or refused. Whoever shows it beforehand
//! and whoever writes it ask here, so that both say the same.

use std::collections::HashMap;
use std::sync::Arc;

use store::Tx;

use super::existing::{Book, How, Keys, Known};
use super::model::{Duplicates, Problem};
use super::people;
use super::write::Ready;
use crate::customers::erasing;
use crate::customers::model::{Customer, Grade};
use crate::kernel::{Action, Id, Result};
use crate::platform::access::model::{Department, User};
use crate::platform::grant::Principal;

/// A customer that is there already, and how it was recognised.
#[derive(Clone, Debug)]
pub struct Match {
    pub how: How,
    pub known: Arc<Known>,
}

#[derive(Clone, Debug)]
pub enum Verdict {
    Create(Known),
    Update(Match),
    Skip(Match),
    /// Refused with this code.
    Refuse(&'static str, Match),
    /// Its owner or department is none that the asker may import for, or its grade none that they may set there; or it is
    /// somebody who was erased.
    NotAllowed(Problem),
}

pub struct Judge<'a> {
    who: &'a Principal,
    duplicates: Duplicates,
    book: Book,
    /// What earlier batches would have made, when nothing is written.
    seen: &'a Book,
    allowed: HashMap<Place, bool>,
}

/// What a right to a new customer is decided by: the right, the owner, the department.
type Place = (Action, Option<Id<User>>, Option<Id<Department>>);

impl<'a> Judge<'a> {
    pub fn new<'k>(
        tx: &mut Tx<'_>,
        who: &'a Principal,
        duplicates: Duplicates,
        seen: &'a Book,
        keys: impl Iterator<Item = &'k Keys> + Clone,
    ) -> Result<Self> {
        let book = match duplicates {
            Duplicates::Create => Book::default(),
            Duplicates::Skip | Duplicates::Update => Book::load(tx, keys)?,
        };
        Ok(Self { who, duplicates, book, seen, allowed: HashMap::new() })
    }

    pub fn judge(&mut self, tx: &mut Tx<'_>, ready: &Ready) -> Result<Verdict> {
        let found = self.book.find(&ready.keys).or_else(|| self.seen.find(&ready.keys));
        let Some((how, known)) = found.filter(|_| self.duplicates != Duplicates::Create) else {
            return self.create(tx, ready);
        };
        // What this import has made is the asker's.
        let may = known.is_made() || known.allows(tx, self.who, Action::Update)?;
        let verdict: fn(Match) -> Verdict = match self.duplicates {
            Duplicates::Skip | Duplicates::Create => Verdict::Skip,
            Duplicates::Update if how == How::Phone => |found| Verdict::Refuse("duplicate.phone_of_other", found),
            Duplicates::Update if may => Verdict::Update,
            Duplicates::Update => |found| Verdict::Refuse("duplicate.not_yours", found),
        };
        Ok(verdict(Match { how, known }))
    }

    fn create(&mut self, tx: &mut Tx<'_>, ready: &Ready) -> Result<Verdict> {
        let customer = &ready.prepared.customer;
        if erasing::is_marked(tx, self.who, &ready.prepared)? {
            return Ok(Verdict::NotAllowed(Problem::error("", "person.erased")));
        }
        if !self.may(tx, Action::Import, customer)? {
            return Ok(Verdict::NotAllowed(Problem::error("owner", "scope.outside")));
        }
        if customer.grade != Grade::DEFAULT && !self.may(tx, Action::Approve, customer)? {
            return Ok(Verdict::NotAllowed(Problem::error("grade", "not_allowed")));
        }
        let made = Known::made(&ready.keys, ready.prepared.customer.id.uuid());
        self.book.add(&ready.keys, made.clone());
        Ok(Verdict::Create(made))
    }

    /// Decided once per owner and department, not per row.
    fn may(&mut self, tx: &mut Tx<'_>, action: Action, customer: &Customer) -> Result<bool> {
        let (owner, department) = (customer.owner_id, customer.department_id);
        let place = (action, owner, department);
        if let Some(known) = self.allowed.get(&place) {
            return Ok(*known);
        }
        let allowed = people::reaches(tx, self.who, action, (owner, department))?;
        self.allowed.insert(place, allowed);
        Ok(allowed)
    }
}

impl Match {
    /// Whether the asker may learn which customer it is; of any other, only that there is one.
    pub fn is_shown(&self, tx: &mut Tx<'_>, who: &Principal) -> Result<bool> {
        Ok(self.known.is_made() || self.known.allows(tx, who, Action::Read)?)
    }

    /// Names the customer by `number`, where it may be named.
    pub fn told(&self, code: &str, shown: bool, number: &str) -> Problem {
        match shown {
            true => Problem::error(self.how.field(), code).about(format!("{number} {}", self.known.name).trim()),
            false => Problem::error("", "duplicate.unseen"),
        }
    }
}
