//! Directions, turned frames and quadrilaterals in the plane of a picture. Separate because arms and sheets of paper lie
//! at any angle, and what is true of their geometry can be proven without pixels.

use crate::geom::{Point, Rect};

/// The point `p` moved by `by` times the vector `along`.
pub(super) fn moved(p: Point, along: Point, by: f32) -> Point {
    Point::new(p.x + along.x * by, p.y + along.y * by)
}

/// The vector from `a` to `b`.
pub(super) fn vector(a: Point, b: Point) -> Point {
    Point::new(b.x - a.x, b.y - a.y)
}

/// The distance from `a` to `b`, in pixels.
pub(super) fn distance(a: Point, b: Point) -> f32 {
    (b.x - a.x).hypot(b.y - a.y)
}

/// The middle between `a` and `b`.
pub(super) fn middle(a: Point, b: Point) -> Point {
    Point::new((a.x + b.x) / 2.0, (a.y + b.y) / 2.0)
}

/// The direction from `a` to `b` as a vector of length one; `None` when they are the same or not finite.
pub(super) fn direction(a: Point, b: Point) -> Option<Point> {
    let (v, length) = (vector(a, b), distance(a, b));
    (length.is_finite() && length > 1e-6).then(|| Point::new(v.x / length, v.y / length))
}

fn cross(a: Point, b: Point) -> f32 {
    a.x * b.y - a.y * b.x
}

/// A frame at any angle: `u` runs along a direction, `v` a quarter turn clockwise from it on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    /// Where `u` and `v` are zero.
    pub origin: Point,
    /// The direction of `u`, of length one.
    pub along: Point,
}

impl Frame {
    /// The direction of `v`, of length one.
    pub fn across(&self) -> Point {
        Point::new(-self.along.y, self.along.x)
    }

    /// `p` in this frame: `x` is `u` and `y` is `v`.
    pub fn local(&self, p: Point) -> Point {
        let v = vector(self.origin, p);
        Point::new(v.x * self.along.x + v.y * self.along.y, cross(self.along, v))
    }

    /// The point at `u` and `v` in the picture.
    pub fn picture(&self, u: f32, v: f32) -> Point {
        moved(moved(self.origin, self.along, u), self.across(), v)
    }

    /// The corners of `rect`, whose coordinates are `u` and `v`, in the picture, in order around.
    pub fn quad(&self, rect: Rect) -> [Point; 4] {
        rect.corners().map(|p| self.picture(p.x, p.y))
    }
}

/// The area of a convex quadrilateral, in square pixels.
pub(super) fn area(quad: &[Point; 4]) -> f32 {
    (cross(vector(quad[0], quad[2]), vector(quad[1], quad[3])) / 2.0).abs()
}

/// Whether `quad` is convex, of positive area, and finite.
pub(super) fn is_convex(quad: &[Point; 4]) -> bool {
    let turns: [f32; 4] = std::array::from_fn(|i| {
        cross(vector(quad[i], quad[(i + 1) % 4]), vector(quad[(i + 1) % 4], quad[(i + 2) % 4]))
    });
    turns.iter().all(|&t| t > 0.0 && t.is_finite()) || turns.iter().all(|&t| t < 0.0 && t.is_finite())
}

/// Whether `p` lies in the convex `quad` or on its rim.
pub(super) fn holds(quad: &[Point; 4], p: Point) -> bool {
    let side = |i: usize| cross(vector(quad[i], quad[(i + 1) % 4]), vector(quad[i], p));
    (0..4).all(|i| side(i) >= 0.0) || (0..4).all(|i| side(i) <= 0.0)
}

/// Where the line through `a` and `b` meets the line through `c` and `d`; `None` when they are nearly parallel.
pub(super) fn crossing((a, b): (Point, Point), (c, d): (Point, Point)) -> Option<Point> {
    let (ab, cd) = (vector(a, b), vector(c, d));
    let sine = cross(ab, cd);
    if sine.abs() <= 1e-3 * distance(a, b) * distance(c, d) {
        return None;
    }
    let at = moved(a, ab, cross(vector(a, c), cd) / sine);
    (at.x.is_finite() && at.y.is_finite()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_point_comes_back_from_every_frame(x in -900f32..900.0, y in -900f32..900.0, turn in 0f32..6.3) {
            let frame =
                Frame { origin: Point::new(31.0, -7.0), along: Point::new(turn.cos(), turn.sin()) };
            let there = frame.local(Point::new(x, y));
            prop_assert!(distance(frame.picture(there.x, there.y), Point::new(x, y)) < 0.01);
        }

        #[test]
        fn a_turned_box_is_convex_keeps_its_area_and_holds_its_middle(
            w in 1f32..500.0, h in 1f32..500.0, turn in 0f32..6.3,
        ) {
            let frame = Frame { origin: Point::new(400.0, 90.0), along: Point::new(turn.cos(), turn.sin()) };
            let quad = frame.quad(Rect::from_xywh(10.0, -20.0, w, h));
            prop_assert!(is_convex(&quad));
            prop_assert!((area(&quad) - w * h).abs() < 0.01 * w * h + 1.0);
            prop_assert!(holds(&quad, frame.picture(10.0 + w / 2.0, -20.0 + h / 2.0)));
            prop_assert!(!holds(&quad, frame.picture(10.0 + w * 1.5, 0.0)));
        }
    }

    #[test]
    fn lines_meet_where_they_cross_and_parallel_ones_nowhere() {
        let at = |x: f32, y: f32| Point::new(x, y);
        let met = crossing((at(0.0, 0.0), at(1.0, 0.0)), (at(5.0, 9.0), at(5.0, 3.0))).unwrap();
        assert!(distance(met, at(5.0, 0.0)) < 1e-4);
        assert_eq!(crossing((at(0.0, 0.0), at(1.0, 0.0)), (at(0.0, 2.0), at(9.0, 2.0))), None);
    }

    #[test]
    fn a_bow_tie_and_a_dent_are_not_convex() {
        let at = |x: f32, y: f32| Point::new(x, y);
        assert!(!is_convex(&[at(0.0, 0.0), at(9.0, 9.0), at(9.0, 0.0), at(0.0, 9.0)]));
        assert!(!is_convex(&[at(0.0, 0.0), at(9.0, 0.0), at(2.0, 2.0), at(0.0, 9.0)]));
    }
}
