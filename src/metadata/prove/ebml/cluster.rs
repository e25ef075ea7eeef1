//! Clusters: a time, and blocks that each hold one picture or one frame of sound. Separate from the descriptions, which
//! say what is in the blocks.

use super::{
    element::{checksum, end, identifier, may, may_number, need, need_number},
    tags::Key,
    tracks::Tracks,
};
use crate::metadata::prove::{
    timeline::Timeline,
    violation::{Fault, Violation},
    walk::Walk,
};

/// The times of the blocks so far, in milliseconds.
#[derive(Default)]
pub(super) struct Clock {
    cluster: i64,
    sound: i64,
    /// Pictures at which decoding may begin.
    pub(super) keys: Vec<Key>,
}

/// Most pictures at which decoding may begin: a day of nothing else, at 30 a second.
const MAX_KEYS: usize = 2_600_000;

/// Reads a cluster whose first byte is `place` bytes into the segment.
pub(super) fn cluster(
    mut walk: Walk,
    place: u64,
    tracks: &mut Tracks,
    clock: &mut Clock,
    timeline: &mut Timeline,
) -> Result<(), Violation> {
    const PART: &str = "a cluster";
    let start = walk.pos();
    checksum(&mut walk, PART)?;
    let at = walk;
    let time = need_number(&mut walk, 0xE7, "the time of a cluster")?;
    let time = i64::try_from(time).ok().filter(|&t| t >= clock.cluster && t < 1 << 48);
    clock.cluster = time.ok_or_else(|| at.fail(Fault::Value("the time of a cluster")))?;
    loop {
        let inside = (walk.pos() - start) as u64;
        let (block, key) = match identifier(walk.rest()) {
            Some((0xA3, _)) => (need(&mut walk, 0xA3, "a block")?, None),
            Some((0xA0, _)) => {
                let (block, key) = group(need(&mut walk, 0xA0, "a block")?)?;
                (block, Some(key))
            }
            _ => break,
        };
        if let Some(pts) = self::block(block, key, tracks, clock, timeline)? {
            walk.check(clock.keys.len() < MAX_KEYS, Fault::Value("the number of key pictures"))?;
            clock.keys.push((pts, place, inside));
        }
    }
    end(&walk, PART)
}

/// A block with notes beside it: how long it lasts, what to cut from its end. Returns whether it needs no other block.
fn group<'a>(mut walk: Walk<'a>) -> Result<(Walk<'a>, bool), Violation> {
    const PART: &str = "the notes on a block";
    let block = need(&mut walk, 0xA1, "a block")?;
    if let Some(ms) = may_number(&mut walk, 0x9B, PART)? {
        walk.check(ms < 1 << 32, Fault::Value(PART))?;
    }
    let reference = may(&mut walk, 0xFB, PART)?;
    walk.check(reference.is_none_or(|r| matches!(r.rest().len(), 1..=4)), Fault::Value(PART))?;
    if let Some(padding) = may(&mut walk, 0x75A2, PART)? {
        let bytes = padding.rest();
        let ns = bytes.iter().fold(0u64, |n, &b| n << 8 | u64::from(b));
        // At most the longest frame of sound, 120 ms, and never before it.
        padding.check((1..=5).contains(&bytes.len()) && ns <= 120_000_000, Fault::Value(PART))?;
    }
    end(&walk, "a block")?;
    Ok((block, reference.is_none()))
}

/// One block; `key` is known for a block in a group and stands in the flags of others. Returns the time of a picture at
/// which decoding may begin.
fn block(
    mut walk: Walk,
    key: Option<bool>,
    tracks: &mut Tracks,
    clock: &mut Clock,
    timeline: &mut Timeline,
) -> Result<Option<i64>, Violation> {
    let at = walk;
    let [track, t0, t1, flags] = walk.array("a block")?;
    // No lacing, nothing hidden, nothing that may be dropped.
    let (allowed, key) = match key {
        Some(key) => (flags == 0, key),
        None => (flags & 0x7F == 0, flags == 0x80),
    };
    at.check(allowed, Fault::Value("the flags of a block"))?;
    let pts = clock.cluster + i64::from(i16::from_be_bytes([t0, t1]));
    let bytes = walk.rest();
    match (track, tracks.sounds) {
        (0x81, _) => {
            let begins = tracks.pictures.sample(bytes).map_err(|fault| at.fail(fault))?;
            at.check(begins == key, Fault::Value("the flags of a block"))?;
            timeline.frame(pts).map_err(|fault| at.fail(fault))?;
            Ok(key.then_some(pts))
        }
        (0x82, Some(sounds)) => {
            at.check(key && pts >= clock.sound, Fault::Value("the time of a frame of sound"))?;
            clock.sound = pts;
            sounds.sample(bytes).map_err(|fault| at.fail(fault))?;
            Ok(None)
        }
        _ => Err(at.fail(Fault::Forbidden("a block of no known track"))),
    }
}
