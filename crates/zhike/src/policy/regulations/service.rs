use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use store::jobs::{NewJob, enqueue};
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::view::{
    PolicySummary, PolicyView, RuleChange, VersionSummary, VersionView, chapters, differences, summary_of,
};
use crate::kernel::permission::action::{Approve, Create, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::access;
use crate::platform::access::names::Named;
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Principal};
use crate::platform::notifications::{Notice, notify};
use crate::platform::settings;
use crate::policy::definition::params::apply;
use crate::policy::definition::{self, Policy};
use crate::policy::engine::jobs::{EFFECT, PLAN, Scope};
use crate::policy::engine::{follow, impact};
use crate::policy::model::{APPROVED, Adopted, PolicyVersion, VERSIONS, VersionState};
use crate::policy::rules::Calendars;
use crate::policy::start;

const NOTE_MOST: usize = 1_000;
const CHANGES_MOST: usize = 100;
const WRONG_STATE: &str = "policy.wrong_state";

store::statements! {
    ADOPTED = select Adopted where "1 = 1 order by key";
    HOLD = postgres "select key from policy where key = $1 for update";
    IN_FORCE = select PolicyVersion where "policy = $1 and state = 'effective'";
    SUBMITTED = select PolicyVersion where "state = 'submitted' and author_id <> $1 order by submitted_at, id limit 20";
    LAST_NUMBER = "select coalesce(max(number), 0) from policy_version where policy = $1";
    RULE_SINCE = "insert into policy_rule (policy, rule, since) values ($1, $2, $3) on conflict (policy, rule) do nothing";
}

/// All regulations: those adopted, and the start policies that could be.
pub fn list(tx: &mut Tx<'_>, _grant: &Grant<Read, entity::Policy>) -> Result<Vec<PolicySummary>> {
    start::policies().map_err(Error::internal)?.into_iter().map(|policy| summarised(tx, policy)).collect()
}

fn summarised(tx: &mut Tx<'_>, start: Policy) -> Result<PolicySummary> {
    let rows = PolicyVersion::all(tx, &VERSIONS, &[&start.key])?;
    let in_force = rows.iter().find(|row| row.state == VersionState::Effective);
    let policy = in_force.map(definition_of).transpose()?.unwrap_or(start);
    let effective = in_force.map(|row| summary_of(tx, row)).transpose()?;
    Ok(PolicySummary {
        adopted: !rows.is_empty(),
        clauses: policy.clauses.len(),
        executable: policy.clauses.iter().filter(|clause| clause.executable()).count(),
        effective,
        versions: rows.iter().map(|row| summary_of(tx, row)).collect::<Result<_>>()?,
        key: policy.key,
        title: policy.title,
        summary: policy.summary,
    })
}

fn definition_of(row: &PolicyVersion) -> Result<Policy> {
    Policy::from_json(&row.definition).map_err(Error::internal)
}

/// A regulation as it is in force; as it could be adopted, if it is not.
pub fn get(tx: &mut Tx<'_>, _grant: &Grant<Read, entity::Policy>, key: &str) -> Result<PolicyView> {
    match in_force(tx, key)? {
        Some(row) => policy_view(tx, &row),
        None => {
            let policy = start::policy(key).ok_or_else(Error::not_found)?;
            Ok(PolicyView {
                chapters: chapters(&policy)?,
                key: policy.key,
                title: policy.title,
                summary: policy.summary,
                adopted: false,
                version: None,
            })
        }
    }
}

fn policy_view(tx: &mut Tx<'_>, row: &PolicyVersion) -> Result<PolicyView> {
    let policy = definition_of(row)?;
    Ok(PolicyView {
        chapters: chapters(&policy)?,
        key: policy.key,
        title: policy.title,
        summary: policy.summary,
        adopted: true,
        version: Some(summary_of(tx, row)?),
    })
}

/// A version, with what it changes.
pub fn version(tx: &mut Tx<'_>, _grant: &Grant<Read, entity::Policy>, id: Uuid) -> Result<VersionView> {
    shown(tx, id)
}

fn shown(tx: &mut Tx<'_>, id: Uuid) -> Result<VersionView> {
    let row = PolicyVersion::get(tx, id)?;
    version_view(tx, &row)
}

