//! Finding palms, for the wrists below them: a band on a wrist is told by the hand beside it. Not a
//! [`Detector`](super::Detector), because a palm identifies nobody; it is evidence for what lies next to it.

mod arm;
mod blaze;

use std::sync::Arc;

use super::{Picture, input};
use crate::{
    error::{DetectError, InferError},
    geom::{Point, PxRect, Rect, Size},
    infer::{Model, registry::Registry},
};

pub(super) use arm::{BREADTH, MARGIN};

/// A palm counts from this score on. Published with .5 (MediaPipe Hands); between that and .6 the drawn scenes and a few
/// photos had folds of cloth and no hands.
const SCORE_MIN: f32 = 0.6;

/// Two palms whose boxes overlap more than this (intersection over union) are one; as published.
const SAME_IOU: f32 = 0.3;

/// A palm within this share of a look's side from a rim inside the picture may be half a palm, whose arm points anywhere.
/// It does not count: the next larger look has it whole.
const RIM_SHARE: f32 = 0.03;

/// A palm, in pixels of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palm {
    /// The network's score, 0 to 1.
    pub score: f32,
    /// The box around the palm, without the fingers.
    pub bounds: Rect,
    /// The middle of the wrist.
    pub wrist: Point,
    /// Where the middle finger begins.
    pub middle: Point,
    /// Where the index finger begins.
    pub index: Point,
    /// Where the little finger begins.
    pub little: Point,
}

/// Finds palms. Safe to share between threads.
pub struct Palms {
    model: Arc<dyn Model>,
}

/// The shipped finder.
///
/// # Errors
/// When the model is missing, is not the one measured, or is refused by the runtime.
pub fn load(registry: &Registry) -> Result<Palms, InferError> {
    Ok(Palms { model: registry.load(blaze::NAME)? })
}

impl Palms {
    /// The palms in `picture`, best first: looked for in the whole of it, in overlapping squares as high as its short
    /// side, and in `rois`. One look takes about 15 ms on one core; it sees palms from about a tenth to the whole of
    /// its side, so small hands are found only where `rois` ask for them.
    ///
    /// # Errors
    /// When the network fails or answers in another shape, or a `roi` is not inside the picture.
    pub fn find(&self, picture: &dyn Picture, rois: &[PxRect]) -> Result<Vec<Palm>, DetectError> {
        let size = picture.size();
        let whole = size.px_rect();
        let mut looks = vec![whole];
        looks.extend(squares(size));
        looks.extend_from_slice(rois);
        looks.sort_by_key(|r| (r.x0, r.y0, r.x1, r.y1));
        looks.dedup();
        let mut found = Vec::new();
        for roi in looks {
            let palms = blaze::look(self.model.as_ref(), picture, roi, SCORE_MIN)?;
            found.extend(palms.into_iter().filter(|palm| !on_rim(palm, roi, size)));
        }
        Ok(strongest(found))
    }
}

/// Overlapping squares that cover a picture: as high as its short side, half of each shared with the next. None when the
/// picture is nearly a square itself.
pub(super) fn squares(size: Size) -> Vec<PxRect> {
    let (side, long) = (size.short_side(), size.long_side());
    if side == 0 || long * 8 <= side * 9 {
        return Vec::new();
    }
    // Panoramas are cut into at most sixteen.
    let count = (2 * (long - side)).div_ceil(side).clamp(1, 15) + 1;
    (0..count)
        .map(|i| {
            let from = (u64::from(long - side) * u64::from(i) / u64::from(count - 1)) as u32;
            if size.width > size.height {
                PxRect { x0: from, y0: 0, x1: from + side, y1: side }
            } else {
                PxRect { x0: 0, y0: from, x1: side, y1: from + side }
            }
        })
        .collect()
}

