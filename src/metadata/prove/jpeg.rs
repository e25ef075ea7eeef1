//! JPEG (ITU-T T.81): one start marker, a bare JFIF segment, tables, a baseline frame of three components, its scans,
//! one end marker as the last two bytes. Every table must be used, every component scanned once, every bit of the
//! scans belong to a block.

use super::{
    Fault, Proof, Violation,
    jpeg_scan::{self, Component, Huffman},
    walk::Walk,
};
use crate::geom::Size;

/// JFIF 1.01 or 1.02, square pixels without unit, no thumbnail: the two bytes of the version follow the name.
const JFIF: &[u8] = b"JFIF\0\x01";
const JFIF_TAIL: &[u8] = &[0, 0, 1, 0, 1, 0, 0];

#[derive(Default)]
struct Seen {
    quant: [bool; 4],
    /// DC tables, then AC tables, by destination.
    huffman: [[Option<Huffman>; 4]; 2],
    huffman_used: [[bool; 4]; 2],
    restart: Option<u16>,
    frame: Option<(Size, [Component; 3])>,
    scanned: [bool; 3],
}

pub(super) fn prove(bytes: &[u8]) -> Result<Proof, Violation> {
    let mut walk = Walk::new("JPEG", bytes);
    let mut seen = Seen::default();
    walk.expect(&[0xFF, 0xD8], "the start marker")?;
    loop {
        let at = walk.pos();
        if walk.byte("a marker")? != 0xFF {
            return Err(walk.fail_at(at, Fault::Forbidden("a byte between segments")));
        }
        let marker = walk.byte("a marker")?;
        let scans_begun = seen.scanned.contains(&true);
        match marker {
            0xD9 => break,
            0xE0 if at == 2 => jfif(&mut walk)?,
            0xDB if !scans_begun => quant(&mut walk, &mut seen)?,
            0xC4 if !scans_begun => huffman(&mut walk, &mut seen)?,
            0xDD if !scans_begun => restart(&mut walk, &mut seen)?,
            0xC0 => frame(&mut walk, &mut seen)?,
            0xDA => scan(&mut walk, &mut seen)?,
            _ => return Err(walk.fail_at(at, Fault::Forbidden(name(marker)))),
        }
    }
    walk.end("the end marker")?;
    let Some((size, components)) = seen.frame else { return Err(walk.fail(Fault::Missing("the frame header"))) };
    walk.check(seen.scanned == [true; 3], Fault::Missing("the scan of a component"))?;
    for (slot, defined) in seen.quant.iter().enumerate() {
        walk.check(
            *defined == components.iter().any(|c| c.quant == slot),
            Fault::Forbidden("an unused quantisation table"),
        )?;
    }
    for (tables, used) in seen.huffman.iter().zip(&seen.huffman_used) {
        let idle = tables.iter().zip(used).any(|(table, used)| table.is_some() && !used);
        walk.check(!idle, Fault::Forbidden("an unused Huffman table"))?;
    }
    Ok(Proof { size, frames: 1 })
}

/// The body of a segment whose marker was read.
fn body<'a>(walk: &mut Walk<'a>) -> Result<Walk<'a>, Violation> {
    let length = usize::from(u16::from_be_bytes(walk.array("a segment")?));
    walk.check(length >= 2, Fault::Damaged("a segment's length"))?;
    let mut inner = *walk;
    walk.take(length - 2, "a segment")?;
    inner.close_at(walk.pos());
    Ok(inner)
}

fn jfif(walk: &mut Walk) -> Result<(), Violation> {
    let mut body = body(walk)?;
    let fixed = body.rest();
    let version_ok = matches!(fixed.get(JFIF.len()), Some(1 | 2));
    let ok = fixed.starts_with(JFIF) && version_ok && fixed.get(JFIF.len() + 1..) == Some(JFIF_TAIL);
    body.check(ok, Fault::Value("the JFIF segment"))?;
    body.take(fixed.len(), "the JFIF segment").map(drop)
}

fn quant(walk: &mut Walk, seen: &mut Seen) -> Result<(), Violation> {
    let mut body = body(walk)?;
    body.check(!body.rest().is_empty(), Fault::CutShort("a quantisation table"))?;
    while !body.rest().is_empty() {
        let slot = usize::from(body.byte("a quantisation table")?);
        body.check(slot < 4, Fault::Value("a quantisation table"))?;
        body.check(!seen.quant[slot], Fault::Repeated("a quantisation table"))?;
        seen.quant[slot] = true;
        let values = body.take(64, "a quantisation table")?;
        body.check(!values.contains(&0), Fault::Value("a quantisation table"))?;
    }
    Ok(())
}

fn huffman(walk: &mut Walk, seen: &mut Seen) -> Result<(), Violation> {
    const PART: &str = "a Huffman table";
    let mut body = body(walk)?;
    body.check(!body.rest().is_empty(), Fault::CutShort(PART))?;
    while !body.rest().is_empty() {
        let head = body.byte(PART)?;
        let (class, slot) = (usize::from(head >> 4), usize::from(head & 15));
        body.check(class < 2 && slot < 4, Fault::Value(PART))?;
        body.check(seen.huffman[class][slot].is_none(), Fault::Repeated(PART))?;
        let counts: [u8; 16] = body.array(PART)?;
        let values = body.take(counts.iter().map(|&n| usize::from(n)).sum(), PART)?;
        let table = Huffman::new(&counts, values, class == 1);
        body.check(table.is_some(), Fault::Value(PART))?;
        seen.huffman[class][slot] = table;
    }
    Ok(())
}

