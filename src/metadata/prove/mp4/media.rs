//! The data of a whole MP4: read once from front to back, each sample where the tables say that it is, the next one
//! where the last one ends. Separate from the tables, so that what they claim is held against what is there.

use super::{Tracks, header, refused, track::Track};
use crate::metadata::prove::{
    stream::{Refuted, Stream},
    timeline::Timeline,
    violation::Fault,
};

const PART: &str = "the data";

/// How far a track's samples were read.
struct Cursor<'t> {
    track: &'t mut Track,
    sample: usize,
    chunk: usize,
    /// Position among the key samples.
    key: usize,
    pts: i64,
}

/// Walks from the box after the index to the end; returns the end of the last picture in ticks.
pub(super) fn walk(stream: &mut Stream, tracks: &mut Tracks, timeline: &mut Timeline) -> Result<i64, Refuted> {
    let start = stream.pos();
    let (mut kind, mut length) = header(stream)?;
    if kind == *b"free" && length == 0 && stream.pos() - start == 8 {
        // The room that the muxer keeps for a longer length of the data.
        (kind, length) = header(stream)?;
    }
    if kind != *b"mdat" {
        return Err(refused(stream, &kind, Fault::Missing(PART)));
    }
    let end = stream.pos() + length;
    let mut cursors: Vec<Cursor> = [Some(&mut tracks.video), tracks.sound.as_mut()]
        .into_iter()
        .flatten()
        .map(|track| Cursor { track, sample: 0, chunk: 0, key: 0, pts: 0 })
        .collect();
    loop {
        let next = cursors
            .iter_mut()
            .filter_map(|c| Some((c.track.samples.chunks.get(c.chunk)?.0, c)))
            .min_by_key(|(at, _)| *at);
        let Some((at, cursor)) = next else { break };
        if at > stream.pos() {
            return Err(stream.fail(Fault::Trailing("the last sample of a chunk")));
        }
        stream.check(at == stream.pos(), Fault::Value("the table of places"))?;
        let samples = cursor.track.samples.chunks[cursor.chunk].1;
        cursor.chunk += 1;
        for _ in 0..samples {
            stream.check(stream.pos() < end, Fault::CutShort(PART))?;
            cursor.advance(stream, timeline)?;
        }
    }
    stream.check(stream.pos() <= end, Fault::CutShort(PART))?;
    stream.check(stream.pos() == end, Fault::Trailing("the last sample"))?;
    if stream.left() >= 8 {
        let (kind, _) = header(stream)?;
        return Err(refused(stream, &kind, Fault::Trailing(PART)));
    }
    stream.end(PART)?;
    Ok(cursors[0].pts)
}

impl Cursor<'_> {
    fn advance(&mut self, stream: &mut Stream, timeline: &mut Timeline) -> Result<(), Refuted> {
        let at = stream.pos();
        let index = self.sample;
        let size = self.track.samples.sizes[index];
        let ticks = self.track.samples.ticks[index];
        let is_picture = self.track.pictures().is_some();
        let key = self.track.sample(stream, size)?;
        if let Some(keys) = &self.track.samples.keys {
            let listed = keys.get(self.key).is_some_and(|&k| k as usize == index);
            self.key += usize::from(listed);
            if listed != key {
                return Err(stream.fail_at(at, Fault::Value("the table of key pictures")));
            }
        } else if !key {
            return Err(stream.fail_at(at, Fault::Missing("the table of key pictures")));
        }
        if is_picture {
            timeline.frame(self.pts).map_err(|fault| stream.fail_at(at, fault))?;
        }
        self.sample += 1;
        self.pts += i64::from(ticks);
        Ok(())
    }
}
