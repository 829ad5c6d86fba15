//! Eighteen months of work with the customers, as it was done: contacts, rounds of verification, major events, with
//! what was forgotten left out and what was written down late written down late.

use calendar::{Festival, Period, PeriodKind};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::book::{Customer, PHONES_EACH, spoken_of};
use super::dice::Dice;
use super::life::Life;
use super::names;
use super::talk::{self, Note};
use super::words::TRADES;
use super::{Happening, Round, Talk, What};
use crate::customers::contacts::NewContact;
use crate::customers::model::Grade;
use crate::engagement::interactions::Kind;

/// The festivals at which customers are greeted.
const GREETED: [Festival; 3] = [Festival::SpringFestival, Festival::MidAutumn, Festival::NationalDay];
const EVENTS: f64 = 0.13;
const CONTACT_LEFT: f64 = 0.05;

/// What happened with one customer.
pub struct History<'a> {
    life: &'a Life<'a>,
    customer: &'a Customer,
    number: usize,
    joined: Date,
    dice: Dice,
    seed: u64,
    /// When one of the contacts left, which one, and who came.
    replaced: Option<(Date, usize)>,
    pub happened: Vec<Happening>,
}

impl<'a> History<'a> {
    pub fn of(seed: u64, life: &'a Life<'a>, number: usize, customer: &'a Customer) -> Vec<Happening> {
        let joined = life.time.begins.saturating_add(customer.joined.days());
        let dice = Dice::new(seed, "history", number);
        let happened = Vec::new();
        let mut history = Self { life, customer, number, joined, dice, seed, replaced: None, happened };
        history.live();
        history.happened.retain(|happening| life.time.is_past(happening.at));
        history.happened
    }

    fn live(&mut self) {
        self.join();
        self.changes();
        self.contact_leaves();
        for month in self.life.time.periods(PeriodKind::Month) {
            self.month(month);
        }
        for quarter in self.life.time.periods(PeriodKind::Quarter) {
            self.quarter(quarter);
        }
        self.festivals();
        if self.dice.chance(EVENTS) {
            self.event();
        }
    }

    fn push(&mut self, at: Timestamp, what: What) {
        self.happened.push(Happening { at, what });
    }

    fn join(&mut self) {
        let time = self.life.time;
        // The book was begun on the first working day; who came later came in office hours.
        let day = time.working(self.joined, self.joined.saturating_add(15.days()))[0];
        let at = if self.customer.joined == 0 {
            time.at(day, 8 * 60 + 30, &mut self.dice)
        } else {
            time.office(&mut self.dice, day)
        };
        self.joined = day.tomorrow().unwrap_or(day);
        self.push(at, What::Joined { customer: self.number });
    }

    fn changes(&mut self) {
        let (course, joined) = (&self.life.courses[self.number], self.joined);
        for (day, grade, reason) in course.grades.iter().skip(1).filter(|(day, ..)| *day >= joined) {
            let at = self.life.time.at(*day, 10 * 60, &mut self.dice);
            self.push(at, What::Graded { customer: self.number, grade: *grade, reason });
        }
        for (day, to, reason) in course.owners.iter().skip(1).filter(|(day, ..)| *day >= joined) {
            let at = self.life.time.at(*day, 8 * 60 + 45, &mut self.dice);
            self.push(at, What::HandedOver { customer: self.number, to: *to, reason });
        }
    }

    fn contact_leaves(&mut self) {
        let contacts = self.customer.archive.contacts.len();
        if contacts < 2 || !self.dice.chance(CONTACT_LEFT) || self.joined >= self.life.time.today {
            return;
        }
        let day = *self.dice.pick(&self.life.time.working(self.joined, self.life.time.today));
        let contact = 1 + self.dice.below(contacts - 1);
        let at = self.life.time.at(day, 9 * 60 + 5, &mut self.dice);
        let phone = names::mobile(self.number * PHONES_EACH + PHONES_EACH - 1);
        let (name, salutation) = names::person(&mut self.dice);
        let came = NewContact {
            name: Some(name),
            salutation: Some(Some(salutation)),
            phone: Some(Some(phone)),
            ..self.customer.archive.contacts[contact].clone()
        };
        self.replaced = Some((day, contact));
        self.push(at, What::Replaced { customer: self.number, contact, came });
    }

    /// The contacts of a month, by grade: what the regulation asks for, or less.
    fn month(&mut self, month: Period) {
        let from = month.start.max(self.joined);
        if from >= month.end {
            return;
        }
        let course = &self.life.courses[self.number];
        let (grade, owner) = (course.grade_on(from), course.owner_on(from));
        let kept = self.dice.chance(self.life.discipline(owner, from));
        let kinds = match grade {
            Grade::Vip => self.vip_month(kept),
            Grade::Key => self.key_month(kept),
            // Ordinary customers are counted by the quarter.
            Grade::Ordinary => return,
        };
        for kind in kinds {
            let day = match kind {
                Kind::Activity if self.dice.chance(0.75) => self.salon(month, owner).filter(|day| *day >= from),
                _ => None,
            };
            let day = day.unwrap_or_else(|| self.some_day(from, month.end));
            self.talk(kind, day);
        }
    }

