//! The vocabulary of permission: who may do what to which records, and which fields they see.
//! A role grants a scope per entity and action; a person's scopes are the union over the roles.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use store::Predicate;
use utoipa::ToSchema;
use uuid::Uuid;

use super::CustomField;

/// Declares an enum of words that are spelled the same in JSON, in the database and in role definitions, together
/// with a marker type per word for typed grants.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident as $module:ident: $trait:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        /// Marker types: a [`Grant`](super::Grant) names what it allows in its type.
        pub mod $module {
            use super::$name;
            pub trait $trait: Send + Sync + 'static { const VALUE: $name; }
            $(
                #[derive(Clone, Copy, Debug)]
                pub struct $variant;
                impl $trait for $variant { const VALUE: $name = $name::$variant; }
            )+
        }
    };
}

vocabulary! {
    /// What is done.
    Action as action: Doing {
        Read = "read", Create = "create", Update = "update", Delete = "delete", Assign = "assign", Export = "export",
        Import = "import", Reveal = "reveal", Approve = "approve", Manage = "manage",
    }
}

vocabulary! {
    /// What it is done to. A child of a customer (contact, event, verification) follows the customer.
    Entity as entity: Of {
        Customer = "customer", Contact = "contact", Interaction = "interaction", Todo = "todo", Duty = "duty",
        Policy = "policy", Compliance = "compliance", User = "user", Role = "role", Department = "department",
        Post = "post", Absence = "absence", Setting = "setting", Audit = "audit", Job = "job", View = "view",
        Token = "token", SubjectRequest = "subject_request", Cooperation = "cooperation",
        Release = "release", Trace = "trace", Alarm = "alarm", Case = "case",
    }
}

/// How far a role's permission reaches, seen from the person who holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    #[default]
    None,
    /// Records the person owns.
    Own,
    /// Records of the person's department.
    Department,
    /// Records of the person's department and all below it.
    Subtree,
    /// Records of the departments named, and no others.
    Chosen(Vec<Uuid>),
    All,
}

/// What a person may do with a field. Ordered: each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldAccess {
    Hidden,
    Masked,
    Read,
    Edit,
}

store::text_enum! {
    /// How much harm the knowledge of a field can do.
    #[derive(ToSchema)]
    pub enum FieldClass { Ordinary = "ordinary", Personal = "personal", Sensitive = "sensitive" }
}

/// Where in the company a person stands: what their scopes are filled in with.
#[derive(Clone, Debug)]
pub struct Place {
    pub user: Uuid,
    pub department: Option<Uuid>,
    /// Their department and all below it, and what they lead.
    pub subtree: BTreeSet<Uuid>,
}

/// A scope after the person's place in the company has been filled in; scopes of several roles add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    pub all: bool,
    /// Whose records are reached for being theirs: the person's own, and those of people for whom they stand in.
    pub owners: BTreeSet<Uuid>,
    pub departments: BTreeSet<Uuid>,
}

impl Reach {
    pub fn is_none(&self) -> bool {
        !self.all && self.owners.is_empty() && self.departments.is_empty()
    }

    pub fn add(&mut self, scope: &Scope, place: &Place) {
        match scope {
            Scope::None => {}
            Scope::Own => drop(self.owners.insert(place.user)),
            Scope::Department => self.departments.extend(place.department),
            Scope::Subtree => self.departments.extend(&place.subtree),
            Scope::Chosen(chosen) => self.departments.extend(chosen),
            Scope::All => self.all = true,
        }
    }

    /// Adds the records of people for whom the person stands in. Who may do nothing of this kind does nothing of it for
    /// others either.
    pub fn stand_in(&mut self, absent: &[Uuid]) {
        if !self.is_none() {
            self.owners.extend(absent);
        }
    }

    /// The one predicate over `owner_id` and `department_id` of a record. Lists turn it into SQL, record checks
    /// evaluate it in memory; both readings live in [`Predicate`].
    pub fn predicate(&self, user: Uuid, action: Action, entity: Entity) -> Predicate {
        if self.all {
            return Predicate::All;
        }
        if self.is_none() {
            return Predicate::None;
        }
        let mut any = vec![Predicate::Shared { entity: entity.word(), user, write: action != Action::Read }];
        match self.owners.first() {
            Some(owner) if self.owners.len() == 1 => any.push(Predicate::eq("owner_id", *owner)),
            Some(_) => any.push(Predicate::one_of("owner_id", self.owners.iter().copied())),
            None => {}
        }
        if !self.departments.is_empty() {
            any.push(Predicate::one_of("department_id", self.departments.iter().copied()));
        }
        Predicate::Any(any)
    }
}

/// All that a person may do, resolved from the roles once per change of them.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    pub reach: BTreeMap<(Entity, Action), Reach>,
    /// Access per "entity.field"; a field that no role names keeps its class's default.
    pub fields: BTreeMap<String, FieldAccess>,
    /// The fields that the company has added itself. They are here since they change as seldom as roles do, and every
    /// node hears of it the same way.
    pub custom: Arc<[CustomField]>,
}

impl Permissions {
    pub fn reach(&self, action: Action, entity: Entity) -> Option<&Reach> {
        self.reach.get(&(entity, action)).filter(|reach| !reach.is_none())
    }

    /// Whether this person sees the records of one kind wherever they see those of the other.
    pub fn sees_along(&self, kind: Entity, with: Entity) -> bool {
        let reach = |entity| self.reach(Action::Read, entity);
        reach(kind).is_some_and(|seen| seen.all || reach(with) == Some(seen))
    }

    /// Ordinary fields are editable by whoever may edit the record, personal ones are masked, sensitive ones hidden,
    /// unless a role says otherwise; the most generous role counts.
    pub fn field(&self, name: &str, class: FieldClass) -> FieldAccess {
        let default = match class {
            FieldClass::Ordinary => FieldAccess::Edit,
            FieldClass::Personal => FieldAccess::Masked,
            FieldClass::Sensitive => FieldAccess::Hidden,
        };
        self.fields.get(name).copied().unwrap_or(default)
    }
}
