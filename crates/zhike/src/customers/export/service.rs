//! Asking for an export, doing it page by page, and handing it to whoever asked.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufWriter;
use std::sync::Arc;

use documents::table::{self, Out, TableWriter};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;
use store::jobs::{self, NewJob};
use utoipa::ToSchema;
use uuid::Uuid;

use super::columns::{Cell, Chosen, Deals, Language, Style};
use crate::customers::cooperation::totals;
use crate::customers::model::Customer as Archive;
use crate::customers::reach;
use crate::customers::service::{self, Question};
use crate::customers::view::view_with;
use crate::kernel::permission::action::{Export, Read};
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Action, Entity, Error, FieldError, Grant, Principal, Result};
use crate::platform::audit;
use crate::platform::custom::values::{self, Values};
use crate::platform::files::{self, Label, StoredFile};
use crate::platform::jobs::JobContext;
use crate::platform::settings;

pub const KIND: &str = "customers.export";
const PURPOSE: &str = "export";
const STAYS: SignedDuration = SignedDuration::from_hours(7 * 24);
const COLUMNS_MOST: usize = 60;
const PAGE: usize = store::list::LIMIT_MOST;
/// What Excel's own format holds.
const XLSX_ROWS: u64 = 1_048_575;

/// A view to be exported: filter, sort and search as in a list, and the columns in their order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExportRequest)]
pub struct Request {
    /// An array of `[field, op, value]`.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub filter: Option<Value>,
    #[serde(default)]
    pub sort: Option<String>,
    #[serde(default)]
    pub q: Option<String>,
    #[schema(example = json!(["name", "grade", "owner"]))]
    pub columns: Vec<String>,
    pub format: Format,
    #[serde(default)]
    pub language: Language,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Xlsx,
    Csv,
}

impl Format {
    fn table(self) -> table::Format {
        match self {
            Self::Xlsx => table::Format::Xlsx,
            Self::Csv => table::Format::Csv,
        }
    }
}

impl Request {
    fn question(&self, cursor: Option<&str>) -> Result<Question> {
        let filter = match &self.filter {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(filter) => Some(filter.to_string()),
        };
        Question::parse(filter.as_deref(), self.sort.as_deref(), cursor, Some(PAGE), self.q.as_deref())
    }

    fn columns(&self, who: &Principal) -> Result<Vec<Chosen>> {
        let unknown =
            |at: usize| FieldError { field: format!("columns[{at}]"), code: "unknown_field".to_owned(), message: None };
        let found: Vec<_> = self.columns.iter().map(|key| Chosen::find(who, key)).collect();
        let faults =
            found.iter().enumerate().filter(|(_, column)| column.is_none()).map(|(at, _)| unknown(at)).collect();
        Error::from_fields(faults)?;
        match found.len() {
            0 => Err(Error::field_invalid("columns", "required")),
            count if count > COLUMNS_MOST => Err(Error::field_invalid("columns", "too_many")),
            _ => Ok(found.into_iter().flatten().collect()),
        }
    }
}

/// Enqueues the export. What cannot be asked for is refused at once.
pub fn start(tx: &mut Tx<'_>, grant: &Grant<Export, Customer>, request: &Request) -> Result<Uuid> {
    let who = grant.principal();
    request.columns(who)?;
    let mut question = request.question(None)?;
    question.asked.page.limit = 1;
    service::rows::<Archive>(tx, &who.grant::<Read, Customer>()?, &question)?;
    let payload = serde_json::to_value(request)?;
    let new = NewJob { kind: KIND, once_key: None, asked_by: Some(who.user.uuid()), payload, run_at: who.now };
    Ok(jobs::enqueue(tx, new)?)
}

