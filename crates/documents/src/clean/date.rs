//! Dates and times in any usual form.
//!
//! Year first is the Chinese and ISO way and never ambiguous with `-`, `.` or 年月日. With slashes and a year at the end
//! (`11/3/2026`) or with only two digits (`26/11/3`), a date counts only if it can be read in one way. Years of two
//! digits are 1950 to 2049.

use super::{Unclear, half_width};
use crate::serial::{self, Epoch};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

/// What a cell says about when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Moment {
    Date(Date),
    /// In the time zone of whoever wrote it.
    DateTime(DateTime),
    /// With an offset from UTC, as programs export it: `2026-11-03T06:30:00Z`.
    Instant(Timestamp),
}

/// A date or a time on a date. A bare number is Excel's, counted from 1900; see [`moment_with`].
///
/// Codes: `date.empty`, `date.invalid`, `date.ambiguous` with the Chinese or else the American reading as the guess,
/// `date.incomplete` (only year and month).
pub fn moment(raw: &str) -> Result<Moment, Unclear> {
    moment_with(raw, Epoch::Y1900)
}

/// As [`moment`], with the epoch of the workbook for bare day numbers.
pub fn moment_with(raw: &str, epoch: Epoch) -> Result<Moment, Unclear> {
    let typed = half_width(raw);
    if typed.is_empty() {
        return Err(Unclear::new("date.empty"));
    }
    if let Some(instant) = instant(&typed) {
        return Ok(Moment::Instant(instant));
    }
    if let Some(result) = bare_number(&typed, epoch) {
        return result;
    }
    let (day, time) = split_time(&typed);
    let date = parse_date(day)?;
    let Some(time) = time else { return Ok(Moment::Date(date)) };
    let time = parse_time(time).ok_or_else(|| Unclear::new("date.invalid"))?;
    Ok(Moment::DateTime(date.to_datetime(time)))
}

/// The date alone. An instant has one only in a time zone: `date.needs_zone`.
pub fn date(raw: &str) -> Result<Date, Unclear> {
    match moment(raw)? {
        Moment::Date(date) => Ok(date),
        Moment::DateTime(at) => Ok(at.date()),
        Moment::Instant(_) => Err(Unclear::new("date.needs_zone")),
    }
}

/// The time; a date alone is its midnight. An instant has one only in a time zone: `date.needs_zone`.
pub fn date_time(raw: &str) -> Result<DateTime, Unclear> {
    match moment(raw)? {
        Moment::Date(date) => Ok(date.to_datetime(Time::midnight())),
        Moment::DateTime(at) => Ok(at),
        Moment::Instant(_) => Err(Unclear::new("date.needs_zone")),
    }
}

/// RFC 3339 with an offset.
fn instant(typed: &str) -> Option<Timestamp> {
    let (_, time) = typed.split_once(['T', ' '])?;
    let zoned = time.contains(':') && (time.ends_with(['Z', 'z']) || time.contains(['+', '-']));
    zoned.then(|| typed.parse().ok()).flatten()
}

/// `20261103`, `20261103143000`, `46329`, `46329.5`.
fn bare_number(typed: &str, epoch: Epoch) -> Option<Result<Moment, Unclear>> {
    let (whole, fraction) = typed.split_once('.').unwrap_or((typed, ""));
    let numeric = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !numeric(whole) || !numeric(fraction) {
        return None;
    }
    let invalid = || Unclear::new("date.invalid");
    Some(match (whole.len(), fraction.is_empty()) {
        (8, true) => compact_date(whole).map(Moment::Date).ok_or_else(invalid),
        (12 | 14, true) => compact_date_time(whole).map(Moment::DateTime).ok_or_else(invalid),
        (6, true) => Err(Unclear::new("date.ambiguous")),
        (4, true) => Err(Unclear::new("date.incomplete")),
        // 1954 to 2173: a smaller number is more likely something else.
        (5, _) if (20_000..100_000).contains(&whole.parse().unwrap_or(0)) => {
            serial_number(typed, epoch).ok_or_else(invalid)
        }
        _ => return None,
    })
}

fn serial_number(typed: &str, epoch: Epoch) -> Option<Moment> {
    let number: f64 = typed.parse().ok()?;
    let at = serial::to_civil(number, epoch)?;
    Some(if number.fract() == 0.0 { Moment::Date(at.date()) } else { Moment::DateTime(at) })
}

