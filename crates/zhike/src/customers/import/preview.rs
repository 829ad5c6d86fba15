//! What would become of the rows, before anything is written: decided customer by customer as the run decides it, and
//! shown row by row in the order of the sheet.

use std::collections::HashMap;
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

use documents::table::TableSource;
use serde::Serialize;
use store::{Db, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::convert::{Reading, Unknown};
use super::existing::{Book, Keys, Known};
use super::job;
use super::judge::{Judge, Match, Verdict};
use super::model::{Duplicates, Import, Problem, REPLACED_CHARS, ReadAmount};
use super::plan::Plan;
use super::raw::RawRow;
use super::service::ImportCounts;
use super::source;
use super::write::Batch;
use crate::kernel::{Error, Result};
use crate::platform::grant::Principal;

/// Rows that are looked at; a dry run looks at all.
pub const CHECKED_MOST: usize = 10_000;
/// Rows shown from the top, and rows with something to say wherever they are: so many refused, and so many of each
/// other kind.
const SHOWN_FIRST: usize = 20;
const SHOWN_REFUSED: usize = 180;
const SHOWN_NOTED: usize = 50;
const UNKNOWN_MOST: usize = 100;
const CELL_CHARS: usize = 200;
const AT_ONCE: usize = 500;

/// Rows as they are, what is wrong with them, and what would become of them.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = ImportPreview)]
pub struct Preview {
    /// The first rows, and then those with something to say.
    pub rows: Vec<PreviewRow>,
    /// Of the rows looked at.
    pub counts: ImportCounts,
    /// How many rows were looked at.
    pub checked: u64,
    /// What cells say and we do not know, each once, the first of them: something else can be read in their place.
    pub unknown: Vec<UnknownValue>,
    /// Where each of them stands in the list.
    #[serde(skip)]
    places: HashMap<Unknown, usize>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImportUnknownValue)]
pub struct UnknownValue {
    /// The column, from 0.
    pub index: usize,
    #[schema(example = "industry")]
    pub field: String,
    #[schema(example = "食品")]
    pub text: String,
    #[schema(example = "industry.unknown")]
    pub code: String,
    /// How many of the rows looked at say so.
    pub rows: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImportRow)]
pub struct PreviewRow {
    /// As the spreadsheet program shows it.
    pub row: u64,
    pub cells: Vec<String>,
    pub outcome: Outcome,
    /// The row above with the same customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_as_row: Option<u64>,
    /// The customer that is there already, where the asker may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existing: Option<ExistingCustomer>,
    pub problems: Vec<Problem>,
    /// What is read in cells that are an amount of money, whose heading or text may say 万.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amounts: Vec<ReadAmount>,
}

