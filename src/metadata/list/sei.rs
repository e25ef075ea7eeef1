//! Messages inside H.264 and HEVC streams (H.264 annex D, HEVC annex D): settings of the encoder, captions, records of
//! camera makers; and units that no ordinary player shows: other views, fillers, units of free use. Separate because every container can hold such streams.

use std::collections::HashSet;

use super::{
    Notes,
    Reveals::{Device, FreeText, Person, SecondPicture, Technical, Time},
    notes::text,
    read, xmp,
};

/// Which units hold messages, and how long their header is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Units {
    H264,
    Hevc,
}

/// Most messages that are looked at in a file.
const MAX_MESSAGES: usize = 4_000;

/// The number under which x264 writes its settings.
const X264: [u8; 16] = *b"\xDC\x45\xE9\xBD\xE6\xD9\x48\xB7\x96\x2C\xD8\x20\xD9\x23\xEE\xEF";
/// The number under which x265 writes its settings.
const X265: [u8; 16] = *b"\x2C\xA2\xDE\x09\xB5\x17\x47\xDB\xBB\x55\xA4\xFE\x7F\xC2\xFC\x4E";

/// What was told already, so that a message that comes with every picture is one entry.
#[derive(Default)]
pub(super) struct Messages {
    told: HashSet<(u32, Vec<u8>)>,
    units: HashSet<&'static str>,
    seen: usize,
    /// Sound may lie between the units, so that only messages are sure to be such.
    mixed: bool,
}

impl Messages {
    /// From here on other things may lie between the units.
    pub(super) fn among_others(&mut self) -> &mut Self {
        self.mixed = true;
        self
    }

    /// A sample in which every unit has its length in `width` bytes before it.
    pub(super) fn prefixed(&mut self, place: &str, kind: Units, width: usize, sample: &[u8], notes: &mut Notes) {
        let mut at = 0;
        while let Some(length) = read::be_wide(sample, at, width).and_then(|n| usize::try_from(n).ok()) {
            at += width;
            let Some(unit) = read::upto(sample, at, length).filter(|unit| !unit.is_empty()) else { break };
            self.unit(place, kind, unit, notes);
            at += unit.len();
        }
    }

    /// A piece of a byte stream with start codes.
    pub(super) fn stream(&mut self, place: &str, kind: Units, bytes: &[u8], notes: &mut Notes) {
        let mut starts = Vec::new();
        let mut from = 0;
        while let Some(found) = bytes.get(from..).and_then(|rest| read::find(rest, &[0, 0, 1])) {
            from += found + 3;
            starts.push(from);
        }
        for (i, &start) in starts.iter().enumerate() {
            let end = starts.get(i + 1).map_or(bytes.len(), |next| next - 3);
            self.unit(place, kind, &bytes[start..end.max(start)], notes);
        }
    }

    /// One unit that is neither a slice nor a parameter set.
    pub(super) fn unit(&mut self, place: &str, kind: Units, unit: &[u8], notes: &mut Notes) {
        let (is_message, header) = match (kind, unit.first()) {
            (Units::H264, Some(first)) => (first & 0x1F == 6, 1),
            (Units::Hevc, Some(first)) => (matches!(first >> 1 & 0x3F, 39 | 40), 2),
            (_, None) => return,
        };
        if !is_message {
            let told = unusual(kind, unit).filter(|_| !self.mixed).filter(|(what, ..)| self.units.insert(what));
            if let Some((what, class, why)) = told {
                notes.add_why(format!("{place} {what}"), class, why, Some(format!("{} bytes", unit.len())));
            }
            return;
        }
        if self.seen >= MAX_MESSAGES {
            return;
        }
        let payload = unescaped(unit.get(header..).unwrap_or(&[]));
        let mut rest = &payload[..];
        while rest.len() > 2 {
            self.seen += 1;
            let Some((number, behind)) = coded(rest) else { return };
            let Some((length, behind)) = coded(behind) else { return };
            let body = read::upto(behind, 0, length as usize).unwrap_or(&[]);
            self.message(place, number, body, notes);
            rest = &behind[body.len()..];
        }
    }

