//! Personal values on their way into a row: cleaned, sealed for their place, and digested for exact look-up.

use uuid::Uuid;

use super::model::PHONE_LOOKUP;
use super::rules::personal;
use super::rules::text::Faults;
use crate::kernel::{FieldAccess, Principal, Result};
use crate::platform::audit::Changes;
use crate::platform::vault::{Column, Kind};

/// The columns of one personal value.
pub struct Slot<'a> {
    pub column: &'a Column,
    pub value: &'a mut Option<Vec<u8>>,
    pub index: &'a mut Option<Vec<u8>>,
    pub last4: Option<&'a mut Option<Vec<u8>>>,
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
        if let Some(last4) = self.last4 {
            *last4 = new.as_deref().and_then(|value| who.vault.last4_index(lookup(self.column), value));
        }
        Ok(())
    }
}

/// All phone numbers are digested alike, wherever they stand.
pub fn lookup(column: &Column) -> &Column {
    if column.kind == Kind::Phone { &PHONE_LOOKUP } else { column }
}
