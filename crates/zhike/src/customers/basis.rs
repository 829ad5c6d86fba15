//! On what basis people are entered (PIPL 13, 14): whoever enters somebody says so, once for all people of a sheet. What a
//! basis may be and where it is kept is the business of the room of protection, which is declared once as the
//! [`Keeper`]; this room only asks for it.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;

use super::contacts::Contact;
use super::model::Customer;
use crate::kernel::{Error, Id, Principal, Result};

/// As an answer to the purpose of keeping the archive is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryBasis {
    /// A lawful basis as of a consent.
    #[schema(example = "contract")]
    pub basis: String,
    /// By what way a consent came.
    #[serde(default)]
    #[schema(example = "paper")]
    pub channel: Option<String>,
    /// What shows it; needed for a consent.
    #[serde(default)]
    pub proof: Option<String>,
}

impl EntryBasis {
    /// What holds where nothing else is said: a book of customers is kept to deal with them (PIPL 13, item 2).
    pub fn usual() -> Self {
        Self { basis: "contract".to_owned(), channel: None, proof: None }
    }
}

/// Somebody who has been entered: a contact, or, without one, the customer itself.
pub type Entered = (Id<Customer>, Option<Id<Contact>>);

#[derive(Clone, Copy)]
pub struct Keeper {
    /// Refuses what is no basis.
    pub check: fn(&EntryBasis) -> Result<()>,
    pub keep: fn(&mut Tx<'_>, &Principal, &EntryBasis, &[Entered]) -> Result<()>,
}

static KEEPER: OnceLock<Keeper> = OnceLock::new();

/// Sets the keeper of the program; later calls change nothing.
pub fn declare(keeper: Keeper) {
    KEEPER.get_or_init(|| keeper);
}

fn keeper() -> Result<&'static Keeper> {
    KEEPER.get().ok_or_else(|| Error::internal("nobody keeps on what basis people are entered"))
}

/// Refuses what is no basis.
pub fn check(basis: &EntryBasis) -> Result<()> {
    (keeper()?.check)(basis)
}

/// Keeps on what basis these people have been entered.
pub fn keep(tx: &mut Tx<'_>, who: &Principal, basis: &EntryBasis, people: &[Entered]) -> Result<()> {
    match people {
        [] => Ok(()),
        people => (keeper()?.keep)(tx, who, basis, people),
    }
}
