//! Asking for an export, doing it page by page, and handing it to whoever asked.

use std::collections::HashMap;

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
use crate::kernel::{Action, Entity, Error, FieldError, Result};
use crate::platform::custom::values::{self, Values};
use crate::platform::exports::{self, Format, Heading, Language, PageOfCells, Style, Table};
use crate::platform::grant::{Grant, Principal};
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
    /// What it is for, for whoever is asked when it goes beyond what is free. It may be said later.
    #[serde(default)]
    pub purpose: Option<String>,
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
    request.columns(grant.principal())?;
    request.purpose.as_deref().map(exports::checked_purpose).transpose()?;
    enqueue(tx, grant, (KIND, request), request.question(None)?)
}

/// Enqueues what takes customers out as files, when the question that chooses them can be asked.
pub fn enqueue(
    tx: &mut Tx<'_>,
    grant: &Grant<Export, Customer>,
    (kind, request): (&'static str, &impl Serialize),
    mut question: Question,
) -> Result<Uuid> {
    let who = grant.principal();
    question.asked.page.limit = 1;
    service::rows::<Archive>(tx, &who.grant::<Read, Customer>()?, &question)?;
    let payload = serde_json::to_value(request)?;
    let new = NewJob { kind, once_key: None, asked_by: Some(who.user.uuid()), payload, run_at: who.now };
    Ok(jobs::enqueue(tx, new)?)
}

/// The job: the customers as their asker sees them, as one table.
pub fn run(context: &JobContext, payload: Value) -> Result<Value> {
    let request: Request = serde_json::from_value(payload)?;
    let language = request.language;
    let style = context.read(move |tx, _| Style::of(tx, language))?;
    let columns = request.columns(&context.principal())?;
    let heading = |column: &Chosen| Heading { text: column.heading(language).to_owned(), prose: column.is_prose() };
    let headings: Vec<Heading> = columns.iter().map(heading).collect();
    let told = json!({
        "filter": request.filter, "sort": request.sort, "q": told_text(request.q.as_deref()), "columns": request.columns,
        "format": request.format, "chosen": request.ids.as_ref().map(Vec::len),
    });
    let (format, title) = (request.format, style.word("客户", "customers"));
    let (style, headings, entity) = (&style, &headings, Entity::Customer);
    let purpose = request.purpose.as_deref();
    let table = Table { format, style, title, headings, entity, customer: None, purpose, told };
    exports::take_out(context, table, |cursor| read_page(context, &request, cursor, &columns, style))
}

/// What was searched for may be somebody's number; the audit says only that it was one.
pub fn told_text(text: Option<&str>) -> Option<String> {
    let text = text?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    Some(if digits >= 4 { "***".to_owned() } else { text.to_owned() })
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
