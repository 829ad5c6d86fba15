//! The tables of `0034_cooperation.sql`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value as Json;

use super::rules::Deal;
use crate::customers::facts;
use crate::customers::model::Customer;
use crate::kernel::Id;
use crate::platform::access::model::User;

store::text_enum! {
    /// 订单, 合同, 续约.
    #[derive(utoipa::ToSchema)]
    pub enum CooperationKind { Order = "order", Contract = "contract", Renewal = "renewal" }
}

impl CooperationKind {
    /// The fact that tells of it.
    pub const fn fact(self) -> &'static str {
        match self {
            Self::Order => facts::ORDER_PLACED,
            Self::Contract => facts::CONTRACT_SIGNED,
            Self::Renewal => facts::CONTRACT_RENEWED,
        }
    }
}

store::text_enum! {
    /// Agreed on, fulfilled, or called off. What was called off counts nowhere.
    #[derive(Default, utoipa::ToSchema)]
    pub enum CooperationState { #[default] Signed = "signed", Delivered = "delivered", Cancelled = "cancelled" }
}

store::entity! {
    pub struct Cooperation: "cooperation" {
        pub id: Id<Cooperation>,
        pub customer_id: Id<Customer>,
        pub kind: CooperationKind,
        pub number: Option<String>,
        pub happened_on: Date,
        pub happened_at: Timestamp,
        pub items: String,
        pub amount_fen: Option<i64>,
        pub starts_on: Option<Date>,
        pub ends_on: Option<Date>,
        pub contract_number: Option<String>,
        pub state: CooperationState,
        pub problems: Option<String>,
        pub source: String,
        pub external_id: Option<String>,
        pub version: i64,
        pub created_by: Id<User>,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

store::entity! {
    pub struct CooperationTotal: "cooperation_total" {
        pub customer_id: Id<Customer>,
        pub first_on: Date,
        pub last_on: Date,
        pub orders: i64,
        pub contracts: i64,
        pub renewals: i64,
        pub amount_fen: i64,
        pub years: Json,
    }
}

impl Cooperation {
    /// What of it counts in totals.
    pub fn deal(&self) -> Deal {
        Deal {
            kind: self.kind,
            number: self.number.clone(),
            on: self.happened_on,
            amount_fen: self.amount_fen,
            contract_number: self.contract_number.clone(),
            state: self.state,
        }
    }
}
