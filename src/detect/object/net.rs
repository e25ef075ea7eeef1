//! The network trained for this project: one run of it and what its two outputs mean. Separate because this is the only
//! file that knows its tensors.
//!
//! A detector without anchors in the manner of NanoDet: every cell of three grids (8, 16 and 32 pixels) gives a score for
//! each class and the distances from its middle to the four sides of the thing that it lies in. All cells answer twice:
//! once as trained for these classes, once as COCO taught about screens and books. How it was trained is in `training/`.

use ndarray::{ArrayView2, Axis, Ix3};

use crate::{
    error::{DetectError, InferError},
    finding::Class,
    geom::Rect,
    infer::{Model, Tensor},
};

use super::super::{
    Picture,
    input::{self, planes},
    tile::Tile,
};

/// The network's name in the manifest and in findings.
pub(super) const NAME: &str = "objects";

/// What the columns of its scores stand for.
pub(super) const CLASSES: [Class; 4] = [Class::Screen, Class::Document, Class::Wristband, Class::Badge];

/// Cells of the three grids, in pixels of the input. Both sides of the input are multiples of the last one.
const STRIDES: [usize; 3] = [8, 16, 32];

/// How often the network answers for all cells.
const BRANCHES: usize = 2;

/// The grey that fills the input beyond the picture, as in training.
const FILL: f32 = 114.0;

/// Boxes of one class that overlap more than this (intersection over union) are one thing.
const SAME_IOU: f32 = 0.55;

/// A thing that may be there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Seen {
    /// What.
    pub class: Class,
    /// Its box in pixels of the picture.
    pub rect: Rect,
    /// The network's score, 0 to 1: the overlap with the true box that it expects.
    pub score: f32,
}

/// Runs the network on one tile of `picture`. Boxes are in pixels of the picture, one a thing, those of at least the
/// score that `floor` names for their class.
///
/// # Errors
/// When the picture cannot be sampled, the network fails, or its outputs have another shape than its input asks for.
pub(super) fn look(
    model: &dyn Model,
    picture: &dyn Picture,
    tile: &Tile,
    floor: impl Fn(Class) -> f32,
) -> Result<Vec<Seen>, DetectError> {
    let pixels = picture.sample(tile.roi, tile.to)?;
    let input = planes(&pixels, STRIDES[2] as u32, FILL);
    let (height, width) = (input.dim().2, input.dim().3);
    let answer = model.run(Tensor::F32(input.into_dyn()))?;
    let points: Vec<_> = STRIDES.iter().flat_map(|&stride| cells(height, width, stride)).collect();
    let points = points.repeat(BRANCHES);
    let output = |index: usize| -> Result<_, InferError> {
        let found = answer.get(index).and_then(|a| a.view().into_dimensionality::<Ix3>().ok());
        found.filter(|a| a.dim() == (1, points.len(), 4)).ok_or_else(|| InferError::BadOutput {
            name: NAME.to_owned(),
            detail: "its outputs do not fit its input".to_owned(),
        })
    };
    let (scores, distances) = (output(0)?, output(1)?);
    let seen = decode(scores.index_axis(Axis(0), 0), distances.index_axis(Axis(0), 0), &points, &floor);
    let scale = (tile.roi.width() as f32 / tile.to.width as f32, tile.roi.height() as f32 / tile.to.height as f32);
    let inside = tile.to.rect();
    Ok(strongest(seen)
        .into_iter()
        // Beyond the tile the network guesses.
        .filter_map(|seen| Some(Seen { rect: seen.rect.intersection(&inside)?, ..seen }))
        .map(|seen| Seen {
            rect: seen.rect.scaled(scale.0, scale.1).translated(tile.roi.x0 as f32, tile.roi.y0 as f32),
            ..seen
        })
        .collect())
}

/// The middles of the cells of one grid, row by row.
fn cells(height: usize, width: usize, stride: usize) -> impl Iterator<Item = (f32, f32)> {
    let middle = move |cell: usize| (cell as f32 + 0.5) * stride as f32;
    (0..height / stride).flat_map(move |y| (0..width / stride).map(move |x| (middle(x), middle(y))))
}

fn decode(
    scores: ArrayView2<'_, f32>,
    distances: ArrayView2<'_, f32>,
    points: &[(f32, f32)],
    floor: &impl Fn(Class) -> f32,
) -> Vec<Seen> {
    let floors = CLASSES.map(floor);
    let mut seen = Vec::new();
    for (index, &(x, y)) in points.iter().enumerate() {
        for (at, class) in CLASSES.into_iter().enumerate() {
            let score = scores[[index, at]];
            if score >= floors[at] {
                let [left, top, right, bottom] = std::array::from_fn(|side| distances[[index, side]]);
                let rect = Rect::new(x - left, y - top, x + right, y + bottom);
                if rect.is_valid() {
                    seen.push(Seen { class, rect, score });
                }
            }
        }
    }
    seen
}

