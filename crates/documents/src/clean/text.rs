//! Stray spaces, invisible characters and full-width forms.

/// Marks without width that come along when text is copied from web pages and chats: zero-width spaces, byte order
/// marks, soft hyphens, direction marks. Joiners (U+200C, U+200D) hold emoji and some scripts together and are not
/// among them.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Free text: trimmed, invisible characters and controls gone, every kind of space an ordinary one, full-width letters
/// and digits half-width. Punctuation stays as typed, for `，。：（）！` are right in Chinese. Line breaks stay, as LF.
pub fn text(raw: &str) -> String {
    let mut result = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                result.push('\n');
                chars.next_if_eq(&'\n');
            }
            '\n' | '\t' => result.push(c),
            c if is_invisible(c) || c.is_control() => {}
            c if c.is_whitespace() => result.push(' '),
            c => result.push(letter(c)),
        }
    }
    trimmed(&result)
}

/// A name or title: like [`text`], on one line, with runs of white space made one space.
pub fn line(raw: &str) -> String {
    let cleaned = text(raw);
    let mut words = cleaned.split_whitespace();
    let mut result = words.next().unwrap_or_default().to_owned();
    for word in words {
        result.push(' ');
        result.push_str(word);
    }
    result
}

/// Codes, addresses, numbers: like [`line`], and all of the full-width ASCII range (U+FF01 to U+FF5E) half-width, with
/// the yen sign `￥` as `¥`. This is NFKC for that range only; hanzi and `、。` are never touched.
pub fn half_width(raw: &str) -> String {
    line(raw).chars().map(narrow).collect()
}

/// All digits, full-width ones too, and nothing else.
pub fn digits(raw: &str) -> String {
    raw.chars().map(narrow).filter(char::is_ascii_digit).collect()
}

fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '￥' => '¥',
        other => other,
    }
}

fn letter(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => narrow(c),
        other => other,
    }
}

/// Joiners at the ends join nothing.
fn trimmed(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200C}' | '\u{200D}')).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_text_keeps_its_punctuation() {
        assert_eq!(text("\u{3000}上海华盛（集团）有限公司\u{200B} "), "上海华盛（集团）有限公司");
        assert_eq!(text("ＡＢＣ１２３，好！"), "ABC123，好！");
        assert_eq!(text("第一行\r\n第二行\r第三行"), "第一行\n第二行\n第三行");
        assert_eq!(text("a\u{A0}b\u{FEFF}"), "a b");
        assert_eq!(text("👨\u{200D}👩\u{200D}👧\u{200D}"), "👨\u{200D}👩\u{200D}👧");
    }

    #[test]
    fn lines_and_codes() {
        assert_eq!(line(" 王\u{3000}\u{3000}小明\n "), "王 小明");
        assert_eq!(half_width("ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ"), "wang@example.com");
        assert_eq!(half_width("￥１，０００"), "¥1,000");
        assert_eq!(half_width("一、二。"), "一、二。");
        assert_eq!(digits("电话：１３８-0013 8000"), "13800138000");
    }
}
