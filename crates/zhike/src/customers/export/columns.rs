//! The columns that a view can have, with their headings and what stands in their cells. The Chinese headings are those
//! that the import knows, so that a sheet can go out, be worked on, and come in again; the English ones are the words of
//! the console.

use jiff::civil::Date;
use serde_json::Value as Json;

use crate::customers::model::{CustomerKind, Grade, Industry, Source};
use crate::customers::regions;
use crate::customers::view::CustomerView;
use crate::kernel::custom::CustomKind;
use crate::kernel::{CustomField, Entity};
use crate::platform::exports::{Cell, Language, Style};
use crate::platform::grant::Principal;

type Read = fn(&CustomerView, &Style) -> Cell;

/// A column: the name of the field, its headings, and how its cells are read.
pub struct Column {
    pub key: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub read: Read,
}

const fn column(key: &'static str, zh: &'static str, en: &'static str, read: Read) -> Column {
    Column { key, zh, en, read }
}

const PROSE: &[&str] = &["address", "main_business", "organisation", "preferences", "core_need", "notes"];

pub const COLUMNS: &[Column] = &[
    column("number", "客户编号", "Customer number", |c, _| text(&c.number)),
    column("name", "客户名称", "Customer name", |c, _| text(&c.name)),
    column("short_name", "简称", "Short name", |c, _| Cell::maybe(&c.short_name)),
    column("kind", "客户类型", "Customer type", |c, style| text(kind(c.kind, style.language))),
    column("credit_code", "统一社会信用代码", "Unified social credit code", |c, _| Cell::maybe(&c.credit_code)),
    column("grade", "客户级别", "Tier", |c, style| text(grade(c.grade, style.language))),
    column("owner", "负责人", "Owner", |c, _| c.owner.as_ref().map_or(Cell::Empty, |owner| text(&owner.name))),
    column("department", "归属部门", "Owner department", |c, _| {
        c.department.as_ref().map_or(Cell::Empty, |d| text(&d.name))
    }),
    column("industry", "行业", "Industry", |c, style| {
        c.industry.as_deref().map_or(Cell::Empty, |code| industry(code, style))
    }),
    column("region", "地区", "Region", |c, _| c.region.as_deref().map_or(Cell::Empty, |code| text(&place(code)))),
    column("address", "地址", "Address", |c, _| Cell::maybe(&c.address)),
    column("website", "网站", "Website", |c, _| Cell::maybe(&c.website)),
    column("phone", "电话", "Phone", |c, _| c.phone.as_ref().map_or(Cell::Empty, |value| text(&value.masked))),
    column("email", "邮箱", "E-mail", |c, _| c.email.as_ref().map_or(Cell::Empty, |value| text(&value.masked))),
    column("wechat", "微信", "WeChat", |c, _| c.wechat.as_ref().map_or(Cell::Empty, |value| text(&value.masked))),
    column("id_number", "证件号", "ID number", |c, _| {
        c.id_number.as_ref().map_or(Cell::Empty, |value| text(&value.masked))
    }),
    column("staff_count", "员工人数", "Staff", |c, _| c.staff_count.map_or(Cell::Empty, Cell::Integer)),
    column("annual_revenue_fen", "年营收", "Annual revenue", |c, _| {
        c.annual_revenue_fen.map_or(Cell::Empty, Cell::Fen)
    }),
    column("founded_on", "成立日期", "Founded on", |c, _| c.founded_on.map_or(Cell::Empty, Cell::Date)),
    column("main_business", "主营业务", "Main business", |c, _| Cell::maybe(&c.main_business)),
    column("organisation", "组织架构", "Organisation", |c, _| Cell::maybe(&c.organisation)),
    column("source", "来源", "Source", |c, style| {
        c.source.map_or(Cell::Empty, |from| text(source(from, style.language)))
    }),
    column("tags", "标签", "Tags", |c, style| text(&c.tags.join(style.word("、", ", ")))),
    column("cooperation_since", "合作时间", "Customer since", |c, _| {
        c.cooperation_since.map_or(Cell::Empty, Cell::Date)
    }),
    column("preferences", "客户偏好", "Preferences and habits", |c, _| Cell::maybe(&c.preferences)),
    column("core_need", "核心需求", "Core need", |c, _| Cell::maybe(&c.core_need)),
    column("notes", "备注", "Notes", |c, _| Cell::maybe(&c.notes)),
    column("completeness", "完整度", "Completeness", |c, _| Cell::Integer(c.completeness)),
    column("last_contact_at", "最近联系时间", "Last contact", |c, style| style.at(c.last_contact_at)),
    column("next_contact_at", "下次联系时间", "Next contact", |c, style| style.at(c.next_contact_at)),
    column("verified_on", "核实日期", "Last verified", |c, _| c.verified_on.map_or(Cell::Empty, Cell::Date)),
    column("created_at", "录入时间", "Created", |c, style| style.at(Some(c.created_at))),
    column("updated_at", "更新时间", "Updated", |c, style| style.at(Some(c.updated_at))),
];

