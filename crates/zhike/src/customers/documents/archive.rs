//! 《客户信息基础表》 (R3-T1): the company, its contacts, the cooperation, and what is to be kept in mind.

use std::sync::Arc;

use documents::form::{Cell as Place, GRID, Row};
use store::Tx;
use store::list::Asked;

use super::service::{Counted, Sheet, Wanted};
use crate::customers::contacts::{self, Authority, ContactView, Salutation};
use crate::customers::cooperation::service::CooperationView;
use crate::customers::cooperation::totals::{self, CooperationTotals};
use crate::customers::cooperation::{self, CooperationKind, CooperationState};
use crate::customers::events::{self, EventKind, EventView};
use crate::customers::export::columns::{self, Chosen};
use crate::customers::model::Customer as Archive;
use crate::customers::reach;
use crate::customers::view::{CustomerView, view};
use crate::kernel::permission::action::Read;
use crate::kernel::permission::entity::{Contact, Cooperation, Customer};
use crate::kernel::{Action, Entity, FieldAccess, Result, fields};
use crate::platform::exports::{Cell, Language, Style};
use crate::platform::grant::{Grant, Principal};

pub const SHEET: Sheet = Sheet {
    word: "archive",
    zh: "客户信息基础表",
    en: "Customer basic information table",
    entity: Entity::Customer,
    make,
};

/// The latest major events that the form has room for.
const EVENTS_SHOWN: usize = 10;
/// Likewise renewals, and problems.
const DEALS_SHOWN: usize = 8;
const ITEMS_SHOWN: usize = 30;

fn make(tx: &mut Tx<'_>, who: &Arc<Principal>, customer: &Archive, wanted: &Wanted) -> Result<Counted> {
    let contacts = match may_take_out(tx, who, Entity::Contact, customer)? {
        true => Some(contacts::service::list(tx, &who.grant::<Read, Contact>()?, customer.id)?),
        false => None,
    };
    let mut events = events::service::list(tx, &who.grant::<Read, Customer>()?, customer.id)?;
    events.truncate(EVENTS_SHOWN);
    let deals = match may_take_out(tx, who, Entity::Cooperation, customer)? {
        true => {
            let grant = who.grant::<Read, Cooperation>()?;
            Some(Deals { totals: totals::get(tx, &grant, customer.id)?, latest: latest(tx, &grant, customer)? })
        }
        false => None,
    };
    let sheet = Filling { who, style: &wanted.style, seen: view(tx, who, customer.clone())? };
    let mut rows = sheet.company();
    rows.extend(sheet.people(contacts.as_deref()));
    rows.extend(sheet.cooperation(deals.as_ref()));
    rows.extend(sheet.to_be_kept_in_mind(&events));
    rows.extend(sheet.care());
    Ok((wanted.form(&SHEET, "R3-T1", &sheet.seen.number, rows), 1))
}

