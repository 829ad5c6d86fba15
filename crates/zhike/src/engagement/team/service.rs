use std::collections::HashMap;

use jiff::civil::Date;
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::Span;
use crate::engagement::neighbours::{self, Reached};
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Result};
use crate::platform::grant::{Grant, Principal};
use crate::platform::settings;
use crate::policy::duties::percent;

/// From the highest down.
pub const GRADES: [&str; 3] = ["vip", "key", "ordinary"];

store::statements! {
    /// Customers contacted in a span, by the grade they had; answered by the index alone.
    CONTACTED = "select grade, count(distinct customer_id) from interaction
        where deleted_at is null and department_id in among($1) and at >= $2 and at < $3 group by grade";
    CONTACTED_ALL = "select grade, count(distinct customer_id) from interaction
        where deleted_at is null and at >= $1 and at < $2 group by grade";
    CONTACTED_OWN = "select grade, count(distinct customer_id) from interaction
        where deleted_at is null and actor_id = $1 and at >= $2 and at < $3 group by grade";
}

/// The manager's page.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Team {
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// Each person's duties: open and overdue now, and those that fell due in the span.
    pub people: Vec<Person>,
    /// How many of the customers of each grade were contacted in the span.
    pub coverage: Vec<Coverage>,
    /// Duties met too late or not at all, by the day on which they were due; days without any are left out.
    pub heat: Vec<Heat>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = TeamPerson)]
pub struct Person {
    pub id: Uuid,
    pub name: Option<String>,
    pub open: i64,
    pub overdue: i64,
    pub met: i64,
    pub late: i64,
    pub missed: i64,
    /// Met in time of all judged, in percent.
    pub rate: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = TeamCoverage)]
pub struct Coverage {
    pub grade: String,
    pub customers: i64,
    pub contacted: i64,
    pub rate: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = TeamHeat)]
pub struct Heat {
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    pub late: i64,
    pub missed: i64,
}

/// Whose work the asker may look at: everybody's, that of departments, or only their own.
pub fn reached(who: &Principal) -> Reached {
    match who.permissions.reach(Action::Read, Entity::Duty) {
        Some(reach) if reach.all => Reached::All,
        Some(reach) if !reach.departments.is_empty() => {
            Reached::Departments(reach.departments.iter().copied().collect())
        }
        _ => Reached::Own(who.user.uuid()),
    }
}

pub fn team(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Duty>, from: Option<Date>, to: Option<Date>) -> Result<Team> {
    let who = grant.principal();
    let calendar = settings::calendar(tx)?;
    let span = Span::asked(from, to, who.now, &calendar)?;
    let reached = reached(who);
    let (people, heat) = neighbours::team_duties(tx, &reached, calendar.date_of(who.now), (span.from, span.to))?;
    Ok(Team { from: span.from, to: span.to, people, coverage: coverage(tx, &reached, &span)?, heat })
}

fn coverage(tx: &mut Tx<'_>, reached: &Reached, span: &Span) -> Result<Vec<Coverage>> {
    let contacted = contacted(tx, reached, span)?;
    let customers = neighbours::customers_by_grade(tx, reached)?;
    let of = |counts: &HashMap<String, i64>, grade: &str| counts.get(grade).copied().unwrap_or_default();
    let row = |grade: &str| {
        let customers = of(&customers, grade);
        // A customer that was graded down since may have been contacted under the old grade: never more than there are.
        let contacted = of(&contacted, grade).min(customers);
        Coverage { grade: grade.to_owned(), customers, contacted, rate: percent(contacted, customers) }
    };
    Ok(GRADES.iter().map(|grade| row(grade)).collect())
}

fn contacted(tx: &mut Tx<'_>, reached: &Reached, span: &Span) -> Result<HashMap<String, i64>> {
    let rows = match reached {
        Reached::All => tx.query(&CONTACTED_ALL, &[&span.starts, &span.ends])?,
        Reached::Own(person) => tx.query(&CONTACTED_OWN, &[person, &span.starts, &span.ends])?,
        Reached::Departments(departments) => {
            tx.query(&CONTACTED, &[&store::Ids(departments), &span.starts, &span.ends])?
        }
    };
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
