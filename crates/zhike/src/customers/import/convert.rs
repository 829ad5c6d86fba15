//! From a row to a draft of a customer: each cell by the field that its column goes to. Pure; what a cell says and the
//! field cannot hold goes into the notes, so that nothing of the sheet is lost without a word.

use std::borrow::Cow;
use std::sync::Arc;

use documents::clean;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

use super::headings;
use super::model::{Column, Defaults, Duplicates, Problem, ReadAmount, Replacements};
use super::people::{Owner, People};
use super::persons::Persons;
use super::raw::RawRow;
use super::target::Target;
use super::values::{self, Amount, Fault, Level, error, warning};
use crate::customers::input::NewCustomer;
use crate::customers::model::{CustomerKind, Grade};
use crate::kernel::custom::CustomKind;
use crate::kernel::{CustomField, Entity, Error, Result};
use crate::platform::custom::held;

/// A grade that is known and not the asker's to set.
const GRADE_NOT_ALLOWED: Fault = warning("grade.not_allowed");

/// How rows are to be read.
pub struct Reading {
    columns: Vec<Placed>,
    defaults: Vec<(Target, String)>,
    owner: Owner,
    people: Arc<People>,
    /// Fields that the company has added.
    added: Arc<[CustomField]>,
    may_grade: bool,
    zone: TimeZone,
    now: Timestamp,
    /// The sheet names people where others name companies.
    persons: bool,
    pub duplicates: Duplicates,
}

/// A column with its place.
struct Placed {
    index: usize,
    target: Target,
    heading: String,
    unit: i64,
    /// 备注 goes into the notes as it is; any other column with its heading in front.
    plain_note: bool,
    replacements: Replacements,
}

/// A customer as one row tells it.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub row: u64,
    pub new: NewCustomer,
    pub owner: Option<Owner>,
    /// The number that we gave it, when the sheet once came from here.
    pub number: Option<String>,
    pub created_at: Option<Timestamp>,
    pub notes: Vec<String>,
    pub problems: Vec<Problem>,
    /// Cells in place of which another value can be read.
    pub unknown: Vec<Unknown>,
}

/// What a cell says and we do not know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unknown {
    /// The column, from 0.
    pub index: usize,
    pub field: &'static str,
    pub text: String,
    pub code: &'static str,
}

impl Draft {
    pub fn is_refused(&self) -> bool {
        self.problems.iter().any(Problem::is_error)
    }
}

/// What is needed beside the mapping.
pub struct Around {
    pub people: Arc<People>,
    pub added: Arc<[CustomField]>,
    pub asker: Owner,
    /// Whether the asker may set grades, of some customers at least.
    pub may_grade: bool,
    pub zone: TimeZone,
    pub now: Timestamp,
}

impl Reading {
    /// Checks the defaults; an error names those at fault.
    pub fn new(columns: &[Column], duplicates: Duplicates, defaults: &Defaults, around: Around) -> Result<Self> {
        let placed =
            columns.iter().filter_map(|column| column.field.map(|target| Placed::new(column, target))).collect();
        let named = |column: &&Column| column.field.is_some_and(|field| field.slot == 0 && field.field == "name");
        let persons = columns.iter().find(named).is_some_and(|column| headings::names_persons(&column.heading));
        let mut reading = Self {
            columns: placed,
            defaults: Vec::new(),
            owner: around.asker,
            people: around.people,
            added: around.added,
            may_grade: around.may_grade,
            zone: around.zone,
            now: around.now,
            persons,
            duplicates,
        };
        reading.take_defaults(defaults)?;
        Ok(reading)
    }

    fn take_defaults(&mut self, defaults: &Defaults) -> Result<()> {
        let mut faults = Vec::new();
        let mut fault = |field: &str, code: &str| {
            faults.push(crate::kernel::FieldError {
                field: format!("defaults.{field}"),
                code: code.to_owned(),
                message: None,
            });
        };
        for (field, text) in defaults {
            let Some(text) = text.as_deref().map(str::trim).filter(|text| !text.is_empty()) else { continue };
            if field == "owner_id" || field == "owner" {
                match self.colleague(text) {
                    Ok(owner) => self.owner = owner,
                    Err(problem) => fault(field, problem.code),
                }
                continue;
            }
            match Target::customer(field).filter(|target| !matches!(target.field, "name" | "number" | "created_at")) {
                Some(target) => self.defaults.push((target, text.to_owned())),
                None => fault(field, "unknown_field"),
            }
        }
        for (target, text) in &self.defaults {
            if let Err(problem) = self.accepts(*target, text) {
                fault(target.field, problem.code);
            }
        }
        Error::from_fields(faults)
    }

