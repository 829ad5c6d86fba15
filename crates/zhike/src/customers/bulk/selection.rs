use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use store::Tx;
use store::list::{Filter, List, Op};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::customers::model::Customer;
use crate::customers::service::{self, Question};
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Error, Id, Result};
use crate::platform::grant::Grant;

/// Rows that can be ticked one by one; more are meant by a filter.
const IDS_MOST: usize = 1_000;
/// Customers of one page, in the order of their creation or, when searched for, of the search.
pub const PAGE: usize = 200;
/// Where a search finds much and a filter lets little through, a page ends before it is full and is not the last. One
/// answer looks no further after so many of them.
const SHORT_PAGES_MOST: usize = 3;
/// What is found is counted up to here; nobody waits for the exact number of more.
pub const COUNTED_MOST: usize = 10_000;

/// Which customers are meant: these, or all that a list finds.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = BulkSelection)]
pub struct Selection {
    pub ids: Option<Vec<Uuid>>,
    /// An array of `[field, op, value]`.
    #[schema(value_type = Vec<Object>)]
    pub filter: Option<Json>,
    pub q: Option<String>,
}

/// How many there are: exactly, or that it was not looked any further after so many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BulkFound)]
pub struct Found {
    pub count: i64,
    pub more: bool,
}

/// A walk through what is meant, page by page, that does not go on for ever.
#[derive(Debug, Default)]
pub struct Walk {
    pub cursor: Option<String>,
    found: usize,
    short: usize,
}

impl Walk {
    /// Whether to go on after a page with so many of at most `limit` customers.
    pub fn goes_on(&mut self, found: usize, limit: usize, next: Option<String>) -> bool {
        self.found += found;
        self.short += usize::from(next.is_some() && found < limit);
        self.cursor = next;
        self.cursor.is_some() && self.found + PAGE <= COUNTED_MOST && self.short < SHORT_PAGES_MOST
    }
}

store::columns! {
    pub struct Only {
        pub id: Id<Customer>,
    }
}

impl Selection {
    /// The question to the list, from `cursor` on, about what was there at that moment.
    pub fn question(&self, cursor: Option<&str>, at: Timestamp) -> Result<Question> {
        let filter = match (&self.filter, &self.ids) {
            (Some(Json::Array(filter)), None) => Some(json!(filter).to_string()),
            (None, None) => None,
            (None, Some(ids)) if ids.is_empty() => return Err(Error::field_invalid("ids", "required")),
            (None, Some(ids)) if ids.len() > IDS_MOST => return Err(Error::field_invalid("ids", "too_many")),
            (None, Some(_)) if self.q.is_none() => None,
            _ => return Err(Error::field_invalid("filter", "malformed")),
        };
        let searches = self.q.as_ref().is_some_and(|text| !text.trim().is_empty());
        let sort = if searches { None } else { Some("created_at") };
        let mut question = Question::parse(filter.as_deref(), sort, cursor, Some(PAGE), self.q.as_deref())?;
        question.asked.among.clone_from(&self.ids);
        question.asked.filters.push(Filter {
            field: "created_at".to_owned(),
            op: Op::Le,
            value: json!(at.to_string()),
        });
        Ok(question)
    }
}

/// How many customers of a page of at most so many are meant, and where the next one begins.
pub fn count(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::Customer>,
    selection: &Selection,
    (cursor, at, most): (Option<&str>, Timestamp, usize),
) -> Result<(i64, Option<String>)> {
    let mut question = selection.question(cursor, at)?;
    question.asked.page.limit = most;
    let List { items, next } = service::rows::<Only>(tx, grant, &question)?;
    Ok((items.len() as i64, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_ends_at_the_last_page_at_the_bound_and_where_little_is_found() {
        let page = |walk: &mut Walk, found, next: Option<&str>| walk.goes_on(found, PAGE, next.map(str::to_owned));
        let mut walk = Walk::default();
        assert!(page(&mut walk, PAGE, Some("a")) && !page(&mut walk, 3, None));
        assert_eq!(walk.cursor, None);
        let mut walk = Walk::default();
        let pages = (0..1_000).take_while(|_| page(&mut walk, PAGE, Some("a"))).count() + 1;
        assert_eq!((pages * PAGE, walk.cursor.as_deref()), (COUNTED_MOST, Some("a")));
        let mut walk = Walk::default();
        assert!(page(&mut walk, 0, Some("a")) && page(&mut walk, 1, Some("b")) && !page(&mut walk, 0, Some("c")));
        assert_eq!(walk.cursor.as_deref(), Some("c"), "there may be more");
    }
}