    fn vip_month(&mut self, kept: bool) -> Vec<Kind> {
        let visit = *self.dice.pick(&[Kind::Visit, Kind::Visit, Kind::Visit, Kind::OnSite]);
        let mut kinds = match kept {
            true => vec![visit, self.remote()],
            false => match self.dice.below(10) {
                0..4 => vec![self.remote(), self.remote()],
                4..7 => vec![visit],
                7..9 => vec![self.remote()],
                _ => Vec::new(),
            },
        };
        if kept && self.dice.chance(0.35) {
            kinds.push(self.remote());
        }
        if kept && self.dice.chance(0.15) {
            kinds.push(Kind::Activity);
        }
        kinds
    }

    fn key_month(&mut self, kept: bool) -> Vec<Kind> {
        let contact = if self.dice.chance(0.2) { Kind::Visit } else { self.remote() };
        let mut kinds = match kept {
            true => vec![contact, Kind::Activity],
            false => match self.dice.below(10) {
                0..6 => vec![contact],
                6..8 => vec![Kind::Activity],
                _ => Vec::new(),
            },
        };
        if kept && self.dice.chance(0.25) {
            kinds.push(self.remote());
        }
        kinds
    }

    fn remote(&mut self) -> Kind {
        let kinds = [
            (Kind::Phone, 46),
            (Kind::Wechat, 32),
            (Kind::Meeting, 8),
            (Kind::Email, 8),
            (Kind::Chat, 4),
            (Kind::Sms, 2),
        ];
        self.dice.weighted(&kinds, |item| item.1).0
    }

    /// A quarter: the one contact that ordinary customers are owed, and the verification of the archive.
    fn quarter(&mut self, quarter: Period) {
        let from = quarter.start.max(self.joined);
        if from >= quarter.end {
            return;
        }
        let course = &self.life.courses[self.number];
        let (grade, owner) = (course.grade_on(from), course.owner_on(from));
        let discipline = self.life.discipline(owner, from);
        if grade == Grade::Ordinary && self.dice.chance(discipline) {
            for _ in 0..1 + usize::from(self.dice.chance(0.3)) {
                let kind = if self.dice.chance(0.12) { Kind::Visit } else { self.remote() };
                let day = self.some_day(from, quarter.end);
                self.talk(kind, day);
            }
        }
        if self.dice.chance(discipline - 0.04) {
            let day = self.some_day(from, quarter.end);
            self.verify(day);
        }
    }

    /// A working day on which the owner is there; rather towards the end, as people are.
    fn some_day(&mut self, from: Date, until: Date) -> Date {
        let mut days = self.life.time.working(from, until);
        let owner = self.life.courses[self.number].owner_on(from);
        let there: Vec<Date> = days.iter().copied().filter(|day| !self.life.is_away(owner, *day)).collect();
        if !there.is_empty() {
            days = there;
        }
        let share = self.dice.unit().powf(0.8);
        days[((days.len() as f64 * share) as usize).min(days.len() - 1)]
    }

    /// The day of the department's event for customers in this month.
    fn salon(&self, month: Period, owner: usize) -> Option<Date> {
        let department = self.life.staff.people[owner].department;
        let mut dice = Dice::new(
            self.seed,
            "salon",
            department * 100_000 + month.start.year() as usize * 12 + month.start.month() as usize,
        );
        let days = self.life.time.working(month.start.saturating_add(6.days()), month.end.saturating_sub(3.days()));
        Some(*dice.pick(&days))
    }

    fn talk(&mut self, kind: Kind, day: Date) {
        let time = self.life.time;
        let at = match kind {
            Kind::Activity => time.at(day, 14 * 60, &mut self.dice),
            _ => time.office(&mut self.dice, day),
        };
        let (with, who) = self.counterpart(day);
        let note = talk::note(&mut self.dice, kind, &who, &TRADES[self.customer.trade]);
        self.record(kind, (at, day), with, note);
    }

    /// With whom: mostly the first contact, and nobody who has left.
    fn counterpart(&mut self, day: Date) -> (Option<usize>, String) {
        let contacts = &self.customer.archive.contacts;
        let gone = self.replaced.filter(|(from, _)| *from <= day).map(|(_, contact)| contact);
        let there: Vec<usize> = (0..contacts.len()).filter(|contact| Some(*contact) != gone).collect();
        match there.first() {
            None => (None, self.customer.archive.name.clone().unwrap_or_default()),
            Some(first) => {
                let chosen = if self.dice.chance(0.6) { *first } else { *self.dice.pick(&there) };
                (Some(chosen), spoken_of(&contacts[chosen]))
            }
        }
    }

