//! JPEG (ITU T.81): segments behind markers, and scans of compressed data between them.

/// How every JPEG begins: the start marker, and the first byte of the next.
pub const MAGIC: &[u8] = b"\xff\xd8\xff";

const START: u8 = 0xD8;
const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;
const COMMENT: u8 = 0xFE;
const EXIF: u8 = 0xE1;

/// The picture without its metadata; `None` if it does not end as a JPEG does.
///
/// Of the EXIF data one thing stays, for without it the picture would lie on its side: how it is to be turned.
pub fn cleaned(sent: &[u8]) -> Option<Vec<u8>> {
    let mut clean = vec![0xFF, START];
    let mut rest = sent.strip_prefix(&[0xFF, START])?;
    let mut has_scan = false;
    loop {
        let (marker, after) = marker(rest)?;
        rest = after;
        if marker == END {
            // What follows is not this picture: previews, films, the maker's notes.
            clean.extend_from_slice(&[0xFF, END]);
            return has_scan.then_some(clean);
        }
        let length = usize::from(u16::from_be_bytes(*rest.first_chunk()?));
        let (segment, after) = rest.split_at_checked(length)?;
        let content = segment.get(2..)?;
        rest = after;
        if is_kept(marker, content) {
            clean.extend_from_slice(&[0xFF, marker]);
            clean.extend_from_slice(segment);
        } else if let (EXIF, Some(orientation)) = (marker, orientation(content)) {
            clean.extend_from_slice(&turned(orientation));
        }
        if marker == SCAN {
            has_scan = true;
            let (scan, after) = rest.split_at_checked(scan_length(rest)?)?;
            clean.extend_from_slice(scan);
            rest = after;
        }
    }
}

/// The marker at the beginning, over any bytes that fill up before it.
fn marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let after = bytes.strip_prefix(&[0xFF])?;
    let fill = after.iter().take_while(|byte| **byte == 0xFF).count();
    let (marker, rest) = after.get(fill..)?.split_first()?;
    // Those without a segment stand within scans only.
    let is_alone = matches!(marker, 0x00 | 0x01 | 0xD0..=START);
    (!is_alone).then_some((*marker, rest))
}

/// Whether the picture is drawn from a segment.
fn is_kept(marker: u8, content: &[u8]) -> bool {
    match marker {
        // The density of the dots; with more than that, a preview of the picture.
        0xE0 => content.starts_with(b"JFIF\0") && content.len() == 14,
        // What its colours are.
        0xE2 => content.starts_with(b"ICC_PROFILE\0"),
        0xEE => content.starts_with(b"Adobe"),
        0xE1..=0xEF | COMMENT => false,
        // Tables, frames, scans.
        0xC0..=0xCF | 0xDA..=0xDF => true,
        _ => false,
    }
}

/// How long the compressed data is: up to a marker that is neither a zero byte nor a restart.
fn scan_length(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let found = from + bytes.get(from..)?.iter().position(|byte| *byte == 0xFF)?;
        match bytes.get(found + 1)? {
            0x00 | 0xD0..=0xD7 => from = found + 2,
            0xFF => from = found + 1,
            _ => return Some(found),
        }
    }
}

