use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::list::{Asked, Field, Kind as Of, List, ListSpec};
use store::{Columns as _, Entity as _, Predicate, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Asker, Identity, Kind, State, SubjectRequest};
use crate::customers::contacts::Contact;
use crate::customers::model::Customer;
use crate::customers::rules::text::clean;
use crate::customers::{facts as customer_facts, protected, reach};
use crate::kernel::permission::action::{Create, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::access::model::User;
use crate::platform::access::names::{self, Named};
use crate::platform::access::{people_who_may, principal_of};
use crate::platform::audit;
use crate::platform::grant::{Grant, Principal};
use crate::protection::consents::{self, Channel};
use crate::protection::{erasure, facts};

store::statements! {
    ONE = select SubjectRequest where "customer_id = $1 and id = $2";
    OTHERS_OPEN = "select id from subject_request where customer_id = $1 and id <> $2 and state = 'open'
        and (contact_id = $3 or (contact_id is null and $3 is null)) limit 1";
    TAKE_NUMBER = "insert into subject_request_counter (year, last) values ($1, 1)
        on conflict (year) do update set last = subject_request_counter.last + 1 returning last";
}

const CONTENT_MOST: usize = 2_000;
const LOG_MOST: i64 = 100;
/// Clocks of phones run ahead of ours by this much at most.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

const SPEC: ListSpec = ListSpec {
    table: "subject_request",
    columns: SubjectRequest::COLUMNS,
    fields: &[
        Field::new("received_at", Of::Instant).sortable(),
        Field::new("state", Of::Word),
        Field::new("kind", Of::Word),
        Field::new("handler", Of::Id).column("handler_id"),
        Field::new("customer", Of::Id).column("customer_id"),
    ],
    default_sort: "-received_at",
};

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSubjectRequest)]
pub struct NewRequest {
    /// Left out for a customer who is a person.
    #[serde(default)]
    pub contact_id: Option<Uuid>,
    pub kind: Kind,
    pub asker: Asker,
    pub channel: Channel,
    /// What they ask for, in their words.
    pub content: String,
    /// Now, where it is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub received_at: Option<Timestamp>,
    /// Who answers it: whoever writes it down if they may, else somebody who may.
    #[serde(default)]
    pub handler_id: Option<Uuid>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIdentity {
    pub identity: Identity,
    /// What was seen, without copying it: "身份证原件，与档案一致".
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SubjectRequestAnswer)]
pub struct NewAnswer {
    pub fulfilled: bool,
    /// What was done, or why it is refused.
    pub answer: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SubjectRequestWithdrawal)]
pub struct Reason {
    pub reason: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SubjectRequestView)]
pub struct RequestView {
    #[schema(value_type = Uuid)]
    pub id: Id<SubjectRequest>,
    pub number: String,
    #[schema(value_type = Uuid)]
    pub customer_id: Id<Customer>,
    #[schema(value_type = Option<Uuid>)]
    pub contact_id: Option<Id<Contact>>,
    /// Of the contact, or of the customer. Empty when they are no longer there.
    pub name: String,
    pub kind: Kind,
    pub state: State,
    pub asker: Asker,
    pub channel: Channel,
    pub content: String,
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    pub handler: Named,
    pub identity: Option<Identity>,
    pub identity_note: Option<String>,
    pub identity_by: Option<Named>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub identity_at: Option<Timestamp>,
    pub answer: Option<String>,
    pub answered_by: Option<Named>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered_at: Option<Timestamp>,
    pub version: i64,
}

/// Something that was done about a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SubjectRequestStep)]
pub struct Step {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub action: String,
    pub by: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SubjectRequestDetail)]
pub struct Detail {
    pub request: RequestView,
    /// Whether the person is restricted now.
    pub restricted: bool,
    /// What was done about it, newest first.
    pub log: Vec<Step>,
}

type Ids = (Id<Customer>, Id<SubjectRequest>);

/// A page of the requests about customers that the asker reaches.
pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::SubjectRequest>, asked: &Asked) -> Result<List<RequestView>> {
    let visible = reach::registered(grant.principal(), "customer_id", Entity::SubjectRequest);
    let (rows, next) = SPEC.page(tx, &visible, asked)?;
    let requests = rows.into_iter().map(SubjectRequest::from_row).collect::<store::Result<Vec<_>>>()?;
    Ok(List { items: views(tx, requests)?, next })
}

