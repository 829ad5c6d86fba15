//! What is left of a company's name when region, legal form and spelling are taken away. Two names with one core are
//! probably one company: 上海华盛机械有限公司, 华盛机械（上海）股份有限公司 and 华盛机械.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::customers::regions;
use crate::platform::vault::half_width;

/// Legal forms, the longest first.
const LEGAL: &[&str] = &[
    "集团股份有限公司",
    "集团有限责任公司",
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "有限合伙企业",
    "特殊普通合伙",
    "集团总公司",
    "合伙企业",
    "有限公司",
    "集团公司",
    "有限合伙",
    "普通合伙",
    "总公司",
    "公司",
    "集团",
    "股份",
];
const LEGAL_LATIN: &[&str] = &[
    "co",
    "ltd",
    "limited",
    "company",
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "llc",
    "plc",
    "gmbh",
    "ag",
    "group",
];
/// Shorter than this, a core would tell nothing.
const CORE_LEAST: usize = 2;

/// Names of divisions, long and short, that may stand before a company's name or in brackets in it.
static PLACES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let names = regions::all().iter().map(|region| region.name);
    let all = names.flat_map(|name| [name, regions::short_name(name)]).filter(|name| name.chars().count() >= 2);
    all.chain(["中国", "中华人民共和国"]).collect()
});
const PLACE_MOST: usize = 12;

/// The core, by which duplicates are looked for.
pub fn core(name: &str) -> String {
    let plain = plain(name, true);
    let without_place = without_place(&plain);
    without_legal_form(without_place).to_owned()
}

/// The name without legal form and differences of spelling, the region kept: equal only for what people would call the
/// same name. Stricter than [`core`], for work without a person who judges.
pub fn strict(name: &str) -> String {
    without_legal_form(&plain(name, false)).to_owned()
}

/// Half width, small letters, nothing but letters and digits, no Latin legal form at the end.
fn plain(name: &str, drop_places: bool) -> String {
    let name = half_width(name).to_lowercase();
    let name = if drop_places { without_bracketed_place(&name) } else { name };
    let mut words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    while words.len() > 1 && words.last().is_some_and(|word| LEGAL_LATIN.contains(word)) {
        words.pop();
    }
    words.concat()
}

/// 华盛（上海）机械 → 华盛机械; brackets around anything else stay.
fn without_bracketed_place(name: &str) -> String {
    let (Some(open), Some(close)) = (name.find(['(', '[', '【', '〔']), name.find([')', ']', '】', '〕'])) else {
        return name.to_owned();
    };
    let inside = name.get(open..close).map(|part| part.trim_start_matches(['(', '[', '【', '〔']));
    match inside {
        Some(inside) if PLACES.contains(inside.trim()) => {
            let after = name[close..].chars().next().map_or(0, char::len_utf8);
            format!("{}{}", &name[..open], &name[close + after..])
        }
        _ => name.to_owned(),
    }
}

fn without_place(name: &str) -> &str {
    let mut rest = name;
    // 浙江省杭州市西湖区…: at most three levels.
    for _ in 0..3 {
        match longest_place(rest) {
            Some(length) if has_core(&rest[length..]) => rest = &rest[length..],
            _ => break,
        }
    }
    rest
}

/// Whether anything is left of a name without its legal form.
fn has_core(name: &str) -> bool {
    let left = LEGAL.iter().fold(name, |left, form| left.strip_suffix(form).unwrap_or(left));
    left.chars().count() >= CORE_LEAST
}

fn longest_place(name: &str) -> Option<usize> {
    let ends = name.char_indices().map(|(at, c)| at + c.len_utf8()).take(PLACE_MOST);
    ends.collect::<Vec<_>>().into_iter().rev().find(|end| PLACES.contains(&name[..*end]))
}

fn without_legal_form(name: &str) -> &str {
    let mut rest = name;
    while let Some(shorter) = LEGAL.iter().find_map(|form| rest.strip_suffix(form)) {
        if shorter.chars().count() < CORE_LEAST {
            break;
        }
        rest = shorter;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_company_have_one_core() {
        for name in [
            "华盛机械",
            "上海华盛机械有限公司",
            "上海市华盛机械股份有限公司",
            "华盛机械（上海）有限公司",
            "华盛机械(上海)有限公司",
            "上海 华盛机械 有限责任公司",
            "中国上海华盛机械集团有限公司",
            "上海市浦东新区华盛机械有限公司",
        ] {
            assert_eq!(core(name), "华盛机械", "{name}");
        }
        for name in ["ABB Ltd.", "ＡＢＢ Co., Ltd", "abb", "A.B.B."] {
            assert_eq!(core(name), "abb", "{name}");
        }
    }

    #[test]
    fn what_tells_companies_apart_stays() {
        assert_ne!(core("华盛机械有限公司"), core("华盛电子有限公司"));
        assert_ne!(core("华盛机械厂"), core("华盛机械有限公司"));
        assert_eq!(core("上海有限公司"), "上海", "a name that is only a place keeps it");
        assert_eq!(core("公司"), "公司");
        assert_eq!(core("北京集团"), "北京");
        assert_eq!(core("杭州(高新)华盛有限公司"), "高新华盛");
    }

    #[test]
    fn the_strict_form_keeps_the_region() {
        assert_ne!(strict("上海华盛机械有限公司"), strict("北京华盛机械有限公司"));
        assert_eq!(strict("上海 华盛机械（集团）有限公司"), strict("上海华盛机械集团有限公司"));
    }

    proptest::proptest! {
        #[test]
        fn a_core_is_its_own_core_and_never_empty(name in "\\PC{0,40}") {
            let once = core(&name);
            proptest::prop_assert_eq!(strict(&once), strict(&strict(&once)));
            let has_letters = name.chars().any(char::is_alphanumeric);
            proptest::prop_assert_eq!(once.is_empty(), !has_letters);
        }

        #[test]
        fn legal_forms_and_width_do_not_matter(name in "[一-龟]{3,8}", form in proptest::sample::select(LEGAL)) {
            proptest::prop_assume!(!LEGAL.iter().any(|legal| name.ends_with(legal)));
            let written = format!("{name}{form}");
            proptest::prop_assert_eq!(strict(&written), strict(&name));
        }
    }
}
