//! The rules in force, ready to be asked. What a version says never changes once it is in force, so it is read once and
//! kept under its id; so are the periods of its rules, which cost calendar arithmetic.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, RwLock};

use calendar::WorkCalendar;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::definition::{Policy, Rule, Selector, Shape};
use super::model::{EFFECTIVE, PolicyVersion, RULES_SINCE};
use super::rules::facts::{self, CONTACT_WITHDRAWN, MEASURED};
use super::rules::window::windows;
use super::rules::{Calendars, Frame, RuleError};
use crate::kernel::{Error, Result};
use crate::platform::settings;

/// A period is planned this long before it begins, so that its duties are there when it does.
pub const AHEAD: SignedDuration = SignedDuration::from_hours(2);
const EDITIONS_MOST: usize = 200;
const BOOKS_MOST: usize = 32;
const FRAMES_MOST: usize = 400;

/// A rule with what it belongs to.
#[derive(Debug)]
pub struct Entry {
    pub policy: String,
    pub version: Uuid,
    pub clause: String,
    pub rule: Rule,
    /// Since when the company has had this rule.
    pub since: Timestamp,
    /// The facts it reads.
    pub kinds: BTreeSet<String>,
}

impl Entry {
    pub fn is_clock(&self) -> bool {
        matches!(self.rule.shape, Shape::Within(_))
    }
}

/// One version of a policy that is or was in force.
#[derive(Debug)]
pub struct Edition {
    pub id: Uuid,
    pub policy: Policy,
    pub number: i64,
    /// Since when it has been in force.
    pub since: Timestamp,
    pub entries: Vec<Arc<Entry>>,
}

impl Edition {
    pub fn entry(&self, rule: &str) -> Option<&Arc<Entry>> {
        self.entries.iter().find(|entry| entry.rule.key == rule)
    }
}

/// Everything in force at the moment, and the calendar that it runs by.
pub struct Book {
    pub editions: Vec<Arc<Edition>>,
    pub entries: Vec<Arc<Entry>>,
    pub calendars: Calendars,
    frames: Mutex<Frames>,
}

/// By the number of the rule and the day.
type Frames = HashMap<(usize, Date), Arc<Vec<Frame>>>;
/// By the versions in force and the calendar, which a book holds on to, so that its address is its own.
type Books = HashMap<(Vec<Uuid>, usize), Arc<Book>>;

static EDITIONS: LazyLock<RwLock<HashMap<Uuid, Arc<Edition>>>> = LazyLock::new(RwLock::default);
static BOOKS: LazyLock<RwLock<Books>> = LazyLock::new(RwLock::default);

/// The book as of this transaction: two small queries, unless something changed.
pub fn load(tx: &mut Tx<'_>) -> Result<Arc<Book>> {
    let ids = tx.query(&EFFECTIVE, &[])?.iter().map(|row| row.get(0)).collect::<store::Result<Vec<Uuid>>>()?;
    let calendar = settings::calendar(tx)?;
    let key = (ids, Arc::as_ptr(&calendar).addr());
    if let Some(book) = BOOKS.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Ok(Arc::clone(book));
    }
    let editions = key.0.iter().map(|id| edition(tx, *id)).collect::<Result<Vec<_>>>()?;
    let book = Arc::new(Book::new(editions, calendar));
    let mut books = BOOKS.write().unwrap_or_else(PoisonError::into_inner);
    if books.len() >= BOOKS_MOST {
        books.clear();
    }
    books.insert(key, Arc::clone(&book));
    Ok(book)
}

/// A version that is or was in force.
pub fn edition(tx: &mut Tx<'_>, id: Uuid) -> Result<Arc<Edition>> {
    if let Some(edition) = EDITIONS.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return Ok(Arc::clone(edition));
    }
    let edition = Arc::new(read(tx, id)?);
    let mut editions = EDITIONS.write().unwrap_or_else(PoisonError::into_inner);
    if editions.len() >= EDITIONS_MOST {
        editions.clear();
    }
    editions.insert(id, Arc::clone(&edition));
    Ok(edition)
}

/// A version alone, as if it came into force at that instant; and whose version it is. It may still change, so it is not
/// kept.
pub fn as_if(tx: &mut Tx<'_>, id: Uuid, at: Timestamp) -> Result<(String, Arc<Book>)> {
    let row = PolicyVersion { effective_at: Some(at), ..PolicyVersion::get(tx, id)? };
    let (policy, edition) = (row.policy.clone(), as_written(tx, &row)?);
    Ok((policy, Arc::new(Book::new(vec![Arc::new(edition)], settings::calendar(tx)?))))
}

fn read(tx: &mut Tx<'_>, id: Uuid) -> Result<Edition> {
    let row = PolicyVersion::get(tx, id)?;
    as_written(tx, &row)
}

