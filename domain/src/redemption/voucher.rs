//! Voucher codes: eleven characters by chance and one that checks them.

/// Crockford's base 32: no I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters that are drawn: 55 bits.
pub const DRAWN: usize = 11;

/// A code of 12 characters whose check character (Luhn modulo 32) holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VoucherCode(String);

/// Text that is no voucher code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not a voucher code")]
pub struct MalformedVoucherCode;

impl VoucherCode {
    /// The code that random bytes make.
    pub fn drawn(bytes: [u8; DRAWN]) -> Self {
        let values: Vec<usize> = bytes.iter().map(|byte| usize::from(byte % 32)).collect();
        let check = check(&values);
        let letters = values.into_iter().chain([check]);
        Self(
            letters.filter_map(|value| ALPHABET.get(value)).map(|byte| char::from(*byte)).collect(),
        )
    }

    /// Reads a code as people write it: any case, with spaces and hyphens, O for 0, I and L for 1.
    ///
    /// # Errors
    /// [`MalformedVoucherCode`] for another length, other characters or a wrong check character.
    pub fn parse(text: &str) -> Result<Self, MalformedVoucherCode> {
        let code: String = text
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '-')
            .map(|letter| match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                letter => letter,
            })
            .collect();
        let values: Option<Vec<usize>> =
            code.bytes().map(|letter| ALPHABET.iter().position(|known| *known == letter)).collect();
        match values.as_deref() {
            Some([body @ .., last]) if body.len() == DRAWN && check(body) == *last => {
                Ok(Self(code))
            }
            _ => Err(MalformedVoucherCode),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Luhn's check modulo 32: finds every single wrong character and nearly every swap of neighbours.
fn check(values: &[usize]) -> usize {
    let sum: usize = values
        .iter()
        .rev()
        .enumerate()
        .map(|(place, value)| {
            let weighed = if place % 2 == 0 { value * 2 } else { *value };
            weighed / 32 + weighed % 32
        })
        .sum();
    (32 - sum % 32) % 32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = VoucherCode::drawn([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(code.as_str().len(), 12);
        let lower = code.as_str().to_lowercase();
        let (head, tail) = lower.split_at(4);
        let written = format!(" {}-{tail} ", head.replace('0', "o").replace('1', "l"));
        assert_eq!(VoucherCode::parse(&written), Ok(code));
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_found(bytes in any::<[u8; DRAWN]>(), place in 0_usize..12, other in 0_usize..32) {
            let code = VoucherCode::drawn(bytes);
            let mut letters = code.as_str().as_bytes().to_vec();
            let changed = letters[place] != ALPHABET[other];
            letters[place] = ALPHABET[other];
            let read = VoucherCode::parse(std::str::from_utf8(&letters).unwrap());
            prop_assert_eq!(read.is_err(), changed);
        }
    }
}
