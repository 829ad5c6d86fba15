//! The purposes for which the company uses personal information, and the words in which it asks (PIPL 14, 17). Other
//! words are another version: whoever agreed to the earlier ones is asked again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Entity as _, Tx, turns};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Purpose;
use crate::customers::rules::text::{Faults, clean};
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Principal};

/// A company that asks for more has not understood its own business.
const PURPOSES_MOST: usize = 40;
const NAME_MOST: usize = 40;
const NOTICE_MOST: usize = 4_000;

store::statements! {
    ALL = select Purpose where "1 = 1 order by position, key";
    KEEP_NOTICE = "insert into consent_notice (purpose, notice_version, notice, written_by, written_at)
        values ($1, $2, $3, $4, $5)";
    NOTICES = "select notice_version, notice, written_by, written_at from consent_notice where purpose = $1
        order by notice_version desc limit 100";
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ConsentPurpose)]
pub struct PurposeView {
    pub key: String,
    pub zh: String,
    pub en: String,
    /// The words in which people are asked now.
    pub notice: String,
    pub notice_version: i64,
    /// The person is contacted for it.
    pub contacts: bool,
    /// The law asks for a consent of its own.
    pub separate: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub retired_at: Option<Timestamp>,
    pub version: i64,
}

impl From<Purpose> for PurposeView {
    fn from(purpose: Purpose) -> Self {
        let Purpose { key, zh, en, notice, notice_version, contacts, separate, retired_at, version, .. } = purpose;
        Self { key, zh, en, notice, notice_version, contacts, separate, retired_at, version }
    }
}

/// The words of a version.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ConsentNotice)]
pub struct NoticeView {
    pub notice_version: i64,
    pub notice: String,
    /// Missing where the words came with the product.
    pub written_by: Option<Named>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub written_at: Option<Timestamp>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewConsentPurpose)]
pub struct NewPurpose {
    pub zh: String,
    /// The Chinese name, where it is left out.
    #[serde(default)]
    pub en: Option<String>,
    pub notice: String,
    pub contacts: bool,
    #[serde(default)]
    pub separate: bool,
}

/// Only what is given changes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ConsentPurposeChange)]
pub struct PurposeChange {
    pub zh: Option<String>,
    pub en: Option<String>,
    /// Other words: everybody's consent needs renewal.
    pub notice: Option<String>,
    pub contacts: Option<bool>,
    pub separate: Option<bool>,
    /// Nobody is asked for it any more; what was answered stays.
    pub retired: Option<bool>,
}

/// All purposes in their order.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Purpose>> {
    Ok(Purpose::all(tx, &ALL, &[])?)
}

pub fn list(tx: &mut Tx<'_>, _grant: &Grant<Read, entity::Contact>) -> Result<Vec<PurposeView>> {
    Ok(all(tx)?.into_iter().map(PurposeView::from).collect())
}

/// The words that have been in force, latest first: what somebody agreed to must stay readable.
pub fn notices(tx: &mut Tx<'_>, _grant: &Grant<Read, entity::Contact>, key: &str) -> Result<Vec<NoticeView>> {
    found(tx, key)?;
    let mut notices = Vec::new();
    for row in tx.query(&NOTICES, &[&key])? {
        let by: Option<Uuid> = row.get(2)?;
        notices.push(NoticeView {
            notice_version: row.get(0)?,
            notice: row.get(1)?,
            written_by: by.map(|id| names::user(tx, id)).transpose()?,
            written_at: row.get(3)?,
        });
    }
    Ok(notices)
}

pub fn found(tx: &mut Tx<'_>, key: &str) -> Result<Purpose> {
    Purpose::find(tx, key.to_owned())?.ok_or_else(Error::not_found)
}

