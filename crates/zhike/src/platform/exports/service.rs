use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::list::{Asked, Field, Kind, LIMIT_MOST, List, ListSpec, Page};
use store::{Columns as _, Entity as _, Predicate, Tx, turns};
use utoipa::ToSchema;
use uuid::Uuid;

use super::mark::{self, Mark};
use super::model::{Release, State};
use super::{Style, gate, rights};
use crate::kernel::permission::action::{Approve, Read};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Permissions, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::access::secret;
use crate::platform::audit::{self, AuditEntry};
use crate::platform::files::{self, Blob, Label, StoredFile};
use crate::platform::grant::{Grant, Guarded as _, Principal};
use crate::platform::search;

const PURPOSE: &str = "export";
/// What the audit calls it when a file is let out.
const RELEASED: &str = "export";
const STAYS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A link is asked for when it is to be used.
const LINK_LIVES: SignedDuration = SignedDuration::from_mins(5);
const ANSWER_MOST: usize = 500;
const PURPOSE_MOST: usize = 200;
/// Of those who may decide so many are named to the asker.
const NAMED_MOST: usize = 3;
/// What waits is looked through in such portions.
const WAITING_MOST: i64 = 500;

store::statements! {
    LINK = "update release set link_hash = $2, link_until = $3 where id = $1";
    /// Of two who use a link at once, one finds it used.
    USE_LINK = "update release set link_hash = null, link_until = null, fetches = fetches + 1, fetched_at = $3
        where id = $1 and link_hash = $2 and link_until > $3";
    /// What somebody else had to approve was taken out when they did.
    IN_SPAN = "select owner_id, cast(sum(row_count) as bigint) from release
        where (state = 'free' and asked_at >= $1 and asked_at < $2)
            or (state = 'approved' and decided_at >= $1 and decided_at < $2) group by owner_id";
    RECALLS = "select times from export_recall where id = 1";
    RECALL = "update export_recall set times = times + 1 where id = 1";
    LATEST = "select id, owner_id from release where asked_at > $1 order by asked_at desc limit 1000";
    WAITING = select Release where "state in ('held', 'waiting') order by asked_at limit $1";
    OF_JOB = select Release where "job_id = $1";
}

pub const SPEC: ListSpec = ListSpec {
    table: "release",
    columns: Release::COLUMNS,
    fields: &[
        Field::new("asked_at", Kind::Instant).sortable(),
        Field::new("state", Kind::Word),
        Field::new("code", Kind::Word),
        Field::new("asked_by", Kind::Id).column("owner_id"),
    ],
    default_sort: "-asked_at",
};

/// An export that has begun, before it read anything.
#[derive(Clone, Debug)]
pub struct Begun {
    /// What stands in the file.
    pub mark: Mark,
    /// How often files had been taken back.
    recalls: i64,
    /// What its asker might take out.
    rights: Arc<Permissions>,
    /// The job that writes it, which lets out one file however often it is begun anew.
    job: Option<Uuid>,
}

/// To be called in the transaction of the first reading, or before it.
pub fn begin(tx: &mut Tx<'_>, who: &Principal, style: &Style, job: Option<Uuid>) -> Result<Begun> {
    Ok(Begun { mark: mark::new(who, who.now, style), recalls: recalls(tx)?, rights: Arc::clone(&who.permissions), job })
}

fn recalls(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.query_one(&RECALLS, &[])?.get(0)?)
}

/// The file that a job let out before it was begun anew, and how many rows it has.
pub fn released_by(tx: &mut Tx<'_>, who: &Principal, job: Uuid) -> Result<Option<(Released, i64)>> {
    let Some(release) = Release::one(tx, &OF_JOB, &[&job])? else { return Ok(None) };
    let waits = release.state.waits();
    let deciders = if waits { gate::deciders(tx, who, &release)? } else { Vec::new() };
    let Release { id, name, bytes, code, row_count, .. } = release;
    let (deciders, asked) = counted(deciders);
    Ok(Some((Released { file: id, name, bytes, code, waits, deciders, asked }, row_count)))
}

