//! What leaves the house as a file: lists as workbooks or text, filled forms, archives of them. A room writes the file,
//! with what its asker may see and no more, and with a [`mark`] in it; [`release`] is the one door through which it goes
//! out: it enters the file in the register, says whose it is and for how long, and writes down what left.
//!
//! What somebody takes out in a day without being asked is limited ([`gate`]); above that the file waits for a second
//! person, who is asked when its owner has said what it is for. It is fetched by a link that works once and for minutes,
//! by whoever may take out what they might when it was made ([`rights`]), and the register leads a file that turns up back
//! to whoever took it out (C15, C38, R2-7.1).

mod gate;
pub mod http;
pub mod mark;
mod model;
mod rights;
mod service;
mod table;
#[cfg(test)]
mod tests;

pub use mark::Mark;
pub use service::{
    Begun, Leaving, Released, begin, checked as checked_purpose, fetch, forget, lapse, recall, release, taken_in,
};
pub use table::{Cell, Format, Heading, Language, PageOfCells, Start, Style, Table, dated_name, start, take_out};
