use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use store::list::{Filter, Op};
use store::{Entity as _, Ids, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Flaw, STALE_DAYS, Setting, THE_ROW};
use crate::customers::duplicates;
use crate::kernel::permission::action::{Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Principal};
use crate::platform::settings;

store::statements! {
    NOW_OF_ALL = "select department_id, owner_id, flaw, count from quality_count where week = $1";
    NOW = "select department_id, owner_id, flaw, count from quality_count
        where week = $1 and (department_id in among($2) or owner_id in among($3))";
    WEEKS_OF_ALL = "select week, flaw, cast(sum(count) as bigint) from quality_count where week >= $1 group by week, flaw";
    WEEKS = "select week, flaw, cast(sum(count) as bigint) from quality_count
        where week >= $1 and (department_id in among($2) or owner_id in among($3)) group by week, flaw";
    FORGET_WEEK = "delete from quality_count where week = $1";
    KEEP = "insert into quality_count (week, department_id, owner_id, flaw, count) values ($1, $2, $3, $4, $5)";
    CHECKED = "insert into quality_setting (id, stale_days, checked_at) values ($1, $2, $3)
        on conflict (id) do update set checked_at = excluded.checked_at";
    SET = "insert into quality_setting (id, stale_days) values ($1, $2)
        on conflict (id) do update set stale_days = excluded.stale_days";
}

/// The column of the rows of flaws that has the order of a list, by which one flaw leads it.
pub const LEAD: &str = "created_at";

/// Weeks that the trend goes back.
const WEEKS_SHOWN: i64 = 26;
const STALE_LEAST: i64 = 7;
const STALE_MOST: i64 = 3_650;

/// How many there are, by department, owner and flaw.
pub type Tally = BTreeMap<(Uuid, Uuid, Flaw), i64>;

pub fn setting(tx: &mut Tx<'_>) -> Result<Setting> {
    let initial = Setting { id: THE_ROW, stale_days: STALE_DAYS, checked_at: None };
    Ok(Setting::find(tx, THE_ROW)?.unwrap_or(initial))
}

/// How many of each kind.
pub type Counts = BTreeMap<Flaw, i64>;

/// What is wrong with the customers of one owner.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = QualityGroup)]
pub struct Group {
    pub department: Option<Named>,
    pub owner: Option<Named>,
    #[schema(value_type = Object)]
    pub counts: Counts,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = QualityWeek)]
pub struct Week {
    /// Its Monday.
    #[schema(value_type = String, format = Date)]
    pub week: Date,
    #[schema(value_type = Object)]
    pub counts: Counts,
}

/// The board, as far as the asker's customers go; those that are only shared with them are not counted.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = QualityBoard)]
pub struct Board {
    /// What the asker may be told of, in the order of the board.
    #[schema(value_type = Vec<String>)]
    pub flaws: Vec<Flaw>,
    pub groups: Vec<Group>,
    /// The weeks so far, the earliest first; the last one is still running.
    pub weeks: Vec<Week>,
    pub stale_days: i64,
    /// When all archives were last looked at and counted.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub checked_at: Option<Timestamp>,
}

/// What a flaw tells beyond the customers that somebody sees: nobody finds out through it what is kept from them.
fn tells(who: &Principal, flaw: Flaw) -> bool {
    let reach = |entity| who.permissions.reach(Action::Read, entity);
    let contacts = || reach(Entity::Contact) == reach(Entity::Customer);
    match flaw {
        Flaw::Incomplete | Flaw::Unverified | Flaw::Stale | Flaw::NoOwner => true,
        Flaw::Duplicate => duplicates::recognises(who),
        Flaw::Bouncing => contacts() && !who.is_unseen(Entity::Contact, "email"),
        Flaw::BadPhone => contacts() && !who.is_unseen(Entity::Contact, "phone"),
        Flaw::NoSuccessor | Flaw::NoBasis => contacts(),
    }
}

/// Whether somebody may be told the answer to a filter over flaws.
pub fn is_told(who: &Principal, filter: &Filter) -> bool {
    let word = |json: &Json| json.as_str().and_then(Flaw::from_word).is_some_and(|flaw| tells(who, flaw));
    match (&filter.op, &filter.value) {
        (Op::Empty | Op::NotEmpty, _) => Flaw::ALL.iter().all(|flaw| tells(who, *flaw)),
        (_, Json::Array(words)) => words.iter().all(word),
        (_, one) => word(one),
    }
}

