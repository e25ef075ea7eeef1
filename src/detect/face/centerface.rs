//! CenterFace (Xu et al. 2019, arXiv 1911.03599): one network run and what its four maps mean. Separate because this
//! is the only file that knows the network's tensors.

use ndarray::{ArrayD, ArrayViewD};

use crate::{
    error::{DetectError, InferError},
    geom::{Point, PxRect, Rect, Size},
    infer::{Model, Tensor},
};

use super::super::{
    Picture,
    input::{self, planes},
};

/// The network's name in the manifest and in findings.
pub(super) const NAME: &str = "centerface";

/// Both sides of the input are multiples of this many pixels; the rest is padded with black.
const SIDE_MULTIPLE: u32 = 32;

/// Pixels of the input per cell of the maps.
const STRIDE: f32 = 4.0;

/// Scores below this are not looked at. .035 instead brought no further face on 419 photos, .08 lost .003 of them.
const SCORE_FLOOR: f32 = 0.05;

/// Boxes of one look that overlap more than this (intersection over union) are one face.
const SAME_IOU: f32 = 0.35;

/// A face that may be there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Seen {
    /// Its tight box: forehead to chin.
    pub rect: Rect,
    /// The network's score, 0 to 1.
    pub score: f32,
}

/// Runs the network on the part `roi` of `picture`, resampled to `to` pixels. Boxes are in pixels of the picture.
///
/// # Errors
/// When the picture cannot be sampled, the network fails, or its maps have another shape than its input asks for.
pub(super) fn look(
    model: &dyn Model,
    picture: &dyn Picture,
    roi: PxRect,
    to: Size,
) -> Result<Vec<Seen>, DetectError> {
    let (_, cells) = run(model, picture, roi, to)?;
    let (sx, sy) = (roi.width() as f32 / to.width as f32, roi.height() as f32 / to.height as f32);
    Ok(strongest(cells)
        .into_iter()
        .map(|cell| Seen {
            rect: cell.seen.rect.scaled(sx, sy).translated(roi.x0 as f32, roi.y0 as f32),
            score: cell.seen.score,
        })
        .collect())
}

/// As [`look`], with the points of every face: the eye on the left of the picture, the one on the right, the nose, the
/// corners of the mouth, left and right.
///
/// # Errors
/// As [`look`].
pub(super) fn look_closely(
    model: &dyn Model,
    picture: &dyn Picture,
    roi: PxRect,
    to: Size,
) -> Result<Vec<(Seen, [Point; 5])>, DetectError> {
    let (maps, cells) = run(model, picture, roi, to)?;
    let (sx, sy) = (roi.width() as f32 / to.width as f32, roi.height() as f32 / to.height as f32);
    let grid = maps.first().map_or([0, 0], |scores| [scores.shape()[2], scores.shape()[3]]);
    let marks = maps.get(3).filter(|m| m.shape() == [1, 10, grid[0], grid[1]]).ok_or_else(misfit)?;
    let placed = |rect: Rect| rect.scaled(sx, sy).translated(roi.x0 as f32, roi.y0 as f32);
    Ok(strongest(cells)
        .into_iter()
        .map(|cell| {
            let rect = placed(cell.seen.rect);
            let value = |channel: usize| marks[[0, channel, cell.row, cell.column]];
            let point = |i: usize| {
                Point::new(rect.x0 + value(2 * i + 1) * rect.width(), rect.y0 + value(2 * i) * rect.height())
            };
            (Seen { rect, score: cell.seen.score }, std::array::from_fn(point))
        })
        .collect())
}

/// A face and the cell of the maps that saw it.
struct Cell {
    seen: Seen,
    row: usize,
    column: usize,
}

fn run(
    model: &dyn Model,
    picture: &dyn Picture,
    roi: PxRect,
    to: Size,
) -> Result<(Vec<ArrayD<f32>>, Vec<Cell>), DetectError> {
    let pixels = picture.sample(roi, to)?;
    let input = planes(&pixels, SIDE_MULTIPLE, 0.0);
    let cells = (input.dim().2 / STRIDE as usize, input.dim().3 / STRIDE as usize);
    let maps = model.run(Tensor::F32(input.into_dyn()))?;
    let seen = decode(&maps, cells)?;
    Ok((maps, seen))
}

fn misfit() -> InferError {
    InferError::BadOutput { name: NAME.to_owned(), detail: "its maps do not fit its input".to_owned() }
}

