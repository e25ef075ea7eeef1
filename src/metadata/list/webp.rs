//! WebP (RFC 9649): the chunks beside the picture, and what lies behind the container.

use super::{Notes, Reveals, exif, icc, read, trailer, xmp};

pub(super) fn list(bytes: &[u8], notes: &mut Notes) {
    let declared = (read::le32(bytes, 4).unwrap_or(0) as usize).saturating_add(8);
    let (file, behind) = bytes.split_at(declared.min(bytes.len()));
    if declared > bytes.len() {
        notes.unreadable("WebP end");
    }
    let mut pos = 12;
    let mut frames = 0u32;
    while let (Some(kind), Some(length)) = (read::array::<4>(file, pos), read::le32(file, pos + 4)) {
        let data = read::upto(file, pos + 8, length as usize).unwrap_or(&[]);
        match &kind {
            b"VP8 " | b"VP8L" | b"VP8X" | b"ANIM" => {}
            b"EXIF" => exif::list("WebP Exif", data.strip_prefix(b"Exif\0\0").unwrap_or(data), notes),
            b"XMP " => xmp::list("WebP XMP", data, notes),
            b"ICCP" => icc::list("WebP ICC profile", data, notes),
            b"ANMF" => frames += 1,
            b"ALPH" => notes.add_why(
                "WebP alpha",
                Reveals::SecondPicture,
                "hides parts of the picture that are still in the file",
                None,
            ),
            b"C2PA" => notes.add("WebP C2PA", Reveals::Device, None),
            _ => notes.add("WebP chunk of unknown type", Reveals::FreeText, Some(super::notes::text(data))),
        }
        if notes.full() {
            return;
        }
        pos = pos.saturating_add(8).saturating_add((length as usize).next_multiple_of(2));
    }
    if frames > 1 {
        notes.add("WebP frames", Reveals::SecondPicture, Some(format!("{frames} frames")));
    }
    if !behind.is_empty() {
        trailer::list("WebP", behind, notes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_frames_and_what_lies_behind_are_listed() {
        let chunk = |kind: &[u8; 4], data: &[u8]| {
            [&kind[..], &(data.len() as u32).to_le_bytes(), data, &vec![0; data.len() % 2]].concat()
        };
        let body = [
            b"WEBP".to_vec(),
            chunk(b"XMP ", b"<x/>"),
            chunk(b"EXIF", &exif::tests::block()),
            chunk(b"ANMF", b"1"),
            chunk(b"ANMF", b"2"),
            chunk(b"JANE", b"roe"),
        ]
        .concat();
        let file = [&b"RIFF"[..], &(body.len() as u32).to_le_bytes(), &body, b"PK\x03\x04"].concat();
        let mut notes = Notes::default();
        list(&file, &mut notes);
        let entries = notes.into_entries();
        for place in [
            "WebP XMP",
            "WebP Exif GPS position",
            "WebP frames",
            "WebP chunk of unknown type",
            "WebP trailer ZIP archive",
        ] {
            assert!(entries.iter().any(|e| e.place == place), "{place}");
        }
    }
}
