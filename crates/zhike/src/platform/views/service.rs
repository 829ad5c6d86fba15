use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::permission::action::{Create, Delete, Read, Update};
use crate::kernel::permission::entity::View;
use crate::kernel::{Entity, Error, Id, Result};
use crate::platform::access::model::User;
use crate::platform::audit::{self, Changes};
use crate::platform::grant::Grant;

const NAME_MOST: usize = 100;
const LIST_MOST: usize = 50;
const STATE_MOST: usize = 64 * 1024;
const VIEWS_MOST: i64 = 200;

store::entity! {
    pub struct SavedView: "saved_view" {
        pub id: Uuid,
        pub owner_id: Id<User>,
        pub list: String,
        pub name: String,
        pub shared: bool,
        pub state: Value,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

store::statements! {
    OF_LIST = select SavedView where "list = $1 and (owner_id = $2 or shared) order by created_at, id";
    COUNT = "select count(*) from saved_view where owner_id = $1";
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    #[schema(example = "customers")]
    pub list: String,
    pub name: String,
    #[serde(default)]
    pub shared: bool,
    #[schema(value_type = Object)]
    pub state: Value,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ViewInfo {
    pub id: Uuid,
    pub list: String,
    pub name: String,
    pub shared: bool,
    /// Whether it is the asker's own, to change and to remove.
    pub mine: bool,
    #[schema(value_type = Object)]
    pub state: Value,
    pub version: i64,
}

impl SavedView {
    fn info(self, user: Id<User>) -> ViewInfo {
        let mine = self.owner_id == user;
        let Self { id, list, name, shared, state, version, .. } = self;
        ViewInfo { id, list, name, shared, mine, state, version }
    }
}

/// The asker's own views of a list and those that others share.
pub fn list(tx: &mut Tx<'_>, grant: &Grant<Read, View>, list: &str) -> Result<Vec<ViewInfo>> {
    let views = SavedView::all(tx, &OF_LIST, &[&list, &grant.user()])?;
    Ok(views.into_iter().map(|view| view.info(grant.user())).collect())
}

pub fn create(tx: &mut Tx<'_>, grant: &Grant<Create, View>, new: NewView) -> Result<ViewInfo> {
    let known = new.list.len() <= LIST_MOST && new.list.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if !known || new.list.is_empty() {
        return Err(Error::field_invalid("list", "unknown"));
    }
    let count: i64 = tx.query_one(&COUNT, &[&grant.user()])?.get(0)?;
    if count >= VIEWS_MOST {
        return Err(Error::conflict("view.too_many"));
    }
    let view = SavedView {
        id: Uuid::now_v7(),
        owner_id: grant.user(),
        list: new.list,
        name: name(&new.name)?,
        shared: new.shared,
        state: state(new.state)?,
        version: 1,
        created_at: grant.now(),
        updated_at: grant.now(),
    };
    view.insert(tx)?;
    let changes = json!({ "list": view.list, "name": view.name, "shared": view.shared });
    audit::record(tx, grant.principal(), "create", Entity::View, view.id, None, changes)?;
    Ok(view.info(grant.user()))
}

/// Replaces one's own view. `version`, when given, must still be the stored one; without it the last one wins, which is
/// what a person with two windows expects of their own view.
pub fn replace(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, View>,
    id: Uuid,
    version: Option<i64>,
    new: NewView,
) -> Result<ViewInfo> {
    let old = own(tx, grant.user(), id)?;
    if new.list != old.list {
        return Err(Error::field_invalid("list", "unchangeable"));
    }
    let mut view = SavedView {
        name: name(&new.name)?,
        shared: new.shared,
        state: state(new.state)?,
        version: version.unwrap_or(old.version),
        updated_at: grant.now(),
        ..old.clone()
    };
    view.update(tx)?;
    let mut changes = Changes::new();
    changes.field("name", &old.name, &view.name).field("shared", &old.shared, &view.shared);
    audit::record(tx, grant.principal(), "update", Entity::View, id, None, changes)?;
    view.version += 1;
    Ok(view.info(grant.user()))
}

pub fn remove(tx: &mut Tx<'_>, grant: &Grant<Delete, View>, id: Uuid) -> Result<()> {
    let view = own(tx, grant.user(), id)?;
    view.delete(tx)?;
    audit::record(tx, grant.principal(), "delete", Entity::View, id, None, json!({ "name": view.name }))
}

/// Other people's views, shared or not, are not there to be changed.
fn own(tx: &mut Tx<'_>, user: Id<User>, id: Uuid) -> Result<SavedView> {
    SavedView::find(tx, id)?.filter(|view| view.owner_id == user).ok_or_else(Error::not_found)
}

fn name(name: &str) -> Result<String> {
    match name.trim() {
        "" => Err(Error::field_invalid("name", "required")),
        name if name.chars().count() > NAME_MOST => Err(Error::field_invalid("name", "too_long")),
        name => Ok(name.to_owned()),
    }
}

fn state(state: Value) -> Result<Value> {
    if !state.is_object() || state.to_string().len() > STATE_MOST {
        return Err(Error::field_invalid("state", "unusable"));
    }
    Ok(state)
}
