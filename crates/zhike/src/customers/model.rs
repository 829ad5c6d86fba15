//! The tables of `0030_customers.sql` that are about the customer itself.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use store::ToValue;
use uuid::Uuid;

use crate::kernel::Id;
use crate::platform::access::model::{Department, User};
use crate::platform::grant::Guarded;
use crate::platform::vault::{Column, Kind};

/// The name of customers in the search index.
pub const SEARCH_KIND: &str = "customer";

/// The personal columns. What a role may do with a field goes by the third name.
pub const PHONE: Column = Column::new("customer", "phone", "customer.phone", Kind::Phone);
pub const EMAIL: Column = Column::new("customer", "email", "customer.email", Kind::Email);
pub const WECHAT: Column = Column::new("customer", "wechat", "customer.wechat", Kind::Wechat);
pub const ID_NUMBER: Column = Column::new("customer", "id_number", "customer.id_number", Kind::IdNumber);

/// Digests of phone numbers are made under one key for customers and contacts, so that a number is found wherever it
/// stands.
pub const PHONE_LOOKUP: Column = Column::new("customer", "any_phone", "customer.phone", Kind::Phone);

store::text_enum! {
    /// 企业 or 个人.
    #[derive(utoipa::ToSchema)]
    pub enum CustomerKind { Company = "company", Person = "person" }
}

store::text_enum! {
    /// How much attention a customer is owed (R3-2.1): VIP, 重点, 普通.
    #[derive(utoipa::ToSchema)]
    pub enum Grade { Vip = "vip", Key = "key", Ordinary = "ordinary" }
}

impl Grade {
    /// What a customer is that nobody has graded.
    pub const DEFAULT: Self = Self::Ordinary;
}

store::text_enum! {
    /// Through which channel the customer came to us (R0-2.1).
    #[derive(utoipa::ToSchema)]
    pub enum Source {
        MarketResearch = "market_research", SalesRecord = "sales_record", Feedback = "feedback",
        DirectContact = "direct_contact", PublicSource = "public_source", Referral = "referral", Website = "website",
        SearchEngine = "search_engine", Advertisement = "advertisement", Promotion = "promotion",
        Exhibition = "exhibition", Event = "event", Registration = "registration", OnlineInquiry = "online_inquiry",
        PhoneInquiry = "phone_inquiry", MailInquiry = "mail_inquiry", ColdVisit = "cold_visit", Social = "social",
        Partner = "partner", Import = "import", Other = "other",
    }
}

store::text_enum! {
    /// The sections of GB/T 4754-2017, the national classification of industries.
    #[derive(utoipa::ToSchema)]
    pub enum Industry {
        Agriculture = "A", Mining = "B", Manufacturing = "C", Utilities = "D", Construction = "E", Trade = "F",
        Transport = "G", Hospitality = "H", Information = "I", Finance = "J", RealEstate = "K", Business = "L",
        Science = "M", Water = "N", Residential = "O", Education = "P", Health = "Q", Culture = "R", Public = "S",
        International = "T",
    }
}

