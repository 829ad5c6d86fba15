use super::readings::{self, Sounds};

/// Marks that keep kinds of token apart. Private-use characters count as letters in both databases' indexes.
const PINYIN: char = '\u{E000}';
const INITIALS: char = '\u{E001}';
const KEY: char = '\u{E002}';
const ACCESS: char = '\u{E003}';
/// How many characters a pinyin token spans, and an initials token.
const PINYIN_SPAN: usize = 4;
const INITIALS_SPAN: usize = 6;
/// How many spellings from one place of a name are kept; further characters count with their usual reading.
const SPELLINGS_MOST: usize = 16;

/// One word of a query: found if, for any of the alternatives, all its tokens are (`true`: as the beginning of one).
#[derive(Debug, PartialEq)]
pub(super) struct Term {
    pub any: Vec<Vec<(String, bool)>>,
}

/// The tokens of a record, with a blank between them, as both databases take them.
#[derive(Default)]
pub(super) struct Tokens(String);

impl Tokens {
    /// All tokens that a name is found by.
    pub fn add_name(&mut self, name: &str) {
        for run in runs(name) {
            match run {
                Run::Word(word) => {
                    if let Some(first) = word.chars().next() {
                        self.add_letter(first);
                    }
                    self.add(word.chars());
                }
                Run::Han(run) => self.add_han(&run),
            }
        }
    }

    pub fn add_key(&mut self, key: &str) {
        self.add(marked(KEY, key));
    }

    pub fn add_access(&mut self, name: &str) {
        self.add(marked(ACCESS, name));
    }

    pub fn into_text(self) -> String {
        self.0
    }

    fn add(&mut self, token: impl Iterator<Item = char>) {
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        self.0.extend(token);
    }

    /// What a single letter finds: a word, or a stretch of characters, that begins with it. To find it as the beginning
    /// of any token would mean to put together the places of a good part of them all.
    fn add_letter(&mut self, letter: char) {
        self.add([INITIALS, letter].into_iter());
    }

    fn add_han(&mut self, run: &[char]) {
        let sounds = Sounds::of_all(run);
        for letter in sounds.first().into_iter().flat_map(Sounds::iter).filter_map(|sound| sound.chars().next()) {
            self.add_letter(letter);
        }
        for start in 0..run.len() {
            self.add(run[start..].iter().take(1).copied());
            self.add(run[start..].iter().take(2).copied());
            if sounds[start].is_empty() {
                continue;
            }
            let rest = &sounds[start..];
            self.add_spellings(PINYIN, &rest[..rest.len().min(PINYIN_SPAN)], |sound| sound);
            self.add_spellings(INITIALS, &rest[..rest.len().min(INITIALS_SPAN)], |sound| &sound[..1]);
        }
    }

    /// Everything that these characters, of which each may be read in several ways, are spelt as, behind a mark.
    fn add_spellings(&mut self, mark: char, sounds: &[Sounds], part: fn(&'static str) -> &'static str) {
        let usual = sounds.iter().filter_map(|sound| sound.iter().next()).flat_map(|sound| part(sound).chars());
        self.add(std::iter::once(mark).chain(usual));
        if sounds.iter().any(Sounds::is_ambiguous) {
            for other in spellings(mark, sounds, part).iter().skip(1) {
                self.add(other.chars());
            }
        }
    }
}

pub(super) fn key(key: &str) -> String {
    marked(KEY, key).collect()
}

pub(super) fn access(name: &str) -> String {
    marked(ACCESS, name).collect()
}

fn marked(mark: char, text: &str) -> impl Iterator<Item = char> {
    std::iter::once(mark).chain(text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase))
}

/// A stretch of a name: characters of a script without spaces, or a word of letters and digits.
enum Run {
    Han(Vec<char>),
    Word(String),
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut fresh = true;
    for c in text.chars().map(half_width).flat_map(char::to_lowercase) {
        if !c.is_alphanumeric() {
            fresh = true;
            continue;
        }
        match (is_han(c), runs.last_mut()) {
            (true, Some(Run::Han(run))) if !fresh => run.push(c),
            (true, _) => runs.push(Run::Han(vec![c])),
            (false, Some(Run::Word(word))) if !fresh => word.push(c),
            (false, _) => runs.push(Run::Word(c.to_string())),
        }
        fresh = false;
    }
    runs
}

/// Full-width letters and digits, as people type them in Chinese text, count as the plain ones.
fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3134F}' | '\u{3040}'..='\u{30FF}')
}

