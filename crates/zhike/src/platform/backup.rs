//! Backups of the embedded database and its files: one tar archive with a manifest first, so that any machine can look
//! into it. The root key is not in it; without the key the personal values in it cannot be opened (C46, C53).
//!
//! Making one does not stop the server. It is read back and checked before it gets its name; restoring checks it again
//! and writes into an empty place only.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Db, Options};
use tar::{Archive, Builder, Entry, Header};

use super::audit::{self, Verdict};
use super::files::{self, Files};
use crate::kernel::{Error, Result};

/// Changes when an older program could not read the archive.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const MANIFEST_MOST: u64 = 512 << 20;
const DATABASE: &str = "zhike.db";

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    pub program: String,
    pub schema: i64,
    pub made_at: Timestamp,
    /// Which root key opens its personal values.
    pub key_id: String,
    pub audit_rows: i64,
    pub audit_head: String,
    pub database: Part,
    pub files: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub digest: String,
    pub bytes: i64,
}

/// Where the embedded database lies.
pub fn database(data: &Path) -> PathBuf {
    data.join(DATABASE)
}

/// Writes a backup into a new file.
pub fn make(db: &Db, files: &Files, key_id: &str, target: &Path, now: Timestamp) -> Result<Manifest> {
    if target.exists() {
        return Err(refused("backup.exists", target, "exists already; backups never overwrite a file"));
    }
    let folder = parent(target);
    let work = tempfile::tempdir_in(folder).map_err(|error| unwritable(target, &error))?;
    let copy = work.path().join("copy.db");
    db.copy_to(&copy)?;
    let manifest = describe(&copy, work.path(), files, key_id, now)?;
    let partial = work.path().join("archive");
    write(&partial, &manifest, &copy, files).map_err(|error| unwritable(target, &error))?;
    check(&partial)?;
    fs::rename(&partial, target).map_err(|error| unwritable(target, &error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| unwritable(target, &error))?;
    Ok(manifest)
}

/// Looks into a copy of the copy, because opening a database changes it.
fn describe(copy: &Path, work: &Path, files: &Files, key_id: &str, now: Timestamp) -> Result<Manifest> {
    let looked_at = work.join("looked-at.db");
    fs::copy(copy, &looked_at).map_err(|error| unwritable(copy, &error))?;
    let db = Db::open(&Options::sqlite(&looked_at), crate::app::MIGRATIONS)?;
    sound(&db)?;
    let (schema, (audit_rows, audit_head), digests) =
        db.read_blocking(|tx| Ok::<_, Error>((store::schema_version(tx)?, audit::head(tx)?, files::digests(tx)?)))?;
    let parts = digests.into_iter().map(|digest| {
        let bytes = fs::metadata(files.place(&digest))
            .map_err(|error| refused("backup.file_missing", &files.place(&digest), &error.to_string()))?;
        Ok(Part { bytes: bytes.len() as i64, digest })
    });
    Ok(Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema,
        made_at: now,
        key_id: key_id.to_owned(),
        audit_rows,
        audit_head,
        database: part(copy)?,
        files: parts.collect::<Result<_>>()?,
    })
}

fn part(path: &Path) -> Result<Part> {
    let mut file = File::open(path).map_err(Error::internal)?;
    let (digest, bytes) = files::copy(&mut file, &mut io::sink(), u64::MAX)?;
    Ok(Part { digest, bytes })
}

fn sound(db: &Db) -> Result<()> {
    match db.integrity()?.first() {
        None => Ok(()),
        Some(fault) => Err(Error::invalid("backup.database_damaged").detail(fault)),
    }
}

fn write(archive: &Path, manifest: &Manifest, database: &Path, files: &Files) -> io::Result<()> {
    let mut tar = Builder::new(BufWriter::new(private(archive)?));
    let text = serde_json::to_vec_pretty(manifest)?;
    append(&mut tar, MANIFEST, text.len() as u64, &text[..])?;
    append(&mut tar, DATABASE, manifest.database.bytes as u64, File::open(database)?)?;
    for part in &manifest.files {
        append(&mut tar, &name(part), part.bytes as u64, File::open(files.place(&part.digest))?)?;
    }
    let file = tar.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()
}

/// A backup is as secret as the database.
fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes the data directory, closed to other people of this machine.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn append(tar: &mut Builder<impl io::Write>, name: &str, bytes: u64, content: impl Read) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    header.set_cksum();
    tar.append_data(&mut header, name, content.take(bytes))
}

