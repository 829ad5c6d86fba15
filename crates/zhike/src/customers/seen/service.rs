use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::jobs::{self, NewJob};
use store::{Entity as _, Ids, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::sketch::Sketch;
use crate::customers::model::Customer;
use crate::customers::{merges, service};
use crate::kernel::permission::action::{Export, Read};
use crate::kernel::permission::entity::Trace;
use crate::kernel::{Entity, Id, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::audit::AuditEntry;
use crate::platform::exports::{self, Cell, Format, Heading, Language, Style, Table};
use crate::platform::grant::Grant;
use crate::platform::jobs::{JobContext, Registry};

const KIND: &str = "customers.export_seen";
/// On a page of the report; and in its file.
const PAGE: i64 = 100;
const FILE_MOST: i64 = 20_000;

store::statements! {
    OPENED = "select user_id, first_at, last_at, times from customer_seen
        where customer_id in among($1) and last_at < $2 order by last_at desc limit $3";
    /// What disclosed something of it, beside its page.
    DISCLOSED = select AuditEntry where "customer_id in among($1) and at < $2
        and action in ('reveal', 'print', 'export', 'fetch_export', 'open_attachment', 'copy_person')
        order by seq desc limit $3";
    OF_DAY = "select user_id, count(*) from customer_seen where day = $1 group by user_id";
    LISTED_ON = "select user_id, sketch from customer_listed where day = $1";
}

store::text_enum! {
    /// How somebody saw a customer.
    #[derive(ToSchema)]
    #[schema(as = SeenBy)]
    pub enum How {
        Opened = "opened",
        Reveal = "reveal",
        Print = "print",
        Export = "export",
        Fetch = "fetch_export",
        Attachment = "open_attachment",
        Copy = "copy_person",
    }
}

/// That somebody saw something of a customer: once, or on one day as often as it says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Sight {
    pub by: Named,
    pub how: How,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The first time on that day, of what is counted by days.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_at: Option<Timestamp>,
    pub times: i64,
}

/// A page of the report, the latest first; `next` is where the one before it begins.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Sights {
    pub items: Vec<Sight>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next: Option<Timestamp>,
}

/// Who saw a customer, and what became part of it.
pub fn report(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, Trace>,
    id: Id<Customer>,
    before: Option<Timestamp>,
) -> Result<Sights> {
    let customer = service::load(tx, grant, id)?;
    let until = before.unwrap_or(Timestamp::MAX);
    let mut items = sights(tx, customer.id.uuid(), until, PAGE + 1)?;
    let more = items.len() > PAGE as usize;
    items.truncate(PAGE as usize);
    let next = items.last().filter(|_| more).map(|sight| sight.at);
    Ok(Sights { items, next })
}

fn sights(tx: &mut Tx<'_>, customer: Uuid, before: Timestamp, most: i64) -> Result<Vec<Sight>> {
    let family = merges::family(tx, customer)?;
    let mut sights = Vec::new();
    for row in tx.query(&OPENED, &[&Ids(&family), &before, &most])? {
        let by = names::user(tx, row.get(0)?)?;
        // Who read nothing but parts of the page is counted once.
        let times = row.get::<i64>(3)?.max(1);
        sights.push(Sight { by, how: How::Opened, first_at: Some(row.get(1)?), at: row.get(2)?, times });
    }
    for entry in AuditEntry::all(tx, &DISCLOSED, &[&Ids(&family), &before, &most])? {
        let Some(how) = How::from_word(&entry.action) else { continue };
        let by = Named { id: entry.actor.unwrap_or_default(), name: entry.actor_name };
        sights.push(Sight { by, how, at: entry.at, first_at: None, times: 1 });
    }
    sights.sort_by_key(|sight| std::cmp::Reverse(sight.at));
    sights.truncate(most as usize);
    Ok(sights)
}

/// How many customers each person opened on a day.
pub fn of_day(tx: &mut Tx<'_>, day: Date) -> Result<Vec<(Uuid, i64)>> {
    tx.query(&OF_DAY, &[&day])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// About how many different customers each person was shown in lists on a day.
pub fn listed_on(tx: &mut Tx<'_>, day: Date) -> Result<Vec<(Uuid, i64)>> {
    let count = |bytes| Sketch::of_bytes(bytes).map_or(0, |sketch| sketch.count());
    tx.query(&LISTED_ON, &[&day])?.iter().map(|row| Ok((row.get(0)?, count(row.get(1)?)))).collect()
}

/// What the file of a report is to be.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SightsRequest)]
pub struct Request {
    pub format: Format,
    #[serde(default)]
    pub language: Language,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    customer: Uuid,
    request: Request,
}

pub fn register(registry: &mut Registry) {
    registry.on(KIND, run);
}

/// Enqueues the report as a file.
pub fn start(tx: &mut Tx<'_>, grant: &Grant<Export, Trace>, id: Id<Customer>, request: &Request) -> Result<Uuid> {
    let who = grant.principal();
    let customer = service::load(tx, grant, id)?.id.uuid();
    let payload = serde_json::to_value(Payload { customer, request: request.clone() })?;
    let new = NewJob { kind: KIND, once_key: None, asked_by: Some(who.user.uuid()), payload, run_at: who.now };
    Ok(jobs::enqueue(tx, new)?)
}

fn run(context: &JobContext, payload: Value) -> Result<Value> {
    let Payload { customer, request: Request { format, language } } = serde_json::from_value(payload)?;
    let (style, sights, name) = context.read(move |tx, who| {
        let found = service::load(tx, &who.grant::<Export, Trace>()?, Id::from_uuid(customer))?;
        Ok((Style::of(tx, language)?, sights(tx, customer, Timestamp::MAX, FILE_MOST)?, found.name))
    })?;
    let headings = [("时间", "Time"), ("谁", "Who"), ("看了什么", "What"), ("次数", "Times")]
        .map(|(zh, en)| Heading { text: style.word(zh, en).to_owned(), prose: false });
    let line = |sight: &Sight| {
        let (zh, en) = words(sight.how);
        let (by, how) = (Cell::text(&sight.by.name), Cell::text(style.word(zh, en)));
        vec![style.at(Some(sight.at)), by, how, Cell::Integer(sight.times)]
    };
    let title = format!("{}-{name}", style.word("谁看过", "who-saw"));
    let (title, entity, told) = (&title, Entity::Trace, json!({ "format": format }));
    let customer = Some(customer);
    let table = Table { format, style: &style, title, headings: &headings, entity, customer, purpose: None, told };
    exports::take_out(context, table, |_| Ok((sights.iter().map(line).collect(), None)))
}

fn words(how: How) -> (&'static str, &'static str) {
    match how {
        How::Opened => ("打开档案", "opened the archive"),
        How::Reveal => ("查看完整号码", "saw a full number"),
        How::Print => ("打印表单", "printed a form"),
        How::Export => ("导出", "exported"),
        How::Fetch => ("取走导出文件", "fetched an export"),
        How::Attachment => ("打开附件", "opened an attachment"),
        How::Copy => ("制作个人信息副本", "made a copy of personal information"),
    }
}
