//! Telling people: warnings to the owner, then up the ladder. Whoever is away is told through their deputy.
//!
//! What a person is told of one rung on one day is one notification: at the end of a month a hundred duties end at the
//! same instant, and a hundred notifications would be read as none.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::pen::Pen;
use crate::customers;
use crate::kernel::{Error, Id, Result};
use crate::people::absences;
use crate::platform::access::model::{Department, User, UserId};
use crate::platform::grant::Principal;
use crate::platform::notifications::{Notice, gather};
use crate::policy::book::Entry;
use crate::policy::definition::Recipient;
use crate::policy::model::DutyRow;
use crate::policy::rules::Step;
use crate::policy::rules::ladder::DUE;

/// What is found out later than this is written down and no longer told: nobody can act on last month's warning.
const STALE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Customers that a notification of many duties names.
const NAMED_MOST: usize = 3;

store::statements! {
    WRITE = "insert into breach (customer_id, duty_id, step, level, at, recorded_at, told) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (customer_id, duty_id, step) do nothing";
}

/// What people are to be told of the duties of one transaction, by person, step and day.
#[derive(Default)]
pub struct News(BTreeMap<(UserId, String), Told>);

/// Duties of which a person is told together.
struct Told {
    kind: &'static str,
    at: Timestamp,
    /// What is told of the first, where it stays the only one.
    only: Value,
    customers: Vec<Uuid>,
    gathered: Gathered,
}

/// What a notification says of its duties, however many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Gathered {
    count: u64,
    due_from: Date,
    due_to: Date,
    /// Whose they are, where they are all of one person.
    owner_id: Option<Uuid>,
    /// Some of their customers.
    customers: Vec<String>,
}

impl Gathered {
    fn add(&mut self, other: Gathered) {
        self.count += other.count;
        self.due_from = self.due_from.min(other.due_from);
        self.due_to = self.due_to.max(other.due_to);
        self.owner_id = self.owner_id.filter(|owner| other.owner_id == Some(*owner));
        for name in other.customers {
            if self.customers.len() < NAMED_MOST && !self.customers.contains(&name) {
                self.customers.push(name);
            }
        }
    }

    /// The list of these duties.
    fn link(&self, kind: &str) -> String {
        let states = if kind == WARNING { ["open", "paused"] } else { ["missed", "late"] };
        let mut filter =
            vec![json!(["due_on", "between", [self.due_from, self.due_to]]), json!(["state", "in", states])];
        filter.extend(self.owner_id.map(|owner| json!(["owner", "eq", owner])));
        format!("/policy/duties?f={}", encoded(&Value::Array(filter).to_string()))
    }
}

fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

const WARNING: &str = "duty_warning";

/// Takes a step of a duty's ladder, once for ever; [`News::spread`] tells of it.
pub fn give(tx: &mut Tx<'_>, pen: &mut Pen, entry: &Entry, row: &DutyRow, step: &Step) -> Result<()> {
    let company = pen.book.calendars.company();
    let (today, day) = (company.date_of(pen.now), company.date_of(step.at));
    let is_news = pen.now.duration_since(step.at) <= STALE;
    let told = if is_news { recipients(tx, row, step.to, today)? } else { Vec::new() };
    let names: Vec<String> = told.iter().map(ToString::to_string).collect();
    let (level, names) = (i64::from(step.level), names.join(" "));
    let values: [&dyn store::ToValue; 7] = [&row.customer_id, &row.id, &step.key, &level, &step.at, &pen.now, &names];
    if tx.execute(&WRITE, &values)? == 0 {
        return Ok(());
    }
    for user in told {
        pen.news.add((user, format!("duty:{}:{day}", step.key)), entry, row, (step, day));
    }
    Ok(())
}

impl News {
    fn add(&mut self, key: (UserId, String), entry: &Entry, row: &DutyRow, (step, day): (&Step, Date)) {
        let due_on = row.due_on.unwrap_or(day);
        let one =
            Gathered { count: 1, due_from: due_on, due_to: due_on, owner_id: row.owner_id, customers: Vec::new() };
        let Some(told) = self.0.get_mut(&key) else {
            let kind = match step {
                step if step.is_warning() => WARNING,
                step if step.key == DUE => "duty_due",
                _ => "duty_overdue",
            };
            let only = json!({
                "duty_id": row.id, "clause": row.clause, "rule": row.rule, "name": entry.rule.name, "state": row.state,
                "occurrence": row.occurrence, "customer_id": row.customer_id, "step": step.key, "at": step.at,
                "due_at": row.due_at,
            });
            let told = Told { kind, at: step.at, only, customers: vec![row.customer_id], gathered: one };
            self.0.insert(key, told);
            return;
        };
        told.gathered.add(one);
        told.at = told.at.max(step.at);
        if told.customers.len() < NAMED_MOST && !told.customers.contains(&row.customer_id) {
            told.customers.push(row.customer_id);
        }
    }

