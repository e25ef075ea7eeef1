//! Boxes of the ISO base media file format (ISO 14496-12, 4.2) as a list that must be met in its order. Separate
//! because every other file of this folder reads them.

use crate::metadata::prove::{
    violation::{Fault, Violation},
    walk::Walk,
};

/// The body of the next box, which must be of that kind; `part` is its name.
pub(super) fn need<'a>(walk: &mut Walk<'a>, kind: &[u8; 4], part: &'static str) -> Result<Walk<'a>, Violation> {
    match may(walk, kind, part)? {
        Some(body) => Ok(body),
        None => match walk.rest().get(4..8) {
            Some(other) => Err(walk.fail(named(other).map_or(Fault::Missing(part), Fault::Forbidden))),
            None => Err(walk.fail(Fault::Missing(part))),
        },
    }
}

/// The body of the next box if it is of that kind.
pub(super) fn may<'a>(
    walk: &mut Walk<'a>,
    kind: &[u8; 4],
    part: &'static str,
) -> Result<Option<Walk<'a>>, Violation> {
    if walk.rest().get(4..8) != Some(kind) {
        return Ok(None);
    }
    let start = walk.pos();
    let mut header = *walk;
    let length = u32::from_be_bytes(header.array(part)?) as usize;
    header.take(4, part)?;
    walk.check(length >= 8, Fault::Value(part))?;
    walk.take(length, part)?;
    header.close_at(start + length);
    Ok(Some(header))
}

/// There must be no further box.
pub(super) fn end(walk: &Walk, after: &'static str) -> Result<(), Violation> {
    match walk.rest().get(4..8) {
        Some(kind) => {
            Err(walk.fail(named(kind).map_or(Fault::Forbidden("a box of unknown type"), Fault::Forbidden)))
        }
        None => walk.end(after),
    }
}

/// Reads a big-endian number of 32 bits.
pub(super) fn number(walk: &mut Walk, part: &'static str) -> Result<u32, Violation> {
    walk.array(part).map(u32::from_be_bytes)
}

/// Reads a big-endian number of 64 bits, or of 32 if not `wide`.
pub(super) fn wide_number(walk: &mut Walk, wide: bool, part: &'static str) -> Result<u64, Violation> {
    if wide { walk.array(part).map(u64::from_be_bytes) } else { number(walk, part).map(u64::from) }
}

/// The next bytes must be exactly `expected`, else the part holds a value that is not on the list.
pub(super) fn fixed(walk: &mut Walk, expected: &[u8], part: &'static str) -> Result<(), Violation> {
    let at = *walk;
    let got = walk.take(expected.len(), part)?;
    at.check(got == expected, Fault::Value(part))
}

/// The name of a box that is never allowed where something else is expected; other types may be content.
pub(super) fn named(kind: &[u8]) -> Option<&'static str> {
    Some(match kind {
        b"udta" => "user data",
        b"meta" => "a metadata box",
        b"uuid" => "a box of a private type",
        b"free" | b"skip" | b"wide" => "free space",
        b"edts" | b"elst" => "an edit list",
        b"ctts" | b"cslg" => "times that differ from the coded order",
        b"clap" => "a crop",
        b"tapt" | b"clef" => "an aperture",
        b"tref" => "a reference to another track",
        b"trak" => "a further track",
        b"moov" => "a second index",
        b"moof" => "a fragment",
        b"mdat" => "further data",
        b"iods" => "an object descriptor",
        b"pssh" | b"sinf" => "an encryption box",
        b"emsg" | b"prft" | b"sidx" | b"ssix" | b"styp" => "a streaming box",
        b"pdin" | b"ftyp" => "a second file header",
        b"cprt" => "a copyright notice",
        b"sdtp" | b"subs" | b"saiz" | b"saio" | b"padb" | b"stdp" => "notes on samples",
        b"sgpd" | b"sbgp" => "a group of samples",
        b"gmhd" | b"nmhd" | b"sthd" => "a track of another kind",
        b"elng" => "a language",
        b"mdcv" | b"clli" | b"dvcC" | b"dvvC" | b"amve" => "notes on brightness",
        b"st3d" | b"sv3d" | b"vexu" | b"hfov" => "notes on the lens",
        b"gama" | b"fiel" | b"colr" | b"pasp" | b"btrt" => "a misplaced property of the picture",
        _ => return None,
    })
}
