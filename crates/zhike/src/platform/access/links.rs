//! Links that work once: for the first set-up, and for a person to set a password without anyone else knowing it.

use jiff::{SignedDuration, Timestamp};
use store::{Entity as _, Tx};

use super::model::{OneTimeLink, User};
use super::secret;
use crate::kernel::{Error, Id, Result};

/// How long a link for a colleague works.
pub const FOR_A_PERSON: SignedDuration = SignedDuration::from_hours(72);

store::statements! {
    BY_HASH = select OneTimeLink where "token_hash = $1";
    /// Of two who use it at once, one deletes the row.
    USE = "delete from one_time_link where id = $1";
    REPLACE_SETUP = "delete from one_time_link where staff_id is null";
    REPLACE = "delete from one_time_link where staff_id = $1";
}

/// Makes a link's token; an earlier one for the same person stops working.
pub fn issue(tx: &mut Tx<'_>, user: Option<Id<User>>, now: Timestamp, lives: SignedDuration) -> Result<String> {
    match user {
        Some(user) => tx.execute(&REPLACE, &[&user])?,
        None => tx.execute(&REPLACE_SETUP, &[])?,
    };
    let token = secret::generate("");
    let link = OneTimeLink { id: Id::new(), staff_id: user, token_hash: secret::hash(&token), expires_at: now + lives };
    link.insert(tx)?;
    Ok(token)
}

/// The link that a token belongs to, still good.
pub fn find(tx: &mut Tx<'_>, token: &str, now: Timestamp) -> Result<OneTimeLink> {
    let link = OneTimeLink::one(tx, &BY_HASH, &[&secret::hash(token.trim())])?;
    link.filter(|link| link.expires_at > now).ok_or_else(|| Error::new(403, "link.invalid"))
}

/// Uses a link up.
pub fn take(tx: &mut Tx<'_>, token: &str, now: Timestamp) -> Result<OneTimeLink> {
    let link = find(tx, token, now)?;
    match tx.execute(&USE, &[&link.id])? {
        1 => Ok(link),
        _ => Err(Error::new(403, "link.invalid")),
    }
}