fn as_written(tx: &mut Tx<'_>, row: &PolicyVersion) -> Result<Edition> {
    let id = row.id;
    let policy = Policy::from_json(&row.definition).map_err(Error::internal)?;
    let rows = tx.query(&RULES_SINCE, &[&row.policy])?;
    let since =
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<HashMap<String, Timestamp>>>()?;
    let started = row.effective_at.unwrap_or(row.created_at);
    let entry = |(clause, rule): (&super::definition::Clause, &Rule)| {
        Arc::new(Entry {
            policy: policy.key.clone(),
            version: id,
            clause: clause.id.clone(),
            since: since.get(&rule.key).copied().unwrap_or(started),
            kinds: kinds(rule),
            rule: rule.clone(),
        })
    };
    let entries = policy.rules().map(entry).collect();
    Ok(Edition { id, number: row.number, since: started, entries, policy })
}

/// The kinds of fact that a rule reads, with those that tell of what it is about.
fn kinds(rule: &Rule) -> BTreeSet<String> {
    let telling = facts::telling(&rule.subject).iter().map(ToString::to_string);
    kinds_of_shape(&rule.shape).into_iter().chain(telling).collect()
}

fn kinds_of_shape(shape: &Shape) -> BTreeSet<String> {
    let of = |lists: Vec<&[Selector]>| -> BTreeSet<String> {
        lists.into_iter().flatten().map(|selector| selector.fact.clone()).collect()
    };
    match shape {
        Shape::Within(within) => {
            let pauses = within.pause_while.iter().flat_map(|pause| [pause.from.as_slice(), pause.until.as_slice()]);
            of([within.start.as_slice(), &within.stop, &within.cancel].into_iter().chain(pauses).collect())
        }
        Shape::Every(every) => with_withdrawal(of(vec![&every.facts])),
        Shape::Quota(quota) => with_withdrawal(of(quota.need.iter().map(|need| need.counts.as_slice()).collect())),
        Shape::Target(_) => BTreeSet::from([MEASURED.to_owned()]),
    }
}

/// What counts an interaction must hear of its withdrawal.
fn with_withdrawal(mut kinds: BTreeSet<String>) -> BTreeSet<String> {
    if facts::WITHDRAWABLE.iter().any(|kind| kinds.contains(*kind)) {
        kinds.insert(CONTACT_WITHDRAWN.to_owned());
    }
    kinds
}

impl Book {
    fn new(editions: Vec<Arc<Edition>>, calendar: Arc<WorkCalendar>) -> Self {
        let entries = editions.iter().flat_map(|edition| edition.entries.iter().map(Arc::clone)).collect();
        Self { editions, entries, calendars: Calendars::new(calendar), frames: Mutex::default() }
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The periods of rule number `index` that share time with `date` or the day after it.
    pub fn frames(&self, index: usize, date: Date) -> Result<Arc<Vec<Frame>>> {
        if let Some(frames) = self.frames.lock().unwrap_or_else(PoisonError::into_inner).get(&(index, date)) {
            return Ok(Arc::clone(frames));
        }
        let from = self.calendars.midnight(date)?;
        let until = self.calendars.midnight(date.saturating_add(2.days()))?;
        let frames = Arc::new(self.frames_between(index, from, until)?);
        let mut kept = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= FRAMES_MOST {
            kept.clear();
        }
        kept.insert((index, date), Arc::clone(&frames));
        Ok(frames)
    }

    /// The periods of rule number `index` that share time with `[from, until)`; none for a clock.
    pub fn frames_between(&self, index: usize, from: Timestamp, until: Timestamp) -> Result<Vec<Frame>> {
        let Some(rule) = self.entries.get(index).map(|entry| &entry.rule) else { return Ok(Vec::new()) };
        let Some(per) = rule.shape.per() else { return Ok(Vec::new()) };
        let windows = windows(per, from, until, &self.calendars)?;
        Ok(windows
            .into_iter()
            .map(|window| Frame::new(rule, window, &self.calendars))
            .collect::<Result<_, RuleError>>()?)
    }

    /// The rule that a duty is judged by: that of its own version.
    pub fn entry_of(&self, tx: &mut Tx<'_>, version: Uuid, rule: &str) -> Result<Arc<Entry>> {
        let missing = || Error::internal(format!("no rule {rule} in the version {version} that a duty names"));
        let edition = match self.editions.iter().find(|edition| edition.id == version) {
            Some(edition) => Arc::clone(edition),
            None => edition(tx, version)?,
        };
        edition.entry(rule).map(Arc::clone).ok_or_else(missing)
    }
}

impl From<RuleError> for Error {
    #[track_caller]
    fn from(error: RuleError) -> Self {
        Self::internal(error)
    }
}
