//! HTTP/1.1 on one connection that stays open: as little as a test or a load generator needs, so that what is measured
//! is the server.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

const CONNECT_WITHIN: Duration = Duration::from_secs(2);
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// Speaks to one server as one person. After an error the next request makes a new connection.
pub struct Client {
    address: SocketAddr,
    token: Option<String>,
    stream: Option<BufReader<TcpStream>>,
}

#[derive(Clone)]
pub struct Request {
    method: &'static str,
    path: String,
    headers: String,
    body: Vec<u8>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// What is to be sent back: `name=value` of each.
    pub cookies: Vec<String>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), headers: String::new(), body: Vec::new() }
    }

    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        Self { method: "POST", ..Self::get(path) }.json(body)
    }

    pub fn put(path: impl Into<String>, body: &Value) -> Self {
        Self { method: "PUT", ..Self::get(path) }.json(body)
    }

    pub fn patch(path: impl Into<String>, body: &Value) -> Self {
        Self { method: "PATCH", ..Self::get(path) }.json(body)
    }

    /// Uploads one file as `multipart/form-data`.
    pub fn upload(path: impl Into<String>, name: &str, content: &[u8]) -> Self {
        const BOUNDARY: &str = "-----------------------------zhike";
        let head =
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        let tail = format!("\r\n--{BOUNDARY}--\r\n");
        let body = [head.as_bytes(), content, tail.as_bytes()].concat();
        let request = Self { method: "POST", body, ..Self::get(path) };
        request.header("content-type", &format!("multipart/form-data; boundary={BOUNDARY}"))
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// Makes sending twice the same as sending once.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.header("content-type", "application/json")
    }

    fn bytes(&self, token: Option<&str>) -> Vec<u8> {
        let authorization = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        let head = format!(
            "{} {} HTTP/1.1\r\nhost: localhost\r\n{authorization}{}content-length: {}\r\n\r\n",
            self.method,
            self.path,
            self.headers,
            self.body.len()
        );
        [head.as_bytes(), &self.body].concat()
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.method, self.path)
    }
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Client {
    pub fn new(address: SocketAddr, token: Option<String>) -> Self {
        Self { address, token, stream: None }
    }

    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.send(&Request::get(path))
    }

    /// # Errors
    /// When there was no complete answer: what became of the request is not known.
    pub fn send(&mut self, request: &Request) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(self.address)?,
        };
        stream.get_mut().write_all(&request.bytes(self.token.as_deref()))?;
        let (answer, stays) = receive(&mut stream)?;
        if stays {
            self.stream = Some(stream);
        }
        Ok(answer)
    }
}

fn connect(address: SocketAddr) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect_timeout(&address, CONNECT_WITHIN)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    Ok(BufReader::with_capacity(64 << 10, stream))
}

/// Reads an answer, and whether the connection stays open after it.
fn receive(stream: &mut impl BufRead) -> io::Result<(Answer, bool)> {
    let mut line = String::new();
    read_line(stream, &mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, line.clone()))?;
    let (mut length, mut chunked, mut stays, mut cookies) = (0, false, true, Vec::new());
    loop {
        read_line(stream, &mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "transfer-encoding" => chunked = value.trim() == "chunked",
            "set-cookie" => cookies.extend(value.split(';').next().map(|cookie| cookie.trim().to_owned())),
            "connection" => stays = value.trim() != "close",
            _ => {}
        }
    }
    let body = if chunked { read_chunks(stream, &mut line)? } else { read_exactly(stream, length)? };
    Ok((Answer { status, cookies, body }, stays))
}

fn read_line(stream: &mut impl BufRead, line: &mut String) -> io::Result<()> {
    line.clear();
    match stream.read_line(line)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

fn read_exactly(stream: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(body)
}

fn read_chunks(stream: &mut impl BufRead, line: &mut String) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        read_line(stream, line)?;
        let size = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        body.extend(read_exactly(stream, size)?);
        read_line(stream, line)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

/// A value as part of a query.
pub fn encode(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

#[test]
fn answers_are_read_with_and_without_their_length() {
    let answers = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok\
        HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n";
    let mut stream = answers.as_bytes();
    let (first, stays) = receive(&mut stream).expect("an answer");
    assert_eq!((first.status, first.text().as_str(), stays), (200, "ok", true));
    let (second, stays) = receive(&mut stream).expect("an answer");
    assert_eq!((second.status, second.text().as_str(), stays), (201, "abcd", false));
    assert!(receive(&mut stream).is_err());
}
