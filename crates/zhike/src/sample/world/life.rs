//! What happens to the company besides its contacts: leave, a colleague who resigns, customers who change hands and
//! grades, and how all this tells on who keeps to the regulation.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::book::Customer;
use super::dice::Dice;
use super::staff::{Sells, Staff};
use super::talk;
use super::time::Time;
use super::words::Area;
use crate::customers::model::Grade;
use crate::platform::access::model::AbsenceKind;

#[derive(Clone, Debug, PartialEq)]
pub struct Absence {
    pub person: usize,
    pub first: Date,
    pub last: Date,
    pub kind: AbsenceKind,
    pub deputy: Option<usize>,
}

/// Who belongs to whom and with what grade, from when on; the first entry is the beginning.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    pub grades: Vec<(Date, Grade, &'static str)>,
    pub owners: Vec<(Date, usize, &'static str)>,
}

pub struct Life<'a> {
    pub staff: &'a Staff,
    pub time: &'a Time<'a>,
    pub absences: Vec<Absence>,
    /// Who resigned, and their last day.
    pub leaver: Option<(usize, Date)>,
    pub courses: Vec<Course>,
}

const GRADED: f64 = 0.08;
const HANDED: f64 = 0.04;

impl Course {
    pub fn grade_on(&self, date: Date) -> Grade {
        self.grades
            .iter()
            .rev()
            .find(|(from, ..)| *from <= date)
            .or(self.grades.first())
            .map_or(Grade::Ordinary, |entry| entry.1)
    }

    pub fn owner_on(&self, date: Date) -> usize {
        self.owners.iter().rev().find(|(from, ..)| *from <= date).or(self.owners.first()).map_or(0, |entry| entry.1)
    }
}

impl<'a> Life<'a> {
    pub fn new(seed: u64, staff: &'a Staff, time: &'a Time<'a>, customers: &[Customer]) -> Self {
        let leaver = leaver(seed, staff, time);
        let mut life = Self { staff, time, absences: Vec::new(), leaver, courses: Vec::new() };
        life.absences = life.absences_of_all(seed);
        life.courses = customers.iter().enumerate().map(|(at, customer)| life.course(seed, at, customer)).collect();
        life
    }

    fn absences_of_all(&self, seed: u64) -> Vec<Absence> {
        let people = 0..self.staff.people.len();
        let mut all: Vec<Absence> = people.flat_map(|person| self.absences_of(seed, person)).collect();
        all.sort_by_key(|absence| (absence.first, absence.person));
        all
    }

    /// One to three a year, and somebody who is away right now in every third department.
    fn absences_of(&self, seed: u64, person: usize) -> Vec<Absence> {
        let mut dice = Dice::new(seed, "absence", person);
        let mut found: Vec<Absence> = Vec::new();
        let mut day = self.time.begins;
        loop {
            day = day.saturating_add((dice.between(70, 260) as i32).days());
            let length = dice.between(2, 9) as i32;
            let last = day.saturating_add((length - 1).days());
            if last >= self.time.today || self.has_left(person, last) {
                break;
            }
            found.push(self.absence(&mut dice, person, (day, last)));
            day = last;
        }
        if person % 17 == 9 && !self.has_left(person, self.time.today) {
            let first = self.time.today.saturating_sub((dice.between(0, 2) as i32).days());
            let last = self.time.today.saturating_add((dice.between(2, 6) as i32).days());
            found.push(self.absence(&mut dice, person, (first, last)));
        }
        found
    }

    fn absence(&self, dice: &mut Dice, person: usize, (first, last): (Date, Date)) -> Absence {
        let kinds = [(AbsenceKind::Leave, 5), (AbsenceKind::BusinessTrip, 4), (AbsenceKind::Sick, 1)];
        let kind = dice.weighted(&kinds, |item| item.1).0;
        let deputy = self.staff.colleague(person, dice).filter(|deputy| !self.has_left(*deputy, last));
        Absence { person, first, last, kind, deputy }
    }

    pub fn has_left(&self, person: usize, date: Date) -> bool {
        self.leaver.is_some_and(|(leaver, last)| leaver == person && date > last)
    }

