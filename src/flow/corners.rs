//! Points that can be told from their neighbours in every direction, spread over the whole picture.

use super::Plane;
use crate::geom::Point;

/// One point at most in each square of this many pixels.
const CELL_PX: usize = 13;

/// The least eigenvalue, in squared levels per pixel: below it is noise and even surfaces.
const STRENGTH_MIN: f32 = 12.0;

/// Room that following needs around a point.
const MARGIN_PX: usize = 3;

/// The best point of every cell that has one.
pub(super) fn corners(plane: &Plane) -> Vec<Point> {
    let (w, h) = (plane.size.width as usize, plane.size.height as usize);
    if w < 2 * MARGIN_PX + CELL_PX || h < 2 * MARGIN_PX + CELL_PX {
        return Vec::new();
    }
    let mut gradients = vec![[0.0f32; 3]; w * h];
    for y in 1..h - 1 {
        for x in 1..w - 1 {
            let at = y * w + x;
            let gx = (plane.px[at + 1] - plane.px[at - 1]) / 2.0;
            let gy = (plane.px[at + w] - plane.px[at - w]) / 2.0;
            gradients[at] = [gx * gx, gx * gy, gy * gy];
        }
    }
    // Sums over three neighbours along rows, then along columns where asked for.
    let mut along = vec![[0.0f32; 3]; w * h];
    for y in 1..h - 1 {
        for x in 2..w - 2 {
            let at = y * w + x;
            along[at] = std::array::from_fn(|c| gradients[at - 1][c] + gradients[at][c] + gradients[at + 1][c]);
        }
    }
    let strength = |x: usize, y: usize| {
        let at = y * w + x;
        let [xx, xy, yy]: [f32; 3] = std::array::from_fn(|c| along[at - w][c] + along[at][c] + along[at + w][c]);
        let (half, diff) = ((xx + yy) / 2.0, (xx - yy) / 2.0);
        half - diff.hypot(xy)
    };
    let mut points = Vec::new();
    for top in (MARGIN_PX..h - MARGIN_PX).step_by(CELL_PX) {
        for left in (MARGIN_PX..w - MARGIN_PX).step_by(CELL_PX) {
            let mut best = (STRENGTH_MIN, None);
            for y in top..(top + CELL_PX).min(h - MARGIN_PX) {
                for x in left..(left + CELL_PX).min(w - MARGIN_PX) {
                    let s = strength(x, y);
                    if s > best.0 {
                        best = (s, Some(Point::new(x as f32 + 0.5, y as f32 + 0.5)));
                    }
                }
            }
            points.extend(best.1);
        }
    }
    points
}
