//! WebP: the chunks of the extended form, unknown ones, and what lies behind the end.

use super::{
    Row, row, second_picture,
    tiff::{self, text},
};

fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let pad = if body.len() % 2 == 1 { &[0][..] } else { &[] };
    [&kind[..], &(body.len() as u32).to_le_bytes(), body, pad].concat()
}

fn riff(parts: &[Vec<u8>]) -> Vec<u8> {
    let body = [b"WEBP".to_vec(), parts.concat()].concat();
    [b"RIFF".to_vec(), (body.len() as u32).to_le_bytes().to_vec(), body].concat()
}

fn picture() -> Vec<u8> {
    let pixels: Vec<u8> = (0..20 * 16 * 3u32).map(|i| (i * 7 / 2) as u8).collect();
    let mut out = Vec::new();
    image_webp::WebPEncoder::new(&mut out).encode(&pixels, 20, 16, image_webp::ColorType::Rgb8).expect("encodes");
    out[12..].to_vec()
}

/// The extended form with these flags (profile 32, alpha 16, Exif 8, XMP 4).
fn extended(flags: u8, before: &[Vec<u8>], after: &[Vec<u8>]) -> Vec<u8> {
    let head = chunk(b"VP8X", &[flags, 0, 0, 0, 19, 0, 0, 15, 0, 0]);
    riff(&[vec![head], before.to_vec(), vec![picture()], after.to_vec()].concat())
}

#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    let base = riff(&[picture()]);
    let one = |place: &'static str, plant: &dyn Fn(&str) -> Vec<u8>| row("WebP", "webp", &base, place, plant);
    vec![
        one("Exif", &|t| extended(8, &[], &[chunk(b"EXIF", &tiff::exif(text(0x013B, t)))])),
        one("Exif thumbnail", &|t| extended(8, &[], &[chunk(b"EXIF", &tiff::exif_thumbnail(second_picture(t)))])),
        one("Exif that no flag announces", &|t| extended(0, &[], &[chunk(b"EXIF", &tiff::exif(text(0x013B, t)))])),
        one("XMP", &|t| extended(4, &[], &[chunk(b"XMP ", format!("<x:xmpmeta dc:creator='{t}'/>").as_bytes())])),
        one("colour profile", &|t| extended(32, &[chunk(b"ICCP", &super::jpeg::profile(t))], &[])),
        one("chunk of unknown kind", &|t| extended(0, &[], &[chunk(b"JANE", t.as_bytes())])),
        one("content credentials", &|t| extended(0, &[], &[chunk(b"C2PA", t.as_bytes())])),
        one("chunk behind a simple picture", &|t| riff(&[picture(), chunk(b"JANE", t.as_bytes())])),
        one("bytes behind the end", &|t| [base.clone(), t.as_bytes().to_vec()].concat()),
    ]
}
