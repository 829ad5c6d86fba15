//! What people send of an archive, and how it becomes the archive: one way for creating, changing, verifying and
//! importing, so that the same value is accepted or refused everywhere alike.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use uuid::Uuid;

use super::basis::EntryBasis;
use super::contacts::NewContact;
use super::model::{CustomerKind, Grade, Industry, Source};
use super::{regions, rules};
use crate::kernel::{Error, Result};
use crate::platform::custom::values::Sent;

/// Tells a field that is absent (unchanged) from one that is null (emptied).
pub fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}

/// A text that may be emptied.
pub type Text = Option<Option<String>>;

/// Whether a field of a change, called by its name, was sent.
macro_rules! is_named {
    ($patch:expr, $field:expr; $($name:ident),+) => {
        match $field {
            $(stringify!($name) => $patch.$name.is_some(),)+
            _ => false,
        }
    };
}
pub(in crate::customers) use is_named;

macro_rules! archive_input {
    ($(#[$doc:meta])* $name:ident { $($(#[$extra_doc:meta])* $extra:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            pub kind: Option<CustomerKind>,
            #[schema(example = "上海华盛机械有限公司")]
            pub name: Option<String>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub short_name: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub credit_code: Text,
            /// A section of GB/T 4754-2017, by its letter.
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>, example = "C")]
            pub industry: Text,
            /// A code of GB/T 2260.
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>, example = "310115")]
            pub region: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub address: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub website: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub phone: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub email: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub wechat: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub id_number: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<i64>)]
            pub staff_count: Option<Option<i64>>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<i64>)]
            pub annual_revenue_fen: Option<Option<i64>>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>, format = Date)]
            pub founded_on: Option<Option<Date>>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub main_business: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub organisation: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<Source>)]
            pub source: Option<Option<Source>>,
            /// All tags; replaces those the customer had.
            pub tags: Option<Vec<String>>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>, format = Date)]
            pub cooperation_since: Option<Option<Date>>,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub preferences: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub core_need: Text,
            #[serde(deserialize_with = "given")]
            #[schema(value_type = Option<String>)]
            pub notes: Text,
            /// Fields that the company has added, by their keys; nothing empties one.
            #[schema(value_type = Option<Object>, example = json!({ "x1": "A" }))]
            pub custom: Option<Sent>,
            /// The fields marked 重点; a mark that stays keeps who set it and why.
            pub key_facts: Option<Vec<String>>,
            $($(#[$extra_doc])* pub $extra: $type,)*
        }
    };
}

archive_input! {
    /// A change of an archive: only the fields given change. Grade and owner have ways of their own.
    CustomerPatch {}
}

archive_input! {
    /// A new customer.
    NewCustomer {
        /// Another than the lowest needs the right to approve customers.
        grade: Option<Grade>,
        /// Whoever creates it, unless somebody else is named (which needs the right to assign).
        owner_id: Option<Uuid>,
        contacts: Vec<NewContact>,
        /// On what basis people are entered: itself, if it is one, and its contacts where they say nothing of their own;
        /// `contract` where nothing is said.
        basis: Option<EntryBasis>,
        /// Creates it although it looks like one that exists.
        allow_duplicate: bool,
        /// Why, when it does.
        duplicate_reason: Option<String>,
    }
}

impl NewCustomer {
    /// The fields that a change could give too.
    pub fn patch(&self) -> CustomerPatch {
        let new = self.clone();
        CustomerPatch {
            kind: new.kind,
            name: new.name,
            short_name: new.short_name,
            credit_code: new.credit_code,
            industry: new.industry,
            region: new.region,
            address: new.address,
            website: new.website,
            phone: new.phone,
            email: new.email,
            wechat: new.wechat,
            id_number: new.id_number,
            staff_count: new.staff_count,
            annual_revenue_fen: new.annual_revenue_fen,
            founded_on: new.founded_on,
            main_business: new.main_business,
            organisation: new.organisation,
            source: new.source,
            tags: new.tags,
            cooperation_since: new.cooperation_since,
            preferences: new.preferences,
            core_need: new.core_need,
            notes: new.notes,
            custom: new.custom,
            key_facts: new.key_facts,
        }
    }
}

