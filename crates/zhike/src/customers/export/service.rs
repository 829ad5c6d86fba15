//! Asking for an export, doing it page by page, and handing it to whoever asked.

use std::collections::HashMap;
use std::fs::File;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;
use store::jobs::{self, NewJob};
use utoipa::ToSchema;
use uuid::Uuid;

use super::columns::{Chosen, Deals};
use crate::customers::cooperation::totals;
use crate::customers::model::Customer as Archive;
use crate::customers::reach;
use crate::customers::service::{self, Question};
use crate::customers::view::view_with;
use crate::kernel::permission::action::{Export, Read};
use crate::kernel::permission::entity::Customer;
use crate::kernel::{Action, Entity, Error, FieldError, Grant, Principal, Result};
use crate::platform::custom::values::{self, Values};
use crate::platform::exports::{self, Format, Language, Leaving, PageOfCells, Style};
use crate::platform::jobs::JobContext;

pub const KIND: &str = "customers.export";
const COLUMNS_MOST: usize = 60;
const PAGE: usize = store::list::LIMIT_MOST;
/// Customers that can be named one by one.
const CHOSEN_MOST: usize = 5_000;

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
    /// These customers alone, of those that the filter lets through.
    #[serde(default)]
    pub ids: Option<Vec<Uuid>>,
    #[schema(example = json!(["name", "grade", "owner"]))]
    pub columns: Vec<String>,
    pub format: Format,
    #[serde(default)]
    pub language: Language,
}

impl Request {
    fn question(&self, cursor: Option<&str>) -> Result<Question> {
        question((self.filter.as_ref(), self.sort.as_deref(), self.q.as_deref(), self.ids.as_deref()), cursor)
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

/// What a list is asked for: filter, sort, text, and customers named one by one.
pub type Asked<'a> = (Option<&'a Value>, Option<&'a str>, Option<&'a str>, Option<&'a [Uuid]>);

/// A page of the customers that were chosen, by a filter, by a search, or one by one.
pub fn question((filter, sort, text, ids): Asked<'_>, cursor: Option<&str>) -> Result<Question> {
    let filter = match filter {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(filter) => Some(filter.to_string()),
    };
    let text = text.filter(|text| !text.trim().is_empty());
    let mut question = Question::parse(filter.as_deref(), sort, cursor, Some(PAGE), text.filter(|_| ids.is_none()))?;
    match ids {
        Some([]) => return Err(Error::field_invalid("ids", "required")),
        Some(ids) if ids.len() > CHOSEN_MOST => return Err(Error::field_invalid("ids", "too_many")),
        Some(ids) => question.asked.among = Some(service::padded(ids.to_vec())),
        None => {}
    }
    Ok(question)
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
    let language = request.language;
    let style = context.read(move |tx, _| Style::of(tx, language))?;
    let mut rows = 0;
    let blob = context.files.put_with(|file| {
        rows = write(context, &request, &style, file)?;
        Ok(())
    })?;
    let extension = request.format.table().as_str();
    let name = exports::dated_name(context, &style, style.word("客户", "customers"), extension);
    let rows = rows as i64;
    let released = context.step(rows, rows, move |tx, who| {
        let told = json!({
            "filter": request.filter, "sort": request.sort, "q": told_text(&request), "columns": request.columns,
            "format": request.format, "rows": rows, "chosen": request.ids.as_ref().map(Vec::len),
        });
        let media_type = request.format.table().media_type();
        let (blob, entity) = (&blob, Entity::Customer);
        exports::release(tx, who, Leaving { blob, name: &name, media_type, entity, customer: None, told })
    })?;
    Ok(json!({ "file": released.file, "name": released.name, "rows": rows, "bytes": released.bytes }))
}

/// What was searched for may be somebody's number; the audit says only that it was one.
fn told_text(request: &Request) -> Option<String> {
    let text = request.q.as_ref()?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    Some(if digits >= 4 { "***".to_owned() } else { text.clone() })
}

fn write(context: &JobContext, request: &Request, style: &Style, file: &mut File) -> Result<u64> {
    let columns = request.columns(&context.principal())?;
    let headings: Vec<String> = columns.iter().map(|column| column.heading(style.language).to_owned()).collect();
    let page = |cursor: Option<&str>| read_page(context, request, cursor, &columns, style);
    exports::write_table(context, file, request.format, &headings, page)
}

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
