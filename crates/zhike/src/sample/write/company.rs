use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use store::Tx;
use uuid::Uuid;

use super::people::{self, Staff};
use super::places::{self, Place};
use super::{Deed, added, deals, engine};
use crate::customers::contacts::{self, Contact};
use crate::customers::grades::service::{GradeDecision, NewGradeProposal};
use crate::customers::model::CustomerKind::Person;
use crate::customers::model::{Customer, Grade};
use crate::customers::places::service::{self as customers_places, NewPlace};
use crate::customers::relations::RelationKind::Subsidiary;
use crate::customers::relations::service::NewRelation;
use crate::customers::{chart, cooperation, duplicates, grades, handovers, quality, relations, service as customers};
use crate::kernel::permission::action::{Approve, Assign, Create, Import, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Error, Id, Result};
use crate::people::absences::New as NewAbsence;
use crate::platform::grant::Principal;
use crate::platform::notifications;
use crate::policy::regulations;
use crate::sample::world::{What, World};

/// The regulations that a company adopts.
const REGULATIONS: [&str; 5] = ["R0", "R1", "R2", "R3", "R4"];

/// Heads of department answer within this time.
const UNDECIDED: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Whoever receives customers has been through the checklist within this time.
const UNACCEPTED: SignedDuration = SignedDuration::from_hours(24 * 4);
/// So many VIPs lead a group, of so many members each.
const GROUPS: usize = 4;
const MEMBERS: usize = 6;

/// The company as far as it has been lived.
#[derive(Clone)]
pub struct Company {
    pub(super) staff: Arc<Staff>,
    /// In the order of the imagined list; those that have not come yet are missing.
    pub(super) entered: Vec<Option<Entered>>,
}

/// A customer in the book.
#[derive(Clone)]
pub(super) struct Entered {
    pub id: Id<Customer>,
    pub grade: Grade,
    /// Place in the list of people.
    pub owner: usize,
    pub contacts: Vec<Id<Contact>>,
    pub place: Option<Place>,
}

impl Company {
    pub fn found(tx: &mut Tx<'_>, founder: &Arc<Principal>, world: &World, hash: &str) -> Result<Self> {
        let begins = Arc::new(Principal { now: world.founded, ..(**founder).clone() });
        let staff = Staff::hire(tx, &begins, &world.staff, hash)?;
        Ok(Self { staff: Arc::new(staff), entered: vec![None; world.customers.len()] })
    }

    /// The company as an earlier run left it. Customers are found by the order in which they came, which their ids keep.
    pub fn find(tx: &mut Tx<'_>, founder: &Arc<Principal>, world: &World) -> Result<Self> {
        let staff = Staff::find(tx, founder, &world.staff)?;
        let mut entered = vec![None; world.customers.len()];
        let came = customers::page_of_subjects(tx, None, world.customers.len())?;
        for (subject, place) in came.into_iter().zip(world.order_of_coming()) {
            let owner = staff.people.iter().position(|person| Some(person.user.uuid()) == subject.owner);
            let contacts = contact_ids(tx, Id::from_uuid(subject.id))?;
            let customer = Entered {
                id: Id::from_uuid(subject.id),
                grade: subject.grade,
                owner: owner.unwrap_or(0),
                contacts,
                place: place_of(world, place),
            };
            entered[place] = Some(customer);
        }
        Ok(Self { staff: Arc::new(staff), entered })
    }

    /// Does what comes next.
    pub fn does(&mut self, tx: &mut Tx<'_>, world: &World, deed: &Deed) -> Result<()> {
        match *deed {
            Deed::Begin(at) => self.begin(tx, world, at),
            Deed::Day(at) => engine(tx, at, &self.staff.people[0].vault, false),
            Deed::Plan(at) => {
                engine(tx, at, &self.staff.people[0].vault, true)?;
                quality::look_at_all(tx, &self.at(0, at))?;
                if at == world.until {
                    self.is_asked(tx, world, at)?;
                    self.is_guarded(tx, world, at)?;
                    self.has_called(tx, world, at)?;
                }
                Ok(())
            }
            Deed::Read(at) => {
                self.orders_lately(tx, at)?;
                let mut people = (0..self.staff.people.len()).map(|person| self.at(person, at));
                people.try_for_each(|who| notifications::mark_read(tx, &who, None))
            }
            Deed::Happening(place) => self.lives(tx, world, place),
        }
    }

