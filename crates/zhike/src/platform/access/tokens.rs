//! API tokens: a person's rights for a script. Shown once, stored hashed, gone with the person's password or rights.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{ApiToken, TokenId, User};
use super::{epoch, secret};
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::audit;
use crate::platform::grant::Principal;

pub const PREFIX: &str = "zk_";
const NAME_MOST: usize = 100;
const DAYS_MOST: i64 = 3_650;

store::statements! {
    OF_USER = select ApiToken where "staff_id = $1 order by created_at desc";
    END = "delete from api_token where id = $1 and staff_id = $2";
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    pub name: String,
    /// Days until it ends; never, if left out.
    #[serde(default)]
    pub days: Option<i64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenView {
    pub id: TokenId,
    pub name: String,
    /// The last characters.
    pub hint: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// The token itself, in the answer to its making and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

pub fn list(tx: &mut Tx<'_>, who: &Principal) -> Result<Vec<TokenView>> {
    let tokens = ApiToken::all(tx, &OF_USER, &[&who.user])?;
    Ok(tokens.into_iter().map(|token| view(token, None)).collect())
}

/// Makes a token for `owner`: whoever asks, or on the command line anybody.
pub fn create(tx: &mut Tx<'_>, who: &Principal, owner: Id<User>, new: &NewToken) -> Result<TokenView> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > NAME_MOST {
        return Err(Error::field_invalid("name", if name.is_empty() { "required" } else { "too_long" }));
    }
    if new.days.is_some_and(|days| !(1..=DAYS_MOST).contains(&days)) {
        return Err(Error::field_invalid("days", "out_of_range"));
    }
    let token = secret::generate(PREFIX);
    let row = ApiToken {
        id: Id::new(),
        staff_id: owner,
        name: name.to_owned(),
        token_hash: secret::hash(&token),
        hint: token.chars().skip(token.len().saturating_sub(4)).collect(),
        created_at: who.now,
        expires_at: new.days.map(|days| who.now + SignedDuration::from_hours(24 * days)),
    };
    row.insert(tx)?;
    audit::record(tx, who, "create", Entity::Token, row.id.uuid(), None, json!({ "name": name, "owner": owner }))?;
    Ok(view(row, Some(token)))
}

pub fn end(tx: &mut Tx<'_>, who: &Principal, id: Uuid) -> Result<()> {
    if tx.execute(&END, &[&id, &who.user])? == 0 {
        return Err(Error::not_found());
    }
    epoch::bump(tx)?;
    audit::record(tx, who, "delete", Entity::Token, id, None, json!({}))
}

fn view(token: ApiToken, secret: Option<String>) -> TokenView {
    TokenView {
        id: token.id,
        name: token.name,
        hint: token.hint,
        created_at: token.created_at,
        expires_at: token.expires_at,
        secret,
    }
}
