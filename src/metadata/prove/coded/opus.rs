//! Opus packets (RFC 6716, 3): the lengths of their frames add up and no padding is there, in which anything could
//! stand. The range-coded data are not decoded.

use crate::metadata::prove::violation::Fault;

const PACKET: &str = "an Opus packet";

/// Longest frame in bytes (3.2.1).
const MAX_FRAME: usize = 1275;

/// Reads the identification header (RFC 7845, 5.1); returns the channels.
pub(super) fn header(bytes: &[u8]) -> Result<u8, Fault> {
    match *bytes {
        // Version, channels, samples to skip at the start (up to 80 ms), 48 kHz as input, no gain, one stream.
        [
            b'O',
            b'p',
            b'u',
            b's',
            b'H',
            b'e',
            b'a',
            b'd',
            1,
            channels @ (1 | 2),
            _,
            0..=15,
            0x80,
            0xBB,
            0,
            0,
            0,
            0,
            0,
        ] => Ok(channels),
        _ => Err(Fault::Value("the Opus header")),
    }
}

/// One packet.
pub(super) fn packet(bytes: &[u8], channels: u8) -> Result<(), Fault> {
    let cut = Fault::CutShort(PACKET);
    let (&[toc], rest) = bytes.split_first_chunk().ok_or(cut)?;
    if toc >> 2 & 1 == 1 && channels == 1 {
        return Err(Fault::Value(PACKET));
    }
    // Frames whose length is stated, and how many of one length fill the rest.
    let (rest, equal) = match toc & 3 {
        0 => (rest, 1),
        1 => (rest, 2),
        2 => (stated(rest)?, 1),
        _ => {
            let (&[count], mut rest) = rest.split_first_chunk().ok_or(cut)?;
            if count & 0x40 != 0 {
                return Err(Fault::Forbidden("padding in an Opus packet"));
            }
            let frames = usize::from(count & 0x3F);
            if !(1..=48).contains(&frames) {
                return Err(Fault::Value(PACKET));
            }
            if count & 0x80 == 0 {
                (rest, frames)
            } else {
                let mut lengths = 0;
                for _ in 1..frames {
                    let (length, behind) = length(rest)?;
                    lengths += length;
                    rest = behind;
                }
                (rest.get(lengths..).ok_or(cut)?, 1)
            }
        }
    };
    let whole = rest.len().is_multiple_of(equal) && rest.len() / equal <= MAX_FRAME;
    if whole { Ok(()) } else { Err(Fault::Value(PACKET)) }
}

/// What follows a frame with its length before it.
fn stated(bytes: &[u8]) -> Result<&[u8], Fault> {
    let (length, rest) = length(bytes)?;
    rest.get(length..).ok_or(Fault::CutShort(PACKET))
}

/// The length of a frame in one or two bytes, and what follows.
fn length(bytes: &[u8]) -> Result<(usize, &[u8]), Fault> {
    match *bytes {
        [first @ 0..=251, ref rest @ ..] => Ok((first.into(), rest)),
        [first, second, ref rest @ ..] => Ok((usize::from(second) * 4 + usize::from(first), rest)),
        _ => Err(Fault::CutShort(PACKET)),
    }
}
