//! Looks for a token in a file in every spelling that a format, or somebody who hides things, may use: as it is, in
//! UTF-16, base 64 and hexadecimal, backwards, and in compressed streams and pictures inside the file.

use std::io::Read;

use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};

/// Most bytes that one stream may give: the files here are small.
const MOST: u64 = 4 << 20;

/// Streams in streams.
const DEEP: usize = 3;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base 64 of RFC 4648.
pub fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let word = group.iter().fold(0u32, |n, &b| n << 8 | u32::from(b)) << (8 * (3 - group.len()));
        let letter = |i: usize| char::from(BASE64[(word >> (18 - 6 * i)) as usize & 63]);
        out.extend((0..4).map(|i| if i <= group.len() { letter(i) } else { '=' }));
    }
    out
}

/// The token as it may be written, each with a name.
fn spellings(token: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let wide = |order: fn(u16) -> [u8; 2]| token.iter().flat_map(|&b| order(b.into())).collect::<Vec<u8>>();
    let hex: String = token.iter().map(|b| format!("{b:02x}")).collect();
    let mut all = vec![
        ("as it is", token.to_vec()),
        ("in UTF-16, little end first", wide(u16::to_le_bytes)),
        ("in UTF-16, big end first", wide(u16::to_be_bytes)),
        ("in hexadecimal", hex.clone().into_bytes()),
        ("in hexadecimal, capitals", hex.to_uppercase().into_bytes()),
        ("backwards", token.iter().rev().copied().collect()),
        ("in lower case", token.to_ascii_lowercase()),
    ];
    // At each of three places within a group; the letters at the edges also depend on the neighbours.
    for shift in 0..3 {
        let text = base64(&[&vec![0; shift][..], token].concat());
        let whole = text.trim_end_matches('=').as_bytes();
        let start = [0, 2, 3][shift];
        all.push(("in base 64", whole[start..whole.len() - 1].to_vec()));
        let url = |b: &u8| match b {
            b'+' => b'-',
            b'/' => b'_',
            other => *other,
        };
        all.push(("in base 64 for addresses", whole[start..whole.len() - 1].iter().map(url).collect()));
    }
    all
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}

/// The file and everything that can be unpacked from it, to be searched for any number of tokens.
pub struct Unpacked {
    streams: Vec<Vec<u8>>,
}

impl Unpacked {
    pub fn of(file: &[u8]) -> Self {
        let mut streams = Vec::new();
        unpack(file, DEEP, &mut streams);
        Self { streams }
    }

    /// How a token is in the file, if it is.
    pub fn holds(&self, token: &[u8]) -> Option<&'static str> {
        let spelled = spellings(token);
        let found =
            |stream: &Vec<u8>| spelled.iter().find(|(_, bytes)| contains(stream, bytes)).map(|(how, _)| *how);
        self.streams.iter().find_map(found)
    }
}

fn unpack(bytes: &[u8], deep: usize, streams: &mut Vec<Vec<u8>>) {
    streams.push(bytes.to_vec());
    if deep == 0 {
        return;
    }
    let mut inner = Vec::new();
    let mut keep = |source: &mut dyn Read| {
        let mut out = Vec::new();
        // What came before an error is worth a look.
        let _ = source.take(MOST).read_to_end(&mut out);
        if out.len() > 4 {
            inner.push(out);
        }
    };
    for (at, pair) in bytes.windows(2).enumerate() {
        let rest = &bytes[at..];
        match pair {
            // Deflate in 32 KiB or less, and a sum that fits (RFC 1950).
            &[a, b] if a & 15 == 8 && a >> 4 <= 7 && (u16::from(a) << 8 | u16::from(b)) % 31 == 0 => {
                keep(&mut ZlibDecoder::new(rest));
            }
            [0x1F, 0x8B] => keep(&mut GzDecoder::new(rest)),
            b"PK" if rest.starts_with(b"PK\x03\x04") && rest.get(8) == Some(&8) => {
                let length = |i: usize| {
                    usize::from(*rest.get(i).unwrap_or(&0)) | usize::from(*rest.get(i + 1).unwrap_or(&0)) << 8
                };
                keep(&mut DeflateDecoder::new(rest.get(30 + length(26) + length(28)..).unwrap_or(&[])));
            }
            b"br" if rest.starts_with(b"brob") && rest.len() > 8 => {
                keep(&mut brotli_decompressor::Decompressor::new(&rest[8..], 4096));
            }
            _ => {}
        }
    }
    inner.extend(png_data(bytes));
    inner.extend(gif_blocks(bytes));
    inner.extend(unescaped(bytes));
    for stream in inner {
        unpack(&stream, deep - 1, streams);
    }
}

