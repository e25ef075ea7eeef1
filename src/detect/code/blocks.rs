//! Patches of small dark and light blocks: Data Matrix, Aztec, and QR codes whose corner marks are hidden. Separate from
//! [`super::stripes`]: there everything changes along one direction, here along two that cross.

use super::{
    cells::{self, CELL_PX, Cells, Slopes},
    dark::Dark,
    plane::Plane,
    turned::Turned,
};

/// As for stripes, but printed blocks have more edges than most things: below this, blur has made them one grey.
const CHANGE_MIN: f32 = 600.0;

/// More along one direction than this is stripes; in the rows of PDF417 some cells have nearly as much.
const COHERENCE_MAX: f32 = 0.9;

/// The fewest and the most cells along the sides of a patch: smaller ones say nothing, larger ones are found when the
/// picture is halved.
const SIDE_CELLS: std::ops::RangeInclusive<f32> = 2.5..=48.0;

/// A patch that may be a code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patch {
    /// Where, with the cells at its rim.
    pub whole: Turned,
    /// How much the slopes keep to two directions at a right angle, 0 to 1.
    pub crossed: f32,
    /// The share of its middle that has the tone that is not the margin's.
    pub ink: f32,
    /// The share of brightness' variance that lies between dark and light (Otsu 1979).
    pub two_toned: f32,
    /// Mean difference of neighbouring runs of one tone (the logarithm's size): 0 for a checkered cloth.
    pub irregular: f32,
    /// Mean run in pixels.
    pub run_px: f32,
    /// The share of its rectangle that the group fills.
    pub fill: f32,
    /// Dark to light, in grey levels.
    pub contrast: f32,
    /// The share of the line around it that has one tone.
    pub margin: f32,
}

/// Patches of `plane`, at most `most`, the largest.
pub(super) fn patches(plane: &Plane, cells: &Cells, around: &[Slopes], dark: &Dark, most: usize) -> Vec<Patch> {
    let busy = |s: &Slopes| s.xx + s.yy >= CHANGE_MIN * (CELL_PX * CELL_PX) as f32;
    let open: Vec<bool> =
        cells.slopes.iter().zip(around).map(|(own, wide)| busy(own) && wide.coherence() <= COHERENCE_MAX).collect();
    let mut groups = cells::groups(cells, &open, 6, |_, _| true);
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups.truncate(most);
    groups.iter().filter_map(|group| patch(plane, cells, group, dark)).collect()
}

fn patch(plane: &Plane, cells: &Cells, group: &[usize], dark: &Dark) -> Option<Patch> {
    let (axis, crossed) = cross(plane, cells, group);
    let whole = Turned::around(cells::corners(cells, group), axis);
    let sides = whole.half.map(|half| 2.0 * half / CELL_PX as f32);
    if !sides.iter().all(|side| SIDE_CELLS.contains(side)) {
        return None;
    }
    let fill = group.len() as f32 / (sides[0] * sides[1]);
    let [width, height] = whole.half.map(|half| ((1.5 * half) as usize).max(8));
    let middle = whole.padded(-0.25 * whole.half[0], -0.25 * whole.half[1]);
    let cut = plane.cut(&middle, width, height);
    let (two_toned, split, contrast) = two_toned(&cut.luma);
    let is_dark = |i: usize, j: usize| {
        let (u, v) = ((i as f32 + 0.5) / width as f32 * 2.0 - 1.0, (j as f32 + 0.5) / height as f32 * 2.0 - 1.0);
        let [x, y] = middle.at(u * middle.half[0], v * middle.half[1]);
        dark.get(x as isize, y as isize).unwrap_or(false)
    };
    let grid: Vec<bool> =
        (0..height).flat_map(|j| (0..width).map(move |i| (i, j))).map(|(i, j)| is_dark(i, j)).collect();
    let mut runs = Runs::default();
    for j in 0..height {
        runs.add((0..width).map(|i| grid[j * width + i]));
    }
    for i in 0..width {
        runs.add((0..height).map(|j| grid[j * width + i]));
    }
    let dark_share = grid.iter().filter(|d| **d).count() as f32 / grid.len() as f32;
    let light = margin(plane, &whole, split);
    Some(Patch {
        whole,
        crossed,
        ink: if light >= 0.5 { dark_share } else { 1.0 - dark_share },
        two_toned,
        contrast,
        margin: light.max(1.0 - light),
        irregular: runs.unlike / runs.pairs.max(1.0),
        run_px: runs.length / runs.count.max(1.0),
        fill,
    })
}

