//! The administrative divisions of China (GB/T 2260): province, city, county. See NOTICE for where the table comes from.

use std::sync::LazyLock;

use serde::Serialize;
use utoipa::ToSchema;

static TABLE: LazyLock<Vec<Region>> = LazyLock::new(|| include_str!("gbt2260.tsv").lines().filter_map(parse).collect());

/// A division.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Region {
    #[schema(example = "330106")]
    pub code: &'static str,
    #[schema(example = "西湖区")]
    pub name: &'static str,
    /// The division that this one belongs to; counties of a municipality belong to it directly.
    pub parent: Option<&'static str>,
    /// No longer given out; older records may carry it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}

fn parse(line: &'static str) -> Option<Region> {
    let mut parts = line.split('\t');
    let (code, name) = (parts.next()?, parts.next()?);
    Some(Region { code, name, parent: None, withdrawn: parts.next().is_some() })
}

/// All divisions by code, each with its parent.
pub fn all() -> &'static [Region] {
    static LINKED: LazyLock<Vec<Region>> =
        LazyLock::new(|| TABLE.iter().map(|region| Region { parent: parent(region.code), ..region.clone() }).collect());
    &LINKED
}

pub fn find(code: &str) -> Option<&'static Region> {
    let at = TABLE.binary_search_by(|region| region.code.cmp(code)).ok()?;
    all().get(at)
}

fn known(code: &str) -> Option<&'static str> {
    TABLE.binary_search_by(|region| region.code.cmp(code)).ok().map(|at| TABLE[at].code)
}

fn parent(code: &str) -> Option<&'static str> {
    if code.ends_with("0000") {
        return None;
    }
    let city = format!("{}00", &code[..4]);
    let city = known(&city).filter(|city| *city != code);
    city.or_else(|| known(&format!("{}0000", &code[..2])))
}

/// The code itself and those of all divisions below it: who asks for Zhejiang means its cities and counties too.
pub fn with_all_below(code: &str) -> Vec<&'static str> {
    let prefix = match code {
        _ if code.ends_with("0000") => &code[..2],
        _ if code.ends_with("00") && code.len() == 6 => &code[..4],
        _ => code,
    };
    TABLE.iter().map(|region| region.code).filter(|code| code.starts_with(prefix)).collect()
}

/// A division by what people write: a code, a name with or without its last word (浙江省杭州市, 浙江杭州, 西湖区).
/// Names that several counties share are found only together with what they belong to.
pub fn recognise(text: &str) -> Option<&'static str> {
    let text: String =
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '/' | '·' | ',' | '，')).collect();
    if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
        return known(&text);
    }
    let current = || all().iter().filter(|region| !region.withdrawn);
    let mut rest = text.as_str();
    let mut within = String::new();
    let mut found = None;
    while !rest.is_empty() {
        let mut matching = current().filter(|region| region.code.starts_with(&within) && Some(region.code) != found);
        let (region, length) = next_part(&mut matching, rest, found.is_some())?;
        found = Some(region.code);
        within = region.code.trim_end_matches("00").to_owned();
        rest = &rest[length..];
    }
    found
}

/// The highest division whose name begins the text; a county alone only if no other has its name.
fn next_part<'a>(
    regions: &mut dyn Iterator<Item = &'a Region>,
    text: &str,
    inside: bool,
) -> Option<(&'a Region, usize)> {
    let mut best: Option<(&Region, usize, u8)> = None;
    let mut ambiguous = false;
    for region in regions {
        let Some(length) = beginning(region, text) else { continue };
        let rank = level(region.code);
        match &best {
            Some((_, longest, highest))
                if (*highest, std::cmp::Reverse(*longest)) < (rank, std::cmp::Reverse(length)) => {}
            Some((_, longest, highest)) if (*highest, *longest) == (rank, length) => ambiguous = true,
            _ => {
                best = Some((region, length, rank));
                ambiguous = false;
            }
        }
    }
    best.filter(|_| !ambiguous || inside).map(|(region, length, _)| (region, length))
}

fn level(code: &str) -> u8 {
    match code {
        _ if code.ends_with("0000") => 0,
        _ if code.ends_with("00") => 1,
        _ => 2,
    }
}

fn beginning(region: &Region, text: &str) -> Option<usize> {
    if text.starts_with(region.name) {
        return Some(region.name.len());
    }
    let short = short_name(region.name);
    (short.chars().count() >= 2 && text.starts_with(short)).then_some(short.len())
}

/// 浙江 for 浙江省, 广西 for 广西壮族自治区.
pub fn short_name(name: &str) -> &str {
    const LONG: &[(&str, &str)] = &[
        ("内蒙古自治区", "内蒙古"),
        ("广西壮族自治区", "广西"),
        ("西藏自治区", "西藏"),
        ("宁夏回族自治区", "宁夏"),
        ("新疆维吾尔自治区", "新疆"),
        ("香港特别行政区", "香港"),
        ("澳门特别行政区", "澳门"),
    ];
    if let Some((_, short)) = LONG.iter().find(|(long, _)| *long == name) {
        return short;
    }
    let cut = ["省", "市", "区", "县", "盟"].iter().find_map(|last| name.strip_suffix(last));
    cut.filter(|short| short.chars().count() >= 2).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert!(TABLE.windows(2).all(|pair| pair[0].code < pair[1].code), "sorted, for the binary search");
        assert_eq!(all().iter().filter(|region| region.parent.is_none()).count(), 34, "provinces");
        assert!(all().len() > 3_200);
        for region in all() {
            assert!(region.parent.is_none_or(|parent| find(parent).is_some()), "{}", region.code);
        }
    }

    #[test]
    fn divisions_have_their_place() {
        let chain = |code| {
            let mut names = Vec::new();
            let mut at = find(code);
            while let Some(region) = at {
                names.insert(0, region.name);
                at = region.parent.and_then(find);
            }
            names.join("/")
        };
        assert_eq!(chain("330106"), "浙江省/杭州市/西湖区");
        assert_eq!(chain("310115"), "上海市/浦东新区");
        assert_eq!(chain("441900"), "广东省/东莞市");
        assert_eq!(chain("710000"), "台湾省");
        assert!(find("330104").is_some_and(|region| region.withdrawn));
        assert!(find("000000").is_none() && find("").is_none() && find("上海").is_none());
    }

    #[test]
    fn a_province_includes_what_lies_in_it() {
        assert!(with_all_below("330000").contains(&"330106") && with_all_below("330100").contains(&"330106"));
        assert!(!with_all_below("330200").contains(&"330106"));
        assert_eq!(with_all_below("330106"), ["330106"]);
        assert!(with_all_below("nonsense").is_empty());
    }

    #[test]
    fn people_write_regions_in_many_ways() {
        for (text, code) in [
            ("330106", "330106"),
            ("浙江省杭州市西湖区", "330106"),
            ("浙江 杭州 西湖", "330106"),
            ("杭州市", "330100"),
            ("杭州", "330100"),
            ("上海", "310000"),
            ("上海市浦东新区", "310115"),
            ("广西", "450000"),
            ("东莞", "441900"),
        ] {
            assert_eq!(recognise(text), Some(code), "{text}");
        }
        for text in ["", "鼓楼区", "火星", "杭州火星"] {
            assert_eq!(recognise(text), None, "{text}");
        }
    }
}
