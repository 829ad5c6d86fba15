//! The record of each contact with a customer (R3-2.3, 客户互动记录表 R3-T2): when, by what way, with whom, what was said,
//! what the customer answered, and what comes next. Written within 24 hours or marked as late; owed already when somebody dials
//! or checks in ([`attempts`]).

pub mod attempts;
mod check_in;
pub mod document;
pub mod export;
mod facts;
pub mod http;
mod model;
pub mod past;
mod rules;
pub mod service;
pub mod timeline;
mod view;

pub use check_in::{CheckIn, NewCheckIn};
pub use model::{Interaction, Kind};
pub use rules::{NewInteraction, excerpt};
pub use service::latest_of;
pub use view::InteractionView;
