use jiff::Timestamp;

use crate::customers::model::{Customer, Grade};
use crate::kernel::Id;
use crate::platform::access::model::User;

store::text_enum! {
    /// 待审批, 已批准, 已驳回, 已撤回.
    #[derive(utoipa::ToSchema)]
    pub enum ProposalState {
        Open = "open", Approved = "approved", Rejected = "rejected", Withdrawn = "withdrawn",
    }
}

store::entity! {
    pub struct GradeProposal: "grade_proposal" {
        pub id: Id<GradeProposal>,
        pub customer_id: Id<Customer>,
        pub from_grade: Grade,
        pub to_grade: Grade,
        pub reason: String,
        pub proposer_id: Id<User>,
        pub approver_id: Id<User>,
        pub state: ProposalState,
        pub decided_by: Option<Id<User>>,
        pub decided_at: Option<Timestamp>,
        pub answer: Option<String>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
