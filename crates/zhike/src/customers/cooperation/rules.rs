//! What the deals with a customer add up to (R3-1.3). Pure.
//!
//! * What was called off counts nowhere.
//! * Orders, contracts and renewals are counted each; the last of any of them is the last deal.
//! * The amount of an order is not counted beside that of the contract that it names: it is part of it. A frame contract
//!   without an amount adds nothing, so there the orders do.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{CooperationKind, CooperationState};

/// What counts of an order or a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deal {
    pub kind: CooperationKind,
    pub number: Option<String>,
    pub on: Date,
    pub amount_fen: Option<i64>,
    pub contract_number: Option<String>,
    pub state: CooperationState,
}

impl Deal {
    pub fn counts(&self) -> bool {
        self.state != CooperationState::Cancelled
    }

    /// Whether orders that name it are part of its amount.
    pub fn prices(&self) -> bool {
        self.counts() && self.kind != CooperationKind::Order && self.amount_fen.is_some() && self.number.is_some()
    }
}

/// What a deal was and is: nothing before it was written down, nothing once it is removed.
#[derive(Clone, Debug)]
pub struct Change {
    pub before: Option<Deal>,
    pub after: Option<Deal>,
}

/// How much of it was in one year.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CooperationYear)]
pub struct Year {
    pub year: i16,
    /// Orders, contracts and renewals.
    pub count: i64,
    /// Absent for who may not see amounts.
    pub amount_fen: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    pub first_on: Date,
    pub last_on: Date,
    pub orders: i64,
    pub contracts: i64,
    pub renewals: i64,
    pub amount_fen: i64,
    /// The latest first.
    pub years: Vec<Year>,
}

impl Sum {
    /// Adds a deal that counts, or with `sign` -1 takes one away; `fen` is what it adds to the amount. The first and the
    /// last day are only ever widened.
    pub fn shift(&mut self, deal: &Deal, fen: i64, sign: i64) {
        let count = match deal.kind {
            CooperationKind::Order => &mut self.orders,
            CooperationKind::Contract => &mut self.contracts,
            CooperationKind::Renewal => &mut self.renewals,
        };
        *count += sign;
        self.amount_fen += sign * fen;
        let at = self.years.partition_point(|year| year.year > deal.on.year());
        if self.years.get(at).is_none_or(|year| year.year != deal.on.year()) {
            self.years.insert(at, Year { year: deal.on.year(), count: 0, amount_fen: Some(0) });
        }
        let year = &mut self.years[at];
        year.count += sign;
        year.amount_fen = Some(year.amount_fen.unwrap_or(0) + sign * fen);
        if year.count == 0 {
            self.years.remove(at);
        }
        if sign > 0 {
            (self.first_on, self.last_on) = (self.first_on.min(deal.on), self.last_on.max(deal.on));
        }
    }
}

/// Nothing, where nothing counts.
pub fn add_up(deals: &[Deal]) -> Option<Sum> {
    let counted: Vec<&Deal> = deals.iter().filter(|deal| deal.counts()).collect();
    let first_on = counted.iter().map(|deal| deal.on).min()?;
    let last_on = counted.iter().map(|deal| deal.on).max()?;
    let priced: HashSet<&str> = counted
        .iter()
        .filter(|deal| deal.kind != CooperationKind::Order && deal.amount_fen.is_some())
        .filter_map(|deal| deal.number.as_deref())
        .collect();
    let of_kind = |kind| counted.iter().filter(|deal| deal.kind == kind).count() as i64;
    let mut years: BTreeMap<i16, (i64, i64)> = BTreeMap::new();
    for deal in &counted {
        let (count, sum) = years.entry(deal.on.year()).or_default();
        *count += 1;
        *sum = sum.saturating_add(amount(deal, &priced));
    }
    let year = |(year, (count, fen)): (i16, (i64, i64))| Year { year, count, amount_fen: Some(fen) };
    Some(Sum {
        first_on,
        last_on,
        orders: of_kind(CooperationKind::Order),
        contracts: of_kind(CooperationKind::Contract),
        renewals: of_kind(CooperationKind::Renewal),
        amount_fen: years.values().fold(0, |sum, (_, fen)| sum.saturating_add(*fen)),
        years: years.into_iter().rev().map(year).collect(),
    })
}

