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

/// Grain in levels, either way.
const GRAIN: f32 = 0.9;

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
    fn at(&mut self, x: u32, y: u32) -> [f32; C] {
        let grain = GRAIN * tone::white(0x6121, x, y);
        let colour = self.field.at(x, y);
        std::array::from_fn(|c| colour[c] + grain * self.tone[c])
    }
}

/// Gives the inside of `patch` its soft changes of brightness, strongest in the middle and none at the rim.
pub(super) fn soften<const C: usize>(field: &mut Field<C>, patch: &Patch, ink: &Ink<C>) {
    let depth = (field.contrast * 0.3).clamp(2.0, 12.0);
    let [cx, cy] = patch.outline.center();
    let wide = patch.thickness * 0.42;
    field.for_each_cell(patch.bounds, |x, y, cell| {
        let inside = (-patch.outline.distance(x, y, 1.0) / (patch.thickness * 0.35)).clamp(0.0, 1.0) as f32;
        if inside > 0.0 {
            let (u, v) = (((x - cx) / wide) as f32, ((y - cy) / wide) as f32);
            let wave = 0.7 * tone::smooth(patch.seed, u, v) + 0.3 * tone::smooth(!patch.seed, u * 2.0, v * 2.0);
            for c in 0..C {
                cell[c] += depth * inside * inside * (3.0 - 2.0 * inside) * wave * ink.tone[c];
            }
        }
    });
}
