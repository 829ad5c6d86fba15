use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::list::{Asked, Field, Kind, List, ListSpec};
use store::{Columns as _, Entity as _, Predicate, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{all, job, of};
use crate::kernel::permission::action::Manage;
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::audit;
use crate::platform::grant::{Grant, Principal};
use crate::platform::settings;

const TITLE_MOST: usize = 100;
const REASON_MOST: usize = 500;

store::entity! {
    #[derive(Serialize, Deserialize)]
    pub struct Item: "bin_item" {
        pub id: Uuid,
        pub kind: String,
        pub customer_id: Option<Uuid>,
        pub title: String,
        pub owner_id: Option<Uuid>,
        pub department_id: Option<Uuid>,
        pub removed_at: Timestamp,
        pub removed_by: Option<Uuid>,
        pub purge_by: Option<Uuid>,
        pub purge_reason: Option<String>,
        pub purge_job: Option<Uuid>,
    }
}

store::statements! {
    PUT = "insert into bin_item (id, kind, customer_id, title, owner_id, department_id, removed_at, removed_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing";
    TAKE_OUT = "delete from bin_item where id = $1";
    CONDEMNED = select Item where "id = $1 and purge_reason is not null";
    HELD = "select id from bin_item where id in among($1)";
    CONDEMN = "update bin_item set purge_by = $2, purge_reason = $3 where id = $1 and purge_reason is null";
    DUE = select Item where "removed_at < $1 and (removed_at > $2 or (removed_at = $2 and id > $3))
        and purge_reason is null order by removed_at, id limit $4";
    GOES_BY = "update bin_item set purge_job = $2 where id = $1";
    STRANDED = select Item where "purge_reason is not null and not exists (select 1 from job
        where job.id = bin_item.purge_job and job.state in ('queued', 'running')) order by removed_at, id limit $1";
}

const LIST: ListSpec = ListSpec {
    table: "bin_item",
    columns: Item::COLUMNS,
    fields: &[
        Field::new("removed_at", Kind::Instant).sortable(),
        Field::new("kind", Kind::Word),
        Field::new("title", Kind::Text),
        Field::new("removed_by", Kind::Id),
        Field::new("customer", Kind::Id).column("customer_id"),
    ],
    default_sort: "-removed_at",
};

/// A record that is being removed.
#[derive(Clone, Debug)]
pub struct Removed<'a> {
    pub id: Uuid,
    pub kind: &'static str,
    /// The customer that it hangs on.
    pub customer: Option<Uuid>,
    /// What people know it by.
    pub title: &'a str,
    pub owner: Option<Uuid>,
    pub department: Option<Uuid>,
}

/// Puts a record into the bin.
pub fn put(tx: &mut Tx<'_>, who: &Principal, removed: &Removed<'_>) -> Result<()> {
    let Removed { id, kind, customer, title, owner, department } = removed;
    let title: String = title.chars().take(TITLE_MOST).collect();
    tx.execute(&PUT, &[id, kind, customer, &title, owner, department, &who.now, &who.user])?;
    Ok(())
}

/// Which of these records lie in the bin: what hangs on them is kept with them.
pub fn held(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows = tx.query(&HELD, &[&store::Ids(ids)])?;
    Ok(rows.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?)
}

/// Takes out a record that is back, whichever way it came. What was let go for good does not come back: a part of it may
/// be gone already.
pub fn take_out(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    match condemned(tx, id)? {
        Some(_) => Err(Error::not_found()),
        None => forget(tx, id),
    }
}

/// A record that is to go for good, as it stands now: where it hangs may have been merged since.
pub fn condemned(tx: &mut Tx<'_>, id: Uuid) -> Result<Option<Item>> {
    Ok(Item::one(tx, &CONDEMNED, &[&id])?)
}

/// Forgets a record that is gone.
pub fn forget(tx: &mut Tx<'_>, id: Uuid) -> Result<()> {
    tx.execute(&TAKE_OUT, &[&id])?;
    Ok(())
}

/// Something in the bin, as it is listed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BinItem)]
pub struct ItemView {
    /// The id of the record itself.
    pub id: Uuid,
    #[schema(example = "customer")]
    pub kind: String,
    /// The customer that it hangs on.
    pub customer_id: Option<Uuid>,
    pub title: String,
    #[schema(value_type = String, format = DateTime)]
    pub removed_at: Timestamp,
    pub removed_by: Option<Named>,
    /// From then on it is removed for good.
    #[schema(value_type = String, format = DateTime)]
    pub kept_until: Timestamp,
}

/// What somebody may see of the bin: of each kind what its room says.
fn visible(who: &Principal) -> Predicate {
    let kinds = all().iter().map(|bin| Predicate::eq("kind", bin.kind).and((bin.visible)(who)));
    Predicate::Any(kinds.collect()).and(Predicate::IsNull("purge_reason"))
}

