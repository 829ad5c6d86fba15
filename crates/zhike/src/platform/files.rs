//! Files of the data directory: uploads and exports. A file's content lies under its SHA-256, so the same content is
//! kept once and a damaged one is noticed; it appears there by a rename after it has reached the disk, so a crash leaves
//! no half of one. What a file is called, whose it is and when it goes is a row in the database.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use documents::clean::is_invisible;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::{Entity as _, Tx};
use tempfile::NamedTempFile;
use uuid::Uuid;

use super::vault::hex;
use crate::kernel::{Error, Result};
use crate::platform::grant::Principal;

/// Content without a row is kept this long: its row may be about to be written.
const ORPHAN_AGE: Duration = Duration::from_secs(24 * 3600);
const NAME_MOST: usize = 200;

store::entity! {
    pub struct StoredFile: "stored_file" {
        pub id: Uuid,
        pub digest: String,
        pub name: String,
        pub media_type: String,
        pub bytes: i64,
        pub owner_id: Uuid,
        pub purpose: String,
        pub created_at: Timestamp,
        pub expires_at: Option<Timestamp>,
    }
}

store::statements! {
    pub DIGESTS = "select distinct digest from stored_file";
    EXPIRE = "delete from stored_file where expires_at <= $1";
    EXPIRE_PURPOSE = "update stored_file set expires_at = $2 where purpose = $1 and expires_at > $2";
    OF_PURPOSE = "select id from stored_file where purpose = $1 and id > $2 and created_at < $3 order by id limit $4";
    STILL_THERE = "select id from stored_file where id in among($1) and (expires_at is null or expires_at > $2)";
    KEEP_UNTIL = "update stored_file set expires_at = $2 where id = $1 and expires_at > $3";
    FORGET = "delete from stored_file where id in among($1)";
    DIGESTS_OF = "select digest from stored_file where id in among($1)";
    EXPIRED = "select id from stored_file where purpose = $1 and expires_at <= $2";
}

/// Content that is safely in the data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    pub digest: String,
    pub bytes: i64,
}

/// The folder of contents.
#[derive(Clone, Debug)]
pub struct Files {
    root: PathBuf,
}

/// What a file is called and how long it stays.
#[derive(Clone, Debug)]
pub struct Label<'a> {
    pub name: &'a str,
    pub media_type: &'a str,
    /// What it is for, such as `import` or `export`; checked when it is asked for.
    pub purpose: &'a str,
    pub expires_at: Option<Timestamp>,
}

impl Files {
    /// The folder `files` of the data directory, made if need be.
    pub fn open(data: &Path) -> Result<Self> {
        let root = data.join("files");
        fs::create_dir_all(root.join("new")).map_err(Error::internal)?;
        Ok(Self { root })
    }

    /// Takes in content of at most `most` bytes.
    pub fn put(&self, content: &mut dyn Read, most: u64) -> Result<Blob> {
        let mut file = NamedTempFile::new_in(self.root.join("new")).map_err(Error::internal)?;
        let (digest, bytes) = copy(content, file.as_file_mut(), most)?;
        self.keep(file, digest, bytes)
    }

    /// Takes in what `write` writes.
    pub fn put_with(&self, write: impl FnOnce(&mut File) -> Result<()>) -> Result<Blob> {
        let mut file = NamedTempFile::new_in(self.root.join("new")).map_err(Error::internal)?;
        write(file.as_file_mut())?;
        let mut written = File::open(file.path()).map_err(Error::internal)?;
        let (digest, bytes) = copy(&mut written, &mut io::sink(), u64::MAX)?;
        self.keep(file, digest, bytes)
    }

