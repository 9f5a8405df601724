//! PNG (ISO/IEC 15948): chunks of a length, a name, data and a checksum.

pub const MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What the picture is drawn from: its pixels, what is transparent, and what its colours are.
const KEPT: [&[u8; 4]; 11] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"cICP",
    b"pHYs",
];

/// The picture without its metadata; `None` if it does not end as a PNG does.
pub fn cleaned(sent: &[u8]) -> Option<Vec<u8>> {
    let mut clean = MAGIC.to_vec();
    let mut rest = sent.strip_prefix(MAGIC)?;
    let mut has_pixels = false;
    loop {
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        let (chunk, after) = rest.split_at_checked(length.checked_add(12)?)?;
        let name = chunk.get(4..)?.first_chunk()?;
        rest = after;
        if KEPT.contains(&name) {
            clean.extend_from_slice(chunk);
        }
        match name {
            b"IDAT" => has_pixels = true,
            b"IEND" => return has_pixels.then_some(clean),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [length.as_slice(), name, data, b"sum."].concat()
    }

    fn picture(between: &[Vec<u8>]) -> Vec<u8> {
        let begins = [MAGIC.to_vec(), chunk(b"IHDR", b"width and so on")].concat();
        [begins, between.concat(), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")].concat()
    }

    #[test]
    fn what_tells_of_the_phone_is_left_out_and_the_picture_stays() {
        let sent = picture(&[
            chunk(b"tRNS", b"clear"),
            chunk(b"eXIf", b"II*\0place"),
            chunk(b"tEXt", b"Author\0me"),
            chunk(b"zTXt", b"Comment\0\0home"),
            chunk(b"iTXt", b"XML:com.adobe.xmp\0"),
            chunk(b"tIME", b"then"),
            chunk(b"prVt", b"whatever"),
        ]);
        assert_eq!(cleaned(&sent), Some(picture(&[chunk(b"tRNS", b"clear")])));
    }

    #[test]
    fn what_follows_the_picture_goes_and_what_ends_too_early_is_no_picture() {
        let whole = picture(&[]);
        assert_eq!(cleaned(&[whole.as_slice(), b"film"].concat()), Some(whole.clone()));
        for length in 0..whole.len() {
            assert_eq!(cleaned(&whole[..length]), None, "{length}");
        }
        assert_eq!(cleaned(&[MAGIC, b"\xff\xff\xff\xffIDAT"].concat()), None);
    }
}
