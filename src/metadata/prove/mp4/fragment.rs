//! Fragments (ISO 14496-12, 8.8): each with the list of its own samples, which fill the data behind it. Separate from
//! the whole file, whose list comes first.

use super::{
    Tracks,
    boxes::{end, fixed, may, need, number},
    header, refused,
    track::Track,
};
use crate::metadata::prove::{
    stream::{Refuted, Stream},
    timeline::Timeline,
    violation::{Fault, Violation},
    walk::Walk,
};

/// Largest list of one fragment: 3 million samples.
const MAX_LIST: u64 = 64 << 20;
/// Flags of samples (8.8.3.1): one that needs no other, and one that needs others and is no place to begin.
const KEY: u32 = 0x0200_0000;
const NOT_KEY: u32 = 0x0101_0000;

/// The defaults of every track, which are no defaults at all.
pub(super) fn defaults(walk: &mut Walk, tracks: u32) -> Result<(), Violation> {
    const PART: &str = "the fragments' defaults";
    let mut mvex = need(walk, b"mvex", PART)?;
    for id in 1..=tracks {
        let mut trex = need(&mut mvex, b"trex", PART)?;
        fixed(&mut trex, &[0; 4], PART)?;
        fixed(&mut trex, &id.to_be_bytes(), PART)?;
        fixed(&mut trex, &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], PART)?;
        end(&trex, PART)?;
    }
    end(&mvex, PART)
}

/// One sample of a fragment.
struct Sample {
    ticks: u32,
    size: u32,
    flags: u32,
}

/// The samples of one track in a fragment.
struct Run {
    track: u32,
    /// Where they begin, in bytes from the fragment's first byte.
    offset: u32,
    samples: Vec<Sample>,
}

/// A fragment as the index at the end of the file repeats it: its track, its time, its place.
type Begin = (u32, u64, u64);

/// Walks all fragments to the end of the file; returns the end of the last picture in ticks.
pub(super) fn walk(stream: &mut Stream, tracks: &mut Tracks, timeline: &mut Timeline) -> Result<i64, Refuted> {
    let mut clocks = [0u64; 2];
    let mut begins = Vec::new();
    for sequence in 1u32.. {
        if stream.left() == 0 {
            break;
        }
        let start = stream.pos();
        let (kind, length) = header(stream)?;
        match &kind {
            b"moof" => {}
            b"mfra" => {
                let base = stream.pos();
                let body = stream.take(length, MAX_LIST, "the fragments' index")?;
                let walk = Walk::new(stream.form(), &body);
                index(walk, &begins, length).map_err(|v| Refuted::shifted(v, base))?;
                stream.end("the fragments' index")?;
                break;
            }
            _ => return Err(refused(stream, &kind, Fault::Forbidden("a box of unknown type"))),
        }
        let base = stream.pos();
        let list = stream.take(length, MAX_LIST, "a fragment")?;
        let walk = Walk::new(stream.form(), &list);
        let runs =
            fragment(walk, sequence, &mut clocks, (start, &mut begins)).map_err(|v| Refuted::shifted(v, base))?;
        let (kind, length) = header(stream)?;
        stream.check(kind == *b"mdat", Fault::Missing("the data of a fragment"))?;
        let data_end = stream.pos() + length;
        for run in runs {
            stream.check(start + u64::from(run.offset) == stream.pos(), Fault::Value("the place of a sample"))?;
            let (track, mut pts) = match run.track {
                1 => (&mut tracks.video, clocks[0]),
                _ => match &mut tracks.sound {
                    Some(sound) => (sound, clocks[1]),
                    None => return Err(stream.fail_at(start, Fault::Forbidden("a further track"))),
                },
            };
            for sample in &run.samples {
                stream.check(stream.pos() < data_end, Fault::CutShort("the data of a fragment"))?;
                take(stream, track, sample, pts, timeline)?;
                pts += u64::from(sample.ticks);
            }
            clocks[usize::from(run.track != 1)] = pts;
        }
        stream.check(stream.pos() == data_end, Fault::Trailing("the last sample of a fragment"))?;
    }
    Ok(clocks[0] as i64)
}

fn take(
    stream: &mut Stream,
    track: &mut Track,
    sample: &Sample,
    pts: u64,
    timeline: &mut Timeline,
) -> Result<(), Refuted> {
    let at = stream.pos();
    let key = track.sample(stream, sample.size)?;
    if sample.flags != if key { KEY } else { NOT_KEY } {
        return Err(stream.fail_at(at, Fault::Value("the flags of a sample")));
    }
    if track.pictures().is_some() {
        timeline.frame(pts as i64).map_err(|fault| stream.fail_at(at, fault))?;
    }
    Ok(())
}

