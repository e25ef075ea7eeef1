//! What the surroundings of a group of masks suggest for its inside: a smooth field of colours, solved on a coarse
//! grid and sampled at any pixel. Separate because it is the only file that reads the picture for a fill, and so the
//! only place where what lies under a mask could leak from: [`Field::around`] skips every masked pixel of the whole
//! picture, not only of its own group.
//!
//! The field `u` minimises `|grad u|^2 + (u - picture)^2 / l^2`, the second term only where the picture may be read:
//! outside it is the picture blurred by about `l`, inside a membrane stretched over the hole, and there is no seam
//! between the two. Solved by Gauss-Seidel sweeps from coarse to fine grids (cascadic multigrid).

use super::{canvas::Canvas, mask::Mask};
use crate::geom::PxRect;

/// The blur length `l` in cells. Judged by eye, on faces of 20 to 350 pixels and on printed lines.
const BLUR_CELLS: f32 = 1.4;

/// Sweeps on each grid after it was started from the next coarser one. Eight leave an error of up to 4 of 255 levels,
/// and a smooth one, on a hole of 64 cells between black and white (see the tests); most holes are 16 cells wide.
const SWEEPS: usize = 8;

/// A smooth field of colours on a grid of square cells over a window of the picture.
pub(super) struct Field<const C: usize> {
    window: PxRect,
    step: u32,
    grid: Grid<C>,
    /// Standard deviation of the cells that were read, in levels, averaged over channels; 0 when there are none.
    pub(super) contrast: f32,
}

struct Grid<const C: usize> {
    cols: usize,
    rows: usize,
    /// The solution.
    cells: Vec<[f32; C]>,
    /// The picture's mean times its weight.
    pull: Vec<[f32; C]>,
    /// The readable share of the cell, 0 to 1.
    weight: Vec<f32>,
}

impl<const C: usize> Field<C> {
    /// The field over `window` in cells of `step` pixels, from the pixels of `canvas` in the window that are outside
    /// `mask`; all `neutral` when there are none.
    pub(super) fn around(
        canvas: &Canvas<'_, C>,
        mask: &Mask,
        window: PxRect,
        step: u32,
        neutral: [f32; C],
    ) -> Self {
        let (cols, rows) = (window.width().div_ceil(step) as usize, window.height().div_ceil(step) as usize);
        let mut pull = vec![[0.0; C]; cols * rows];
        let mut weight = vec![0.0; cols * rows];
        let full = (step * step) as f32;
        let mut sums = vec![([0u32; C], 0u32); cols];
        for row in 0..rows {
            sums.fill(([0; C], 0));
            let top = window.y0 + row as u32 * step;
            for y in top..(top + step).min(window.y1) {
                let pixels = canvas.row(y);
                for gap in mask.gaps(y, window.x0, window.x1) {
                    add_run(&mut sums, &pixels[gap.x0 as usize..gap.x1 as usize], gap.x0 - window.x0, step);
                }
            }
            for (col, (sum, count)) in sums.iter().enumerate() {
                pull[row * cols + col] = sum.map(|s| s as f32 / full);
                weight[row * cols + col] = *count as f32 / full;
            }
        }
        let contrast = contrast(&pull, &weight);
        let mut grid = Grid { cols, rows, cells: vec![neutral; cols * rows], pull, weight };
        if let Some(mean) = grid.mean() {
            grid.solve(1.0 / (BLUR_CELLS * BLUR_CELLS), mean);
        }
        Self { window, step, grid, contrast }
    }

