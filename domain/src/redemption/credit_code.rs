//! The unified social credit code of organisations (GB 32100-2015).

/// Digits and the capital letters that are not mistaken for digits: a place's value is its position.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The powers of 3 modulo 31, by place.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A code of 18 characters whose check character holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CreditCode(String);

/// Text that is no unified social credit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not a unified social credit code (GB 32100-2015)")]
pub struct MalformedCreditCode;

impl CreditCode {
    /// # Errors
    /// [`MalformedCreditCode`] for another length, other characters or a wrong check character.
    pub fn parse(text: &str) -> Result<Self, MalformedCreditCode> {
        let code = text.trim().to_ascii_uppercase();
        let values: Option<Vec<usize>> =
            code.bytes().map(|letter| ALPHABET.iter().position(|known| *known == letter)).collect();
        match values.as_deref() {
            Some([body @ .., check]) if body.len() == WEIGHTS.len() => {
                let sum: usize =
                    body.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
                if (31 - sum % 31) % 31 == *check {
                    Ok(Self(code))
                } else {
                    Err(MalformedCreditCode)
                }
            }
            _ => Err(MalformedCreditCode),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_codes_hold() {
        // Of companies that print theirs on their websites.
        for code in ["91110000802100433B", "91440300708461136T", "91330100799655058B"] {
            assert!(CreditCode::parse(code).is_ok(), "{code}");
        }
    }

    #[test]
    fn a_wrong_check_character_or_length_is_found() {
        for code in ["91110000802100433C", "9111000080210043", "9111000080210043IB", ""] {
            assert!(CreditCode::parse(code).is_err(), "{code}");
        }
    }
}
