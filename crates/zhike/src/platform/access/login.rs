//! Signing in (C23–C31). An unknown login, a wrong password and a deactivated person look the same and take as long.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::{Db, Entity as _, Tx};
use uuid::Uuid;

use super::identity::Lifetime;
use super::model::{Device, Session, USER_BY_LOGIN, User};
use super::password::{self, Password, Verdict};
use super::resolve::resolve;
use super::throttle::{self, Allowed};
use super::{secret, totp};
use crate::kernel::{Clock, Entity, Error, Id, Result};
use crate::platform::audit;
use crate::platform::grant::{Principal, Request};
use crate::platform::vault::Vault;

/// What signing in needs of the application.
#[derive(Clone)]
pub struct Door {
    pub db: Db,
    pub clock: Clock,
    pub vault: Arc<Vault>,
    pub lifetime: Lifetime,
}

/// Somebody at the door.
#[derive(Clone)]
pub struct Visitor {
    pub request: Request,
    /// What guesses are counted under.
    pub address: String,
    pub agent: Option<String>,
    /// The token of a browser that somebody signed in from before.
    pub device: Option<String>,
}

#[derive(Clone)]
pub struct Claim {
    pub login: String,
    pub password: Password,
    pub code: Option<String>,
}

/// What a successful login hands out.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub user: Id<User>,
    pub token: String,
    /// For browsers not known before.
    pub device: Option<String>,
}

enum Refused {
    Wrong,
    CodeNeeded,
}

/// A login in the one form in which it is stored and compared.
pub fn normal_login(login: &str) -> String {
    login.trim().to_lowercase()
}

pub async fn sign_in(door: &Door, visitor: Visitor, claim: Claim) -> Result<SignedIn> {
    let login = normal_login(&claim.login);
    let now = door.clock.now();
    let (user, allowed) = {
        let (login, visitor) = (login.clone(), visitor.clone());
        door.db.write(move |tx| knock(tx, &login, &visitor, now)).await?
    };
    if !door.clock.is_test() {
        tokio::time::sleep(throttle::delay(allowed.failures)).await;
    }
    let active = user.filter(|user| user.active);
    let stored = active.as_ref().and_then(|user| user.password.clone());
    let verdict = password::verify(claim.password.clone(), stored).await?;
    let verified = active.filter(|_| verdict != Verdict::Wrong);
    let outcome = match verified {
        None => Err(Refused::Wrong),
        Some(user) => {
            let (door, visitor) = (door.clone(), visitor.clone());
            let upgrade = if let Verdict::Upgrade(hash) = verdict { Some(hash) } else { None };
            let entry = Entry { user, allowed, code: claim.code, upgrade, door: door.clone(), visitor };
            door.db.write(move |tx| entry.enter(tx)).await?
        }
    };
    match outcome {
        Ok(signed_in) => Ok(signed_in),
        Err(Refused::CodeNeeded) => Err(Error::unauthorized("login.code_needed")),
        Err(Refused::Wrong) => {
            door.db.write(move |tx| note_refusal(tx, &login, &visitor.request, now)).await?;
            Err(Error::unauthorized("login.wrong"))
        }
    }
}

fn knock(tx: &mut Tx<'_>, login: &str, visitor: &Visitor, now: Timestamp) -> Result<(Option<User>, Allowed)> {
    let user = User::one(tx, &USER_BY_LOGIN, &[&login])?;
    let device = visitor.device.as_deref().map(secret::hash);
    let known = user.as_ref().zip(device.as_deref());
    let allowed = throttle::reserve(tx, login, &visitor.address, known, now)?;
    Ok((user, allowed))
}

/// A person whose password was right, about to enter.
struct Entry {
    user: User,
    allowed: Allowed,
    code: Option<String>,
    upgrade: Option<String>,
    door: Door,
    visitor: Visitor,
}

impl Entry {
    fn enter(&self, tx: &mut Tx<'_>) -> Result<Result<SignedIn, Refused>> {
        // Hashing took a while: whatever changed meanwhile counts.
        let user = User::get(tx, self.user.id)?;
        if !user.active || user.password != self.user.password {
            return Ok(Err(Refused::Wrong));
        }
        if let Err(refused) = self.second_factor(tx, &user)? {
            return Ok(Err(refused));
        }
        if let Some(hash) = &self.upgrade {
            tx.execute(&UPGRADE, &[&user.id, hash])?;
        }
        throttle::succeeded(tx, self.allowed.attempt)?;
        let device = self.know_device(tx, &user)?;
        let (session, token) = open_session(tx, &self.door, &user, &self.visitor)?;
        self.audit(tx, &user, session)?;
        Ok(Ok(SignedIn { user: user.id, token, device }))
    }

