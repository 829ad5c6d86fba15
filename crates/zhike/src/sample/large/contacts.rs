use std::sync::Arc;

use calendar::WorkCalendar;
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan as _};

use super::book::Entered;
use super::{Ground, Progress};
use crate::engagement::interactions::past::{self, Past};
use crate::engagement::interactions::{Kind, NewInteraction};
use crate::kernel::permission::action::Import;
use crate::kernel::permission::entity;
use crate::kernel::{Id, Result};
use crate::sample::world::dice::Dice;
use crate::sample::world::talk;
use crate::sample::world::time::Time;
use crate::sample::world::words::TRADES;

/// Contacts in one transaction.
const BLOCK: usize = 2_000;
const KINDS: &[(Kind, u32)] = &[
    (Kind::Phone, 38),
    (Kind::Wechat, 26),
    (Kind::Visit, 14),
    (Kind::Activity, 8),
    (Kind::Greeting, 6),
    (Kind::Email, 4),
    (Kind::Meeting, 4),
];

/// Records all contacts in order of time, each with some customer by its owner.
pub fn record(ground: &Ground<'_>, calendar: &WorkCalendar, entered: &[Entered]) -> Result<()> {
    let total = if entered.is_empty() { 0 } else { ground.size.interactions };
    let time = Time::new(calendar, ground.now);
    let days = time.working(time.begins, time.today);
    for first in (0..total).step_by(BLOCK) {
        let mut dice = Dice::new(ground.seed, "contacts", first);
        let last = total.min(first + BLOCK);
        let block: Vec<Past> = (first..last)
            .map(|place| one(ground, &time, &mut dice, (&days, place * days.len() / total), entered))
            .collect();
        let (block, system) = (Arc::new(block), ground.system(ground.now));
        ground.db.write_blocking(move |tx| {
            past::insert_block(tx, &system.grant::<Import, entity::Interaction>()?, &block)
        })?;
        (ground.told)(Progress { stage: "interactions", done: last, total });
    }
    Ok(())
}

fn one(
    ground: &Ground<'_>,
    time: &Time<'_>,
    dice: &mut Dice,
    (days, day): (&[Date], usize),
    entered: &[Entered],
) -> Past {
    let customer = &entered[dice.below(entered.len())];
    let kind = dice.weighted(KINDS, |item| item.1).0;
    let at = time.office(dice, days[day]).min(ground.now - SignedDuration::from_hours(2));
    let recorded_at = (at + SignedDuration::from_mins(dice.between(3, 1_500))).min(ground.now);
    let note = talk::note(dice, kind, "对方", &TRADES[usize::from(customer.trade)]);
    let next = note.next.map(|(plan, wait, priority)| {
        let due = days[day].saturating_add((wait as i32).days());
        (plan, time.office(dice, due), priority)
    });
    let done_at = next.as_ref().map(|(_, due, _)| *due).filter(|due| *due < ground.now);
    let owner = customer.owner as usize;
    Past {
        who: ground.at(owner, recorded_at),
        customer: customer.id,
        grade: customer.grade,
        department: ground.staff.people[owner].department.map(Id::uuid),
        new: NewInteraction {
            kind,
            at,
            contact_id: customer.first_contact,
            content: note.content,
            feedback: note.feedback,
            next_at: next.as_ref().map(|(_, due, _)| *due),
            priority: next.as_ref().map(|(_, _, priority)| *priority),
            next_plan: next.map(|(plan, ..)| plan),
            duty_id: None,
            check_in: None,
        },
        done_at,
    }
}
