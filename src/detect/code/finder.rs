//! QR codes by their corner marks, whether or not they can be read. Separate from [`super::blocks`]: this looks for one
//! known mark, that for any pattern of blocks.

use super::{dark::Dark, plane::Plane, turned::Turned};

/// Light margin that belongs to a code, in modules (ISO/IEC 18004: four).
const MARGIN_MODULES: f32 = 4.0;

/// A corner mark is seven modules wide.
const MARK_MODULES: f32 = 7.0;

/// The difference between light and dark below which noise makes rings, in grey levels.
const CONTRAST_MIN: f32 = 30.0;

/// More marks are not put together in threes.
const MARKS_MAX: usize = 28;

/// A corner mark: its middle and the side of a module, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    center: [f32; 2],
    module_px: f32,
    hits: usize,
}

/// Every place with the mark's rings.
pub(super) fn marks(plane: &Plane, dark: &Dark) -> Vec<Mark> {
    let mut found: Vec<Mark> = Vec::new();
    let mut edges: Vec<usize> = Vec::new();
    for y in (1..dark.height).step_by(2) {
        let row = dark.row(y);
        edges.clear();
        edges.extend(row.windows(2).enumerate().filter(|(_, pair)| pair[0] != pair[1]).map(|(x, _)| x + 1));
        for at in edges.windows(6) {
            if !row[at[0]] || !rings(std::array::from_fn(|i| (at[i + 1] - at[i]) as f32), 0.5) {
                continue;
            }
            let x = (at[2] + at[3]) as f32 / 2.0;
            let Some(mark) = crossed(dark, x, y, (at[5] - at[0]) as f32 / MARK_MODULES) else { continue };
            let near = |m: &&mut Mark| {
                let far = (m.center[0] - mark.center[0]).hypot(m.center[1] - mark.center[1]);
                far < 2.0 * m.module_px.max(mark.module_px)
            };
            match found.iter_mut().find(near) {
                Some(known) => known.hits += 1,
                None => found.push(mark),
            }
        }
    }
    // Every second line is looked at, and the middle is three modules high.
    found.retain(|mark| mark.hits as f32 > 0.5 * mark.module_px && printed(plane, mark));
    found.sort_by_key(|mark| std::cmp::Reverse(mark.hits));
    found.truncate(MARKS_MAX);
    found
}

/// The same rings from top to bottom and along both diagonals.
fn crossed(dark: &Dark, x: f32, y: usize, wide_px: f32) -> Option<Mark> {
    let (ups, middle) = along(dark, [x as isize, y as isize], [0, 1], wide_px)?;
    let high_px = ups.iter().sum::<f32>() / MARK_MODULES;
    if !rings(ups, 0.6) || !(0.5..=2.0).contains(&(high_px / wide_px)) {
        return None;
    }
    let center = [x, y as f32 + 0.5 + middle];
    for step in [[1, 1], [1, -1]] {
        let (slanting, _) = along(dark, center.map(|v| v as isize), step, 2.0 * wide_px.max(high_px))?;
        if !rings(slanting, 0.8) {
            return None;
        }
    }
    Some(Mark { center, module_px: (wide_px * high_px).sqrt(), hits: 1 })
}

/// Whether the rings have two tones all around: dark in the middle, light, dark.
fn printed(plane: &Plane, mark: &Mark) -> bool {
    let tone = |modules: f32, eighth: usize| {
        let (sin, cos) = (eighth as f32 * std::f32::consts::FRAC_PI_4).sin_cos();
        let far = modules * mark.module_px;
        plane.at(mark.center[0] + far * cos, mark.center[1] + far * sin)
    };
    let mean = |modules: f32| (0..8).map(|i| tone(modules, i)).sum::<f32>() / 8.0;
    // The rings are square: at 2.2 modules the light one is met in every direction, at 3.2 the dark one nearly so.
    let (middle, light, rim) = (mean(0.8), mean(2.2), mean(3.2));
    let contrast = light - middle;
    let inner = (0..8).all(|i| tone(2.2, i) > middle + 0.45 * contrast && tone(0.8, i) < middle + 0.45 * contrast);
    contrast >= CONTRAST_MIN && inner && rim < middle + 0.6 * contrast
}

