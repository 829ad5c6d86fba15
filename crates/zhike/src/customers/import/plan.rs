//! Which rows make up which customer, decided by nothing but the sheet and its mapping, so that a run that goes on after
//! a crash sees the same customers in the same order. Of each row, only where it lies is kept in memory.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use documents::table::TableSource;

use super::convert::{Identity, Reading};
use super::raw::{AT_ONCE_BYTES, Filling, RawRow, Scratch};
use super::source;
use crate::customers::rules::{credit_code, name_core};
use crate::kernel::Result;
use crate::platform::vault::{Kind, half_width, normalise};

/// The rows of a sheet, customer by customer in the order of their first rows.
pub struct Plan {
    scratch: Scratch,
    /// The rows by customer, and where each customer begins in them.
    members: Vec<u32>,
    starts: Vec<u32>,
}

impl Plan {
    /// Of the first `most` rows.
    pub fn read(
        source: &mut TableSource,
        (sheet, heading_row): (usize, u64),
        reading: &Reading,
        most: usize,
    ) -> Result<Self> {
        let mut rows = Filling::new()?;
        let mut groups = Groups::default();
        for row in source::data(source, sheet, heading_row)?.take(most) {
            let row = RawRow::from(row?);
            groups.add(&reading.identity(&row), row.bytes());
            rows.push(&row)?;
        }
        let (members, starts) = groups.by_customer();
        Ok(Self { scratch: rows.finish()?, members, starts })
    }

    pub fn rows(&self) -> usize {
        self.scratch.len()
    }

    pub fn customers(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// How many rows the customers before this one have.
    pub fn rows_before(&self, customer: usize) -> usize {
        self.starts.get(customer).map_or(self.members.len(), |start| *start as usize)
    }

    /// The rows of one customer.
    pub fn customer(&self, at: usize) -> Result<Vec<RawRow>> {
        let members = &self.members[self.rows_before(at)..self.rows_before(at + 1)];
        members.iter().map(|row| self.scratch.row(*row as usize)).collect()
    }

    /// Bytes that the rows of one customer take.
    pub fn bytes(&self, at: usize) -> u64 {
        let members = &self.members[self.rows_before(at)..self.rows_before(at + 1)];
        members.iter().map(|row| self.scratch.bytes(*row as usize)).sum()
    }

    /// A row by its place in the sheet, from 0.
    pub fn row(&self, at: usize) -> Result<RawRow> {
        self.scratch.row(at)
    }

    /// The first customer after so many rows; a run ends between two customers.
    pub fn after_rows(&self, rows: usize) -> usize {
        self.starts.partition_point(|start| (*start as usize) < rows)
    }
}

#[derive(Default)]
struct Groups {
    /// The customer of each row.
    of_row: Vec<u32>,
    count: u32,
    by_code: HashMap<u64, u32>,
    by_name: HashMap<u64, u32>,
    /// Digest of each customer's credit code; two that differ are two customers.
    codes: Vec<Option<u64>>,
    /// Text of each customer's rows.
    bytes: Vec<usize>,
}

impl Groups {
    fn add(&mut self, identity: &Identity<'_>, bytes: usize) {
        let code = identity.credit_code.map(|code| hashed(0, &credit_code::normalise(code)));
        let name = name_key(identity);
        let found = match self.of_row.last().filter(|_| identity.continues()) {
            Some(last) => Some(*last),
            None => self.find(code, name),
        };
        // No customer of an honest sheet has as much.
        let room = |group: &u32| self.bytes[*group as usize] + bytes <= AT_ONCE_BYTES;
        let group = found.filter(room).unwrap_or_else(|| {
            self.count += 1;
            self.codes.push(None);
            self.bytes.push(0);
            self.count - 1
        });
        self.bytes[group as usize] += bytes;
        if let Some(code) = code {
            self.codes[group as usize].get_or_insert(code);
            self.by_code.entry(code).or_insert(group);
        }
        if let Some(name) = name {
            self.by_name.entry(name).or_insert(group);
        }
        self.of_row.push(group);
    }

    fn find(&self, code: Option<u64>, name: Option<u64>) -> Option<u32> {
        let by_code = code.and_then(|code| self.by_code.get(&code)).copied();
        let by_name = || {
            let group = *self.by_name.get(&name?)?;
            let two = code.zip(self.codes[group as usize]).is_some_and(|(one, other)| one != other);
            (!two).then_some(group)
        };
        by_code.or_else(by_name)
    }

    fn by_customer(self) -> (Vec<u32>, Vec<u32>) {
        let mut starts = vec![0u32; self.count as usize + 1];
        for group in &self.of_row {
            starts[*group as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut members = vec![0u32; self.of_row.len()];
        for (row, group) in self.of_row.iter().enumerate() {
            members[next[*group as usize] as usize] = row as u32;
            next[*group as usize] += 1;
        }
        (members, starts)
    }
}

/// Companies are told by their name; persons share names, so theirs counts with a number only.
fn name_key(identity: &Identity<'_>) -> Option<u64> {
    let name = identity.name?;
    if !identity.is_person() {
        let strict = name_core::strict(name);
        return (!strict.is_empty()).then(|| hashed(1, &strict));
    }
    let number = match (identity.id_number, identity.phone) {
        (Some(id), _) => normalise(Kind::IdNumber, id),
        (None, Some(phone)) => normalise(Kind::Phone, phone),
        (None, None) => return None,
    };
    let name: String = half_width(name).split_whitespace().collect();
    Some(hashed(2, &format!("{name}\n{number}")))
}

fn hashed(kind: u8, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (kind, text).hash(&mut hasher);
    hasher.finish()
}
