//! The service desk of the sample company at work.

use jiff::Timestamp;
use serde_json::json;
use store::Tx;
use store::list::{Asked, Filter, Op};
use uuid::Uuid;

use super::company::Company;
use crate::desk::cases::{Act, NewCase, Outcome, service};
use crate::kernel::permission::action::{Create, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Error, Result};
use crate::platform::exports::Language;
use crate::sample::world::desk::{Served, Service};

impl Company {
    pub(super) fn serves(&self, tx: &mut Tx<'_>, at: Timestamp, served: &Served) -> Result<()> {
        match served.step {
            Service::Opened { .. } => self.takes_in(tx, at, served),
            _ => self.goes_on(tx, at, served),
        }
    }

    fn takes_in(&self, tx: &mut Tx<'_>, at: Timestamp, served: &Served) -> Result<()> {
        let Service::Opened { customer, channel, kind, level, subject, content, product } = served.step else {
            return Ok(());
        };
        let customer = customer.map(|place| self.customer(place)).transpose()?;
        let contact = customer.and_then(|customer| customer.contacts.first());
        let new = NewCase {
            customer_id: customer.map(|customer| customer.id.uuid()),
            contact_id: contact.map(|contact| contact.uuid()),
            kind,
            level: kind.map(|_| level),
            subject: subject.to_owned(),
            content: Some(content.to_owned()),
            product: Some(product.to_owned()).filter(|product| !product.is_empty()),
            received_at: Some(served.received_at),
            ..NewCase::by(channel)
        };
        let grant = self.at(served.by, at).grant::<Create, entity::Case>()?;
        service::open(tx, &grant, &new).map(drop)
    }

    fn goes_on(&self, tx: &mut Tx<'_>, at: Timestamp, served: &Served) -> Result<()> {
        let who = self.at(served.by, at);
        let case = self.case_of(tx, at, served)?;
        let person = |place: usize| json!(self.staff.people[place].user);
        let act = match served.step {
            Service::Opened { .. } => return Ok(()),
            Service::Answered(text) => json!({ "act": "answer", "content": text }),
            Service::Thanked(text) => json!({ "act": "thank", "content": text }),
            Service::Given(to) => json!({ "act": "assign", "assignee_id": person(to) }),
            Service::TakenUp => json!({ "act": "take_up" }),
            Service::Called(member) => json!({ "act": "call", "members": [person(member)] }),
            Service::Joined => json!({ "act": "join" }),
            Service::Noted(text) => json!({ "act": "note", "content": text }),
            Service::Wrote(text) => json!({ "act": "wrote", "content": text }),
            Service::Waits(text) => json!({ "act": "wait", "content": text }),
            Service::Solution(text) => json!({ "act": "solution", "content": text }),
            Service::Solved(text) => json!({ "act": "solve", "content": text }),
            Service::Told => {
                let letter = service::letter(tx, &who.grant::<Read, entity::Case>()?, case, Language::Zh)?;
                json!({ "act": "tell", "content": letter.content })
            }
            Service::FollowedUp(outcome, text) => {
                json!({ "act": "follow_up", "outcome": outcome, "content": text, "close": outcome == Outcome::Confirmed })
            }
            Service::Closed => json!({ "act": "close" }),
            Service::Reopened(text) => json!({ "act": "reopen", "content": text }),
        };
        let act: Act = serde_json::from_value(act).map_err(Error::internal)?;
        service::act(tx, &who.grant::<Update, entity::Case>()?, case, &act).map(drop)
    }

    /// The case that reached the company at that instant.
    fn case_of(&self, tx: &mut Tx<'_>, at: Timestamp, served: &Served) -> Result<Uuid> {
        let filter = Filter { field: "received_at".into(), op: Op::Eq, value: json!(served.received_at) };
        let asked = Asked { filters: vec![filter], ..Asked::default() };
        let founder = self.at(0, at).grant::<Read, entity::Case>()?;
        let found = service::list(tx, &founder, &asked, None)?;
        found.items.first().map(|case| case.id).ok_or_else(Error::not_found)
    }
}
