//! Who a request comes from: a session cookie or an API token, resolved once and remembered until rights
//! change or the company's day ends.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use store::{Db, Entity as _, Tx};

use super::epoch::{self, Epoch};
use super::model::{ApiToken, Session};
use super::resolve::{Resolved, resolve};
use super::secret;
use crate::kernel::{Id, Result};

/// A session's last use is written down this often; a shorter interval would make every reader a writer.
const WRITE_SEEN_EVERY: SignedDuration = SignedDuration::from_mins(5);
/// More than any company has people at work; past it the memory starts anew.
const REMEMBERED_MOST: usize = 50_000;

store::statements! {
    SESSION_BY_HASH = select Session where "token_hash = $1";
    TOKEN_BY_HASH = select ApiToken where "token_hash = $1";
    SEEN = "update session set seen_at = $2 where id = $1 and seen_at < $2";
}

/// What a client shows.
#[derive(Clone, Debug)]
pub enum Credential {
    Session(String),
    Token(String),
}

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    pub idle: SignedDuration,
    pub absolute: SignedDuration,
}

impl Default for Lifetime {
    fn default() -> Self {
        Self { idle: SignedDuration::from_hours(8), absolute: SignedDuration::from_hours(7 * 24) }
    }
}

/// A credential that was found good.
#[derive(Debug)]
pub struct Identity {
    pub resolved: Resolved,
    /// The session, when it is one; API tokens have none, and may not do what needs a person in front of a screen.
    pub session: Option<Id<Session>>,
    epoch: i64,
    ends: Option<Timestamp>,
    seen: AtomicI64,
    seen_written: AtomicI64,
}

/// The memory of identities of this node.
#[derive(Debug, Default)]
pub struct Identities {
    known: RwLock<HashMap<Vec<u8>, Arc<Identity>>>,
    epoch: Epoch,
    lifetime: Lifetime,
}

impl Identities {
    pub fn new(lifetime: Lifetime) -> Self {
        Self { lifetime, ..Self::default() }
    }

    pub fn lifetime(&self) -> Lifetime {
        self.lifetime
    }

    /// Finds out who shows this credential; `None` when it is good for nothing, or no more.
    pub async fn identify(&self, db: &Db, credential: &Credential, now: Timestamp) -> Result<Option<Arc<Identity>>> {
        let Some(identity) = self.find(db, credential, now).await? else { return Ok(None) };
        self.note_use(db, &identity, now).await;
        Ok(Some(identity))
    }

    /// Whether the credential still lets somebody in. Asking is no use of it: a page left open does not keep a session.
    pub async fn is_good(&self, db: &Db, credential: &Credential, now: Timestamp) -> Result<bool> {
        Ok(self.find(db, credential, now).await?.is_some())
    }

    async fn find(&self, db: &Db, credential: &Credential, now: Timestamp) -> Result<Option<Arc<Identity>>> {
        let hash = match credential {
            Credential::Session(token) | Credential::Token(token) => secret::hash(token),
        };
        match self.remembered(db, &hash, now).await? {
            Some(identity) => Ok(Some(identity)),
            None => self.load(db, credential, hash, now).await,
        }
    }

    async fn remembered(&self, db: &Db, hash: &[u8], now: Timestamp) -> Result<Option<Arc<Identity>>> {
        let found = self.known.read().unwrap_or_else(PoisonError::into_inner).get(hash).cloned();
        let Some(identity) = found else { return Ok(None) };
        let fresh = identity.epoch == self.current_epoch(db).await?;
        let of_today = now < identity.resolved.until;
        Ok((fresh && of_today && identity.lives(now, self.lifetime.idle)).then_some(identity))
    }

    async fn current_epoch(&self, db: &Db) -> Result<i64> {
        if let Some(epoch) = self.epoch.known() {
            return Ok(epoch);
        }
        let began = Epoch::begin();
        let epoch = db.read(epoch::read).await?;
        self.epoch.learn(epoch, began);
        Ok(epoch)
    }

    async fn load(
        &self,
        db: &Db,
        credential: &Credential,
        hash: Vec<u8>,
        now: Timestamp,
    ) -> Result<Option<Arc<Identity>>> {
        let is_session = matches!(credential, Credential::Session(_));
        let key = hash.clone();
        let read = move |tx: &mut Tx<'_>| if is_session { session(tx, &hash, now) } else { token(tx, &hash, now) };
        let identity = db.read(read).await?.filter(|identity| identity.lives(now, self.lifetime.idle)).map(Arc::new);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED_MOST {
            known.clear();
        }
        match &identity {
            Some(identity) => known.insert(key, Arc::clone(identity)),
            None => known.remove(&key),
        };
        Ok(identity)
    }

    async fn note_use(&self, db: &Db, identity: &Identity, now: Timestamp) {
        identity.seen.fetch_max(now.as_microsecond(), Ordering::Relaxed);
        let Some(session) = identity.session else { return };
        let written = identity.seen_written.load(Ordering::Relaxed);
        if now.as_microsecond() - written < WRITE_SEEN_EVERY.as_micros() as i64 {
            return;
        }
        identity.seen_written.store(now.as_microsecond(), Ordering::Relaxed);
        let written: Result<()> = db.write(move |tx| Ok(tx.execute(&SEEN, &[&session, &now]).map(drop)?)).await;
        // While the disk takes no writes people can still read; the session ends a little early at worst.
        if let Err(error) = written {
            tracing::warn!(%error, "could not note that a session was used");
        }
    }
}

impl Identity {
    fn lives(&self, now: Timestamp, idle: SignedDuration) -> bool {
        let ended = self.ends.is_some_and(|ends| now >= ends);
        let seen = self.seen.load(Ordering::Relaxed);
        let idled = self.session.is_some() && now.as_microsecond() - seen >= idle.as_micros() as i64;
        !ended && !idled
    }
}

fn session(tx: &mut Tx<'_>, hash: &[u8], now: Timestamp) -> Result<Option<Identity>> {
    let Some(session) = Session::one(tx, &SESSION_BY_HASH, &[&hash])? else { return Ok(None) };
    let Some(resolved) = resolve(tx, session.staff_id, now)? else { return Ok(None) };
    let seen = session.seen_at.as_microsecond();
    Ok(Some(Identity {
        resolved,
        session: Some(session.id),
        epoch: epoch::read(tx)?,
        ends: Some(session.expires_at),
        seen: seen.into(),
        seen_written: seen.into(),
    }))
}

fn token(tx: &mut Tx<'_>, hash: &[u8], now: Timestamp) -> Result<Option<Identity>> {
    let Some(token) = ApiToken::one(tx, &TOKEN_BY_HASH, &[&hash])? else { return Ok(None) };
    let Some(resolved) = resolve(tx, token.staff_id, now)? else { return Ok(None) };
    Ok(Some(Identity {
        resolved,
        session: None,
        epoch: epoch::read(tx)?,
        ends: token.expires_at,
        seen: 0.into(),
        seen_written: 0.into(),
    }))
}
