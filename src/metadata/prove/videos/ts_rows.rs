//! The rows of MPEG transport streams.

use super::{
    Fault, Row, VideoForm, clean,
    plant::{edit, packet},
};

/// The packets of the clean file, to be changed.
fn packets(name: &str, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let mut packets: Vec<Vec<u8>> = clean(name).chunks(188).map(<[u8]>::to_vec).collect();
    change(&mut packets);
    packets.concat()
}

/// A packet behind the tables.
fn with(packet: Vec<u8>) -> Vec<u8> {
    packets("h264.ts", |p| p.insert(3, packet))
}

/// Bytes changed in one packet.
fn poke(which: usize, at: usize, bytes: &[u8]) -> Vec<u8> {
    packets("h264.ts", |p| p[which][at..at + bytes.len()].copy_from_slice(bytes))
}

/// A table with its checksum put right.
fn table(which: usize, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    packets("h264.ts", |p| {
        let packet = &p[which];
        let mut section = packet[5..].to_vec();
        section.truncate(3 + usize::from(u16::from_be_bytes([section[1] & 15, section[2]])) - 4);
        change(&mut section);
        let length = section.len() as u16 - 3 + 4;
        section[1] = section[1] & 0xF0 | (length >> 8) as u8;
        section[2] = length as u8;
        let mut crc = u32::MAX;
        for &byte in &section {
            crc ^= u32::from(byte) << 24;
            (0..8).for_each(|_| crc = if crc >> 31 == 1 { crc << 1 ^ 0x04C1_1DB7 } else { crc << 1 });
        }
        section.extend(crc.to_be_bytes());
        let mut out = packet[..5].to_vec();
        out.extend(section);
        out.resize(188, 0xFF);
        p[which] = out;
    })
}

