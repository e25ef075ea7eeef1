//! Turned rectangles: the smallest around a patch, grown, mapped to the picture. Separate so that the geometry is
//! proven by properties, without pixels or networks.

/// A rectangle at any angle, in pixels; `(0, 0)` is the outer corner of the first pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TurnedRect {
    corners: [[f32; 2]; 4],
}

/// Further out than rounding can move a corner of a map of 65,535 pixels, so that a pixel on the rim stays inside.
const SLACK_PX: f64 = 1.0 / 64.0;

impl TurnedRect {
    /// The rectangle of smallest area that holds `points` (rotating calipers: one of its sides lies on a side of the
    /// convex hull; Freeman and Shapira 1975). One that holds no point is empty at the origin.
    pub fn around(points: &[[f32; 2]]) -> Self {
        let hull = hull(points);
        let Some(&first) = hull.first() else { return Self { corners: [[0.0; 2]; 4] } };
        let edges = (0..hull.len()).map(|i| sub(hull[(i + 1) % hull.len()], hull[i]));
        let axes = edges.map(|edge| (edge, edge[0].hypot(edge[1]))).filter(|(_, length)| *length > 0.0);
        let best = axes
            .map(|([x, y], length)| Frame::of(&hull, [x / length, y / length]))
            .min_by(|a, b| a.area().total_cmp(&b.area()))
            .unwrap_or(Frame { axis: [1.0, 0.0], u: (first[0], first[0]), v: (first[1], first[1]) });
        best.padded(SLACK_PX).rect()
    }

    /// The corners, in order around.
    pub fn corners(&self) -> [[f32; 2]; 4] {
        self.corners
    }

    /// The shorter side, in pixels.
    pub fn short_side(&self) -> f32 {
        let (u, v) = self.sides();
        u.min(v)
    }

    /// Every side moved outward by `ratio` times the area over the perimeter, and by `pad_px` on top.
    pub fn unclipped(&self, ratio: f32, pad_px: f32) -> Self {
        let (w, h) = self.sides();
        let by = if w + h > 0.0 { ratio * w * h / (2.0 * (w + h)) } else { 0.0 } + pad_px;
        let frame = Frame::of(&self.corners.map(|p| p.map(f64::from)), self.axis());
        frame.padded(f64::from(by)).rect()
    }

    /// Every coordinate multiplied, as when the picture is resized. With two factors that differ a turned rectangle
    /// becomes slightly slanted; it stays convex.
    pub fn scaled(&self, sx: f32, sy: f32) -> Self {
        Self { corners: self.corners.map(|[x, y]| [x * sx, y * sy]) }
    }

    /// Whether every point of `other` lies inside this.
    pub fn covers(&self, other: &Self) -> bool {
        let inside = |p: &[f32; 2]| (0..4).all(|i| cross(self.corners[i], self.corners[(i + 1) % 4], *p) >= 0.0);
        other.corners.iter().all(inside)
    }

    fn sides(&self) -> (f32, f32) {
        let length = |a: [f32; 2], b: [f32; 2]| (b[0] - a[0]).hypot(b[1] - a[1]);
        (length(self.corners[0], self.corners[1]), length(self.corners[1], self.corners[2]))
    }

    fn axis(&self) -> [f64; 2] {
        let [x, y] = sub(self.corners[1].map(f64::from), self.corners[0].map(f64::from));
        let length = x.hypot(y);
        if length > 0.0 { [x / length, y / length] } else { [1.0, 0.0] }
    }
}

/// Drops every rectangle that another covers whole, so that a line seen by several looks is reported once wherever
/// that leaves no pixel out. Of equal ones the first stays.
pub(super) fn without_covered<T>(mut found: Vec<(TurnedRect, f32, T)>) -> Vec<(TurnedRect, f32, T)> {
    // Only a larger one can cover, so one pass from the largest down sees every coverer first.
    let area = |r: &TurnedRect| {
        let (w, h) = r.sides();
        w * h
    };
    found.sort_by(|a, b| area(&b.0).total_cmp(&area(&a.0)));
    let mut kept: Vec<(TurnedRect, f32, T)> = Vec::with_capacity(found.len());
    for candidate in found {
        if !kept.iter().any(|(larger, ..)| larger.covers(&candidate.0)) {
            kept.push(candidate);
        }
    }
    kept
}

/// Extents along an axis and across it.
struct Frame {
    axis: [f64; 2],
    u: (f64, f64),
    v: (f64, f64),
}

impl Frame {
    fn of(points: &[[f64; 2]], axis: [f64; 2]) -> Self {
        let extent = |along: [f64; 2]| {
            points
                .iter()
                .map(|p| p[0] * along[0] + p[1] * along[1])
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), d| (lo.min(d), hi.max(d)))
        };
        Self { axis, u: extent(axis), v: extent([-axis[1], axis[0]]) }
    }

    fn area(&self) -> f64 {
        (self.u.1 - self.u.0) * (self.v.1 - self.v.0)
    }

    fn padded(self, by: f64) -> Self {
        let wider = |(lo, hi): (f64, f64)| (lo - by, hi + by);
        Self { u: wider(self.u), v: wider(self.v), ..self }
    }

    fn rect(&self) -> TurnedRect {
        let [x, y] = self.axis;
        let corner = |u: f64, v: f64| [(u * x - v * y) as f32, (u * y + v * x) as f32];
        let ((u0, u1), (v0, v1)) = (self.u, self.v);
        TurnedRect { corners: [corner(u0, v0), corner(u1, v0), corner(u1, v1), corner(u0, v1)] }
    }
}

