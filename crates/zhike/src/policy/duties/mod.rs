//! 应办事项: the duties as people see them — the list and the drill-down, one duty with its history and evidence, what
//! people may decide about it, and what other rooms show of them.

mod about;
mod forget;
pub mod http;
mod offered;
pub mod service;
mod timeline;
pub mod view;

pub use super::rules::compliance::percent;
pub use about::{Clock, clocks_of, next_clocks, pressing};
pub use forget::{blank_reasons, forget_reasons};
pub use offered::{
    Counts, DutyCard, Heat, PersonCounts, Reached, any_rule_in_force, counts, is_late, month_rates, open_duties, team,
    team_open,
};
pub use service::of_customer;
pub use timeline::timeline;
