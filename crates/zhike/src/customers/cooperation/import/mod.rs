//! Orders, contracts and renewals from sheets (R3-1.3), on the way that sheets of customers take
//! ([`import`](crate::customers::import)): uploaded, columns recognised ([`headings`]) and set right, rows shown with what
//! would become of them, brought in by a job ([`run`]), and what was refused comes back with the reason.
//!
//! A row names its customer by number, credit code or name ([`find`](super::find)); of customers that the asker may not
//! add to, a row learns nothing but that there is none for it. What came before is brought up to date: known by its
//! external id, else by kind and number, else by being the same.

mod fields;
pub mod headings;
mod preview;
mod read;
mod run;
mod treat;

pub use fields::FIELDS;
pub use preview::preview;
pub use read::Reading;
pub use run::run;
