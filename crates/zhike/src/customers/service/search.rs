use store::list::{Asked, Field, Kind, ListSpec, Page};
use store::{Predicate, Tx};
use uuid::Uuid;

use super::lists::padded;
use super::plan;
use crate::customers::model::Customer;
use crate::customers::reach;
use crate::kernel::{Action, Entity, Principal, Result};

/// Ids only.
pub(super) const IDS: ListSpec = ListSpec {
    table: <Customer as store::Entity>::TABLE,
    columns: &["id"],
    fields: &[Field::new("created_at", Kind::Instant).sortable()],
    default_sort: "created_at",
};

store::statements! {
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
pub(super) fn among(tx: &mut Tx<'_>, scope: &Predicate, ids: Vec<Uuid>) -> Result<Vec<Uuid>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let page = Page { limit: ids.len(), after: None };
    let asked = Asked { among: Some(padded(ids)), page, ..Asked::default() };
    let (rows, _) = IDS.page(tx, &plan::checked_only(scope.clone()), &asked)?;
    rows.iter().map(|row| Ok(row.get(0)?)).collect()
}

/// How many customers there are, to be compared with the search index.
pub fn records(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.query_one(&COUNT, &[])?.get(0)?)
}
