//! AAC-LC frames (ISO 14496-3): one element for all channels at the front and the end marker at the back, so that no
//! fill or data element leads a frame. The spectral data between them are not decoded.

use super::bits::Bits;
use crate::metadata::prove::violation::Fault;

const FRAME: &str = "a frame of AAC";

/// Longest frame in bytes, for each channel (ISO 14496-3, 4.5.1.1: 6144 bits).
const MAX_CHANNEL_BYTES: usize = 768;

/// Reads the configuration (1.6.2.1): AAC-LC, 48 kHz, one or two channels, the note that there is no band replication.
/// Returns the channels.
pub(super) fn config(bytes: &[u8]) -> Result<u8, Fault> {
    match bytes {
        [0x11, channels @ (0x88 | 0x90), 0x56, 0xE5, 0] | [0x11, channels @ (0x88 | 0x90)] => Ok(channels >> 3 & 3),
        _ => Err(Fault::Value("the AAC configuration")),
    }
}

/// One frame.
pub(super) fn frame(bytes: &[u8], channels: u8) -> Result<(), Fault> {
    if bytes.len() > MAX_CHANNEL_BYTES * usize::from(channels) {
        return Err(Fault::Value(FRAME));
    }
    let mut b = Bits::new(FRAME, bytes);
    match b.u(3)? {
        0 if channels == 1 => {}
        1 if channels == 2 => {}
        4 => return Err(Fault::Forbidden("a data element of AAC")),
        6 => return Err(Fault::Forbidden("a fill element of AAC")),
        _ => return Err(Fault::Forbidden("an element of AAC")),
    }
    b.fixed(4, 0)?;
    // The end marker is three ones; only zeros up to the next byte may follow it.
    let &[.., before, last] = bytes else { return Err(Fault::CutShort(FRAME)) };
    let tail = u16::from_be_bytes([before, last]);
    let zeros = tail.trailing_zeros();
    if zeros < 8 && tail >> zeros & 7 == 7 { Ok(()) } else { Err(Fault::Missing("the end of a frame of AAC")) }
}

/// Frames with headers of their own (ADTS, 1.A.2.2); returns the channels.
pub(super) fn framed(bytes: &[u8]) -> Result<u8, Fault> {
    const HEADER: &str = "the header of a frame of AAC";
    let mut rest = bytes;
    let mut all = None;
    while !rest.is_empty() {
        let mut b = Bits::new(HEADER, rest);
        b.fixed(16, 0xFFF1)?; // MPEG-4, no checksum.
        b.fixed(2, 1)?;
        b.fixed(4, 3)?; // 48 kHz.
        b.fixed(1, 0)?; // No private bit.
        let channels = b.u(3)? as u8;
        b.check(matches!(channels, 1 | 2) && *all.get_or_insert(channels) == channels)?;
        b.fixed(4, 0)?; // No originality or copyright marks.
        let length = b.u(13)? as usize;
        b.fixed(11, 0x7FF)?;
        b.fixed(2, 0)?;
        let (whole, behind) = rest.split_at_checked(length).ok_or(Fault::CutShort(FRAME))?;
        frame(whole.get(7..).ok_or(Fault::CutShort(FRAME))?, channels)?;
        rest = behind;
    }
    all.ok_or(Fault::Missing(FRAME))
}
