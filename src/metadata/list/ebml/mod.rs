//! Matroska and WebM (RFC 9559): names, dates, tags, attachments, chapters, further tracks, and bytes that belong to
//! nothing. The walk goes over the file from element to element; clusters are passed over but for the first ones.

mod blocks;
mod parts;

use super::{
    Notes,
    Reveals::{FreeText, Technical},
    notes::text,
    sei::Messages,
    source::Source,
    trailer,
};
use blocks::Coding;

/// Largest part besides clusters and attachments that is read.
const MAX_PART: u64 = 32 << 20;
/// Most elements of the file and its segments; a day has about 20,000 clusters.
const MAX_ELEMENTS: usize = 200_000;
/// Clusters that are searched for messages.
const SEARCHED: usize = 20;
/// Bytes of each that are searched.
const SEARCHED_BYTES: u64 = 1 << 20;

/// An element: its identifier, and where its body is.
#[derive(Clone, Copy)]
struct Element {
    id: u32,
    body: u64,
    /// `None` when its length is not stated.
    end: Option<u64>,
}

/// A number of 1 to 8 bytes whose first bits say how many; returns it with and without those bits, and the width.
fn number(bytes: &[u8]) -> Option<(u64, u64, usize)> {
    let width = bytes.first()?.leading_zeros() as usize + 1;
    let all = bytes.get(..width).filter(|_| width <= 8)?.iter().fold(0u64, |n, &b| n << 8 | u64::from(b));
    Some((all, all & ((1 << (7 * width)) - 1), width))
}

/// The element at the beginning of `bytes`, which is `at` bytes into the file.
fn element(bytes: &[u8], at: u64) -> Option<Element> {
    let (id, _, id_width) = number(bytes).filter(|&(.., width)| width <= 4)?;
    let (_, length, width) = number(bytes.get(id_width..)?)?;
    let body = at + (id_width + width) as u64;
    let unknown = length == (1 << (7 * width)) - 1;
    let end = if unknown { None } else { Some(body.checked_add(length)?) };
    Some(Element { id: id as u32, body, end })
}

/// The elements that `bytes` consist of: identifier and body; as many as there are whole.
fn elements(bytes: &[u8]) -> Vec<(u32, &[u8])> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(e) = bytes.get(at..).and_then(|rest| element(rest, at as u64)) {
        let end = e.end.and_then(|end| usize::try_from(end).ok()).unwrap_or(bytes.len());
        let Some(body) = bytes.get(e.body as usize..end) else { break };
        found.push((e.id, body));
        at = end;
        if found.len() >= MAX_ELEMENTS {
            break;
        }
    }
    found
}

/// The number that fills `body`.
fn value(body: &[u8]) -> u64 {
    body.iter().take(8).fold(0, |n, &b| n << 8 | u64::from(b))
}

pub(super) fn list(source: &mut Source, notes: &mut Notes) {
    let mut walk = Walk { codings: Vec::new(), messages: Messages::default(), clusters: 0, segments: 0 };
    let (mut at, mut segment_end) = (0, None);
    for _ in 0..MAX_ELEMENTS {
        if at >= source.length() || notes.full() {
            return;
        }
        let found = element(&source.upto(at, 12), at).filter(|e| e.end.is_none_or(|end| end <= source.length()));
        let known = found
            .filter(|e| parts::is_known(e.id) && (segment_end != Some(at) || matches!(e.id, HEADER | SEGMENT)));
        let Some(found) = known else {
            if found.is_some() && segment_end.is_none_or(|end| at < end) {
                // Inside the segment, what is not known is named and passed over.
                notes.add("Matroska element of unknown kind", FreeText, Some(text(&source.upto(at, 300))));
                match found.and_then(|e| e.end) {
                    Some(end) => at = end,
                    None => return,
                }
                continue;
            }
            trailer::list("Matroska", &source.upto(at, 64 << 20), notes);
            return;
        };
        if found.id == SEGMENT {
            walk.segments += 1;
            if walk.segments > 1 {
                let why = "is a further video behind the first one";
                notes.add_why("Matroska second segment", super::Reveals::SecondPicture, why, None);
            }
            segment_end = found.end;
            at = found.body;
            continue;
        }
        let Some(end) = found.end else {
            if found.id == CLUSTER {
                // A cluster of unknown length: its blocks follow as if they stood in the segment.
                walk.blocks(source, found.body, source.length(), notes);
                at = found.body;
                continue;
            }
            notes.unreadable("Matroska");
            return;
        };
        walk.part(source, found.id, found.body..end, notes);
        at = end;
    }
}

const HEADER: u32 = 0x1A45_DFA3;
const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1F43_B675;

struct Walk {
    codings: Vec<Coding>,
    messages: Messages,
    clusters: usize,
    segments: usize,
}

impl Walk {
    /// One part of a segment, or of the file.
    fn part(&mut self, source: &mut Source, id: u32, body: std::ops::Range<u64>, notes: &mut Notes) {
        let length = body.end - body.start;
        let mut whole = || source.exactly(body.start, length.min(MAX_PART)).unwrap_or_default();
        match id {
            0x1549_A966 => parts::description(&whole(), notes),
            0x1654_AE6B => self.codings = parts::tracks(&whole(), notes),
            0x1254_C367 => parts::tags(&whole(), 0, notes),
            0x1941_A469 => parts::attachments(&whole(), notes),
            0x1043_A770 => parts::chapters(&whole(), 0, notes),
            VOID if source.has_content(body.start, length) => {
                let why = "is marked as free and is not empty: it can be what an editor deleted";
                notes.add_why("Matroska void", FreeText, why, Some(text(&source.upto(body.start, 300))));
            }
            CLUSTER => self.blocks(source, body.start, body.end, notes),
            0x1B53_8667 => notes.add("Matroska signature", Technical, None),
            _ => {}
        }
    }

    /// The messages in the blocks of a cluster.
    fn blocks(&mut self, source: &mut Source, from: u64, to: u64, notes: &mut Notes) {
        self.clusters += 1;
        if self.clusters <= SEARCHED {
            let bytes = source.upto(from, (to - from).min(SEARCHED_BYTES));
            blocks::list(&bytes, &self.codings, &mut self.messages, notes);
        }
    }
}

const VOID: u32 = 0xEC;
