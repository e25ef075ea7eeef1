//! The lists of a segment that are not its tracks: tags, of which only two of the muxer's own are allowed, the list of
//! parts, and the index, both of which must be true. Separate because they are read at different moments of the walk.

use super::element::{checksum, end, fixed, may, may_number, need, need_number};
use crate::metadata::prove::{
    violation::{Fault, Violation},
    walk::Walk,
};

/// A picture at which decoding may begin: its time, its cluster's place in the segment, its own place in the cluster.
pub(super) type Key = (i64, u64, u64);

/// Reads the tags. Each belongs to a track and says its encoder's name, which is one of those in use, and its length.
pub(super) fn tags(mut walk: Walk, tracks: u8) -> Result<(), Violation> {
    const PART: &str = "the tags";
    checksum(&mut walk, PART)?;
    let mut last = 0;
    while let Some(mut tag) = may(&mut walk, 0x7373, "a tag")? {
        let mut targets = need(&mut tag, 0x63C0, "a tag's target")?;
        let target = need(&mut targets, 0x63C5, "a tag's target")?;
        end(&targets, "a tag's target")?;
        let &[0, 0, 0, 0, 0, 0, 0, track] = target.rest() else {
            return Err(target.fail(Fault::Value("a tag's target")));
        };
        target.check(track > last && track <= tracks, Fault::Value("a tag's target"))?;
        last = track;
        let mut names: &[&[u8]] = &[b"ENCODER", b"DURATION"];
        while let Some(mut simple) = may(&mut tag, 0x67C8, "a tag")? {
            let name = need(&mut simple, 0x45A3, "a tag's name")?;
            let value = need(&mut simple, 0x4487, "a tag's value")?;
            end(&simple, "a tag")?;
            let Some(at) = names.iter().position(|&n| n == name.rest()) else {
                return Err(name.fail(Fault::Forbidden("a tag")));
            };
            let fits = if name.rest() == b"ENCODER" { is_encoder(value.rest()) } else { is_time(value.rest()) };
            value.check(fits, Fault::Value("a tag's value"))?;
            names = &names[at + 1..];
        }
        end(&tag, "a tag")?;
    }
    end(&walk, PART)
}

/// The names of the encoders in use.
fn is_encoder(name: &[u8]) -> bool {
    matches!(name, b"Lavc libx264" | b"Lavc libx265" | b"Lavc libvpx-vp9" | b"Lavc aac" | b"Lavc libopus")
}

/// `HH:MM:SS.mmm000000` and two zeros, as the muxer writes the length of a track.
fn is_time(text: &[u8]) -> bool {
    let pattern = b"dd:dd:dd.ddd000000\0\0";
    let fits = |(&byte, &class): (&u8, &u8)| if class == b'd' { byte.is_ascii_digit() } else { byte == class };
    text.len() == pattern.len() && text.iter().zip(pattern).all(fits)
}

/// Reads the list of parts; returns identifiers and places, from the segment's first byte on.
pub(super) fn parts(mut walk: Walk) -> Result<Vec<(u32, u64)>, Violation> {
    const PART: &str = "the list of parts";
    checksum(&mut walk, PART)?;
    let mut found = Vec::new();
    while let Some(mut seek) = may(&mut walk, 0x4DBB, PART)? {
        let id = need(&mut seek, 0x53AB, PART)?;
        let at = seek;
        let place = need_number(&mut seek, 0x53AC, PART)?;
        end(&seek, PART)?;
        let Some((id, 4)) = super::element::identifier(id.rest()).filter(|_| id.rest().len() == 4) else {
            return Err(id.fail(Fault::Value(PART)));
        };
        at.check(found.iter().all(|&(other, _)| other != id), Fault::Repeated("a part"))?;
        found.push((id, place));
    }
    end(&walk, PART)?;
    Ok(found)
}

/// Reads the index, which must name pictures at which decoding may begin, in their order, by their true places.
pub(super) fn index(mut walk: Walk, keys: &[Key]) -> Result<(), Violation> {
    const PART: &str = "the index";
    checksum(&mut walk, PART)?;
    let mut keys = keys;
    while let Some(mut cue) = may(&mut walk, 0xBB, PART)? {
        let at = cue;
        let time = need_number(&mut cue, 0xB3, PART)?;
        let mut place = need(&mut cue, 0xB7, PART)?;
        end(&cue, PART)?;
        fixed(&mut place, 0xF7, &[1], PART)?;
        let cluster = need_number(&mut place, 0xF1, PART)?;
        let block = may_number(&mut place, 0xF0, PART)?;
        end(&place, PART)?;
        let same = |key: &Key| key.0 as u64 == time && key.1 == cluster && block.is_none_or(|b| b == key.2);
        let found = keys.iter().position(same).ok_or_else(|| at.fail(Fault::Value(PART)))?;
        keys = &keys[found + 1..];
    }
    end(&walk, PART)
}