    fn record(&mut self, kind: Kind, (at, day): (Timestamp, Date), with: Option<usize>, note: Note) {
        let actor = self.life.courses[self.number].owner_on(day);
        let discipline = self.life.discipline(actor, day);
        let recorded_at = at + self.delay(discipline);
        let next = note.next.as_ref().map(|(plan, days, priority)| {
            let due =
                self.life.time.working(day.saturating_add((*days as i32).days()), day.saturating_add(40.days()))[0];
            (plan.clone(), self.life.time.at(due, 17 * 60, &mut self.dice), *priority)
        });
        let done = next.as_ref().and_then(|(_, due, _)| self.done(*due, recorded_at, discipline));
        let talk = Talk {
            customer: self.number,
            actor,
            kind,
            at,
            with,
            content: note.content,
            feedback: note.feedback,
            next,
            done,
        };
        self.push(recorded_at, What::Talked(talk));
    }

    /// How long it took to write a contact down: minutes, till the evening, till the next morning, or too long.
    fn delay(&mut self, discipline: f64) -> SignedDuration {
        let late = (1.0 - discipline) * 0.45 + 0.01;
        let minutes = match self.dice.unit() {
            share if share < late => self.dice.between(25 * 60, 90 * 60),
            share if share < late + 0.18 => self.dice.between(14 * 60, 22 * 60),
            share if share < late + 0.45 => self.dice.between(90, 8 * 60),
            _ => self.dice.between(4, 90),
        };
        SignedDuration::from_mins(minutes)
    }

    /// When a next step was done; what is not done by now is open, and long ago all was done at last.
    fn done(&mut self, due: Timestamp, recorded_at: Timestamp, discipline: f64) -> Option<Timestamp> {
        let hours = if self.dice.chance(discipline) { -self.dice.between(1, 30) } else { self.dice.between(3, 400) };
        let at = (due + SignedDuration::from_hours(hours)).max(recorded_at + SignedDuration::from_mins(20));
        self.life.time.is_past(at).then_some(at)
    }

    fn verify(&mut self, day: Date) {
        let at = self.life.time.office(&mut self.dice, day);
        let (with, _) = self.counterpart(day);
        let unreachable = self.dice.chance(0.04);
        let changed = if unreachable || !self.dice.chance(0.22) { None } else { Some(self.changed()) };
        self.push(at, What::Verified(Round { customer: self.number, with, unreachable, changed }));
    }

    /// What customers tell that we did not know: that they have grown, need something else, or prefer another way.
    fn changed(&mut self) -> (&'static str, String) {
        let archive = &self.customer.archive;
        match (self.dice.below(3), archive.staff_count.flatten()) {
            (0, Some(staff)) => ("staff_count", (staff * self.dice.between(85, 125) / 100 + 1).to_string()),
            (0 | 1, _) => ("core_need", (*self.dice.pick(TRADES[self.customer.trade].needs)).to_owned()),
            _ => ("preferences", talk::preference(&mut self.dice)),
        }
    }

    fn festivals(&mut self) {
        let (first, last) = (self.life.time.begins.year(), self.life.time.today.year());
        for year in first..=last {
            for festival in GREETED {
                if let Ok(date) = festival.date_in(year) {
                    self.greet(festival, date);
                }
            }
        }
    }

    fn greet(&mut self, festival: Festival, date: Date) {
        let from = date.saturating_sub(7.days());
        if from < self.joined || from > self.life.time.today {
            return;
        }
        let course = &self.life.courses[self.number];
        let share = match course.grade_on(from) {
            // The regulation asks for it only where contacts are rare; good manners ask for it elsewhere.
            Grade::Ordinary => self.life.discipline(course.owner_on(from), from),
            _ => 0.5,
        };
        if !self.dice.chance(share) {
            return;
        }
        let day = *self.dice.pick(&self.life.time.working(from, date));
        let at = self.life.time.office(&mut self.dice, day);
        let (with, who) = self.counterpart(day);
        let note = talk::greeting(&mut self.dice, festival.zh(), &who);
        self.record(Kind::Greeting, (at, day), with, note);
    }

    fn event(&mut self) {
        let time = self.life.time;
        if self.joined >= time.today {
            return;
        }
        let day = *self.dice.pick(&time.working(self.joined, time.today));
        let known_at = time.office(&mut self.dice, day);
        let happened_at = known_at - SignedDuration::from_hours(self.dice.between(2, 140));
        let late = self.dice.chance(0.16);
        let minutes = if late { self.dice.between(25 * 60, 80 * 60) } else { self.dice.between(10, 20 * 60) };
        let (kind, content) = *self.dice.pick(talk::EVENTS);
        let what = What::Learned { customer: self.number, kind, happened_at, known_at, content };
        self.push(known_at + SignedDuration::from_mins(minutes), what);
    }
}
