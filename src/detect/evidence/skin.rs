//! A code between two pieces of skin is printed on a band, whether a hand is seen or not. Separate because it judges
//! colours, and is the only place that does so for people.

use super::{
    band::turned,
    line::Line,
    patch::{Colour, Patch},
};
use crate::{
    detect::{Picture, plane::Frame},
    error::DetectError,
    geom::{Point, Rect},
};

/// Skin in every tone lies in these ranges of blue and red difference (Chai and Ngan 1999, doi 10.1109/76.767122). So do
/// wood, cardboard and warm light, which is why skin alone is never evidence.
const CB: std::ops::RangeInclusive<f32> = 77.0..=127.0;
/// See [`CB`].
const CR: std::ops::RangeInclusive<f32> = 133.0..=173.0;

/// How far from a code skin is looked for, in longer sides of the code.
const REACH: f32 = 2.5;

/// The long side of the patch that is looked at.
const PATCH_PX: u32 = 128;

/// The share of a strip that must be skin.
const SKIN_MIN: f32 = 0.6;

/// Skin must go on for this many longer sides of the code; less is a finger that holds it.
const SKIN_DEPTH: f32 = 0.5;

fn is_skin([r, g, b]: Colour) -> bool {
    let cb = 128.0 - 0.168_736 * r - 0.331_264 * g + 0.5 * b;
    let cr = 128.0 + 0.5 * r - 0.418_688 * g - 0.081_312 * b;
    CB.contains(&cb) && CR.contains(&cr) && r > 40.0
}

/// The band on which `code` is printed, across the whole arm, and how sure that is; `None` when there is no skin on two
/// opposite sides of it, or when it is itself the colour of skin.
///
/// # Errors
/// When the picture cannot be sampled.
pub(super) fn band(picture: &dyn Picture, code: &Line) -> Result<Option<([Point; 4], f32)>, DetectError> {
    let longer = 2.0 * code.half_length;
    let reach = REACH * longer;
    let extent = Rect::new(-code.half_length, -code.half_height, code.half_length, code.half_height);
    let Some(patch) = Patch::of(picture, &code.frame, extent.padded(reach), PATCH_PX)? else { return Ok(None) };
    if patch.ground(extent).is_none_or(is_skin) {
        return Ok(None);
    }
    // The arm runs along the code or across it.
    let mut best: Option<([Point; 4], f32)> = None;
    let across = turned(code);
    for (frame, along, half) in
        [(Some(code.frame), code.half_length, code.half_height), (across, code.half_height, code.half_length)]
    {
        let Some(frame) = frame else { continue };
        let arm = Arm { patch: &patch, code: code.frame, frame, along, half, reach, deep: SKIN_DEPTH * longer };
        if let Some((rect, score)) = arm.band()
            && best.is_none_or(|(_, other)| score > other)
        {
            best = Some((frame.quad(rect), score));
        }
    }
    Ok(best)
}

/// One way in which the arm may run.
struct Arm<'a> {
    patch: &'a Patch,
    /// The frame of the patch.
    code: Frame,
    /// `u` along the arm.
    frame: Frame,
    /// Half the code's extent along the arm.
    along: f32,
    /// Half the code's extent across the arm.
    half: f32,
    reach: f32,
    /// How deep skin must be.
    deep: f32,
}

impl Arm<'_> {
    fn skin_at(&self, u: f32, v: f32) -> bool {
        let p = self.code.local(self.frame.picture(u, v));
        self.patch.at(p.x, p.y).is_some_and(is_skin)
    }

    fn share(&self, us: (f32, f32), vs: (f32, f32)) -> f32 {
        let at = |(lo, hi): (f32, f32), i: usize| lo + (hi - lo) * (i as f32 + 0.5) / 8.0;
        (0..64).filter(|i| self.skin_at(at(us, i % 8), at(vs, i / 8))).count() as f32 / 64.0
    }

    /// The band in the arm's frame: from skin to skin along the arm, as broad as the skin across it.
    fn band(&self) -> Option<(Rect, f32)> {
        let (left, left_share) = self.skin_from(-1.0)?;
        let (right, right_share) = self.skin_from(1.0)?;
        let breadth = |sign: f32| {
            let step = self.patch.scale;
            let beside = |v: f32| {
                let strip = (v - step / 2.0, v + step / 2.0);
                self.share((-left - self.deep, -left), strip).max(self.share((right, right + self.deep), strip))
            };
            let mut v = self.half;
            while v < self.reach && beside(sign * v) >= SKIN_MIN {
                v += step;
            }
            v + step
        };
        let grown = self.patch.scale;
        let rect = Rect::new(-left - grown, -breadth(-1.0), right + grown, breadth(1.0));
        Some((rect, (left_share + right_share) / 2.0))
    }

    /// How far from the code's middle skin begins, towards `sign`, and how much of the strip there is skin.
    fn skin_from(&self, sign: f32) -> Option<(f32, f32)> {
        let mut u = self.along;
        while u + self.deep <= self.along + self.reach {
            let (a, b) = (sign * u, sign * (u + self.deep));
            let share = self.share((a.min(b), a.max(b)), (-self.half, self.half));
            // Half a strip of skin may be its first half; it begins where the strip's first row is skin.
            let first = self.share(
                ((a).min(a + sign * self.patch.scale), (a).max(a + sign * self.patch.scale)),
                (-self.half, self.half),
            );
            if share >= SKIN_MIN && first >= SKIN_MIN {
                return Some((u, share));
            }
            u += self.patch.scale;
        }
        None
    }
}
