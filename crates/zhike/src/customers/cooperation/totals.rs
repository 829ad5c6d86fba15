//! Running totals: written in the transaction of every change, by what it adds and takes away ([`follow`]), or from the
//! rows that they add up ([`recount`]).

use jiff::civil::Date;
use serde::Serialize;
use store::{Entity as _, Ids, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{CooperationKind, CooperationTotal};
use super::rules::{Change, Deal, Sum, Year, add_up};
use crate::customers::model::Customer;
use crate::customers::service::load;
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity;
use crate::kernel::{Entity, Id, Result};
use crate::platform::grant::{Grant, Principal};

store::statements! {
    DEALS = "select kind, number, happened_on, amount_fen, contract_number, state from cooperation
        where customer_id = $1";
    ENDS = "select min(happened_on), max(happened_on) from cooperation where customer_id = $1 and state <> 'cancelled'";
    PRICED = "select id from cooperation where customer_id = $1 and number = $2 and kind <> 'order'
        and amount_fen is not null and state <> 'cancelled' limit 1";
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
    write(tx, customer, sum.as_ref())?;
    Ok(sum)
}

/// Brings the totals of a held customer up to date with these changes, which are written already. A distributor with
/// fifty thousand orders is not read for each; only a contract, whose orders become or cease to be part of its amount,
/// is reason to add up anew.
pub fn follow(tx: &mut Tx<'_>, customer: Id<Customer>, changes: &[Change]) -> Result<Option<Sum>> {
    let deals = || changes.iter().flat_map(|change| [&change.before, &change.after]).flatten();
    let Some(mut sum) = known(tx, customer)?.filter(|_| !deals().any(Deal::prices)) else {
        return recount(tx, customer);
    };
    let ends = (sum.first_on, sum.last_on);
    let mut lost_an_end = false;
    for change in changes {
        if let Some(after) = change.after.as_ref().filter(|deal| deal.counts()) {
            let fen = adds(tx, customer, after)?;
            sum.shift(after, fen, 1);
        }
        if let Some(before) = change.before.as_ref().filter(|deal| deal.counts()) {
            let fen = adds(tx, customer, before)?;
            sum.shift(before, fen, -1);
            lost_an_end |= before.on == ends.0 || before.on == ends.1;
        }
    }
    if lost_an_end {
        let row = tx.query_one(&ENDS, &[&customer])?;
        if let (Some(first), Some(last)) = (row.get(0)?, row.get(1)?) {
            (sum.first_on, sum.last_on) = (first, last);
        }
    }
    let sum = Some(sum).filter(|sum| sum.orders + sum.contracts + sum.renewals > 0);
    write(tx, customer, sum.as_ref())?;
    Ok(sum)
}

/// What an order adds that may be part of a contract's amount.
fn adds(tx: &mut Tx<'_>, customer: Id<Customer>, deal: &Deal) -> Result<i64> {
    let is_part = match &deal.contract_number {
        Some(contract) if deal.kind == CooperationKind::Order => {
            tx.query_opt(&PRICED, &[&customer, contract])?.is_some()
        }
        _ => false,
    };
    Ok(if is_part { 0 } else { deal.amount_fen.unwrap_or(0) })
}

/// What is written of a customer.
pub fn known(tx: &mut Tx<'_>, customer: Id<Customer>) -> Result<Option<Sum>> {
    let Some(total) = CooperationTotal::find(tx, customer)? else { return Ok(None) };
    Ok(Some(Sum {
        first_on: total.first_on,
        last_on: total.last_on,
        orders: total.orders,
        contracts: total.contracts,
        renewals: total.renewals,
        amount_fen: total.amount_fen,
        years: serde_json::from_value(total.years)?,
    }))
}

fn write(tx: &mut Tx<'_>, customer: Id<Customer>, sum: Option<&Sum>) -> Result<()> {
    tx.execute(&FORGET, &[&customer])?;
    if let Some(sum) = sum {
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
    let listed = (sum.map(|sum| sum.last_on), sum.map(|sum| sum.amount_fen));
    tx.execute(&LISTED, &[&customer, &listed.0, &listed.1])?;
    Ok(())
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
    let Some(total) = known(tx, customer.id)? else { return Ok(CooperationTotals::default()) };
    let mut years = total.years;
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
    who.permissions.sees_along(Entity::Cooperation, Entity::Customer)
        && (column != "cooperation_fen" || who.reads(Entity::Cooperation, "amount_fen"))
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