fn compact_date(digits: &str) -> Option<Date> {
    let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i32>().ok();
    civil(part(0..4)?, part(4..6)?, part(6..8)?)
}

fn compact_date_time(digits: &str) -> Option<DateTime> {
    let part = |at: usize| digits.get(at..at + 2).map_or(Some(0), |two| two.parse::<i8>().ok());
    let time = Time::new(part(8)?, part(10)?, part(12)?, 0).ok()?;
    Some(compact_date(digits)?.to_datetime(time))
}

/// Cuts where the time begins: at a T between digits, or at the word that holds a colon, 时, 点, AM or PM.
fn split_time(typed: &str) -> (&str, Option<&str>) {
    if let Some((day, time)) = typed.split_once('T')
        && day.ends_with(|c: char| c.is_ascii_digit())
    {
        return (day, Some(time));
    }
    let Some(colon) = typed.find([':', '时', '時', '点']) else { return (typed, None) };
    let before = typed[..colon].trim_end().trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    let words = ["上午", "下午", "晚上", "凌晨", "早上", "中午", "AM", "PM"];
    let word = words.iter().find_map(|word| before.strip_suffix(word));
    let at = word.unwrap_or(&typed[..before.len()]).len();
    // Without a space between day and hour nothing says where the day ends, except 日.
    (typed[..at].trim_end(), Some(typed[at..].trim()))
}

fn parse_time(typed: &str) -> Option<Time> {
    let upper = typed.to_uppercase();
    let late = ["下午", "晚上", "PM", "P.M."].iter().any(|word| upper.contains(word));
    let early = ["上午", "凌晨", "早上", "AM", "A.M."].iter().any(|word| upper.contains(word));
    let noon = upper.contains("中午");
    let spread: String = upper
        .replace("点半", ":30")
        .chars()
        .map(|c| if matches!(c, '时' | '時' | '点' | '分' | '秒') { ':' } else { c })
        .filter(|c| c.is_ascii_digit() || matches!(c, ':' | '.'))
        .collect();
    let spread = spread.trim_matches([':', '.']);
    let leftover = upper.chars().any(|c| c.is_ascii_alphabetic() && !matches!(c, 'A' | 'P' | 'M'));
    let mut parts = spread.split(':');
    let mut hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next().unwrap_or("0").parse().ok()?;
    let (second, nanosecond) = seconds(parts.next().unwrap_or("0"))?;
    if leftover || parts.next().is_some() {
        return None;
    }
    if (late && hour < 12) || (noon && hour < 3) {
        hour += 12;
    } else if early && hour == 12 {
        hour = 0;
    }
    Time::new(hour, minute, second, nanosecond).ok()
}

fn seconds(part: &str) -> Option<(i8, i32)> {
    let (whole, fraction) = part.split_once('.').unwrap_or((part, ""));
    if fraction.len() > 9 {
        return None;
    }
    Some((whole.parse().ok()?, format!("{fraction:0<9}").parse().ok()?))
}

fn parse_date(typed: &str) -> Result<Date, Unclear> {
    let invalid = || Unclear::new("date.invalid");
    let day = without_weekday(typed);
    if let Some(date) = english(day) {
        return date.ok_or_else(invalid);
    }
    if day.contains(['年', '月']) {
        return chinese(day);
    }
    let separator = day.chars().find(|c| matches!(c, '-' | '/' | '.' | ' ' | '\\' | '—')).ok_or_else(invalid)?;
    let parts: Vec<&str> = day.split(separator).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.iter().any(|part| part.len() > 4 || !part.bytes().all(|b| b.is_ascii_digit())) {
        return Err(invalid());
    }
    let numbers: Vec<i32> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    match (numbers.as_slice(), parts.first().map_or(0, |part| part.len()), parts.last().map_or(0, |part| part.len())) {
        ([year, month, day], 3 | 4, _) => civil(*year, *month, *day).ok_or_else(invalid),
        ([a, b, year], _, 4) => one_reading(&[civil(*year, *a, *b), civil(*year, *b, *a)]),
        ([a, b, c], ..) if separator == '/' => {
            one_reading(&[civil(short(*a), *b, *c), civil(short(*c), *a, *b), civil(short(*c), *b, *a)])
        }
        ([year, month, day], ..) => civil(short(*year), *month, *day).ok_or_else(invalid),
        ([_, _], ..) => Err(Unclear::new("date.incomplete")),
        _ => Err(invalid()),
    }
}

