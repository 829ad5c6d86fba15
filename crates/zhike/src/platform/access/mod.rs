//! Who may come in, and what they may do (C23–C40): people, roles and departments as tables, signing in, sessions,
//! API tokens, and the way from roles to a [`Principal`](crate::platform::grant::Principal).
//!
//! * [`login`] signs in; [`throttle`] limits guesses; [`password`] hashes and judges; [`totp`] is the second factor.
//! * [`identity`] turns a cookie or a token into a principal, remembered until [`epoch`] says that rights changed.
//! * [`resolve`] adds up roles; [`roles`] has those that come with the product.
//! * [`duties`] are those of administrators.
//! * [`names`] are those of colleagues and departments, for views.
//! * [`setup`] makes the first administrator; [`links`] let a person set a password once; [`own`] is the account page.
//!
//! Rooms take what they need by extractors of [`platform::http`](crate::platform::http); jobs and commands call
//! [`principal_of`] or [`system`].

pub mod duties;
pub mod epoch;
pub mod http;
pub mod identity;
pub mod links;
pub mod login;
mod me;
pub mod model;
pub mod names;
pub mod own;
pub mod password;
pub mod resolve;
pub mod roles;
pub mod secret;
pub mod setup;
#[cfg(test)]
mod tests;
pub mod throttle;
pub mod tokens;
pub mod totp;

pub use me::{CompanyView, DepartmentName, Me};
pub use resolve::{people_who_may, principal_of, system, system_here};
