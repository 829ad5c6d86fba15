//! Names of colleagues and departments beside their ids, without a query per row. They are remembered for a moment,
//! so a list of fifty customers asks for none of them again.

use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde::Serialize;
use store::{Entity, Ids, Statement, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Department, User};
use crate::kernel::Result;
use crate::platform::grant::Principal;

/// A renamed colleague is seen by the new name after this time at most.
const FRESH: Duration = Duration::from_secs(5);
const REMEMBERED_MOST: usize = 20_000;

store::statements! {
    USERS = "select id, name from staff where id in among($1)";
    DEPARTMENTS = "select id, name from department where id in among($1)";
}

type Known = HashMap<Uuid, (String, Instant)>;
static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);

/// Somebody or something, by id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Named {
    pub id: Uuid,
    pub name: String,
}

/// A customer or a contact that another record speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NamedRecord {
    pub id: Uuid,
    /// Missing where the asker may not see the record itself.
    pub name: Option<String>,
}

impl NamedRecord {
    pub fn from_map(id: Uuid, names: &HashMap<Uuid, String>) -> Self {
        Self { id, name: names.get(&id).cloned() }
    }
}

impl Named {
    /// Whoever is acting.
    pub fn of(who: &Principal) -> Self {
        Self { id: who.user.uuid(), name: who.name.to_string() }
    }
}

/// A colleague by id.
pub fn user(tx: &mut Tx<'_>, id: Uuid) -> Result<Named> {
    named(tx, id, |tx| Ok(User::find(tx, id)?.map(|user| user.name)))
}

/// A department by id.
pub fn department(tx: &mut Tx<'_>, id: Uuid) -> Result<Named> {
    named(tx, id, |tx| Ok(Department::find(tx, id)?.map(|department| department.name)))
}

/// Many colleagues at once.
pub fn users(tx: &mut Tx<'_>, ids: BTreeSet<Uuid>) -> Result<HashMap<Uuid, Named>> {
    all(tx, &USERS, ids)
}

/// Many departments at once.
pub fn departments(tx: &mut Tx<'_>, ids: BTreeSet<Uuid>) -> Result<HashMap<Uuid, Named>> {
    all(tx, &DEPARTMENTS, ids)
}

fn all(tx: &mut Tx<'_>, statement: &'static Statement, ids: BTreeSet<Uuid>) -> Result<HashMap<Uuid, Named>> {
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let named = |row: &store::Row| Ok((row.get(0)?, Named { id: row.get(0)?, name: row.get(1)? }));
    tx.query(statement, &[&Ids(&ids)])?.iter().map(named).collect()
}

fn named(tx: &mut Tx<'_>, id: Uuid, read: impl FnOnce(&mut Tx<'_>) -> Result<Option<String>>) -> Result<Named> {
    if let Some(name) = remembered(id) {
        return Ok(Named { id, name });
    }
    // The system itself has no row.
    let name = read(tx)?.unwrap_or_default();
    // What a write reads may yet be rolled back.
    if tx.is_read_only() {
        remember(id, name.clone());
    }
    Ok(Named { id, name })
}

fn remember(id: Uuid, name: String) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= REMEMBERED_MOST {
        known.clear();
    }
    known.insert(id, (name, Instant::now()));
}

fn remembered(id: Uuid) -> Option<String> {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    known.get(&id).filter(|(_, at)| at.elapsed() < FRESH).map(|(name, _)| name.clone())
}