/// What hangs on a customer is on the form of those who may read it there and take it out of the house.
fn may_take_out(tx: &mut Tx<'_>, who: &Principal, entity: Entity, customer: &Archive) -> Result<bool> {
    for action in [Action::Read, Action::Export] {
        if !reach::reaches(tx, &reach::predicate(who, action, entity), customer)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What a customer ordered and signed.
struct Deals {
    totals: CooperationTotals,
    /// The latest first.
    latest: Vec<CooperationView>,
}

/// What was called off counts nowhere.
fn latest(tx: &mut Tx<'_>, grant: &Grant<Read, Cooperation>, customer: &Archive) -> Result<Vec<CooperationView>> {
    let deals = cooperation::service::list(tx, grant, customer.id, &Asked::default())?.items;
    Ok(deals.into_iter().filter(|deal| deal.state != CooperationState::Cancelled).collect())
}

struct Filling<'a> {
    who: &'a Principal,
    style: &'a Style,
    seen: CustomerView,
}

impl Filling<'_> {
    fn word<'b>(&self, zh: &'b str, en: &'b str) -> &'b str {
        self.style.word(zh, en)
    }

    /// The label of a field, with the mark 重点 where it carries one, and what stands in it.
    fn field(&self, key: &str) -> (String, String) {
        let Some(column) = columns::find(key) else { return Default::default() };
        let label = column.heading(self.style.language);
        let marked = self.seen.key_facts.iter().any(|fact| fact == key);
        let mark = if marked { self.word("\n【重点】", "\n[key]") } else { "" };
        let value = match self.is_hidden(key) {
            true => self.word("（无权查看）", "(not shown to you)").to_owned(),
            false => self.shown(&(column.read)(&self.seen, self.style)),
        };
        (format!("{label}{mark}"), value)
    }

    fn is_hidden(&self, key: &str) -> bool {
        let field = fields::find(&format!("customer.{key}"));
        field.is_some_and(|field| self.who.field(&field.full_name(), field.class) == FieldAccess::Hidden)
    }

    fn shown(&self, cell: &Cell) -> String {
        match cell {
            Cell::Fen(fen) => money(*fen, self.word(" 元", " CNY")),
            Cell::DateTime(at) => at.strftime("%Y-%m-%d %H:%M").to_string(),
            Cell::Date(day) => day.to_string(),
            Cell::Integer(number) => number.to_string(),
            Cell::Number(number) => number.to_string(),
            Cell::Text(text) => text.clone(),
            Cell::Empty => String::new(),
        }
    }

    fn pair(&self, left: &str, right: &str) -> Row {
        Row::pair(self.field(left), self.field(right))
    }

    fn wide(&self, key: &str) -> Row {
        let (label, value) = self.field(key);
        Row::wide(label, value)
    }

    fn company(&self) -> Vec<Row> {
        vec![
            Row::part(self.word("一、企业信息", "1. The company")),
            self.wide("name"),
            self.pair("short_name", "number"),
            self.pair("kind", "grade"),
            self.pair("industry", "credit_code"),
            self.pair("staff_count", "annual_revenue_fen"),
            self.pair("founded_on", "source"),
            self.pair("region", "website"),
            self.wide("address"),
            self.pair("phone", "email"),
            self.wide("main_business"),
            self.wide("organisation"),
        ]
    }

    fn people(&self, contacts: Option<&[ContactView]>) -> Vec<Row> {
        let labels = match self.style.language {
            Language::Zh => ["姓名", "部门 / 职位", "电话", "邮箱 / 微信", "最终决策人", "备注"],
            Language::En => ["Name", "Department / position", "Phone", "E-mail / WeChat", "Final decision", "Remarks"],
        };
        let head = labels.iter().zip(WIDTHS).map(|(label, span)| Place::label(*label, span)).collect();
        let mut rows = vec![Row::part(self.word("二、联系人信息", "2. Contacts")), Row::head(head)];
        let nobody = |text: &str| Row::plain(vec![Place::value(text, GRID)]);
        let Some(contacts) = contacts else {
            rows.push(nobody(self.word("（无权查看）", "(not shown to you)")));
            return rows;
        };
        rows.extend(contacts.iter().filter(|contact| !contact.left).map(|contact| self.person(contact)));
        if rows.len() == 2 {
            rows.push(nobody(self.word("暂无联系人", "No contacts yet")));
        }
        rows
    }

    fn person(&self, contact: &ContactView) -> Row {
        let salutation = match contact.salutation {
            Some(Salutation::Mr) => self.word("（先生）", " (Mr)"),
            Some(Salutation::Ms) => self.word("（女士）", " (Ms)"),
            None => "",
        };
        let post = [contact.department.as_deref(), contact.position.as_deref()];
        let address =
            [&contact.email, &contact.wechat].map(|masked| masked.as_ref().map(|value| value.masked.as_str()));
        let decides = match (contact.decision_maker, contact.authority) {
            (true, _) => self.word("是【重点】", "Yes [key]"),
            (false, Authority::Influencer) => self.word("否（影响者）", "No (influencer)"),
            (false, Authority::User) => self.word("否（使用者）", "No (user)"),
            (false, _) => self.word("否", "No"),
        };
        let primary = contact.primary.then(|| self.word("首要联系人", "Main contact"));
        let barred = contact.no_contact.as_ref().map(|_| self.word("请勿联系", "Do not contact"));
        let texts = [
            format!("{}{salutation}", contact.name),
            lines(post),
            contact.phone.as_ref().map(|phone| phone.masked.clone()).unwrap_or_default(),
            lines(address),
            decides.to_owned(),
            lines([primary, barred]),
        ];
        Row::plain(texts.into_iter().zip(WIDTHS).map(|(text, span)| Place::value(text, span)).collect())
    }

    /// What nobody has written down yet is left open, to be filled in by hand.
    fn cooperation(&self, deals: Option<&Deals>) -> Vec<Row> {
        let mut rows = vec![
            Row::part(self.word("三、合作历史", "3. Cooperation")),
            self.pair("cooperation_since", "last_contact_at"),
        ];
        let hidden = || self.word("（无权查看）", "(not shown to you)").to_owned();
        let told = |field: &str, text: &dyn Fn(&Deals) -> String| match deals {
            Some(deals) if self.who.reads(Entity::Cooperation, field) => open(text(deals)),
            _ => hidden(),
        };
        let line = |zh, en, text: String| Row::wide(self.word(zh, en), text);
        rows.extend([
            line(
                "合作产品 / 服务",
                "Products and services",
                told("items", &|deals| deals.items(self.word("、", ", "))),
            ),
            line("合作金额", "Amounts", told("amount_fen", &|deals| self.amounts(&deals.totals))),
            line("续约情况", "Renewals", deals.map_or_else(hidden, |deals| open(self.renewals(deals)))),
            line("历史问题记录", "Past problems", told("problems", &|deals| self.problems(deals))),
        ]);
        rows
    }

    fn amounts(&self, totals: &CooperationTotals) -> String {
        let Some(fen) = totals.amount_fen else { return String::new() };
        let counts = [
            (totals.orders, self.word("订单", "orders")),
            (totals.contracts, self.word("合同", "contracts")),
            (totals.renewals, self.word("续约", "renewals")),
        ];
        let counts: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, of)| format!("{of} {count}")).collect();
        format!("{}　{}", money(fen, self.word(" 元", " CNY")), counts.join("　"))
    }

    fn renewals(&self, deals: &Deals) -> String {
        let renewals = deals.latest.iter().filter(|deal| deal.kind == CooperationKind::Renewal);
        let told = renewals.map(|deal| {
            let number = deal.number.as_deref().unwrap_or_default();
            let until = deal.ends_on.map(|day| format!("　{} {day}", self.word("至", "until"))).unwrap_or_default();
            format!("{}　{number}{until}", deal.happened_on)
        });
        told.take(DEALS_SHOWN).collect::<Vec<_>>().join("\n")
    }

    fn problems(&self, deals: &Deals) -> String {
        let told = deals.latest.iter().filter_map(|deal| Some((deal.happened_on, deal.problems.as_deref()?)));
        told.take(DEALS_SHOWN).map(|(day, problem)| format!("{day}　{problem}")).collect::<Vec<_>>().join("\n")
    }

    fn to_be_kept_in_mind(&self, events: &[EventView]) -> Vec<Row> {
        let mut rows = vec![
            Row::part(self.word("四、关键信息", "4. Key facts")),
            self.wide("core_need"),
            self.wide("preferences"),
            self.wide("tags"),
        ];
        for field in self.who.custom(Entity::Customer) {
            let chosen = Chosen::Added(field.clone());
            let value = self.shown(&chosen.read(&self.seen, &columns::Deals::default(), self.style));
            if !value.is_empty() {
                rows.push(Row::wide(chosen.heading(self.style.language), value));
            }
        }
        let told: Vec<String> = events.iter().map(|event| self.event(event)).collect();
        rows.push(Row::wide(self.word("大事记", "Major events"), told.join("\n")));
        rows.push(self.wide("notes"));
        rows
    }

    fn event(&self, event: &EventView) -> String {
        let kind = match event.kind {
            EventKind::Financing => self.word("融资", "financing"),
            EventKind::Strategy => self.word("战略升级", "strategy"),
            EventKind::Leadership => self.word("高层变动", "leadership"),
            EventKind::Relocation => self.word("搬迁", "relocation"),
            EventKind::Merger => self.word("并购", "merger"),
            EventKind::Other => self.word("其他", "other"),
        };
        let day = event.happened_at.to_zoned(self.style.zone.clone()).date();
        format!("{day}　{kind}：{}", event.content)
    }

    fn care(&self) -> Vec<Row> {
        let signed = |zh, en| (self.word(zh, en), "\n");
        vec![
            Row::part(self.word("五、维护与核对", "5. Care and verification")),
            self.pair("owner", "department"),
            self.pair("verified_on", "updated_at"),
            Row::pair(signed("填表人签字", "Filled in by"), signed("审核人签字", "Checked by")),
        ]
    }
}

