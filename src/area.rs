//! Shapes in a picture and the decision to destroy what lies inside them.

use serde::{Deserialize, Serialize};

use crate::{
    finding::Class,
    geom::{Point, Rect},
};

/// The outline of an area, in pixels of the upright picture. May stick out of the picture; masks clip it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The whole box.
    Rect(Rect),
    /// The ellipse inscribed in the box.
    Ellipse(Rect),
    /// A convex quadrilateral, corners in order around it (either way).
    Quad([Point; 4]),
}

impl Shape {
    /// The smallest upright box around the shape.
    pub fn bounds(&self) -> Rect {
        match self {
            Shape::Rect(r) | Shape::Ellipse(r) => *r,
            Shape::Quad(points) => Rect::around(points),
        }
    }

    /// Every side moved outward by `pad_px`.
    pub fn padded(&self, pad_px: f32) -> Self {
        match self {
            Shape::Rect(r) => Shape::Rect(r.padded(pad_px)),
            Shape::Ellipse(r) => Shape::Ellipse(r.padded(pad_px)),
            Shape::Quad(points) => Shape::Quad(std::array::from_fn(|i| {
                let (corner, next, previous) = (points[i], points[(i + 1) % 4], points[(i + 3) % 4]);
                let (ax, ay) = unit(corner.x - next.x, corner.y - next.y);
                let (bx, by) = unit(corner.x - previous.x, corner.y - previous.y);
                // Moving along one side shifts the other by the sine of the angle between them; the floor keeps
                // needle-sharp corners from flying off.
                let reach = pad_px / (ax * by - ay * bx).abs().max(0.3);
                Point::new(corner.x + (ax + bx) * reach, corner.y + (ay + by) * reach)
            })),
        }
    }

    /// Whether every point of `other` is inside this shape. Never true of an ellipse, which is drawn with a soft rim.
    pub fn holds(&self, other: &Self) -> bool {
        let corners = match other {
            Shape::Rect(r) | Shape::Ellipse(r) => r.corners(),
            Shape::Quad(points) => *points,
        };
        match self {
            Shape::Rect(r) => corners.iter().all(|p| (r.x0..=r.x1).contains(&p.x) && (r.y0..=r.y1).contains(&p.y)),
            Shape::Ellipse(_) => false,
            // On the same side of all four sides, whichever way round they run.
            Shape::Quad(points) => corners.iter().all(|p| {
                let side = |i: usize| {
                    let (a, b) = (points[i], points[(i + 1) % 4]);
                    (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)
                };
                let sides: [f32; 4] = std::array::from_fn(side);
                sides.iter().all(|s| *s > 0.0) || sides.iter().all(|s| *s < 0.0)
            }),
        }
    }

    /// Every coordinate passed through `map`'s scale and shift: `x * sx + dx`, `y * sy + dy`.
    pub fn mapped(&self, (sx, sy): (f32, f32), (dx, dy): (f32, f32)) -> Self {
        match self {
            Shape::Rect(r) => Shape::Rect(r.scaled(sx, sy).translated(dx, dy)),
            Shape::Ellipse(r) => Shape::Ellipse(r.scaled(sx, sy).translated(dx, dy)),
            Shape::Quad(points) => Shape::Quad(points.map(|p| Point::new(p.x * sx + dx, p.y * sy + dy))),
        }
    }
}

/// The vector's direction; zero stays zero.
fn unit(x: f32, y: f32) -> (f32, f32) {
    let length = x.hypot(y);
    if length > 0.0 { (x / length, y / length) } else { (0.0, 0.0) }
}

/// An area that will be destroyed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// Where.
    pub shape: Shape,
    /// Why; decides the style.
    pub class: Class,
    /// The track it belongs to, so that the fill is steady over time; `None` on stills.
    pub track: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_holds_what_is_wholly_inside_it_and_nothing_else() {
        let sheet =
            Shape::Quad([(10.0, 0.0), (90.0, 10.0), (80.0, 90.0), (0.0, 80.0)].map(|(x, y)| Point::new(x, y)));
        let at = |x, y, side| Shape::Rect(Rect::from_xywh(x, y, side, side));
        assert!(sheet.holds(&at(30.0, 30.0, 20.0)));
        assert!(!sheet.holds(&at(0.0, 0.0, 20.0)), "a corner sticks out");
        assert!(!sheet.holds(&at(200.0, 0.0, 20.0)));
        assert!(!at(30.0, 30.0, 20.0).holds(&sheet));
        assert!(at(0.0, 0.0, 100.0).holds(&sheet));
        let Shape::Quad(mut turned) = sheet else { unreachable!() };
        turned.reverse();
        assert!(Shape::Quad(turned).holds(&at(30.0, 30.0, 20.0)), "either way round");
        assert!(!Shape::Ellipse(Rect::from_xywh(0.0, 0.0, 100.0, 100.0)).holds(&at(49.0, 49.0, 1.0)));
        let nowhere = Shape::Rect(Rect::new(f32::NAN, 0.0, 1.0, 1.0));
        assert!(!at(0.0, 0.0, 100.0).holds(&nowhere) && !sheet.holds(&nowhere));
    }

    #[test]
    fn padding_moves_every_side_of_a_turned_box_outward() {
        // A thin box turned by 45 degrees, the shape of a slanted line of text.
        let at = |along: f32, across: f32| {
            let s = std::f32::consts::FRAC_1_SQRT_2;
            Point::new(100.0 + (along - across) * s, 100.0 + (along + across) * s)
        };
        let quad = Shape::Quad([at(0.0, 0.0), at(80.0, 0.0), at(80.0, 6.0), at(0.0, 6.0)]);
        let Shape::Quad(grown) = quad.padded(2.0) else { panic!("padding keeps the kind of shape") };
        let expected = [at(-2.0, -2.0), at(82.0, -2.0), at(82.0, 8.0), at(-2.0, 8.0)];
        for (got, want) in grown.iter().zip(expected) {
            assert!((got.x - want.x).abs() < 1e-3 && (got.y - want.y).abs() < 1e-3, "{got:?} {want:?}");
        }
    }
}