/// Boxes in pixels of the input. Sizes are logarithms of cells, offsets are in cells, and y comes before x.
fn decode(maps: &[ArrayD<f32>], (rows, columns): (usize, usize)) -> Result<Vec<Cell>, InferError> {
    let map = |index: usize, channels: usize| -> Result<ArrayViewD<'_, f32>, InferError> {
        maps.get(index).map(|m| m.view()).filter(|m| m.shape() == [1, channels, rows, columns]).ok_or_else(misfit)
    };
    let (scores, sizes, offsets) = (map(0, 1)?, map(1, 2)?, map(2, 2)?);
    let mut seen = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let score = scores[[0, 0, row, column]];
            if score <= SCORE_FLOOR {
                continue;
            }
            let height = sizes[[0, 0, row, column]].exp() * STRIDE;
            let width = sizes[[0, 1, row, column]].exp() * STRIDE;
            let x = (column as f32 + offsets[[0, 1, row, column]] + 0.5) * STRIDE - width / 2.0;
            let y = (row as f32 + offsets[[0, 0, row, column]] + 0.5) * STRIDE - height / 2.0;
            let rect = Rect::from_xywh(x, y, width, height);
            if rect.is_valid() {
                seen.push(Cell { seen: Seen { rect, score }, row, column });
            }
        }
    }
    Ok(seen)
}

/// The highest score of every heap of boxes, best first.
fn strongest(seen: Vec<Cell>) -> Vec<Cell> {
    input::strongest(seen, |cell| cell.seen.score, |a, b| a.seen.rect.iou(&b.seen.rect) >= SAME_IOU)
}

#[cfg(test)]
pub(super) mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    /// Sees a face of `side` input pixels wherever a cell's red is above 100; its score is that red over 255.
    pub struct RedIsFace {
        pub side: f32,
    }

    impl Model for RedIsFace {
        fn run(&self, input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
            let Tensor::F32(pixels) = input else { panic!("CenterFace takes floats") };
            let (rows, columns) = (pixels.shape()[2] / 4, pixels.shape()[3] / 4);
            let mut scores = ArrayD::zeros(vec![1, 1, rows, columns]);
            for row in 0..rows {
                for column in 0..columns {
                    let red = pixels[[0, 0, row * 4 + 2, column * 4 + 2]];
                    scores[[0, 0, row, column]] = if red > 100.0 { red / 255.0 } else { 0.0 };
                }
            }
            let size = (self.side / 4.0).ln();
            let two = |v: f32| ArrayD::from_elem(vec![1, 2, rows, columns], v);
            Ok(vec![scores, two(size), two(0.0)])
        }
    }

    fn dotted(at: &[(u32, u32, u8)]) -> RgbImage {
        let mut picture = RgbImage::new(100, 60);
        for &(x, y, red) in at {
            for (dx, dy) in (0..4).flat_map(|dy| (0..4).map(move |dx| (dx, dy))) {
                picture.put_pixel(x + dx, y + dy, Rgb([red, 0, 0]));
            }
        }
        picture
    }

    #[test]
    fn a_peak_becomes_a_box_about_its_cell_in_pixels_of_the_picture() {
        let picture = dotted(&[(40, 20, 255)]);
        let seen = look(&RedIsFace { side: 12.0 }, &picture, picture.size().px_rect(), picture.size()).unwrap();
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].score, 1.0);
        let Rect { x0, y0, x1, y1 } = seen[0].rect;
        for (got, want) in [(x0, 36.0), (y0, 16.0), (x1, 48.0), (y1, 28.0)] {
            assert!((got - want).abs() < 1e-3, "{:?}", seen[0].rect);
        }
    }

    #[test]
    fn boxes_seen_in_a_part_are_moved_and_scaled_to_the_picture() {
        let picture = dotted(&[(40, 20, 255)]);
        let roi = PxRect { x0: 32, y0: 12, x1: 64, y1: 44 };
        let seen = look(&RedIsFace { side: 12.0 }, &picture, roi, Size::new(64, 64)).unwrap();
        // Enlarged twice, so the face is half as large in the picture.
        let best = seen.iter().max_by(|a, b| a.score.total_cmp(&b.score)).unwrap();
        let center = best.rect.center();
        assert!((best.rect.width() - 6.0).abs() < 1e-3);
        assert!((center.x - 42.0).abs() < 2.0 && (center.y - 22.0).abs() < 2.0, "{center:?}");
    }

    #[test]
    fn of_overlapping_boxes_only_the_best_stays() {
        let picture = dotted(&[(40, 20, 200), (44, 20, 250), (80, 40, 180)]);
        let seen = look(&RedIsFace { side: 16.0 }, &picture, picture.size().px_rect(), picture.size()).unwrap();
        let scores: Vec<u8> = seen.iter().map(|s| (s.score * 255.0).round() as u8).collect();
        assert_eq!(scores, [250, 180]);
    }

    #[test]
    fn maps_of_another_size_are_an_error() {
        struct Wrong;
        impl Model for Wrong {
            fn run(&self, _input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
                Ok(vec![ArrayD::zeros(vec![1, 1, 3, 3]); 4])
            }
        }
        let picture = RgbImage::new(64, 64);
        assert!(look(&Wrong, &picture, picture.size().px_rect(), Size::new(64, 64)).is_err());
    }
}
