//! A  The customer archive (R3-1.1 to R3-1.5, R0-2.1): companies and persons with their facts, contacts, tags and grade,
//! how complete that is, what has been confirmed with them, what happened to them, and who looks after them.
//!
//! * [`service`] creates, lists, changes, hands over, removes; [`contacts`] with their [`chart`], [`relations`] to other
//!   customers, [`verification`] and [`events`] are what a customer has; [`duplicates`] tells whether it is there
//!   already, and [`merges`] makes two into one; [`bulk`] changes many; [`handovers`] see to it that whoever gets one
//!   knows it; [`cooperation`] is what they ordered and signed, until sales and contracts have rooms of their own;
//!   [`timeline`] puts together what all rooms know; [`attachments`] keeps the files that hang on records, and
//!   [`documents`] fills the forms of the handbook.
//! * [`quality`] counts what is wrong with archives; [`seen`] knows who saw them.
//! * [`rules`] are the decisions: credit code, core of a name, completeness, forms of personal values.
//! * [`reach`] says which customers somebody may see; [`index`] puts them into the search.
//!
//! To other rooms it offers [`service::snapshot`], [`service::page_of_subjects`] and [`service::count_by_grade`] for
//! rules and measures, [`service::cards`] for their lists, [`service::load`] for the check of a customer in hand,
//! [`service::contacted`] for the date of the last contact, and [`timeline::Source`] to be filled. It publishes the
//! [`facts`] of its names, and follows changes of the fields that the company adds ([`settling`]).

pub mod attachments;
pub mod basis;
pub mod bin;
pub mod bulk;
pub mod chart;
pub mod collaborators;
pub mod contacts;
pub mod cooperation;
pub mod documents;
mod draft;
pub mod duplicates;
pub mod erasing;
pub mod events;
pub mod export;
pub mod facts;
pub mod grades;
pub mod handovers;
pub mod http;
pub mod import;
pub mod index;
pub mod input;
mod line;
pub mod merges;
pub mod model;
pub mod number;
pub mod places;
pub mod protected;
pub mod quality;
pub mod reach;
pub mod regions;
pub mod relations;
pub mod rules;
mod sealed;
pub mod seen;
pub mod service;
pub mod settling;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod verification;
pub mod view;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::kernel::Entity;
use crate::platform::holdings::{Holding, holding};
use crate::platform::search::Searchable;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(http::routes())
        .merge(contacts::http::routes())
        .merge(chart::http::routes())
        .merge(relations::http::routes())
        .merge(grades::http::routes())
        .merge(collaborators::http::routes())
        .merge(verification::http::routes())
        .merge(events::http::routes())
        .merge(cooperation::http::routes())
        .merge(timeline::http::routes())
        .merge(duplicates::http::routes())
        .merge(merges::http::routes())
        .merge(quality::http::routes())
        .merge(seen::http::routes())
        .merge(import::routes())
        .merge(export::routes())
        .merge(bulk::http::routes())
        .merge(handovers::http::routes())
        .merge(documents::http::routes())
        .merge(attachments::http::routes())
        .merge(places::http::routes())
}

/// What this room holds of a customer. Tags are united field by field; relations are moved by themselves
/// ([`relations::service::move_some`]), since each is also the other customer's.
pub fn holdings() -> Vec<Holding> {
    vec![
        holding!("customer_tag" stays),
        holding!("customer_place" stays),
        holding!("chart_unit" texts "name" moves by "id"),
        holding!("contact" texts "position, preferences, no_contact_why" moves by "id"),
        holding!("verification" texts "items, note" moves by "id" tells verification::Verification),
        holding!("major_event" texts "content" moves by "id" tells events::MajorEvent),
        holding!("reveal" moves by "id" tells model::Reveal),
        holding!("grade_proposal" texts "reason, answer" moves by "id" tells grades::GradeProposal),
        holding!("relation" texts "note" stays),
        holding!("cooperation" texts "items, problems" moves by "id" tells cooperation::Cooperation),
        holding!("attachment" texts "name" moves by "id" tells attachments::Attachment),
        holding!("cooperation_total" stays),
        holding!("duplicate_pair" texts "reason" stays),
        holding!("customer_merge" texts "reason, changes" stays),
        holding!("customer_moved" stays),
        holding!("bulk_row" texts "before, after" stays),
        holding!("removed_contact" moves by "id"),
        holding!("handover_customer" moves by "id"),
        holding!("handover_mark" follows "handover_customer" by "line_id"),
        holding!("customer_flaw" stays),
        holding!("customer_seen" kept stays),
    ]
}

/// Customers in the one search of the house.
pub fn searchable() -> Searchable {
    Searchable {
        kind: model::SEARCH_KIND,
        entity: Entity::Customer,
        visible: service::readable,
        access: reach::tokens_for,
        keys: index::keys_for,
        short_names: service::short_names,
        people: service::people,
        records: service::records,
        renew: index::renew,
    }
}
