use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::sync::OnceLock;

use jiff::Timestamp;
use serde::Serialize;
use store::{Entity as _, Ids, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::intake::Taken;
use super::model::{Attachment, State};
use crate::customers::model::Customer;
use crate::customers::reach;
use crate::customers::service::{is_shown, load, load_for_change};
use crate::kernel::custom::{self, CustomKind};
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, FieldAccess, Id, Result};
use crate::platform::access::model::User;
use crate::platform::access::names::{self, Named};
use crate::platform::audit::{self, Changes};
use crate::platform::custom::values::{self, Values};
use crate::platform::files::{self, Blob, Files, Label};
use crate::platform::grant::{Grant, Principal};
use crate::platform::settings::{self, Attachments};
use crate::platform::vault::{ContentId, Unsealing};

pub const PURPOSE: &str = "attachment";
/// A customer with more files than this is an archive of its own.
const MOST: i64 = 2_000;
const CONTACT: &str = "contact";

store::statements! {
    pub OF_CUSTOMER = select Attachment where "customer_id = $1 and removed_at is null and field is null
        order by added_at desc, id desc limit $2";
    ONE = select Attachment where "customer_id = $1 and id = $2";
    COUNT = "select count(*) from attachment where customer_id = $1 and removed_at is null";
    SET_REMOVED = "update attachment set removed_at = $3, removed_by = $4 where customer_id = $1 and id = $2";
    FILES = "select file_id, small_file_id from attachment where customer_id = $1";
    FILES_ON = "select file_id, small_file_id from attachment where customer_id = $1 and of_kind = $2 and of_id = $3";
    FORGET = "delete from attachment where customer_id = $1";
    FORGET_ON = "delete from attachment where customer_id = $1 and of_kind = $2 and of_id = $3";
    CONTACTS = "select id from contact where customer_id = $1 and id in among($2)";
    RESTRICTED = "select id from contact where customer_id = $1 and id in among($2) and restricted_at is not null";
    VERIFICATIONS = "select id from verification where customer_id = $1 and id in among($2)";
    COOPERATIONS = "select id from cooperation where customer_id = $1 and id in among($2)";
    EVENTS = "select id from major_event where customer_id = $1 and id in among($2)";
}

