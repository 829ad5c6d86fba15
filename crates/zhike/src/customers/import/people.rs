//! Colleagues by name and login, to find the owners that a sheet names. Read once for a run; what the asker may give to
//! whom is decided for each colleague once, not for each row.

use std::collections::HashMap;

use documents::clean;
use store::{Entity as _, ToValue, Tx, Value};
use uuid::Uuid;

use super::values::{Fault, error};
use crate::customers::reach;
use crate::kernel::{Action, Entity, Id, Result};
use crate::platform::access::model::{Department, USERS, User};
use crate::platform::grant::{Guarded, Principal};

/// A colleague who could own a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    pub user: Id<User>,
    pub department: Option<Id<Department>>,
    active: bool,
    /// The asker may give customers to them.
    assignable: bool,
    /// A customer of theirs lies within what the asker may import.
    reached: bool,
}

#[derive(Clone, Debug, Default)]
pub struct People {
    by_login: HashMap<String, Owner>,
    by_name: HashMap<String, Vec<Owner>>,
    by_id: HashMap<Uuid, Owner>,
}

impl People {
    pub fn load(tx: &mut Tx<'_>, who: &Principal) -> Result<Self> {
        let mut people = Self::default();
        for user in User::all(tx, &USERS, &[])? {
            let owner = owner(tx, who, &user)?;
            people.by_login.insert(user.login.to_lowercase(), owner);
            people.by_name.entry(key(&user.name)).or_default().push(owner);
            people.by_id.insert(user.id.uuid(), owner);
        }
        Ok(people)
    }

    pub fn is_colleague(&self, text: &str) -> bool {
        self.by_name.contains_key(&key(text)) || self.by_login.contains_key(&clean::half_width(text).to_lowercase())
    }

    /// Whoever a cell names, whatever the asker may give them.
    pub fn named(&self, text: &str) -> Option<Uuid> {
        let login = self.by_login.get(&clean::half_width(text).to_lowercase());
        let named = self.by_name.get(&key(text)).map(Vec::as_slice).unwrap_or_default();
        let working: Vec<&Owner> = named.iter().filter(|owner| owner.active).collect();
        let one = if let [owner] = working.as_slice() { Some(*owner) } else { None };
        login.or(one).map(|owner| owner.user.uuid())
    }

    /// Whoever a cell names, if the asker may give them customers.
    pub fn find(&self, text: &str) -> Result<Owner, Fault> {
        let login = self.by_login.get(&clean::half_width(text).to_lowercase());
        let named = self.by_name.get(&key(text)).map(Vec::as_slice).unwrap_or_default();
        // Of two with one name, the one who still works here is meant.
        let working: Vec<&Owner> = named.iter().filter(|owner| owner.active).collect();
        match (login, working.as_slice(), named) {
            (Some(owner), _, _) => owner.judged(),
            (None, [owner], _) => owner.judged(),
            (None, [], [owner, ..]) => owner.judged(),
            (None, [], []) => Err(error("owner.unknown")),
            (None, _, _) => Err(error("owner.ambiguous")),
        }
    }

    /// Whoever imports; a customer of theirs is still judged by what they reach.
    pub fn asker(&self, who: &Principal) -> Owner {
        let unknown =
            Owner { user: who.user, department: who.department, active: true, assignable: true, reached: true };
        self.by_id.get(&who.user.uuid()).copied().unwrap_or(unknown)
    }

    pub fn by_id(&self, id: Uuid) -> Result<Owner, Fault> {
        self.by_id.get(&id).ok_or(error("owner.unknown"))?.judged()
    }
}

impl Owner {
    fn judged(&self) -> Result<Owner, Fault> {
        match self {
            _ if !self.active => Err(error("owner.inactive")),
            _ if !self.assignable => Err(error("owner.not_allowed")),
            _ if !self.reached => Err(error("scope.outside")),
            _ => Ok(*self),
        }
    }
}

/// Names are compared without spaces: 张 伟 is 张伟.
fn key(name: &str) -> String {
    clean::half_width(name).to_lowercase().split_whitespace().collect()
}

fn owner(tx: &mut Tx<'_>, who: &Principal, user: &User) -> Result<Owner> {
    let assign = who.predicate(Action::Assign, Entity::Customer);
    let assignable = user.id == who.user || assign.matches(tx, user.id.uuid(), &|column| user.column(column))?;
    let reached = reaches(tx, who, Action::Import, (Some(user.id), user.department_id))?;
    Ok(Owner { user: user.id, department: user.department_id, active: user.active, assignable, reached })
}

/// Whether the asker may do this to new customers of this owner and department.
pub fn reaches(
    tx: &mut Tx<'_>,
    who: &Principal,
    action: Action,
    (owner, department): (Option<Id<User>>, Option<Id<Department>>),
) -> Result<bool> {
    let scope = reach::predicate(who, action, Entity::Customer);
    let column = |name: &str| match name {
        "owner_id" => owner.to_value(),
        "department_id" => department.to_value(),
        _ => Value::Null,
    };
    Ok(scope.matches(tx, Uuid::nil(), &column)?)
}
