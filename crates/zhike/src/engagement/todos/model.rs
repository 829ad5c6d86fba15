use jiff::Timestamp;
use store::ToValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::Id;
use crate::platform::access::model::UserId;
use crate::platform::grant::Guarded;

pub type TodoId = Id<Todo>;

store::text_enum! {
    #[derive(Default, ToSchema)]
    pub enum Priority { High = "high", #[default] Medium = "medium", Low = "low" }
}

store::entity! {
    /// Something a person has set out, or was asked, to do. Unlike a duty it comes from no rule.
    pub struct Todo: "todo" {
        pub id: TodoId,
        pub title: String,
        pub customer_id: Option<Uuid>,
        pub interaction_id: Option<Uuid>,
        pub owner_id: UserId,
        pub department_id: Option<Uuid>,
        pub created_by: UserId,
        pub priority: Priority,
        pub due_at: Option<Timestamp>,
        pub remind_at: Option<Timestamp>,
        pub done: bool,
        pub done_at: Option<Timestamp>,
        pub done_by: Option<UserId>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
        pub deleted_at: Option<Timestamp>,
    }
}

store::statements! {
    pub PRIORITIES = "select id, priority from todo where id in among($1)";
    pub BEFORE = select Todo where "customer_id = $1 and deleted_at is null
        and created_at <= $2 and (created_at < $2 or id < $3) order by created_at desc nulls last, id desc limit $4";
}

impl Guarded for Todo {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn column(&self, name: &str) -> store::Value {
        match name {
            "id" => self.id.to_value(),
            "owner_id" => self.owner_id.to_value(),
            "department_id" => self.department_id.to_value(),
            "customer_id" => self.customer_id.to_value(),
            "created_by" => self.created_by.to_value(),
            _ => store::Value::Null,
        }
    }
}
