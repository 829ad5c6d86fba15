//! The unified social credit code (统一社会信用代码, GB 32100-2015): 17 characters and one that checks them.

/// Digits and capitals without I, O, S, V, Z, which look like others.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const LENGTH: usize = 18;

/// Brings a code into its standard form: capitals, half width, no spaces.
pub fn normalise(text: &str) -> String {
    let text = crate::platform::vault::half_width(text);
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect()
}

/// Says what is wrong with a code in standard form.
pub fn check(code: &str) -> Result<(), &'static str> {
    // Before 2015 companies had a registration number of 15 digits. It no longer names them.
    if code.len() == 15 && code.bytes().all(|b| b.is_ascii_digit()) {
        return Err("credit_code.old_registration_number");
    }
    if code.chars().count() != LENGTH {
        return Err("credit_code.length");
    }
    let values: Option<Vec<usize>> = code.bytes().map(value).collect();
    let values = values.ok_or("credit_code.characters")?;
    match check_value(&values[..LENGTH - 1]) == values[LENGTH - 1] {
        true => Ok(()),
        false => Err("credit_code.check_digit"),
    }
}

fn value(byte: u8) -> Option<usize> {
    ALPHABET.iter().position(|known| *known == byte)
}

/// 31 less the sum of values times powers of 3, modulo 31.
fn check_value(values: &[usize]) -> usize {
    let mut weight = 1;
    let mut sum = 0;
    for value in values {
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    (31 - sum % 31) % 31
}

/// The complete code that begins with these 17 characters; for sample data.
pub fn complete(first: &str) -> Option<String> {
    let values: Vec<usize> = first.bytes().map(value).collect::<Option<_>>()?;
    let last = ALPHABET[check_value(values.get(..LENGTH - 1).filter(|_| values.len() == LENGTH - 1)?)];
    Some(format!("{first}{}", char::from(last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_codes_pass() {
        for code in ["91110000802100433B", "9144030071526726XG", "91330100799655058B"] {
            assert_eq!(check(code), Ok(()), "{code}");
        }
        assert_eq!(check(&normalise(" ９１１１００００-8021 0043 3b")), Ok(()));
    }

    #[test]
    fn faults_are_told_apart() {
        assert_eq!(check("110000001234567"), Err("credit_code.old_registration_number"));
        assert_eq!(check("91110000"), Err("credit_code.length"));
        assert_eq!(check("9111000080210043IB"), Err("credit_code.characters"));
        assert_eq!(check("91110000802100433C"), Err("credit_code.check_digit"));
        assert_eq!(check("统一社会信用代码统一社会信用代码统一"), Err("credit_code.characters"));
    }

    proptest::proptest! {
        #[test]
        fn one_wrong_character_is_noticed(
            first in "[0-9A-HJ-NPQRTUWXY]{17}", at in 0usize..18, other in "[0-9A-HJ-NPQRTUWXY]",
        ) {
            let code = complete(&first).expect("17 characters of the alphabet");
            proptest::prop_assert_eq!(check(&code), Ok(()));
            let mut wrong: Vec<char> = code.chars().collect();
            let other = other.chars().next().expect("one");
            proptest::prop_assume!(wrong[at] != other);
            wrong[at] = other;
            proptest::prop_assert_eq!(check(&wrong.into_iter().collect::<String>()), Err("credit_code.check_digit"));
        }

        #[test]
        fn nothing_makes_it_fall_over(text in "\\PC{0,30}") {
            let _ = check(&normalise(&text));
        }
    }
}