fn views(tx: &mut Tx<'_>, requests: Vec<SubjectRequest>) -> Result<Vec<RequestView>> {
    let customers: Vec<Uuid> = requests.iter().map(|request| request.customer_id.uuid()).collect();
    let contacts: Vec<Uuid> = requests.iter().filter_map(|request| request.contact_id).map(Id::uuid).collect();
    let names = protected::names(tx, &customers, &contacts)?;
    requests.into_iter().map(|request| view(tx, &names, request)).collect()
}

fn view(tx: &mut Tx<'_>, names: &HashMap<Uuid, String>, request: SubjectRequest) -> Result<RequestView> {
    let person = request.contact_id.map_or(request.customer_id.uuid(), Id::uuid);
    Ok(RequestView {
        name: names.get(&person).cloned().unwrap_or_default(),
        handler: names::user(tx, request.handler_id.uuid())?,
        identity_by: request.identity_by.map(|id| names::user(tx, id.uuid())).transpose()?,
        answered_by: request.answered_by.map(|id| names::user(tx, id.uuid())).transpose()?,
        id: request.id,
        number: request.number,
        customer_id: request.customer_id,
        contact_id: request.contact_id,
        kind: request.kind,
        state: request.state,
        asker: request.asker,
        channel: request.channel,
        content: request.content,
        received_at: request.received_at,
        identity: request.identity,
        identity_note: request.identity_note,
        identity_at: request.identity_at,
        answer: request.answer,
        answered_at: request.answered_at,
        version: request.version,
    })
}

fn one_view(tx: &mut Tx<'_>, request: SubjectRequest) -> Result<RequestView> {
    views(tx, vec![request])?.pop().ok_or_else(Error::not_found)
}

/// Those who may answer requests.
pub fn handlers(tx: &mut Tx<'_>, _grant: &Grant<Create, entity::SubjectRequest>) -> Result<Vec<Named>> {
    people_who_may(tx, Action::Update, Entity::SubjectRequest)
}

pub fn get(tx: &mut Tx<'_>, grant: &Grant<Read, entity::SubjectRequest>, (customer, id): Ids) -> Result<Detail> {
    let there = match protected::customer(tx, grant, customer) {
        // The register outlives the customer, for whoever may see all of it.
        Err(error) if error.status == 404 && sees_all(grant) => None,
        there => Some(there?),
    };
    let request = found(tx, customer, id)?;
    let restricted = match request.contact_id {
        Some(contact) => protected::is_restricted(tx, customer, contact)?,
        None => there.is_some_and(|customer| customer.restricted_at.is_some()),
    };
    let step = |entry: audit::AuditEntry| Step { at: entry.at, action: entry.action, by: entry.actor_name };
    let log = audit::of_record(tx, request.id.uuid(), LOG_MOST)?.into_iter().map(step).collect();
    Ok(Detail { request: one_view(tx, request)?, restricted, log })
}

fn sees_all(grant: &Grant<Read, entity::SubjectRequest>) -> bool {
    reach::register(grant.principal(), Action::Read, Entity::SubjectRequest) == Predicate::All
}

pub fn found(tx: &mut Tx<'_>, customer: Id<Customer>, id: Id<SubjectRequest>) -> Result<SubjectRequest> {
    SubjectRequest::one(tx, &ONE, &[&customer, &id])?.ok_or_else(Error::not_found)
}

/// Refuses what must not be done for somebody of whom nobody knows who they are.
pub fn identified(request: &SubjectRequest) -> Result<()> {
    match request.identity {
        Some(_) => Ok(()),
        None => Err(Error::conflict("request.identity_unchecked")),
    }
}

/// Writes a request down; from then on its answer is owed.
pub fn receive(
    tx: &mut Tx<'_>,
    grant: &Grant<Create, entity::SubjectRequest>,
    customer: Id<Customer>,
    new: &NewRequest,
) -> Result<RequestView> {
    let who = grant.principal();
    let content = text("content", &new.content)?;
    let received_at = new.received_at.unwrap_or(who.now);
    if received_at > who.now + AHEAD {
        return Err(Error::field_invalid("received_at", "date.in_future"));
    }
    let contact = new.contact_id.map(Id::from_uuid);
    let person = protected::person(tx, grant, (customer, contact))?;
    let request = SubjectRequest {
        id: Id::new(),
        customer_id: person.customer.id,
        number: number(tx, who)?,
        contact_id: contact,
        kind: new.kind,
        state: State::Open,
        asker: new.asker,
        channel: new.channel,
        content,
        received_at: Timestamp::from_microsecond(received_at.as_microsecond()).map_err(Error::internal)?,
        handler_id: Id::from_uuid(handler(tx, who, &person.customer, new.handler_id)?),
        identity: None,
        identity_note: None,
        identity_by: None,
        identity_at: None,
        answer: None,
        answered_by: None,
        answered_at: None,
        version: 1,
        created_by: who.user,
        created_at: who.now,
        updated_at: who.now,
    };
    request.insert(tx)?;
    let told = json!({ "kind": request.kind, "assignee": request.handler_id });
    tell(tx, who, &request, (facts::REQUEST_RECEIVED, request.received_at), told)?;
    let told = json!({ "number": request.number, "kind": request.kind, "assignee_id": request.handler_id });
    audited(tx, who, &request, "create", told)?;
    one_view(tx, request)
}