    /// Somebody at an instant.
    pub(super) fn at(&self, person: usize, now: Timestamp) -> Arc<Principal> {
        Arc::new(Principal { now, ..(*self.staff.people[person]).clone() })
    }

    pub(super) fn customer(&self, place: usize) -> Result<&Entered> {
        self.entered.get(place).and_then(Option::as_ref).ok_or_else(Error::not_found)
    }

    fn customer_mut(&mut self, place: usize) -> Result<&mut Entered> {
        self.entered.get_mut(place).and_then(Option::as_mut).ok_or_else(Error::not_found)
    }

    /// The customers that were there from the beginning, in one import, and the regulations.
    fn begin(&mut self, tx: &mut Tx<'_>, world: &World, at: Timestamp) -> Result<()> {
        let founder = self.at(0, at);
        let import = Uuid::now_v7();
        let first: Vec<usize> = world.order_of_coming().filter(|place| world.customers[*place].joined == 0).collect();
        let mut block = Vec::with_capacity(first.len());
        for place in &first {
            let customer = &world.customers[*place];
            let owner = &self.staff.people[customer.owner];
            let prepared = customers::prepare(
                &founder,
                &added::filled(&customer.archive, *place, at)?,
                Some(owner.user),
                owner.department,
            )?;
            block.push(prepared);
        }
        customers::insert_block(tx, &founder.grant::<Import, entity::Customer>()?, import, &block)?;
        customers::record_import(tx, &founder, import, block.len() as i64)?;
        duplicates::after_import(tx, &founder, import)?;
        for (place, prepared) in first.into_iter().zip(block) {
            let (id, grade, owner) = (prepared.customer.id, prepared.customer.grade, world.customers[place].owner);
            let contacts = prepared.contacts.iter().map(|contact| contact.id).collect();
            self.entered[place] = Some(Entered { id, grade, owner, contacts, place: place_of(world, place) });
            self.is_found(tx, place, at)?;
        }
        self.knows_organisations(tx, world, at)?;
        for place in 0..self.entered.len() {
            self.has_ordered(tx, world, place, at)?;
        }
        let keys = REGULATIONS.map(str::to_owned);
        regulations::service::adopt(tx, &founder.grant::<Approve, entity::Policy>()?, &keys)?;
        engine(tx, at, &founder.vault, true)
    }

    /// What is known of the organisation of VIPs: their departments, and which of them lead groups.
    fn knows_organisations(&self, tx: &mut Tx<'_>, world: &World, at: Timestamp) -> Result<()> {
        let steward = self.at(0, at);
        let is = |grade| move |one: &&Entered| one.grade == grade;
        let companies = self.entered.iter().zip(&world.customers).filter(|(_, one)| one.archive.kind != Some(Person));
        let entered: Vec<&Entered> = companies.filter_map(|(entered, _)| entered.as_ref()).collect();
        let mut members = entered.iter().copied().filter(is(Grade::Ordinary));
        for (number, vip) in entered.iter().copied().filter(is(Grade::Vip)).enumerate() {
            charts(tx, &steward, vip.id)?;
            for member in members.by_ref().take(if number < GROUPS { MEMBERS } else { 0 }) {
                let new = NewRelation { kind: Subsidiary, other_id: member.id.uuid(), note: None };
                relations::service::relate(tx, &steward.grant::<Update, entity::Customer>()?, vip.id, &new)?;
            }
        }
        Ok(())
    }

    /// What a customer in the book has ordered and signed so far.
    fn has_ordered(&self, tx: &mut Tx<'_>, world: &World, place: usize, at: Timestamp) -> Result<()> {
        let Some(entered) = &self.entered[place] else { return Ok(()) };
        let today = at.to_zoned(cooperation::service::zone(tx)?).date();
        let who = self.at(entered.owner, at);
        deals::signs(tx, &who, entered.id, (place, &world.customers[place].archive, today))
    }

