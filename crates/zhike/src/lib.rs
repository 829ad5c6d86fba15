//! Zhike 知客: a customer-relationship system that runs a company's own regulations. `kernel` has the words that all
//! rooms share, `platform` what carries them, `app` puts them together; every other module is a room of the house.

pub mod app;
pub mod customers;
pub mod desk;
pub mod engagement;
pub mod kernel;
pub mod people;
pub mod platform;
pub mod policy;
pub mod protection;
pub mod sample;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
