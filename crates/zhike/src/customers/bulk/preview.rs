//! What a change would mean, before it is made: counted customer by customer, with some of them to look at.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value as Json, json};
use store::Tx;
use store::list::List;
use utoipa::ToSchema;
use uuid::Uuid;

use super::act::{Act, Verdict};
use super::service::NewBulk;
use crate::customers::model::Customer;
use crate::customers::service;
use crate::kernel::Result;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::platform::access::names::{self, Named};
use crate::platform::custom::values::{self, Values};
use crate::platform::grant::Grant;

/// Customers shown of each outcome.
const SHOWN_MOST: usize = 5;

/// What would become of the customers that are meant.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = BulkPreview)]
pub struct Preview {
    /// How many were looked at.
    pub found: i64,
    /// Whether there are more than were looked at.
    pub more: bool,
    pub change: i64,
    pub already: i64,
    pub refused: i64,
    /// Why, and how many.
    pub reasons: BTreeMap<String, i64>,
    /// Some of those that change.
    pub changing: Vec<Sample>,
    /// Some of those that cannot.
    pub refusing: Vec<Sample>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BulkSample)]
pub struct Sample {
    pub customer: Named,
    /// What stands there now: `{field: value}`, people and departments by name.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Json>,
    pub code: Option<String>,
}

impl Preview {
    /// Adds what was found of further customers.
    pub fn add(&mut self, more: Self) {
        self.found += more.found;
        self.change += more.change;
        self.already += more.already;
        self.refused += more.refused;
        for (code, count) in more.reasons {
            *self.reasons.entry(code).or_default() += count;
        }
        self.changing.extend(more.changing);
        self.refusing.extend(more.refusing);
        self.changing.truncate(SHOWN_MOST);
        self.refusing.truncate(SHOWN_MOST);
    }

    fn refuse(&mut self, customer: Named, code: String) {
        self.refused += 1;
        *self.reasons.entry(code.clone()).or_default() += 1;
        if self.refusing.len() < SHOWN_MOST {
            self.refusing.push(Sample { customer, before: None, code: Some(code) });
        }
    }
}

/// A page of what would become of the customers that are meant, and where the next one begins.
pub fn page(
    tx: &mut Tx<'_>,
    grant: &Grant<Read, entity::Customer>,
    asked: &NewBulk,
    cursor: Option<&str>,
) -> Result<(Preview, Option<String>)> {
    let who = grant.principal();
    let act = &asked.act;
    let home = act.check(tx, who)?;
    let question = asked.selection.question(cursor, grant.now())?;
    let List { items, next } = service::rows::<Customer>(tx, grant, &question)?;
    let ids: Vec<Uuid> = items.iter().map(|customer| customer.id.uuid()).collect();
    let reached = service::among(tx, &act.scope(who), ids.clone())?;
    let held = values::of_page(tx, who, &ids, &act.custom_numbers(who))?;
    let (mut preview, none) = (Preview { found: items.len() as i64, ..Preview::default() }, Values::new());
    for customer in items {
        let named = Named { id: customer.id.uuid(), name: customer.name.clone() };
        if !reached.contains(&named.id) {
            preview.refuse(named, "forbidden".to_owned());
            continue;
        }
        match act.judge(who, home, &customer, held.get(&named.id).unwrap_or(&none))? {
            Verdict::Already => preview.already += 1,
            Verdict::Refused(code) => preview.refuse(named, code),
            Verdict::Change { before, .. } => {
                preview.change += 1;
                if preview.changing.len() < SHOWN_MOST {
                    let before = in_names(tx, act, &customer, before)?;
                    preview.changing.push(Sample { customer: named, before: Some(before), code: None });
                }
            }
        }
    }
    Ok((preview, next))
}

/// People and departments are told by name.
fn in_names(tx: &mut Tx<'_>, act: &Act, customer: &Customer, before: Json) -> Result<Json> {
    if !matches!(act, Act::Owner { .. } | Act::Department { .. }) {
        return Ok(before);
    }
    let owner = customer.owner_id.map(|id| names::user(tx, id.uuid())).transpose()?;
    let department = customer.department_id.map(|id| names::department(tx, id.uuid())).transpose()?;
    Ok(json!({ "owner": owner.map(|it| it.name), "department": department.map(|it| it.name) }))
}
