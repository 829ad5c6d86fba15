//! `_xHHHH_`, the way in which Excel stores characters that XML cannot hold.

use std::borrow::Cow;

pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        result.push_str(&rest[..at]);
        rest = &rest[at..];
        let (piece, used) = escaped(rest).map_or(('_', 1), |c| (c, 7));
        result.push(piece);
        rest = &rest[used..];
    }
    result.push_str(rest);
    Cow::Owned(result)
}

fn escaped(text: &str) -> Option<char> {
    let code = text.get(2..6).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()))?;
    text.get(6..7).filter(|end| *end == "_")?;
    u32::from_str_radix(code, 16).ok().and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes() {
        assert_eq!(unescape("a_x000D_b"), "a\rb");
        assert_eq!(unescape("_x005F_x0041_"), "_x0041_");
        assert_eq!(unescape("my_x_y_xZZZZ_ 客_x4E"), "my_x_y_xZZZZ_ 客_x4E");
        assert_eq!(unescape("_xD800_"), "_xD800_");
    }
}
