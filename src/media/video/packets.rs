//! Where a transport stream would end if it were whole (ISO/IEC 13818-1, 2.4.3). Separate because nothing in such a stream says
//! how long it is: a cut shows only in a packet that is not whole, or in a load, spread over packets, that says its length
//! and lacks the rest. Loads of pictures mostly say none; there the decoder tells.

use std::{
    collections::BTreeMap,
    io::{self, Read, Seek, SeekFrom},
};

/// The length of a packet from its first byte, which tells it, on.
pub(super) const PACKET: usize = 188;
/// What a packet begins with.
const SYNC: u8 = b'G';
/// How many bytes of a load's header say how long it is.
const HEADER: usize = 6;
/// The longest load has 64 KiB. In a stream of 80 Mbit/s, twice what discs may have, sound of 384 kbit/s takes 1.4 s for one.
const TAIL_BYTES: u64 = 16 << 20;

/// The length of packets by the first bytes of a stream, and where in each of them the sync byte is: at its start, or behind
/// a clock of four bytes on camcorders. Receivers record a sum of sixteen bytes behind each.
pub(super) fn length(head: &[u8]) -> (usize, usize) {
    // As the format is told: a clock may begin with the same byte, once.
    let fits = |length: usize| {
        head.first() == Some(&SYNC) && (0..5).all(|i| head.get(i * length).is_none_or(|b| *b == SYNC))
    };
    if fits(PACKET) {
        (PACKET, 0)
    } else if fits(PACKET + 16) {
        (PACKET + 16, 0)
    } else {
        (PACKET + 4, 4)
    }
}

/// The loads (PES packets) that have begun and may not be whole, by the number of their stream.
#[derive(Debug, Default)]
pub(super) struct Loads {
    open: BTreeMap<u16, Load>,
}

#[derive(Debug, Default)]
struct Load {
    header: Vec<u8>,
    bytes: u64,
}

impl Load {
    fn add(&mut self, payload: &[u8]) {
        self.header.extend(payload.iter().take(HEADER - self.header.len()));
        self.bytes += payload.len() as u64;
    }

    /// Bytes that it lacks of what it says.
    fn lacks(&self) -> u64 {
        let Some(&[_, _, _, _, high, low]) = self.header.first_chunk::<HEADER>() else { return 1 };
        match u64::from(high) << 8 | u64::from(low) {
            // It lasts until the next one begins.
            0 => 0,
            length => (length + HEADER as u64).saturating_sub(self.bytes),
        }
    }
}

impl Loads {
    /// Follows a packet of [`PACKET`] bytes; what is no packet is passed over, and so is a sum behind one.
    pub(super) fn packet(&mut self, packet: &[u8]) {
        let packet = &packet[..packet.len().min(PACKET)];
        let Some(&[SYNC, high, low, control]) = packet.first_chunk::<4>() else { return };
        let stream = u16::from(high & 0x1f) << 8 | u16::from(low);
        // Marked as damaged, or scrambled.
        if high & 0x80 != 0 || control & 0xc0 != 0 || control & 0x10 == 0 {
            return;
        }
        let at = if control & 0x20 == 0 { 4 } else { 5 + usize::from(packet.get(4).copied().unwrap_or_default()) };
        let payload = packet.get(at..).unwrap_or_default();
        if high & 0x40 != 0 {
            self.open.remove(&stream);
            // Tables begin otherwise.
            if payload.starts_with(b"\0\0\x01") {
                self.open.insert(stream, Load::default());
            }
        }
        if let Some(load) = self.open.get_mut(&stream) {
            load.add(payload);
        }
    }

    /// The bytes that all of them lack; 0 when the stream may end here.
    pub(super) fn lack(&self) -> u64 {
        self.open.values().map(Load::lacks).sum()
    }
}

