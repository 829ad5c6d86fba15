//! Contact records on their way out (R3-T2 as a list): a view as a workbook or a text file, as a job.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;
use store::jobs::{self, NewJob};
use store::list::Asked;
use utoipa::ToSchema;
use uuid::Uuid;

use super::document::way;
use super::service;
use super::view::InteractionView;
use crate::kernel::permission::action::{Export, Read};
use crate::kernel::permission::entity::Interaction;
use crate::kernel::{Entity, Result};
use crate::platform::exports::{self, Cell, Format, Heading, Language, PageOfCells, Style, Table};
use crate::platform::grant::Grant;
use crate::platform::jobs::JobContext;

pub const KIND: &str = "interactions.export";
const PAGE: usize = store::list::LIMIT_MOST;

/// The records of a view, with all their columns.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InteractionExportRequest)]
pub struct Request {
    /// An array of `[field, op, value]`.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub filter: Option<Value>,
    #[serde(default)]
    pub sort: Option<String>,
    pub format: Format,
    #[serde(default)]
    pub language: Language,
}

impl Request {
    fn asked(&self, cursor: Option<&str>, limit: usize) -> Result<Asked> {
        let filter = self.filter.as_ref().filter(|filter| !filter.is_null()).map(Value::to_string);
        Ok(Asked::parse(filter.as_deref(), self.sort.as_deref(), cursor, Some(limit))?)
    }
}

type Column = (&'static str, &'static str, fn(&InteractionView, &Style) -> Cell);

const COLUMNS: &[Column] = &[
    ("时间", "Time", |record, style| style.at(Some(record.at))),
    ("客户", "Customer", |record, _| Cell::maybe(&record.customer.name)),
    ("方式", "Way", |record, style| Cell::text(way(record.kind, style))),
    ("联系人", "Contact", |record, _| {
        record.contact.as_ref().map_or(Cell::Empty, |contact| Cell::maybe(&contact.name))
    }),
    ("互动内容", "Content", |record, _| Cell::text(&record.content)),
    ("客户反馈", "Feedback", |record, _| Cell::maybe(&record.feedback)),
    ("下一步计划", "Next step", |record, _| Cell::maybe(&record.next_plan)),
    ("计划时间", "Planned for", |record, style| style.at(record.next_at)),
    ("记录人", "By", |record, _| Cell::text(&record.actor.name)),
    ("录入时间", "Recorded at", |record, style| style.at(Some(record.recorded_at))),
    ("补录", "Late", |record, style| if record.late { Cell::text(style.word("是", "yes")) } else { Cell::Empty }),
];

/// Columns of what people write.
const PROSE: &[&str] = &["Content", "Feedback", "Next step"];

/// Enqueues the export. What cannot be asked for is refused at once.
pub fn start(tx: &mut Tx<'_>, grant: &Grant<Export, Interaction>, request: &Request) -> Result<Uuid> {
    let who = grant.principal();
    service::list(tx, &who.grant::<Read, Interaction>()?, &request.asked(None, 1)?)?;
    let payload = serde_json::to_value(request)?;
    let new = NewJob { kind: KIND, once_key: None, asked_by: Some(who.user.uuid()), payload, run_at: who.now };
    Ok(jobs::enqueue(tx, new)?)
}

/// The job: the records as their asker sees them, as one table.
pub fn run(context: &JobContext, payload: Value) -> Result<Value> {
    let request: Request = serde_json::from_value(payload)?;
    let (format, language) = (request.format, request.language);
    let style = context.read(move |tx, _| Style::of(tx, language))?;
    let heading = |(zh, en, _): &Column| Heading { text: style.word(zh, en).to_owned(), prose: PROSE.contains(en) };
    let headings: Vec<Heading> = COLUMNS.iter().map(heading).collect();
    let told = json!({ "filter": request.filter, "sort": request.sort, "format": format });
    let (title, entity) = (style.word("互动记录", "contacts"), Entity::Interaction);
    let table =
        Table { format, style: &style, title, headings: &headings, entity, customer: None, purpose: None, told };
    exports::take_out(context, table, |cursor| read_page(context, &request, cursor, &style))
}

/// A page of what the asker may read and may take out.
fn read_page(context: &JobContext, request: &Request, cursor: Option<&str>, style: &Style) -> Result<PageOfCells> {
    let (asked, style) = (request.asked(cursor, PAGE)?, style.clone());
    context.read(move |tx, who| {
        let page = service::list_for_export(tx, &who.grant::<Export, Interaction>()?, &asked)?;
        let cells = |record: &InteractionView| COLUMNS.iter().map(|(_, _, read)| read(record, &style)).collect();
        Ok((page.items.iter().map(cells).collect(), page.next))
    })
}
