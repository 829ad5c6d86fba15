use sha2::{Digest, Sha256};

use crate::{Db, Dialect, Error, Result, Tx};

/// One step of the schema. Applied once, in order of `version`, never changed afterwards and never undone.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    pub version: i64,
    pub name: &'static str,
    /// One text for both databases. Lines after `-- sqlite:` or `-- postgres:` go to that database alone, until
    /// `-- both:`.
    pub sql: &'static str,
}

/// The tables of this crate itself; an application puts its own after them.
pub const FOUNDATION: &[Migration] = &[
    Migration { version: 1, name: "store", sql: include_str!("../migrations/0001_store.sql") },
    Migration { version: 2, name: "search", sql: include_str!("../migrations/0002_search.sql") },
    Migration { version: 3, name: "facts", sql: include_str!("../migrations/0003_facts.sql") },
];

crate::statements! {
    APPLIED = "select version, checksum from schema_migration order by version";
    RECORD = "insert into schema_migration (version, name, checksum, applied_at) values ($1, $2, $3, $4)";
    LOCK = postgres "select pg_advisory_xact_lock(7230001) is null";
}

const CREATE: &str = "create table if not exists schema_migration (
    version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";

pub(crate) fn run(db: &Db, migrations: &[Migration]) -> Result<()> {
    let migrations = migrations.to_vec();
    db.write_blocking(move |tx| {
        // Two nodes may start at once: the second waits here and then finds nothing left to do.
        if tx.is_postgres() {
            tx.query(&LOCK, &[])?;
        }
        tx.script(CREATE)?;
        let applied = applied(tx)?;
        refuse_newer(&applied, &migrations)?;
        for migration in &migrations {
            match applied.iter().find(|(version, _)| *version == migration.version) {
                Some((_, checksum)) => verify(migration, checksum)?,
                None => apply(tx, migration)?,
            }
        }
        Ok(())
    })
}

/// The version that the schema of this database is at.
pub fn schema_version(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(applied(tx)?.last().map_or(0, |(version, _)| *version))
}

fn applied(tx: &mut Tx<'_>) -> Result<Vec<(i64, String)>> {
    tx.query(&APPLIED, &[])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

fn refuse_newer(applied: &[(i64, String)], known: &[Migration]) -> Result<()> {
    match applied.iter().find(|(version, _)| known.iter().all(|migration| migration.version != *version)) {
        None => Ok(()),
        Some((version, _)) => Err(Error::Migration(format!(
            "the database has step {version}, which this program does not know: start a newer program, or restore a backup"
        ))),
    }
}

fn verify(migration: &Migration, checksum: &str) -> Result<()> {
    if checksum == self::checksum(migration) {
        return Ok(());
    }
    Err(Error::Migration(format!(
        "step {} ({}) differs from the one that was applied: this program and this database do not belong together",
        migration.version, migration.name
    )))
}

fn apply(tx: &mut Tx<'_>, migration: &Migration) -> Result<()> {
    let sql = for_dialect(migration.sql, tx.dialect());
    tx.script(&sql)
        .map_err(|error| Error::Migration(format!("step {} ({}): {error}", migration.version, migration.name)))?;
    tx.execute(&RECORD, &[&migration.version, &migration.name, &checksum(migration), &jiff::Timestamp::now()])?;
    Ok(())
}

fn checksum(migration: &Migration) -> String {
    Sha256::digest(migration.sql.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn for_dialect(sql: &str, dialect: Dialect) -> String {
    let mut here = true;
    let mut out = String::with_capacity(sql.len());
    for line in sql.lines() {
        match line.trim() {
            "-- sqlite:" => here = dialect == Dialect::Sqlite,
            "-- postgres:" => here = dialect == Dialect::Postgres,
            "-- both:" => here = true,
            _ if here => {
                out.push_str(line);
                out.push('\n');
            }
            _ => {}
        }
    }
    out
}
