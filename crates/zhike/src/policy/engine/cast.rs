//! Who plays which part: who stands in for whom, who leads what, and what rules know of a customer.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::tell;
use crate::customers::service as customers;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Id, Result};
use crate::people::absences::{self, AbsenceView};
use crate::platform::access;
use crate::platform::access::model::{Department, User};
use crate::platform::grant::Principal;
use crate::policy::book::Entry;
use crate::policy::definition::{CUSTOMER, Owner};
use crate::policy::rules::{Subject, Terms, Window};

store::statements! {
    GRADED = "insert into customer_since (customer_id, since) values ($1, $2)
        on conflict (customer_id) do update set since = excluded.since";
    SINCE = "select since from customer_since where customer_id = $1";
    SINCE_BETWEEN = "select customer_id, since from customer_since where customer_id >= $1 and customer_id <= $2";
}

/// Notes since when a customer has had its present grade.
pub fn graded(tx: &mut Tx<'_>, customer: Uuid, at: Timestamp) -> Result<()> {
    tx.execute(&GRADED, &[&customer, &at])?;
    Ok(())
}

/// What is known of customers and colleagues while some customers are planned.
pub struct Cast {
    who: Principal,
    since: HashMap<Uuid, Timestamp>,
    away: Option<Vec<AbsenceView>>,
    heads: HashMap<Uuid, Option<Uuid>>,
    today: Date,
}

impl Cast {
    /// For clocks, which do not ask since when anybody is what they are.
    pub fn new(who: &Principal, today: Date) -> Self {
        Self { who: who.clone(), since: HashMap::new(), away: None, heads: HashMap::new(), today }
    }

    /// For one customer.
    pub fn of_one(tx: &mut Tx<'_>, who: &Principal, customer: Uuid, today: Date) -> Result<Self> {
        let since = tx.query_opt(&SINCE, &[&customer])?.map(|row| row.get(0)).transpose()?;
        let since = since.into_iter().map(|since| (customer, since)).collect();
        Ok(Self { since, ..Self::new(who, today) })
    }

    /// For a page of customers in the order of their ids.
    pub fn of_page(tx: &mut Tx<'_>, who: &Principal, page: &[customers::Subject], today: Date) -> Result<Self> {
        let since = match (page.first(), page.last()) {
            (Some(first), Some(last)) => tx.query(&SINCE_BETWEEN, &[&first.id, &last.id])?,
            _ => Vec::new(),
        };
        let since = since.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_>>()?;
        Ok(Self { since, ..Self::new(who, today) })
    }

    /// A customer as a rule sees it in a period.
    pub fn subject(
        &mut self,
        tx: &mut Tx<'_>,
        entry: &Entry,
        customer: &customers::Subject,
        window: Option<&Window>,
    ) -> Result<Subject> {
        let department_head = match entry.rule.owner {
            Owner::DepartmentHead => self.head(tx, customer.department)?,
            Owner::CustomerOwner | Owner::FactActor | Owner::FactAssignee => None,
        };
        let deputy = match (entry.rule.owner, customer.owner) {
            (Owner::CustomerOwner, Some(owner)) => self.deputy(tx, owner, window)?,
            _ => None,
        };
        let graded = self.since.get(&customer.id).copied();
        Ok(Subject {
            id: customer.id,
            kind: CUSTOMER.to_owned(),
            grade: Some(customer.grade.word().to_owned()),
            attributes: serde_json::Map::new(),
            owner: customer.owner,
            deputy,
            department: customer.department,
            department_head,
            since: customer.since.max(graded.unwrap_or(customer.since)).max(entry.since),
            until: None,
        })
    }

    /// Adds to the terms of what is known from facts alone what the organisation says: the department of whoever owes it
    /// where none is named, its head where nobody has it, and who stands in.
    pub fn complete(&mut self, tx: &mut Tx<'_>, owner: Owner, terms: &mut Terms) -> Result<()> {
        if terms.department.is_none() {
            terms.department = department_of(tx, terms.owner)?;
        }
        if owner == Owner::DepartmentHead || terms.owner.is_none() {
            let head = match terms.department {
                Some(_) => tell::head_above(tx, terms.department, None)?,
                None => tell::root_head(tx)?,
            };
            terms.owner = head.map(Id::uuid).or(terms.owner);
        }
        terms.deputy = match terms.owner {
            Some(owner) => self.deputy(tx, owner, None)?,
            None => None,
        };
        Ok(())
    }

    /// Who stands in for somebody during some of the time that is left of a period.
    fn deputy(&mut self, tx: &mut Tx<'_>, owner: Uuid, window: Option<&Window>) -> Result<Option<Uuid>> {
        let away = match self.away.take() {
            Some(away) => away,
            None => away(tx, &self.who, self.today)?,
        };
        let (from, until) = match window {
            Some(window) => (self.today.max(window.first), window.end),
            None => (self.today, self.today.tomorrow().unwrap_or(self.today)),
        };
        let touches = |away: &&AbsenceView| away.user_id.uuid() == owner && away.from < until && from <= away.to;
        let deputy = away.iter().filter(touches).find_map(|away| away.deputy_id).map(Id::uuid);
        self.away = Some(away);
        Ok(deputy)
    }

    fn head(&mut self, tx: &mut Tx<'_>, department: Option<Uuid>) -> Result<Option<Uuid>> {
        let Some(department) = department else { return Ok(None) };
        if let Some(head) = self.heads.get(&department) {
            return Ok(*head);
        }
        let head = Department::find(tx, department)?.and_then(|department| department.head_id).map(Id::uuid);
        self.heads.insert(department, head);
        Ok(head)
    }
}

/// Where somebody works.
pub fn department_of(tx: &mut Tx<'_>, person: Option<Uuid>) -> Result<Option<Uuid>> {
    let Some(person) = person else { return Ok(None) };
    Ok(User::find(tx, person)?.and_then(|user| user.department_id).map(Id::uuid))
}

/// Absences from today on. They are everybody's business here, whoever's change led to planning.
fn away(tx: &mut Tx<'_>, who: &Principal, today: Date) -> Result<Vec<AbsenceView>> {
    let system = std::sync::Arc::new(access::system(who.now, &who.vault));
    let grant = system.grant::<Read, entity::Absence>()?;
    absences::list(tx, &grant, &absences::Question { user_id: None, from: Some(today), to: None })
}