/// A file that is about to leave.
pub struct Leaving<'a> {
    pub blob: &'a Blob,
    pub name: &'a str,
    pub media_type: &'a str,
    pub begun: &'a Begun,
    /// What it holds, and how much of it.
    pub entity: Entity,
    pub rows: i64,
    /// Whose it is, where it is about one customer.
    pub customer: Option<Uuid>,
    /// What it is for, where its owner has said so beforehand.
    pub purpose: Option<&'a str>,
    /// What the audit is told: what was asked for.
    pub told: Value,
}

/// A file that whoever made it may fetch, at once or when somebody else has agreed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Released {
    pub file: Uuid,
    pub name: String,
    pub bytes: i64,
    /// What stands in the file.
    #[schema(example = "DC-7K2M9-Q4XTB")]
    pub code: String,
    /// It waits for somebody else to agree, who is asked when its owner has said what it is for.
    pub waits: bool,
    /// How many people may agree; it waits in vain where there are none.
    pub deciders: usize,
    /// The first of them by name.
    pub asked: Vec<String>,
}

fn counted(deciders: Vec<Named>) -> (usize, Vec<String>) {
    (deciders.len(), deciders.into_iter().take(NAMED_MOST).map(|decider| decider.name).collect())
}

impl Released {
    /// The result of the job that wrote it.
    pub fn told(&self, rows: i64) -> Value {
        json!({
            "file": self.file, "name": self.name, "rows": rows, "bytes": self.bytes, "code": self.code,
            "waits": self.waits, "deciders": self.deciders, "asked": self.asked,
        })
    }
}

/// The door: no list and no form that was written for an asker can be fetched that did not go through here.
pub fn release(tx: &mut Tx<'_>, who: &Principal, leaving: Leaving<'_>) -> Result<Released> {
    let Leaving { blob, name, media_type, begun, entity, rows, customer, purpose, mut told } = leaving;
    let mark = &begun.mark;
    turns::take(tx, "recall", [Uuid::nil()])?;
    if recalls(tx)? != begun.recalls {
        // Somebody in it may have been restricted or erased since it was read.
        return Err(Error::conflict("export.recalled"));
    }
    let expires_at = Some(who.now + STAYS);
    let purpose = purpose.map(checked).transpose()?;
    let state = gate::judge(tx, who, rows, purpose.is_some())?;
    let file = files::add(tx, who, blob, &Label { name, media_type, purpose: PURPOSE, expires_at })?;
    // The name of a form is that of its customer, who may go for good; the register stays.
    let registered = match customer {
        Some(_) => format!("{}.{}", mark.code, name.rsplit('.').next().unwrap_or_default()),
        None => file.name.clone(),
    };
    let release = Release {
        id: file.id,
        code: mark.code.clone(),
        owner_id: who.user.uuid(),
        department_id: who.department.map(|id| id.uuid()),
        asked_at: who.now,
        entity: entity.word().to_owned(),
        name: registered,
        row_count: rows,
        bytes: file.bytes,
        state,
        decided_by: None,
        decided_at: None,
        answer: None,
        link_hash: None,
        link_until: None,
        fetches: 0,
        fetched_at: None,
        job_id: begun.job,
        purpose,
        asked: Some(told.clone()),
        version: 1,
    };
    release.insert(tx)?;
    let waits = state.waits();
    let (deciders, asked) = counted(if waits { gate::ask(tx, who, &release)? } else { Vec::new() });
    told["digest"] = file.digest.clone().into();
    told["code"] = release.code.clone().into();
    told["rows"] = rows.into();
    told["waits"] = waits.into();
    told["rights"] = rights::digest(&begun.rights, entity).into();
    audit::record(tx, who, RELEASED, entity, file.id, customer, told)?;
    Ok(Released { file: file.id, name: file.name, bytes: file.bytes, code: release.code, waits, deciders, asked })
}

