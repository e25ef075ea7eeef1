//! How a picture moved from one frame to the next: a noun between the code that measures motion in pixels and the
//! tracker that needs none.

use crate::geom::{Point, Rect};

/// A similarity transform: turn, scale and shift. `x' = a x - b y + dx`, `y' = b x + a y + dy`, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    /// Scale times the cosine of the turn.
    pub a: f32,
    /// Scale times the sine of the turn; positive turns clockwise on the screen.
    pub b: f32,
    /// Shift to the right.
    pub dx: f32,
    /// Shift downward.
    pub dy: f32,
}

impl Similarity {
    /// Leaves everything where it is.
    pub const IDENTITY: Self = Self { a: 1.0, b: 0.0, dx: 0.0, dy: 0.0 };

    /// A shift alone.
    pub const fn shift(dx: f32, dy: f32) -> Self {
        Self { a: 1.0, b: 0.0, dx, dy }
    }

    /// Where `p` goes.
    pub fn apply(&self, p: Point) -> Point {
        Point::new(self.a * p.x - self.b * p.y + self.dx, self.b * p.x + self.a * p.y + self.dy)
    }

    /// This one first, then `next`.
    pub fn then(&self, next: &Self) -> Self {
        let shift = next.apply(Point::new(self.dx, self.dy));
        Self {
            a: next.a * self.a - next.b * self.b,
            b: next.b * self.a + next.a * self.b,
            dx: shift.x,
            dy: shift.y,
        }
    }

    /// The way back; identity when this one shrinks everything to nothing.
    pub fn inverse(&self) -> Self {
        let square = self.a * self.a + self.b * self.b;
        if square < 1e-9 {
            return Self::IDENTITY;
        }
        let back = Self { a: self.a / square, b: -self.b / square, dx: 0.0, dy: 0.0 };
        let shift = back.apply(Point::new(self.dx, self.dy));
        Self { dx: -shift.x, dy: -shift.y, ..back }
    }

    /// How many times larger things become.
    pub fn scale(&self) -> f32 {
        self.a.hypot(self.b)
    }

    /// How far things turn, in radians, clockwise on the screen.
    pub fn turn(&self) -> f32 {
        self.b.atan2(self.a)
    }

    /// The similarity nearest to taking each first point to its second (least squares); `None` for fewer than two
    /// pairs, or when all first points are one.
    pub fn fit(pairs: impl Iterator<Item = (Point, Point)> + Clone) -> Option<Self> {
        let (mut n, mut p, mut q) = (0.0f64, [0.0f64; 2], [0.0f64; 2]);
        for (from, to) in pairs.clone() {
            n += 1.0;
            p = [p[0] + f64::from(from.x), p[1] + f64::from(from.y)];
            q = [q[0] + f64::from(to.x), q[1] + f64::from(to.y)];
        }
        if n < 2.0 {
            return None;
        }
        let ([px, py], [qx, qy]) = (p.map(|v| v / n), q.map(|v| v / n));
        let (mut dot, mut cross, mut square) = (0.0, 0.0, 0.0);
        for (from, to) in pairs {
            let (x, y) = (f64::from(from.x) - px, f64::from(from.y) - py);
            let (u, v) = (f64::from(to.x) - qx, f64::from(to.y) - qy);
            dot += x * u + y * v;
            cross += x * v - y * u;
            square += x * x + y * y;
        }
        if square < 1e-6 {
            return None;
        }
        let (a, b) = (dot / square, cross / square);
        let (dx, dy) = (qx - a * px + b * py, qy - b * px - a * py);
        Some(Self { a: a as f32, b: b as f32, dx: dx as f32, dy: dy as f32 })
    }
}

/// A point of the picture that was found again in the next frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vector {
    /// Where it was.
    pub from: Point,
    /// Where it is.
    pub to: Point,
}

/// How the picture moved since the frame before.
#[derive(Clone, Debug, PartialEq)]
pub struct Motion {
    /// The motion of the camera: what most of the picture did.
    pub camera: Similarity,
    /// Points that were found again, with the camera or on their own.
    pub vectors: Vec<Vector>,
    /// Nothing of the frame before is left: another scene begins.
    pub cut: bool,
}

impl Motion {
    /// Nothing moved.
    pub fn still() -> Self {
        Self { camera: Similarity::IDENTITY, vectors: Vec::new(), cut: false }
    }

    /// Another scene begins.
    pub fn cut() -> Self {
        Self { cut: true, ..Self::still() }
    }

    /// The vectors that begin inside `rect`.
    pub fn inside(&self, rect: Rect) -> impl Iterator<Item = &Vector> {
        self.vectors
            .iter()
            .filter(move |v| (rect.x0..rect.x1).contains(&v.from.x) && (rect.y0..rect.y1).contains(&v.from.y))
    }

    /// The same motion seen backwards in time.
    pub fn reversed(&self) -> Self {
        let vectors = self.vectors.iter().map(|v| Vector { from: v.to, to: v.from }).collect();
        Self { camera: self.camera.inverse(), vectors, cut: self.cut }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(a: Point, b: Point) -> bool {
        (a.x - b.x).abs() < 0.02 && (a.y - b.y).abs() < 0.02
    }

    proptest! {
        #[test]
        fn there_and_back_is_nowhere(
            a in 0.5f32..2.0, b in -1f32..1.0, dx in -50f32..50.0, dy in -50f32..50.0, x in -99f32..99.0, y in -99f32..99.0,
        ) {
            let there = Similarity { a, b, dx, dy };
            let p = Point::new(x, y);
            prop_assert!(near(there.then(&there.inverse()).apply(p), p));
            prop_assert!(near(there.then(&there).apply(p), there.apply(there.apply(p))));
        }

        #[test]
        fn a_fit_finds_the_transform_that_made_the_pairs(
            scale in 0.7f32..1.4, turn in -3f32..3.0, dx in -50f32..50.0, dy in -50f32..50.0,
        ) {
            let made = Similarity { a: scale * turn.cos(), b: scale * turn.sin(), dx, dy };
            let points = [(0.0, 0.0), (90.0, 10.0), (40.0, 70.0), (5.0, 33.0)].map(|(x, y)| Point::new(x, y));
            let fit = Similarity::fit(points.iter().map(|&p| (p, made.apply(p)))).unwrap();
            prop_assert!(points.iter().all(|&p| near(fit.apply(p), made.apply(p))));
            prop_assert!((fit.scale() - scale).abs() < 1e-3);
        }
    }

    #[test]
    fn a_positive_turn_is_clockwise_on_the_screen() {
        let quarter = Similarity { a: 0.0, b: 1.0, dx: 0.0, dy: 0.0 };
        assert!(near(quarter.apply(Point::new(1.0, 0.0)), Point::new(0.0, 1.0)));
        assert!((quarter.turn() - std::f32::consts::FRAC_PI_2).abs() < 1e-6);
    }
}