fn amount(deal: &Deal, priced: &HashSet<&str>) -> i64 {
    let is_part = deal.kind == CooperationKind::Order
        && deal.contract_number.as_deref().is_some_and(|contract| priced.contains(contract));
    if is_part { 0 } else { deal.amount_fen.unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::CooperationKind::{Contract, Order, Renewal};
    use super::CooperationState::{Cancelled, Delivered, Signed};
    use super::*;

    fn deal(kind: CooperationKind, on: Date, amount_fen: Option<i64>) -> Deal {
        Deal { kind, number: None, on, amount_fen, contract_number: None, state: Signed }
    }

    #[test]
    fn an_order_under_a_contract_is_part_of_its_amount() {
        let contract = Deal { number: Some("HT-1".into()), ..deal(Contract, date(2025, 3, 1), Some(10_000)) };
        let within = Deal { contract_number: Some("HT-1".into()), ..deal(Order, date(2026, 4, 1), Some(4_000)) };
        let beside = Deal { contract_number: Some("HT-2".into()), ..deal(Order, date(2026, 5, 1), Some(700)) };
        let sum = add_up(&[contract.clone(), within.clone(), beside.clone()]).unwrap();
        assert_eq!((sum.amount_fen, sum.orders, sum.contracts), (10_700, 2, 1));
        assert_eq!(
            sum.years.iter().map(|y| (y.year, y.count, y.amount_fen)).collect::<Vec<_>>(),
            [(2026, 2, Some(700)), (2025, 1, Some(10_000))]
        );
        let frame = Deal { amount_fen: None, ..contract.clone() };
        assert_eq!(add_up(&[frame, within.clone()]).unwrap().amount_fen, 4_000);
        let called_off = Deal { state: Cancelled, ..contract };
        assert_eq!(add_up(&[called_off, within]).unwrap().amount_fen, 4_000);
    }

    #[test]
    fn what_was_called_off_counts_nowhere() {
        let off = Deal { state: Cancelled, ..deal(Order, date(2020, 1, 1), Some(5)) };
        assert_eq!(add_up(std::slice::from_ref(&off)), None);
        let sum = add_up(&[off, deal(Renewal, date(2026, 1, 2), None)]).unwrap();
        assert_eq!(
            (sum.first_on, sum.last_on, sum.renewals, sum.amount_fen),
            (date(2026, 1, 2), date(2026, 1, 2), 1, 0)
        );
    }

    fn deals() -> impl Strategy<Value = Vec<Deal>> {
        let number = proptest::option::of(proptest::sample::select(vec!["A".to_owned(), "B".to_owned()]));
        let one = (
            proptest::sample::select(vec![Order, Contract, Renewal]),
            number.clone(),
            (2019..2027_i16, 1..13_i8),
            proptest::option::of(0..1_000_000_i64),
            number,
            proptest::sample::select(vec![Signed, Delivered, Cancelled]),
        );
        let one = one.prop_map(|(kind, number, (year, month), amount_fen, contract_number, state)| Deal {
            kind,
            number,
            on: date(year, month, 1),
            amount_fen,
            contract_number,
            state,
        });
        proptest::collection::vec(one, 0..20)
    }

    proptest! {
        #[test]
        fn years_add_up_to_the_whole_and_order_does_not_matter(mut deals in deals()) {
            let sum = add_up(&deals);
            deals.reverse();
            prop_assert_eq!(&sum, &add_up(&deals));
            if let Some(sum) = sum {
                let fen: i64 = sum.years.iter().filter_map(|year| year.amount_fen).sum();
                let count: i64 = sum.years.iter().map(|year| year.count).sum();
                prop_assert_eq!(fen, sum.amount_fen);
                prop_assert_eq!(count, sum.orders + sum.contracts + sum.renewals);
                prop_assert!(sum.first_on <= sum.last_on);
            }
        }
    }
}
