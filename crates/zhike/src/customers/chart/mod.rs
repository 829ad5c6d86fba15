//! The organisation chart of a customer (R3-1.1, R3-1.2): its own departments as a tree, in which its contacts stand and
//! report to each other. A contact's department is the name of where they stand, so there is one truth: whoever is put
//! into a department has its name, and whoever is given the name of one stands in it.

pub mod http;
mod model;
pub mod rules;
pub mod service;

pub use model::Unit;
pub use service::place;
