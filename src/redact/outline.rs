//! The geometry of one area: how wide it is in a band of rows, how far a point lies from it, how thick it is. Separate
//! from the mask because the feather needs the same outline at other distances, and because only this file has to
//! cope with boxes turned inside out, coordinates that are not numbers, and corners in a wrong order.

use crate::{
    area::Shape,
    geom::{Rect, Size},
};

/// The outline of an area in pixels, in double precision so that rasterising never rounds inward.
#[derive(Clone, Debug)]
pub(super) enum Outline {
    Rect { x0: f64, y0: f64, x1: f64, y1: f64 },
    Ellipse { cx: f64, cy: f64, a: f64, b: f64 },
    Hull(Vec<Edge>),
}

/// One side of a hull, such that [`Edge::inward`] is positive inside.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    p: [f64; 2],
    q: [f64; 2],
    /// The direction from `p` to `q`; zero when they are equal.
    unit: [f64; 2],
    length: f64,
}

impl Edge {
    fn new(p: [f64; 2], q: [f64; 2]) -> Self {
        let (dx, dy) = (q[0] - p[0], q[1] - p[1]);
        let length = length(dx, dy);
        let unit = if length > 0.0 { [dx / length, dy / length] } else { [0.0; 2] };
        Self { p, q, unit, length }
    }

    /// How far `c` lies inward of the line through the edge.
    fn inward(&self, c: [f64; 2]) -> f64 {
        self.unit[0] * (c[1] - self.p[1]) - self.unit[1] * (c[0] - self.p[0])
    }

    /// The squared distance from `c` to the nearest point of the edge.
    fn distance2(&self, c: [f64; 2]) -> f64 {
        let (x, y) = (c[0] - self.p[0], c[1] - self.p[1]);
        let t = (x * self.unit[0] + y * self.unit[1]).clamp(0.0, self.length);
        let (x, y) = (x - t * self.unit[0], y - t * self.unit[1]);
        x * x + y * y
    }
}

impl Outline {
    /// The outline of `shape`. A shape with a coordinate that is not a finite number covers the whole picture: where
    /// it is cannot be known, so nothing may stay. A box with swapped edges counts as the same box in order.
    pub(super) fn of(shape: &Shape, size: Size) -> Self {
        let finite = match shape {
            Shape::Rect(r) | Shape::Ellipse(r) => [r.x0, r.y0, r.x1, r.y1].iter().all(|v| v.is_finite()),
            Shape::Quad(corners) => corners.iter().all(|p| p.x.is_finite() && p.y.is_finite()),
        };
        match shape {
            _ if !finite => Self::rect(&size.rect()),
            Shape::Rect(r) => Self::rect(r),
            Shape::Ellipse(r) => {
                let [x0, y0, x1, y1] = ordered(r);
                // Half a pixel is the thinnest ellipse, so that a flat box still has an inside to be measured from.
                let (a, b) = (((x1 - x0) / 2.0).max(0.5), ((y1 - y0) / 2.0).max(0.5));
                Self::Ellipse { cx: (x0 + x1) / 2.0, cy: (y0 + y1) / 2.0, a, b }
            }
            Shape::Quad(corners) => Self::Hull(hull(corners.map(|p| [f64::from(p.x), f64::from(p.y)]))),
        }
    }

    fn rect(r: &Rect) -> Self {
        let [x0, y0, x1, y1] = ordered(r);
        Self::Rect { x0, y0, x1, y1 }
    }

    /// Top and bottom.
    pub(super) fn rows(&self) -> (f64, f64) {
        match self {
            Self::Rect { y0, y1, .. } => (*y0, *y1),
            Self::Ellipse { cy, b, .. } => (cy - b, cy + b),
            Self::Hull(edges) => extremes(edges.iter().map(|edge| edge.p[1])),
        }
    }