    fn keep(&self, file: NamedTempFile, digest: String, bytes: i64) -> Result<Blob> {
        file.as_file().sync_all().map_err(Error::internal)?;
        let place = self.place(&digest);
        let folder = place.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(Error::internal)?;
        file.persist(&place).map_err(|error| Error::internal(error.error))?;
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::internal)?;
        Ok(Blob { digest, bytes })
    }

    /// Where content lies.
    pub fn place(&self, digest: &str) -> PathBuf {
        self.root.join(digest.get(..2).unwrap_or("xx")).join(digest)
    }

    pub fn read(&self, digest: &str) -> Result<File> {
        File::open(self.place(digest)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::not_found().detail("the file is gone"),
            _ => Error::internal(error),
        })
    }

    /// Every content that is kept, by its digest.
    pub fn digests(&self) -> io::Result<Vec<String>> {
        let mut digests = Vec::new();
        for folder in fs::read_dir(&self.root)? {
            let folder = folder?;
            if folder.file_name() == "new" || !folder.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(folder.path())? {
                digests.extend(file?.file_name().into_string());
            }
        }
        digests.sort();
        Ok(digests)
    }

    /// Whether content is what its name says.
    pub fn is_sound(&self, digest: &str) -> io::Result<bool> {
        let mut file = File::open(self.place(digest))?;
        let (found, _) = copy(&mut file, &mut io::sink(), u64::MAX).map_err(io::Error::other)?;
        Ok(found == digest)
    }

    /// Removes content at once, however young it is.
    pub fn remove(&self, digest: &str) -> Result<()> {
        match fs::remove_file(self.place(digest)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::internal(error)),
            _ => Ok(()),
        }
    }

    /// A file of the data directory beside the folder of contents.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.root.with_file_name(name)
    }

    /// Removes contents that no row speaks of, and leftovers of crashes, when they are a day old.
    pub fn remove_orphans(&self, known: &[String]) -> Result<u64> {
        let mut removed = 0;
        for digest in self.digests().map_err(Error::internal)? {
            if known.binary_search(&digest).is_err() {
                removed += u64::from(self.remove_orphan(&digest));
            }
        }
        for left in fs::read_dir(self.root.join("new")).map_err(Error::internal)?.flatten() {
            removed += u64::from(remove_old(&left.path()));
        }
        Ok(removed)
    }

    /// The same content may be taken in again between the look at its age and its removal. So what is removed is taken
    /// aside first and looked at again there; if it has become young it goes back.
    fn remove_orphan(&self, digest: &str) -> bool {
        let (place, aside) = (self.place(digest), self.root.join("new").join(digest));
        if !is_old(&place) || fs::rename(&place, &aside).is_err() {
            return false;
        }
        match is_old(&aside) {
            true => fs::remove_file(&aside).is_ok(),
            false => {
                if let Err(error) = fs::rename(&aside, &place) {
                    tracing::error!(%error, digest, "a file that was taken in again could not be put back");
                }
                false
            }
        }
    }
}

fn is_old(path: &Path) -> bool {
    let modified = fs::metadata(path).and_then(|meta| meta.modified());
    modified.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > ORPHAN_AGE))
}

fn remove_old(path: &Path) -> bool {
    is_old(path) && fs::remove_file(path).is_ok()
}

/// Copies and digests at once.
pub fn copy(from: &mut dyn Read, to: &mut dyn Write, most: u64) -> Result<(String, i64)> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes = 0u64;
    loop {
        let count = from.read(&mut buffer).map_err(Error::internal)?;
        if count == 0 {
            return Ok((hex(&hash.finalize()), bytes as i64));
        }
        bytes += count as u64;
        if bytes > most {
            return Err(Error::new(413, "file.too_large"));
        }
        hash.update(&buffer[..count]);
        to.write_all(&buffer[..count]).map_err(Error::internal)?;
    }
}

/// Writes down what the content is and that it belongs to `who`.
pub fn add(tx: &mut Tx<'_>, who: &Principal, blob: &Blob, label: &Label<'_>) -> Result<StoredFile> {
    let file = StoredFile {
        id: Uuid::now_v7(),
        digest: blob.digest.clone(),
        name: clean_name(label.name),
        media_type: label.media_type.to_owned(),
        bytes: blob.bytes,
        owner_id: who.user.uuid(),
        purpose: label.purpose.to_owned(),
        created_at: who.now,
        expires_at: label.expires_at,
    };
    file.insert(tx)?;
    Ok(file)
}

/// A file that `who` made for this purpose, and that has not expired. Other people's files do not exist for them.
pub fn get(tx: &mut Tx<'_>, who: &Principal, id: Uuid, purpose: &str) -> Result<StoredFile> {
    StoredFile::find(tx, id)?
        .filter(|file| file.owner_id == who.user.uuid() && file.purpose == purpose)
        .filter(|file| file.expires_at.is_none_or(|expires| who.now < expires))
        .ok_or_else(Error::not_found)
}

/// A file of this purpose, whoever made it: for rooms that decide themselves who may have it.
pub fn of_room(tx: &mut Tx<'_>, id: Uuid, purpose: &str) -> Result<StoredFile> {
    StoredFile::find(tx, id)?.filter(|file| file.purpose == purpose).ok_or_else(Error::not_found)
}

/// Files of this purpose after `after` that are older than `before`, so that a room can tell which it still needs.
pub fn page_of_purpose(
    tx: &mut Tx<'_>,
    purpose: &str,
    after: Uuid,
    (before, limit): (Timestamp, i64),
) -> Result<Vec<Uuid>> {
    let rows = tx.query(&OF_PURPOSE, &[&purpose, &after, &before, &limit])?;
    Ok(rows.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?)
}

/// Which of these have not expired.
pub fn still_there(tx: &mut Tx<'_>, ids: &[Uuid], now: Timestamp) -> Result<HashSet<Uuid>> {
    let rows = tx.query(&STILL_THERE, &[&store::Ids(ids), &now])?;
    Ok(rows.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?)
}

/// Keeps a file for longer, if it is still there; what has expired or was taken back does not come back.
pub fn keep_until(tx: &mut Tx<'_>, id: Uuid, (now, until): (Timestamp, Timestamp)) -> Result<bool> {
    Ok(tx.execute(&KEEP_UNTIL, &[&id, &until, &now])? == 1)
}