    fn second_factor(&self, tx: &mut Tx<'_>, user: &User) -> Result<Result<(), Refused>> {
        let Some(sealed) = &user.totp else { return Ok(Ok(())) };
        let Some(code) = &self.code else { return Ok(Err(Refused::CodeNeeded)) };
        let right = totp::take(tx, &self.door.vault, user, sealed, code, self.door.clock.now())?;
        Ok(if right { Ok(()) } else { Err(Refused::Wrong) })
    }

    fn know_device(&self, tx: &mut Tx<'_>, user: &User) -> Result<Option<String>> {
        let now = self.door.clock.now();
        if let Some(device) = self.allowed.device {
            tx.execute(&DEVICE_SEEN, &[&device, &now])?;
            return Ok(None);
        }
        let token = secret::generate("");
        let device = Device { id: Id::new(), staff_id: user.id, token_hash: secret::hash(&token), seen_at: now };
        device.insert(tx)?;
        Ok(Some(token))
    }

    fn audit(&self, tx: &mut Tx<'_>, user: &User, session: Id<Session>) -> Result<()> {
        let now = self.door.clock.now();
        let Some(resolved) = resolve(tx, user.id, now)? else { return Ok(()) };
        let request = Request { session: Some(session.uuid()), ..self.visitor.request.clone() };
        let who: Principal = resolved.principal(request, now, Arc::clone(&self.door.vault));
        audit::record(tx, &who, "signed_in", Entity::User, user.id.uuid(), None, json!({}))
    }
}

/// Opens a session and answers its token, which is stored nowhere.
pub fn open_session(tx: &mut Tx<'_>, door: &Door, user: &User, visitor: &Visitor) -> Result<(Id<Session>, String)> {
    let now = door.clock.now();
    let token = secret::generate("");
    let session = Session {
        id: Id::new(),
        staff_id: user.id,
        token_hash: secret::hash(&token),
        created_at: now,
        seen_at: now,
        expires_at: now + door.lifetime.absolute,
        address: visitor.request.ip.clone(),
        agent: visitor.agent.as_ref().map(|agent| agent.chars().take(200).collect()),
    };
    session.insert(tx)?;
    Ok((session.id, token))
}

/// Refusals are audited under the person whose account it was. What was typed as a login is not written down: it may
/// be a password in the wrong box.
fn note_refusal(tx: &mut Tx<'_>, login: &str, request: &Request, at: Timestamp) -> Result<()> {
    let user = User::one(tx, &USER_BY_LOGIN, &[&login])?;
    let entry = audit::Entry {
        at,
        actor: None,
        actor_name: user.as_ref().map_or("", |user| user.name.as_str()),
        request,
        action: "login_refused",
        entity: Entity::User,
        entity_id: user.as_ref().map_or(Uuid::nil(), |user| user.id.uuid()),
        customer: None,
        changes: json!({}),
    };
    audit::append(tx, entry)
}

store::statements! {
    UPGRADE = "update staff set password = $2 where id = $1";
    DEVICE_SEEN = "update device set seen_at = $2 where id = $1";
    FORGET_SESSIONS = "delete from session where expires_at < $1 or seen_at < $2";
    FORGET_DEVICES = "delete from device where seen_at < $1";
    FORGET_ANSWERS = "delete from idempotency where at < $1";
    FORGET_LINKS = "delete from one_time_link where expires_at < $1 and staff_id is not null";
}

/// How long an `Idempotency-Key` is remembered.
const ANSWERS_KEPT: SignedDuration = SignedDuration::from_hours(48);
const DEVICES_KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);

/// Removes what has expired; run now and then by the server.
pub fn sweep(tx: &mut Tx<'_>, now: Timestamp, lifetime: Lifetime) -> Result<()> {
    tx.execute(&FORGET_SESSIONS, &[&now, &(now - lifetime.idle)])?;
    tx.execute(&FORGET_DEVICES, &[&(now - DEVICES_KEPT)])?;
    tx.execute(&FORGET_LINKS, &[&now])?;
    tx.execute(&FORGET_ANSWERS, &[&(now - ANSWERS_KEPT)])?;
    tx.execute(&throttle::FORGET_ATTEMPTS, &[&(now - SignedDuration::from_hours(24))])?;
    Ok(())
}
