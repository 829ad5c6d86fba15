//! What can be done to many customers, and what it would mean for one of them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use store::{Predicate, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::customers::input::{self, CustomerPatch};
use crate::customers::model::{Customer, CustomerKind, Grade};
use crate::customers::reach;
use crate::customers::rules::text::Faults;
use crate::customers::service::{self, Home};
use crate::customers::{draft, grades};
use crate::kernel::custom::CustomKind;
use crate::kernel::permission::action::{Approve, Assign, Delete, Update};
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Error, Id, Result};
use crate::platform::audit::Changes;
use crate::platform::custom::values::{self, Values};
use crate::platform::grant::Principal;

/// Fields of which many customers can have the same value, so that setting it for many makes sense. A name, a code, a
/// phone number is one customer's alone.
pub const FIELDS: &[&str] = &[
    "kind",
    "industry",
    "region",
    "address",
    "website",
    "staff_count",
    "annual_revenue_fen",
    "founded_on",
    "main_business",
    "organisation",
    "source",
    "cooperation_since",
    "preferences",
    "core_need",
    "notes",
];

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = BulkAct)]
pub enum Act {
    /// Handed over to a colleague; the department follows.
    Owner {
        owner_id: Uuid,
        reason: String,
    },
    /// Handed over to a department: to its head, who hands on.
    Department {
        department_id: Uuid,
        reason: String,
    },
    /// Tags that each has afterwards, and that none has.
    Tags {
        #[serde(default)]
        add: Vec<String>,
        #[serde(default)]
        remove: Vec<String>,
    },
    Grade {
        grade: Grade,
        reason: String,
    },
    /// Fields as in a change of one customer; `custom` holds those that the company has added.
    Edit {
        #[schema(value_type = Object, example = json!({ "industry": "C" }))]
        fields: Map<String, Json>,
    },
    /// Into the recycle bin.
    Remove {},
}

/// What an act would mean for a customer.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// `{field: value}` that would be written over, and that would be written.
    Change {
        before: Json,
        after: Json,
    },
    Already,
    Refused(String),
}

impl Act {
    /// What somebody must be allowed to do to a customer.
    pub fn action(&self) -> Action {
        match self {
            Self::Owner { .. } | Self::Department { .. } => Action::Assign,
            Self::Tags { .. } | Self::Edit { .. } => Action::Update,
            Self::Grade { .. } => Action::Approve,
            Self::Remove {} => Action::Delete,
        }
    }

    pub fn scope(&self, who: &Principal) -> Predicate {
        reach::predicate(who, self.action(), Entity::Customer)
    }

    /// Refuses what nobody could do to any customer, and what this person may not do at all. Answers whose the customers
    /// are to be, where that is what is asked for.
    pub fn check(&self, tx: &mut Tx<'_>, who: &Arc<Principal>) -> Result<Option<Home>> {
        if who.permissions.reach(self.action(), Entity::Customer).is_none() {
            return Err(Error::forbidden());
        }
        match self {
            Self::Owner { reason, .. } | Self::Department { reason, .. } => {
                input::reason(reason)?;
                return self.home(tx, who);
            }
            Self::Grade { reason, .. } => drop(input::reason(reason)?),
            Self::Tags { add, remove } if add.is_empty() && remove.is_empty() => {
                return Err(Error::field_invalid("add", "required"));
            }
            Self::Tags { .. } | Self::Edit { .. } => self.check_patch(tx, who)?,
            Self::Remove {} => {}
        }
        Ok(None)
    }

    /// Values that are wrong are wrong for every customer: they are told before anything is begun.
    fn check_patch(&self, tx: &mut Tx<'_>, who: &Principal) -> Result<()> {
        if let Self::Edit { fields } = self {
            let kept: Vec<String> = fields_of(fields).collect();
            if kept.is_empty() {
                return Err(Error::field_invalid("fields", "required"));
            }
            for field in &kept {
                may_set(who, field)?;
            }
        }
        if matches!(self, Self::Tags { .. }) && !who.edits(Entity::Customer, "tags") {
            return Err(Error::forbidden().field("tags", "not_allowed"));
        }
        let blank = Customer::blank(CustomerKind::Company, "-");
        let patch = self.patch(&blank)?;
        let (mut after, mut changes, mut faults) = (blank.clone(), Changes::new(), Faults::default());
        draft::apply(who, &mut after, &patch, &mut changes, &mut faults)?;
        let (none, row) = (Values::new(), blank.id.uuid());
        let (taken, wrong) = values::take(who, (Entity::Customer, row), &none, patch.custom.as_ref(), &mut changes)?;
        faults.extend(wrong);
        Error::from_fields(faults.into_fields())?;
        values::check_people(tx, who, Entity::Customer, &none, &taken)
    }

