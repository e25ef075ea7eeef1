//! JPEG: what each segment holds, what lies behind the end marker, and the size of an embedded JPEG for all who find
//! one.

use super::{Notes, Reveals, exif, icc, iptc, mpf, notes::text, read, trailer, xmp};

/// A segment with a length: marker, position of its body, body.
struct Segment<'a> {
    marker: u8,
    at: usize,
    body: &'a [u8],
}

/// The segments up to the end marker, and where the picture ends (`None` when it does not).
fn segments(bytes: &[u8]) -> (Vec<Segment<'_>>, Option<usize>) {
    let mut found = Vec::new();
    let mut pos = 2;
    loop {
        // Whatever stands between segments is skipped here; scans are skipped by the same loop.
        let Some(step) = bytes.get(pos..).and_then(|rest| rest.iter().position(|&b| b == 0xFF)) else {
            return (found, None);
        };
        pos += step + 1;
        match bytes.get(pos) {
            None => return (found, None),
            Some(0xD9) => return (found, Some(pos + 1)),
            Some(0x00 | 0x01 | 0xD0..=0xD8 | 0xFF) => {}
            Some(&marker) => {
                let length = usize::from(read::be16(bytes, pos + 1).unwrap_or(0));
                if length < 2 {
                    return (found, None);
                }
                let body = read::upto(bytes, pos + 3, length - 2).unwrap_or(&[]);
                found.push(Segment { marker, at: pos + 3, body });
                pos += 1 + length;
            }
        }
    }
}

/// Columns and rows of a JPEG that begins at `bytes[0]`; `None` when it is none.
pub(super) fn size(bytes: &[u8]) -> Option<(u16, u16)> {
    if !bytes.starts_with(&[0xFF, 0xD8]) {
        return None;
    }
    let head = &bytes[..bytes.len().min(1 << 20)];
    segments(head)
        .0
        .iter()
        .find(|s| matches!(s.marker, 0xC0..=0xCF) && !matches!(s.marker, 0xC4 | 0xC8 | 0xCC))
        .and_then(|frame| Some((read::be16(frame.body, 3)?, read::be16(frame.body, 1)?)))
}

/// An embedded picture, in words: its size in pixels where it is a JPEG, and in bytes.
pub(super) fn describe(picture: &[u8]) -> String {
    match size(picture) {
        Some((w, h)) => format!("JPEG of {w} x {h} pixels, {} bytes", picture.len()),
        None => format!("{} bytes", picture.len()),
    }
}

pub(super) fn list(bytes: &[u8], notes: &mut Notes) {
    let (segments, end) = segments(bytes);
    let mut profile = Vec::new();
    let mut extended_xmp = 0;
    for Segment { marker, at, body } in segments {
        if notes.full() {
            return;
        }
        match marker {
            0xE0 if body.starts_with(b"JFIF\0") && body.len() <= 14 => {}
            0xE0 if body.starts_with(b"JFIF\0") => {
                notes.add("JPEG APP0 JFIF thumbnail", Reveals::SecondPicture, Some(describe(&body[14..])));
            }
            0xE0 if body.starts_with(b"JFXX\0") => {
                let picture = body.get(6..).unwrap_or(&[]);
                notes.add_picture("JPEG APP0 JFXX thumbnail", Reveals::SecondPicture.why(), picture);
            }
            0xE1 if body.starts_with(b"Exif\0") => {
                exif::list("JPEG APP1 Exif", body.get(6..).unwrap_or(&[]), notes);
            }
            0xE1 if body.starts_with(b"http://ns.adobe.com/xap/1.0/\0") => {
                xmp::list("JPEG APP1 XMP", &body[29..], notes)
            }
            0xE1 if body.starts_with(b"http://ns.adobe.com/xmp/extension/\0") => {
                extended_xmp += body.len();
                xmp::list("JPEG APP1 extended XMP", body.get(75..).unwrap_or(&[]), notes);
            }
            0xE2 if body.starts_with(b"ICC_PROFILE\0") => profile.extend_from_slice(body.get(14..).unwrap_or(&[])),
            0xE2 if body.starts_with(b"MPF\0") => mpf::list(bytes, at + 4, &body[4..], notes),
            0xE2 if body.starts_with(b"urn:iso:std:iso:ts:21496") => notes.add_why(
                "JPEG APP2 gain map",
                Reveals::SecondPicture,
                "announces a gain map, which shows the whole scene again",
                None,
            ),
            0xE2 if body.starts_with(b"FPXR\0") => notes.add("JPEG APP2 FlashPix", Reveals::SecondPicture, None),
            0xEB if body.starts_with(b"JP") => notes.add_why(
                "JPEG APP11 JUMBF",
                Reveals::Device,
                "holds content credentials: the signing device, the edits, and often thumbnails of what was edited",
                Some(format!("{} bytes", body.len())),
            ),
            0xED if body.starts_with(b"Photoshop 3.0\0") => iptc::list("JPEG APP13 Photoshop", &body[14..], notes),
            0xEE if body.starts_with(b"Adobe") => {
                notes.add("JPEG APP14 Adobe", Reveals::Technical, None);
            }
            0xE0..=0xEF => notes.add_why(
                format!("JPEG APP{}", marker & 15),
                Reveals::FreeText,
                "is a maker's own segment, and anything may stand in it",
                Some(text(body)),
            ),
            0xFE => notes.add("JPEG comment", Reveals::FreeText, Some(text(body))),
            _ => {}
        }
    }
    if !profile.is_empty() {
        icc::list("JPEG APP2 ICC profile", &profile, notes);
    }
    if extended_xmp > 0 {
        notes.add("JPEG APP1 extended XMP size", Reveals::Technical, Some(format!("{extended_xmp} bytes")));
    }
    match end {
        Some(end) if end < bytes.len() => trailer::list("JPEG", &bytes[end..], notes),
        Some(_) => {}
        None => notes.unreadable("JPEG end"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        [&[0xFF, marker][..], &(body.len() as u16 + 2).to_be_bytes(), body].concat()
    }

    #[test]
    fn every_segment_that_tells_something_is_listed() {
        let file = [
            vec![0xFF, 0xD8],
            segment(0xE0, b"JFXX\0\x10\xFF\xD8\xFF\xC0\0\x08\x08\0\x02\0\x03\x01\xFF\xD9"),
            segment(0xEB, b"JP\0\x01"),
            segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\0"),
            segment(0xE7, b"secret maker"),
            segment(0xFE, b"hello"),
            vec![0xFF, 0xD9],
            b"PK\x03\x04".to_vec(),
        ]
        .concat();
        let mut notes = Notes::default();
        list(&file, &mut notes);
        let entries = notes.into_entries();
        let places: Vec<_> = entries.iter().map(|e| e.place.as_str()).collect();
        assert_eq!(
            places,
            [
                "JPEG APP0 JFXX thumbnail",
                "JPEG APP11 JUMBF",
                "JPEG APP2 gain map",
                "JPEG APP7",
                "JPEG comment",
                "JPEG trailer ZIP archive"
            ]
        );
        let thumbnail = entries[0].value.as_ref().map(|v| v.expose().clone());
        assert_eq!(thumbnail.as_deref(), Some("JPEG of 3 x 2 pixels, 14 bytes"));
    }
}
