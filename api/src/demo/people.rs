//! The people of the demo: names, identity numbers and phones that are well formed and belong to nobody.

use chrono::{Datelike, Days, NaiveDate};

use super::{
    dice::Dice,
    words::{GIVEN_NAMES, SURNAMES},
};

/// The region code of Tongzhou (GB/T 2260).
const TONGZHOU: &str = "110112";

/// A person to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub birth_date: NaiveDate,
    /// 18 characters with a right checksum (GB 11643). Its serial counts women even and men odd.
    pub identity_number: String,
    pub phone: String,
}

/// The person with serial `number`, aged 18 to 75 in the year of `today`. Numbers give different identity numbers and phones.
pub fn person(number: i64, today: NaiveDate, dice: &mut Dice) -> Person {
    let name = format!("{}{}", dice.word(&SURNAMES), dice.word(&GIVEN_NAMES));
    // A thousand serials a day of birth: the day follows from the number, so that no identity number comes twice.
    let youngest = NaiveDate::from_ymd_opt(today.year() - 19, 1, 1).unwrap_or(today);
    let spread = (number.wrapping_mul(7_919)).rem_euclid(20_000);
    let birth_date =
        youngest.checked_sub_days(Days::new(spread.unsigned_abs())).unwrap_or(youngest);
    let serial = (number / 20_000).rem_euclid(1_000);
    Person {
        name,
        birth_date,
        identity_number: identity_number(TONGZHOU, birth_date, serial),
        phone: format!("199{number:08}"),
    }
}

/// The number of who was born in `region` on `birth_date`.
fn identity_number(region: &str, birth_date: NaiveDate, serial: i64) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let body = format!("{region}{}{serial:03}", birth_date.format("%Y%m%d"));
    let digits = body.chars().filter_map(|digit| digit.to_digit(10));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let check = usize::try_from(sum % 11).ok().and_then(|rest| CHECKS.get(rest));
    format!("{body}{}", check.copied().unwrap_or('1'))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_identity_number_ends_with_its_checksum() {
        let born = NaiveDate::from_ymd_opt(1949, 12, 31).unwrap();
        // The example in GB 11643.
        assert_eq!(identity_number("110105", born, 2), "11010519491231002X");
    }

    #[test]
    fn nobody_shares_an_identity_number_or_a_phone() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let mut dice = Dice::new(1);
        let people: Vec<_> = (0..50_000).map(|number| person(number, today, &mut dice)).collect();
        let numbers: HashSet<_> = people.iter().map(|person| &person.identity_number).collect();
        let phones: HashSet<_> = people.iter().map(|person| &person.phone).collect();
        assert_eq!((numbers.len(), phones.len()), (people.len(), people.len()));
    }
}
