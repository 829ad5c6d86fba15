use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::model::{Merge, MergeState};
use super::service::{MergeView, UNDO_WITHIN, of, recount, remove_fields, settle, tell_changes, view};
use super::{fields, job};
use crate::customers::collaborators::{self, Given};
use crate::customers::model::Customer;
use crate::customers::service::locked;
use crate::customers::{duplicates, facts, handovers, reach, relations};
use crate::kernel::permission::action::Delete;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Principal};
use crate::platform::holdings;

store::statements! {
    PROMOTE = "update contact set is_primary = true, version = version + 1 where customer_id = $1 and id = $2";
}

/// Takes a merge back. What came after it stays where it is.
pub fn undo(
    tx: &mut Tx<'_>,
    grant: &Grant<Delete, entity::Customer>,
    place: (Id<Customer>, Uuid),
) -> Result<MergeView> {
    let who = grant.principal();
    let mut merge = of(tx, grant, place)?;
    let code = match merge.state {
        MergeState::Done if who.now > merge.merged_at + UNDO_WITHIN => Some("merge.too_late"),
        MergeState::Done => None,
        MergeState::Moving | MergeState::Undoing => Some("merge.busy"),
        MergeState::Undone => Some("merge.undone"),
    };
    if let Some(code) = code {
        return Err(Error::conflict(code));
    }
    let part = Customer { removed_at: None, ..locked(tx, merge.loser_id)? };
    reach::check(tx, grant, &part)?;
    merge.state = MergeState::Undoing;
    (merge.undone_at, merge.undone_by) = (Some(who.now), Some(who.user));
    step_back(tx, who, &mut merge)?;
    match merge.undone_steps < merge.steps {
        true => {
            merge.update(tx)?;
            job::enqueue(tx, who, &merge)?;
        }
        false => finish(tx, who, &mut merge)?,
    }
    view(tx, who, merge)
}

/// Moves back what one step moved.
pub fn step_back(tx: &mut Tx<'_>, who: &Principal, merge: &mut Merge) -> Result<()> {
    let (way, step) = (merge.way(), merge.undone_steps);
    handovers::around(tx, who, &[way.survivor, way.loser], |tx| holdings::move_back(tx, way, step))?;
    relations::service::move_back(tx, who, way, step)?;
    merge.undone_steps += 1;
    Ok(())
}

/// All has gone back: both customers are what they were, but for what was changed since.
pub fn finish(tx: &mut Tx<'_>, who: &Principal, merge: &mut Merge) -> Result<()> {
    recount(tx, merge)?;
    let before = locked(tx, merge.customer_id)?;
    let mut part = locked(tx, merge.loser_id)?;
    (part.removed_at, part.merged_into) = (None, None);
    let (mut survivor, mut kept) = fields::put_back(before.clone(), &merge.changes)?;
    let mut changes = Changes::new();
    changes.set("restored", fields::restored(&merge.changes, &kept));
    kept.extend(remove_fields(tx, who, merge, &survivor, &mut changes)?);
    if let Some(contact) = merge.primary_contact {
        tx.execute(&PROMOTE, &[&part.id, &contact])?;
    }
    let shared: Vec<Given> = serde_json::from_value(merge.shared.clone())?;
    collaborators::part(tx, who, survivor.id, &shared, merge.id)?;
    let aside = serde_json::from_value(merge.set_aside.clone())?;
    let parted = part.id;
    duplicates::parted(tx, (survivor.id, part.id))?;
    settle(tx, who, &mut part)?;
    settle(tx, who, &mut survivor)?;
    // When both are there again: a group counts as long as it is.
    relations::service::part(tx, who, (survivor.id, parted), aside, merge.id)?;
    merge.state = MergeState::Undone;
    merge.kept = json!(kept);
    merge.update(tx)?;
    tell_changes(tx, who, (&before, &survivor), "撤销合并")?;
    let (one, other) = (survivor.id.uuid(), part.id.uuid());
    facts::publish(tx, who, facts::UNMERGED, (other, Some(one)), who.now, json!({ "merge": merge.id }))?;
    let told = json!({ "merge": merge.id, "kept": kept });
    changes.set("merge", merge.id).set("kept", kept);
    audit::record(tx, who, "unmerge", Entity::Customer, one, Some(one), changes)?;
    audit::record(tx, who, "unmerge", Entity::Customer, other, Some(other), told)
}
