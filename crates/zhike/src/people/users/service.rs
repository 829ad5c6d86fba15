use std::collections::{BTreeSet, HashSet};

use serde_json::json;
use store::list::{Asked, Field, Kind, List, ListSpec};
use store::{Columns as _, Entity as _, Predicate, Tx};
use uuid::Uuid;

use super::rules;
use super::view::{Change, Invitation, New, UserView};
use crate::kernel::permission::action::{Create, Manage, Read, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Result};
use crate::people::checked_name;
use crate::platform::access::model::{
    Department, GIVE_ROLE, Post, ROLES, ROLES_OF_USER, Role, RoleId, TAKE_ROLES, User, UserId,
};
use crate::platform::access::roles::Duty;
use crate::platform::access::{duties, epoch, links, own, password, totp};
use crate::platform::audit::{self, Changes};
use crate::platform::grant::{Grant, Guarded as _, Principal};
use crate::platform::settings;

const SPEC: ListSpec = ListSpec {
    table: "staff",
    columns: User::COLUMNS,
    fields: &[
        Field::new("name", Kind::Text).column("name_key").sortable(),
        Field::new("login", Kind::Text),
        Field::new("department_id", Kind::Id),
        Field::new("supervisor_id", Kind::Id),
        Field::new("post_id", Kind::Id),
        Field::new("active", Kind::Bool),
    ],
    default_sort: "name",
};

store::statements! {
    /// By name, by login, or by the beginning of the pinyin of the name.
    SEARCH = "select id from staff where lower(name) like $1 escape '!' or login like $1 escape '!'
        or replace(name_key, ' ', '') like $2 escape '!' order by name_key limit 200";
    ACTIVE_HOLDERS = "select count(*) from staff_role, staff
        where staff_role.role_id = $1 and staff.id = staff_role.staff_id and staff.active";
}

pub fn list(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::User>,
    mut asked: Asked,
    text: Option<&str>,
) -> Result<List<UserView>> {
    if let Some(text) = text {
        asked.among = Some(search(tx, text)?);
    }
    let (rows, next) = SPEC.page(tx, &scope(grant), &asked)?;
    let users = rows.into_iter().map(User::from_row).collect::<store::Result<Vec<_>>>()?;
    let items = users.into_iter().map(|user| view(tx, user)).collect::<Result<_>>()?;
    Ok(List { items, next })
}

/// People own themselves: the predicate's `owner_id` is the row's own id.
fn scope(grant: &Grant<Read, entity::User>) -> Predicate {
    own_rows(grant.predicate())
}

fn own_rows(predicate: Predicate) -> Predicate {
    match predicate {
        Predicate::Eq("owner_id", value) => Predicate::Eq("id", value),
        Predicate::Any(parts) => Predicate::Any(parts.into_iter().map(own_rows).collect()),
        other => other,
    }
}

fn search(tx: &mut Tx<'_>, text: &str) -> Result<Vec<Uuid>> {
    let escaped: String = text.to_lowercase().chars().flat_map(escape).collect();
    let rows = tx.query(&SEARCH, &[&format!("%{escaped}%"), &format!("{escaped}%")])?;
    rows.iter().map(|row| Ok(row.get(0)?)).collect()
}

fn escape(c: char) -> impl Iterator<Item = char> {
    matches!(c, '%' | '_' | '!').then_some('!').into_iter().chain([c])
}

pub fn get(tx: &mut Tx<'_>, grant: &Grant<Read, entity::User>, id: UserId) -> Result<UserView> {
    let user = User::get(tx, id)?;
    grant.check(tx, &user)?;
    view(tx, user)
}

fn view(tx: &mut Tx<'_>, user: User) -> Result<UserView> {
    let roles = roles_of(tx, user.id)?;
    Ok(UserView::new(user, roles))
}

fn roles_of(tx: &mut Tx<'_>, id: UserId) -> Result<Vec<RoleId>> {
    tx.query(&ROLES_OF_USER, &[&id])?.iter().map(|row| Ok(row.get(0)?)).collect()
}