/// A kind of record that can carry files: its word, whose permission it follows, and which of some are there.
#[derive(Clone, Copy)]
pub struct Carrier {
    pub word: &'static str,
    pub entity: Entity,
    pub there: fn(&mut Tx<'_>, customer: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>>,
    /// Which of some the asker may change or delete, where a record has a rule of its own; without one the customer's
    /// reach decides.
    pub own_rule: Option<OwnRule>,
}

pub type OwnRule = fn(&mut Tx<'_>, &Principal, Action, customer: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>>;

static CARRIERS: OnceLock<Vec<Carrier>> = OnceLock::new();

/// Sets the carriers of the program; later calls change nothing.
pub fn declare(all: impl FnOnce() -> Vec<Carrier>) {
    CARRIERS.get_or_init(all);
}

pub fn carriers() -> &'static [Carrier] {
    CARRIERS.get_or_init(own)
}

pub fn own() -> Vec<Carrier> {
    let carrier = |word, entity, there| Carrier { word, entity, there, own_rule: None };
    vec![
        carrier("customer", Entity::Customer, |_, _, ids| Ok(ids.iter().copied().filter(Uuid::is_nil).collect())),
        carrier(CONTACT, Entity::Contact, |tx, customer, ids| found(tx, &CONTACTS, customer, ids)),
        carrier("verification", Entity::Customer, |tx, customer, ids| found(tx, &VERIFICATIONS, customer, ids)),
        carrier("cooperation", Entity::Cooperation, |tx, customer, ids| found(tx, &COOPERATIONS, customer, ids)),
        carrier("major_event", Entity::Customer, |tx, customer, ids| found(tx, &EVENTS, customer, ids)),
    ]
}

/// Which of these records of a customer are there.
pub fn found(tx: &mut Tx<'_>, statement: &'static store::Statement, customer: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows = tx.query(statement, &[&customer, &Ids(ids)])?;
    Ok(rows.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?)
}

fn carrier(word: &str) -> Result<&'static Carrier> {
    carriers().iter().find(|carrier| carrier.word == word).ok_or_else(|| Error::field_invalid("of_kind", "unknown"))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttachmentView {
    #[schema(value_type = Uuid)]
    pub id: Id<Attachment>,
    /// What it hangs on: `customer`, `contact`, `cooperation`, `verification`, `major_event`, `interaction`.
    #[schema(example = "interaction")]
    pub of_kind: String,
    /// Which one; none for the customer itself.
    pub of_id: Option<Uuid>,
    pub name: String,
    pub media_type: String,
    pub bytes: i64,
    pub state: State,
    pub finding: Option<String>,
    /// There is a small picture of it.
    pub small: bool,
    pub added_by: Named,
    #[schema(value_type = String, format = DateTime)]
    pub added_at: Timestamp,
    /// The asker may remove it.
    pub removable: bool,
}

type Reading = Grant<Read, entity::Customer>;

/// What somebody may do with files on records of one kind: as with the records themselves.
#[derive(Clone, Copy)]
struct Rights {
    read: bool,
    update: bool,
    delete: bool,
}

/// What somebody may do with files on these records of one kind.
fn rights(
    tx: &mut Tx<'_>,
    who: &Principal,
    customer: &Customer,
    (kind, of): (&Carrier, &[Uuid]),
) -> Result<HashMap<Uuid, Rights>> {
    let read = reach::reaches(tx, &reach::predicate(who, Action::Read, kind.entity), customer)?;
    let mut may = |action| match kind.own_rule {
        Some(rule) => rule(tx, who, action, customer.id.uuid(), of),
        None => match reach::reaches(tx, &reach::predicate(who, action, kind.entity), customer)? {
            true => Ok(of.to_vec()),
            false => Ok(Vec::new()),
        },
    };
    let (update, delete) = (may(Action::Update)?, may(Action::Delete)?);
    let of = of.iter().map(|id| (*id, Rights { read, update: update.contains(id), delete: delete.contains(id) }));
    Ok(of.collect())
}

/// The same for one record.
fn rights_on(tx: &mut Tx<'_>, who: &Principal, customer: &Customer, (kind, id): (&Carrier, Uuid)) -> Result<Rights> {
    let mut rights = rights(tx, who, customer, (kind, &[id]))?;
    rights.remove(&id).ok_or_else(Error::not_found)
}

impl Rights {
    /// Whoever added a file by mistake takes it away again.
    fn remove(self, who: &Principal, row: &Attachment) -> bool {
        self.delete || self.update && row.added_by == who.user
    }
}

fn view(tx: &mut Tx<'_>, who: &Principal, rights: Rights, row: Attachment) -> Result<AttachmentView> {
    Ok(AttachmentView {
        removable: rights.remove(who, &row),
        added_by: names::user(tx, row.added_by.uuid())?,
        id: row.id,
        of_id: (!row.of_id.is_nil()).then_some(row.of_id),
        of_kind: row.of_kind,
        name: row.name,
        media_type: row.media_type,
        bytes: row.bytes,
        state: row.state,
        finding: row.finding,
        small: row.small_file_id.is_some() && row.state == State::Fine,
        added_at: row.added_at,
    })
}

/// The files of a customer: those of records that are there and that the asker may read.
pub fn list(tx: &mut Tx<'_>, grant: &Reading, customer: Id<Customer>) -> Result<Vec<AttachmentView>> {
    let who = grant.principal();
    let customer = load(tx, grant, customer)?;
    let rows = Attachment::all(tx, &OF_CUSTOMER, &[&customer.id, &MOST])?;
    let there = shown(tx, customer.id.uuid(), &rows)?;
    let mut known = HashMap::new();
    for kind in carriers() {
        let of: HashSet<Uuid> = rows.iter().filter(|row| row.of_kind == kind.word).map(|row| row.of_id).collect();
        if !of.is_empty() {
            let of: Vec<Uuid> = of.into_iter().collect();
            known.insert(kind.word, rights(tx, who, &customer, (kind, &of))?);
        }
    }
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let rights = known.get(row.of_kind.as_str()).and_then(|rights| rights.get(&row.of_id));
        let Some(rights) = rights.filter(|rights| rights.read) else { continue };
        if there.contains(&(row.of_kind.clone(), row.of_id)) {
            views.push(view(tx, who, *rights, row)?);
        }
    }
    Ok(views)
}