    /// Calls `change` with each cell and the pixel coordinates of its centre.
    pub(super) fn for_each_cell(&mut self, area: PxRect, mut change: impl FnMut(f64, f64, &mut [f32; C])) {
        let cell = |v: u32, origin: u32| (v.saturating_sub(origin) / self.step) as usize;
        let cols = cell(area.x0, self.window.x0)..(cell(area.x1, self.window.x0) + 1).min(self.grid.cols);
        for row in cell(area.y0, self.window.y0)..(cell(area.y1, self.window.y0) + 1).min(self.grid.rows) {
            let y = f64::from(self.window.y0) + (row as f64 + 0.5) * f64::from(self.step);
            for col in cols.clone() {
                let x = f64::from(self.window.x0) + (col as f64 + 0.5) * f64::from(self.step);
                change(x, y, &mut self.grid.cells[row * self.grid.cols + col]);
            }
        }
    }

    /// A reader for `area`, which must lie in the window.
    pub(super) fn sampler(&self, area: PxRect) -> Sampler<'_, C> {
        let tap = |x| Tap::new(x, self.window.x0, self.step, self.grid.cols);
        let first = tap(area.x0).nearest;
        let cells = (tap(area.x1 - 1).nearest - first) as usize + 3;
        let taps = (area.x0..area.x1).map(|x| Tap { nearest: tap(x).nearest - first, ..tap(x) }).collect();
        Sampler { field: self, area, taps, first, row: None, line: vec![[0.0; C]; cells] }
    }
}

/// Adds a run of pixels that starts `offset` columns into the window to the sums of its cells.
fn add_run<const C: usize>(sums: &mut [([u32; C], u32)], run: &[[u8; C]], offset: u32, step: u32) {
    let (mut rest, mut at) = (run, offset);
    while !rest.is_empty() {
        let (part, after) = rest.split_at(rest.len().min((step - at % step) as usize));
        let (sum, count) = &mut sums[(at / step) as usize];
        for pixel in part {
            for c in 0..C {
                sum[c] += u32::from(pixel[c]);
            }
        }
        *count += part.len() as u32;
        at += part.len() as u32;
        rest = after;
    }
}

fn contrast<const C: usize>(pull: &[[f32; C]], weight: &[f32]) -> f32 {
    let (mut n, mut sum, mut squares) = (0.0f64, 0.0f64, 0.0f64);
    for (pull, &weight) in pull.iter().zip(weight) {
        if weight > 0.0 {
            let level = f64::from(pull.iter().sum::<f32>() / weight / C as f32);
            n += f64::from(weight);
            sum += f64::from(weight) * level;
            squares += f64::from(weight) * level * level;
        }
    }
    if n > 0.0 { (squares / n - (sum / n).powi(2)).max(0.0).sqrt() as f32 } else { 0.0 }
}

impl<const C: usize> Grid<C> {
    /// The mean of what may be read, `None` when nothing may.
    fn mean(&self) -> Option<[f32; C]> {
        let weight: f32 = self.weight.iter().sum();
        let sum = self.pull.iter().fold([0.0; C], |sum, pull| std::array::from_fn(|c| sum[c] + pull[c]));
        (weight > 0.0).then(|| sum.map(|s: f32| s / weight))
    }

    /// `stiffness` is `(cell / l)^2`: how strongly a readable cell holds the field to the picture.
    fn solve(&mut self, stiffness: f32, start: [f32; C]) {
        if self.cols.max(self.rows) <= 2 {
            self.cells.fill(start);
            self.relax(stiffness, 64);
            return;
        }
        let mut coarse = self.halved();
        coarse.solve(stiffness * 4.0, start);
        for row in 0..self.rows {
            for col in 0..self.cols {
                self.cells[row * self.cols + col] = coarse.between(row, col);
            }
        }
        self.relax(stiffness, SWEEPS);
    }

    fn halved(&self) -> Self {
        let (cols, rows) = (self.cols.div_ceil(2), self.rows.div_ceil(2));
        let mut pull = vec![[0.0; C]; cols * rows];
        let mut weight = vec![0.0; cols * rows];
        for (i, (from, w)) in self.pull.iter().zip(&self.weight).enumerate() {
            let to = i / self.cols / 2 * cols + i % self.cols / 2;
            weight[to] += w / 4.0;
            for c in 0..C {
                pull[to][c] += from[c] / 4.0;
            }
        }
        Self { cols, rows, cells: vec![[0.0; C]; cols * rows], pull, weight }
    }