/// Adds a person. `password_hash` is of the initial password, if one was given.
pub fn create(
    tx: &mut Tx<'_>,
    grant: &Grant<Create, entity::User>,
    new: &New,
    password_hash: Option<&str>,
) -> Result<UserView> {
    epoch::bump(tx)?;
    let user = User {
        department_id: new.department_id,
        supervisor_id: new.supervisor_id,
        post_id: new.post_id,
        password: password_hash.map(str::to_owned),
        must_change_password: password_hash.is_some(),
        ..User::new(&new.login, &checked_name("name", &new.name)?, grant.now())
    };
    Error::from_fields(rules::judge_login(&user.login).into_iter().collect())?;
    if !grant.predicate().matches(tx, user.id.uuid(), &|column| user.column(column))? {
        return Err(Error::field_invalid("department_id", "out_of_reach"));
    }
    check_places(tx, &user)?;
    user.insert(tx).map_err(login_taken)?;
    if !new.roles.is_empty() {
        give_roles(tx, grant.principal(), user.id, &new.roles)?;
    }
    let mut changes = Changes::new();
    changes.set("name", &user.name).set("login", &user.login).set("department_id", user.department_id);
    changes.set("roles", &new.roles);
    audit::record(tx, grant.principal(), "create", Entity::User, user.id.uuid(), None, changes)?;
    view(tx, user)
}

fn login_taken(error: store::Error) -> Error {
    match error {
        store::Error::Unique { .. } => Error::conflict("user.login_taken").field("login", "taken"),
        other => other.into(),
    }
}

/// Refuses an initial password that the person could keep: for the service's callers, who hash it outside the
/// transaction.
pub fn check_password(tx: &mut Tx<'_>, new: &New) -> Result<()> {
    let Some(initial) = &new.password else { return Ok(()) };
    let company = settings::get(tx)?.company;
    password::check("password", initial, &[&new.login, &new.name, &company])
}

pub fn update(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::User>,
    id: UserId,
    version: i64,
    change: &Change,
) -> Result<UserView> {
    epoch::bump(tx)?;
    let old = User::get(tx, id)?;
    grant.check(tx, &old)?;
    let new = changed(&old, change, version, grant)?;
    grant.check(tx, &new)?;
    check_places(tx, &new)?;
    new.update(tx)?;
    let mut changes = Changes::new();
    if let Some(roles) = &change.roles {
        let before = roles_of(tx, id)?;
        give_roles(tx, grant.principal(), id, roles)?;
        changes.field("roles", &before, &roles_of(tx, id)?);
    }
    if old.active && !new.active {
        own::end_everything(tx, id, None)?;
    }
    someone_administers(tx)?;
    changes.field("name", &old.name, &new.name).field("active", &old.active, &new.active);
    changes.field("department_id", &old.department_id, &new.department_id);
    changes.field("supervisor_id", &old.supervisor_id, &new.supervisor_id).field("post_id", &old.post_id, &new.post_id);
    audit::record(tx, grant.principal(), "update", Entity::User, id.uuid(), None, changes)?;
    let user = User::get(tx, id)?;
    view(tx, user)
}

fn changed(old: &User, change: &Change, version: i64, grant: &Grant<Update, entity::User>) -> Result<User> {
    let mut new = User { version, updated_at: grant.now(), ..old.clone() };
    if let Some(name) = &change.name {
        new.name = checked_name("name", name)?;
        new.name_key = store::search::person_key(&new.name);
    }
    new.department_id = change.department_id.unwrap_or(old.department_id);
    new.supervisor_id = change.supervisor_id.unwrap_or(old.supervisor_id);
    new.post_id = change.post_id.unwrap_or(old.post_id);
    new.active = change.active.unwrap_or(old.active);
    if !new.active && new.id == grant.user() {
        return Err(Error::field_invalid("active", "user.not_oneself"));
    }
    Ok(new)
}

/// Department, post and supervisor exist, and nobody is their own superior.
fn check_places(tx: &mut Tx<'_>, user: &User) -> Result<()> {
    let unknown = |field: &str| Error::field_invalid(field, "unknown");
    if let Some(department) = user.department_id {
        Department::find(tx, department)?.ok_or_else(|| unknown("department_id"))?;
    }
    if let Some(post) = user.post_id {
        Post::find(tx, post)?.ok_or_else(|| unknown("post_id"))?;
    }
    let mut above = HashSet::from([user.id]);
    let mut next = user.supervisor_id;
    while let Some(id) = next {
        if !above.insert(id) {
            return Err(Error::field_invalid("supervisor_id", "user.cycle"));
        }
        next = User::find(tx, id)?.ok_or_else(|| unknown("supervisor_id"))?.supervisor_id;
    }
    Ok(())
}