/// The only possible date among several readings, the likeliest first.
fn one_reading(readings: &[Option<Date>]) -> Result<Date, Unclear> {
    let mut possible = readings.iter().flatten();
    let first = possible.next().ok_or_else(|| Unclear::new("date.invalid"))?;
    if possible.all(|other| other == first) { Ok(*first) } else { Err(Unclear::guess("date.ambiguous", first)) }
}

/// `2026年11月3日`, `26年11月3号`, `二〇二六年十一月三日`.
fn chinese(typed: &str) -> Result<Date, Unclear> {
    let invalid = || Unclear::new("date.invalid");
    let (year, rest) = typed.split_once('年').ok_or_else(|| Unclear::new("date.incomplete"))?;
    let (month, day) = rest.split_once('月').ok_or_else(|| Unclear::new("date.incomplete"))?;
    let day = day.trim().trim_end_matches(['日', '号']).trim();
    if day.is_empty() {
        return Err(Unclear::new("date.incomplete"));
    }
    let (year_digits, year) = (year.trim().chars().count(), numeral(year.trim()).ok_or_else(invalid)?);
    let year = if year_digits <= 2 { short(year) } else { year };
    let (month, day) = (numeral(month.trim()).ok_or_else(invalid)?, numeral(day).ok_or_else(invalid)?);
    civil(year, month, day).ok_or_else(invalid)
}

/// ASCII digits, or hanzi read digit by digit (二〇二六) or with 十 (二十三).
fn numeral(text: &str) -> Option<i32> {
    if text.len() > 12 {
        return None;
    }
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let digit =
        |c: char| "〇一二三四五六七八九".chars().position(|d| d == if c == '零' { '〇' } else { c }).map(|n| n as i32);
    if let Some((tens, ones)) = text.split_once('十') {
        let of = |part: &str, none: i32| if part.is_empty() { Some(none) } else { part.chars().next().and_then(digit) };
        return (tens.chars().count() <= 1 && ones.chars().count() <= 1)
            .then(|| Some(of(tens, 1)? * 10 + of(ones, 0)?))
            .flatten();
    }
    (!text.is_empty()).then(|| text.chars().try_fold(0, |number, c| Some(number * 10 + digit(c)?))).flatten()
}

/// `3 Nov 2026`, `November 3, 2026`, `3-Nov-26`. `None` if no month is named; `Some(None)` if the rest makes no date.
fn english(typed: &str) -> Option<Option<Date>> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words: Vec<String> =
        typed.split([' ', ',', '-', '.', '/']).filter(|w| !w.is_empty()).map(str::to_ascii_lowercase).collect();
    let named = |word: &String| MONTHS.iter().position(|month| word.len() <= 9 && word.starts_with(month));
    let month = words.iter().find_map(named)?;
    let others: Vec<&String> = words.iter().filter(|word| named(word).is_none()).collect();
    let [first, last] = others.as_slice() else { return Some(None) };
    let (day, year) = if first.len() == 4 { (last, first) } else { (first, last) };
    let day = day.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().ok();
    let number = year.parse().ok().map(|n| if year.len() <= 2 { short(n) } else { n });
    Some(day.zip(number).and_then(|(day, year)| civil(year, month as i32 + 1, day)))
}

/// Drops `星期二`, `周二`, `(二)`.
fn without_weekday(typed: &str) -> &str {
    let cut = typed.find(['星', '周', '(']).unwrap_or(typed.len());
    typed[..cut].trim_matches([' ', ','])
}

fn short(year: i32) -> i32 {
    match year {
        0..=49 => 2000 + year,
        50..=99 => 1900 + year,
        other => other,
    }
}