    /// Whether a field of the customer can be read from this.
    pub fn accepts(&self, target: Target, text: &str) -> Result<(), Fault> {
        self.customer_field(&mut Draft::default(), target.field, text, 1)
    }

    /// By id, name or login.
    fn colleague(&self, text: &str) -> Result<Owner, Fault> {
        text.parse().map_or_else(|_| self.people.find(text), |id| self.people.by_id(id))
    }

    /// Reads a row.
    pub fn draft(&self, raw: &RawRow) -> Draft {
        let mut draft = Draft { row: raw.number, ..Draft::default() };
        if let Some(problem) = self.no_customer(raw) {
            draft.problems.push(problem);
            return draft;
        }
        let (mut places, mut persons) = (Vec::new(), Persons::default());
        for column in &self.columns {
            let text = raw.cell(column.index);
            self.told_by_reader(&mut draft, raw, column);
            if values::is_blank(text) {
                continue;
            }
            match (column.target.slot, column.target.field) {
                (0, "region") => places.push((column, text)),
                (0, "notes") => self.note(&mut draft, column, text),
                (0, field) => {
                    let Some(value) = column.replaced(text) else { continue };
                    let read = self.customer_field(&mut draft, field, &value, column.unit);
                    self.judge(&mut draft, column, text, read);
                }
                (slot, field) => {
                    let read = match self.added_field(Entity::Contact, field) {
                        Some(added) => self.added_value(added, text, column.unit).and_then(|(value, read)| {
                            persons.put_added(slot, field, value);
                            read
                        }),
                        None => persons.put(slot, field, text),
                    };
                    self.judge(&mut draft, column, text, read);
                }
            }
        }
        self.region(&mut draft, &places);
        persons.finish(&mut draft);
        self.complete(&mut draft);
        draft
    }

    /// The amounts of money that a row tells of its customer, as they are understood.
    pub fn amounts(&self, draft: &Draft) -> Vec<ReadAmount> {
        let fen = |key: &str| match key {
            "annual_revenue_fen" => draft.new.annual_revenue_fen.flatten(),
            _ => {
                let is_money = self.added_field(Entity::Customer, key)?.kind == CustomKind::Money;
                is_money.then_some(draft.new.custom.as_ref()?.get(key)?.as_i64()).flatten()
            }
        };
        let of_customer = self.columns.iter().filter(|column| column.target.slot == 0);
        of_customer
            .filter_map(|column| Some(ReadAmount { index: column.index, fen: fen(column.target.field)? }))
            .collect()
    }

    /// Totals below a table, and headings once more where a page was broken, are no customers.
    fn no_customer(&self, raw: &RawRow) -> Option<Problem> {
        let name = self.columns.iter().find(|column| column.target.slot == 0 && column.target.field == "name")?;
        let text: String = raw.cell(name.index).split_whitespace().collect();
        if matches!(text.trim_end_matches([':', '：']), "合计" | "总计" | "小计" | "总数" | "汇总" | "Total" | "total")
        {
            return Some(Problem::error("name", "row.is_total"));
        }
        let repeats =
            |column: &&Placed| !column.heading.is_empty() && clean::line(raw.cell(column.index)) == column.heading;
        let is_heading = self.columns.len() > 1 && self.columns.iter().filter(repeats).count() * 2 > self.columns.len();
        is_heading.then(|| Problem::error("name", "row.is_heading"))
    }

    /// Passes on what the reader of the file had to say about a cell.
    fn told_by_reader(&self, draft: &mut Draft, raw: &RawRow, column: &Placed) {
        for (_, code) in raw.faults.iter().filter(|(index, code)| *index == column.index && code != "cell.bad_value") {
            let problem = Problem::error(&column.target.text(), code);
            draft.problems.push(Problem { column: Some(column.index), ..problem });
        }
    }

    fn judge(&self, draft: &mut Draft, column: &Placed, text: &str, read: Result<(), Fault>) {
        let Err(fault) = read else { return };
        draft.problems.push(Problem {
            field: column.target.text(),
            code: fault.code.to_owned(),
            level: fault.level,
            column: Some(column.index),
            info: self.info(column.target, fault, text),
        });
        if column.target.takes_replacements() && fault != GRADE_NOT_ALLOWED {
            let (field, text) = (column.target.field, clean::line(text));
            draft.unknown.push(Unknown { index: column.index, field, text, code: fault.code });
        }
        let is_masked = fault.code == "value.masked";
        if fault.level == Level::Warning && !is_masked {
            self.note(draft, column, text);
        }
    }

