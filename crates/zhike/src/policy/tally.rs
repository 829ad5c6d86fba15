//! How many duties stand how: the rows that compliance, Today and the team page read instead of counting duties. Written
//! in the transaction of every change.

use std::collections::BTreeMap;

use jiff::civil::Date;
use store::Tx;
use uuid::Uuid;

use super::model::DutyRow;
use super::rules::State;
use crate::kernel::Result;

store::statements! {
    ADD = "insert into duty_tally (day, clause, rule, department_id, owner_id, open, met, late, missed, waived)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (day, clause, rule, department_id, owner_id) do update set
            open = duty_tally.open + excluded.open, met = duty_tally.met + excluded.met,
            late = duty_tally.late + excluded.late, missed = duty_tally.missed + excluded.missed,
            waived = duty_tally.waived + excluded.waived";
}

/// Where a duty is counted. The order is that in which rows are written, so that two transactions do not wait for each
/// other in a circle.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    day: Date,
    clause: String,
    rule: String,
    department: Uuid,
    owner: Uuid,
}

/// Changes of counts that wait to be written.
#[derive(Default)]
pub struct Tally {
    changes: BTreeMap<Place, [i64; 5]>,
}

impl Tally {
    pub fn add(&mut self, row: &DutyRow) {
        self.count(row, 1);
    }

    pub fn remove(&mut self, row: &DutyRow) {
        self.count(row, -1);
    }

    fn count(&mut self, row: &DutyRow, by: i64) {
        let (Some(day), Some(column)) = (row.due_on, column(row.state)) else { return };
        let place = Place {
            day,
            clause: row.clause.clone(),
            rule: row.rule.clone(),
            department: row.department_id.unwrap_or_default(),
            owner: row.owner_id.unwrap_or_default(),
        };
        self.changes.entry(place).or_default()[column] += by;
    }

    pub fn write(self, tx: &mut Tx<'_>) -> Result<()> {
        for (place, counts) in self.changes.into_iter().filter(|(_, counts)| *counts != [0; 5]) {
            let Place { day, clause, rule, department, owner } = place;
            let [open, met, late, missed, waived] = counts;
            let values: [&dyn store::ToValue; 10] =
                [&day, &clause, &rule, &department, &owner, &open, &met, &late, &missed, &waived];
            tx.execute(&ADD, &values)?;
        }
        Ok(())
    }
}

/// Cancelled duties were not owed and are not counted.
fn column(state: State) -> Option<usize> {
    match state {
        State::Open | State::Paused => Some(0),
        State::Met => Some(1),
        State::Late => Some(2),
        State::Missed => Some(3),
        State::Waived => Some(4),
        State::Cancelled => None,
    }
}
