//! MPEG transport streams (ISO 13818-1, EN 300 468): names of services, times of day, streams of private data, and
//! messages in the first pictures.

use std::collections::BTreeMap;

use super::{
    Notes,
    Reveals::{FreeText, Person, Place, SecondPicture, Time},
    notes::text,
    read,
    sei::{Messages, Units},
    source::{Source, is_plain},
};
use crate::date::utc;

/// Bytes that are looked at: tables come again at least every second, pictures' messages with every key picture.
const SEARCHED: u64 = 16 << 20;
/// Bytes of the pictures that are put together.
const MAX_PICTURES: usize = 4 << 20;

/// Where the first packet begins and the length of packets: 188 bytes, with four of time in front on Blu-ray and camcorders,
/// with sixteen of a sum behind as receivers record; `None` for anything else.
pub(super) fn packets(head: &[u8]) -> Option<(usize, usize)> {
    let sync = |first: usize, length: usize| {
        (0..3).all(|i| head.get(first + i * length).is_none_or(|&b| b == 0x47)) && head.get(first) == Some(&0x47)
    };
    if sync(0, 188) && head.len() > 188 {
        Some((0, 188))
    } else if sync(4, 192) && head.len() > 196 {
        Some((4, 192))
    } else if sync(0, 204) && head.len() > 204 {
        Some((0, 204))
    } else {
        None
    }
}

/// The stream of packets that only fill.
const NULL_PACKET: u16 = 0x1FFF;

/// What is known of a stream.
#[derive(Default)]
struct Stream {
    kind: Option<u8>,
    packets: u64,
}

pub(super) fn list(source: &mut Source, notes: &mut Notes) {
    let bytes = source.upto(0, SEARCHED);
    let Some((first, length)) = packets(&bytes) else { return notes.unreadable("MPEG-TS") };
    let mut streams: BTreeMap<u16, Stream> = BTreeMap::new();
    let mut tables = vec![0u16, 0x11, 0x12, 0x14];
    let mut told: Vec<Vec<u8>> = Vec::new();
    let mut pictures = Vec::new();
    let mut coding = None;
    let mut empty = Vec::new();
    for packet in bytes.get(first..).unwrap_or(&[]).chunks(length) {
        let Some(&[0x47, high, low, control]) = packet.get(..4) else { continue };
        let pid = u16::from_be_bytes([high & 0x1F, low]);
        if pid == NULL_PACKET && empty.is_empty() {
            let content = packet.get(4..188.min(packet.len())).unwrap_or(&[]);
            empty = content.iter().copied().filter(|byte| !matches!(byte, 0 | 0xFF)).collect();
        }
        let mut at = 4;
        if control & 0x20 != 0 {
            let room = usize::from(packet[4.min(packet.len() - 1)]);
            private(packet.get(5..5 + room).unwrap_or(&[]), notes, &mut told);
            at = 5 + room;
        }
        let payload = packet.get(at..188.min(packet.len())).filter(|_| control & 0x10 != 0).unwrap_or(&[]);
        if tables.contains(&pid) && high & 0x40 != 0 {
            let pointer = payload.first().map_or(0, |&p| usize::from(p)) + 1;
            let section = payload.get(pointer..).unwrap_or(&[]).to_vec();
            if !told.contains(&section) && told.len() < 1000 {
                table(&section, &mut tables, &mut streams, notes);
                told.push(section);
            }
            continue;
        }
        let stream = streams.entry(pid).or_default();
        stream.packets += 1;
        if let Some(units) = units(stream.kind) {
            coding.get_or_insert((pid, units));
            if coding.is_some_and(|(first, _)| first == pid) && pictures.len() < MAX_PICTURES {
                pictures.extend_from_slice(payload);
            }
        }
    }
    of_kinds(&streams, notes);
    if !empty.is_empty() {
        let why = "are shown by no player, and anything may stand in them";
        notes.add_why("MPEG-TS empty packets", FreeText, why, Some(text(&empty)));
    }
    if length > 188 {
        let why = "are not part of the stream: times of a recorder, or sums that anything may replace";
        notes.add_why("MPEG-TS bytes beside packets", FreeText, why, Some(format!("{} a packet", length - 188)));
    }
    if let Some((_, units)) = coding {
        Messages::default().stream("MPEG-TS H.264 or HEVC", units, &pictures, notes);
    }
    let rest = (source.length() - first as u64) % length as u64;
    if rest > 0 {
        let at = source.length() - rest;
        super::trailer::list("MPEG-TS", &source.upto(at, rest), notes);
    }
}

const fn units(kind: Option<u8>) -> Option<Units> {
    match kind {
        Some(0x1B) => Some(Units::H264),
        Some(0x24) => Some(Units::Hevc),
        _ => None,
    }
}

/// Private data of an adaptation field; told once.
fn private(room: &[u8], notes: &mut Notes, told: &mut Vec<Vec<u8>>) {
    let Some((&flags, rest)) = room.split_first() else { return };
    if flags & 2 == 0 || told.iter().any(|t| t.is_empty()) {
        return;
    }
    let skipped = 6 * (usize::from(flags >> 4 & 1) + usize::from(flags >> 3 & 1)) + usize::from(flags >> 2 & 1);
    let length = rest.get(skipped).map_or(0, |&n| usize::from(n));
    told.push(Vec::new());
    let value = read::upto(rest, skipped + 1, length).map(text);
    notes.add("MPEG-TS private data", FreeText, value);
}

