//! How the text of a setting becomes a value; an empty text is no value.

use std::{fmt::Display, str::FromStr};

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::Error};

/// Whatever reads itself from text: addresses, time zones.
pub(super) fn parsed<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(from)?;
    text.parse().map_err(|refused| D::Error::custom(format!("`{text}`: {refused}")))
}

/// As [`parsed`], for what may be missing.
pub(super) fn optional_parsed<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let read = |text: String| {
        text.parse().map_err(|refused| D::Error::custom(format!("`{text}`: {refused}")))
    };
    optional(from)?.map(read).transpose()
}

/// As [`parsed`], for texts separated by commas.
pub(super) fn parsed_list<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    list(from)?.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
}

pub(super) fn optional<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(from)?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

pub(super) fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    Ok(optional(from)?.map(SecretString::from))
}

/// Texts separated by commas.
pub(super) fn list<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let text = String::deserialize(from)?;
    Ok(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect())
}