store::text_enum! {
    /// What becomes of a row, as in the counts.
    #[derive(ToSchema)]
    #[schema(as = ImportOutcome)]
    pub enum Outcome {
        Created = "created", Merged = "merged", Updated = "updated", Skipped = "skipped", Rejected = "rejected",
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExistingCustomer {
    pub id: Uuid,
    pub number: String,
    pub name: String,
}

/// What becomes of a customer of the sheet, or of a row of it.
#[derive(Clone, Debug)]
struct Fate {
    outcome: Outcome,
    /// The customer that the sheet itself makes, above.
    twin: Option<Uuid>,
    same_as_row: Option<u64>,
    existing: Option<ExistingCustomer>,
    problems: Vec<Problem>,
}

/// Looks at the rows of an import on this thread.
pub fn preview(db: &Db, who: &Arc<Principal>, import: &Import, reading: &Reading, file: File) -> Result<Preview> {
    let mut file = TableSource::open(file, source::limits()).map_err(source::refused)?;
    let plan = Plan::read(&mut file, import.place(), reading, CHECKED_MOST)?;
    let mut fates = fates(db, who, import.duplicates, reading, &plan)?;
    let mut preview = Preview::default();
    for at in 0..plan.rows() {
        let row = plan.row(at)?;
        if let Some(fate) = fates.remove(&row.number) {
            preview.add(reading, row, fate);
        }
    }
    Ok(preview)
}

/// What becomes of each row, by its number.
fn fates(
    db: &Db,
    who: &Arc<Principal>,
    duplicates: Duplicates,
    reading: &Reading,
    plan: &Plan,
) -> Result<HashMap<u64, Fate>> {
    let mut fates = HashMap::with_capacity(plan.rows());
    let seen = Arc::new(Mutex::new(Book::default()));
    let mut first_rows: HashMap<Uuid, u64> = HashMap::new();
    let mut at = 0;
    while at < plan.customers() {
        let batch = Arc::new(job::next_batch(who, reading, plan, &mut at, AT_ONCE)?);
        for (row, problems) in &batch.refused {
            fates.insert(*row, Fate { problems: problems.clone(), ..Fate::of(Outcome::Rejected) });
        }
        let judged = db.read_blocking({
            let (who, batch, seen) = (Arc::clone(who), Arc::clone(&batch), Arc::clone(&seen));
            move |tx| judge(tx, &who, duplicates, &batch, &seen.lock().unwrap_or_else(PoisonError::into_inner))
        })?;
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        for (ready, (mut fate, made)) in batch.ready.iter().zip(judged) {
            let first = ready.rows.first().copied();
            if let Some((keys, known)) = made {
                first_rows.extend(first.map(|row| (known.id, row)));
                seen.add(&keys, known);
            }
            fate.same_as_row = fate.twin.and_then(|twin| first_rows.get(&twin)).copied();
            for row in &ready.rows {
                fates.insert(*row, fate.of_row(*row, first));
            }
        }
    }
    Ok(fates)
}

type Judged = (Fate, Option<(Keys, Known)>);

fn judge(
    tx: &mut Tx<'_>,
    who: &Principal,
    duplicates: Duplicates,
    batch: &Batch,
    seen: &Book,
) -> Result<Vec<Judged>, Error> {
    let mut judge = Judge::new(tx, who, duplicates, seen, batch.ready.iter().map(|ready| &ready.keys))?;
    let mut judged = Vec::with_capacity(batch.ready.len());
    for ready in &batch.ready {
        judged.push(match judge.judge(tx, ready)? {
            Verdict::Create(made) => (Fate::of(Outcome::Created), Some((ready.keys.clone(), made))),
            Verdict::Update(found) => (Fate::of(Outcome::Updated).like(tx, who, &found)?, None),
            Verdict::Skip(found) => (Fate::of(Outcome::Skipped).like(tx, who, &found)?, None),
            Verdict::Refuse(code, found) => {
                let problem = found.told(code, found.is_shown(tx, who)?, &found.known.number);
                (Fate { problems: vec![problem], ..Fate::of(Outcome::Rejected).like(tx, who, &found)? }, None)
            }
            Verdict::NotAllowed(problem) => (Fate { problems: vec![problem], ..Fate::of(Outcome::Rejected) }, None),
        });
    }
    Ok(judged)
}

impl Fate {
    fn of(outcome: Outcome) -> Self {
        Self { outcome, twin: None, same_as_row: None, existing: None, problems: Vec::new() }
    }

    fn like(mut self, tx: &mut Tx<'_>, who: &Principal, found: &Match) -> Result<Self> {
        let known = &found.known;
        if known.is_made() {
            self.twin = Some(known.id);
        } else if found.is_shown(tx, who)? {
            let (number, name) = (known.number.clone(), known.name.clone());
            self.existing = Some(ExistingCustomer { id: known.id, number, name });
        }
        Ok(self)
    }

    /// Of the rows of a customer that is taken, all but the first join it.
    fn of_row(&self, row: u64, first: Option<u64>) -> Self {
        let joins = matches!(self.outcome, Outcome::Created | Outcome::Updated) && first != Some(row);
        match joins {
            true => Self { same_as_row: first, ..Self::of(Outcome::Merged) },
            false => self.clone(),
        }
    }
}

impl Preview {
    fn add(&mut self, reading: &Reading, row: RawRow, fate: Fate) {
        let draft = reading.draft(&row);
        let amounts = reading.amounts(&draft);
        draft.unknown.into_iter().for_each(|unknown| self.note(unknown));
        let mut problems = draft.problems;
        // A row below merged cells has the name that stands above it.
        problems.retain(|problem| problem.code != "name.required" || fate.problems.contains(problem));
        let fresh: Vec<Problem> = fate.problems.into_iter().filter(|problem| !problems.contains(problem)).collect();
        problems.extend(fresh);
        self.show((row, amounts), fate.outcome, (fate.same_as_row, fate.existing), problems);
    }

    /// Counts a row, and shows it if it is one of the first or has something to say.
    pub fn show(
        &mut self,
        (row, amounts): (RawRow, Vec<ReadAmount>),
        outcome: Outcome,
        (same_as_row, existing): (Option<u64>, Option<ExistingCustomer>),
        problems: Vec<Problem>,
    ) {
        let count = match outcome {
            Outcome::Created => &mut self.counts.created,
            Outcome::Merged => &mut self.counts.merged,
            Outcome::Updated => &mut self.counts.updated,
            Outcome::Skipped => &mut self.counts.skipped,
            Outcome::Rejected => &mut self.counts.rejected,
        };
        *count += 1;
        self.checked += 1;
        let kind = (outcome, problems.is_empty());
        let alike = self.rows.iter().filter(|row| (row.outcome, row.problems.is_empty()) == kind).count();
        let most = match kind {
            (Outcome::Rejected, _) => SHOWN_REFUSED,
            (Outcome::Created, true) => 0,
            _ => SHOWN_NOTED,
        };
        if self.checked <= SHOWN_FIRST as u64 || alike < most {
            self.rows.push(PreviewRow {
                row: row.number,
                cells: row.cells.iter().map(|cell| cell.chars().take(CELL_CHARS).collect()).collect(),
                outcome,
                same_as_row,
                existing,
                problems,
                amounts,
            });
        }
    }

    fn note(&mut self, unknown: Unknown) {
        if let Some(at) = self.places.get(&unknown) {
            self.unknown[*at].rows += 1;
        } else if self.unknown.len() < UNKNOWN_MOST && unknown.text.chars().count() <= REPLACED_CHARS {
            let Unknown { index, field, text, code } = unknown.clone();
            let (field, code) = (field.to_owned(), code.to_owned());
            self.places.insert(unknown, self.unknown.len());
            self.unknown.push(UnknownValue { index, field, text, code, rows: 1 });
        }
    }
}
