//! GIF89a: screen, frames that each cover it, the loop extension, the trailer as the last byte. No transparency and no
//! frame shown for no time, so that nothing can lie under or between what is seen.

use super::{
    Fault, Proof, Violation,
    lzw::{self, Used},
    walk::Walk,
};
use crate::geom::Size;

pub(super) fn prove(bytes: &[u8]) -> Result<Proof, Violation> {
    const SCREEN: &str = "the screen descriptor";
    let mut walk = Walk::new("GIF", bytes);
    walk.expect(b"GIF89a", "the signature")?;
    let canvas: [u8; 4] = walk.array(SCREEN)?;
    let [w0, w1, h0, h1] = canvas;
    let size = Size::new(u16::from_le_bytes([w0, w1]).into(), u16::from_le_bytes([h0, h1]).into());
    walk.check(size.pixels() > 0, Fault::Value("the picture's size"))?;
    let [flags, background, aspect] = walk.array(SCREEN)?;
    walk.check(flags & 0x08 == 0 && background == 0 && aspect == 0, Fault::Value(SCREEN))?;
    let global = table(&mut walk, flags)?;
    let mut global_used = [false; 256];
    let (mut frames, mut looped, mut timed) = (0u32, false, None);
    let mut has_instant_frame = false;
    loop {
        let at = walk.pos();
        match (walk.byte("a block")?, timed.take()) {
            (0x2C, delay) => {
                has_instant_frame |= delay.unwrap_or(0) == 0;
                let used = frame(&mut walk, canvas, global.len() / 3)?;
                global_used.iter_mut().zip(used).for_each(|(all, one)| *all |= one);
                frames += 1;
            }
            (0x21, None) => match walk.byte("an extension")? {
                0xF9 => timed = Some(control(&mut walk)?),
                0xFF if frames == 0 && !looped => {
                    looped = true;
                    walk.expect(b"\x0BNETSCAPE2.0\x03\x01", "the loop extension")?;
                    let [_, _, end] = walk.array("the loop extension")?;
                    walk.check(end == 0, Fault::Value("the loop extension"))?;
                }
                label => return Err(walk.fail_at(at, Fault::Forbidden(name(label)))),
            },
            (0x3B, None) => break,
            (_, Some(_)) => return Err(walk.fail_at(at, Fault::Misplaced("a frame's timing"))),
            (_, None) => return Err(walk.fail_at(at, Fault::Forbidden("a block of unknown kind"))),
        }
    }
    walk.end("the trailer")?;
    walk.check(frames > 0, Fault::Missing("a frame"))?;
    walk.check(frames == 1 || !has_instant_frame, Fault::Value("a frame's duration"))?;
    walk.check(unused_are_black(global, &global_used), UNUSED)?;
    Ok(Proof { size, frames })
}

/// The colour table that `flags` promises; empty when there is none.
fn table<'a>(walk: &mut Walk<'a>, flags: u8) -> Result<&'a [u8], Violation> {
    if flags & 0x80 == 0 {
        return Ok(&[]);
    }
    walk.take(3 << ((flags & 7) + 1), "a colour table")
}

/// The graphic control extension; returns the duration in hundredths of a second.
fn control(walk: &mut Walk) -> Result<u16, Violation> {
    const PART: &str = "a frame's timing";
    let [length, flags, d0, d1, transparent, end] = walk.array(PART)?;
    walk.check(length == 4 && end == 0, Fault::Damaged(PART))?;
    walk.check(flags & 1 == 0 && transparent == 0, Fault::Value("a frame's transparency"))?;
    // Leave it, or clear it: "restore to previous" would make what is seen depend on order.
    walk.check(matches!(flags >> 2, 0..=2) && flags & 2 == 0, Fault::Value("a frame's disposal"))?;
    Ok(u16::from_le_bytes([d0, d1]))
}

/// A colour that no pixel has is a place to write in, or what is left of an earlier picture.
const UNUSED: Fault = Fault::Value("an unused entry of a colour table");

fn unused_are_black(table: &[u8], used: &Used) -> bool {
    table.chunks_exact(3).zip(used).all(|(colour, used)| *used || colour == [0; 3])
}

/// One frame after its introducer; returns which entries of the global colour table, of `global` colours, it uses.
fn frame(walk: &mut Walk, canvas: [u8; 4], global: usize) -> Result<Used, Violation> {
    const PART: &str = "a frame";
    let area: [u8; 8] = walk.array(PART)?;
    walk.check(area[..4] == [0; 4] && area[4..] == canvas, Fault::Value("a frame's area"))?;
    let flags = walk.byte(PART)?;
    walk.check(flags & 0x78 == 0, Fault::Value("a frame's flags"))?;
    let local = table(walk, flags)?;
    let colours = if local.is_empty() { global } else { local.len() / 3 };
    walk.check(colours > 0, Fault::Missing("a colour table"))?;
    let code_bits = walk.byte(PART)?;
    walk.check((2..=8).contains(&code_bits), Fault::Value("the code size"))?;
    let start = walk.pos();
    let mut codes = Vec::new();
    loop {
        let length = walk.byte("image data")?;
        if length == 0 {
            break;
        }
        codes.extend_from_slice(walk.take(length.into(), "image data")?);
        // Only the last block may be short: block lengths are free choices, and so a place to write in.
        walk.check(length == 255 || walk.rest().first() == Some(&0), Fault::Value("the length of a data block"))?;
    }
    let [_, _, _, _, w0, w1, h0, h1] = area;
    let pixels = u64::from(u16::from_le_bytes([w0, w1])) * u64::from(u16::from_le_bytes([h0, h1]));
    let used = lzw::check(&codes, code_bits, pixels, colours).map_err(|fault| walk.fail_at(start, fault))?;
    if local.is_empty() {
        return Ok(used);
    }
    walk.check(unused_are_black(local, &used), UNUSED)?;
    Ok([false; 256])
}

/// The name of an extension, for violations.
fn name(label: u8) -> &'static str {
    match label {
        0x01 => "a plain-text extension",
        0xFE => "a comment",
        0xFF => "a second or misplaced application extension",
        _ => "an extension of unknown kind",
    }
}
