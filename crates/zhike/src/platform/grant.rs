//! Who acts, and what they have shown that they may do. The kernel has the words of permission; this is the person.

use std::marker::PhantomData;
use std::sync::Arc;

use jiff::Timestamp;
use store::Predicate;
use uuid::Uuid;

use super::access::model::{Department, User};
use super::vault::Vault;
use crate::kernel::custom::number_of;
use crate::kernel::fields::{find, named};
use crate::kernel::permission::action::Doing;
use crate::kernel::permission::entity::Of;
use crate::kernel::{Action, CustomField, Entity, Error, FieldAccess, FieldClass, Id, Permissions, Result};

/// Where a request came from, for the audit.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub id: Uuid,
    pub ip: Option<String>,
    pub session: Option<Uuid>,
}

/// Who acts, what they may do, and when. Jobs and commands act as a principal too; nobody acts outside permission.
#[derive(Clone)]
pub struct Principal {
    pub user: Id<User>,
    pub name: Arc<str>,
    pub department: Option<Id<Department>>,
    pub permissions: Arc<Permissions>,
    pub request: Request,
    pub now: Timestamp,
    pub vault: Arc<Vault>,
}

impl Principal {
    /// The proof that this person may do `A` to `E`, or 403.
    #[track_caller]
    pub fn grant<A: Doing, E: Of>(self: &Arc<Self>) -> Result<Grant<A, E>> {
        if self.permissions.reach(A::VALUE, E::VALUE).is_none() {
            return Err(Error::forbidden());
        }
        Ok(Grant { principal: Arc::clone(self), of: PhantomData })
    }

    pub fn predicate(&self, action: Action, entity: Entity) -> Predicate {
        match self.permissions.reach(action, entity) {
            Some(reach) => reach.predicate(self.user.uuid(), action, entity),
            None => Predicate::None,
        }
    }

    pub fn field(&self, name: &str, class: FieldClass) -> FieldAccess {
        self.permissions.field(name, class)
    }
}

/// A permission as a value: whoever holds a `Grant<Update, Customer>` has shown that they may update some customers;
/// [`Grant::predicate`] says which. Services take it, so none can be called without the check.
pub struct Grant<A: Doing, E: Of> {
    principal: Arc<Principal>,
    of: PhantomData<fn() -> (A, E)>,
}

impl<A: Doing, E: Of> Clone for Grant<A, E> {
    fn clone(&self) -> Self {
        Self { principal: Arc::clone(&self.principal), of: PhantomData }
    }
}

impl<A: Doing, E: Of> Grant<A, E> {
    pub fn principal(&self) -> &Arc<Principal> {
        &self.principal
    }

    pub fn user(&self) -> Id<User> {
        self.principal.user
    }

    pub fn now(&self) -> Timestamp {
        self.principal.now
    }

    pub fn vault(&self) -> &Vault {
        &self.principal.vault
    }

    /// The records this grant reaches, as a filter for lists.
    pub fn predicate(&self) -> Predicate {
        self.principal.predicate(A::VALUE, E::VALUE)
    }

    /// Checks one record that has been read. Answers 404, as for a record that does not exist, so that nobody learns
    /// of what they may not see.
    #[track_caller]
    pub fn check(&self, tx: &mut store::Tx<'_>, record: &impl Guarded) -> Result<()> {
        match self.predicate().matches(tx, record.id(), &|column| record.column(column))? {
            true => Ok(()),
            false => Err(Error::not_found()),
        }
    }
}

/// A record that permission is decided on. It answers for the columns that predicates speak of.
pub trait Guarded {
    fn id(&self) -> Uuid;
    fn column(&self, name: &str) -> store::Value;
}

impl Principal {
    /// Whether this person is shown the field as it stands; of personal ones they may be shown a masked form.
    pub fn reads(&self, entity: Entity, name: &str) -> bool {
        self.access(entity, name) >= FieldAccess::Read
    }

    /// Whether this person may change the field.
    pub fn edits(&self, entity: Entity, name: &str) -> bool {
        self.access(entity, name) == FieldAccess::Edit
    }

    /// The ordinary fields of a record that this person is not shown; for most people there are none.
    pub fn hidden(&self, entity: Entity) -> impl Iterator<Item = &'static str> {
        let low = self.permissions.fields.iter().filter(|(_, access)| **access < FieldAccess::Read);
        let fields = low.filter_map(|(name, _)| find(name));
        fields
            .filter(move |field| field.entity == entity && field.class == FieldClass::Ordinary)
            .map(|field| field.name)
    }

    /// Whether this person is shown nothing of the field, not even a masked form.
    pub fn is_unseen(&self, entity: Entity, name: &str) -> bool {
        self.access(entity, name) == FieldAccess::Hidden
    }

    fn access(&self, entity: Entity, name: &str) -> FieldAccess {
        if let Some(field) = self.custom_field(entity, name) {
            return self.custom_access(field);
        }
        named(entity, name).map_or(FieldAccess::Edit, |(field, full_name)| self.field(full_name, field.class))
    }
}

impl Principal {
    /// The custom fields of a record's kind, in their order.
    pub fn custom(&self, entity: Entity) -> impl Iterator<Item = &CustomField> + Clone {
        self.permissions.custom.iter().filter(move |field| field.entity == entity)
    }

    pub fn custom_field(&self, entity: Entity, key: &str) -> Option<&CustomField> {
        let number = number_of(key)?;
        self.custom(entity).find(|field| field.number == number)
    }

    pub fn custom_access(&self, field: &CustomField) -> FieldAccess {
        self.field(&field.full_name(), field.class).max(field.least())
    }
}
