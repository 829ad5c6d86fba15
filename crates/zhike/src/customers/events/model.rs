use jiff::Timestamp;

use crate::customers::model::Customer;
use crate::kernel::Id;
use crate::platform::access::model::User;

store::text_enum! {
    /// 融资, 战略升级, 高层变动, 搬迁, 并购, 其他.
    #[derive(utoipa::ToSchema)]
    pub enum EventKind {
        Financing = "financing", Strategy = "strategy", Leadership = "leadership", Relocation = "relocation",
        Merger = "merger", Other = "other",
    }
}

store::entity! {
    pub struct MajorEvent: "major_event" {
        pub id: Id<MajorEvent>,
        pub customer_id: Id<Customer>,
        pub kind: EventKind,
        pub happened_at: Timestamp,
        pub known_at: Timestamp,
        pub recorded_at: Timestamp,
        pub actor: Id<User>,
        pub content: String,
    }
}
