//! Telling people: warnings to the owner, then up the ladder. Whoever is away is told through their deputy.

use jiff::SignedDuration;
use jiff::civil::Date;
use serde_json::json;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::pen::{DUE, Pen, is_warning};
use crate::customers;
use crate::kernel::{Id, Result};
use crate::people::absences;
use crate::platform::access::model::{Department, User, UserId};
use crate::platform::notifications::{Notice, notify};
use crate::policy::book::Entry;
use crate::policy::definition::Recipient;
use crate::policy::model::DutyRow;
use crate::policy::rules::Step;

/// What is found out later than this is written down and no longer told: nobody can act on last month's warning.
const STALE: SignedDuration = SignedDuration::from_hours(7 * 24);

store::statements! {
    WRITE = "insert into breach (customer_id, duty_id, step, level, at, recorded_at, told) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (customer_id, duty_id, step) do nothing";
}

/// Takes a step of a duty's ladder, once for ever.
pub fn give(tx: &mut Tx<'_>, pen: &Pen, entry: &Entry, row: &DutyRow, step: &Step) -> Result<()> {
    let is_news = pen.now.duration_since(step.at) <= STALE;
    let told = match is_news {
        true => recipients(tx, row, step.to, pen.book.calendars.company().date_of(pen.now))?,
        false => Vec::new(),
    };
    let names: Vec<String> = told.iter().map(ToString::to_string).collect();
    let (level, names) = (i64::from(step.level), names.join(" "));
    let values: [&dyn store::ToValue; 7] = [&row.customer_id, &row.id, &step.key, &level, &step.at, &pen.now, &names];
    if tx.execute(&WRITE, &values)? == 0 || told.is_empty() {
        return Ok(());
    }
    let customer = customers::service::cards(tx, &pen.who, &[row.customer_id])?.pop().map(|card| card.name);
    let kind = match step {
        step if is_warning(step) => "duty_warning",
        step if step.key == DUE => "duty_due",
        _ => "duty_overdue",
    };
    let params = json!({
        "duty_id": row.id, "clause": row.clause, "rule": row.rule, "name": entry.rule.name, "state": row.state,
        "occurrence": row.occurrence, "customer_id": row.customer_id, "customer": customer, "owner_id": row.owner_id,
        "step": step.key, "at": step.at, "due_at": row.due_at,
    });
    let (link, key) = (format!("/duties/{}", row.id), format!("duty:{}:{}", row.id, step.key));
    for user in told {
        let (link, dedupe_key) = (Some(link.as_str()), Some(key.as_str()));
        notify(tx, &Notice { user, kind, params: params.clone(), link, dedupe_key, at: step.at })?;
    }
    Ok(())
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
fn head_above(tx: &mut Tx<'_>, department: Option<Uuid>, person: Option<Uuid>) -> Result<Option<UserId>> {
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

fn root_head(tx: &mut Tx<'_>) -> Result<Option<UserId>> {
    Ok(Department::one(tx, &ROOT, &[])?.and_then(|root| root.head_id))
}
