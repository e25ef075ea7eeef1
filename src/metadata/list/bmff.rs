//! Boxes of the ISO base media file format (ISO 14496-12, 4.2), one level at a time. Separate because HEIF, AVIF and
//! JPEG XL are made of them.

use super::read;

/// Most boxes at one level; a phone's HEIC has about 60 properties.
const MAX_BOXES: usize = 10_000;

/// One box: its type, and its body.
#[derive(Clone, Copy)]
pub(super) struct Box<'a> {
    pub(super) kind: [u8; 4],
    pub(super) body: &'a [u8],
    /// Position of the body in the bytes that were walked.
    pub(super) at: usize,
}

/// The boxes that `bytes` consist of, and whether they add up.
pub(super) fn boxes(bytes: &[u8]) -> (Vec<Box<'_>>, bool) {
    let mut found = Vec::new();
    let mut pos = 0;
    while pos < bytes.len() {
        let (Some(length), Some(kind)) = (read::be32(bytes, pos), read::array::<4>(bytes, pos + 4)) else {
            return (found, false);
        };
        let (header, length) = match length {
            0 => (8, bytes.len() - pos),
            1 => (16, read::be_wide(bytes, pos + 8, 8).and_then(|n| usize::try_from(n).ok()).unwrap_or(0)),
            n => (8, n as usize),
        };
        let Some(body) = pos.checked_add(length).and_then(|end| bytes.get(pos + header..end)) else {
            return (found, false);
        };
        found.push(Box { kind, body, at: pos + header });
        pos += length;
        if found.len() >= MAX_BOXES {
            return (found, false);
        }
    }
    (found, true)
}

/// The first box of that type.
pub(super) fn first<'a>(boxes: &[Box<'a>], kind: &[u8; 4]) -> Option<Box<'a>> {
    boxes.iter().find(|b| b.kind == *kind).copied()
}

/// The text up to the first zero, and what follows it.
pub(super) fn text_and_rest(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|&b| b == 0) {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_of_every_length_form_are_found_and_lies_end_the_walk() {
        let file = b"\0\0\0\x09abcdX\0\0\0\x01wide\0\0\0\0\0\0\0\x11Y\0\0\0\0rest123";
        let (found, whole) = boxes(file);
        let seen: Vec<_> = found.iter().map(|b| (&b.kind, b.body)).collect();
        assert_eq!(seen, [(b"abcd", &b"X"[..]), (b"wide", b"Y"), (b"rest", b"123")]);
        assert!(whole);
        for lie in [
            &b"\0\0\0\x07abcd"[..],
            b"\xFF\xFF\xFF\xFFabcd",
            b"\0\0\0\x01abcd\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
            b"\0\0",
        ] {
            assert!(!boxes(lie).1);
        }
    }
}
