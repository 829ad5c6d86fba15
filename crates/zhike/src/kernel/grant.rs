use std::marker::PhantomData;
use std::sync::Arc;

use jiff::Timestamp;
use store::Predicate;
use uuid::Uuid;

use super::permission::action::Doing;
use super::permission::entity::Of;
use super::permission::{Action, Entity, FieldAccess, FieldClass, Permissions};
use super::{Error, Id, Result};
use crate::platform::access::model::{Department, User};
use crate::platform::vault::Vault;

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
