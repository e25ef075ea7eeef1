//! Matroska (RFC 9559) and WebM as libavformat writes them: header, one segment, and in it the list of parts, the
//! description, the tracks, the muxer's own tags, the clusters, the index, and nothing else.

mod cluster;
mod element;
mod tags;
mod tracks;

use super::{
    coded::{MAX_SAMPLE, Shape, Sounds},
    stream::{Refuted, Stream},
    timeline::{OnFrame, Timeline},
    video::VideoProof,
    violation::Fault,
    walk::Walk,
};
use crate::clip::TimeBase;
use tracks::Tracks;

/// Largest element that is read as a whole: a picture, and the others that share its cluster.
const MAX_ELEMENT: u64 = 2 * MAX_SAMPLE;

/// Versions, longest identifiers and lengths; then the document type, and its versions: the first is 4 where a frame
/// of sound is cut, and always in Matroska.
const HEADER: &[u8] =
    &[0x42, 0x86, 0x81, 1, 0x42, 0xF7, 0x81, 1, 0x42, 0xF2, 0x81, 4, 0x42, 0xF3, 0x81, 8, 0x42, 0x82];
const VERSIONS: [&[u8]; 2] =
    [&[0x42, 0x87, 0x81, 4, 0x42, 0x85, 0x81, 2], &[0x42, 0x87, 0x81, 2, 0x42, 0x85, 0x81, 2]];

const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1F43_B675;
const DESCRIPTION: u32 = 0x1549_A966;

/// The parts of a segment in their order; those that must be there are marked.
const PARTS: [(u32, bool, &str); 6] = [
    (0x114D_9B74, true, "the list of parts"),
    (DESCRIPTION, true, "the description"),
    (0x1654_AE6B, true, "the list of tracks"),
    (0x1254_C367, false, "the tags"),
    (CLUSTER, true, "a cluster"),
    (0x1C53_BB6B, false, "the index"),
];

pub(super) fn prove(
    stream: &mut Stream,
    webm: bool,
    sound: bool,
    on_frame: OnFrame,
) -> Result<VideoProof, Refuted> {
    file_header(stream, webm)?;
    let at = stream.pos();
    let (id, length) = element(stream)?;
    if id != SEGMENT {
        return Err(stream.fail_at(at, Fault::Missing("the segment")));
    }
    let start = stream.pos();
    match length {
        Some(length) if length > stream.left() => {
            return Err(stream.fail_at(at, Fault::CutShort("the segment")));
        }
        Some(length) if length < stream.left() => {
            return Err(stream.fail_at(start + length, Fault::Trailing("the segment")));
        }
        _ => {}
    }
    let mut timeline = Timeline::new(on_frame, TimeBase { num: 1, den: 1000 });
    let mut segment = Segment { webm, sound, ..Segment::default() };
    while stream.left() > 0 {
        segment.part(stream, start, &mut timeline)?;
    }
    segment.finish(stream, &timeline)
}

fn file_header(stream: &mut Stream, webm: bool) -> Result<(), Refuted> {
    const PART: &str = "the file header";
    let kind: &[u8] = if webm { b"\x84webm" } else { b"\x88matroska" };
    let length = HEADER.len() + kind.len() + VERSIONS[0].len();
    stream.check(stream.left() > 0, Fault::Missing(PART))?;
    let got = stream.take(5 + length as u64, 64, PART)?;
    let head = [0x1A, 0x45, 0xDF, 0xA3, 0x80 | length as u8];
    if VERSIONS.iter().any(|versions| got == [&head, HEADER, kind, versions].concat()) {
        return Ok(());
    }
    Err(stream.fail_at(0, Fault::Value(PART)))
}

/// The identifier of the next element, and its length if it is known.
fn element(stream: &mut Stream) -> Result<(u32, Option<u64>), Refuted> {
    const PART: &str = "an element";
    let mut number = |most: usize| {
        let at = stream.pos();
        let first = stream.byte(PART)?;
        let width = element::width(first).filter(|&w| w <= most);
        let width = width.ok_or_else(|| stream.fail_at(at, Fault::Forbidden("bytes that are no element")))?;
        let mut bytes = vec![first];
        bytes.extend(stream.take(width as u64 - 1, 8, PART)?);
        Ok::<_, Refuted>(bytes)
    };
    let id = number(4)?.iter().fold(0, |n, &b| n << 8 | u32::from(b));
    Ok((id, element::length(&number(8)?)))
}

