//! The sample company as it might be: people, customers and what happened between them in eighteen months, up to now.
//! Pure: the same seed at the same instant gives the same world, and nothing here knows a database.

pub mod book;
pub mod desk;
pub mod dice;
mod history;
mod life;
mod names;
pub mod staff;
pub mod talk;
pub mod time;
pub mod words;

use calendar::WorkCalendar;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::customers::contacts::NewContact;
use crate::customers::model::Grade;
use crate::engagement::interactions::Kind;
use crate::engagement::todos::Priority;
use book::{Customer, Frame};
use dice::Dice;
use history::History;
use life::{Absence, Life};
use staff::Staff;
use time::Time;

/// People and customers are spoken of by their places in these lists.
#[derive(Clone, Debug)]
pub struct World {
    pub staff: Staff,
    pub customers: Vec<Customer>,
    /// When the company began with this.
    pub founded: Timestamp,
    /// Every day since, with its first instant.
    pub days: Vec<(Date, Timestamp)>,
    /// The present, up to which all this is told.
    pub until: Timestamp,
    /// In the order in which it was written down.
    pub happenings: Vec<Happening>,
}

/// Something that was written down at an instant.
#[derive(Clone, Debug)]
pub struct Happening {
    pub at: Timestamp,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    Joined {
        customer: usize,
    },
    Talked(Talk),
    Verified(Round),
    /// A major event. `kind` is its place in the list of kinds.
    Learned {
        customer: usize,
        kind: usize,
        happened_at: Timestamp,
        known_at: Timestamp,
        content: &'static str,
    },
    Graded {
        customer: usize,
        grade: Grade,
        reason: &'static str,
    },
    HandedOver {
        customer: usize,
        to: usize,
        reason: &'static str,
    },
    /// A contact left and somebody else came.
    Replaced {
        customer: usize,
        contact: usize,
        came: NewContact,
    },
    /// Somebody entered their absence.
    Away(Absence),
    /// Somebody resigned.
    Left {
        person: usize,
    },
    /// A step of a case at the service desk.
    Served(desk::Served),
    /// A to-do that comes from no contact.
    Noted {
        person: usize,
        title: &'static str,
        due_at: Timestamp,
        priority: Priority,
    },
}

/// A contact, recorded when the happening says.
#[derive(Clone, Debug)]
pub struct Talk {
    pub customer: usize,
    pub actor: usize,
    pub kind: Kind,
    pub at: Timestamp,
    /// Place in the customer's list of contacts.
    pub with: Option<usize>,
    pub content: String,
    pub feedback: Option<String>,
    /// What comes next, until when, how urgent.
    pub next: Option<(String, Timestamp, Priority)>,
    /// When that was done, if it was.
    pub done: Option<Timestamp>,
}

/// A round of verification.
#[derive(Clone, Debug)]
pub struct Round {
    pub customer: usize,
    pub with: Option<usize>,
    /// Nobody answered.
    pub unreachable: bool,
    /// What had changed: a field of the archive and what it is now.
    pub changed: Option<(&'static str, String)>,
}

/// Whoever set the company up belongs to it.
#[derive(Clone, Copy, Debug)]
pub struct Founder<'a> {
    pub name: &'a str,
    pub login: &'a str,
}

impl World {
    pub fn generate(
        seed: u64,
        founder: Founder<'_>,
        customers: usize,
        now: Timestamp,
        calendar: &WorkCalendar,
    ) -> Self {
        let time = Time::new(calendar, now);
        let staff = staff::staff(seed, (founder.name, founder.login), 1);
        let frame = Frame { seed, staff: &staff, begins: time.begins, days: time.days(), persons: book::PERSONS };
        let mut customers = book::customers(&frame, customers);
        let life = Life::new(seed, &staff, &time, &customers);
        for (customer, course) in customers.iter_mut().zip(&life.courses) {
            customer.owner = course.owners[0].1;
        }
        let each = customers.iter().enumerate();
        let mut happenings: Vec<Happening> =
            each.flat_map(|(number, customer)| History::of(seed, &life, number, customer)).collect();
        happenings.extend(of_the_company(seed, &life));
        let first: Vec<usize> = (0..customers.len()).filter(|place| customers[*place].joined == 0).collect();
        happenings.extend(desk::served(seed, &life, &first));
        happenings.retain(|happening| time.is_past(happening.at));
        happenings.sort_by_key(|happening| happening.at);
        let days = time.all_days();
        let founded = time.at(time.begins, 8 * 60, &mut Dice::new(seed, "founded", 0));
        Self { staff, customers, founded, days, until: now, happenings }
    }

    /// The customers in the order in which they came into the book.
    pub fn order_of_coming(&self) -> impl Iterator<Item = usize> {
        let came = self.happenings.iter().filter_map(|happening| match happening.what {
            What::Joined { customer } => Some(customer),
            _ => None,
        });
        let mut came: Vec<usize> = came.collect();
        came.sort_by_key(|customer| self.customers[*customer].joined != 0);
        came.into_iter()
    }

    pub fn has_left(&self, login: &str) -> bool {
        let is = |person: usize| self.staff.people[person].login == login;
        self.happenings.iter().any(|happening| matches!(happening.what, What::Left { person } if is(person)))
    }
}

/// Absences, the resignation, and what people have noted for these days.
fn of_the_company(seed: u64, life: &Life<'_>) -> Vec<Happening> {
    let time = life.time;
    let mut dice = Dice::new(seed, "company", 0);
    let mut happenings = Vec::new();
    for absence in &life.absences {
        let day = absence
            .first
            .saturating_sub(i64::from(dice.below(6) as i32 + 1).days())
            .max(time.begins.saturating_add(5.days()));
        let at = time.at(day, 9 * 60, &mut dice);
        happenings.push(Happening { at, what: What::Away(absence.clone()) });
    }
    if let Some((person, last)) = life.leaver {
        happenings.push(Happening { at: time.at(last, 18 * 60, &mut dice), what: What::Left { person } });
    }
    for person in life.staff.sellers(|_| true).into_iter().filter(|person| !life.has_left(*person, time.today)) {
        happenings.extend(chores(&mut dice, life, person));
    }
    happenings
}

fn chores(dice: &mut Dice, life: &Life<'_>, person: usize) -> Vec<Happening> {
    let count = dice.between(1, 3);
    let mut titles: Vec<&'static str> = Vec::new();
    let mut chores = Vec::new();
    for _ in 0..count {
        let title = *dice.pick(talk::CHORES);
        if titles.contains(&title) {
            continue;
        }
        titles.push(title);
        let due_on = life.time.today.saturating_add((dice.between(-2, 6) as i32).days());
        let due_at = life.time.at(due_on, 17 * 60 + 30, dice);
        let at = life.time.now - SignedDuration::from_hours(dice.between(50, 200));
        let priority = *dice.pick(Priority::ALL);
        chores.push(Happening { at, what: What::Noted { person, title, due_at, priority } });
    }
    chores
}