    fn home(&self, tx: &mut Tx<'_>, who: &Arc<Principal>) -> Result<Option<Home>> {
        match self {
            Self::Owner { owner_id, .. } => service::home_with(tx, &who.grant()?, *owner_id).map(Some),
            Self::Department { department_id, .. } => service::home_in(tx, &who.grant()?, *department_id).map(Some),
            _ => Ok(None),
        }
    }

    /// The numbers of the added fields that are set.
    pub fn custom_numbers(&self, who: &Principal) -> Vec<i64> {
        let Self::Edit { fields } = self else { return Vec::new() };
        fields_of(fields).filter_map(|key| who.custom_field(Entity::Customer, &key).map(|field| field.number)).collect()
    }

    /// The change of this customer's fields, where that is what is asked for.
    pub fn patch(&self, customer: &Customer) -> Result<CustomerPatch> {
        match self {
            Self::Edit { fields } => patch_of(&Json::Object(fields.clone())),
            Self::Tags { add, remove } => {
                let mut tags = customer.tags();
                tags.retain(|tag| !remove.contains(tag));
                tags.extend(add.iter().filter(|tag| !remove.contains(tag)).cloned());
                Ok(CustomerPatch { tags: Some(tags), ..CustomerPatch::default() })
            }
            _ => Ok(CustomerPatch::default()),
        }
    }

    /// What it would mean for a customer that the asker reaches.
    pub fn judge(&self, who: &Principal, home: Option<Home>, customer: &Customer, held: &Values) -> Result<Verdict> {
        let verdict = |before: Json, after: Json| match before == after {
            true => Verdict::Already,
            false => Verdict::Change { before, after },
        };
        match self {
            Self::Owner { .. } | Self::Department { .. } => {
                let home = home.ok_or_else(|| Error::internal("a transfer to nobody"))?;
                Ok(verdict(told(Home::of(customer)), told(home)))
            }
            Self::Grade { grade, .. } => Ok(verdict(json!({ "grade": customer.grade }), json!({ "grade": grade }))),
            Self::Remove {} => {
                let now = who.now.as_microsecond();
                Ok(verdict(json!({ "removed_at": null }), json!({ "removed_at": now })))
            }
            Self::Tags { .. } | Self::Edit { .. } => patched(who, customer, held, &self.patch(customer)?),
        }
    }

    /// Does it to a customer that is held ([`Act::load`]), by the way in which one customer is changed.
    pub fn perform(
        &self,
        tx: &mut Tx<'_>,
        who: &Arc<Principal>,
        home: Option<Home>,
        mut customer: Customer,
    ) -> Result<()> {
        match self {
            Self::Owner { reason, .. } | Self::Department { reason, .. } => {
                let home = home.ok_or_else(|| Error::internal("a transfer to nobody"))?;
                service::move_to(tx, who, &mut customer, home, &input::reason(reason)?)
            }
            Self::Grade { grade, reason } => regrade(tx, who, customer, (*grade, &input::reason(reason)?)),
            Self::Remove {} => service::remove_held(tx, who, customer),
            Self::Tags { .. } | Self::Edit { .. } => {
                let patch = self.patch(&customer)?;
                service::change(tx, who, &mut customer, &patch, "update").map(drop)
            }
        }
    }

    /// A customer that the asker may do it to, held.
    pub fn load(&self, tx: &mut Tx<'_>, who: &Arc<Principal>, id: Uuid) -> Result<Customer> {
        let id: Id<Customer> = Id::from_uuid(id);
        match self.action() {
            Action::Assign => service::load_for_change(tx, &who.grant::<Assign, entity::Customer>()?, id),
            Action::Approve => service::load_for_change(tx, &who.grant::<Approve, entity::Customer>()?, id),
            Action::Delete => service::load_for_change(tx, &who.grant::<Delete, entity::Customer>()?, id),
            _ => service::load_for_change(tx, &who.grant::<Update, entity::Customer>()?, id),
        }
    }

