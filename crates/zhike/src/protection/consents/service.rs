use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Basis, Channel, Consent, Decision, Purpose};
use super::rules::{self, Latest, Standing};
use super::{entry, purposes};
use crate::customers;
use crate::customers::contacts::{self, Contact};
use crate::customers::model::{Customer, CustomerKind};
use crate::customers::rules::text::clean;
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::audit;
use crate::platform::grant::{Grant, Principal};
use crate::protection::facts;

store::statements! {
    OF_CUSTOMER = select Consent where "customer_id = $1 order by at desc, id desc limit 5000";
    OF_CONTACT = select Consent where "customer_id = $1 and contact_id = $2 order by at desc, id desc limit 500";
    OF_SELF = select Consent where "customer_id = $1 and contact_id is null order by at desc, id desc limit 500";
}

const HISTORY_SHOWN: usize = 100;
pub(super) const PROOF_MOST: usize = 1_000;
/// How often somebody may have changed companies for their earlier answers to be found.
const MOVES_MOST: usize = 10;
/// Clocks of phones run ahead of ours by this much at most.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// Somebody whose information is used: a contact, or, without one, the customer itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    pub customer: Id<Customer>,
    pub contact: Option<Id<Contact>>,
}

/// Whether somebody's information may be used for a purpose, by its key. To be asked by whoever is about to use it,
/// in the transaction in which they do: what is withdrawn before is then known.
pub fn may(tx: &mut Tx<'_>, person: Person, purpose: &str) -> Result<Standing> {
    let purpose = purposes::found(tx, purpose)?;
    let customer = customers::service::snapshot(tx, &[person.customer.uuid()])?.pop();
    let contact = match person.contact.map(|id| contacts::service::one(tx, person.customer, id)).transpose() {
        Err(error) if matches!(error.status, 404 | 423) => return Ok(Standing::Restricted),
        found => found?,
    };
    if customer.is_none_or(|customer| customer.removed) {
        return Ok(Standing::Restricted);
    }
    let answers = match &contact {
        Some(contact) => of_contact(tx, contact)?,
        None => Consent::all(tx, &OF_SELF, &[&person.customer])?,
    };
    let answers: Vec<&Consent> = answers.iter().collect();
    let barred = contact.is_some_and(|contact| contact.is_barred());
    Ok(of(&purpose, &answers, barred).0)
}

/// How somebody stands to a purpose, and the answer that decides it. Answers are in the order latest first.
fn of<'a>(purpose: &Purpose, answers: &[&'a Consent], barred: bool) -> (Standing, Option<&'a Consent>) {
    let found = answers.iter().find(|answer| answer.purpose == purpose.key).copied();
    let latest = found.map(|Consent { decision, basis, notice_version, .. }| Latest {
        decision: *decision,
        basis: *basis,
        notice_version: *notice_version,
    });
    (rules::standing(latest, purpose.notice_version, barred && purpose.contacts), found)
}

/// What a contact answered, here and where they worked before: people change companies, and their word goes with them.
fn of_contact(tx: &mut Tx<'_>, contact: &Contact) -> Result<Vec<Consent>> {
    let mut answers = Consent::all(tx, &OF_CONTACT, &[&contact.customer_id, &contact.id])?;
    let mut before = contact.moved_from_customer.zip(contact.moved_from_contact);
    for _ in 0..MOVES_MOST {
        let Some((customer, contact)) = before else { break };
        answers.extend(Consent::all(tx, &OF_CONTACT, &[&customer, &contact])?);
        let earlier = contacts::service::wherever(tx, contact)?;
        // The company of that time may have become part of another since, with all that was answered there.
        if let Some(now) = earlier.as_ref().map(|earlier| earlier.customer_id).filter(|now| *now != customer) {
            answers.extend(Consent::all(tx, &OF_CONTACT, &[&now, &contact])?);
        }
        before = earlier.and_then(|earlier| earlier.moved_from_customer.zip(earlier.moved_from_contact));
    }
    answers.sort_by_key(|answer| std::cmp::Reverse((answer.at, answer.id)));
    Ok(answers)
}

/// How a person stands to one purpose.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PurposeStanding)]
pub struct StandingView {
    pub purpose: String,
    pub standing: Standing,
    /// The answer that holds, if there is one.
    pub answer: Option<ConsentView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ConsentPerson)]
pub struct PersonView {
    /// Nothing for the customer itself.
    #[schema(value_type = Option<Uuid>)]
    pub contact_id: Option<Id<Contact>>,
    pub name: String,
    pub left: bool,
    pub purposes: Vec<StandingView>,
}

