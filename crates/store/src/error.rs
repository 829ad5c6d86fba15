pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a database can answer, in the terms that callers decide on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such row")]
    NotFound,
    #[error("the row was changed by someone else since it was read")]
    Stale,
    /// `constraint` names the index (PostgreSQL) or the columns (SQLite: `table.column, …`).
    #[error("already exists: {constraint}")]
    Unique { constraint: String },
    #[error("referred to by, or refers to, another row: {constraint}")]
    ForeignKey { constraint: String },
    /// A transaction that lost against another one; the store retries these itself.
    #[error("transaction must be retried")]
    Retry,
    /// A statement failed earlier in this transaction; use [`crate::Tx::nested`] around what may fail.
    #[error("an earlier statement of this transaction failed")]
    Aborted,
    #[error("the queue of writers is full")]
    Overloaded,
    #[error("the database is closed")]
    Closed,
    /// A commit failed at the disk; what is stored can be read, and writing begins again when the disk takes it.
    #[error("the disk takes no writes now")]
    ReadOnly,
    /// The database worked for longer than it may for a request; nothing was changed.
    #[error("the database took too long")]
    TooSlow,
    #[error("a transaction panicked")]
    Panicked,
    #[error("{0}")]
    BadInput(String),
    #[error("column {column}: expected {expected}, found {found}")]
    Type { column: usize, expected: &'static str, found: String },
    #[error("migration: {0}")]
    Migration(String),
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{}", describe_postgres(.0))]
    Postgres(#[from] postgres::Error),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// The keys that [`crate::seq`] numbers, as each database names them: a clash there is nobody's fault but chance, and
/// another number does.
const NUMBERED: [&str; 4] = ["fact.seq", "fact_pkey", "search_doc.seq", "search_doc_pkey"];

fn unique(constraint: String) -> Error {
    if NUMBERED.contains(&constraint.as_str()) { Error::Retry } else { Error::Unique { constraint } }
}

fn describe_postgres(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{}: {}", db.code().code(), db.message()),
        None => error.to_string(),
    }
}

impl Error {
    /// Translates what SQLite says into our terms.
    pub(crate) fn from_sqlite(error: rusqlite::Error) -> Self {
        use rusqlite::ffi;
        let rusqlite::Error::SqliteFailure(code, message) = &error else {
            return Self::Sqlite(error);
        };
        let constraint = || {
            let message = message.as_deref().unwrap_or_default();
            message.split_once(": ").map_or(message, |(_, columns)| columns).to_owned()
        };
        match code.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
                unique(constraint())
            }
            ffi::SQLITE_INTERRUPT => Self::TooSlow,
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::ForeignKey { constraint: constraint() },
            _ => Self::Sqlite(error),
        }
    }

    /// Translates what PostgreSQL says into our terms.
    pub(crate) fn from_postgres(error: postgres::Error) -> Self {
        use postgres::error::SqlState;
        let Some(db) = error.as_db_error() else { return Self::Postgres(error) };
        let constraint = db.constraint().unwrap_or_default().to_owned();
        match *db.code() {
            SqlState::UNIQUE_VIOLATION => unique(constraint),
            SqlState::QUERY_CANCELED => Self::TooSlow,
            SqlState::FOREIGN_KEY_VIOLATION => Self::ForeignKey { constraint },
            // Nul is a character to us and to SQLite, and the end of a text to PostgreSQL.
            SqlState::CHARACTER_NOT_IN_REPERTOIRE => Self::BadInput("a text holds what cannot be kept".to_owned()),
            SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Self::Retry,
            _ => Self::Postgres(error),
        }
    }
}
