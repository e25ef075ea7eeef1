//! The look of a mosaic without one: the tiles take their colour from the field of the surroundings and their contrast
//! from constants. A real mosaic keeps averages of the secret, and those can be matched against guesses.

use super::{canvas::Ink, membrane::Sampler, paint::Fill, patch::Patch, tone};

/// Tiles across the short side.
const TILES: f64 = 7.0;

pub(super) struct Mosaic<'a, const C: usize> {
    field: Sampler<'a, C>,
    tone: [f32; C],
    origin: [u32; 2],
    seed: u32,
    tile: u32,
    /// How much brightness varies from tile to tile, in levels.
    depth: f32,
    /// The row of tiles that `line` holds.
    row: Option<i64>,
    /// Colours from the leftmost tile that the sampler covers.
    line: Vec<[f32; C]>,
}

impl<'a, const C: usize> Mosaic<'a, C> {
    pub(super) fn new(patch: &Patch, field: Sampler<'a, C>, contrast: f32, ink: &Ink<C>) -> Self {
        Self {
            field,
            tone: ink.tone,
            origin: [patch.bounds.x0, patch.bounds.y0],
            seed: patch.seed,
            tile: (patch.thickness / TILES).round().max(2.0) as u32,
            depth: (contrast * 0.4).clamp(5.0, 18.0),
            row: None,
            line: Vec::new(),
        }
    }

    fn tile_of(&self, at: u32, axis: usize) -> i64 {
        (i64::from(at) - i64::from(self.origin[axis])).div_euclid(i64::from(self.tile))
    }

    fn middle(&self, tile: i64, axis: usize, range: std::ops::Range<u32>) -> u32 {
        let at = i64::from(self.origin[axis]) + tile * i64::from(self.tile) + i64::from(self.tile) / 2;
        at.clamp(i64::from(range.start), i64::from(range.end) - 1) as u32
    }
}

impl<const C: usize> Fill<C> for Mosaic<'_, C> {
    fn colour(&mut self, x0: u32, y: u32, run: &mut [[f32; C]]) {
        let area = self.field.area;
        let (row, first) = (self.tile_of(y, 1), self.tile_of(area.x0, 0));
        if self.row != Some(row) {
            self.row = Some(row);
            let middle = self.middle(row, 1, area.y0..area.y1);
            self.line.clear();
            for tile in first..=self.tile_of(area.x1 - 1, 0) {
                let mut colour = [[0.0; C]];
                self.field.read(self.middle(tile, 0, area.x0..area.x1), middle, &mut colour);
                let shade = self.depth * tone::white(self.seed, tile as u32, row as u32);
                self.line.push(std::array::from_fn(|c| colour[0][c] + shade * self.tone[c]));
            }
        }
        for (x, colour) in (x0..).zip(run) {
            *colour = self.line[(self.tile_of(x, 0) - first) as usize];
        }
    }
}
