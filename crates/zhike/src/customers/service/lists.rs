use std::collections::{HashMap, HashSet};

use store::list::{Asked, Field, Filter, Kind, ListSpec, Op};
use store::search::{self, Hit, Query, place_in};
use store::{Columns, Predicate, Tx};
use uuid::Uuid;

use super::{load, plan};
use crate::customers::cooperation::totals;
use crate::customers::line::{self, CustomerLine, Line};
use crate::customers::model::{Customer, SEARCH_KIND};
use crate::customers::view::{CustomerView, view};
use crate::customers::{index, quality, reach, regions};
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, List, Result};
use crate::platform::custom;
use crate::platform::custom::values::{self, Records};
use crate::platform::grant::{Grant, Principal};

/// What is wrong with an archive.
const FLAWS: &str = "flaws";

/// What the list of customers can be filtered and sorted by. Personal fields are not among it.
pub const SPEC: ListSpec = ListSpec {
    table: "customer",
    columns: Customer::COLUMNS,
    fields: &[
        Field::new("name_key", Kind::Text).sortable(),
        Field::new("name", Kind::Text),
        Field::new("short_name", Kind::Text),
        Field::new("number", Kind::Text).sortable(),
        Field::new("kind", Kind::Word),
        Field::new("credit_code", Kind::Text),
        Field::new("industry", Kind::Word),
        Field::new("region", Kind::Word),
        Field::new("source", Kind::Word),
        Field::new("tags", Kind::Words("customer_tag", "customer_id", "tag")),
        Field::new(FLAWS, Kind::Words("customer_flaw", "customer_id", "flaw")),
        Field::new("grade", Kind::Word).sortable(),
        Field::new("owner", Kind::Id).column("owner_id"),
        Field::new("owner_id", Kind::Id),
        Field::new("department", Kind::Id).column("department_id"),
        Field::new("department_id", Kind::Id),
        Field::new("staff_count", Kind::Integer),
        Field::new("annual_revenue_fen", Kind::Integer),
        Field::new("founded_on", Kind::Date),
        Field::new("cooperation_since", Kind::Date),
        Field::new("last_deal_on", Kind::Date).sortable(),
        Field::new("cooperation_fen", Kind::Integer).sortable(),
        Field::new("main_business", Kind::Text),
        Field::new("core_need", Kind::Text),
        Field::new("completeness", Kind::Integer).sortable(),
        Field::new("last_contact_at", Kind::Instant).sortable(),
        Field::new("next_contact_at", Kind::Instant).sortable(),
        Field::new("verified_on", Kind::Date),
        Field::new("created_at", Kind::Instant).sortable(),
        Field::new("updated_at", Kind::Instant).sortable(),
    ],
    default_sort: "-created_at",
};

const TEXT_MOST: usize = 100;
/// A search that is also filtered takes its hits in stretches of this many …
const STRETCH: usize = 500;
/// … and a page ends after so many of them, though it may not be full: the next one goes on from there.
const STRETCHES_MOST: usize = 40;
/// What is found can be sorted up to this many; more is no answer to a search, and is told so.
const SORTED_MOST: usize = 5_000;

/// A question to the list: filters, sort and page, and a text to search for.
#[derive(Clone, Debug, Default)]
pub struct Question {
    pub asked: Asked,
    pub text: Option<String>,
    /// Where the next page of a search begins.
    place: Option<i64>,
    regions: Vec<Predicate>,
    /// Added fields to be told with each line, by their keys.
    pub custom: Vec<String>,
}

