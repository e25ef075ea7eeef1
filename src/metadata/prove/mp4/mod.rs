//! MP4 (ISO 14496-12 and -14) as libavformat writes it: the file header, the index, the data, and nothing else. Every
//! byte of the data belongs to exactly one sample of the tables or of a fragment, in the order of the file.

mod boxes;
mod entry;
mod fragment;
mod media;
mod tables;
mod track;

use super::{
    Violation,
    coded::{MAX_SAMPLE, Pictures, Shape, Sounds},
    stream::{Refuted, Stream},
    timeline::{OnFrame, Timeline},
    video::VideoProof,
    violation::Fault,
    walk::Walk,
};
use crate::clip::TimeBase;
use entry::Coded;
use track::Track;

/// Largest index: one for 3 million samples, which is 13 hours of pictures and sound.
const MAX_INDEX: u64 = 64 << 20;

/// The tracks of an index.
struct Tracks {
    video: Track,
    sound: Option<Track>,
}

pub(super) fn prove(
    stream: &mut Stream,
    fragmented: bool,
    sound: bool,
    on_frame: OnFrame,
) -> Result<VideoProof, Refuted> {
    file_header(stream, fragmented)?;
    let (kind, length) = header(stream)?;
    if kind != *b"moov" {
        return Err(refused(stream, &kind, Fault::Missing("the index")));
    }
    let base = stream.pos();
    let index = stream.take(length, MAX_INDEX, "the index")?;
    let walk = Walk::new(stream.form(), &index);
    let mut tracks = movie(walk, fragmented, sound).map_err(|v| Refuted::shifted(v, base))?;
    drop(index);
    let mut timeline = Timeline::new(on_frame, TimeBase { num: 1, den: tracks.video.timescale });
    let end = if fragmented {
        fragment::walk(stream, &mut tracks, &mut timeline)?
    } else {
        media::walk(stream, &mut tracks, &mut timeline)?
    };
    stream.check(timeline.frames > 0, Fault::Missing("a picture"))?;
    let channels = tracks.sound.as_ref().and_then(|t| t.sounds()).map(Sounds::channels);
    let pixel_aspect = tracks.video.pixel_aspect;
    let Some((shape, codec)) = tracks.video.pictures().and_then(|p| Some((p.shape()?, p.codec()))) else {
        return Err(stream.fail(Fault::Missing("a picture")));
    };
    Ok(VideoProof::new(&timeline, Shape { pixel_aspect, ..shape }, codec, channels, Some(end)))
}

/// The type and the length of the next top-level box's body.
fn header(stream: &mut Stream) -> Result<([u8; 4], u64), Refuted> {
    const PART: &str = "a box";
    stream.check(stream.left() > 0, Fault::Missing("a box"))?;
    let start = stream.pos();
    let length = u64::from(u32::from_be_bytes(stream.array(PART)?));
    let kind = stream.array(PART)?;
    let length = if length == 1 { u64::from_be_bytes(stream.array(PART)?) } else { length };
    let Some(body) = length.checked_sub(stream.pos() - start) else {
        return Err(stream.fail_at(start, Fault::Value("the length of a box")));
    };
    if body > stream.left() {
        return Err(stream.fail_at(start, Fault::CutShort("a box")));
    }
    Ok((kind, body))
}

/// The violation of a box that is not the one expected.
fn refused(stream: &Stream, kind: &[u8; 4], otherwise: Fault) -> Refuted {
    stream.fail(boxes::named(kind).map_or(otherwise, Fault::Forbidden))
}

/// The file header (4.3): one of the constants that the muxer writes.
fn file_header(stream: &mut Stream, fragmented: bool) -> Result<(), Refuted> {
    const PART: &str = "the file header";
    const WHOLE: [&[u8]; 2] = [b"isom\0\0\x02\0isomiso2avc1mp41", b"isom\0\0\x02\0isomiso2mp41"];
    const FRAGMENTED: [&[u8]; 2] = [b"iso5\0\0\x02\0iso5iso6mp41", b"iso5\0\0\x02\0iso5iso6avc1mp41"];
    stream.check(stream.left() > 0, Fault::Missing(PART))?;
    let (kind, length) = header(stream)?;
    if kind != *b"ftyp" {
        return Err(stream.fail_at(0, Fault::Missing(PART)));
    }
    let body = stream.take(length, 64, PART)?;
    let known = if fragmented { FRAGMENTED } else { WHOLE };
    if known.contains(&&body[..]) { Ok(()) } else { Err(stream.fail_at(8, Fault::Value(PART))) }
}

/// The index (8.2.1).
fn movie(mut walk: Walk, fragmented: bool, sound: bool) -> Result<Tracks, Violation> {
    // The header says how many tracks there are, and the list whether that is true.
    let (mut again, mut count) = (walk, 0);
    while let Some((length, kind)) = again.rest().split_first_chunk().and_then(|(n, r)| Some((n, r.get(..4)?))) {
        count += u32::from(kind == b"trak");
        if again.take((u32::from_be_bytes(*length) as usize).max(8), "a box").is_err() {
            break;
        }
    }
    let at = walk;
    // In fragments the muxer counts tracks before they have samples.
    let header = track::movie_header(&mut walk, if fragmented { 2 } else { count + 1 })?;
    let video = track::track(&mut walk, 1, false, header)?;
    let with_sound = count >= 2;
    walk.check(sound || !with_sound, Fault::Forbidden("a further track"))?;
    let sound = if with_sound { Some(track::track(&mut walk, 2, true, header)?) } else { None };
    let longest = [Some(&video), sound.as_ref()].into_iter().flatten().map(|t| t.shown).max();
    at.check(longest == Some(header.1), Fault::Value("the movie's length"))?;
    if fragmented {
        fragment::defaults(&mut walk, count)?;
    }
    track::empty_user_data(&mut walk)?;
    boxes::end(&walk, "the index")?;
    let empty = |t: &Track| t.samples.sizes.is_empty();
    let empties = empty(&video) && sound.as_ref().is_none_or(empty);
    at.check(empties == fragmented && (fragmented || !empty(&video)), Fault::Value("a sample table"))?;
    Ok(Tracks { video, sound })
}

impl Track {
    fn pictures(&mut self) -> Option<&mut Pictures> {
        match &mut self.coded {
            Coded::Pictures(pictures) => Some(pictures),
            Coded::Sounds(_) => None,
        }
    }

    fn sounds(&self) -> Option<Sounds> {
        match self.coded {
            Coded::Sounds(sounds) => Some(sounds),
            Coded::Pictures(_) => None,
        }
    }

    /// Reads and checks the sample at the present position; returns whether decoding may begin with it.
    fn sample(&mut self, stream: &mut Stream, length: u32) -> Result<bool, Refuted> {
        let at = stream.pos();
        let bytes = stream.take(length.into(), MAX_SAMPLE, "a sample")?;
        let verdict = match &mut self.coded {
            Coded::Pictures(pictures) => pictures.sample(&bytes),
            Coded::Sounds(sounds) => sounds.sample(&bytes).map(|()| true),
        };
        verdict.map_err(|fault| stream.fail_at(at, fault))
    }
}