fn name(part: &Part) -> String {
    format!("files/{}", part.digest)
}

/// Reads a backup to its end and compares every part with the manifest.
pub fn check(archive: &Path) -> Result<Manifest> {
    read(archive, |_, content| files::copy(content, &mut io::sink(), u64::MAX))
}

/// Hands every part of a backup to `take`, which answers its digest and length, and compares them with the manifest.
fn read(archive: &Path, mut take: impl FnMut(&str, &mut dyn Read) -> Result<(String, i64)>) -> Result<Manifest> {
    let file = File::open(archive).map_err(|error| refused("backup.unreadable", archive, &error.to_string()))?;
    let broken = |error: io::Error| refused("backup.damaged", archive, &error.to_string());
    let mut tar = Archive::new(BufReader::with_capacity(1 << 20, file));
    let mut entries = tar.entries().map_err(broken)?;
    let first = entries.next().ok_or_else(|| refused("backup.damaged", archive, "is empty"))?.map_err(broken)?;
    let manifest = manifest(first, archive)?;
    let expected = [(DATABASE.to_owned(), &manifest.database)].into_iter();
    for (name, part) in expected.chain(manifest.files.iter().map(|part| (self::name(part), part))) {
        let next = entries.next().ok_or_else(|| refused("backup.damaged", archive, &format!("{name} is missing")))?;
        let mut entry = next.map_err(broken)?;
        if entry.path().map_err(broken)? != Path::new(&name) {
            return Err(refused("backup.damaged", archive, &format!("{name} is not where it should be")));
        }
        let found = take(&name, &mut entry)?;
        if found != (part.digest.clone(), part.bytes) {
            return Err(refused("backup.damaged", archive, &format!("{name} is not what was backed up")));
        }
    }
    Ok(manifest)
}

fn manifest(mut entry: Entry<'_, impl Read>, archive: &Path) -> Result<Manifest> {
    let foreign = || refused("backup.not_ours", archive, "is not a backup of Zhike");
    if entry.path().ok().as_deref() != Some(Path::new(MANIFEST)) || entry.size() > MANIFEST_MOST {
        return Err(foreign());
    }
    let mut text = String::new();
    entry.read_to_string(&mut text).map_err(|_| foreign())?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|_| foreign())?;
    let newest = crate::app::MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    if manifest.format != FORMAT || manifest.schema > newest {
        let made_by = format!("was made by version {}; restore it with that version or a newer one", manifest.program);
        return Err(refused("backup.other_version", archive, &made_by));
    }
    Ok(manifest)
}

/// Restores a backup into a data directory that is empty or not there yet, brings its schema up to date, and checks
/// what came out: the database itself and the audit chain up to the head that was noted in the backup.
pub fn restore(archive: &Path, data: &Path) -> Result<Manifest> {
    private_folder(data).map_err(|error| unwritable(data, &error))?;
    if fs::read_dir(data).map_err(|error| unwritable(data, &error))?.next().is_some() {
        return Err(refused("restore.not_empty", data, "is not empty; give a new directory with --data"));
    }
    // The database gets its name last: a restore that was cut short leaves no place that looks complete.
    let partial = data.join("zhike.db.partial");
    let files = Files::open(data)?;
    let manifest = read(archive, |name, content| match name {
        DATABASE => {
            let mut file = private(&partial).map_err(|error| unwritable(&partial, &error))?;
            let found = files::copy(content, &mut file, u64::MAX)?;
            file.sync_all().map_err(|error| unwritable(&partial, &error))?;
            Ok(found)
        }
        _ => files.put(content, u64::MAX).map(|blob| (blob.digest, blob.bytes)),
    })?;
    fs::rename(&partial, database(data)).map_err(|error| unwritable(data, &error))?;
    File::open(data).and_then(|folder| folder.sync_all()).map_err(|error| unwritable(data, &error))?;
    prove(data, &manifest)?;
    Ok(manifest)
}

