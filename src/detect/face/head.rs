//! From a face to the head that must go. Separate because how much to cover is a choice of its own, measured apart
//! from what is found.
//!
//! Shares of labelled faces that were covered, and of all pixels that were covered beyond them, on 419 photos with
//! 2,803 faces and, in brackets, 80 photos of clinics, homes and streets with 142 faces labelled as heads:
//!
//! | growth sideways, up, down | covered | beyond |
//! |---|---|---|
//! | .15, .15, .15 | .966 (.78) | 2.0 % |
//! | .20, .14, .26 | .971 (.83) | 2.2 % |
//! | .20, .05, .25 | .970 (.77) | 1.9 % |
//! | .22, .06, .27 | .971 (.79) | 1.9 % |
//! | .22, .06, .27, doubled for unsure faces in small company | .973 (.84) | 2.1 % |
//! | .25, .10, .25 | .972 (.87) | 2.2 % |
//!
//! Sure faces get their hair on top of that.

use crate::{area::Shape, geom::Rect};

use super::centerface::Seen;

/// How far each side moves outward, as a share of the face's width or height.
struct Growth {
    sideways: f32,
    up: f32,
    down: f32,
}

/// Sideways to the ears and the turned-away cheek, down over masks and chins; the network's boxes reach above the brow
/// already.
const GROWTH: Growth = Growth { sideways: 0.22, up: 0.06, down: 0.27 };

/// What a sure face gets upward besides, as a share of its height: the hair. Unsure boxes, among which nearly all false
/// ones are, get none of it.
const HAIR: f32 = 0.2;

/// From this height on the head of a sure face is an ellipse; smaller ones stay boxes, whose corners are a few pixels.
const ELLIPSE_MIN_PX: f32 = 48.0;

/// How many times [`GROWTH`] a face gets that is barely seen: masked, in profile, lying. The boxes of such faces stop
/// at the mask or at the visible cheek.
const UNSURE_SCALE: f32 = 2.0;

/// From this score on a box is trusted as it is.
const SURE_SCORE: f32 = 0.8;

/// Up to this score a box gets all of [`UNSURE_SCALE`].
const UNSURE_SCORE: f32 = 0.4;

/// Up to this many heads in a picture, unsure ones get all of [`UNSURE_SCALE`]...
const SMALL_COMPANY: f32 = 4.0;

/// ... and from this many on none of it: weak boxes in a crowd are many, small and often nothing.
const CROWD: f32 = 16.0;

/// Whether a face of this score is trusted to be one, and to be where its box is.
fn is_sure(score: f32) -> bool {
    score >= SURE_SCORE
}

/// The outline of a head: the ellipse in its box where face and box are sure and large, the whole box otherwise. With
/// the hair in the box, the ellipse still holds the face's own ellipse with room to spare.
pub(super) fn outline(rect: Rect, score: f32) -> Shape {
    if is_sure(score) && rect.height().min(rect.width()) >= ELLIPSE_MIN_PX {
        Shape::Ellipse(rect)
    } else {
        Shape::Rect(rect)
    }
}

/// The part of the picture that shows the head of `face`, one of `company` faces.
pub(super) fn head(face: Seen, company: usize) -> Rect {
    let unsure = ((SURE_SCORE - face.score) / (SURE_SCORE - UNSURE_SCORE)).clamp(0.0, 1.0);
    let few = ((CROWD - company as f32) / (CROWD - SMALL_COMPANY)).clamp(0.0, 1.0);
    let scale = 1.0 + (UNSURE_SCALE - 1.0) * unsure * few;
    let (w, h) = (face.rect.width() * scale, face.rect.height() * scale);
    Rect::new(
        face.rect.x0 - GROWTH.sideways * w,
        face.rect.y0 - GROWTH.up * h - if is_sure(face.score) { HAIR * h } else { 0.0 },
        face.rect.x1 + GROWTH.sideways * w,
        face.rect.y1 + GROWTH.down * h,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(score: f32) -> Seen {
        Seen { rect: Rect::new(100.0, 100.0, 140.0, 150.0), score }
    }

    #[test]
    fn a_head_holds_its_face_and_more_below_it_than_above() {
        for score in [0.06, 0.5, 0.99] {
            let head = head(face(score), 1);
            assert_eq!(face(score).rect.share_inside(&head), 1.0);
            assert!(head.y1 - 150.0 > 100.0 - head.y0);
            assert!(100.0 - head.x0 > 0.0 && (100.0 - head.x0 - (head.x1 - 140.0)).abs() < 1e-4);
        }
    }

    #[test]
    fn a_face_that_is_barely_seen_gets_more_room_unless_it_is_one_of_a_crowd() {
        assert!(head(face(0.1), 2).area() > head(face(0.9), 2).area());
        assert_eq!(head(face(0.1), 40).width(), head(face(0.9), 40).width());
        assert_eq!(head(face(0.85), 2), head(face(0.9), 2));
    }
}
