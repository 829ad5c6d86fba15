//! On what basis people came into the archive: said by whoever entered them, kept as the first answer about the purpose
//! of keeping it.

use std::collections::HashSet;

use store::{Entity as _, Ids, Tx};
use uuid::Uuid;

use super::model::{Basis, Channel, Consent, Decision, Purpose};
use super::service::PROOF_MOST;
use crate::customers::basis::{Entered, EntryBasis};
use crate::customers::rules::text::clean;
use crate::kernel::{Error, Id, Result};
use crate::platform::grant::Principal;

/// Keeping the archive; it comes with the product and is there from the first time that somebody is entered for it.
pub(super) const PURPOSE: &str = "archive";
const NOTICE: &str =
    "我们会把您的姓名、职务和联系方式记入客户档案，用于与您或您所在单位的业务往来。您可以随时要求查阅、更正或删除。";

store::statements! {
    PUT = "insert into consent_purpose
        (key, zh, en, notice, notice_version, contacts, separate, position, retired_at, version, updated_at)
        values ($1, '建立客户档案', 'Keeping the archive', $2, 1, $3, $3, 0, null, 1, $4) on conflict (key) do nothing";
    PUT_NOTICE = "insert into consent_notice (purpose, notice_version, notice, written_by, written_at)
        values ($1, 1, $2, null, null) on conflict (purpose, notice_version) do nothing";
    KNOWN = "select customer_id, contact_id from consent where customer_id in among($1) and purpose = $2";
}

/// A purpose by its key.
pub fn named(tx: &mut Tx<'_>, who: &Principal, key: &str) -> Result<Option<Purpose>> {
    match key == PURPOSE {
        true => purpose(tx, who).map(Some),
        false => Ok(Purpose::find(tx, key.to_owned())?),
    }
}

fn purpose(tx: &mut Tx<'_>, who: &Principal) -> Result<Purpose> {
    if let Some(purpose) = Purpose::find(tx, PURPOSE.to_owned())? {
        return Ok(purpose);
    }
    tx.execute(&PUT, &[&PURPOSE, &NOTICE, &false, &who.now])?;
    tx.execute(&PUT_NOTICE, &[&PURPOSE, &NOTICE])?;
    Purpose::find(tx, PURPOSE.to_owned())?.ok_or_else(|| Error::internal("the purpose has just been put"))
}

struct Said {
    basis: Basis,
    channel: Channel,
    proof: Option<String>,
}

fn understood(said: &EntryBasis) -> Result<Said> {
    let basis = Basis::from_word(&said.basis).ok_or_else(|| Error::field_invalid("basis", "basis.unknown"))?;
    let channel = match said.channel.as_deref() {
        None => Channel::Other,
        Some(word) => Channel::from_word(word).ok_or_else(|| Error::field_invalid("basis", "basis.unknown"))?,
    };
    let proof = clean(said.proof.as_deref().unwrap_or_default(), PROOF_MOST, false);
    let proof = proof.map_err(|code| Error::field_invalid("proof", code))?;
    match proof.is_none() && basis == Basis::Consent {
        true => Err(Error::field_invalid("proof", "required")),
        false => Ok(Said { basis, channel, proof }),
    }
}

pub fn check(said: &EntryBasis) -> Result<()> {
    understood(said).map(drop)
}

/// The people of these customers for whom something is known about the purpose of keeping the archive.
pub fn known(tx: &mut Tx<'_>, customers: &[Uuid]) -> Result<HashSet<Entered>> {
    let rows = tx.query(&KNOWN, &[&Ids(customers), &PURPOSE])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// One row for each; that they were entered, and by whom, the audit tells of them already.
pub fn keep(tx: &mut Tx<'_>, who: &Principal, said: &EntryBasis, people: &[Entered]) -> Result<()> {
    let Said { basis, channel, proof } = understood(said)?;
    let purpose = purpose(tx, who)?;
    for (customer, contact) in people {
        let consent = Consent {
            id: Id::new(),
            customer_id: *customer,
            contact_id: *contact,
            purpose: purpose.key.clone(),
            decision: Decision::Given,
            basis,
            notice_version: purpose.notice_version,
            channel,
            proof: proof.clone(),
            at: who.now,
            recorded_at: who.now,
            recorded_by: who.user,
        };
        consent.insert(tx)?;
    }
    Ok(())
}
