//! Which column goes where, by its heading. Pure.

use super::fields::FIELDS;
use crate::customers::import::headings::{Seen, plain};
use crate::customers::import::target::Target;

/// How many of these cells are headings that we know.
pub fn known(cells: &[String]) -> usize {
    cells.iter().filter(|cell| !candidates(cell).is_empty()).count()
}

/// The field of each column, or nothing; no field is given twice. A heading that can mean one thing only is settled
/// first: beside an order's number, a contract's is that of the contract it belongs to.
pub fn recognise(columns: &[Seen]) -> Vec<Option<Target>> {
    let candidates: Vec<Vec<&str>> = columns.iter().map(|column| candidates(&column.heading)).collect();
    let mut settled: Vec<Option<Target>> = vec![None; columns.len()];
    for meanings in 1..=2 {
        for (at, fields) in candidates.iter().enumerate().filter(|(_, fields)| fields.len() == meanings) {
            let free = fields.iter().filter_map(|field| Target::deal(field)).find(|one| !settled.contains(&Some(*one)));
            settled[at] = free;
        }
    }
    settled
}

fn candidates(heading: &str) -> Vec<&'static str> {
    let word = plain(heading);
    let knows = |(field, label, words): &(&'static str, &str, &[&str])| {
        (words.contains(&word.as_str()) || plain(label) == word).then_some(*field)
    };
    if word.is_empty() { Vec::new() } else { FIELDS.iter().filter_map(knows).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headings: &[&str]) -> Vec<String> {
        let seen = |heading: &&str| Seen { heading: (*heading).to_owned(), samples: Vec::new() };
        let fields = recognise(&headings.iter().map(seen).collect::<Vec<_>>());
        fields.into_iter().map(|field| field.map_or("-".to_owned(), Target::text)).collect()
    }

    #[test]
    fn usual_sheets() {
        let expected =
            ["customer", "number", "contract_number", "happened_on", "items", "amount_fen", "state", "problems"];
        let expected = expected.map(|field| format!("cooperation.{field}"));
        assert_eq!(
            of(&["客户名称", "订单号", "合同号", "下单日期", "产品", "金额（元）", "订单状态", "备注"]),
            expected
        );
        assert_eq!(
            of(&["Customer", "Order No.", "Contract No.", "Order date", "Products", "Amount", "Status", "Remarks"]),
            expected
        );
        assert_eq!(of(&["合同编号", "签订日期", "心情"]), ["cooperation.number", "cooperation.happened_on", "-"]);
    }

    #[test]
    fn every_label_is_recognised() {
        for (field, label, _) in FIELDS {
            assert_eq!(of(&[label]), [format!("cooperation.{field}")], "{label}");
        }
    }
}
