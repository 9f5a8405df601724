//! WebP (RFC 9649): chunks of a name, a length and data in a RIFF file.

/// What the picture is drawn from: its pixels, what is transparent, how it moves, and what its colours are.
const KEPT: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];

/// The flags of the extended header that promise EXIF and XMP.
const METADATA: u8 = 0b0000_1100;

pub fn is_webp(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")
}

/// The picture without its metadata; `None` if it is shorter than it says or shows nothing.
pub fn cleaned(sent: &[u8]) -> Option<Vec<u8>> {
    let length = sent.strip_prefix(b"RIFF")?;
    let length = usize::try_from(u32::from_le_bytes(*length.first_chunk()?)).ok()?;
    // What follows is not this picture.
    let file = sent.get(8..)?.get(..length)?;
    let mut rest = file.strip_prefix(b"WEBP")?;
    let mut chunks = Vec::with_capacity(length);
    let mut has_pixels = false;
    while let Some((name, after)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_le_bytes(*after.first_chunk()?)).ok()?;
        let data = after.get(4..)?.get(..length)?;
        // A chunk of an odd length is filled up; the last byte of the file may be missing.
        rest = after.get(4 + length + length % 2..).unwrap_or_default();
        if !KEPT.contains(&name) {
            continue;
        }
        has_pixels |= matches!(name, b"VP8 " | b"VP8L" | b"ANMF");
        chunks.extend_from_slice(name);
        chunks.extend_from_slice(&u32::try_from(length).ok()?.to_le_bytes());
        let begins = chunks.len();
        chunks.extend_from_slice(data);
        if name == b"VP8X" {
            *chunks.get_mut(begins)? &= !METADATA;
        }
        if length % 2 == 1 {
            chunks.push(0);
        }
    }
    let length = u32::try_from(chunks.len() + 4).ok()?.to_le_bytes();
    has_pixels.then(|| [b"RIFF".as_slice(), &length, b"WEBP", &chunks].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        let fill: &[u8] = if data.len() % 2 == 1 { b"\0" } else { b"" };
        [name, length.as_slice(), data, fill].concat()
    }

    fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
        let chunks = chunks.concat();
        let length = u32::try_from(chunks.len() + 4).unwrap().to_le_bytes();
        [b"RIFF".as_slice(), &length, b"WEBP", &chunks].concat()
    }

    #[test]
    fn what_tells_of_the_phone_is_left_out_and_the_picture_stays() {
        let sent = file(&[
            chunk(b"VP8X", &[0b0011_1100, 0, 0, 0, 9, 0, 0, 9, 0, 0]),
            chunk(b"ICCP", b"profile"),
            chunk(b"VP8 ", b"odd"),
            chunk(b"EXIF", b"II*\0place"),
            chunk(b"XMP ", b"<x:xmpmeta/>"),
            chunk(b"MINE", b"whatever"),
        ]);
        let kept = file(&[
            chunk(b"VP8X", &[0b0011_0000, 0, 0, 0, 9, 0, 0, 9, 0, 0]),
            chunk(b"ICCP", b"profile"),
            chunk(b"VP8 ", b"odd"),
        ]);
        assert_eq!(cleaned(&sent), Some(kept));
    }

    #[test]
    fn what_follows_the_picture_goes_and_what_ends_too_early_is_no_picture() {
        let whole = file(&[chunk(b"VP8L", b"pixels")]);
        assert!(is_webp(&whole));
        assert_eq!(cleaned(&[whole.as_slice(), b"film"].concat()), Some(whole.clone()));
        for length in 0..whole.len() {
            assert_eq!(cleaned(&whole[..length]), None, "{length}");
        }
        assert_eq!(cleaned(&file(&[chunk(b"EXIF", b"place")])), None);
    }
}
