//! The tables of a transport stream (ISO 13818-1, 2.4.4, and EN 300 468, 5.2.3): one program, whose name is the muxer's
//! constant, with one stream of pictures and at most one of sound. Separate because they are constants.

use crate::{clip::Codec, metadata::prove::violation::Fault};

/// The streams in which the tables are.
pub(super) const PROGRAMS: u16 = 0;
pub(super) const SERVICES: u16 = 0x11;
pub(super) const STREAMS: u16 = 0x1000;

const PROGRAM_TABLE: &[u8] = &[0x00, 0xB0, 0x0D, 0, 1, 0xC1, 0, 0, 0, 1, 0xF0, 0];
const SERVICE_TABLE: &[u8] =
    &[0x42, 0xF0, 0x25, 0, 1, 0xC1, 0, 0, 0xFF, 1, 0xFF, 0, 1, 0xFC, 0x80, 0x14, 0x48, 0x12, 1];
const SERVICE_NAMES: &[u8] = b"\x06FFmpeg\x09Service01";

/// A table that fills the payload of one packet: its body without the checksum.
fn section(payload: &[u8]) -> Result<&[u8], Fault> {
    const PART: &str = "a table";
    let &[0, ref rest @ ..] = payload else { return Err(Fault::Value(PART)) };
    let &[_, high, low, ..] = rest else { return Err(Fault::CutShort(PART)) };
    let length = 3 + usize::from(u16::from_be_bytes([high & 0x0F, low]));
    let (section, room) = rest.split_at_checked(length).ok_or(Fault::CutShort(PART))?;
    if room.iter().any(|&b| b != 0xFF) {
        return Err(Fault::Trailing(PART));
    }
    let (body, sum) = section.split_last_chunk::<4>().ok_or(Fault::CutShort(PART))?;
    if checksum(body) == u32::from_be_bytes(*sum) { Ok(body) } else { Err(Fault::Checksum(PART)) }
}

/// The list of programs.
pub(super) fn programs(payload: &[u8]) -> Result<(), Fault> {
    if section(payload)? == PROGRAM_TABLE { Ok(()) } else { Err(Fault::Value("the list of programs")) }
}

/// The list of services, with a name.
pub(super) fn services(payload: &[u8]) -> Result<(), Fault> {
    match section(payload)?.strip_prefix(SERVICE_TABLE) {
        Some(SERVICE_NAMES) => Ok(()),
        _ => Err(Fault::Value("the name of the service")),
    }
}

/// The list of streams; returns the codec of the pictures, and whether there is sound.
pub(super) fn streams(payload: &[u8]) -> Result<(Codec, bool), Fault> {
    const PART: &str = "the list of streams";
    let body = section(payload)?;
    let &[2, 0xB0, _, 0, 1, 0xC1, 0, 0, 0xE1, 0, 0xF0, 0, ref entries @ ..] = body else {
        return Err(Fault::Value(PART));
    };
    const AVC: &[u8] = &[0x1B, 0xE1, 0, 0xF0, 0];
    const HEVC: &[u8] = &[0x24, 0xE1, 0, 0xF0, 6, 5, 4, b'H', b'E', b'V', b'C'];
    const AAC: &[u8] = &[0x0F, 0xE1, 1, 0xF0, 0];
    let (codec, rest) = match (entries.strip_prefix(AVC), entries.strip_prefix(HEVC)) {
        (Some(rest), _) => (Codec::H264, rest),
        (_, Some(rest)) => (Codec::Hevc, rest),
        _ => return Err(Fault::Value(PART)),
    };
    match rest {
        [] => Ok((codec, false)),
        AAC => Ok((codec, true)),
        [5 | 6 | 0x15, ..] => Err(Fault::Forbidden("a stream of private data")),
        _ => Err(Fault::Forbidden("a further track")),
    }
}

/// The checksum of tables (ISO 13818-1, annex A).
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |mut crc, &byte| {
        crc ^= u32::from(byte) << 24;
        for _ in 0..8 {
            crc = if crc >> 31 == 1 { crc << 1 ^ 0x04C1_1DB7 } else { crc << 1 };
        }
        crc
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_matches_its_published_check_value() {
        assert_eq!(checksum(b"123456789"), 0x0376_E6E7);
    }
}
