//! Photoshop image resources and the IPTC record in them (IIM 4.2): captions, by-lines and places of press software, and
//! thumbnails.

use super::{
    Notes,
    Reveals::{self, FreeText, Person, Place, SecondPicture, Time},
    notes::text,
    read,
};

/// Datasets of record 2 that tell something.
const DATASETS: &[(u8, &str, Reveals)] = &[
    (5, "title", FreeText),
    (25, "keyword", FreeText),
    (55, "date created", Time),
    (60, "time created", Time),
    (80, "by-line", Person),
    (85, "by-line title", Person),
    (90, "city", Place),
    (92, "sublocation", Place),
    (95, "state", Place),
    (101, "country", Place),
    (105, "headline", FreeText),
    (110, "credit", Person),
    (116, "copyright", Person),
    (118, "contact", Person),
    (120, "caption", FreeText),
    (122, "caption writer", Person),
];

/// Lists the image resources of a Photoshop block. `place` says where it was found.
pub(super) fn list(place: &str, block: &[u8], notes: &mut Notes) {
    let mut rest = block;
    let mut others = 0;
    while rest.len() >= 12 && !notes.full() {
        let Some((id, data, after)) = resource(rest) else { return notes.unreadable(place) };
        match id {
            0x0404 => record(&format!("{place} IPTC"), data, notes),
            0x0409 | 0x040C => {
                let picture = data.get(28..).unwrap_or(&[]);
                notes.add_picture(format!("{place} thumbnail"), SecondPicture.why(), picture);
            }
            0x0422 => super::exif::list(&format!("{place} Exif"), data, notes),
            0x0424 => super::xmp::list(&format!("{place} XMP"), data, notes),
            0x040F => super::icc::list(&format!("{place} ICC profile"), data, notes),
            0x040B => notes.add(format!("{place} URL"), FreeText, Some(text(data))),
            _ => others += 1,
        }
        rest = after;
    }
    if others > 0 {
        notes.add(format!("{place} further resources"), Reveals::Technical, Some(format!("{others} resources")));
    }
}

/// Number, data and what follows of the first resource.
fn resource(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    if !bytes.starts_with(b"8BIM") {
        return None;
    }
    let id = read::be16(bytes, 4)?;
    // A Pascal string, its length byte included, and the data are padded to even lengths.
    let name = (usize::from(*bytes.get(6)?) + 1).next_multiple_of(2);
    let length = read::be32(bytes, 6 + name)? as usize;
    let start = 6 + name + 4;
    let data = bytes.get(start..start.checked_add(length)?)?;
    Some((id, data, bytes.get(start + length.next_multiple_of(2)..).unwrap_or(&[])))
}

/// Lists an IPTC record.
pub(super) fn record(place: &str, bytes: &[u8], notes: &mut Notes) {
    let mut pos = 0;
    while let Some([0x1C, group, dataset]) = read::array(bytes, pos) {
        let Some(length) = read::be16(bytes, pos + 3).filter(|n| n & 0x8000 == 0) else {
            return notes.unreadable(place);
        };
        let data = read::upto(bytes, pos + 5, length.into()).unwrap_or(&[]);
        if let (2, Some(&(_, name, class))) = (group, DATASETS.iter().find(|(number, ..)| *number == dataset)) {
            notes.add(format!("{place} {name}"), class, Some(text(data)));
        }
        pos += 5 + usize::from(length);
    }
    if pos == 0 && !bytes.is_empty() {
        notes.unreadable(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_iptc_record_and_the_thumbnail_of_a_block_are_listed() {
        let iptc = b"\x1C\x02\x50\0\x04Jane\x1C\x02\x5A\0\x05Paris";
        let mut block = [&b"8BIM\x04\x04\0\0\0\0\0\x13"[..], iptc, b"\0"].concat();
        block.extend([&b"8BIM\x04\x0C\0\0\0\0\0\x1E"[..], &[0; 28], b"\xFF\xD8"].concat());
        let mut notes = Notes::default();
        list("X", &block, &mut notes);
        let entries = notes.into_entries();
        let found: Vec<_> = entries.iter().map(|e| (e.place.as_str(), e.class)).collect();
        assert_eq!(found, [("X IPTC by-line", Person), ("X IPTC city", Place), ("X thumbnail", SecondPicture)]);
        assert_eq!(entries[1].value.as_ref().map(|v| v.expose().as_str()), Some("Paris"));
    }
}
