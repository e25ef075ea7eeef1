//! AVI and MPEG-TS: chunks, and packets of streams that no table lists.

use super::{Row, fixture, row};
use crate::plant::{edit, packet};

/// A chunk behind all others, the lengths put right.
fn avi(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    edit(fixture("film/motion-jpeg.avi"), |f| {
        let pad = if body.len() % 2 == 1 { &[0][..] } else { &[] };
        f.extend([&kind[..], &(body.len() as u32).to_le_bytes(), body, pad].concat());
        let length = f.len() as u32 - 8;
        f[4..8].copy_from_slice(&length.to_le_bytes());
    })
}

/// A packet behind the tables.
fn ts(stream: u16, payload: &[u8]) -> Vec<u8> {
    edit(fixture("proved/h264.ts"), |f| {
        f.splice(564..564, packet(stream, true, 0, payload));
    })
}

/// Private data in a packet that has room for it.
fn private(token: &str) -> Vec<u8> {
    edit(fixture("proved/h264.ts"), |f| {
        let room =
            f.chunks(188).rposition(|p| p[3] & 0x20 != 0 && p[4] > 30 && p[5] == 0).expect("a packet with room")
                * 188;
        f[room + 5..room + 7].copy_from_slice(&[2, token.len() as u8]);
        f[room + 7..room + 7 + token.len()].copy_from_slice(token.as_bytes());
    })
}

#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    let base = fixture("film/motion-jpeg.avi");
    let one = |place: &'static str, plant: &dyn Fn(&str) -> Vec<u8>| row("AVI", "avi", &base, place, plant);
    let list = |t: &str, kind: &[u8; 4]| [&b"INFO"[..], kind, &(t.len() as u32).to_le_bytes(), t.as_bytes()].concat();
    let mut rows = vec![
        one("title", &|t| avi(b"LIST", &list(t, b"INAM"))),
        one("artist", &|t| avi(b"LIST", &list(t, b"IART"))),
        one("comment", &|t| avi(b"LIST", &list(t, b"ICMT"))),
        one("date of a camera", &|t| avi(b"IDIT", t.as_bytes())),
        one("track name", &|t| avi(b"strn", t.as_bytes())),
        one("record of a camera", &|t| avi(b"strd", t.as_bytes())),
        one("junk", &|t| avi(b"JUNK", t.as_bytes())),
        one("chunk of unknown kind", &|t| avi(b"jane", t.as_bytes())),
        one("bytes behind the end", &|t| edit(base.clone(), |f| f.extend(t.as_bytes()))),
    ];
    let base = fixture("proved/h264.ts");
    let one = |place: &'static str, plant: &dyn Fn(&str) -> Vec<u8>| row("MPEG-TS", "ts", &base, place, plant);
    rows.extend([
        one("stream that no table lists", &|t| ts(0x123, t.as_bytes())),
        one("programme guide", &|t| ts(0x12, &[b"\0\x4E\xF0\x1C", t.as_bytes()].concat())),
        one("time of day", &|t| ts(0x14, t.as_bytes())),
        one("null packet", &|t| ts(0x1FFF, t.as_bytes())),
        one("private data of a packet", &private),
        one("sum behind each packet", &|t| base.chunks(188).flat_map(|packet| [packet, t.as_bytes()].concat()).collect()),
        one("bytes behind the end", &|t| edit(base.clone(), |f| f.extend(packet(0x321, true, 0, t.as_bytes())))),
    ]);
    for (place, needle) in [("service name", "CANARY-SERVICE"), ("provider name", "CANARY-PROVIDER")] {
        let file = fixture("proved/tells.ts");
        let mut row = row("MPEG-TS", "ts", &base, place, |_| file);
        row.needles = vec![needle.as_bytes().to_vec()];
        rows.push(row);
    }
    rows
}
