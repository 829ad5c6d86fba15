//! The subjects of a simulation through time.

use super::id_of;
use crate::policy::definition::Rule;
use crate::policy::rules::Subject;
use crate::policy::rules::facts::subject_holds;
use crate::policy::rules::simulate::file::{ChangeEntry, SubjectEntry};
use jiff::Timestamp;

/// A subject with every state it was in: the instant since when, ascending.
pub(super) struct Person {
    states: Vec<(Timestamp, Subject)>,
}

impl Person {
    pub(super) fn new(entry: &SubjectEntry) -> Person {
        let id = |name: &Option<String>| name.as_deref().map(id_of);
        let since = entry.since.unwrap_or(Timestamp::MIN);
        let subject = Subject {
            id: id_of(&entry.id),
            kind: entry.kind.clone(),
            grade: entry.grade.clone(),
            attributes: entry.attributes.clone(),
            owner: id(&entry.owner),
            deputy: id(&entry.deputy),
            department: id(&entry.department),
            department_head: id(&entry.department_head),
            since,
            until: entry.until,
        };
        Person { states: vec![(since, subject)] }
    }

    pub(super) fn changes(&self) -> usize {
        self.states.len() - 1
    }

    /// Changes come in order of time.
    pub(super) fn change(&mut self, at: Timestamp, change: &ChangeEntry) {
        let Some((_, last)) = self.states.last() else { return };
        let mut next = last.clone();
        if let Some(grade) = &change.grade {
            next.grade = grade.clone();
        }
        for (field, value) in [
            (&mut next.owner, &change.owner),
            (&mut next.deputy, &change.deputy),
            (&mut next.department, &change.department),
            (&mut next.department_head, &change.department_head),
        ] {
            if let Some(value) = value {
                *field = value.as_deref().map(id_of);
            }
        }
        next.attributes.extend(change.attributes.clone());
        if change.gone {
            next.until = Some(at);
        }
        self.states.push((at, next));
    }

    /// The states within `[from, to)`, each with the instant from which to plan for it.
    pub(super) fn between(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = (Timestamp, &Subject)> {
        self.segments().filter_map(move |(begin, end, subject)| {
            let begin = begin.max(from);
            (begin < end.min(to)).then_some((begin, subject))
        })
    }

    /// Every state as `[begin, end)`.
    pub(super) fn segments(&self) -> impl Iterator<Item = (Timestamp, Timestamp, &Subject)> {
        let ends = self.states.iter().skip(1).map(|(at, _)| *at).chain(std::iter::once(Timestamp::MAX));
        self.states.iter().zip(ends).map(|((begin, subject), end)| (*begin, end, subject))
    }

    /// Since when the conditions of the rule have held without a break, as seen at `at`.
    pub(super) fn since(&self, rule: &Rule, at: Timestamp) -> Timestamp {
        let seen = self.states.iter().rev().filter(|(begin, _)| *begin <= at);
        let holding = seen.take_while(|(_, subject)| subject_holds(&rule.of, subject));
        holding.last().map_or(at, |(begin, _)| *begin)
    }
}