/// Whether the palm is cut by a side of `roi` that is not a side of the picture.
fn on_rim(palm: &Palm, roi: PxRect, size: Size) -> bool {
    let near = roi.size().long_side() as f32 * RIM_SHARE;
    let b = palm.bounds;
    (roi.x0 > 0 && b.x0 < roi.x0 as f32 + near)
        || (roi.y0 > 0 && b.y0 < roi.y0 as f32 + near)
        || (roi.x1 < size.width && b.x1 > roi.x1 as f32 - near)
        || (roi.y1 < size.height && b.y1 > roi.y1 as f32 - near)
}

/// The best of every heap of palms, best first.
fn strongest(found: Vec<Palm>) -> Vec<Palm> {
    input::strongest(found, |palm| palm.score, |a, b| a.bounds.iou(&b.bounds) >= SAME_IOU)
}

#[cfg(test)]
pub(in crate::detect) mod tests {
    use proptest::prelude::*;

    use super::{
        blaze::tests::{RedIsPalm, red_at},
        *,
    };

    /// A hand that points left: the wrist at `wrist`, the arm to the right, `length` pixels long.
    pub fn pointing_left(wrist: Point, length: f32) -> Palm {
        let at = |x: f32, y: f32| Point::new(wrist.x + x * length, wrist.y + y * length);
        Palm {
            score: 0.9,
            bounds: Rect::from_center(at(-0.5, 0.0), length, length),
            wrist,
            middle: at(-1.0, 0.0),
            index: at(-0.95, -0.35),
            little: at(-0.85, 0.3),
        }
    }

    #[test]
    fn a_palm_that_several_looks_see_is_found_once() {
        let palms = Palms { model: Arc::new(RedIsPalm) };
        let picture = red_at(Size::new(300, 192), (150, 96));
        let around = PxRect { x0: 60, y0: 0, x1: 252, y1: 192 };
        let found = palms.find(&picture, &[around, around]).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!((found[0].middle.x - 150.0).abs() < 16.0 && (found[0].middle.y - 76.0).abs() < 16.0);
        assert!(found[0].wrist.y > found[0].middle.y);
    }

    #[test]
    fn a_picture_without_palms_has_none() {
        let palms = Palms { model: Arc::new(RedIsPalm) };
        assert!(palms.find(&image::RgbImage::new(90, 200), &[]).unwrap().is_empty());
    }

    #[test]
    fn the_arm_is_reached_beyond_the_wrist_and_not_among_the_fingers() {
        let palm = pointing_left(Point::new(400.0, 300.0), 100.0);
        let frame = palm.arm().unwrap();
        let small = |p: Point| {
            let at = frame.local(p);
            palm.reaches(&Rect::from_center(at, 10.0, 10.0))
        };
        assert!(small(Point::new(430.0, 300.0)) && small(Point::new(560.0, 320.0)));
        assert!(!small(Point::new(330.0, 300.0)), "in the palm");
        assert!(!small(Point::new(430.0, 400.0)), "beside the wrist");
        assert!(!small(Point::new(760.0, 300.0)), "beyond the elbow");
    }

    #[test]
    fn a_hand_that_points_at_the_camera_is_measured_by_its_breadth() {
        let palm = Palm { middle: Point::new(395.0, 300.0), ..pointing_left(Point::new(400.0, 300.0), 100.0) };
        assert!((80.0..110.0).contains(&palm.length()), "{}", palm.length());
    }

    proptest! {
        #[test]
        fn squares_cover_the_picture_and_lie_inside_it(width in 1u32..6000, height in 1u32..6000) {
            let size = Size::new(width, height);
            let squares = squares(size);
            prop_assert!(squares.len() <= 16);
            for s in &squares {
                prop_assert!(s.x1 <= width && s.y1 <= height && s.width() == s.height());
            }
            if let (Some(first), Some(last)) = (squares.first(), squares.last()) {
                prop_assert_eq!((first.x0, first.y0, last.x1, last.y1), (0, 0, width, height));
            }
        }
    }
}