pub fn list(tx: &mut Tx<'_>, who: &Principal, asked: &Asked) -> Result<List<ItemView>> {
    let (rows, next) = LIST.page(tx, &visible(who), asked)?;
    let days = kept(tx)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(view(tx, Item::from_row(row)?, days)?);
    }
    Ok(List { items, next })
}

fn view(tx: &mut Tx<'_>, item: Item, days: SignedDuration) -> Result<ItemView> {
    Ok(ItemView {
        id: item.id,
        kind: item.kind,
        customer_id: item.customer_id,
        title: item.title,
        removed_at: item.removed_at,
        removed_by: item.removed_by.map(|id| names::user(tx, id)).transpose()?,
        kept_until: item.removed_at + days,
    })
}

/// For how long what was removed is kept.
fn kept(tx: &mut Tx<'_>) -> Result<SignedDuration> {
    Ok(SignedDuration::from_hours(24 * settings::get(tx)?.bin_days))
}

/// Something in the bin that somebody may see.
fn one(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<Item> {
    let asked = Asked { among: Some(vec![id]), ..Asked::default() };
    let (rows, _) = LIST.page(tx, &visible(who), &asked)?;
    let row = rows.into_iter().next().ok_or_else(Error::not_found)?;
    Ok(Item::from_row(row)?)
}

/// Brings a record back, with what hangs on it.
pub fn restore(tx: &mut Tx<'_>, who: &Arc<Principal>, id: Uuid) -> Result<()> {
    let item = one(tx, who, id)?;
    (of(&item)?.restore)(tx, who, &item)?;
    forget(tx, item.id)
}

/// Lets a record go for good before its time, with the reason. A job does it; from now on it cannot be restored.
pub fn purge(tx: &mut Tx<'_>, grant: &Grant<Manage, entity::Customer>, id: Uuid, reason: &str) -> Result<()> {
    let who = grant.principal();
    let reason = reason.trim();
    if !(2..=REASON_MOST).contains(&reason.chars().count()) {
        return Err(Error::field_invalid("reason", if reason.len() < 2 { "required" } else { "too_long" }));
    }
    let item = one(tx, who, id)?;
    if !manages(who, &item) {
        return Err(Error::forbidden());
    }
    match is_held(tx, &item)? {
        true => Err(Error::conflict("bin.held")),
        false => condemn(tx, who, &item, reason),
    }
}

fn is_held(tx: &mut Tx<'_>, item: &Item) -> Result<bool> {
    of(item)?.held.map_or(Ok(false), |held| held(tx, item))
}

/// Who may manage customers may let go what belonged to one within their reach.
fn manages(who: &Principal, item: &Item) -> bool {
    who.permissions.reach(Action::Manage, Entity::Customer).is_some_and(|reach| {
        let holds = |set: &std::collections::BTreeSet<Uuid>, id: Option<Uuid>| id.is_some_and(|id| set.contains(&id));
        reach.all || holds(&reach.owners, item.owner_id) || holds(&reach.departments, item.department_id)
    })
}

/// Decides that a record goes for good.
fn condemn(tx: &mut Tx<'_>, who: &Principal, item: &Item, reason: &str) -> Result<()> {
    if tx.execute(&CONDEMN, &[&item.id, &who.user, &reason])? == 0 {
        return Ok(());
    }
    give_to_job(tx, who, item)?;
    let told = json!({ "removed_at": item.removed_at, "reason": reason });
    audit::record(tx, who, "purge", of(item)?.entity, item.id, item.customer_id, told)
}

fn give_to_job(tx: &mut Tx<'_>, who: &Principal, item: &Item) -> Result<()> {
    let job = job::enqueue(tx, who, item.id)?;
    tx.execute(&GOES_BY, &[&item.id, &job])?;
    Ok(())
}

/// Asks again for what was decided on and is still there though no job works on it; how many there were.
pub fn ask_again(tx: &mut Tx<'_>, who: &Principal, most: i64) -> Result<usize> {
    let stranded = Item::all(tx, &STRANDED, &[&most])?;
    stranded.iter().try_for_each(|item| give_to_job(tx, who, item))?;
    Ok(stranded.len())
}

/// Where looking at what is due has come to.
pub type Reached = (Timestamp, Uuid);

/// Decides on what has been kept for its time, from `after` on. What is held stays, and is looked at again next time.
pub fn condemn_due(tx: &mut Tx<'_>, who: &Principal, after: Reached, most: i64) -> Result<(usize, Option<Reached>)> {
    let before = who.now - kept(tx)?;
    let due = Item::all(tx, &DUE, &[&before, &after.0, &after.1, &most])?;
    let mut condemned = 0;
    for item in &due {
        if !is_held(tx, item)? {
            condemn(tx, who, item, "expired")?;
            condemned += 1;
        }
    }
    let reached = due.last().filter(|_| due.len() as i64 == most).map(|last| (last.removed_at, last.id));
    Ok((condemned, reached))
}
