//! A line of text as a turned box. Separate because findings come in several shapes and the rest of the module wants one.

use crate::{
    area::Shape,
    detect::plane::{Frame, direction, distance, middle},
    geom::{Point, Rect},
};

/// Lines at least this many times as long as high tell their direction; a word of two letters does not.
const TELLING: f32 = 2.5;

/// Half the height of a finding is rim: text is grown to its ascenders and beyond, and a sheet may end right there.
const CORE_HEIGHT: f32 = 0.5;

/// A line of text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    /// Its middle, and the direction of its longer side.
    pub frame: Frame,
    /// Half its longer side, in pixels.
    pub half_length: f32,
    /// Half its shorter side, in pixels.
    pub half_height: f32,
}

impl Line {
    /// The turned box of `shape`; `None` when it is empty or not finite.
    pub fn of(shape: &Shape) -> Option<Self> {
        let corners = match shape {
            Shape::Quad(corners) => *corners,
            Shape::Rect(r) | Shape::Ellipse(r) => r.corners(),
        };
        let sides: [Point; 4] = std::array::from_fn(|i| middle(corners[i], corners[(i + 1) % 4]));
        let (a, b) = (distance(sides[3], sides[1]), distance(sides[0], sides[2]));
        let (from, to) = if a >= b { (sides[3], sides[1]) } else { (sides[0], sides[2]) };
        let (half_length, half_height) = (a.max(b) / 2.0, a.min(b) / 2.0);
        if !(half_height > 0.0 && half_length.is_finite()) {
            return None;
        }
        Some(Self {
            frame: Frame { origin: middle(sides[0], sides[2]), along: direction(from, to)? },
            half_length,
            half_height,
        })
    }

    /// Its height in pixels.
    pub fn height(&self) -> f32 {
        2.0 * self.half_height
    }

    /// Whether its longer side is the direction in which it is read, as far as can be told.
    pub fn tells_direction(&self) -> bool {
        self.half_length >= TELLING * self.half_height
    }

    /// The smallest upright box around it.
    pub fn bounds(&self) -> Rect {
        Rect::around(&self.corners(self.half_length, self.half_height))
    }

    /// The corners of what is surely text, without the rim that findings are grown by.
    pub fn core(&self) -> [Point; 4] {
        let rim = self.half_height * (1.0 - CORE_HEIGHT);
        self.corners((self.half_length - rim).max(self.half_length * CORE_HEIGHT), self.half_height - rim)
    }

    /// The box around it in another frame, in that frame's `u` and `v`.
    pub fn within(&self, frame: &Frame) -> Rect {
        Rect::around(&self.corners(self.half_length, self.half_height).map(|p| frame.local(p)))
    }

    fn corners(&self, half_length: f32, half_height: f32) -> [Point; 4] {
        self.frame.quad(Rect::new(-half_length, -half_height, half_length, half_height))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A level line of text with its middle at `(x, y)`.
    pub fn level(x: f32, y: f32, length: f32, height: f32) -> Line {
        Line::of(&Shape::Rect(Rect::from_center(Point::new(x, y), length, height))).unwrap()
    }

    #[test]
    fn a_quadrilateral_becomes_the_line_that_it_was_made_of_whichever_corner_comes_first() {
        let frame = Frame { origin: Point::new(50.0, 40.0), along: Point::new(0.8, 0.6) };
        let mut corners = frame.quad(Rect::new(-30.0, -4.0, 30.0, 4.0));
        for _ in 0..4 {
            corners.rotate_left(1);
            let line = Line::of(&Shape::Quad(corners)).unwrap();
            assert!((line.half_length - 30.0).abs() < 1e-3 && (line.half_height - 4.0).abs() < 1e-3);
            let along = line.frame.along;
            assert!((along.x * 0.8 + along.y * 0.6).abs() > 0.999, "{along:?}");
        }
    }

    #[test]
    fn what_is_empty_or_not_a_number_is_no_line() {
        assert_eq!(Line::of(&Shape::Rect(Rect::new(5.0, 5.0, 9.0, 5.0))), None);
        assert_eq!(Line::of(&Shape::Rect(Rect::new(f32::NAN, 5.0, 9.0, 7.0))), None);
        assert_eq!(Line::of(&Shape::Quad([Point::new(1.0, 1.0); 4])), None);
        assert_eq!(Line::of(&Shape::Rect(Rect::new(0.0, 0.0, f32::INFINITY, 7.0))), None);
    }
}
