//! C  Contact work: the record of each contact within 24 hours, its next step as a to-do, the day's duties on one page,
//! and the manager's view of them (R3-2.1, R3-2.2, R3-2.3, R3-T2).
//!
//! * [`interactions`]: what was said with a customer. Publishes the facts that duties are judged by.
//! * [`todos`]: what a person has set out, or was asked, to do; with reminders.
//! * [`today`]: 今日应办. * [`team`]: the manager's page.
//!
//! Duties themselves are the policy room's; this room shows them and keeps no clock of its own. To others it offers
//! [`interactions::service`] and [`todos::service`], the [`timeline`](interactions::timeline) sources, its routes and
//! its job.

pub mod interactions;
mod neighbours;
pub mod team;
#[cfg(test)]
mod tests;
pub mod today;
pub mod todos;

use store::Tx;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::customers::attachments::Carrier;
use crate::customers::documents::Sheet;
use crate::customers::timeline::Offer;
use crate::kernel::{Entity, Result};
use crate::platform::bin::Bin;
use crate::platform::grant::Principal;
use crate::platform::holdings::{Holding, holding};
use crate::platform::jobs;
use crate::platform::traces::Traces;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(interactions::http::routes())
        .merge(todos::http::routes())
        .merge(today::http::routes())
        .merge(team::http::routes())
}

/// What this room holds of a customer.
pub fn holdings() -> Vec<Holding> {
    vec![
        holding!("interaction" texts "content, feedback, next_plan" moves by "id" tells interactions::Interaction),
        holding!("todo" texts "title" moves by "id" tells todos::Todo),
    ]
}

/// What was said stays with the company; with whom is forgotten.
pub fn eraser(tx: &mut Tx<'_>, _who: &Principal, traces: &Traces) -> Result<Vec<String>> {
    for (customer, contact) in &traces.rows {
        if let Some(contact) = contact {
            interactions::service::forget_contact(tx, *customer, *contact)?;
        }
    }
    Ok(Vec::new())
}

/// What this room has in the recycle bin.
pub fn bins() -> Vec<Bin> {
    vec![interactions::service::bin(), todos::service::bin()]
}

/// The jobs that this room does.
pub fn register(registry: &mut jobs::Registry) {
    registry.on(todos::reminders::KIND, todos::reminders::remind);
    registry.on(interactions::export::KIND, interactions::export::run);
}

/// The forms that this room fills.
pub fn sheets() -> Vec<Sheet> {
    vec![interactions::document::SHEET]
}

/// The records of this room that files can hang on.
pub fn carriers() -> Vec<Carrier> {
    vec![Carrier {
        word: "interaction",
        entity: Entity::Interaction,
        there: interactions::service::there,
        own_rule: Some(interactions::service::may_change),
    }]
}

/// What this room knows of a customer.
pub fn timeline() -> Vec<Offer> {
    vec![
        Offer { kind: "interaction", source: interactions::timeline::timeline },
        Offer { kind: "todo", source: todos::timeline::timeline },
    ]
}
