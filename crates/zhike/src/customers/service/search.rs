use store::list::{Asked, Field, Kind, ListSpec, Page};
use store::{Ids, Predicate, Tx};
use uuid::Uuid;

use super::lists::padded;
use super::plan;
use crate::customers::contacts;
use crate::customers::model::Customer;
use crate::customers::reach;
use crate::kernel::{Action, Entity, Result};
use crate::platform::grant::Principal;
use crate::platform::search::Names;

/// Ids only.
pub(super) const IDS: ListSpec = ListSpec {
    table: <Customer as store::Entity>::TABLE,
    columns: &["id"],
    fields: &[Field::new("created_at", Kind::Instant).sortable()],
    default_sort: "created_at",
};

store::statements! {
    SHORT_NAMES = "select id, short_name from customer where id in among($1) and short_name is not null";
    COUNT = "select count(*) from customer where removed_at is null";
}

/// Which of these customers somebody may see.
pub fn readable(tx: &mut Tx<'_>, who: &Principal, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    among(tx, &reach::predicate(who, Action::Read, Entity::Customer), ids.to_vec())
}

/// Of which of these customers, which somebody may see, they may also see the children of that kind.
pub fn with_readable(tx: &mut Tx<'_>, who: &Principal, children: Entity, visible: &[Uuid]) -> Result<Vec<Uuid>> {
    let scope = reach::predicate(who, Action::Read, children);
    match scope == reach::predicate(who, Action::Read, Entity::Customer) {
        true => Ok(visible.to_vec()),
        false => among(tx, &scope, visible.to_vec()),
    }
}

/// Which of these customers are within a scope.
pub(in crate::customers) fn among(tx: &mut Tx<'_>, scope: &Predicate, ids: Vec<Uuid>) -> Result<Vec<Uuid>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let page = Page { limit: ids.len(), after: None };
    let asked = Asked { among: Some(padded(ids)), page, ..Asked::default() };
    let (rows, _) = IDS.page(tx, &plan::checked_only(scope.clone()), &asked)?;
    rows.iter().map(|row| Ok(row.get(0)?)).collect()
}

/// What these customers, which somebody may see, are called for short.
pub fn short_names(tx: &mut Tx<'_>, visible: &[Uuid]) -> Result<Names> {
    let rows = tx.query(&SHORT_NAMES, &[&Ids(visible)])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The contacts of these customers, which somebody may see, by name.
pub fn people(tx: &mut Tx<'_>, who: &Principal, visible: &[Uuid]) -> Result<Names> {
    let with_people = with_readable(tx, who, Entity::Contact, visible)?;
    let people = contacts::of_customers(tx, &with_people)?;
    Ok(people.into_iter().map(|person| (person.customer, person.name)).collect())
}

/// How many customers there are, to be compared with the search index.
pub fn records(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.query_one(&COUNT, &[])?.get(0)?)
}
