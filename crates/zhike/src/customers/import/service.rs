//! Use cases of an import, from the file to the start of its run.

use std::sync::Arc;

use documents::clean;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::jobs::{self, Job, NewJob};
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::convert::Reading;
use super::job;
use super::model::{self, Column, Defaults, Duplicates, Import, REPLACED_CHARS, State, Subject};
use super::people::People;
use super::source::Inspection;
use super::target::Target;
use crate::customers::basis::{self, EntryBasis};
use crate::customers::contacts::{CONTACT_EMAIL, CONTACT_PHONE, CONTACT_WECHAT};
use crate::customers::model::{EMAIL, ID_NUMBER, PHONE, WECHAT};
use crate::kernel::permission::action::Import as Importing;
use crate::kernel::permission::entity::{Cooperation, Customer};
use crate::kernel::{CustomField, Entity, Error, FieldAccess, FieldError, Result};
use crate::platform::audit;
use crate::platform::files::{self, Blob, Label};
use crate::platform::grant::{Grant, Principal};
use crate::platform::vault::Column as Sealed;

/// What an upload is for, among the stored files.
pub const PURPOSE: &str = "import";
/// Values of a sheet that are replaced; one with more is better set right in the spreadsheet program.
const REPLACEMENTS_MOST: usize = 200;
const STAYS: SignedDuration = SignedDuration::from_hours(7 * 24);

type MayImport = Grant<Importing, Customer>;

/// Colleagues, to tell owners from other names.
pub fn people(tx: &mut Tx<'_>, grant: &MayImport) -> Result<People> {
    People::load(tx, grant.principal())
}

/// What the headings of fields are that the company has added and the asker may fill.
pub fn added(who: &Principal) -> Vec<(String, Target)> {
    let of_customer = who.custom(Entity::Customer).map(|field| (field, Target::customer(field.key)));
    let of_contact = who.custom(Entity::Contact).map(|field| (field, Target::contact(1, field.key)));
    let targets = of_customer.chain(of_contact).filter_map(|(field, target)| Some((field, target?)));
    let mine = targets.filter(|(_, target)| may_fill(who, *target));
    mine.flat_map(|(field, target)| [(field.zh.clone(), target), (field.en.clone(), target)]).collect()
}

/// Notes down a file that has been looked at.
pub fn create(
    tx: &mut Tx<'_>,
    grant: &MayImport,
    (subject, name): (Subject, &str),
    blob: &Blob,
    found: &Inspection,
) -> Result<ImportView> {
    let who = grant.principal();
    check_subject(who, subject)?;
    tx.execute(&model::EXPIRE_PROBLEMS, &[&who.now])?;
    tx.execute(&model::EXPIRE, &[&who.now])?;
    let expires_at = who.now + STAYS;
    let label = Label { name, media_type: "application/octet-stream", purpose: PURPOSE, expires_at: Some(expires_at) };
    let file = files::add(tx, who, blob, &label)?;
    let columns: Vec<Column> = found.columns.iter().map(|column| suggested(who, column)).collect();
    let import = Import {
        id: Uuid::now_v7(),
        owner_id: who.user.uuid(),
        file_name: file.name,
        file_id: file.id,
        digest: file.digest,
        encoding: found.encoding.map(str::to_owned),
        delimiter: found.delimiter.map(str::to_owned),
        sheets: serde_json::to_value(&found.sheets)?,
        sheet: found.sheet as i64,
        heading_row: found.heading_row as i64,
        row_count: found.rows as i64,
        columns: serde_json::to_value(&columns)?,
        duplicates: if subject == Subject::Customer { Duplicates::Skip } else { Duplicates::Update },
        defaults: serde_json::json!({}),
        state: State::Uploaded,
        job_id: None,
        done: 0,
        accepted: 0,
        skipped: 0,
        rejected: 0,
        created: 0,
        updated: 0,
        contacts: 0,
        created_at: who.now,
        finished_at: None,
        expires_at,
        subject,
        basis: None,
    };
    import.insert(tx)?;
    let told = serde_json::json!({ "file": import.file_name, "digest": import.digest, "rows": import.row_count });
    audit::record(tx, who, "import_uploaded", Entity::Customer, import.id, None, told)?;
    view(import)
}

/// Forgets the sheets that are not being written at this moment, whoever sent them: they are full of people, and nobody
/// knows who stands in one. While one is written nothing is forgotten.
pub fn forget_idle(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    if store::jobs::unfinished(tx, super::job::KIND)? {
        return Err(Error::new(503, "import.busy"));
    }
    let rows = tx.query(&model::FILES, &[])?;
    let ids = rows.iter().map(|row| row.get(0)).collect::<store::Result<Vec<Uuid>>>()?;
    tx.execute(&model::FORGET_PROBLEMS, &[])?;
    tx.execute(&model::FORGET, &[])?;
    files::let_go(tx, &ids)
}

