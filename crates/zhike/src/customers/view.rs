//! A customer as somebody sees it: names beside ids, personal values masked, hidden fields left out.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use store::Tx;
use utoipa::ToSchema;

use super::model::{Customer, CustomerKind, EMAIL, Grade, ID_NUMBER, KeyMark, PHONE, Source, WECHAT};
use crate::kernel::{Entity, Id, Result};
use crate::platform::access::names::{self, Named};
use crate::platform::custom::values::{self, Values};
use crate::platform::grant::Principal;
use crate::platform::vault::Masked;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerView {
    #[schema(value_type = Uuid)]
    pub id: Id<Customer>,
    #[schema(example = "KH-2026-000123")]
    pub number: String,
    pub kind: CustomerKind,
    pub name: String,
    pub short_name: Option<String>,
    pub credit_code: Option<String>,
    /// A section of GB/T 4754-2017, by its letter.
    pub industry: Option<String>,
    /// A code of GB/T 2260.
    pub region: Option<String>,
    pub address: Option<String>,
    pub website: Option<String>,
    pub phone: Option<Masked>,
    pub email: Option<Masked>,
    pub wechat: Option<Masked>,
    pub id_number: Option<Masked>,
    pub staff_count: Option<i64>,
    pub annual_revenue_fen: Option<i64>,
    #[schema(value_type = Option<String>, format = Date)]
    pub founded_on: Option<Date>,
    pub main_business: Option<String>,
    pub organisation: Option<String>,
    pub source: Option<Source>,
    pub tags: Vec<String>,
    pub grade: Grade,
    pub owner: Option<Named>,
    pub department: Option<Named>,
    #[schema(value_type = Option<String>, format = Date)]
    pub cooperation_since: Option<Date>,
    pub preferences: Option<String>,
    pub core_need: Option<String>,
    pub notes: Option<String>,
    /// The fields marked 重点.
    pub key_facts: Vec<String>,
    /// Who marked them, when, and why.
    pub key_marks: Vec<KeyMark>,
    /// Per cent of the facts that a customer of its kind must have.
    pub completeness: i64,
    pub missing: Vec<String>,
    /// What stands in the fields that the company has added, by their keys.
    #[schema(value_type = Object)]
    pub custom: Map<String, Json>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_contact_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_contact_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = Date)]
    pub verified_on: Option<Date>,
    pub version: i64,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// The customer as `who` sees it.
pub fn view(tx: &mut Tx<'_>, who: &Principal, customer: Customer) -> Result<CustomerView> {
    let mut held = values::of_customer(tx, who, customer.id.uuid())?;
    let values = held.remove(&customer.id.uuid()).unwrap_or_default();
    view_with(tx, who, customer, &values)
}

/// The same, where the values of its added fields are at hand.
pub fn view_with(tx: &mut Tx<'_>, who: &Principal, customer: Customer, values: &Values) -> Result<CustomerView> {
    let row = customer.id.uuid();
    let masked = |column, sealed: &Option<Vec<u8>>| who.vault.masked(who, column, row, sealed.as_deref());
    let (tags, marks) = (customer.tags(), customer.marks());
    let mut view = CustomerView {
        phone: masked(&PHONE, &customer.phone)?,
        email: masked(&EMAIL, &customer.email)?,
        wechat: masked(&WECHAT, &customer.wechat)?,
        id_number: masked(&ID_NUMBER, &customer.id_number)?,
        owner: customer.owner_id.map(|owner| names::user(tx, owner.uuid())).transpose()?,
        department: customer.department_id.map(|department| names::department(tx, department.uuid())).transpose()?,
        custom: values::shown(tx, who, Entity::Customer, values)?,
        tags,
        key_facts: marks.iter().map(|mark| mark.field.clone()).collect(),
        key_marks: marks,
        missing: customer.missing.split_whitespace().map(str::to_owned).collect(),
        id: customer.id,
        number: customer.number,
        kind: customer.kind,
        name: customer.name,
        short_name: customer.short_name,
        credit_code: customer.credit_code,
        industry: customer.industry,
        region: customer.region,
        address: customer.address,
        website: customer.website,
        staff_count: customer.staff_count,
        annual_revenue_fen: customer.annual_revenue_fen,
        founded_on: customer.founded_on,
        main_business: customer.main_business,
        organisation: customer.organisation,
        source: customer.source,
        grade: customer.grade,
        cooperation_since: customer.cooperation_since,
        preferences: customer.preferences,
        core_need: customer.core_need,
        notes: customer.notes,
        completeness: customer.completeness,
        last_contact_at: customer.last_contact_at,
        next_contact_at: customer.next_contact_at,
        verified_on: customer.verified_on,
        version: customer.version,
        created_at: customer.created_at,
        updated_at: customer.updated_at,
    };
    hide(who, &mut view);
    Ok(view)
}

/// Empties the ordinary fields that a role hides. Most roles hide none, so this is usually one look at a short map.
fn hide(who: &Principal, view: &mut CustomerView) {
    for field in who.hidden(Entity::Customer) {
        view.key_marks.retain(|mark| mark.field != field);
        view.key_facts.retain(|marked| marked != field);
        match field {
            "credit_code" => view.credit_code = None,
            "industry" => view.industry = None,
            "region" => view.region = None,
            "address" => view.address = None,
            "website" => view.website = None,
            "staff_count" => view.staff_count = None,
            "annual_revenue_fen" => view.annual_revenue_fen = None,
            "founded_on" => view.founded_on = None,
            "main_business" => view.main_business = None,
            "organisation" => view.organisation = None,
            "source" => view.source = None,
            "tags" => view.tags.clear(),
            "cooperation_since" => view.cooperation_since = None,
            "preferences" => view.preferences = None,
            "core_need" => view.core_need = None,
            "notes" => view.notes = None,
            _ => {}
        }
    }
}
