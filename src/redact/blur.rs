//! The default look: as if the lens had been out of focus there. The field of the surroundings runs through the mask
//! without a seam; soft changes of brightness made from constants keep it from reading as a void, and a grain of about
//! a level keeps long gradients from showing steps.

use super::{
    canvas::Ink,
    membrane::{Field, Sampler},
    paint::Fill,
    patch::Patch,
    tone,
};
use crate::finding::Class;

/// Grain in levels, either way.
const GRAIN: f32 = 0.9;

/// How far the middle of blurred text is drawn away from paper white or label black, in levels. Judged by eye beside a
/// Gaussian blur of receipts and forms: paler than that, and plainly not empty paper.
const SMEAR: f32 = 26.0;

pub(super) struct Blur<'a, const C: usize> {
    field: Sampler<'a, C>,
    tone: [f32; C],
}

impl<'a, const C: usize> Blur<'a, C> {
    pub(super) fn new(field: Sampler<'a, C>, ink: &Ink<C>) -> Self {
        Self { field, tone: ink.tone }
    }
}

impl<const C: usize> Fill<C> for Blur<'_, C> {
    fn colour(&mut self, x0: u32, y: u32, run: &mut [[f32; C]]) {
        self.field.read(x0, y, run);
        for (colour, grain) in run.iter_mut().zip(tone::grain(x0, y)) {
            *colour = std::array::from_fn(|c| colour[c] + GRAIN * grain * self.tone[c]);
        }
    }
}

/// Gives the inside of `patch` its soft changes of brightness, strongest in the middle and none at the rim. Text gets
/// a smear instead, broad enough that nothing in it is the size of a letter: a detector must not find it again.
pub(super) fn soften<const C: usize>(field: &mut Field<C>, patch: &Patch, ink: &Ink<C>) {
    // Marks on a ground, of which nothing may look like a mark again; all else is a body or a plane.
    let marks = matches!(patch.class, Class::Text | Class::Code);
    let (depth, wide) = if marks {
        (2.0, patch.thickness * 1.5)
    } else {
        ((field.contrast * 0.3).clamp(2.0, 12.0), patch.thickness * 0.42)
    };
    let [cx, cy] = patch.outline.center();
    field.for_each_cell(patch.bounds, |x, y, cell| {
        let inside = (-patch.outline.distance(x, y, 1.0) / (patch.thickness * 0.35)).clamp(0.0, 1.0) as f32;
        if inside > 0.0 {
            let (u, v) = (((x - cx) / wide) as f32, ((y - cy) / wide) as f32);
            let wave = 0.7 * tone::smooth(patch.seed, u, v) + 0.3 * tone::smooth(!patch.seed, u * 2.0, v * 2.0);
            // Text that simply vanished would read as an empty form: a smear says that something was here.
            let smear = if marks { SMEAR * away(cell) * (1.0 + 0.3 * wave) } else { 0.0 };
            let share = inside * inside * (3.0 - 2.0 * inside);
            let lift = share * (depth * wave + smear);
            for (value, tone) in cell.iter_mut().zip(ink.tone) {
                *value += lift * tone;
            }
        }
    });
}

/// The direction in which brightness has room: -1 on paper, 1 on a dark label, without a step between.
fn away<const C: usize>(cell: &[f32; C]) -> f32 {
    ((90.0 - cell.iter().sum::<f32>() / C as f32) / 30.0).clamp(-1.0, 1.0)
}