/// Which records that files hang on are there: one question for each kind.
pub fn there(tx: &mut Tx<'_>, customer: Uuid, rows: &[Attachment]) -> Result<HashSet<(String, Uuid)>> {
    let mut there = HashSet::new();
    for kind in carriers() {
        let asked: HashSet<Uuid> = rows.iter().filter(|row| row.of_kind == kind.word).map(|row| row.of_id).collect();
        if !asked.is_empty() {
            let asked: Vec<Uuid> = asked.into_iter().collect();
            there.extend((kind.there)(tx, customer, &asked)?.into_iter().map(|id| (kind.word.to_owned(), id)));
        }
    }
    Ok(there)
}

/// Those of [`there`] that are shown: what is known of a restricted person is kept, and shown to nobody.
fn shown(tx: &mut Tx<'_>, customer: Uuid, rows: &[Attachment]) -> Result<HashSet<(String, Uuid)>> {
    let mut shown = there(tx, customer, rows)?;
    let contacts: Vec<Uuid> = shown.iter().filter(|(kind, _)| kind == CONTACT).map(|(_, id)| *id).collect();
    for restricted in found(tx, &RESTRICTED, customer, &contacts)? {
        shown.remove(&(CONTACT.to_owned(), restricted));
    }
    Ok(shown)
}

/// The added field of this kind of record that holds a file and that this person may fill.
fn fillable(who: &Principal, entity: Entity, key: &str) -> Result<i64> {
    let unknown = || Error::field_invalid("field", "unknown_field");
    let field = who.custom_field(entity, key).filter(|field| field.kind == CustomKind::File).ok_or_else(unknown)?;
    // As with every value of such a field: whoever sees that there is one may write another.
    let least = if field.is_sealed() { FieldAccess::Masked } else { FieldAccess::Edit };
    if who.custom_access(field) < least { Err(Error::forbidden()) } else { Ok(field.number) }
}

/// Whether somebody may open what stands in an added field: what is personal only while it is being shown to them.
fn opens(tx: &mut Tx<'_>, who: &Principal, row: &Attachment, number: i64) -> Result<()> {
    let field = who.permissions.custom.iter().find(|field| field.number == number).ok_or_else(Error::not_found)?;
    let access = who.custom_access(field);
    if access == FieldAccess::Hidden || !field.is_sealed() && access < FieldAccess::Read {
        return Err(Error::not_found());
    }
    match !field.is_sealed() || is_shown(tx, who, row.customer_id, field)? {
        true => Ok(()),
        false => Err(Error::conflict("attachment.reveal_first")),
    }
}

/// Follows a change of what stands in added fields of a record: files that came are there, those that went are removed.
/// Only what was sent for this record and field can come to stand there.
pub fn in_fields(
    tx: &mut Tx<'_>,
    who: &Principal,
    (customer, entity, record): (Uuid, Entity, Uuid),
    (before, after): (&Values, &Values),
) -> Result<()> {
    let (old, new) = (values::files(who, (entity, record), before)?, values::files(who, (entity, record), after)?);
    for (_, (id, _)) in old.iter().filter(|(number, file)| new.get(number) != Some(file)) {
        tx.execute(&SET_REMOVED, &[&customer, id, &Some(who.now), &Some(who.user)])?;
    }
    let of = if entity == Entity::Contact { record } else { Uuid::nil() };
    for (number, (id, name)) in new.iter().filter(|(number, file)| old.get(number) != Some(file)) {
        let row = Attachment::one(tx, &ONE, &[&customer, id])?;
        if !row.is_some_and(|row| row.field == Some(*number) && row.of_id == of && row.name == *name) {
            return Err(Error::field_invalid(custom::key(*number), "file.unknown"));
        }
        tx.execute(&SET_REMOVED, &[&customer, id, &None::<Timestamp>, &None::<Id<User>>])?;
    }
    Ok(())
}

/// What a file is to hang on.
#[derive(Clone, Debug)]
pub struct Place {
    pub customer: Uuid,
    pub of_kind: String,
    pub of_id: Option<Uuid>,
    /// The key of an added field that it is for.
    pub field: Option<String>,
}

