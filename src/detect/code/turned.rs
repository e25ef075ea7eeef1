//! A rectangle at a given angle. Separate so that the geometry is proven without pixels.

use crate::{area::Shape, geom::Point};

/// A rectangle by its middle and its first axis, in pixels; `(0, 0)` is the outer corner of the first pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Turned {
    /// The middle.
    pub center: [f32; 2],
    /// The direction of the first axis, of length one; the second is a quarter turn further.
    pub axis: [f32; 2],
    /// Half the length along each axis.
    pub half: [f32; 2],
}

impl Turned {
    /// The smallest one along `axis` that holds `points`.
    pub fn around(points: impl Iterator<Item = [f32; 2]>, axis: [f32; 2]) -> Self {
        let nothing = [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::NEG_INFINITY];
        let [u0, u1, v0, v1] = points.fold(nothing, |[u0, u1, v0, v1], [x, y]| {
            let (u, v) = (x * axis[0] + y * axis[1], y * axis[0] - x * axis[1]);
            [u0.min(u), u1.max(u), v0.min(v), v1.max(v)]
        });
        let (u, v) = ((u0 + u1) / 2.0, (v0 + v1) / 2.0);
        let center = [u * axis[0] - v * axis[1], u * axis[1] + v * axis[0]];
        Self { center, axis, half: [(u1 - u0) / 2.0, (v1 - v0) / 2.0] }
    }

    /// The place `u` pixels along and `v` pixels across from the middle.
    pub fn at(&self, u: f32, v: f32) -> [f32; 2] {
        let ([x, y], [ax, ay]) = (self.center, self.axis);
        [x + u * ax - v * ay, y + u * ay + v * ax]
    }

    /// The part between two distances from the middle along each axis.
    pub fn part(&self, (u0, u1): (f32, f32), (v0, v1): (f32, f32)) -> Self {
        let center = self.at((u0 + u1) / 2.0, (v0 + v1) / 2.0);
        Self { center, axis: self.axis, half: [(u1 - u0) / 2.0, (v1 - v0) / 2.0] }
    }

    /// Every side moved outward, those at the ends of the first axis by `du`, the others by `dv`.
    pub fn padded(&self, du: f32, dv: f32) -> Self {
        Self { half: [self.half[0] + du, self.half[1] + dv], ..*self }
    }

    /// The corners, in order around.
    pub fn corners(&self) -> [[f32; 2]; 4] {
        let [u, v] = self.half;
        [self.at(-u, -v), self.at(u, -v), self.at(u, v), self.at(-u, v)]
    }

    /// In a picture `by` times as large.
    pub fn scaled(&self, by: f32) -> Self {
        Self { center: self.center.map(|v| v * by), axis: self.axis, half: self.half.map(|v| v * by) }
    }

    /// As an area in a picture that is `sx` and `sy` times as large.
    pub fn shape(&self, sx: f32, sy: f32) -> Shape {
        Shape::Quad(self.corners().map(|[x, y]| Point::new(x * sx, y * sy)))
    }

    /// Whether a place is inside.
    pub fn contains(&self, [x, y]: [f32; 2]) -> bool {
        let (dx, dy) = (x - self.center[0], y - self.center[1]);
        let (u, v) = (dx * self.axis[0] + dy * self.axis[1], dy * self.axis[0] - dx * self.axis[1]);
        u.abs() <= self.half[0] && v.abs() <= self.half[1]
    }

    /// Whether all of `other` is inside.
    pub fn covers(&self, other: &Self) -> bool {
        other.corners().iter().all(|corner| self.contains(*corner))
    }

    /// Square pixels.
    pub fn area(&self) -> f32 {
        4.0 * self.half[0] * self.half[1]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_point_is_inside_and_padding_covers(
            points in prop::collection::vec((0f32..900.0, 0f32..900.0), 1..30), angle in 0f32..6.3,
        ) {
            let points: Vec<[f32; 2]> = points.into_iter().map(|(x, y)| [x, y]).collect();
            let turned = Turned::around(points.iter().copied(), [angle.cos(), angle.sin()]);
            let slack = turned.padded(0.01, 0.01);
            prop_assert!(points.iter().all(|p| slack.contains(*p)));
            prop_assert!(turned.padded(1.0, 1.0).covers(&turned) && !turned.covers(&turned.padded(1.0, 1.0)));
        }
    }
}
