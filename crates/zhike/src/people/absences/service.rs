use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Entity as _, Tx, turns};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::kernel::permission::action::{Create, Delete, Read};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Fact, Id, Result};
use crate::people::ABSENCE_CHANGED;
use crate::platform::access::epoch;
use crate::platform::access::model::{Absence, AbsenceId, AbsenceKind, User, UserId};
use crate::platform::access::names;
use crate::platform::grant::{Grant, Guarded as _, Principal};
use crate::platform::{audit, outbox};

const DAYS_MOST: i32 = 366;
const LISTED_MOST: usize = 1_000;

store::statements! {
    BETWEEN = select Absence where "last_day >= $1 and first_day <= $2 order by first_day, id limit 1000";
    OVERLAPPING = "select id from absence where owner_id = $1 and last_day >= $2 and first_day <= $3 limit 1";
    ON_DAY = select Absence where "owner_id = $1 and first_day <= $2 and last_day >= $2 order by first_day limit 1";
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AbsenceView {
    pub id: AbsenceId,
    pub user_id: UserId,
    pub user_name: String,
    /// The first day away.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day away.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    pub kind: AbsenceKind,
    pub deputy_id: Option<UserId>,
    pub deputy_name: Option<String>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAbsence)]
pub struct New {
    pub user_id: UserId,
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    pub kind: AbsenceKind,
    #[serde(default)]
    pub deputy_id: Option<UserId>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Question {
    pub user_id: Option<UserId>,
    #[param(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    #[param(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

fn view(tx: &mut Tx<'_>, absence: Absence) -> Result<AbsenceView> {
    let deputy = absence.deputy_id.map(|deputy| names::user(tx, deputy.uuid())).transpose()?;
    Ok(AbsenceView {
        id: absence.id,
        user_id: absence.owner_id,
        user_name: names::user(tx, absence.owner_id.uuid())?.name,
        from: absence.first_day,
        to: absence.last_day,
        kind: absence.kind,
        deputy_id: absence.deputy_id,
        deputy_name: deputy.map(|deputy| deputy.name),
    })
}

/// Absences that touch the days asked for, oldest first; at most a thousand.
pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Absence>, asked: &Question) -> Result<Vec<AbsenceView>> {
    let (from, to) = (asked.from.unwrap_or(Date::ZERO), asked.to.unwrap_or(Date::MAX));
    let mut seen = Vec::new();
    for absence in Absence::all(tx, &BETWEEN, &[&from, &to])?.into_iter().take(LISTED_MOST) {
        let wanted = asked.user_id.is_none_or(|user| user == absence.owner_id);
        if wanted && grant.predicate().matches(tx, absence.id(), &|column| absence.column(column))? {
            seen.push(view(tx, absence)?);
        }
    }
    Ok(seen)
}

/// Whether a person is away on a day, and who stands in.
pub fn on_day(tx: &mut Tx<'_>, user: UserId, day: Date) -> Result<Option<AbsenceView>> {
    Absence::one(tx, &ON_DAY, &[&user, &day])?.map(|absence| view(tx, absence)).transpose()
}

pub fn create(tx: &mut Tx<'_>, grant: &Grant<Create, entity::Absence>, new: &New) -> Result<AbsenceView> {
    let owner = active("user_id", tx, new.user_id)?;
    let absence = Absence {
        id: Id::new(),
        owner_id: owner.id,
        first_day: new.from,
        last_day: new.to,
        kind: new.kind,
        deputy_id: new.deputy_id,
        department_id: owner.department_id,
        created_at: grant.now(),
    };
    grant.check(tx, &absence)?;
    check(tx, &absence)?;
    absence.insert(tx)?;
    note(tx, grant.principal(), "create", &absence)?;
    tell(tx, grant.principal(), &absence, false)?;
    view(tx, absence)
}

/// Whoever stands in reaches the customers of who is away, so an absence is a change of rights: it holds at once, and
/// the audit says who was given what from when to when.
fn note(tx: &mut Tx<'_>, who: &Principal, action: &str, absence: &Absence) -> Result<()> {
    if absence.deputy_id.is_some() {
        epoch::bump(tx)?;
    }
    let Absence { owner_id, deputy_id, first_day, last_day, .. } = absence;
    let changes = json!({ "owner_id": owner_id, "deputy_id": deputy_id, "from": first_day, "to": last_day });
    audit::record(tx, who, action, Entity::Absence, absence.id(), None, changes)
}

fn check(tx: &mut Tx<'_>, absence: &Absence) -> Result<()> {
    let days = absence.first_day.until(absence.last_day).map(|span| span.get_days()).unwrap_or(-1);
    if !(0..DAYS_MOST).contains(&days) {
        return Err(Error::field_invalid("to", "out_of_range"));
    }
    if absence.deputy_id == Some(absence.owner_id) {
        return Err(Error::field_invalid("deputy_id", "absence.own_deputy"));
    }
    if let Some(deputy) = absence.deputy_id {
        active("deputy_id", tx, deputy)?;
    }
    turns::take(tx, "absence", [absence.owner_id.to_string()])?;
    let parameters: [&dyn store::ToValue; 3] = [&absence.owner_id, &absence.first_day, &absence.last_day];
    if tx.query_opt(&OVERLAPPING, &parameters)?.is_some() {
        return Err(Error::conflict("absence.overlaps").field("from", "absence.overlaps"));
    }
    Ok(())
}

fn active(field: &str, tx: &mut Tx<'_>, id: UserId) -> Result<User> {
    let user = User::find(tx, id)?.filter(|user| user.active);
    user.ok_or_else(|| Error::field_invalid(field, "unknown"))
}

pub fn delete(tx: &mut Tx<'_>, grant: &Grant<Delete, entity::Absence>, id: AbsenceId) -> Result<()> {
    let absence = Absence::get(tx, id)?;
    grant.check(tx, &absence)?;
    absence.delete(tx)?;
    note(tx, grant.principal(), "delete", &absence)?;
    tell(tx, grant.principal(), &absence, true)
}

fn tell(tx: &mut Tx<'_>, who: &Principal, absence: &Absence, removed: bool) -> Result<()> {
    let attributes = [
        ("first_day", json!(absence.first_day)),
        ("last_day", json!(absence.last_day)),
        ("deputy_id", json!(absence.deputy_id)),
        ("removed", json!(removed)),
    ];
    let fact = Fact {
        id: Uuid::now_v7(),
        kind: ABSENCE_CHANGED.to_owned(),
        subject: absence.owner_id.uuid(),
        customer: None,
        at: who.now,
        recorded_at: who.now,
        actor: Some(who.user.uuid()),
        attributes: attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    };
    outbox::publish(tx, who, &fact)
}
