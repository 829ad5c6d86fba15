//! Asking a virus scanner (clamd) about a file, where the company has one. The scanner is another program: it is given a
//! time, and when it does not answer nothing is known.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(3);
const PIECE: usize = 64 << 10;
const ANSWER_MOST: u64 = 4096;
const SAID_MOST: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Clean,
    /// What it is infected with, as the scanner calls it.
    Infected(String),
    /// It would not look at the file, in its words: too large for it, as a rule.
    Refused(String),
}

/// Whether `address` can be one of a scanner: `host:port`, or `unix:/path`.
pub fn is_address(address: &str) -> bool {
    match address.strip_prefix("unix:") {
        Some(path) => path.starts_with('/'),
        None => address.rsplit_once(':').is_some_and(|(host, port)| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-._[]:".contains(c);
            !host.is_empty() && host.chars().all(plain) && port.parse::<u16>().is_ok_and(|port| port > 0)
        }),
    }
}

/// Asks the scanner at `address`.
///
/// # Errors
/// When it cannot be reached or does not answer in time.
pub fn scan(address: &str, content: &mut dyn Read) -> io::Result<Verdict> {
    match address.strip_prefix("unix:") {
        #[cfg(unix)]
        Some(path) => {
            let stream = std::os::unix::net::UnixStream::connect(path)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            ask(stream, content)
        }
        #[cfg(not(unix))]
        Some(_) => Err(io::Error::other("there are no such addresses here")),
        None => {
            let unknown = || io::Error::other("the scanner's address leads nowhere");
            let found = address.to_socket_addrs()?.next().ok_or_else(unknown)?;
            let stream = TcpStream::connect_timeout(&found, CONNECT)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            ask(stream, content)
        }
    }
}

/// The protocol: pieces with their lengths before them, an empty one at the end, then a line.
fn ask(mut stream: impl Read + Write, content: &mut dyn Read) -> io::Result<Verdict> {
    // One that has had enough of a file answers and hangs up while it is still being sent.
    let sent = send(&mut stream, content);
    let mut answer = Vec::new();
    let heard = stream.take(ANSWER_MOST).read_to_end(&mut answer);
    match String::from_utf8_lossy(&answer).trim_end_matches(['\0', '\n']) {
        "" => sent.and(heard).and(Err(io::ErrorKind::UnexpectedEof.into())),
        answer => Ok(verdict(answer)),
    }
}

fn send(stream: &mut impl Write, content: &mut dyn Read) -> io::Result<()> {
    stream.write_all(b"zINSTREAM\0")?;
    let mut piece = vec![0; PIECE];
    loop {
        let count = content.read(&mut piece)?;
        stream.write_all(&u32::try_from(count).map_err(io::Error::other)?.to_be_bytes())?;
        stream.write_all(&piece[..count])?;
        if count == 0 {
            return stream.flush();
        }
    }
}

fn verdict(answer: &str) -> Verdict {
    let told = answer.strip_prefix("stream: ").unwrap_or(answer);
    match told.strip_suffix(" FOUND") {
        Some(name) => Verdict::Infected(name.to_owned()),
        None if told == "OK" => Verdict::Clean,
        None => Verdict::Refused(told.chars().take(SAID_MOST).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_understood() {
        assert_eq!(verdict("stream: OK"), Verdict::Clean);
        assert_eq!(verdict("stream: Eicar-Test FOUND"), Verdict::Infected("Eicar-Test".to_owned()));
        let limit = "INSTREAM size limit exceeded. ERROR";
        assert_eq!(verdict(limit), Verdict::Refused(limit.to_owned()));
    }

    #[test]
    fn addresses_are_recognised() {
        for address in ["127.0.0.1:3310", "clamd.local:3310", "unix:/run/clamav/clamd.ctl", "[::1]:3310"] {
            assert!(is_address(address), "{address}");
        }
        for address in ["", "host", "host:", ":3310", "host:0", "unix:clamd", "http://host:80", "a b:1"] {
            assert!(!is_address(address), "{address}");
        }
    }
}
