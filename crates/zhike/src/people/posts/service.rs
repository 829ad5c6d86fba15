use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Entity as _, Tx};
use utoipa::ToSchema;

use crate::kernel::permission::action::{Create, Delete, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Id, Result};
use crate::people::checked_name;
use crate::platform::access::model::{POSTS, Post, PostId};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::Grant;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PostView {
    pub id: PostId,
    pub name: String,
    pub position: i64,
    pub version: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPost)]
pub struct New {
    pub name: String,
    #[serde(default)]
    pub position: i64,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PostChange)]
pub struct Change {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub position: Option<i64>,
}

impl From<Post> for PostView {
    fn from(post: Post) -> Self {
        Self { id: post.id, name: post.name, position: post.position, version: post.version }
    }
}

pub fn list(tx: &mut Tx<'_>, _grant: &Grant<Read, entity::Post>) -> Result<Vec<PostView>> {
    Ok(Post::all(tx, &POSTS, &[])?.into_iter().map(PostView::from).collect())
}

pub fn create(tx: &mut Tx<'_>, grant: &Grant<Create, entity::Post>, new: &New) -> Result<PostView> {
    let post = Post { id: Id::new(), name: checked_name("name", &new.name)?, position: new.position, version: 1 };
    post.insert(tx)?;
    let changes = json!({ "name": post.name });
    audit::record(tx, grant.principal(), "create", Entity::Post, post.id.uuid(), None, changes)?;
    Ok(post.into())
}

pub fn update(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Post>,
    id: PostId,
    version: i64,
    change: &Change,
) -> Result<PostView> {
    let old = Post::get(tx, id)?;
    let name = change.name.as_deref().map(|name| checked_name("name", name)).transpose()?;
    let new = Post {
        id,
        name: name.unwrap_or_else(|| old.name.clone()),
        position: change.position.unwrap_or(old.position),
        version,
    };
    new.update(tx)?;
    let mut changes = Changes::new();
    changes.field("name", &old.name, &new.name).field("position", &old.position, &new.position);
    audit::record(tx, grant.principal(), "update", Entity::Post, id.uuid(), None, changes)?;
    Ok(Post::get(tx, id)?.into())
}

/// Deletes a post that nobody holds.
pub fn delete(tx: &mut Tx<'_>, grant: &Grant<Delete, entity::Post>, id: PostId) -> Result<()> {
    let post = Post::get(tx, id)?;
    post.delete(tx)?;
    audit::record(tx, grant.principal(), "delete", Entity::Post, id.uuid(), None, json!({ "name": post.name }))
}
