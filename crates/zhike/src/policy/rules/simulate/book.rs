//! The file of a simulation opened: checked, names turned into ids, facts sorted by what they are about.

use super::file::{ActionEntry, Entry, FactEntry, SimulationFile};
use super::people::Person;
use super::{LONGEST, MOST_CHANGES, MOST_ENTRIES, MOST_RULES, MOST_SUBJECTS, SimulationError, id_of};
use crate::kernel::Fact;
use crate::policy::definition::{Policy, Rule, check_rule};
use crate::policy::rules::calendars::WORKING;
use crate::policy::rules::told::{ASSIGNEE, DEPARTMENT};
use crate::policy::rules::{Calendars, Duty, Halt, Release, Subject};
use calendar::{CalendarSpec, HolidayTable, WorkCalendar};
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use uuid::Uuid;

pub(super) struct Book<'a> {
    pub(super) calendars: Calendars,
    pub(super) rules: Vec<Rule>,
    /// The clause of each rule that came from a policy.
    pub(super) clauses: HashMap<String, String>,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) people: BTreeMap<String, Person>,
    /// Facts by what they are about.
    pub(super) by_subject: BTreeMap<Uuid, Vec<Fact>>,
    /// Facts by subject and by customer.
    concerning: HashMap<Uuid, Vec<Fact>>,
    names: HashMap<Uuid, String>,
    /// Entries in order of time.
    timeline: Vec<&'a Entry>,
}

impl<'a> Book<'a> {
    pub(super) fn open(
        file: &'a SimulationFile,
        policy: &dyn Fn(&str) -> Option<Policy>,
    ) -> Result<Book<'a>, SimulationError> {
        check_size(file)?;
        let (rules, clauses) = rules(file, policy)?;
        let mut timeline: Vec<&Entry> = file.timeline.iter().collect();
        timeline.sort_by_key(|entry| entry.at);
        let mut book = Book {
            calendars: calendars(file)?,
            rules,
            clauses,
            from: file.from,
            until: file.until,
            people: people(file)?,
            by_subject: BTreeMap::new(),
            concerning: HashMap::new(),
            names: names(file),
            timeline,
        };
        book.read_facts(file);
        Ok(book)
    }

    fn read_facts(&mut self, file: &SimulationFile) {
        for (index, entry) in file.timeline.iter().enumerate() {
            let Some(written) = &entry.fact else { continue };
            let fact = fact(index, entry.at, written);
            self.names.insert(fact.id, fact_name(index, written));
            // What nobody knew by the end of the simulation has no say in it.
            if fact.recorded_at > self.until || fact.at > self.until {
                continue;
            }
            if let Some(customer) = fact.customer.filter(|customer| *customer != fact.subject) {
                self.concerning.entry(customer).or_default().push(fact.clone());
            }
            self.concerning.entry(fact.subject).or_default().push(fact.clone());
            self.by_subject.entry(fact.subject).or_default().push(fact);
        }
    }

    pub(super) fn about(&self, subject: Uuid) -> &[Fact] {
        self.concerning.get(&subject).map_or(&[], Vec::as_slice)
    }

    pub(super) fn name(&self, id: Uuid) -> String {
        self.names.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// Whether the file says itself what a subject is.
    pub(super) fn is_listed(&self, subject: Uuid) -> bool {
        self.person(subject).is_some()
    }

    fn person(&self, id: Uuid) -> Option<&Person> {
        self.names.get(&id).and_then(|name| self.people.get(name))
    }

    /// The customer of what these facts are about, as it is in the end.
    pub(super) fn customer(&self, facts: &[Fact]) -> Option<&Subject> {
        let customer = facts.iter().find_map(|fact| fact.customer)?;
        self.person(customer)?.segments().last().map(|(_, _, subject)| subject)
    }

    /// The states of what a clock is about: of the subject itself if it is one, else of the customer; without either
    /// there is one state of which nothing is known.
    pub(super) fn segments(&self, subject: Uuid, facts: &[Fact]) -> Vec<(Timestamp, Timestamp, Option<&Subject>)> {
        let customer = || facts.iter().find_map(|fact| fact.customer).and_then(|customer| self.person(customer));
        match self.person(subject).or_else(customer) {
            Some(person) => person.segments().map(|(from, to, subject)| (from, to, Some(subject))).collect(),
            None => vec![(Timestamp::MIN, Timestamp::MAX, None)],
        }
    }

    /// Writes the decisions of people into a duty.
    pub(super) fn act_on(&self, duty: &mut Duty) {
        duty.pauses.clear();
        duty.waived = None;
        duty.postponed_until = None;
        for entry in self.timeline.iter().filter(|entry| entry.at <= self.until) {
            act(duty, entry);
        }
    }
}

