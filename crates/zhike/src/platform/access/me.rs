//! What the console needs to know about whoever uses it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use store::{Entity as _, Tx};
use utoipa::ToSchema;

use super::model::{Department, DepartmentId, ROLES_OF_USER, Role, RoleId, User, UserId};
use super::own;
use super::resolve;
use super::roles::{BUILTIN, Rights};
use crate::kernel::fields::FIELDS;
use crate::kernel::permission::Reach;
use crate::kernel::{Action, Entity, FieldAccess, FieldClass, Result, Scope};
use crate::platform::grant::Principal;
use crate::platform::{notifications, settings};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DepartmentName {
    pub id: DepartmentId,
    pub name: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompanyView {
    pub name: String,
    pub time_zone: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    pub id: UserId,
    pub name: String,
    pub login: String,
    pub locale: Option<String>,
    pub theme: Option<String>,
    pub department: Option<DepartmentName>,
    /// Names of the roles, in the person's language where they come with the product.
    pub roles: Vec<String>,
    /// The widest scope per entity and action. What may be done to one record, the record's own answer says.
    pub permissions: BTreeMap<Entity, BTreeMap<Action, Scope>>,
    pub fields: BTreeMap<String, FieldAccess>,
    pub company: CompanyView,
    pub unread: i64,
    pub must_change_password: bool,
    pub totp: bool,
    #[schema(value_type = String, format = DateTime)]
    pub now: Timestamp,
}

pub fn me(tx: &mut Tx<'_>, who: &Principal) -> Result<Me> {
    let user = own::user(tx, who)?;
    let department = match user.department_id {
        Some(id) => Department::find(tx, id)?.map(|found| DepartmentName { id, name: found.name }),
        None => None,
    };
    let settings = settings::get(tx)?;
    let roles = roles_of(tx, &user)?;
    let english = user.locale.as_deref() == Some("en");
    Ok(Me {
        id: user.id,
        name: user.name,
        login: user.login,
        locale: user.locale,
        theme: user.theme,
        department,
        roles: roles.iter().map(|role| shown_name(role, english)).collect(),
        permissions: widest(who, &roles)?,
        fields: fields(who),
        company: CompanyView { name: settings.company, time_zone: settings.time_zone },
        unread: notifications::unread(tx, who)?,
        must_change_password: user.must_change_password,
        totp: user.totp.is_some(),
        now: who.now,
    })
}

/// Resolves a person and answers as [`me`]; for the answer to a login.
pub fn me_of(tx: &mut Tx<'_>, who: &Principal, id: UserId) -> Result<Me> {
    let principal = resolve::principal_of(tx, id, who.now, &who.vault)?.ok_or(store::Error::NotFound)?;
    me(tx, &principal)
}

fn roles_of(tx: &mut Tx<'_>, user: &User) -> Result<Vec<Role>> {
    let rows = tx.query(&ROLES_OF_USER, &[&user.id])?;
    rows.iter().map(|row| Ok(Role::get(tx, row.get::<RoleId>(0)?)?)).collect()
}

fn shown_name(role: &Role, english: bool) -> String {
    let builtin = BUILTIN.iter().find(|builtin| role.builtin.as_deref() == Some(builtin.key));
    match builtin {
        Some(builtin) if english && role.name == builtin.name => builtin.name_en.to_owned(),
        _ => role.name.clone(),
    }
}

fn widest(who: &Principal, roles: &[Role]) -> Result<BTreeMap<Entity, BTreeMap<Action, Scope>>> {
    let rights: Vec<Rights> = roles.iter().map(Role::rights).collect::<Result<_>>()?;
    let mut widest: BTreeMap<Entity, BTreeMap<Action, Scope>> = BTreeMap::new();
    for ((entity, action), reach) in &who.permissions.reach {
        let granted = rights.iter().filter_map(|rights| rights.permissions.get(entity)?.get(action));
        if let Some(scope) = granted.max_by_key(|scope| width(scope)).filter(|_| !Reach::is_none(reach)) {
            widest.entry(*entity).or_default().insert(*action, scope.clone());
        }
    }
    Ok(widest)
}

fn width(scope: &Scope) -> u8 {
    match scope {
        Scope::None => 0,
        Scope::Own => 1,
        Scope::Chosen(_) => 2,
        Scope::Department => 3,
        Scope::Subtree => 4,
        Scope::All => 5,
    }
}

fn fields(who: &Principal) -> BTreeMap<String, FieldAccess> {
    let classified = FIELDS.iter().filter(|field| field.class != FieldClass::Ordinary);
    let classified = classified.map(|field| (field.full_name(), who.field(&field.full_name(), field.class)));
    let custom = who.permissions.custom.iter().map(|field| (field.full_name(), who.custom_access(field)));
    who.permissions.fields.clone().into_iter().chain(classified).chain(custom).collect()
}
