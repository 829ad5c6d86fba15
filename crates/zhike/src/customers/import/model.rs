//! The tables of `0031_import.sql`, and what their JSON holds.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::service::ImportCounts;
use super::target::Target;
use super::values::Level;
use crate::customers::basis::EntryBasis;
use crate::kernel::{Error, Result};
use crate::platform::grant::Principal;

store::text_enum! {
    /// What to do with a customer that is there already.
    #[derive(ToSchema)]
    pub enum Duplicates { Skip = "skip", Update = "update", Create = "create" }
}

store::text_enum! {
    /// How far an import is. A run that failed stays where it was; its job says why, and it can be started again.
    #[derive(ToSchema)]
    pub enum State {
        Uploaded = "uploaded", Mapped = "mapped", Checking = "checking", Checked = "checked", Importing = "importing",
        Done = "done",
    }
}

store::text_enum! {
    /// What the rows of a sheet are.
    #[derive(Default, ToSchema)]
    #[schema(as = ImportSubject)]
    pub enum Subject { #[default] Customer = "customer", Cooperation = "cooperation" }
}

store::entity! {
    pub struct Import: "customer_import" {
        pub id: Uuid,
        pub owner_id: Uuid,
        pub file_name: String,
        pub file_id: Uuid,
        pub digest: String,
        pub encoding: Option<String>,
        pub delimiter: Option<String>,
        pub sheets: Json,
        pub sheet: i64,
        pub heading_row: i64,
        pub row_count: i64,
        pub columns: Json,
        pub duplicates: Duplicates,
        pub defaults: Json,
        pub state: State,
        pub job_id: Option<Uuid>,
        pub done: i64,
        pub accepted: i64,
        pub skipped: i64,
        pub rejected: i64,
        pub created: i64,
        pub updated: i64,
        pub contacts: i64,
        pub created_at: Timestamp,
        pub finished_at: Option<Timestamp>,
        pub expires_at: Timestamp,
        pub subject: Subject,
        pub basis: Option<Json>,
    }
}

store::entity! {
    pub struct RowProblems: "customer_import_problem" {
        pub import_id: Uuid,
        pub row_number: i64,
        pub problems: Json,
    }
}

store::statements! {
    /// The next rows that were refused, after the one of that number.
    pub PROBLEMS = select RowProblems where "import_id = $1 and row_number > $2 order by row_number limit 500";
    pub CLEAR_PROBLEMS = "delete from customer_import_problem where import_id = $1";
    pub EXPIRE_PROBLEMS = "delete from customer_import_problem
        where import_id in (select id from customer_import where expires_at <= $1)";
    pub EXPIRE = "delete from customer_import where expires_at <= $1";
    pub FILES = "select file_id from customer_import";
    pub FORGET_PROBLEMS = "delete from customer_import_problem";
    pub FORGET = "delete from customer_import";
    pub OF_PERSON = select Import where "owner_id = $1 order by created_at desc limit 50";
    /// Held until the transaction ends, so that two requests do not start one import twice.
    pub LOCK = postgres "select id from customer_import where id = $1 for update";
}

/// A column of the sheet and where it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportColumn)]
pub struct Column {
    /// From 0.
    pub index: usize,
    #[schema(example = "手机")]
    pub heading: String,
    #[schema(value_type = Option<String>, example = "contact.phone")]
    pub field: Option<Target>,
    /// Some of its cells.
    pub samples: Vec<String>,
    /// What is read in place of cells that say nothing to us: an unknown name, a word of another system. Nothing leaves
    /// them empty, as if the sheet had not said it.
    #[serde(default, skip_serializing_if = "Replacements::is_empty")]
    #[schema(value_type = HashMap<String, Option<String>>)]
    pub replacements: Replacements,
}

/// An amount as it is understood.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImportAmount)]
pub struct ReadAmount {
    /// The column, from 0.
    pub index: usize,
    pub fen: i64,
}

/// What is wrong with a cell or a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportProblem)]
pub struct Problem {
    /// The field, as in the mapping; empty for the row as a whole.
    #[schema(example = "contact.phone")]
    pub field: String,
    #[schema(example = "phone.invalid")]
    pub code: String,
    pub level: Level,
    /// The column, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// What it is about: the customer that it would double, the name that is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<String>,
}

impl Problem {
    pub fn error(field: &str, code: &str) -> Self {
        let (field, code) = (field.to_owned(), code.to_owned());
        Self { field, code, level: Level::Error, column: None, info: None }
    }

    pub fn about(mut self, info: impl Into<String>) -> Self {
        self.info = Some(info.into());
        self
    }

    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}

/// Of a cell that can be replaced.
pub const REPLACED_CHARS: usize = 500;

pub type Replacements = BTreeMap<String, Option<String>>;
pub type Defaults = BTreeMap<String, Option<String>>;

impl Import {
    pub fn columns(&self) -> Result<Vec<Column>> {
        Ok(serde_json::from_value(self.columns.clone())?)
    }

    pub fn defaults(&self) -> Result<Defaults> {
        Ok(serde_json::from_value(self.defaults.clone())?)
    }

    /// On what basis its people are entered.
    pub fn basis(&self) -> Result<Option<EntryBasis>> {
        Ok(self.basis.clone().map(serde_json::from_value).transpose()?)
    }

    /// The import that `who` has made, until it is forgotten; other people's do not exist for them.
    pub fn of(tx: &mut store::Tx<'_>, who: &Principal, id: Uuid) -> Result<Self> {
        use store::Entity as _;
        let theirs = |import: &Self| import.owner_id == who.user.uuid() && who.now < import.expires_at;
        Self::find(tx, id)?.filter(theirs).ok_or_else(Error::not_found)
    }

    /// The sheet of the workbook, and the row that names its columns.
    pub fn place(&self) -> (usize, u64) {
        (self.sheet as usize, self.heading_row as u64)
    }

    pub fn counts(&self) -> ImportCounts {
        ImportCounts {
            created: self.created,
            // What was taken and neither began a customer nor found one in the book.
            merged: self.accepted - self.created - self.updated,
            updated: self.updated,
            skipped: self.skipped,
            rejected: self.rejected,
        }
    }

    /// Whether customers of it may be in the book already.
    pub fn has_begun(&self) -> bool {
        matches!(self.state, State::Importing | State::Done)
    }
}