fn restart(walk: &mut Walk, seen: &mut Seen) -> Result<(), Violation> {
    let mut body = body(walk)?;
    body.check(seen.restart.is_none(), Fault::Repeated("the restart interval"))?;
    seen.restart = Some(u16::from_be_bytes(body.array("the restart interval")?));
    body.end("the restart interval")
}

fn frame(walk: &mut Walk, seen: &mut Seen) -> Result<(), Violation> {
    const PART: &str = "the frame header";
    let mut body = body(walk)?;
    body.check(seen.frame.is_none(), Fault::Repeated(PART))?;
    let depth = body.byte(PART)?;
    body.check(depth == 8, Fault::Value("the sample depth"))?;
    let height = u16::from_be_bytes(body.array(PART)?);
    let width = u16::from_be_bytes(body.array(PART)?);
    // A height of zero would be given later by a DNL segment.
    body.check(width > 0 && height > 0, Fault::Value("the picture's size"))?;
    let count = body.byte(PART)?;
    body.check(count == 3, Fault::Value("the number of components"))?;
    let ids: [[u8; 3]; 3] = [body.array(PART)?, body.array(PART)?, body.array(PART)?];
    body.end(PART)?;
    let in_order = [0, 1].iter().any(|&base| ids.iter().zip(base..).all(|(c, id)| c[0] == id));
    body.check(in_order, Fault::Value("a component's number"))?;
    let components = ids.map(|[id, sampling, quant]| Component {
        id,
        h: usize::from(sampling >> 4),
        v: usize::from(sampling & 15),
        quant: usize::from(quant),
    });
    let plausible = |c: &Component| matches!((c.h, c.v), (1 | 2 | 4, 1 | 2 | 4)) && c.quant < 4;
    body.check(components.iter().all(plausible), Fault::Value("a component's sampling"))?;
    seen.frame = Some((Size::new(width.into(), height.into()), components));
    Ok(())
}

fn scan(walk: &mut Walk, seen: &mut Seen) -> Result<(), Violation> {
    const PART: &str = "a scan header";
    let mut body = body(walk)?;
    let Some((size, components)) = seen.frame else { return Err(body.fail(Fault::Misplaced(PART))) };
    let count = body.byte(PART)?;
    body.check(matches!(count, 1 | 3), Fault::Value("the number of components of a scan"))?;
    let mut parts = Vec::with_capacity(3);
    for _ in 0..count {
        let [id, tables] = body.array(PART)?;
        let Some(index) = components.iter().position(|c| c.id == id) else {
            return Err(body.fail(Fault::Value("a component of a scan")));
        };
        body.check(!seen.scanned[index], Fault::Repeated("the scan of a component"))?;
        seen.scanned[index] = true;
        let (dc, ac) = (usize::from(tables >> 4), usize::from(tables & 15));
        body.check(dc < 4 && ac < 4, Fault::Value("a table of a scan"))?;
        (seen.huffman_used[0][dc], seen.huffman_used[1][ac]) = (true, true);
        let (Some(dc), Some(ac)) = (&seen.huffman[0][dc], &seen.huffman[1][ac]) else {
            return Err(body.fail(Fault::Missing("a Huffman table")));
        };
        parts.push((components[index], dc, ac));
    }
    let selection: [u8; 3] = body.array(PART)?;
    body.check(selection == [0, 63, 0], Fault::Value("the spectral selection"))?;
    body.end(PART)?;
    let maximum =
        (components.iter().map(|c| c.h).max().unwrap_or(1), components.iter().map(|c| c.v).max().unwrap_or(1));
    let length = jpeg_scan::check(walk.rest(), size, maximum, &parts, seen.restart.unwrap_or(0))
        .map_err(|(at, fault)| walk.fail_at(walk.pos() + at, fault))?;
    walk.take(length, "a scan").map(drop)
}

/// The name of a marker, for violations.
fn name(marker: u8) -> &'static str {
    const APP: [&str; 16] = [
        "a second or misplaced APP0 segment",
        "an APP1 segment (Exif or XMP)",
        "an APP2 segment (ICC or MPF)",
        "an APP3 segment",
        "an APP4 segment",
        "an APP5 segment",
        "an APP6 segment",
        "an APP7 segment",
        "an APP8 segment",
        "an APP9 segment",
        "an APP10 segment",
        "an APP11 segment (JUMBF)",
        "an APP12 segment",
        "an APP13 segment (Photoshop)",
        "an APP14 segment (Adobe)",
        "an APP15 segment",
    ];
    match marker {
        0x00 | 0xD0..=0xD7 => "a restart marker outside a scan",
        0xC4 | 0xDB | 0xDD => "a table between scans",
        0xC1..=0xCF => "a frame or table of another coding process",
        0xD8 => "a second start marker",
        0xDC => "a DNL segment",
        0xE0..=0xEF => APP[usize::from(marker & 15)],
        0xFE => "a comment",
        0xFF => "fill bytes",
        _ => "a marker that no encoder writes",
    }
}