    /// The value at the centre of a cell of the next finer grid, bilinear.
    fn between(&self, row: usize, col: usize) -> [f32; C] {
        let near = |i: usize, count: usize| {
            let to = if i % 2 == 0 { (i / 2).saturating_sub(1) } else { (i / 2 + 1).min(count - 1) };
            (i / 2, to)
        };
        let ((r0, r1), (c0, c1)) = (near(row, self.rows), near(col, self.cols));
        let at = |r: usize, c: usize| &self.cells[r * self.cols + c];
        let (a, b, d, e) = (at(r0, c0), at(r0, c1), at(r1, c0), at(r1, c1));
        std::array::from_fn(|c| (9.0 * a[c] + 3.0 * (b[c] + d[c]) + e[c]) / 16.0)
    }

    /// Gauss-Seidel, forwards and backwards in turn. At the border of the grid a cell stands in for its missing
    /// neighbour, which leaves the solution as it is and the loop without branches.
    fn relax(&mut self, stiffness: f32, sweeps: usize) {
        let share: Vec<f32> = self.weight.iter().map(|w| 1.0 / (w * stiffness + 4.0)).collect();
        for sweep in 0..sweeps {
            for i in 0..self.rows {
                if sweep % 2 == 0 {
                    self.relax_row(i, 0..self.cols, stiffness, &share);
                } else {
                    self.relax_row(self.rows - 1 - i, (0..self.cols).rev(), stiffness, &share);
                }
            }
        }
    }

    fn relax_row(&mut self, row: usize, cols: impl Iterator<Item = usize>, stiffness: f32, share: &[f32]) {
        let start = row * self.cols;
        let (above, below) = (row.saturating_sub(1) * self.cols, (row + 1).min(self.rows - 1) * self.cols);
        for col in cols {
            let (left, right) = (start + col.saturating_sub(1), start + (col + 1).min(self.cols - 1));
            let (l, r, a, b) =
                (self.cells[left], self.cells[right], self.cells[above + col], self.cells[below + col]);
            let (pull, share) = (self.pull[start + col], share[start + col]);
            self.cells[start + col] =
                std::array::from_fn(|c| ((pull[c] * stiffness + r[c] + a[c] + b[c]) + l[c]) * share);
        }
    }
}

/// Reads a [`Field`] row by row, smoothly between cells (quadratic B-spline, so without overshoot or facets).
pub(super) struct Sampler<'a, const C: usize> {
    field: &'a Field<C>,
    /// The pixels that can be asked for.
    pub(super) area: PxRect,
    taps: Vec<Tap>,
    /// The column of cells that the second value of `line` stands for.
    first: u32,
    /// The row that `line` holds.
    row: Option<u32>,
    /// The field at that row, one value for each column of cells that `taps` name, and one more at either end.
    line: Vec<[f32; C]>,
}

struct Tap {
    nearest: u32,
    /// Of the cell before, the nearest one, the one after.
    weights: [f32; 3],
}

impl Tap {
    /// For pixel `at` of a window that starts at `origin`, among `count` cells.
    fn new(at: u32, origin: u32, step: u32, count: usize) -> Self {
        let u = ((at - origin) as f32 + 0.5) / step as f32 - 0.5;
        let nearest = ((at - origin) / step).min(count as u32 - 1);
        let f = (u - nearest as f32).clamp(-0.5, 0.5);
        let weights = [0.5 * (0.5 - f) * (0.5 - f), 0.75 - f * f, 0.5 * (0.5 + f) * (0.5 + f)];
        Self { nearest, weights }
    }
}