impl Question {
    /// Reads the parameters of a request.
    pub fn parse(
        filter: Option<&str>,
        sort: Option<&str>,
        cursor: Option<&str>,
        limit: Option<usize>,
        text: Option<&str>,
    ) -> Result<Self> {
        let text = text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        if text.as_ref().is_some_and(|text| text.chars().count() > TEXT_MOST) {
            return Err(Error::field_invalid("q", "too_long"));
        }
        // Pages of a search go on from a place in the search index, pages of a list from a row.
        let walks = text.is_some() && sort.is_none();
        let place = cursor.and_then(|cursor| cursor.strip_prefix('q'));
        if cursor.is_some() && place.is_some() != walks {
            return Err(Error::invalid("query.invalid"));
        }
        let cursor = if walks { None } else { cursor };
        let place = place.map(str::parse).transpose().map_err(|_| Error::invalid("query.invalid"))?;
        let mut asked = Asked::parse(filter, sort, cursor, limit)?;
        if let Some(sort) = asked.sort.as_mut().filter(|sort| sort.field == "name") {
            sort.field = "name_key".to_owned();
        }
        let regions = take_regions(&mut asked.filters);
        Ok(Self { asked, text, place, regions, custom: Vec::new() })
    }

    fn is_filtered(&self) -> bool {
        !self.asked.filters.is_empty() || !self.regions.is_empty() || self.asked.values.is_some()
    }
}

/// Who filters by a province means its cities and counties too.
fn take_regions(filters: &mut Vec<Filter>) -> Vec<Predicate> {
    let is_region = |filter: &Filter| filter.field == "region" && matches!(filter.op, Op::Eq | Op::In);
    let (of_region, others) = std::mem::take(filters).into_iter().partition(is_region);
    *filters = others;
    let predicate = |filter: Filter| {
        let codes = match &filter.value {
            serde_json::Value::Array(codes) => codes.iter().filter_map(serde_json::Value::as_str).collect(),
            value => value.as_str().into_iter().collect::<Vec<_>>(),
        };
        Predicate::one_of("region", codes.into_iter().filter(|code| code.len() == 6).flat_map(regions::with_all_below))
    };
    of_region.into_iter().map(predicate).collect()
}

/// A page of the customers that the asker reaches.
pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, question: &Question) -> Result<List<CustomerLine>> {
    let who = grant.principal();
    let mut found = rows::<Line>(tx, grant, question)?;
    if let Some(text) = question.text.as_deref().filter(|_| question.asked.sort.is_none()) {
        rank(&mut found.items, text);
    }
    let held = values_of(tx, who, question, &found.items)?;
    let mut items = Vec::with_capacity(found.items.len());
    for line in found.items {
        let values = held.get(&line.id.uuid());
        items.push(line::seen(tx, who, line, values)?);
    }
    Ok(List { items, next: found.next })
}

/// The values of a page that are to be told, in one statement.
fn values_of(tx: &mut Tx<'_>, who: &Principal, question: &Question, lines: &[Line]) -> Result<Records> {
    let asked = question.custom.iter().filter_map(|key| who.custom_field(Entity::Customer, key));
    let numbers: Vec<i64> = asked.map(|field| field.number).collect();
    let ids: Vec<Uuid> = lines.iter().map(|line| line.id.uuid()).collect();
    values::of_page(tx, who, &ids, &numbers)
}

/// The best matches of a page first; what follows it is not touched by that.
fn rank(lines: &mut [Line], text: &str) {
    let place = |line: &Line| {
        [Some(&line.name), line.short_name.as_ref()].into_iter().flatten().map(|name| place_in(name, text)).min()
    };
    lines.sort_by_cached_key(place);
}

/// [`list`] as rows, with the columns of `R`: an export wants whole customers.
pub fn rows<R: Columns>(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::Customer>,
    question: &Question,
) -> Result<List<R>> {
    let who = grant.principal();
    check_fields(who, question)?;
    let asked = custom::list::understood(who, Entity::Customer, &question.asked)?;
    let question = &Question { asked, ..question.clone() };
    let scope = question.regions.iter().cloned().fold(reach::scope(grant), Predicate::and);
    match &question.text {
        Some(text) if question.asked.sort.is_none() => searched(tx, who, &scope, question, text),
        Some(text) => {
            let (hits, more) = hits(tx, who, &scope, text, None, SORTED_MOST)?;
            if more.is_some() {
                return Err(Error::invalid("query.too_many_hits").detail("search for more of the name, or do not sort"));
            }
            let asked = Asked { among: Some(padded(ids(&hits))), ..question.asked.clone() };
            page(tx, &plan::checked_only(scope), &asked)
        }
        None => {
            let scope = plan::planned(tx, who, scope)?;
            let mut asked = question.asked.clone();
            if plan::reads_all(&scope) && !is_narrow(&asked) {
                lead(tx, &mut asked)?;
            }
            page(tx, &scope, &asked)
        }
    }
}

