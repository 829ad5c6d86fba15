//! What people said about the use of their information, and what they ask of the company about it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use store::Tx;

use super::company::Company;
use crate::customers::model::CustomerKind;
use crate::kernel::Result;
use crate::kernel::permission::action::{Create, Update};
use crate::kernel::permission::entity;
use crate::platform::grant::Principal;
use crate::protection::consents::service::{self as consents, NewConsent, Person};
use crate::protection::consents::{Basis, Channel, Decision, Standing, may};
use crate::protection::requests::model::{Asker, Identity, Kind};
use crate::protection::requests::service::{self as requests, NewAnswer, NewIdentity, NewRequest};
use crate::sample::world::World;

impl Company {
    /// Whoever is reached in a round is asked once for what: all whether they may be called back, some whether they want
    /// offers; a few want none.
    pub(super) fn asks_consent(&self, tx: &mut Tx<'_>, place: usize, who: &Arc<Principal>) -> Result<()> {
        let customer = self.customer(place)?;
        let contact = customer.contacts.first().copied();
        let offers = if place % 11 == 4 { Decision::Refused } else { Decision::Given };
        for (purpose, decision) in [("return_visit", Decision::Given), ("marketing", offers)] {
            let wanted = purpose == "return_visit" || place.is_multiple_of(3) || offers == Decision::Refused;
            let person = Person { customer: customer.id, contact };
            if !wanted || may(tx, person, purpose)? != Standing::None {
                continue;
            }
            let new = NewConsent {
                contact_id: contact.map(|contact| contact.uuid()),
                purpose: purpose.to_owned(),
                decision,
                basis: Basis::Consent,
                channel: Channel::Phone,
                proof: Some("核对档案时口头答复，见当天的记录".to_owned()),
                at: None,
            };
            consents::record(tx, &who.grant::<Update, entity::Contact>()?, customer.id, &new)?;
        }
        Ok(())
    }

    /// In the last days two persons have asked about their information: one has been answered, one waits.
    pub(super) fn is_asked(&self, tx: &mut Tx<'_>, world: &World, until: Timestamp) -> Result<()> {
        let persons = self.entered.iter().zip(&world.customers);
        let persons = persons.filter(|(_, one)| one.archive.kind == Some(CustomerKind::Person));
        let persons = persons.filter_map(|(entered, _)| entered.as_ref());
        for ((customer, kind), (days, content)) in persons
            .zip([Kind::Copy, Kind::Correct])
            .zip([(4, "想知道公司存了我的哪些信息，请发一份给我"), (2, "手机号换了，请把旧号码改掉")])
        {
            let handler = self.at(0, until - SignedDuration::from_hours(24 * days));
            let new = NewRequest {
                contact_id: None,
                kind,
                asker: Asker::Oneself,
                channel: Channel::Phone,
                content: content.to_owned(),
                received_at: None,
                handler_id: None,
            };
            let made = requests::receive(tx, &handler.grant::<Create, entity::SubjectRequest>()?, customer.id, &new)?;
            if kind != Kind::Copy {
                continue;
            }
            let handler = self.at(0, until - SignedDuration::from_hours(24 * days - 2));
            let grant = handler.grant::<Update, entity::SubjectRequest>()?;
            let (ids, note) = ((customer.id, made.id), Some("回拨档案里的号码，本人接听".to_owned()));
            let seen = NewIdentity { identity: Identity::CalledBack, note };
            let known = requests::identify(tx, &grant, (ids, made.version), &seen)?;
            let answer = NewAnswer { fulfilled: true, answer: "已把副本发到本人邮箱".to_owned() };
            requests::answer(tx, &grant, (ids, known.version), &answer)?;
        }
        Ok(())
    }
}
