//! What the customers of the sample company ordered and signed: counted from their places in the list, so that a second
//! run makes the same.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use store::Tx;

use crate::customers::cooperation::{CooperationKind, CooperationState, NewCooperation, service};
use crate::customers::input::NewCustomer;
use crate::customers::model::{Customer, Grade};
use crate::kernel::permission::action::Create;
use crate::kernel::permission::entity;
use crate::kernel::{Error, Id, Result};
use crate::platform::grant::Principal;

const GOODS: [&[&str]; 6] = [
    &["数控机床 X200", "安装调试"],
    &["年度保养服务"],
    &["备件包 A"],
    &["检测设备 T5", "操作培训"],
    &["控制系统升级"],
    &["润滑油品（季度）"],
];
const PROBLEMS: [&str; 3] =
    ["交货晚了三天，已致歉并补偿运费", "首批有两件划伤，已换货", "安装时缺一份说明书，次日补寄"];

/// Writes down what a customer ordered and signed until today.
pub fn signs(
    tx: &mut Tx<'_>,
    who: &Arc<Principal>,
    id: Id<Customer>,
    (place, archive, today): (usize, &NewCustomer, Date),
) -> Result<()> {
    let Some(Some(since)) = archive.cooperation_since else { return Ok(()) };
    let grant = who.grant::<Create, entity::Cooperation>()?;
    for new in deals(place, archive.grade.unwrap_or(Grade::Ordinary), since, today)? {
        service::record(tx, &grant, id, &new)?;
    }
    Ok(())
}

/// Every fifth customer has ordered in the last two months.
pub fn orders_lately(
    tx: &mut Tx<'_>,
    who: &Arc<Principal>,
    id: Id<Customer>,
    (place, today): (usize, Date),
) -> Result<()> {
    if place % 5 != 0 {
        return Ok(());
    }
    let day = today.checked_sub(((place % 60) as i64).days()).map_err(Error::internal)?;
    let new = order(place, place, day, today);
    service::record(tx, &who.grant::<Create, entity::Cooperation>()?, id, &new).map(drop)
}

fn order(place: usize, number: usize, day: Date, today: Date) -> NewCooperation {
    let goods = GOODS[(place + number) % GOODS.len()];
    NewCooperation {
        kind: Some(CooperationKind::Order),
        number: Some(Some(format!("DD-{}{:02}{:02}-{:03}", day.year(), day.month(), day.day(), place % 1_000))),
        happened_on: Some(day),
        items: Some(goods.iter().map(|item| (*item).to_owned()).collect()),
        amount_fen: Some(Some(((place * 37 + number * 113) % 480 + 20) as i64 * 100_000)),
        state: Some(state(place + number, day, today)),
        problems: Some((place % 7 == number).then(|| PROBLEMS[place % PROBLEMS.len()].to_owned())),
        ..NewCooperation::default()
    }
}

fn deals(place: usize, grade: Grade, since: Date, today: Date) -> Result<Vec<NewCooperation>> {
    let mut deals = Vec::new();
    let orders = match grade {
        Grade::Vip => 5,
        Grade::Key => 3,
        Grade::Ordinary => place % 3,
    };
    let contract = format!("HT-{}-{:03}", since.year(), place % 1_000);
    if grade != Grade::Ordinary && since <= today {
        deals.push(term(CooperationKind::Contract, contract.clone(), since)?);
        for year in 1..5 {
            let day = plus(since, year * 12)?;
            if day <= today {
                deals.push(term(CooperationKind::Renewal, format!("{contract}-{year}"), day)?);
            }
        }
    }
    // Orders come evenly between the beginning and a while ago; the less, the longer ago.
    let days = (today - since).get_days().max(0);
    for n in 0..orders {
        let at = days as usize * (n + 1) / (orders + 1) + (place * 7) % 20;
        let day = since.checked_add((at as i64).days()).map_err(Error::internal)?;
        if day > today {
            continue;
        }
        let contract_number = Some((grade != Grade::Ordinary).then(|| contract.clone()));
        deals.push(NewCooperation { contract_number, ..order(place, n, day, today) });
    }
    Ok(deals)
}

/// A frame contract for a year: what it is worth is told by the orders.
fn term(kind: CooperationKind, number: String, day: Date) -> Result<NewCooperation> {
    let last = plus(day, 12)?.yesterday().map_err(Error::internal)?;
    Ok(NewCooperation {
        kind: Some(kind),
        number: Some(Some(number)),
        happened_on: Some(day),
        items: Some(vec!["年度框架协议".to_owned()]),
        starts_on: Some(Some(day)),
        ends_on: Some(Some(last)),
        ..NewCooperation::default()
    })
}

fn plus(day: Date, months: usize) -> Result<Date> {
    day.checked_add((months as i64).months()).map_err(Error::internal)
}

fn state(number: usize, day: Date, today: Date) -> CooperationState {
    match (number % 17, (today - day).get_days()) {
        (0, _) => CooperationState::Cancelled,
        (_, 0..30) => CooperationState::Signed,
        _ => CooperationState::Delivered,
    }
}
