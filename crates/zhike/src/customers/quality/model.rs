//! The tables of `0039_quality.sql`.

use jiff::Timestamp;

store::text_enum! {
    /// What can be wrong with an archive.
    #[derive(utoipa::ToSchema)]
    pub enum Flaw {
        Incomplete = "incomplete",
        /// A quarter has passed in which nobody confirmed it.
        Unverified = "unverified",
        /// Nobody has touched it for as long as the company says.
        Stale = "stale",
        Duplicate = "duplicate",
        /// Mail to a contact comes back.
        Bouncing = "bouncing",
        /// A contact's number does not exist.
        BadPhone = "bad_phone",
        /// Whoever was there has left, and nobody has come in their place.
        NoSuccessor = "no_successor",
        NoOwner = "no_owner",
        /// Nobody said on what basis somebody was entered: they came before it was asked for.
        NoBasis = "no_basis",
    }
}

/// The one row.
pub const THE_ROW: i64 = 1;
pub const STALE_DAYS: i64 = 180;

store::entity! {
    pub struct Setting: "quality_setting" {
        pub id: i64,
        pub stale_days: i64,
        pub checked_at: Option<Timestamp>,
    }
}
