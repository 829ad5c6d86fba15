//! J  Protection (R2-2.2, R2-7.1, R4-5): what people have consented to, and what they ask of the company about their own
//! information.
//!
//! * [`consents`]: purposes with their notices, and each person's answers; [`consents::may`] is what other rooms ask
//!   before they use somebody's information.
//! * [`erasure`]: how somebody who asks to be deleted goes, from everywhere.
//! * [`requests`]: copy, correct, delete, restrict, withdraw: a register with the legal deadline, the package of a
//!   person, and the restricted state.
//! * [`alarms`]: unusual reading and taking out.
//!
//! Masking, reveal, sealing and the audit are the platform's. This room calls the customers' services; what the other
//! rooms hold of a person it knows from their declarations ([`holdings`](crate::platform::holdings)).

pub mod alarms;
pub mod consents;
pub mod erasure;
pub mod facts;
pub mod requests;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::platform::holdings::{Holding, holding};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(consents::http::routes()).merge(requests::http::routes()).merge(alarms::http::routes())
}

/// What this room holds of a customer.
pub fn holdings() -> Vec<Holding> {
    vec![
        holding!("consent" texts "proof" moves by "id" tells consents::Consent),
        // That somebody asked, for what, and what came of it is kept; what was written of them goes with the customer.
        holding!("subject_request" texts "content, identity_note, answer" fades "content = '', identity_note = null, answer = null"
            where "content <> '' or identity_note is not null or answer is not null"
            holds "state = 'open'" moves by "id" tells requests::SubjectRequest),
        // That somebody was erased, and nothing of them.
        holding!("erasure" kept stays),
    ]
}
