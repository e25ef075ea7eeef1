//! PNG and APNG: chunks known and unknown, the compressed data, and what lies behind the end.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

use super::{
    Row, row, second_picture,
    tiff::{self, text},
};
use crate::sum::crc32;

pub fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [&(data.len() as u32).to_be_bytes()[..], kind, data, &crc32(&[kind, data]).to_be_bytes()].concat()
}

pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::best());
    out.write_all(bytes).and_then(|()| out.finish()).expect("compresses")
}

const SIDE: u32 = 24;

fn header(colour: u8) -> Vec<u8> {
    let size = [SIDE.to_be_bytes(), SIDE.to_be_bytes()].concat();
    [b"\x89PNG\r\n\x1A\n".to_vec(), chunk(b"IHDR", &[&size[..], &[8, colour, 0, 0, 0]].concat())].concat()
}

/// Rows of the picture, each behind its filter byte.
fn lines(bytes_a_pixel: u32) -> Vec<u8> {
    let line =
        |y: u32| [0].into_iter().chain((0..SIDE * bytes_a_pixel).map(move |x| ((x * 3 + y * 5) % 200) as u8));
    (0..SIDE).flat_map(line).collect()
}

fn file(parts: &[Vec<u8>]) -> Vec<u8> {
    [header(2), parts.concat(), chunk(b"IEND", &[])].concat()
}

fn picture() -> Vec<u8> {
    chunk(b"IDAT", &zlib(&lines(3)))
}

fn plain() -> Vec<u8> {
    file(&[picture()])
}

fn with(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    file(&[chunk(kind, data), picture()])
}

/// A palette picture of few colours whose palette has four more entries.
fn palette(token: &str) -> Vec<u8> {
    let used = [[200, 30, 30], [30, 200, 30], [30, 30, 200], [250, 250, 250]].concat();
    let line = |y: u32| [0].into_iter().chain((0..SIDE).map(move |x| ((x + y) % 4) as u8));
    let indices: Vec<u8> = (0..SIDE).flat_map(line).collect();
    let mut entries = [&used[..], token.as_bytes()].concat();
    entries.resize(entries.len().next_multiple_of(3), 0);
    [header(3), chunk(b"PLTE", &entries), chunk(b"IDAT", &zlib(&indices)), chunk(b"IEND", &[])].concat()
}

/// A picture with colours that spell the token under full transparency.
fn under_alpha(token: &str) -> Vec<u8> {
    let mut rows = lines(4);
    for line in rows.chunks_mut(1 + SIDE as usize * 4) {
        for pixel in line[1..].chunks_mut(4) {
            pixel[3] = 255;
        }
    }
    // Four pixels in a row hold three bytes of the token each; the fourth byte says that nobody sees them.
    for (pixel, bytes) in rows[1..].chunks_mut(4).zip(token.as_bytes().chunks(3)) {
        pixel[..bytes.len()].copy_from_slice(bytes);
        pixel[3] = 0;
    }
    [header(6), chunk(b"IDAT", &zlib(&rows)), chunk(b"IEND", &[])].concat()
}

/// An APNG whose first picture is no frame of it, with the token in a chunk that only such a file has room for.
fn animated(extra: &dyn Fn() -> Vec<u8>) -> Vec<u8> {
    let control = |sequence: u32| {
        let numbers = [sequence, SIDE, SIDE, 0, 0].map(u32::to_be_bytes).concat();
        chunk(b"fcTL", &[&numbers[..], &[0, 10, 0, 100, 0, 0]].concat())
    };
    let data = |sequence: u32| chunk(b"fdAT", &[&sequence.to_be_bytes()[..], &zlib(&lines(3))].concat());
    let acts = chunk(b"acTL", &[2u32.to_be_bytes(), [0; 4]].concat());
    file(&[acts, extra(), picture(), control(0), data(1), control(2), data(3)])
}

