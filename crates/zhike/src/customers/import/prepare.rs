//! From rows to customers ready to be written: read, merged, cleaned, sealed. Needs no database, so that it goes on
//! beside the thread that writes.

use super::convert::{Draft, Reading};
use super::existing::Keys;
use super::merge::merge;
use super::model::Problem;
use super::raw::RawRow;
use super::write::{Batch, Ready, problems_of};
use crate::customers::model::Source;
use crate::customers::service;
use crate::kernel::{Entity, Result};
use crate::platform::grant::Principal;

/// The rows of one customer: the customer, and the rows that are no part of it with what is wrong with each.
pub fn customer(who: &Principal, reading: &Reading, rows: &[RawRow], batch: &mut Batch) -> Result<()> {
    let mut drafts = Vec::with_capacity(rows.len());
    for row in rows {
        let mut draft = reading.draft(row);
        if rows.len() > 1 && draft.new.name.is_none() {
            // Its customer stands in a row above, merged over this one.
            draft.problems.retain(|problem| problem.code != "name.required");
        }
        match draft.is_refused() {
            true => batch.refused.push((draft.row, draft.problems)),
            false => drafts.push(draft),
        }
    }
    if let Some(ready) = together(who, drafts, batch)? {
        batch.ready.push(ready);
    }
    Ok(())
}

/// What the rows make together. If that is not acceptable, each row that is not acceptable by itself goes, and the rest
/// are tried again.
fn together(who: &Principal, drafts: Vec<Draft>, batch: &mut Batch) -> Result<Option<Ready>> {
    if drafts.is_empty() {
        return Ok(None);
    }
    let problems = match ready(who, &drafts)? {
        Ok(ready) => return Ok(Some(ready)),
        Err(problems) => problems,
    };
    let mut left = Vec::new();
    let mut gone = false;
    for draft in drafts.clone() {
        match named(&draft, &drafts).map(|draft| ready(who, &[draft])).transpose()? {
            Some(Err(own)) => {
                gone = true;
                batch.refused.push((draft.row, own));
            }
            _ => left.push(draft),
        }
    }
    if gone {
        return together(who, left, batch);
    }
    batch.refused.extend(left.into_iter().map(|draft| (draft.row, problems.clone())));
    Ok(None)
}

/// A row below merged cells, with the name that stands above it.
fn named(draft: &Draft, all: &[Draft]) -> Option<Draft> {
    let mut draft = draft.clone();
    if draft.new.name.is_none() {
        draft.new.name = all.iter().find_map(|draft| draft.new.name.clone());
    }
    draft.new.name.is_some().then_some(draft)
}

fn ready(who: &Principal, drafts: &[Draft]) -> Result<Result<Ready, Vec<Problem>>> {
    let merged = merge(drafts);
    if merged.new.name.is_none() {
        return Ok(Err(vec![Problem::error("name", "name.required")]));
    }
    let said = merged.new;
    let mut new = said.clone();
    if who.edits(Entity::Customer, "source") {
        new.source.get_or_insert(Some(Source::Import));
    }
    let (owner, department) = merged.owner.map_or((None, None), |owner| (Some(owner.user), owner.department));
    let mut prepared = match service::prepare(who, &new, owner, department) {
        Ok(prepared) => prepared,
        Err(error) if error.status < 500 => return Ok(Err(problems_of(&error))),
        Err(error) => return Err(error),
    };
    prepared.customer.created_at = merged.created_at.unwrap_or(who.now);
    let keys = Keys::of(&prepared, merged.number.as_ref());
    Ok(Ok(Ready { rows: drafts.iter().map(|draft| draft.row).collect(), keys, prepared, said }))
}