/// The compressed data of a PNG, put together from its chunks and inflated; the colours alone, where it has alpha.
fn png_data(bytes: &[u8]) -> Vec<Vec<u8>> {
    let Some(mut rest) = bytes.strip_prefix(b"\x89PNG\r\n\x1A\n") else { return Vec::new() };
    let mut data = Vec::new();
    while let Some((head, after)) = rest.split_at_checked(8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let Some(body) = after.get(..length) else { break };
        if &head[4..] == b"IDAT" {
            data.extend(body);
        }
        rest = after.get(length + 4..).unwrap_or(&[]);
    }
    let mut out = Vec::new();
    let _ = ZlibDecoder::new(&data[..]).take(MOST).read_to_end(&mut out);
    let width = bytes.get(16..20).map_or(0, |w| u32::from_be_bytes([w[0], w[1], w[2], w[3]]) as usize);
    let lines = out.chunks(1 + width * 4).flat_map(|line| line[1..].chunks(4));
    let colours = lines.flat_map(|pixel| &pixel[..pixel.len().min(3)]).copied().collect();
    if bytes.get(25) == Some(&6) { vec![out, colours] } else { vec![out] }
}

/// A GIF without the lengths between its blocks, which may cut a text in two.
fn gif_blocks(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.starts_with(b"GIF8") {
        return None;
    }
    let mut out = Vec::new();
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == 0x21 {
            let mut place = at + 2;
            while let Some(&length @ 1..) = bytes.get(place) {
                out.extend(bytes.get(place + 1..place + 1 + usize::from(length)).unwrap_or(&[]));
                place += 1 + usize::from(length);
            }
        }
    }
    Some(out)
}

/// Coded video without the bytes that keep start codes out of it, and captions without what stands between letters.
fn unescaped(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut plain = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        if byte != 3 || !plain.ends_with(&[0, 0]) {
            plain.push(byte);
        }
    }
    let mut streams = Vec::new();
    for at in bytes.windows(4).enumerate().filter(|(_, w)| *w == b"GA94").map(|(at, _)| at) {
        let triples = bytes.get(at + 7..).unwrap_or(&[]).chunks_exact(3).take(31);
        streams.push(triples.flat_map(|t| [t[1], t[2]]).collect());
    }
    if plain.len() != bytes.len() {
        streams.push(plain);
    }
    streams
}

/// What one byte more or less in front of it cannot hide: the search itself, tried on every spelling.
#[test]
fn a_token_is_found_in_every_spelling() {
    let token = b"QXZ7ABCDEFGHJKLM";
    for (how, bytes) in spellings(token) {
        for shift in 0..3 {
            let file = [&vec![b'x'; shift][..], &bytes, b"yz"].concat();
            assert!(Unpacked::of(&file).holds(token).is_some(), "{how}");
        }
    }
    for shift in 0..3 {
        let text = base64(&[&vec![b'#'; shift][..], token, b"?>"].concat());
        assert_eq!(Unpacked::of(text.as_bytes()).holds(token), Some("in base 64"));
    }
    assert_eq!(base64(b"ab"), "YWI=");
    let packed = crate::corpus::by_hand();
    assert!(packed.iter().any(|r| r.place == "zTXt" && !contains(&r.file, &r.needles[0])), "something is packed");
    assert_eq!(Unpacked::of(b"nothing here").holds(token), None);
}