/// One answer, as it was written down.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConsentView {
    #[schema(value_type = Uuid)]
    pub id: Id<Consent>,
    #[schema(value_type = Option<Uuid>)]
    pub contact_id: Option<Id<Contact>>,
    pub purpose: String,
    pub decision: Decision,
    pub basis: Basis,
    pub notice_version: i64,
    pub channel: Channel,
    pub proof: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    pub recorded_by: Named,
}

/// How the people of a customer stand, and what they answered, latest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustomerConsents)]
pub struct ConsentsView {
    pub people: Vec<PersonView>,
    pub history: Vec<ConsentView>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsent {
    /// Left out for a customer who is a person.
    #[serde(default)]
    pub contact_id: Option<Uuid>,
    pub purpose: String,
    pub decision: Decision,
    #[serde(default)]
    pub basis: Basis,
    pub channel: Channel,
    /// What shows it: the words of a message, the number of a recording, where the paper lies. Needed for a consent.
    #[serde(default)]
    pub proof: Option<String>,
    /// When they said so; now, where it is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// How the people of a customer stand to the purposes in use.
pub fn of_customer(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Contact>, id: Id<Customer>) -> Result<ConsentsView> {
    let customer = customers::service::load(tx, grant, id)?;
    let purposes: Vec<Purpose> = purposes::all(tx)?.into_iter().filter(|p| p.retired_at.is_none()).collect();
    let answers = Consent::all(tx, &OF_CUSTOMER, &[&customer.id])?;
    let mut by_person: HashMap<Option<Id<Contact>>, Vec<&Consent>> = HashMap::new();
    for answer in &answers {
        by_person.entry(answer.contact_id).or_default().push(answer);
    }
    let mut people = Vec::new();
    if customer.kind == CustomerKind::Person {
        let own = by_person.remove(&None).unwrap_or_default();
        people.push(PersonView {
            contact_id: None,
            name: customer.name.clone(),
            left: false,
            purposes: standings(tx, &purposes, &own, false)?,
        });
    }
    for contact in contacts::of_customer(tx, customer.id)? {
        let earlier = match contact.moved_from_contact {
            Some(_) => of_contact(tx, &contact)?,
            None => Vec::new(),
        };
        let own = match contact.moved_from_contact {
            Some(_) => earlier.iter().collect(),
            None => by_person.remove(&Some(contact.id)).unwrap_or_default(),
        };
        people.push(PersonView {
            contact_id: Some(contact.id),
            purposes: standings(tx, &purposes, &own, contact.is_barred())?,
            left: contact.has_left,
            name: contact.name,
        });
    }
    // What people answered who are no longer here, or who are restricted, is kept and not shown.
    let shown: Vec<_> = people.iter().map(|person| person.contact_id).collect();
    let told = answers.iter().filter(|answer| shown.contains(&answer.contact_id)).take(HISTORY_SHOWN);
    let history = told.map(|answer| view(tx, answer.clone())).collect::<Result<_>>()?;
    Ok(ConsentsView { people, history })
}

fn standings(tx: &mut Tx<'_>, purposes: &[Purpose], answers: &[&Consent], barred: bool) -> Result<Vec<StandingView>> {
    let mut views = Vec::with_capacity(purposes.len());
    for purpose in purposes {
        let (standing, answer) = of(purpose, answers, barred);
        let answer = answer.map(|answer| view(tx, answer.clone())).transpose()?;
        views.push(StandingView { purpose: purpose.key.clone(), standing, answer });
    }
    Ok(views)
}

fn view(tx: &mut Tx<'_>, consent: Consent) -> Result<ConsentView> {
    Ok(ConsentView {
        recorded_by: names::user(tx, consent.recorded_by.uuid())?,
        id: consent.id,
        contact_id: consent.contact_id,
        purpose: consent.purpose,
        decision: consent.decision,
        basis: consent.basis,
        notice_version: consent.notice_version,
        channel: consent.channel,
        proof: consent.proof,
        at: consent.at,
        recorded_at: consent.recorded_at,
    })
}

/// Writes down what somebody answered. Whatever was done before a withdrawal stays lawful; from now on [`may`] says no.
pub fn record(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Contact>,
    id: Id<Customer>,
    new: &NewConsent,
) -> Result<ConsentView> {
    let who = grant.principal();
    let customer = customers::service::load_for_change(tx, grant, id)?;
    let person = person(tx, &customer, new.contact_id)?;
    let purpose = entry::named(tx, who, &new.purpose)?.ok_or_else(|| Error::field_invalid("purpose", "unknown"))?;
    if purpose.retired_at.is_some() && new.decision == Decision::Given {
        return Err(Error::field_invalid("purpose", "consent.retired"));
    }
    let consent = Consent {
        id: Id::new(),
        customer_id: customer.id,
        contact_id: person.contact,
        purpose: purpose.key.clone(),
        decision: new.decision,
        basis: new.basis,
        notice_version: purpose.notice_version,
        channel: new.channel,
        proof: proof(new)?,
        at: when(who, new.at)?,
        recorded_at: who.now,
        recorded_by: who.user,
    };
    consent.insert(tx)?;
    if consent.purpose == entry::PURPOSE {
        customers::basis::written(tx, customer.id)?;
    }
    tell(tx, who, &consent)?;
    view(tx, consent)
}

/// Takes back all that somebody has consented to, as they asked by that channel in the request of that number. What rests
/// on a contract or a law was no consent and stays.
pub fn withdraw_all(
    tx: &mut Tx<'_>,
    who: &Principal,
    (customer, contact): (Id<Customer>, Option<&Contact>),
    (channel, request): (Channel, &str),
) -> Result<()> {
    let answers = match contact {
        Some(contact) => of_contact(tx, contact)?,
        None => Consent::all(tx, &OF_SELF, &[&customer])?,
    };
    for purpose in purposes::all(tx)? {
        let latest = answers.iter().find(|answer| answer.purpose == purpose.key);
        if latest.is_none_or(|latest| latest.decision != Decision::Given || latest.basis != Basis::Consent) {
            continue;
        }
        let consent = Consent {
            id: Id::new(),
            customer_id: customer,
            contact_id: contact.map(|contact| contact.id),
            purpose: purpose.key,
            decision: Decision::Withdrawn,
            basis: Basis::Consent,
            notice_version: purpose.notice_version,
            channel,
            proof: Some(request.to_owned()),
            at: who.now,
            recorded_at: who.now,
            recorded_by: who.user,
        };
        consent.insert(tx)?;
        tell(tx, who, &consent)?;
    }
    Ok(())
}

/// Whose answer it is; a company answers nothing itself.
fn person(tx: &mut Tx<'_>, customer: &Customer, contact: Option<Uuid>) -> Result<Person> {
    let contact = match contact {
        None if customer.kind == CustomerKind::Person => None,
        None => return Err(Error::field_invalid("contact_id", "required")),
        Some(contact) => match contacts::service::one(tx, customer.id, Id::from_uuid(contact)) {
            Err(error) if error.status == 404 => return Err(Error::field_invalid("contact_id", "not_found")),
            found => Some(found?.id),
        },
    };
    Ok(Person { customer: customer.id, contact })
}

fn proof(new: &NewConsent) -> Result<Option<String>> {
    let proof = clean(new.proof.as_deref().unwrap_or_default(), PROOF_MOST, false);
    let proof = proof.map_err(|code| Error::field_invalid("proof", code))?;
    match proof.is_none() && new.decision == Decision::Given && new.basis == Basis::Consent {
        true => Err(Error::field_invalid("proof", "required")),
        false => Ok(proof),
    }
}

fn when(who: &Principal, at: Option<Timestamp>) -> Result<Timestamp> {
    let at = at.unwrap_or(who.now);
    let at = Timestamp::from_microsecond(at.as_microsecond()).map_err(Error::internal)?;
    // A clock that runs ahead must not outdo what is said in the meantime: the latest answer is what holds.
    if at > who.now + AHEAD { Err(Error::field_invalid("at", "date.in_future")) } else { Ok(at.min(who.now)) }
}

fn tell(tx: &mut Tx<'_>, who: &Principal, consent: &Consent) -> Result<()> {
    let customer = Some(consent.customer_id.uuid());
    let kind = match consent.decision {
        Decision::Given => facts::CONSENT_GIVEN,
        Decision::Refused | Decision::Withdrawn => facts::CONSENT_WITHDRAWN,
    };
    let attributes = json!({ "purpose": consent.purpose, "contact": consent.contact_id });
    customers::facts::publish(tx, who, kind, (consent.id.uuid(), customer), consent.at, attributes)?;
    let (of, record) = match consent.contact_id {
        Some(contact) => (Entity::Contact, contact.uuid()),
        None => (Entity::Customer, consent.customer_id.uuid()),
    };
    let told = json!({
        "purpose": consent.purpose, "decision": consent.decision, "basis": consent.basis,
        "notice_version": consent.notice_version, "channel": consent.channel,
    });
    audit::record(tx, who, "consent", of, record, customer, told)
}
