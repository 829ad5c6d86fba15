//! Telephone numbers, above all Chinese ones.
//!
//! Sources: 中国电信网编号计划 (area codes, 400/800 services, mobile numbers of 11 digits beginning with 13–19);
//! ITU-T E.164 for numbers abroad.

use super::{Unclear, half_width};
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneKind {
    Mobile,
    Landline,
    /// 400 and 800 numbers.
    Service,
    /// A local number without its area code.
    Local,
    International,
}

/// One telephone number. [`Phone::to_string`] gives the form that is stored and compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    pub kind: PhoneKind,
    /// `13800138000`, `021-62345678`, `400-888-9999`, `62345678`, `+12025550123`.
    pub number: String,
    pub extension: Option<String>,
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.extension {
            // Abroad a dash may be part of the number.
            Some(extension) if self.kind == PhoneKind::International => write!(f, "{}x{extension}", self.number),
            Some(extension) => write!(f, "{}-{extension}", self.number),
            None => f.write_str(&self.number),
        }
    }
}

/// The only number of a cell. Codes: `phone.empty`, `phone.several` (use [`phones`]), and those of [`phones`].
pub fn phone(raw: &str) -> Result<Phone, Unclear> {
    let mut all = phones(raw);
    match all.len() {
        0 => Err(Unclear::new("phone.empty")),
        1 => all.remove(0),
        _ => Err(Unclear::new("phone.several")),
    }
}

/// All numbers of a cell, separated by `/ 、 ; ,` or line breaks, or two mobile numbers side by side. A part that is no
/// number is an error of its own: `phone.invalid`, or `phone.lost_digits` for `1.38E+10`, what a spreadsheet program
/// leaves of a long number.
pub fn phones(raw: &str) -> Vec<Result<Phone, Unclear>> {
    let separator = |c: char| matches!(c, '/' | '、' | ';' | '；' | ',' | '，' | '|' | '\n' | '\r' | '\\' | '／');
    let parts = raw.split(separator).map(half_width).filter(|part| !part.is_empty());
    parts.flat_map(|part| side_by_side(&part)).collect()
}

/// `13800138000 13900139000` are two numbers; `021 6234 5678` is one.
fn side_by_side(part: &str) -> Vec<Result<Phone, Unclear>> {
    let words: Vec<&str> = part.split(' ').collect();
    if words.len() > 1 && words.iter().all(|word| parse(word).is_ok_and(|phone| phone.kind != PhoneKind::Local)) {
        return words.into_iter().map(parse).collect();
    }
    vec![parse(part)]
}

fn parse(part: &str) -> Result<Phone, Unclear> {
    if let Some(result) = scientific(part) {
        return result;
    }
    let (main, extension) = split_extension(part);
    let compact: String =
        main.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '—' | '–' | '‐')).collect();
    let compact = compact.trim_start_matches(is_label);
    let (origin, digits) = country(compact);
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Unclear::new("phone.invalid"));
    }
    let (kind, number) = match origin {
        Origin::Abroad => international(digits)?,
        Origin::China => domestic(&with_trunk(digits), main)?,
        Origin::Untold => domestic(digits, main)?,
    };
    let (number, inner) = number;
    let extension = extension.or(inner);
    if kind == PhoneKind::Mobile && extension.is_some() {
        return Err(Unclear::new("phone.invalid"));
    }
    Ok(Phone { kind, number, extension })
}

/// `手机:`, `Tel.` and the like in front.
fn is_label(c: char) -> bool {
    !(c.is_ascii_digit() || c == '+')
}

/// What the prefix says about the country.
enum Origin {
    China,
    Abroad,
    Untold,
}

/// The country, and what remains without its prefix.
fn country(compact: &str) -> (Origin, &str) {
    let national = compact.strip_prefix("+86").or_else(|| compact.strip_prefix("0086"));
    if let Some(rest) = national {
        return (Origin::China, rest);
    }
    if let Some(rest) = compact.strip_prefix('+').or_else(|| compact.strip_prefix("00")) {
        return (Origin::Abroad, rest);
    }
    // 86 without a plus is the country only in front of a whole mobile number.
    match compact.strip_prefix("86") {
        Some(rest) if is_mobile(rest) => (Origin::China, rest),
        _ => (Origin::Untold, compact),
    }
}

