//! From a row to an order or a contract: each cell by the field that its column goes to. Pure.

use documents::clean;
use jiff::tz::TimeZone;

use crate::customers::cooperation::find::Named;
use crate::customers::cooperation::{CooperationKind, CooperationState, NewCooperation};
use crate::customers::import::headings;
use crate::customers::import::model::{Column, Problem};
use crate::customers::import::raw::RawRow;
use crate::customers::import::values::{self, Fault, Level};

/// How rows are to be read.
#[derive(Clone, Debug)]
pub struct Reading {
    columns: Vec<Placed>,
    pub zone: TimeZone,
}

#[derive(Clone, Debug)]
struct Placed {
    index: usize,
    field: &'static str,
    unit: i64,
}

/// What a row says.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub row: u64,
    pub customer: Named,
    pub new: NewCooperation,
    pub problems: Vec<Problem>,
}

impl Said {
    pub fn is_refused(&self) -> bool {
        self.problems.iter().any(Problem::is_error)
    }
}

impl Reading {
    pub fn new(columns: &[Column], zone: TimeZone) -> Self {
        let placed = columns.iter().filter_map(|column| {
            let field = column.field.filter(|target| target.is_deal())?.field;
            Some(Placed { index: column.index, field, unit: headings::unit(&column.heading) })
        });
        Self { columns: placed.collect(), zone }
    }

    /// Reads a row. An empty cell says nothing.
    pub fn read(&self, raw: &RawRow) -> Said {
        let mut said = Said { row: raw.number, ..Said::default() };
        for column in &self.columns {
            let text = raw.cell(column.index);
            let about = |code: &str, level| Problem {
                level,
                column: Some(column.index),
                ..Problem::error(&format!("cooperation.{}", column.field), code)
            };
            let told = raw.faults.iter().filter(|(index, code)| *index == column.index && code != "cell.bad_value");
            said.problems.extend(told.map(|(_, code)| about(code, Level::Error)));
            if values::is_blank(text) {
                continue;
            }
            match self.cell(column, text, &mut said.customer, &mut said.new) {
                Ok(None) => {}
                Ok(Some(doubt)) => said.problems.push(about(doubt, Level::Warning)),
                // What cannot be read is asked for again: there are no notes for it to be kept in.
                Err(fault) => said.problems.push(about(fault.code, Level::Error)),
            }
        }
        if said.new.kind.is_none() {
            said.new.kind = Some(CooperationKind::Order);
        }
        said
    }

    /// Takes a cell; answers what is doubtful in it.
    fn cell(
        &self,
        column: &Placed,
        text: &str,
        customer: &mut Named,
        new: &mut NewCooperation,
    ) -> Result<Option<&'static str>, Fault> {
        let line = || Some(clean::line(text));
        match column.field {
            "customer" => customer.name = line(),
            "customer_number" => customer.number = Some(clean::half_width(text)),
            "credit_code" => customer.credit_code = Some(clean::half_width(text)),
            "kind" => new.kind = Some(kind(text)?),
            "state" => new.state = Some(state(text)?),
            "number" => new.number = Some(line()),
            "contract_number" => new.contract_number = Some(line()),
            "external_id" => new.external_id = line(),
            "items" => new.items = Some(items(text)),
            "problems" => new.problems = Some(Some(clean::text(text))),
            "happened_on" => new.happened_on = Some(values::date(text, &self.zone)?),
            "starts_on" => new.starts_on = Some(Some(values::date(text, &self.zone)?)),
            "ends_on" => new.ends_on = Some(Some(values::date(text, &self.zone)?)),
            _ => {
                let amount = values::money(text, column.unit)?;
                new.amount_fen = Some(Some(amount.value));
                return Ok(amount.rough.then_some("money.ambiguous"));
            }
        }
        Ok(None)
    }
}

/// Products and services, one a line or with the usual marks between them.
fn items(text: &str) -> Vec<String> {
    let parts = text.split(['\n', '\r', ';', '；', '、']).map(clean::line);
    parts.filter(|part| !part.is_empty()).collect()
}

