//! Cases as they are listed and opened.

use jiff::Timestamp;
use store::list::{Asked, Field, Filter, Kind as Of, List, ListSpec, Op};
use store::{Columns as _, Entity as _, Ids, Tx};
use uuid::Uuid;

use super::{found, visible};
use crate::customers;
use crate::desk::cases::letter::{self, Letter};
use crate::desk::cases::model::{Case, Entry};
use crate::desk::cases::view::{self, CaseLine, CaseView, EntryView, Names};
use crate::desk::neighbours;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Result};
use crate::platform::exports::Language;
use crate::platform::grant::{Grant, Principal};
use crate::policy::duties;

/// What the list of cases can be filtered and sorted by. Personal fields are not among it.
pub const LIST: ListSpec = ListSpec {
    table: "desk_case",
    columns: Case::COLUMNS,
    fields: &[
        Field::new("received_at", Of::Instant).sortable(),
        Field::new("closed_at", Of::Instant).sortable(),
        Field::new("number", Of::Text),
        Field::new("subject", Of::Text),
        Field::new("product", Of::Text),
        Field::new("kind", Of::Word),
        Field::new("level", Of::Integer),
        Field::new("channel", Of::Word),
        Field::new("state", Of::Word),
        Field::new("open", Of::Bool),
        Field::new("waiting_at", Of::Instant),
        Field::new("answered_at", Of::Instant),
        Field::new("assignee", Of::Id).column("owner_id"),
        Field::new("department", Of::Id).column("department_id"),
        Field::new("customer", Of::Id).column("customer_id"),
        Field::new("contact", Of::Id).column("contact_id"),
        Field::new("opened_by", Of::Id),
        Field::new("cycle", Of::Integer),
    ],
    default_sort: "-received_at",
};

/// By when something must be done about a case: `["due_at", "le", instant]` asks for those with a clock that runs out by
/// then, or has.
const DUE: &str = "due_at";
/// A search finds so many cases; more is no answer to a search.
const FOUND_MOST: i64 = 500;
const PRESSING_MOST: usize = 500;
/// Entries that are told at once.
const ENTRIES_MOST: i64 = 200;

store::statements! {
    FOUND = "select id from desk_case where deleted_at is null and (number = $1 or customer_id in among($3)
        or replace(lower(subject), $2, '') <> lower(subject) or replace(lower(caller), $2, '') <> lower(caller))
        order by received_at desc nulls last, id desc limit $4";
    ENTRIES = select Entry where "customer_id = $1 and case_id = $2 and seq < $3 order by seq desc limit $4";
}

/// A page of the cases that the asker may see; `text` is a number, a part of a subject, a caller or a customer.
pub fn list(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::Case>,
    asked: &Asked,
    text: Option<&str>,
) -> Result<List<CaseLine>> {
    let who = grant.principal();
    let mut asked = asked.clone();
    if let Some(until) = take_due(&mut asked.filters)? {
        asked.among = Some(duties::pressing(tx, (who.now, until), PRESSING_MOST)?);
    }
    if let Some(text) = text {
        let hits = searched(tx, grant, text)?;
        let wanted = |id: &Uuid| asked.among.as_ref().is_none_or(|among| among.contains(id));
        asked.among = Some(hits.into_iter().filter(wanted).collect());
    }
    let (rows, next) = LIST.page(tx, &visible(who), &asked)?;
    let cases = rows.into_iter().map(Case::from_row).collect::<store::Result<Vec<_>>>()?;
    let items = lines(tx, who, cases)?;
    Ok(List { items, next })
}

fn take_due(filters: &mut Vec<Filter>) -> Result<Option<Timestamp>> {
    let Some(at) = filters.iter().position(|filter| filter.field == DUE) else { return Ok(None) };
    let filter = filters.remove(at);
    let until = filter.value.as_str().and_then(|text| text.parse().ok()).filter(|_| filter.op == Op::Le);
    until.map(Some).ok_or_else(|| Error::invalid("query.invalid"))
}

fn searched(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Case>, text: &str) -> Result<Vec<Uuid>> {
    let customers = match grant.principal().grant::<Read, entity::Customer>() {
        Ok(reading) => {
            let question = customers::service::Question::parse(None, None, None, None, Some(text))?;
            let found = customers::service::list(tx, &reading, &question)?;
            found.items.into_iter().map(|customer| customer.id.uuid()).collect()
        }
        Err(_) => Vec::new(),
    };
    let (number, part) = (text.to_ascii_uppercase(), text.to_ascii_lowercase());
    let rows = tx.query(&FOUND, &[&number, &part, &Ids(&customers), &FOUND_MOST])?;
    Ok(rows.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?)
}

/// Cases with what they mention. The few whose customer was removed are left out here.
fn lines(tx: &mut Tx<'_>, who: &Principal, mut cases: Vec<Case>) -> Result<Vec<CaseLine>> {
    let customers: Vec<Uuid> = cases.iter().filter_map(Case::customer).map(|customer| customer.uuid()).collect();
    let there = neighbours::there(tx, &customers)?;
    cases.retain(|case| case.customer().is_none_or(|customer| there.contains(&customer.uuid())));
    let names = Names::of(tx, who, &cases)?;
    cases.into_iter().map(|case| names.line(who, case)).collect()
}

/// One case, with what was said and done about it.
pub fn get(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Case>, id: Uuid) -> Result<CaseView> {
    let who = grant.principal();
    let case = found(tx, who, id)?;
    let entries = page_of_entries(tx, who, &case, i64::MAX)?;
    view::view(tx, who, case, entries)
}

/// Entries before one, in their order.
pub fn entries(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::Case>,
    id: Uuid,
    before: Option<i64>,
) -> Result<Vec<EntryView>> {
    let case = found(tx, grant.principal(), id)?;
    page_of_entries(tx, grant.principal(), &case, before.unwrap_or(i64::MAX))
}

fn page_of_entries(tx: &mut Tx<'_>, who: &Principal, case: &Case, before: i64) -> Result<Vec<EntryView>> {
    let mut rows = Entry::all(tx, &ENTRIES, &[&case.customer_id, &case.id, &before, &ENTRIES_MOST])?;
    rows.reverse();
    view::entries(tx, who, case, rows)
}

/// The closing letter as it is proposed (R2-3.3, R4-7).
pub fn letter(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Case>, id: Uuid, language: Language) -> Result<Letter> {
    let who = grant.principal();
    let case = found(tx, who, id)?;
    if !who.reads(Entity::Case, "content") {
        return Err(Error::forbidden());
    }
    letter::propose(tx, who, &case, language)
}