/// The convex hull, without points that lie on its sides (monotone chain, Andrew 1979).
fn hull(points: &[[f32; 2]]) -> Vec<[f64; 2]> {
    let mut points: Vec<[f64; 2]> = points.iter().map(|p| p.map(f64::from)).collect();
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let half = |points: &mut dyn Iterator<Item = [f64; 2]>| {
        let mut chain: Vec<[f64; 2]> = Vec::new();
        for p in points {
            while chain.len() > 1 && turn(chain[chain.len() - 2], chain[chain.len() - 1], p) <= 0.0 {
                chain.pop();
            }
            chain.push(p);
        }
        chain.pop();
        chain
    };
    let mut hull = half(&mut points.iter().copied());
    hull.extend(half(&mut points.iter().rev().copied()));
    hull
}

fn sub(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

fn turn(a: [f64; 2], b: [f64; 2], p: [f64; 2]) -> f64 {
    let (ab, ap) = (sub(b, a), sub(p, a));
    ab[0] * ap[1] - ab[1] * ap[0]
}

fn cross(a: [f32; 2], b: [f32; 2], p: [f32; 2]) -> f64 {
    turn(a.map(f64::from), b.map(f64::from), p.map(f64::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// How far `p` lies outside, in pixels; not positive inside.
    fn outside(rect: &TurnedRect, p: [f32; 2]) -> f64 {
        let c = rect.corners();
        let far = |a: [f32; 2], b: [f32; 2]| -cross(a, b, p) / f64::from((b[0] - a[0]).hypot(b[1] - a[1]));
        (0..4).map(|i| far(c[i], c[(i + 1) % 4])).fold(f64::NEG_INFINITY, f64::max)
    }

    fn area(rect: &TurnedRect) -> f32 {
        let (w, h) = rect.sides();
        w * h
    }

    #[test]
    fn a_diamond_is_held_by_a_diamond() {
        let rect = TurnedRect::around(&[[5.0, 0.0], [10.0, 5.0], [5.0, 10.0], [0.0, 5.0]]);
        assert!((area(&rect) - 50.0).abs() < 1.0, "{rect:?}");
    }

    #[test]
    fn one_pixel_is_held_whole() {
        let rect = TurnedRect::around(&[[3.0, 4.0], [4.0, 4.0], [3.0, 5.0], [4.0, 5.0]]);
        assert!((rect.short_side() - 1.0).abs() < 0.1);
    }

    #[test]
    fn a_line_of_text_grows_by_its_height_and_not_by_its_length() {
        let line = TurnedRect::around(&[[0.0, 0.0], [200.0, 0.0], [0.0, 10.0], [200.0, 10.0]]);
        let grown = line.unclipped(2.0, 1.0);
        assert!((grown.short_side() - (10.0 + 2.0 * (2.0 * 2000.0 / 420.0 + 1.0))).abs() < 0.2, "{grown:?}");
    }

    #[test]
    fn a_rectangle_inside_another_is_dropped_and_one_that_sticks_out_is_kept() {
        let held =
            |x: f32, y: f32, w: f32, h: f32| TurnedRect::around(&[[x, y], [x + w, y + h], [x + w, y], [x, y + h]]);
        let found = vec![
            (held(2.0, 2.0, 5.0, 5.0), 0.9, "inside"),
            (held(0.0, 0.0, 10.0, 10.0), 0.5, "outer"),
            (held(8.0, 8.0, 5.0, 5.0), 0.5, "sticking out"),
            (held(0.0, 0.0, 10.0, 10.0), 0.6, "again"),
        ];
        let kept: Vec<_> = without_covered(found).into_iter().map(|(.., name)| name).collect();
        assert_eq!(kept, ["outer", "sticking out"]);
    }

    proptest! {
        #[test]
        fn every_point_is_inside_and_no_upright_box_is_smaller(
            points in prop::collection::vec((0u32..4000, 0u32..4000), 1..60), ratio in 0f32..3.0, pad_px in 0f32..4.0,
        ) {
            let points: Vec<[f32; 2]> = points.into_iter().flat_map(|(x, y)| {
                let (x, y) = (x as f32, y as f32);
                [[x, y], [x + 1.0, y], [x, y + 1.0], [x + 1.0, y + 1.0]]
            }).collect();
            let rect = TurnedRect::around(&points);
            let grown = rect.unclipped(ratio, pad_px);
            for p in &points {
                prop_assert!(outside(&rect, *p) <= 0.0);
                prop_assert!(outside(&grown, *p) <= 0.0);
            }
            for p in rect.corners() {
                prop_assert!(outside(&grown, p) <= f64::from(-pad_px) + 0.01);
            }
            let extent = |i: usize| points.iter().map(|p| p[i]).fold(f32::MIN, f32::max)
                - points.iter().map(|p| p[i]).fold(f32::MAX, f32::min);
            prop_assert!(area(&rect) <= extent(0) * extent(1) * 1.001 + 200.0);
        }

        #[test]
        fn dropping_covered_rectangles_uncovers_no_point(
            rects in prop::collection::vec((0f32..60.0, 0f32..60.0, 1f32..50.0, 1f32..50.0, 0f32..3.2), 1..12),
            x in 0f32..80.0, y in 0f32..80.0,
        ) {
            let found: Vec<_> = rects.into_iter().map(|(x, y, w, h, angle)| {
                let axis = [f64::from(angle).cos(), f64::from(angle).sin()];
                let (u, v) = (f64::from(x), f64::from(y));
                let frame = Frame { axis, u: (u, u + f64::from(w)), v: (v, v + f64::from(h)) };
                (frame.rect(), 1.0, ())
            }).collect();
            let covered = |found: &[(TurnedRect, f32, ())], slack: f64| {
                found.iter().any(|(rect, ..)| outside(rect, [x, y]) <= slack)
            };
            if covered(&found, -0.01) {
                prop_assert!(covered(&without_covered(found), 0.0));
            }
        }
    }
}
