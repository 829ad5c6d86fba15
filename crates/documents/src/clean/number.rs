//! Money, counts, yes and no.

use super::{Unclear, half_width};

/// Money in fen: `1,200元`, `¥3.5万`, `2亿`, `RMB 5000`, `-12.345` (rounded to the fen, half away from zero).
///
/// Codes: `money.empty`, `money.invalid`, `money.currency` (not yuan), `money.ambiguous` with the lower bound as the
/// guess (`10-50万`, `约100万`, `100万以上`), `money.too_large`.
pub fn money(raw: &str) -> Result<i64, Unclear> {
    let typed = half_width(raw).to_ascii_lowercase();
    if typed.contains(['$', '€', '£'])
        || ["usd", "eur", "hkd", "jpy", "美元", "港", "欧元", "日元"].iter().any(|c| typed.contains(c))
    {
        return Err(Unclear::new("money.currency"));
    }
    let bare = strip(&typed, &["人民币", "rmb", "cny", "yuan", "¥", "元", "圆", "整", " "]);
    let codes =
        Codes { empty: "money.empty", invalid: "money.invalid", range: "money.ambiguous", large: "money.too_large" };
    amount(&bare, 100, &codes)
}

/// A whole number of people or things: `200人`, `1.2万`, `1,500`.
///
/// Codes: `count.empty`, `count.invalid` (also below zero), `count.ambiguous` with the lower bound as the guess
/// (`50-99`, `约200人`, `200人以上`, `500+`), `count.too_large`.
pub fn count(raw: &str) -> Result<i64, Unclear> {
    let typed = half_width(raw).to_ascii_lowercase();
    let units = ["人", "名", "位", "个", "家", "台", "件", "次", "户", "people", "persons", "staff", "employees", " "];
    let bare = strip(&typed, &units);
    let codes =
        Codes { empty: "count.empty", invalid: "count.invalid", range: "count.ambiguous", large: "count.too_large" };
    amount(&bare, 1, &codes).and_then(|n| if n < 0 { Err(Unclear::new("count.invalid")) } else { Ok(n) })
}

/// 是/否, 有/无, √/×, Y/N, true/false, 1/0 and their relatives. Codes: `bool.empty`, `bool.invalid`,
/// `bool.ambiguous` (a letter x).
pub fn bool_zh(raw: &str) -> Result<bool, Unclear> {
    match half_width(raw).to_lowercase().as_str() {
        "是" | "有" | "对" | "√" | "✓" | "✔" | "☑" | "y" | "yes" | "true" | "t" | "1" | "真" | "已" | "on" => {
            Ok(true)
        }
        "否" | "无" | "没有" | "不是" | "错" | "×" | "✗" | "✘" | "☐" | "n" | "no" | "false" | "f" | "0" | "假"
        | "未" | "off" => Ok(false),
        "" => Err(Unclear::new("bool.empty")),
        // Typed for × in China, for a tick elsewhere.
        "x" => Err(Unclear::new("bool.ambiguous")),
        _ => Err(Unclear::new("bool.invalid")),
    }
}

struct Codes {
    empty: &'static str,
    invalid: &'static str,
    range: &'static str,
    large: &'static str,
}

fn strip(text: &str, words: &[&str]) -> String {
    words.iter().fold(text.to_owned(), |text, word| text.replace(word, ""))
}

fn amount(bare: &str, scale: i128, codes: &Codes) -> Result<i64, Unclear> {
    if bare.is_empty() {
        return Err(Unclear::new(codes.empty));
    }
    if let Some(lower) = vague(bare) {
        let guess = exact(&lower, scale, codes).ok();
        return Err(guess.map_or_else(|| Unclear::new(codes.invalid), |guess| Unclear::guess(codes.range, guess)));
    }
    exact(bare, scale, codes)
}

/// The lower bound of a range or an approximate number, with its unit.
fn vague(bare: &str) -> Option<String> {
    let marks =
        ["约", "大约", "近", "左右", "以上", "以下", "多", "余", "不到", "超过", "上下", ">", "<", "=", "≥", "≤", "≈"];
    let without = strip(bare, &marks);
    let body = without.strip_suffix('+').unwrap_or(&without);
    let cut = body.char_indices().skip(1).find(|(_, c)| matches!(c, '-' | '~' | '—' | '–' | '至' | '到' | '〜'));
    if let Some((at, _)) = cut {
        let (low, high) = (&body[..at], body[at..].trim_start_matches(['-', '~', '—', '–', '至', '到', '〜']));
        let unit: String = high.chars().skip_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
        let own = low.ends_with(|c: char| !c.is_ascii_digit());
        return Some(if own { low.to_owned() } else { format!("{low}{unit}") });
    }
    (body.len() != bare.len()).then(|| body.to_owned())
}