fn version_view(tx: &mut Tx<'_>, row: &PolicyVersion) -> Result<VersionView> {
    let after = definition_of(row)?;
    let base = match row.based_on {
        Some(number) => PolicyVersion::all(tx, &VERSIONS, &[&row.policy])?.into_iter().find(|one| one.number == number),
        None => None,
    };
    let before = base.as_ref().map(definition_of).transpose()?;
    Ok(VersionView {
        summary: summary_of(tx, row)?,
        changes: serde_json::from_value(row.changes.clone())?,
        differences: before.map(|before| differences(&before, &after)).unwrap_or_default(),
        content: policy_view(tx, row)?,
        approvers: if row.state == VersionState::Submitted { approvers(tx, row)? } else { Vec::new() },
    })
}

/// The version of a regulation that is in force.
fn in_force(tx: &mut Tx<'_>, policy: &str) -> Result<Option<PolicyVersion>> {
    Ok(PolicyVersion::one(tx, &IN_FORCE, &[&policy])?)
}

/// Adopts start policies as they are; they are in force at once. What is adopted already stays as it is.
pub fn adopt(tx: &mut Tx<'_>, grant: &Grant<Approve, entity::Policy>, keys: &[String]) -> Result<Vec<VersionSummary>> {
    if keys.is_empty() || keys.len() > CHANGES_MOST {
        return Err(Error::field_invalid("keys", "required"));
    }
    let mut adopted = Vec::new();
    for key in keys {
        let policy = start::policy(key).ok_or_else(|| Error::field_invalid("keys", "unknown"))?;
        if Adopted::find(tx, key.as_str())?.is_none() {
            adopted.push(adopt_one(tx, grant, &policy)?);
        }
    }
    if !adopted.is_empty() {
        plan_soon(tx, grant.now())?;
    }
    adopted.iter().map(|row| summary_of(tx, row)).collect()
}

fn adopt_one(tx: &mut Tx<'_>, grant: &Grant<Approve, entity::Policy>, policy: &Policy) -> Result<PolicyVersion> {
    let (who, now) = (grant.user().uuid(), grant.now());
    Adopted { key: policy.key.clone(), adopted_at: now, adopted_by: who }.insert(tx)?;
    let row = PolicyVersion {
        state: VersionState::Effective,
        approver_id: Some(who),
        decided_at: Some(now),
        effective_on: Some(settings::calendar(tx)?.date_of(now)),
        effective_at: Some(now),
        ..blank(policy, 1, None, grant.principal())?
    };
    row.insert(tx)?;
    note_rules(tx, policy, now)?;
    let changes = json!({ "policy": policy.key, "number": 1 });
    audit::record(tx, grant.principal(), "adopt", Entity::Policy, row.id, None, changes)?;
    Ok(row)
}

fn blank(policy: &Policy, number: i64, based_on: Option<i64>, who: &Principal) -> Result<PolicyVersion> {
    Ok(PolicyVersion {
        id: Uuid::now_v7(),
        policy: policy.key.clone(),
        number,
        state: VersionState::Draft,
        based_on,
        definition: serde_json::to_string(policy)?,
        changes: json!([]),
        note: None,
        author_id: who.user.uuid(),
        submitted_at: None,
        approver_id: None,
        decided_at: None,
        reason: None,
        effective_on: None,
        effective_at: None,
        superseded_at: None,
        version: 1,
        created_at: who.now,
        updated_at: who.now,
    })
}

/// Since when the company has each rule; a later version keeps the day.
fn note_rules(tx: &mut Tx<'_>, policy: &Policy, now: Timestamp) -> Result<()> {
    for (_, rule) in policy.rules() {
        tx.execute(&RULE_SINCE, &[&policy.key, &rule.key, &now])?;
    }
    Ok(())
}

fn plan_soon(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    enqueue(tx, NewJob { kind: PLAN, once_key: None, asked_by: None, payload: json!({}), run_at: now })?;
    Ok(())
}

/// A new version of a regulation, as a draft: the version in force with some parameters changed.
pub fn draft(
    tx: &mut Tx<'_>,
    grant: &Grant<Create, entity::Policy>,
    policy: &str,
    (from_version, changes, note): (i64, &[RuleChange], Option<&str>),
) -> Result<VersionView> {
    if tx.is_postgres() {
        tx.query(&HOLD, &[&policy])?;
    }
    let base = in_force(tx, policy)?.ok_or_else(Error::not_found)?;
    if base.number != from_version {
        return Err(Error::conflict("policy.moved_on").field("from_version", "stale"));
    }
    let number: i64 = tx.query_one(&LAST_NUMBER, &[&policy])?.get(0)?;
    let changed = changed(tx, &definition_of(&base)?, changes)?;
    let row = PolicyVersion {
        changes: serde_json::to_value(changes)?,
        note: checked_note("note", note)?,
        ..blank(&changed, number + 1, Some(base.number), grant.principal())?
    };
    row.insert(tx)?;
    let told = json!({ "policy": policy, "number": row.number, "based_on": base.number, "changes": changes });
    audit::record(tx, grant.principal(), "create", Entity::Policy, row.id, None, told)?;
    version_view(tx, &row)
}

