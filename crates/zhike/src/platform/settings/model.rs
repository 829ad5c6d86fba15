use calendar::{CalendarSpec, National, OverrideSpec};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::kernel::Result;

/// More than this is not what a record hangs on.
pub const ATTACHMENT_MIB_MOST: i64 = 200;

/// The working time of the company changed: what was planned with it must be planned anew.
pub const CALENDAR_CHANGED: &str = "calendar_changed";

/// The one row.
pub const THE_ROW: i64 = 1;

store::entity! {
    pub struct Row: "setting" {
        pub id: i64,
        pub company: String,
        pub time_zone: String,
        pub working_week: String,
        pub national: Option<String>,
        pub overrides: String,
        pub attachments: Option<String>,
        /// Changes whenever the calendar does, so that a calendar once built can be kept under it.
        pub calendar_stamp: Uuid,
        pub bin_days: i64,
        pub export_rows: Option<i64>,
        pub version: i64,
        pub updated_at: Timestamp,
    }
}

store::entity! {
    pub struct HolidayYear: "holiday_table" {
        pub year: i64,
        pub content: String,
        pub uploaded_by: Uuid,
        pub uploaded_at: Timestamp,
    }
}

/// The settings as they are read and written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub company: String,
    /// IANA name.
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: String,
    /// Seven days, Monday first, each a list of `["09:00", "12:00"]`.
    #[schema(value_type = Vec<Vec<Vec<String>>>)]
    pub working_week: [Vec<[String; 2]>; 7],
    /// The national holiday table to follow.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "cn")]
    pub national: Option<National>,
    /// Dated decisions of the company.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub overrides: Vec<OverrideSpec>,
    /// Days for which what was removed can be restored.
    #[serde(default = "bin_days")]
    pub bin_days: i64,
    /// Rows that somebody takes out of the house in a day without a second person's consent.
    #[serde(default = "export_rows")]
    pub export_rows: i64,
    #[serde(default)]
    pub attachments: Attachments,
    #[serde(default)]
    #[schema(read_only)]
    pub version: i64,
}

const fn bin_days() -> i64 {
    30
}

/// What a salesperson has of their own is less, and a book of customers is more.
const fn export_rows() -> i64 {
    500
}

/// What may be hung on records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = AttachmentSettings)]
pub struct Attachments {
    /// The largest file, in MiB.
    pub most_mib: i64,
    /// Where a virus scanner (clamd) answers: `host:port` or `unix:/path`. While it does not, new files wait.
    pub scanner: Option<String>,
}

impl Default for Attachments {
    fn default() -> Self {
        Self { most_mib: 20, scanner: None }
    }
}

impl Settings {
    /// Office hours in China; what holds until someone sets something else.
    pub fn initial(company: &str, time_zone: &str) -> Self {
        let spec = CalendarSpec::china_office();
        Self {
            company: company.to_owned(),
            time_zone: time_zone.to_owned(),
            working_week: spec.week,
            national: spec.national,
            overrides: spec.overrides,
            bin_days: bin_days(),
            export_rows: export_rows(),
            attachments: Attachments::default(),
            version: 0,
        }
    }

    pub fn spec(&self) -> CalendarSpec {
        CalendarSpec {
            zone: self.time_zone.clone(),
            week: self.working_week.clone(),
            national: self.national,
            overrides: self.overrides.clone(),
        }
    }

    pub fn of(row: Row) -> Result<Self> {
        Ok(Self {
            company: row.company,
            time_zone: row.time_zone,
            working_week: serde_json::from_str(&row.working_week)?,
            national: row.national.map(|word| serde_json::from_value(word.into())).transpose()?,
            overrides: serde_json::from_str(&row.overrides)?,
            bin_days: row.bin_days,
            export_rows: row.export_rows.unwrap_or_else(export_rows),
            attachments: row.attachments.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default(),
            version: row.version,
        })
    }

    pub fn row(&self, calendar_stamp: Uuid, now: Timestamp) -> Result<Row> {
        Ok(Row {
            id: THE_ROW,
            company: self.company.clone(),
            time_zone: self.time_zone.clone(),
            working_week: serde_json::to_string(&self.working_week)?,
            national: self.national.map(|National::Cn| "cn".to_owned()),
            overrides: serde_json::to_string(&self.overrides)?,
            attachments: Some(serde_json::to_string(&self.attachments)?),
            calendar_stamp,
            bin_days: self.bin_days,
            export_rows: Some(self.export_rows),
            version: self.version,
            updated_at: now,
        })
    }
}