/// A date between 1000 and 9999; a year with fewer digits is a slip of the hand.
fn civil(year: i32, month: i32, day: i32) -> Option<Date> {
    let (year, month, day) = (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    if year < 1000 { None } else { Date::new(year, month, day).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil;

    #[test]
    fn one_day_in_many_forms() {
        for raw in [
            "2026-11-3",
            "2026-11-03",
            "2026/11/3",
            "2026.11.3",
            "2026. 11. 3",
            "2026 11 3",
            "20261103",
            "2026年11月3日",
            "2026 年 11 月 3 日",
            "2026年11月3号",
            "26年11月3日",
            "二〇二六年十一月三日",
            "２０２６－１１－３",
            "26-11-3",
            "26.11.3",
            "46329",
            "3 Nov 2026",
            "November 3, 2026",
            "Nov 3rd, 2026",
            "3-Nov-26",
            "2026-11-03 星期二",
            "2026/11/3（周二）",
            "\u{3000}2026-11-03\u{200B}",
        ] {
            assert_eq!(date(raw), Ok(civil::date(2026, 11, 3)), "{raw}");
        }
        assert_eq!(date("11/13/2026"), Ok(civil::date(2026, 11, 13)));
        assert_eq!(date("13/11/2026"), Ok(civil::date(2026, 11, 13)));
        assert_eq!(date("3/3/2026"), Ok(civil::date(2026, 3, 3)));
        assert_eq!(date("98/12/31"), Ok(civil::date(1998, 12, 31)));
        assert_eq!(date("一九九八年二十月三日").unwrap_err().code, "date.invalid");
        assert_eq!(date("二〇二五年十二月二十三日"), Ok(civil::date(2025, 12, 23)));
    }

    #[test]
    fn what_is_not_a_date() {
        let code = |raw: &str| date(raw).unwrap_err().code;
        assert_eq!(date("11/3/2026"), Err(Unclear::guess("date.ambiguous", "2026-11-03")));
        assert_eq!(date("11/3/12"), Err(Unclear::guess("date.ambiguous", "2011-03-12")));
        for raw in
            ["2026-13-1", "2026-02-30", "明天", "abc", "20261332", "0026-1-1", "1-2-3-4", "13/13/2026", "12345", "May"]
        {
            assert_eq!(code(raw), "date.invalid", "{raw}");
        }
        for raw in ["2026", "2026-11", "2026年11月", "11月3日", "11/3"] {
            assert_eq!(code(raw), "date.incomplete", "{raw}");
        }
        assert_eq!(code("  "), "date.empty");
        assert_eq!(code("2026-11-03T06:30:00Z"), "date.needs_zone");
    }

    #[test]
    fn times() {
        let at = |h, m, s| Ok(civil::date(2026, 11, 3).at(h, m, s, 0));
        let cases = [
            ("2026-11-03 14:30", at(14, 30, 0)),
            ("2026/11/3 14:30:05", at(14, 30, 5)),
            ("2026-11-03T14:30:05", at(14, 30, 5)),
            ("2026年11月3日14时30分", at(14, 30, 0)),
            ("2026年11月3日 下午2点半", at(14, 30, 0)),
            ("2026年11月3日下午2:30", at(14, 30, 0)),
            ("2026-11-03 2:30 PM", at(14, 30, 0)),
            ("2026-11-03 12:05 AM", at(0, 5, 0)),
            ("2026-11-03 上午 9:00", at(9, 0, 0)),
            ("20261103143005", at(14, 30, 5)),
            ("202611031430", at(14, 30, 0)),
            ("46329.5", at(12, 0, 0)),
            ("2026-11-03 星期二 14:30", at(14, 30, 0)),
        ];
        for (raw, expected) in cases {
            assert_eq!(date_time(raw), expected, "{raw}");
        }
        assert_eq!(date_time("2026-11-03 14:30:05.25"), Ok(civil::date(2026, 11, 3).at(14, 30, 5, 250_000_000)));
        assert_eq!(date_time("2026-11-03 25:00").unwrap_err().code, "date.invalid");
        assert_eq!(moment_with("44867", Epoch::Y1904), Ok(Moment::Date(civil::date(2026, 11, 3))));
        assert_eq!(moment("2026-11-03T06:30:00Z"), Ok(Moment::Instant("2026-11-03T06:30:00Z".parse().unwrap())));
        assert_eq!(moment("2026-11-03 14:30:00+08:00"), Ok(Moment::Instant("2026-11-03T06:30:00Z".parse().unwrap())));
    }
}
