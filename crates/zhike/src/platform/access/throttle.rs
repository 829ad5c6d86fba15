//! How many guesses at a password are allowed (C26): ten per account in a quarter of an hour from browsers we do not
//! know, ten from each one that we do, and a hundred per address. So guessing stops early, and a stranger who guesses at
//! somebody's account does not lock them out of their own browser.

use std::net::IpAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use store::{Entity as _, Tx, turns};

use super::model::{Device, LoginAttempt, User};
use crate::kernel::{Error, Id, Result};

const WINDOW: SignedDuration = SignedDuration::from_mins(15);
const ACCOUNT_MOST: i64 = 10;
const ADDRESS_MOST: i64 = 100;

store::statements! {
    FAILED_BY_STRANGERS = "select count(*) from login_attempt
        where login = $1 and at > $2 and failed and device_id is null";
    FAILED_BY_DEVICE = "select count(*) from login_attempt where login = $1 and at > $2 and failed and device_id = $3";
    FAILED_BY_ADDRESS = "select count(*) from login_attempt where address = $1 and at > $2 and failed";
    DEVICE_OF = select Device where "token_hash = $1 and staff_id = $2";
    SUCCEEDED = "update login_attempt set failed = false where id = $1";
    pub FORGET_ATTEMPTS = "delete from login_attempt where at < $1";
}

/// A guess that may be made.
#[derive(Clone, Copy, Debug)]
pub struct Allowed {
    pub attempt: Id<LoginAttempt>,
    pub device: Option<Id<Device>>,
    /// Failures before this one.
    pub failures: i64,
}

/// Counts a guess as failed before it is made, or refuses it.
pub fn reserve(
    tx: &mut Tx<'_>,
    login: &str,
    address: &str,
    known: Option<(&User, &[u8])>,
    now: Timestamp,
) -> Result<Allowed> {
    // Parallel guesses at one account would all see a low count.
    turns::take(tx, "login", [login])?;
    let since = now - WINDOW;
    let device = match known {
        Some((user, hash)) => Device::one(tx, &DEVICE_OF, &[&hash, &user.id])?.map(|device| device.id),
        None => None,
    };
    let failures: i64 = match device {
        Some(device) => tx.query_one(&FAILED_BY_DEVICE, &[&login, &since, &device])?.get(0)?,
        None => tx.query_one(&FAILED_BY_STRANGERS, &[&login, &since])?.get(0)?,
    };
    let from_address: i64 = tx.query_one(&FAILED_BY_ADDRESS, &[&address, &since])?.get(0)?;
    if failures >= ACCOUNT_MOST || (device.is_none() && from_address >= ADDRESS_MOST) {
        return Err(
            Error::too_many("login.throttled").detail("Too many failed logins. Try again in a quarter of an hour.")
        );
    }
    let attempt = Id::new();
    let row = LoginAttempt {
        id: attempt,
        login: login.to_owned(),
        address: address.to_owned(),
        device_id: device,
        at: now,
        failed: true,
    };
    row.insert(tx)?;
    Ok(Allowed { attempt, device, failures })
}

pub fn succeeded(tx: &mut Tx<'_>, attempt: Id<LoginAttempt>) -> Result<()> {
    tx.execute(&SUCCEEDED, &[&attempt])?;
    Ok(())
}

/// How long an answer is held back after so many failures.
pub fn delay(failures: i64) -> Duration {
    match failures {
        ..3 => Duration::ZERO,
        _ => Duration::from_millis(250 * (1 << (failures - 3).min(4))),
    }
}

/// What counts as one address: with IPv6 everybody has a whole /64 to move in.
pub fn address_key(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(four) => four.to_string(),
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_is_one_address() {
        let key = |text: &str| address_key(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), key("2001:db8:1:2:ffff::1"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:10.0.0.1"), "10.0.0.1");
    }

    #[test]
    fn answers_come_later_and_later() {
        assert_eq!(delay(2), Duration::ZERO);
        assert_eq!(delay(3), Duration::from_millis(250));
        assert_eq!(delay(9), Duration::from_secs(4));
    }
}
