use jiff::{SignedDuration, Timestamp};

use crate::customers::model::Customer;
use crate::kernel::Id;
use crate::platform::access::model::User;

/// How soon a major event must be recorded.
pub const RECORD_WITHIN: SignedDuration = SignedDuration::from_hours(24);

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

impl MajorEvent {
    /// By how much the record came too late; none if it came in time.
    pub fn late_by(&self) -> Option<SignedDuration> {
        let took = self.recorded_at.duration_since(self.known_at);
        (took > RECORD_WITHIN).then(|| took - RECORD_WITHIN)
    }
}