/// The five runs through a place, and how many steps further their middle lies.
fn along(dark: &Dark, from: [isize; 2], step: [isize; 2], module_px: f32) -> Option<([f32; 5], f32)> {
    let most = (8.0 * module_px) as isize + 4;
    dark.get(from[0], from[1]).filter(|d| *d)?;
    let mut runs = [0.0, 0.0, 1.0, 0.0, 0.0];
    let mut ends = [0f32; 2];
    for (side, sign) in [-1isize, 1].into_iter().enumerate() {
        let mut ring = 0;
        for i in 1..=most {
            let [x, y] = [from[0] + sign * i * step[0], from[1] + sign * i * step[1]];
            let Some(is_dark) = dark.get(x, y) else {
                // A mark at the rim of the picture ends there.
                if ring == 2 {
                    break;
                } else {
                    return None;
                };
            };
            if is_dark != (ring % 2 == 0) {
                ring += 1;
                if ring > 2 {
                    break;
                }
            }
            if ring == 0 {
                ends[side] += 1.0;
            }
            runs[if sign < 0 { 2 - ring } else { 2 + ring }] += 1.0;
            if i == most {
                return None;
            }
        }
    }
    Some((runs, (ends[1] - ends[0]) / 2.0))
}

/// Whether five runs are as 1 : 1 : 3 : 1 : 1, each off by at most `slack` modules (half as much again for the middle).
fn rings(runs: [f32; 5], slack: f32) -> bool {
    let module = runs.iter().sum::<f32>() / MARK_MODULES;
    let off = |i: usize, modules: f32| (runs[i] - modules * module).abs();
    // Half a pixel at either end is lost to rounding.
    let slack = slack * module + 0.5;
    module >= 1.0 && off(2, 3.0) < 1.5 * slack && [0, 1, 3, 4].iter().all(|&i| off(i, 1.0) < slack && runs[i] > 0.0)
}

/// Codes whose three marks stand at a right angle, with their margins; the side of a module in pixels beside each.
pub(super) fn codes(marks: &[Mark]) -> Vec<(Turned, f32)> {
    let mut found = Vec::new();
    for (i, corner) in marks.iter().enumerate() {
        for (j, a) in marks.iter().enumerate().filter(|(j, _)| *j != i) {
            for (_, b) in marks.iter().enumerate().filter(|(k, _)| *k != i && *k > j) {
                found.extend(square(corner, a, b));
            }
        }
    }
    found
}

fn square(corner: &Mark, a: &Mark, b: &Mark) -> Option<(Turned, f32)> {
    let sizes = [corner, a, b].map(|m| m.module_px);
    let (least, most) =
        (sizes.iter().copied().fold(f32::INFINITY, f32::min), sizes.iter().copied().fold(0.0, f32::max));
    if most > 1.7 * least {
        return None;
    }
    let module = sizes.iter().sum::<f32>() / 3.0;
    let arm = |m: &Mark| [m.center[0] - corner.center[0], m.center[1] - corner.center[1]];
    let (p, q) = (arm(a), arm(b));
    let (long_p, long_q) = (p[0].hypot(p[1]), q[0].hypot(q[1]));
    // 14 modules between two marks in the smallest version, 170 in the largest.
    let fits = |arm: f32| (10.0..=190.0).contains(&(arm / module));
    let cosine = (p[0] * q[0] + p[1] * q[1]) / (long_p * long_q);
    if !fits(long_p) || !fits(long_q) || cosine.abs() > 0.35 || !(0.6..=1.65).contains(&(long_p / long_q)) {
        return None;
    }
    let reach = |long: f32| (MARK_MODULES / 2.0 + MARGIN_MODULES) * module / long;
    // Seen from the side the fourth corner may lie further out than the other three tell.
    let (s, t, far) = (reach(long_p), reach(long_q), 0.06);
    let place = |u: f32, v: f32| [corner.center[0] + u * p[0] + v * q[0], corner.center[1] + u * p[1] + v * q[1]];
    let corners = [place(-s, -t), place(1.0 + s, -t), place(1.0 + s + far, 1.0 + t + far), place(-s, 1.0 + t)];
    Some((Turned::around(corners.into_iter(), [p[0] / long_p, p[1] / long_p]), module))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_are_one_one_three_one_one() {
        assert!(rings([2.0, 2.0, 6.0, 2.0, 2.0], 0.5) && rings([3.0, 2.0, 7.0, 2.0, 3.0], 0.5));
        assert!(!rings([2.0, 2.0, 2.0, 2.0, 2.0], 0.5) && !rings([5.0, 1.0, 6.0, 1.0, 5.0], 0.5));
    }

    #[test]
    fn three_marks_in_a_row_are_no_code() {
        let mark = |x: f32, y: f32| Mark { center: [x, y], module_px: 3.0, hits: 3 };
        assert!(codes(&[mark(50.0, 50.0), mark(100.0, 50.0), mark(150.0, 50.0)]).is_empty());
        let found = codes(&[mark(50.0, 50.0), mark(100.0, 50.0), mark(50.0, 100.0)]);
        assert_eq!(found.len(), 1);
        // Three and a half modules of the mark and four of the margin.
        assert!(
            found[0].0.contains([28.5, 28.5])
                && found[0].0.contains([121.5, 121.5])
                && !found[0].0.contains([26.0, 60.0])
        );
    }
}
