use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use calendar::{HolidayTable, LunarDate, WorkCalendar, festivals_on};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{ATTACHMENT_MIB_MOST, CALENDAR_CHANGED, HolidayYear, Row, Settings, THE_ROW};
use crate::kernel::permission::action::Update;
use crate::kernel::permission::entity::Setting;
use crate::kernel::{Entity, Error, Fact, Result};
use crate::platform::access::epoch;
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Principal};
use crate::platform::{outbox, scan};

const NAME_MOST: usize = 200;
const TABLE_MOST: usize = 64 * 1024;
const DAYS_MOST: i64 = 400;
const BIN_DAYS_MOST: i64 = 3_650;
/// Also what a role may say.
pub const EXPORT_ROWS_MOST: i64 = 10_000_000;
/// Calendars kept: the present one, and a few that a running request still holds to.
const KEPT_MOST: usize = 32;

store::statements! {
    STAMP = "select calendar_stamp from setting where id = $1";
    RESTAMP = "update setting set calendar_stamp = $2 where id = $1";
    YEARS = select HolidayYear where "1 = 1 order by year";
}

/// Calendars by their stamp. A stamp is never used twice, so nothing here can be out of date.
static BUILT: LazyLock<RwLock<HashMap<Uuid, Arc<WorkCalendar>>>> = LazyLock::new(RwLock::default);

/// The settings; before the set-up, what a Chinese office would have.
pub fn get(tx: &mut Tx<'_>) -> Result<Settings> {
    match Row::find(tx, THE_ROW)? {
        Some(row) => Settings::of(row),
        None => Ok(Settings::initial("", "Asia/Shanghai")),
    }
}

/// Writes the first settings; part of the set-up, which has its own proof of who may.
pub fn initialise(tx: &mut Tx<'_>, company: &str, time_zone: &str, now: Timestamp) -> Result<()> {
    let settings = Settings { version: 1, ..Settings::initial(company.trim(), time_zone) };
    check(tx, &settings)?;
    Ok(settings.row(Uuid::now_v7(), now)?.insert(tx)?)
}

/// Changes the settings from the version that the asker has seen.
pub fn update(tx: &mut Tx<'_>, grant: &Grant<Update, Setting>, version: i64, mut new: Settings) -> Result<Settings> {
    let row = Row::get(tx, THE_ROW)?;
    let (stamp, old) = (row.calendar_stamp, Settings::of(row)?);
    new.company = new.company.trim().to_owned();
    new.version = version;
    check(tx, &new)?;
    let recalculate = new.spec() != old.spec();
    let stamp = if recalculate { Uuid::now_v7() } else { stamp };
    new.row(stamp, grant.now())?.update(tx)?;
    if recalculate {
        // Another zone has another day, and for a day people may stand in for others.
        epoch::bump(tx)?;
        announce(tx, grant.principal())?;
    }
    let mut changes = Changes::new();
    changes.field("company", &old.company, &new.company).field("time_zone", &old.time_zone, &new.time_zone);
    changes.field("working_week", &old.working_week, &new.working_week).field("national", &old.national, &new.national);
    changes.field("overrides", &old.overrides, &new.overrides).field("bin_days", &old.bin_days, &new.bin_days);
    changes.field("export_rows", &old.export_rows, &new.export_rows);
    changes.field("attachments", &old.attachments, &new.attachments);
    audit::record(tx, grant.principal(), "update", Entity::Setting, Uuid::nil(), None, changes)?;
    get(tx)
}

fn check(tx: &mut Tx<'_>, settings: &Settings) -> Result<()> {
    let length = settings.company.chars().count();
    if length == 0 || length > NAME_MOST {
        return Err(Error::field_invalid("company", if length == 0 { "required" } else { "too_long" }));
    }
    if !(1..=BIN_DAYS_MOST).contains(&settings.bin_days) {
        return Err(Error::field_invalid("bin_days", "number.out_of_range"));
    }
    if !(0..=EXPORT_ROWS_MOST).contains(&settings.export_rows) {
        return Err(Error::field_invalid("export_rows", "number.out_of_range"));
    }
    let attachments = &settings.attachments;
    if !(1..=ATTACHMENT_MIB_MOST).contains(&attachments.most_mib) {
        return Err(Error::field_invalid("attachments.most_mib", "number.out_of_range"));
    }
    if attachments.scanner.as_ref().is_some_and(|address| !scan::is_address(address)) {
        return Err(Error::field_invalid("attachments.scanner", "invalid"));
    }
    build(tx, settings).map(drop)
}

