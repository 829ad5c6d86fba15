//! Absences: who is away from when to when, and who stands in. Duties ask here whom to turn to; a change is told by the
//! fact [`ABSENCE_CHANGED`](super::ABSENCE_CHANGED), so that what is open is planned anew (R3-2.1).

mod http;
mod service;

pub use http::routes;
pub use service::{AbsenceView, New, Question, create, delete, list, on_day};
