use jiff::Timestamp;
use store::ToValue;
use utoipa::ToSchema;
use uuid::Uuid;

use super::check_in::CheckIn;
use crate::customers::model::{Customer, Grade};
use crate::kernel::Id;
use crate::platform::access::model::UserId;
use crate::platform::grant::Guarded;

pub type InteractionId = Id<Interaction>;

store::text_enum! {
    /// By what way a customer was met.
    #[derive(ToSchema)]
    pub enum Kind {
        Phone = "phone", Visit = "visit", Email = "email", Sms = "sms", Wechat = "wechat", Chat = "chat",
        Meeting = "meeting", OnSite = "on_site", Activity = "activity", Greeting = "greeting",
    }
}

store::entity! {
    /// One contact with a customer, as it was written down (R3-2.3).
    pub struct Interaction: "interaction" {
        pub id: InteractionId,
        pub customer_id: Id<Customer>,
        pub kind: Kind,
        pub at: Timestamp,
        pub recorded_at: Timestamp,
        /// The duty to write it down was missed when it was; nobody else says what is late.
        pub late: bool,
        pub actor_id: UserId,
        pub contact_id: Option<Uuid>,
        pub content: String,
        pub feedback: Option<String>,
        pub next_plan: Option<String>,
        pub next_at: Option<Timestamp>,
        pub duty_id: Option<Uuid>,
        pub todo_id: Option<Uuid>,
        pub grade: Grade,
        pub department_id: Option<Uuid>,
        pub check_in: Option<CheckIn>,
        pub distance: Option<i64>,
        pub accuracy: Option<i64>,
        pub version: i64,
        pub updated_at: Timestamp,
        pub deleted_at: Option<Timestamp>,
    }
}

store::statements! {
    pub OF_CUSTOMER = select Interaction where "customer_id = $1 and id = $2 and deleted_at is null";
    /// Written with the customer in the condition, so that it is found by the key of the table.
    pub CHANGE = "update interaction set contact_id = $4, content = $5, feedback = $6, next_plan = $7, next_at = $8,
        todo_id = $9, updated_at = $10, version = version + 1
        where customer_id = $1 and id = $2 and version = $3 and deleted_at is null";
    pub WITHDRAW = "update interaction set deleted_at = $3, updated_at = $3, version = version + 1
        where customer_id = $1 and id = $2 and deleted_at is null";
    pub WITHDRAWN = select Interaction where "customer_id = $1 and id = $2 and deleted_at is not null";
    pub RESTORE = "update interaction set deleted_at = null, updated_at = $3, version = version + 1
        where customer_id = $1 and id = $2";
    pub PURGE = "delete from interaction where customer_id = $1 and id = $2 and deleted_at is not null";
    pub BEFORE = select Interaction where "customer_id = $1 and deleted_at is null and at <= $2 and (at < $2 or id < $3)
        order by at desc nulls last, id desc limit $4";
    pub THERE = "select id from interaction where customer_id = $1 and id in among($2) and deleted_at is null";
    /// How much they say.
    pub CHARACTERS = "select cast(coalesce(sum(written), 0) as bigint) from
        (select length(content) + length(coalesce(feedback, '')) + length(coalesce(next_plan, '')) as written
            from interaction where customer_id = $1 and deleted_at is null and at >= $2 and at < $3
            order by at, id limit $4) as record";
    pub FORGET_CONTACT = "update interaction set contact_id = null where customer_id = $1 and contact_id = $2";
    pub THESE = select Interaction where "customer_id = $1 and id in among($2) and deleted_at is null";
    /// Those of a period, in the order in which they took place.
    pub WITHIN = select Interaction where "customer_id = $1 and deleted_at is null and at >= $2 and at < $3
        order by at, id limit $4";
    pub LATEST = "select at, next_at from interaction where customer_id = $1 and deleted_at is null
        order by at desc nulls last, id desc limit 1";
    /// The latest contact of each of several customers: one seek in the index for each.
    pub LATEST_OF = "select i.customer_id, i.at, i.kind, i.content from among($1) c
        join interaction i on i.customer_id = c.id and i.id = (select x.id from interaction x
            where x.customer_id = c.id and x.deleted_at is null order by x.at desc nulls last, x.id desc limit 1)";
}

impl Guarded for Interaction {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    /// Who made the contact owns the record of it.
    fn column(&self, name: &str) -> store::Value {
        match name {
            "id" => self.id.to_value(),
            "owner_id" => self.actor_id.to_value(),
            "department_id" => self.department_id.to_value(),
            "customer_id" => self.customer_id.to_value(),
            _ => store::Value::Null,
        }
    }
}
