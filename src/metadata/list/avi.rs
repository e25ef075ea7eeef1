//! AVI: the lists of a RIFF file, its dates, names, and the junk between them.

use super::{
    Notes,
    Reveals::{Device, FreeText, Person, SecondPicture, Time},
    notes::text,
    read,
    source::Source,
    trailer,
};

/// How deep lists may lie in each other.
const MAX_DEPTH: usize = 5;
/// Most chunks; the pictures lie in a list that is passed over.
const MAX_CHUNKS: usize = 20_000;
/// Longest chunk that is read.
const MAX_CHUNK: u64 = 1 << 20;

pub(super) fn list(source: &mut Source, notes: &mut Notes) {
    let mut walk = Walk { videos: 0, chunks: 0 };
    let mut at = 0;
    while at < source.length() && walk.chunks < MAX_CHUNKS {
        let head = source.upto(at, 12);
        let (Some(b"RIFF"), Some(length)) = (head.get(..4), read::le32(&head, 4)) else {
            trailer::list("AVI", &source.upto(at, 64 << 20), notes);
            return;
        };
        let end = (at + 8 + u64::from(length)).min(source.length());
        walk.chunks += 1;
        walk.inside(source, at + 12, end, 0, notes);
        at = end + u64::from(length & 1);
    }
}

struct Walk {
    videos: usize,
    chunks: usize,
}

impl Walk {
    fn inside(&mut self, source: &mut Source, from: u64, to: u64, depth: usize, notes: &mut Notes) {
        let mut at = from;
        while at + 8 <= to && self.chunks < MAX_CHUNKS && !notes.full() {
            self.chunks += 1;
            let head = source.upto(at, 12);
            let (Some(kind), Some(length)) = (read::array::<4>(&head, 0), read::le32(&head, 4)) else { return };
            let end = at + 8 + u64::from(length);
            if end > to {
                return notes.unreadable("AVI chunk");
            }
            match (&kind, head.get(8..12)) {
                (b"LIST", Some(b"movi")) => {}
                (b"LIST", Some(b"INFO")) => self.information(source, at + 12, end, notes),
                (b"LIST", Some(_)) if depth < MAX_DEPTH => self.inside(source, at + 12, end, depth + 1, notes),
                _ => self.chunk(source, &kind, at + 8, u64::from(length), notes),
            }
            at = end + u64::from(length & 1);
        }
    }

    fn information(&mut self, source: &mut Source, from: u64, to: u64, notes: &mut Notes) {
        let mut at = from;
        while at + 8 <= to && self.chunks < MAX_CHUNKS && !notes.full() {
            self.chunks += 1;
            let head = source.upto(at, 8);
            let (Some(kind), Some(length)) = (read::array::<4>(&head, 0), read::le32(&head, 4)) else { return };
            let said = text(&source.upto(at + 8, u64::from(length).min(2_000))).trim_matches('\0').to_owned();
            let class = match &kind {
                b"IART" | b"ICMS" | b"ICOP" | b"IENG" | b"ITCH" => Person,
                b"ICRD" | b"IDIT" | b"ISMP" => Time,
                b"ISFT" | b"ISRC" | b"IPRD" => Device,
                _ => FreeText,
            };
            let name: String = kind.iter().map(|&b| char::from(b)).filter(char::is_ascii_graphic).collect();
            notes.add(format!("AVI {name}"), class, Some(said));
            at += 8 + u64::from(length) + u64::from(length & 1);
        }
    }

    fn chunk(&mut self, source: &mut Source, kind: &[u8; 4], at: u64, length: u64, notes: &mut Notes) {
        let mut bytes = || source.upto(at, length.min(MAX_CHUNK));
        match kind {
            b"IDIT" => notes.add("AVI date", Time, Some(text(&bytes()).trim_matches('\0').to_owned())),
            b"ISMP" => notes.add("AVI time code", Time, Some(text(&bytes()))),
            b"strn" => notes.add("AVI track name", FreeText, Some(text(&bytes()).trim_matches('\0').to_owned())),
            b"strd" => {
                let why = "is a camera's own record: maker, model, settings, date";
                notes.add_why("AVI track record", Device, why, Some(text(&bytes())));
            }
            b"strh" => match bytes().get(..4) {
                Some(b"vids") => {
                    self.videos += 1;
                    if self.videos > 1 {
                        notes.add("AVI second video track", SecondPicture, None);
                    }
                }
                Some(b"auds") => {
                    let why = "a voice identifies a person, and people say names";
                    notes.add_why("AVI sound track", Person, why, None);
                }
                Some(b"txts") => notes.add_why("AVI subtitle track", Person, "is what is said, as text", None),
                _ => notes.add("AVI further track", FreeText, None),
            },
            b"JUNK" | b"JUNQ" | b"PAD " => {
                let said = bytes();
                if said.iter().any(|&b| b != 0 && b != b' ') {
                    let why = "is marked as junk and is not empty: cameras write their records there";
                    notes.add_why("AVI junk", FreeText, why, Some(text(&said)));
                }
            }
            b"avih" | b"strf" | b"idx1" | b"indx" | b"dmlh" | b"vprp" => {}
            b"_PMX" => super::xmp::list("AVI XMP", &bytes(), notes),
            _ => notes.add("AVI chunk of unknown type", FreeText, Some(text(&bytes()))),
        }
    }
}
