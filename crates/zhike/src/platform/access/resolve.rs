//! From roles to what a person may do: scopes are filled in with the person's place in the company, and add up. Whoever
//! stands in for somebody who is away reaches what is theirs, for as long as they are away (R3-2.1).

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use store::{Entity as _, Tx};
use uuid::Uuid;

use super::model::{Absence, Department, ROLES, ROLES_OF_USER, Role, User};
use super::names::Named;
use super::roles::Rights;
use crate::kernel::custom;
use crate::kernel::fields::FIELDS;
use crate::kernel::permission::{Place, Reach};
use crate::kernel::{Action, Entity, Error, FieldAccess, Id, Permissions, Result, fields};
use crate::platform::custom::definitions;
use crate::platform::grant::{Principal, Request};
use crate::platform::settings;
use crate::platform::vault::Vault;

store::statements! {
    /// A head's place is at the head of what they lead as well as in their own department.
    SUBTREE = "select distinct below.id from department top join department below on below.path like top.path || '%'
        where top.id = $1 or top.head_id = $2";
    HOLDERS = "select staff.id, staff.name from staff_role join staff on staff.id = staff_role.staff_id
        where staff_role.role_id = $1 and staff.active order by staff.name_key, staff.id limit 200";
    STANDS_IN_FOR = select Absence where "deputy_id = $1 and first_day <= $2 and last_day >= $2";
}

/// What a deputy does in the place of who is away: all that a duty towards their customers may ask for. Giving
/// customers away, exporting them, deleting and judging wait for who comes back, or are the supervisor's.
const STAND_IN: &[(Entity, &[Action])] = &[
    (Entity::Customer, &[Action::Read, Action::Update, Action::Reveal]),
    (Entity::Contact, &[Action::Read, Action::Create, Action::Update, Action::Reveal]),
    (Entity::Cooperation, &[Action::Read]),
    (Entity::Interaction, &[Action::Read, Action::Create]),
    (Entity::Duty, &[Action::Read, Action::Update]),
];

/// What is known of a person without the request they make.
#[derive(Clone, Debug)]
pub struct Resolved {
    pub user: Id<User>,
    pub name: Arc<str>,
    pub department: Option<Id<Department>>,
    pub permissions: Arc<Permissions>,
    pub must_change_password: bool,
    /// The end of the company's day. Who is away is told in days, so what somebody may do can be another on the next.
    pub until: Timestamp,
}

impl Resolved {
    pub fn principal(&self, request: Request, now: Timestamp, vault: Arc<Vault>) -> Principal {
        Principal {
            user: self.user,
            name: Arc::clone(&self.name),
            department: self.department,
            permissions: Arc::clone(&self.permissions),
            request,
            now,
            vault,
        }
    }
}

/// Resolves a person on the day of `now`; `None` when there is none, or no more.
pub fn resolve(tx: &mut Tx<'_>, id: Id<User>, now: Timestamp) -> Result<Option<Resolved>> {
    let Some(user) = User::find(tx, id)?.filter(|user| user.active) else {
        return Ok(None);
    };
    let (today, until) = day(tx, now)?;
    let permissions = permissions_of(tx, &user, today)?;
    Ok(Some(Resolved {
        user: user.id,
        name: user.name.into(),
        department: user.department_id,
        permissions: Arc::new(permissions),
        must_change_password: user.must_change_password,
        until,
    }))
}

/// The company's date, and when it ends.
fn day(tx: &mut Tx<'_>, now: Timestamp) -> Result<(Date, Timestamp)> {
    let calendar = settings::calendar(tx)?;
    let today = calendar.date_of(now);
    let ends = today.tomorrow().and_then(|next| next.to_zoned(calendar.zone().clone())).map_err(Error::internal)?;
    Ok((today, ends.timestamp()))
}

/// The principal of a person for work that no request carries: jobs run as whoever asked for them.
pub fn principal_of(tx: &mut Tx<'_>, id: Id<User>, now: Timestamp, vault: &Arc<Vault>) -> Result<Option<Principal>> {
    let request = Request { id: Uuid::now_v7(), ..Request::default() };
    Ok(resolve(tx, id, now)?.map(|resolved| resolved.principal(request, now, Arc::clone(vault))))
}

