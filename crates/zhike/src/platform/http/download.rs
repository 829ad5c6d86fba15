//! Files on their way out: as attachments, in pieces, never kept by anything on the way.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::stream;
use tokio::io::AsyncReadExt;

use crate::kernel::{Error, Result};

const PIECE: usize = 64 << 10;

/// Answers with a file under this name.
pub async fn download(mut file: File, name: &str, media_type: &str) -> Result<Response> {
    let length =
        file.seek(SeekFrom::End(0)).and_then(|length| file.rewind().map(|()| length)).map_err(Error::internal)?;
    let file = tokio::fs::File::from_std(file);
    let pieces = stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let count = file.read(&mut piece).await?;
        piece.truncate(count);
        Ok::<_, std::io::Error>((count > 0).then(|| (Bytes::from(piece), file)))
    });
    Response::builder()
        .header(header::CONTENT_TYPE, HeaderValue::from_str(media_type).map_err(Error::internal)?)
        .header(header::CONTENT_DISPOSITION, attachment_header(name))
        .header(header::CONTENT_LENGTH, length)
        .header(header::CACHE_CONTROL, "no-store")
        .body(Body::from_stream(pieces))
        .map_err(Error::internal)
}

/// Tells a browser to save what it gets, under this name.
pub fn attachment_header(name: &str) -> String {
    format!("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain(name), encoded(name))
}

/// For programs that know only ASCII.
fn plain(name: &str) -> String {
    let ascii: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    ascii
}

fn encoded(name: &str) -> String {
    let byte = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => char::from(b).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(byte).collect()
}