pub fn find(key: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|column| column.key == key)
}

impl Column {
    pub fn heading(&self, language: Language) -> &'static str {
        match language {
            Language::Zh => self.zh,
            Language::En => self.en,
        }
    }
}

/// What the deals with a customer add up to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deals {
    pub last_on: Option<Date>,
    pub amount_fen: Option<i64>,
}

/// A column of them: key, headings, cell.
pub struct DealColumn {
    key: &'static str,
    zh: &'static str,
    en: &'static str,
    read: fn(&Deals) -> Cell,
}

const DEALS: &[DealColumn] = &[
    DealColumn {
        key: "last_deal_on",
        zh: "最近成交",
        en: "Last deal",
        read: |deals| deals.last_on.map_or(Cell::Empty, Cell::Date),
    },
    DealColumn {
        key: "cooperation_fen",
        zh: "合作金额",
        en: "Cooperation amount",
        read: |deals| deals.amount_fen.map_or(Cell::Empty, Cell::Fen),
    },
];

/// A column that was asked for: one that all customers have, what deals add up to, or a field that the company has added.
#[derive(Clone)]
pub enum Chosen {
    Own(&'static Column),
    Deals(&'static DealColumn),
    Added(CustomField),
}

impl Chosen {
    /// The column of that key, as far as `who` may see it.
    pub fn find(who: &Principal, key: &str) -> Option<Self> {
        let added = || who.custom_field(Entity::Customer, key).map(|field| Self::Added(field.clone()));
        let deals = || DEALS.iter().find(|column| column.key == key).map(Self::Deals);
        find(key).map(Self::Own).or_else(deals).or_else(added)
    }

    /// The number of an added field.
    pub fn number(&self) -> Option<i64> {
        if let Self::Added(field) = self { Some(field.number) } else { None }
    }

    pub fn heading(&self, language: Language) -> &str {
        match (self, language) {
            (Self::Own(column), language) => column.heading(language),
            (Self::Deals(column), Language::Zh) => column.zh,
            (Self::Deals(column), Language::En) => column.en,
            (Self::Added(field), Language::Zh) => &field.zh,
            (Self::Added(field), Language::En) => &field.en,
        }
    }

    /// Whether it holds what people write, rather than what is compared.
    pub fn is_prose(&self) -> bool {
        match self {
            Self::Own(column) => PROSE.contains(&column.key),
            Self::Deals(_) => false,
            Self::Added(field) => field.kind == CustomKind::Text,
        }
    }

    pub fn read(&self, customer: &CustomerView, deals: &Deals, style: &Style) -> Cell {
        match self {
            Self::Own(column) => (column.read)(customer, style),
            Self::Deals(column) => (column.read)(deals),
            Self::Added(field) => customer.custom.get(field.key).map_or(Cell::Empty, |seen| added(field, seen, style)),
        }
    }
}

/// What the view shows of an added field.
fn added(field: &CustomField, seen: &Json, style: &Style) -> Cell {
    if let Some(mask) = seen["masked"].as_str() {
        return text(mask);
    }
    let label = |id: &Json| {
        let choice = id.as_i64().and_then(|id| field.choice(id));
        choice.map_or(
            "",
            |choice| if style.language == Language::Zh || choice.en.is_empty() { &choice.zh } else { &choice.en },
        )
    };
    match field.kind {
        CustomKind::Text => seen.as_str().map_or(Cell::Empty, text),
        CustomKind::Number => seen.as_f64().map_or(Cell::Empty, Cell::Number),
        CustomKind::Money => seen.as_i64().map_or(Cell::Empty, Cell::Fen),
        CustomKind::Date => seen.as_str().and_then(|day| day.parse().ok()).map_or(Cell::Empty, Cell::Date),
        CustomKind::Choice => text(label(seen)),
        CustomKind::Multi => {
            let labels: Vec<_> = seen.as_array().into_iter().flatten().map(label).collect();
            text(&labels.join(style.word("、", ", ")))
        }
        CustomKind::Person | CustomKind::File => seen["name"].as_str().map_or(Cell::Empty, text),
    }
}

fn text(value: &str) -> Cell {
    Cell::text(value)
}

fn kind(kind: CustomerKind, language: Language) -> &'static str {
    match (kind, language) {
        (CustomerKind::Company, Language::Zh) => "企业",
        (CustomerKind::Person, Language::Zh) => "个人",
        (kind, Language::En) => kind.word(),
    }
}

fn grade(grade: Grade, language: Language) -> &'static str {
    match (grade, language) {
        (Grade::Vip, _) => "VIP",
        (Grade::Key, Language::Zh) => "重点",
        (Grade::Ordinary, Language::Zh) => "普通",
        (grade, Language::En) => grade.word(),
    }
}

