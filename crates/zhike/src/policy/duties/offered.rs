//! What contact work shows of duties: a person's day, and a manager's team. The caller has decided whose duties may be
//! shown.

use std::collections::BTreeMap;

use calendar::{Period, PeriodKind};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::view::{Known, subject_kind, what};
use crate::kernel::Result;
use crate::platform::grant::Principal;
use crate::policy::book::{self, Entry};
use crate::policy::codec::read_progress;
use crate::policy::model::{DutyRow, NOBODY};
use crate::policy::rules::compliance::percent;

/// The engine is never further behind than this in telling that a deadline has passed.
const BEHIND: SignedDuration = SignedDuration::from_hours(24);

store::statements! {
    LATE_ABOUT = "select 1 from duty where customer_id = $1 and subject_id = $2 and state = 'late' limit 1";
    /// What may be acted on by then, the most urgent first. What is live has its deadline ahead of it, or just passed …
    OPEN = select DutyRow where "owner_id = $1 and due_at > $4 and live and state not in ('paused', 'missed')
        and opens_at <= $2 and act_at < $3 order by act_at, id limit $5";
    /// … or is a clock that ran out, there until it is stopped; a small index has those.
    RAN_OUT = select DutyRow where "owner_id = $1 and live and state = 'missed' order by act_at, id limit $2";
    /// By rule: all, those past their deadline, and those whose proposed day has passed though their deadline has not.
    OPEN_COUNT = "select policy_version, rule, count(*),
        cast(sum(case when due_at <= $2 then 1 else 0 end) as bigint),
        cast(sum(case when due_at > $2 and act_at < $4 and state <> 'paused' then 1 else 0 end) as bigint) from duty
        where owner_id = $1 and due_at > $3 and live and state <> 'missed' and opens_at <= $2
        group by policy_version, rule";
    RAN_OUT_COUNT = "select count(*) from duty where owner_id = $1 and live and state = 'missed'";
    DONE = "select count(*) from duty where owner_id = $1 and met_at >= $2 and met_at < $3";
    RATE = "select cast(coalesce(sum(met), 0) as bigint), cast(coalesce(sum(met + late + missed), 0) as bigint)
        from duty_tally where owner_id = $1 and day >= $2 and day < $3";
    TALLY = "select owner_id, department_id, day, cast(sum(met) as bigint), cast(sum(late) as bigint),
        cast(sum(missed) as bigint) from duty_tally where day >= $1 and day <= $2 group by owner_id, department_id, day";
    TALLY_OF_OWNER = "select owner_id, department_id, day, cast(sum(met) as bigint), cast(sum(late) as bigint),
        cast(sum(missed) as bigint) from duty_tally where owner_id = $3 and day >= $1 and day <= $2
        group by owner_id, department_id, day";
    /// Whatever is open and has a deadline has it today or later.
    RUNNING = "select owner_id, department_id, cast(sum(open) as bigint) from duty_tally where day >= $1
        group by owner_id, department_id";
    RUNNING_OF_OWNER = "select owner_id, department_id, cast(sum(open) as bigint) from duty_tally
        where owner_id = $2 and day >= $1 group by owner_id, department_id";
    RUNNING_BETWEEN = "select owner_id, department_id, cast(sum(open) as bigint) from duty_tally
        where day >= $1 and day < $2 group by owner_id, department_id";
    /// Answered by a small index of its own.
    OVERDUE = "select owner_id, department_id, count(*) from duty where live and state = 'missed'
        group by owner_id, department_id";
    OVERDUE_OF_OWNER = "select owner_id, department_id, count(*) from duty where live and state = 'missed' and owner_id = $1
        group by owner_id, department_id";
}

/// A duty with what a person needs to act on it.
#[derive(Clone, Debug, PartialEq)]
pub struct DutyCard {
    pub id: Uuid,
    pub clause: String,
    pub rule: String,
    pub what_key: String,
    pub what_params: Value,
    pub customer: Option<Uuid>,
    pub subject_id: Uuid,
    pub subject_kind: String,
    pub owner: Uuid,
    pub opens_at: Timestamp,
    pub due_at: Option<Timestamp>,
    pub act_at: Option<Timestamp>,
    /// It runs until it is stopped, so no day is proposed for it that could pass.
    pub is_clock: bool,
    pub state: String,
    pub version: i64,
}

