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

    /// Every coordinate passed through `map`'s scale and shift: `x * sx + dx`, `y * sy + dy`.
    pub fn mapped(&self, (sx, sy): (f32, f32), (dx, dy): (f32, f32)) -> Self {
        match self {
            Shape::Rect(r) => Shape::Rect(r.scaled(sx, sy).translated(dx, dy)),
            Shape::Ellipse(r) => Shape::Ellipse(r.scaled(sx, sy).translated(dx, dy)),
            Shape::Quad(points) => Shape::Quad(points.map(|p| Point::new(p.x * sx + dx, p.y * sy + dy))),
        }
    }
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