    fn message(&mut self, place: &str, number: u32, body: &[u8], notes: &mut Notes) {
        // Messages of one kind and maker are told once.
        let maker = match number {
            4 => body.get(..8).unwrap_or(body),
            5 => body.get(..16).unwrap_or(body),
            _ => &[],
        };
        if !self.told.insert((number, maker.to_vec())) {
            return;
        }
        match (number, body) {
            (5, uuid) if uuid.starts_with(&X264) || uuid.starts_with(&X265) => {
                let why = "names the encoder with all its settings";
                notes.add_why(format!("{place} encoder settings"), Device, why, Some(text(&body[16..])));
            }
            (5, _) if read::find(body, b"<x:xmpmeta").is_some() => {
                xmp::list(&format!("{place} XMP message"), body, notes)
            }
            (5, _) => {
                let why =
                    "is a record that the camera or a program put into the stream, and anything may stand in it";
                let value = text(body.get(16..).unwrap_or(&[]));
                notes.add_why(format!("{place} user message"), FreeText, why, Some(value));
            }
            (4, [0xB5, 0, 0x31, b'G', b'A', b'9', b'4', ..]) => {
                let why = "is what is said, as text, in every picture";
                notes.add_why(format!("{place} closed captions"), Person, why, None);
            }
            (4, [0xB5, 0, 0x3C, ..]) => notes.add(format!("{place} brightness message"), Technical, None),
            (4, _) => notes.add(format!("{place} registered message"), FreeText, Some(text(body))),
            (136, _) => notes.add(format!("{place} time code message"), Time, None),
            _ if is_usual(number) => {}
            _ => notes.add(format!("{place} message of kind {number}"), FreeText, Some(text(body))),
        }
    }
}

/// Messages that say how pictures are decoded and shown, in fields that the standards define (H.264 table D.1, HEVC D.2.1).
const fn is_usual(number: u32) -> bool {
    matches!(number, 0..=3 | 6..=18 | 19..=23 | 45 | 47 | 56 | 128..=135 | 137 | 142..=150 | 154..=156)
}

/// What a unit is that no ordinary player shows.
fn unusual(kind: Units, unit: &[u8]) -> Option<(&'static str, super::Reveals, &'static str)> {
    const VIEW: &str =
        "is another picture of the same moment, such as that of the other eye, a depth image, or more detail";
    const FREE: &str = "is shown by no player, and anything may stand in it";
    // A set first bit begins no unit; in transport streams it begins a packet's header.
    let &[first @ 0..0x80, second, ..] = unit else { return None };
    match kind {
        Units::H264 => match first & 0x1F {
            12 => Some(("filler", FreeText, FREE)),
            19..=21 => Some(("further view", SecondPicture, VIEW)),
            0 | 22..=31 => Some(("unit of free use", FreeText, FREE)),
            _ => None,
        },
        Units::Hevc if (first & 1) << 5 | second >> 3 > 0 => Some(("further view", SecondPicture, VIEW)),
        Units::Hevc => match first >> 1 & 0x3F {
            38 => Some(("filler", FreeText, FREE)),
            62 => Some(("Dolby Vision unit", Technical, Technical.why())),
            63 => Some(("further view", SecondPicture, VIEW)),
            41..=61 => Some(("unit of free use", FreeText, FREE)),
            _ => None,
        },
    }
}

/// A number as a run of 255s and a last byte.
fn coded(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let run = bytes.iter().take_while(|&&b| b == 0xFF).count();
    let last = *bytes.get(run)?;
    Some(((run as u32).checked_mul(255)? + u32::from(last), &bytes[run + 1..]))
}

/// The unit without the bytes that keep start codes out of it.
fn unescaped(unit: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for &byte in unit {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::list::Reveals;

    fn told(kind: Units, unit: &[u8]) -> Vec<(String, Reveals, Option<String>)> {
        let mut notes = Notes::default();
        let mut messages = Messages::default();
        for _ in 0..3 {
            let slice = if kind == Units::H264 { [0x65, 0x80] } else { [0x28, 1] };
            messages.stream("X", kind, &[&[0, 0, 0, 1][..], unit, &[0, 0, 1], &slice].concat(), &mut notes);
        }
        let value = |e: &super::super::Entry| e.value.as_ref().map(|v| v.expose().clone());
        notes.into_entries().iter().map(|e| (e.place.clone(), e.class, value(e))).collect()
    }

    #[test]
    fn a_message_that_comes_with_every_picture_is_told_once_with_what_it_says() {
        let user = [&[6, 5, 20][..], &[7; 16], b"Jane\x80"].concat();
        assert_eq!(told(Units::H264, &user), [("X user message".into(), FreeText, Some("Jane".into()))]);
        let settings = [&[0x4E, 1, 5, 22][..], &X265, b"x265 1\x80"].concat();
        assert_eq!(told(Units::Hevc, &settings), [("X encoder settings".into(), Device, Some("x265 1".into()))]);
        let captions = b"\x06\x01\x01\x00\x04\x08\xB5\x00\x31GA94\x03\x80";
        assert_eq!(told(Units::H264, captions), [("X closed captions".into(), Person, None)]);
        assert!(told(Units::H264, b"\x67\x05\x04Jane").is_empty());
        assert!(told(Units::H264, &[6]).is_empty() && told(Units::H264, &[6, 0xFF, 0xFF]).is_empty());
    }
}