type Numbered = (PhoneKind, (String, Option<String>));

fn international(digits: &str) -> Result<Numbered, Unclear> {
    if !(7..=15).contains(&digits.len()) {
        return Err(Unclear::new("phone.invalid"));
    }
    Ok((PhoneKind::International, (format!("+{digits}"), None)))
}

fn domestic(digits: &str, typed: &str) -> Result<Numbered, Unclear> {
    if is_mobile(digits) {
        return Ok((PhoneKind::Mobile, (digits.to_owned(), None)));
    }
    // 0 in front of a mobile number: how one used to call it from another province.
    if let Some(rest) = digits.strip_prefix('0').filter(|rest| is_mobile(rest)) {
        return Ok((PhoneKind::Mobile, (rest.to_owned(), None)));
    }
    if (10..=16).contains(&digits.len()) && (digits.starts_with("400") || digits.starts_with("800")) {
        let (number, extension) = digits.split_at(10);
        let number = format!("{}-{}-{}", &number[..3], &number[3..6], &number[6..]);
        return Ok((PhoneKind::Service, (number, (!extension.is_empty()).then(|| extension.to_owned()))));
    }
    if let Some(landline) = landline(digits, typed) {
        return Ok((PhoneKind::Landline, landline));
    }
    local(digits, typed).map(|local| (PhoneKind::Local, local)).ok_or_else(|| Unclear::new("phone.invalid"))
}

/// Seven or eight digits beginning with 2 to 8, and perhaps an extension typed with a dash.
fn local(digits: &str, typed: &str) -> Option<(String, Option<String>)> {
    let fits = |number: &str| matches!(number.len(), 7 | 8) && number.starts_with(|c: char| ('2'..='8').contains(&c));
    if fits(digits) {
        return Some((digits.to_owned(), None));
    }
    let (number, extension) = dashed_extension(digits, typed)?;
    fits(number).then(|| (number.to_owned(), Some(extension.to_owned())))
}

/// The digits before and after the last dash that was typed, if what follows it can be an extension.
fn dashed_extension<'d>(digits: &'d str, typed: &str) -> Option<(&'d str, &'d str)> {
    let (_, last) = typed.trim().rsplit_once(['-', '—', '–', '‐'])?;
    let number = digits.strip_suffix(last).filter(|_| (1..=6).contains(&last.len()))?;
    Some(digits.split_at(number.len()))
}

fn is_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]) && bytes.iter().all(u8::is_ascii_digit)
}

/// Area code (010, 02x with three digits, 03xx to 09xx with four), a number of 7 or 8 digits, and perhaps an extension
/// typed with a dash: `021-62345678-801`.
fn landline(digits: &str, typed: &str) -> Option<(String, Option<String>)> {
    let area = if digits.starts_with("010") || digits.starts_with("02") { 3 } else { 4 };
    let (area, rest) = digits.split_at_checked(area)?;
    let valid = area.starts_with('0') && !area.starts_with("00");
    if !valid || !rest.starts_with(|c: char| ('1'..='9').contains(&c)) {
        return None;
    }
    if matches!(rest.len(), 7 | 8) {
        return Some((format!("{area}-{rest}"), None));
    }
    let (number, extension) = dashed_extension(rest, typed)?;
    matches!(number.len(), 7 | 8).then(|| (format!("{area}-{number}"), Some(extension.to_owned())))
}

/// After +86 the leading zero of an area code is left out: +86 21 6234 5678.
fn with_trunk(digits: &str) -> String {
    let service = digits.starts_with("400") || digits.starts_with("800");
    let complete = is_mobile(digits) || service || digits.starts_with('0') || digits.len() < 9;
    if complete { digits.to_owned() } else { format!("0{digits}") }
}

/// `转801`, `ext. 801`, `x801`, `#801`, `分机801`.
fn split_extension(part: &str) -> (&str, Option<String>) {
    let lower = part.to_ascii_lowercase();
    for mark in ["分机号", "分机", "转", "轉", "extension", "ext.", "ext", "x", "#"] {
        let Some(at) = lower.find(mark) else { continue };
        let tail = part[at + mark.len()..].trim_matches([' ', ':', '.', '-', ')', '(']);
        let numeric = (1..=6).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_digit());
        if numeric {
            return (part[..at].trim_end_matches([' ', '-', '(', ',']), Some(tail.to_owned()));
        }
    }
    (part, None)
}