    /// Leftmost and rightmost point of the part between `top` and `bottom`, `None` when there is no such part.
    pub(super) fn extent(&self, top: f64, bottom: f64) -> Option<(f64, f64)> {
        let (first, last) = self.rows();
        if bottom < first || top > last {
            return None;
        }
        match self {
            Self::Rect { x0, x1, .. } => Some((*x0, *x1)),
            Self::Ellipse { cx, cy, a, b } => {
                // The widest place of an ellipse within a band is where the band comes closest to its centre.
                let v = (cy.clamp(top, bottom) - cy) / b;
                let half = a * (1.0 - v * v).max(0.0).sqrt();
                Some((cx - half, cx + half))
            }
            Self::Hull(edges) => {
                let clipped = edges.iter().filter_map(|edge| clip(edge.p, edge.q, top, bottom));
                let (lo, hi) =
                    clipped.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), (l, h)| (lo.min(l), hi.max(h)));
                (lo <= hi).then_some((lo, hi))
            }
        }
    }

    /// The smallest box around everything within `reach` pixels, rounded outward by at least a pixel so that it holds
    /// also what a shape without area takes.
    pub(super) fn bounds(&self, reach: f64) -> Rect {
        let (top, bottom) = self.rows();
        let (left, right) = self.extent(top, bottom).unwrap_or((0.0, 0.0));
        let (low, high) = (|v: f64| (v - reach).floor() as f32, |v: f64| (v + reach + 1.0).ceil() as f32);
        Rect::new(low(left), low(top), high(right), high(bottom))
    }

    /// How far `(x, y)` lies outside (positive) or inside (negative), in pixels. Exact outside boxes and hulls. For an
    /// ellipse `reach` is where the value becomes exact: it is `reach` on the ellipse whose half axes are longer by
    /// `reach`, which lies within that distance of the inner one everywhere.
    #[inline]
    pub(super) fn distance(&self, x: f64, y: f64, reach: f64) -> f64 {
        match self {
            Self::Rect { x0, y0, x1, y1 } => {
                let (dx, dy) = ((x0 - x).max(x - x1), (y0 - y).max(y - y1));
                if dx > 0.0 && dy > 0.0 { length(dx, dy) } else { dx.max(dy) }
            }
            Self::Ellipse { cx, cy, a, b } => {
                // Written with reciprocals: they are the same for a whole feather and leave the loop.
                let (x, y, near, far) =
                    (x - cx, y - cy, [1.0 / a, 1.0 / b], [1.0 / (a + reach), 1.0 / (b + reach)]);
                let inner = length(x * near[0], y * near[1]) - 1.0;
                let outer = 1.0 - length(x * far[0], y * far[1]);
                if inner <= 0.0 {
                    inner * a.min(*b)
                } else if outer <= 0.0 {
                    reach * (1.0 - outer)
                } else {
                    reach * inner / (inner + outer)
                }
            }
            Self::Hull(edges) => {
                // The nearest point of a hull lies on an edge that faces away from the inside; from inside none does.
                let (mut depth, mut facing2) = (f64::INFINITY, f64::INFINITY);
                for edge in edges {
                    let inward = edge.inward([x, y]);
                    depth = depth.min(inward);
                    if inward <= 0.0 {
                        facing2 = facing2.min(edge.distance2([x, y]));
                    }
                }
                if depth > 0.0 { -depth } else { facing2.sqrt() }
            }
        }
    }

    /// The middle.
    pub(super) fn center(&self) -> [f64; 2] {
        match self {
            Self::Rect { x0, y0, x1, y1 } => [(x0 + x1) / 2.0, (y0 + y1) / 2.0],
            Self::Ellipse { cx, cy, .. } => [*cx, *cy],
            Self::Hull(edges) => {
                let n = edges.len() as f64;
                [
                    edges.iter().map(|edge| edge.p[0]).sum::<f64>() / n,
                    edges.iter().map(|edge| edge.p[1]).sum::<f64>() / n,
                ]
            }
        }
    }

    /// The short side in pixels, at least 1 and at most the picture's long side: what the look is scaled by.
    pub(super) fn thickness(&self, size: Size) -> f64 {
        let short = match self {
            Self::Rect { x0, y0, x1, y1 } => (x1 - x0).min(y1 - y0),
            Self::Ellipse { a, b, .. } => 2.0 * a.min(*b),
            // The height over the longest edge is the short side of a rectangle, however it is turned.
            Self::Hull(edges) => {
                let longest = edges.iter().max_by(|a, b| a.length.total_cmp(&b.length));
                longest.map_or(0.0, |base| edges.iter().map(|edge| base.inward(edge.p)).fold(0.0, f64::max))
            }
        };
        short.clamp(1.0, f64::from(size.long_side()).max(1.0))
    }
}