#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    let base = plain();
    let one = |place: &'static str, plant: &dyn Fn(&str) -> Vec<u8>| row("PNG", "png", &base, place, plant);
    let named = |name: &[u8], rest: &[&[u8]]| [name, &rest.concat()].concat();
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let rows = vec![
        one("tEXt", &|t| with(b"tEXt", &named(b"Author\0", &[t.as_bytes()]))),
        one("tEXt keyword", &|t| with(b"tEXt", &named(t.as_bytes(), &[b"\0x"]))),
        one("zTXt", &|t| with(b"zTXt", &named(b"Comment\0\0", &[&zlib(t.as_bytes())]))),
        one("iTXt", &|t| with(b"iTXt", &named(b"Title\0\0\0\0\0", &[t.as_bytes()]))),
        one("iTXt, compressed", &|t| with(b"iTXt", &named(b"Title\0\x01\0\0\0", &[&zlib(t.as_bytes())]))),
        one("XMP", &|t| with(b"iTXt", &named(b"XML:com.adobe.xmp\0\0\0\0\0", &[format!("<x:xmpmeta dc:creator='{t}'/>").as_bytes()]))),
        one("Exif in hexadecimal text", &|t| with(b"zTXt", &named(b"Raw profile type exif\0\0", &[&zlib(format!("\nexif\n 60\n{}", hex(&[b"Exif\0\0".to_vec(), tiff::exif(text(0x013B, t))].concat())).as_bytes())]))),
        one("eXIf", &|t| with(b"eXIf", &tiff::exif(text(0x013B, t)))),
        one("eXIf thumbnail", &|t| with(b"eXIf", &tiff::exif_thumbnail(second_picture(t)))),
        one("iCCP name", &|t| with(b"iCCP", &named(t.as_bytes(), &[b"\0\0", &zlib(&super::jpeg::profile("plain"))]))),
        one("iCCP profile", &|t| with(b"iCCP", &named(b"profile\0\0", &[&zlib(&super::jpeg::profile(t))]))),
        one("suggested palette", &|t| with(b"sPLT", &named(t.as_bytes(), &[b"\0\x08\x01\x02\x03\xFF\0\x01"]))),
        one("content credentials", &|t| with(b"caBX", &named(b"\0\0\0\x30jumb", &[t.as_bytes()]))),
        one("private chunk", &|t| with(b"prVt", t.as_bytes())),
        one("GIF comment chunk", &|t| with(b"gIFx", &named(b"MAKER\0\0\0\0\0\0", &[t.as_bytes()]))),
        one("chunk behind the picture", &|t| file(&[picture(), chunk(b"tEXt", &named(b"a\0", &[t.as_bytes()]))])),
        one("unused palette entries", &palette),
        one("colours under full transparency", &under_alpha),
        one("bytes behind the compressed data", &|t| file(&[chunk(b"IDAT", &[zlib(&lines(3)), t.as_bytes().to_vec()].concat())])),
        one("rows below the picture", &|t| file(&[chunk(b"IDAT", &zlib(&[lines(3), t.as_bytes().to_vec()].concat()))])),
        one("bytes behind the end", &|t| [plain(), t.as_bytes().to_vec()].concat()),
        one("rest of a larger picture behind the end", &|t| [plain(), chunk(b"IDAT", &zlib(&[lines(3), t.as_bytes().repeat(40)].concat())), chunk(b"IEND", &[])].concat()),
        one("data in the end chunk", &|t| [header(2), picture(), chunk(b"IEND", t.as_bytes())].concat()).refused(),
    ];
    let moving = animated(&Vec::new);
    let moves = |place: &'static str, plant: &dyn Fn(&str) -> Vec<u8>| row("APNG", "png", &moving, place, plant);
    rows.into_iter().chain([
        moves("text", &|t| animated(&|| chunk(b"tEXt", &named(b"Author\0", &[t.as_bytes()])))),
        moves("bytes behind the end", &|t| [animated(&Vec::new), t.as_bytes().to_vec()].concat()),
    ]).collect()
}
