//! Packets of a transport stream (ISO 13818-1, 2.4.3): 188 bytes each, with a counter, a clock and room, and nothing
//! private. Separate from what the packets carry.

use crate::metadata::prove::violation::Fault;

/// Length of a packet in bytes.
pub(super) const LENGTH: usize = 188;

const HEADER: &str = "the header of a packet";
const ROOM: &str = "the adaptation field of a packet";

/// A packet.
pub(super) struct Packet<'a> {
    pub(super) stream: u16,
    /// Whether something begins in it.
    pub(super) begins: bool,
    pub(super) counter: u8,
    /// Whether decoding may begin here.
    pub(super) random_access: bool,
    /// The clock in 90,000ths of a second.
    pub(super) clock: Option<u64>,
    pub(super) payload: &'a [u8],
}

/// Reads a packet.
pub(super) fn read(bytes: &[u8; LENGTH]) -> Result<Packet<'_>, Fault> {
    let &[0x47, high, low, control, ref rest @ ..] = bytes else { return Err(Fault::Missing("a packet")) };
    // No error, no priority, not scrambled.
    if high & 0xA0 != 0 || control & 0xC0 != 0 {
        return Err(Fault::Value(HEADER));
    }
    let (room, payload) = match control >> 4 & 3 {
        1 => (None, &rest[..]),
        3 => {
            let (room, payload) = rest[1..].split_at_checked(rest[0].into()).ok_or(Fault::CutShort(ROOM))?;
            (Some(room), payload)
        }
        _ => return Err(Fault::Forbidden("a packet without payload")),
    };
    if payload.is_empty() {
        return Err(Fault::Forbidden("a packet without payload"));
    }
    let (random_access, clock) = room.map_or(Ok((false, None)), adaptation)?;
    Ok(Packet {
        stream: u16::from_be_bytes([high & 0x1F, low]),
        begins: high & 0x40 != 0,
        counter: control & 0x0F,
        random_access,
        clock,
        payload,
    })
}

/// The adaptation field after its length: a clock or not, and room that is filled with ones.
fn adaptation(room: &[u8]) -> Result<(bool, Option<u64>), Fault> {
    let Some((&flags, rest)) = room.split_first() else { return Ok((false, None)) };
    if flags & 2 != 0 {
        return Err(Fault::Forbidden("private data"));
    }
    if flags & !0x50 != 0 {
        return Err(Fault::Value(ROOM));
    }
    let (clock, room) = if flags & 0x10 != 0 {
        let &[a, b, c, d, e, f, ref room @ ..] = rest else { return Err(Fault::CutShort(ROOM)) };
        let clock = u64::from(u32::from_be_bytes([a, b, c, d])) << 1 | u64::from(e >> 7);
        if e & 0x7E != 0x7E || u16::from_be_bytes([e & 1, f]) >= 300 {
            return Err(Fault::Value("the clock"));
        }
        (Some(clock), room)
    } else {
        (None, rest)
    };
    if room.iter().any(|&b| b != 0xFF) {
        return Err(Fault::Forbidden("room with bytes in it"));
    }
    Ok((flags & 0x40 != 0, clock))
}
