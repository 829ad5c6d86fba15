use jiff::Timestamp;
use serde_json::Value as Json;
use store::ToValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::customers::model::Customer;
use crate::kernel::Id;
use crate::platform::access::model::{DepartmentId, UserId};
use crate::platform::grant::Guarded;
use crate::platform::vault::{self, Column};

pub type CaseId = Id<Case>;

pub const CALLER_PHONE: Column = Column::new("desk_case", "caller_phone", "case.caller_phone", vault::Kind::Phone);
pub const CALLER_EMAIL: Column = Column::new("desk_case", "caller_email", "case.caller_email", vault::Kind::Email);

/// Stands in the place of the customer while nobody knows who it is.
pub const NOBODY: Uuid = Uuid::nil();

store::text_enum! {
    /// 咨询, 问题, 投诉, 建议, 表扬, 报修.
    #[derive(ToSchema)]
    #[schema(as = CaseKind)]
    pub enum Kind {
        Inquiry = "inquiry", Problem = "problem", Complaint = "complaint", Suggestion = "suggestion",
        Praise = "praise", Repair = "repair",
    }
}

store::text_enum! {
    /// By what way something was said.
    #[derive(ToSchema)]
    #[schema(as = CaseChannel)]
    pub enum Channel {
        Phone = "phone", Email = "email", Chat = "chat", OnSite = "on_site", Portal = "portal", Sms = "sms",
        Wechat = "wechat", Other = "other",
    }
}

store::text_enum! {
    /// How far a case has come: receive, classify, investigate, handle, reply, follow up (R2-12.2).
    #[derive(ToSchema)]
    #[schema(as = CaseState)]
    pub enum State {
        Received = "received",
        Classified = "classified",
        Investigating = "investigating",
        /// A solution has been proposed; it is being carried out.
        Handling = "handling",
        Solved = "solved",
        /// The customer has been told the result.
        Replied = "replied",
        Closed = "closed",
        /// Entered by mistake, or spam.
        Withdrawn = "withdrawn",
        /// Part of another case.
        Merged = "merged",
    }
}

store::text_enum! {
    /// What was done about a case, or said.
    #[derive(ToSchema)]
    #[schema(as = CaseStep)]
    pub enum Step {
        Opened = "opened",
        /// The customer wrote or said something.
        Wrote = "wrote",
        Answered = "answered",
        Noted = "noted",
        Corrected = "corrected",
        Classified = "classified",
        Assigned = "assigned",
        /// Handed up to the next head (升级).
        Escalated = "escalated",
        TakenUp = "taken_up",
        Waiting = "waiting",
        Resumed = "resumed",
        /// Somebody was called into the task force, has seen the call, has come; what the force decided.
        Called = "called",
        Acknowledged = "acknowledged",
        Joined = "joined",
        Minutes = "minutes",
        Solution = "solution",
        Solved = "solved",
        Told = "told",
        FollowedUp = "followed_up",
        Thanked = "thanked",
        Closed = "closed",
        Reopened = "reopened",
        Withdrawn = "withdrawn",
        /// It became part of another case …
        Merged = "merged",
        /// … or another became part of it.
        TookIn = "took_in",
        /// A part of it is another case now, or it came out of another.
        Split = "split",
        Linked = "linked",
    }
}

store::text_enum! {
    /// What came of trying to follow up.
    #[derive(ToSchema)]
    #[schema(as = FollowUpOutcome)]
    pub enum Outcome { Confirmed = "confirmed", Unreachable = "unreachable", Dissatisfied = "dissatisfied" }
}

store::entity! {
    /// A case (工单).
    pub struct Case: "desk_case" {
        pub id: CaseId,
        pub customer_id: Uuid,
        pub number: String,
        pub tracking: String,
        pub kind: Kind,
        pub level: i64,
        pub channel: Channel,
        pub state: State,
        pub open: bool,
        pub product: Option<String>,
        pub subject: String,
        pub content: String,
        pub contact_id: Option<Uuid>,
        pub caller: Option<String>,
        pub caller_phone: Option<Vec<u8>>,
        pub caller_email: Option<Vec<u8>>,
        pub owner_id: Option<UserId>,
        pub department_id: Option<DepartmentId>,
        pub opened_by: UserId,
        pub received_at: Timestamp,
        pub answered_at: Option<Timestamp>,
        pub taken_up_at: Option<Timestamp>,
        pub waiting_at: Option<Timestamp>,
        pub force_called_at: Option<Timestamp>,
        pub force_formed_at: Option<Timestamp>,
        pub solution_at: Option<Timestamp>,
        pub solved_at: Option<Timestamp>,
        pub result: Option<String>,
        pub told_at: Option<Timestamp>,
        pub confirmed_at: Option<Timestamp>,
        pub tries: i64,
        pub tried_at: Option<Timestamp>,
        pub thanked_at: Option<Timestamp>,
        pub closed_at: Option<Timestamp>,
        pub merged_into: Option<CaseId>,
        pub cycle: i64,
        pub entries: i64,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
        pub deleted_at: Option<Timestamp>,
    }
}

store::entity! {
    pub struct Entry: "desk_entry" {
        pub id: Uuid,
        pub customer_id: Uuid,
        pub case_id: CaseId,
        pub seq: i64,
        pub step: Step,
        pub at: Timestamp,
        pub recorded_at: Timestamp,
        pub actor_id: Option<UserId>,
        pub channel: Option<Channel>,
        pub outcome: Option<Outcome>,
        pub content: Option<String>,
        pub contact_id: Option<Uuid>,
        pub other_id: Option<CaseId>,
        pub changed: Option<Json>,
    }
}

store::entity! {
    pub struct Member: "desk_member" {
        pub staff_id: UserId,
        pub customer_id: Uuid,
        pub case_id: CaseId,
        pub called_at: Timestamp,
        pub acknowledged_at: Option<Timestamp>,
        pub joined_at: Option<Timestamp>,
    }
}

impl Case {
    /// The customer, once it is known who it is.
    pub fn customer(&self) -> Option<Id<Customer>> {
        (self.customer_id != NOBODY).then(|| Id::from_uuid(self.customer_id))
    }
}

impl Guarded for Case {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    /// Whoever is responsible for a case owns it.
    fn column(&self, name: &str) -> store::Value {
        match name {
            "id" => self.id.to_value(),
            "owner_id" => self.owner_id.to_value(),
            "department_id" => self.department_id.to_value(),
            "opened_by" => self.opened_by.to_value(),
            "customer_id" => self.customer_id.to_value(),
            _ => store::Value::Null,
        }
    }
}
