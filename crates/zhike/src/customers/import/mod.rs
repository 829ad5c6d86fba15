//! Customers from the sheets that people have (R3-1.1, R3-1.2): `.xlsx` and `.csv` as other systems and people's own
//! hands made them.
//!
//! A sheet is uploaded and looked at ([`source`]), its columns are recognised ([`headings`]) and set right by a person
//! ([`service::map`]), its rows are shown with what is wrong in them ([`preview`]), and a job brings them in ([`job`]).
//! On the way a row is read cell by cell ([`convert`], [`values`]), rows of one customer are merged ([`plan`],
//! [`merge`]), cleaned and sealed like any other customer ([`prepare`]), told from those that are there already
//! ([`existing`], [`judge`]), and written in batches ([`write`]). What was not taken comes back with the reason ([`rejected`]).
//!
//! * Every row begins a customer, joins one above it, brings one up to date, is skipped or is refused, and is counted
//!   once ([`service::ImportCounts`]).
//! * A batch and the count of rows done are one transaction: whatever happens to the process, no row comes twice.
//! * Audit: one entry per batch (`import_rows`, with the numbers given out) and one for the whole (`imported`); a
//!   customer that is brought up to date has an entry of its own, like any change of it.
//! * When all is in, the fact `customers_imported` lets other rooms plan for all of it at once.

pub mod convert;
pub mod existing;
pub mod headings;
pub mod http;
pub mod job;
mod judge;
mod lexicon;
mod merge;
pub mod model;
mod people;
mod persons;
mod plan;
mod prepare;
pub mod preview;
pub(super) mod raw;
pub mod rejected;
pub mod service;
mod sniff;
pub mod source;
pub mod target;
#[cfg(test)]
pub mod tests;
mod update;
pub mod values;
#[cfg(test)]
mod values_tests;
pub mod words;
pub(super) mod write;

pub use http::routes;
pub use job::register;
pub use service::forget_idle;
