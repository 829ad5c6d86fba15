use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::FieldClass;

/// What sort of personal value a column holds: decides how it is normalised for the blind index and how it is masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Phone,
    Email,
    Wechat,
    IdNumber,
    /// A secret of the system itself (a TOTP seed …): never shown, never looked up.
    Secret,
}

/// A column whose values are sealed. Declared once per field, as a constant of the room that owns the table:
/// `pub const PHONE: Column = Column::new("customer", "phone", "customer.phone", Kind::Phone);`
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub table: &'static str,
    pub name: &'static str,
    /// The name that roles and the console use.
    pub field: &'static str,
    pub kind: Kind,
}

/// A personal value as it leaves the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Masked {
    #[schema(example = "138****1234")]
    pub masked: String,
}

impl Column {
    pub const fn new(table: &'static str, name: &'static str, field: &'static str, kind: Kind) -> Self {
        Self { table, name, field, kind }
    }

    pub const fn class(&self) -> FieldClass {
        match self.kind {
            Kind::IdNumber | Kind::Secret => FieldClass::Sensitive,
            Kind::Phone | Kind::Email | Kind::Wechat => FieldClass::Personal,
        }
    }

    pub fn mask(&self, value: &str) -> String {
        mask(self.kind, value)
    }

    pub fn normalise(&self, value: &str) -> String {
        normalise(self.kind, value)
    }
}

/// The form in which two spellings of the same value are equal.
pub fn normalise(kind: Kind, value: &str) -> String {
    let value = half_width(value.trim());
    let value = value.trim();
    match kind {
        Kind::Phone => phone_digits(value),
        Kind::Email | Kind::Wechat => value.to_lowercase(),
        Kind::IdNumber => value.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_uppercase(),
        Kind::Secret => value.to_owned(),
    }
}

/// Digits only; the Chinese country code goes, so that +86 138… and 138… are one number.
fn phone_digits(value: &str) -> String {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let national = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86")).unwrap_or(&digits);
    let mobile = national.len() == 11 && national.starts_with('1');
    if mobile || value.starts_with("+86") || digits.starts_with("0086") { national.to_owned() } else { digits }
}

/// Full-width letters, digits and spaces, as Chinese input methods produce them, in their ASCII form.
pub fn half_width(value: &str) -> String {
    value
        .chars()
        .map(|c| match c {
            '\u{3000}' => ' ',
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            _ => c,
        })
        .collect()
}

/// A form that lets people recognise a value they know and tells little to others. Never fails: a value in no known
/// form shows its first character at most.
pub fn mask(kind: Kind, value: &str) -> String {
    let value = value.trim();
    match kind {
        Kind::Phone => mask_phone(value),
        Kind::Email => mask_email(value),
        Kind::Wechat => keep(value, 1, 1, 3),
        Kind::IdNumber => mask_id(value),
        Kind::Secret => "***".to_owned(),
    }
}

fn mask_phone(value: &str) -> String {
    let digits = normalise(Kind::Phone, value);
    match digits.len() {
        0 => keep(value, 1, 0, 3),
        1..=6 => keep(&digits, 1, 0, 3),
        7..=10 => keep(&digits, 3, 2, 3),
        _ => keep(&digits, 3, 4, digits.len() - 7),
    }
}

fn mask_email(value: &str) -> String {
    match value.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() => format!("{}@{domain}", keep(local, 1, 0, 3)),
        _ => keep(value, 1, 0, 3),
    }
}

fn mask_id(value: &str) -> String {
    let count = value.chars().count();
    if count >= 15 { keep(value, 4, 4, count - 8) } else { keep(value, 1, 1, count.saturating_sub(2).max(3)) }
}

/// The first and last characters with stars between; a value too short to hide anything keeps only its first one.
fn keep(value: &str, first: usize, last: usize, stars: usize) -> String {
    let chars: Vec<char> = value.chars().collect();
    let (first, last) = if chars.len() > first + last { (first, last) } else { (chars.len().min(1), 0) };
    let head: String = chars[..first].iter().collect();
    let tail: String = chars[chars.len() - last..].iter().collect();
    format!("{head}{}{tail}", "*".repeat(stars))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_show_what_people_expect() {
        let cases = [
            (Kind::Phone, "13812341234", "138****1234"),
            (Kind::Phone, "+86 138-1234-1234", "138****1234"),
            (Kind::Phone, "010-12345678", "010****5678"),
            (Kind::Phone, "12345678", "123***78"),
            (Kind::Phone, "110", "1***"),
            (Kind::Phone, "", "***"),
            (Kind::Phone, "待补", "待***"),
            (Kind::Email, "zhang.san@example.com", "z***@example.com"),
            (Kind::Email, "not an address", "n***"),
            (Kind::Wechat, "wxid_123", "w***3"),
            (Kind::Wechat, "微信", "微***"),
            (Kind::Wechat, "a", "a***"),
            (Kind::IdNumber, "110101199003071234", "1101**********1234"),
            (Kind::IdNumber, "E12345678", "E*******8"),
            (Kind::Secret, "seed", "***"),
        ];
        for (kind, value, masked) in cases {
            assert_eq!(mask(kind, value), masked, "{kind:?} {value}");
        }
    }

    #[test]
    fn spellings_of_one_value_are_equal() {
        for phone in ["13812341234", "+86 138 1234 1234", "0086-13812341234", "１３８１２３４１２３４", "138-1234-1234"]
        {
            assert_eq!(normalise(Kind::Phone, phone), "13812341234", "{phone}");
        }
        assert_eq!(normalise(Kind::Phone, "+86 (10) 1234-5678"), "1012345678");
        assert_eq!(normalise(Kind::Phone, "86123456"), "86123456", "a short number that begins with 86 keeps it");
        assert_eq!(normalise(Kind::Email, " Zhang.San@Example.COM "), "zhang.san@example.com");
        assert_eq!(normalise(Kind::IdNumber, "11010119900307 123x"), "11010119900307123X");
    }

    proptest::proptest! {
        #[test]
        fn masking_anything_hides_something(value in "\\PC{0,40}") {
            for kind in [Kind::Phone, Kind::Email, Kind::Wechat, Kind::IdNumber, Kind::Secret] {
                let masked = mask(kind, &value);
                proptest::prop_assert!(masked.contains("***"));
            }
        }
    }
}
