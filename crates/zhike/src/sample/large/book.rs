use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use calendar::WorkCalendar;
use jiff::SignedDuration;
use uuid::Uuid;

use super::{Ground, Progress};
use crate::customers::model::{Customer, Grade};
use crate::customers::service::{self as customers, Prepared};
use crate::kernel::permission::action::Import;
use crate::kernel::permission::entity;
use crate::kernel::{Error, Id, Result};
use crate::sample::world::book::Frame;
use crate::sample::world::time::Time;

/// Customers in one transaction.
const BLOCK: usize = 4_000;

/// A customer in the book.
pub struct Entered {
    pub id: Id<Customer>,
    pub owner: u32,
    pub trade: u16,
    pub contacts: u16,
    pub grade: Grade,
    pub first_contact: Option<Uuid>,
}

/// A block on its way to the writer.
struct Block {
    prepared: Arc<Vec<Prepared>>,
    entered: Vec<Entered>,
}

/// Enters all customers. One thread imagines, cleans and seals while the writer writes.
pub fn enter(ground: &Ground<'_>, calendar: &WorkCalendar) -> Result<Vec<Entered>> {
    let time = Time::new(calendar, ground.now);
    let import = Uuid::now_v7();
    let mut entered = Vec::with_capacity(ground.size.customers);
    std::thread::scope(|scope| {
        let (blocks, ready) = sync_channel::<Result<Block>>(2);
        scope.spawn(|| prepare_all(ground, &time, blocks));
        for block in ready {
            let block = block?;
            write(ground, import, &block, entered.len())?;
            entered.extend(block.entered);
            let (done, total) = (entered.len(), ground.size.customers);
            (ground.told)(Progress { stage: "customers", done, total });
        }
        Ok::<_, Error>(())
    })?;
    let (system, count) = (ground.system(ground.now), entered.len() as i64);
    ground.db.write_blocking(move |tx| customers::record_import(tx, &system, import, count))?;
    Ok(entered)
}

/// Ends when all is prepared, or when nobody takes it any more.
fn prepare_all(ground: &Ground<'_>, time: &Time<'_>, blocks: SyncSender<Result<Block>>) {
    let (staff, seed) = (&ground.imagined, ground.seed);
    // When they came is decided by their number here ([`entered_at`]), so all of them are known from the beginning.
    let frame = Frame { seed, staff, begins: time.begins, days: 1, persons: 0.0 };
    let total = ground.size.customers;
    for first in (0..total).step_by(BLOCK) {
        let block = prepare(ground, &frame, first, BLOCK.min(total - first));
        if blocks.send(block).is_err() {
            return;
        }
    }
}

fn prepare(ground: &Ground<'_>, frame: &Frame<'_>, first: usize, count: usize) -> Result<Block> {
    let (mut prepared, mut entered) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for number in first..first + count {
        let customer = frame.customer(number, contacts_of(ground, number));
        let owner = &ground.staff.people[customer.owner];
        let who = ground.system(entered_at(ground, number));
        let ready = customers::prepare(&who, &customer.archive, Some(owner.user), owner.department)?;
        entered.push(Entered {
            id: ready.customer.id,
            owner: customer.owner as u32,
            trade: customer.trade as u16,
            contacts: ready.contacts.len() as u16,
            grade: customer.grade,
            first_contact: ready.contacts.first().map(|contact| contact.id.uuid()),
        });
        prepared.push(ready);
    }
    Ok(Block { prepared: Arc::new(prepared), entered })
}

/// The contacts spread evenly over the customers.
fn contacts_of(ground: &Ground<'_>, number: usize) -> usize {
    let share = |number: usize| number * ground.size.contacts / ground.size.customers.max(1);
    share(number + 1) - share(number)
}

/// The book was filled steadily over eighteen months, so that the newest are few.
fn entered_at(ground: &Ground<'_>, number: usize) -> jiff::Timestamp {
    let months = SignedDuration::from_hours(24 * 540).as_micros() as i64;
    let share = ground.size.customers.saturating_sub(number) as i64;
    let ago = months / (ground.size.customers.max(1) as i64) * share;
    ground.now - SignedDuration::from_micros(ago)
}

fn write(ground: &Ground<'_>, import: Uuid, block: &Block, first: usize) -> Result<()> {
    let (system, prepared) = (ground.system(entered_at(ground, first)), Arc::clone(&block.prepared));
    ground.db.write_blocking(move |tx| {
        let grant = system.grant::<Import, entity::Customer>()?;
        customers::insert_block(tx, &grant, import, &prepared).map(drop)
    })
}
