//! From what was seen in several sizes to what is a face. Separate because this is where recall is traded against
//! innocent pixels, on numbers alone, without pictures or networks.
//!
//! Every size sees the same faces again and, at low scores, much that is none. Boxes of all sizes that overlap are put
//! together; what is left is weighed by its best score, its size, how well it fits the faces that are certain, its
//! proportions and whether it overlaps a better one. A large box must be likelier than a small one, because a mistake
//! covers more.

use crate::geom::{Rect, Size};

use super::centerface::Seen;

/// Boxes of different sizes that overlap more than this (intersection over union) are one face.
const SAME_IOU: f32 = 0.35;

/// From this score on a face is taken as a measure for the others in the picture.
const CERTAIN_SCORE: f32 = 0.5;

/// From this score on a box is a face whatever the weights say: large faces that are hard to see (masked, in profile)
/// are priced too high otherwise. On 80 photos of clinics, homes and streets .25 covered one of 142 heads fewer and .15
/// three times as much beyond them.
const ALWAYS_SCORE: f32 = 0.2;

/// Log-odds that a box is a face: logistic regression on the 44,011 boxes that three sizes gave on 419 photos, 5,746 of
/// them on one of the 2,803 labelled faces. Five-fold cross-validation over photos; each line says what it multiplies.
struct Weights {
    bias: f32,
    /// Log-odds of the best score, plus 4. By itself, as a threshold of .10 / .12 / .15, it covers .974 / .964 / .951 of
    /// the faces and 3.1 / 2.3 / 1.5 % beyond them; the scores of the other sizes add nothing to the best.
    score: f32,
    /// Logarithm of the side in pixels when the long side of the picture is 640.
    size: f32,
    /// How far the side is from that of the certain faces, as an absolute logarithm up to 2; 1 when none is certain.
    misfit: f32,
    /// Logarithm of one plus the number of certain faces.
    company: f32,
    /// How far height over width is from 1.25, as an absolute logarithm.
    proportions: f32,
    /// Share of the box inside one with a better score: mostly the same face, drawn differently. Worth .001 of recall.
    overlap: f32,
}

const WEIGHTS: Weights = Weights {
    bias: -8.456,
    score: 1.806,
    size: 0.552,
    misfit: -1.529,
    company: 0.248,
    proportions: -0.402,
    overlap: 2.839,
};

/// A box is taken when its odds exceed `PRICE * area_share.powf(AREA_POWER)`: the price of a mistake is what it covers.
/// Cross-validated, 22 / 30 / 34 / 42 cover .978 / .974 / .971 / .967 of the faces and 2.4 / 2.1 / 1.9 / 1.7 % beyond.
const PRICE: f32 = 30.0;
/// See [`PRICE`]. .75 and 1.05 were not better; below .6 faces under 16 pixels are lost first.
const AREA_POWER: f32 = 0.9;
/// Smaller boxes are priced like this share of the picture, about 8 of 400 pixels: the smallest that was measured.
const AREA_SHARE_MIN: f32 = 3.5e-4;

/// Boxes of all sizes in one: best first, each with its overlapping companions averaged in.
fn merged(mut seen: Vec<Seen>) -> Vec<Seen> {
    seen.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut used = vec![false; seen.len()];
    let mut out = Vec::new();
    for first in 0..seen.len() {
        if used[first] {
            continue;
        }
        let (best, mut weight, mut sum) = (seen[first], 0.0, [0.0f32; 4]);
        for (index, other) in seen.iter().enumerate().skip(first) {
            if used[index] || (index != first && best.rect.iou(&other.rect) <= SAME_IOU) {
                continue;
            }
            used[index] = true;
            let w = other.score * other.score;
            weight += w;
            for (total, edge) in sum.iter_mut().zip([other.rect.x0, other.rect.y0, other.rect.x1, other.rect.y1]) {
                *total += w * edge;
            }
        }
        let [x0, y0, x1, y1] = sum.map(|total| total / weight);
        out.push(Seen { rect: Rect::new(x0, y0, x1, y1), score: best.score });
    }
    out
}

