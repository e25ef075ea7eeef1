//! Putting a fill on a patch: every pixel of its mask is overwritten, and outside, up to the feather, pixels are
//! blended towards the fill. Separate from the styles so that the direction of blending is decided once: a fill may
//! flow outward, the picture never flows in, and no masked pixel is read.

use super::{
    canvas::{Canvas, sample},
    mask::Mask,
    patch::Patch,
};

/// A colour for every pixel, from surroundings and constants only.
pub(super) trait Fill<const C: usize> {
    /// The colour in column `x` and row `y`, in levels 0 to 255.
    fn at(&mut self, x: u32, y: u32) -> [f32; C];
}

/// Paints `patch`; `all` is the union of every mask in the picture.
pub(super) fn paint<const C: usize>(
    canvas: &mut Canvas<'_, C>,
    patch: &Patch,
    all: &Mask,
    fill: &mut impl Fill<C>,
) {
    for (y, spans) in patch.mask.rows() {
        let row = canvas.row_mut(y);
        for x in spans.iter().flat_map(|span| span.x0..span.x1) {
            row[x as usize] = fill.at(x, y).map(|v| sample(v, 0.0));
        }
    }
    feather(canvas, patch, all, fill);
}

fn feather<const C: usize>(canvas: &mut Canvas<'_, C>, patch: &Patch, all: &Mask, fill: &mut impl Fill<C>) {
    let (size, reach) = (canvas.size(), patch.feather_px);
    let within = |v: f64, count: u32| v.clamp(0.0, f64::from(count)) as u32;
    let (top, bottom) = patch.outline.rows();
    for y in within((top - reach).floor(), size.height)..within((bottom + reach).ceil(), size.height) {
        let middle = f64::from(y) + 0.5;
        let Some((left, right)) = patch.outline.extent(middle - reach, middle + reach) else { continue };
        let (from, to) = (within((left - reach).floor(), size.width), within((right + reach).ceil(), size.width));
        for x in all.gaps(y, from, to).flat_map(|gap| gap.x0..gap.x1) {
            let near = 1.0 - patch.outline.distance(f64::from(x) + 0.5, middle, reach) / reach;
            if near > 0.0 {
                let near = near.min(1.0) as f32;
                let share = near * near * (3.0 - 2.0 * near);
                let ours = fill.at(x, y);
                let pixel = &mut canvas.row_mut(y)[x as usize];
                for c in 0..C {
                    let old = f32::from(pixel[c]);
                    pixel[c] = sample(old + (ours[c] - old) * share, 0.0);
                }
            }
        }
    }
}
