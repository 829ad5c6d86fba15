//! The policy room, the heart of the house: it holds a company's regulations as data and runs them.
//!
//! A policy (regulation) has clauses, a clause has rules, a rule makes duties, a duty is met by evidence, and the share
//! of duties met is the clause's measure (R2-14.1, R2-9.1). Four shapes of rule are enough for every clause: `Within`,
//! `Every`, `Quota` and `Target`. What has been done this room knows from the facts that other rooms publish, and from
//! nothing else; they know nothing of this room but that publishing a fact is enough. No other room keeps a timer, a
//! reminder or an escalation of its own.
//!
//! Who owes is asked of two rooms, and this is all that is taken from them: of customers their owner, department and
//! grade, and their name (`customers::service`), and the frame of the timeline (`customers::timeline`); of people who is
//! away and who stands in (`people::absences`); docs/decisions/0007 says why that is a call and no fact. So a subject is a customer, or something of a customer's.
//!
//! * [`definition`]: the typed policy file, its checks, and the parameters a form may change.
//! * [`start`]: the five start policies in the program.
//! * [`rules`]: pure decisions, without database and without a clock: plan, judge, ladder, replan, compliance, simulate.
//! * [`engine`]: keeps the rows equal to what the rules say, when facts arrive and when time passes.
//! * [`regulations`]: versions and their approval. * [`duties`]: lists, details, decisions. * [`compliance`]: the measure.
//! * [`simulation`]: the engine over a file.
//!
//! To other rooms it offers what [`duties`] shows of a person's day and a team, [`duties::timeline`], and
//! [`engine::jobs::catch_up`] for commands that make data. It subscribes to the vocabulary of facts
//! ([`rules::facts`]), to changes of customers, absences and the calendar, and publishes nothing.

mod book;
mod codec;
pub mod compliance;
pub mod definition;
pub mod duties;
pub mod engine;
mod evidence;
pub mod model;
pub mod regulations;
pub mod rules;
pub mod simulation;
pub mod start;
mod tally;
#[cfg(test)]
mod tests;

use store::Tx;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::customers::timeline::Offer;
use crate::kernel::Result;
use crate::platform::grant::Principal;
use crate::platform::holdings::{Holding, holding};
use crate::platform::jobs;
use crate::platform::outbox::Subscription;
use crate::platform::traces::Traces;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(regulations::http::routes())
        .merge(duties::http::routes())
        .merge(compliance::http::routes())
        .merge(simulation::routes())
}

/// What this room holds of a customer.
pub fn holdings() -> Vec<Holding> {
    vec![
        holding!("customer_since" stays),
        holding!("duty" kept moves by "id"),
        holding!("duty_event" kept follows "duty" by "duty_id"),
        holding!("breach" kept follows "duty" by "duty_id"),
    ]
}

/// Why somebody paused or waived a duty may mention a person: of one who is erased those words go.
pub fn eraser(tx: &mut Tx<'_>, _who: &Principal, traces: &Traces) -> Result<Vec<String>> {
    for (customer, contact) in &traces.rows {
        match contact {
            None => duties::forget_reasons(tx, *customer)?,
            Some(_) => duties::blank_reasons(tx, *customer, &traces.words)?,
        }
    }
    Ok(Vec::new())
}

/// The facts that this room follows.
pub fn subscriptions() -> Vec<Subscription> {
    engine::follow::subscriptions()
}

/// What this room knows of a customer.
pub fn timeline() -> Vec<Offer> {
    vec![Offer { kind: "duty", source: duties::timeline }]
}

/// The jobs that this room does.
pub fn register(registry: &mut jobs::Registry) {
    engine::jobs::register(registry);
    compliance::export::register(registry);
}