/// Orders and contracts come in for who may bring those in too.
fn check_subject(who: &Arc<Principal>, subject: Subject) -> Result<()> {
    match subject {
        Subject::Customer => Ok(()),
        Subject::Cooperation => who.grant::<Importing, Cooperation>().map(drop),
    }
}

/// A field that the asker may not fill is not suggested.
fn suggested(who: &Principal, column: &Column) -> Column {
    let field = column.field.filter(|target| may_fill(who, *target));
    Column { field, ..column.clone() }
}

fn may_fill(who: &Principal, target: Target) -> bool {
    if target.is_deal() {
        return who.edits(Entity::Cooperation, target.field);
    }
    let sealed: Option<&Sealed> = match (target.slot, target.field) {
        (0, "phone") => Some(&PHONE),
        (0, "email") => Some(&EMAIL),
        (0, "wechat") => Some(&WECHAT),
        (0, "id_number") => Some(&ID_NUMBER),
        (1.., "phone") => Some(&CONTACT_PHONE),
        (1.., "email") => Some(&CONTACT_EMAIL),
        (1.., "wechat") => Some(&CONTACT_WECHAT),
        _ => None,
    };
    let entity = if target.slot == 0 { Entity::Customer } else { Entity::Contact };
    if target.is_added() {
        let least = |field: &CustomField| if field.is_sealed() { FieldAccess::Masked } else { FieldAccess::Edit };
        return who.custom_field(entity, target.field).is_some_and(|field| who.custom_access(field) >= least(field));
    }
    match sealed {
        Some(column) => who.field(column.field, column.class()) > FieldAccess::Hidden,
        None => who.edits(entity, target.field),
    }
}

/// The import with its columns; another sheet of the workbook when it was looked at.
pub fn get(tx: &mut Tx<'_>, grant: &MayImport, id: Uuid) -> Result<ImportView> {
    let import = Import::of(tx, grant.principal(), id)?;
    view(import)
}

/// The asker's latest imports, so that one that was left is found again.
pub fn list(tx: &mut Tx<'_>, grant: &MayImport) -> Result<Vec<ImportView>> {
    let imports = Import::all(tx, &model::OF_PERSON, &[&grant.user()])?;
    imports.into_iter().map(view).collect()
}

/// Which column goes where, as it is sent.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportMapping)]
pub struct Mapping {
    /// Columns that are left out stay as they are.
    pub columns: Vec<Placing>,
    pub duplicates: Duplicates,
    /// For cells that are empty: `owner_id`, and fields of the customer in the words of a sheet.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub defaults: Defaults,
    /// On what basis the people of the sheet are entered; said once for all of them;
    /// to deal with customers (`contract`) where nothing is said.
    #[serde(default)]
    pub basis: Option<EntryBasis>,
    /// All of them: those of an earlier mapping are forgotten.
    #[serde(default)]
    pub replacements: Vec<Replacement>,
}

/// A value to be read in place of what a cell says.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportReplacement)]
pub struct Replacement {
    /// The column: of a kind, grade, owner, industry, region or source.
    pub index: usize,
    /// What the cell says, as `unknown` of the preview tells it.
    #[schema(example = "食品")]
    pub from: String,
    /// As in a sheet, or the code of the value, or the id of a colleague; nothing leaves the cell empty.
    #[serde(default)]
    #[schema(example = "C")]
    pub to: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportPlacing)]
pub struct Placing {
    pub index: usize,
    /// Nothing leaves the column out.
    #[serde(default)]
    #[schema(example = "contact.phone")]
    pub field: Option<String>,
}

/// Sets where the columns go. Not once customers of it may be in the book.
pub fn map(tx: &mut Tx<'_>, grant: &MayImport, id: Uuid, mapping: &Mapping) -> Result<Import> {
    let who = grant.principal();
    let mut import = locked(tx, who, id)?;
    refuse_busy(tx, &import)?;
    if import.has_begun() {
        return Err(Error::conflict("import.started"));
    }
    check_subject(who, import.subject)?;
    let mut columns = placed(who, (import.subject, import.columns()?), &mapping.columns)?;
    replace(&mut columns, &mapping.replacements)?;
    import.columns = serde_json::to_value(&columns)?;
    import.state = State::Mapped;
    if import.subject == Subject::Customer {
        import.duplicates = mapping.duplicates;
        import.defaults = serde_json::to_value(&mapping.defaults)?;
        let basis = mapping.basis.clone().unwrap_or_else(EntryBasis::usual);
        basis::check(&basis)?;
        import.basis = Some(serde_json::to_value(&basis)?);
        // Also the check of the defaults.
        let reading = job::reading(tx, who, &import)?;
        check_replacements(&reading, &columns, &mapping.replacements)?;
    }
    import.update(tx)?;
    Ok(import)
}

