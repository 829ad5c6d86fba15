//! A customer in a list: what its columns show, and no more. A page of fifty whole archives would cost three times as
//! much to read, open and send.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use store::Tx;
use utoipa::ToSchema;

use super::cooperation::totals;
use super::model::{Customer, CustomerKind, Grade, PHONE, Source, lines};
use crate::kernel::{Entity, Id, Result};
use crate::platform::access::model::{Department, User};
use crate::platform::access::names::{self, Named};
use crate::platform::custom::values::{Values, shown};
use crate::platform::grant::Principal;
use crate::platform::vault::Masked;

store::columns! {
    /// What a list reads of a customer.
    pub struct Line {
        pub id: Id<Customer>,
        pub number: String,
        pub kind: CustomerKind,
        pub name: String,
        pub short_name: Option<String>,
        pub industry: Option<String>,
        pub region: Option<String>,
        pub phone: Option<Vec<u8>>,
        pub staff_count: Option<i64>,
        pub annual_revenue_fen: Option<i64>,
        pub source: Option<Source>,
        pub tags: String,
        pub grade: Grade,
        pub owner_id: Option<Id<User>>,
        pub department_id: Option<Id<Department>>,
        pub cooperation_since: Option<Date>,
        pub last_deal_on: Option<Date>,
        pub cooperation_fen: Option<i64>,
        pub completeness: i64,
        pub last_contact_at: Option<Timestamp>,
        pub next_contact_at: Option<Timestamp>,
        pub verified_on: Option<Date>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

/// A customer in a list, as somebody sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerLine {
    #[schema(value_type = Uuid)]
    pub id: Id<Customer>,
    #[schema(example = "KH-2026-000123")]
    pub number: String,
    pub kind: CustomerKind,
    pub name: String,
    pub short_name: Option<String>,
    /// A section of GB/T 4754-2017, by its letter.
    pub industry: Option<String>,
    /// A code of GB/T 2260.
    pub region: Option<String>,
    pub phone: Option<Masked>,
    pub staff_count: Option<i64>,
    pub annual_revenue_fen: Option<i64>,
    pub source: Option<Source>,
    pub tags: Vec<String>,
    pub grade: Grade,
    pub owner: Option<Named>,
    pub department: Option<Named>,
    #[schema(value_type = Option<String>, format = Date)]
    pub cooperation_since: Option<Date>,
    /// The last order, contract or renewal; absent for who may not see the deals of all customers that they see.
    #[schema(value_type = Option<String>, format = Date)]
    pub last_deal_on: Option<Date>,
    /// What orders, contracts and renewals add up to, for who may see amounts.
    pub cooperation_fen: Option<i64>,
    /// Per cent of the facts that a customer of its kind must have.
    pub completeness: i64,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_contact_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_contact_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = Date)]
    pub verified_on: Option<Date>,
    /// What stands in the added fields that were asked for.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Option<Object>)]
    pub custom: Map<String, Json>,
    pub version: i64,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// The line as `who` sees it.
pub fn seen(tx: &mut Tx<'_>, who: &Principal, line: Line, values: Option<&Values>) -> Result<CustomerLine> {
    let mut seen = CustomerLine {
        phone: who.vault.masked(who, &PHONE, line.id.uuid(), line.phone.as_deref())?,
        owner: line.owner_id.map(|owner| names::user(tx, owner.uuid())).transpose()?,
        department: line.department_id.map(|department| names::department(tx, department.uuid())).transpose()?,
        custom: values.map(|values| shown(tx, who, Entity::Customer, values)).transpose()?.unwrap_or_default(),
        id: line.id,
        number: line.number,
        kind: line.kind,
        name: line.name,
        short_name: line.short_name,
        industry: line.industry,
        region: line.region,
        staff_count: line.staff_count,
        annual_revenue_fen: line.annual_revenue_fen,
        source: line.source,
        tags: lines(&line.tags),
        grade: line.grade,
        cooperation_since: line.cooperation_since,
        last_deal_on: line.last_deal_on.filter(|_| totals::listed(who, "last_deal_on")),
        cooperation_fen: line.cooperation_fen.filter(|_| totals::listed(who, "cooperation_fen")),
        completeness: line.completeness,
        last_contact_at: line.last_contact_at,
        next_contact_at: line.next_contact_at,
        verified_on: line.verified_on,
        version: line.version,
        created_at: line.created_at,
        updated_at: line.updated_at,
    };
    hide(who, &mut seen);
    Ok(seen)
}

/// Empties the ordinary fields that a role hides.
fn hide(who: &Principal, line: &mut CustomerLine) {
    for field in who.hidden(Entity::Customer) {
        match field {
            "short_name" => line.short_name = None,
            "industry" => line.industry = None,
            "region" => line.region = None,
            "staff_count" => line.staff_count = None,
            "annual_revenue_fen" => line.annual_revenue_fen = None,
            "source" => line.source = None,
            "tags" => line.tags.clear(),
            "cooperation_since" => line.cooperation_since = None,
            _ => {}
        }
    }
}
