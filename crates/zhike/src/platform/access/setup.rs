//! The first set-up (C23): there is no default account. As long as nobody exists, the server prints a link at start;
//! whoever has it makes the company and its first person. `zhike setup` does the same on the command line.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;
use store::jobs::{self, NewJob};
use store::{Entity as _, Tx, turns};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{ANY_USER, Department, GIVE_ROLE, ROLE_BY_BUILTIN, ROLES, Role, User};
use super::roles::{ADMINISTRATOR, BUILTIN, Builtin, FORMER_NAMES, MANAGER};
use super::{duties, epoch, links};
use crate::kernel::{Entity, Error, FieldError, Id, Result};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::Principal;
use crate::platform::settings;

/// How long the printed link works; a restart prints a new one.
const LINK_LIVES: SignedDuration = SignedDuration::from_hours(24);
/// The job that fills a new company with the sample one.
pub const SAMPLE_JOB: &str = "sample";
const NAME_MOST: usize = 100;
const LOGIN_MOST: usize = 64;

/// The first person; the password comes apart from it, already hashed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstPerson {
    pub name: String,
    pub login: String,
    pub password: String,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// From the printed link.
    pub token: String,
    pub company: String,
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: String,
    pub admin: FirstPerson,
    /// Fill the company with sample people and customers.
    #[serde(default)]
    pub sample: bool,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Founded {
    pub user: User,
    pub sample_job: Option<Uuid>,
}

pub fn needed(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.query_opt(&ANY_USER, &[])?.is_none())
}