/// The highest score of every heap of boxes of one class, best first.
pub(super) fn strongest(seen: Vec<Seen>) -> Vec<Seen> {
    let same = |a: &Seen, b: &Seen| a.class == b.class && a.rect.iou(&b.rect) >= SAME_IOU;
    input::strongest(seen, |s| s.score, same)
}

#[cfg(test)]
pub(super) mod tests {
    use image::{Rgb, RgbImage};
    use ndarray::{Array3, ArrayD};

    use super::*;
    use crate::{detect::tile::Grid, geom::Size};

    /// Sees a square of `side` input pixels about the first cell of 8 pixels of each colour: a screen where it is red, a
    /// document where it is green; its score is the colour over 255.
    pub struct Colours {
        pub side: f32,
    }

    impl Model for Colours {
        fn run(&self, input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
            let Tensor::F32(pixels) = input else { panic!("the network takes floats") };
            let (height, width) = (pixels.shape()[2], pixels.shape()[3]);
            let count = BRANCHES * STRIDES.iter().map(|s| (height / s) * (width / s)).sum::<usize>();
            let mut scores = Array3::<f32>::zeros((1, count, 4));
            for (index, (x, y)) in cells(height, width, 8).enumerate() {
                let at = |channel: usize| pixels[[0, channel, y as usize, x as usize]];
                if at(2) < 50.0 {
                    for class in 0..2 {
                        scores[[0, index, class]] = at(class) / 255.0;
                    }
                }
            }
            let distances = Array3::from_elem((1, count, 4), self.side / 2.0);
            Ok(vec![scores.into_dyn(), distances.into_dyn()])
        }
    }

    fn whole(picture: &RgbImage, long_side: u32) -> Tile {
        let grid = Grid { tile_px: 4096, overlap_px: 64 };
        grid.cut(Size::new(picture.width(), picture.height()), long_side)[0]
    }

    /// A picture of grey with one square of `colour`.
    pub fn square(size: (u32, u32), at: (u32, u32), side: u32, colour: [u8; 3]) -> RgbImage {
        let mut picture = RgbImage::from_pixel(size.0, size.1, Rgb([114; 3]));
        for (dx, dy) in (0..side).flat_map(|dy| (0..side).map(move |dx| (dx, dy))) {
            picture.put_pixel(at.0 + dx, at.1 + dy, Rgb(colour));
        }
        picture
    }

    #[test]
    fn boxes_come_back_in_pixels_of_the_picture_and_say_their_class() {
        // Shrunk by two: the square's only cell is the one about (68, 36) of the input.
        let picture = square((320, 200), (128, 64), 16, [250, 0, 0]);
        let seen = look(&Colours { side: 20.0 }, &picture, &whole(&picture, 160), |_| 0.5).unwrap();
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert_eq!(seen[0].class, Class::Screen);
        assert_eq!(seen[0].rect, Rect::new(116.0, 52.0, 156.0, 92.0));
    }

    #[test]
    fn heaps_of_boxes_are_one_thing_but_two_classes_are_two() {
        let seen = |class, x, score| Seen { class, rect: Rect::from_xywh(x, 0.0, 10.0, 10.0), score };
        let all = vec![
            seen(Class::Screen, 0.0, 0.4),
            seen(Class::Screen, 1.0, 0.9),
            seen(Class::Document, 0.0, 0.5),
            seen(Class::Screen, 20.0, 0.3),
        ];
        let kept: Vec<_> = strongest(all).into_iter().map(|s| (s.class, s.score)).collect();
        assert_eq!(kept, [(Class::Screen, 0.9), (Class::Document, 0.5), (Class::Screen, 0.3)]);
    }

    #[test]
    fn what_is_below_the_floor_of_its_class_is_not_given() {
        let picture = square((64, 64), (24, 24), 8, [200, 100, 0]);
        let floor = |class| if class == Class::Document { 0.2 } else { 0.9 };
        let seen = look(&Colours { side: 20.0 }, &picture, &whole(&picture, 64), floor).unwrap();
        assert_eq!(seen.iter().map(|s| s.class).collect::<Vec<_>>(), [Class::Document]);
    }

    #[test]
    fn an_answer_in_another_shape_is_an_error() {
        struct Wrong;
        impl Model for Wrong {
            fn run(&self, _input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
                Ok(vec![ArrayD::zeros(vec![1, 5, 4]), ArrayD::zeros(vec![1, 5, 4])])
            }
        }
        let picture = RgbImage::new(64, 64);
        assert!(look(&Wrong, &picture, &whole(&picture, 64), |_| 0.5).is_err());
    }
}
