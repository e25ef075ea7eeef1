//! Destroying. [`redact`] is the only way from a raw to a redacted frame.
//!
//! Whatever the style, a masked pixel of the output is computed from constants and from pixels outside the union of
//! all masks, and so is every pixel that a feather touches: swap what lies under the masks and the output is the same,
//! byte for byte. The blur is a look, never a filter over the secret. Blurred and mosaicked faces and numbers have
//! been recovered by matching guesses run through the same filter (McPherson et al. 2016, arXiv 1609.00408), at any
//! strength that still shows anything; here there is nothing left to match.

mod blur;
mod canvas;
mod mask;
mod membrane;
mod outline;
mod paint;
mod patch;
mod pixelate;
mod solid;
mod tone;
mod yuv;

pub use mask::{Mask, Span};
pub use yuv::redact_yuv;

use crate::{
    area::Area,
    frame::{Frame, Raw, Redacted},
    geom::Size,
    style::{Style, Styles},
};
use canvas::{Canvas, Ink};
use membrane::Field;
use patch::Patch;

/// Destroys every area. Pixels further from all areas than [`Style::feather_px`] stay as they are. Areas may stick out
/// of the picture, overlap, and have no width; one whose place is not a number takes the whole picture.
pub fn redact(mut frame: Frame<Raw>, areas: &[Area], styles: &Styles) -> Frame<Redacted> {
    let size = frame.size();
    let ink = Ink { solid: styles.solid_rgb, neutral: [128.0; 3], tone: [1.0; 3], cells_across: 16.0 };
    if let Some(mut canvas) = Canvas::new(frame.pixels_mut(), size) {
        redact_samples(&mut canvas, areas, styles, &ink);
    }
    frame.into_redacted()
}

/// The share of a picture of `size` that `areas` cover, 0 to 1; 0 for a picture without pixels.
pub fn coverage(areas: &[Area], size: Size) -> f32 {
    if size.pixels() == 0 {
        return 0.0;
    }
    (Mask::of(areas, size).pixels() as f64 / size.pixels() as f64) as f32
}

/// Destroys areas on any samples: a picture, or a plane of one. For a subsampled plane pass areas in its own
/// coordinates ([`crate::area::Shape::mapped`]): its masks round outward on the coarser grid.
fn redact_samples<const C: usize>(canvas: &mut Canvas<'_, C>, areas: &[Area], styles: &Styles, ink: &Ink<C>) {
    let size = canvas.size();
    let mut patches: Vec<Patch> = areas.iter().filter_map(|area| Patch::new(area, styles, size)).collect();
    // Where areas overlap the last one painted is seen: the plainest look.
    patches.sort_by_key(|patch| match patch.style {
        Style::Blur => 0,
        Style::Pixelate => 1,
        Style::Solid => 2,
    });
    let all = Mask::of_outlines(patches.iter().map(|patch| &patch.outline), size);
    for group in patch::groups(&patches) {
        let group: Vec<&Patch> = group.iter().map(|&i| &patches[i]).collect();
        if group.iter().all(|patch| patch.style == Style::Solid) {
            group.iter().for_each(|patch| paint::paint(canvas, patch, &all, &mut solid::Solid(ink.solid)));
            continue;
        }
        let window = patch::window(&group, size, ink.cells_across);
        let mut field = Field::around(canvas, &all, window.area, window.step, ink.neutral);
        for patch in group.iter().filter(|patch| patch.style != Style::Solid) {
            blur::soften(&mut field, patch, ink);
        }
        for patch in group {
            match patch.style {
                Style::Blur => {
                    paint::paint(canvas, patch, &all, &mut blur::Blur::new(field.sampler(patch.reach), ink))
                }
                Style::Solid => paint::paint(canvas, patch, &all, &mut solid::Solid(ink.solid)),
                Style::Pixelate => {
                    let mut fill = pixelate::Mosaic::new(patch, field.sampler(patch.reach), field.contrast, ink);
                    paint::paint(canvas, patch, &all, &mut fill);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
