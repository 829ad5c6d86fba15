//! What a phone number, an e-mail address or an ID number must look like to be kept.

use crate::platform::vault::{Kind, half_width, normalise};

/// The form in which a personal value is kept, or what is wrong with it. Phone numbers keep what people wrote (an
/// extension, a country code); they are compared by their digits.
pub fn clean(kind: Kind, value: &str) -> Result<String, &'static str> {
    let value = half_width(value.trim());
    let value = value.trim();
    match kind {
        Kind::Phone => phone(value),
        Kind::Email => email(value),
        Kind::Wechat => wechat(value),
        Kind::IdNumber => id_number(&normalise(Kind::IdNumber, value)),
        Kind::Secret => Err("invalid"),
    }
}

fn phone(value: &str) -> Result<String, &'static str> {
    let digits = normalise(Kind::Phone, value).len();
    let plain = value.chars().all(|c| c.is_ascii_digit() || " +-()#*,转xX.ext".contains(c));
    if plain && (5..=20).contains(&digits) && value.chars().count() <= 40 {
        Ok(value.to_owned())
    } else {
        Err("phone.invalid")
    }
}

fn email(value: &str) -> Result<String, &'static str> {
    let fits = value.len() <= 254 && !value.contains(char::is_whitespace) && !value.contains(char::is_control);
    let (local, domain) = value.rsplit_once('@').unwrap_or_default();
    let shaped = !local.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.');
    if fits && shaped { Ok(value.to_owned()) } else { Err("email.invalid") }
}

fn wechat(value: &str) -> Result<String, &'static str> {
    let length = value.chars().count();
    let plain = !value.contains(char::is_whitespace) && !value.contains(char::is_control);
    if plain && (2..=60).contains(&length) { Ok(value.to_owned()) } else { Err("wechat.invalid") }
}

/// 18 characters with a check digit (GB 11643-1999), or the number of a passport or permit.
fn id_number(value: &str) -> Result<String, &'static str> {
    let resident = value.len() == 18 && value.bytes().take(17).all(|b| b.is_ascii_digit());
    if resident {
        return if id_check_digit(&value[..17]) == value.chars().last() {
            Ok(value.to_owned())
        } else {
            Err("id_number.check_digit")
        };
    }
    let other = (6..=15).contains(&value.len()) && value.bytes().any(|b| b.is_ascii_digit());
    if other { Ok(value.to_owned()) } else { Err("id_number.invalid") }
}

/// ISO 7064 MOD 11-2.
fn id_check_digit(first: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = first.chars().filter_map(|c| c.to_digit(10));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    "10X98765432".chars().nth((sum % 11) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_values_pass() {
        for (kind, value, kept) in [
            (Kind::Phone, " １３８ 1234 1234", "138 1234 1234"),
            (Kind::Phone, "+86-10-8888 8888转801", "+86-10-8888 8888转801"),
            (Kind::Email, "Zhang.San@example.com", "Zhang.San@example.com"),
            (Kind::Wechat, "wxid_abc", "wxid_abc"),
            (Kind::IdNumber, "11010519491231002x", "11010519491231002X"),
            (Kind::IdNumber, "E12345678", "E12345678"),
        ] {
            assert_eq!(clean(kind, value), Ok(kept.to_owned()), "{value}");
        }
    }

    #[test]
    fn others_are_refused_by_name() {
        for (kind, value, code) in [
            (Kind::Phone, "待补", "phone.invalid"),
            (Kind::Phone, "1234", "phone.invalid"),
            (Kind::Email, "zhang", "email.invalid"),
            (Kind::Email, "a b@c.d", "email.invalid"),
            (Kind::Wechat, "我 的", "wechat.invalid"),
            (Kind::IdNumber, "110105194912310021", "id_number.check_digit"),
            (Kind::IdNumber, "123", "id_number.invalid"),
        ] {
            assert_eq!(clean(kind, value), Err(code), "{value}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_kept_stays_as_it_is(value in "\\PC{0,30}") {
            for kind in [Kind::Phone, Kind::Email, Kind::Wechat, Kind::IdNumber] {
                if let Ok(kept) = clean(kind, &value) {
                    proptest::prop_assert_eq!(clean(kind, &kept), Ok(kept));
                }
            }
        }
    }
}
