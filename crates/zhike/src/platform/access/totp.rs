//! Codes from an authenticator (RFC 6238) as a second factor. The secret is sealed by the vault; a code is taken once.

use jiff::Timestamp;
use serde::Serialize;
use store::{Entity as _, Tx};
use totp_rs::{Builder, Secret, Totp};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::model::User;
use super::{epoch, own};
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::audit;
use crate::platform::grant::Principal;
use crate::platform::vault::{Column, Kind, Vault};

const SECRET: Column = Column::new("staff", "totp", "user.totp", Kind::Secret);
const ISSUER: &str = "Zhike";

store::statements! {
    /// Only forwards, so that of two logins with one code one fails.
    USE_STEP = "update staff set totp_step = $2 where id = $1 and (totp_step is null or totp_step < $2)";
}

/// What an authenticator is set up with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Enrolment {
    /// Base32, for typing in.
    pub secret: String,
    /// `otpauth://…`, for a QR code.
    pub uri: String,
}

/// Hands out a new secret; it counts from the first code that proves it ([`confirm`]).
pub fn enrol(tx: &mut Tx<'_>, who: &Principal) -> Result<Enrolment> {
    let mut user = own::user(tx, who)?;
    if user.totp.is_some() {
        return Err(Error::conflict("totp.already_on"));
    }
    let random: [u8; 20] = rand::random();
    let secret = Zeroizing::new(Secret::from(random.to_vec()).to_base32());
    user.totp_pending = Some(who.vault.seal(&SECRET, user.id.uuid(), &secret)?);
    user.updated_at = who.now;
    user.update(tx)?;
    let uri = authenticator(&secret, &user.login)?.to_url().map_err(|error| Error::internal(error.to_string()))?;
    Ok(Enrolment { secret: secret.to_string(), uri })
}

pub fn confirm(tx: &mut Tx<'_>, who: &Principal, code: &str) -> Result<()> {
    let mut user = own::user(tx, who)?;
    let pending = user.totp_pending.take().ok_or_else(|| Error::conflict("totp.not_started"))?;
    let step = matching_step(&who.vault, &user, &pending, code, who.now)?;
    let step = step.ok_or_else(|| Error::field_invalid("code", "totp.wrong"))?;
    user.totp = Some(pending);
    user.totp_step = Some(step);
    user.updated_at = who.now;
    user.update(tx)?;
    epoch::bump(tx)?;
    audit::record(tx, who, "totp_on", Entity::User, user.id.uuid(), None, serde_json::json!({}))
}

/// Switches the second factor off; asks for the password again (the caller has verified it).
pub fn remove(tx: &mut Tx<'_>, who: &Principal, id: Id<User>) -> Result<()> {
    let mut user = User::get(tx, id)?;
    user.totp = None;
    user.totp_pending = None;
    user.totp_step = None;
    user.updated_at = who.now;
    user.update(tx)?;
    epoch::bump(tx)?;
    audit::record(tx, who, "totp_off", Entity::User, id.uuid(), None, serde_json::json!({}))
}

/// Takes a code at login: right, and not taken before.
pub fn take(tx: &mut Tx<'_>, vault: &Vault, user: &User, sealed: &[u8], code: &str, now: Timestamp) -> Result<bool> {
    match matching_step(vault, user, sealed, code, now)? {
        None => Ok(false),
        Some(step) => Ok(tx.execute(&USE_STEP, &[&user.id, &step])? == 1),
    }
}

fn matching_step(vault: &Vault, user: &User, sealed: &[u8], code: &str, now: Timestamp) -> Result<Option<i64>> {
    let secret = Zeroizing::new(vault.open_sealed(&SECRET, user.id.uuid(), sealed)?);
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let step = authenticator(&secret, &user.login)?.check(&digits, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn authenticator(secret: &str, login: &str) -> Result<Totp> {
    let secret = Secret::try_from_base32(secret).map_err(|error| Error::internal(error.to_string()))?;
    // A colon would end the account's name in the URI.
    let account = login.replace(':', "_");
    let built = Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some(ISSUER)).build();
    built.map_err(|error| Error::internal(error.to_string()))
}

/// The code that an authenticator would show, for tests.
#[cfg(test)]
pub fn code_at(secret: &str, now: Timestamp) -> String {
    let totp = authenticator(secret, "test").expect("a secret we made");
    totp.generate(u64::try_from(now.as_second()).expect("after 1970")).to_string()
}
