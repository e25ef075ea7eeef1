//! Matroska and WebM: elements of every depth.

use super::{Row, fixture, row};
use crate::plant::{edit, element, rewrite};

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_A966;
const TRACKS: u32 = 0x1654_AE6B;
const TRACK: u32 = 0xAE;
const CLUSTER: u32 = 0x1F43_B675;

fn planted(base: &[u8], path: &[u32], id: u32, body: &[u8]) -> Vec<u8> {
    rewrite(base, &[&[SEGMENT], path].concat(), &|inner| inner.extend(element(id, body)))
}

/// The element of this kind replaced by one that says something else.
fn said(base: &[u8], path: &[u32], id: u32, body: &[u8]) -> Vec<u8> {
    let path = [&[SEGMENT], path, &[id]].concat();
    rewrite(base, &path, &|inner| *inner = body.to_vec())
}

fn tag(name: &str, body: Vec<u8>) -> Vec<u8> {
    let simple = element(0x67C8, &[element(0x45A3, name.as_bytes()), body].concat());
    element(0x7373, &[element(0x63C0, &[]), simple].concat())
}

fn attachment(name: &str, kind: &str, bytes: &[u8]) -> Vec<u8> {
    let parts = [
        element(0x466E, name.as_bytes()),
        element(0x4660, kind.as_bytes()),
        element(0x46AE, &[7]),
        element(0x465C, bytes),
    ];
    element(0x61A7, &parts.concat())
}

fn chapter(title: &str) -> Vec<u8> {
    let display = element(0x80, &[element(0x85, title.as_bytes()), element(0x437C, b"eng")].concat());
    element(0x45B9, &element(0xB6, &[element(0x73C4, &[1]), element(0x91, &[0]), display].concat()))
}

#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (format, extension, name) in [("MKV", "mkv", "proved/h264.mkv"), ("WebM", "webm", "proved/vp9.webm")] {
        let base = fixture(name);
        let one = |place: &'static str, plant: &dyn Fn(&str) -> Vec<u8>| row(format, extension, &base, place, plant);
        rows.extend([
            one("title", &|t| planted(&base, &[INFO], 0x7BA9, t.as_bytes())),
            one("name of the file", &|t| planted(&base, &[INFO], 0x7384, t.as_bytes())),
            one("number of the segment", &|t| planted(&base, &[INFO], 0x73A4, t.as_bytes())),
            one("number of the next segment", &|t| planted(&base, &[INFO], 0x3E_B923, t.as_bytes())),
            one("muxer", &|t| said(&base, &[INFO], 0x4D80, t.as_bytes())),
            one("writing program", &|t| said(&base, &[INFO], 0x5741, t.as_bytes())),
            one("date", &|t| planted(&base, &[INFO], 0x4461, &t.as_bytes()[8..])),
            one("name of the track", &|t| planted(&base, &[TRACKS, TRACK], 0x536E, t.as_bytes())),
            one("name of the codec", &|t| planted(&base, &[TRACKS, TRACK], 0x25_8688, t.as_bytes())),
            one("tag", &|t| planted(&base, &[], 0x1254_C367, &tag("ARTIST", element(0x4487, t.as_bytes())))),
            one("tag with bytes", &|t| planted(&base, &[], 0x1254_C367, &tag("PICTURE", element(0x4485, t.as_bytes())))),
            one("name of a tag", &|t| planted(&base, &[], 0x1254_C367, &tag(t, element(0x4487, b"x")))),
            one("attachment", &|t| planted(&base, &[], 0x1941_A469, &attachment("a.txt", "text/plain", t.as_bytes()))),
            one("cover picture", &|t| planted(&base, &[], 0x1941_A469, &attachment("cover.jpg", "image/jpeg", &super::second_picture(t)))),
            one("name of an attachment", &|t| planted(&base, &[], 0x1941_A469, &attachment(t, "text/plain", b"x"))),
            one("chapter", &|t| planted(&base, &[], 0x1043_A770, &chapter(t))),
            one("void", &|t| planted(&base, &[], 0xEC, t.as_bytes())),
            one("void in the description", &|t| planted(&base, &[INFO], 0xEC, t.as_bytes())),
            one("element of unknown kind", &|t| planted(&base, &[], 0x1234_5678, t.as_bytes())),
            one("void inside a cluster", &|t| planted(&base, &[CLUSTER], 0xEC, t.as_bytes())),
            one("bytes behind the segment", &|t| edit(base.clone(), |f| f.extend(element(0xEC, t.as_bytes())))),
        ]);
        for row in rows.iter_mut().filter(|row| row.place == "date") {
            row.needles = row.needles.iter().map(|n| n[n.len() - 8..].to_vec()).collect();
        }
    }
    let file = fixture("film/everything.mkv");
    for (place, needle) in [("subtitles", "CANARY-MKV-SUBTITLE"), ("attachment of ffmpeg", "CANARY-MKV-ATTACHMENT"), ("chapter of ffmpeg", "CANARY-MKV-CHAPTER")] {
        let mut row = row("MKV", "mkv", &fixture("proved/h264.mkv"), place, |_| file.clone());
        row.needles = vec![needle.as_bytes().to_vec()];
        rows.push(row);
    }
    rows
}
