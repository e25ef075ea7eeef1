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
    /// The colours of row `y` from column `x0` on, in levels 0 to 255, one for each place in `run`.
    fn colour(&mut self, x0: u32, y: u32, run: &mut [[f32; C]]);
}

/// Paints `patch`; `all` is the union of every mask in the picture.
pub(super) fn paint<const C: usize>(
    canvas: &mut Canvas<'_, C>,
    patch: &Patch,
    all: &Mask,
    fill: &mut impl Fill<C>,
) {
    let mut colours = vec![[0.0; C]; patch.reach.width() as usize];
    for (y, spans) in patch.mask.rows() {
        let row = canvas.row_mut(y);
        for span in spans {
            let pixels = &mut row[span.x0 as usize..span.x1 as usize];
            let colours = &mut colours[..pixels.len()];
            fill.colour(span.x0, y, colours);
            for (pixel, colour) in pixels.iter_mut().zip(colours) {
                *pixel = colour.map(sample);
            }
        }
    }
    feather(canvas, patch, all, fill, &mut colours);
}

fn feather<const C: usize>(
    canvas: &mut Canvas<'_, C>,
    patch: &Patch,
    all: &Mask,
    fill: &mut impl Fill<C>,
    colours: &mut [[f32; C]],
) {
    let (area, reach) = (patch.reach, patch.feather_px);
    for y in area.y0..area.y1 {
        let middle = f64::from(y) + 0.5;
        let Some((left, right)) = patch.outline.extent(middle - reach, middle + reach) else { continue };
        let within = |x: f64| x.clamp(f64::from(area.x0), f64::from(area.x1)) as u32;
        for gap in all.gaps(y, within((left - reach).floor()), within((right + reach).ceil())) {
            let pixels = &mut canvas.row_mut(y)[gap.x0 as usize..gap.x1 as usize];
            let colours = &mut colours[..pixels.len()];
            fill.colour(gap.x0, y, colours);
            for ((x, pixel), colour) in (gap.x0..).zip(pixels).zip(colours) {
                let near = 1.0 - patch.outline.distance(f64::from(x) + 0.5, middle, reach) / reach;
                if near > 0.0 {
                    let near = near.min(1.0) as f32;
                    let share = near * near * (3.0 - 2.0 * near);
                    for c in 0..C {
                        let old = f32::from(pixel[c]);
                        pixel[c] = sample(old + (colour[c] - old) * share);
                    }
                }
            }
        }
    }
}