/// Forgets these files; their contents go with the next sweep unless another row speaks of them.
pub fn forget(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<()> {
    if !ids.is_empty() {
        tx.execute(&FORGET, &[&store::Ids(ids)])?;
    }
    Ok(())
}

/// Forgets these files at once, and answers what their contents are called.
pub fn let_go(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<Vec<String>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.query(&DIGESTS_OF, &[&store::Ids(ids)])?;
    let digests = rows.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?;
    forget(tx, ids)?;
    Ok(digests)
}

/// The same for all files of a purpose whose time is over.
pub fn let_go_expired(tx: &mut Tx<'_>, purpose: &str, now: Timestamp) -> Result<Vec<String>> {
    let rows = tx.query(&EXPIRED, &[&purpose, &now])?;
    let ids = rows.iter().map(|row| row.get(0)).collect::<store::Result<Vec<Uuid>>>()?;
    let_go(tx, &ids)
}

/// Forgets expired files and answers the digests that are still spoken of, sorted.
pub fn expire(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<String>> {
    tx.execute(&EXPIRE, &[&now])?;
    digests(tx)
}

/// Lets go of all files of this purpose: nobody gets them from now on, and the next sweep removes them.
pub fn expire_purpose(tx: &mut Tx<'_>, purpose: &str, now: Timestamp) -> Result<()> {
    tx.execute(&EXPIRE_PURPOSE, &[&purpose, &now])?;
    Ok(())
}

/// The digests that rows speak of, sorted.
pub fn digests(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let rows = tx.query(&DIGESTS, &[])?;
    let mut digests = rows.iter().map(|row| row.get(0)).collect::<store::Result<Vec<String>>>()?;
    digests.sort();
    Ok(digests)
}

/// A name without folders, control characters, and marks that turn its letters around so that it ends otherwise than it
/// seems to; as it is shown and offered for download.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && !is_invisible(*c)).take(NAME_MOST).collect();
    if clean.trim_matches(['.', ' ']).is_empty() { "file".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::platform::access;
    use crate::platform::vault::Vault;

    fn files() -> (tempfile::TempDir, Files) {
        let folder = tempfile::tempdir().expect("temporary folder");
        let files = Files::open(folder.path()).expect("opened");
        (folder, files)
    }

    #[test]
    fn content_is_kept_once_and_comes_back() {
        let (_folder, files) = files();
        let first = files.put(&mut &b"hello"[..], 5).expect("kept");
        let second = files.put_with(|file| file.write_all(b"hello").map_err(Error::internal)).expect("kept");
        assert_eq!(first, second);
        assert_eq!(files.digests().expect("listed"), std::slice::from_ref(&first.digest));
        let mut content = String::new();
        files.read(&first.digest).expect("read").read_to_string(&mut content).expect("text");
        assert_eq!(content, "hello");
        assert!(files.is_sound(&first.digest).expect("checked"));
        fs::write(files.place(&first.digest), "jello").expect("damaged");
        assert!(!files.is_sound(&first.digest).expect("checked"));
    }

    #[test]
    fn too_much_is_refused_and_leaves_nothing() {
        let (_folder, files) = files();
        let refused = files.put(&mut &b"hello!"[..], 5).err().map(|error| error.code);
        assert_eq!(refused, Some("file.too_large"));
        assert!(files.digests().expect("listed").is_empty());
        assert_eq!(fs::read_dir(files.root.join("new")).expect("listed").count(), 0);
    }

    #[test]
    fn names_lead_nowhere() {
        for (name, clean) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\客户.xlsx", "客户.xlsx"),
            ("..", "file"),
            ("a\r\nb", "ab"),
            ("发票\u{202e}fdp.exe", "发票fdp.exe"),
        ] {
            assert_eq!(clean_name(name), clean);
        }
    }

    store::db_test! {
        crate::app::MIGRATIONS;
        fn a_file_is_its_owners_until_it_expires(db) {
            let vault = Arc::new(Vault::from_root(&[7; 32]));
            let now: Timestamp = "2026-11-23T01:30:00Z".parse().expect("instant");
            let hour = jiff::SignedDuration::from_hours(1);
            db.write_blocking(move |tx| {
                let mut who = access::system(now, &vault);
                let blob = Blob { digest: "ab".repeat(32), bytes: 1 };
                let label = Label { name: "a.xlsx", media_type: "x/y", purpose: "export", expires_at: Some(now + hour) };
                let file = add(tx, &who, &blob, &label)?;
                assert_eq!(get(tx, &who, file.id, "export")?, file);
                assert!(get(tx, &who, file.id, "import").is_err());
                assert_eq!(expire(tx, now)?, [blob.digest]);
                who.now = now + hour;
                assert!(get(tx, &who, file.id, "export").is_err());
                assert!(expire(tx, now + hour)?.is_empty());
                who.now = now;
                who.user = crate::kernel::Id::new();
                assert!(get(tx, &who, file.id, "export").is_err());
                Ok::<_, Error>(())
            })
            .expect("checked");
        }
    }
}
