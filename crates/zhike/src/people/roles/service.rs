use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Entity as _, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules;
use crate::kernel::permission::action::{Create, Delete, Manage, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, FieldAccess, Id, Result, Scope};
use crate::people::{checked_name, users};
use crate::platform::access::model::{Department, HOLDERS_OF_ROLE, ROLES, Role, RoleId, UserId};
use crate::platform::access::names::Named;
use crate::platform::access::roles::{BUILTIN, Duty, Rights};
use crate::platform::access::{duties, epoch};
use crate::platform::audit::{self, Changes};
use crate::platform::custom::definitions;
use crate::platform::grant::Grant;
use crate::platform::http::present;
use crate::platform::settings::EXPORT_ROWS_MOST;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoleView {
    pub id: RoleId,
    /// Set for roles that come with the product; the console translates their names.
    pub builtin: Option<String>,
    pub name: String,
    pub permissions: BTreeMap<Entity, BTreeMap<Action, Scope>>,
    pub fields: BTreeMap<String, FieldAccess>,
    /// It came with the product and follows it: what a later version adds to it is added here too.
    pub follows: bool,
    /// Rows that its holders take out of the house in a day without being asked; the company's number without it.
    pub export_rows: Option<i64>,
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
    #[serde(default)]
    pub export_rows: Option<i64>,
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
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    pub export_rows: Option<Option<i64>>,
    /// Makes a built-in role what the product says it is, now and with later versions.
    #[serde(default)]
    pub follow: bool,
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
        follows: role.follows,
        export_rows: role.export_rows,
        holders,
        version: role.version,
    })
}

pub fn create(tx: &mut Tx<'_>, grant: &Grant<Create, entity::Role>, new: &New) -> Result<RoleView> {
    let rights = Rights { permissions: new.permissions.clone(), fields: new.fields.clone() };
    check(tx, &rights)?;
    check_rows(new.export_rows)?;
    let role = Role {
        id: Id::new(),
        builtin: None,
        name: checked_name("name", &new.name)?,
        permissions: serde_json::to_value(&rights.permissions)?,
        fields: serde_json::to_value(&rights.fields)?,
        follows: false,
        export_rows: new.export_rows,
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
    let holders = holders(tx, id)?;
    if holders.contains(&grant.user()) && users::is_security_alone(tx, grant.principal())? {
        return Err(Error::new(403, "roles.own"));
    }
    let mut duties_before = Vec::with_capacity(holders.len());
    for holder in &holders {
        duties_before.push(duties::of_person(tx, *holder)?);
    }
    let before = old.rights()?;
    let after = match change.follow {
        true => of_product(&old)?,
        false => Rights {
            permissions: change.permissions.clone().unwrap_or_else(|| before.permissions.clone()),
            fields: change.fields.clone().unwrap_or_else(|| before.fields.clone()),
        },
    };
    check(tx, &after)?;
    let export_rows = change.export_rows.unwrap_or(old.export_rows);
    check_rows(export_rows)?;
    let name = change.name.as_deref().map(|name| checked_name("name", name)).transpose()?;
    let new = Role {
        name: name.unwrap_or_else(|| old.name.clone()),
        permissions: serde_json::to_value(&after.permissions)?,
        fields: serde_json::to_value(&after.fields)?,
        // Whoever says otherwise than the product goes on by themselves.
        follows: change.follow || (old.follows && after == before),
        export_rows,
        version,
        updated_at: grant.now(),
        ..old.clone()
    };
    new.update(tx)?;
    users::someone_administers(tx)?;
    for (holder, before) in holders.iter().zip(&duties_before) {
        let after = duties::of_person(tx, *holder)?;
        duties::check(tx, before, &after)?;
    }
    let mut changes = Changes::new();
    changes.field("name", &old.name, &new.name).field("permissions", &before.permissions, &after.permissions);
    changes.field("fields", &before.fields, &after.fields).field("export_rows", &old.export_rows, &export_rows);
    changes.field("follows", &old.follows, &new.follows);
    audit::record(tx, grant.principal(), "update", Entity::Role, id.uuid(), None, changes)?;
    let role = Role::get(tx, id)?;
    view(tx, role)
}

fn holders(tx: &mut Tx<'_>, role: RoleId) -> Result<Vec<UserId>> {
    tx.query(&HOLDERS_OF_ROLE, &[&role])?.iter().map(|row| Ok(row.get(0)?)).collect()
}

fn of_product(role: &Role) -> Result<Rights> {
    let builtin = BUILTIN.iter().find(|builtin| Some(builtin.key) == role.builtin.as_deref());
    builtin.map(|builtin| (builtin.rights)()).ok_or_else(|| Error::field_invalid("follow", "invalid"))
}

fn check_rows(rows: Option<i64>) -> Result<()> {
    match rows.is_none_or(|rows| (0..=EXPORT_ROWS_MOST).contains(&rows)) {
        true => Ok(()),
        false => Err(Error::field_invalid("export_rows", "number.out_of_range")),
    }
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

/// Who has which duty of an administrator, and whether they are kept apart.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Administrators {
    /// Nobody is given two.
    pub separated: bool,
    pub system: Vec<Named>,
    pub security: Vec<Named>,
    pub audit: Vec<Named>,
    /// Who has several all the same.
    pub several: Vec<Named>,
}

pub fn administrators(tx: &mut Tx<'_>, _grant: &Grant<Read, entity::Role>) -> Result<Administrators> {
    told(tx)
}

fn told(tx: &mut Tx<'_>) -> Result<Administrators> {
    let mut holders = duties::holders(tx)?;
    let all: Vec<Named> = holders.values().flatten().cloned().collect();
    let mut several: Vec<Named> = Vec::new();
    for person in &all {
        let count = all.iter().filter(|other| other.id == person.id).count();
        if count > 1 && several.iter().all(|known| known.id != person.id) {
            several.push(person.clone());
        }
    }
    let mut of = |duty| holders.remove(&duty).unwrap_or_default();
    let (system, security, audit) = (of(Duty::System), of(Duty::Security), of(Duty::Audit));
    Ok(Administrators { separated: duties::separated(tx)?, system, security, audit, several })
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Separation {
    pub separated: bool,
}

/// Keeps the duties apart from now on, or lets a small company put them together, for all to see.
pub fn separate(tx: &mut Tx<'_>, grant: &Grant<Manage, entity::Role>, to: &Separation) -> Result<Administrators> {
    let before = duties::separated(tx)?;
    duties::separate(tx, to.separated)?;
    let mut changes = Changes::new();
    changes.field("separated", &before, &to.separated);
    audit::record(tx, grant.principal(), "update", Entity::Role, Uuid::nil(), None, changes)?;
    told(tx)
}
