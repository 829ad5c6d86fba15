use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::kernel::{Error, Result};

const HEADER: &str = "zhike root key 1";

/// Reads the root key. The file is text, so that people can keep it in a safe: a header line and 64 hexadecimal digits.
pub fn read(path: &Path) -> Result<Zeroizing<[u8; 32]>> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    refuse_public(path, &file)?;
    let mut text = Zeroizing::new(String::new());
    file.take(4096).read_to_string(&mut text).map_err(|error| unreadable(path, &error))?;
    parse(&text).ok_or_else(|| {
        Error::invalid("vault.key_damaged").detail(format!("{} is not a Zhike root key", path.display()))
    })
}

/// Makes a new root key. Never overwrites a file.
pub fn create(path: &Path) -> Result<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0u8; 32]);
    rand::fill(&mut key[..]);
    let text = Zeroizing::new(format!("{HEADER}\n{}\n", hex(&key[..])));
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| unwritable(path, &error))?;
    }
    let mut file = private(path).map_err(|error| unwritable(path, &error))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| unwritable(path, &error))?;
    Ok(key)
}

#[cfg(unix)]
fn private(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(unix)]
fn refuse_public(path: &Path, file: &File) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_err(|error| unreadable(path, &error))?.permissions().mode();
    if mode & 0o007 != 0 {
        return Err(Error::invalid("vault.key_public")
            .detail(format!("everybody on this machine can read {0}; run: chmod 600 {0}", path.display())));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_public(_path: &Path, _file: &File) -> Result<()> {
    Ok(())
}

/// A key that lies beside what it protects protects nothing: whoever copies the data copies the key.
pub fn refuse_inside(key: &Path, data: &Path) -> Result<()> {
    if resolved(key).starts_with(resolved(data)) {
        return Err(Error::invalid("vault.key_inside_data").detail(format!(
            "the key {} lies inside the data directory {}, so every copy of the data would carry it; move it elsewhere and pass --key",
            key.display(),
            data.display()
        )));
    }
    Ok(())
}

/// The real place of a path, of which the last parts need not exist yet.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut missing = Vec::new();
    let mut known = absolute.as_path();
    loop {
        if let Ok(real) = known.canonicalize() {
            return missing.iter().rev().fold(real, |path, part| path.join(part));
        }
        match (known.parent(), known.file_name()) {
            (Some(parent), Some(name)) => {
                missing.push(name);
                known = parent;
            }
            _ => return absolute,
        }
    }
}

fn parse(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut lines = text.lines();
    if lines.next()?.trim() != HEADER {
        return None;
    }
    let digits = lines.next()?.trim().as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut key = Zeroizing::new([0u8; 32]);
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(key)
}

pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::invalid("vault.key_unreadable").detail(format!(
        "cannot read the root key {}: {error}. Without it personal data cannot be opened; put the file back from where you keep it",
        path.display()
    ))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::invalid("vault.key_unwritable").detail(format!("cannot create the root key {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_back() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("keys/zhike.key");
        let made = create(&path).expect("created");
        assert_eq!(read(&path).expect("read")[..], made[..]);
        assert_eq!(create(&path).err().map(|error| error.code), Some("vault.key_unwritable"), "never overwritten");
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_everybody_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("zhike.key");
        create(&path).expect("created");
        assert_eq!(fs::metadata(&path).expect("metadata").permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("chmod");
        assert_eq!(read(&path).err().map(|error| error.code), Some("vault.key_public"));
    }

    #[test]
    fn a_key_inside_the_data_is_refused() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let data = folder.path().join("data");
        let inside = refuse_inside(&data.join("sub/../zhike.key"), &data);
        assert!(refuse_inside(&folder.path().join("data.key"), &data).is_ok());
        assert_eq!(inside.err().map(|error| error.code), Some("vault.key_inside_data"));
    }

    #[test]
    fn damaged_files_are_named() {
        assert!(parse("zhike root key 1\nabc\n").is_none());
        assert!(parse("something else\n").is_none());
        assert!(parse(&format!("{HEADER}\n{}\n", "g".repeat(64))).is_none());
    }
}
