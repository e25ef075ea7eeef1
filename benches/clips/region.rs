//! Whether one region's detail was destroyed in one frame. Separate, because this is the judgement everything else
//! only counts.
//!
//! The notion is that of a check of stills: a region is looked at in a patch of its own, upright as the thing itself
//! stands, at a scale at which faces and text are recognised, so that a blur that is weak for the size of a face does
//! not count. A neighbourhood that carried detail is destroyed when what is left of its high-pass does not carry the
//! original's: projection under a half, or uncorrelated, or less than half the amplitude. For video it differs in two
//! points: only luma is looked at, since coders keep colour poorly, and detail is only what clearly exceeds the
//! difference that coding alone makes in that very frame.

use super::{occluder::Shape, planes::Planes, truth::Region, view::Point};

/// Shorter side, in pixels, at which a face is judged; smaller ones are judged as they are.
const FACE_PX: f64 = 40.0;
/// The same for a line of text.
const TEXT_PX: f64 = 24.0;
/// Share of the counted neighbourhoods that must be destroyed in a covered region.
pub const COVERED_MIN: f64 = 0.8;
/// Energy of detail, in squared 8-bit steps, under which a neighbourhood has none.
const DETAIL_MIN: f32 = 4.0;
/// Pixels by which occluders are grown: coding smears their edges.
const RIM_PX: f64 = 2.0;

/// How much of a region's detail was destroyed, 0 to 1; `None` when the region is as flat as a wall in the input, so
/// that nothing could be seen in it in the first place. `noise` is the mean difference that coding makes in the frame.
pub fn destroyed(region: &Region, shapes: &[Shape], input: &Planes, output: &Planes, noise: f32) -> Option<f64> {
    let (before, after) = (Patch::cut(region, shapes, input), Patch::cut(region, shapes, output));
    let short = before.size[0].min(before.size[1]);
    // Not under 5 cells: what is finer than that is the first thing that coding drops.
    let reach = (short / 3).clamp(5, 11) / 2;
    let detail = Pair::of(&before, &after, &before.mean(&before.luma, reach), &after.mean(&after.luma, reach));
    let [own, left, both] = detail.energies().map(|e| before.mean(&e, reach));
    let apart: Vec<f32> = before.luma.iter().zip(&after.luma).map(|(a, b)| (a - b).abs()).collect();
    let apart = before.mean(&apart, 1);
    let detail_min = DETAIL_MIN.max((DETAIL_OVER_NOISE * noise).powi(2));
    let changed_min = 4f32.max(1.5 * noise + 2.0);
    let (mut all, mut counted, mut gone) = (0, 0, 0);
    for at in (0..own.len()).filter(|at| before.counts[*at]) {
        all += 1;
        let changed = apart[at] > changed_min;
        let detailed = own[at] > detail_min;
        if detailed || changed {
            counted += 1;
            gone += usize::from(if detailed { is_gone(own[at], left[at], both[at]) } else { changed });
        }
    }
    if counted * 20 >= all && counted > 0 {
        return Some(f64::from(gone as u32) / f64::from(counted as u32));
    }
    // No fine detail, as in a smeared face: then light and shade of the region as a whole are what can be seen.
    let flat = |patch: &Patch| vec![patch.average(&patch.luma); patch.luma.len()];
    let whole = Pair::of(&before, &after, &flat(&before), &flat(&after)).energies().map(|e| before.average(&e));
    (whole[0] > detail_min).then(|| if is_gone(whole[0], whole[1], whole[2]) { 1.0 } else { 0.0 })
}

/// Detail counts when its spread is this many times the mean difference that coding makes. Twice the spread of normal
/// noise, which is 1.25 times its mean difference.
const DETAIL_OVER_NOISE: f32 = 2.5;

/// Whether what is left (energy `left`, product with the original `both`) still shows the original (energy `own`).
fn is_gone(own: f32, left: f32, both: f32) -> bool {
    let share = both / own.max(1e-3);
    let alike = both / (own * left).max(1e-3).sqrt();
    share < 0.5 || alike.abs() < 0.35 || left < 0.25 * own
}

/// A region cut out upright, at the scale at which it is judged.
struct Patch {
    size: [usize; 2],
    luma: Vec<f32>,
    /// 1 where the frame shows the region's box, 0 beyond the frame and behind something.
    weights: Vec<f32>,
    /// Where the thing itself is seen.
    counts: Vec<bool>,
}

