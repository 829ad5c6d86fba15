//! Whole files at rest. A content is sealed piece by piece with XChaCha20-Poly1305 under a key of its own, which comes
//! from the root key and the content's [`ContentId`]. The same content is sealed to the same bytes, so it is kept once;
//! whoever has the files alone, or with the database but without the root key, can tell no more than that two are the
//! same. Once no row holds the id, what lies on the disk can be opened by nobody.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use super::Vault;
use super::cipher::{Cipher, NONCE, TAG};
use crate::kernel::{Error, Result};

const PIECE: usize = 64 << 10;
const MORE: &[u8] = b"zhike content 1, more";
const LAST: &[u8] = b"zhike content 1, last";

/// Names a content by a keyed digest: meaningless without the root key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentId(pub Vec<u8>);

impl ContentId {
    /// Of all that `content` has to read.
    pub fn of(vault: &Vault, content: &mut dyn Read) -> Result<Self> {
        let mut hash = Sha256::new();
        let mut buffer = vec![0; PIECE];
        loop {
            match content.read(&mut buffer).map_err(Error::internal)? {
                0 => break,
                count => hash.update(&buffer[..count]),
            }
        }
        Ok(Self(vault.digest("content", &hash.finalize()).to_vec()))
    }

    fn cipher(&self, vault: &Vault) -> Cipher {
        Cipher::new(&vault.digest("content key", &self.0))
    }
}

/// The key is used for this content alone, so the number of the piece is nonce enough.
fn nonce(piece: u64) -> [u8; NONCE] {
    let mut bytes = [0; NONCE];
    bytes[NONCE - 8..].copy_from_slice(&piece.to_be_bytes());
    bytes
}

/// Reads as much as there is room for.
fn fill(from: &mut dyn Read, piece: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < piece.len() {
        match from.read(&mut piece[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// Seals the content of that id.
pub fn seal_content(vault: &Vault, id: &ContentId, from: &mut dyn Read, to: &mut dyn Write) -> Result<()> {
    let cipher = id.cipher(vault);
    let (mut piece, mut next) = (vec![0; PIECE], vec![0; PIECE]);
    let mut filled = fill(from, &mut piece).map_err(Error::internal)?;
    for number in 0.. {
        let following = fill(from, &mut next).map_err(Error::internal)?;
        let aad = if following == 0 { LAST } else { MORE };
        let sealed = cipher.seal(&nonce(number), aad, &piece[..filled]);
        to.write_all(&sealed.map_err(|_| Error::internal("sealing a file failed"))?).map_err(Error::internal)?;
        if following == 0 {
            break;
        }
        std::mem::swap(&mut piece, &mut next);
        filled = following;
    }
    Ok(())
}

/// Reads a sealed content. What was altered, cut off or put in another place ends in an error, never in other bytes.
pub struct Unsealing<R: Read> {
    cipher: Cipher,
    sealed: R,
    number: u64,
    next: Vec<u8>,
    plain: Vec<u8>,
    at: usize,
}

impl<R: Read> Unsealing<R> {
    pub fn new(vault: &Vault, id: &ContentId, mut sealed: R) -> Result<Self> {
        let mut next = vec![0; PIECE + TAG];
        let filled = fill(&mut sealed, &mut next).map_err(Error::internal)?;
        next.truncate(filled);
        Ok(Self { cipher: id.cipher(vault), sealed, number: 0, next, plain: Vec::new(), at: 0 })
    }

    /// Opens the next piece; `false` at the end.
    fn advance(&mut self) -> io::Result<bool> {
        if self.next.is_empty() {
            return Ok(false);
        }
        let mut following = vec![0; PIECE + TAG];
        let filled = fill(&mut self.sealed, &mut following)?;
        following.truncate(filled);
        let aad = if following.is_empty() { LAST } else { MORE };
        let opened = self.cipher.open(&nonce(self.number), aad, &self.next);
        self.plain = opened.map_err(|_| io::Error::other("a sealed file was altered, cut off, or is another one"))?;
        (self.at, self.next) = (0, following);
        self.number += 1;
        Ok(true)
    }
}

impl<R: Read> Read for Unsealing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.plain.len() {
            if !self.advance()? {
                return Ok(0);
            }
        }
        let count = buffer.len().min(self.plain.len() - self.at);
        buffer[..count].copy_from_slice(&self.plain[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(vault: &Vault, content: &[u8]) -> (ContentId, Vec<u8>) {
        let id = ContentId::of(vault, &mut &*content).expect("an id");
        let mut bytes = Vec::new();
        seal_content(vault, &id, &mut &*content, &mut bytes).expect("sealed");
        (id, bytes)
    }

    fn opened(vault: &Vault, id: &ContentId, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        Unsealing::new(vault, id, bytes).expect("begun").read_to_end(&mut content)?;
        Ok(content)
    }

    #[test]
    fn a_content_of_any_length_comes_back() {
        let vault = Vault::from_root(&[7; 32]);
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let content: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let (id, bytes) = sealed(&vault, &content);
            assert_eq!(opened(&vault, &id, &bytes).expect("opened"), content, "{length}");
            assert_eq!(sealed(&vault, &content), (id, bytes), "kept once");
        }
    }

    #[test]
    fn what_was_touched_is_not_opened() {
        let vault = Vault::from_root(&[7; 32]);
        let content = vec![b'a'; 2 * PIECE + 5];
        let (id, bytes) = sealed(&vault, &content);
        assert!(!bytes.windows(8).any(|part| part == b"aaaaaaaa"));
        let mut altered = bytes.clone();
        altered[PIECE + 40] ^= 1;
        let piece = PIECE + TAG;
        let swapped = [&bytes[piece..2 * piece], &bytes[..piece], &bytes[2 * piece..]].concat();
        let cut = &bytes[..2 * piece];
        for touched in [&altered[..], &swapped, cut, &bytes[piece..]] {
            assert!(opened(&vault, &id, touched).is_err());
        }
        assert!(opened(&Vault::from_root(&[8; 32]), &id, &bytes).is_err());
        assert!(opened(&vault, &sealed(&vault, b"other").0, &bytes).is_err());
    }
}
