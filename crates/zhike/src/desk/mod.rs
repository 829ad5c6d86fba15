//! D  The service desk: whatever customers ask, report, complain of, suggest or praise is a case with somebody who is
//! responsible for it and a customer who is answered (R2-12, R3-4, R0-4, R4-fb).
//!
//! * [`cases`]: the cases themselves, and what is done about them.
//!
//! How soon something must be done is a rule of a policy; this room publishes the facts that it reads, and shows the
//! duties that come of it. To others it offers [`cases::service`], a timeline source, its routes, and cases as records
//! that files can hang on.

pub mod cases;
mod neighbours;

use store::Tx;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::customers::attachments::Carrier;
use crate::customers::timeline::Offer;
use crate::kernel::{Entity, Result};
use crate::platform::bin::Bin;
use crate::platform::grant::Principal;
use crate::platform::holdings::{Holding, holding};
use crate::platform::traces::Traces;

pub fn routes() -> OpenApiRouter<App> {
    cases::http::routes()
}

/// What this room holds of a customer.
pub fn holdings() -> Vec<Holding> {
    vec![
        holding!("desk_case" texts "subject, content, caller, result, product" moves by "id" tells cases::Case),
        holding!("desk_entry" texts "content" follows "desk_case" by "case_id" tells cases::Entry),
        holding!("desk_member" follows "desk_case" by "case_id"),
    ]
}

/// What was done stays with the company; what somebody wrote themselves does not.
pub fn eraser(tx: &mut Tx<'_>, who: &Principal, traces: &Traces) -> Result<Vec<String>> {
    cases::service::forget_person(tx, who, traces)?;
    Ok(Vec::new())
}

/// What this room has in the recycle bin.
pub fn bins() -> Vec<Bin> {
    vec![cases::service::bin()]
}

/// The records of this room that files can hang on.
pub fn carriers() -> Vec<Carrier> {
    vec![Carrier {
        word: "case",
        entity: Entity::Case,
        there: cases::service::there,
        own_rule: Some(cases::service::may_change),
    }]
}

/// What this room knows of a customer.
pub fn timeline() -> Vec<Offer> {
    vec![Offer { kind: "case", source: cases::timeline::timeline }]
}
