//! Personal values on their way into a row: cleaned, sealed for their place, and digested for exact look-up.

use uuid::Uuid;

use super::model::PHONE_LOOKUP;
use super::rules::likeness::company_domain;
use super::rules::personal;
use super::rules::text::Faults;
use crate::kernel::{FieldAccess, Result};
use crate::platform::audit::Changes;
use crate::platform::grant::Principal;
use crate::platform::vault::{Column, Kind, Vault};

/// The columns of one personal value.
pub struct Slot<'a> {
    pub column: &'a Column,
    pub value: &'a mut Option<Vec<u8>>,
    pub index: &'a mut Option<Vec<u8>>,
    pub extra: Extra<'a>,
}

/// A further digest of a value: what else it is looked up by.
pub enum Extra<'a> {
    None,
    /// Of a phone number, the last four digits.
    Last4(&'a mut Option<Vec<u8>>),
    /// Of an e-mail address, the domain, where it is a company's own.
    Domain(&'a mut Option<Vec<u8>>),
}

impl Slot<'_> {
    /// Puts `given` in (`None` empties it) and notes the change by digest.
    pub fn put(
        self,
        who: &Principal,
        row: Uuid,
        given: Option<&str>,
        changes: &mut Changes,
        faults: &mut Faults,
    ) -> Result<()> {
        let name = self.column.name;
        if who.field(self.column.field, self.column.class()) == FieldAccess::Hidden {
            faults.add(name, "not_allowed");
            return Ok(());
        }
        let given = given.map(str::trim).filter(|text| !text.is_empty());
        let new = match given.map(|text| personal::clean(self.column.kind, text)).transpose() {
            Ok(new) => new,
            Err(code) => {
                faults.add(name, code);
                return Ok(());
            }
        };
        let old = self.value.as_deref().map(|sealed| who.vault.open_sealed(self.column, row, sealed)).transpose()?;
        if old == new {
            return Ok(());
        }
        changes.personal(&who.vault, self.column, old.as_deref(), new.as_deref());
        *self.value = who.vault.seal_some(self.column, row, new.as_deref())?;
        *self.index = new.as_deref().map(|value| who.vault.index(lookup(self.column), value));
        match self.extra {
            Extra::None => {}
            Extra::Last4(last4) => {
                *last4 = new.as_deref().and_then(|value| who.vault.last4_index(lookup(self.column), value));
            }
            Extra::Domain(domain) => *domain = new.as_deref().and_then(|value| domain_index(&who.vault, value)),
        }
        Ok(())
    }
}

/// A digest of the domain of an e-mail address, if the domain is a company's own.
pub fn domain_index(vault: &Vault, email: &str) -> Option<Vec<u8>> {
    company_domain(email).map(|domain| vault.digest("email_domain", domain.as_bytes())[..16].to_vec())
}

/// All phone numbers are digested alike, wherever they stand.
pub fn lookup(column: &Column) -> &Column {
    if column.kind == Kind::Phone { &PHONE_LOOKUP } else { column }
}
