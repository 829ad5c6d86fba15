//! Characters that are read in more than one way. The dictionary gives the usual reading of each; here are the readings
//! that surnames have, and those that names of companies and places use beside the usual one. Rare readings are left
//! out: they would find what nobody looked for.

use pinyin::ToPinyin;

/// How a character is read; nothing, if it is not Chinese.
#[derive(Clone, Copy)]
pub(super) struct Sounds {
    usual: &'static str,
    others: &'static [&'static str],
    /// At the beginning of a name.
    as_surname: Option<&'static str>,
}

impl Sounds {
    fn of(c: char) -> Self {
        Self { usual: usual(c), others: others(c), as_surname: None }
    }

    /// Of each of these characters.
    pub fn of_all(run: &[char]) -> Vec<Self> {
        let mut sounds: Vec<Self> = run.iter().map(|c| Self::of(*c)).collect();
        for (own, sound) in sounds.iter_mut().zip(surname(run).unwrap_or_default()) {
            own.as_surname = Some(sound);
        }
        sounds
    }

    /// The usual one first.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> {
        let usual = Some(self.usual).filter(|sound| !sound.is_empty());
        usual.into_iter().chain(self.others.iter().copied()).chain(self.as_surname)
    }

    pub fn is_ambiguous(&self) -> bool {
        self.as_surname.is_some() || !self.others.is_empty()
    }

    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

/// The usual reading of a character as it is typed, with v for ü, or nothing.
pub(super) fn usual(c: char) -> &'static str {
    match c.to_pinyin().map_or("", |sound| sound.plain()) {
        "lü" => "lv",
        "lüe" => "lve",
        "nü" => "nv",
        "nüe" => "nve",
        sound => sound,
    }
}

/// Surnames that are not read as their characters usually are, the longer ones first.
const SURNAMES: &[(&str, &[&str])] = &[
    ("万俟", &["mo", "qi"]),
    ("尉迟", &["yu", "chi"]),
    ("单于", &["chan", "yu"]),
    ("长孙", &["zhang", "sun"]),
    ("澹台", &["tan", "tai"]),
    ("宰父", &["zai", "fu"]),
    ("曾", &["zeng"]),
    ("单", &["shan"]),
    ("解", &["xie"]),
    ("仇", &["qiu"]),
    ("朴", &["piao"]),
    ("查", &["zha"]),
    ("区", &["ou"]),
    ("盖", &["ge"]),
    ("覃", &["qin"]),
    ("翟", &["zhai"]),
    ("缪", &["miao"]),
    ("洗", &["xian"]),
    ("乐", &["yue"]),
    ("员", &["yun"]),
    ("种", &["chong"]),
    ("重", &["chong"]),
    ("召", &["shao"]),
    ("折", &["she"]),
    ("繁", &["po"]),
    ("秘", &["bi"]),
    ("薄", &["bo"]),
    ("黑", &["he"]),
    ("隽", &["juan"]),
    ("能", &["nai"]),
    ("牟", &["mu"]),
    ("逄", &["pang"]),
    ("瞿", &["qu"]),
    ("撒", &["sa"]),
    ("少", &["shao"]),
    ("於", &["yu"]),
    ("祭", &["zhai"]),
    ("柏", &["bai"]),
    ("都", &["du"]),
    ("佴", &["nai"]),
    ("郇", &["huan"]),
    ("郗", &["xi"]),
    ("乜", &["nie"]),
    ("幺", &["yao"]),
    ("谌", &["chen"]),
    ("尉", &["wei"]),
    ("盛", &["sheng"]),
];

/// Further readings that names of companies, trades and places use. The usual reading may be among them.
const OTHERS: &[(char, &[&str])] = &[
    ('重', &["chong", "zhong"]),
    ('行', &["hang", "xing"]),
    ('长', &["chang", "zhang"]),
    ('乐', &["le", "yue"]),
    ('都', &["du", "dou"]),
    ('厦', &["xia", "sha"]),
    ('朝', &["chao", "zhao"]),
    ('传', &["chuan", "zhuan"]),
    ('调', &["diao", "tiao"]),
    ('会', &["hui", "kuai"]),
    ('校', &["xiao", "jiao"]),
    ('藏', &["zang", "cang"]),
    ('蚌', &["beng", "bang"]),
    ('埔', &["pu", "bu"]),
    ('单', &["dan", "shan"]),
    ('曾', &["zeng", "ceng"]),
    ('盛', &["sheng", "cheng"]),
    ('铅', &["qian", "yan"]),
    ('宿', &["su", "xiu"]),
    ('降', &["jiang", "xiang"]),
    ('称', &["cheng", "chen"]),
    ('参', &["shen", "can"]),
    ('解', &["jie", "xie"]),
    ('六', &["liu", "lu"]),
    ('尉', &["wei", "yu"]),
    ('泌', &["mi", "bi"]),
    ('浚', &["jun", "xun"]),
    ('荥', &["xing", "ying"]),
    ('涡', &["wo", "guo"]),
    ('茜', &["xi", "qian"]),
    ('仇', &["chou", "qiu"]),
    ('朴', &["pu", "piao"]),
    ('露', &["lu", "lou"]),
    ('薄', &["bo", "bao"]),
    ('绿', &["lv", "lu"]),
    ('率', &["lv", "shuai"]),
    ('系', &["xi", "ji"]),
    ('给', &["gei", "ji"]),
    ('卡', &["ka", "qia"]),
    ('贾', &["jia", "gu"]),
    ('扎', &["zha", "za"]),
    ('轧', &["zha", "ya"]),
    ('模', &["mo", "mu"]),
    ('强', &["qiang", "jiang"]),
    ('泊', &["bo", "po"]),
    ('沈', &["shen", "chen"]),
    ('佛', &["fo", "fu"]),
    ('阿', &["a", "e"]),
    ('巷', &["xiang", "hang"]),
    ('柏', &["bai", "bo"]),
    ('着', &["zhe", "zhuo"]),
    ('落', &["luo", "la"]),
    ('差', &["cha", "chai"]),
    ('削', &["xiao", "xue"]),
    ('血', &["xue", "xie"]),
    ('熟', &["shu", "shou"]),
    ('壳', &["ke", "qiao"]),
];

/// How the surname that a name begins with is said, a sound for each of its characters; nothing if it is said as its
/// characters usually are.
pub(super) fn surname(name: &[char]) -> Option<&'static [&'static str]> {
    let begins = |surname: &str| {
        let mut own = name.iter();
        surname.chars().all(|c| own.next() == Some(&c))
    };
    SURNAMES.iter().find(|(surname, _)| begins(surname)).map(|(_, sounds)| *sounds)
}

/// What else a character is read as.
fn others(c: char) -> &'static [&'static str] {
    OTHERS.iter().find(|(of, _)| *of == c).map_or(&[], |(_, sounds)| *sounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reading_is_typed_with_plain_letters() {
        for c in ('\u{3400}'..='\u{9FFF}').chain('\u{20000}'..='\u{3134F}') {
            for sound in Sounds::of(c).iter() {
                assert!(sound.chars().all(|letter| letter.is_ascii_lowercase()), "{c} is read {sound}");
            }
        }
        assert_eq!(usual('吕'), "lv");
    }
}
