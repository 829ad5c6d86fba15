//! A duty as the rules see it, and as the table keeps it. A million customers make two million rows, so what columns say
//! is not said again, and the rest is written short.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::model::{DutyRow, NOBODY};
use super::rules::{Duty, DutyKey, Halt, NeedCount, Outcome, Progress, Release, Terms, Warning};
use crate::kernel::{Error, Result};

/// The identity of a duty as an id. It begins like its subject's, so that duties planned customer by customer lie side
/// by side in the index; the rest is a digest of policy, rule, subject and occurrence.
pub fn duty_id(policy: &str, key: &DutyKey) -> Uuid {
    let mut hash = Sha256::new();
    for part in [policy, &key.rule, &key.occurrence] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.update(key.subject.as_bytes());
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&key.subject.as_bytes()[..6]);
    bytes[6..].copy_from_slice(&digest[..10]);
    // The bits of a UUID of version 7, which it is as far as anybody can tell.
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    Uuid::from_bytes(bytes)
}

/// What of the terms is no column; instants in microseconds.
#[derive(Serialize, Deserialize)]
struct Plan {
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    counts_from: Option<i64>,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    due: Option<i64>,
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    act: Option<i64>,
    #[serde(rename = "p", default, skip_serializing_if = "std::ops::Not::not")]
    provisional: bool,
    #[serde(rename = "w", default, skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<(u8, i64)>,
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    need: Vec<(String, u32)>,
}

/// What people, and planning, decided about a duty.
#[derive(Default, Serialize, Deserialize)]
struct Decisions {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pauses: Vec<Halt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waived: Option<Release>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cancelled: Option<Release>,
}

pub fn duty_of(row: &DutyRow) -> Result<Duty> {
    let plan: Plan = serde_json::from_str(&row.plan)?;
    let decisions: Decisions = match &row.decisions {
        Some(text) => serde_json::from_str(text)?,
        None => Decisions::default(),
    };
    let warnings = plan.warnings.into_iter().map(|(percent, at)| Ok(Warning { percent, at: instant(at)? }));
    let terms = Terms {
        customer: Some(row.customer_id).filter(|customer| *customer != NOBODY),
        owner: row.owner_id,
        deputy: row.deputy_id,
        department: row.department_id,
        opens_at: row.opens_at,
        counts_from: plan.counts_from.map_or(Ok(row.opens_at), instant)?,
        due_at: plan.due.map(instant).transpose()?,
        provisional: plan.provisional,
        act_at: plan.act.map(instant).transpose()?,
        warnings: warnings.collect::<Result<_>>()?,
        need: plan.need.into_iter().map(|(what, at_least)| NeedCount { what, at_least }).collect(),
    };
    let key = DutyKey { rule: row.rule.clone(), subject: row.subject_id, occurrence: row.occurrence.clone() };
    Ok(Duty {
        key,
        terms,
        pauses: decisions.pauses,
        postponed_until: row.postponed_until,
        waived: decisions.waived,
        cancelled: decisions.cancelled,
        // Earlier terms are events of their own.
        history: Vec::new(),
    })
}

fn instant(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(Error::internal)
}

pub fn plan_of(terms: &Terms) -> Result<String> {
    let micros = |at: &Timestamp| at.as_microsecond();
    let plan = Plan {
        counts_from: (terms.counts_from != terms.opens_at).then(|| micros(&terms.counts_from)),
        due: terms.due_at.as_ref().map(micros),
        act: terms.act_at.as_ref().map(micros),
        provisional: terms.provisional,
        warnings: terms.warnings.iter().map(|warning| (warning.percent, micros(&warning.at))).collect(),
        need: terms.need.iter().map(|need| (need.what.clone(), need.at_least)).collect(),
    };
    Ok(serde_json::to_string(&plan)?)
}

pub fn decisions_of(duty: &Duty) -> Result<Option<String>> {
    if duty.pauses.is_empty() && duty.waived.is_none() && duty.cancelled.is_none() {
        return Ok(None);
    }
    let decisions =
        Decisions { pauses: duty.pauses.clone(), waived: duty.waived.clone(), cancelled: duty.cancelled.clone() };
    Ok(Some(serde_json::to_string(&decisions)?))
}

pub fn progress_of(outcome: &Outcome) -> Result<Option<String>> {
    written(outcome.progress.iter().map(|line| (line.what.as_str(), line.have, line.need)))
}

/// The progress of a duty for which nothing has been done.
pub fn no_progress(terms: &Terms) -> Result<Option<String>> {
    written(terms.need.iter().map(|need| (need.what.as_str(), 0, need.at_least)))
}

fn written<'a>(lines: impl Iterator<Item = (&'a str, u32, u32)>) -> Result<Option<String>> {
    let lines: Vec<_> = lines.collect();
    Ok(if lines.is_empty() { None } else { Some(serde_json::to_string(&lines)?) })
}

pub fn read_progress(row: &DutyRow) -> Result<Vec<Progress>> {
    let Some(text) = &row.progress else { return Ok(Vec::new()) };
    let lines: Vec<(String, u32, u32)> = serde_json::from_str(text)?;
    Ok(lines.into_iter().map(|(what, have, need)| Progress { what, have, need }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(rule: &str, occurrence: &str) -> DutyKey {
        DutyKey { rule: rule.to_owned(), subject: Uuid::from_u128(7 << 80), occurrence: occurrence.to_owned() }
    }

    #[test]
    fn the_same_duty_has_the_same_id_and_another_has_another() {
        let id = duty_id("R3", &key("vip-contact", "2026-11"));
        assert_eq!(id, duty_id("R3", &key("vip-contact", "2026-11")));
        assert_ne!(id, duty_id("R4", &key("vip-contact", "2026-11")));
        assert_ne!(id, duty_id("R3", &key("vip-contac", "t2026-11")));
        assert_ne!(id, duty_id("R3", &key("vip-contact", "2026-12")));
        assert_eq!(id.get_version_num(), 7);
    }
}