/// A field that somebody may not read cannot be found out by filtering either.
fn check_fields(who: &Principal, question: &Question) -> Result<()> {
    let sort = question.asked.sort.as_ref().map(|sort| sort.field.as_str());
    let region = (!question.regions.is_empty()).then_some("region");
    let filters = question.asked.filters.iter().map(|filter| filter.field.as_str());
    let mut flaws = question.asked.filters.iter().filter(|filter| filter.field == FLAWS);
    if !flaws.all(|filter| quality::is_told(who, filter)) {
        return Err(Error::invalid("query.field_not_allowed").field(FLAWS, "not_allowed"));
    }
    for field in filters.chain(sort).chain(region) {
        let deals = matches!(field, "last_deal_on" | "cooperation_fen");
        if !who.reads(Entity::Customer, field) || (deals && !totals::listed(who, field)) {
            return Err(Error::invalid("query.field_not_allowed").field(field, "not_allowed"));
        }
    }
    Ok(())
}

/// Columns of which an index finds the few customers that a filter asks for.
fn is_narrow(asked: &Asked) -> bool {
    asked
        .filters
        .iter()
        .any(|filter| matches!(filter.field.as_str(), "owner" | "owner_id" | "department" | "department_id"))
}

/// A list that is filtered by a choice is read from the rows of that choice, where they are kept in its order.
fn lead(tx: &mut Tx<'_>, asked: &mut Asked) -> Result<()> {
    let sort = asked.sort.as_ref().map_or("created_at", |sort| sort.field.as_str());
    match sort {
        "created_at" => {
            asked.lead = asked.filters.iter().position(is_one_flaw).map(|at| (at, quality::LEAD));
            asked.lead.map_or_else(|| custom::list::lead(tx, asked, "created_at"), |_| Ok(()))
        }
        "name_key" => custom::list::lead(tx, asked, "name_key"),
        _ => Ok(()),
    }
}

fn is_one_flaw(filter: &Filter) -> bool {
    let one = filter.value.as_array().is_none_or(|words| words.len() == 1);
    filter.field == FLAWS && matches!(filter.op, Op::Eq | Op::In) && one
}

fn page<R: Columns>(tx: &mut Tx<'_>, scope: &Predicate, asked: &Asked) -> Result<List<R>> {
    let (rows, next) = of_columns::<R>().page(tx, scope, asked)?;
    let items = rows.into_iter().map(R::from_row).collect::<store::Result<_>>()?;
    Ok(List { items, next })
}

fn of_columns<R: Columns>() -> ListSpec {
    ListSpec { columns: R::COLUMNS, ..SPEC }
}

/// Newest first, page by page through the search index; a filter leaves out some of what is found.
fn searched<R: Columns>(
    tx: &mut Tx<'_>,
    who: &Principal,
    scope: &Predicate,
    question: &Question,
    text: &str,
) -> Result<List<R>> {
    let limit = question.asked.page.limit.max(1);
    let stretch = if question.is_filtered() { STRETCH } else { limit };
    let (mut items, mut place) = (Vec::new(), question.place);
    for _ in 0..STRETCHES_MOST {
        let (hits, next) = hits(tx, who, scope, text, place, stretch)?;
        let mut found = among::<R>(tx, scope, question, &hits)?;
        let room = limit - items.len();
        place = if found.len() > room { Some(found[room - 1].0) } else { next };
        found.truncate(room);
        items.extend(found.into_iter().map(|(_, row)| row));
        if place.is_none() || items.len() == limit {
            break;
        }
    }
    Ok(List { items, next: place.map(|place| format!("q{place}")) })
}