    /// The name that is unknown; which added field it is.
    fn info(&self, target: Target, fault: Fault, text: &str) -> Option<String> {
        let entity = if target.slot == 0 { Entity::Customer } else { Entity::Contact };
        let label = self.added_field(entity, target.field).map(|field| field.zh.clone());
        label.or_else(|| fault.code.starts_with("owner.").then(|| clean::line(text)))
    }

    fn note(&self, draft: &mut Draft, column: &Placed, text: &str) {
        let text = clean::text(text);
        let line = match column.plain_note || column.heading.is_empty() {
            true => text,
            false => format!("{}：{text}", column.heading),
        };
        if !line.is_empty() && !draft.notes.contains(&line) {
            draft.notes.push(line);
        }
    }

    fn region(&self, draft: &mut Draft, places: &[(&Placed, &str)]) {
        let Some((first, _)) = places.first() else { return };
        let mut parts: Vec<&str> = places.iter().map(|(_, text)| *text).collect();
        let said = parts.join(" ");
        let Some(value) = first.replaced(&said) else { return };
        if value != said {
            parts = vec![&value];
        }
        match values::region(&parts) {
            Ok(code) => draft.new.region = Some(Some(code.to_owned())),
            Err(fault) => self.judge(draft, first, &said, Err(fault)),
        }
    }

    fn added_field(&self, entity: Entity, key: &str) -> Option<&CustomField> {
        self.added.iter().find(|field| field.entity == entity && field.key == key)
    }

    /// What a cell says of an added field, and whether it says it for sure.
    fn added_value(&self, field: &CustomField, text: &str, unit: i64) -> Result<(Json, Result<(), Fault>), Fault> {
        if field.is_sealed() && values::is_masked(text) {
            return Err(warning("value.masked"));
        }
        let named =
            |word: &str| held::choice_named(field, word).map(|choice| choice.id).ok_or(warning("choice.unknown"));
        let mut sure = Ok(());
        let value = match field.kind {
            CustomKind::Text => json!(clean::text(text)),
            CustomKind::Number => json!(values::decimal(text)?),
            CustomKind::Money => {
                let amount = values::money(text, unit)?;
                sure = if amount.rough { Err(warning("money.ambiguous")) } else { Ok(()) };
                json!(amount.value)
            }
            CustomKind::Date => json!(values::date(text, &self.zone)?.to_string()),
            CustomKind::Choice => json!(named(&clean::line(text))?),
            CustomKind::Multi => {
                json!(values::tags(text).iter().map(|word| named(word)).collect::<Result<Vec<_>, _>>()?)
            }
            CustomKind::File => return Err(warning("file.not_imported")),
            CustomKind::Person => json!(self.people.named(text).ok_or(warning("user.unknown"))?),
        };
        Ok((value, sure))
    }