fn act(duty: &mut Duty, entry: &Entry) {
    let at = entry.at;
    let concerned = |action: &Option<ActionEntry>| {
        let action = action.as_ref()?;
        is_meant(duty, &action.rule, &action.subject, action.occurrence.as_deref()).then(|| action.clone())
    };
    let by = |action: &ActionEntry| action.by.as_deref().map(id_of);
    let (pause, resume, waive) = (concerned(&entry.pause), concerned(&entry.resume), concerned(&entry.waive));
    if let Some(action) = pause.filter(|_| duty.pauses.last().is_none_or(|halt| halt.to.is_some())) {
        duty.pauses.push(Halt { from: at, to: None, by: by(&action), reason: action.reason });
    }
    if resume.is_some() {
        duty.pauses.iter_mut().filter(|halt| halt.to.is_none()).for_each(|halt| halt.to = Some(at));
    }
    if let Some(action) = waive {
        duty.waived = Some(Release { at, by: by(&action), reason: action.reason });
    }
    if let Some(postpone) = &entry.postpone
        && is_meant(duty, &postpone.rule, &postpone.subject, postpone.occurrence.as_deref())
    {
        duty.postponed_until = Some(postpone.until);
    }
}

fn is_meant(duty: &Duty, rule: &str, subject: &str, occurrence: Option<&str>) -> bool {
    let same = duty.key.rule == rule && duty.key.subject == id_of(subject);
    same && occurrence.is_none_or(|occurrence| duty.key.occurrence == occurrence)
}

fn check_size(file: &SimulationFile) -> Result<(), SimulationError> {
    if file.subjects.len() > MOST_SUBJECTS {
        return Err(SimulationError::TooMany(MOST_SUBJECTS, "subjects"));
    }
    if file.timeline.len() > MOST_ENTRIES {
        return Err(SimulationError::TooMany(MOST_ENTRIES, "timeline entries"));
    }
    if file.rules.len() > MOST_RULES {
        return Err(SimulationError::TooMany(MOST_RULES, "rules"));
    }
    if file.until <= file.from {
        return Err(SimulationError::EmptyTime);
    }
    if file.until.duration_since(file.from) > LONGEST {
        return Err(SimulationError::TooLong);
    }
    for (index, entry) in file.timeline.iter().enumerate() {
        let actions = [&entry.pause, &entry.resume, &entry.waive].into_iter().filter(|action| action.is_some()).count();
        let others = [entry.fact.is_some(), entry.change.is_some(), entry.postpone.is_some()];
        if actions + others.into_iter().filter(|present| *present).count() != 1 {
            return Err(SimulationError::Entry(index + 1));
        }
    }
    Ok(())
}

fn calendars(file: &SimulationFile) -> Result<Calendars, SimulationError> {
    let mut table = HolidayTable::china().clone();
    for year in &file.holidays {
        table = table.with_year(&year.to_string())?;
    }
    let build = |name: &str, spec: &CalendarSpec| {
        let built = WorkCalendar::from_spec(spec, &table);
        built.map(Arc::new).map_err(|error| SimulationError::Calendar { name: name.to_owned(), error })
    };
    let usual = CalendarSpec::china_office();
    let company = build(WORKING, file.calendars.get(WORKING).unwrap_or(&usual))?;
    let mut calendars = Calendars::new(company);
    for (name, spec) in file.calendars.iter().filter(|(name, _)| *name != WORKING) {
        calendars = calendars.with(name, build(name, spec)?);
    }
    Ok(calendars)
}