/// What an export is for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReleasePurpose)]
pub struct Purpose {
    #[schema(example = "月底给供应商对账")]
    pub purpose: String,
}

/// Says what one's own export is for, and asks those who may let it out.
pub fn explain(tx: &mut Tx<'_>, who: &Principal, id: Uuid, purpose: &Purpose) -> Result<View> {
    let purpose = checked(&purpose.purpose)?;
    let mut release = Release::find(tx, id)?.ok_or_else(Error::not_found)?;
    if release.owner_id != who.user.uuid() {
        return Err(Error::not_found());
    }
    match release.state {
        State::Held => {}
        State::Lapsed => return Err(Error::new(410, "export.gone")),
        _ => return Err(Error::conflict("export.explained")),
    }
    if files::still_there(tx, &[id], who.now)?.is_empty() {
        return Err(Error::new(410, "export.gone"));
    }
    (release.state, release.purpose) = (State::Waiting, Some(purpose.clone()));
    release.update(tx)?;
    release.version += 1;
    gate::settle(tx, who, &release)?;
    gate::ask(tx, who, &release)?;
    let told = json!({ "code": release.code, "rows": release.row_count, "reason": purpose });
    audit::record(tx, who, "explain_export", Entity::Release, id, None, told)?;
    views(tx, who, vec![release])?.pop().ok_or_else(Error::not_found)
}

