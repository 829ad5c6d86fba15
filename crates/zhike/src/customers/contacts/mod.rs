//! The people at a customer (R3-1.2): form of address, position, ways to reach them, authority, birthday by the solar or
//! the lunar calendar. They are read and changed by whoever may do so with contacts of that customer.

pub mod draft;
pub mod http;
mod model;
pub mod service;
mod view;

pub use draft::{ContactPatch, NewContact};
pub use model::{Authority, Birthday, CONTACT_EMAIL, CONTACT_PHONE, CONTACT_WECHAT, Calendar, Contact, Salutation};
pub use service::{of_customer, of_customers};
pub use view::{ContactView, view};
