//! GIF89a: comments, application extensions, further frames, and what lies behind the trailer.

use super::{Notes, Reveals, icc, notes::text, read, trailer, xmp};

pub(super) fn list(bytes: &[u8], notes: &mut Notes) {
    let mut walk = Walk { bytes, pos: 13 };
    walk.skip_table(bytes.get(10).copied().unwrap_or(0));
    let (mut frames, mut instant, mut partial) = (0u32, 0u32, 0u32);
    let mut delay = None;
    let ended = loop {
        if notes.full() {
            return;
        }
        match walk.byte() {
            Some(0x3B) => break true,
            Some(0x2C) => {
                let area: Option<[u8; 9]> = read::array(bytes, walk.pos);
                let Some(area) = area else { break false };
                partial += u32::from(area[..4] != [0; 4] || bytes.get(6..10) != Some(&area[4..8]));
                instant += u32::from(delay.take() == Some(0));
                frames += 1;
                walk.pos += 9;
                walk.skip_table(area[8]);
                walk.pos += 1;
                walk.blocks();
            }
            Some(0x21) => {
                let label = walk.byte().unwrap_or(0);
                let start = walk.pos;
                let data = walk.blocks();
                match label {
                    0xF9 => delay = read::le16(&data, 1),
                    0xFE => notes.add("GIF comment", Reveals::FreeText, Some(text(&data))),
                    0x01 => notes.add("GIF plain text", Reveals::FreeText, data.get(12..).map(text)),
                    0xFF if data.len() <= 19
                        && (data.starts_with(b"NETSCAPE2.0") || data.starts_with(b"ANIMEXTS1.0")) => {}
                    // XMP stands there unblocked, so it is taken from the file as it is.
                    0xFF if data.starts_with(b"XMP DataXMP") => {
                        let end = walk.pos.min(bytes.len());
                        xmp::list("GIF XMP", &bytes[(start + 12).min(end)..end], notes);
                    }
                    0xFF if data.starts_with(b"ICCRGBG1012") => icc::list("GIF ICC profile", &data[11..], notes),
                    _ => notes.add("GIF extension of a program", Reveals::FreeText, Some(text(&data))),
                }
            }
            _ => break false,
        }
    };
    if frames > 1 {
        let told = format!("{frames} frames");
        notes.add_why(
            "GIF frames",
            Reveals::SecondPicture,
            "are pictures of their own, each to be looked at",
            Some(told),
        );
    }
    if instant > 0 && frames > 1 {
        let why = "are shown for no time, so that a viewer may never show them";
        notes.add_why(
            "GIF frames without duration",
            Reveals::SecondPicture,
            why,
            Some(format!("{instant} frames")),
        );
    }
    if partial > 0 {
        let why = "cover only a part, so that what an earlier frame showed is still in the file";
        notes.add_why("GIF partial frames", Reveals::SecondPicture, why, Some(format!("{partial} frames")));
    }
    match ended {
        true if walk.pos < bytes.len() => trailer::list("GIF", &bytes[walk.pos..], notes),
        true => {}
        false => notes.unreadable("GIF end"),
    }
}

struct Walk<'a> {
    bytes: &'a [u8],
    pos: usize,
}

impl Walk<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.pos).copied()?;
        self.pos += 1;
        Some(byte)
    }

    fn skip_table(&mut self, flags: u8) {
        if flags & 0x80 != 0 {
            self.pos += 3 << ((flags & 7) + 1);
        }
    }

    /// The data blocks up to their end; keeps the first 64 KiB, which is more than any text needs.
    fn blocks(&mut self) -> Vec<u8> {
        let mut data = Vec::new();
        while let Some(length @ 1..) = self.byte() {
            let block = read::upto(self.bytes, self.pos, length.into()).unwrap_or(&[]);
            if data.len() < 64 << 10 {
                data.extend_from_slice(block);
            }
            self.pos += usize::from(length);
        }
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_programs_frames_and_trailers_are_listed() {
        let frame = |delay: u8| {
            [b"\x21\xF9\x04\0", &[delay][..], b"\0\0\0\x2C\0\0\0\0\x02\0\x02\0\0\x02\x01\x44\0"].concat()
        };
        // XMP is not cut into blocks: every byte of it leads, as a length, into this run, which ends the extension.
        let landing: Vec<u8> = std::iter::once(1).chain((0..=255).rev()).chain([0]).collect();
        let file = [
            &b"GIF89a\x02\0\x02\0\0\0\0"[..],
            b"\x21\xFE\x04jane\0",
            b"\x21\xFF\x0BXMP DataXMP<x dc:creator=\"Ann\"/>",
            &landing,
            &frame(5),
            &frame(0),
            b"\x3Bjunk",
        ]
        .concat();
        let mut notes = Notes::default();
        list(&file, &mut notes);
        let entries = notes.into_entries();
        for place in
            ["GIF comment", "GIF XMP dc:creator", "GIF frames", "GIF frames without duration", "GIF trailer bytes"]
        {
            assert!(entries.iter().any(|e| e.place == place), "{place} not in {entries:?}");
        }
    }
}
