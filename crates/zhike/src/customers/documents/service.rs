use std::fs::File;
use std::io::Write as _;
use std::sync::{Arc, OnceLock};

use documents::form::{self, Bundle, Form, FormFormat, Row};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;

use utoipa::ToSchema;
use uuid::Uuid;

use crate::customers::export::service::{enqueue, question, told_text};
use crate::customers::model::Customer as Archive;
use crate::customers::reach;
use crate::customers::service::{self, Question};
use crate::kernel::permission::action::{Export, Read};
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::audit;
use crate::platform::exports::{self, Begun, Language, Leaving, Mark, Released, Start, Style};
use crate::platform::files::Blob;
use crate::platform::grant::{Grant, Principal};
use crate::platform::heavy;
use crate::platform::jobs::JobContext;
use crate::platform::settings;

pub const KIND: &str = "customers.documents";
/// More customers than this are no stack of paper.
const CUSTOMERS_MOST: usize = 1_000;
/// One PDF is made in memory.
const BOUND_MOST: usize = 200;
const ROWS_BOUND_MOST: usize = 40_000;
/// Characters of one form, and of forms bound together: all of them are in memory, several times over, while they are
/// laid out.
pub const CHARACTERS_MOST: usize = 2_000_000;
const CHARACTERS_BOUND_MOST: usize = 4_000_000;
const DAYS_MOST: i32 = 366 * 5;

/// A form, and how many rows of an export it counts for.
pub type Counted = (Form, i64);

/// A form of the house: how it is called, whose permission it needs, and how it is filled for a customer whose reading
/// has been checked.
#[derive(Clone, Copy)]
pub struct Sheet {
    pub word: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub entity: Entity,
    pub make: fn(&mut Tx<'_>, &Arc<Principal>, &Archive, &Wanted) -> Result<Counted>,
}

static SHEETS: OnceLock<Vec<Sheet>> = OnceLock::new();

/// Sets the forms of the program; later calls change nothing.
pub fn declare(all: impl FnOnce() -> Vec<Sheet>) {
    SHEETS.get_or_init(all);
}

/// How a form is to be filled.
pub struct Wanted {
    pub style: Style,
    pub company: String,
    pub by: String,
    pub today: Date,
    pub from: Option<Date>,
    pub to: Option<Date>,
}

impl Wanted {
    /// The instants of the period: from its first day's beginning to before its last day's end.
    pub fn period(&self) -> Result<(Timestamp, Timestamp)> {
        let start =
            |day: Date| Ok::<_, Error>(day.to_zoned(self.style.zone.clone()).map_err(Error::internal)?.timestamp());
        let first = self.from.map(start).transpose()?.unwrap_or(Timestamp::UNIX_EPOCH);
        let next = self.to.unwrap_or(self.today).tomorrow().map_err(Error::internal)?;
        Ok((first, start(next)?))
    }

    /// A form with what all forms say of themselves.
    pub fn form(&self, sheet: &Sheet, clause: &str, number: &str, rows: Vec<Row>) -> Form {
        let style = &self.style;
        Form {
            title: style.word(sheet.zh, sheet.en).to_owned(),
            notes: vec![
                format!("{}{clause}", style.word("表号：", "Form: ")),
                format!("{}{number}", style.word("客户编号：", "Customer: ")),
                format!("{}{}", style.word("制表：", "Made by: "), self.by),
                format!("{}{}", style.word("日期：", "Date: "), self.today),
                style.word("内部资料，注意保密", "Internal, confidential").to_owned(),
            ],
            rows,
            foot: self.company.clone(),
            mark: None,
            shapeless: style
                .word(
                    "方括号内为字库未收录之字的统一码编号；Word 和 Excel 版保留原字。",
                    "A number in brackets stands for a character without a shape in this typeface; the Word and Excel files keep it.",
                )
                .to_owned(),
        }
    }
}

/// A form that is asked for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DocumentRequest)]
pub struct Request {
    pub sheet: SheetName,
    pub format: Format,
    #[serde(default)]
    pub language: Language,
    /// The first day, for forms about a period.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

/// The same for many customers, chosen by a filter, by a search, or one by one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DocumentsRequest)]
pub struct ManyRequest {
    pub document: Request,
    /// One PDF to be printed at once, instead of an archive with a file for each customer.
    #[serde(default)]
    pub together: bool,
    /// An array of `[field, op, value]`.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub filter: Option<Value>,
    #[serde(default)]
    pub sort: Option<String>,
    #[serde(default)]
    pub q: Option<String>,
    #[serde(default)]
    pub ids: Option<Vec<Uuid>>,
}

store::text_enum! {
    /// 客户信息基础表 (R3-T1), 客户互动记录表 (R3-T2).
    #[derive(ToSchema)]
    #[schema(as = DocumentSheet)]
    pub enum SheetName { Archive = "archive", Interactions = "interactions" }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DocumentFormat)]
pub enum Format {
    Pdf,
    Docx,
    Xlsx,
}

impl Format {
    fn form(self) -> FormFormat {
        match self {
            Self::Pdf => FormFormat::Pdf,
            Self::Docx => FormFormat::Docx,
            Self::Xlsx => FormFormat::Xlsx,
        }
    }
}

impl Request {
    fn sheet(&self) -> Result<Sheet> {
        let own = super::own();
        let found = SHEETS.get().unwrap_or(&own).iter().find(|sheet| sheet.word == self.sheet.word()).copied();
        found.ok_or_else(|| Error::field_invalid("sheet", "unknown"))
    }