/// `1.3800138E+10`: whole only if the mantissa still has every digit.
fn scientific(part: &str) -> Option<Result<Phone, Unclear>> {
    let (mantissa, exponent) = part.split_once(['E', 'e'])?;
    let exponent: usize = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let numeric = whole.len() == 1 && format!("{whole}{fraction}").bytes().all(|b| b.is_ascii_digit());
    if !numeric {
        return None;
    }
    if fraction.len() != exponent {
        return Some(Err(Unclear::new("phone.lost_digits")));
    }
    Some(parse(&format!("{whole}{fraction}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(raw: &str) -> String {
        phone(raw).map_or_else(|unclear| unclear.code.to_owned(), |phone| phone.to_string())
    }

    #[test]
    fn mobiles() {
        for raw in [
            "13800138000",
            "１３８００１３８０００",
            "138-0013-8000",
            "138 0013 8000",
            "+86 138 0013 8000",
            "+8613800138000",
            "008613800138000",
            "86-13800138000",
            "(+86)13800138000",
            "013800138000",
            "手机：13800138000",
            "Tel: 138.0013.8000",
            "1.3800138000E+10",
            "\u{200B}13800138000\u{3000}",
        ] {
            assert_eq!(one(raw), "13800138000", "{raw}");
        }
    }

    #[test]
    fn landlines_and_services() {
        let cases = [
            ("021-62345678", "021-62345678"),
            ("02162345678", "021-62345678"),
            ("(021) 6234 5678", "021-62345678"),
            ("（021）62345678", "021-62345678"),
            ("+86 21 6234 5678", "021-62345678"),
            ("+86-755-26771234", "0755-26771234"),
            ("0571-8888888", "0571-8888888"),
            ("010-65881234-801", "010-65881234-801"),
            ("010-65881234转801", "010-65881234-801"),
            ("010-65881234 ext. 801", "010-65881234-801"),
            ("0755 26771234 x12", "0755-26771234-12"),
            ("010-65881234（分机801）", "010-65881234-801"),
            ("400-888-9999", "400-888-9999"),
            ("4008889999", "400-888-9999"),
            ("400-888-9999-801", "400-888-9999-801"),
            ("400 888 9999转1", "400-888-9999-1"),
            ("+86 400 888 9999", "400-888-9999"),
            ("+86 10 6588 1234", "010-65881234"),
            ("62345678", "62345678"),
            ("6234-5678", "62345678"),
            ("62345678-801", "62345678-801"),
            ("+1 202 555 0123 ext 7", "+12025550123x7"),
            ("+1 (202) 555-0123", "+12025550123"),
            ("00852-21234567", "+85221234567"),
        ];
        for (raw, expected) in cases {
            assert_eq!(one(raw), expected, "{raw}");
        }
        assert_eq!(phone("62345678").unwrap().kind, PhoneKind::Local);
    }

    #[test]
    fn what_is_no_number() {
        for raw in [
            "12345",
            "1380013800",
            "138001380001",
            "见名片",
            "-",
            "12800138000",
            "x",
            "+86",
            "转801",
            "6234567890",
            "62345678901",
        ] {
            assert_eq!(one(raw), "phone.invalid", "{raw}");
        }
        assert_eq!(one("1.38E+10"), "phone.lost_digits");
        assert_eq!(one("  "), "phone.empty");
        assert_eq!(one("13800138000/13900139000"), "phone.several");
    }

    #[test]
    fn several_in_a_cell() {
        let all =
            |raw: &str| phones(raw).into_iter().map(|p| p.map_or("?".into(), |p| p.to_string())).collect::<Vec<_>>();
        for raw in [
            "13800138000/021-62345678",
            "13800138000、021-62345678",
            "13800138000；021-62345678",
            "13800138000, 021-62345678",
            "13800138000\n021-62345678",
        ] {
            assert_eq!(all(raw), ["13800138000", "021-62345678"], "{raw}");
        }
        assert_eq!(all("13800138000 13900139000"), ["13800138000", "13900139000"]);
        assert_eq!(all("13800138000/无"), ["13800138000", "?"]);
        assert!(all("").is_empty());
    }
}