/// Adds a year's holidays, or replaces those of that year.
pub fn add_table(tx: &mut Tx<'_>, grant: &Grant<Update, Setting>, content: &str) -> Result<i64> {
    if content.len() > TABLE_MOST {
        return Err(Error::new(413, "calendar.table_too_large"));
    }
    let refused = |error: calendar::TableError| Error::invalid(error.code()).detail(error.to_string());
    HolidayTable::default().with_year(content).map_err(refused)?;
    let year = serde_json::from_str::<Value>(content)?["year"].as_i64().unwrap_or_default();
    let uploaded =
        HolidayYear { year, content: content.to_owned(), uploaded_by: grant.user().uuid(), uploaded_at: grant.now() };
    match HolidayYear::find(tx, year)? {
        Some(_) => uploaded.update(tx)?,
        None => uploaded.insert(tx)?,
    }
    tx.execute(&RESTAMP, &[&THE_ROW, &Uuid::now_v7()])?;
    announce(tx, grant.principal())?;
    audit::record(
        tx,
        grant.principal(),
        "upload_holidays",
        Entity::Setting,
        Uuid::nil(),
        None,
        json!({ "year": year }),
    )?;
    Ok(year)
}

fn announce(tx: &mut Tx<'_>, who: &Principal) -> Result<()> {
    let fact = Fact {
        id: Uuid::now_v7(),
        kind: CALENDAR_CHANGED.to_owned(),
        subject: Uuid::nil(),
        customer: None,
        at: who.now,
        recorded_at: who.now,
        actor: Some(who.user.uuid()),
        attributes: Map::new(),
    };
    outbox::publish(tx, who, &fact)
}

/// The company's working time as of this transaction. Cheap: one look at a stamp, unless it changed.
pub fn calendar(tx: &mut Tx<'_>) -> Result<Arc<WorkCalendar>> {
    let stamp = match tx.query_opt(&STAMP, &[&THE_ROW])? {
        Some(row) => row.get(0)?,
        None => Uuid::nil(),
    };
    if let Some(built) = BUILT.read().unwrap_or_else(PoisonError::into_inner).get(&stamp) {
        return Ok(Arc::clone(built));
    }
    let settings = get(tx)?;
    let built = Arc::new(build(tx, &settings)?);
    let mut kept = BUILT.write().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= KEPT_MOST {
        kept.clear();
    }
    kept.insert(stamp, Arc::clone(&built));
    Ok(built)
}

fn build(tx: &mut Tx<'_>, settings: &Settings) -> Result<WorkCalendar> {
    let table = table(tx)?;
    WorkCalendar::from_spec(&settings.spec(), &table)
        .map_err(|error| Error::invalid(error.code()).detail(error.to_string()))
}

/// China's holidays as the program knows them, with the uploaded years.
fn table(tx: &mut Tx<'_>) -> Result<HolidayTable> {
    let mut table = HolidayTable::china().clone();
    for year in HolidayYear::all(tx, &YEARS, &[])? {
        table = table.with_year(&year.content).map_err(Error::internal)?;
    }
    Ok(table)
}

/// A day as the calendar page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Day {
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    pub working: bool,
    /// The holiday that is the reason for it being off, or a make-up working day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lunar: Option<String>,
    /// Keys of festivals, such as `spring_festival`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub festival: Option<String>,
    /// The holidays of that year are not published yet.
    pub provisional: bool,
}

/// The days from `from` to `to`, both included.
pub fn days(tx: &mut Tx<'_>, from: Date, to: Date) -> Result<Vec<Day>> {
    let span = from.until(to).map(|span| i64::from(span.get_days())).unwrap_or(-1);
    if !(0..=DAYS_MOST).contains(&span) {
        return Err(Error::field_invalid("to", "out_of_range"));
    }
    let calendar = calendar(tx)?;
    let follows = get(tx)?.national.is_some();
    let table = if follows { table(tx)? } else { HolidayTable::default() };
    Ok(from.series(1.day()).take(span as usize + 1).map(|date| day(&calendar, &table, follows, date)).collect())
}

fn day(calendar: &WorkCalendar, table: &HolidayTable, follows: bool, date: Date) -> Day {
    Day {
        date,
        working: calendar.is_working_day(date),
        name: table.lookup(date).map(|holiday| holiday.name.clone()),
        lunar: LunarDate::from_solar(date).ok().map(|lunar| lunar.to_string()),
        festival: festivals_on(date).ok().and_then(|found| found.first().map(|festival| festival.key().to_owned())),
        provisional: follows && calendar.provisional(date),
    }
}