pub fn create(tx: &mut Tx<'_>, grant: &Grant<Update, entity::Setting>, new: &NewPurpose) -> Result<PurposeView> {
    let who = grant.principal();
    turns::take(tx, "consent_purpose", ["all"])?;
    let known = all(tx)?;
    if known.len() >= PURPOSES_MOST {
        return Err(Error::conflict("consent.too_many_purposes"));
    }
    let last = known.iter().map(|purpose| purpose.position).max().unwrap_or(0);
    let purpose = Purpose {
        key: format!("p{}", last + 1),
        zh: String::new(),
        en: String::new(),
        notice: String::new(),
        notice_version: 0,
        contacts: new.contacts,
        separate: new.separate,
        position: last + 1,
        retired_at: None,
        version: 1,
        updated_at: who.now,
    };
    let wanted = PurposeChange {
        zh: Some(new.zh.clone()),
        en: Some(new.en.clone().unwrap_or_else(|| new.zh.clone())),
        notice: Some(new.notice.clone()),
        ..PurposeChange::default()
    };
    let (purpose, mut changes) = changed(who, &purpose, &wanted)?;
    refuse_taken(&known, &purpose)?;
    purpose.insert(tx)?;
    keep_notice(tx, who, &purpose)?;
    changes.set("purpose", &purpose.key);
    audited(tx, who, "consent_purpose_create", changes)?;
    Ok(purpose.into())
}

pub fn update(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Setting>,
    (key, version): (&str, i64),
    change: &PurposeChange,
) -> Result<PurposeView> {
    let who = grant.principal();
    turns::take(tx, "consent_purpose", ["all"])?;
    let before = found(tx, key)?;
    if before.version != version {
        return Err(Error::new(412, "stale"));
    }
    let (mut after, mut changes) = changed(who, &before, change)?;
    refuse_taken(&all(tx)?, &after)?;
    if changes.is_empty() {
        return Ok(before.into());
    }
    after.update(tx)?;
    after.version += 1;
    if after.notice_version != before.notice_version {
        keep_notice(tx, who, &after)?;
    }
    changes.set("purpose", &after.zh);
    audited(tx, who, "consent_purpose_update", changes)?;
    Ok(after.into())
}

/// The purpose as it is after a change, and what changed.
fn changed(who: &Principal, before: &Purpose, change: &PurposeChange) -> Result<(Purpose, Changes)> {
    let (mut after, mut faults) = (Purpose { updated_at: who.now, ..before.clone() }, Faults::default());
    let mut text = |field: &str, given: &Option<String>, most, into: &mut String| {
        let Some(given) = given else { return };
        match clean(given, most, field != "notice") {
            Ok(Some(text)) => *into = text,
            Ok(None) => faults.add(field, "required"),
            Err(code) => faults.add(field, code),
        }
    };
    text("zh", &change.zh, NAME_MOST, &mut after.zh);
    text("en", &change.en, NAME_MOST, &mut after.en);
    text("notice", &change.notice, NOTICE_MOST, &mut after.notice);
    Error::from_fields(faults.into_fields())?;
    after.contacts = change.contacts.unwrap_or(before.contacts);
    after.separate = change.separate.unwrap_or(before.separate);
    if let Some(retired) = change.retired.filter(|retired| *retired != before.retired_at.is_some()) {
        after.retired_at = retired.then_some(who.now);
    }
    // Another way of using it is another purpose to whoever agreed, as much as other words are (PIPL 14).
    if after.notice != before.notice || after.contacts != before.contacts {
        after.notice_version = before.notice_version + 1;
    }
    let mut changes = Changes::new();
    changes.field("zh", &before.zh, &after.zh).field("en", &before.en, &after.en);
    changes.field("notice", &before.notice, &after.notice);
    changes.field("contacts_people", &before.contacts, &after.contacts);
    changes.field("separate", &before.separate, &after.separate);
    changes.field("retired", &before.retired_at.is_some(), &after.retired_at.is_some());
    Ok((after, changes))
}

/// People tell purposes by their names.
fn refuse_taken(known: &[Purpose], purpose: &Purpose) -> Result<()> {
    let others = known.iter().filter(|other| other.key != purpose.key);
    match others.into_iter().any(|other| other.zh == purpose.zh) {
        true => Err(Error::field_invalid("zh", "taken")),
        false => Ok(()),
    }
}

fn keep_notice(tx: &mut Tx<'_>, who: &Principal, purpose: &Purpose) -> Result<()> {
    let kept: &[&dyn store::ToValue] = &[&purpose.key, &purpose.notice_version, &purpose.notice, &who.user, &who.now];
    tx.execute(&KEEP_NOTICE, kept)?;
    Ok(())
}

fn audited(tx: &mut Tx<'_>, who: &Principal, action: &str, changes: Changes) -> Result<()> {
    audit::record(tx, who, action, Entity::Setting, Uuid::nil(), None, changes)
}