    fn orders_lately(&self, tx: &mut Tx<'_>, at: Timestamp) -> Result<()> {
        let today = at.to_zoned(cooperation::service::zone(tx)?).date();
        let entered = self.entered.iter().enumerate().filter_map(|(place, one)| Some((place, one.as_ref()?)));
        for (place, entered) in entered {
            deals::orders_lately(tx, &self.at(entered.owner, at), entered.id, (place, today))?;
        }
        Ok(())
    }

    fn lives(&mut self, tx: &mut Tx<'_>, world: &World, place: usize) -> Result<()> {
        let happening = &world.happenings[place];
        let at = happening.at;
        match &happening.what {
            What::Joined { customer } => self.joins(tx, world, *customer, at),
            What::Talked(talk) => self.talks(tx, talk, at),
            What::Verified(round) => self.verifies(tx, at, round),
            What::Learned { customer, kind, happened_at, known_at, content } => {
                self.learns(tx, *customer, at, (*kind, *happened_at, *known_at, content))
            }
            What::Graded { customer, grade, reason } => self.grades(tx, world, *customer, at, (*grade, reason)),
            What::HandedOver { customer, to, reason } => self.hands_over(tx, world, *customer, at, (*to, reason)),
            What::Replaced { customer, contact, came } => self.replaces(tx, *customer, at, (*contact, came)),
            What::Away(absence) => {
                let id = |person: usize| self.staff.people[person].user;
                let new = NewAbsence {
                    user_id: id(absence.person),
                    from: absence.first,
                    to: absence.last,
                    kind: absence.kind,
                    deputy_id: absence.deputy.map(id),
                };
                people::away(tx, &self.at(absence.person, at), &new)
            }
            What::Left { person } => people::leave(tx, &self.at(0, at), self.staff.people[*person].user),
            What::Served(served) => self.serves(tx, at, served),
            What::Noted { person, title, due_at, priority } => self.notes(tx, *person, at, (title, *due_at, *priority)),
        }
    }

    /// Its owner says where it is.
    fn is_found(&self, tx: &mut Tx<'_>, place: usize, at: Timestamp) -> Result<()> {
        let customer = self.customer(place)?;
        let Some((lat, lon)) = customer.place else { return Ok(()) };
        let grant = self.at(customer.owner, at).grant::<Update, entity::Customer>()?;
        customers_places::put(tx, &grant, customer.id, &NewPlace { lat, lon, accuracy: None }).map(drop)
    }

    /// Somebody won a new customer.
    fn joins(&mut self, tx: &mut Tx<'_>, world: &World, place: usize, at: Timestamp) -> Result<()> {
        let customer = &world.customers[place];
        let who = self.at(customer.owner, at);
        let mut new = added::filled(&customer.archive, place, at)?;
        // Imagined names may sound alike; the people who enter them know that they are two.
        (new.allow_duplicate, new.duplicate_reason) = (true, Some("名称相近，确认不是同一家".to_owned()));
        let grade = new.grade.take().unwrap_or(customer.grade);
        let made = customers::create(tx, &who.grant::<Create, entity::Customer>()?, &new)?;
        if grade != made.grade {
            let head = self.at(head_of(world, customer.owner), at).grant::<Approve, entity::Customer>()?;
            customers::set_grade(tx, &head, made.id, None, (grade, "建档时评定"))?;
        }
        let contacts = contact_ids(tx, made.id)?;
        let entered = Entered {
            id: made.id,
            grade: customer.grade,
            owner: customer.owner,
            contacts,
            place: place_of(world, place),
        };
        self.entered[place] = Some(entered);
        self.is_found(tx, place, at)
    }