/// The two directions at a right angle along which brightness changes, and how much it keeps to them: four times the
/// angle of a slope is the same for both.
fn cross(plane: &Plane, cells: &Cells, group: &[usize]) -> ([f32; 2], f32) {
    let (mut c, mut s, mut all) = (0f64, 0f64, 0f64);
    for &cell in group {
        let (x0, y0) = (cell % cells.columns * CELL_PX, cell / cells.columns * CELL_PX);
        for y in y0..y0 + CELL_PX {
            let (upper, lower) = (plane.row(y), plane.row(y + 1));
            for x in x0..x0 + CELL_PX {
                let down = f32::from(lower[x + 1]) - f32::from(upper[x]);
                let up = f32::from(upper[x + 1]) - f32::from(lower[x]);
                let (gx, gy) = (down + up, down - up);
                let (a, b) = (gx * gx - gy * gy, 2.0 * gx * gy);
                let size = gx * gx + gy * gy;
                if size > 0.0 {
                    c += f64::from((a * a - b * b) / size);
                    s += f64::from(2.0 * a * b / size);
                    all += f64::from(size);
                }
            }
        }
    }
    let angle = s.atan2(c) / 4.0;
    ([angle.cos() as f32, angle.sin() as f32], if all > 0.0 { (c.hypot(s) / all) as f32 } else { 0.0 })
}

/// Runs of one tone, rows and columns together.
#[derive(Default)]
struct Runs {
    count: f32,
    length: f32,
    pairs: f32,
    unlike: f32,
}

impl Runs {
    fn add(&mut self, line: impl Iterator<Item = bool>) {
        let mut runs: Vec<f32> = Vec::new();
        let mut last = None;
        for tone in line {
            match runs.last_mut().filter(|_| last == Some(tone)) {
                Some(run) => *run += 1.0,
                None => runs.push(1.0),
            }
            last = Some(tone);
        }
        self.count += runs.len() as f32;
        self.length += runs.iter().sum::<f32>();
        // The first and the last are cut.
        for three in runs.get(1..runs.len().saturating_sub(1)).unwrap_or_default().windows(3) {
            self.pairs += 1.0;
            self.unlike += (three[2] / three[0]).ln().abs().min(1.5);
        }
    }
}

/// The share of the line around a patch that is lighter than the split between dark and light.
fn margin(plane: &Plane, whole: &Turned, split: f32) -> f32 {
    let line = whole.padded(4.0, 4.0);
    let places = (0..32).flat_map(|i| {
        let t = (i as f32 + 0.5) / 16.0 - 1.0;
        let [u, v] = line.half;
        [line.at(t * u, -v), line.at(t * u, v), line.at(-u, t * v), line.at(u, t * v)]
    });
    let mut light = 0.0;
    for [x, y] in places {
        // Beyond the picture nothing is known, which is as good as uneven.
        let inside = x >= 0.0 && y >= 0.0 && x < plane.width as f32 && y < plane.height as f32;
        light += if inside { f32::from(u8::from(plane.at(x, y) > split)) } else { 0.5 };
    }
    light / 128.0
}

/// The best split of brightness in two: the share of the variance that lies between the two (Otsu 1979), where it is,
/// and how far their means are apart.
fn two_toned(luma: &[u8]) -> (f32, f32, f32) {
    let mut counts = [0f64; 256];
    for v in luma {
        counts[usize::from(*v)] += 1.0;
    }
    let all: f64 = counts.iter().sum();
    let sum: f64 = counts.iter().enumerate().map(|(v, n)| v as f64 * n).sum();
    let square: f64 = counts.iter().enumerate().map(|(v, n)| (v * v) as f64 * n).sum();
    let variance = square / all - (sum / all).powi(2);
    let (mut below, mut sum_below, mut best) = (0.0, 0.0, (0.0f64, 0.0, 0.0));
    for (v, n) in counts.iter().enumerate() {
        below += n;
        sum_below += v as f64 * n;
        if below > 0.0 && below < all {
            let apart = (sum - sum_below) / (all - below) - sum_below / below;
            let between = below * (all - below) / (all * all) * apart * apart;
            if between > best.0 {
                best = (between, v as f64 + 0.5, apart);
            }
        }
    }
    if variance > 0.0 { ((best.0 / variance) as f32, best.1 as f32, best.2 as f32) } else { (0.0, 0.0, 0.0) }
}