/// The open duties of these people that should be acted on before `until`, the most urgent of each first.
pub fn open_duties(
    tx: &mut Tx<'_>,
    who: &Principal,
    owners: &[Uuid],
    (until, limit): (Timestamp, usize),
) -> Result<Vec<DutyCard>> {
    let mut rows = Vec::new();
    for owner in owners {
        rows.extend(DutyRow::all(tx, &RAN_OUT, &[owner, &(limit as i64)])?);
        rows.extend(DutyRow::all(tx, &OPEN, &[owner, &who.now, &until, &(who.now - BEHIND), &(limit as i64)])?);
    }
    let known = Known::of_rules(tx, &rows)?;
    rows.iter().map(|row| card(&known, row)).collect()
}

fn card(known: &Known, row: &DutyRow) -> Result<DutyCard> {
    let entry = known.entry(row).map(AsRef::as_ref);
    let what = what(row, entry, &read_progress(row)?);
    Ok(DutyCard {
        id: row.id,
        clause: row.clause.clone(),
        rule: row.rule.clone(),
        what_key: what.key,
        what_params: what.params,
        customer: Some(row.customer_id).filter(|customer| *customer != NOBODY),
        subject_id: row.subject_id,
        subject_kind: subject_kind(entry),
        owner: row.owner_id.unwrap_or_default(),
        opens_at: row.opens_at,
        due_at: row.due_at,
        act_at: row.act_at,
        is_clock: entry.is_some_and(Entry::is_clock),
        state: row.state.word().to_owned(),
        version: row.version,
    })
}

/// Whether something that had to be done about this, as the regulations in force ask, was done too late.
pub fn is_late(tx: &mut Tx<'_>, customer: Uuid, subject: Uuid) -> Result<bool> {
    Ok(tx.query_opt(&LATE_ABOUT, &[&customer, &subject])?.is_some())
}

/// How a person stands today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open by now, overdue ones included.
    pub open: i64,
    /// Past their deadline.
    pub overdue: i64,
    /// Past the day proposed for them, though not past their deadline.
    pub slipped: i64,
    /// Met between the two instants.
    pub done: i64,
}

/// Counts of one person; `done` of the day `[from, to)`.
pub fn counts(tx: &mut Tx<'_>, owner: Uuid, now: Timestamp, (from, to): (Timestamp, Timestamp)) -> Result<Counts> {
    let ran_out: i64 = tx.query_one(&RAN_OUT_COUNT, &[&owner])?.get(0)?;
    let done = tx.query_one(&DONE, &[&owner, &from, &to])?.get(0)?;
    let mut counts = Counts { open: ran_out, overdue: ran_out, slipped: 0, done };
    for row in tx.query(&OPEN_COUNT, &[&owner, &now, &(now - BEHIND), &from])? {
        let (version, rule): (Uuid, String) = (row.get(0)?, row.get(1)?);
        let is_clock = book::edition(tx, version)?.entry(&rule).is_some_and(|entry| entry.is_clock());
        counts.open += row.get::<i64>(2)?;
        counts.overdue += row.get::<i64>(3)?;
        counts.slipped += if is_clock { 0 } else { row.get::<i64>(4)? };
    }
    Ok(counts)
}

/// The share of a person's judged duties that were met in time, in percent with one decimal, of the last `months` months,
/// this month last; nothing where none was judged.
pub fn month_rates(tx: &mut Tx<'_>, owner: Uuid, today: Date, months: usize) -> Result<Vec<Option<f64>>> {
    let mut rates = Vec::with_capacity(months);
    let mut month = Period::containing(PeriodKind::Month, today);
    for _ in 0..months {
        let row = tx.query_one(&RATE, &[&owner, &month.start, &month.end])?;
        rates.push(percent(row.get(0)?, row.get(1)?));
        month = month.previous();
    }
    rates.reverse();
    Ok(rates)
}

/// Whose duties a manager looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reached {
    All,
    Departments(Vec<Uuid>),
    Own(Uuid),
}

/// The duties of one person: now those with their deadline ahead (`open`) and those that ran out and are still owed
/// (`overdue`), and how those ended that were due in the span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonCounts {
    pub id: Uuid,
    pub open: i64,
    pub overdue: i64,
    pub met: i64,
    pub late: i64,
    pub missed: i64,
}