    fn customer_field(&self, draft: &mut Draft, field: &str, text: &str, unit: i64) -> Result<(), Fault> {
        if let Some(added) = self.added_field(Entity::Customer, field) {
            let (value, sure) = self.added_value(added, text, unit)?;
            draft.new.custom.get_or_insert_default().insert(field.to_owned(), value);
            return sure;
        }
        let new = &mut draft.new;
        match field {
            "name" => new.name = Some(clean::line(text)),
            "short_name" => new.short_name = line(text),
            "kind" => new.kind = Some(values::kind(text)?),
            "grade" => new.grade = self.grade(text)?,
            "credit_code" => new.credit_code = Some(Some(values::credit_code(text)?)),
            "industry" => new.industry = Some(Some(values::industry(text)?.word().to_owned())),
            "region" => new.region = Some(Some(values::region(&[text])?.to_owned())),
            "address" => new.address = line(text),
            "website" => new.website = Some(Some(clean::half_width(text))),
            "id_number" => new.id_number = Some(Some(unmasked(text, values::id_number)?)),
            "wechat" => new.wechat = Some(Some(unmasked(text, values::wechat)?)),
            "main_business" => new.main_business = long(text),
            "organisation" => new.organisation = long(text),
            "preferences" => new.preferences = long(text),
            "core_need" => new.core_need = long(text),
            "notes" => draft.notes.push(clean::text(text)),
            "source" => new.source = Some(Some(values::source(text)?)),
            "tags" => merge_tags(&mut new.tags, values::tags(text)),
            "founded_on" => new.founded_on = Some(Some(values::date(text, &self.zone)?)),
            "cooperation_since" => new.cooperation_since = Some(Some(values::date(text, &self.zone)?)),
            "staff_count" => return amount(values::count(text, unit)?, "count.ambiguous", &mut new.staff_count),
            "annual_revenue_fen" => {
                return amount(values::money(text, unit)?, "money.ambiguous", &mut new.annual_revenue_fen);
            }
            "owner" => draft.owner = Some(self.colleague(text)?),
            "created_at" => draft.created_at = Some(self.noted_at(text)?),
            "number" => return number(draft, text),
            "phone" => {
                return many(
                    draft,
                    unmasked(text, values::phones)?,
                    |new| &mut new.phone,
                    "其他电话",
                    |c| &mut c.phone,
                );
            }
            "email" => {
                return many(
                    draft,
                    unmasked(text, values::emails)?,
                    |new| &mut new.email,
                    "其他邮箱",
                    |c| &mut c.email,
                );
            }
            _ => return Err(error("field.unknown")),
        }
        Ok(())
    }

    /// A grade that the asker may not set is kept in the notes, for who may; the lowest, which every new customer has,
    /// needs no word. Of a customer that is there already, a sheet that leaves the grade as it is says nothing new: what
    /// would change one is refused when it is written.
    fn grade(&self, text: &str) -> Result<Option<Grade>, Fault> {
        let grade = values::grade(text)?;
        match self.may_grade || self.duplicates == Duplicates::Update || grade == Grade::DEFAULT {
            true => Ok(Some(grade)),
            false => Err(GRADE_NOT_ALLOWED),
        }
    }

    fn noted_at(&self, text: &str) -> Result<Timestamp, Fault> {
        let at = values::instant(text, &self.zone)?;
        match at {
            at if at > self.now => Err(error("date.in_future")),
            at if at.to_zoned(TimeZone::UTC).year() < 1970 => Err(error("date.out_of_range")),
            at => Ok(at),
        }
    }

    /// Fills what is empty, and asks for what must be there.
    fn complete(&self, draft: &mut Draft) {
        let before = draft.new.clone();
        for (target, text) in &self.defaults {
            if is_empty(&before, target.field) {
                // Checked when the mapping was made.
                let _ = self.customer_field(draft, target.field, text, 1);
            }
        }
        if draft.new.kind.is_none() && self.persons {
            draft.new.kind = Some(CustomerKind::Person);
        }
        draft.owner = draft.owner.or(Some(self.owner));
        if draft.new.name.as_deref().is_none_or(str::is_empty) {
            draft.problems.push(Problem::error("name", "name.required"));
        }
    }

    /// The cells of the customer itself that tell it from others: (name, credit code, kind).
    pub fn identity<'a>(&self, raw: &'a RawRow) -> Identity<'a> {
        let mut identity = Identity { alone: true, persons: self.persons, ..Identity::default() };
        for column in &self.columns {
            let text = raw.cell(column.index);
            if values::is_blank(text) {
                continue;
            }
            let place = match (column.target.slot, column.target.field) {
                (0, "name") => &mut identity.name,
                (0, "credit_code") => &mut identity.credit_code,
                (0, "kind") => &mut identity.kind,
                (0 | 1, "phone") if identity.phone.is_none() => &mut identity.phone,
                (0, "id_number") => &mut identity.id_number,
                (0, _) => {
                    identity.alone = false;
                    continue;
                }
                (_, "name") => {
                    identity.names_contact = true;
                    continue;
                }
                _ => continue,
            };
            *place = Some(text);
        }
        identity
    }
}

/// What tells one customer from another, as it stands in the cells.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity<'a> {
    pub name: Option<&'a str>,
    pub credit_code: Option<&'a str>,
    pub kind: Option<&'a str>,
    pub phone: Option<&'a str>,
    pub id_number: Option<&'a str>,
    pub persons: bool,
    /// No other cell of the customer is filled.
    alone: bool,
    names_contact: bool,
}

