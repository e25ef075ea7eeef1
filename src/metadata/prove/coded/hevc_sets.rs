//! The three parameter sets of HEVC (7.3.2), read to their last bit. Only what x265 writes for progressive 4:2:0
//! pictures of 8 or 10 bits is on the list: one layer, no extensions, no tables of free choice.

use super::{Shape, bits::Bits};
use crate::{geom::Size, metadata::prove::violation::Fault};

/// Profile, tier and level (7.3.3): Main, or Main 10, one layer. Whether it is Main 10.
fn profile(b: &mut Bits) -> Result<bool, Fault> {
    b.fixed(2, 0)?;
    b.flag()?;
    let deep = match b.u(5)? {
        1 => false,
        2 => true,
        _ => return b.check(false).map(|()| false),
    };
    b.fixed(32, if deep { 0x2000_0000 } else { 0x6000_0000 })?;
    let source = b.u(4)?;
    b.check(matches!(source, 0b1001 | 0b1000 | 0b1011 | 0b1010 | 0))?;
    b.fixed(32, 0)?;
    b.fixed(12, 0)?;
    let level = b.u(8)?;
    b.check((30..=186).contains(&level))?;
    Ok(deep)
}

/// How many pictures wait, for the one layer there is.
fn ordering(b: &mut Bits) -> Result<(), Fault> {
    b.flag()?;
    b.ue_to(16)?;
    b.ue_to(0)?; // No picture is shown later than it is coded.
    b.ue_to(16)?;
    Ok(())
}

/// Reads a video parameter set, after the unit's header.
pub(super) fn video(payload: &[u8]) -> Result<(), Fault> {
    let mut b = Bits::new("the video parameter set", payload);
    b.fixed(4, 0)?;
    b.fixed(2, 3)?;
    b.fixed(6, 0)?;
    b.fixed(3, 0)?;
    b.fixed(1, 1)?;
    b.fixed(16, 0xFFFF)?;
    profile(&mut b)?;
    ordering(&mut b)?;
    b.fixed(6, 0)?;
    b.ue_to(0)?;
    if b.flag()? {
        let (tick, scale) = (b.u(32)?, b.u(32)?);
        b.check(tick > 0 && scale > 0)?;
        b.fixed(1, 0)?;
        b.ue_to(0)?;
    }
    b.fixed(1, 0)?; // No extension.
    b.trailing()
}

/// Reads a sequence parameter set, after the unit's header.
pub(super) fn sequence(payload: &[u8]) -> Result<Shape, Fault> {
    let mut b = Bits::new("the sequence parameter set", payload);
    b.fixed(4, 0)?;
    b.fixed(3, 0)?;
    b.fixed(1, 1)?;
    let deep = profile(&mut b)?;
    b.ue_to(0)?;
    let chroma = b.ue()?;
    b.check(chroma == 1)?;
    let (width, height) = (b.ue_to(1 << 16)?, b.ue_to(1 << 16)?);
    // Whole blocks are coded; anything more that is cut away would be a hidden rim.
    let crop = if b.flag()? {
        b.ue_to(0)?;
        let right = b.ue_to(31)?;
        b.ue_to(0)?;
        (right * 2, b.ue_to(31)? * 2)
    } else {
        (0, 0)
    };
    b.check(width > crop.0 && height > crop.1)?;
    let mut shape = Shape { size: Size::new(width - crop.0, height - crop.1), deep, ..Shape::default() };
    for _ in 0..2 {
        let more_bits = b.ue()?;
        b.check(more_bits == if deep { 2 } else { 0 })?;
    }
    b.ue_to(12)?;
    ordering(&mut b)?;
    let smallest = 8u32 << b.ue_to(3)?;
    // Cut away less than the smallest block.
    b.check(crop.0 < smallest && crop.1 < smallest)?;
    for _ in 0..5 {
        b.ue_to(6)?;
    }
    b.fixed(1, 0)?; // No scaling lists.
    b.u(2)?;
    b.fixed(1, 0)?; // No raw samples.
    let sets = b.ue_to(64)?;
    let mut pictures = 0;
    for index in 0..sets {
        pictures = references(&mut b, index, pictures)?;
    }
    b.fixed(1, 0)?; // No long-term references.
    b.u(2)?;
    if b.flag()? {
        usability(&mut b, &mut shape)?;
    }
    b.fixed(1, 0)?; // No extension.
    b.trailing()?;
    Ok(shape)
}

/// A set of short-term references (7.3.7) after one with `before` pictures; returns how many it has.
fn references(b: &mut Bits, index: u32, before: u32) -> Result<u32, Fault> {
    if index > 0 && b.flag()? {
        b.flag()?;
        b.ue_to(1 << 15)?;
        let mut pictures = 0;
        for _ in 0..=before {
            if b.flag()? || b.flag()? {
                pictures += 1;
            }
        }
        return Ok(pictures);
    }
    let (earlier, later) = (b.ue_to(16)?, b.ue_to(16)?);
    for _ in 0..earlier + later {
        b.ue_to(1 << 15)?;
        b.flag()?;
    }
    Ok(earlier + later)
}

/// The usability information (annex E).
fn usability(b: &mut Bits, shape: &mut Shape) -> Result<(), Fault> {
    super::picture_usability(b, shape)?;
    b.fixed(2, 0)?;
    b.flag()?;
    b.fixed(1, 0)?; // No second window.
    if b.flag()? {
        let (tick, scale) = (b.u(32)?, b.u(32)?);
        b.check(tick > 0 && scale > 0)?;
        b.fixed(1, 0)?;
        b.fixed(1, 0)?; // No buffering model, whose tables are long.
    }
    if b.flag()? {
        b.u(3)?;
        b.ue_to(4095)?;
        for _ in 0..2 {
            b.ue_to(16)?;
        }
        for _ in 0..2 {
            b.ue_to(15)?;
        }
    }
    Ok(())
}

/// Reads a picture parameter set, after the unit's header.
pub(super) fn picture(payload: &[u8]) -> Result<(), Fault> {
    let mut b = Bits::new("the picture parameter set", payload);
    b.ue_to(0)?;
    b.ue_to(0)?;
    b.flag()?;
    b.fixed(1, 0)?; // No picture says whether it is shown.
    b.fixed(3, 0)?; // No further bits in slice headers.
    b.u(2)?;
    b.ue_to(15)?;
    b.ue_to(15)?;
    b.se_to(26)?;
    b.u(2)?;
    if b.flag()? {
        b.ue_to(3)?;
    }
    b.se_to(12)?;
    b.se_to(12)?;
    b.u(4)?;
    b.fixed(1, 0)?; // No tiles.
    b.u(2)?;
    if b.flag()? {
        b.flag()?;
        if !b.flag()? {
            b.se_to(6)?;
            b.se_to(6)?;
        }
    }
    b.fixed(1, 0)?; // No scaling lists.
    b.flag()?;
    b.ue_to(4)?;
    b.fixed(1, 0)?; // No extension of slice headers, which may hold any bytes.
    b.fixed(1, 0)?; // No extension.
    b.trailing()
}
