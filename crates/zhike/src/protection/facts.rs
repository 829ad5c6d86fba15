//! What this room tells the others. Consents are told so that whoever keeps messages waiting can stop them; requests are
//! what the legal deadline is judged by.

pub const CONSENT_GIVEN: &str = "consent_given";
pub const CONSENT_WITHDRAWN: &str = "consent_withdrawn";
pub const REQUEST_RECEIVED: &str = "subject_request_received";
pub const REQUEST_ANSWERED: &str = "subject_request_answered";
pub const REQUEST_WITHDRAWN: &str = "subject_request_withdrawn";