    pub fn is_away(&self, person: usize, date: Date) -> bool {
        self.absences.iter().any(|absence| absence.person == person && absence.first <= date && date <= absence.last)
    }

    fn course(&self, seed: u64, number: usize, customer: &Customer) -> Course {
        let mut dice = Dice::new(seed, "course", number);
        let joined = self.time.begins.saturating_add(customer.joined.days());
        let mut course =
            Course { grades: vec![(joined, customer.grade, "")], owners: vec![(joined, customer.owner, "")] };
        if dice.chance(GRADED) {
            self.regrade(&mut dice, &mut course, joined);
        }
        if let Some((leaver, last)) = self.leaver.filter(|(leaver, _)| *leaver == customer.owner) {
            let heir = *dice.pick(&self.heirs(leaver));
            let day = self.time.working(last.saturating_sub(3.days()), last)[0];
            match joined.saturating_add(20.days()) < day {
                true => course.owners.push((day, heir, talk::LEAVING)),
                // Nobody is given new customers in their last weeks.
                false => course.owners[0].1 = heir,
            }
        } else if dice.chance(HANDED)
            && let Some(day) = self.some_day(&mut dice, joined)
        {
            let heirs = self.heirs(customer.owner);
            course.owners.push((day, *dice.pick(&heirs), *dice.pick(talk::HANDED)));
        }
        course
    }

    fn regrade(&self, dice: &mut Dice, course: &mut Course, joined: Date) {
        let from = course.grades[0].1;
        let to = match from {
            Grade::Ordinary => Grade::Key,
            Grade::Key if dice.chance(0.45) => Grade::Vip,
            Grade::Key => Grade::Ordinary,
            Grade::Vip => Grade::Key,
        };
        let up = to < from;
        if let Some(day) = self.some_day(dice, joined) {
            let reasons = if up { talk::RAISED } else { talk::LOWERED };
            course.grades.push((day, to, reasons[dice.below(reasons.len())]));
        }
    }

    /// A working day well after `joined` and before now.
    fn some_day(&self, dice: &mut Dice, joined: Date) -> Option<Date> {
        let from = joined.saturating_add(30.days());
        (from < self.time.today).then(|| *dice.pick(&self.time.working(from, self.time.today)))
    }

    /// Others who sell the same way, without whoever leaves; the heads if there is nobody.
    fn heirs(&self, owner: usize) -> Vec<usize> {
        let sells = self.staff.people[owner].sells;
        let mut same = self.staff.sellers(|other| Some(other) == sells);
        same.retain(|person| *person != owner && self.leaver.is_none_or(|(leaver, _)| leaver != *person));
        if same.is_empty() { self.staff.sellers(|other| other == Sells::Large) } else { same }
    }

    /// The probability that what is owed is done. The company gets used to the rules over the first months; Spring
    /// Festival, a resignation and a new head in the south-west leave their traces.
    pub fn discipline(&self, person: usize, date: Date) -> f64 {
        let who = &self.staff.people[person];
        let months = self.time.months_in(date);
        let mut share = who.discipline - 0.14 + 0.16 * (months / 9.0).min(1.0);
        if matches!(date.month(), 1 | 2) {
            share -= 0.06;
        }
        if who.sells == Some(Sells::Region(Area::West)) && months > 14.0 {
            share += 0.12;
        }
        if self.leaver.is_some_and(|(leaver, last)| leaver == person && last.saturating_sub(60.days()) < date) {
            share -= 0.3;
        }
        share.clamp(0.3, 0.985)
    }
}

/// Somebody in the south resigned some eight months ago.
fn leaver(seed: u64, staff: &Staff, time: &Time<'_>) -> Option<(usize, Date)> {
    let mut dice = Dice::new(seed, "leaver", 0);
    let sellers = staff.sellers(|sells| sells == Sells::Region(Area::South));
    let sellers: Vec<usize> = sellers.into_iter().filter(|person| !staff.is_head(*person)).collect();
    let last = time.working(time.today.saturating_sub(245.days()), time.today.saturating_sub(225.days()))[0];
    (!sellers.is_empty()).then(|| (*dice.pick(&sellers), last))
}