    /// Puts back what was there before, where what was written still stands. Answers why not, where it does not.
    pub fn put_back(
        &self,
        tx: &mut Tx<'_>,
        who: &Arc<Principal>,
        id: Uuid,
        (before, after): (&Json, &Json),
    ) -> Result<Option<&'static str>> {
        const CHANGED_SINCE: Option<&str> = Some("changed_since");
        let id: Id<Customer> = Id::from_uuid(id);
        match self {
            Self::Owner { reason, .. } | Self::Department { reason, .. } => {
                let customer = service::locked(tx, id)?;
                if told(Home::of(&customer)) != *after {
                    return Ok(CHANGED_SINCE);
                }
                let home = serde_json::from_value(before.clone())?;
                service::give_back(tx, &who.grant()?, customer, home, &taken_back(reason))?;
            }
            Self::Grade { reason, .. } => {
                let customer = service::locked(tx, id)?;
                if json!({ "grade": customer.grade }) != *after {
                    return Ok(CHANGED_SINCE);
                }
                let grade: Grade = serde_json::from_value(before["grade"].clone())?;
                let customer = service::checked(tx, &who.grant::<Approve, entity::Customer>()?, customer)?;
                regrade(tx, who, customer, (grade, &taken_back(reason)))?;
            }
            Self::Remove {} => {
                let customer = service::locked(tx, id)?;
                if customer.removed_at.map(|at| json!(at.as_microsecond())).as_ref() != Some(&after["removed_at"]) {
                    return Ok(CHANGED_SINCE);
                }
                service::restore(tx, &who.grant()?, id)?;
            }
            Self::Tags { .. } | Self::Edit { .. } => {
                let mut customer = self.load(tx, who, id.uuid())?;
                let held = values::of_customer(tx, who, id.uuid())?.remove(&id.uuid()).unwrap_or_default();
                if patched(who, &customer, &held, &patch_of(after)?)? != Verdict::Already {
                    return Ok(CHANGED_SINCE);
                }
                service::change(tx, who, &mut customer, &patch_of(before)?, "update")?;
            }
        }
        Ok(None)
    }
}

/// Grades a held customer anew, which takes more than the right to approve.
fn regrade(tx: &mut Tx<'_>, who: &Principal, mut customer: Customer, (grade, reason): (Grade, &str)) -> Result<()> {
    match grades::service::may_set(tx, who, &customer)? {
        true => service::regrade(tx, who, &mut customer, (grade, reason)),
        false => Err(Error::forbidden().field("grade", "not_allowed")),
    }
}

/// What the audit says of taking it back.
fn taken_back(reason: &str) -> String {
    format!("撤销：{reason}")
}

fn told(home: Home) -> Json {
    json!({ "owner": home.owner, "department": home.department })
}

fn patch_of(fields: &Json) -> Result<CustomerPatch> {
    serde_json::from_value(fields.clone())
        .map_err(|error| Error::field_invalid("fields", "malformed").detail(error.to_string()))
}

/// The names of the fields that are set, added ones by their keys.
fn fields_of(fields: &Map<String, Json>) -> impl Iterator<Item = String> + '_ {
    let added = fields.get("custom").and_then(Json::as_object).into_iter().flatten().map(|(key, _)| key.clone());
    fields.keys().filter(|key| *key != "custom").cloned().chain(added)
}

/// Only what the asker reads in clear: else the counts of a preview would tell what stands there.
fn may_set(who: &Principal, field: &str) -> Result<()> {
    let known = match who.custom_field(Entity::Customer, field) {
        Some(added) => !added.is_sealed() && added.kind != CustomKind::File,
        None => FIELDS.contains(&field),
    };
    if !known {
        return Err(Error::field_invalid(field, "bulk.field"));
    }
    match who.edits(Entity::Customer, field) {
        true => Ok(()),
        false => Err(Error::forbidden().field(field, "not_allowed")),
    }
}

/// What a change of fields would mean.
fn patched(who: &Principal, customer: &Customer, held: &Values, patch: &CustomerPatch) -> Result<Verdict> {
    let (mut after, mut changes, mut faults) = (customer.clone(), Changes::new(), Faults::default());
    draft::apply(who, &mut after, patch, &mut changes, &mut faults)?;
    let place = (Entity::Customer, customer.id.uuid());
    let (taken, wrong) = values::take(who, place, held, patch.custom.as_ref(), &mut changes)?;
    faults.extend(wrong);
    if let Some(fault) = faults.into_fields().into_iter().next() {
        return Ok(Verdict::Refused(fault.code));
    }
    if changes.is_empty() {
        return Ok(Verdict::Already);
    }
    let (mut before, mut written) = (Map::new(), Map::new());
    let (mut added_before, mut added_written) = (Map::new(), Map::new());
    let noted: Vec<String> = changes.fields().map(str::to_owned).collect();
    let changes = Json::from(changes);
    for name in noted {
        match who.custom_field(Entity::Customer, &name) {
            Some(field) => {
                added_before.insert(name.clone(), values::as_sent(field, held));
                added_written.insert(name, values::as_sent(field, &taken));
            }
            None => {
                before.insert(name.clone(), changes[&name]["from"].clone());
                written.insert(name.clone(), changes[&name]["to"].clone());
            }
        }
    }
    if !added_before.is_empty() {
        before.insert("custom".to_owned(), Json::Object(added_before));
        written.insert("custom".to_owned(), Json::Object(added_written));
    }
    Ok(Verdict::Change { before: Json::Object(before), after: Json::Object(written) })
}
