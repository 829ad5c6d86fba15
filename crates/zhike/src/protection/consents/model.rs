use jiff::Timestamp;

use crate::customers::contacts::Contact;
use crate::customers::model::Customer;
use crate::kernel::Id;
use crate::platform::access::model::User;

store::text_enum! {
    /// What somebody answered.
    #[derive(utoipa::ToSchema)]
    #[schema(as = ConsentDecision)]
    pub enum Decision { Given = "given", Refused = "refused", Withdrawn = "withdrawn" }
}

store::text_enum! {
    /// What makes the use lawful (PIPL 13, items 1 to 7).
    #[derive(Default, utoipa::ToSchema)]
    #[schema(as = LawfulBasis)]
    pub enum Basis {
        #[default] Consent = "consent", Contract = "contract", LegalDuty = "legal_duty", Emergency = "emergency",
        PublicInterest = "public_interest", Published = "published", OtherLaw = "other_law",
    }
}

store::text_enum! {
    /// By what way the answer came.
    #[derive(utoipa::ToSchema)]
    #[schema(as = ConsentChannel)]
    pub enum Channel {
        Phone = "phone", Wechat = "wechat", Email = "email", Sms = "sms", InPerson = "in_person", Paper = "paper",
        Website = "website", Contract = "contract", Other = "other",
    }
}

store::entity! {
    /// One answer of a person about a purpose.
    pub struct Consent: "consent" {
        pub id: Id<Consent>,
        pub customer_id: Id<Customer>,
        pub contact_id: Option<Id<Contact>>,
        pub purpose: String,
        pub decision: Decision,
        pub basis: Basis,
        pub notice_version: i64,
        pub channel: Channel,
        pub proof: Option<String>,
        pub at: Timestamp,
        pub recorded_at: Timestamp,
        pub recorded_by: Id<User>,
    }
}

store::entity! {
    /// What personal information is used for.
    pub struct Purpose: "consent_purpose" {
        pub key: String,
        pub zh: String,
        pub en: String,
        pub notice: String,
        pub notice_version: i64,
        pub contacts: bool,
        pub separate: bool,
        pub position: i64,
        pub retired_at: Option<Timestamp>,
        pub version: i64,
        pub updated_at: Timestamp,
    }
}