fn exact(bare: &str, scale: i128, codes: &Codes) -> Result<i64, Unclear> {
    let invalid = || Unclear::new(codes.invalid);
    let accounting = bare.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    let (negative, body) = match accounting.or_else(|| bare.strip_prefix('-')) {
        Some(rest) => (true, rest),
        None => (false, bare.strip_prefix('+').unwrap_or(bare)),
    };
    let at = body.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(body.len());
    let (number, unit) = body.split_at(at);
    let factor = factor(unit).ok_or_else(invalid)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole = grouped(whole).ok_or_else(invalid)?;
    if whole.len() + fraction.len() > 24 || (whole.is_empty() && fraction.is_empty()) || !numeric(fraction) {
        return Err(if whole.len() > 15 { Unclear::new(codes.large) } else { invalid() });
    }
    let digits: i128 = format!("0{whole}{fraction}").parse().map_err(|_| invalid())?;
    let divisor = 10_i128.pow(fraction.len() as u32);
    let scaled = digits.checked_mul(factor * scale);
    if scale == 1 && scaled.is_some_and(|n| n % divisor != 0) {
        return Err(invalid());
    }
    let value = scaled.and_then(|n| n.checked_add(divisor / 2)).map(|n| n / divisor);
    let value = value.and_then(|n| i64::try_from(n).ok()).ok_or_else(|| Unclear::new(codes.large))?;
    Ok(if negative { -value } else { value })
}

/// Units may follow one another: 百万, 千万, 万亿.
fn factor(unit: &str) -> Option<i128> {
    let of = |c| match c {
        '十' => Some(10),
        '百' => Some(100),
        '千' | 'k' => Some(1_000),
        '万' | '萬' | 'w' => Some(10_000),
        'm' => Some(1_000_000),
        '亿' | '億' => Some(100_000_000),
        _ => None,
    };
    if unit.chars().count() > 3 {
        return None;
    }
    unit.chars().try_fold(1, |product, c| of(c).map(|factor: i128| product * factor))
}

/// Digits without their commas, which must stand after groups of three or, as some write, four.
fn grouped(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let even = |size: usize| rest.iter().all(|group| group.len() == size) && (1..=size).contains(&first.len());
    let fine = rest.is_empty() || even(3) || even(4);
    (fine && numeric(&whole.replace(',', ""))).then(|| whole.replace(',', ""))
}

fn numeric(digits: &str) -> bool {
    digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_fen() {
        let cases = [
            ("1200", 120_000),
            ("1,200.50元", 120_050),
            ("¥3.5万", 3_500_000),
            ("￥ １，０００", 100_000),
            ("RMB 5000", 500_000),
            ("人民币2亿元整", 20_000_000_000),
            ("1.23456万", 1_234_560),
            ("500百万", 50_000_000_000),
            ("-12.345", -1_235),
            ("(5)", -500),
            ("（5）", -500),
            (".5", 50),
            ("0.004", 0),
            ("1万亿", 100_000_000_000_000),
        ];
        for (raw, fen) in cases {
            assert_eq!(money(raw), Ok(fen), "{raw}");
        }
    }

    #[test]
    fn unclear_amounts() {
        let code = |raw: &str| money(raw).unwrap_err().code;
        assert_eq!(code("$5"), "money.currency");
        assert_eq!(code("5万美元"), "money.currency");
        assert_eq!(code("面议"), "money.invalid");
        assert_eq!(code("1,2,3"), "money.invalid");
        assert_eq!(code(""), "money.empty");
        assert_eq!(code("99999999999999999999"), "money.too_large");
        assert_eq!(money("10-50万").unwrap_err(), Unclear::guess("money.ambiguous", 10_000_000));
        assert_eq!(money("约100万").unwrap_err(), Unclear::guess("money.ambiguous", 100_000_000));
    }

    #[test]
    fn counts() {
        for (raw, n) in
            [("200人", 200), ("1万", 10_000), ("1.2万人", 12_000), ("1,500", 1_500), ("２００ 人", 200), ("200.0", 200)]
        {
            assert_eq!(count(raw), Ok(n), "{raw}");
        }
        for (raw, lower) in [
            ("50-99", 50),
            ("50～99人", 50),
            ("约200人", 200),
            ("200人以上", 200),
            ("500+", 500),
            ("1-2万", 10_000),
            ("100至200", 100),
        ] {
            assert_eq!(count(raw), Err(Unclear::guess("count.ambiguous", lower)), "{raw}");
        }
        assert_eq!(count("-3").unwrap_err().code, "count.invalid");
        assert_eq!(count("1.5人").unwrap_err().code, "count.invalid");
        assert_eq!(count("很多").unwrap_err().code, "count.invalid");
    }

    #[test]
    fn yes_and_no() {
        for raw in ["是", "有", "√", "Y", "ｙ", "TRUE", "1", " yes "] {
            assert_eq!(bool_zh(raw), Ok(true), "{raw}");
        }
        for raw in ["否", "无", "×", "N", "false", "0"] {
            assert_eq!(bool_zh(raw), Ok(false), "{raw}");
        }
        assert_eq!(bool_zh("X").unwrap_err().code, "bool.ambiguous");
        assert_eq!(bool_zh("也许").unwrap_err().code, "bool.invalid");
    }
}
