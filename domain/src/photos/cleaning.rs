//! Photos without what they tell of the phone, its place and its owner.
//!
//! Only the parts that a picture is drawn from are kept, by name: what nobody thought of is left out. The picture itself
//! is copied as it is.

use super::{PhotoFormat, jpeg, png, webp};

/// Bytes of a photo at most, as it is sent.
pub const LARGEST: usize = 10 * 1024 * 1024;

/// Why an upload is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UploadRefusal {
    #[error("a photo has at most {LARGEST} bytes")]
    TooLarge,
    #[error("it is not a JPEG, PNG or WebP picture")]
    UnknownFormat,
    #[error("the picture is not whole")]
    Broken,
}

/// The picture in `sent`, and nothing but the picture. Its format is told by its first bytes.
///
/// # Errors
/// [`UploadRefusal`].
pub fn cleaned(sent: &[u8]) -> Result<(PhotoFormat, Vec<u8>), UploadRefusal> {
    if sent.len() > LARGEST {
        return Err(UploadRefusal::TooLarge);
    }
    let (format, cleaned) = if sent.starts_with(jpeg::MAGIC) {
        (PhotoFormat::Jpeg, jpeg::cleaned(sent))
    } else if sent.starts_with(png::MAGIC) {
        (PhotoFormat::Png, png::cleaned(sent))
    } else if webp::is_webp(sent) {
        (PhotoFormat::Webp, webp::cleaned(sent))
    } else {
        return Err(UploadRefusal::UnknownFormat);
    };
    Ok((format, cleaned.ok_or(UploadRefusal::Broken)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_told_by_its_first_bytes() {
        assert_eq!(cleaned(b""), Err(UploadRefusal::UnknownFormat));
        assert_eq!(cleaned(b"GIF89a"), Err(UploadRefusal::UnknownFormat));
        assert_eq!(cleaned(b"<svg onload='x'/>"), Err(UploadRefusal::UnknownFormat));
        for magic in [jpeg::MAGIC, png::MAGIC, b"RIFF\x04\x00\x00\x00WEBP"] {
            assert_eq!(cleaned(magic), Err(UploadRefusal::Broken));
        }
    }

    #[test]
    fn a_photo_has_at_most_ten_mebibytes() {
        assert_eq!(cleaned(&vec![0; LARGEST + 1]), Err(UploadRefusal::TooLarge));
    }

    /// Whatever is sent is refused or cleaned, and what is clean stays as it is.
    #[test]
    fn cleaning_what_is_clean_changes_nothing() {
        use proptest::prelude::*;

        let magic = prop_oneof![
            Just(b"\xff\xd8\xff\xe0\x00\x02\xff\xda\x00\x02".as_slice()),
            Just(png::MAGIC),
            Just(b"RIFF\x10\x00\x00\x00WEBPVP8 ".as_slice()),
        ];
        let bytes = proptest::collection::vec(
            prop_oneof![Just(0xFF), Just(0xD9), Just(0), any::<u8>()],
            0..64,
        );
        proptest!(|(magic in magic, bytes in bytes)| {
            if let Ok((format, clean)) = cleaned(&[magic, bytes.as_slice()].concat()) {
                prop_assert_eq!(cleaned(&clean), Ok((format, clean)));
            }
        });
    }
}
