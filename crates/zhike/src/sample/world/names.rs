//! Names of people and companies, and the codes and numbers that go with them.

use super::dice::Dice;
use super::words::{City, FIRST, FORMS, KNOWN_NAMES, MEN, SECOND, SURNAMES, THIRD, Trade, WOMEN};
use crate::customers::contacts::Salutation;
use crate::customers::rules::credit_code;

/// A person's name, and how they are addressed.
pub fn person(dice: &mut Dice) -> (String, Salutation) {
    let surname = dice.weighted(SURNAMES, |item| item.1).0;
    let (given, salutation) = match dice.chance(0.56) {
        true => (*dice.pick(MEN), Salutation::Mr),
        false => (*dice.pick(WOMEN), Salutation::Ms),
    };
    (format!("{surname}{given}"), salutation)
}

/// A company's name: as it is registered, and as people call it.
pub struct Name {
    pub full: String,
    pub short: String,
    /// The word that tells it from others, `华盛`.
    pub brand: String,
}

pub fn company(dice: &mut Dice, city: &City, trade: &Trade) -> Name {
    let brand = brand(dice);
    let form = dice.weighted(FORMS, |item| item.1).0;
    // 软件技术科技有限公司 would say it twice.
    let form = if trade.word.ends_with("科技") || trade.word.ends_with("技术") {
        form.trim_start_matches("科技")
    } else {
        form
    };
    let full = match dice.chance(0.12) {
        true => format!("{brand}{}（{}）{form}", trade.word, city.name),
        false => format!("{}{brand}{}{form}", city.name, trade.word),
    };
    Name { full, short: format!("{brand}{}", trade.word), brand }
}

fn brand(dice: &mut Dice) -> String {
    loop {
        let (first, second) = (*dice.pick(FIRST), *dice.pick(SECOND));
        let two = format!("{first}{second}");
        if first == second || KNOWN_NAMES.contains(&two.as_str()) {
            continue;
        }
        match dice.maybe(0.22, |dice| *dice.pick(THIRD)) {
            Some(third) if third != second && third != first => return format!("{two}{third}"),
            _ => return two,
        }
    }
}

/// A valid unified social credit code of this number for a company registered in this division: its organisation code
/// (GB 11714) and the whole (GB 32100) each carry their check digit.
pub fn credit_code(division: &str, number: usize) -> String {
    let organisation = format!("{:08}", 10_000_000 + number % 89_999_999);
    let first = format!("91{division}{organisation}{}", organisation_check(&organisation));
    credit_code::complete(&first).unwrap_or(first)
}

fn organisation_check(digits: &str) -> char {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 =
        digits.chars().filter_map(|c| c.to_digit(10)).zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    }
}

/// A number in the form of a mobile number that can ring nowhere: no network has numbers that begin with 105.
pub fn mobile(number: usize) -> String {
    format!("105{:08}", number % 100_000_000)
}

/// Pinyin in one word, for addresses.
pub fn latin(name: &str) -> String {
    store::search::person_key(name).chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::world::words::{CITIES, TRADES};

    #[test]
    fn codes_are_valid_and_their_own() {
        let codes: std::collections::HashSet<String> = (0..5_000).map(|n| credit_code("310115", n * 7)).collect();
        assert_eq!(codes.len(), 5_000);
        assert!(codes.iter().all(|code| credit_code::check(code).is_ok()));
        // 统一社会信用代码 of an example in GB 11714: 12345678 checks with 8.
        assert_eq!(organisation_check("12345678"), '8');
    }

    #[test]
    fn companies_are_named_like_companies() {
        let mut dice = Dice::new(3, "names", 0);
        for _ in 0..2_000 {
            let name = company(&mut dice, &CITIES[0], &TRADES[10]);
            assert!(
                name.full.ends_with("公司") && name.full.contains("上海") && !name.full.contains("技术科技"),
                "{}",
                name.full
            );
            assert!(name.full.contains(&name.brand) && name.short.contains(TRADES[10].word));
            assert!((2..=3).contains(&name.brand.chars().count()));
        }
    }

    #[test]
    fn phones_look_like_phones_and_are_none() {
        assert_eq!(mobile(1_234), "10500001234");
    }
}
