//! The tables of `0064_alarms.sql`.

use jiff::Timestamp;
use jiff::civil::Date;
use store::ToValue;
use uuid::Uuid;

use crate::platform::grant::Guarded;

store::text_enum! {
    /// What is counted of a person and a day.
    #[derive(utoipa::ToSchema)]
    #[schema(as = AlarmKind)]
    pub enum Kind {
        /// Customers whose page was opened.
        Opened = "opened",
        /// Different customers that stood in lists, about.
        Listed = "listed",
        /// Full numbers and addresses that were looked at.
        Revealed = "revealed",
        /// Rows that were taken out.
        Exported = "exported",
    }
}

store::text_enum! {
    #[derive(utoipa::ToSchema)]
    #[schema(as = AlarmState)]
    pub enum State {
        Open = "open",
        /// There was a reason.
        Explained = "explained",
        /// There was none.
        Misuse = "misuse",
    }
}

store::entity! {
    pub struct Alarm: "alarm" {
        pub id: Uuid,
        pub owner_id: Uuid,
        pub department_id: Option<Uuid>,
        pub kind: Kind,
        pub day: Date,
        pub last_day: Date,
        pub amount: i64,
        pub threshold: i64,
        pub usual: Option<i64>,
        pub state: State,
        pub raised_at: Timestamp,
        pub answered_by: Option<Uuid>,
        pub answered_at: Option<Timestamp>,
        pub answer: Option<String>,
        /// The amount of which its readers were told last.
        pub told: i64,
        pub version: i64,
    }
}

impl Guarded for Alarm {
    fn id(&self) -> Uuid {
        self.id
    }

    fn column(&self, name: &str) -> store::Value {
        match name {
            "id" => self.id.to_value(),
            "owner_id" => self.owner_id.to_value(),
            "department_id" => self.department_id.to_value(),
            _ => store::Value::Null,
        }
    }
}

/// The one row.
pub const THE_ROW: i64 = 1;

store::entity! {
    pub struct Setting: "alarm_setting" {
        pub id: i64,
        pub opened: i64,
        pub listed: i64,
        pub revealed: i64,
        pub exported: i64,
        pub factor: i64,
        pub version: i64,
    }
}

impl Setting {
    /// Half a day of nothing but opening one customer after the other is some fifty; a call to each of twenty customers
    /// is a full day; lists of three hundred rows are a good part of what is free. Whoever was shown five hundred customers
    /// in lists has read as many as one may take out in a day. Three times what one usually does is more than a busy day.
    pub const INITIAL: Self =
        Self { id: THE_ROW, opened: 50, listed: 500, revealed: 20, exported: 300, factor: 3, version: 0 };

    pub fn bound(&self, kind: Kind) -> i64 {
        match kind {
            Kind::Opened => self.opened,
            Kind::Listed => self.listed,
            Kind::Revealed => self.revealed,
            Kind::Exported => self.exported,
        }
    }
}