/// The list of a fragment (8.8.4); returns its samples in their order.
fn fragment(
    mut walk: Walk,
    sequence: u32,
    clocks: &mut [u64; 2],
    (start, begins): (u64, &mut Vec<Begin>),
) -> Result<Vec<Run>, Violation> {
    const PART: &str = "a fragment";
    let mut b = need(&mut walk, b"mfhd", PART)?;
    fixed(&mut b, &[0; 4], PART)?;
    fixed(&mut b, &sequence.to_be_bytes(), "the number of a fragment")?;
    end(&b, PART)?;
    let mut runs: Vec<Run> = Vec::new();
    while let Some(mut traf) = may(&mut walk, b"traf", PART)? {
        let (track, default) = track_header(&mut traf)?;
        traf.check(runs.last().is_none_or(|run| run.track < track), Fault::Misplaced("a track of a fragment"))?;
        let mut b = need(&mut traf, b"tfdt", "the time of a fragment")?;
        fixed(&mut b, &[1, 0, 0, 0], "the time of a fragment")?;
        let at = b;
        let time = u64::from_be_bytes(b.array("the time of a fragment")?);
        end(&b, "the time of a fragment")?;
        let clock = &mut clocks[usize::from(track != 1)];
        // The first fragment may begin late, but time may not run backwards.
        at.check(time >= *clock && (time == *clock || *clock == 0), Fault::Value("the time of a fragment"))?;
        *clock = time;
        begins.push((track, time, start));
        while let Some(run) = may(&mut traf, b"trun", "a run of samples")? {
            runs.push(samples(run, track, &default)?);
        }
        end(&traf, PART)?;
    }
    end(&walk, PART)?;
    walk.check(!runs.is_empty(), Fault::Missing("a run of samples"))?;
    Ok(runs)
}

/// The header of a track's part of a fragment (8.8.7); returns the track and what a sample is unless it says otherwise.
fn track_header(traf: &mut Walk) -> Result<(u32, Sample), Violation> {
    const PART: &str = "a track of a fragment";
    let mut b = need(traf, b"tfhd", PART)?;
    // Places count from the fragment; duration, size and flags are stated.
    fixed(&mut b, &[0, 2, 0, 0x38], PART)?;
    let at = b;
    let track = number(&mut b, PART)?;
    at.check(matches!(track, 1 | 2), Fault::Forbidden("a further track"))?;
    let default =
        Sample { ticks: number(&mut b, PART)?, size: number(&mut b, PART)?, flags: number(&mut b, PART)? };
    end(&b, PART)?;
    Ok((track, default))
}

/// A run of samples (8.8.8).
fn samples(mut b: Walk, track: u32, default: &Sample) -> Result<Run, Violation> {
    const PART: &str = "a run of samples";
    const OWN_TICKS: u32 = 0x100;
    const OWN_SIZE: u32 = 0x200;
    const OWN_FLAGS: u32 = 0x400;
    const FIRST_FLAGS: u32 = 4;
    let at = b;
    let flags = number(&mut b, PART)?;
    let known = 1 | FIRST_FLAGS | OWN_TICKS | OWN_SIZE | OWN_FLAGS;
    at.check(flags & 1 == 1 && flags & !known == 0, Fault::Value(PART))?;
    let has = |flag: u32| flags & flag != 0;
    let (count, offset) = (number(&mut b, PART)? as usize, number(&mut b, PART)?);
    let first = if has(FIRST_FLAGS) { Some(number(&mut b, PART)?) } else { None };
    let width = 4 * [OWN_TICKS, OWN_SIZE, OWN_FLAGS].into_iter().filter(|&f| has(f)).count();
    // Without anything of their own, nothing in the file would bound the number of samples.
    at.check(count > 0 && (width > 0 || count == 1), Fault::Value(PART))?;
    at.check(b.rest().len().checked_div(width).is_none_or(|n| n >= count), Fault::CutShort(PART))?;
    let mut samples = Vec::with_capacity(count);
    for i in 0..count {
        let own = |has_own: bool, default: u32, b: &mut Walk| if has_own { number(b, PART) } else { Ok(default) };
        let ticks = own(has(OWN_TICKS), default.ticks, &mut b)?;
        let size = own(has(OWN_SIZE), default.size, &mut b)?;
        let flags = own(has(OWN_FLAGS), first.filter(|_| i == 0).unwrap_or(default.flags), &mut b)?;
        b.check(ticks > 0 && size > 0, Fault::Value("a sample without length"))?;
        samples.push(Sample { ticks, size, flags });
    }
    b.end(PART)?;
    Ok(Run { track, offset, samples })
}

/// The index at the end (8.8.9): where each fragment begins, and its own length.
fn index(mut walk: Walk, begins: &[Begin], length: u64) -> Result<(), Violation> {
    const PART: &str = "the fragments' index";
    while let Some(mut b) = may(&mut walk, b"tfra", PART)? {
        fixed(&mut b, &[1, 0, 0, 0], PART)?;
        let track = number(&mut b, PART)?;
        // Numbers of one byte for the place inside the fragment, which is always its first run and sample.
        fixed(&mut b, &[0; 4], PART)?;
        let expected: Vec<_> = begins.iter().filter(|begin| begin.0 == track).collect();
        fixed(&mut b, &(expected.len() as u32).to_be_bytes(), PART)?;
        for &&(_, time, place) in &expected {
            fixed(&mut b, &time.to_be_bytes(), PART)?;
            fixed(&mut b, &place.to_be_bytes(), PART)?;
            fixed(&mut b, &[1, 1, 1], PART)?;
        }
        end(&b, PART)?;
    }
    let mut b = need(&mut walk, b"mfro", PART)?;
    fixed(&mut b, &[0; 4], PART)?;
    fixed(&mut b, &((length + 8) as u32).to_be_bytes(), PART)?;
    end(&b, PART)?;
    end(&walk, PART)
}