/// Whether the asker may hang a file on this record, and how large one may be. Asked before it is received, and again
/// when it is added.
pub fn check(tx: &mut Tx<'_>, grant: &Reading, place: &Place) -> Result<Attachments> {
    let customer = load(tx, grant, Id::from_uuid(place.customer))?;
    let kind = carrier(&place.of_kind)?;
    let of = place.of_id.unwrap_or_default();
    let rights = rights_on(tx, grant.principal(), &customer, (kind, of))?;
    if !rights.read {
        return Err(Error::not_found());
    }
    if (kind.there)(tx, place.customer, &[of])?.is_empty() {
        return Err(Error::field_invalid("of_id", "unknown"));
    }
    if !rights.update {
        return Err(Error::forbidden());
    }
    if let Some(field) = &place.field {
        fillable(grant.principal(), kind.entity, field)?;
    }
    if kind.word == CONTACT && !found(tx, &RESTRICTED, place.customer, &[of])?.is_empty() {
        return Err(Error::new(423, "contact.restricted"));
    }
    let count: i64 = tx.query_opt(&COUNT, &[&place.customer])?.map(|row| row.get(0)).transpose()?.unwrap_or_default();
    if count >= MOST {
        return Err(Error::invalid("attachment.too_many"));
    }
    Ok(settings::get(tx)?.attachments)
}

/// Hangs a file on a record.
pub fn add(tx: &mut Tx<'_>, grant: &Reading, place: &Place, name: &str, taken: &Taken) -> Result<AttachmentView> {
    let who = grant.principal();
    check(tx, grant, place)?;
    let customer = load_for_change(tx, grant, Id::from_uuid(place.customer))?;
    let mut stored = |blob: &Blob| {
        // What it is called stands in its own row, which goes when the customer is forgotten.
        let label = Label { name: PURPOSE, media_type: "application/octet-stream", purpose: PURPOSE, expires_at: None };
        Ok::<_, Error>(files::add(tx, who, blob, &label)?.id)
    };
    let field = match &place.field {
        Some(key) => Some(fillable(who, carrier(&place.of_kind)?.entity, key)?),
        None => None,
    };
    let file_id = stored(&taken.content.0)?;
    let small_file_id = taken.small.as_ref().map(|(blob, _)| stored(blob)).transpose()?;
    let row = Attachment {
        id: Id::new(),
        customer_id: customer.id,
        of_kind: place.of_kind.clone(),
        of_id: place.of_id.unwrap_or_default(),
        field,
        name: files::clean_name(name),
        media_type: taken.media_type.to_owned(),
        bytes: taken.bytes,
        file_id,
        content_id: taken.content.1.0.clone(),
        small_file_id,
        small_content_id: taken.small.as_ref().map(|(_, id)| id.0.clone()),
        state: taken.state,
        finding: taken.finding.clone(),
        added_by: who.user,
        added_at: who.now,
        // Until the record says so it stands nowhere, and what stands nowhere goes after thirty days.
        removed_at: field.map(|_| who.now),
        removed_by: None,
    };
    row.insert(tx)?;
    audited(tx, who, &row, "attach")?;
    let rights = rights_on(tx, who, &customer, (carrier(&row.of_kind)?, row.of_id))?;
    view(tx, who, rights, row)
}

pub(super) fn audited(tx: &mut Tx<'_>, who: &Principal, row: &Attachment, action: &str) -> Result<()> {
    let mut changes = Changes::new();
    changes.set("attachment", row.id).set("of_kind", &row.of_kind).set("bytes", row.bytes);
    changes.set("media_type", &row.media_type);
    let customer = row.customer_id.uuid();
    audit::record(tx, who, action, Entity::Customer, customer, Some(customer), changes)
}

/// An attachment of a record that is there and that the asker may read, removed ones too.
fn one(tx: &mut Tx<'_>, grant: &Reading, (customer, id): (Uuid, Uuid)) -> Result<(Rights, Attachment)> {
    let customer = load(tx, grant, Id::from_uuid(customer))?;
    let row = Attachment::one(tx, &ONE, &[&customer.id, &id])?.ok_or_else(Error::not_found)?;
    let kind = carrier(&row.of_kind).map_err(|_| Error::not_found())?;
    let rights = rights_on(tx, grant.principal(), &customer, (kind, row.of_id))?;
    if !rights.read || shown(tx, customer.id.uuid(), std::slice::from_ref(&row))?.is_empty() {
        return Err(Error::not_found());
    }
    if let Some(number) = row.field {
        opens(tx, grant.principal(), &row, number)?;
    }
    Ok((rights, row))
}

