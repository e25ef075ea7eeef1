//! BMP: the gaps of its layout and the profile of its fifth header.

use super::{Row, row};

const SIDE: i32 = 20;

/// A picture of 24 bits with a header of `length` bytes, `gap` before the pixels and `tail` behind them.
fn file(length: u32, gap: &[u8], tail: &[u8]) -> Vec<u8> {
    let pixels: Vec<u8> = (0..SIDE * SIDE * 3).map(|i| (i * 3 / 2) as u8).collect();
    let at = 14 + length + gap.len() as u32;
    let mut info = [
        length.to_le_bytes(),
        SIDE.to_le_bytes(),
        SIDE.to_le_bytes(),
        [1, 0, 24, 0],
        [0; 4],
        (pixels.len() as u32).to_le_bytes(),
    ]
    .concat();
    info.resize(length as usize, 0);
    if length == 124 {
        info[56..60].copy_from_slice(b"BGRs");
    }
    let total = at + pixels.len() as u32 + tail.len() as u32;
    [
        b"BM".to_vec(),
        total.to_le_bytes().to_vec(),
        vec![0; 4],
        at.to_le_bytes().to_vec(),
        info,
        gap.to_vec(),
        pixels,
        tail.to_vec(),
    ]
    .concat()
}

/// A fifth header whose profile lies behind the pixels: its bytes (kind `MBED`) or the name of a file (`LINK`).
fn profile(kind: &[u8; 4], bytes: &[u8]) -> Vec<u8> {
    let mut file = file(124, &[], bytes);
    let at = file.len() - bytes.len() - 14;
    file[14 + 56..14 + 60].copy_from_slice(&[kind[3], kind[2], kind[1], kind[0]]);
    file[14 + 112..14 + 116].copy_from_slice(&(at as u32).to_le_bytes());
    file[14 + 116..14 + 120].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
    file
}

#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    let base = file(40, &[], &[]);
    let one = |place: &'static str, plant: &dyn Fn(&str) -> Vec<u8>| row("BMP", "bmp", &base, place, plant);
    vec![
        one("gap before the pixels", &|t| file(40, t.as_bytes(), &[])),
        one("bytes behind the pixels", &|t| file(40, &[], t.as_bytes())),
        one("colour profile", &|t| profile(b"MBED", &super::jpeg::profile(t))),
        one("name of a profile", &|t| profile(b"LINK", format!("C:\\Users\\{t}\\a.icc\0").as_bytes())),
        one("reserved bytes of the header", &|t| { let mut f = file(124, &[], &[]); f[14 + 60..14 + 76].copy_from_slice(t.as_bytes()); f }),
    ]
}