impl<const C: usize> Sampler<'_, C> {
    /// The field in row `y` from column `x0` on; cheap along a row.
    pub(super) fn read(&mut self, x0: u32, y: u32, run: &mut [[f32; C]]) {
        if self.row != Some(y) {
            self.seek(y);
        }
        for (tap, colour) in self.taps[(x0 - self.area.x0) as usize..].iter().zip(run) {
            let near: &[[f32; C]; 3] = self.line[tap.nearest as usize..].first_chunk().unwrap_or(&[[0.0; C]; 3]);
            let [wa, wb, wc] = tap.weights;
            *colour = std::array::from_fn(|c| near[0][c] * wa + near[1][c] * wb + near[2][c] * wc);
        }
    }

    fn seek(&mut self, y: u32) {
        let Grid { cols, rows, cells, .. } = &self.field.grid;
        let tap = Tap::new(y, self.field.window.y0, self.field.step, *rows);
        let row = |k: usize| &cells[(tap.nearest as usize + k).saturating_sub(1).min(rows - 1) * cols..][..*cols];
        let (above, here, below) = (row(0), row(1), row(2));
        let [wa, wh, wb] = tap.weights;
        for (i, out) in self.line.iter_mut().enumerate() {
            let i = (self.first as usize + i).saturating_sub(1).min(cols - 1);
            *out = std::array::from_fn(|c| above[i][c] * wa + here[i][c] * wh + below[i][c] * wb);
        }
        self.row = Some(y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{area::Shape, geom::Rect, geom::Size, redact::outline::Outline};

    #[test]
    fn the_solver_settles_across_a_hole_of_many_cells() {
        let size = Size::new(96, 96);
        // Black left, white right, and a hole of 64 by 64 in the middle.
        let mut samples: Vec<u8> = (0..96 * 96).map(|i| if i % 96 < 48 { 0 } else { 255 }).collect();
        let canvas = Canvas::<1>::new(&mut samples, size).expect("enough samples");
        let hole = Outline::of(&Shape::Rect(Rect::new(16.0, 16.0, 80.0, 80.0)), size);
        let mut field = Field::around(&canvas, &Mask::of_outlines([&hole], size), size.px_rect(), 1, [0.0]);
        let before = field.grid.cells.clone();
        field.grid.relax(1.0 / (BLUR_CELLS * BLUR_CELLS), 3000);
        let worst = before.iter().zip(&field.grid.cells).map(|(a, b)| (a[0] - b[0]).abs()).fold(0.0, f32::max);
        assert!(worst < 5.0, "{worst} levels from the solution");
    }

    #[test]
    fn a_plain_picture_gives_a_plain_field_at_every_pixel_and_step() {
        let size = Size::new(37, 23);
        let mut samples = [77; 37 * 23];
        let canvas = Canvas::<1>::new(&mut samples, size).expect("enough samples");
        let hole = Outline::of(&Shape::Ellipse(Rect::new(5.0, -3.0, 30.0, 15.0)), size);
        for step in [1, 2, 5, 16, 40] {
            let window = PxRect { x0: 2, y0: 0, x1: 36, y1: 22 };
            let field = Field::around(&canvas, &Mask::of_outlines([&hole], size), window, step, [0.0]);
            let mut run = vec![[0.0]; 34];
            for y in 0..22 {
                field.sampler(window).read(2, y, &mut run);
                assert!(run.iter().all(|v| (v[0] - 77.0).abs() < 0.5), "step {step}, row {y}: {run:?}");
            }
        }
    }

    #[test]
    fn a_picture_that_is_all_mask_gives_the_neutral_colour() {
        let size = Size::new(9, 9);
        let mut samples = [200; 81];
        let canvas = Canvas::<1>::new(&mut samples, size).expect("enough samples");
        let hole = Outline::of(&Shape::Rect(size.rect()), size);
        let field = Field::around(&canvas, &Mask::of_outlines([&hole], size), size.px_rect(), 2, [50.0]);
        assert!(field.grid.cells.iter().all(|cell| cell[0] == 50.0));
    }
}