/// The token for the link to print at start; `None` when the company is set up.
pub fn issue_link(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<String>> {
    match needed(tx)? {
        true => links::issue(tx, None, now, LINK_LIVES).map(Some),
        false => Ok(None),
    }
}

/// Uses the link up; part of the same transaction as [`found`].
pub fn redeem(tx: &mut Tx<'_>, token: &str, now: Timestamp) -> Result<()> {
    match links::take(tx, token, now)?.staff_id {
        None => Ok(()),
        Some(_) => Err(Error::new(403, "link.invalid")),
    }
}

/// Makes company, root department, roles and the first person, who administers the system and manages the company; a
/// larger company gives these to two people later.
pub fn found(tx: &mut Tx<'_>, system: &Principal, setup: &Setup, password_hash: &str) -> Result<Founded> {
    turns::take(tx, "setup", [""])?;
    if !needed(tx)? {
        return Err(Error::conflict("setup.done"));
    }
    check(setup)?;
    epoch::bump(tx)?;
    settings::initialise(tx, &setup.company, &setup.time_zone, system.now)?;
    seed_roles(tx, system.now)?;
    duties::separate(tx, true)?;
    let user = first_person(tx, system, setup, password_hash)?;
    let sample_job = if setup.sample { Some(ask_for_sample(tx, &user, system.now)?) } else { None };
    let changes = json!({ "company": setup.company, "sample": setup.sample });
    audit::record(tx, system, "set_up", Entity::User, user.id.uuid(), None, changes)?;
    Ok(Founded { user, sample_job })
}

pub fn check(setup: &Setup) -> Result<()> {
    let mut faults = Vec::new();
    let mut fault = |field: &str, code: &str| {
        faults.push(FieldError { field: field.to_owned(), code: code.to_owned(), message: None });
    };
    for (field, value, most) in [
        ("company", &setup.company, NAME_MOST),
        ("admin.name", &setup.admin.name, NAME_MOST),
        ("admin.login", &setup.admin.login, LOGIN_MOST),
    ] {
        match value.trim().chars().count() {
            0 => fault(field, "required"),
            length if length > most => fault(field, "too_long"),
            _ => {}
        }
    }
    if jiff::tz::TimeZone::get(&setup.time_zone).is_err() {
        fault("time_zone", "unknown");
    }
    let context = [setup.company.as_str(), setup.admin.login.as_str(), setup.admin.name.as_str()];
    faults.extend(super::password::judge("admin.password", &setup.admin.password, &context));
    Error::from_fields(faults)
}

/// Writes the built-in roles.
fn seed_roles(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    BUILTIN.iter().try_for_each(|builtin| seed(tx, builtin, builtin.name, now).map(drop))
}

fn seed(tx: &mut Tx<'_>, builtin: &Builtin, name: &str, now: Timestamp) -> Result<Role> {
    let rights = (builtin.rights)();
    let role = Role {
        id: Id::new(),
        builtin: Some(builtin.key.to_owned()),
        name: name.to_owned(),
        permissions: serde_json::to_value(rights.permissions)?,
        fields: serde_json::to_value(rights.fields)?,
        follows: true,
        export_rows: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    role.insert(tx)?;
    Ok(role)
}

/// Brings the built-in roles of a company to what this version of the product says: those that nobody has edited get its
/// name and rights, those that are new are added for nobody yet. Each step is in the audit. A server does it when it starts.
pub fn follow_product(tx: &mut Tx<'_>, system: &Principal) -> Result<()> {
    turns::take(tx, "setup", [""])?;
    if needed(tx)? {
        return Ok(());
    }
    for builtin in BUILTIN {
        let Some(role) = Role::one(tx, &ROLE_BY_BUILTIN, &[&builtin.key])? else {
            epoch::bump(tx)?;
            let name = free_name(tx, builtin.name)?;
            let role = seed(tx, builtin, &name, system.now)?;
            let told = json!({ "name": role.name, "rights": (builtin.rights)() });
            audit::record(tx, system, "create", Entity::Role, role.id.uuid(), None, told)?;
            continue;
        };
        let (before, after) = (role.rights()?, (builtin.rights)());
        let is_renamed = FORMER_NAMES.contains(&(builtin.key, &role.name));
        if !role.follows || (before == after && !is_renamed) {
            continue;
        }
        let name = if is_renamed { free_name(tx, builtin.name)? } else { role.name.clone() };
        epoch::bump(tx)?;
        let mut changes = Changes::new();
        changes.field("permissions", &before.permissions, &after.permissions);
        changes.field("fields", &before.fields, &after.fields).field("name", &role.name, &name);
        let id = role.id.uuid();
        let (permissions, fields) = (serde_json::to_value(after.permissions)?, serde_json::to_value(after.fields)?);
        Role { name, permissions, fields, updated_at: system.now, ..role }.update(tx)?;
        audit::record(tx, system, "update", Entity::Role, id, None, changes)?;
    }
    Ok(())
}

/// The name that the product gives a role, or one like it: a company may have a role of that name already, of its own or
/// one that it has edited, and people know that one by it.
fn free_name(tx: &mut Tx<'_>, name: &str) -> Result<String> {
    let taken: Vec<String> = Role::all(tx, &ROLES, &[])?.into_iter().map(|role| role.name).collect();
    let numbered = (2..).map(|nth| format!("{name} {nth}"));
    let mut names = [name.to_owned()].into_iter().chain(numbered);
    names.find(|name| !taken.contains(name)).ok_or_else(|| Error::internal("names without end"))
}

/// The built-in role of this key.
pub fn builtin_role(tx: &mut Tx<'_>, key: &str) -> Result<Role> {
    Ok(Role::one(tx, &ROLE_BY_BUILTIN, &[&key])?.ok_or(store::Error::NotFound)?)
}

fn first_person(tx: &mut Tx<'_>, system: &Principal, setup: &Setup, password_hash: &str) -> Result<User> {
    let (person, root) = (Id::new(), Id::new());
    let department = Department {
        id: root,
        name: setup.company.trim().to_owned(),
        parent_id: None,
        head_id: Some(person),
        path: Department::path_below(None, root),
        position: 0,
        version: 1,
        created_at: system.now,
        updated_at: system.now,
    };
    department.insert(tx)?;
    let user = User {
        id: person,
        department_id: Some(root),
        password: Some(password_hash.to_owned()),
        ..User::new(&setup.admin.login, &setup.admin.name, system.now)
    };
    user.insert(tx)?;
    for key in [ADMINISTRATOR, MANAGER] {
        let role = builtin_role(tx, key)?;
        tx.execute(&GIVE_ROLE, &[&user.id, &role.id])?;
    }
    Ok(user)
}

fn ask_for_sample(tx: &mut Tx<'_>, user: &User, now: Timestamp) -> Result<Uuid> {
    let job = NewJob {
        kind: SAMPLE_JOB,
        once_key: Some(SAMPLE_JOB.to_owned()),
        asked_by: Some(user.id.uuid()),
        payload: json!({}),
        run_at: now,
    };
    Ok(jobs::enqueue(tx, job)?)
}