/// The regulation with the parameters changed, checked as a file would be.
fn changed(tx: &mut Tx<'_>, base: &Policy, changes: &[RuleChange]) -> Result<Policy> {
    if changes.len() > CHANGES_MOST {
        return Err(Error::field_invalid("changes", "too_many"));
    }
    let calendars = Calendars::new(settings::calendar(tx)?);
    let mut policy = base.clone();
    for (at, change) in changes.iter().enumerate() {
        let field = |path: &str| format!("changes[{at}].{path}");
        let mut rules = policy.clauses.iter_mut().flat_map(|clause| clause.rules.iter_mut());
        let rule = rules.find(|rule| rule.key == change.rule);
        let rule = rule.ok_or_else(|| Error::field_invalid(&field("rule"), "unknown"))?;
        let refuse = |error: definition::Error| {
            Error::field_invalid(&field("params"), "policy.refused").detail(error.to_string())
        };
        *rule = apply(rule, &change.params).map_err(refuse)?;
        // A clock on a calendar that nobody keeps could never be judged.
        calendars.base(&rule.calendar).map_err(|_| Error::field_invalid(&field("params.calendar"), "unknown"))?;
    }
    policy.check().map_err(|error| Error::field_invalid("changes", "policy.refused").detail(error.to_string()))?;
    Ok(policy)
}

fn checked_note(field: &str, note: Option<&str>) -> Result<Option<String>> {
    match note.map(str::trim).filter(|note| !note.is_empty()) {
        Some(note) if note.chars().count() > NOTE_MOST => Err(Error::field_invalid(field, "too_long")),
        note => Ok(note.map(str::to_owned)),
    }
}

/// A reason, which must be given.
pub fn checked_reason(reason: &str) -> Result<String> {
    checked_note("reason", Some(reason))?.ok_or_else(|| Error::field_invalid("reason", "required"))
}

/// Changes a draft; only its author does, so that whoever approves it has had no hand in it.
pub fn update(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Policy>,
    id: Uuid,
    version: i64,
    (changes, note): (Option<&[RuleChange]>, Option<&str>),
) -> Result<VersionView> {
    let old = expected(tx, id, VersionState::Draft)?;
    author(&old, grant.principal())?;
    let mut row = PolicyVersion { version, updated_at: grant.now(), ..old.clone() };
    if let Some(changes) = changes {
        let base = in_force(tx, &row.policy)?.filter(|base| Some(base.number) == row.based_on);
        let base = base.ok_or_else(|| Error::conflict("policy.moved_on"))?;
        row.definition = serde_json::to_string(&changed(tx, &definition_of(&base)?, changes)?)?;
        row.changes = serde_json::to_value(changes)?;
    }
    if let Some(note) = note {
        row.note = checked_note("note", Some(note))?;
    }
    row.update(tx)?;
    let mut told = Changes::new();
    told.field("changes", &old.changes, &row.changes).field("note", &old.note, &row.note);
    audit::record(tx, grant.principal(), "update", Entity::Policy, id, None, told)?;
    shown(tx, id)
}

/// A version in the state that a step of its life begins in.
fn expected(tx: &mut Tx<'_>, id: Uuid, state: VersionState) -> Result<PolicyVersion> {
    let policy = PolicyVersion::get(tx, id)?.policy;
    if tx.is_postgres() {
        tx.query(&HOLD, &[&policy])?;
    }
    let row = PolicyVersion::get(tx, id)?;
    if row.state == state { Ok(row) } else { Err(Error::conflict(WRONG_STATE).field("state", row.state.word())) }
}

fn author(row: &PolicyVersion, who: &Principal) -> Result<()> {
    if row.author_id == who.user.uuid() { Ok(()) } else { Err(Error::conflict("policy.not_author")) }
}

