//! Moving outlines: with the picture from frame to frame, and from one sighting towards the next. Separate because it
//! is geometry alone.

use crate::{
    area::Shape,
    geom::{Point, Rect},
    motion::{Motion, Similarity, Vector},
};

/// Fewer points inside a thing than this say nothing about it.
const POINTS_MIN: usize = 4;
/// This share of the points inside must agree, or something passes in front.
const AGREED_MIN: f32 = 0.6;
/// Points agree when they differ by less than this share of the thing's short side...
const AGREED_SHARE: f32 = 0.05;
/// ... or by less than this, in pixels.
const AGREED_PX: f32 = 1.5;

/// `shape` where `motion` takes it.
pub(super) fn moved(shape: &Shape, motion: &Similarity) -> Shape {
    match shape {
        Shape::Quad(corners) => Shape::Quad(corners.map(|p| motion.apply(p))),
        // Boxes stay upright: between two sightings things turn little.
        Shape::Rect(rect) => Shape::Rect(moved_rect(rect, motion)),
        Shape::Ellipse(rect) => Shape::Ellipse(moved_rect(rect, motion)),
    }
}

fn moved_rect(rect: &Rect, motion: &Similarity) -> Rect {
    let scale = motion.scale();
    Rect::from_center(motion.apply(rect.center()), rect.width() * scale, rect.height() * scale)
}

/// What the points inside `rect` did besides moving with the camera; `None` when there are too few or they do not
/// agree.
pub(super) fn own_shift(rect: Rect, motion: &Motion) -> Option<(f32, f32)> {
    // Near its edge a head's box shows what is behind the head.
    let inner = rect.grown(0.8);
    let own = |v: &Vector| {
        let with_camera = motion.camera.apply(v.from);
        (v.to.x - with_camera.x, v.to.y - with_camera.y)
    };
    let shifts: Vec<(f32, f32)> = motion.inside(inner).map(own).collect();
    if shifts.len() < POINTS_MIN {
        return None;
    }
    let middle = |value: fn(&(f32, f32)) -> f32| {
        let mut values: Vec<f32> = shifts.iter().map(value).collect();
        values.sort_by(f32::total_cmp);
        values[values.len() / 2]
    };
    let (x, y) = (middle(|s| s.0), middle(|s| s.1));
    let near = (rect.width().min(rect.height()) * AGREED_SHARE).max(AGREED_PX);
    let agreed = shifts.iter().filter(|s| (s.0 - x).hypot(s.1 - y) <= near).count();
    (agreed as f32 >= AGREED_MIN * shifts.len() as f32).then_some((x, y))
}

/// One frame on (or back, with reversed motion): with the camera, and with what the points inside did on their own.
pub(super) fn carried(shape: &Shape, motion: &Motion) -> Shape {
    let (x, y) = own_shift(shape.bounds(), motion).unwrap_or((0.0, 0.0));
    moved(shape, &motion.camera.then(&Similarity::shift(x, y)))
}

/// Between two outlines of the same thing, `share` of the way from `a` to `b`. Where they are far apart both are
/// covered: it is somewhere between.
pub(super) fn between(a: &Shape, b: &Shape, share: f32) -> Shape {
    let (from, to) = (a.bounds(), b.bounds());
    if from.iou(&to) < 0.2 && share > 0.0 && share < 1.0 {
        let both = from.union(&to);
        if both.area() < 3.0 * from.area().max(to.area()) {
            return Shape::Rect(both);
        }
    }
    match (a, b) {
        (Shape::Quad(p), Shape::Quad(q)) => {
            let q = aligned(p, q);
            Shape::Quad(std::array::from_fn(|i| {
                Point::new(p[i].x + (q[i].x - p[i].x) * share, p[i].y + (q[i].y - p[i].y) * share)
            }))
        }
        (Shape::Ellipse(_), Shape::Ellipse(_)) => Shape::Ellipse(mixed(&from, &to, share)),
        (Shape::Rect(_) | Shape::Ellipse(_) | Shape::Quad(_), _) => Shape::Rect(mixed(&from, &to, share)),
    }
}

fn mixed(a: &Rect, b: &Rect, share: f32) -> Rect {
    let mix = |a: f32, b: f32| a + (b - a) * share;
    Rect::new(mix(a.x0, b.x0), mix(a.y0, b.y0), mix(a.x1, b.x1), mix(a.y1, b.y1))
}

/// The corners of `q` in the order (of four, either way round) that lies nearest to `p`.
fn aligned(p: &[Point; 4], q: &[Point; 4]) -> [Point; 4] {
    let orders = (0..8).map(|order| {
        std::array::from_fn(|i: usize| if order < 4 { q[(order + i) % 4] } else { q[(order + 4 - i) % 4] })
    });
    let distance = |q: &[Point; 4]| -> f32 { p.iter().zip(q).map(|(a, b)| (a.x - b.x).hypot(a.y - b.y)).sum() };
    orders.min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(*q)
}

/// The outline with its centre at `center` and `size` times as large.
pub(super) fn placed(shape: &Shape, center: Point, factor: (f32, f32)) -> Shape {
    let old = shape.bounds().center();
    let shift = (center.x - old.x * factor.0, center.y - old.y * factor.1);
    shape.mapped(factor, shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn motion(camera: Similarity, own: &[(f32, f32)]) -> Motion {
        let vectors = own
            .iter()
            .enumerate()
            .map(|(i, &(x, y))| {
                let from = Point::new(40.0 + 2.0 * i as f32, 40.0 + i as f32);
                let to = camera.apply(from);
                Vector { from, to: Point::new(to.x + x, to.y + y) }
            })
            .collect();
        Motion { camera, vectors, cut: false }
    }

    #[test]
    fn a_thing_moves_with_its_own_points_and_not_with_one_that_passes() {
        let rect = Rect::new(30.0, 30.0, 70.0, 70.0);
        let camera = Similarity::shift(5.0, 0.0);
        let shape = carried(&Shape::Rect(rect), &motion(camera, &[(2.0, 1.0); 6]));
        assert_eq!(shape.bounds(), rect.translated(7.0, 1.0));
        let crossing = [(0.0, 0.0), (20.0, 0.0), (0.1, 0.0), (20.0, 0.0), (-9.0, 3.0)];
        let shape = carried(&Shape::Rect(rect), &motion(camera, &crossing));
        assert_eq!(shape.bounds(), rect.translated(5.0, 0.0));
    }

    #[test]
    fn halfway_between_two_sightings_lies_in_the_middle_whatever_the_order_of_the_corners() {
        let quad = Rect::new(0.0, 0.0, 40.0, 10.0).corners();
        let mut moved: [Point; 4] = quad.map(|p| Point::new(p.x + 10.0, p.y));
        moved.rotate_left(2);
        let Shape::Quad(middle) = between(&Shape::Quad(quad), &Shape::Quad(moved), 0.5) else { panic!() };
        assert_eq!(Rect::around(&middle), Rect::new(5.0, 0.0, 45.0, 10.0));
    }

    #[test]
    fn two_sightings_far_apart_are_both_covered_in_between() {
        let (a, b) = (Rect::new(0.0, 0.0, 20.0, 20.0), Rect::new(22.0, 0.0, 42.0, 20.0));
        let shape = between(&Shape::Ellipse(a), &Shape::Ellipse(b), 0.5);
        assert_eq!(shape, Shape::Rect(a.union(&b)));
    }
}