/// Who is to answer it: somebody who may answer requests about this customer.
fn handler(tx: &mut Tx<'_>, who: &Principal, customer: &Customer, asked: Option<Uuid>) -> Result<Uuid> {
    if let Some(asked) = asked {
        return match answers(tx, who, customer, asked)? {
            true => Ok(asked),
            false => Err(Error::field_invalid("handler_id", "request.not_a_handler")),
        };
    }
    let others = people_who_may(tx, Action::Update, Entity::SubjectRequest)?.into_iter().map(|person| person.id);
    for person in std::iter::once(who.user.uuid()).chain(others) {
        if answers(tx, who, customer, person)? {
            return Ok(person);
        }
    }
    Err(Error::invalid("request.no_handler"))
}

fn answers(tx: &mut Tx<'_>, who: &Principal, customer: &Customer, person: Uuid) -> Result<bool> {
    let Some(person) = principal_of(tx, Id::from_uuid(person), who.now, &who.vault)? else { return Ok(false) };
    let reached = reach::register(&person, Action::Update, Entity::SubjectRequest);
    reach::reaches(tx, &reached, customer)
}

/// The next short number of the year, of China's year.
fn number(tx: &mut Tx<'_>, who: &Principal) -> Result<String> {
    let year = i64::from(who.now.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).year());
    let last: i64 = tx.query_one(&TAKE_NUMBER, &[&year])?.get(0)?;
    Ok(format!("GR-{year}-{last:06}"))
}

/// Writes down how it was checked that they are who they say.
pub fn identify(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::SubjectRequest>,
    (ids, version): (Ids, i64),
    new: &NewIdentity,
) -> Result<RequestView> {
    let who = grant.principal();
    let note = clean(new.note.as_deref().unwrap_or_default(), 500, false);
    let note = note.map_err(|code| Error::field_invalid("note", code))?;
    let mut request = open(tx, grant, ids, version)?;
    (request.identity, request.identity_note) = (Some(new.identity), note);
    (request.identity_by, request.identity_at) = (Some(who.user), Some(who.now));
    let told = json!({ "identity": request.identity });
    audited(tx, who, &request, "check_identity", told)?;
    saved(tx, who, request)
}

/// Answers a request. What it asks for is done with the answer where the house can do it: a restriction is set, consents
/// are withdrawn.
pub fn answer(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::SubjectRequest>,
    (ids, version): (Ids, i64),
    new: &NewAnswer,
) -> Result<RequestView> {
    let who = grant.principal();
    let words = text("answer", &new.answer)?;
    let mut request = open(tx, grant, ids, version)?;
    if new.fulfilled {
        identified(&request)?;
        fulfil(tx, grant, &request)?;
    }
    if new.fulfilled && request.kind == Kind::Delete {
        // Nobody is told that something was deleted which is still here: it is answered when nothing is left.
        request.state = State::Erasing;
        audited(tx, who, &request, "erase_begun", json!({ "number": request.number }))?;
        return saved(tx, who, request);
    }
    request.state = if new.fulfilled { State::Fulfilled } else { State::Refused };
    (request.answer, request.answered_by, request.answered_at) = (Some(words), Some(who.user), Some(who.now));
    tell(tx, who, &request, (facts::REQUEST_ANSWERED, who.now), json!({ "outcome": request.state }))?;
    let told = json!({ "number": request.number });
    let action = if new.fulfilled { "answer" } else { "reject" };
    audited(tx, who, &request, action, told)?;
    saved(tx, who, request)
}

fn fulfil(tx: &mut Tx<'_>, grant: &Grant<Update, entity::SubjectRequest>, request: &SubjectRequest) -> Result<()> {
    let who = grant.principal();
    let person = || (request.customer_id, request.contact_id);
    match request.kind {
        Kind::Restrict => {
            let person = protected::person(tx, grant, person())?;
            protected::restrict(tx, who, person)
        }
        Kind::Withdraw => {
            let person = protected::person(tx, grant, person())?;
            let asked = (request.channel, request.number.as_str());
            consents::withdraw_all(tx, who, (person.customer.id, person.contact.as_ref()), asked)
        }
        Kind::Delete => {
            if tx.query_opt(&OTHERS_OPEN, &[&request.customer_id, &request.id, &request.contact_id])?.is_some() {
                return Err(Error::conflict("erasure.others_open"));
            }
            let person = protected::person(tx, grant, person())?;
            erasure::service::begin(tx, who, person, request.id.uuid())
        }
        Kind::Copy | Kind::Correct => Ok(()),
    }
}