/// The job: writes the file, then notes down in one step that it is there and what it holds.
pub fn run(context: &JobContext, payload: Value) -> Result<Value> {
    let request: Request = serde_json::from_value(payload)?;
    let zone = context.read(|tx, _| TimeZone::get(&settings::get(tx)?.time_zone).map_err(Error::internal))?;
    let style = Style { language: request.language, zone };
    let mut rows = 0;
    let blob = context.files.put_with(|file| {
        rows = write(context, &request, &style, file)?;
        Ok(())
    })?;
    let (rows, name) = (rows as i64, file_name(&request, context, &style));
    let file = context.step(rows, rows, move |tx, who| {
        let expires_at = Some(who.now + STAYS);
        let media_type = request.format.table().media_type();
        let file = files::add(tx, who, &blob, &Label { name: &name, media_type, purpose: PURPOSE, expires_at })?;
        let told = json!({
            "filter": request.filter, "sort": request.sort, "q": told_text(&request), "columns": request.columns,
            "format": request.format, "rows": rows, "digest": file.digest,
        });
        audit::record(tx, who, "export", Entity::Customer, file.id, None, told)?;
        Ok(file)
    })?;
    Ok(json!({ "file": file.id, "name": file.name, "rows": rows, "bytes": file.bytes }))
}

/// What was searched for may be somebody's number; the audit says only that it was one.
fn told_text(request: &Request) -> Option<String> {
    let text = request.q.as_ref()?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    Some(if digits >= 4 { "***".to_owned() } else { text.clone() })
}

fn file_name(request: &Request, context: &JobContext, style: &Style) -> String {
    let day = context.now().to_zoned(style.zone.clone()).date();
    let title = if request.language == Language::Zh { "客户" } else { "customers" };
    format!("{title}-{day}.{}", request.format.table().as_str())
}

fn write(context: &JobContext, request: &Request, style: &Style, file: &mut File) -> Result<u64> {
    let columns = request.columns(&context.principal())?;
    let headings: Vec<_> = columns.iter().map(|column| table::Column::new(column.heading(style.language))).collect();
    let failed = |error: table::TableError| Error::internal(error.to_string());
    let mut table = TableWriter::new(request.format.table(), BufWriter::new(file), &headings).map_err(failed)?;
    let mut cursor: Option<String> = None;
    let mut rows = 0;
    loop {
        let page = read_page(context, request, cursor.as_deref(), &columns, style)?;
        for cells in &page.0 {
            if request.format == Format::Xlsx && rows == XLSX_ROWS {
                return Err(Error::new(413, "export.too_many_rows").detail("choose csv, or a narrower filter"));
            }
            let cells: Vec<Out<'_>> = cells.iter().map(Cell::out).collect();
            table.row(&cells).map_err(failed)?;
            rows += 1;
        }
        context.progress(rows as i64, 0)?;
        cursor = page.1;
        if cursor.is_none() {
            break;
        }
    }
    table.finish().map_err(failed)?;
    Ok(rows)
}

type PageOfCells = (Vec<Vec<Cell>>, Option<String>);

/// A page as the asker sees it: within what they may read, and within what they may export.
fn read_page(
    context: &JobContext,
    request: &Request,
    cursor: Option<&str>,
    columns: &[Chosen],
    style: &Style,
) -> Result<PageOfCells> {
    let question = request.question(cursor)?;
    let (columns, style) = (columns.to_vec(), style.clone());
    context.read(move |tx, who| {
        who.grant::<Export, Customer>()?;
        let scope = reach::predicate(who, Action::Export, Entity::Customer);
        let page = service::rows::<Archive>(tx, &who.grant::<Read, Customer>()?, &question)?;
        let ids: Vec<Uuid> = page.items.iter().map(|customer| customer.id.uuid()).collect();
        let added: Vec<i64> = columns.iter().filter_map(Chosen::number).collect();
        let (mut held, none) = (values::of_page(tx, who, &ids, &added)?, Values::new());
        let deals: HashMap<Uuid, Deals> = totals::of_page(tx, who, &ids)?
            .into_iter()
            .map(|(id, last_on, amount_fen)| (id, Deals { last_on, amount_fen }))
            .collect();
        let mut cells = Vec::with_capacity(page.items.len());
        for customer in page.items {
            if reach::reaches(tx, &scope, &customer)? {
                let id = customer.id.uuid();
                let (values, deals) = (held.remove(&id), deals.get(&id).copied().unwrap_or_default());
                let seen = view_with(tx, who, customer, values.as_ref().unwrap_or(&none))?;
                cells.push(columns.iter().map(|column| column.read(&seen, &deals, &style)).collect());
            }
        }
        Ok((cells, page.next))
    })
}

/// The file, for whoever made it, until it expires.
pub fn file(tx: &mut Tx<'_>, who: &Arc<Principal>, id: Uuid) -> Result<StoredFile> {
    files::get(tx, who, id, PURPOSE)
}