/// Where a file lies, for who may open it.
#[derive(Clone, Debug)]
pub struct Opened {
    pub name: String,
    pub media_type: String,
    pub bytes: i64,
    digest: String,
    content: ContentId,
}

impl Opened {
    /// The content as it was taken in.
    pub fn read(&self, grant: &Reading, files: &Files) -> Result<Unsealing<File>> {
        Unsealing::new(grant.vault(), &self.content, files.read(&self.digest)?)
    }
}

/// Opens an attachment, and writes down that it was.
pub fn open(tx: &mut Tx<'_>, grant: &Reading, place: (Uuid, Uuid)) -> Result<Opened> {
    let (_, row) = one(tx, grant, place)?;
    if row.removed_at.is_some() {
        return Err(Error::not_found());
    }
    served(row.state)?;
    let digest = files::of_room(tx, row.file_id, PURPOSE)?.digest;
    audited(tx, grant.principal(), &row, "open_attachment")?;
    let content = ContentId(row.content_id);
    Ok(Opened { name: row.name, media_type: row.media_type, bytes: row.bytes, digest, content })
}

/// The small picture of an attachment. It is part of the list, and opening the list is not opening the file.
pub fn open_small(tx: &mut Tx<'_>, grant: &Reading, place: (Uuid, Uuid)) -> Result<Opened> {
    let (_, row) = one(tx, grant, place)?;
    served(row.state)?;
    let (Some(file), Some(content), None) = (row.small_file_id, row.small_content_id, row.removed_at) else {
        return Err(Error::not_found());
    };
    let digest = files::of_room(tx, file, PURPOSE)?.digest;
    let content = ContentId(content);
    Ok(Opened { name: "small.jpg".to_owned(), media_type: "image/jpeg".to_owned(), bytes: 0, digest, content })
}

fn served(state: State) -> Result<()> {
    match state {
        State::Fine => Ok(()),
        State::Unchecked => Err(Error::conflict("attachment.unchecked")),
        State::Infected => Err(Error::conflict("attachment.infected")),
    }
}

/// Forgets the files of a customer, or those on one of its contacts; answers their contents.
pub fn forget(tx: &mut Tx<'_>, customer: Uuid, contact: Option<Uuid>) -> Result<Vec<String>> {
    let rows = match contact {
        None => tx.query(&FILES, &[&customer])?,
        Some(contact) => tx.query(&FILES_ON, &[&customer, &CONTACT, &contact])?,
    };
    let mut ids = Vec::new();
    for row in rows {
        ids.push(row.get::<Uuid>(0)?);
        ids.extend(row.get::<Option<Uuid>>(1)?);
    }
    match contact {
        None => tx.execute(&FORGET, &[&customer])?,
        Some(contact) => tx.execute(&FORGET_ON, &[&customer, &CONTACT, &contact])?,
    };
    files::let_go(tx, &ids)
}

/// Removes an attachment (`true`) or brings it back. What was removed goes for good after thirty days.
pub fn set_removed(tx: &mut Tx<'_>, grant: &Reading, place: (Uuid, Uuid), removed: bool) -> Result<AttachmentView> {
    let who = grant.principal();
    load_for_change(tx, grant, Id::from_uuid(place.0))?;
    let (rights, mut row) = one(tx, grant, place)?;
    // What stands in a field is changed by the field.
    if row.field.is_some() || !rights.remove(who, &row) {
        return Err(Error::forbidden());
    }
    if row.removed_at.is_some() != removed {
        row.removed_at = removed.then_some(who.now);
        row.removed_by = removed.then_some(who.user);
        tx.execute(&SET_REMOVED, &[&row.customer_id, &row.id, &row.removed_at, &row.removed_by])?;
        let action = if removed { "remove_attachment" } else { "restore_attachment" };
        audited(tx, who, &row, action)?;
    }
    view(tx, who, rights, row)
}
