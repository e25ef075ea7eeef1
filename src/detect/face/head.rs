//! From a face to the head that must go. Separate because how much to cover is a choice of its own, measured apart
//! from what is found.

use crate::geom::Rect;

use super::centerface::Seen;

/// How far each side moves outward, as a share of the face's width or height.
struct Growth {
    sideways: f32,
    up: f32,
    down: f32,
}

/// Sideways to the ears and the turned-away cheek, down over masks and chins; the network's boxes already reach above
/// the brow.
const GROWTH: Growth = Growth { sideways: 0.2, up: 0.1, down: 0.25 };

/// How many times [`GROWTH`] and the box are taken for a face that is barely seen: masked, in profile, lying. Boxes of
/// such faces stop at the mask or at the visible cheek.
const UNSURE_SCALE: f32 = 1.3;

/// From this score on a box is trusted as it is.
const SURE_SCORE: f32 = 0.75;

/// Up to this score a box gets all of [`UNSURE_SCALE`].
const UNSURE_SCORE: f32 = 0.35;

/// The part of the picture that shows the head of `face`.
pub(super) fn head(face: Seen) -> Rect {
    let unsure = ((SURE_SCORE - face.score) / (SURE_SCORE - UNSURE_SCORE)).clamp(0.0, 1.0);
    let scale = 1.0 + (UNSURE_SCALE - 1.0) * unsure;
    let (w, h) = (face.rect.width() * scale, face.rect.height() * scale);
    Rect::new(
        face.rect.x0 - GROWTH.sideways * w,
        face.rect.y0 - GROWTH.up * h,
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
            let head = head(face(score));
            assert_eq!(face(score).rect.share_inside(&head), 1.0);
            assert!(head.y1 - 150.0 > 100.0 - head.y0);
            assert!(100.0 - head.x0 > 0.0 && (100.0 - head.x0 - (head.x1 - 140.0)).abs() < 1e-4);
        }
    }

    #[test]
    fn a_face_that_is_barely_seen_gets_more_room() {
        assert!(head(face(0.1)).area() > head(face(0.9)).area());
        assert_eq!(head(face(0.8)), head(face(0.9)));
    }
}
