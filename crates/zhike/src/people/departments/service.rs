use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Entity as _, Tx};
use utoipa::ToSchema;

use crate::kernel::permission::action::{Create, Delete, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Error, Id, Result};
use crate::people::checked_name;
use crate::platform::access::epoch;
use crate::platform::access::model::{DEPARTMENTS, Department, DepartmentId, User, UserId};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::Grant;
use crate::platform::http::present;

/// Deeper trees help nobody, and their paths must stay short.
const DEPTH_MOST: usize = 20;

store::statements! {
    /// Moves a subtree: the beginning of every path in it is replaced.
    MOVE = "update department set path = $2 || substr(path, $3) where path like $1 || '%'";
    CHILD = "select id from department where parent_id = $1 limit 1";
    MEMBER = "select id from staff where department_id = $1 limit 1";
    DEEPEST = "select max(length(path)) from department where path like $1 || '%'";
}

/// The length of one step of a path: an id and its slash.
const STEP: i64 = 37;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DepartmentView {
    pub id: DepartmentId,
    pub name: String,
    pub parent_id: Option<DepartmentId>,
    pub head_id: Option<UserId>,
    /// Ids from the root to here: `/…/…/`.
    pub path: String,
    pub position: i64,
    pub version: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewDepartment)]
pub struct New {
    pub name: String,
    pub parent_id: DepartmentId,
    #[serde(default)]
    pub head_id: Option<UserId>,
    #[serde(default)]
    pub position: i64,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DepartmentChange)]
pub struct Change {
    #[serde(default)]
    pub name: Option<String>,
    /// Moves the department with all below it.
    #[serde(default)]
    pub parent_id: Option<DepartmentId>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<UserId>)]
    pub head_id: Option<Option<UserId>>,
    #[serde(default)]
    pub position: Option<i64>,
}

impl From<Department> for DepartmentView {
    fn from(department: Department) -> Self {
        Self {
            id: department.id,
            name: department.name,
            parent_id: department.parent_id,
            head_id: department.head_id,
            path: department.path,
            position: department.position,
            version: department.version,
        }
    }
}

/// The whole tree, parents before children.
pub fn list(tx: &mut Tx<'_>, _grant: &Grant<Read, entity::Department>) -> Result<Vec<DepartmentView>> {
    let all = Department::all(tx, &DEPARTMENTS, &[])?;
    Ok(all.into_iter().map(DepartmentView::from).collect())
}

pub fn create(tx: &mut Tx<'_>, grant: &Grant<Create, entity::Department>, new: &New) -> Result<DepartmentView> {
    epoch::bump(tx)?;
    let parent = known("parent_id", tx, new.parent_id)?;
    check_depth(&parent.path, 1)?;
    check_head(tx, new.head_id)?;
    let id = Id::new();
    let department = Department {
        id,
        name: checked_name("name", &new.name)?,
        parent_id: Some(parent.id),
        head_id: new.head_id,
        path: Department::path_below(Some(&parent), id),
        position: new.position,
        version: 1,
        created_at: grant.now(),
        updated_at: grant.now(),
    };
    department.insert(tx)?;
    let changes = json!({ "name": department.name, "parent_id": department.parent_id });
    audit::record(tx, grant.principal(), "create", Entity::Department, id.uuid(), None, changes)?;
    Ok(department.into())
}

pub fn update(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Department>,
    id: DepartmentId,
    version: i64,
    change: &Change,
) -> Result<DepartmentView> {
    // First, since it makes changes of the tree take turns: two moves at once could make a circle.
    epoch::bump(tx)?;
    let old = Department::get(tx, id)?;
    let mut new = Department { version, updated_at: grant.now(), ..old.clone() };
    if let Some(name) = &change.name {
        new.name = checked_name("name", name)?;
    }
    if let Some(head) = change.head_id {
        check_head(tx, head)?;
        new.head_id = head;
    }
    new.position = change.position.unwrap_or(old.position);
    if let Some(parent) = change.parent_id.filter(|parent| Some(*parent) != old.parent_id) {
        new.parent_id = Some(parent);
        new.path = relocate(tx, &old, parent)?;
    }
    new.update(tx)?;
    let mut changes = Changes::new();
    changes.field("name", &old.name, &new.name).field("head_id", &old.head_id, &new.head_id);
    changes.field("parent_id", &old.parent_id, &new.parent_id).field("position", &old.position, &new.position);
    audit::record(tx, grant.principal(), "update", Entity::Department, id.uuid(), None, changes)?;
    Ok(Department::get(tx, id)?.into())
}

/// Moves the paths of a subtree and answers the new path of its top.
fn relocate(tx: &mut Tx<'_>, department: &Department, parent: DepartmentId) -> Result<String> {
    if department.parent_id.is_none() {
        return Err(Error::field_invalid("parent_id", "department.root_stays"));
    }
    let parent = known("parent_id", tx, parent)?;
    if parent.path.starts_with(&department.path) {
        return Err(Error::field_invalid("parent_id", "department.cycle"));
    }
    let deepest: i64 = tx.query_one(&DEEPEST, &[&department.path])?.get(0)?;
    let height = (deepest - department.path.len() as i64) / STEP + 1;
    check_depth(&parent.path, height as usize)?;
    let path = Department::path_below(Some(&parent), department.id);
    let rest = department.path.len() as i64 + 1;
    tx.execute(&MOVE, &[&department.path, &path, &rest])?;
    Ok(path)
}

/// Deletes a department that holds nothing.
pub fn delete(tx: &mut Tx<'_>, grant: &Grant<Delete, entity::Department>, id: DepartmentId) -> Result<()> {
    epoch::bump(tx)?;
    let department = Department::get(tx, id)?;
    if department.parent_id.is_none() {
        return Err(Error::conflict("department.root_stays"));
    }
    let held = tx.query_opt(&CHILD, &[&id])?.is_some() || tx.query_opt(&MEMBER, &[&id])?.is_some();
    if held {
        return Err(Error::conflict("department.not_empty"));
    }
    department.delete(tx)?;
    let changes = json!({ "name": department.name });
    audit::record(tx, grant.principal(), "delete", Entity::Department, id.uuid(), None, changes)
}

fn known(field: &str, tx: &mut Tx<'_>, id: DepartmentId) -> Result<Department> {
    Department::find(tx, id)?.ok_or_else(|| Error::field_invalid(field, "unknown"))
}

fn check_depth(parent_path: &str, height: usize) -> Result<()> {
    let depth = parent_path.len() / STEP as usize + height;
    if depth > DEPTH_MOST { Err(Error::field_invalid("parent_id", "department.too_deep")) } else { Ok(()) }
}

fn check_head(tx: &mut Tx<'_>, head: Option<UserId>) -> Result<()> {
    let Some(head) = head else { return Ok(()) };
    let active = User::find(tx, head)?.is_some_and(|user| user.active);
    if active { Ok(()) } else { Err(Error::field_invalid("head_id", "unknown")) }
}