    /// Tells everybody; whoever was told of this step on this day already is told of more in the same place.
    pub fn spread(self, tx: &mut Tx<'_>, who: &Principal) -> Result<()> {
        for ((user, key), told) in self.0 {
            told.write(tx, who, user, &key)?;
        }
        Ok(())
    }
}

impl Told {
    fn write(self, tx: &mut Tx<'_>, who: &Principal, user: UserId, key: &str) -> Result<()> {
        let Told { kind, at, only, customers, mut gathered } = self;
        let mut cards = customers::service::cards(tx, who, &customers)?;
        cards.sort_by_key(|card| customers.iter().position(|id| *id == card.id));
        gathered.customers = cards.into_iter().map(|card| card.name).collect();
        let params = said(&only, &gathered)?;
        let link = match gathered.count {
            1 => format!("/duties/{}", only["duty_id"].as_str().unwrap_or_default()),
            _ => gathered.link(kind),
        };
        let many = format!("{kind}_many");
        let kind_now = if gathered.count == 1 { kind } else { &many };
        let notice = Notice { user, kind: kind_now, params, link: Some(&link), dedupe_key: Some(key), at };
        gather(tx, &notice, |told| {
            let mut all: Gathered = serde_json::from_value(told.params.clone())?;
            all.add(gathered);
            told.params = said(&told.params, &all)?;
            told.link = Some(all.link(kind));
            told.kind.clone_from(&many);
            told.at = told.at.max(at);
            Ok::<_, Error>(())
        })
    }
}

/// What a text may mention: the first duty, and all of them.
fn said(only: &Value, gathered: &Gathered) -> Result<Value> {
    let mut params = only.clone();
    params["customer"] = json!(gathered.customers.first());
    let Value::Object(all) = serde_json::to_value(gathered)? else { return Ok(params) };
    all.into_iter().for_each(|(name, value)| params[name] = value);
    Ok(params)
}

/// Whom a step is told. The owner hears of it also while away; in place of others their deputies do.
fn recipients(tx: &mut Tx<'_>, row: &DutyRow, to: Recipient, today: Date) -> Result<Vec<UserId>> {
    let person = match to {
        Recipient::Owner => row.owner_id.map(Id::from_uuid),
        Recipient::Supervisor => supervisor(tx, row)?,
        Recipient::DepartmentHead => head_above(tx, row.department_id, row.owner_id)?,
        Recipient::Management => root_head(tx)?,
    };
    let Some(person) = person else { return Ok(Vec::new()) };
    let deputy = absences::on_day(tx, person, today)?.and_then(|away| away.deputy_id);
    let told = match (to, deputy) {
        (Recipient::Owner, Some(deputy)) => vec![person, deputy],
        (_, Some(deputy)) => vec![deputy],
        (_, None) => vec![person],
    };
    Ok(told)
}

/// The owner's supervisor, or whoever leads the department where nobody is named.
fn supervisor(tx: &mut Tx<'_>, row: &DutyRow) -> Result<Option<UserId>> {
    let owner = match row.owner_id {
        Some(owner) => User::find(tx, owner)?,
        None => None,
    };
    let department = owner.as_ref().and_then(|owner| owner.department_id).map(Id::uuid).or(row.department_id);
    match owner.and_then(|owner| owner.supervisor_id) {
        Some(supervisor) => Ok(Some(supervisor)),
        None => head_above(tx, department, row.owner_id),
    }
}

/// The nearest head above a person: of their department, or of the next one up that has another head.
pub(super) fn head_above(tx: &mut Tx<'_>, department: Option<Uuid>, person: Option<Uuid>) -> Result<Option<UserId>> {
    let mut next = department;
    while let Some(id) = next {
        let Some(department) = Department::find(tx, id)? else { return Ok(None) };
        if let Some(head) = department.head_id.filter(|head| Some(head.uuid()) != person) {
            return Ok(Some(head));
        }
        next = department.parent_id.map(Id::uuid);
    }
    Ok(None)
}

store::statements! {
    ROOT = select Department where "parent_id is null order by created_at limit 1";
}

/// Who leads the company.
pub(super) fn root_head(tx: &mut Tx<'_>) -> Result<Option<UserId>> {
    Ok(Department::one(tx, &ROOT, &[])?.and_then(|root| root.head_id))
}