/// What was read of a segment.
#[derive(Default)]
struct Segment {
    webm: bool,
    sound: bool,
    /// How many kinds of [`PARTS`] were met or passed.
    passed: usize,
    /// Where each of them is, from the segment's first byte on.
    places: Vec<(u32, u64)>,
    listed: Vec<(u32, u64)>,
    length: Option<i64>,
    tracks: Option<Tracks>,
    clock: cluster::Clock,
    voids: u32,
}

impl Segment {
    /// The next part.
    fn part(&mut self, stream: &mut Stream, start: u64, timeline: &mut Timeline) -> Result<(), Refuted> {
        let at = stream.pos();
        let place = at - start;
        let (id, length) = element(stream)?;
        let refused = |fault| Err(stream.fail_at(at, fault));
        let Some(length) = length else { return refused(Fault::Value("the length of an element")) };
        if id == element::VOID {
            // What the muxer keeps free behind its list of parts.
            if self.passed != 1 || self.voids > 0 {
                return refused(Fault::Misplaced("room"));
            }
            self.voids += 1;
            let body = stream.take(length, 1024, "room")?;
            if element::void(&body) {
                return Ok(());
            }
            return Err(stream.fail_at(at, Fault::Forbidden("room with bytes in it")));
        }
        let Some(kind) = PARTS.iter().position(|&(part, ..)| part == id) else {
            return refused(Fault::Forbidden(element::named(id).unwrap_or("an element of unknown kind")));
        };
        let (_, _, name) = PARTS[kind];
        let again = id == CLUSTER && self.passed == kind + 1;
        if kind < self.passed && !again {
            return refused(if self.places.iter().any(|&(p, _)| p == id) {
                Fault::Repeated(name)
            } else {
                Fault::Misplaced(name)
            });
        }
        for &(_, needed, skipped) in PARTS.get(self.passed..kind).unwrap_or_default() {
            if needed {
                return refused(Fault::Missing(skipped));
            }
        }
        self.passed = kind + 1;
        if !again {
            self.places.push((id, place));
        }
        let base = stream.pos();
        let bytes = stream.take(length, MAX_ELEMENT, name)?;
        let walk = Walk::new(stream.form(), &bytes);
        self.body(kind, walk, place, timeline).map_err(|v| Refuted::shifted(v, base))
    }

    fn body(
        &mut self,
        kind: usize,
        walk: Walk,
        place: u64,
        timeline: &mut Timeline,
    ) -> Result<(), super::Violation> {
        match (kind, &mut self.tracks) {
            (0, _) => self.listed = tags::parts(walk)?,
            (1, _) => self.length = tracks::description(walk)?,
            (2, slot) => *slot = Some(tracks::tracks(walk, self.webm, self.sound)?),
            (3, Some(tracks)) => tags::tags(walk, 1 + u8::from(tracks.sounds.is_some()))?,
            (4, Some(tracks)) => cluster::cluster(walk, place, tracks, &mut self.clock, timeline)?,
            (5, _) => tags::index(walk, &self.clock.keys)?,
            _ => return Err(walk.fail(Fault::Missing("the list of tracks"))),
        }
        Ok(())
    }

    fn finish(self, stream: &Stream, timeline: &Timeline) -> Result<VideoProof, Refuted> {
        for &(_, needed, name) in PARTS.get(self.passed..).unwrap_or_default() {
            stream.check(!needed, Fault::Missing(name))?;
        }
        // What the list names must be there, and where it says.
        let wrong = |listed: &&(u32, u64)| !self.places.contains(listed);
        if self.listed.iter().find(wrong).is_some() {
            return Err(stream.fail_at(0, Fault::Value("the list of parts")));
        }
        stream.check(timeline.frames > 0, Fault::Missing("a picture"))?;
        if let Some(length) = self.length {
            stream.check(length > timeline.last, Fault::Value("the length"))?;
        }
        let Some((tracks, shape)) = self.tracks.and_then(|t| t.pictures.shape().map(|s| (t, s))) else {
            return Err(stream.fail(Fault::Missing("a picture")));
        };
        let shape = Shape { pixel_aspect: tracks.pixel_aspect, ..shape };
        let channels = tracks.sounds.map(Sounds::channels);
        Ok(VideoProof::new(timeline, shape, tracks.pictures.codec(), channels, self.length))
    }
}
