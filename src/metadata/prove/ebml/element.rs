//! Elements of EBML (RFC 8794) as a list that must be met in its order. Separate because every other file of this
//! folder reads them.

use crate::metadata::{
    prove::{
        violation::{Fault, Violation},
        walk::Walk,
    },
    sum,
};

pub(super) const VOID: u32 = 0xEC;
const CRC: u32 = 0xBF;

/// How many bytes a number has whose first byte is `first`; `None` when it would have more than 8.
pub(super) const fn width(first: u8) -> Option<usize> {
    match first.leading_zeros() {
        8 => None,
        zeros => Some(zeros as usize + 1),
    }
}

/// The number in `bytes`, without the bit that says its width; `None` when every bit is set, which means "unknown".
pub(super) fn length(bytes: &[u8]) -> Option<u64> {
    let all = bytes.iter().fold(0u64, |n, &b| n << 8 | u64::from(b));
    let mask = (1u64 << (7 * bytes.len())) - 1;
    Some(all & mask).filter(|&n| n != mask)
}

/// The identifier of the next element and its width; `None` when there is none or it has more than 4 bytes.
pub(super) fn identifier(bytes: &[u8]) -> Option<(u32, usize)> {
    let width = width(*bytes.first()?).filter(|&w| w <= 4)?;
    Some((bytes.get(..width)?.iter().fold(0, |n, &b| n << 8 | u32::from(b)), width))
}

/// The body of the next element if it is the one with that identifier.
pub(super) fn may<'a>(walk: &mut Walk<'a>, id: u32, part: &'static str) -> Result<Option<Walk<'a>>, Violation> {
    let Some((_, id_width)) = identifier(walk.rest()).filter(|&(found, _)| found == id) else { return Ok(None) };
    let at = *walk;
    walk.take(id_width, part)?;
    let first = *walk.rest().first().ok_or_else(|| at.fail(Fault::CutShort(part)))?;
    let width = width(first).ok_or_else(|| at.fail(Fault::Damaged(part)))?;
    let length = length(walk.take(width, part)?).and_then(|n| usize::try_from(n).ok());
    let length = length.ok_or_else(|| at.fail(Fault::Value("the length of an element")))?;
    let mut body = *walk;
    walk.take(length, part)?;
    body.close_at(walk.pos());
    Ok(Some(body))
}

/// The body of the next element, which must be the one with that identifier.
pub(super) fn need<'a>(walk: &mut Walk<'a>, id: u32, part: &'static str) -> Result<Walk<'a>, Violation> {
    match may(walk, id, part)? {
        Some(body) => Ok(body),
        None => Err(walk.fail(match identifier(walk.rest()) {
            Some((other, _)) => named(other).map_or(Fault::Missing(part), Fault::Forbidden),
            None => Fault::Missing(part),
        })),
    }
}

/// There must be no further element.
pub(super) fn end(walk: &Walk, after: &'static str) -> Result<(), Violation> {
    match identifier(walk.rest()) {
        Some((id, _)) => Err(walk.fail(Fault::Forbidden(named(id).unwrap_or("an element of unknown kind")))),
        None => walk.end(after),
    }
}

/// The checksum that may stand first in a body, which must be right.
pub(super) fn checksum(body: &mut Walk, part: &'static str) -> Result<(), Violation> {
    let at = *body;
    if let Some(mut crc) = may(body, CRC, part)? {
        let stated = u32::from_le_bytes(crc.array(part)?);
        crc.end(part)?;
        at.check(stated == sum::crc32(&[body.rest()]), Fault::Checksum(part))?;
    }
    Ok(())
}

/// The number that fills `body`, in as few bytes as it needs.
pub(super) fn number(body: &Walk, part: &'static str) -> Result<u64, Violation> {
    let bytes = body.rest();
    let shortest = bytes.len() == 1 || bytes.first().is_some_and(|&b| b != 0);
    body.check(shortest && bytes.len() <= 8, Fault::Value(part))?;
    Ok(bytes.iter().fold(0, |n, &b| n << 8 | u64::from(b)))
}

/// The next element, which must be there, as a number.
pub(super) fn need_number(walk: &mut Walk, id: u32, part: &'static str) -> Result<u64, Violation> {
    number(&need(walk, id, part)?, part)
}

/// The next element as a number, if it is there.
pub(super) fn may_number(walk: &mut Walk, id: u32, part: &'static str) -> Result<Option<u64>, Violation> {
    may(walk, id, part)?.map(|body| number(&body, part)).transpose()
}

/// The next element, which must be there and hold exactly `expected`.
pub(super) fn fixed(walk: &mut Walk, id: u32, expected: &[u8], part: &'static str) -> Result<(), Violation> {
    let body = need(walk, id, part)?;
    body.check(body.rest() == expected, Fault::Value(part))
}

/// Room without content.
pub(super) fn void(body: &[u8]) -> bool {
    body.iter().all(|&b| b == 0)
}

/// The name of an element that is never allowed where something else is expected; others may be content.
pub(super) const fn named(id: u32) -> Option<&'static str> {
    Some(match id {
        0x7BA9 => "a title",
        0x4461 => "a date",
        0x73A4 => "a segment's number",
        0x7384 | 0x3C_83AB | 0x3E_83BB => "a segment's file name",
        0x3C_B923 | 0x3E_B923 | 0x4444 | 0x6924 => "a reference to another segment",
        0x1941_A469 => "attachments",
        0x1043_A770 => "chapters",
        0x1254_C367 | 0x7373 | 0x67C8 => "further tags",
        0x1654_AE6B => "a second list of tracks",
        0xAE => "a further track",
        0x536E => "a track's name",
        0x25_8688 => "a codec's name",
        0x6D80 => "an encoding of the content",
        0x75A1 | 0x41E4 => "an addition to a block",
        0xEC => "room in a place where none is kept",
        0x1A45_DFA3 => "a second file header",
        0x1853_8067 => "a second segment",
        0x1C53_BB6B => "a misplaced index",
        0x114D_9B74 => "a second list of parts",
        0x1549_A966 => "a second description",
        0x7670 => "a projection",
        0x55D0 => "notes on brightness",
        0x54AA | 0x54BB | 0x54CC | 0x54DD => "a crop",
        0x53C0 | 0x53B8 => "another view or layer",
        0x22_B59D => "a language",
        _ => return None,
    })
}