fn give_roles(tx: &mut Tx<'_>, who: &Principal, id: UserId, roles: &[RoleId]) -> Result<()> {
    if who.permissions.reach(Action::Manage, Entity::Role).is_none() {
        return Err(Error::forbidden());
    }
    // Whoever only says who may do what does not say it of themselves.
    if id == who.user && is_security_alone(tx, who)? {
        return Err(Error::new(403, "roles.own"));
    }
    let before = duties::of_person(tx, id)?;
    let mut builtin = Vec::new();
    tx.execute(&TAKE_ROLES, &[&id])?;
    for role in roles {
        let role = Role::find(tx, *role)?.ok_or_else(|| Error::field_invalid("roles", "unknown"))?;
        tx.execute(&GIVE_ROLE, &[&id, &role.id])?;
        builtin.extend(role.builtin);
    }
    let keys: Vec<&str> = builtin.iter().map(String::as_str).collect();
    if rules::exclusive(&keys) {
        return Err(Error::field_invalid("roles", "roles.exclusive"));
    }
    let after = duties::of_person(tx, id)?;
    duties::check(tx, &before, &after)
}

/// Whether this duty is somebody's only one.
pub fn is_security_alone(tx: &mut Tx<'_>, who: &Principal) -> Result<bool> {
    Ok(duties::of_person(tx, who.user)? == BTreeSet::from([Duty::Security]))
}

/// Gives a person these roles and no others: for whoever says who may do what, and runs nothing.
pub fn set_roles(
    tx: &mut Tx<'_>,
    grant: &Grant<Manage, entity::Role>,
    id: UserId,
    version: i64,
    roles: &[RoleId],
) -> Result<UserView> {
    epoch::bump(tx)?;
    let old = User::find(tx, id)?.ok_or_else(Error::not_found)?;
    User { version, updated_at: grant.now(), ..old }.update(tx)?;
    let before = roles_of(tx, id)?;
    give_roles(tx, grant.principal(), id, roles)?;
    someone_administers(tx)?;
    let mut changes = Changes::new();
    changes.field("roles", &before, &roles_of(tx, id)?);
    audit::record(tx, grant.principal(), "update", Entity::User, id.uuid(), None, changes)?;
    let user = User::get(tx, id)?;
    view(tx, user)
}

/// Refuses a change after which nobody could administer the company.
pub fn someone_administers(tx: &mut Tx<'_>) -> Result<()> {
    let (mut runs, mut grants) = (false, false);
    for role in Role::all(tx, &ROLES, &[])? {
        let rights = role.rights()?;
        let (run, grant) = (rules::runs(&rights), rules::grants(&rights));
        if (run || grant) && tx.query_one(&ACTIVE_HOLDERS, &[&role.id])?.get::<i64>(0)? > 0 {
            (runs, grants) = (runs || run, grants || grant);
        }
    }
    if runs && grants { Ok(()) } else { Err(Error::conflict("user.last_administrator")) }
}

/// The link that goes with a person just added.
pub fn first_invitation(
    tx: &mut Tx<'_>,
    grant: &Grant<Create, entity::User>,
    id: UserId,
    link: impl Fn(&str) -> String,
) -> Result<Invitation> {
    issue_link(tx, grant.principal(), id, link)
}

fn issue_link(tx: &mut Tx<'_>, who: &Principal, id: UserId, link: impl Fn(&str) -> String) -> Result<Invitation> {
    let token = links::issue(tx, Some(id), who.now, links::FOR_A_PERSON)?;
    audit::record(tx, who, "invite", Entity::User, id.uuid(), None, json!({}))?;
    Ok(Invitation { link: link(&token), expires_at: who.now + links::FOR_A_PERSON })
}

/// A new link by which a person sets a password, for a colleague who is new or forgot theirs. The second factor stays.
pub fn invite(
    tx: &mut Tx<'_>,
    grant: &Grant<Update, entity::User>,
    id: UserId,
    link: impl Fn(&str) -> String,
) -> Result<Invitation> {
    let user = User::get(tx, id)?;
    grant.check(tx, &user)?;
    if !user.active {
        return Err(Error::conflict("user.inactive"));
    }
    issue_link(tx, grant.principal(), id, link)
}

/// Removes the second factor of somebody who lost theirs.
pub fn reset_totp(tx: &mut Tx<'_>, grant: &Grant<Manage, entity::User>, id: UserId) -> Result<()> {
    let user = User::get(tx, id)?;
    grant.check(tx, &user)?;
    totp::remove(tx, grant.principal(), id)
}