/// The fields that [`CustomerPatch::set`] knows, by the names of the API.
pub const FIELDS: &[&str] = &[
    "kind",
    "name",
    "short_name",
    "credit_code",
    "industry",
    "region",
    "address",
    "website",
    "phone",
    "email",
    "wechat",
    "id_number",
    "staff_count",
    "annual_revenue_fen",
    "founded_on",
    "main_business",
    "organisation",
    "source",
    "tags",
    "cooperation_since",
    "preferences",
    "core_need",
    "notes",
];

impl CustomerPatch {
    /// Whether something was sent of this ordinary field, whatever it says.
    pub fn names(&self, field: &str) -> bool {
        is_named!(self, field; kind, name, short_name, credit_code, industry, region, address, website, staff_count,
            annual_revenue_fen, founded_on, main_business, organisation, source, tags, cooperation_since, preferences,
            core_need, notes)
    }

    /// Sets a field from text as people write it (a sheet, an answer on the phone); empty text empties it.
    ///
    /// # Errors
    /// The code of what is wrong with the text. Whether the value is acceptable is judged when the change is applied.
    pub fn set(&mut self, field: &str, text: &str) -> Result<(), &'static str> {
        let text = text.trim();
        let value = || (!text.is_empty()).then(|| text.to_owned());
        match field {
            "kind" => self.kind = Some(kind(text)?),
            "name" => self.name = Some(text.to_owned()),
            "short_name" => self.short_name = Some(value()),
            "credit_code" => self.credit_code = Some(value()),
            "industry" => self.industry = Some(industry(text)?),
            "region" => self.region = Some(region(text)?),
            "address" => self.address = Some(value()),
            "website" => self.website = Some(value()),
            "phone" => self.phone = Some(value()),
            "email" => self.email = Some(value()),
            "wechat" => self.wechat = Some(value()),
            "id_number" => self.id_number = Some(value()),
            "staff_count" => self.staff_count = Some(number(text)?),
            "annual_revenue_fen" => self.annual_revenue_fen = Some(number(text)?),
            "founded_on" => self.founded_on = Some(date(text)?),
            "main_business" => self.main_business = Some(value()),
            "organisation" => self.organisation = Some(value()),
            "source" => self.source = Some(source(text)?),
            "tags" => self.tags = Some(tags(text)),
            "cooperation_since" => self.cooperation_since = Some(date(text)?),
            "preferences" => self.preferences = Some(value()),
            "core_need" => self.core_need = Some(value()),
            "notes" => self.notes = Some(value()),
            _ => return Err("unknown_field"),
        }
        Ok(())
    }
}

fn kind(text: &str) -> Result<CustomerKind, &'static str> {
    match text {
        "company" | "企业" | "公司" | "单位" => Ok(CustomerKind::Company),
        "person" | "个人" => Ok(CustomerKind::Person),
        _ => Err("kind.unknown"),
    }
}

fn industry(text: &str) -> Result<Option<String>, &'static str> {
    match text {
        "" => Ok(None),
        text => Industry::recognise(text).map(|known| Some(known.word().to_owned())).ok_or("industry.unknown"),
    }
}

fn region(text: &str) -> Result<Option<String>, &'static str> {
    match text {
        "" => Ok(None),
        text => regions::recognise(text).map(|code| Some(code.to_owned())).ok_or("region.unknown"),
    }
}

