//! One point from one frame to the next, and back again to see whether it can be trusted.

use super::{Plane, small::Small};
use crate::geom::Point;

/// Side of the window that is matched, in pixels of each level.
const WINDOW: usize = 9;
/// The window with one pixel more on each side, for its slopes.
const WIDER: usize = WINDOW + 2;
/// Steps on each level; most points need three.
const STEPS: usize = 8;
/// Steps smaller than this, in pixels, change nothing.
const SETTLED_PX: f32 = 0.03;
/// How far from where it began a point may end that was followed there and back, in pixels.
const RETURN_MAX_PX: f32 = 0.7;
/// The most that a window may differ once it is matched: mean absolute difference, in levels.
const RESIDUE_MAX: f32 = 18.0;

/// Where `from` is in `next`, in pixels of the finest level; `None` when it cannot be told.
pub(super) fn there_and_back(last: &Small, next: &Small, from: Point) -> Option<Point> {
    let to = follow(last, next, from)?;
    let back = follow(next, last, to)?;
    ((back.x - from.x).hypot(back.y - from.y) <= RETURN_MAX_PX).then_some(to)
}

fn follow(last: &Small, next: &Small, from: Point) -> Option<Point> {
    let mut shift = (0.0f32, 0.0f32);
    let mut levels = last.coarse_to_fine().zip(next.coarse_to_fine()).peekable();
    while let Some(((a, factor), (b, _))) = levels.next() {
        let finest = levels.peek().is_none();
        let at = Point::new(from.x / factor, from.y / factor);
        let begin = (shift.0 / factor, shift.1 / factor);
        match on_level(a, b, at, begin, finest) {
            Some(found) => shift = (found.0 * factor, found.1 * factor),
            None if finest => return None,
            // A coarse level may be too even to say anything; the next one begins where this one did.
            None => {}
        }
    }
    let to = Point::new(from.x + shift.0, from.y + shift.1);
    let size = last.finest().size;
    ((0.0..size.width as f32).contains(&to.x) && (0.0..size.height as f32).contains(&to.y)).then_some(to)
}

fn on_level(a: &Plane, b: &Plane, at: Point, (mut dx, mut dy): (f32, f32), finest: bool) -> Option<(f32, f32)> {
    let wide: [[f32; WIDER]; WIDER] = a.patch(at);
    let mut template = [0.0f32; WINDOW * WINDOW];
    let mut slopes = [[0.0f32; 2]; WINDOW * WINDOW];
    let (mut xx, mut xy, mut yy, mut mean) = (0.0, 0.0, 0.0, 0.0);
    for y in 0..WINDOW {
        for x in 0..WINDOW {
            let gx = (wide[y + 1][x + 2] - wide[y + 1][x]) / 2.0;
            let gy = (wide[y + 2][x + 1] - wide[y][x + 1]) / 2.0;
            let i = y * WINDOW + x;
            template[i] = wide[y + 1][x + 1];
            slopes[i] = [gx, gy];
            mean += template[i];
            (xx, xy, yy) = (xx + gx * gx, xy + gx * gy, yy + gy * gy);
        }
    }
    mean /= (WINDOW * WINDOW) as f32;
    let det = xx * yy - xy * xy;
    if det < 1e-2 * (xx + yy) * (xx + yy) || xx + yy < 50.0 {
        return None;
    }
    let mut residue = f32::INFINITY;
    for _ in 0..STEPS {
        let patch: [[f32; WINDOW]; WINDOW] = b.patch(Point::new(at.x + dx, at.y + dy));
        let patch = patch.as_flattened();
        // Differences of the means are light that changed, not motion.
        let lift = mean - patch.iter().sum::<f32>() / patch.len() as f32;
        let (mut bx, mut by) = (0.0, 0.0);
        residue = 0.0;
        for ((t, p), [gx, gy]) in template.iter().zip(patch).zip(&slopes) {
            let difference = t - p - lift;
            bx += difference * gx;
            by += difference * gy;
            residue += difference.abs();
        }
        residue /= patch.len() as f32;
        let (sx, sy) = ((yy * bx - xy * by) / det, (xx * by - xy * bx) / det);
        (dx, dy) = (dx + sx, dy + sy);
        if !dx.is_finite() || !dy.is_finite() || dx.abs() + dy.abs() > a.size.long_side() as f32 {
            return None;
        }
        if sx.abs() + sy.abs() < SETTLED_PX {
            break;
        }
    }
    (!finest || residue <= RESIDUE_MAX).then_some((dx, dy))
}