/// Not `hypot`: its care for overflow costs more than all the rest of a feather.
fn length(x: f64, y: f64) -> f64 {
    (x * x + y * y).sqrt()
}

fn ordered(r: &Rect) -> [f64; 4] {
    [r.x0.min(r.x1), r.y0.min(r.y1), r.x0.max(r.x1), r.y0.max(r.y1)].map(f64::from)
}

fn extremes(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)))
}

/// Twice the signed area of the triangle: positive when `c` is on the inner side of an edge of a hull.
fn cross(p: [f64; 2], q: [f64; 2], c: [f64; 2]) -> f64 {
    (q[0] - p[0]) * (c[1] - p[1]) - (q[1] - p[1]) * (c[0] - p[0])
}

/// The x range of the part of a segment between two heights.
fn clip(p: [f64; 2], q: [f64; 2], top: f64, bottom: f64) -> Option<(f64, f64)> {
    let (p, q) = if p[1] <= q[1] { (p, q) } else { (q, p) };
    if q[1] < top || p[1] > bottom {
        return None;
    }
    let at = |y: f64| p[0] + (q[0] - p[0]) * (y - p[1]) / (q[1] - p[1]);
    let from = if p[1] < top { at(top) } else { p[0] };
    let to = if q[1] > bottom { at(bottom) } else { q[0] };
    Some((from.min(to), from.max(to)))
}

/// The convex hull (Andrew's monotone chain), so that corners in a wrong order or a dented quadrilateral are covered
/// with everything between them. One edge without length when all are equal.
fn hull(mut corners: [[f64; 2]; 4]) -> Vec<Edge> {
    corners.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    let half = |points: &mut dyn Iterator<Item = [f64; 2]>| {
        let mut chain: Vec<[f64; 2]> = Vec::with_capacity(4);
        for p in points {
            while chain.len() > 1 && cross(chain[chain.len() - 2], chain[chain.len() - 1], p) <= 0.0 {
                chain.pop();
            }
            chain.push(p);
        }
        chain.pop();
        chain
    };
    let mut ring = half(&mut corners.iter().copied());
    ring.extend(half(&mut corners.iter().rev().copied()));
    ring.dedup();
    if ring.is_empty() {
        ring.push(corners[0]);
    }
    (0..ring.len()).map(|i| Edge::new(ring[i], ring[(i + 1) % ring.len()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Point;

    const SIZE: Size = Size::new(200, 100);

    fn quad(corners: [[f32; 2]; 4]) -> Outline {
        Outline::of(&Shape::Quad(corners.map(|[x, y]| Point::new(x, y))), SIZE)
    }

    #[test]
    fn a_crossed_quadrilateral_is_covered_like_its_hull() {
        let crossed = quad([[0.0, 0.0], [10.0, 10.0], [10.0, 0.0], [0.0, 10.0]]);
        assert_eq!(crossed.extent(5.0, 5.0), Some((0.0, 10.0)));
        assert!(crossed.distance(9.0, 5.0, 1.0) < 0.0);
    }

    #[test]
    fn a_turned_box_is_as_thick_as_an_upright_one() {
        let turned = quad([[0.0, 30.0], [40.0, 0.0], [46.0, 8.0], [6.0, 38.0]]);
        assert!((turned.thickness(SIZE) - 10.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_not_a_number_covers_everything() {
        let lost = Outline::of(&Shape::Ellipse(Rect::new(f32::NAN, 0.0, 5.0, 5.0)), SIZE);
        assert_eq!((lost.rows(), lost.extent(50.0, 51.0)), ((0.0, 100.0), Some((0.0, 200.0))));
    }

    #[test]
    fn distance_to_an_ellipse_is_exact_at_the_reach() {
        let ellipse = Outline::of(&Shape::Ellipse(Rect::new(0.0, 0.0, 40.0, 20.0)), SIZE);
        assert!((ellipse.distance(45.0, 10.0, 5.0) - 5.0).abs() < 1e-9);
        assert!(ellipse.distance(40.0, 10.0, 5.0).abs() < 1e-9);
        assert!(ellipse.distance(20.0, 10.0, 5.0) < -9.0);
    }
}
