//! What stands open for those who guard the archive: an export that waits for them, and an unusual day.

use jiff::{SignedDuration, Timestamp};
use store::Tx;

use super::company::Company;
use crate::customers::{export, seen};
use crate::kernel::Result;
use crate::kernel::permission::action::Export;
use crate::kernel::permission::entity;
use crate::platform::access;
use crate::platform::exports::{Format, Language};
use crate::protection::alarms;
use crate::sample::world::World;

const SALES: &str = "销售中心";
const COLUMNS: [&str; 6] = ["name", "grade", "owner", "industry", "last_contact_at", "cooperation_fen"];
/// Archives of colleagues that somebody goes through in an afternoon.
const READ: usize = 64;
const AFTERNOON: SignedDuration = SignedDuration::from_hours(14);
const EACH: SignedDuration = SignedDuration::from_secs(80);

impl Company {
    pub(super) fn is_guarded(&self, tx: &mut Tx<'_>, world: &World, until: Timestamp) -> Result<()> {
        self.takes_much_out(tx, world, until)?;
        self.reads_much(tx, world, until)
    }

    /// The head of sales asks for the whole book, which is more than anybody takes out in a day without being asked.
    fn takes_much_out(&self, tx: &mut Tx<'_>, world: &World, until: Timestamp) -> Result<()> {
        let Some(sales) = world.staff.departments.iter().find(|department| department.name == SALES) else {
            return Ok(());
        };
        let request = export::Request {
            filter: None,
            sort: Some("name".to_owned()),
            q: None,
            ids: None,
            columns: COLUMNS.map(str::to_owned).to_vec(),
            format: Format::Xlsx,
            language: Language::Zh,
            purpose: Some("年底客户分级盘点，会上逐家核对".to_owned()),
        };
        let head = self.at(sales.head, until).grant::<Export, entity::Customer>()?;
        export::start(tx, &head, &request).map(drop)
    }

    /// Somebody went through the archives of their colleagues the day before.
    fn reads_much(&self, tx: &mut Tx<'_>, world: &World, until: Timestamp) -> Result<()> {
        let people = &world.staff.people;
        let stays = |person: &usize| !world.has_left(&people[*person].login) && !world.staff.is_head(*person);
        let (Some(reader), Some((day, dawn))) =
            (world.staff.sellers(|_| true).into_iter().rfind(stays), world.days.iter().rev().nth(1))
        else {
            return Ok(());
        };
        let near = |owner: usize| owner != reader && people[owner].department == people[reader].department;
        let of_colleagues = self.entered.iter().flatten().filter(|customer| near(customer.owner)).take(READ);
        let mut at = *dawn + AFTERNOON;
        for customer in of_colleagues {
            seen::opened(tx, &self.at(reader, at), customer.id.uuid())?;
            at += EACH;
        }
        let system = access::system(until, &self.staff.people[0].vault);
        alarms::look(tx, &system, *day).map(drop)
    }
}
