//! A disk that has a cache of its own: what was written but not yet synced may be gone, wholly or in part, after the
//! power failed. That a file was made or removed is not forgotten.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs;
use std::path::Path;

use super::trace::Event;

/// The unit that a disk writes wholly or not at all.
const SECTOR: usize = 512;

#[derive(Default)]
pub struct Disk {
    files: BTreeMap<String, File>,
    /// How many changes of its file each syncing thread may count on.
    syncing: HashMap<u32, usize>,
}

#[derive(Default)]
struct File {
    stored: Vec<u8>,
    /// Changes since the last sync, and how many were stored before the first of them.
    cached: VecDeque<Change>,
    settled: usize,
}

enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate { size: usize },
}

impl Disk {
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::Write { path, at, bytes } => self.change(path, Change::Write { at: *at, bytes: bytes.clone() }),
            Event::Truncate { path, size } => self.change(path, Change::Truncate { size: *size }),
            Event::Remove { path } => drop(self.files.remove(path)),
            Event::SyncBegun { thread, path } => {
                let promised = self.files.get(path).map_or(0, |file| file.settled + file.cached.len());
                self.syncing.insert(*thread, promised);
            }
            Event::SyncEnded { thread, path } => {
                let promised = self.syncing.remove(thread).unwrap_or(0);
                if let Some(file) = self.files.get_mut(path) {
                    file.settle(promised);
                }
            }
            Event::Said(_) => {}
        }
    }

    fn change(&mut self, path: &str, change: Change) {
        self.files.entry(path.to_owned()).or_default().cached.push_back(change);
    }

    /// Writes into `folder` what a machine finds after the power failed now. Of each sector in the cache, `survives`
    /// decides whether it reached the disk.
    pub fn after_power_loss(&self, folder: &Path, mut survives: impl FnMut() -> bool) {
        // The index of the write-ahead log is shared memory; nothing expects it to survive.
        for (path, file) in self.files.iter().filter(|(path, _)| !path.ends_with("-shm")) {
            let Some(name) = Path::new(path).file_name() else { continue };
            fs::write(folder.join(name), file.remains(&mut survives)).expect("a file of the remains");
        }
    }
}

impl File {
    fn settle(&mut self, promised: usize) {
        while self.settled < promised
            && let Some(change) = self.cached.pop_front()
        {
            self.settled += 1;
            match change {
                Change::Write { at, bytes } => put(&mut self.stored, at, &bytes),
                Change::Truncate { size } => self.stored.resize(size, 0),
            }
        }
    }

    fn remains(&self, survives: &mut impl FnMut() -> bool) -> Vec<u8> {
        let mut content = self.stored.clone();
        for change in &self.cached {
            match change {
                Change::Write { at, bytes } => put_sectors(&mut content, *at, bytes, survives),
                Change::Truncate { size } if survives() => content.resize(*size, 0),
                Change::Truncate { .. } => {}
            }
        }
        content
    }
}

fn put(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[at..end].copy_from_slice(bytes);
}

/// Writes those parts of `bytes` that fall into sectors which survive.
fn put_sectors(content: &mut Vec<u8>, at: usize, bytes: &[u8], survives: &mut impl FnMut() -> bool) {
    let mut from = 0;
    while from < bytes.len() {
        let rest_of_sector = SECTOR - (at + from) % SECTOR;
        let to = (from + rest_of_sector).min(bytes.len());
        if survives() {
            put(content, at + from, &bytes[from..to]);
        }
        from = to;
    }
}

#[test]
fn only_what_was_synced_is_sure_to_remain() {
    let path = "/data/a".to_owned();
    let write = |at, byte| Event::Write { path: path.clone(), at, bytes: vec![byte; 600] };
    let mut disk = Disk::default();
    disk.take(&write(0, 1));
    disk.take(&Event::SyncBegun { thread: 1, path: path.clone() });
    disk.take(&write(600, 2));
    disk.take(&Event::SyncEnded { thread: 1, path: path.clone() });
    let after = |survives: &mut dyn FnMut() -> bool| disk.files[&path].remains(&mut || survives());
    assert_eq!(after(&mut || false), vec![1; 600]);
    assert_eq!(after(&mut || true), [[1; 600], [2; 600]].concat());
    // The second write covers bytes 600..1024 and 1024..1200; of these the first is lost.
    let mut sectors = [false, true].into_iter();
    let torn = after(&mut || sectors.next().expect("two sectors"));
    assert_eq!(torn, [vec![1; 600], vec![0; 424], vec![2; 176]].concat());
}
