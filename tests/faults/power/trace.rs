//! Reads what `strace` wrote down of a process: its writes to files, its syncs, and the lines that it said, in the order
//! in which they happened.

use std::collections::HashMap;

/// One system call, as far as a disk or a reader of standard output is concerned.
#[derive(Debug, PartialEq)]
pub enum Event {
    Write {
        path: String,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        path: String,
        size: usize,
    },
    Remove {
        path: String,
    },
    /// Only what was written before a sync began is sure to be stored when it ends.
    SyncBegun {
        thread: u32,
        path: String,
    },
    SyncEnded {
        thread: u32,
        path: String,
    },
    Said(String),
}

/// Understands the output of `strace -f -y -xx`.
pub fn parse(log: &str) -> Vec<Event> {
    let mut syncing = HashMap::new();
    log.lines().flat_map(|line| events(line, &mut syncing)).collect()
}

/// The events of a line; `syncing` has the file that each thread is waiting for.
fn events(line: &str, syncing: &mut HashMap<u32, String>) -> Vec<Event> {
    let Some((thread, call)) = line.split_once(' ') else { return Vec::new() };
    let Ok(thread) = thread.parse() else { return Vec::new() };
    let call = call.trim_start();
    if let Some(ended) = call.strip_prefix("<... ") {
        return resumed(ended, thread, syncing);
    }
    let Some((name, arguments)) = call.split_once('(') else { return Vec::new() };
    if name == "unlink" {
        let path = String::from_utf8_lossy(&unescape(between(arguments, "\"", '"'))).into_owned();
        return vec![Event::Remove { path }];
    }
    let Some(path) = path_of(arguments) else { return Vec::new() };
    match name {
        "pwrite64" => vec![write_of(arguments, path)],
        "write" if arguments.starts_with("1<") => vec![Event::Said(text_of(arguments))],
        "ftruncate" => vec![Event::Truncate { path, size: number_after(arguments, ">, ") }],
        "fdatasync" | "fsync" => synced(arguments, thread, path, syncing),
        _ => Vec::new(),
    }
}

fn synced(arguments: &str, thread: u32, path: String, syncing: &mut HashMap<u32, String>) -> Vec<Event> {
    let begun = Event::SyncBegun { thread, path: path.clone() };
    if arguments.ends_with("<unfinished ...>") {
        syncing.insert(thread, path);
        return vec![begun];
    }
    if !succeeded(arguments) {
        return vec![begun];
    }
    vec![begun, Event::SyncEnded { thread, path }]
}

fn resumed(call: &str, thread: u32, syncing: &mut HashMap<u32, String>) -> Vec<Event> {
    if !call.starts_with("fdatasync") && !call.starts_with("fsync") {
        return Vec::new();
    }
    let path = syncing.remove(&thread);
    path.filter(|_| succeeded(call)).map(|path| Event::SyncEnded { thread, path }).into_iter().collect()
}

fn succeeded(call: &str) -> bool {
    call.rsplit_once("= ").is_some_and(|(_, result)| result.trim() == "0")
}

fn write_of(arguments: &str, path: String) -> Event {
    let bytes = unescape(between(arguments, ", \"", '"'));
    // After the closing quote: `, LENGTH, OFFSET) = …`.
    let after = arguments.rsplit_once('"').map_or("", |(_, after)| after);
    let mut numbers = after.split(", ").skip(1);
    let length = numbers.next().map_or(0, leading_number);
    assert_eq!(bytes.len(), length, "strace shortened a write; give it a larger -s");
    Event::Write { path, at: numbers.next().map_or(0, leading_number), bytes }
}

fn text_of(arguments: &str) -> String {
    String::from_utf8_lossy(&unescape(between(arguments, ", \"", '"'))).trim_end().to_owned()
}

fn path_of(arguments: &str) -> Option<String> {
    let (_, path) = arguments.split_once('<')?;
    let (path, _) = path.split_once('>')?;
    String::from_utf8(unescape(path)).ok()
}

fn between<'a>(text: &'a str, start: &str, end: char) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_default();
    rest.split_once(end).map_or(rest, |(inside, _)| inside)
}

fn number_after(text: &str, mark: &str) -> usize {
    text.split_once(mark).map_or(0, |(_, rest)| leading_number(rest))
}

fn leading_number(text: &str) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_digit);
    digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
}

/// `\x41\x42` to bytes.
fn unescape(text: &str) -> Vec<u8> {
    let nibble = |digit: u8| char::from(digit).to_digit(16).unwrap_or(0) as u8;
    text.as_bytes().chunks_exact(4).map(|escape| nibble(escape[2]) << 4 | nibble(escape[3])).collect()
}

#[test]
fn a_log_is_read_in_order() {
    let log = r#"7  pwrite64(4<\x2f\x61>, "\x01\xff", 2, 4096 <unfinished ...>
8  fdatasync(5<\x2f\x62>) = 0
7  <... pwrite64 resumed>) = 2
7  fdatasync(4<\x2f\x61> <unfinished ...>
8  write(1<\x2f\x70>, "\x68\x69\x0a", 3) = 3
7  <... fdatasync resumed>) = 0
8  fsync(5<\x2f\x62>) = -1 EIO (Input/output error) (INJECTED)
8  ftruncate(5<\x2f\x62>, 8192) = 0
8  unlink("\x2f\x62") = 0
8  +++ exited with 0 +++"#;
    let of = |path: &str| path.to_owned();
    let expected = [
        Event::Write { path: of("/a"), at: 4096, bytes: vec![1, 255] },
        Event::SyncBegun { thread: 8, path: of("/b") },
        Event::SyncEnded { thread: 8, path: of("/b") },
        Event::SyncBegun { thread: 7, path: of("/a") },
        Event::Said("hi".to_owned()),
        Event::SyncEnded { thread: 7, path: of("/a") },
        Event::SyncBegun { thread: 8, path: of("/b") },
        Event::Truncate { path: of("/b"), size: 8192 },
        Event::Remove { path: of("/b") },
    ];
    assert_eq!(parse(log), expected);
}