fn source(text: &str) -> Result<Option<Source>, &'static str> {
    const WORDS: &[(&str, Source)] = &[
        ("市场调研", Source::MarketResearch),
        ("调研", Source::MarketResearch),
        ("销售记录", Source::SalesRecord),
        ("客户反馈", Source::Feedback),
        ("直接接触", Source::DirectContact),
        ("公开信息", Source::PublicSource),
        ("转介绍", Source::Referral),
        ("介绍", Source::Referral),
        ("推荐", Source::Referral),
        ("官网", Source::Website),
        ("网站", Source::Website),
        ("搜索", Source::SearchEngine),
        ("广告", Source::Advertisement),
        ("促销", Source::Promotion),
        ("展会", Source::Exhibition),
        ("活动", Source::Event),
        ("线上注册", Source::Registration),
        ("注册", Source::Registration),
        ("线上咨询", Source::OnlineInquiry),
        ("在线咨询", Source::OnlineInquiry),
        ("电话", Source::PhoneInquiry),
        ("来电", Source::PhoneInquiry),
        ("邮件", Source::MailInquiry),
        ("陌拜", Source::ColdVisit),
        ("上门", Source::ColdVisit),
        ("微信", Source::Social),
        ("社交", Source::Social),
        ("抖音", Source::Social),
        ("渠道", Source::Partner),
        ("合作伙伴", Source::Partner),
        ("导入", Source::Import),
        ("其他", Source::Other),
        ("其它", Source::Other),
    ];
    if text.is_empty() {
        return Ok(None);
    }
    let known = Source::from_word(&text.to_lowercase());
    let known = known.or_else(|| WORDS.iter().find(|(word, _)| text.contains(word)).map(|(_, source)| *source));
    known.map(Some).ok_or("source.unknown")
}

fn number(text: &str) -> Result<Option<i64>, &'static str> {
    let digits: String =
        crate::platform::vault::half_width(text).chars().filter(|c| !matches!(c, ',' | ' ' | '人')).collect();
    if digits.is_empty() { Ok(None) } else { digits.parse().map(Some).map_err(|_| "number.invalid") }
}

fn date(text: &str) -> Result<Option<Date>, &'static str> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| "date.invalid") }
}

fn tags(text: &str) -> Vec<String> {
    text.split([',', '，', ';', '；', '、', '|', '\n'])
        .map(|tag| tag.trim().to_owned())
        .filter(|tag| !tag.is_empty())
        .collect()
}

/// A reason that somebody must give.
pub fn reason(text: &str) -> Result<String> {
    match rules::text::clean(text, 500, false) {
        Ok(Some(reason)) if reason.chars().count() >= 2 => Ok(reason),
        Ok(_) => Err(Error::field_invalid("reason", "required")),
        Err(code) => Err(Error::field_invalid("reason", code)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_and_null_are_told_apart() {
        let patch: CustomerPatch = serde_json::from_str(r#"{"address": null, "website": "x.cn"}"#).expect("read");
        assert_eq!((patch.address, patch.website, patch.notes), (Some(None), Some(Some("x.cn".into())), None));
        assert!(serde_json::from_str::<CustomerPatch>(r#"{"owner_id": null}"#).is_err());
        assert!(serde_json::from_str::<CustomerPatch>(r#"{"grade": "vip"}"#).is_err());
    }

    #[test]
    fn every_field_can_be_set_and_emptied_by_text() {
        for field in FIELDS {
            let emptied = CustomerPatch::default().set(field, "");
            assert!(emptied.is_ok() || *field == "kind", "{field}");
        }
        let mut patch = CustomerPatch::default();
        for (field, text) in [
            ("source", "老客户转介绍"),
            ("staff_count", "１,２００ 人"),
            ("region", "杭州"),
            ("tags", "老客户、展会；重要"),
        ] {
            patch.set(field, text).expect(field);
        }
        assert_eq!((patch.source, patch.staff_count), (Some(Some(Source::Referral)), Some(Some(1200))));
        assert_eq!((patch.region, patch.tags.map(|tags| tags.len())), (Some(Some("330100".into())), Some(3)));
        assert_eq!(CustomerPatch::default().set("owner_id", "x"), Err("unknown_field"));
    }

    #[test]
    fn a_new_customer_has_every_field_of_a_change() {
        let new: NewCustomer = serde_json::from_str(r#"{"name": "华盛", "grade": "vip", "notes": "n"}"#).expect("read");
        let patch = new.patch();
        assert_eq!(
            (patch.name, patch.notes, new.grade),
            (Some("华盛".into()), Some(Some("n".into())), Some(Grade::Vip))
        );
    }
}