/// Hands one's own draft to a second person.
pub fn submit(tx: &mut Tx<'_>, grant: &Grant<Update, entity::Policy>, id: Uuid) -> Result<VersionView> {
    let row = expected(tx, id, VersionState::Draft)?;
    author(&row, grant.principal())?;
    let same = in_force(tx, &row.policy)?.map(|base| definition_of(&base)).transpose()? == Some(definition_of(&row)?);
    if same {
        return Err(Error::field_invalid("changes", "policy.no_change"));
    }
    let (state, submitted_at) = (VersionState::Submitted, Some(grant.now()));
    let row = PolicyVersion { state, submitted_at, ..row };
    for approver in approvers(tx, &row)? {
        tell(tx, grant.principal(), &row, approver.id, "policy_submitted")?;
    }
    move_on(tx, grant.principal(), row, "submit")
}

/// Takes one's own version back before it is decided: it is a draft again.
pub fn withdraw(tx: &mut Tx<'_>, grant: &Grant<Update, entity::Policy>, id: Uuid) -> Result<VersionView> {
    let row = expected(tx, id, VersionState::Submitted)?;
    author(&row, grant.principal())?;
    let state = VersionState::Draft;
    move_on(tx, grant.principal(), PolicyVersion { state, submitted_at: None, ..row }, "withdraw")
}

/// Who may decide on a version: all who may approve policies, but its author.
fn approvers(tx: &mut Tx<'_>, row: &PolicyVersion) -> Result<Vec<Named>> {
    let people = access::people_who_may(tx, Action::Approve, Entity::Policy)?;
    Ok(people.into_iter().filter(|person| person.id != row.author_id).collect())
}

/// Submitted versions that wait for this person's decision, the oldest first.
pub fn waiting_for(tx: &mut Tx<'_>, who: &Principal) -> Result<Vec<VersionSummary>> {
    if who.permissions.reach(Action::Approve, Entity::Policy).is_none() {
        return Ok(Vec::new());
    }
    let rows = PolicyVersion::all(tx, &SUBMITTED, &[&who.user])?;
    rows.iter().map(|row| summary_of(tx, row)).collect()
}

/// Tells somebody, once, what became of a version.
fn tell(tx: &mut Tx<'_>, who: &Principal, row: &PolicyVersion, user: Uuid, kind: &str) -> Result<()> {
    let title = definition_of(row)?.title;
    let params = json!({ "policy": row.policy, "title": title, "number": row.number, "by": &*who.name,
        "effective_on": row.effective_on, "reason": row.reason });
    // A version that was taken back and handed in again is news again.
    let times = row.submitted_at.map(Timestamp::as_microsecond).unwrap_or_default();
    let (link, key) = (format!("/policy/versions/{}", row.id), format!("{kind}:{}:{times}", row.id));
    let (link, dedupe_key) = (Some(link.as_str()), Some(key.as_str()));
    notify(tx, &Notice { user: Id::from_uuid(user), kind, params, link, dedupe_key, at: who.now })?;
    Ok(())
}

/// Counts what a version would change that waits for a decision.
pub fn impact(tx: &mut Tx<'_>, grant: &Grant<Approve, entity::Policy>, id: Uuid) -> Result<Uuid> {
    expected(tx, id, VersionState::Submitted)?;
    impact::start(tx, grant.principal(), id)
}

/// Approves a version, by somebody other than its author, from a day on. From today: at once.
pub fn approve(tx: &mut Tx<'_>, grant: &Grant<Approve, entity::Policy>, id: Uuid, on: Date) -> Result<VersionView> {
    let row = expected(tx, id, VersionState::Submitted)?;
    second_person(&row, grant.principal())?;
    let calendar = settings::calendar(tx)?;
    let today = calendar.date_of(grant.now());
    if on < today {
        return Err(Error::field_invalid("effective_on", "in_the_past"));
    }
    if in_force(tx, &row.policy)?.map(|base| base.number) != row.based_on {
        return Err(Error::conflict("policy.moved_on"));
    }
    // Both would change the same version, and the later one would undo the earlier.
    if PolicyVersion::all(tx, &VERSIONS, &[&row.policy])?.iter().any(|other| other.state == VersionState::Approved) {
        return Err(Error::conflict("policy.other_approved"));
    }
    let row = PolicyVersion {
        state: VersionState::Approved,
        approver_id: Some(grant.user().uuid()),
        decided_at: Some(grant.now()),
        effective_on: Some(on),
        ..row
    };
    tell(tx, grant.principal(), &row, row.author_id, "policy_approved")?;
    let view = move_on(tx, grant.principal(), row, "approve")?;
    if on > today {
        let run_at = Calendars::new(calendar).midnight(on)?;
        let payload = json!({ "version": id });
        enqueue(
            tx,
            NewJob { kind: EFFECT, once_key: Some(format!("{EFFECT}:{id}")), asked_by: None, payload, run_at },
        )?;
        return Ok(view);
    }
    take_effect(tx, grant.principal(), id)?;
    shown(tx, id)
}

