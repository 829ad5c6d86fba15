//! The people at a customer (R3-1.2): form of address, position, ways to reach them, authority, birthday by the solar or
//! the lunar calendar; where they stand in the organisation chart and how they stand to us. Some must not be contacted,
//! some change companies ([`moving`]). They are read and changed by whoever may do so with contacts of that customer.

pub mod draft;
pub mod http;
mod model;
pub mod moving;
pub mod removal;
pub mod service;
mod view;

pub use draft::{ContactPatch, NewContact};
pub use model::{
    Attitude, Authority, Birthday, CONTACT_EMAIL, CONTACT_PHONE, CONTACT_WECHAT, Calendar, Contact, Influence,
    Salutation, Way,
};
pub use service::{of_customer, of_customers};
pub use view::ContactView;