/// The last packet that room fills, of the pictures.
fn roomy() -> usize {
    let file = clean("h264.ts");
    file.chunks(188).rposition(|p| p[3] & 0x20 != 0 && p[4] > 20 && p[5] == 0).expect("a packet with room")
}

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> {
    use Fault::{Checksum, CutShort, Forbidden, Misplaced, Missing, Trailing, Value};
    let room = roomy();
    let rows: Vec<(&str, Vec<u8>, Fault)> = vec![
        ("a service's name", table(0, |s| { s.truncate(27); s.extend(b"Jane Roe1"); }), Value("the name of the service")),
        ("a provider's name", table(0, |s| s[20..26].copy_from_slice(b"JaneRo")), Value("the name of the service")),
        ("a second descriptor of the service", table(0, |s| { s[16] += 6; s.extend(b"\x5F\x04Jane"); }), Value("the name of the service")),
        ("bytes behind a table", poke(0, 180, b"Jane"), Trailing("a table")),
        ("a wrong checksum of a table", poke(1, 17, b"J"), Checksum("a table")),
        ("a second program", table(1, |s| s.extend([0, 2, 0xF0, 1])), Value("the list of programs")),
        ("another number of the stream", table(1, |s| s[4] = 7), Value("the list of programs")),
        ("a private stream in the list", table(2, |s| s.extend([6, 0xE1, 5, 0xF0, 0])), Forbidden("a stream of private data")),
        ("KLV in the list", table(2, |s| s.extend([0x15, 0xE1, 5, 0xF0, 6, 5, 4, b'K', b'L', b'V', b'A'])), Forbidden("a stream of private data")),
        ("a second stream of pictures in the list", table(2, |s| s.extend([0x1B, 0xE1, 2, 0xF0, 0])), Forbidden("a further track")),
        ("a descriptor of the program", table(2, |s| { s[11] = 6; s.splice(12..12, *b"\x05\x04Jane"); }), Value("the list of streams")),
        ("a descriptor of the pictures", table(2, |s| { s[16] = 6; s.extend(*b"\x05\x04Jane"); }), Value("the list of streams")),
        ("another version of the list", table(2, |s| s[5] = 0xC3), Value("the list of streams")),
        ("a table in two packets", poke(2, 1, &[0x10]), Value("the header of a packet")),
        ("a stream of unknown kind", with(packet(0x102, true, 0, b"\0\0\x01\xBDJane")), Forbidden("a stream of unknown kind")),
        ("a stream of sound that is not in the list", with(packet(0x101, true, 0, b"\0\0\x01\xC0Jane")), Forbidden("a stream of unknown kind")),
        ("a table of times", with(packet(0x14, true, 0, b"\0\x70\x70\x05Jane")), Forbidden("a stream of unknown kind")),
        ("a table of events", with(packet(0x12, true, 0, b"\0\x4E\xF0\x05Jane")), Forbidden("a stream of unknown kind")),
        ("a conditional access table", with(packet(1, true, 0, b"\0\x01\xB0\x05Jane")), Forbidden("a stream of unknown kind")),
        ("an empty packet with bytes in it", with(packet(0x1FFF, false, 0, b"Jane")), Forbidden("a packet without content")),
        ("an empty packet", with(packet(0x1FFF, false, 0, b"")), Forbidden("a packet without content")),
        ("a packet of pictures before the first", with(packet(0x100, false, 15, b"Jane")), Misplaced("a packet")),
        ("a packet twice", packets("h264.ts", |p| { let again = p[4].clone(); p.insert(4, again); }), Misplaced("a packet")),
        ("a packet less", packets("h264.ts", |p| { p.remove(5); }), Misplaced("a packet")),
        ("an error flag", poke(4, 1, &[0x81]), Value("the header of a packet")),
        ("a priority", poke(4, 1, &[0x21]), Value("the header of a packet")),
        ("a scrambled packet", poke(4, 3, &[0x91]), Value("the header of a packet")),
        ("private data in the adaptation field", poke(room, 5, &[2, 4, b'J', b'a', b'n', b'e']), Forbidden("private data")),
        ("bytes in the adaptation field's room", poke(room, 8, b"Jane"), Forbidden("room with bytes in it")),
        ("a splice countdown", poke(room, 5, &[4]), Value("the adaptation field of a packet")),
        ("an extension of the adaptation field", poke(room, 5, &[1]), Value("the adaptation field of a packet")),
        ("a second clock", poke(room, 5, &[0x10, 0, 0, 0x7B, 0x0C, 0x7E, 0]), Value("the adaptation field of a packet")),
        ("bits in the clock's reserve", poke(3, 10, &[0]), Value("the clock")),
        ("a clock far from the times", poke(3, 6, &[0x10]), Value("a time")),
        ("a stream that is another's", poke(3, 15, &[0xBD]), Forbidden("a stream of private data")),
        ("a length of the picture", poke(3, 16, &[0, 9]), Value("the header of a picture or sound in packets")),
        ("a scrambled picture", poke(3, 18, &[0x90]), Value("the header of a picture or sound in packets")),
        ("a copyright", poke(3, 18, &[0x88]), Value("the header of a picture or sound in packets")),
        ("private data in a picture's header", poke(3, 19, &[0x81]), Value("the header of a picture or sound in packets")),
        ("two times", poke(3, 19, &[0xC0]), Value("the header of a picture or sound in packets")),
        ("room in a picture's header", poke(3, 20, &[6]), Value("the header of a picture or sound in packets")),
        ("a missing marker bit of a time", poke(3, 21, &[0x20]), Value("the header of a picture or sound in packets")),
        ("a message in place of the delimiter", poke(3, 30, &[6]), Missing("the delimiter of a picture")),
        ("another delimiter", poke(3, 31, &[0x10]), Missing("the delimiter of a picture")),
        ("a message in place of the parameter set", poke(3, 36, &[6]), Forbidden("an SEI message")),
        ("a message behind the picture", packets("h264.ts", |p| { let r = &mut p[room]; let n = usize::from(r[4]); r[4] -= 12; let sei = b"\0\0\0\x01\x06\x05\x04Jane\x80"; let payload = r[5 + n..].to_vec(); r.truncate(5 + n - 12); r.extend(payload); r.extend(sei); }), Forbidden("a NAL unit after the picture")),
        ("zeros behind the picture", packets("h264.ts", |p| { let r = &mut p[room]; let n = usize::from(r[4]); r[4] -= 12; let payload = r[5 + n..].to_vec(); r.truncate(5 + n - 12); r.extend(payload); r.extend([0; 12]); }), Trailing("a NAL unit")),
        ("a picture not marked as a key", poke(3, 5, &[0x10]), Value("the adaptation field of a packet")),
        ("bytes behind the last packet", edit(clean("h264.ts"), |f| f.extend(b"Jane")), CutShort("a packet")),
        ("bytes between packets", edit(clean("h264.ts"), |f| { f.splice(376..376, *b"Jane"); }), Missing("a packet")),
        ("a copy of the tables of another file", packets("h264.ts", |p| { let mut other: Vec<u8> = clean("aac.ts")[376..564].to_vec(); other[3] = 0x11; p.insert(4, other); }), Value("the list of streams")),
        ("no list of services", packets("h264.ts", |p| p.retain(|p| p[2] != 0x11)), Missing("a table")),
        ("no pictures", packets("h264.ts", |p| p.truncate(3)), Missing("a picture")),
        ("another channel count in a frame of sound", packets("aac.ts", |p| { let s = p.iter().position(|p| p[1] & 0x5F == 0x41 && p[2] == 1).expect("sound"); let i = super::plant::at(&p[s], &[0xFF, 0xF1]); p[s][i + 3] |= 0x20; }), Value("the header of a frame of AAC")),
        ("a private bit in a frame of sound", packets("aac.ts", |p| { let s = p.iter().position(|p| p[1] & 0x5F == 0x41 && p[2] == 1).expect("sound"); let i = super::plant::at(&p[s], &[0xFF, 0xF1]); p[s][i + 2] |= 2; }), Value("the header of a frame of AAC")),
        ("a checksum in a frame of sound", packets("aac.ts", |p| { let s = p.iter().position(|p| p[1] & 0x5F == 0x41 && p[2] == 1).expect("sound"); let i = super::plant::at(&p[s], &[0xFF, 0xF1]); p[s][i + 1] = 0xF0; }), Value("the header of a frame of AAC")),
        ("sound without frames", packets("aac.ts", |p| p.retain(|p| !(p[1] & 0x1F == 1 && p[2] == 1))), Missing("the sound")),
    ];
    rows.into_iter().map(|(planted, file, fault)| (planted, VideoForm::Ts, file, fault)).collect()
}
