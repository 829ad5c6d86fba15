//! Random tokens (sessions, API tokens, one-time links): 256 bits, given out once, stored as their SHA-256.

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A new token of 52 characters of five random bits each, with a prefix that tells what it is.
pub fn generate(prefix: &str) -> String {
    let bytes: [u8; 52] = rand::random();
    let text = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    prefix.chars().chain(text).collect()
}

/// What is stored. A plain hash suffices: the input cannot be guessed.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_have_260_bits() {
        let (one, two) = (generate("zk_"), generate("zk_"));
        assert_ne!(one, two);
        assert!(one.starts_with("zk_") && one.len() == 55);
        assert_eq!(hash(&one).len(), 32);
        assert_eq!(ALPHABET.iter().collect::<std::collections::BTreeSet<_>>().len(), 32);
    }
}
