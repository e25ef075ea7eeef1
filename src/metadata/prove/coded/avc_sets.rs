//! The two parameter sets of H.264 (7.3.2), read to their last bit. Only what x264 writes for progressive 8-bit 4:2:0
//! pictures is on the list; every optional table in which bytes of free choice could stand is not.

use super::{Shape, bits::Bits};
use crate::{geom::Size, metadata::prove::violation::Fault};

/// What slices need to know of the sequence parameter set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sequence {
    pub(super) shape: Shape,
    pub(super) macroblocks: u32,
    pub(super) frame_num_bits: u32,
}

/// Reads a sequence parameter set, after the unit's first byte.
pub(super) fn sequence(payload: &[u8]) -> Result<Sequence, Fault> {
    let mut b = Bits::new("the sequence parameter set", payload);
    let profile = b.u(8)?;
    b.check(matches!(profile, 66 | 77 | 100))?;
    let constraints = b.u(8)?;
    b.check(constraints & 3 == 0)?;
    let level = b.u(8)?;
    b.check((9..=62).contains(&level))?;
    b.ue_to(0)?;
    if profile == 100 {
        // 4:2:0, 8 bits twice, no bypass, no scaling lists.
        b.fixed(3, 0b010)?;
        b.fixed(4, 0b1100)?;
    }
    let frame_num_bits = b.ue_to(12)? + 4;
    match b.ue()? {
        0 => {
            b.ue_to(12)?;
        }
        2 => {}
        _ => return Err(b.value()),
    }
    b.ue_to(16)?;
    b.fixed(1, 0)?; // Gaps between frames.
    let (across, down) = (b.ue_to(1 << 14)? + 1, b.ue_to(1 << 14)? + 1);
    b.fixed(1, 1)?; // Frames, not fields.
    b.flag()?;
    let coded = Size::new(across * 16, down * 16);
    // Whole macroblocks are coded; anything more that is cut away would be a hidden rim.
    let crop = if b.flag()? {
        b.ue_to(0)?;
        let right = b.ue_to(7)?;
        b.ue_to(0)?;
        (right * 2, b.ue_to(7)? * 2)
    } else {
        (0, 0)
    };
    let mut shape = Shape { size: Size::new(coded.width - crop.0, coded.height - crop.1), ..Shape::default() };
    if b.flag()? {
        usability(&mut b, &mut shape)?;
    }
    b.trailing()?;
    Ok(Sequence { shape, macroblocks: across * down, frame_num_bits })
}

/// The usability information (annex E).
fn usability(b: &mut Bits, shape: &mut Shape) -> Result<(), Fault> {
    super::picture_usability(b, shape)?;
    if b.flag()? {
        let (tick, scale) = (b.u(32)?, b.u(32)?);
        b.check(tick > 0 && scale > 0)?;
        b.flag()?;
    }
    b.fixed(2, 0)?; // No buffering models, whose tables are long.
    b.flag()?;
    if b.flag()? {
        b.flag()?;
        b.ue_to(16)?;
        b.ue_to(16)?;
        b.ue_to(16)?;
        b.ue_to(16)?;
        b.ue_to(0)?; // No frame is shown later than it is coded.
        b.ue_to(16)?;
    }
    Ok(())
}

/// Reads a picture parameter set, after the unit's first byte.
pub(super) fn picture(payload: &[u8]) -> Result<(), Fault> {
    let mut b = Bits::new("the picture parameter set", payload);
    b.ue_to(0)?;
    b.ue_to(0)?;
    b.flag()?;
    b.fixed(1, 0)?;
    b.ue_to(0)?; // One slice group.
    b.ue_to(31)?;
    b.ue_to(31)?;
    b.flag()?;
    let prediction = b.u(2)?;
    b.check(prediction < 3)?;
    b.se_to(26)?;
    b.se_to(26)?;
    b.se_to(12)?;
    b.u(2)?;
    b.fixed(1, 0)?; // No redundant pictures.
    if b.more() {
        b.flag()?;
        b.fixed(1, 0)?; // No scaling lists.
        b.se_to(12)?;
    }
    b.trailing()
}