    fn grades(
        &mut self,
        tx: &mut Tx<'_>,
        world: &World,
        place: usize,
        at: Timestamp,
        (grade, reason): (Grade, &str),
    ) -> Result<()> {
        let customer = self.customer(place)?;
        let (owner, head) = (self.at(customer.owner, at), self.at(head_of(world, customer.owner), at));
        if owner.user == head.user {
            customers::set_grade(tx, &head.grant::<Approve, entity::Customer>()?, customer.id, None, (grade, reason))?;
        } else if customer.grade != grade {
            let new = NewGradeProposal { grade, reason: reason.to_owned() };
            let made = grades::service::propose(tx, &owner.grant::<Update, entity::Customer>()?, customer.id, &new)?;
            // What was proposed in the last days still waits for its answer.
            if world.until.duration_since(at) < UNDECIDED {
                return Ok(());
            }
            let decision = GradeDecision { approve: true, reason: None };
            let approves = head.grant::<Approve, entity::Customer>()?;
            grades::service::decide(tx, &approves, (customer.id, made.id), made.version, &decision)?;
        }
        self.customer_mut(place)?.grade = grade;
        Ok(())
    }

    /// The head of the department hands a customer over; between departments the general manager does.
    fn hands_over(
        &mut self,
        tx: &mut Tx<'_>,
        world: &World,
        place: usize,
        at: Timestamp,
        (to, reason): (usize, &str),
    ) -> Result<()> {
        let customer = self.customer(place)?;
        let department = |person: usize| world.staff.people[person].department;
        let same = department(customer.owner) == department(to);
        let by = self.at(if same { head_of(world, to) } else { 0 }, at);
        let owner = self.staff.people[to].user.uuid();
        let customer_id = customer.id;
        customers::set_owner(tx, &by.grant::<Assign, entity::Customer>()?, customer_id, None, (owner, reason))?;
        self.customer_mut(place)?.owner = to;
        // What was handed over in the last days is still being gone through.
        match world.until.duration_since(at) < UNACCEPTED {
            true => Ok(()),
            false => accepts(tx, &self.at(to, at), customer_id),
        }
    }

    pub(super) fn came(&mut self, place: usize, contact: Id<Contact>) -> Result<()> {
        self.customer_mut(place)?.contacts.push(contact);
        Ok(())
    }
}

/// Goes through the checklist of a customer that somebody has received.
fn accepts(tx: &mut Tx<'_>, who: &Arc<Principal>, customer: Id<Customer>) -> Result<()> {
    let grant = who.grant::<Read, entity::Customer>()?;
    let running = handovers::service::of_customer(tx, &grant, customer)?;
    for handover in running.into_iter().filter(|handover| handover.receives) {
        for step in handover.steps.into_iter().flatten() {
            let tick = handovers::service::Tick { item: step.item.key, done: true, customer_id: None };
            handovers::service::tick(tx, &grant, handover.id, &tick)?;
        }
        handovers::service::accept(tx, &grant, handover.id)?;
    }
    Ok(())
}

/// A chart of the departments that the contacts were written down with, below the management.
fn charts(tx: &mut Tx<'_>, who: &Arc<Principal>, customer: Id<Customer>) -> Result<()> {
    let grant = who.grant::<Update, entity::Contact>()?;
    let units = chart::service::from_departments(tx, &grant, customer)?;
    let Some(top) = units.iter().find(|unit| unit.name == "总经办") else { return Ok(()) };
    for unit in units.iter().filter(|unit| unit.id != top.id) {
        let patch = chart::service::UnitPatch { parent_id: Some(Some(top.id.uuid())), ..Default::default() };
        chart::service::change(tx, &grant, (customer, unit.id), unit.version, &patch)?;
    }
    Ok(())
}

/// Where a company is; of persons it is not kept.
fn place_of(world: &World, place: usize) -> Option<Place> {
    let archive = &world.customers[place].archive;
    let region = archive.region.as_ref()?.as_deref().filter(|_| archive.kind != Some(Person))?;
    places::of(place, region)
}

fn head_of(world: &World, person: usize) -> usize {
    world.staff.departments[world.staff.people[person].department].head
}

/// In the order in which they came.
fn contact_ids(tx: &mut Tx<'_>, customer: Id<Customer>) -> Result<Vec<Id<Contact>>> {
    let mut ids: Vec<Id<Contact>> = contacts::of_customer(tx, customer)?.iter().map(|contact| contact.id).collect();
    ids.sort_unstable();
    Ok(ids)
}