fn prove(data: &Path, manifest: &Manifest) -> Result<()> {
    let db = Db::open(&Options::sqlite(database(data)), crate::app::MIGRATIONS)?;
    sound(&db)?;
    let head = manifest.audit_head.clone();
    match db.read_blocking(move |tx| audit::verify(tx, Some(&head)))? {
        Verdict::Intact { .. } => Ok(()),
        verdict => {
            Err(Error::invalid("restore.audit_broken").detail(format!("the audit chain is broken: {verdict:?}")))
        }
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn refused(code: &'static str, path: &Path, reason: &str) -> Error {
    Error::invalid(code).detail(format!("{}: {reason}", path.display()))
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    refused("backup.unwritable", path, &error.to_string())
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom, Write};
    use std::sync::Arc;

    use super::*;
    use crate::kernel::Entity;
    use crate::platform::access;
    use crate::platform::vault::{Column, Kind, Vault};

    const PHONE: Column = Column::new("customer", "phone", "customer.phone", Kind::Phone);

    struct Place {
        folder: tempfile::TempDir,
        db: Db,
        files: Files,
    }

    fn now() -> Timestamp {
        "2026-11-23T01:30:00Z".parse().expect("instant")
    }

    fn place() -> Place {
        let folder = tempfile::tempdir().expect("temporary folder");
        let db = Db::open(&Options::sqlite(database(folder.path())), crate::app::MIGRATIONS).expect("opened");
        let files = Files::open(folder.path()).expect("files");
        let blob = files.put(&mut &b"a rejected row"[..], 100).expect("kept");
        let vault = Arc::new(Vault::from_root(&[7; 32]));
        db.write_blocking(move |tx| {
            crate::platform::vault::prove(tx, &vault)?;
            let who = access::system(now(), &vault);
            let label = files::Label { name: "a.xlsx", media_type: "x/y", purpose: "export", expires_at: None };
            let file = files::add(tx, &who, &blob, &label)?;
            let changes = serde_json::json!({ "phone": vault.index(&PHONE, "13800138000") });
            audit::record(tx, &who, "create", Entity::Job, file.id, None, changes)
        })
        .expect("filled");
        Place { folder, db, files }
    }

    fn back_up(place: &Place) -> (PathBuf, Manifest) {
        let target = place.folder.path().join("backup.tar");
        let manifest = make(&place.db, &place.files, "key", &target, now()).expect("made");
        (target, manifest)
    }

    #[test]
    fn what_was_backed_up_comes_back() {
        let place = place();
        let (archive, made) = back_up(&place);
        assert_eq!((made.audit_rows, made.files.len()), (1, 1));
        let new = tempfile::tempdir().expect("temporary folder");
        let data = new.path().join("data");
        assert_eq!(restore(&archive, &data).expect("restored"), made);
        let db = Db::open(&Options::sqlite(database(&data)), crate::app::MIGRATIONS).expect("opened");
        let head = db.read_blocking(audit::head).expect("head");
        assert_eq!(head, (made.audit_rows, made.audit_head));
        assert!(Files::open(&data).expect("files").is_sound(&made.files[0].digest).expect("checked"));
        assert!(restore(&archive, &data).is_err(), "never over something");
        assert!(make(&place.db, &place.files, "key", &archive, now()).is_err(), "never over something");
    }

    #[test]
    fn a_damaged_backup_is_refused_wherever_it_is_hit() {
        let place = place();
        let (archive, _) = back_up(&place);
        let length = fs::metadata(&archive).expect("metadata").len();
        let whole = fs::read(&archive).expect("read");
        for position in (0..length).step_by((length / 60) as usize) {
            let mut file = File::options().write(true).open(&archive).expect("opened");
            file.seek(SeekFrom::Start(position)).expect("sought");
            let flipped = whole[position as usize] ^ 0x20;
            file.write_all(&[flipped]).expect("damaged");
            drop(file);
            // Padding between the parts is the one place where a flipped bit changes nothing.
            let padding = whole[position as usize] == 0;
            assert!(check(&archive).is_err() || padding, "byte {position}");
            fs::write(&archive, &whole).expect("mended");
        }
        for cut in [0, 100, length / 2, length - 2_000] {
            fs::write(&archive, &whole[..cut as usize]).expect("cut");
            assert!(check(&archive).is_err(), "cut to {cut}");
        }
    }

    #[test]
    fn a_backup_of_a_newer_version_is_refused() {
        let place = place();
        let (archive, mut manifest) = back_up(&place);
        manifest.schema += 1000;
        let newer = place.folder.path().join("newer.tar");
        let copy = place.folder.path().join("copy.db");
        place.db.copy_to(&copy).expect("copied");
        write(&newer, &manifest, &copy, &place.files).expect("written");
        assert_eq!(check(&newer).err().map(|error| error.code), Some("backup.other_version"));
        assert!(check(&archive).is_ok());
    }
}