/// Where the stream in `file` would end if it were whole, in bytes: behind the file's end when it was cut. Leaves the file at
/// its start.
///
/// # Errors
/// When it cannot be read.
pub(super) fn end(file: &mut (impl Read + Seek), head: &[u8]) -> io::Result<u64> {
    let (length, sync) = length(head);
    let bytes = file.seek(SeekFrom::End(0))?;
    let whole = bytes / length as u64;
    let from = whole.saturating_sub(TAIL_BYTES / length as u64);
    file.seek(SeekFrom::Start(from * length as u64))?;
    let (mut loads, mut packet) = (Loads::default(), vec![0; length]);
    let mut file_tail = io::BufReader::with_capacity(1 << 20, &mut *file);
    for _ in from..whole {
        file_tail.read_exact(&mut packet)?;
        loads.packet(&packet[sync..]);
    }
    drop(file_tail);
    file.rewind()?;
    Ok(bytes.div_ceil(length as u64) * length as u64 + loads.lack())
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Cursor;

    use super::*;

    /// A packet of stream 257 with `payload`, filled up by stuffing.
    pub fn packet(begins: bool, payload: &[u8]) -> Vec<u8> {
        let mut packet = vec![SYNC, 1 | if begins { 0x40 } else { 0 }, 1, 0x30];
        let stuffing = PACKET - 5 - payload.len();
        packet.push(stuffing as u8);
        packet.resize(5 + stuffing, 0xff);
        packet.extend(payload);
        packet
    }

    /// A load that says that it has `length` bytes behind its header, and has the first `there` of them in its packet.
    pub fn begun(length: u16, there: usize) -> Vec<u8> {
        let mut load = b"\0\0\x01\xc0".to_vec();
        load.extend(length.to_be_bytes());
        load.resize(HEADER + there, 7);
        packet(true, &load)
    }

    fn end_of(stream: &[u8]) -> u64 {
        end(&mut Cursor::new(stream), stream).unwrap()
    }

    #[test]
    fn a_stream_ends_behind_its_last_packet_and_the_loads_in_it() {
        let whole = [begun(200, 100), packet(false, &[7; 100])].concat();
        assert_eq!(end_of(&whole), 376);
        assert_eq!(end_of(&whole[..375]), 376 + 100, "the last packet is cut");
        assert_eq!(end_of(&whole[..188]), 188 + 100, "the load goes on");
        assert_eq!(end_of(&[&whole[..188], &begun(10, 10)].concat()), 376, "the next one ends the one before");
        assert_eq!(end_of(&[whole, packet(true, b"\0\0")].concat()), 564, "a table is no load");
        assert_eq!(end_of(&begun(0, 100)), 188, "one without a length may end anywhere");
        let mut scrambled = begun(200, 100);
        scrambled[3] |= 0x80;
        assert_eq!(end_of(&scrambled), 188);
    }

    #[test]
    fn packets_with_a_clock_in_front_are_longer() {
        let clocked = |packet: Vec<u8>| [&[0; 4][..], &packet].concat();
        let whole = [clocked(begun(200, 100)), clocked(packet(false, &[7; 100]))].concat();
        assert_eq!(end_of(&whole), 384);
        assert_eq!(end_of(&whole[..376]), 384 + 100);
        assert_eq!(end_of(&whole[..192]), 192 + 100);
        let mut chance = whole;
        chance[0] = SYNC;
        assert_eq!(end_of(&chance), 384, "the first byte of a clock");
    }

    #[test]
    fn packets_with_a_sum_behind_are_longer_still() {
        let summed = |packet: Vec<u8>| [&packet[..], &[9; 16]].concat();
        let one = [summed(begun(200, 100)), summed(packet(false, &[7; 100]))].concat();
        assert_eq!(end_of(&one), 408);
        assert_eq!(end_of(&one[..400]), 408 + 100, "the last packet is cut");
        assert_eq!(end_of(&one[..204]), 204 + 100, "the load goes on");
    }

    #[test]
    fn only_the_end_of_a_long_stream_is_read() {
        let mut long = begun(200, 100);
        // Of another stream, so that the first load never ends.
        let mut other = packet(false, &[7; 100]);
        other[2] = 2;
        while (long.len() as u64) < TAIL_BYTES + 1000 {
            long.extend(&other);
        }
        assert_eq!(end_of(&long), long.len() as u64);
        assert!(end_of(&long[..TAIL_BYTES as usize / 2]) > TAIL_BYTES / 2);
    }
}
