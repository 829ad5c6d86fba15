use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::customers::chart::Unit;
use crate::customers::model::Customer;
use crate::kernel::Id;
use crate::platform::access::model::User;
use crate::platform::vault::{Column, Kind};

pub const CONTACT_PHONE: Column = Column::new("contact", "phone", "contact.phone", Kind::Phone);
pub const CONTACT_EMAIL: Column = Column::new("contact", "email", "contact.email", Kind::Email);
pub const CONTACT_WECHAT: Column = Column::new("contact", "wechat", "contact.wechat", Kind::Wechat);

store::text_enum! {
    /// 先生 or 女士.
    #[derive(utoipa::ToSchema)]
    pub enum Salutation { Mr = "mr", Ms = "ms" }
}

store::text_enum! {
    /// What a person can decide.
    #[derive(utoipa::ToSchema)]
    pub enum Authority { Final = "final", Influencer = "influencer", User = "user", None = "none" }
}

store::text_enum! {
    /// How a person stands to working with us: 支持, 中立, 反对.
    #[derive(utoipa::ToSchema)]
    pub enum Attitude { Support = "support", Neutral = "neutral", Oppose = "oppose" }
}

store::text_enum! {
    /// How much a person's word counts there.
    #[derive(utoipa::ToSchema)]
    pub enum Influence { High = "high", Medium = "medium", Low = "low" }
}

store::text_enum! {
    #[derive(utoipa::ToSchema)]
    pub enum Calendar { Solar = "solar", Lunar = "lunar" }
}

/// A birthday by the calendar that the person keeps it by; the year is often not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Birthday {
    pub calendar: Calendar,
    pub month: u8,
    pub day: u8,
    /// Born in the leap month of that number.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leap: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i16>,
}

impl Birthday {
    /// Whether there can be such a day.
    pub fn exists(&self) -> bool {
        let days = match (self.calendar, self.month) {
            (_, 0 | 13..) => return false,
            (Calendar::Lunar, _) => 30,
            (Calendar::Solar, 2) => 29,
            (Calendar::Solar, 4 | 6 | 9 | 11) => 30,
            (Calendar::Solar, _) => 31,
        };
        let leap_fits = !self.leap || self.calendar == Calendar::Lunar;
        (1..=days).contains(&self.day) && leap_fits && self.year.is_none_or(|year| (1900..=2100).contains(&year))
    }
}

store::text_enum! {
    /// A way to reach a contact that may turn out not to work.
    #[derive(utoipa::ToSchema)]
    #[schema(as = ContactWay)]
    pub enum Way { Phone = "phone", Email = "email" }
}

store::entity! {
    pub struct Contact: "contact" {
        pub id: Id<Contact>,
        pub customer_id: Id<Customer>,
        pub name: String,
        pub salutation: Option<Salutation>,
        pub position: Option<String>,
        pub department: Option<String>,
        pub phone: Option<Vec<u8>>,
        pub phone_index: Option<Vec<u8>>,
        pub phone_last4: Option<Vec<u8>>,
        pub email: Option<Vec<u8>>,
        pub email_index: Option<Vec<u8>>,
        pub email_domain: Option<Vec<u8>>,
        pub wechat: Option<Vec<u8>>,
        pub wechat_index: Option<Vec<u8>>,
        pub decision_maker: bool,
        pub authority: Authority,
        pub birthday: Option<Json>,
        pub preferences: Option<String>,
        pub is_primary: bool,
        pub has_left: bool,
        pub unit_id: Option<Id<Unit>>,
        pub reports_to: Option<Id<Contact>>,
        pub attitude: Option<Attitude>,
        pub influence: Option<Influence>,
        pub no_contact_at: Option<Timestamp>,
        pub no_contact_by: Option<Id<User>>,
        pub no_contact_why: Option<String>,
        pub phone_invalid_at: Option<Timestamp>,
        pub phone_invalid_by: Option<Id<User>>,
        pub email_invalid_at: Option<Timestamp>,
        pub email_invalid_by: Option<Id<User>>,
        pub moved_to_customer: Option<Id<Customer>>,
        pub moved_to_contact: Option<Id<Contact>>,
        pub moved_from_customer: Option<Id<Customer>>,
        pub moved_from_contact: Option<Id<Contact>>,
        pub restricted_at: Option<Timestamp>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

impl Contact {
    pub fn birthday(&self) -> Option<Birthday> {
        self.birthday.clone().and_then(|json| serde_json::from_value(json).ok())
    }

    /// Whether somebody asked that this person be left alone.
    pub fn is_barred(&self) -> bool {
        self.no_contact_at.is_some()
    }

    pub fn is_reachable(&self) -> bool {
        !self.has_left && !self.is_barred() && (self.phone.is_some() || self.email.is_some() || self.wechat.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(calendar: Calendar, month: u8, day: u8, leap: bool) -> bool {
        Birthday { calendar, month, day, leap, year: None }.exists()
    }

    #[test]
    fn only_days_that_can_be_are_birthdays() {
        assert!(
            on(Calendar::Solar, 2, 29, false) && on(Calendar::Lunar, 8, 30, true) && on(Calendar::Solar, 12, 31, false)
        );
        assert!(
            !on(Calendar::Solar, 2, 30, false)
                && !on(Calendar::Solar, 4, 31, false)
                && !on(Calendar::Lunar, 8, 31, false)
        );
        assert!(
            !on(Calendar::Solar, 0, 1, false)
                && !on(Calendar::Solar, 13, 1, false)
                && !on(Calendar::Solar, 1, 0, false)
        );
        assert!(!on(Calendar::Solar, 6, 1, true), "the solar calendar has no leap months");
    }
}