/// Which of these hits the filters let through, with their places, newest first.
fn among<R: Columns>(tx: &mut Tx<'_>, scope: &Predicate, question: &Question, hits: &[Hit]) -> Result<Vec<(i64, R)>> {
    let page = store::list::Page { limit: hits.len().max(1), after: None };
    let asked = Asked { among: Some(padded(ids(hits))), page, ..question.asked.clone() };
    let (rows, _) = of_columns::<R>().page(tx, &plan::checked_only(scope.clone()), &asked)?;
    let places: HashMap<Uuid, i64> = hits.iter().map(|hit| (hit.id, hit.place)).collect();
    // The id is the first of all columns.
    let placed = |row: store::Row| Ok((places.get(&row.get(0)?).copied().unwrap_or_default(), R::from_row(row)?));
    let mut found = rows.into_iter().map(placed).collect::<Result<Vec<_>>>()?;
    found.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    Ok(found)
}

fn ids(hits: &[Hit]) -> Vec<Uuid> {
    hits.iter().map(|hit| hit.id).collect()
}

/// The newest hits within the scope, and the place after them if there are more.
///
/// A search for hits that carry one of many tokens costs more than looking at some hits that do not: whoever reaches
/// many departments usually reaches enough of what is found. Who does not is searched for by tokens all the same.
fn hits(
    tx: &mut Tx<'_>,
    who: &Principal,
    scope: &Predicate,
    text: &str,
    before: Option<i64>,
    limit: usize,
) -> Result<(Vec<Hit>, Option<i64>)> {
    let access = reach::tokens_for(who);
    if access.as_ref().is_some_and(Vec::is_empty) {
        return Ok((Vec::new(), None));
    }
    let mut query =
        Query { kinds: &[SEARCH_KIND], text, keys: index::keys_for(who, text), access: None, before, limit: limit + 1 };
    let mut found: Vec<Hit> = Vec::new();
    if access.as_ref().is_some_and(|tokens| tokens.len() > TOKENS_FEW) {
        let hits = search::find(tx, &query)?;
        let last = hits.last().map(|hit| hit.place);
        let exhausted = hits.len() < query.limit;
        found = within(tx, scope, hits)?;
        if exhausted || found.len() > limit {
            return Ok(cut(found, limit));
        }
        query.before = last;
    }
    query.limit = limit + 1 - found.len();
    query.access = access;
    found.extend(search::find(tx, &query)?);
    Ok(cut(found, limit))
}

const TOKENS_FEW: usize = 3;

fn cut(mut found: Vec<Hit>, limit: usize) -> (Vec<Hit>, Option<i64>) {
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|hit| hit.place);
    (found, next)
}

fn within(tx: &mut Tx<'_>, scope: &Predicate, hits: Vec<Hit>) -> Result<Vec<Hit>> {
    let inside: HashSet<Uuid> = super::search::among(tx, scope, ids(&hits))?.into_iter().collect();
    Ok(hits.into_iter().filter(|hit| inside.contains(&hit.id)).collect())
}

/// Repeats the last id up to one of a few lengths, so that statements of a few shapes only need to be prepared.
pub(in crate::customers) fn padded(mut ids: Vec<Uuid>) -> Vec<Uuid> {
    const LENGTHS: [usize; 6] = [1, 8, 50, 200, STRETCH, SORTED_MOST];
    if let (Some(last), Some(length)) = (ids.last().copied(), LENGTHS.iter().find(|length| **length >= ids.len())) {
        ids.resize(*length, last);
    }
    ids
}

/// One customer.
pub fn get(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>, id: Id<Customer>) -> Result<CustomerView> {
    let customer = load(tx, grant, id)?;
    view(tx, grant.principal(), customer)
}