fn kind(text: &str) -> Result<CooperationKind, Fault> {
    match clean::half_width(text).to_lowercase().as_str() {
        "订单" | "销售订单" | "采购" | "购买" | "下单" | "销售" | "order" | "sales order" | "purchase" => {
            Ok(CooperationKind::Order)
        }
        "合同" | "协议" | "销售合同" | "框架合同" | "框架协议" | "签约" | "新签" | "contract" | "agreement" => {
            Ok(CooperationKind::Contract)
        }
        "续约" | "续签" | "续费" | "续订" | "续约合同" | "renewal" | "renew" => {
            Ok(CooperationKind::Renewal)
        }
        _ => Err(values::error("cooperation.kind_unknown")),
    }
}

fn state(text: &str) -> Result<CooperationState, Fault> {
    match clean::half_width(text).to_lowercase().as_str() {
        "已签" | "已签订" | "已签约" | "签订" | "已下单" | "已确认" | "待发货" | "待交付" | "进行中" | "执行中"
        | "生效" | "已生效" | "履行中" | "signed" | "confirmed" | "placed" | "open" | "active" | "in progress" => {
            Ok(CooperationState::Signed)
        }
        "已交付" | "已完成" | "完成" | "已发货" | "已收货" | "已履行" | "履行完毕" | "执行完毕" | "已到期" | "到期"
        | "delivered" | "done" | "completed" | "complete" | "closed" | "fulfilled" | "shipped" | "expired" => {
            Ok(CooperationState::Delivered)
        }
        "已取消" | "取消" | "作废" | "已作废" | "终止" | "已终止" | "已解除" | "解除" | "退单" | "cancelled"
        | "canceled" | "terminated" | "void" => Ok(CooperationState::Cancelled),
        _ => Err(values::error("cooperation.state_unknown")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::import::model::Replacements;
    use crate::customers::import::target::Target;

    fn read(cells: &[(&str, &str)]) -> Said {
        let column = |(index, (field, _)): (usize, &(&str, &str))| Column {
            index,
            heading: if *field == "amount_fen" { "金额(万元)".to_owned() } else { String::new() },
            field: Target::deal(field),
            replacements: Replacements::new(),
            samples: Vec::new(),
        };
        let columns: Vec<Column> = cells.iter().enumerate().map(column).collect();
        let raw =
            RawRow { number: 2, cells: cells.iter().map(|(_, cell)| (*cell).to_owned()).collect(), faults: vec![] };
        Reading::new(&columns, TimeZone::get("Asia/Shanghai").unwrap()).read(&raw)
    }

    #[test]
    fn a_row_is_read_as_people_write() {
        let said = read(&[
            ("customer", " 上海华盛机械有限公司 "),
            ("kind", "续签"),
            ("happened_on", "2026年3月5日"),
            ("items", "机床；年度保养、培训"),
            ("amount_fen", "12.5"),
            ("state", "履行完毕"),
            ("number", "HT-7"),
        ]);
        assert!(said.problems.is_empty(), "{:?}", said.problems);
        assert_eq!(said.customer.name.as_deref(), Some("上海华盛机械有限公司"));
        assert_eq!(said.new.kind, Some(CooperationKind::Renewal));
        assert_eq!(said.new.happened_on.unwrap().to_string(), "2026-03-05");
        assert_eq!(said.new.items.unwrap(), ["机床", "年度保养", "培训"]);
        assert_eq!(said.new.amount_fen, Some(Some(12_500_000)));
        assert_eq!(said.new.state, Some(CooperationState::Delivered));
    }

    #[test]
    fn what_cannot_be_read_refuses_the_row() {
        let said = read(&[("happened_on", "开春"), ("kind", "心情"), ("state", "-"), ("items", "")]);
        let codes: Vec<&str> = said.problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(codes, ["cooperation.happened_on", "cooperation.kind"]);
        assert!(said.is_refused() && said.new.items.is_none() && said.new.state.is_none());
    }
}
