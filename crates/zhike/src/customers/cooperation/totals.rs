//! Running totals: written in the transaction of every change, from the rows that they add up.

use jiff::civil::Date;
use serde::Serialize;
use store::{Entity as _, Ids, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::CooperationTotal;
use super::rules::{Deal, Sum, Year, add_up};
use crate::customers::model::Customer;
use crate::customers::service::load;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Action, Entity, Grant, Id, Principal, Result};

store::statements! {
    DEALS = "select kind, number, happened_on, amount_fen, contract_number, state from cooperation
        where customer_id = $1";
    FORGET = "delete from cooperation_total where customer_id = $1";
    LISTED = "update customer set last_deal_on = $2, cooperation_fen = $3 where id = $1";
    OF_PAGE = "select id, last_deal_on, cooperation_fen from customer where id in among($1)";
}

/// Adds up a customer's deals anew; the customer is held.
pub fn recount(tx: &mut Tx<'_>, customer: Id<Customer>) -> Result<Option<Sum>> {
    let rows = tx.query(&DEALS, &[&customer])?;
    let deals = rows.iter().map(|row| {
        Ok(Deal {
            kind: row.get(0)?,
            number: row.get(1)?,
            on: row.get(2)?,
            amount_fen: row.get(3)?,
            contract_number: row.get(4)?,
            state: row.get(5)?,
        })
    });
    let sum = add_up(&deals.collect::<Result<Vec<_>>>()?);
    tx.execute(&FORGET, &[&customer])?;
    if let Some(sum) = &sum {
        let total = CooperationTotal {
            customer_id: customer,
            first_on: sum.first_on,
            last_on: sum.last_on,
            orders: sum.orders,
            contracts: sum.contracts,
            renewals: sum.renewals,
            amount_fen: sum.amount_fen,
            years: serde_json::to_value(&sum.years)?,
        };
        total.insert(tx)?;
    }
    let listed = (sum.as_ref().map(|sum| sum.last_on), sum.as_ref().map(|sum| sum.amount_fen));
    tx.execute(&LISTED, &[&customer, &listed.0, &listed.1])?;
    Ok(sum)
}

/// What a customer's deals add up to, as somebody sees it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct CooperationTotals {
    #[schema(value_type = Option<String>, format = Date)]
    pub first_on: Option<Date>,
    #[schema(value_type = Option<String>, format = Date)]
    pub last_on: Option<Date>,
    pub orders: i64,
    pub contracts: i64,
    pub renewals: i64,
    /// Absent for who may not see amounts.
    pub amount_fen: Option<i64>,
    /// The latest first.
    pub years: Vec<Year>,
}

pub fn get(tx: &mut Tx<'_>, grant: &Grant<Read, entity::Cooperation>, id: Id<Customer>) -> Result<CooperationTotals> {
    let customer = load(tx, grant, id)?;
    let Some(total) = CooperationTotal::find(tx, customer.id)? else { return Ok(CooperationTotals::default()) };
    let mut years: Vec<Year> = serde_json::from_value(total.years)?;
    let shown = grant.principal().reads(Entity::Cooperation, "amount_fen");
    if !shown {
        years.iter_mut().for_each(|year| year.amount_fen = None);
    }
    Ok(CooperationTotals {
        first_on: Some(total.first_on),
        last_on: Some(total.last_on),
        orders: total.orders,
        contracts: total.contracts,
        renewals: total.renewals,
        amount_fen: Some(total.amount_fen).filter(|_| shown),
        years,
    })
}

/// What lists tell of deals: for whoever sees the deals of every customer that they see. Of anybody else's list it could
/// be told by order and filters what the deals are that they may not see.
pub fn listed(who: &Principal, column: &str) -> bool {
    let reach = |entity| who.permissions.reach(Action::Read, entity);
    let same = reach(Entity::Cooperation).is_some_and(|deals| deals.all || reach(Entity::Customer) == Some(deals));
    same && (column != "cooperation_fen" || who.reads(Entity::Cooperation, "amount_fen"))
}

/// A customer, its last deal, and what all of them add up to.
pub type Listed = (Uuid, Option<Date>, Option<i64>);

/// The same of each of these customers, as far as lists tell `who`.
pub fn of_page(tx: &mut Tx<'_>, who: &Principal, ids: &[Uuid]) -> Result<Vec<Listed>> {
    let (day, fen) = (listed(who, "last_deal_on"), listed(who, "cooperation_fen"));
    if ids.is_empty() || !(day || fen) {
        return Ok(Vec::new());
    }
    let told = |row: &store::Row| {
        Ok((row.get(0)?, row.get::<Option<Date>>(1)?.filter(|_| day), row.get::<Option<i64>>(2)?.filter(|_| fen)))
    };
    tx.query(&OF_PAGE, &[&Ids(ids)])?.iter().map(told).collect()
}