impl Industry {
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Agriculture => "农、林、牧、渔业",
            Self::Mining => "采矿业",
            Self::Manufacturing => "制造业",
            Self::Utilities => "电力、热力、燃气及水生产和供应业",
            Self::Construction => "建筑业",
            Self::Trade => "批发和零售业",
            Self::Transport => "交通运输、仓储和邮政业",
            Self::Hospitality => "住宿和餐饮业",
            Self::Information => "信息传输、软件和信息技术服务业",
            Self::Finance => "金融业",
            Self::RealEstate => "房地产业",
            Self::Business => "租赁和商务服务业",
            Self::Science => "科学研究和技术服务业",
            Self::Water => "水利、环境和公共设施管理业",
            Self::Residential => "居民服务、修理和其他服务业",
            Self::Education => "教育",
            Self::Health => "卫生和社会工作",
            Self::Culture => "文化、体育和娱乐业",
            Self::Public => "公共管理、社会保障和社会组织",
            Self::International => "国际组织",
        }
    }

    pub const fn en(self) -> &'static str {
        match self {
            Self::Agriculture => "Agriculture, forestry, animal husbandry and fishery",
            Self::Mining => "Mining",
            Self::Manufacturing => "Manufacturing",
            Self::Utilities => "Electricity, heat, gas and water supply",
            Self::Construction => "Construction",
            Self::Trade => "Wholesale and retail trade",
            Self::Transport => "Transport, storage and post",
            Self::Hospitality => "Accommodation and catering",
            Self::Information => "Information transmission, software and IT services",
            Self::Finance => "Finance",
            Self::RealEstate => "Real estate",
            Self::Business => "Leasing and business services",
            Self::Science => "Scientific research and technical services",
            Self::Water => "Water conservancy, environment and public facilities",
            Self::Residential => "Resident services, repair and other services",
            Self::Education => "Education",
            Self::Health => "Health and social work",
            Self::Culture => "Culture, sports and entertainment",
            Self::Public => "Public administration, social security and organisations",
            Self::International => "International organisations",
        }
    }

    /// A section by its letter, or by words that people write for it (制造, 软件, IT, 金融 …).
    pub fn recognise(text: &str) -> Option<Self> {
        const WORDS: &[(&str, Industry)] = &[
            ("软件", Industry::Information),
            ("信息", Industry::Information),
            ("互联网", Industry::Information),
            ("it", Industry::Information),
            ("通信", Industry::Information),
            ("电信", Industry::Information),
            ("金融", Industry::Finance),
            ("银行", Industry::Finance),
            ("保险", Industry::Finance),
            ("证券", Industry::Finance),
            ("房地产", Industry::RealEstate),
            ("物业", Industry::RealEstate),
            ("建筑", Industry::Construction),
            ("装修", Industry::Construction),
            ("工程", Industry::Construction),
            ("零售", Industry::Trade),
            ("批发", Industry::Trade),
            ("贸易", Industry::Trade),
            ("电商", Industry::Trade),
            ("物流", Industry::Transport),
            ("运输", Industry::Transport),
            ("交通", Industry::Transport),
            ("仓储", Industry::Transport),
            ("餐饮", Industry::Hospitality),
            ("酒店", Industry::Hospitality),
            ("住宿", Industry::Hospitality),
            ("教育", Industry::Education),
            ("培训", Industry::Education),
            ("医疗", Industry::Health),
            ("卫生", Industry::Health),
            ("医院", Industry::Health),
            ("文化", Industry::Culture),
            ("传媒", Industry::Culture),
            ("体育", Industry::Culture),
            ("娱乐", Industry::Culture),
            ("政府", Industry::Public),
            ("商务服务", Industry::Business),
            ("商业服务", Industry::Business),
            ("咨询", Industry::Business),
            ("租赁", Industry::Business),
            ("法律", Industry::Business),
            ("科研", Industry::Science),
            ("技术服务", Industry::Science),
            ("科学", Industry::Science),
            ("环保", Industry::Water),
            ("水利", Industry::Water),
            ("电力", Industry::Utilities),
            ("能源", Industry::Utilities),
            ("燃气", Industry::Utilities),
            ("采矿", Industry::Mining),
            ("矿业", Industry::Mining),
            ("煤", Industry::Mining),
            ("农", Industry::Agriculture),
            ("林", Industry::Agriculture),
            ("渔", Industry::Agriculture),
            ("居民服务", Industry::Residential),
            ("维修", Industry::Residential),
            ("家政", Industry::Residential),
            ("制造", Industry::Manufacturing),
            ("生产", Industry::Manufacturing),
            ("工业", Industry::Manufacturing),
            ("机械", Industry::Manufacturing),
            ("电子", Industry::Manufacturing),
            ("化工", Industry::Manufacturing),
            ("汽车", Industry::Manufacturing),
            ("医药", Industry::Manufacturing),
            ("食品", Industry::Manufacturing),
            ("纺织", Industry::Manufacturing),
            ("服装", Industry::Manufacturing),
        ];
        let text = crate::platform::vault::half_width(text.trim()).to_lowercase();
        let named = |industry: &&Self| industry.zh() == text || industry.en().to_lowercase() == text;
        Self::from_word(&text.to_uppercase())
            .or_else(|| Self::ALL.iter().find(named).copied())
            .or_else(|| WORDS.iter().find(|(word, _)| text.contains(word)).map(|(_, industry)| *industry))
    }
}

/// The mark 重点 on a field (R3-1.4): who set it, when, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct KeyMark {
    #[schema(example = "core_need")]
    pub field: String,
    pub by: Uuid,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub why: Option<String>,
}