/// A table that is whole in its first packet, as short ones are.
fn table(section: &[u8], tables: &mut Vec<u16>, streams: &mut BTreeMap<u16, Stream>, notes: &mut Notes) {
    let Some(&id) = section.first() else { return };
    let length = usize::from(read::be16(section, 1).unwrap_or(0) & 0x0FFF);
    let body = read::upto(section, 3, length).unwrap_or(&[]);
    let body = &body[..body.len().saturating_sub(4)];
    match id {
        0 => {
            for program in body.get(5..).unwrap_or(&[]).chunks_exact(4).take(100) {
                let (number, pid) =
                    (u16::from_be_bytes([program[0], program[1]]), read::be16(program, 2).unwrap_or(0));
                if number != 0 {
                    tables.push(pid & 0x1FFF);
                }
            }
        }
        2 => {
            let skipped = 9 + usize::from(read::be16(body, 7).unwrap_or(0) & 0x0FFF);
            let mut rest = body.get(skipped..).unwrap_or(&[]);
            while let Some(&[kind, p0, p1, l0, l1]) = rest.get(..5) {
                let pid = u16::from_be_bytes([p0, p1]) & 0x1FFF;
                streams.entry(pid).or_default().kind = Some(kind);
                let length = usize::from(u16::from_be_bytes([l0, l1]) & 0x0FFF);
                let descriptors = read::upto(rest, 5, length).unwrap_or(&[]);
                descriptors_of(descriptors, notes);
                rest = rest.get(5 + length..).unwrap_or(&[]);
            }
        }
        0x42 | 0x46 => {
            let mut rest = body.get(8..).unwrap_or(&[]);
            while let Some(length) = read::be16(rest, 3).map(|n| usize::from(n & 0x0FFF)) {
                descriptors_of(read::upto(rest, 5, length).unwrap_or(&[]), notes);
                rest = rest.get(5 + length..).unwrap_or(&[]);
            }
        }
        0x70 | 0x73 => {
            // A day since 1858 and a time in binary-coded decimals (EN 300 468, 5.2.5).
            let time = body.get(..5).or(section.get(3..8)).map(|b| {
                let days = i64::from(u16::from_be_bytes([b[0], b[1]])) - 40_587;
                let two = |b: u8| i64::from(b >> 4) * 10 + i64::from(b & 15);
                utc(days * 86_400 + two(b[2]) * 3600 + two(b[3]) * 60 + two(b[4]))
            });
            notes.add("MPEG-TS time of day", Time, time);
        }
        0x4E..=0x6F => notes.add("MPEG-TS programme guide", FreeText, Some(text(body))),
        _ => {}
    }
}

/// Descriptors that hold words.
fn descriptors_of(descriptors: &[u8], notes: &mut Notes) {
    let mut rest = descriptors;
    while let Some(&[tag, length]) = rest.get(..2) {
        let body = read::upto(rest, 2, length.into()).unwrap_or(&[]);
        match tag {
            0x48 => {
                let provider_length = body.get(1).map_or(0, |&n| usize::from(n));
                let provider = read::upto(body, 2, provider_length).unwrap_or(&[]);
                let name = body.get(3 + provider_length..).unwrap_or(&[]);
                for (what, said) in [("provider name", provider), ("service name", name)] {
                    let said = text(said);
                    if !said.is_empty() && !is_plain(&said) {
                        notes.add(format!("MPEG-TS {what}"), FreeText, Some(said));
                    }
                }
            }
            0x0A if !body.starts_with(b"und") => {
                let why = "says which language is spoken";
                notes.add_why("MPEG-TS language", Person, why, body.get(..3).map(text));
            }
            0x4D | 0x4E | 0x5F | 0x0D => notes.add("MPEG-TS descriptor", FreeText, Some(text(body))),
            _ => {}
        }
        rest = rest.get(2 + usize::from(length)..).unwrap_or(&[]);
    }
}

/// Streams by their kind.
fn of_kinds(streams: &BTreeMap<u16, Stream>, notes: &mut Notes) {
    let mut videos = 0;
    for (&pid, stream) in streams {
        match stream.kind {
            Some(0x01 | 0x02 | 0x10 | 0x1B | 0x24 | 0x42 | 0xD1 | 0xEA) => {
                videos += 1;
                if videos > 1 {
                    notes.add("MPEG-TS second video stream", SecondPicture, None);
                }
            }
            Some(0x03 | 0x04 | 0x0F | 0x11 | 0x80..=0x8F) => {
                let why = "a voice identifies a person, and people say names";
                notes.add_why("MPEG-TS sound stream", Person, why, None);
            }
            Some(0x15) => {
                let why = "holds records for every moment, such as a drone's places (KLV)";
                notes.add_why("MPEG-TS metadata stream", Place, why, Some(format!("stream {pid}")));
            }
            Some(kind) => {
                let why = "holds private data: subtitles, captions, or a camera's records";
                notes.add_why("MPEG-TS private stream", FreeText, why, Some(format!("kind {kind}, stream {pid}")));
            }
            None if pid >= 0x20 && pid != NULL_PACKET && stream.packets > 0 => {
                let why = "is in no list, so that no player shows it, and anything may stand in it";
                notes.add_why("MPEG-TS unlisted stream", FreeText, why, Some(format!("stream {pid}")));
            }
            None => {}
        }
    }
}
