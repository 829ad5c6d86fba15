use jiff::Timestamp;

use crate::customers::contacts::Contact;
use crate::customers::model::Customer;
use crate::kernel::Id;
use crate::platform::access::model::User;
use crate::protection::consents::Channel;

store::text_enum! {
    /// 查阅复制, 更正, 删除, 限制处理, 撤回同意.
    #[derive(utoipa::ToSchema)]
    #[schema(as = SubjectRequestKind)]
    pub enum Kind {
        Copy = "copy", Correct = "correct", Delete = "delete", Restrict = "restrict", Withdraw = "withdraw",
    }
}

store::text_enum! {
    /// 待答复, 正在删除, 已办理, 已拒绝, 已撤回.
    #[derive(utoipa::ToSchema)]
    #[schema(as = SubjectRequestState)]
    pub enum State { Open = "open", Erasing = "erasing", Fulfilled = "fulfilled", Refused = "refused", Withdrawn = "withdrawn" }
}

store::text_enum! {
    /// Who asked: the person, a guardian, somebody whom they sent, a close relative of somebody who has died (PIPL 49).
    #[derive(utoipa::ToSchema)]
    #[schema(as = SubjectRequestAsker)]
    pub enum Asker { Oneself = "oneself", Guardian = "guardian", Agent = "agent", Relative = "relative" }
}

store::text_enum! {
    /// How it was checked that somebody is who they say.
    #[derive(utoipa::ToSchema)]
    #[schema(as = IdentityCheck)]
    pub enum Identity {
        Document = "document", CalledBack = "called_back", KnownAddress = "known_address", InPerson = "in_person",
        PowerOfAttorney = "power_of_attorney",
    }
}

store::entity! {
    pub struct SubjectRequest: "subject_request" {
        pub id: Id<SubjectRequest>,
        pub customer_id: Id<Customer>,
        pub number: String,
        pub contact_id: Option<Id<Contact>>,
        pub kind: Kind,
        pub state: State,
        pub asker: Asker,
        pub channel: Channel,
        pub content: String,
        pub received_at: Timestamp,
        pub handler_id: Id<User>,
        pub identity: Option<Identity>,
        pub identity_note: Option<String>,
        pub identity_by: Option<Id<User>>,
        pub identity_at: Option<Timestamp>,
        pub answer: Option<String>,
        pub answered_by: Option<Id<User>>,
        pub answered_at: Option<Timestamp>,
        pub version: i64,
        pub created_by: Id<User>,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}