    fn check(&self) -> Result<()> {
        let (Some(from), Some(to)) = (self.from, self.to) else { return Ok(()) };
        match from > to || (to - from).get_days() > DAYS_MOST {
            true => Err(Error::field_invalid("to", "invalid")),
            false => Ok(()),
        }
    }

    fn wanted(&self, tx: &mut Tx<'_>, who: &Principal) -> Result<Wanted> {
        let settings = settings::get(tx)?;
        let zone = TimeZone::get(&settings.time_zone).map_err(Error::internal)?;
        let today = who.now.to_zoned(zone.clone()).date();
        let style = Style { language: self.language, zone };
        let by = who.name.to_string();
        Ok(Wanted { style, company: settings.company, by, today, from: self.from, to: self.to })
    }
}

/// A form that has been filled, and what its file is called.
#[derive(Clone)]
pub struct Filled {
    pub form: Form,
    pub name: String,
    /// How many rows of an export it counts for.
    pub rows: i64,
}

/// Fills the form of one customer.
pub fn fill(
    tx: &mut Tx<'_>,
    grant: &Grant<Export, Customer>,
    id: Id<Archive>,
    request: &Request,
) -> Result<(Filled, Begun)> {
    request.check()?;
    let customer = service::load(tx, grant, id)?;
    let who = grant.principal();
    let style = Style::of(tx, request.language)?;
    let begun = exports::begin(tx, who, &style, None)?;
    Ok((filled(tx, who, &customer, (request, &begun.mark))?, begun))
}

/// A form is filled for whoever may read the customer and take out of the house what the form holds.
fn filled(
    tx: &mut Tx<'_>,
    who: &Arc<Principal>,
    customer: &Archive,
    (request, mark): (&Request, &Mark),
) -> Result<Filled> {
    let sheet = request.sheet()?;
    let wanted = request.wanted(tx, who)?;
    for (action, refused) in [(Action::Read, Error::not_found()), (Action::Export, Error::forbidden())] {
        if !reach::reaches(tx, &reach::predicate(who, action, sheet.entity), customer)? {
            return Err(refused);
        }
    }
    let title = wanted.style.word(sheet.zh, sheet.en);
    let name = format!("{title}-{}-{}", customer.name, wanted.today);
    let (form, rows) = (sheet.make)(tx, who, customer, &wanted)?;
    let form = Form { mark: Some(mark.clone()), ..form };
    match characters(&form) > CHARACTERS_MOST {
        true => Err(too_many("choose a shorter period")),
        false => Ok(Filled { form, name, rows }),
    }
}

fn characters(form: &Form) -> usize {
    form.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.text.chars().count()).sum()
}

/// More than can be laid out, and what helps.
pub fn too_many(help: &str) -> Error {
    Error::new(413, "document.too_many").detail(help)
}

/// Writes the form. Done outside a transaction, since it takes a while.
pub fn write(filled: &Filled, format: Format, file: &mut File) -> Result<()> {
    let bytes = filled.form.write(format.form()).map_err(Error::internal)?;
    file.write_all(&bytes).map_err(Error::internal)
}

