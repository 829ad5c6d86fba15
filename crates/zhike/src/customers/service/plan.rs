//! How a list reads what its asker reaches. The permission is the same whichever way is taken; only the cost differs:
//! a salesperson's few customers are found by owner, while the customers of half the company are read in the order of
//! the list and filtered, since sorting them all for one page would take a thousand times as long.

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use store::list::{Asked, Page};
use store::{Ids, Predicate, Tx, Value};
use uuid::Uuid;

use super::search::IDS;
use crate::kernel::Result;
use crate::platform::grant::Principal;

/// Fewer customers than this are sorted faster than they are met by chance in a walk through all.
const MANY: i64 = 4_000;
const FRESH: Duration = Duration::from_secs(30);
const REMEMBERED_MOST: usize = 10_000;

store::statements! {
    COUNT = "select count(*) from (select 1 from customer where department_id in among($1) limit $2) c";
}

/// Whether somebody reaches many customers, as counted a moment ago. Only speed depends on it.
static COUNTED: LazyLock<RwLock<HashMap<Uuid, (bool, Instant)>>> = LazyLock::new(RwLock::default);

/// The same permission, written so that the database reads it the fast way.
pub fn planned(tx: &mut Tx<'_>, who: &Principal, scope: Predicate) -> Result<Predicate> {
    let Predicate::Both(parts) = scope else { return Ok(scope) };
    let parts = parts.into_iter().map(|part| match part {
        Predicate::Any(any) => alternatives(tx, who, any),
        other => Ok(other),
    });
    Ok(Predicate::Both(parts.collect::<Result<_>>()?))
}

fn alternatives(tx: &mut Tx<'_>, who: &Principal, mut any: Vec<Predicate>) -> Result<Predicate> {
    let mut without = Vec::new();
    for (at, part) in any.iter().enumerate() {
        if matches!(part, Predicate::Shared { .. }) && is_empty(tx, part)? {
            without.push(at);
        }
    }
    for at in without.into_iter().rev() {
        any.remove(at);
    }
    if any.len() == 1 && matches!(any[0], Predicate::Eq(..)) {
        return Ok(any.remove(0));
    }
    if reaches_many(tx, who, &any)? {
        any.push(of_no_kind());
    }
    Ok(Predicate::Any(any))
}

/// Whether a planned permission is read in the order of the list rather than gathered from the few rows it reaches.
pub fn reads_all(scope: &Predicate) -> bool {
    match scope {
        Predicate::Both(parts) => parts.iter().all(reads_all),
        Predicate::Any(any) => any.contains(&of_no_kind()),
        Predicate::Eq("owner_id" | "department_id", _) | Predicate::In("owner_id" | "department_id", _) => false,
        _ => true,
    }
}

/// No customer is of no kind. Since no index leads to this alternative, SQLite does not gather what the other
/// alternatives lead to, and takes the index that the rest of the question calls for.
fn of_no_kind() -> Predicate {
    Predicate::Eq("kind", Value::Text(String::new()))
}

/// The same permission for rows that are named by id already: it is checked on each and leads to none.
pub fn checked_only(scope: Predicate) -> Predicate {
    let Predicate::Both(parts) = scope else { return scope };
    let parts = parts.into_iter().map(|part| match part {
        Predicate::Any(mut any) => {
            any.push(of_no_kind());
            Predicate::Any(any)
        }
        other => other,
    });
    Predicate::Both(parts.collect())
}

fn is_empty(tx: &mut Tx<'_>, part: &Predicate) -> Result<bool> {
    let one = Asked { page: Page { limit: 1, after: None }, ..Asked::default() };
    Ok(IDS.page(tx, part, &one)?.0.is_empty())
}

fn reaches_many(tx: &mut Tx<'_>, who: &Principal, any: &[Predicate]) -> Result<bool> {
    let departments = any.iter().find_map(|part| match part {
        Predicate::In("department_id", values) => Some(values),
        _ => None,
    });
    let Some(departments) = departments else { return Ok(false) };
    let user = who.user.uuid();
    let known = COUNTED.read().unwrap_or_else(PoisonError::into_inner).get(&user).copied();
    if let Some((many, _)) = known.filter(|(_, at)| at.elapsed() < FRESH) {
        return Ok(many);
    }
    let ids: Vec<Uuid> =
        departments.iter().filter_map(|id| if let Value::Uuid(id) = id { Some(*id) } else { None }).collect();
    let counted: i64 = tx.query_one(&COUNT, &[&Ids(&ids), &MANY])?.get(0)?;
    let mut known = COUNTED.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= REMEMBERED_MOST {
        known.clear();
    }
    known.insert(user, (counted >= MANY, Instant::now()));
    Ok(counted >= MANY)
}
