//! What leaves the house as a file: lists as workbooks or text, filled forms, archives of them. A room writes the file,
//! with what its asker may see and no more; [`release`] is the one door through which it goes out: it says whose file it
//! is, for how long, and writes down what left; [`fetch`] asks again before it hands it out. Whatever may hold an export
//! back belongs there.

pub mod http;
mod service;
mod table;

pub use service::{Leaving, Released, fetch, forget, recall, release};
pub use table::{Cell, Format, Language, PageOfCells, Style, dated_name, write_table};