impl Patch {
    fn cut(region: &Region, shapes: &[Shape], frame: &Planes) -> Self {
        let (across, down) = region.sides();
        let judged = if region.label == "face" { FACE_PX } else { TEXT_PX };
        let scale = (judged / across.min(down)).min(1.0);
        let size = [across, down].map(|side| (side * scale).round().max(3.0) as usize);
        let limit = frame.size.map(|v| v as f64);
        let grown: Vec<Shape> =
            shapes.iter().map(|s| Shape { half: s.half.map(|half| half + RIM_PX), ..*s }).collect();
        // As many samples to a cell as it has pixels.
        let fine = (1.0 / scale).ceil().min(8.0) as usize;
        let count = size[0] * size[1];
        let mut patch =
            Self { size, luma: Vec::with_capacity(count), weights: Vec::with_capacity(count), counts: Vec::new() };
        for cell in 0..count {
            let (column, row) = ((cell % size[0]) as f64, (cell / size[0]) as f64);
            let middle = [(column + 0.5) / size[0] as f64, (row + 0.5) / size[1] as f64];
            let at = region.point(middle[0], middle[1]);
            let shown = (0..2).all(|axis| at[axis] >= 0.0 && at[axis] < limit[axis])
                && !grown.iter().any(|shape| shape.holds(at));
            let mut sum = 0.0;
            for step in 0..fine * fine {
                let part = |n: usize| (n as f64 + 0.5) / fine as f64;
                let u = (column + part(step % fine)) / size[0] as f64;
                let v = (row + part(step / fine)) / size[1] as f64;
                sum += sample(frame, region.point(u, v));
            }
            patch.luma.push(sum / (fine * fine) as f32);
            patch.weights.push(f32::from(u8::from(shown)));
            patch.counts.push(shown && region.holds(middle[0], middle[1]));
        }
        patch
    }

    /// Mean of `values` over the shown cells up to `reach` cells away, by a table of sums.
    fn mean(&self, values: &[f32], reach: usize) -> Vec<f32> {
        let [width, height] = self.size;
        let mut sums = vec![[0f64; 2]; (width + 1) * (height + 1)];
        for row in 0..height {
            let mut line = [0f64; 2];
            for column in 0..width {
                let (at, weight) = (row * width + column, f64::from(self.weights[row * width + column]));
                line = [line[0] + weight, line[1] + weight * f64::from(values[at])];
                let above = sums[row * (width + 1) + column + 1];
                sums[(row + 1) * (width + 1) + column + 1] = [above[0] + line[0], above[1] + line[1]];
            }
        }
        let over = |column: usize, row: usize| {
            let (x0, x1) = (column.saturating_sub(reach), (column + reach + 1).min(width));
            let (y0, y1) = (row.saturating_sub(reach), (row + reach + 1).min(height));
            let [a, b, c, d] = [(x1, y1), (x0, y1), (x1, y0), (x0, y0)].map(|(x, y)| sums[y * (width + 1) + x]);
            let [weight, sum] = [0, 1].map(|n| a[n] - b[n] - c[n] + d[n]);
            if weight > 0.5 { (sum / weight) as f32 } else { 0.0 }
        };
        (0..width * height).map(|at| over(at % width, at / width)).collect()
    }

    /// Mean over everything that counts.
    fn average(&self, values: &[f32]) -> f32 {
        let (mut sum, mut count) = (0.0, 0u32);
        for (value, _) in values.iter().zip(&self.counts).filter(|(_, counts)| **counts) {
            sum += value;
            count += 1;
        }
        sum / count.max(1) as f32
    }
}

/// What differs from the means, before and after.
struct Pair {
    before: Vec<f32>,
    after: Vec<f32>,
}

impl Pair {
    fn of(before: &Patch, after: &Patch, mean_before: &[f32], mean_after: &[f32]) -> Self {
        let less =
            |values: &[f32], means: &[f32]| -> Vec<f32> { values.iter().zip(means).map(|(v, m)| v - m).collect() };
        Self { before: less(&before.luma, mean_before), after: less(&after.luma, mean_after) }
    }

    /// Squares of the original, squares of what is left, products.
    fn energies(&self) -> [Vec<f32>; 3] {
        let times = |a: &[f32], b: &[f32]| -> Vec<f32> { a.iter().zip(b).map(|(a, b)| a * b).collect() };
        [times(&self.before, &self.before), times(&self.after, &self.after), times(&self.before, &self.after)]
    }
}

/// Luma at a point, interpolated between the four pixels around it; the frame's rim continues outwards.
fn sample(frame: &Planes, [x, y]: Point) -> f32 {
    let [width, height] = frame.size;
    let x = (x - 0.5).clamp(0.0, (width - 1) as f64);
    let y = (y - 0.5).clamp(0.0, (height - 1) as f64);
    let (i, j) = (x as usize, y as usize);
    let (u, v) = ((x - i as f64) as f32, (y - j as f64) as f32);
    let (right, below) = ((i + 1).min(width - 1), (j + 1).min(height - 1));
    let luma = frame.luma();
    let [a, b, c, d] =
        [(i, j), (right, j), (i, below), (right, below)].map(|(i, j)| f32::from(luma[j * width + i]));
    let (upper, lower) = (a + (b - a) * u, c + (d - c) * u);
    upper + (lower - upper) * v
}
