use pinyin::ToPinyin;

/// Marks that keep kinds of token apart. Private-use characters count as letters in both databases' indexes.
const PINYIN: char = '\u{E000}';
const INITIALS: char = '\u{E001}';
const KEY: char = '\u{E002}';
const ACCESS: char = '\u{E003}';
/// How many characters a pinyin token spans, and an initials token.
const PINYIN_SPAN: usize = 4;
const INITIALS_SPAN: usize = 6;

/// One word of a query: found if, for any of the alternatives, all its tokens are (`true`: as the beginning of one).
#[derive(Debug, PartialEq)]
pub(super) struct Term {
    pub any: Vec<Vec<(String, bool)>>,
}

pub(super) fn key(key: &str) -> String {
    marked(KEY, key)
}

pub(super) fn access(name: &str) -> String {
    marked(ACCESS, name)
}

fn marked(mark: char, text: &str) -> String {
    std::iter::once(mark).chain(text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)).collect()
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

/// All tokens that a name is found by.
pub fn tokens_of(name: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for run in runs(name) {
        match run {
            Run::Word(word) => tokens.push(word),
            Run::Han(run) => han_tokens(&run, &mut tokens),
        }
    }
    tokens
}

fn han_tokens(run: &[char], tokens: &mut Vec<String>) {
    let sounds: Vec<&str> = run.iter().map(|c| c.to_pinyin().map_or("", |sound| sound.plain())).collect();
    for start in 0..run.len() {
        tokens.push(run[start..].iter().take(2).collect());
        if sounds[start].is_empty() {
            continue;
        }
        let spoken: String = sounds[start..].iter().take(PINYIN_SPAN).copied().collect();
        tokens.push(format!("{PINYIN}{}", plain(&spoken)));
        let initials: String =
            sounds[start..].iter().take(INITIALS_SPAN).filter_map(|sound| sound.chars().next()).collect();
        tokens.push(format!("{INITIALS}{initials}"));
    }
}

/// ü is typed as v.
fn plain(sound: &str) -> String {
    sound.replace('ü', "v")
}

/// The words of what somebody typed, as terms.
pub(super) fn terms(text: &str) -> Vec<Term> {
    const WORDS_MOST: usize = 8;
    runs(text).into_iter().take(WORDS_MOST).map(term).collect()
}

fn term(run: Run) -> Term {
    match run {
        Run::Han(run) if run.len() == 1 => Term { any: vec![vec![(run.iter().collect(), true)]] },
        Run::Han(run) => {
            let pairs = run.windows(2).map(|pair| (pair.iter().collect(), false)).collect();
            Term { any: vec![pairs] }
        }
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

/// What a name is sorted by: its pinyin, then itself, so that both databases page names in the same order of bytes.
pub fn pinyin_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len() * 2);
    for c in name.chars().map(half_width).flat_map(char::to_lowercase) {
        match c.to_pinyin() {
            Some(sound) => {
                key.push_str(&plain(sound.plain()));
                key.push(' ');
            }
            None => key.push(c),
        }
    }
    key.truncate(key.char_indices().nth(120).map_or(key.len(), |(at, _)| at));
    key
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn words_and_full_width_letters_are_one() {
        assert_eq!(tokens_of("ＡＢＢ Ltd."), vec!["abb", "ltd"]);
    }

    #[test]
    fn names_sort_by_sound() {
        assert!(pinyin_key("阿里") < pinyin_key("百度"));
        assert!(pinyin_key("百度") < pinyin_key("腾讯"));
    }
}