/// Lets the form of one customer out.
pub fn release(
    tx: &mut Tx<'_>,
    grant: &Grant<Export, Customer>,
    id: Id<Archive>,
    (request, (name, rows, begun), blob): (&Request, (&str, i64, &Begun), &Blob),
) -> Result<Released> {
    let customer = service::load(tx, grant, id)?.id.uuid();
    let format = request.format.form();
    let name = format!("{name}.{}", format.extension());
    let (media_type, entity) = (format.media_type(), request.sheet()?.entity);
    let customer = Some(customer);
    let leaving =
        Leaving { blob, name: &name, media_type, begun, entity, rows, customer, purpose: None, told: told(request) };
    exports::release(tx, grant.principal(), leaving)
}

fn told(request: &Request) -> Value {
    json!({ "sheet": request.sheet, "format": request.format, "from": request.from, "to": request.to })
}

impl ManyRequest {
    fn question(&self, cursor: Option<&str>) -> Result<Question> {
        question((self.filter.as_ref(), self.sort.as_deref(), self.q.as_deref(), self.ids.as_deref()), cursor)
    }

    fn told(&self) -> Value {
        let mut told = told(&self.document);
        told["filter"] = self.filter.clone().unwrap_or_default();
        told["q"] = told_text(self.q.as_deref()).into();
        told["chosen"] = self.ids.as_ref().map(Vec::len).into();
        told
    }
}

/// Enqueues the forms of many customers. What cannot be asked for is refused at once.
pub fn start(tx: &mut Tx<'_>, grant: &Grant<Export, Customer>, request: &ManyRequest) -> Result<Uuid> {
    let sheet = request.document.sheet()?;
    request.document.check()?;
    if request.together && request.document.format != Format::Pdf {
        return Err(Error::field_invalid("together", "invalid"));
    }
    if grant.principal().permissions.reach(Action::Export, sheet.entity).is_none() {
        return Err(Error::forbidden());
    }
    enqueue(tx, grant, (KIND, request), request.question(None)?)
}

/// A customer whose form is to be filled.
#[derive(Clone, Debug)]
struct Chosen {
    id: Uuid,
    number: String,
}

/// The job: finds the customers, fills a form for each, and lets all of them out as one file. Who has gone out of the
/// asker's reach since they were chosen is left out and named by number; who does after their page was written stops it.
pub fn run(context: &JobContext, payload: Value) -> Result<Value> {
    let request: ManyRequest = serde_json::from_value(payload)?;
    let (document, language) = (request.document.clone(), request.document.language);
    let chosen = chosen(context, &request)?;
    let total = chosen.len();
    let style = context.read(move |tx, _| Style::of(tx, language))?;
    let begun = match exports::start(context, &style)? {
        Start::Anew(begun) => begun,
        Start::Over(told) => return Ok(told),
    };
    let (mut size, mut rows, mut customers, mut skipped) = (Size::default(), 0, Vec::new(), Vec::new());
    let blob = context.files.put_with(|file| {
        let mut pile = Pile::new(&request, file);
        for (nth, Chosen { id, number }) in chosen.iter().enumerate() {
            context.progress(nth as i64, total as i64)?;
            let Some(filled) = page(context, *id, (&document, &begun.mark)).map_err(|error| named(error, number))?
            else {
                skipped.push(number.clone());
                continue;
            };
            if request.together {
                size.add(&filled.form)?;
            }
            rows += filled.rows;
            pile.add(filled)?;
            customers.push(*id);
        }
        pile.finish()
    })?;
    if customers.is_empty() {
        return Err(Error::invalid("document.nobody"));
    }
    let sheet = document.sheet()?;
    let (extension, media_type) =
        if request.together { ("pdf", "application/pdf") } else { ("zip", "application/zip") };
    let name = exports::dated_name(context, &style, (style.word(sheet.zh, sheet.en), &begun.mark), extension);
    let asked = request.told();
    let released = context.step(total as i64, total as i64, move |tx, who| {
        for customer in &customers {
            let still = still(tx, who, *customer, sheet.entity)?;
            still.ok_or_else(|| Error::conflict("document.changed"))?;
            // Whoever asks who saw a customer is told of each.
            audit::record(tx, who, "print", Entity::Customer, *customer, Some(*customer), told(&document))?;
        }
        let (blob, begun, entity, told) = (&blob, &begun, sheet.entity, asked.clone());
        let leaving =
            Leaving { blob, name: &name, media_type, begun, entity, rows, customer: None, purpose: None, told };
        exports::release(tx, who, leaving)
    })?;
    let mut result = released.told(rows);
    result["skipped"] = skipped.into();
    Ok(result)
}