impl Deals {
    fn items(&self, between: &str) -> String {
        let mut items: Vec<&str> = Vec::new();
        for item in self.latest.iter().flat_map(|deal| &deal.items) {
            if !items.contains(&item.as_str()) {
                items.push(item);
            }
        }
        items.truncate(ITEMS_SHOWN);
        items.join(between)
    }
}

/// Room to write by hand where there is nothing to print.
fn open(text: String) -> String {
    if text.is_empty() { "\n".to_owned() } else { text }
}

/// Columns of the grid for each column of the contacts.
const WIDTHS: [usize; 6] = [5, 4, 4, 5, 3, 3];

fn lines<const N: usize>(parts: [Option<&str>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// 1,234,567.89 元
fn money(fen: i64, unit: &str) -> String {
    let (yuan, rest) = (fen.unsigned_abs() / 100, fen.unsigned_abs() % 100);
    let digits = yuan.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{grouped}.{rest:02}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_in_groups_of_three() {
        for (fen, text) in [(0, "0.00"), (5, "0.05"), (123_456_789, "1,234,567.89"), (-100_000, "-1,000.00")] {
            assert_eq!(money(fen, ""), text);
        }
    }

    #[test]
    fn the_columns_of_contacts_fill_the_page() {
        assert_eq!(WIDTHS.iter().sum::<usize>(), GRID);
    }
}
