//! GIF: its extensions, palettes with more colours than the picture, and what lies behind the end.

use super::{Row, row};

/// Two frames of few colours; `parts` stand before the second one.
fn file(parts: &[u8]) -> Vec<u8> {
    let frame = |colour: u8| -> Vec<u8> {
        let palette = [[colour, 10, 10], [10, colour, 10], [250, 250, 250], [10, 10, colour]].concat();
        let indices: Vec<u8> = (0..20 * 16u32).map(|i| (i % 3) as u8).collect();
        let mut out = Vec::new();
        let mut encoder = gif::Encoder::new(&mut out, 20, 16, &[]).expect("encodes");
        let mut frame = gif::Frame::from_palette_pixels(20, 16, indices, palette, None);
        frame.delay = 10;
        encoder.write_frame(&frame).expect("encodes");
        drop(encoder);
        // Header and screen are 13 bytes when there is no common palette (the encoder writes an empty one of 2 colours).
        let start = out.iter().position(|&b| b == 0x21).expect("a frame");
        out[start..out.len() - 1].to_vec()
    };
    let head = b"GIF89a\x14\0\x10\0\0\0\0";
    [&head[..], &frame(200), parts, &frame(90), b";"].concat()
}

/// Blocks of at most 255 bytes.
fn blocks(bytes: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = bytes.chunks(255).flat_map(|b| [&[b.len() as u8][..], b].concat()).collect();
    out.push(0);
    out
}

fn extension(label: u8, head: &[u8], bytes: &[u8]) -> Vec<u8> {
    let head = if head.is_empty() { Vec::new() } else { [&[head.len() as u8][..], head].concat() };
    [&[0x21, label][..], &head, &blocks(bytes)].concat()
}

/// A local palette of 16 colours of which three are used: the others spell the token.
fn palette(token: &str) -> Vec<u8> {
    let mut plain = file(&[]);
    let at = plain.iter().position(|&b| b == 0x2C).expect("a frame");
    assert_eq!(plain[at + 9] & 7, 1, "four colours");
    // Only the fourth colour is free; a larger palette makes room.
    plain[at + 9] = plain[at + 9] & !7 | 3;
    let mut more = token.as_bytes().to_vec();
    more.resize(36, 0);
    plain.splice(at + 10 + 12..at + 10 + 12, more);
    plain
}

#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    let base = file(&[]);
    let one = |place: &'static str, plant: &dyn Fn(&str) -> Vec<u8>| row("GIF", "gif", &base, place, plant);
    vec![
        one("comment", &|t| file(&extension(0xFE, b"", t.as_bytes()))),
        one("plain text", &|t| file(&extension(1, &[0, 0, 0, 0, 20, 0, 16, 0, 8, 8, 1, 0], t.as_bytes()))),
        one("XMP", &|t| file(&extension(0xFF, b"XMP DataXMP", format!("<x:xmpmeta dc:creator='{t}'/>").as_bytes()))),
        one("colour profile", &|t| file(&extension(0xFF, b"ICCRGBG1012", &super::jpeg::profile(t)))),
        one("private extension", &|t| file(&extension(0xFF, b"MAGPIE  1.0", t.as_bytes()))),
        one("loop extension with more", &|t| file(&extension(0xFF, b"NETSCAPE2.0", &[&[1, 0, 0], t.as_bytes()].concat()))),
        one("extension of unknown kind", &|t| file(&extension(0x77, b"", t.as_bytes()))).refused(),
        one("unused palette entries", &palette),
        one("bytes behind the end", &|t| [file(&[]), t.as_bytes().to_vec()].concat()),
    ]
}
