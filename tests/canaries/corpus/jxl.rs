//! JPEG XL: the boxes around a codestream.

use super::{
    Row, fixture, row,
    tiff::{self, text},
};
use crate::plant::boxed;

/// The boxed form with `before` and `after` around the codestream.
fn file(before: &[u8], after: &[u8]) -> Vec<u8> {
    let head = [boxed(b"JXL ", b"\r\n\x87\n"), boxed(b"ftyp", b"jxl \0\0\0\0jxl ")].concat();
    [&head[..], before, &boxed(b"jxlc", &fixture("lossless.jxl")), after].concat()
}

/// A Brotli stream of one block that is stored and not compressed (RFC 7932, section 9.2).
fn brotli(bytes: &[u8]) -> Vec<u8> {
    // Window of 16 bits (one zero), not last, four nibbles of length, uncompressed; then bytes, then an empty last block.
    let bits = ((bytes.len() as u32 - 1) << 4) | 1 << 20;
    [&bits.to_le_bytes()[..3], bytes, &[3]].concat()
}

#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    let base = file(&[], &[]);
    let one = |place: &'static str, plant: &dyn Fn(&str) -> Vec<u8>| row("JPEG XL", "jxl", &base, place, plant);
    let exif = |t: &str| [&[0; 4][..], &tiff::exif(text(0x013B, t))].concat();
    let xmp = |t: &str| format!("<x:xmpmeta dc:creator='{t}'/>").into_bytes();
    vec![
        one("Exif", &|t| file(&boxed(b"Exif", &exif(t)), &[])),
        one("Exif behind the picture", &|t| file(&[], &boxed(b"Exif", &exif(t)))),
        one("XMP", &|t| file(&boxed(b"xml ", &xmp(t)), &[])),
        one("XMP, Brotli", &|t| file(&boxed(b"brob", &[b"xml ".to_vec(), brotli(&xmp(t))].concat()), &[])),
        one("Exif, Brotli", &|t| file(&boxed(b"brob", &[b"Exif".to_vec(), brotli(&exif(t))].concat()), &[])),
        // What rebuilds the JPEG that it was, here not whole.
        one("damaged data of a JPEG", &|t| file(&boxed(b"jbrd", t.as_bytes()), &[])).refused(),
        one("content credentials", &|t| file(&[], &boxed(b"jumb", t.as_bytes()))),
        one("box of unknown kind", &|t| file(&boxed(b"jane", t.as_bytes()), &[])),
        one("free space", &|t| file(&[], &boxed(b"free", t.as_bytes()))),
        one("bytes behind the end", &|t| [file(&[], &[]), t.as_bytes().to_vec()].concat()),
        one("bytes behind a bare codestream", &|t| [fixture("lossless.jxl"), t.as_bytes().to_vec()].concat()),
    ]
}