/// The faces among everything seen in a picture of `size`, best first.
pub(super) fn faces(seen: Vec<Seen>, size: Size) -> Vec<Seen> {
    let boxes = merged(seen);
    let sides: Vec<f32> = boxes.iter().map(|b| b.rect.area().max(1.0).sqrt()).collect();
    let certain: Vec<f32> =
        boxes.iter().zip(&sides).filter(|(b, _)| b.score > CERTAIN_SCORE).map(|(_, &side)| side).collect();
    let usual_side = median(&certain);
    let picture_area = size.rect().area().max(1.0);
    let long_side = size.long_side().max(1) as f32;
    let is_face = |index: usize| {
        let Seen { rect, score } = boxes[index];
        let better = boxes[..index].iter().filter(|b| b.score > score);
        let overlap = better.map(|b| rect.share_inside(&b.rect)).fold(0.0, f32::max);
        let odds_log = WEIGHTS.bias
            + WEIGHTS.score * (odds_log(score) + 4.0)
            + WEIGHTS.size * (sides[index] / long_side * 640.0).ln().max(SIZE_LOG_MIN)
            + WEIGHTS.misfit * usual_side.map_or(1.0, |usual| (sides[index] / usual).ln().abs().min(2.0))
            + WEIGHTS.company * (certain.len() as f32).ln_1p()
            + WEIGHTS.proportions * (rect.height() / rect.width() / 1.25).ln().abs()
            + WEIGHTS.overlap * overlap;
        let area_share = (rect.area().max(1.0) / picture_area).max(AREA_SHARE_MIN);
        score > ALWAYS_SCORE || odds_log > PRICE.ln() + AREA_POWER * area_share.ln()
    };
    (0..boxes.len()).filter(|&index| is_face(index)).map(|index| boxes[index]).collect()
}

/// The size term of the smallest faces measured, 8 of 400 pixels; no extrapolation to specks in large photos.
const SIZE_LOG_MIN: f32 = 2.5;

/// Log-odds of a score, finite at 0 and 1.
fn odds_log(score: f32) -> f32 {
    ((score + 0.02) / (1.02 - score)).ln()
}

fn median(values: &[f32]) -> Option<f32> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n.is_multiple_of(2) => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
        _ => Some(sorted[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { width: 400, height: 300 };

    fn seen(x: f32, y: f32, side: f32, score: f32) -> Seen {
        Seen { rect: Rect::from_xywh(x, y, side, side * 1.25), score }
    }

    #[test]
    fn one_face_seen_in_three_sizes_is_one_face_between_its_boxes() {
        let found = faces(
            vec![seen(100.0, 50.0, 20.0, 0.8), seen(102.0, 50.0, 20.0, 0.8), seen(98.0, 50.0, 20.0, 0.6)],
            SIZE,
        );
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].score, 0.8);
        assert!((98.0..102.0).contains(&found[0].rect.x0));
    }

    #[test]
    fn a_weak_box_counts_when_it_fits_the_certain_faces_and_not_when_it_does_not() {
        let crowd: Vec<Seen> = (0..8).map(|i| seen(20.0 + 45.0 * i as f32, 40.0, 14.0, 0.9)).collect();
        let with = |weak: Seen| faces(crowd.iter().copied().chain([weak]).collect(), SIZE).len();
        assert_eq!(with(seen(200.0, 90.0, 14.0, 0.16)), 9);
        assert_eq!(with(seen(200.0, 90.0, 100.0, 0.16)), 8);
    }

    #[test]
    fn a_clear_score_is_a_face_at_any_size() {
        assert_eq!(faces(vec![seen(10.0, 10.0, 200.0, 0.25)], SIZE).len(), 1);
        assert_eq!(faces(vec![seen(10.0, 10.0, 200.0, 0.12)], SIZE).len(), 0);
    }

    #[test]
    fn nothing_seen_is_no_face() {
        assert!(faces(Vec::new(), SIZE).is_empty());
    }
}
