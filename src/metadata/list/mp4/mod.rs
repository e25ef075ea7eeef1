//! MP4, QuickTime and 3GP (ISO 14496-12, QuickTime file format): the boxes of the file, what no track needs, and bytes
//! that no sample uses.

mod movie;
mod samples;
mod tags;

use super::{
    Notes,
    Reveals::{Device, FreeText, Place, SecondPicture},
    notes::text,
    read,
    sei::{Messages, Units},
    source::Source,
    trailer, xmp,
};

/// Largest index that is read.
const MAX_INDEX: u64 = 64 << 20;
/// Most boxes at the top of a file; a fragmented hour has about 10,000.
const MAX_BOXES: usize = 200_000;
/// Most bytes of a record that is looked into.
const MAX_RECORD: u64 = 1 << 20;

/// Bytes of every fragment that are searched for messages.
const FRAGMENT_SEARCHED: u64 = 64 << 10;

/// What the walk over the file found.
#[derive(Default)]
struct File {
    /// Where the data of each data box are.
    data: Vec<std::ops::Range<u64>>,
    indices: usize,
    fragments: usize,
    /// Where samples are, as far as the index says.
    used: Vec<std::ops::Range<u64>>,
    messages: Messages,
    /// How the pictures of fragments are cut into units.
    fragmented: Option<(Units, usize)>,
}

pub(super) fn list(source: &mut Source, notes: &mut Notes) {
    let mut file = File::default();
    let mut at = 0;
    for _ in 0..MAX_BOXES {
        if at >= source.length() || notes.full() {
            break;
        }
        let Some((kind, body, end)) = header(source, at) else {
            trailer::list("MP4", &source.upto(at, 64 << 20), notes);
            break;
        };
        top(source, &kind, body..end, &mut file, notes);
        at = end;
    }
    if file.indices == 0 {
        notes.unreadable("MP4 index");
    }
    if file.indices > 1 {
        let why = "is a second index: the file was edited, and what the first one shows may still be there";
        notes.add_why("MP4 second index", SecondPicture, why, None);
    }
    if file.fragments == 0 && file.indices == 1 {
        samples::unused(&file.data, &mut file.used, notes);
    }
}

/// Type, body's start and end of the box at `at`; `None` when there is none.
fn header(source: &mut Source, at: u64) -> Option<([u8; 4], u64, u64)> {
    let head = source.upto(at, 16);
    let kind: [u8; 4] = read::array(&head, 4)?;
    // A type is four printable characters; "©" is one of them in QuickTime's own.
    if !kind.iter().all(|&b| b.is_ascii_graphic() || b == b' ' || b == 0xA9) {
        return None;
    }
    let (header, length) = match read::be32(&head, 0)? {
        0 => (8, source.length() - at),
        1 => (16, read::be_wide(&head, 8, 8)?),
        n => (8, u64::from(n)),
    };
    let end = at.checked_add(length).filter(|&end| length >= header && end <= source.length())?;
    Some((kind, at + header, end))
}

/// One box at the top of the file.
fn top(source: &mut Source, kind: &[u8; 4], body: std::ops::Range<u64>, file: &mut File, notes: &mut Notes) {
    let length = body.end - body.start;
    match kind {
        b"ftyp" | b"styp" | b"sidx" | b"mfra" | b"pdin" | b"ssix" => {}
        b"moov" => {
            file.indices += 1;
            match source.exactly(body.start, length).filter(|_| length <= MAX_INDEX) {
                Some(index) => movie::list(source, &index, file, notes),
                None => notes.unreadable("MP4 index"),
            }
        }
        b"mdat" => {
            if let Some((kind, width)) = file.fragmented {
                let beginning = source.upto(body.start, length.min(FRAGMENT_SEARCHED));
                file.messages.among_others().prefixed("MP4 H.264 or HEVC", kind, width, &beginning, notes);
            }
            file.data.push(body);
        }
        b"moof" => file.fragments += 1,
        b"free" | b"skip" | b"wide" => {
            if source.has_content(body.start, length) {
                let why = "is marked as free and is not empty: it can be what an editor deleted";
                let words = text(&source.upto(body.start, 300));
                notes.add_why("MP4 free space", FreeText, why, Some(words));
            }
        }
        b"uuid" => private(&source.upto(body.start, length.min(MAX_RECORD)), notes),
        b"meta" => tags::metadata("MP4", &source.upto(body.start, length.min(MAX_INDEX)), notes),
        b"udta" => tags::user_data("MP4", &source.upto(body.start, length.min(MAX_INDEX)), notes),
        b"emsg" | b"prft" => notes.add("MP4 streaming message", FreeText, None),
        _ => {
            let value = format!("{} bytes", length);
            notes.add("MP4 box of unknown type", FreeText, Some(value));
        }
    }
}

/// A box of a private type.
fn private(body: &[u8], notes: &mut Notes) {
    const XMP: &[u8] = b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC";
    const SPHERE: &[u8] = b"\xFF\xCC\x82\x63\xF8\x55\x4A\x93\x88\x14\x58\x7A\x02\x52\x1F\xDD";
    const CANON: &[u8] = b"\x85\xC0\xB6\x87\x82\x0F\x11\xE0\x81\x11\xF4\xCE\x46\x2B\x6A\x48";
    let rest = body.get(16..).unwrap_or(&[]);
    if body.starts_with(XMP) {
        xmp::list("MP4 XMP", rest, notes);
    } else if body.starts_with(SPHERE) {
        notes.add("MP4 spherical video record", Device, Some(text(rest)));
    } else if body.starts_with(CANON) {
        let why = "is a Canon camera's own record: serial numbers, owner, thumbnails";
        notes.add_why("MP4 Canon record", Device, why, Some(format!("{} bytes", body.len())));
    } else if read::find(rest, b"GPS").is_some() || read::find(rest, b"$GPRMC").is_some() {
        notes.add_why("MP4 private box with GPS", Place, super::source::SPOT, Some(text(rest)));
    } else {
        let why = "is a camera's or a program's own record, and anything may stand in it";
        notes.add_why("MP4 private box", FreeText, why, Some(text(rest)));
    }
}