fn industry(code: &str, style: &Style) -> Cell {
    let known = Industry::from_word(code);
    known.map_or(Cell::Empty, |industry| {
        text(if style.language == Language::Zh { industry.zh() } else { industry.en() })
    })
}

/// The division with all that it belongs to: 浙江省杭州市西湖区.
fn place(code: &str) -> String {
    let mut names = Vec::new();
    let mut at = regions::find(code);
    while let Some(region) = at {
        names.push(region.name);
        at = region.parent.and_then(regions::find);
    }
    names.reverse();
    names.concat()
}

fn source(source: Source, language: Language) -> &'static str {
    if language == Language::En {
        return source.word();
    }
    match source {
        Source::MarketResearch => "市场调研",
        Source::SalesRecord => "销售记录",
        Source::Feedback => "客户反馈",
        Source::DirectContact => "直接接触",
        Source::PublicSource => "公开信息",
        Source::Referral => "转介绍",
        Source::Website => "官网",
        Source::SearchEngine => "搜索引擎",
        Source::Advertisement => "广告",
        Source::Promotion => "促销",
        Source::Exhibition => "展会",
        Source::Event => "活动",
        Source::Registration => "线上注册",
        Source::OnlineInquiry => "在线咨询",
        Source::PhoneInquiry => "来电",
        Source::MailInquiry => "邮件咨询",
        Source::ColdVisit => "陌拜",
        Source::Social => "社交媒体",
        Source::Partner => "合作伙伴",
        Source::Import => "导入",
        Source::Other => "其他",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::import::headings::{self, Seen};
    use crate::customers::import::values;

    #[test]
    fn what_goes_out_comes_in_again() {
        for known in Source::ALL {
            assert_eq!(values::source(source(*known, Language::Zh)), Ok(*known));
            assert_eq!(values::source(source(*known, Language::En)), Ok(*known));
        }
        for known in Grade::ALL {
            assert_eq!(values::grade(grade(*known, Language::Zh)), Ok(*known));
            assert_eq!(values::grade(grade(*known, Language::En)), Ok(*known));
        }
        for known in CustomerKind::ALL {
            assert_eq!(values::kind(kind(*known, Language::Zh)), Ok(*known));
            assert_eq!(values::kind(kind(*known, Language::En)), Ok(*known));
        }
        for known in Industry::ALL {
            assert_eq!(values::industry(known.zh()), Ok(*known));
        }
        for code in ["330106", "310115", "440300", "710000"] {
            assert_eq!(values::region(&[&place(code)]), Ok(code));
        }
    }

    #[test]
    fn headings_are_recognised() {
        let not_taken =
            ["department", "completeness", "last_contact_at", "next_contact_at", "verified_on", "updated_at"];
        for language in [Language::Zh, Language::En] {
            let seen = |column: &Column| Seen { heading: column.heading(language).to_owned(), samples: Vec::new() };
            let fields = headings::recognise(&COLUMNS.iter().map(seen).collect::<Vec<_>>(), &[], &|_| false);
            for (column, field) in COLUMNS.iter().zip(fields) {
                let expected = (!not_taken.contains(&column.key)).then_some(column.key);
                assert_eq!(field.map(|field| field.text()).as_deref(), expected, "{}", column.heading(language));
            }
        }
    }
}