/// All spellings of characters that may be read in several ways, the one with the usual readings first.
fn spellings(mark: char, sounds: &[Sounds], part: fn(&'static str) -> &'static str) -> Vec<String> {
    let mut spelt = vec![String::from(mark)];
    for readings in sounds {
        let mut parts = readings.iter().map(part);
        let Some(first) = parts.next() else { continue };
        let mut others: Vec<&str> = parts.filter(|part| *part != first).collect();
        others.dedup();
        others.truncate(SPELLINGS_MOST / spelt.len() - 1);
        let before = spelt.len();
        for at in 0..before * others.len() {
            let other = format!("{}{}", spelt[at % before], others[at / before]);
            spelt.push(other);
        }
        spelt[..before].iter_mut().for_each(|spelling| spelling.push_str(first));
    }
    spelt
}

/// The words of what somebody typed, as terms.
pub(super) fn terms(text: &str) -> Vec<Term> {
    const WORDS_MOST: usize = 8;
    runs(text).into_iter().take(WORDS_MOST).map(term).collect()
}

fn term(run: Run) -> Term {
    match run {
        Run::Han(run) if run.len() == 1 => exactly(run.iter().collect()),
        Run::Han(run) => {
            let pairs = run.windows(2).map(|pair| (pair.iter().collect(), false)).collect();
            Term { any: vec![pairs] }
        }
        Run::Word(word) if word.chars().count() == 1 => exactly(format!("{INITIALS}{word}")),
        Run::Word(word) => {
            let mut any = vec![vec![(word.clone(), true)]];
            if word.chars().all(|c| c.is_ascii_alphabetic()) {
                any.push(vec![(format!("{PINYIN}{word}"), true)]);
                any.push(vec![(format!("{INITIALS}{word}"), true)]);
            }
            Term { any }
        }
    }
}

fn exactly(token: String) -> Term {
    Term { any: vec![vec![(token, false)]] }
}

/// Where in a name a text stands, the better place first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Start,
    /// At the beginning of a word.
    Word,
    Inside,
    /// Not in this name.
    Elsewhere,
}

/// Where all words of a text stand in a name: as well as the worst of them.
pub fn place_in(name: &str, text: &str) -> Place {
    let words = runs(text);
    let by_sound = words.iter().any(|word| matches!(word, Run::Word(_)));
    let name: Vec<Spoken> = runs(name).into_iter().map(|run| Spoken::of(run, by_sound)).collect();
    let places = words.into_iter().map(|word| place_of(&name, &word));
    places.max().unwrap_or(Place::Elsewhere)
}

/// A stretch of a name with the sounds of its characters, where they are asked for.
struct Spoken {
    run: Run,
    sounds: Vec<Sounds>,
}

impl Spoken {
    fn of(run: Run, by_sound: bool) -> Self {
        let sounds = match &run {
            Run::Han(run) if by_sound => Sounds::of_all(run),
            _ => Vec::new(),
        };
        Self { run, sounds }
    }

    /// The first character from which on this is the word, or begins with it.
    fn find(&self, word: &Run) -> Option<usize> {
        match (&self.run, word) {
            (Run::Han(run), Run::Han(word)) => run.windows(word.len()).position(|part| part == word),
            (Run::Word(own), Run::Word(word)) => own.starts_with(word.as_str()).then_some(0),
            (Run::Han(_), Run::Word(word)) => {
                let sounds = |start: &usize| &self.sounds[*start..];
                (0..self.sounds.len()).find(|at| is_said(sounds(at), word) || is_initials(sounds(at), word))
            }
            (Run::Word(_), Run::Han(_)) => None,
        }
    }
}

fn place_of(name: &[Spoken], word: &Run) -> Place {
    let places = name.iter().enumerate().filter_map(|(nth, spoken)| match (nth, spoken.find(word)?) {
        (0, 0) => Some(Place::Start),
        (_, 0) => Some(Place::Word),
        _ => Some(Place::Inside),
    });
    places.min().unwrap_or(Place::Elsewhere)
}

/// Whether these sounds one after the other begin with a text.
fn is_said(sounds: &[Sounds], text: &str) -> bool {
    let Some((first, rest)) = sounds.split_first() else { return text.is_empty() };
    first
        .iter()
        .any(|sound| sound.starts_with(text) || text.strip_prefix(sound).is_some_and(|left| is_said(rest, left)))
}

/// Whether the letters of a text are what these sounds begin with.
fn is_initials(sounds: &[Sounds], text: &str) -> bool {
    let begins = |(sounds, letter): (&Sounds, char)| sounds.iter().any(|sound| sound.starts_with(letter));
    text.chars().count() <= sounds.len() && sounds.iter().zip(text.chars()).all(begins)
}

/// What a name is sorted by: its pinyin, then itself, so that both databases page names in the same order of bytes.
pub fn pinyin_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len() * 2);
    for c in name.chars().map(half_width).flat_map(char::to_lowercase) {
        let sound = readings::usual(c);
        match sound.is_empty() {
            true => key.push(c),
            false => key.extend([sound, " "]),
        }
    }
    key.truncate(key.char_indices().nth(120).map_or(key.len(), |(at, _)| at));
    key
}

