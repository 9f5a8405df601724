//! What people sign in with.

use serde::{Deserialize, Serialize};

/// Why a credential is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CredentialRefusal {
    #[error("a username has 3 to 32 lower-case letters, digits, dots, hyphens or underscores")]
    Username,
    #[error("a mobile number has 11 digits and begins with 13 to 19")]
    Phone,
    #[error("a password has 10 to 128 characters")]
    PasswordLength,
    #[error("a password is not the username")]
    PasswordIsUsername,
}

/// A mobile number of mainland China: 11 digits.
///
/// Source: the telephone numbering plan of the PRC (电信网编号计划).
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^1[3-9][0-9]{9}$", example = "13800005678"))]
pub struct Phone(String);

impl Phone {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `138****5678`, as it is shown to those who need not call.
    pub fn masked(&self) -> String {
        let (start, end) = (self.0.get(..3), self.0.get(7..));
        format!("{}****{}", start.unwrap_or_default(), end.unwrap_or_default())
    }
}

impl TryFrom<String> for Phone {
    type Error = CredentialRefusal;

    fn try_from(number: String) -> Result<Self, CredentialRefusal> {
        let is_mobile = number.len() == 11
            && number.bytes().all(|digit| digit.is_ascii_digit())
            && matches!(number.as_bytes(), [b'1', b'3'..=b'9', ..]);
        if is_mobile { Ok(Self(number)) } else { Err(CredentialRefusal::Phone) }
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

/// Masked: a telephone number never reaches a log.
impl std::fmt::Debug for Phone {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Phone({})", self.masked())
    }
}

/// A name to sign in with: lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[A-Za-z0-9._-]{3,32}$", example = "station"))]
pub struct Username(String);

impl Username {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Username {
    type Error = CredentialRefusal;

    /// Capitals are taken as small letters.
    fn try_from(name: String) -> Result<Self, CredentialRefusal> {
        let fits = (3..=32).contains(&name.len())
            && name
                .bytes()
                .all(|letter| letter.is_ascii_alphanumeric() || b"._-".contains(&letter));
        if fits { Ok(Self(name.to_ascii_lowercase())) } else { Err(CredentialRefusal::Username) }
    }
}

impl From<Username> for String {
    fn from(name: Username) -> Self {
        name.0
    }
}

/// The password, if it may be one: long rather than colourful (NIST SP 800-63B, section 5.1.1).
///
/// # Errors
/// A refusal that names the rule.
pub fn checked_password<'a>(
    password: &'a str,
    username: Option<&str>,
) -> Result<&'a str, CredentialRefusal> {
    if !(10..=128).contains(&password.chars().count()) {
        return Err(CredentialRefusal::PasswordLength);
    }
    if username.is_some_and(|name| name.eq_ignore_ascii_case(password)) {
        return Err(CredentialRefusal::PasswordIsUsername);
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mobile_numbers_are_phones_and_they_are_shown_masked() {
        let phone = Phone::try_from("13800005678".to_owned()).unwrap();
        assert_eq!(phone.masked(), "138****5678");
        assert_eq!(format!("{phone:?}"), "Phone(138****5678)");
        for wrong in
            ["", "12800005678", "1380000567", "138000056789", "1380000567x", "+8613800005678"]
        {
            assert!(Phone::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn usernames_are_lower_case() {
        assert_eq!(Username::try_from("Station".to_owned()).unwrap().as_str(), "station");
        assert!(Username::try_from("站长".to_owned()).is_err());
        assert!(Username::try_from("ab".to_owned()).is_err());
    }

    #[test]
    fn a_password_is_long_and_not_the_username() {
        assert!(checked_password("shijian-demo", Some("station")).is_ok());
        assert_eq!(checked_password("short", None), Err(CredentialRefusal::PasswordLength));
        let same = checked_password("station-zhongcang", Some("Station-Zhongcang"));
        assert_eq!(same, Err(CredentialRefusal::PasswordIsUsername));
    }
}
