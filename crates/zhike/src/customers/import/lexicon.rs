//! The headings that other CRMs and people's own sheets use (`lexicon.tsv`), in the form that [`super::headings`] brings
//! them into.

use std::sync::LazyLock;

/// Whose field a heading names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Customer,
    Contact,
    /// 电话, 邮箱: of the contact where the sheet has one, of the customer otherwise.
    Either,
}

/// A field and the words for it.
pub struct Entry {
    pub whose: Whose,
    pub field: &'static str,
    /// How sure the words are, of 100.
    pub score: i32,
    pub words: Vec<&'static str>,
}

#[derive(Default)]
pub struct Lexicon {
    /// Headings that mean exactly this.
    pub exact: Vec<Entry>,
    /// 姓名 and the like name the contact where the sheet has companies, and the customer, a person, where it has none.
    pub person: Vec<&'static str>,
    /// Headings that look like something and are not to be taken.
    pub nothing: Vec<&'static str>,
    /// Words that tell a field when they stand at the end of a longer heading, the longest first.
    pub endings: Vec<Entry>,
}

pub static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon::default();
    include_str!("lexicon.tsv").lines().filter(|line| !line.starts_with('#')).for_each(|line| lexicon.take(line));
    lexicon
});

impl Lexicon {
    fn take(&mut self, line: &'static str) {
        let mut parts = line.split('\t');
        let (Some(whose), Some(field), Some(score), Some(words)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return;
        };
        let words: Vec<&str> = words.split(' ').collect();
        let entry = |whose: &str| {
            let whose = match whose {
                "customer" => Whose::Customer,
                "contact" => Whose::Contact,
                _ => Whose::Either,
            };
            Entry { whose, field, score: score.parse().unwrap_or_default(), words: words.clone() }
        };
        match whose.split_once(' ') {
            Some((_, whose)) => self.endings.push(entry(whose)),
            None if whose == "person" => self.person = words,
            None if whose == "nothing" => self.nothing = words,
            None => self.exact.push(entry(whose)),
        }
    }

    pub fn is_person(&self, word: &str) -> bool {
        self.person.contains(&word)
    }

    pub fn is_nothing(&self, word: &str) -> bool {
        self.nothing.contains(&word)
    }

    /// The fields that a word names exactly.
    pub fn named<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.exact.iter().filter(move |entry| entry.words.contains(&word))
    }

    /// The field that a longer heading ends with.
    pub fn ending(&self, word: &str) -> Option<&Entry> {
        self.endings.iter().find(|entry| entry.words.iter().any(|end| word.ends_with(end)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::import::target::Target;

    #[test]
    fn every_line_is_read() {
        assert!(LEXICON.exact.len() > 40 && LEXICON.endings.len() > 15);
        assert!(LEXICON.person.len() > 5 && LEXICON.nothing.len() > 20);
        for entry in LEXICON.exact.iter().chain(&LEXICON.endings) {
            let known = match entry.whose {
                Whose::Customer => Target::customer(entry.field),
                Whose::Contact => Target::contact(1, entry.field),
                Whose::Either => Target::customer(entry.field).and(Target::contact(1, entry.field)),
            };
            assert!(known.is_some() && entry.score > 0, "{}", entry.field);
        }
    }
}
