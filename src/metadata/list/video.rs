//! The front door of the listing of videos. Separate from that of pictures because videos do not fit in memory.

use std::io::{Read, Seek};

use super::{
    Listing, Notes, avi, ebml, mp4,
    source::{Seekable, Source},
    ts,
};

/// Lists what a video file gives away, whatever its name says. Never fails: what cannot be read is an entry too; a file
/// that is no video has no format.
///
/// Reads indices, tags, and the beginnings of tracks, at most 512 MiB in all and 64 MiB of an index.
pub fn list_video(file: &mut (impl Read + Seek)) -> Listing {
    list(file)
}

fn list(file: &mut dyn Seekable) -> Listing {
    let mut notes = Notes::default();
    let format = Source::new(file).and_then(|mut source| {
        let head = source.upto(0, 600);
        match &head[..] {
            [0x1A, 0x45, 0xDF, 0xA3, ..] => {
                ebml::list(&mut source, &mut notes);
                Some("Matroska")
            }
            [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', b' ', ..] => {
                avi::list(&mut source, &mut notes);
                Some("AVI")
            }
            [_, _, _, _, kind @ ..] if is_first_box(kind) => {
                mp4::list(&mut source, &mut notes);
                Some("MP4")
            }
            head if ts::packets(head).is_some() => {
                ts::list(&mut source, &mut notes);
                Some("MPEG-TS")
            }
            _ => None,
        }
    });
    if format.is_none() {
        notes.unreadable("file");
    }
    Listing { format, entries: notes.into_entries() }
}

/// The types of boxes that a movie begins with; HEIF pictures begin alike and have brands of their own.
fn is_first_box(kind: &[u8]) -> bool {
    const PICTURES: [&[u8]; 8] = [b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"hevc", b"heim"];
    match kind.first_chunk::<4>() {
        Some(b"ftyp") => !PICTURES.contains(&kind.get(4..8).unwrap_or(&[])),
        Some(b"moov" | b"mdat" | b"wide" | b"free" | b"skip" | b"pnot") => true,
        _ => false,
    }
}