/// Nothing is left of the person: the request is answered, and what it said of them is gone too.
pub fn erased(tx: &mut Tx<'_>, who: &Arc<Principal>, (customer, id): Ids, by: Id<User>) -> Result<()> {
    let Some(mut request) = SubjectRequest::one(tx, &ONE, &[&customer, &id])? else { return Ok(()) };
    (request.state, request.answered_by, request.answered_at) = (State::Fulfilled, Some(by), Some(who.now));
    (request.content, request.identity_note, request.answer) = (String::new(), None, None);
    request.updated_at = who.now;
    request.update(tx)?;
    tell(tx, who, &request, (facts::REQUEST_ANSWERED, who.now), json!({ "outcome": request.state }))
}

/// The person took the request back.
pub fn withdraw(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::SubjectRequest>,
    (ids, version): (Ids, i64),
    reason: &Reason,
) -> Result<RequestView> {
    let who = grant.principal();
    let words = text("reason", &reason.reason)?;
    let mut request = open(tx, grant, ids, version)?;
    request.state = State::Withdrawn;
    (request.answer, request.answered_by, request.answered_at) = (Some(words), Some(who.user), Some(who.now));
    tell(tx, who, &request, (facts::REQUEST_WITHDRAWN, who.now), json!({}))?;
    audited(tx, who, &request, "withdraw", json!({ "number": request.number }))?;
    saved(tx, who, request)
}

/// Restricts the person of a request, or lets them go again: where a law forbids to delete, nothing but storing and
/// protecting is left (PIPL 47).
pub fn set_restriction(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::SubjectRequest>,
    (customer, id): Ids,
    restricted: bool,
) -> Result<Detail> {
    let who = grant.principal();
    let customer = protected::customer(tx, grant, customer)?.id;
    let request = found(tx, customer, id)?;
    if restricted {
        identified(&request)?;
    }
    if erasure::service::is_under_way(tx, customer, request.contact_id)? {
        return Err(Error::conflict("erasure.under_way"));
    }
    let person = protected::person(tx, grant, (customer, request.contact_id))?;
    match restricted {
        true => protected::restrict(tx, who, person)?,
        false => protected::lift(tx, who, person)?,
    }
    let action = if restricted { "restrict" } else { "lift_restriction" };
    let told = json!({ "number": request.number });
    audited(tx, who, &request, action, told)?;
    get(tx, &who.grant::<Read, entity::SubjectRequest>()?, (customer, id))
}

/// A request that waits for its answer, as the asker has seen it.
fn open(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::SubjectRequest>,
    (customer, id): Ids,
    version: i64,
) -> Result<SubjectRequest> {
    let customer = protected::customer(tx, grant, customer)?;
    let request = found(tx, customer.id, id)?;
    match (request.state, request.version == version) {
        (State::Open, true) => Ok(request),
        (State::Open, false) => Err(Error::new(412, "stale")),
        _ => Err(Error::conflict("request.closed")),
    }
}

fn saved(tx: &mut Tx<'_>, who: &Arc<Principal>, mut request: SubjectRequest) -> Result<RequestView> {
    request.updated_at = who.now;
    request.update(tx)?;
    request.version += 1;
    one_view(tx, request)
}

fn text(field: &str, given: &str) -> Result<String> {
    match clean(given, CONTENT_MOST, false) {
        Ok(Some(text)) if text.chars().count() >= 2 => Ok(text),
        Ok(_) => Err(Error::field_invalid(field, "required")),
        Err(code) => Err(Error::field_invalid(field, code)),
    }
}

fn tell(
    tx: &mut Tx<'_>,
    who: &Principal,
    request: &SubjectRequest,
    (kind, at): (&str, Timestamp),
    attributes: Value,
) -> Result<()> {
    let about = (request.id.uuid(), Some(request.customer_id.uuid()));
    customer_facts::publish(tx, who, kind, about, at, attributes)
}

fn audited(tx: &mut Tx<'_>, who: &Principal, request: &SubjectRequest, action: &str, told: Value) -> Result<()> {
    let customer = Some(request.customer_id.uuid());
    audit::record(tx, who, action, Entity::SubjectRequest, request.id.uuid(), customer, told)
}