/// The people whose roles let them do something, wherever: whom to ask for it.
pub fn people_who_may(tx: &mut Tx<'_>, action: Action, entity: Entity) -> Result<Vec<Named>> {
    let mut people: Vec<Named> = Vec::new();
    for role in Role::all(tx, &ROLES, &[])? {
        let rights = role.rights()?;
        if !rights.permissions.get(&entity).is_some_and(|actions| actions.contains_key(&action)) {
            continue;
        }
        for row in tx.query(&HOLDERS, &[&role.id])? {
            let id = row.get(0)?;
            if people.iter().all(|known| known.id != id) {
                people.push(Named { id, name: row.get(1)? });
            }
        }
    }
    Ok(people)
}

/// The system itself, for work that is nobody's: planning duties, set-up, commands on the machine. Nothing that reaches
/// a person is made under it.
pub fn system(now: Timestamp, vault: &Arc<Vault>) -> Principal {
    Principal {
        user: Id::from_uuid(Uuid::nil()),
        name: "system".into(),
        department: None,
        permissions: Arc::new(everything()),
        request: Request { id: Uuid::now_v7(), ..Request::default() },
        now,
        vault: Arc::clone(vault),
    }
}

/// The system, knowing the fields that the company has added: for what it writes into records itself.
pub fn system_here(tx: &mut Tx<'_>, now: Timestamp, vault: &Arc<Vault>) -> Result<Principal> {
    let permissions = Permissions { custom: definitions(tx)?, ..everything() };
    Ok(Principal { permissions: Arc::new(permissions), ..system(now, vault) })
}

fn everything() -> Permissions {
    let all = Reach { all: true, ..Reach::default() };
    let pairs = Entity::ALL.iter().flat_map(|entity| Action::ALL.iter().map(|action| (*entity, *action)));
    Permissions { reach: pairs.map(|pair| (pair, all.clone())).collect(), ..Permissions::default() }
}

fn permissions_of(tx: &mut Tx<'_>, user: &User, today: Date) -> Result<Permissions> {
    let department = user.department_id.map(Id::uuid);
    let place = Place { user: user.id.uuid(), department, subtree: subtree_of(tx, user)? };
    let mut permissions = Permissions { custom: definitions(tx)?, ..Permissions::default() };
    for rights in rights_of(tx, user.id)? {
        add(&mut permissions, &rights, &place);
    }
    let absent: Vec<Uuid> = stands_in_for(tx, user.id, today)?.into_iter().map(Id::uuid).collect();
    for (entity, actions) in STAND_IN {
        for action in *actions {
            permissions.reach.entry((*entity, *action)).and_modify(|reach| reach.stand_in(&absent));
        }
    }
    for field in FIELDS {
        // Whatever a role says of it: nobody learns through it what they may not see.
        if field.tells_of.is_some_and(|other| !permissions.sees_along(other, field.entity)) {
            permissions.fields.insert(field.full_name(), FieldAccess::Hidden);
        }
    }
    Ok(permissions)
}

/// The people for whom somebody stands in on a day.
fn stands_in_for(tx: &mut Tx<'_>, user: Id<User>, day: Date) -> Result<Vec<Id<User>>> {
    Ok(Absence::all(tx, &STANDS_IN_FOR, &[&user, &day])?.into_iter().map(|absence| absence.owner_id).collect())
}

/// The departments that "subtree" means for this person.
pub fn subtree_of(tx: &mut Tx<'_>, user: &User) -> Result<BTreeSet<Uuid>> {
    let rows = tx.query(&SUBTREE, &[&user.department_id, &user.id])?;
    rows.iter().map(|row| Ok(row.get(0)?)).collect()
}

fn rights_of(tx: &mut Tx<'_>, user: Id<User>) -> Result<Vec<Rights>> {
    let ids: Vec<Id<Role>> =
        tx.query(&ROLES_OF_USER, &[&user])?.iter().map(|row| row.get(0)).collect::<store::Result<_>>()?;
    ids.into_iter().map(|id| Role::get(tx, id)?.rights()).collect()
}

fn add(permissions: &mut Permissions, rights: &Rights, place: &Place) {
    for (entity, actions) in &rights.permissions {
        for (action, scope) in actions {
            permissions.reach.entry((*entity, *action)).or_default().add(scope, place);
        }
    }
    for (field, access) in &rights.fields {
        let known = permissions.fields.entry(field.clone()).or_insert(*access);
        *known = (*known).max(*access);
    }
}

impl Role {
    pub fn rights(&self) -> Result<Rights> {
        let mut rights = Rights {
            permissions: serde_json::from_value(self.permissions.clone())?,
            fields: serde_json::from_value(self.fields.clone())?,
        };
        // A stored role may speak of fields that an older version had.
        rights.fields.retain(|name, _| fields::find(name).is_some() || custom::is_full_name(name));
        Ok(rights)
    }
}
