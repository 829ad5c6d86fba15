//! What came of a quarter's rounds: how many fields were confirmed, changed and not to be reached, by department and
//! person. Written with each verification, so nobody counts.

use calendar::{Period, PeriodKind};
use jiff::civil::Date;
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Verification;
use crate::customers::model::Customer;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::grant::Grant;
use crate::platform::settings;

store::statements! {
    ADD = "insert into verification_tally
        (quarter, department_id, actor, rounds, confirmed, changed, unreachable) values ($1, $2, $3, 1, $4, $5, $6)
        on conflict (quarter, department_id, actor) do update set
        rounds = verification_tally.rounds + 1,
        confirmed = verification_tally.confirmed + excluded.confirmed,
        changed = verification_tally.changed + excluded.changed,
        unreachable = verification_tally.unreachable + excluded.unreachable";
    OF_QUARTER = "select department_id, actor, rounds, confirmed, changed, unreachable from verification_tally
        where quarter = $1 order by department_id, actor";
}

/// The rounds of a quarter.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = VerificationRound)]
pub struct Round {
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    pub rows: Vec<RoundRow>,
}

/// Counts of fields, but for `rounds`, which counts customers spoken with.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = VerificationRoundRow)]
pub struct RoundRow {
    pub department: Option<Named>,
    pub person: Named,
    pub rounds: i64,
    pub confirmed: i64,
    pub changed: i64,
    pub unreachable: i64,
}

/// Adds a verification to its quarter.
pub fn count(tx: &mut Tx<'_>, customer: &Customer, record: &Verification, day: Date) -> Result<()> {
    let quarter = Period::containing(PeriodKind::Quarter, day).start;
    let department = customer.department_id.map(Id::uuid).unwrap_or_default();
    let Verification { actor, confirmed, changed, unreachable, .. } = record;
    tx.execute(&ADD, &[&quarter, &department, actor, confirmed, changed, unreachable])?;
    Ok(())
}

/// The quarter that a day lies in, as far as the asker's view of compliance reaches.
pub fn of_quarter(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Compliance>, day: Option<Date>) -> Result<Round> {
    let who = grant.principal();
    let reach = who.permissions.reach(crate::kernel::Action::Read, Entity::Compliance).ok_or_else(Error::forbidden)?;
    let today = settings::calendar(tx)?.date_of(who.now);
    let quarter = Period::containing(PeriodKind::Quarter, day.unwrap_or(today));
    let mut rows = Vec::new();
    for row in tx.query(&OF_QUARTER, &[&quarter.start])? {
        let (department, actor): (Uuid, Uuid) = (row.get(0)?, row.get(1)?);
        if !(reach.all || reach.owners.contains(&actor) || reach.departments.contains(&department)) {
            continue;
        }
        let known = (!department.is_nil()).then_some(department);
        rows.push(RoundRow {
            department: known.map(|id| names::department(tx, id)).transpose()?,
            person: names::user(tx, actor)?,
            rounds: row.get(2)?,
            confirmed: row.get(3)?,
            changed: row.get(4)?,
            unreachable: row.get(5)?,
        });
    }
    let to = quarter.end.yesterday().map_err(Error::internal)?;
    Ok(Round { from: quarter.start, to, rows })
}