/// How EXIF data says that the picture is to be turned, 2 to 8; `None` if it is not.
fn orientation(exif: &[u8]) -> Option<u8> {
    let tiff = exif.strip_prefix(b"Exif\0\0")?;
    let is_little = match tiff.first_chunk()? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = *tiff.get(at..)?.first_chunk()?;
        Some(if is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let bytes = *tiff.get(4..)?.first_chunk()?;
    let directory = if is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
    let directory = usize::try_from(directory).ok()?;
    let first = directory.checked_add(2)?;
    let entries = usize::from(short(directory)?);
    // An entry has 12 bytes: a tag, a kind, a count, and the value.
    let entry =
        (0..entries).map(|entry| first + 12 * entry).find(|at| short(*at) == Some(0x0112))?;
    u8::try_from(short(entry + 8)?).ok().filter(|turn| (2..=8).contains(turn))
}

/// EXIF data that says only how to turn the picture.
fn turned(orientation: u8) -> Vec<u8> {
    let mut segment = vec![0xFF, EXIF, 0, 34];
    segment.extend_from_slice(b"Exif\0\0MM\0\x2a\0\0\0\x08");
    // One entry: the orientation, one short, and no further directory.
    segment.extend_from_slice(&[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    segment.extend_from_slice(&[0, 0, 0, 0]);
    segment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, marker], length.as_slice(), content].concat()
    }

    /// A JPEG of `before` and a scan with a zero byte and a restart within.
    fn picture(before: &[Vec<u8>]) -> Vec<u8> {
        let tables = segment(0xDB, b"quantise");
        let scan = [segment(SCAN, b"head"), b"da\xff\x00ta\xff\xd3more".to_vec()].concat();
        [b"\xff\xd8".to_vec(), before.concat(), tables, scan, b"\xff\xd9".to_vec()].concat()
    }

    /// EXIF data of a phone: its maker, and how to turn the picture, in either order of bytes.
    fn exif(is_little: bool, turn: u16) -> Vec<u8> {
        let short = |n: u16| if is_little { n.to_le_bytes() } else { n.to_be_bytes() };
        let long = |n: u32| if is_little { n.to_le_bytes() } else { n.to_be_bytes() };
        let entry = |tag, kind, value: &[u8]| {
            [&short(tag), short(kind).as_slice(), &long(1), value].concat()
        };
        let turn = [short(turn), short(0)].concat();
        let content = [
            b"Exif\0\0".as_slice(),
            if is_little { b"II" } else { b"MM" },
            &short(42),
            &long(8),
            &short(2),
            &entry(0x010F, 2, b"HAL\0"),
            &entry(0x0112, 3, &turn),
            &long(0),
            b"31.2N 121.5E",
        ];
        segment(EXIF, &content.concat())
    }

    fn holds(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn what_tells_of_the_phone_is_left_out_and_the_picture_stays() {
        let sent = picture(&[
            segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            exif(true, 1),
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"),
            segment(0xE2, b"ICC_PROFILE\0\x01\x01profile"),
            segment(0xE2, b"MPF\0previews"),
            segment(0xED, b"Photoshop 3.0\0caption"),
            segment(COMMENT, b"taken at home"),
        ]);
        let kept = picture(&[
            segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            segment(0xE2, b"ICC_PROFILE\0\x01\x01profile"),
        ]);
        assert_eq!(cleaned(&sent), Some(kept));
    }

    #[test]
    fn a_preview_in_the_first_segment_goes() {
        let preview = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01rgb");
        assert_eq!(cleaned(&picture(&[preview])), Some(picture(&[])));
        assert_eq!(cleaned(&picture(&[segment(0xE0, b"JFXX\0small")])), Some(picture(&[])));
    }

    #[test]
    fn what_follows_the_picture_goes() {
        let sent = [picture(&[]), b"a film of three seconds".to_vec()].concat();
        assert_eq!(cleaned(&sent), Some(picture(&[])));
    }

    #[test]
    fn what_stands_between_two_scans_goes_too() {
        let scan = segment(SCAN, b"second");
        let sent = |between: &[u8]| {
            let mut sent = picture(&[]);
            let end = sent.split_off(sent.len() - 2);
            [sent, between.to_vec(), scan.clone(), b"more".to_vec(), end].concat()
        };
        assert_eq!(cleaned(&sent(&segment(COMMENT, b"at home"))), Some(sent(b"")));
    }

    #[test]
    fn a_picture_is_turned_as_its_phone_said_and_no_more_is_told() {
        for is_little in [true, false] {
            let clean = cleaned(&picture(&[exif(is_little, 6)])).unwrap();
            assert_eq!(orientation(clean.get(6..).unwrap()), Some(6));
            assert!(!holds(&clean, b"HAL") && !holds(&clean, b"121.5E"));
            assert_eq!(cleaned(&clean), Some(clean.clone()));
            assert_eq!(cleaned(&picture(&[exif(is_little, 99)])), Some(picture(&[])));
        }
    }

    #[test]
    fn what_ends_too_early_is_no_picture() {
        let whole = picture(&[exif(true, 6)]);
        for length in 0..whole.len() {
            assert_eq!(cleaned(&whole[..length]), None, "{length}");
        }
        assert_eq!(cleaned(b"\xff\xd8\xff\xd9"), None);
    }
}
