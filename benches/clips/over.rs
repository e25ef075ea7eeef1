//! How much of a frame was changed although nothing labelled is there, and how much coding alone changes it. Separate
//! from the regions' judgement: this looks at the whole frame, and coarsely.

use super::{planes::Planes, truth::Frame, truth::Region};

/// Share of a region's width and height by which it is grown before changes beside it count as needless.
const MARGIN: f64 = 0.25;
/// Pixels by which it is grown besides.
const MARGIN_PX: f64 = 8.0;
/// A difference of luma under this, in 8-bit steps, is never a change.
const CHANGED_MIN: f32 = 6.0;

/// What was found in one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beside {
    /// Mean difference of luma that coding makes, in 8-bit steps: the median away from all regions.
    pub noise: f32,
    /// Share of the frame's pixels that were clearly changed away from all regions.
    pub over: f64,
}

/// Compares two frames away from everything in `truth`, in blocks of 2 x 2 pixels.
pub fn beside(truth: &Frame, input: &Planes, output: &Planes) -> Beside {
    let [width, height] = input.size.map(|v| v / 2);
    let full = input.size[0];
    let (a, b) = (input.luma(), output.luma());
    let mut apart = vec![0f32; width * height];
    for row in 0..height {
        for column in 0..width {
            let at = 2 * row * full + 2 * column;
            let sum = |luma: &[u8]| {
                [at, at + 1, at + full, at + full + 1].map(|n| i32::from(luma[n])).iter().sum::<i32>()
            };
            apart[row * width + column] = (sum(a) - sum(b)).abs() as f32 / 4.0;
        }
    }
    let apart = smooth(&apart, width, height);
    let mut near = vec![false; width * height];
    truth.regions.iter().for_each(|region| mark(region, &mut near, width, height));
    let mut away: Vec<f32> = apart.iter().zip(&near).filter(|(_, near)| !**near).map(|(v, _)| *v).collect();
    let noise = if away.is_empty() {
        0.0
    } else {
        let middle = away.len() / 2;
        *away.select_nth_unstable_by(middle, f32::total_cmp).1
    };
    // Most of the picture was replaced: then this says nothing about coding, and an ordinary value stands in.
    let noise = if noise > 12.0 { 2.0 } else { noise };
    let changed_min = CHANGED_MIN.max(2.5 * noise + 2.0);
    let changed = away.iter().filter(|v| **v > changed_min).count();
    Beside { noise, over: changed as f64 / (width * height) as f64 }
}

/// Mean over 3 x 3 blocks.
fn smooth(values: &[f32], width: usize, height: usize) -> Vec<f32> {
    let mut rows = vec![0f32; values.len()];
    for (from, to) in values.chunks(width).zip(rows.chunks_mut(width)) {
        for column in 0..width {
            let (left, right) = (column.saturating_sub(1), (column + 1).min(width - 1));
            to[column] = (from[left] + from[column] + from[right]) / 3.0;
        }
    }
    let mut means = vec![0f32; values.len()];
    for row in 0..height {
        let (above, below) = (row.saturating_sub(1) * width, (row + 1).min(height - 1) * width);
        for column in 0..width {
            means[row * width + column] =
                (rows[above + column] + rows[row * width + column] + rows[below + column]) / 3.0;
        }
    }
    means
}

/// Marks the blocks that lie in a region or in the rim around it.
fn mark(region: &Region, near: &mut [bool], width: usize, height: usize) {
    let [a, b, _, d] = region.quad;
    let (across, down) = region.sides();
    let (across, down) = (across.max(1.0), down.max(1.0));
    let [rim_u, rim_v] = [across, down].map(|side| MARGIN + MARGIN_PX / side);
    let (ab, ad) = ([b[0] - a[0], b[1] - a[1]], [d[0] - a[0], d[1] - a[1]]);
    let area = ab[0] * ad[1] - ab[1] * ad[0];
    let corners = [(-rim_u, -rim_v), (1.0 + rim_u, -rim_v), (1.0 + rim_u, 1.0 + rim_v), (-rim_u, 1.0 + rim_v)];
    let corners = corners.map(|(u, v)| [a[0] + u * ab[0] + v * ad[0], a[1] + u * ab[1] + v * ad[1]]);
    let span = |axis: usize, limit: usize| {
        let values = corners.map(|p| p[axis] / 2.0);
        let low = values.iter().copied().fold(f64::INFINITY, f64::min).floor().clamp(0.0, limit as f64);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max).ceil().clamp(0.0, limit as f64);
        low as usize..high as usize
    };
    for row in span(1, height) {
        for column in span(0, width) {
            let (x, y) = (2.0 * column as f64 + 1.0 - a[0], 2.0 * row as f64 + 1.0 - a[1]);
            let (u, v) = ((x * ad[1] - y * ad[0]) / area, (y * ab[0] - x * ab[1]) / area);
            if (-rim_u..=1.0 + rim_u).contains(&u) && (-rim_v..=1.0 + rim_v).contains(&v) {
                near[row * width + column] = true;
            }
        }
    }
}