pub fn board(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Customer>) -> Result<Board> {
    let who = grant.principal();
    let Some(reach) = who.permissions.reach(Action::Read, Entity::Customer) else { return Err(Error::forbidden()) };
    let departments: Vec<Uuid> = reach.departments.iter().copied().collect();
    let owners: Vec<Uuid> = reach.owners.iter().copied().collect();
    let setting = setting(tx)?;
    let counted = monday(tx, setting.checked_at.unwrap_or(who.now))?;
    let since = monday(tx, who.now)?.saturating_sub(jiff::Span::new().weeks(WEEKS_SHOWN - 1));
    let (rows, weeks) = match reach.all {
        true => (tx.query(&NOW_OF_ALL, &[&counted])?, tx.query(&WEEKS_OF_ALL, &[&since])?),
        false => (
            tx.query(&NOW, &[&counted, &Ids(&departments), &Ids(&owners)])?,
            tx.query(&WEEKS, &[&since, &Ids(&departments), &Ids(&owners)])?,
        ),
    };
    let flaws: Vec<Flaw> = Flaw::ALL.iter().copied().filter(|flaw| tells(who, *flaw)).collect();
    let mut groups: BTreeMap<(Uuid, Uuid), Counts> = BTreeMap::new();
    for row in rows {
        let flaw: Flaw = row.get(2)?;
        if flaws.contains(&flaw) {
            groups.entry((row.get(0)?, row.get(1)?)).or_default().insert(flaw, row.get(3)?);
        }
    }
    let mut past: BTreeMap<Date, Counts> = BTreeMap::new();
    for row in weeks {
        let flaw: Flaw = row.get(1)?;
        if flaws.contains(&flaw) {
            past.entry(row.get(0)?).or_default().insert(flaw, row.get(2)?);
        }
    }
    Ok(Board {
        flaws,
        groups: named(tx, groups)?,
        weeks: past.into_iter().map(|(week, counts)| Week { week, counts }).collect(),
        stale_days: setting.stale_days,
        checked_at: setting.checked_at,
    })
}

fn named(tx: &mut Tx<'_>, groups: BTreeMap<(Uuid, Uuid), Counts>) -> Result<Vec<Group>> {
    let ids =
        |of: fn(&(Uuid, Uuid)) -> Uuid| -> BTreeSet<Uuid> { groups.keys().map(of).filter(|id| !id.is_nil()).collect() };
    let departments = names::departments(tx, ids(|place| place.0))?;
    let owners = names::users(tx, ids(|place| place.1))?;
    let group = |((department, owner), counts)| Group {
        department: departments.get(&department).cloned(),
        owner: owners.get(&owner).cloned(),
        counts,
    };
    Ok(groups.into_iter().map(group).collect())
}

/// The Monday of the company's week.
fn monday(tx: &mut Tx<'_>, at: Timestamp) -> Result<Date> {
    let day = settings::calendar(tx)?.date_of(at);
    Ok(day.saturating_sub(jiff::Span::new().days(i64::from(day.weekday().since(Weekday::Monday)))))
}

/// Keeps what was counted as the numbers of this week.
pub fn keep(tx: &mut Tx<'_>, tally: &Tally, now: Timestamp) -> Result<()> {
    let week = monday(tx, now)?;
    tx.execute(&FORGET_WEEK, &[&week])?;
    for ((department, owner, flaw), count) in tally {
        tx.execute(&KEEP, &[&week, department, owner, flaw, count])?;
    }
    tx.execute(&CHECKED, &[&THE_ROW, &STALE_DAYS, &now])?;
    Ok(())
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QualitySetting)]
pub struct Change {
    /// After so many days without a change or a contact an archive is stale.
    pub stale_days: i64,
}

/// Sets what counts as stale; all archives are looked at again.
pub fn set(tx: &mut Tx<'_>, grant: &Grant<Update, entity::Setting>, change: &Change) -> Result<()> {
    let who: &Principal = grant.principal();
    if !(STALE_LEAST..=STALE_MOST).contains(&change.stale_days) {
        return Err(Error::field_invalid("stale_days", "number.out_of_range"));
    }
    let before = setting(tx)?.stale_days;
    tx.execute(&SET, &[&THE_ROW, &change.stale_days])?;
    let mut changes = Changes::new();
    changes.field("stale_days", &before, &change.stale_days);
    audit::record(tx, who, "update", Entity::Setting, Uuid::nil(), None, changes)?;
    super::job::enqueue(tx, who, None)
}
