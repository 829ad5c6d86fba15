//! The three duties of administrators (三员分立; C37, 等保 8.1.4.2 d): who runs the system, who says who may do what, who reads
//! what both did. Judged by rights, whatever a role is called.

use std::collections::{BTreeMap, BTreeSet};

use store::Tx;
use uuid::Uuid;

use super::model::{ROLES, ROLES_OF_USER, Role, RoleId, UserId};
use super::names::{self, Named};
use super::roles::{Duty, duties};
use crate::kernel::{Error, Result};
use store::Entity as _;

store::statements! {
    SEPARATED = "select separated from administration where id = 1";
    SET = "insert into administration (id, separated) values (1, $1)
        on conflict (id) do update set separated = excluded.separated";
    HOLDERS = "select staff.id from staff_role join staff on staff.id = staff_role.staff_id
        where staff_role.role_id = $1 and staff.active order by staff.name_key, staff.id limit 200";
}

/// Whether nobody is given two of them.
pub fn separated(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.query_opt(&SEPARATED, &[])?.map(|row| row.get(0)).transpose()?.unwrap_or(false))
}

pub fn separate(tx: &mut Tx<'_>, separated: bool) -> Result<()> {
    tx.execute(&SET, &[&separated])?;
    Ok(())
}

/// The duties of somebody.
pub fn of_person(tx: &mut Tx<'_>, user: UserId) -> Result<BTreeSet<Duty>> {
    let roles = tx.query(&ROLES_OF_USER, &[&user])?;
    let roles = roles.iter().map(|row| row.get(0)).collect::<store::Result<Vec<RoleId>>>()?;
    let mut all = BTreeSet::new();
    for role in roles {
        all.extend(duties(&Role::get(tx, role)?.rights()?));
    }
    Ok(all)
}

/// Refuses what gives somebody a second duty. Who has several already may keep them or give them up.
pub fn check(tx: &mut Tx<'_>, before: &BTreeSet<Duty>, after: &BTreeSet<Duty>) -> Result<()> {
    match after.len() > 1 && !after.is_subset(before) && separated(tx)? {
        true => Err(Error::field_invalid("roles", "roles.exclusive")),
        false => Ok(()),
    }
}

/// Who has which duty.
pub fn holders(tx: &mut Tx<'_>) -> Result<BTreeMap<Duty, Vec<Named>>> {
    let mut found: BTreeMap<Duty, Vec<Named>> = Duty::ALL.iter().map(|duty| (*duty, Vec::new())).collect();
    for role in Role::all(tx, &ROLES, &[])? {
        let has = duties(&role.rights()?);
        if has.is_empty() {
            continue;
        }
        for row in tx.query(&HOLDERS, &[&role.id])? {
            let person = names::user(tx, row.get::<Uuid>(0)?)?;
            for duty in &has {
                let people = found.entry(*duty).or_default();
                if people.iter().all(|known| known.id != person.id) {
                    people.push(person.clone());
                }
            }
        }
    }
    Ok(found)
}
