//! No cell that we write may act as a formula (ASVS 1.2.10).
//!
//! In `.xlsx` text is stored as text, which no program evaluates; nothing is changed. In `.csv` a cell has no type, so
//! text that a spreadsheet program would take for a formula gets an apostrophe in front. Our own reader takes that
//! apostrophe off again, exactly where [`neutralise`] would have put it, so a table survives the way out and in
//! unchanged. Plain numbers such as `-5` or `+8613800138000` are not touched.

use std::borrow::Cow;

/// Whether a spreadsheet program could evaluate this text, or would after one apostrophe is lost.
pub fn is_active(text: &str) -> bool {
    let bare = text.trim_start_matches('\'');
    if bare.starts_with(['\t', '\r', '\n', '\0']) {
        return true;
    }
    let rest = bare.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || crate::clean::is_invisible(c));
    rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) && !is_plain_number(rest)
}

/// Text made harmless for a `.csv` cell.
pub fn neutralise(text: &str) -> Cow<'_, str> {
    if is_active(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Undoes [`neutralise`].
pub fn restore(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_active(rest) => rest,
        _ => text,
    }
}

/// A sign, digits and at most one point: evaluating it gives itself.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    numeric(whole) && numeric(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed() {
        for text in ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n1", "\0=1", "＝1", "＋1", "－1", "＠a"]
        {
            assert_eq!(neutralise(text), format!("'{text}"), "{text:?}");
        }
        for text in [" =1", "\u{a0}=1", "\u{3000}＝1", "\u{200b}=1", "\u{feff}@x", "'=1", "''=1", "-", "+"] {
            assert_eq!(neutralise(text), format!("'{text}"), "{text:?}");
        }
    }

    #[test]
    fn ordinary_text_and_numbers_stay() {
        for text in ["", "-5", "-5.25", "+8613800138000", "a=b", "1-2", "华盛－东区", "'tis", "O'Neil", "a@b.cn"] {
            assert_eq!(neutralise(text), text);
            assert_eq!(restore(text), text);
        }
    }
}