/// The form of one customer; nothing where they are no longer within reach.
fn page(context: &JobContext, customer: Uuid, (document, mark): (&Request, &Mark)) -> Result<Option<Filled>> {
    let (document, mark) = (document.clone(), mark.clone());
    context.read(move |tx, who| {
        let Some(found) = still(tx, who, customer, document.sheet()?.entity)? else { return Ok(None) };
        filled(tx, who, &found, (&document, &mark)).map(Some)
    })
}

/// A customer that may still be taken out of the house with such records.
pub(super) fn still(tx: &mut Tx<'_>, who: &Arc<Principal>, customer: Uuid, records: Entity) -> Result<Option<Archive>> {
    let found = match service::load(tx, &who.grant::<Export, Customer>()?, Id::from_uuid(customer)) {
        Err(error) if error.status < 500 => return Ok(None),
        found => found?,
    };
    for action in [Action::Read, Action::Export] {
        if !reach::reaches(tx, &reach::predicate(who, action, records), &found)? {
            return Ok(None);
        }
    }
    Ok(Some(found))
}

/// Which of many customers has more than goes on paper.
fn named(error: Error, number: &str) -> Error {
    match error.status {
        413 => error.detail(format!("{number}: choose a shorter period")),
        _ => error,
    }
}

/// How much is to be bound together.
#[derive(Default)]
struct Size {
    rows: usize,
    characters: usize,
}

impl Size {
    fn add(&mut self, form: &Form) -> Result<()> {
        self.rows += form.rows.len();
        self.characters += characters(form);
        match self.rows > ROWS_BOUND_MOST || self.characters > CHARACTERS_BOUND_MOST {
            true => Err(too_many("print fewer customers, or a shorter period")),
            false => Ok(()),
        }
    }
}

/// The customers that were chosen and may be taken out, in the order of the list.
fn chosen(context: &JobContext, request: &ManyRequest) -> Result<Vec<Chosen>> {
    let most = if request.together { BOUND_MOST } else { CUSTOMERS_MOST };
    let entity = request.document.sheet()?.entity;
    let (mut found, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let question = request.question(cursor.as_deref())?;
        let (page, next) = context.read(move |tx, who| {
            let page = service::rows::<Archive>(tx, &who.grant::<Read, Customer>()?, &question)?;
            let both = [Entity::Customer, entity].map(|entity| reach::predicate(who, Action::Export, entity));
            let mut chosen = Vec::new();
            for customer in page.items {
                if reach::reaches(tx, &both[0], &customer)? && reach::reaches(tx, &both[1], &customer)? {
                    chosen.push(Chosen { id: customer.id.uuid(), number: customer.number });
                }
            }
            Ok((chosen, page.next))
        })?;
        found.extend(page);
        if found.len() > most {
            return Err(too_many(&format!("at most {most} customers at once")));
        }
        cursor = next;
        if cursor.is_none() {
            return if found.is_empty() { Err(Error::invalid("document.nobody")) } else { Ok(found) };
        }
    }
}

/// Forms on their way into one file.
enum Pile<'a> {
    Bound(Vec<Form>, &'a mut File),
    Archive(Box<Bundle<&'a mut File>>, Format),
}

impl<'a> Pile<'a> {
    fn new(request: &ManyRequest, file: &'a mut File) -> Self {
        match request.together {
            true => Self::Bound(Vec::new(), file),
            false => Self::Archive(Box::new(Bundle::new(file)), request.document.format),
        }
    }

    fn add(&mut self, filled: Filled) -> Result<()> {
        match self {
            Self::Bound(forms, _) => forms.push(filled.form),
            Self::Archive(bundle, format) => {
                let (format, _place) = (format.form(), heavy::place_here()?);
                let bytes = filled.form.write(format).map_err(Error::internal)?;
                bundle.add(&filled.name, format.extension(), &bytes).map_err(Error::internal)?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Bound(forms, file) => {
                let _place = heavy::place_here()?;
                let bytes = form::bind(&forms).map_err(Error::internal)?;
                file.write_all(&bytes).map_err(Error::internal)
            }
            Self::Archive(bundle, _) => bundle.finish().map(drop).map_err(Error::internal),
        }
    }
}
