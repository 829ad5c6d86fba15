//! Passwords: argon2id in PHC form, verified and upgraded at login, and what a good one is (C25).
//!
//! The PHC string names algorithm, version and cost, so that the cost below can be raised at any time: whoever signs in
//! with an older hash gets a new one.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::kernel::{Error, FieldError, Result};

/// OWASP's first choice: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LEAST: usize = 12;
const MOST: usize = 256;

/// Hashing takes 19 MiB and a core each; a storm of logins must not take all of them.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// Looked at when there is no such login, so that an unknown one takes as long as a wrong password.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody has this password").unwrap_or_default());

/// Passwords of twelve and more characters that lists of leaked passwords put first, and stems that people repeat
/// until a rule is satisfied.
const COMMON: &str = include_str!("common_passwords.txt");

pub type Password = Zeroizing<String>;

fn hasher() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|error| Error::internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes on this thread; for commands and tests.
pub fn hash_now(password: &str) -> Result<String> {
    let hash = hasher()?.hash_password(password.as_bytes()).map_err(|error| Error::internal(error.to_string()))?;
    Ok(hash.to_string())
}

pub async fn hash(password: Password) -> Result<String> {
    blocking(move || hash_now(&password)).await?
}

/// What verifying found.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// Right, and stored at another cost than today's: the new hash to store.
    Upgrade(String),
}

/// Checks a password against the stored hash; without one it takes the same time and is wrong.
pub async fn verify(password: Password, stored: Option<String>) -> Result<Verdict> {
    blocking(move || verify_now(&password, stored.as_deref())).await?
}

fn verify_now(password: &str, stored: Option<&str>) -> Result<Verdict> {
    // Made at the first use, whoever comes first, or the first unknown login would take twice as long.
    let nobody: &str = &NOBODY;
    let phc = stored.unwrap_or(nobody);
    let parsed = PasswordHash::new(phc).map_err(|error| Error::internal(error.to_string()))?;
    let right = hasher()?.verify_password(password.as_bytes(), &parsed).is_ok();
    if !right || stored.is_none() {
        return Ok(Verdict::Wrong);
    }
    let current = format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1$");
    match phc.starts_with(&current) {
        true => Ok(Verdict::Right),
        false => hash_now(password).map(Verdict::Upgrade),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let permit = AT_ONCE.acquire().await.map_err(Error::internal)?;
    let done = tokio::task::spawn_blocking(work).await.map_err(Error::internal);
    drop(permit);
    done
}

/// What is wrong with a new password, told for the form's `field`. Length counts, composition does not; words that an
/// attacker tries first do.
pub fn judge(field: &str, password: &str, context: &[&str]) -> Vec<FieldError> {
    let fault = |code: &str| vec![FieldError { field: field.to_owned(), code: code.to_owned(), message: None }];
    let length = password.chars().count();
    if length < LEAST {
        return fault("password.too_short");
    }
    if length > MOST {
        return fault("password.too_long");
    }
    let lower = password.to_lowercase();
    if is_common(&lower) {
        return fault("password.common");
    }
    let told = context.iter().map(|word| word.trim().to_lowercase()).any(|word| made_of_name(&lower, &word));
    if told { fault("password.contains_name") } else { Vec::new() }
}

pub fn check(field: &str, password: &str, context: &[&str]) -> Result<()> {
    Error::from_fields(judge(field, password, context))
}

fn is_common(lower: &str) -> bool {
    let chars: Vec<char> = lower.chars().collect();
    let repeats = |n: usize| chars.iter().skip(n).zip(&chars).all(|(a, b)| a == b);
    let runs = chars.windows(2).filter(|pair| (pair[1] as i64 - pair[0] as i64).abs() == 1).count();
    let monotone = runs * 4 >= chars.len() * 3;
    (1..=4).any(repeats) || monotone || COMMON.lines().any(|line| made_of(lower, line))
}

/// The word, once or several times, with up to four characters around it.
fn made_of(password: &str, common: &str) -> bool {
    !common.is_empty() && password.contains(common) && left_over(password, common) <= 4
}

/// A name does not count towards the length of a password.
fn made_of_name(password: &str, name: &str) -> bool {
    name.chars().count() >= 2 && password.contains(name) && left_over(password, name) < LEAST / 2
}

fn left_over(password: &str, word: &str) -> usize {
    password.replace(word, "").chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_unusual_is_enough() {
        for good in ["correct horse battery", "一二三 木头人 不许动 笑什么", "kX9#mmQ2vLp0"] {
            assert_eq!(judge("password", good, &["li", "华盛科技"]), [], "{good}");
        }
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        let cases = [
            ("short", "password.too_short"),
            ("aaaaaaaaaaaaaa", "password.common"),
            ("abcabcabcabcabc", "password.common"),
            ("123456789012", "password.common"),
            ("password1234", "password.common"),
            ("Administrator1", "password.common"),
            ("zhangsan2026", "password.contains_name"),
            ("华盛科技华盛科技1234", "password.contains_name"),
        ];
        for (bad, code) in cases {
            let found = judge("password", bad, &["zhangsan", "华盛科技华盛科技"]);
            assert_eq!(found.first().map(|fault| fault.code.as_str()), Some(code), "{bad}");
        }
    }

    #[test]
    fn an_old_cost_is_upgraded() {
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let old = cheap.hash_password(b"correct horse battery").unwrap().to_string();
        let Verdict::Upgrade(new) = verify_now("correct horse battery", Some(&old)).unwrap() else {
            panic!("an old hash must be replaced");
        };
        assert_eq!(verify_now("correct horse battery", Some(&new)).unwrap(), Verdict::Right);
        assert_eq!(verify_now("wrong horse battery", Some(&new)).unwrap(), Verdict::Wrong);
        assert_eq!(verify_now("nobody has this password", None).unwrap(), Verdict::Wrong);
    }
}
