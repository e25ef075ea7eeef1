//! What passes between the camera and the people: opaque, textured, sharp-edged. Separate, because the metric must
//! know which pixels it hides as exactly as the picture does.

use serde::{Deserialize, Serialize};

use super::{
    random::{Random, mixed},
    view::Point,
};

/// A rounded shape: `|x / half[0]|^power + |y / half[1]|^power <= 1` in its own, turned coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// Middle in pixels of the frame.
    pub centre: Point,
    /// Half width and half height in pixels.
    pub half: Point,
    /// Turn, clockwise, in radians.
    pub angle: f64,
    /// 2 is an ellipse, 8 nearly a box.
    pub power: i32,
}

impl Shape {
    /// The point in the shape's own coordinates, in shares of its half sides.
    pub fn local(&self, [x, y]: Point) -> Point {
        let (sin, cos) = self.angle.sin_cos();
        let (dx, dy) = (x - self.centre[0], y - self.centre[1]);
        [(dx * cos + dy * sin) / self.half[0], (dy * cos - dx * sin) / self.half[1]]
    }

    /// Whether it hides the point.
    pub fn holds(&self, point: Point) -> bool {
        let [u, v] = self.local(point);
        u.abs() <= 1.0 && v.abs() <= 1.0 && u.powi(self.power).abs() + v.powi(self.power).abs() <= 1.0
    }

    /// First and last row and column that it can hide, cut at a frame of `size`: `x0..x1`, `y0..y1`.
    pub fn reach(&self, size: [usize; 2]) -> [std::ops::Range<usize>; 2] {
        let (sin, cos) = self.angle.sin_cos();
        let span = [
            self.half[0] * cos.abs() + self.half[1] * sin.abs(),
            self.half[0] * sin.abs() + self.half[1] * cos.abs(),
        ];
        [0, 1].map(|axis| {
            let low = (self.centre[axis] - span[axis] - 1.0).clamp(0.0, size[axis] as f64) as usize;
            let high = (self.centre[axis] + span[axis] + 2.0).clamp(0.0, size[axis] as f64) as usize;
            low..high
        })
    }
}

/// A shape that crosses the frame at an even speed.
#[derive(Clone, Debug)]
pub struct Occluder {
    /// The shape when it is where it was aimed at.
    pub shape: Shape,
    /// When that is, in seconds.
    pub at: f64,
    /// Pixels a second, across and down.
    pub speed: Point,
    /// Two colours of its texture, sRGB.
    pub colours: [[u8; 3]; 2],
    /// Decides the texture.
    pub seed: u64,
}

impl Occluder {
    /// One that hides more than half of a thing of `extent` pixels (a circle's diameter) in the middle of `target` for
    /// about `hidden` seconds around `at`.
    pub fn across(random: &mut Random, target: Point, extent: f64, at: f64, hidden: f64) -> Self {
        let half = extent * random.range(0.55, 1.1);
        // More than half is hidden while the middle of the thing is: over a way of one width of the shape.
        let speed = 2.0 * half / hidden;
        let tall = half * random.range(1.2, 5.0);
        let angle = random.range(-0.5, 0.5);
        let sign = random.sign();
        let colour = |random: &mut Random| [0; 3].map(|_| random.range(15.0, 240.0) as u8);
        Self {
            shape: Shape { centre: target, half: [half, tall], angle, power: [2, 4, 8][random.below(3)] },
            at,
            speed: [sign * speed * angle.cos(), sign * speed * angle.sin()],
            colours: [colour(random), colour(random)],
            seed: random.bits(),
        }
    }

    /// The shape at `seconds`, or `None` when it is well outside a frame of `size`.
    pub fn at(&self, seconds: f64, size: [usize; 2]) -> Option<Shape> {
        let moved = |axis: usize| self.shape.centre[axis] + self.speed[axis] * (seconds - self.at);
        let shape = Shape { centre: [moved(0), moved(1)], ..self.shape };
        shape.reach(size).iter().all(|range| !range.is_empty()).then_some(shape)
    }

    /// The colour of the texture at a point in the shape's own coordinates: a coarse and a fine weave.
    pub fn colour(&self, local: Point) -> [u8; 3] {
        let mut share = 0.0;
        for (scale, weight) in [(3.0, 0.6), (11.0, 0.25), (29.0, 0.15)] {
            share +=
                weight * self.noise([local[0] * scale, local[1] * scale * self.shape.half[1] / self.shape.half[0]]);
        }
        let [a, b] = self.colours;
        [0, 1, 2].map(|c| (f64::from(a[c]) * (1.0 - share) + f64::from(b[c]) * share) as u8)
    }

    /// Smoothly interpolated noise of a lattice, 0 to 1.
    fn noise(&self, [x, y]: Point) -> f64 {
        let knot = |i: f64, j: f64| {
            let key = self.seed ^ (i as i64 as u64).wrapping_mul(0x9e37_79b1) ^ ((j as i64 as u64) << 32);
            mixed(key) as f64 / u64::MAX as f64
        };
        let (i, j) = (x.floor(), y.floor());
        let ease = |t: f64| t * t * (3.0 - 2.0 * t);
        let (u, v) = (ease(x - i), ease(y - j));
        let upper = knot(i, j) * (1.0 - u) + knot(i + 1.0, j) * u;
        let lower = knot(i, j + 1.0) * (1.0 - u) + knot(i + 1.0, j + 1.0) * u;
        upper * (1.0 - v) + lower * v
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_occluder_hides_the_middle_of_its_target_for_as_long_as_it_was_told() {
        let mut random = Random::new(5);
        for hidden in [1.0, 3.0, 10.0].map(|frames| frames / 30.0) {
            let passing = Occluder::across(&mut random, [600.0, 300.0], 50.0, 2.0, hidden);
            let steps = 3000;
            let covered = (0..steps)
                .filter(|step| {
                    let seconds = 1.0 + 2.0 * f64::from(*step) / f64::from(steps);
                    passing.at(seconds, [1280, 720]).is_some_and(|shape| shape.holds([600.0, 300.0]))
                })
                .count() as f64;
            let seconds = covered * 2.0 / f64::from(steps);
            assert!((seconds / hidden - 1.0).abs() < 0.05, "{seconds} instead of {hidden}");
        }
    }
}