store::entity! {
    pub struct Customer: "customer" {
        pub id: Id<Customer>,
        pub number: String,
        pub kind: CustomerKind,
        pub name: String,
        pub name_key: String,
        pub name_core: Option<String>,
        pub name_sound: Option<String>,
        pub short_name: Option<String>,
        pub credit_code: Option<String>,
        pub industry: Option<String>,
        pub region: Option<String>,
        pub address: Option<String>,
        pub website: Option<String>,
        pub phone: Option<Vec<u8>>,
        pub phone_index: Option<Vec<u8>>,
        pub phone_last4: Option<Vec<u8>>,
        pub email: Option<Vec<u8>>,
        pub email_index: Option<Vec<u8>>,
        pub email_domain: Option<Vec<u8>>,
        pub wechat: Option<Vec<u8>>,
        pub wechat_index: Option<Vec<u8>>,
        pub id_number: Option<Vec<u8>>,
        pub id_number_index: Option<Vec<u8>>,
        pub staff_count: Option<i64>,
        pub annual_revenue_fen: Option<i64>,
        pub founded_on: Option<Date>,
        pub main_business: Option<String>,
        pub organisation: Option<String>,
        pub source: Option<Source>,
        pub tags: String,
        pub grade: Grade,
        pub owner_id: Option<Id<User>>,
        pub department_id: Option<Id<Department>>,
        pub cooperation_since: Option<Date>,
        pub preferences: Option<String>,
        pub core_need: Option<String>,
        pub notes: Option<String>,
        pub key_facts: Json,
        pub completeness: i64,
        pub missing: String,
        pub last_contact_at: Option<Timestamp>,
        pub next_contact_at: Option<Timestamp>,
        pub verified_on: Option<Date>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
        pub created_by: Option<Id<User>>,
        pub removed_at: Option<Timestamp>,
        pub merged_into: Option<Id<Customer>>,
        pub restricted_at: Option<Timestamp>,
    }
}

impl Customer {
    /// A customer of whom nothing but the name is known.
    pub fn blank(kind: CustomerKind, name: &str) -> Self {
        Self {
            id: Id::new(),
            number: String::new(),
            kind,
            name: name.to_owned(),
            name_key: String::new(),
            name_core: None,
            name_sound: None,
            short_name: None,
            credit_code: None,
            industry: None,
            region: None,
            address: None,
            website: None,
            phone: None,
            phone_index: None,
            phone_last4: None,
            email: None,
            email_index: None,
            email_domain: None,
            wechat: None,
            wechat_index: None,
            id_number: None,
            id_number_index: None,
            staff_count: None,
            annual_revenue_fen: None,
            founded_on: None,
            main_business: None,
            organisation: None,
            source: None,
            tags: String::new(),
            grade: Grade::Ordinary,
            owner_id: None,
            department_id: None,
            cooperation_since: None,
            preferences: None,
            core_need: None,
            notes: None,
            key_facts: Json::Array(Vec::new()),
            completeness: 0,
            missing: String::new(),
            last_contact_at: None,
            next_contact_at: None,
            verified_on: None,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            created_by: None,
            removed_at: None,
            merged_into: None,
            restricted_at: None,
        }
    }

    pub fn tags(&self) -> Vec<String> {
        lines(&self.tags)
    }

    pub fn marks(&self) -> Vec<KeyMark> {
        serde_json::from_value(self.key_facts.clone()).unwrap_or_default()
    }
}

/// The parts of a text that holds one a line.
pub fn lines(text: &str) -> Vec<String> {
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

impl Guarded for Customer {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn column(&self, name: &str) -> store::Value {
        match name {
            "id" => self.id.to_value(),
            "owner_id" => self.owner_id.to_value(),
            "department_id" => self.department_id.to_value(),
            "removed_at" => self.removed_at.to_value(),
            _ => store::Value::Null,
        }
    }
}

store::entity! {
    /// A personal value that was shown to somebody.
    pub struct Reveal: "reveal" {
        pub id: Uuid,
        pub customer_id: Id<Customer>,
        pub user_id: Id<User>,
        pub field: String,
        pub at: Timestamp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn industries_are_recognised() {
        for (text, industry) in [
            ("C", Industry::Manufacturing),
            ("制造业", Industry::Manufacturing),
            ("IT", Industry::Information),
            ("互联网/软件", Industry::Information),
            ("ｊ", Industry::Finance),
            ("Mining", Industry::Mining),
        ] {
            assert_eq!(Industry::recognise(text), Some(industry), "{text}");
        }
        assert_eq!(Industry::recognise("其他"), None);
    }
}