type RulesAndClauses = (Vec<Rule>, HashMap<String, String>);

fn rules(file: &SimulationFile, policy: &dyn Fn(&str) -> Option<Policy>) -> Result<RulesAndClauses, SimulationError> {
    let mut clauses = HashMap::new();
    let mut list: Vec<Rule> = Vec::new();
    if let Some(key) = &file.policy {
        let policy = policy(key).ok_or_else(|| SimulationError::UnknownPolicy(key.clone()))?;
        for (clause, rule) in policy.rules() {
            clauses.insert(rule.key.clone(), clause.id.clone());
            list.push(rule.clone());
        }
    }
    let mut written = std::collections::HashSet::new();
    for rule in &file.rules {
        check_rule(rule, &rule.key)?;
        if !written.insert(rule.key.as_str()) {
            return Err(SimulationError::Twice(rule.key.clone()));
        }
        list.retain(|other| other.key != rule.key);
        list.push(rule.clone());
    }
    if list.is_empty() { Err(SimulationError::NoRules) } else { Ok((list, clauses)) }
}

fn people(file: &SimulationFile) -> Result<BTreeMap<String, Person>, SimulationError> {
    let mut people = BTreeMap::new();
    for entry in &file.subjects {
        if people.insert(entry.id.clone(), Person::new(entry)).is_some() {
            return Err(SimulationError::Twice(entry.id.clone()));
        }
    }
    let mut entries: Vec<(usize, &Entry)> = file.timeline.iter().enumerate().collect();
    entries.sort_by_key(|(_, entry)| entry.at);
    for (index, entry) in entries {
        let Some(change) = &entry.change else { continue };
        let unknown = || SimulationError::UnknownSubject { entry: index + 1, name: change.subject.clone() };
        let person = people.get_mut(&change.subject).ok_or_else(unknown)?;
        if person.changes() == MOST_CHANGES {
            return Err(SimulationError::TooMany(MOST_CHANGES, "changes of one subject"));
        }
        person.change(entry.at, change);
    }
    Ok(people)
}

/// Every name in the file by its id, so that the answer speaks the language of the file.
fn names(file: &SimulationFile) -> HashMap<Uuid, String> {
    let mut names = HashMap::new();
    let mut note = |name: &str| names.insert(id_of(name), name.to_owned());
    for subject in &file.subjects {
        note(&subject.id);
        let people = [&subject.owner, &subject.deputy, &subject.department, &subject.department_head];
        people.into_iter().flatten().for_each(|name| drop(note(name)));
    }
    for entry in &file.timeline {
        if let Some(fact) = &entry.fact {
            [&fact.subject, &fact.customer, &fact.actor].into_iter().flatten().for_each(|name| drop(note(name)));
            NAMING.iter().filter_map(|name| fact.attributes.get(*name)?.as_str()).for_each(|name| drop(note(name)));
        }
        if let Some(change) = &entry.change {
            let fields = [&change.owner, &change.deputy, &change.department, &change.department_head];
            fields.into_iter().flatten().flatten().for_each(|name| drop(note(name)));
        }
    }
    names
}

fn fact_name(index: usize, written: &FactEntry) -> String {
    written.id.clone().unwrap_or_else(|| format!("fact-{}", index + 1))
}

fn fact(index: usize, at: Timestamp, written: &FactEntry) -> Fact {
    let id = id_of(&fact_name(index, written));
    let customer = written.customer.as_deref().map(id_of);
    Fact {
        id,
        kind: written.kind.clone(),
        subject: written.subject.as_deref().map(id_of).or(customer).unwrap_or(id),
        customer,
        at,
        recorded_at: written.recorded_at.unwrap_or(at),
        actor: written.actor.as_deref().map(id_of),
        attributes: with_ids(written.attributes.clone()),
    }
}

/// Attributes that name somebody.
const NAMING: [&str; 2] = [ASSIGNEE, DEPARTMENT];

fn with_ids(mut attributes: Map<String, Value>) -> Map<String, Value> {
    for name in NAMING {
        if let Some(Value::String(named)) = attributes.get_mut(name) {
            *named = id_of(named).to_string();
        }
    }
    attributes
}