fn second_person(row: &PolicyVersion, who: &Principal) -> Result<()> {
    if row.author_id == who.user.uuid() { Err(Error::conflict("policy.second_person")) } else { Ok(()) }
}

/// Sends a version back for good; a better one is a new draft.
pub fn reject(tx: &mut Tx<'_>, grant: &Grant<Approve, entity::Policy>, id: Uuid, reason: &str) -> Result<VersionView> {
    let reason = Some(checked_reason(reason)?);
    let row = expected(tx, id, VersionState::Submitted)?;
    second_person(&row, grant.principal())?;
    let (state, approver_id) = (VersionState::Rejected, Some(grant.user().uuid()));
    let row = PolicyVersion { state, approver_id, decided_at: Some(grant.now()), reason, ..row };
    tell(tx, grant.principal(), &row, row.author_id, "policy_rejected")?;
    move_on(tx, grant.principal(), row, "reject")
}

fn move_on(tx: &mut Tx<'_>, who: &Principal, row: PolicyVersion, action: &str) -> Result<VersionView> {
    let row = PolicyVersion { updated_at: who.now, ..row };
    row.update(tx)?;
    let told =
        json!({ "policy": row.policy, "number": row.number, "effective_on": row.effective_on, "reason": row.reason });
    audit::record(tx, who, action, Entity::Policy, row.id, None, told)?;
    shown(tx, row.id)
}

/// Brings an approved version into force; open duties follow it in a job. `false` if there is nothing to bring.
pub fn take_effect(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<bool> {
    let row = match expected(tx, id, VersionState::Approved) {
        Err(error) if error.code == WRONG_STATE => return Ok(false),
        row => row?,
    };
    let today = settings::calendar(tx)?.date_of(who.now);
    if row.effective_on.is_none_or(|on| on > today) {
        return Ok(false);
    }
    let old = in_force(tx, &row.policy)?;
    if old.as_ref().map(|old| old.number) != row.based_on {
        return outrun(tx, who, row).map(|()| false);
    }
    if let Some(old) = old {
        let superseded_at = Some(who.now);
        PolicyVersion { state: VersionState::Superseded, superseded_at, updated_at: who.now, ..old }.update(tx)?;
    }
    note_rules(tx, &definition_of(&row)?, who.now)?;
    let told = json!({ "policy": row.policy, "number": row.number });
    PolicyVersion { state: VersionState::Effective, effective_at: Some(who.now), updated_at: who.now, ..row }
        .update(tx)?;
    audit::record(tx, who, "take_effect", Entity::Policy, id, None, told)?;
    follow::later(tx, who, &Scope::All)?;
    plan_soon(tx, who.now)?;
    Ok(true)
}

/// A version whose day has come though it changes one that is no longer in force: it would undo what came between. It is
/// rejected, and whoever approved it is told.
fn outrun(tx: &mut Tx<'_>, who: &Principal, row: PolicyVersion) -> Result<()> {
    let told = json!({ "policy": row.policy, "number": row.number, "based_on": row.based_on });
    if let Some(approver) = row.approver_id {
        let (link, key) = (format!("/policy/versions/{}", row.id), format!("policy_outrun:{}", row.id));
        let (link, dedupe_key) = (Some(link.as_str()), Some(key.as_str()));
        let user = Id::from_uuid(approver);
        let notice = Notice { user, kind: "policy_outrun", params: told.clone(), link, dedupe_key, at: who.now };
        notify(tx, &notice)?;
    }
    let id = row.id;
    PolicyVersion { state: VersionState::Rejected, updated_at: who.now, ..row }.update(tx)?;
    audit::record(tx, who, "outrun", Entity::Policy, id, None, told)
}

/// Brings into force whatever has been approved for a day that has come: should a job have been lost.
pub fn activate_due(tx: &mut Tx<'_>, who: &Principal) -> Result<()> {
    let today = settings::calendar(tx)?.date_of(who.now);
    for row in PolicyVersion::all(tx, &APPROVED, &[])? {
        if row.effective_on.is_some_and(|on| on <= today) {
            take_effect(tx, who, row.id)?;
        }
    }
    Ok(())
}
