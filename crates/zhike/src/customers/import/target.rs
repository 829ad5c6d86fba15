//! Where a column of a sheet can go: a field of the customer, or of one of its contacts.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::customers::cooperation::import::FIELDS;
use crate::kernel::custom;

/// Contacts that one row can hold in columns of their own (联系人1, 手机1, 联系人2 …).
pub const SLOTS_MOST: u8 = 9;

/// Fields of the customer, by the names of the API, with what people call them.
pub const CUSTOMER: &[(&str, &str)] = &[
    ("name", "客户名称"),
    ("short_name", "简称"),
    ("number", "客户编号"),
    ("kind", "客户类型"),
    ("credit_code", "统一社会信用代码"),
    ("grade", "客户级别"),
    ("owner", "负责人"),
    ("industry", "行业"),
    ("region", "地区"),
    ("address", "地址"),
    ("website", "网站"),
    ("phone", "电话"),
    ("email", "邮箱"),
    ("wechat", "微信"),
    ("id_number", "证件号"),
    ("staff_count", "员工人数"),
    ("annual_revenue_fen", "年营收"),
    ("founded_on", "成立日期"),
    ("main_business", "主营业务"),
    ("organisation", "组织架构"),
    ("source", "来源"),
    ("tags", "标签"),
    ("cooperation_since", "合作时间"),
    ("preferences", "偏好"),
    ("core_need", "核心需求"),
    ("notes", "备注"),
    ("created_at", "录入时间"),
];

/// Fields of a contact.
pub const CONTACT: &[(&str, &str)] = &[
    ("name", "联系人"),
    ("salutation", "称呼"),
    ("position", "职务"),
    ("department", "部门"),
    ("phone", "手机"),
    ("email", "邮箱"),
    ("wechat", "微信"),
    ("decision_maker", "是否决策人"),
    ("authority", "决策权限"),
    ("birthday", "生日"),
    ("preferences", "偏好"),
];

/// The slot of orders and contracts, which have sheets of their own.
const DEAL: u8 = u8::MAX;

/// A field; `slot` is 0 for the customer itself and counts its contacts from 1. Written `name`, `contact.phone`,
/// `contact2.phone`; in a sheet of orders and contracts `cooperation.number`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target {
    pub slot: u8,
    pub field: &'static str,
}

impl Target {
    pub fn customer(field: &str) -> Option<Self> {
        known(CUSTOMER, field).map(|(field, _)| field).or_else(|| added(field)).map(|field| Self { slot: 0, field })
    }

    pub fn contact(slot: u8, field: &str) -> Option<Self> {
        let fits = (1..=SLOTS_MOST).contains(&slot);
        let field = known(CONTACT, field).map(|(field, _)| field).or_else(|| added(field));
        field.filter(|_| fits).map(|field| Self { slot, field })
    }

    /// A field of an order or a contract.
    pub fn deal(field: &str) -> Option<Self> {
        FIELDS.iter().find(|(name, ..)| *name == field).map(|(name, ..)| Self { slot: DEAL, field: name })
    }

    pub fn is_deal(self) -> bool {
        self.slot == DEAL
    }

    /// Whether it is a field that the company has added.
    pub fn is_added(self) -> bool {
        added(self.field).is_some()
    }

    pub fn parse(text: &str) -> Option<Self> {
        let Some((of, field)) = text.split_once('.') else { return Self::customer(text) };
        if of == "cooperation" {
            return Self::deal(field);
        }
        let number = of.strip_prefix("contact")?;
        let slot = if number.is_empty() { 1 } else { number.parse().ok().filter(|slot| *slot >= 1)? };
        Self::contact(slot, field)
    }

    pub fn text(self) -> String {
        match self.slot {
            0 => self.field.to_owned(),
            1 => format!("contact.{}", self.field),
            DEAL => format!("cooperation.{}", self.field),
            slot => format!("contact{slot}.{}", self.field),
        }
    }

    /// What people call it.
    pub fn label(self) -> String {
        if let Some((_, label, _)) = FIELDS.iter().find(|(name, ..)| self.is_deal() && *name == self.field) {
            return (*label).to_owned();
        }
        let list = if self.slot == 0 { CUSTOMER } else { CONTACT };
        let label = known(list, self.field).map_or("自定义字段", |(_, label)| label);
        match (self.slot, self.field) {
            (0, _) | (1, "name") => label.to_owned(),
            (1, _) => format!("联系人{label}"),
            (slot, "name") => format!("联系人{slot}"),
            (slot, _) => format!("联系人{slot}{label}"),
        }
    }

    /// Whether its cells name one of a few things that we know, so that another can be read in place of one we do not.
    pub fn takes_replacements(self) -> bool {
        self.slot == 0 && matches!(self.field, "kind" | "grade" | "owner" | "industry" | "region" | "source")
    }

    /// Whether several columns may go there: parts of a place, words, notes. Any other field takes one column.
    pub fn takes_many(self) -> bool {
        self.slot == 0 && matches!(self.field, "region" | "tags" | "notes")
    }
}

fn known(list: &[(&'static str, &'static str)], field: &str) -> Option<(&'static str, &'static str)> {
    list.iter().find(|(name, _)| *name == field).copied()
}

/// The name of a field that the company may have added; whether it has is judged when columns are placed.
fn added(field: &str) -> Option<&'static str> {
    custom::number_of(field).map(custom::key)
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("no such field"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_read_as_it_is_written() {
        let customers = CUSTOMER.iter().filter_map(|(field, _)| Target::customer(field));
        let contacts =
            (1..=SLOTS_MOST).flat_map(|slot| CONTACT.iter().filter_map(move |(f, _)| Target::contact(slot, f)));
        let deals = FIELDS.iter().filter_map(|(field, ..)| Target::deal(field));
        for target in customers.chain(contacts).chain(deals) {
            assert_eq!(Target::parse(&target.text()), Some(target));
        }
        for text in ["", "owner_id", "contact", "contact0.name", "contact10.name", "contact.owner", "contactx.name"] {
            assert_eq!(Target::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_field_that_text_can_set_is_a_target() {
        for field in crate::customers::input::FIELDS {
            assert!(Target::customer(field).is_some(), "{field}");
        }
    }
}
