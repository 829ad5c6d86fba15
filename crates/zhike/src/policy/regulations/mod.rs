//! The regulations themselves: adopting a start policy, writing a new version with other parameters, its approval by a
//! second person, and the day on which it comes into force (R0-8.2, R2-14.1).

pub mod http;
pub mod service;
pub mod view;
