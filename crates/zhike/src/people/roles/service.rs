use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules;
use crate::kernel::permission::action::{Create, Delete, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, FieldAccess, Grant, Id, Result, Scope};
use crate::people::{checked_name, users};
use crate::platform::access::epoch;
use crate::platform::access::model::{Department, HOLDERS_OF_ROLE, ROLES, Role, RoleId};
use crate::platform::access::roles::Rights;
use crate::platform::audit::{self, Changes};
use crate::platform::custom::definitions;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoleView {
    pub id: RoleId,
    /// Set for roles that come with the product; the console translates their names.
    pub builtin: Option<String>,
    pub name: String,
    pub permissions: BTreeMap<Entity, BTreeMap<Action, Scope>>,
    pub fields: BTreeMap<String, FieldAccess>,
    pub holders: usize,
    pub version: i64,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRole)]
pub struct New {
    pub name: String,
    #[serde(default)]
    pub permissions: BTreeMap<Entity, BTreeMap<Action, Scope>>,
    #[serde(default)]
    pub fields: BTreeMap<String, FieldAccess>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoleChange)]
pub struct Change {
    #[serde(default)]
    pub name: Option<String>,
    /// Replaces all permissions.
    #[serde(default)]
    pub permissions: Option<BTreeMap<Entity, BTreeMap<Action, Scope>>>,
    /// Replaces all field rights.
    #[serde(default)]
    pub fields: Option<BTreeMap<String, FieldAccess>>,
}

pub fn list(tx: &mut Tx<'_>, _grant: &Grant<Read, entity::Role>) -> Result<Vec<RoleView>> {
    let roles = Role::all(tx, &ROLES, &[])?;
    roles.into_iter().map(|role| view(tx, role)).collect()
}

fn view(tx: &mut Tx<'_>, role: Role) -> Result<RoleView> {
    let rights = role.rights()?;
    let holders = tx.query(&HOLDERS_OF_ROLE, &[&role.id])?.len();
    Ok(RoleView {
        id: role.id,
        builtin: role.builtin,
        name: role.name,
        permissions: rights.permissions,
        fields: rights.fields,
        holders,
        version: role.version,
    })
}

pub fn create(tx: &mut Tx<'_>, grant: &Grant<Create, entity::Role>, new: &New) -> Result<RoleView> {
    let rights = Rights { permissions: new.permissions.clone(), fields: new.fields.clone() };
    check(tx, &rights)?;
    let role = Role {
        id: Id::new(),
        builtin: None,
        name: checked_name("name", &new.name)?,
        permissions: serde_json::to_value(&rights.permissions)?,
        fields: serde_json::to_value(&rights.fields)?,
        version: 1,
        created_at: grant.now(),
        updated_at: grant.now(),
    };
    role.insert(tx)?;
    let changes = json!({ "name": role.name, "rights": rights });
    audit::record(tx, grant.principal(), "create", Entity::Role, role.id.uuid(), None, changes)?;
    view(tx, role)
}

pub fn update(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::Role>,
    id: RoleId,
    version: i64,
    change: &Change,
) -> Result<RoleView> {
    epoch::bump(tx)?;
    let old = Role::get(tx, id)?;
    let before = old.rights()?;
    let after = Rights {
        permissions: change.permissions.clone().unwrap_or_else(|| before.permissions.clone()),
        fields: change.fields.clone().unwrap_or_else(|| before.fields.clone()),
    };
    check(tx, &after)?;
    let name = change.name.as_deref().map(|name| checked_name("name", name)).transpose()?;
    let new = Role {
        name: name.unwrap_or_else(|| old.name.clone()),
        permissions: serde_json::to_value(&after.permissions)?,
        fields: serde_json::to_value(&after.fields)?,
        version,
        updated_at: grant.now(),
        ..old.clone()
    };
    new.update(tx)?;
    users::someone_administers(tx)?;
    let mut changes = Changes::new();
    changes.field("name", &old.name, &new.name).field("permissions", &before.permissions, &after.permissions);
    changes.field("fields", &before.fields, &after.fields);
    audit::record(tx, grant.principal(), "update", Entity::Role, id.uuid(), None, changes)?;
    let role = Role::get(tx, id)?;
    view(tx, role)
}

/// Deletes a role that nobody holds.
pub fn delete(tx: &mut Tx<'_>, grant: &Grant<Delete, entity::Role>, id: RoleId) -> Result<()> {
    epoch::bump(tx)?;
    let role = Role::get(tx, id)?;
    if role.builtin.is_some() {
        return Err(Error::conflict("role.builtin"));
    }
    if !tx.query(&HOLDERS_OF_ROLE, &[&id])?.is_empty() {
        return Err(Error::conflict("role.held"));
    }
    role.delete(tx)?;
    audit::record(tx, grant.principal(), "delete", Entity::Role, id.uuid(), None, json!({ "name": role.name }))
}

fn check(tx: &mut Tx<'_>, rights: &Rights) -> Result<()> {
    Error::from_fields(rules::judge(rights, &definitions(tx)?))?;
    let scopes = rights.permissions.values().flat_map(BTreeMap::values);
    let chosen: Vec<Uuid> = scopes.filter_map(chosen_departments).flatten().copied().collect();
    for department in chosen {
        Department::find(tx, department)?.ok_or_else(|| Error::field_invalid("permissions", "department.unknown"))?;
    }
    Ok(())
}

fn chosen_departments(scope: &Scope) -> Option<&Vec<Uuid>> {
    match scope {
        Scope::Chosen(departments) => Some(departments),
        _ => None,
    }
}
