use serde::{Deserialize, Serialize};
use store::{Entity as _, Tx};
use utoipa::ToSchema;

use super::find;
use crate::customers::model::{Customer, EMAIL, PHONE_LOOKUP};
use crate::customers::reach;
use crate::customers::rules::likeness::{Evidence, LIKELY, Traits};
use crate::customers::rules::{credit_code, name_core, personal};
use crate::customers::sealed::domain_index;
use crate::kernel::permission::action::Create;
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, FieldAccess, Id, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::grant::{Grant, Principal};
use crate::platform::vault::Kind;

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DuplicateQuery {
    #[schema(example = "华盛机械")]
    pub name: Option<String>,
    pub credit_code: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// A likely duplicate: in full for whoever may see it, else only that there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Duplicate {
    pub visible: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub id: Option<Id<Customer>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Named>,
    /// How much they are alike, 100 at most, and by what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// `exists`: there is one, ask your supervisor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

const UNSEEN: Duplicate = Duplicate {
    visible: false,
    id: None,
    name: None,
    number: None,
    owner: None,
    score: None,
    evidence: Vec::new(),
    reason: Some("exists"),
};

/// What somebody who is about to create a customer is told.
pub fn check(
    tx: &mut Tx<'_>,
    grant: &Grant<Create, entity::Customer>,
    asked: &DuplicateQuery,
) -> Result<Vec<Duplicate>> {
    let who = grant.principal();
    let traits = traits(who, asked)?;
    let scope = reach::predicate(who, Action::Read, Entity::Customer);
    let mut told = Vec::new();
    let mut unseen = false;
    for (id, likeness) in find::like(tx, &traits, LIKELY)? {
        let Some(customer) = Customer::find(tx, id)? else { continue };
        match reach::reaches(tx, &scope, &customer)? {
            true => {
                told.push(Duplicate { score: Some(likeness.score), evidence: likeness.evidence, ..seen(tx, customer)? })
            }
            false => unseen = true,
        }
    }
    // One line however many there are: not even their number is told.
    told.extend(unseen.then_some(UNSEEN));
    Ok(told)
}

fn seen(tx: &mut Tx<'_>, customer: Customer) -> Result<Duplicate> {
    let owner = customer.owner_id.map(|owner| names::user(tx, owner.uuid())).transpose()?;
    Ok(Duplicate {
        visible: true,
        id: Some(customer.id),
        name: Some(customer.name),
        number: Some(customer.number),
        owner,
        reason: None,
        ..UNSEEN
    })
}

fn traits(who: &Principal, asked: &DuplicateQuery) -> Result<Traits> {
    let text =
        |value: &Option<String>| value.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let given = [&asked.name, &asked.credit_code, &asked.phone, &asked.email];
    if given.into_iter().flatten().any(|value| value.chars().count() > 200) {
        return Err(Error::field_invalid("name", "too_long"));
    }
    // Nobody finds out by trying what they are not shown.
    let code = text(&asked.credit_code).filter(|_| who.reads(Entity::Customer, "credit_code"));
    let phone = text(&asked.phone).filter(|_| reach::may_look_up_phones(who));
    let phone = phone.and_then(|phone| personal::clean(Kind::Phone, &phone).ok());
    let email = text(&asked.email).filter(|_| who.field(EMAIL.field, EMAIL.class()) >= FieldAccess::Masked);
    let name = text(&asked.name);
    let core = name.as_deref().map(name_core::core).filter(|core| !core.is_empty());
    Ok(Traits {
        credit_code: code.map(|code| credit_code::normalise(&code)),
        id_number: None,
        name: name.as_deref().map(name_core::strict).filter(|_| core.is_some()),
        sound: core.as_deref().map(store::search::pinyin_key),
        core,
        phones: phone.map(|phone| who.vault.index(&PHONE_LOOKUP, &phone)).into_iter().collect(),
        domains: email.and_then(|email| domain_index(&who.vault, &email)).into_iter().collect(),
    })
}
