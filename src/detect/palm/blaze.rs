//! The palm network (BlazePalm, Zhang et al. 2020, arXiv 2006.10214): one run and what its two tensors mean. Separate
//! because this is the only file that knows them.

use ndarray::{Array4, ArrayD};

use super::{super::Picture, Palm};
use crate::{
    error::{DetectError, InferError},
    geom::{Point, PxRect, Rect, Size},
    infer::{Model, Tensor},
};

/// The network's name in the manifest.
pub(super) const NAME: &str = "palm-detection";

/// Both sides of the input, in pixels.
pub(super) const SIDE: u32 = 192;

/// Cells a side and anchors a cell, layer after layer, in the order of the answer.
const LAYERS: [(usize, usize); 2] = [(24, 2), (12, 6)];

/// Rows of the answer: one an anchor.
const ANCHORS: usize = 2016;

/// Numbers a row: middle and size of the box, then seven points, all in pixels of the input from the anchor.
const NUMBERS: usize = 18;

/// The points that are used: the wrist, and where the index finger, the middle finger and the little finger begin.
const WRIST: usize = 0;
const INDEX: usize = 1;
const MIDDLE: usize = 2;
const LITTLE: usize = 4;

/// Runs the network on the part `roi` of `picture`, shrunk or enlarged to fit a square and padded with black, and gives
/// every palm from `score_min` on, in pixels of the picture, best first. Neighbouring anchors see one palm many times.
///
/// # Errors
/// When the picture cannot be sampled, the network fails or answers in another shape.
pub(super) fn look(
    model: &dyn Model,
    picture: &dyn Picture,
    roi: PxRect,
    score_min: f32,
) -> Result<Vec<Palm>, DetectError> {
    let scale = SIDE as f32 / roi.size().long_side().max(1) as f32;
    let scaled = |px: u32| ((px as f32 * scale).round() as u32).clamp(1, SIDE);
    let pixels = picture.sample(roi, Size::new(scaled(roi.width()), scaled(roi.height())))?;
    let mut input = Array4::<f32>::zeros((1, SIDE as usize, SIDE as usize, 3));
    for (x, y, pixel) in pixels.enumerate_pixels() {
        for (channel, value) in pixel.0.iter().enumerate() {
            input[[0, y as usize, x as usize, channel]] = f32::from(*value) / 255.0;
        }
    }
    let answer = model.run(Tensor::F32(input.into_dyn()))?;
    let rows = numbers(&answer, 0, NUMBERS)?;
    let logits = numbers(&answer, 1, 1)?;
    let logit_min = (score_min / (1.0 - score_min)).ln();
    let picture_point = |x: f32, y: f32| Point::new(roi.x0 as f32 + x / scale, roi.y0 as f32 + y / scale);
    let mut palms: Vec<Palm> = anchors()
        .zip(rows.chunks_exact(NUMBERS).zip(&logits))
        .filter(|(_, (_, logit))| **logit >= logit_min)
        .map(|(anchor, (row, logit))| {
            let point = |index: usize| picture_point(anchor.x + row[4 + index * 2], anchor.y + row[5 + index * 2]);
            let center = picture_point(anchor.x + row[0], anchor.y + row[1]);
            Palm {
                score: 1.0 / (1.0 + (-logit).exp()),
                bounds: Rect::from_center(center, row[2] / scale, row[3] / scale),
                wrist: point(WRIST),
                middle: point(MIDDLE),
                index: point(INDEX),
                little: point(LITTLE),
            }
        })
        .filter(|palm| palm.bounds.is_valid())
        .collect();
    palms.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(palms)
}

/// The middles of the anchors, in pixels of the input. Their size is always one, so only the middle counts.
fn anchors() -> impl Iterator<Item = Point> {
    LAYERS.into_iter().flat_map(|(cells, each)| {
        let step = SIDE as f32 / cells as f32;
        (0..cells * cells * each).map(move |i| {
            let cell = i / each;
            Point::new(((cell % cells) as f32 + 0.5) * step, ((cell / cells) as f32 + 0.5) * step)
        })
    })
}

fn numbers(answer: &[ArrayD<f32>], index: usize, each: usize) -> Result<Vec<f32>, InferError> {
    answer.get(index).filter(|a| a.shape() == [1, ANCHORS, each]).map(|a| a.iter().copied().collect()).ok_or_else(
        || InferError::BadOutput {
            name: NAME.to_owned(),
            detail: format!("it does not give {each} numbers for each of {ANCHORS} anchors"),
        },
    )
}

#[cfg(test)]
pub(in crate::detect) mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    /// Sees one palm about the middle of everything red: the wrist 40 input pixels below the middle finger's root.
    pub struct RedIsPalm;

    impl Model for RedIsPalm {
        fn run(&self, input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
            let Tensor::F32(pixels) = input else { panic!("the palm network takes floats") };
            let mut rows = ArrayD::zeros(vec![1, ANCHORS, NUMBERS]);
            let mut logits = ArrayD::from_elem(vec![1, ANCHORS, 1], -9.0);
            for (i, anchor) in anchors().enumerate() {
                let (x, y) = (anchor.x as usize, anchor.y as usize);
                if pixels[[0, y, x, 0]] > 0.5 && pixels[[0, y, x, 1]] < 0.5 {
                    logits[[0, i, 0]] = 3.0;
                    for (at, value) in [(2, 50.0), (3, 50.0), (5, 20.0), (6, -10.0), (7, -18.0), (9, -20.0)] {
                        rows[[0, i, at]] = value;
                    }
                    rows[[0, i, 12]] = 14.0;
                    rows[[0, i, 13]] = -16.0;
                }
            }
            Ok(vec![rows, logits])
        }
    }

    /// A black picture with one red square of 16 pixels about `at`.
    pub fn red_at(size: Size, at: (u32, u32)) -> RgbImage {
        RgbImage::from_fn(size.width, size.height, |x, y| {
            let red = x.abs_diff(at.0) < 8 && y.abs_diff(at.1) < 8;
            Rgb([if red { 255 } else { 0 }, 0, 0])
        })
    }

    #[test]
    fn there_are_as_many_anchors_as_rows_and_the_last_is_in_the_last_cell() {
        assert_eq!(anchors().count(), ANCHORS);
        assert_eq!(anchors().next(), Some(Point::new(4.0, 4.0)));
        assert_eq!(anchors().last(), Some(Point::new(184.0, 184.0)));
    }

    #[test]
    fn points_come_back_in_pixels_of_the_picture_from_a_part_that_is_no_square() {
        let picture = red_at(Size::new(400, 300), (200, 150));
        let roi = PxRect { x0: 100, y0: 100, x1: 292, y1: 196 };
        let palms = look(&RedIsPalm, &picture, roi, 0.5).unwrap();
        assert!(!palms.is_empty());
        for palm in palms {
            let (Point { x, y }, wrist) = (palm.middle, palm.wrist);
            assert!((x - 200.0).abs() < 10.0 && (y - 130.0).abs() < 10.0, "{palm:?}");
            assert!((wrist.y - y - 40.0).abs() < 1e-3 && (palm.bounds.width() - 50.0).abs() < 1e-3);
        }
    }

    #[test]
    fn an_answer_in_another_shape_is_an_error() {
        struct Wrong;
        impl Model for Wrong {
            fn run(&self, _input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
                Ok(vec![ArrayD::zeros(vec![1, ANCHORS, NUMBERS]); 2])
            }
        }
        let picture = RgbImage::new(64, 64);
        assert!(look(&Wrong, &picture, picture.size().px_rect(), 0.5).is_err());
    }
}
