//! Whether an export may go, and who is to be asked.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::{Tx, turns};
use uuid::Uuid;

use super::model::{Release, State};
use crate::kernel::{Action, Entity, Id, Result};
use crate::platform::access::names::Named;
use crate::platform::access::{self, people_who_may};
use crate::platform::grant::{Guarded as _, Principal};
use crate::platform::notifications::{self, Notice};
use crate::platform::settings;

/// What somebody has taken out in this time counts, so that many small exports are not free where one large one is not.
const PERIOD: SignedDuration = SignedDuration::from_hours(24);

store::statements! {
    OF_ROLES = "select max(role.export_rows) from staff_role join role on role.id = staff_role.role_id
        where staff_role.staff_id = $1";
    TAKEN = "select cast(coalesce(sum(row_count), 0) as bigint) from release
        where owner_id = $1 and asked_at > $2 and state = 'free'";
}

/// How many rows somebody takes out in a day without being asked: as many as the most generous of their roles says, or
/// else the company.
pub fn allowance(tx: &mut Tx<'_>, who: &Principal) -> Result<i64> {
    match tx.query_one(&OF_ROLES, &[&who.user])?.get::<Option<i64>>(0)? {
        Some(rows) => Ok(rows),
        None => Ok(settings::get(tx)?.export_rows),
    }
}

/// How many rows somebody has taken out lately without being asked.
pub(super) fn taken(tx: &mut Tx<'_>, who: &Principal) -> Result<i64> {
    Ok(tx.query_one(&TAKEN, &[&who.user, &(who.now - PERIOD)])?.get(0)?)
}

/// The state that an export of so many rows begins in.
pub fn judge(tx: &mut Tx<'_>, who: &Principal, rows: i64, is_explained: bool) -> Result<State> {
    // Two exports at once count each other.
    turns::take(tx, "release", [who.user.uuid()])?;
    Ok(match taken(tx, who)? + rows <= allowance(tx, who)? {
        true => State::Free,
        false if is_explained => State::Waiting,
        false => State::Held,
    })
}

/// Whoever may decide about it, but for its asker.
pub(super) fn deciders(tx: &mut Tx<'_>, who: &Principal, release: &Release) -> Result<Vec<Named>> {
    let mut found = Vec::new();
    for person in people_who_may(tx, Action::Approve, Entity::Release)? {
        if person.id == release.owner_id {
            continue;
        }
        let Some(candidate) = access::principal_of(tx, Id::from_uuid(person.id), who.now, &who.vault)? else {
            continue;
        };
        let reached = candidate.predicate(Action::Approve, Entity::Release);
        if reached.matches(tx, release.id(), &|column| release.column(column))? {
            found.push(person);
        }
    }
    Ok(found)
}

/// Asks those who may decide, or first its owner what it is for; whoever there is to decide.
pub(super) fn ask(tx: &mut Tx<'_>, who: &Principal, release: &Release) -> Result<Vec<Named>> {
    let deciders = deciders(tx, who, release)?;
    if release.state == State::Held {
        let params = json!({ "rows": release.row_count, "code": release.code });
        tell(tx, release.owner_id, "release_held", params, (Some(&held(release)), who.now))?;
        return Ok(deciders);
    }
    for decider in &deciders {
        let params = json!({ "who": &*who.name, "rows": release.row_count, "code": release.code });
        tell(tx, decider.id, "release_asked", params, (Some(&asked(release)), who.now))?;
    }
    Ok(deciders)
}

/// The key under which people were asked about it.
fn asked(release: &Release) -> String {
    format!("release:{}", release.id)
}

/// The key under which its owner was asked what it is for.
fn held(release: &Release) -> String {
    format!("held:{}", release.id)
}

/// What anybody was asked about it is done, or not needed any more.
pub(super) fn settle(tx: &mut Tx<'_>, who: &Principal, release: &Release) -> Result<()> {
    notifications::settle(tx, (Id::from_uuid(release.owner_id), &held(release)), who.now)?;
    for decider in deciders(tx, who, release)? {
        notifications::settle(tx, (Id::from_uuid(decider.id), &asked(release)), who.now)?;
    }
    Ok(())
}

pub fn tell(
    tx: &mut Tx<'_>,
    user: Uuid,
    kind: &str,
    params: serde_json::Value,
    (dedupe_key, at): (Option<&str>, Timestamp),
) -> Result<()> {
    let link = Some("/settings/exports");
    let notice = Notice { user: Id::from_uuid(user), kind, params, link, dedupe_key, at };
    notifications::notify(tx, &notice).map(drop)
}