fn placed(
    who: &Principal,
    (subject, mut columns): (Subject, Vec<Column>),
    placings: &[Placing],
) -> Result<Vec<Column>> {
    let mut faults = Vec::new();
    let mut fault = |at: usize, code: &str| {
        faults.push(FieldError { field: format!("columns[{at}].field"), code: code.to_owned(), message: None });
    };
    for (at, placing) in placings.iter().enumerate() {
        let Some(column) = columns.iter_mut().find(|column| column.index == placing.index) else {
            fault(at, "unknown_column");
            continue;
        };
        column.field = None;
        let Some(text) = placing.field.as_deref().filter(|text| !text.is_empty()) else { continue };
        match Target::parse(text) {
            None => fault(at, "unknown_field"),
            Some(target) if target.is_deal() != (subject == Subject::Cooperation) => fault(at, "unknown_field"),
            Some(target) if !may_fill(who, target) => fault(at, "not_allowed"),
            Some(target) => column.field = Some(target),
        }
    }
    for at in 0..columns.len() {
        let Some(target) = columns[at].field.filter(|target| !target.takes_many()) else { continue };
        if columns[..at].iter().any(|column| column.field == Some(target)) {
            let index = columns[at].index;
            fault(placings.iter().position(|placing| placing.index == index).unwrap_or(at), "field.twice");
        }
    }
    Error::from_fields(faults)?;
    let goes = |target: Option<Target>| columns.iter().any(|column| column.field == target);
    let missing = match subject {
        Subject::Customer => (!goes(Target::customer("name"))).then_some("name.required"),
        Subject::Cooperation if !WHOSE.iter().any(|field| goes(Target::deal(field))) => Some("customer.required"),
        Subject::Cooperation => (!goes(Target::deal("happened_on"))).then_some("happened_on.required"),
    };
    missing.map_or(Ok(columns), |code| Err(Error::field_invalid("columns", code)))
}

/// What tells whose order it is.
const WHOSE: [&str; 3] = ["customer", "customer_number", "credit_code"];

/// Keeps the replacements with their columns.
fn replace(columns: &mut [Column], replacements: &[Replacement]) -> Result<()> {
    if replacements.len() > REPLACEMENTS_MOST {
        return Err(Error::field_invalid("replacements", "import.too_many_replacements"));
    }
    columns.iter_mut().for_each(|column| column.replacements.clear());
    let mut faults = Vec::new();
    for (at, Replacement { index, from, to }) in replacements.iter().enumerate() {
        let takes =
            |column: &&mut Column| column.index == *index && column.field.is_some_and(Target::takes_replacements);
        let mut fault = |of: &str, code: &str| faults.push(replacement_fault(at, of, code));
        match columns.iter_mut().find(takes) {
            None => fault("index", "unknown_column"),
            Some(_) if from.chars().count() > REPLACED_CHARS => fault("from", "too_long"),
            Some(column) => {
                let to = to.as_deref().map(str::trim).filter(|to| !to.is_empty()).map(str::to_owned);
                column.replacements.insert(clean::line(from), to);
            }
        }
    }
    Error::from_fields(faults)
}

fn replacement_fault(at: usize, of: &str, code: &str) -> FieldError {
    FieldError { field: format!("replacements[{at}].{of}"), code: code.to_owned(), message: None }
}

/// Each must be something that its field can be.
fn check_replacements(reading: &Reading, columns: &[Column], replacements: &[Replacement]) -> Result<()> {
    let fault = |(at, replacement): (usize, &Replacement)| {
        let column = columns.iter().find(|column| column.index == replacement.index)?;
        let to = column.replacements.get(&clean::line(&replacement.from))?.as_deref()?;
        let problem = reading.accepts(column.field?, to).err()?;
        Some(replacement_fault(at, "to", problem.code))
    };
    Error::from_fields(replacements.iter().enumerate().filter_map(fault).collect())
}

