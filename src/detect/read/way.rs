//! Which way a line of text may run inside its outline. Separate because it is geometry alone: a detector's outline says
//! where a line is, not where it begins.

use crate::{
    area::Shape,
    detect::plane::{distance, is_convex, vector},
    geom::Point,
};

/// A line is at most this many times as high as long; what is higher runs up or down. As in the package that the weights
/// come from.
const HIGH_MAX: f32 = 1.5;

/// The corners of `outline` as a line may be read: from its first letter's top left clockwise, the likeliest reading first.
/// Long outlines are read along their length, to the right before to the left; squarish ones also up and down. Empty for
/// what has no area.
pub(super) fn likeliest_first(outline: &Shape) -> Vec<[Point; 4]> {
    let mut quad = match outline {
        Shape::Rect(rect) | Shape::Ellipse(rect) => rect.corners(),
        Shape::Quad(points) => *points,
    };
    if !is_convex(&quad) {
        return Vec::new();
    }
    // Counter-clockwise corners would be read as in a mirror.
    let (along, down) = (vector(quad[0], quad[1]), vector(quad[0], quad[3]));
    if along.x * down.y - along.y * down.x < 0.0 {
        quad.reverse();
    }
    let mut ways: Vec<_> = (0..4).map(|first| std::array::from_fn(|i| quad[(first + i) % 4])).collect();
    ways.retain(|way| height(way) <= HIGH_MAX * length(way));
    ways.sort_by(|a, b| rightward(b).total_cmp(&rightward(a)));
    ways
}

/// Mean length of the upper and the lower side, in pixels.
pub(super) fn length([a, b, c, d]: &[Point; 4]) -> f32 {
    (distance(*a, *b) + distance(*d, *c)) / 2.0
}

/// Mean length of the other two sides, in pixels.
pub(super) fn height([a, b, c, d]: &[Point; 4]) -> f32 {
    (distance(*b, *c) + distance(*a, *d)) / 2.0
}

/// How far to the right the line runs, 1 for straight to the right, -1 for straight to the left.
fn rightward([a, b, c, d]: &[Point; 4]) -> f32 {
    let (x, y) = (b.x - a.x + c.x - d.x, b.y - a.y + c.y - d.y);
    x / x.hypot(y).max(f32::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::geom::Rect;

    fn turned(w: f32, h: f32, angle: f32, first: usize, backward: bool) -> Shape {
        let (sin, cos) = angle.sin_cos();
        let mut corners = Rect::from_xywh(0.0, 0.0, w, h)
            .corners()
            .map(|p| Point::new(300.0 + p.x * cos - p.y * sin, 300.0 + p.x * sin + p.y * cos));
        corners.rotate_left(first);
        if backward {
            corners.reverse();
        }
        Shape::Quad(corners)
    }

    proptest! {
        #[test]
        fn a_long_line_is_read_along_its_length_from_the_left(
            angle in -1.5f32..1.5, first in 0usize..4, backward: bool,
        ) {
            let ways = likeliest_first(&turned(200.0, 20.0, angle, first, backward));
            prop_assert_eq!(ways.len(), 2);
            prop_assert!(distance(ways[0][0], Point::new(300.0, 300.0)) < 0.01, "begins at its top left corner");
            prop_assert!((length(&ways[0]) - 200.0).abs() < 0.1 && (height(&ways[0]) - 20.0).abs() < 0.1);
            prop_assert!(distance(ways[1][0], ways[0][2]) < 0.01, "the other way round begins at the other end");
        }

        #[test]
        fn a_squarish_outline_is_tried_every_way(angle in -0.7f32..0.7, first in 0usize..4, backward: bool) {
            let ways = likeliest_first(&turned(30.0, 26.0, angle, first, backward));
            prop_assert_eq!(ways.len(), 4);
            prop_assert!(distance(ways[0][0], Point::new(300.0, 300.0)) < 0.01);
        }
    }

    #[test]
    fn what_is_bent_or_empty_has_no_way() {
        let at = |x: f32, y: f32| Point::new(x, y);
        let bow_tie = [at(0.0, 0.0), at(9.0, 9.0), at(9.0, 0.0), at(0.0, 9.0)];
        assert!(likeliest_first(&Shape::Quad(bow_tie)).is_empty());
        assert!(likeliest_first(&Shape::Rect(Rect::new(5.0, 5.0, 5.0, 9.0))).is_empty());
    }
}