impl Identity<'_> {
    /// Only a contact: the cells of the customer above it were merged over this row.
    pub fn continues(&self) -> bool {
        let nothing =
            self.name.is_none() && self.credit_code.is_none() && self.kind.is_none() && self.id_number.is_none();
        nothing && self.alone && self.names_contact
    }

    pub fn is_person(&self) -> bool {
        let said = self.kind.and_then(|kind| values::kind(kind).ok());
        said.map_or(self.persons, |kind| kind == CustomerKind::Person)
    }
}

impl Placed {
    fn new(column: &Column, target: Target) -> Self {
        Self {
            index: column.index,
            target,
            heading: column.heading.clone(),
            unit: headings::unit(&column.heading),
            plain_note: headings::is_notes(&column.heading),
            replacements: column.replacements.clone(),
        }
    }

    /// What is read in place of a cell; nothing if it is left empty.
    fn replaced<'a>(&'a self, text: &'a str) -> Option<Cow<'a, str>> {
        match self.replacements.is_empty() {
            true => Some(text.into()),
            false => match self.replacements.get(&clean::line(text)) {
                Some(value) => value.as_deref().map(Cow::from),
                None => Some(text.into()),
            },
        }
    }
}

/// A value, unless stars hide it.
pub fn unmasked<T>(text: &str, read: impl Fn(&str) -> Result<T, Fault>) -> Result<T, Fault> {
    if values::is_masked(text) { Err(warning("value.masked")) } else { read(text) }
}

pub fn line(text: &str) -> Option<Option<String>> {
    Some(Some(clean::line(text)))
}

pub fn long(text: &str) -> Option<Option<String>> {
    Some(Some(clean::text(text)))
}

fn merge_tags(tags: &mut Option<Vec<String>>, more: Vec<String>) {
    let tags = tags.get_or_insert_default();
    let fresh: Vec<String> = more.into_iter().filter(|tag| !tags.contains(tag)).collect();
    tags.extend(fresh);
}

/// A rough number is kept by its lower bound, and what the cell says goes into the notes.
fn amount(read: Amount, rough: &'static str, to: &mut Option<Option<i64>>) -> Result<(), Fault> {
    *to = Some(Some(read.value));
    if read.rough { Err(warning(rough)) } else { Ok(()) }
}

/// Our own numbers find their customer again; those of another system are noted.
fn number(draft: &mut Draft, text: &str) -> Result<(), Fault> {
    let text = clean::half_width(text).to_uppercase();
    if text.starts_with("KH-") && text.len() >= 11 {
        draft.number = Some(text);
        return Ok(());
    }
    draft.notes.push(format!("原编号：{text}"));
    Ok(())
}

type Slot<T> = fn(&mut T) -> &mut Option<Option<String>>;

/// The first value is the customer's; each further one is kept, sealed like it, as a contact of its own.
fn many(
    draft: &mut Draft,
    values: Vec<String>,
    first: Slot<NewCustomer>,
    name: &str,
    further: Slot<crate::customers::contacts::NewContact>,
) -> Result<(), Fault> {
    let mut values = values.into_iter();
    if first(&mut draft.new).is_none() {
        *first(&mut draft.new) = values.next().map(Some);
    }
    for value in values {
        let mut contact = crate::customers::contacts::NewContact { name: Some(name.to_owned()), ..Default::default() };
        *further(&mut contact) = Some(Some(value));
        draft.new.contacts.push(contact);
    }
    Ok(())
}

fn is_empty(new: &NewCustomer, field: &str) -> bool {
    match field {
        "kind" => new.kind.is_none(),
        "grade" => new.grade.is_none(),
        "short_name" => new.short_name.is_none(),
        "credit_code" => new.credit_code.is_none(),
        "industry" => new.industry.is_none(),
        "region" => new.region.is_none(),
        "address" => new.address.is_none(),
        "website" => new.website.is_none(),
        "phone" => new.phone.is_none(),
        "email" => new.email.is_none(),
        "wechat" => new.wechat.is_none(),
        "id_number" => new.id_number.is_none(),
        "staff_count" => new.staff_count.is_none(),
        "annual_revenue_fen" => new.annual_revenue_fen.is_none(),
        "founded_on" => new.founded_on.is_none(),
        "main_business" => new.main_business.is_none(),
        "organisation" => new.organisation.is_none(),
        "source" => new.source.is_none(),
        "cooperation_since" => new.cooperation_since.is_none(),
        "preferences" => new.preferences.is_none(),
        "core_need" => new.core_need.is_none(),
        // Words and notes add up.
        _ => true,
    }
}