/// How many duties due on a day were late or missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heat {
    pub date: Date,
    pub late: i64,
    pub missed: i64,
}

/// The team's duties that were due from `from` to `to`, both included, and the days on which it went wrong; with what is
/// open `today`. Read from the tally.
pub fn team(
    tx: &mut Tx<'_>,
    reached: &Reached,
    today: Date,
    (from, to): (Date, Date),
) -> Result<(Vec<PersonCounts>, Vec<Heat>)> {
    let mut team = Team { reached, people: BTreeMap::new(), days: BTreeMap::new() };
    let (ended, running, overdue) = match reached {
        Reached::Own(owner) => (
            tx.query(&TALLY_OF_OWNER, &[&from, &to, owner])?,
            tx.query(&RUNNING_OF_OWNER, &[&today, owner])?,
            tx.query(&OVERDUE_OF_OWNER, &[owner])?,
        ),
        Reached::All | Reached::Departments(_) => {
            (tx.query(&TALLY, &[&from, &to])?, tx.query(&RUNNING, &[&today])?, tx.query(&OVERDUE, &[])?)
        }
    };
    ended.iter().try_for_each(|row| team.ended(row))?;
    for row in &running {
        if let Some(person) = team.person(row)? {
            person.open += row.get::<i64>(2)?;
        }
    }
    for row in &overdue {
        if let Some(person) = team.person(row)? {
            person.overdue += row.get::<i64>(2)?;
        }
    }
    Ok(team.finished())
}

/// What the reached people have let pass, and what they still have open that is due in `[from, until)`.
pub fn team_open(tx: &mut Tx<'_>, reached: &Reached, (from, until): (Date, Date)) -> Result<(i64, i64)> {
    let overdue = tx.query(&OVERDUE, &[])?;
    let due = tx.query(&RUNNING_BETWEEN, &[&from, &until])?;
    let mut team = Team { reached, people: BTreeMap::new(), days: BTreeMap::new() };
    let mut sum = |rows: &[store::Row]| -> Result<i64> {
        let mut sum = 0;
        for row in rows {
            sum += team.person(row)?.map_or(Ok(0), |_| row.get::<i64>(2))?;
        }
        Ok(sum)
    };
    Ok((sum(&overdue)?, sum(&due)?))
}

/// Whether a rule that makes duties is in force.
pub fn any_rule_in_force(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(!book::load(tx)?.is_empty())
}

struct Team<'a> {
    reached: &'a Reached,
    people: BTreeMap<Uuid, PersonCounts>,
    days: BTreeMap<Date, (i64, i64)>,
}

impl Team<'_> {
    /// The person of a row that begins with owner and department, if the asker reaches them.
    fn person(&mut self, row: &store::Row) -> Result<Option<&mut PersonCounts>> {
        let (owner, department): (Option<Uuid>, Option<Uuid>) = (row.get(0)?, row.get(1)?);
        let reached = match self.reached {
            Reached::Departments(departments) => department.is_some_and(|id| departments.contains(&id)),
            Reached::All | Reached::Own(_) => true,
        };
        let Some(id) = owner.filter(|owner| reached && !owner.is_nil()) else { return Ok(None) };
        Ok(Some(self.people.entry(id).or_insert_with(|| PersonCounts { id, ..PersonCounts::default() })))
    }

    fn ended(&mut self, row: &store::Row) -> Result<()> {
        let (day, met): (Date, i64) = (row.get(2)?, row.get(3)?);
        let (late, missed): (i64, i64) = (row.get(4)?, row.get(5)?);
        let Some(person) = self.person(row)? else { return Ok(()) };
        person.met += met;
        person.late += late;
        person.missed += missed;
        let heat = self.days.entry(day).or_default();
        *heat = (heat.0 + late, heat.1 + missed);
        Ok(())
    }

    fn finished(self) -> (Vec<PersonCounts>, Vec<Heat>) {
        let idle = PersonCounts::default();
        let busy = |person: &PersonCounts| PersonCounts { id: idle.id, ..person.clone() } != idle;
        let people = self.people.into_values().filter(busy).collect();
        let hot = self.days.into_iter().filter(|(_, (late, missed))| late + missed > 0);
        (people, hot.map(|(date, (late, missed))| Heat { date, late, missed }).collect())
    }
}
