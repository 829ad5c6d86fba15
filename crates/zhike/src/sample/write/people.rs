//! The staff: departments, posts, people with their roles, and who leads what.

use std::collections::HashMap;
use std::sync::Arc;

use store::{Entity as _, Tx};

use super::added;
use crate::kernel::permission::action::{Create, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Error, Result};
use crate::people::{absences, departments, posts, users};
use crate::platform::access::model::{
    Department, DepartmentId, PostId, ROLE_BY_BUILTIN, Role, RoleId, USER_BY_LOGIN, User, UserId,
};
use crate::platform::access::{own, principal_of};
use crate::platform::grant::Principal;
use crate::sample::world::staff::{COMPANY, Person, Staff as Imagined};

/// Who is who: by their places in the imagined company.
#[derive(Clone)]
pub struct Staff {
    pub people: Vec<Arc<Principal>>,
}

impl Staff {
    /// Makes departments and people.
    pub fn hire(tx: &mut Tx<'_>, founder: &Arc<Principal>, imagined: &Imagined, hash: &str) -> Result<Self> {
        let departments = departments(tx, founder, imagined)?;
        let posts = posts(tx, founder, imagined)?;
        let mut people: Vec<UserId> = vec![founder.user];
        for person in imagined.people.iter().skip(1) {
            let department = departments[person.department];
            let supervisor = person.supervisor.map(|above| people[above]);
            people.push(hire(tx, founder, person, (department, posts[person.post], supervisor), hash)?);
        }
        for (department, planned) in departments.iter().zip(&imagined.departments).skip(1) {
            lead(tx, founder, *department, people[planned.head])?;
        }
        added::define(tx, founder)?;
        Self::principals(tx, founder, &people)
    }

    /// Finds the people that an earlier run made.
    pub fn find(tx: &mut Tx<'_>, founder: &Arc<Principal>, imagined: &Imagined) -> Result<Self> {
        let mut people = vec![founder.user];
        for person in imagined.people.iter().skip(1) {
            people.push(User::one(tx, &USER_BY_LOGIN, &[&person.login])?.ok_or_else(Error::not_found)?.id);
        }
        Self::principals(tx, founder, &people)
    }

    /// With the rights that the tree gives them; whoever has left does nothing more, so the founder stands for them.
    fn principals(tx: &mut Tx<'_>, founder: &Arc<Principal>, people: &[UserId]) -> Result<Self> {
        let mut principals = Vec::with_capacity(people.len());
        for id in people {
            let principal = principal_of(tx, *id, founder.now, &founder.vault)?;
            principals.push(principal.map_or_else(|| Arc::clone(founder), Arc::new));
        }
        Ok(Self { people: principals })
    }
}

fn root(founder: &Principal) -> Result<DepartmentId> {
    founder.department.ok_or_else(Error::forbidden)
}

fn departments(tx: &mut Tx<'_>, founder: &Arc<Principal>, imagined: &Imagined) -> Result<Vec<DepartmentId>> {
    let grant = founder.grant::<Create, entity::Department>()?;
    let mut made = vec![root(founder)?];
    for (position, department) in imagined.departments.iter().enumerate().filter(|(_, one)| one.name != COMPANY) {
        let parent_id = made[department.parent];
        let new =
            departments::New { name: department.name.to_owned(), parent_id, head_id: None, position: position as i64 };
        made.push(departments::create(tx, &grant, &new)?.id);
    }
    Ok(made)
}

fn posts(tx: &mut Tx<'_>, founder: &Arc<Principal>, imagined: &Imagined) -> Result<HashMap<&'static str, PostId>> {
    let grant = founder.grant::<Create, entity::Post>()?;
    let mut made = HashMap::new();
    for person in &imagined.people {
        if !made.contains_key(person.post) {
            let new = posts::New { name: person.post.to_owned(), position: made.len() as i64 };
            made.insert(person.post, posts::create(tx, &grant, &new)?.id);
        }
    }
    Ok(made)
}

fn hire(
    tx: &mut Tx<'_>,
    founder: &Arc<Principal>,
    person: &Person,
    (department, post, supervisor): (DepartmentId, PostId, Option<UserId>),
    hash: &str,
) -> Result<UserId> {
    let role = |tx: &mut Tx<'_>, key: &&str| -> Result<RoleId> {
        Ok(Role::one(tx, &ROLE_BY_BUILTIN, &[key])?.ok_or_else(Error::not_found)?.id)
    };
    let new = users::New {
        name: person.name.clone(),
        login: person.login.clone(),
        department_id: Some(department),
        supervisor_id: supervisor,
        post_id: Some(post),
        roles: person.roles.iter().map(|key| role(tx, key)).collect::<Result<_>>()?,
        password: None,
    };
    let grant = founder.grant::<Create, entity::User>()?;
    let id = users::create(tx, &grant, &new, None)?.id;
    own::set_password(tx, founder, id, hash, None)?;
    Ok(id)
}

fn lead(tx: &mut Tx<'_>, founder: &Arc<Principal>, department: DepartmentId, head: UserId) -> Result<()> {
    let grant = founder.grant::<Update, entity::Department>()?;
    let change = departments::Change { head_id: Some(Some(head)), ..Default::default() };
    let version = Department::get(tx, department)?.version;
    departments::update(tx, &grant, department, version, &change).map(drop)
}

/// Somebody resigned.
pub fn leave(tx: &mut Tx<'_>, founder: &Arc<Principal>, id: UserId) -> Result<()> {
    let grant = founder.grant::<Update, entity::User>()?;
    let version = User::get(tx, id)?.version;
    let change = users::Change { active: Some(false), ..Default::default() };
    users::update(tx, &grant, id, version, &change).map(drop)
}

/// Somebody enters their own absence.
pub fn away(tx: &mut Tx<'_>, who: &Arc<Principal>, new: &absences::New) -> Result<()> {
    absences::create(tx, &who.grant::<Create, entity::Absence>()?, new).map(drop)
}
