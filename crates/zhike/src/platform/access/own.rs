//! A person's own account: password, sessions, language and look.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::epoch;
use super::model::{Session, SessionId, User};
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::audit;
use crate::platform::grant::Principal;

store::statements! {
    SESSIONS_OF = select Session where "staff_id = $1 and expires_at > $2 order by seen_at desc";
    END_SESSION = "delete from session where id = $1 and staff_id = $2";
    END_OTHER_SESSIONS = "delete from session where staff_id = $1 and id <> $2";
    END_TOKENS = "delete from api_token where staff_id = $1";
    END_DEVICES = "delete from device where staff_id = $1";
    END_LINKS = "delete from one_time_link where staff_id = $1";
    PREFER = "update staff set locale = coalesce($2, locale), theme = coalesce($3, theme) where id = $1";
}

/// The row of whoever asks.
pub fn user(tx: &mut Tx<'_>, who: &Principal) -> Result<User> {
    Ok(User::get(tx, who.user)?)
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionView {
    pub id: SessionId,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub seen_at: Timestamp,
    pub address: Option<String>,
    pub agent: Option<String>,
    /// The one that asks.
    pub current: bool,
}

pub fn sessions(tx: &mut Tx<'_>, who: &Principal) -> Result<Vec<SessionView>> {
    let sessions = Session::all(tx, &SESSIONS_OF, &[&who.user, &who.now])?;
    let view = |session: Session| SessionView {
        current: who.request.session == Some(session.id.uuid()),
        id: session.id,
        created_at: session.created_at,
        seen_at: session.seen_at,
        address: session.address,
        agent: session.agent,
    };
    Ok(sessions.into_iter().map(view).collect())
}

/// Ends one of one's own sessions.
pub fn end_session(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<()> {
    if tx.execute(&END_SESSION, &[&id, &who.user])? == 0 {
        return Err(Error::not_found());
    }
    epoch::bump(tx)?;
    let action = if who.request.session == Some(id) { "signed_out" } else { "session_ended" };
    audit::record(tx, who, action, Entity::User, who.user.uuid(), None, json!({ "session": id }))
}

/// Sets a new password, whose hash was made outside the transaction, and ends everything opened with the old one but
/// `keep`.
pub fn set_password(tx: &mut Tx<'_>, who: &Principal, id: Id<User>, hash: &str, keep: Option<Uuid>) -> Result<()> {
    epoch::bump(tx)?;
    let mut user = User::get(tx, id)?;
    user.password = Some(hash.to_owned());
    user.must_change_password = false;
    user.updated_at = who.now;
    user.update(tx)?;
    end_everything(tx, id, keep)?;
    audit::record(tx, who, "password_changed", Entity::User, id.uuid(), None, json!({}))
}

/// Ends sessions (but `keep`), tokens, known browsers and open links of a person.
pub fn end_everything(tx: &mut Tx<'_>, id: Id<User>, keep: Option<Uuid>) -> Result<()> {
    tx.execute(&END_OTHER_SESSIONS, &[&id, &keep.unwrap_or_default()])?;
    for statement in [&END_TOKENS, &END_DEVICES, &END_LINKS] {
        tx.execute(statement, &[&id])?;
    }
    Ok(())
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    #[serde(default)]
    pub locale: Option<Locale>,
    #[serde(default)]
    pub theme: Option<Theme>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    Zh,
    En,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    Light,
    Dark,
    Auto,
}

impl Locale {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }
}

impl Theme {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Auto => "auto",
        }
    }
}

/// How a person likes the console; nobody else's business, so not audited.
pub fn prefer(tx: &mut Tx<'_>, who: &Principal, preferences: &Preferences) -> Result<()> {
    let (locale, theme) = (preferences.locale.map(Locale::word), preferences.theme.map(Theme::word));
    tx.execute(&PREFER, &[&who.user, &locale, &theme])?;
    Ok(())
}
