//! Documents in and out. This crate knows nothing of HTTP or the database; heavy document dependencies live only here.
//!
//! * [`table`] reads `.xlsx` and `.csv` row by row within hard bounds, and writes both without formulas (R3-T1).
//! * [`form`] prints forms (R3-T1, R3-T2) as PDF, DOCX and XLSX.
//! * [`content`] tells what an uploaded file really is, and makes small pictures of pictures, within hard bounds.
//! * [`mark`] says in a file where it comes from, seen and unseen, and finds it again.
//! * [`clean`] turns what people type into cells into values: phones, dates, money, counts, yes and no.
//! * [`serial`] converts between Excel's day numbers and civil time.

pub mod clean;
pub mod content;
pub mod form;
pub mod mark;
pub mod serial;
pub mod table;
