//! What `zhike doctor` looks at: each check says what it found and, where something is wrong, what to do.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use store::{Db, Tx};

use super::audit::{self, Verdict};
use super::files::{self, Files};
use super::search::Searchable;
use crate::kernel::{Error, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Fine,
    /// Worth knowing; nothing is lost or wrong yet.
    Warning,
    Fault,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub check: &'static str,
    pub level: Level,
    pub found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<&'static str>,
}

impl Finding {
    pub fn fine(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, level: Level::Fine, found: found.into(), advice: None }
    }

    pub fn warning(check: &'static str, found: impl Into<String>, advice: &'static str) -> Self {
        Self { check, level: Level::Warning, found: found.into(), advice: Some(advice) }
    }

    pub fn fault(check: &'static str, found: impl Into<String>, advice: &'static str) -> Self {
        Self { check, level: Level::Fault, found: found.into(), advice: Some(advice) }
    }

    /// A check that could not be made is a fault too.
    fn of(check: &'static str, made: Result<Self>) -> Self {
        made.unwrap_or_else(|error| {
            Self::fault(
                check,
                format!("could not be checked: {error}"),
                "See the faults above; if there are none, tell us.",
            )
        })
    }
}

const RESTORE: &str = "Stop the server, keep this data directory aside, and restore the latest backup into a new one with `zhike restore`.";

/// Looks at everything that can be looked at without the key.
pub fn examine(db: &Db, files: &Files, searchable: &[Searchable], now: Timestamp) -> Vec<Finding> {
    let mut findings = vec![
        Finding::of("database", integrity(db)),
        Finding::of("schema", db.read_blocking(schema)),
        Finding::of("audit", db.read_blocking(chain)),
        Finding::of("files", contents(db, files)),
        Finding::of("jobs", db.read_blocking(move |tx| stuck(tx, now))),
    ];
    findings.extend(
        searchable.iter().copied().map(|kind| Finding::of("search", db.read_blocking(move |tx| index(tx, kind)))),
    );
    findings
}

fn integrity(db: &Db) -> Result<Finding> {
    let faults = db.integrity()?;
    Ok(match faults.first() {
        None => Finding::fine("database", "sound"),
        Some(first) => Finding::fault("database", format!("{} faults, first: {first}", faults.len()), RESTORE),
    })
}

/// Opening the database has brought it up to date already, or refused.
fn schema(tx: &mut Tx<'_>) -> Result<Finding> {
    Ok(Finding::fine("schema", format!("step {}", store::schema_version(tx)?)))
}

fn chain(tx: &mut Tx<'_>) -> Result<Finding> {
    Ok(match audit::verify(tx, None)? {
        Verdict::Intact { rows, head, erased } => {
            Finding::fine("audit", format!("intact, {rows} entries ({erased} of them erased), head {head}"))
        }
        verdict => Finding::fault(
            "audit",
            format!("{verdict:?}"),
            "Someone changed the audit outside the program. Keep this database as evidence and compare it with backups.",
        ),
    })
}

fn contents(db: &Db, files: &Files) -> Result<Finding> {
    let known: BTreeSet<String> = db.read_blocking(files::digests)?.into_iter().collect();
    let kept: BTreeSet<String> = files.digests().map_err(Error::internal)?.into_iter().collect();
    let missing = known.difference(&kept).count();
    let extra = kept.difference(&known).count();
    let damaged = known.intersection(&kept).filter(|digest| !files.is_sound(digest).unwrap_or(false)).count();
    let found = format!("{} kept, {missing} missing, {damaged} damaged, {extra} that nothing speaks of", kept.len());
    Ok(match (missing + damaged, extra) {
        (0, 0) => Finding::fine("files", found),
        (0, _) => Finding::warning("files", found, "Nothing to do: the server removes them after a day."),
        _ => Finding::fault(
            "files",
            found,
            "Copy the missing files from the folder `files` of the latest backup archive.",
        ),
    })
}

fn stuck(tx: &mut Tx<'_>, now: Timestamp) -> Result<Finding> {
    let jobs = store::jobs::stuck(tx, now)?;
    let Some(latest) = jobs.first() else { return Ok(Finding::fine("jobs", "none is stuck")) };
    let why = latest.error.as_deref().unwrap_or("its worker went silent");
    let found = format!("{} failed or without a worker, latest: {} ({why})", jobs.len(), latest.kind);
    Ok(Finding::warning(
        "jobs",
        found,
        "Ask for failed work again in the console; the server picks up the rest when it runs.",
    ))
}

fn index(tx: &mut Tx<'_>, kind: Searchable) -> Result<Finding> {
    let (indexed, records) = (store::search::count(tx, kind.kind)?, (kind.records)(tx)?);
    let found = format!("{indexed} of {records} records of kind {} are in the index", kind.kind);
    Ok(match indexed == records {
        true => Finding::fine("search", found),
        false => Finding::warning("search", found, "Records that are missing are found again when they are saved."),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use store::jobs::{self, NewJob};

    use super::*;
    use crate::kernel::Entity;
    use crate::platform::access;
    use crate::platform::vault::Vault;

    const NONE_INDEXED: Searchable = Searchable {
        kind: "customer",
        entity: Entity::Customer,
        visible: |_, _, ids| Ok(ids.to_vec()),
        access: |_| None,
        keys: |_, _| Vec::new(),
        short_names: |_, _| Ok(Vec::new()),
        people: |_, _, _| Ok(Vec::new()),
        records: |_| Ok(3),
        renew: |_, _| Ok(None),
    };

    fn levels(findings: &[Finding]) -> Vec<(&'static str, Level)> {
        findings.iter().filter(|finding| finding.level != Level::Fine).map(|f| (f.check, f.level)).collect()
    }

    store::db_test! {
        crate::app::MIGRATIONS;
        fn what_is_wrong_is_named(db) {
            let folder = tempfile::tempdir().expect("temporary folder");
            let files = Files::open(folder.path()).expect("files");
            let now: Timestamp = "2026-11-23T01:30:00Z".parse().expect("instant");
            assert_eq!(levels(&examine(&db, &files, &[], now)), []);
            let kept = files.put(&mut &b"spoken of"[..], 100).expect("kept");
            files.put(&mut &b"not spoken of"[..], 100).expect("kept");
            assert_eq!(levels(&examine(&db, &files, &[], now)), [("files", Level::Warning)]);
            let vault = Arc::new(Vault::from_root(&[7; 32]));
            let digest = kept.digest.clone();
            db.write_blocking(move |tx| {
                let who = access::system(now, &vault);
                let label = files::Label { name: "a", media_type: "x/y", purpose: "export", expires_at: None };
                files::add(tx, &who, &kept, &label)?;
                let job = NewJob { kind: "x", once_key: None, asked_by: None, payload: ().into(), run_at: now };
                let id = jobs::enqueue(tx, job)?;
                let worker = uuid::Uuid::now_v7();
                jobs::claim(tx, worker, now, jiff::SignedDuration::from_secs(30))?;
                Ok::<_, Error>(jobs::finish(tx, id, worker, Err("poison".into()), now)?)
            })
            .expect("written");
            std::fs::write(files.place(&digest), "damaged").expect("damaged");
            let found = levels(&examine(&db, &files, &[NONE_INDEXED], now));
            assert_eq!(found, [("files", Level::Fault), ("jobs", Level::Warning), ("search", Level::Warning)]);
        }
    }
}