/// Takes back one's own request that nobody has decided about; the file goes.
pub fn withdraw(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<View> {
    let mut release = Release::find(tx, id)?.ok_or_else(Error::not_found)?;
    if release.owner_id != who.user.uuid() {
        return Err(Error::not_found());
    }
    if !release.state.waits() {
        return Err(Error::conflict("export.decided"));
    }
    release.state = State::Withdrawn;
    release.update(tx)?;
    release.version += 1;
    files::forget(tx, &[id])?;
    gate::settle(tx, who, &release)?;
    let told = json!({ "code": release.code, "rows": release.row_count });
    audit::record(tx, who, "withdraw_export", Entity::Release, id, None, told)?;
    views(tx, who, vec![release])?.pop().ok_or_else(Error::not_found)
}

/// What waited and whose file has gone waits no more: nobody is asked about it, and its owner is told.
pub fn lapse(tx: &mut Tx<'_>, who: &Principal) -> Result<()> {
    for release in lapsed(tx, who)? {
        let params = json!({ "rows": release.row_count, "code": release.code });
        gate::tell(tx, release.owner_id, "release_lapsed", params, (None, who.now))?;
    }
    Ok(())
}

fn lapsed(tx: &mut Tx<'_>, who: &Principal) -> Result<Vec<Release>> {
    let mut waiting = Release::all(tx, &WAITING, &[&WAITING_MOST])?;
    let ids: Vec<Uuid> = waiting.iter().map(|release| release.id).collect();
    let there = files::still_there(tx, &ids, who.now)?;
    waiting.retain(|release| !there.contains(&release.id));
    for release in &mut waiting {
        release.state = State::Lapsed;
        release.update(tx)?;
        gate::settle(tx, who, release)?;
        let told = json!({ "code": release.code, "rows": release.row_count });
        audit::record(tx, who, "lapse_export", Entity::Release, release.id, None, told)?;
    }
    Ok(waiting)
}

/// What somebody may take out in a day without being asked.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ExportAllowance)]
pub struct Allowance {
    /// Rows in 24 hours.
    pub a_day: i64,
    /// Of them, what is left now.
    pub left: i64,
}

pub fn allowance(tx: &mut Tx<'_>, who: &Principal) -> Result<Allowance> {
    let a_day = gate::allowance(tx, who)?;
    Ok(Allowance { a_day, left: (a_day - gate::taken(tx, who)?).max(0) })
}

/// What was said that an export is for, in few words.
pub fn checked(purpose: &str) -> Result<String> {
    let purpose = purpose.trim();
    match purpose.chars().count() {
        0 => Err(Error::field_invalid("purpose", "required")),
        length if length > PURPOSE_MOST => Err(Error::field_invalid("purpose", "too_long")),
        _ => Ok(purpose.to_owned()),
    }
}

/// A link that works once, for a few minutes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ExportLink)]
pub struct Link {
    pub path: String,
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// Makes the link by which whoever made an export fetches it; an earlier one stops working.
pub fn link(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<Link> {
    let (file, ..) = outgoing(tx, who, id)?;
    let release = Release::find(tx, file.id)?.ok_or_else(Error::not_found)?;
    if !release.state.is_out() {
        let code = if release.state == State::Refused { "export.refused" } else { "export.waits" };
        return Err(Error::conflict(code));
    }
    let (token, until) = (secret::generate(""), who.now + LINK_LIVES);
    tx.execute(&LINK, &[&release.id, &secret::hash(&token), &until])?;
    Ok(Link { path: format!("/api/v1/exports/{id}/file?link={token}"), until })
}

/// The file, for whoever made it, until it expires, with what it holds and the customer that it is about. Rights and
/// customers change while a file waits: whoever may take out anything else than when it was made makes it anew.
fn outgoing(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<(StoredFile, Entity, Option<Uuid>)> {
    let file = files::get(tx, who, id, PURPOSE)?;
    let released = audit::first_of(tx, file.id, RELEASED)?.ok_or_else(Error::not_found)?;
    let entity = Entity::from_word(&released.entity).ok_or_else(Error::not_found)?;
    if who.permissions.reach(Action::Export, entity).is_none() {
        return Err(Error::forbidden());
    }
    if let Some(customer) = released.customer_id {
        seen(tx, who, customer)?;
    }
    if !is_as_allowed(who, entity, &released)? {
        return Err(Error::new(410, "export.rights_changed"));
    }
    Ok((file, entity, released.customer_id))
}

/// Whether somebody may take out what they might when a file was made. Of one that an older program made, or whose entry
/// was erased, nobody knows.
fn is_as_allowed(who: &Principal, kind: Entity, released: &AuditEntry) -> Result<bool> {
    let told: Value = serde_json::from_str(&released.changes)?;
    Ok(told["rights"].as_str().is_some_and(|noted| noted == rights::digest(&who.permissions, kind)))
}

/// The file on its way, by a link that has not been used. That it was fetched is written down beside that it was made.
pub fn fetch(tx: &mut Tx<'_>, who: &Principal, id: Uuid, link: &str) -> Result<StoredFile> {
    let (file, entity, customer) = outgoing(tx, who, id)?;
    if tx.execute(&USE_LINK, &[&file.id, &secret::hash(link), &who.now])? == 0 {
        return Err(Error::new(410, "export.link_used"));
    }
    let told = json!({ "digest": file.digest });
    audit::record(tx, who, "fetch_export", entity, file.id, customer, told)?;
    Ok(file)
}

/// A form about one customer is for whoever still sees that customer.
fn seen(tx: &mut Tx<'_>, who: &Principal, customer: Uuid) -> Result<()> {
    match search::titles(tx, who, Entity::Customer, &[customer])?.contains_key(&customer) {
        true => Ok(()),
        false => Err(Error::not_found()),
    }
}

/// Lets go of what was taken back; answers the contents.
pub fn forget(tx: &mut Tx<'_>, who: &Principal) -> Result<Vec<String>> {
    files::let_go_expired(tx, PURPOSE, who.now)
}

/// Takes back what waits to be fetched. Nobody can say of a list whether somebody stands in it, so when a person is
/// restricted or erased all that was written before is to be made anew.
pub fn recall(tx: &mut Tx<'_>, who: &Principal) -> Result<()> {
    turns::take(tx, "recall", [Uuid::nil()])?;
    tx.execute(&RECALL, &[])?;
    for (owner, files) in there_by_owner(tx, who)? {
        gate::tell(tx, owner, "release_recalled", json!({ "files": files }), (None, who.now))?;
    }
    files::expire_purpose(tx, PURPOSE, who.now)?;
    // Their owners have been told.
    lapsed(tx, who).map(drop)
}

/// How many files of each person wait to be fetched, of the latest.
fn there_by_owner(tx: &mut Tx<'_>, who: &Principal) -> Result<BTreeMap<Uuid, i64>> {
    // An approval lets a file stay as long again.
    let rows = tx.query(&LATEST, &[&(who.now - STAYS * 2)])?;
    let latest = rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<Vec<(Uuid, Uuid)>>>()?;
    let ids: Vec<Uuid> = latest.iter().map(|(id, _)| *id).collect();
    let there = files::still_there(tx, &ids, who.now)?;
    let mut by_owner = BTreeMap::new();
    for (_, owner) in latest.into_iter().filter(|(id, _)| there.contains(id)) {
        *by_owner.entry(owner).or_default() += 1;
    }
    Ok(by_owner)
}

/// An export in the register.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReleaseView)]
pub struct View {
    pub id: Uuid,
    pub code: String,
    pub asked_by: Named,
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    /// What it holds.
    pub entity: String,
    pub name: String,
    pub rows: i64,
    pub bytes: i64,
    pub state: State,
    /// What its owner said that it is for.
    pub purpose: Option<String>,
    /// What was asked for, as far as it has it: `filter`, `q`, `chosen`, `columns`, `sheet`, `from`, `to`, `format`.
    #[schema(value_type = Option<Object>)]
    pub asked: Option<Value>,
    pub decided_by: Option<Named>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Timestamp>,
    pub answer: Option<String>,
    /// How often it was fetched, and when last.
    pub fetches: i64,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub fetched_at: Option<Timestamp>,
    /// Whether the asker may decide about it.
    pub decidable: bool,
    /// Whether the asker made it and is to say what it is for.
    pub explainable: bool,
    /// Whether the asker made it and may take back the request.
    pub withdrawable: bool,
    /// Whether the asker made it and may fetch it now.
    pub fetchable: bool,
    /// The file has expired or was taken back.
    pub gone: bool,
    pub version: i64,
}

fn views(tx: &mut Tx<'_>, who: &Principal, releases: Vec<Release>) -> Result<Vec<View>> {
    let ids: Vec<Uuid> = releases.iter().map(|release| release.id).collect();
    let there = files::still_there(tx, &ids, who.now)?;
    releases.into_iter().map(|release| view(tx, who, (there.contains(&release.id), release))).collect()
}

fn view(tx: &mut Tx<'_>, who: &Principal, (there, release): (bool, Release)) -> Result<View> {
    let own = release.owner_id == who.user.uuid();
    let scope = who.predicate(Action::Approve, Entity::Release);
    let reached = scope.matches(tx, release.id(), &|column| release.column(column))?;
    Ok(View {
        decidable: !own && reached && there && release.state == State::Waiting,
        explainable: own && there && release.state == State::Held,
        withdrawable: own && there && release.state.waits(),
        fetchable: own && there && release.state.is_out(),
        gone: !there,
        asked_by: names::user(tx, release.owner_id)?,
        decided_by: release.decided_by.map(|id| names::user(tx, id)).transpose()?,
        id: release.id,
        code: release.code,
        asked_at: release.asked_at,
        entity: release.entity,
        name: release.name,
        rows: release.row_count,
        bytes: release.bytes,
        state: release.state,
        purpose: release.purpose,
        asked: release.asked,
        decided_at: release.decided_at,
        answer: release.answer,
        fetches: release.fetches,
        fetched_at: release.fetched_at,
        version: release.version,
    })
}

/// The register, as far as the asker may see it.
pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Release>, asked: &Asked) -> Result<List<View>> {
    let who = grant.principal();
    let (rows, next) = SPEC.page(tx, &grant.predicate(), asked)?;
    let releases = rows.into_iter().map(Release::from_row).collect::<store::Result<Vec<_>>>()?;
    Ok(List { items: views(tx, who, releases)?, next })
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReleaseDecision)]
pub struct Decision {
    pub approve: bool,
    /// Needed to refuse.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Lets an export out or keeps it. Nobody decides about their own.
pub fn decide(
    tx: &mut Tx<'_>,
    grant: &Grant<Approve, entity::Release>,
    (id, version): (Uuid, i64),
    decision: &Decision,
) -> Result<View> {
    let who = grant.principal();
    let answer = decision.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned);
    if answer.as_ref().is_some_and(|answer| answer.chars().count() > ANSWER_MOST) {
        return Err(Error::field_invalid("reason", "too_long"));
    }
    if !decision.approve && answer.is_none() {
        return Err(Error::field_invalid("reason", "required"));
    }
    let mut release = Release::find(tx, id)?.ok_or_else(Error::not_found)?;
    grant.check(tx, &release)?;
    if release.owner_id == who.user.uuid() {
        return Err(Error::new(403, "export.own"));
    }
    match release.state {
        State::Waiting => {}
        State::Held => return Err(Error::conflict("export.unexplained")),
        State::Lapsed => return Err(Error::new(410, "export.gone")),
        _ => return Err(Error::conflict("export.decided")),
    }
    if release.version != version {
        return Err(Error::new(412, "stale"));
    }
    release.state = if decision.approve { State::Approved } else { State::Refused };
    (release.decided_by, release.decided_at, release.answer) = (Some(who.user.uuid()), Some(who.now), answer.clone());
    release.update(tx)?;
    release.version += 1;
    if decision.approve && !files::keep_until(tx, id, (who.now, who.now + STAYS))? {
        return Err(Error::new(410, "export.gone"));
    }
    let params = json!({ "who": &*who.name, "code": release.code, "approved": decision.approve, "reason": answer });
    let kind = if decision.approve { "release_approved" } else { "release_refused" };
    gate::settle(tx, who, &release)?;
    gate::tell(tx, release.owner_id, kind, params, (None, who.now))?;
    let action = if decision.approve { "approve_export" } else { "refuse_export" };
    let told =
        json!({ "code": release.code, "rows": release.row_count, "asked_by": release.owner_id, "reason": answer });
    audit::record(tx, who, action, Entity::Release, id, None, told)?;
    views(tx, who, vec![release])?.pop().ok_or_else(Error::not_found)
}

/// The exports whose codes stand in a file that turned up. That somebody looked is written down, with the codes that are
/// ours: the file is a stranger's, and may hold any.
pub fn traced(tx: &mut Tx<'_>, who: &Principal, codes: &BTreeSet<String>) -> Result<Vec<View>> {
    let asked = Asked { page: Page { limit: LIMIT_MOST, after: None }, ..Asked::default() };
    let (rows, _) = SPEC.page(tx, &Predicate::one_of("code", codes.iter().map(String::as_str)), &asked)?;
    let found = rows.into_iter().map(Release::from_row).collect::<store::Result<Vec<_>>>()?;
    let known: BTreeSet<&str> = found.iter().map(|release| release.code.as_str()).collect();
    let told = json!({ "codes": known, "codes_found": codes.len() });
    audit::record(tx, who, "trace_export", Entity::Release, Uuid::nil(), None, told)?;
    views(tx, who, found)
}

/// How many rows each person took out from one instant to before another.
pub fn taken_in(tx: &mut Tx<'_>, (from, to): (Timestamp, Timestamp)) -> Result<Vec<(Uuid, i64)>> {
    tx.query(&IN_SPAN, &[&from, &to])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