/// Starts a dry run, or the import itself. Asking again while it runs answers the same job; a run that failed goes on
/// where it was.
pub fn start(tx: &mut Tx<'_>, grant: &MayImport, id: Uuid, dry_run: bool) -> Result<Uuid> {
    let who = grant.principal();
    let mut import = locked(tx, who, id)?;
    check_subject(who, import.subject)?;
    let busy = job_of(tx, &import)?.filter(|job| matches!(job.state, jobs::State::Queued | jobs::State::Running));
    if let Some(job) = busy {
        let same = (import.state == State::Checking) == dry_run;
        return if same { Ok(job.id) } else { Err(Error::conflict("import.running")) };
    }
    match import.state {
        State::Uploaded => return Err(Error::conflict("import.not_mapped")),
        State::Done => return Err(Error::conflict("import.done")),
        State::Importing if dry_run => return Err(Error::conflict("import.started")),
        // What an earlier, failed run has written stays, and so does the count of it.
        State::Importing => {}
        State::Mapped | State::Checking | State::Checked => fresh(tx, &mut import)?,
    }
    let payload = job::payload(id, dry_run);
    let new = NewJob { kind: job::KIND, once_key: None, asked_by: Some(who.user.uuid()), payload, run_at: who.now };
    let job = jobs::enqueue(tx, new)?;
    import.job_id = Some(job);
    import.state = if dry_run { State::Checking } else { State::Importing };
    import.update(tx)?;
    if !dry_run {
        let told = serde_json::json!({ "file": import.file_name, "job": job, "rows_done": import.done });
        audit::record(tx, who, "import_started", Entity::Customer, id, None, told)?;
    }
    Ok(job)
}

fn fresh(tx: &mut Tx<'_>, import: &mut Import) -> Result<()> {
    tx.execute(&model::CLEAR_PROBLEMS, &[&import.id])?;
    (import.done, import.accepted, import.skipped, import.rejected) = (0, 0, 0, 0);
    (import.created, import.updated, import.contacts) = (0, 0, 0);
    Ok(())
}

fn locked(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<Import> {
    if tx.is_postgres() {
        tx.query(&model::LOCK, &[&id])?;
    }
    Import::of(tx, who, id)
}

fn refuse_busy(tx: &mut Tx<'_>, import: &Import) -> Result<()> {
    let job = job_of(tx, import)?;
    match job.is_some_and(|job| matches!(job.state, jobs::State::Queued | jobs::State::Running)) {
        true => Err(Error::conflict("import.running")),
        false => Ok(()),
    }
}

fn job_of(tx: &mut Tx<'_>, import: &Import) -> Result<Option<Job>> {
    let job = import.job_id.map(|job| Job::find(tx, job)).transpose()?;
    Ok(job.flatten())
}

/// An import as its asker sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportView {
    pub id: Uuid,
    pub subject: Subject,
    /// The name of the file.
    pub file: String,
    #[schema(example = "gb18030")]
    pub encoding: Option<String>,
    #[schema(example = "comma")]
    pub delimiter: Option<String>,
    pub sheets: Vec<String>,
    /// Which of them is read, from 0.
    pub sheet: i64,
    pub heading_row: i64,
    pub columns: Vec<Column>,
    pub rows: i64,
    pub duplicates: Duplicates,
    #[schema(value_type = Object)]
    pub defaults: Defaults,
    pub basis: Option<EntryBasis>,
    pub state: State,
    pub job_id: Option<Uuid>,
    pub counts: ImportCounts,
    pub contacts: i64,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: jiff::Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<jiff::Timestamp>,
    /// When the sheet and what is wrong with it are forgotten.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: jiff::Timestamp,
}

/// What becomes of the rows; each is counted once, so that they add up to the rows looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportCounts {
    /// Rows that begin a new customer.
    pub created: i64,
    /// Further rows of a customer that stands above them in the sheet.
    pub merged: i64,
    /// Rows that bring a customer up to date that is there already.
    pub updated: i64,
    /// Rows left out because their customer is there already.
    pub skipped: i64,
    /// Rows refused.
    pub rejected: i64,
}

pub fn view(import: Import) -> Result<ImportView> {
    Ok(ImportView {
        columns: import.columns()?,
        defaults: import.defaults()?,
        basis: import.basis()?,
        sheets: serde_json::from_value(import.sheets.clone())?,
        counts: import.counts(),
        id: import.id,
        subject: import.subject,
        file: import.file_name,
        encoding: import.encoding,
        delimiter: import.delimiter,
        sheet: import.sheet,
        heading_row: import.heading_row,
        rows: import.row_count,
        duplicates: import.duplicates,
        state: import.state,
        job_id: import.job_id,
        contacts: import.contacts,
        created_at: import.created_at,
        finished_at: import.finished_at,
        expires_at: import.expires_at,
    })
}

/// Looks at another sheet of the workbook; its columns take the place of those before.
pub fn choose_sheet(tx: &mut Tx<'_>, grant: &MayImport, id: Uuid, found: &Inspection) -> Result<ImportView> {
    let who = grant.principal();
    let mut import = locked(tx, who, id)?;
    refuse_busy(tx, &import)?;
    if import.has_begun() {
        return Err(Error::conflict("import.started"));
    }
    let columns: Vec<Column> = found.columns.iter().map(|column| suggested(who, column)).collect();
    import.columns = serde_json::to_value(&columns)?;
    import.sheet = found.sheet as i64;
    import.heading_row = found.heading_row as i64;
    import.row_count = found.rows as i64;
    import.state = State::Uploaded;
    import.update(tx)?;
    view(import)
}