/// What the name of a person is sorted by: as [`pinyin_key`], with the surname as people say it (曾 is Zeng).
pub fn person_key(name: &str) -> String {
    let chars: Vec<char> = name.trim().chars().collect();
    match readings::surname(&chars) {
        None => pinyin_key(name.trim()),
        Some(surname) => {
            let given: String = chars[surname.len()..].iter().collect();
            format!("{} {}", surname.join(" "), pinyin_key(&given))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens_of(name: &str) -> Vec<String> {
        let mut tokens = Tokens::default();
        tokens.add_name(name);
        tokens.into_text().split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_name_has_pairs_pinyin_and_initials_at_every_place() {
        let tokens = tokens_of("华盛机械");
        for token in
            ["华盛", "盛机", "机械", "械", "\u{E000}huashengjixie", "\u{E000}shengjixie", "\u{E001}hsjx", "\u{E001}sjx"]
        {
            assert!(tokens.contains(&token.to_owned()), "{token} is missing in {tokens:?}");
        }
    }

    #[test]
    fn a_single_character_is_looked_for_as_it_is() {
        let sought = |text: &str| terms(text).into_iter().flat_map(|term| term.any).flatten().collect::<Vec<_>>();
        for (name, text) in [("华盛机械", "盛"), ("华盛机械", "h"), ("重庆", "c"), ("ABB 机械", "j"), ("3M", "3")]
        {
            for (token, prefix) in sought(text) {
                assert!(!prefix, "{text} is looked for as the beginning of a token");
                assert!(tokens_of(name).contains(&token), "{text} is not found in {name}");
            }
        }
        let (inside, _) = &sought("s")[0];
        assert!(!tokens_of("华盛机械").contains(inside), "a letter finds what begins with it");
    }

    #[test]
    fn a_text_stands_at_the_start_at_a_word_inside_or_elsewhere() {
        let places = [
            ("华盛机械", "华盛", Place::Start),
            ("华盛机械", "huash", Place::Start),
            ("华盛机械", "hs", Place::Start),
            ("重庆火锅", "chongq", Place::Start),
            ("深圳华盛机械", "华盛", Place::Inside),
            ("深圳华盛机械", "hsjx", Place::Inside),
            ("深圳（华盛）", "hs", Place::Word),
            ("ABB Trading Ltd.", "trad", Place::Word),
            ("ABB Trading Ltd.", "rad", Place::Elsewhere),
            ("ＡＢＢ 华盛", "abb 华盛", Place::Word),
            ("华盛机械", "华械", Place::Elsewhere),
            ("华盛", "hsjx", Place::Elsewhere),
            ("华盛", " ", Place::Elsewhere),
        ];
        for (name, text, place) in places {
            assert_eq!(place_in(name, text), place, "{text} in {name}");
        }
    }

    #[test]
    fn words_and_full_width_letters_are_one() {
        assert_eq!(tokens_of("ＡＢＢ Ltd."), vec!["\u{E001}a", "abb", "\u{E001}l", "ltd"]);
    }

    #[test]
    fn a_surname_is_found_as_it_is_said_and_as_it_is_usually_read() {
        for (name, typed) in [
            ("曾向阳", "\u{E000}zengxiangyang"),
            ("曾向阳", "\u{E001}zxy"),
            ("单雄", "\u{E000}shanxiong"),
            ("单雄", "\u{E000}danxiong"),
            ("解珍", "\u{E000}xiezhen"),
            ("仇英", "\u{E000}qiuying"),
            ("朴正", "\u{E000}piaozheng"),
            ("尉迟恭", "\u{E000}yuchigong"),
            ("重庆长安", "\u{E000}chongqingchangan"),
            ("重庆银行", "\u{E000}yinhang"),
            ("音乐厅", "\u{E001}yyt"),
        ] {
            assert!(tokens_of(name).contains(&typed.to_owned()), "{typed} is missing in {:?}", tokens_of(name));
        }
    }

    #[test]
    fn people_sort_by_their_surname_as_it_is_said() {
        assert_eq!(person_key("曾向阳"), "zeng xiang yang ");
        assert_eq!(person_key("单于明"), "chan yu ming ");
        assert_eq!(person_key("解"), "xie ");
        assert_eq!(person_key("李雷"), pinyin_key("李雷"));
        assert_eq!(person_key("Ann Smith"), pinyin_key("Ann Smith"));
    }

    #[test]
    fn names_sort_by_sound() {
        assert!(pinyin_key("阿里") < pinyin_key("百度"));
        assert!(pinyin_key("百度") < pinyin_key("腾讯"));
    }
}
