use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::list::{Asked, Field, Kind, List, ListSpec};
use store::{Columns as _, Entity as _, Predicate, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{GradeProposal, ProposalState};
use crate::customers::model::{Customer, Grade};
use crate::customers::service::{briefs, load_for_change, readable, regrade};
use crate::customers::{facts, input, reach};
use crate::kernel::permission::action::{Approve, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::access;
use crate::platform::access::model::{Department, User};
use crate::platform::access::names::{self, Named};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Principal};

store::statements! {
    ONE = select GradeProposal where "customer_id = $1 and id = $2";
    OPEN = select GradeProposal where "customer_id = $1 and state = 'open'";
}

pub const SPEC: ListSpec = ListSpec {
    table: "grade_proposal",
    columns: GradeProposal::COLUMNS,
    fields: &[
        Field::new("created_at", Kind::Instant).sortable(),
        Field::new("state", Kind::Word),
        Field::new("to_grade", Kind::Word),
        Field::new("customer", Kind::Id).column("customer_id"),
        Field::new("approver", Kind::Id).column("approver_id"),
        Field::new("proposer", Kind::Id).column("proposer_id"),
    ],
    default_sort: "-created_at",
};

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGradeProposal {
    pub grade: Grade,
    pub reason: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeDecision {
    pub approve: bool,
    /// Needed to refuse.
    #[serde(default)]
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GradeProposalView {
    #[schema(value_type = Uuid)]
    pub id: Id<GradeProposal>,
    pub customer: Named,
    pub from_grade: Grade,
    pub to_grade: Grade,
    pub reason: String,
    pub proposer: Named,
    /// Whoever owes the decision.
    pub approver: Named,
    pub state: ProposalState,
    pub decided_by: Option<Named>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Timestamp>,
    pub answer: Option<String>,
    pub version: i64,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A page of the proposals about customers that the asker may see.
pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, asked: &Asked) -> Result<List<GradeProposalView>> {
    let who = grant.principal();
    let (rows, next) = SPEC.page(tx, &visible(who), asked)?;
    let proposals = rows.into_iter().map(GradeProposal::from_row).collect::<store::Result<Vec<_>>>()?;
    let ids: Vec<Uuid> = proposals.iter().map(|proposal| proposal.customer_id.uuid()).collect();
    let seen = readable(tx, who, &ids)?;
    let known = briefs(tx, &seen)?;
    let mut items = Vec::with_capacity(proposals.len());
    for proposal in proposals {
        // Who reaches all customers is not asked about each; the few that were removed are left out here.
        if let Some(customer) = known.get(&proposal.customer_id.uuid()) {
            items.push(view(tx, customer.name.clone(), proposal)?);
        }
    }
    Ok(List { items, next })
}

fn visible(who: &Principal) -> Predicate {
    match who.permissions.reach(Action::Read, Entity::Customer).is_some_and(|reach| reach.all) {
        true => Predicate::All,
        false => reach::through(who, "customer_id", Entity::Customer),
    }
}

fn view(tx: &mut Tx<'_>, customer: String, proposal: GradeProposal) -> Result<GradeProposalView> {
    Ok(GradeProposalView {
        customer: Named { id: proposal.customer_id.uuid(), name: customer },
        proposer: names::user(tx, proposal.proposer_id.uuid())?,
        approver: names::user(tx, proposal.approver_id.uuid())?,
        decided_by: proposal.decided_by.map(|id| names::user(tx, id.uuid())).transpose()?,
        id: proposal.id,
        from_grade: proposal.from_grade,
        to_grade: proposal.to_grade,
        reason: proposal.reason,
        state: proposal.state,
        decided_at: proposal.decided_at,
        answer: proposal.answer,
        version: proposal.version,
        created_at: proposal.created_at,
    })
}

/// Whether somebody may grade a customer by themselves, from its first grade on. All others propose.
pub fn may_set(tx: &mut Tx<'_>, who: &Principal, customer: &Customer) -> Result<bool> {
    let approved = reach::predicate(who, Action::Approve, Entity::Customer);
    Ok(who.edits(Entity::Customer, "grade") && reach::reaches(tx, &approved, customer)?)
}

/// Proposes another grade, with the reason. One proposal at a time waits for its answer.
pub fn propose(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Customer>,
    id: Id<Customer>,
    new: &NewGradeProposal,
) -> Result<GradeProposalView> {
    let who = grant.principal();
    let reason = input::reason(&new.reason)?;
    let customer = load_for_change(tx, grant, id)?;
    if customer.grade == new.grade {
        return Err(Error::field_invalid("grade", "grade.same"));
    }
    if GradeProposal::one(tx, &OPEN, &[&customer.id])?.is_some() {
        return Err(Error::conflict("grade.proposed"));
    }
    let proposal = GradeProposal {
        id: Id::new(),
        customer_id: customer.id,
        from_grade: customer.grade,
        to_grade: new.grade,
        reason,
        proposer_id: who.user,
        approver_id: approver(tx, who, &customer)?.ok_or_else(|| Error::invalid("grade.no_approver"))?,
        state: ProposalState::Open,
        decided_by: None,
        decided_at: None,
        answer: None,
        version: 1,
        created_at: who.now,
        updated_at: who.now,
    };
    proposal.insert(tx)?;
    let told = json!({ "from": proposal.from_grade, "to": proposal.to_grade, "assignee": proposal.approver_id });
    facts::publish(tx, who, facts::GRADE_PROPOSED, place(&proposal), who.now, told)?;
    audited(tx, who, &proposal, "propose_grade", &proposal.reason)?;
    view(tx, customer.name, proposal)
}

/// The nearest head above the proposer who may decide: of the customer's department, or of one above it; else their
/// supervisor.
fn approver(tx: &mut Tx<'_>, who: &Principal, customer: &Customer) -> Result<Option<Id<User>>> {
    let mut next = customer.department_id.or(who.department);
    while let Some(id) = next {
        let Some(department) = Department::find(tx, id)? else { break };
        if let Some(head) = department.head_id
            && may_decide(tx, who, head, customer)?
        {
            return Ok(Some(head));
        }
        next = department.parent_id;
    }
    let supervisor = User::find(tx, who.user)?.and_then(|user| user.supervisor_id);
    match supervisor {
        Some(supervisor) if may_decide(tx, who, supervisor, customer)? => Ok(Some(supervisor)),
        _ => Ok(None),
    }
}

/// Whoever owes the answer must be able to give it.
fn may_decide(tx: &mut Tx<'_>, who: &Principal, candidate: Id<User>, customer: &Customer) -> Result<bool> {
    if candidate == who.user {
        return Ok(false);
    }
    match access::principal_of(tx, candidate, who.now, &who.vault)? {
        Some(candidate) => {
            let approved = reach::predicate(&candidate, Action::Approve, Entity::Customer);
            reach::reaches(tx, &approved, customer)
        }
        None => Ok(false),
    }
}

/// Answers a proposal. Nobody answers their own.
pub fn decide(
    tx: &mut Tx<'_>,
    grant: &Grant<Approve, entity::Customer>,
    (customer, proposal): (Id<Customer>, Id<GradeProposal>),
    version: i64,
    decision: &GradeDecision,
) -> Result<GradeProposalView> {
    let who = grant.principal();
    let given = decision.reason.as_deref().unwrap_or_default();
    let answer = match decision.approve && given.trim().is_empty() {
        true => None,
        false => Some(input::reason(given)?),
    };
    let mut customer = load_for_change(tx, grant, customer)?;
    let mut proposal = open(tx, &customer, proposal, version)?;
    if proposal.proposer_id == who.user {
        return Err(Error::forbidden().detail("somebody else decides"));
    }
    if decision.approve && proposal.from_grade != customer.grade {
        // It was proposed for another grade than the customer has by now.
        return Err(Error::conflict("grade.changed"));
    }
    if decision.approve {
        regrade(tx, who, &mut customer, (proposal.to_grade, &proposal.reason))?;
    }
    proposal.state = if decision.approve { ProposalState::Approved } else { ProposalState::Rejected };
    (proposal.decided_by, proposal.decided_at, proposal.answer) = (Some(who.user), Some(who.now), answer);
    let outcome = json!({ "outcome": proposal.state });
    facts::publish(tx, who, facts::GRADE_DECIDED, place(&proposal), who.now, outcome)?;
    let action = if decision.approve { "approve_grade" } else { "reject_grade" };
    let said = proposal.answer.clone().unwrap_or_default();
    audited(tx, who, &proposal, action, &said)?;
    save(tx, who, &mut proposal)?;
    view(tx, customer.name, proposal)
}

/// Takes a proposal back; only whoever made it can.
pub fn withdraw(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Customer>,
    (customer, proposal): (Id<Customer>, Id<GradeProposal>),
    version: i64,
) -> Result<GradeProposalView> {
    let who = grant.principal();
    let customer = load_for_change(tx, grant, customer)?;
    let mut proposal = open(tx, &customer, proposal, version)?;
    if proposal.proposer_id != who.user {
        return Err(Error::forbidden());
    }
    take_back(tx, who, &mut proposal)?;
    view(tx, customer.name, proposal)
}

/// Takes back what was proposed for a customer that becomes part of another one: that one has a grade of its own, and
/// perhaps a proposal.
pub fn withdraw_all(tx: &mut Tx<'_>, who: &Principal, customer: &Customer) -> Result<()> {
    for mut proposal in GradeProposal::all(tx, &OPEN, &[&customer.id])? {
        take_back(tx, who, &mut proposal)?;
    }
    Ok(())
}

fn take_back(tx: &mut Tx<'_>, who: &Principal, proposal: &mut GradeProposal) -> Result<()> {
    proposal.state = ProposalState::Withdrawn;
    facts::publish(tx, who, facts::GRADE_WITHDRAWN, place(proposal), who.now, json!({}))?;
    audited(tx, who, proposal, "withdraw_grade", "")?;
    save(tx, who, proposal)
}

fn open(tx: &mut Tx<'_>, customer: &Customer, id: Id<GradeProposal>, version: i64) -> Result<GradeProposal> {
    let proposal = GradeProposal::one(tx, &ONE, &[&customer.id, &id])?.ok_or_else(Error::not_found)?;
    match (proposal.state, proposal.version == version) {
        (ProposalState::Open, true) => Ok(proposal),
        (ProposalState::Open, false) => Err(Error::new(412, "stale")),
        _ => Err(Error::conflict("grade.decided")),
    }
}

fn save(tx: &mut Tx<'_>, who: &Principal, proposal: &mut GradeProposal) -> Result<()> {
    proposal.updated_at = who.now;
    proposal.update(tx)?;
    proposal.version += 1;
    Ok(())
}

fn place(proposal: &GradeProposal) -> (Uuid, Option<Uuid>) {
    (proposal.id.uuid(), Some(proposal.customer_id.uuid()))
}

fn audited(tx: &mut Tx<'_>, who: &Principal, proposal: &GradeProposal, action: &str, reason: &str) -> Result<()> {
    let customer = proposal.customer_id.uuid();
    let mut changes = Changes::new();
    changes.field("grade", &proposal.from_grade, &proposal.to_grade).set("proposal", proposal.id);
    if !reason.is_empty() {
        changes.set("reason", reason);
    }
    audit::record(tx, who, action, Entity::Customer, customer, Some(customer), changes)
}
