//! A file that comes in with a form.

use std::fs::File;

use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use tokio::io::AsyncWriteExt;

use crate::kernel::{Error, Result};

/// Writes the file of a form to disk as it comes, where it has no name, and no more of it than `most` bytes; with the name
/// it came with. `too_large` is the code of the refusal.
pub async fn receive(mut form: Multipart, most: u64, too_large: &'static str) -> Result<(String, File)> {
    let refused = || Error::new(413, too_large).field("file", "file_bytes");
    let unreadable = |error: MultipartError| match error.status().as_u16() {
        413 => refused(),
        _ => Error::new(400, "body.unreadable"),
    };
    while let Some(mut field) = form.next_field().await.map_err(unreadable)? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or("file").to_owned();
        let mut file = tokio::fs::File::from_std(tempfile::tempfile().map_err(Error::internal)?);
        let mut bytes = 0u64;
        while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
            bytes += chunk.len() as u64;
            if bytes > most {
                return Err(refused());
            }
            file.write_all(&chunk).await.map_err(Error::internal)?;
        }
        file.flush().await.map_err(Error::internal)?;
        return Ok((name, file.into_std().await));
    }
    Err(Error::field_invalid("file", "required"))
}
