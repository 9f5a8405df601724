//! The citizen identity number of the PRC.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Why a text is no identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnIdentityNumber {
    #[error("an identity number has 17 digits and a check character")]
    Form,
    #[error("its digits 7 to 14 are no date of birth")]
    BirthDate,
    #[error("its check character does not fit")]
    Checksum,
}

vocabulary! {
    /// As the identity number tells it.
    pub enum Gender {
        Female = "female",
        Male = "male",
    }
}

/// Weights of the 17 digits and the check characters by remainder (GB 11643-1999, ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// 18 characters by GB 11643-1999: region, date of birth, serial (odd for men), check character.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[1-9][0-9]{16}[0-9Xx]$", example = "11010519491231002X"))]
pub struct IdentityNumber(String);

/// The date in digits 7 to 14.
fn birth_date(text: &str) -> Option<NaiveDate> {
    text.get(6..14).and_then(|date| NaiveDate::parse_from_str(date, "%Y%m%d").ok())
}

impl IdentityNumber {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn birth_date(&self) -> NaiveDate {
        birth_date(&self.0).unwrap_or_default()
    }

    pub fn gender(&self) -> Gender {
        let serial = self.0.as_bytes().get(16).copied().unwrap_or(b'0');
        if serial % 2 == 0 { Gender::Female } else { Gender::Male }
    }

    /// `110***********002X`.
    pub fn masked(&self) -> String {
        let (start, end) = (self.0.get(..3), self.0.get(14..));
        format!("{}***********{}", start.unwrap_or_default(), end.unwrap_or_default())
    }
}

impl TryFrom<String> for IdentityNumber {
    type Error = NotAnIdentityNumber;

    fn try_from(text: String) -> Result<Self, NotAnIdentityNumber> {
        let text = text.to_ascii_uppercase();
        if text.len() != 18 || !text.is_ascii() || text.starts_with('0') {
            return Err(NotAnIdentityNumber::Form);
        }
        let digits: Vec<u32> =
            text.chars().take(17).map_while(|digit| digit.to_digit(10)).collect();
        if digits.len() != 17 {
            return Err(NotAnIdentityNumber::Form);
        }
        if birth_date(&text).is_none() {
            return Err(NotAnIdentityNumber::BirthDate);
        }
        let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
        let check = usize::try_from(sum % 11).ok().and_then(|rest| CHECKS.get(rest).copied());
        if text.chars().last() != check {
            return Err(NotAnIdentityNumber::Checksum);
        }
        Ok(Self(text))
    }
}

impl From<IdentityNumber> for String {
    fn from(number: IdentityNumber) -> Self {
        number.0
    }
}

/// Masked: an identity number never reaches a log.
impl std::fmt::Debug for IdentityNumber {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "IdentityNumber({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<IdentityNumber, NotAnIdentityNumber> {
        IdentityNumber::try_from(text.to_owned())
    }

    #[test]
    fn the_examples_of_the_standard_are_numbers_and_tell_birth_and_gender() {
        let number = read("11010519491231002x").unwrap();
        assert_eq!(number.birth_date(), NaiveDate::from_ymd_opt(1949, 12, 31).unwrap());
        assert_eq!(number.gender(), Gender::Female);
        assert_eq!(number.masked(), "110***********002X");
        assert_eq!(read("440524188001010014").unwrap().gender(), Gender::Male);
    }

    #[test]
    fn a_wrong_form_date_or_check_character_is_told_apart() {
        assert_eq!(read("1101051949123100"), Err(NotAnIdentityNumber::Form));
        assert_eq!(read("11010519491231O02X"), Err(NotAnIdentityNumber::Form));
        assert_eq!(read("110105194902300021"), Err(NotAnIdentityNumber::BirthDate));
        assert_eq!(read("110105194912310021"), Err(NotAnIdentityNumber::Checksum));
    }

    #[test]
    fn one_changed_digit_is_always_noticed() {
        let good = "11010519491231002X";
        for place in 0..17 {
            for digit in '0'..='9' {
                let changed: String = good
                    .chars()
                    .enumerate()
                    .map(|(index, old)| if index == place { digit } else { old })
                    .collect();
                assert_eq!(read(&changed).is_ok(), changed == good, "{changed}");
            }
        }
    }
}
